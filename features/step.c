#include "features/step.h"

#include <stdlib.h>
#include <string.h>

/* ---- portable ---- */

/* Appends a payload where the mask is set, if there is one. */
static uint32_t *append(uint32_t *list, uint32_t payload, uint32_t mask) {
    payload &= mask;
    *list = payload;
    return list + (payload != 0);
}

/* The payload of a node, 0 where its highest bit is set. */
static uint32_t plain_payload(sectag_node node) {
    return (uint32_t)(node >> 40) & (uint32_t)sectag_mask(node >> 63 == 0);
}

/* Appends what n walks found, and tells which need a closer look. */
static uint64_t sort_out(sectag_steps *w, const sectag_times *times, const uint16_t *s, size_t n) {
    uint32_t once[SECTAG_WALKS], *to_found = w->found, *to_once = w->once;
    uint64_t more = 0;
    for (size_t i = 0; i < n; i++) once[i] = (uint32_t)sectag_mask(times[s[i]] == 1);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < n; i++) {
            uint32_t payload = plain_payload(w->node[k][i]);
            to_found = append(to_found, payload, ~once[i]);
            to_once = append(to_once, payload, once[i]);
        }
    for (size_t i = 0; i < n; i++) {
        sectag_node any = w->node[0][i] | w->node[1][i] | w->node[2][i];
        more |= (any >> 63 | (sectag_node_base(w->node[2][i]) != 0)) << i;
    }
    w->found = to_found;
    w->once = to_once;
    return more;
}

static uint64_t run_portable(sectag_steps *w, const sectag_node *slot, const sectag_times *times, const uint16_t *s,
                             size_t n) {
    for (size_t i = 0; i < n; i++) w->node[0][i] = sectag_trie_root(slot, s[i]);
    for (size_t i = 0; i < n; i++) w->node[1][i] = sectag_trie_child(slot, w->node[0][i], s[i + 1]);
    for (size_t i = 0; i < n; i++) w->node[2][i] = sectag_trie_child(slot, w->node[1][i], s[i + 2]);
    return sort_out(w, times, s, n);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_VECTORS 1
/* without optimisation some intrinsics are macros, whose casts are not ours to warn about */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt")))

/* ---- AVX-512: sixteen walks as two halves of eight nodes ---- */

/* The nodes that the symbols lead to, of the slots at `at`; 0 where the labels differ. */
AVX512 static inline __m512i nodes_at(const sectag_node *slot, __m256i at, __m256i symbols) {
    __m512i node = _mm512_i32gather_epi64(at, slot, 8);
    __m512i label = _mm512_and_si512(node, _mm512_set1_epi64(0xFFFF));
    return _mm512_maskz_mov_epi64(_mm512_cmpeq_epi64_mask(label, _mm512_cvtepu32_epi64(symbols)), node);
}

/* Where the nodes' children by the symbols would stand; slot 0 where there are none. */
AVX512 static inline __m256i children_of(__m512i node, __m256i symbols) {
    __m256i base = _mm256_and_si256(_mm512_cvtepi64_epi32(_mm512_srli_epi64(node, 16)), _mm256_set1_epi32(0xFFFFFF));
    return _mm256_maskz_add_epi32(_mm256_test_epi32_mask(base, base), base, symbols);
}

AVX512 static inline __m512i join(__m256i low, __m256i high) {
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

AVX512 static inline __m512i payloads_of(__m512i low, __m512i high) {
    return join(_mm512_cvtepi64_epi32(_mm512_srli_epi64(low, 40)), _mm512_cvtepi64_epi32(_mm512_srli_epi64(high, 40)));
}

/* Symbols as 32-bit numbers. */
AVX512 static inline __m512i symbols_at(const uint16_t *s) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)s));
}

/* In registers: to memory, compressing is slow on some processors. */
AVX512 static inline uint32_t *append_all(uint32_t *list, __m512i payload, __mmask16 which) {
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi32(which, payload));
    return list + __builtin_popcount(which);
}

/* Step k of sixteen walks, of which those in `valid` are wanted. Returns those with a payload's highest bit. */
AVX512 static inline __mmask16 step_avx512(sectag_steps *w, const sectag_node *slot, const uint16_t *s, size_t k,
                                           size_t i, __mmask16 valid, __mmask16 once) {
    __m512i symbols = symbols_at(s + i + k);
    __m256i first = _mm512_castsi512_si256(symbols), second = _mm512_extracti64x4_epi64(symbols, 1);
    __m256i low_at = first, high_at = second;
    if (k) {
        low_at = children_of(_mm512_loadu_si512(&w->node[k - 1][i]), first);
        high_at = children_of(_mm512_loadu_si512(&w->node[k - 1][i + 8]), second);
    }
    __m512i low = _mm512_maskz_mov_epi64((__mmask8)valid, nodes_at(slot, low_at, first));
    __m512i high = _mm512_maskz_mov_epi64((__mmask8)(valid >> 8), nodes_at(slot, high_at, second));
    _mm512_storeu_si512(&w->node[k][i], low);
    _mm512_storeu_si512(&w->node[k][i + 8], high);
    __m512i payload = payloads_of(low, high);
    __mmask16 special = _mm512_test_epi32_mask(payload, _mm512_set1_epi32(0x800000));
    __mmask16 plain = (__mmask16)(_mm512_test_epi32_mask(payload, payload) & ~special);
    w->found = append_all(w->found, payload, (__mmask16)(plain & ~once));
    w->once = append_all(w->once, payload, plain & once);
    return special;
}

/* Which of sixteen symbols the clause has once. */
AVX512 static inline __mmask16 once_avx512(const sectag_times *times, const uint16_t *s) {
    __m512i count = _mm512_i32gather_epi32(symbols_at(s), times, 1);
    return _mm512_cmpeq_epi32_mask(_mm512_and_si512(count, _mm512_set1_epi32(0xFF)), _mm512_set1_epi32(1));
}

AVX512 static inline __mmask8 go_on_avx512(const sectag_node *node) {
    return _mm512_test_epi64_mask(_mm512_loadu_si512(node), _mm512_set1_epi64(0xFFFFFF0000));
}

AVX512 static uint64_t run_avx512(sectag_steps *w, const sectag_node *slot, const sectag_times *times,
                                  const uint16_t *s, size_t n) {
    __mmask16 once[SECTAG_WALKS / 16];
    uint64_t more = 0, valid = ~(uint64_t)0 >> (SECTAG_WALKS - n);
    for (size_t i = 0; i < n; i += 16) once[i / 16] = once_avx512(times, s + i);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < n; i += 16)
            more |= (uint64_t)step_avx512(w, slot, s, k, i, (__mmask16)(valid >> i), once[i / 16]) << i;
    for (size_t i = 0; i < n; i += 8) more |= (uint64_t)go_on_avx512(&w->node[2][i]) << i;
    return more;
}

/* ---- AVX2: four walks at a time ---- */

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i step_avx2(const sectag_node *slot, __m128i at, __m128i symbols) {
    __m256i node = _mm256_i32gather_epi64((const long long *)(const void *)slot, at, 8);
    __m256i label = _mm256_and_si256(node, _mm256_set1_epi64x(0xFFFF));
    return _mm256_and_si256(node, _mm256_cmpeq_epi64(label, _mm256_cvtepu32_epi64(symbols)));
}

/* The low halves of four 64-bit numbers. */
AVX2 static inline __m128i narrow(__m256i x) {
    __m256i packed = _mm256_permutevar8x32_epi32(x, _mm256_setr_epi32(0, 2, 4, 6, 0, 0, 0, 0));
    return _mm256_castsi256_si128(packed);
}

AVX2 static inline __m128i children_avx2(__m256i node, __m128i symbols) {
    __m128i base = _mm_and_si128(narrow(_mm256_srli_epi64(node, 16)), _mm_set1_epi32(0xFFFFFF));
    return _mm_andnot_si128(_mm_cmpeq_epi32(base, _mm_setzero_si128()), _mm_add_epi32(base, symbols));
}

AVX2 static inline __m128i symbols_avx2(const uint16_t *s) {
    return _mm_cvtepu16_epi32(_mm_loadl_epi64((const __m128i *)(const void *)s));
}

AVX2 static void save_avx2(sectag_node *to, __m256i node) {
    _mm256_storeu_si256((__m256i *)(void *)to, node);
}

AVX2 static uint64_t run_avx2(sectag_steps *w, const sectag_node *slot, const sectag_times *times, const uint16_t *s,
                              size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        __m128i symbols = symbols_avx2(s + i);
        save_avx2(&w->node[0][i], step_avx2(slot, symbols, symbols));
    }
    for (size_t k = 1; k < 3; k++)
        for (size_t i = 0; i < n; i += 4) {
            __m128i symbols = symbols_avx2(s + i + k);
            __m256i node = _mm256_loadu_si256((const __m256i *)(const void *)&w->node[k - 1][i]);
            save_avx2(&w->node[k][i], step_avx2(slot, children_avx2(node, symbols), symbols));
        }
    return sort_out(w, times, s, n);
}
#pragma GCC diagnostic pop
#else
#define HAS_VECTORS 0
#endif

static const sectag_stepper portable = {"portable", run_portable};

const sectag_stepper *sectag_stepper_find(const char *name) {
#if HAS_VECTORS
    static const sectag_stepper avx2 = {"avx2", run_avx2}, avx512 = {"avx512", run_avx512};
    if (strcmp(name, "avx2") == 0) return __builtin_cpu_supports("avx2") ? &avx2 : NULL;
    if (strcmp(name, "avx512") == 0)
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                       __builtin_cpu_supports("avx512dq")
                   ? &avx512
                   : NULL;
#endif
    return strcmp(name, portable.name) == 0 ? &portable : NULL;
}

const sectag_stepper *sectag_stepper_best(void) {
    const char *wanted = getenv("SECTAG_KERNEL");
    const sectag_stepper *found = wanted ? sectag_stepper_find(wanted) : NULL;
    if (!found) found = sectag_stepper_find("avx512");
    if (!found) found = sectag_stepper_find("avx2");
    return found ? found : &portable;
}
