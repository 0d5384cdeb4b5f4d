/* plan.h: correction slips to entries of the ledger: what will be recorded, complete and checked, before the
 * first of it is. A plan can be shown, extended to near-identical clauses, and then recorded in one
 * transaction.
 *
 *     sectag_plan_init(&plan, &options);
 *     sectag_plan_add(&plan, &slip, err);            // for each slip; SECTAG_EDATA costs only the slip
 *     sectag_plan_alike(&plan, 0.8, &alikes, err);   // to be shown
 *     sectag_plan_take_along(&plan, &alikes, err);   // if wanted
 *     sectag_plan_record(&plan, "tags.csv", &result, err);
 *
 * What the difference of an edited row of `sectag tag` is taken from: the column tags_as_written if there is
 * one; else the tags that the latest saved run gave the clause; else what the model says of the text. Of the
 * last two the first is taken that agrees with the row's column probabilities (or with the p that JSON tags
 * carry); if none does, the row was written by another model, or with --area, and is refused.
 */
#ifndef SECTAG_PLAN_H
#define SECTAG_PLAN_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "models/taxonomy.h"
#include "training/ledger.h"
#include "training/saved.h"
#include "training/slip.h"
#include "training/spread.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

/* Fills *out with the tags that the model gives a text, most probable first. Returns 0 or an error. */
typedef int sectag_tags_fn(void *ctx, const char *text, size_t len, sectag_saved_tags *out, sectag_err *err);

typedef struct sectag_plan_options {
    sectag_workspace *ws;
    const sectag_taxonomy *areas; /* the areas that may be named: by code, zh or en */
    const char *analyst, *time;   /* where the slip does not say */
    const char *reason;           /* likewise; NULL: none */
    sectag_tags_fn *tags;         /* NULL: no model is at hand */
    void *tags_ctx;
} sectag_plan_options;

/* An entry to be. Numbers of strings are bytes of plan->strings; SIZE_MAX: none. */
typedef struct sectag_planned {
    size_t text, len, doc, analyst, time, reason, origin, area;
    sectag_entry_verdict verdict;
    size_t row;  /* entries of one slip share it; SIZE_MAX: taken over from another clause */
    size_t from; /* the entry that it was taken over from */
    int64_t old_id, old_withdraws; /* of an exported ledger; 0: none */
    int dated; /* the slip says when: an entry that is there already is not recorded again */
} sectag_planned;

typedef struct sectag_plan {
    sectag_plan_options o;
    SECTAG_ARRAY(sectag_planned) entries;
    sectag_buf strings;
    size_t rows, unchanged; /* slips taken, and those of them that say nothing new */
    /* working memory */
    sectag_found found;
    sectag_saved_tags tags, candidate;
    uint8_t *set, *had; /* [n_areas] */
} sectag_plan;

/* Returns 0, SECTAG_ENOMEM or SECTAG_EARG (analyst or reason is no UTF-8). */
int sectag_plan_init(sectag_plan *p, const sectag_plan_options *options, sectag_err *err);
void sectag_plan_release(sectag_plan *p);

/* Plans what a slip says. Returns 0; SECTAG_EDATA (an unknown area, no such clause, an empty text, ...): the
 * plan is as before; or an error. */
int sectag_plan_add(sectag_plan *p, const sectag_slip *s, sectag_err *err);

/* Finds the near-identical clauses of the workspace. alike.asked is the number of a planned entry of the
 * clause. Entries of exported ledgers are left alone. */
int sectag_plan_alike(const sectag_plan *p, double jaccard, sectag_alikes *out, sectag_err *err);

/* Plans for each of them the entries of the clause that it is like, save for areas of which an analyst spoke
 * looking at that very clause. */
int sectag_plan_take_along(sectag_plan *p, const sectag_alikes *alikes, sectag_err *err);

/* What was recorded. `known` entries were there already. */
typedef struct sectag_recorded {
    size_t entries, spread, known, withdrawn;
    int64_t batch; /* 0: there was nothing to record */
} sectag_recorded;

/* Records the plan in one transaction. Returns 0 when all of it is on the disk, else an error and nothing is.
 */
int sectag_plan_record(const sectag_plan *p, const char *source, sectag_recorded *out, sectag_err *err);

#endif
