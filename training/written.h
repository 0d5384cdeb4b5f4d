/* written.h: do tags go with the probabilities that a record of `sectag tag` still shows? So it is told
 * whether a row that came back from an analyst was written from these very tags. */
#ifndef SECTAG_WRITTEN_H
#define SECTAG_WRITTEN_H

#include "features/table.h"
#include "training/saved.h"

/* `list` is the column probabilities, in the order of the tags: "0.9984,0.6381", or as spreadsheet programs
 * change it: "0,9984;0,6381". An empty list says nothing and goes with all; so does one of as many fields
 * that are no numbers. */
int sectag_written_agrees(const sectag_saved_tags *tags, sectag_field list);

/* `list` are pairs as area=p: each must be among the tags. */
int sectag_written_pairs_agree(const sectag_saved_tags *tags, sectag_field list);

#endif
