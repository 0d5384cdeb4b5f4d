/* screening.h: the clauses of some documents, tagged, in memory: what a crosswalk (crosswalk.h) compares and
 * a report shows. One screening holds the filings, another the policies.
 *
 *   documents -> records -> clauses, each with its tags
 *                           tags[clause.tag .. clause.tag + clause.n_tags), most probable first
 *
 * Strings are offsets into `strings`, so that the whole grows as it is read.
 */
#ifndef SECTAG_SCREENING_H
#define SECTAG_SCREENING_H

#include "classify/origin.h"
#include "classify/tagger.h"
#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_SCREENING_BINS = 50 }; /* of the probabilities' histograms */

typedef struct sectag_kept {
    size_t at, len; /* in strings */
} sectag_kept;

typedef struct sectag_screened_doc {
    sectag_kept name, title; /* title: its first clause, shortened */
    char date[11];    /* YYYY-MM-DD: of its name, else the first full date near its beginning; "": none */
    size_t first, n;  /* kept clauses */
    uint64_t clauses; /* all */
} sectag_screened_doc;

typedef struct sectag_screened_clause {
    uint32_t doc, path; /* path: in paths */
    uint64_t number, page, start, end;
    sectag_kept text, tagged; /* tagged: as the features see it, of the same length (simplified characters) */
    size_t run, n_runs;       /* in runs: where the text stands in the document */
    size_t tag, n_tags;       /* in tags */
    uint8_t is_heading;
} sectag_screened_clause;

typedef struct sectag_screened_tag {
    size_t clause; /* number in clauses */
    uint32_t area;
    uint8_t band;
    double score, probability;
} sectag_screened_tag;

typedef struct sectag_screening {
    sectag_model *model;  /* borrowed */
    const uint8_t *shown; /* [n_areas] 0: leave the area's tags out; NULL: none is left out */
    int all;              /* keep clauses without a tag as well */
    sectag_tagger tagger;
    SECTAG_ARRAY(sectag_screened_doc) docs;
    SECTAG_ARRAY(sectag_screened_clause) clauses;
    SECTAG_ARRAY(sectag_screened_tag) tags;
    SECTAG_ARRAY(sectag_kept) headings;
    SECTAG_ARRAY(sectag_kept) paths; /* at, len in headings; path 0 is empty */
    sectag_origin_runs runs;
    sectag_buf strings;
    uint64_t *bins; /* [n_areas][SECTAG_SCREENING_BINS] clauses by probability, kept or not */
    size_t failed;  /* documents that could not be read, and were reported */
    size_t waiting; /* clauses from here on are not tagged yet */
    sectag_verdict *verdict;
} sectag_screening;

/* Borrows the model and `shown`. Returns 0 or SECTAG_ENOMEM; release in any case. */
int sectag_screening_init(sectag_screening *s, sectag_model *model, const uint8_t *shown, int all,
                          sectag_err *err);
void sectag_screening_release(sectag_screening *s);

/* Reads and tags documents: what `sectag tag` takes. What cannot be read goes to `failed` and is counted;
 * notes of files passed over (err->code 0) go there too. Returns 0 or SECTAG_ENOMEM. */
typedef struct sectag_screening_options {
    int lines;
    const char *encoding, *column;
    void (*failed)(void *ctx, const sectag_err *err);
    void *ctx;
} sectag_screening_options;
int sectag_screening_read(sectag_screening *s, char *const *operands, size_t n,
                          const sectag_screening_options *o, sectag_err *err);

/* Text that was kept. */
static inline sectag_piece sectag_screening_text(const sectag_screening *s, sectag_kept kept) {
    return (sectag_piece){s->strings.data ? s->strings.data + kept.at : "", kept.len};
}

/* Where byte `at` of a clause's text stands in its document. */
static inline uint64_t sectag_screening_origin(const sectag_screening *s, const sectag_screened_clause *c,
                                               size_t at) {
    return sectag_origin_of(s->runs.data + c->run, c->n_runs, at);
}

#endif
