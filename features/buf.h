/* buf.h: the one growable byte buffer. `data` is always NUL-terminated once anything was
 * appended, so a text buffer can be handed to C functions; `len` excludes that NUL. */
#ifndef SECTAG_BUF_H
#define SECTAG_BUF_H

#include <stddef.h>
#include <string.h>

typedef struct sectag_buf {
    char *data;
    size_t len, cap;
} sectag_buf;

/* An empty buffer; owns nothing yet. Also: sectag_buf b = {0}; */
void sectag_buf_init(sectag_buf *b);

/* Frees the bytes and leaves an empty buffer. */
void sectag_buf_release(sectag_buf *b);

/* Forgets the contents, keeps the room. */
void sectag_buf_clear(sectag_buf *b);

/* Room for `extra` more bytes and the NUL. All below: 0, or SECTAG_ENOMEM with the contents kept. */
int sectag_buf_grow(sectag_buf *b, size_t extra);

static inline int sectag_buf_reserve(sectag_buf *b, size_t extra) {
    return b->cap > b->len && b->cap - b->len > extra ? 0 : sectag_buf_grow(b, extra);
}

/* Inline, because every record is put together by many small calls. */
static inline int sectag_buf_add(sectag_buf *b, const char *bytes, size_t len) {
    int rc = sectag_buf_reserve(b, len);
    if (rc) return rc;
    if (len) memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

static inline int sectag_buf_addc(sectag_buf *b, char c) {
    return sectag_buf_add(b, &c, 1);
}

static inline int sectag_buf_adds(sectag_buf *b, const char *string) {
    return sectag_buf_add(b, string, strlen(string));
}

int sectag_buf_addf(sectag_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
