/* score.h: adding up rows of weights, the inner loop of tagging.
 *
 * The weights stand in rows, one a column, `stride` bytes each (a multiple of 32), so that one occurrence costs one
 * cache line where there are up to 30 areas:
 *
 *     int16_t weight[n_areas]   ...   float value (the last four bytes): what one occurrence of the column counts
 *
 * Weights are 16-bit numbers. Measured on 12,675 real clauses (bench_weight_bits), 12 bits move a probability by up to
 * 0.013 and 8 bits by up to 0.11, with 2 tags changed; half floats stay below 0.001 but cost as much to widen and are
 * no smaller; floats are twice the memory traffic.
 *
 * All kernels do the same sums in the same order with the same roundings (no fused multiply-add), so they give the
 * same bits whatever processor they run on.
 */
#ifndef SECTAG_SCORE_H
#define SECTAG_SCORE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a row of n_areas weights. */
static inline size_t sectag_row_stride(size_t n_areas) {
    return (2 * n_areas + sizeof(float) + 31) / 32 * 32;
}

/* Rows, and how often each counts: 1, or what is made of a number of occurrences. Borrowed. */
typedef struct sectag_summands {
    const uint32_t *column; /* [len] */
    const float *factor;    /* [len] */
    size_t len;
} sectag_summands;

/* With value = factor * the row's value: sum[k] += value * weight[k] over all summands, for each of the stride / 2
 * 16-bit numbers of a row (those behind the last area give nonsense: sum is that long, aligned to 32 bytes). Returns
 * the sum of the values' squares. On the way it fetches the rows of `ahead`, which will be added next: one by one, for
 * a processor can wait for a few only at a time. */
typedef float sectag_add_rows_fn(const char *rows, size_t stride, const sectag_summands *s,
                                 const sectag_summands *ahead, float *sum);

/* A kernel with its name. */
typedef struct sectag_kernel {
    const char *name; /* "portable", "avx2", "avx512" */
    sectag_add_rows_fn *add_rows;
} sectag_kernel;

/* The one of that name, or NULL where the processor cannot run it. The best: sectag_processor_best. */
const sectag_kernel *sectag_kernel_find(const char *name);

#endif
