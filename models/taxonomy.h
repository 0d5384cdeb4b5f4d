/* taxonomy.h: the areas that a model tags, as a table that a user may replace.
 *
 * File: TSV with the columns sector, area (the code), zh, en, core (yes/no), definition. Nothing in
 * the code names an area; order in the file is the order of areas everywhere.
 */
#ifndef SECTAG_TAXONOMY_H
#define SECTAG_TAXONOMY_H

#include "features/array.h"
#include "features/err.h"

#include <stddef.h>

enum { SECTAG_AREAS_MAX = 1024 };

/* Strings are owned by the taxonomy that holds the area. */
typedef struct sectag_area {
    const char *sector, *code, *zh, *en, *definition;
    int core;
} sectag_area;

typedef struct sectag_taxonomy {
    SECTAG_ARRAY(sectag_area) areas;
    SECTAG_ARRAY(char *) strings; /* owned, NUL-terminated */
} sectag_taxonomy;

/* Reads a taxonomy file. Returns 0, SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA (file and line: a code that
 * stands twice or is not of a-z, 0-9 and hyphens, core neither yes nor no, more than SECTAG_AREAS_MAX areas).
 */
int sectag_taxonomy_open(sectag_taxonomy *t, const char *path, sectag_err *err);
void sectag_taxonomy_release(sectag_taxonomy *t);

/* Appends an area; the strings are copied. Returns 0 or SECTAG_ENOMEM. */
int sectag_taxonomy_add(sectag_taxonomy *t, const sectag_area *area);

/* May that be an area's code: a-z, 0-9 and hyphens, at most 63? 1 or 0. */
int sectag_taxonomy_is_code(const char *code, size_t len);

/* The number of the area with that code (len bytes), or -1. */
int sectag_taxonomy_find(const sectag_taxonomy *t, const char *code, size_t len);

#endif
