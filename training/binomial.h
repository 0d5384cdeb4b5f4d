/* binomial.h: exact bounds for shares: what k of n drawn things say of those that were not drawn.
 *
 *   clopper_pearson  drawn from an endless supply: the binomial test turned round (Clopper & Pearson 1934,
 *                    "The use of confidence or fiducial limits illustrated in the case of the binomial")
 *   marked_*         drawn without replacement from N: the hypergeometric test turned round (Wright 1991,
 *                    "Exact confidence bounds when sampling from small finite universes")
 *   next_at_most     how many more will turn up among the next m (Thatcher 1964, "Relationships between
 *                    Bayesian and confidence limits for predictions"): if the n and the m are dealt out at
 *                    random, the k among the n are hypergeometric, whatever the share is
 *
 * All bounds are one-sided and hold with probability 1 - alpha at least; take alpha / 2 for each end of an
 * interval. Nothing here fails; arguments that make no sense give the bound that says nothing.
 */
#ifndef SECTAG_BINOMIAL_H
#define SECTAG_BINOMIAL_H

#include <stdint.h>

/* The regularised incomplete beta function I_x(a, b), a, b > 0: the probability that a Beta(a, b) variable is
 * below x. By its continued fraction (Abramowitz & Stegun 1964, 26.5.8). */
double sectag_beta_cdf(double a, double b, double x);

/* Bounds of a share of which k of n were seen; k and n need not be whole (effective sizes are not). */
double sectag_share_at_least(double k, double n, double alpha);
double sectag_share_at_most(double k, double n, double alpha);

/* P(X <= k), X how many of the `marked` of `all` are among n drawn. */
double sectag_hypergeometric_cdf(uint64_t k, uint64_t all, uint64_t marked, uint64_t n);

/* Bounds of how many of `all` are marked, where k of the n drawn were. */
uint64_t sectag_marked_at_least(uint64_t k, uint64_t n, uint64_t all, double alpha);
uint64_t sectag_marked_at_most(uint64_t k, uint64_t n, uint64_t all, double alpha);

/* How many of the next m are marked at most, where k of n were. */
uint64_t sectag_next_at_most(uint64_t k, uint64_t n, uint64_t m, double alpha);

#endif
