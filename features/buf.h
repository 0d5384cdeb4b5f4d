/* buf.h: the one growable byte buffer. `data` is always NUL-terminated once anything was
 * appended, so a text buffer can be handed to C functions; `len` excludes that NUL. */
#ifndef SECTAG_BUF_H
#define SECTAG_BUF_H

#include <stddef.h>

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
int sectag_buf_reserve(sectag_buf *b, size_t extra);
int sectag_buf_add(sectag_buf *b, const char *bytes, size_t len);
int sectag_buf_addc(sectag_buf *b, char c);
int sectag_buf_adds(sectag_buf *b, const char *string);
int sectag_buf_addf(sectag_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
