/* audit.h: how much a run missed and how much of what it tagged is right, from a sample that a person reads.
 *
 *   run -> frame -> draw (sets, a random sample of each) -> answers -> report by area
 *
 * Sets that are sampled, each at random and without replacement:
 *
 *   tagged with area a   how precise are a's tags?
 *   any                  clauses with any tag: what of a hides under the tags of others?
 *   near                 without a tag, but some area's probability is SECTAG_AUDIT_NEAR or more
 *   far                  all other clauses without a tag (the bulk)
 *
 * All clauses stand in one random order, and a set's sample is its first members in it, so that samples overlap as
 * far as they can and what was read when somebody stops half way is still a random sample of every set (permanent
 * random numbers: Ohlsson 1995, "Coordination of samples using permanent random numbers").
 *
 * Precision has the exact interval for sampling without replacement (hypergeometric, training/binomial.h). Missed
 * clauses lie in three strata: near, far, and `any` without those tagged a; their number is bounded jointly
 * (training/strata.h). Recall is true tags / (true tags + missed); its interval comes from the ends of both, the
 * error split evenly between the four (Bonferroni).
 */
#ifndef SECTAG_AUDIT_H
#define SECTAG_AUDIT_H

#include "features/err.h"
#include "training/strata.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_AUDIT_NEAR 0.02

/* The clauses of a run, in order; nothing is owned. */
typedef struct sectag_audit_frame {
    size_t n, n_areas;
    const uint8_t *tagged; /* [n][n_areas] */
    const uint8_t *near;   /* [n] some probability is SECTAG_AUDIT_NEAR or more; NULL: not known, no such set */
} sectag_audit_frame;

/* Sets by number: those above, then SECTAG_AUDIT_AREA + a for each area. */
enum { SECTAG_AUDIT_FAR, SECTAG_AUDIT_IS_NEAR, SECTAG_AUDIT_ANY, SECTAG_AUDIT_AREA };

typedef struct sectag_audit_draw {
    size_t n_sets;
    uint32_t *order; /* [n] all clauses in random order */
    size_t *size;    /* [n_sets] clauses of the set */
    size_t *take;    /* [n_sets] how many of them are drawn */
    uint8_t *drawn;  /* [n] is it in any sample */
    size_t n_drawn;
} sectag_audit_draw;

/* Is the clause in the set? */
int sectag_audit_is_in(const sectag_audit_frame *f, size_t clause, size_t set);

/* Draws about n clauses: two fifths tagged, an eighth near, the rest far; what a set has not goes to the others.
 * The same frame, n and seed give the same sample. Returns 0, SECTAG_ENOMEM or SECTAG_EARG (2^32 clauses). */
int sectag_audit_draw_new(const sectag_audit_frame *f, size_t n, uint64_t seed, sectag_audit_draw *out,
                          sectag_err *err);
void sectag_audit_draw_release(sectag_audit_draw *d);

/* ---- answers ---- */

/* What the reader said: answered[n] 1 where there is an answer, truth[n][n_areas] where it is of the area. */
typedef struct sectag_audit_answers {
    const uint8_t *answered, *truth;
} sectag_audit_answers;

typedef struct sectag_range {
    double value, low, high;
} sectag_range;

typedef struct sectag_audit_area {
    size_t tagged, read, wrong;       /* tags, tags read, wrong ones among them */
    sectag_range precision;           /* two-sided */
    sectag_stratum stratum[3];       /* far, near, other tags; found: clauses of the area, missed */
    double missed;                    /* estimate */
    uint64_t missed_at_most;          /* one-sided at the confidence */
    sectag_range recall;              /* two-sided; value -1: no estimate, nothing right was read or found */
} sectag_audit_area;

/* Reports every area into out[n_areas]. Only answers of drawn clauses count. SECTAG_ENOMEM. */
int sectag_audit_report(const sectag_audit_frame *f, const sectag_audit_draw *d,
                        const sectag_audit_answers *answers, double confidence, sectag_audit_area *out,
                        sectag_err *err);

#endif
