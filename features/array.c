#include "features/array.h"

#include "features/err.h"

#include <stdint.h>
#include <string.h>

int sectag_array_grow(void *data, size_t *cap, size_t need, size_t size) {
    size_t room = *cap ? *cap : 8;
    while (room < need) {
        if (room > SIZE_MAX / 2) return SECTAG_ENOMEM;
        room *= 2;
    }
    if (size == 0 || room > SIZE_MAX / size) return SECTAG_ENOMEM;
    void *old = NULL;
    memcpy(&old, data, sizeof old);
    void *grown = realloc(old, room * size);
    if (!grown) return SECTAG_ENOMEM;
    memcpy(data, &grown, sizeof grown);
    *cap = room;
    return 0;
}

void *sectag_alloc(size_t n, size_t size) {
    if (size && n > SIZE_MAX / size) return NULL;
    size_t bytes = n * size;
    return malloc(bytes > 0 ? bytes : 1);
}

void *sectag_zalloc(size_t n, size_t size) {
    if (size && n > SIZE_MAX / size) return NULL;
    return calloc(n ? n : 1, size ? size : 1);
}
