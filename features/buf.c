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

int sectag_buf_reserve(sectag_buf *b, size_t extra) {
    if (b->cap > b->len && b->cap - b->len > extra) return 0;
    if (extra > SIZE_MAX - b->len - 1) return SECTAG_ENOMEM;
    return sectag_array_grow(&b->data, &b->cap, b->len + extra + 1, 1);
}

int sectag_buf_add(sectag_buf *b, const char *bytes, size_t len) {
    if (sectag_buf_reserve(b, len)) return SECTAG_ENOMEM;
    if (len) memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int sectag_buf_addc(sectag_buf *b, char c) {
    return sectag_buf_add(b, &c, 1);
}

int sectag_buf_adds(sectag_buf *b, const char *string) {
    return sectag_buf_add(b, string, strlen(string));
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
