/* array.h: the one growable array. A typed array is a plain struct with the members data, len and
 * cap, declared with SECTAG_ARRAY and zero-initialised; growth is overflow-checked and doubles.
 *
 *     SECTAG_ARRAY(uint32_t) ids = {0};
 *     if (sectag_array_push(&ids, 7u)) goto cleanup;   // non-zero: out of memory
 *     free(ids.data);
 */
#ifndef SECTAG_ARRAY_H
#define SECTAG_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SECTAG_ARRAY(type)                                                                                   \
    struct {                                                                                                 \
        type *data;                                                                                          \
        size_t len, cap;                                                                                     \
    }

/* Makes room for at least `need` elements of `size` bytes behind *data (a pointer to the data
 * pointer). Returns 0, or SECTAG_ENOMEM with the array as it was. */
int sectag_array_grow(void *data, size_t *cap, size_t need, size_t size);

/* len + n, or SIZE_MAX, which no array can grow to, where the sum overflows. */
static inline size_t sectag_array_sum(size_t len, size_t n) {
    return n > SIZE_MAX - len ? SIZE_MAX : len + n;
}

/* Room for `n` more elements. */
#define sectag_array_reserve(a, n)                                                                           \
    ((a)->cap - (a)->len >= (size_t)(n)                                                                      \
         ? 0                                                                                                 \
         : sectag_array_grow(&(a)->data, &(a)->cap, sectag_array_sum((a)->len, (size_t)(n)),                 \
                             sizeof *(a)->data))

/* Appends one element. Evaluates to 0 or SECTAG_ENOMEM. */
#define sectag_array_push(a, value)                                                                          \
    (sectag_array_reserve(a, 1) ? SECTAG_ENOMEM : ((a)->data[(a)->len++] = (value), 0))

/* malloc(n * size) and calloc with an overflow check; neither returns NULL for zero elements. */
void *sectag_alloc(size_t n, size_t size);
void *sectag_zalloc(size_t n, size_t size);

#endif
