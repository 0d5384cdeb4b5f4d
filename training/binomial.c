#include "training/binomial.h"

#include <math.h>

/* ---- beta ---- */

/* The continued fraction by Lentz's method (1976) as modified by Thompson & Barnett (1986): its odd and even
 * steps. Converges fast for x below the mean. */
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double f = d;
    for (int m = 1; m <= 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double change = 1;
        for (int half = 0; half < 2; half++) {
            double step = half ? odd : even;
            d = 1 + step * d;
            c = 1 + step / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            if (fabs(c) < tiny) c = tiny;
            change = c * d;
            f *= change;
        }
        if (fabs(change - 1) < 1e-15) break;
    }
    return f;
}

double sectag_beta_cdf(double a, double b, double x) {
    if (!(x > 0)) return 0;
    if (x >= 1) return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* The x at which Beta(a, b) has probability p below it, by halving: monotone, and never off. */
static double beta_quantile(double a, double b, double p) {
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (sectag_beta_cdf(a, b, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

double sectag_share_at_least(double k, double n, double alpha) {
    if (!(k > 0) || !(n > 0)) return 0;
    return beta_quantile(k, (k < n ? n - k : 0) + 1, alpha);
}

double sectag_share_at_most(double k, double n, double alpha) {
    return 1 - sectag_share_at_least(n - k, n, alpha);
}

/* ---- hypergeometric ---- */

static double log_choose(uint64_t n, uint64_t k) {
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* Of the two tails, the one that ends sooner is added up, from its largest term (the one at k) on. */
static double tail(uint64_t from, uint64_t to, int up, uint64_t all, uint64_t marked, uint64_t n) {
    double x = (double)from, rest = (double)all - (double)marked;
    double term = exp(log_choose(marked, from) + log_choose(all - marked, n - from) - log_choose(all, n));
    double sum = term;
    for (uint64_t steps = up ? to - from : from - to; steps > 0; steps--) {
        if (up)
            term *= ((double)marked - x) * ((double)n - x) / ((x + 1) * (rest - (double)n + x + 1));
        else
            term *= x * (rest - (double)n + x) / (((double)marked - x + 1) * ((double)n - x + 1));
        x += up ? 1 : -1;
        sum += term;
        if (term < sum * 1e-18) break;
    }
    return sum;
}

double sectag_hypergeometric_cdf(uint64_t k, uint64_t all, uint64_t marked, uint64_t n) {
    if (marked > all || n > all) return 1;
    uint64_t least = marked + n > all ? marked + n - all : 0, most = marked < n ? marked : n;
    if (k < least) return 0;
    if (k >= most) return 1;
    double mean = (double)n * (double)marked / (double)all;
    double p = (double)k <= mean ? tail(k, least, 0, all, marked, n) : 1 - tail(k + 1, most, 1, all, marked, n);
    return p < 0 ? 0 : p > 1 ? 1 : p;
}

/* The largest number of marked ones with which so few (k or fewer) would not be a surprise. */
uint64_t sectag_marked_at_most(uint64_t k, uint64_t n, uint64_t all, double alpha) {
    if (n > all || k > n) return all;
    uint64_t low = k, high = all - (n - k); /* what was seen bounds it in any case */
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (sectag_hypergeometric_cdf(k, all, middle, n) > alpha)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint64_t sectag_marked_at_least(uint64_t k, uint64_t n, uint64_t all, double alpha) {
    if (n > all || k > n) return 0;
    return all - sectag_marked_at_most(n - k, n, all, alpha); /* of those that are not marked */
}

uint64_t sectag_next_at_most(uint64_t k, uint64_t n, uint64_t m, double alpha) {
    if (k > n) return m;
    uint64_t low = 0, high = m;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (sectag_hypergeometric_cdf(k, n + m, k + middle, n) > alpha)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}
