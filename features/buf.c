#include "features/buf.h"

#include "features/array.h"
#include "features/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void sectag_buf_init(sectag_buf *b) {
    memset(b, 0, sizeof *b);
}

void sectag_buf_release(sectag_buf *b) {
    free(b->data);
    sectag_buf_init(b);
}

void sectag_buf_clear(sectag_buf *b) {
    b->len = 0;
    if (b->data) b->data[0] = '\0';
}

int sectag_buf_grow(sectag_buf *b, size_t extra) {
    if (extra > SIZE_MAX - b->len - 1) return SECTAG_ENOMEM;
    return sectag_array_grow(&b->data, &b->cap, b->len + extra + 1, 1);
}

int sectag_buf_addf(sectag_buf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int rc = SECTAG_ENOMEM;
    int len = vsnprintf(NULL, 0, fmt, ap);
    if (len >= 0 && sectag_buf_reserve(b, (size_t)len) == 0) {
        (void)vsnprintf(b->data + b->len, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
        rc = 0;
    }
    va_end(again);
    va_end(ap);
    return rc;
}
