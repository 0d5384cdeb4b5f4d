/* shared.h: the stretches of text that two clauses have in common.
 *
 *   加快【信使核糖核酸疫苗】的研发          公司【信使核糖核酸疫苗】已获批临床
 *
 * Read from left to right, the first clause is covered by the longest runs that occur in the second as well
 * (cf. Wise 1993, "String similarity via greedy string tiling", with one pass instead of its many): at least
 * two characters of Chinese, or whole words.
 */
#ifndef SECTAG_SHARED_H
#define SECTAG_SHARED_H

#include "features/array.h"
#include "features/err.h"
#include "features/normal.h"

#include <stdint.h>

/* Code points [first, end) of the one, and [other, other + end - first) of the other. */
typedef struct sectag_shared {
    uint32_t first, end, other;
} sectag_shared;

typedef SECTAG_ARRAY(sectag_shared) sectag_shared_list;

/* Replaces *out by the common runs of two normalised clauses, in the order of the first. `room` is kept from
 * call to call. Returns 0 or SECTAG_ENOMEM. */
typedef SECTAG_ARRAY(uint32_t) sectag_shared_room;
int sectag_shared_runs(const sectag_normal *a, const sectag_normal *b, sectag_shared_room *room,
                       sectag_shared_list *out, sectag_err *err);

#endif
