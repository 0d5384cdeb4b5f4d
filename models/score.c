#include "models/score.h"

#include <stdlib.h>
#include <string.h>

static const char *row_of(const char *rows, size_t stride, const sectag_summand *s) {
    return rows + (size_t)s->column * stride;
}

/* The value of a summand whose row is given. */
static inline float value_of(const sectag_summand *s, const char *row, size_t stride) {
    float value;
    memcpy(&value, row + stride - sizeof value, sizeof value);
    return s->factor * value;
}

static float add_rows_portable(const char *rows, size_t stride, const sectag_summand *s, size_t n, float *sum) {
    float square = 0;
    for (size_t i = 0; i < n; i++) {
        const char *row = row_of(rows, stride, &s[i]);
        float value = value_of(&s[i], row, stride);
        int16_t weight[16];
        square += value * value;
        for (size_t at = 0; at < stride; at += sizeof weight) {
            memcpy(weight, row + at, sizeof weight);
            for (size_t k = 0; k < 16; k++) sum[at / 2 + k] += value * (float)weight[k];
        }
    }
    return square;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_AVX2 1

/* Eight weights as floats. */
__attribute__((target("avx2"))) static inline __m256 widen(const char *weights) {
    __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)weights);
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(eight));
}

__attribute__((target("avx2"))) static inline __m256 add(__m256 sum, __m256 value, const char *weights) {
    return _mm256_add_ps(sum, _mm256_mul_ps(value, widen(weights)));
}

/* Sums of sixteen areas, from byte `at` of the rows on, in registers. */
__attribute__((target("avx2"))) static float add_sixteen(const char *rows, size_t stride, size_t at,
                                                         const sectag_summand *s, size_t n, float *sum) {
    __m256 a = _mm256_load_ps(sum), b = _mm256_load_ps(sum + 8);
    float square = 0;
    for (size_t i = 0; i < n; i++) {
        const char *row = row_of(rows, stride, &s[i]);
        float v = value_of(&s[i], row, stride);
        __m256 value = _mm256_set1_ps(v);
        square += v * v;
        a = add(a, value, row + at);
        b = add(b, value, row + at + 16);
    }
    _mm256_store_ps(sum, a);
    _mm256_store_ps(sum + 8, b);
    return square;
}

/* Thirty-two: a whole cache line at a time. */
__attribute__((target("avx2"))) static float add_thirty_two(const char *rows, size_t stride, size_t at,
                                                            const sectag_summand *s, size_t n, float *sum) {
    __m256 a = _mm256_load_ps(sum), b = _mm256_load_ps(sum + 8);
    __m256 c = _mm256_load_ps(sum + 16), d = _mm256_load_ps(sum + 24);
    float square = 0;
    for (size_t i = 0; i < n; i++) {
        const char *row = row_of(rows, stride, &s[i]);
        float v = value_of(&s[i], row, stride);
        __m256 value = _mm256_set1_ps(v);
        square += v * v;
        a = add(a, value, row + at);
        b = add(b, value, row + at + 16);
        c = add(c, value, row + at + 32);
        d = add(d, value, row + at + 48);
    }
    _mm256_store_ps(sum, a);
    _mm256_store_ps(sum + 8, b);
    _mm256_store_ps(sum + 16, c);
    _mm256_store_ps(sum + 24, d);
    return square;
}

static float add_rows_avx2(const char *rows, size_t stride, const sectag_summand *s, size_t n, float *sum) {
    size_t at = 0;
    float square = 0;
    for (; at + 64 <= stride; at += 64) square = add_thirty_two(rows, stride, at, s, n, sum + at / 2);
    if (at < stride) square = add_sixteen(rows, stride, at, s, n, sum + at / 2);
    return square;
}
#else
#define HAS_AVX2 0
#endif

static const sectag_kernel portable = {"portable", add_rows_portable};

const sectag_kernel *sectag_kernel_find(const char *name) {
#if HAS_AVX2
    static const sectag_kernel avx2 = {"avx2", add_rows_avx2};
    if (strcmp(name, "avx2") == 0 || strcmp(name, "avx512") == 0) /* wider registers were no faster */
        return __builtin_cpu_supports("avx2") ? &avx2 : NULL;
#endif
    return strcmp(name, portable.name) == 0 ? &portable : NULL;
}

const sectag_kernel *sectag_kernel_best(void) {
    const char *wanted = getenv("SECTAG_KERNEL");
    const sectag_kernel *kernel = sectag_kernel_find(wanted ? wanted : "avx2");
    return kernel ? kernel : &portable;
}
