/* origin.h: where a clause's text stands in its document.
 *
 * A clause's text is its document's with white space folded and page numbers left out, so it is a row of runs
 * that are the document's byte for byte:
 *
 *   document   ...发展抗体\n  -12-\n药物...      text  发展抗体药物      runs  (0 -> 5120) (12 -> 5143)
 */
#ifndef SECTAG_ORIGIN_H
#define SECTAG_ORIGIN_H

#include "classify/tagger.h"
#include "features/array.h"
#include "features/clause.h"

#include <stddef.h>
#include <stdint.h>

/* From byte `text` of the clause on, bytes are those from byte `document` on. */
typedef struct sectag_origin_run {
    uint32_t text;
    uint64_t document;
} sectag_origin_run;

typedef SECTAG_ARRAY(sectag_origin_run) sectag_origin_runs;

/* Appends the runs of `text`, which was made of `raw`, bytes [start, start + raw.len) of the document,
 * without the spans dropped[n] (document offsets, ascending). Returns 0 or SECTAG_ENOMEM. */
int sectag_origin_add(sectag_origin_runs *runs, sectag_piece text, sectag_piece raw, uint64_t start,
                      const sectag_span *dropped, size_t n);

/* The document's byte that byte `at` of the text is: `runs` are the n of its clause. */
uint64_t sectag_origin_of(const sectag_origin_run *runs, size_t n, size_t at);

#endif
