/* step.h by AVX-512: sixteen walks as two halves of eight nodes. */
#include "features/processor.h"
#include "features/step_kernel.h"

#if SECTAG_HAS_X86_KERNELS
#include <immintrin.h>

/* without optimisation some intrinsics are macros, whose casts are not ours to warn about */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt,bmi")))

/* The nodes that the symbols lead to, of the slots at `at`; 0 where the labels differ or none is wanted. */
AVX512 static inline __m512i nodes_at(const sectag_node *slot, __m256i at, __m256i symbols, __mmask8 wanted) {
    __m512i node = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), wanted, at, slot, 8);
    __m512i label = _mm512_and_si512(node, _mm512_set1_epi64(0xFFFF));
    return _mm512_maskz_mov_epi64(_mm512_cmpeq_epi64_mask(label, _mm512_cvtepu32_epi64(symbols)), node);
}

/* The bases of nodes. */
AVX512 static inline __m256i bases_of(__m512i node) {
    return _mm256_and_si256(_mm512_cvtepi64_epi32(_mm512_srli_epi64(node, 16)), _mm256_set1_epi32(0xFFFFFF));
}

/* The nodes' children by the symbols. */
AVX512 static inline __m512i children(const sectag_node *slot, __m256i base, __m256i symbols) {
    __mmask8 some = _mm256_test_epi32_mask(base, base);
    return nodes_at(slot, _mm256_add_epi32(base, symbols), symbols, some);
}

AVX512 static inline __m256i payloads_of(__m512i node) {
    return _mm512_cvtepi64_epi32(_mm512_srli_epi64(node, 40));
}

/* Symbols as 32-bit numbers. */
AVX512 static inline __m256i symbols_at(const uint16_t *s) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)s));
}

/* Payloads told apart. */
typedef struct sorts {
    __mmask8 plain, special;
} sorts;

AVX512 static inline sorts sort(__m256i payload) {
    __mmask8 special = _mm256_test_epi32_mask(payload, _mm256_set1_epi32(SECTAG_PAYLOAD_SPECIAL));
    return (sorts){(__mmask8)(_mm256_test_epi32_mask(payload, payload) & ~special), special};
}

/* In registers: to memory, compressing is slow on some processors. */
AVX512 static inline uint32_t *append(uint32_t *list, __m256i payload, __mmask8 which) {
    __m256i column = _mm256_sub_epi32(payload, _mm256_set1_epi32(1));
    _mm256_storeu_si256((__m256i *)(void *)list, _mm256_maskz_compress_epi32(which, column));
    return list + __builtin_popcount(which);
}

AVX512 static inline uint64_t once_of(const sectag_walks *w, size_t first, size_t n) {
    uint64_t own = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m256i s = _mm256_loadu_si256((const __m256i *)(const void *)(w->start + first + i));
        __m512i times = _mm512_i32gather_epi32(_mm512_cvtepu16_epi32(s), w->times, 4);
        own |= (uint64_t)_mm512_cmpeq_epi32_mask(times, _mm512_set1_epi32(1)) << i;
    }
    return own;
}

/* Bits [from, from + 32) of sixteen nodes. */
AVX512 static inline __m512i bits_of(const sectag_node *node, unsigned from) {
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __m512i low = _mm512_srli_epi64(_mm512_loadu_si512(node), from);
    __m512i high = _mm512_srli_epi64(_mm512_loadu_si512(node + 8), from);
    return _mm512_permutex2var_epi32(low, even, high);
}

AVX512 static inline uint32_t *append_16(uint32_t *list, __m512i payload, __mmask16 which) {
    __m512i column = _mm512_sub_epi32(payload, _mm512_set1_epi32(1));
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi32(which, column));
    return list + __builtin_popcount(which);
}

/* Takes what sixteen walks found after step k. Of first steps, only what is there once. */
AVX512 static inline void take(sectag_walks *w, const sectag_node *node, __mmask16 once, size_t first, size_t k) {
    __m512i payload = bits_of(node, 40);
    __mmask16 special = _mm512_test_epi32_mask(payload, _mm512_set1_epi32(SECTAG_PAYLOAD_SPECIAL));
    __mmask16 plain = (__mmask16)(_mm512_test_epi32_mask(payload, payload) & ~special);
    w->once = append_16(w->once, payload, plain & once);
    if (k) w->found = append_16(w->found, payload, (__mmask16)(plain & ~once));
    if (special) sectag_add_specials(w, node, special, first, k);
}

/* Walks that go on: which they are, with the highest bit where what they find is found once, and their bases. */
typedef struct going {
    uint32_t walk[SECTAG_WALKS + 8], base[SECTAG_WALKS + 8];
    size_t n;
} going;

AVX512 static inline void keep(going *g, __m256i walk, __m256i base) {
    __mmask8 some = _mm256_test_epi32_mask(base, base);
    _mm256_storeu_si256((__m256i *)(void *)(g->walk + g->n), _mm256_maskz_compress_epi32(some, walk));
    _mm256_storeu_si256((__m256i *)(void *)(g->base + g->n), _mm256_maskz_compress_epi32(some, base));
    g->n += (size_t)__builtin_popcount(some);
}

AVX512 static inline __m256i load(const uint32_t *at) {
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

AVX512 static void add_specials_beyond(sectag_walks *w, __m512i node, __m256i walk, __m256i place, uint32_t which,
                                       size_t first) {
    uint32_t begun[8], stood[8];
    sectag_node saved[8];
    _mm512_storeu_si512(saved, node);
    _mm256_storeu_si256((__m256i *)(void *)begun, walk);
    _mm256_storeu_si256((__m256i *)(void *)stood, place);
    for (; which; which &= which - 1) {
        size_t i = (size_t)__builtin_ctz(which);
        sectag_add_special(w, saved[i], first + begun[i], first + stood[i] + 1);
    }
}

/* Step k of eight walks that go on. The text of all walks begins at `first` and is read up to symbol `reach`. */
AVX512 static inline void step_beyond(sectag_walks *w, going *g, __m256i walk, __m256i base, size_t k, size_t first,
                                      __m256i reach) {
    const __mmask8 once = _mm256_movepi32_mask(walk), some = _mm256_test_epi32_mask(base, base);
    const __m256i begun = _mm256_and_si256(walk, _mm256_set1_epi32(INT32_MAX));
    __m256i place = _mm256_min_epu32(_mm256_add_epi32(begun, _mm256_set1_epi32((int)k)), reach);
    __m256i symbols = _mm256_mmask_i32gather_epi32(_mm256_setzero_si256(), some, place, w->symbol + first, 2);
    symbols = _mm256_and_si256(symbols, _mm256_set1_epi32(0xFFFF));
    __m512i node = children(w->slot, base, symbols);
    __m256i payload = payloads_of(node);
    sorts s = sort(payload);
    w->once = append(w->once, payload, s.plain & once);
    w->found = append(w->found, payload, (__mmask8)(s.plain & ~once));
    if (s.special) add_specials_beyond(w, node, begun, place, s.special, first);
    keep(g, walk, bases_of(node));
}

AVX512 static void go_beyond(sectag_walks *w, going *g, size_t first) {
    enum { FAR = SECTAG_WALKS + SECTAG_WALK_MAX };
    const __m256i reach = _mm256_set1_epi32(w->len - first < FAR ? (int)(w->len - first) : FAR);
    for (size_t k = SECTAG_STEPS_ABREAST; g->n > 0 && k < SECTAG_WALK_MAX; k++) {
        size_t had = g->n;
        g->n = 0;
        for (size_t i = 0; i < had; i += 8) {
            __mmask8 some = had - i < 8 ? (__mmask8)((1u << (had - i)) - 1) : 0xFF;
            step_beyond(w, g, load(g->walk + i), _mm256_maskz_mov_epi32(some, load(g->base + i)), k, first, reach);
        }
    }
}

/* The walks of `node`, where they are after the steps abreast, that go on; their next nodes are fetched. */
AVX512 static inline void begin_going(going *g, const sectag_walks *w, size_t first, const sectag_node *node,
                                      uint64_t once, size_t n) {
    const uint16_t *next = w->symbol + first + SECTAG_STEPS_ABREAST;
    uint64_t some = 0;
    g->n = 0;
    for (size_t i = 0; i < n; i += 8) {
        __mmask8 have = _mm512_test_epi64_mask(_mm512_loadu_si512(node + i), _mm512_set1_epi64(0xFFFFFF0000));
        some |= (uint64_t)have << i;
    }
    for (; some; some &= some - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(some), base = sectag_node_base(node[i]);
        __builtin_prefetch(&w->slot[base + next[i]]);
        g->walk[g->n] = i | (uint32_t)(once >> i & 1) << 31;
        g->base[g->n++] = base;
    }
}

/* The first steps of n walks, to node[k] after step k. Nothing here waits for what the nodes are, so that the loads of
 * many walks are under way at once. */
AVX512 static inline void step_abreast(const sectag_walks *w, size_t first, size_t n,
                                       sectag_node node[SECTAG_STEPS_ABREAST][SECTAG_WALKS]) {
    const uint16_t *start = w->start + first, *s = w->symbol + first;
    for (size_t i = 0; i < n; i += 8) {
        __m256i symbols = symbols_at(start + i);
        _mm512_storeu_si512(&node[0][i], nodes_at(w->slot, symbols, symbols, 0xFF));
    }
    for (size_t k = 1; k < SECTAG_STEPS_ABREAST; k++)
        for (size_t i = 0; i < n; i += 8) {
            __m256i base = bases_of(_mm512_loadu_si512(&node[k - 1][i]));
            _mm512_storeu_si512(&node[k][i], children(w->slot, base, symbols_at(s + i + k)));
        }
}

AVX512 void sectag_steps_avx512(sectag_walks *w, size_t first, size_t n) {
    sectag_node node[SECTAG_STEPS_ABREAST][SECTAG_WALKS];
    const sectag_once once = sectag_once_by_step(w, first, once_of(w, first, n));
    sectag_walks lists = *w; /* in registers */
    n = (n + 15) & ~(size_t)15;
    step_abreast(w, first, n, node);
    going g;
    begin_going(&g, w, first, node[SECTAG_STEPS_ABREAST - 1], once.after[SECTAG_STEPS_ABREAST - 1], n);
    for (size_t k = 0; k < SECTAG_STEPS_ABREAST; k++)
        for (size_t i = 0; i < n; i += 16) take(&lists, &node[k][i], (__mmask16)(once.after[k] >> i), first + i, k);
    go_beyond(&lists, &g, first);
    *w = lists;
}
#pragma GCC diagnostic pop
#endif
