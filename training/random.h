/* random.h: a small generator of our own, so that results depend on the seed alone: not on rand(),
 * which is one for the whole process and differs between C libraries. xoshiro256** seeded by
 * splitmix64 (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"; both in the
 * public domain). Not for secrets. Each thread has its own state.
 */
#ifndef SECTAG_RANDOM_H
#define SECTAG_RANDOM_H

#include <stdint.h>

typedef struct sectag_random {
    uint64_t s[4];
} sectag_random;

/* The next number of the sequence that starts at *state; as a hash: one step from the key. */
static inline uint64_t sectag_splitmix64(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline void sectag_random_init(sectag_random *r, uint64_t seed) {
    for (int i = 0; i < 4; i++) r->s[i] = sectag_splitmix64(&seed);
}

/* 64 uniform bits. */
static inline uint64_t sectag_random_next(sectag_random *r) {
    uint64_t *s = r->s, x = s[1] * 5, out = (x << 7 | x >> 57) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return out;
}

/* Uniform in 0 .. n-1, n > 0, without bias: values below 2^64 mod n are drawn again. */
static inline uint64_t sectag_random_below(sectag_random *r, uint64_t n) {
    uint64_t least = (0 - n) % n, x;
    do x = sectag_random_next(r);
    while (x < least);
    return x % n;
}

/* Uniform in [0, 1), 53 bits. */
static inline double sectag_random_unit(sectag_random *r) {
    return (double)(sectag_random_next(r) >> 11) * 0x1p-53;
}

#endif
