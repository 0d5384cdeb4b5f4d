#include "models/score.h"

#include "features/processor.h"

#include <string.h>

static inline const char *row_of(const char *rows, size_t stride, uint32_t column) {
    return rows + (size_t)column * stride;
}

/* The value of summand i, whose row is given. */
static inline float value_of(const sectag_summands *s, size_t i, const char *row, size_t stride) {
    float value;
    memcpy(&value, row + stride - sizeof value, sizeof value);
    return s->factor[i] * value;
}

/* A macro, for GCC 12 drops a function that only fetches: it finds that it has no effect. */
#ifdef __GNUC__
#define FETCH(row) __builtin_prefetch(row)
#else
#define FETCH(row) (void)(row)
#endif

/* Fetches the rows of the summands from the first-th on. */
static void fetch_from(const char *rows, size_t stride, const sectag_summands *s, size_t first) {
    for (size_t i = first; i < s->len; i++) FETCH(row_of(rows, stride, s->column[i]));
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Adds to `sum` with value * the weights in [at, at + 32) bytes of the row. */
static inline void add_sixteen(const char *row, size_t at, float value, float *sum) {
    int16_t weight[16];
    memcpy(weight, row + at, sizeof weight);
    for (size_t k = 0; k < 16; k++) sum[k] += value * (float)weight[k];
}

static float add_rows_portable(const char *rows, size_t stride, const sectag_summands *s, const sectag_summands *ahead,
                               float *sum) {
    float square = 0;
    for (size_t i = 0; i < s->len; i++) {
        const char *row = row_of(rows, stride, s->column[i]);
        float value = value_of(s, i, row, stride);
        if (i < ahead->len) FETCH(row_of(rows, stride, ahead->column[i]));
        square += value * value;
        for (size_t at = 0; at < stride; at += 32) add_sixteen(row, at, value, sum + at / 2);
    }
    fetch_from(rows, stride, ahead, s->len);
    return square;
}

#if SECTAG_HAS_X86_KERNELS
#include <immintrin.h>

/* without optimisation some intrinsics are macros, whose casts are not ours to warn about */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

/* ---- AVX2: sixteen areas, half a cache line of each row, in two registers ---- */

typedef struct sums_avx2 {
    __m256 low, high;
} sums_avx2;

/* Eight weights as floats. */
AVX2 static inline __m256 widen_avx2(const char *weights) {
    __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)weights);
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(eight));
}

AVX2 static inline sums_avx2 add_avx2(sums_avx2 s, float value, const char *weights) {
    __m256 v = _mm256_set1_ps(value);
    s.low = _mm256_add_ps(s.low, _mm256_mul_ps(v, widen_avx2(weights)));
    s.high = _mm256_add_ps(s.high, _mm256_mul_ps(v, widen_avx2(weights + 16)));
    return s;
}

AVX2 static inline sums_avx2 load_avx2(const float *sum) {
    return (sums_avx2){_mm256_load_ps(sum), _mm256_load_ps(sum + 8)};
}

AVX2 static inline void store_avx2(float *sum, sums_avx2 s) {
    _mm256_store_ps(sum, s.low);
    _mm256_store_ps(sum + 8, s.high);
}

/* Sums of the areas in [at, at + 32) or [at, at + 64) bytes of the rows. */
AVX2 static inline float add_part_avx2(const char *rows, size_t stride, size_t at, int whole_line,
                                       const sectag_summands *s, const sectag_summands *ahead, float *sum) {
    sums_avx2 a = load_avx2(sum), b = whole_line ? load_avx2(sum + 16) : a;
    const size_t both = least(s->len, ahead->len);
    float square = 0;
    for (size_t i = 0; i < s->len; i++) {
        const char *row = row_of(rows, stride, s->column[i]);
        float value = value_of(s, i, row, stride);
        if (i < both) FETCH(row_of(rows, stride, ahead->column[i]));
        square += value * value;
        a = add_avx2(a, value, row + at);
        if (whole_line) b = add_avx2(b, value, row + at + 32);
    }
    store_avx2(sum, a);
    if (whole_line) store_avx2(sum + 16, b);
    return square;
}

AVX2 static float add_rows_avx2(const char *rows, size_t stride, const sectag_summands *s,
                                const sectag_summands *ahead, float *sum) {
    size_t at = 0;
    float square = 0;
    for (; at + 64 <= stride; at += 64) square = add_part_avx2(rows, stride, at, 1, s, ahead, sum + at / 2);
    if (at < stride) square = add_part_avx2(rows, stride, at, 0, s, ahead, sum + at / 2);
    fetch_from(rows, stride, ahead, s->len);
    return square;
}

/* ---- AVX-512: a cache line of each row in two registers ---- */

/* Sixteen weights as floats. */
AVX512 static inline __m512 widen_avx512(const char *weights) {
    __m256i sixteen = _mm256_loadu_si256((const __m256i *)(const void *)weights);
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(sixteen));
}

AVX512 static float add_rows_avx512(const char *rows, size_t stride, const sectag_summands *s,
                                    const sectag_summands *ahead, float *sum) {
    if (stride != 64) return add_rows_avx2(rows, stride, s, ahead, sum);
    __m512 a = _mm512_loadu_ps(sum), b = _mm512_loadu_ps(sum + 16);
    const size_t both = least(s->len, ahead->len);
    float square = 0;
    for (size_t i = 0; i < s->len; i++) {
        const char *row = row_of(rows, 64, s->column[i]);
        float value = value_of(s, i, row, 64);
        if (i < both) FETCH(row_of(rows, 64, ahead->column[i]));
        square += value * value;
        a = _mm512_add_ps(a, _mm512_mul_ps(_mm512_set1_ps(value), widen_avx512(row)));
        b = _mm512_add_ps(b, _mm512_mul_ps(_mm512_set1_ps(value), widen_avx512(row + 32)));
    }
    _mm512_storeu_ps(sum, a);
    _mm512_storeu_ps(sum + 16, b);
    fetch_from(rows, stride, ahead, s->len);
    return square;
}
#pragma GCC diagnostic pop
#endif

const sectag_kernel *sectag_kernel_find(const char *name) {
    static const sectag_kernel kernels[] = {
        {"portable", add_rows_portable},
#if SECTAG_HAS_X86_KERNELS
        {"avx2", add_rows_avx2},
        {"avx512", add_rows_avx512},
#endif
    };
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0] && sectag_processor_runs(name); i++)
        if (strcmp(kernels[i].name, name) == 0) return &kernels[i];
    return NULL;
}
