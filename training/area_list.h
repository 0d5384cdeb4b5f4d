/* area_list.h: lists of areas as people write them into a field: codes in any case of letters, or names, with
 * commas, semicolons, bars, white space or the Chinese marks between; `-` or nothing for none. */
#ifndef SECTAG_AREA_LIST_H
#define SECTAG_AREA_LIST_H

#include "features/err.h"
#include "features/table.h"
#include "models/taxonomy.h"

#include <stdint.h>

/* Cuts the next word off a list: 1, or 0 at the end. */
int sectag_word_next(sectag_field *list, sectag_field *word);

/* The area of a code, or of a Chinese name; -1: none. */
int sectag_area_list_find(const sectag_taxonomy *t, sectag_field word);

/* Sets set[n_areas] to 1 for the areas of the list, to 0 for others. A list that is one English name, blanks
 * and all, is that area. Returns 0 or SECTAG_EDATA, naming what is no area. */
int sectag_area_list_parse(const sectag_taxonomy *t, sectag_field list, uint8_t *set, sectag_err *err);

#endif
