/* strata.h: how many things are marked in a population of which several parts were sampled, each at random without
 * replacement and at its own rate.
 *
 * The bound is the largest number of marked things, however they are spread over the parts, with which so small an
 * estimate would not be a surprise: P(T <= t) > alpha, T = sum of x_h N_h / n_h the estimate, x_h what is found in
 * part h (the exact test by the estimate itself, turned round; Wright 1991, "Exact confidence bounds when sampling
 * from small finite universes", chapter 5). Adding the parts' own bounds would hold as well, but is up to three
 * times as high: it lets the worst happen in every part at once.
 *
 * The worst spread is looked for along the directions in which marked things may be added to those found: the
 * numbers that are no surprise form a convex set (exactly so for Poisson numbers), so the highest of them is found
 * by going uphill.
 */
#ifndef SECTAG_STRATA_H
#define SECTAG_STRATA_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_STRATA_MAX = 3 };

/* A part: how many there are, how many were read, how many of these are marked. */
typedef struct sectag_stratum {
    size_t all, read, found;
} sectag_stratum;

/* The usual estimate; a part of which nothing was read counts as if nothing were marked. */
double sectag_strata_estimate(const sectag_stratum *s, size_t n);

/* One-sided bounds of the marked ones of all n <= SECTAG_STRATA_MAX parts, at confidence 1 - alpha. All of a part of
 * which nothing was read may be marked. The lower bound adds the parts' own, the error shared out by N_h / n_h.
 * at_most: SECTAG_ENOMEM. */
int sectag_strata_at_most(const sectag_stratum *s, size_t n, double alpha, uint64_t *bound, sectag_err *err);
uint64_t sectag_strata_at_least(const sectag_stratum *s, size_t n, double alpha);

#endif
