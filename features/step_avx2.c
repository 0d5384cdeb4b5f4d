/* step.h by AVX2 and BMI2: eight walks as two halves of four nodes. */
#include "features/processor.h"
#include "features/step_kernel.h"

#if SECTAG_HAS_X86_KERNELS
#include <immintrin.h>

/* without optimisation some intrinsics are macros, whose casts are not ours to warn about */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

/* Eight nodes. */
typedef struct nodes {
    __m256i low, high;
} nodes;

AVX2 static inline __m256i four_at(const sectag_node *slot, __m128i at, __m128i symbols) {
    __m256i node = _mm256_i32gather_epi64((const long long *)(const void *)slot, at, 8);
    __m256i label = _mm256_and_si256(node, _mm256_set1_epi64x(0xFFFF));
    return _mm256_and_si256(node, _mm256_cmpeq_epi64(label, _mm256_cvtepu32_epi64(symbols)));
}

/* The nodes that the symbols lead to, of the slots at `at`; 0 where the labels differ. */
AVX2 static inline nodes nodes_at(const sectag_node *slot, __m256i at, __m256i symbols) {
    return (nodes){four_at(slot, _mm256_castsi256_si128(at), _mm256_castsi256_si128(symbols)),
                   four_at(slot, _mm256_extracti128_si256(at, 1), _mm256_extracti128_si256(symbols, 1))};
}

/* Bits [from, from + 32) of eight nodes. */
AVX2 static inline __m256i bits_of(nodes n, int from) {
    __m256 low = _mm256_castsi256_ps(_mm256_srli_epi64(n.low, from));
    __m256 high = _mm256_castsi256_ps(_mm256_srli_epi64(n.high, from));
    __m256 mixed = _mm256_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)); /* 0 1 4 5 2 3 6 7 */
    return _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), _MM_SHUFFLE(3, 1, 2, 0));
}

AVX2 static inline __m256i bases_of(nodes n) {
    return _mm256_and_si256(bits_of(n, 16), _mm256_set1_epi32(0xFFFFFF));
}

/* The nodes' children by the symbols; slot 0 where there are none. */
AVX2 static inline nodes children(const sectag_node *slot, __m256i base, __m256i symbols) {
    __m256i none = _mm256_cmpeq_epi32(base, _mm256_setzero_si256());
    return nodes_at(slot, _mm256_andnot_si256(none, _mm256_add_epi32(base, symbols)), symbols);
}

AVX2 static inline __m256i symbols_at(const uint16_t *s) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)s));
}

AVX2 static inline uint32_t bits(__m256i mask) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(mask));
}

/* Which of eight numbers are not 0. */
AVX2 static inline uint32_t some_of(__m256i numbers) {
    return ~bits(_mm256_cmpeq_epi32(numbers, _mm256_setzero_si256())) & 0xFF;
}

/* The numbers that `which` tells, moved to the front. */
AVX2 static inline __m256i compress(__m256i numbers, uint32_t which) {
    uint64_t bytes = _pdep_u64(which, 0x0101010101010101u) * 0xFF;
    uint64_t from = _pext_u64(0x0706050403020100u, bytes);
    return _mm256_permutevar8x32_epi32(numbers, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)from)));
}

AVX2 static inline uint32_t *append(uint32_t *list, __m256i payload, uint32_t which) {
    __m256i column = _mm256_sub_epi32(payload, _mm256_set1_epi32(1));
    _mm256_storeu_si256((__m256i *)(void *)list, compress(column, which));
    return list + __builtin_popcount(which);
}

AVX2 static inline uint64_t once_of(const sectag_walks *w, size_t first, size_t n) {
    uint64_t own = 0;
    for (size_t i = 0; i < n; i += 8) {
        __m256i times = _mm256_i32gather_epi32((const int *)(const void *)w->times, symbols_at(w->start + first + i), 4);
        own |= (uint64_t)bits(_mm256_cmpeq_epi32(times, _mm256_set1_epi32(1))) << i;
    }
    return own;
}

/* Takes what eight walks found after step k. Of first steps, only what is there once. */
AVX2 static inline void take(sectag_walks *w, const sectag_node *saved, nodes now, uint32_t once, size_t first,
                             size_t k) {
    __m256i payload = bits_of(now, 40);
    uint32_t special = bits(_mm256_slli_epi32(payload, 8)), plain = some_of(payload) & ~special;
    w->once = append(w->once, payload, plain & once);
    if (k) w->found = append(w->found, payload, plain & ~once);
    if (special) sectag_add_specials(w, saved, special, first, k);
}

AVX2 static inline void save(sectag_node *to, nodes n) {
    _mm256_storeu_si256((__m256i *)(void *)to, n.low);
    _mm256_storeu_si256((__m256i *)(void *)(to + 4), n.high);
}

AVX2 static inline nodes load(const sectag_node *from) {
    return (nodes){_mm256_loadu_si256((const __m256i *)(const void *)from),
                   _mm256_loadu_si256((const __m256i *)(const void *)(from + 4))};
}

AVX2 void sectag_steps_avx2(sectag_walks *w, size_t first, size_t n) {
    sectag_node node[SECTAG_WALKS];
    const uint16_t *start = w->start + first, *s = w->symbol + first;
    const sectag_once once = sectag_once_by_step(w, first, once_of(w, first, n));
    uint64_t going = 0;
    sectag_walks lists = *w; /* in registers */
    for (size_t i = 0; i < n; i += 8) {
        __m256i symbols = symbols_at(start + i);
        nodes now = nodes_at(w->slot, symbols, symbols);
        save(node + i, now);
        take(&lists, node + i, now, (once.after[0] >> i) & 0xFF, first + i, 0);
    }
    for (size_t k = 1; k < SECTAG_STEPS_ABREAST; k++)
        for (size_t i = 0; i < n; i += 8) {
            nodes now = children(w->slot, bases_of(load(node + i)), symbols_at(s + i + k));
            save(node + i, now);
            take(&lists, node + i, now, (once.after[k] >> i) & 0xFF, first + i, k);
            if (k == SECTAG_STEPS_ABREAST - 1) going |= (uint64_t)some_of(bases_of(now)) << i;
        }
    sectag_steps_beyond(&lists, node, once.after[SECTAG_STEPS_ABREAST - 1], going, first);
    *w = lists;
}
#pragma GCC diagnostic pop
#endif
