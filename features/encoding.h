/* encoding.h: which encoding a document's bytes are in, and the bytes as UTF-8.
 *
 *   bytes -> guess (byte order mark, UTF-8 validity, what the document declares, uchardet) -> decoder (iconv)
 *
 * A guess looks at a sample: the first bytes, or those from the first byte that is not ASCII. Nothing is lost
 * in silence: bytes that are no character of the encoding become U+FFFD and are counted.
 */
#ifndef SECTAG_ENCODING_H
#define SECTAG_ENCODING_H

#include "features/buf.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_ENCODING_SAMPLE = 1 << 16 };

typedef struct sectag_encoding {
    const char *name; /* "UTF-8", "GB18030", "Big5", ...: lasts as long as the program */
    size_t bom;       /* bytes of the byte order mark in front of the text */
    size_t good; /* bytes at the beginning that were found to be well-formed UTF-8; 0: none were looked at */
} sectag_encoding;

/* The encoding that a user or a document calls by this name, under the name that is printed: gb2312 and gbk
 * are read as GB18030 and iso-8859-1 as Windows-1252, the supersets that are meant in practice. A name that
 * only iconv knows is returned as it is. NULL: nobody knows it. */
const char *sectag_encoding_find(const char *name);

/* What bytes[0, len), the beginning of a document, are in. `declared` is what the document says of itself, or
 * NULL: believed where the bytes bear it out. Never fails: what fits nothing else is Windows-1252. */
sectag_encoding sectag_encoding_guess(const char *bytes, size_t len, const char *declared);

/* Is the encoding's name UTF-8? */
int sectag_encoding_is_utf8(const char *name);

/* Bytes at the end of text[0, len) that begin a UTF-8 character which is not complete: 0 to 3. */
size_t sectag_utf8_open_end(const char *text, size_t len);

/* Decoding a stream. */
typedef struct sectag_decoder {
    void *iconv;             /* NULL: UTF-8 in, UTF-8 out */
    size_t good;             /* bytes of the next feed that are known to be well-formed UTF-8 */
    size_t unit;             /* bytes to step over where they are no character */
    uint64_t at;             /* bytes decoded so far */
    uint64_t replaced;       /* times that U+FFFD was written */
    uint64_t first_replaced; /* byte of the first */
} sectag_decoder;

/* `name` is one that sectag_encoding_find returned. Returns 0 or SECTAG_EARG. */
int sectag_decoder_init(sectag_decoder *d, const char *name, sectag_err *err);
void sectag_decoder_release(sectag_decoder *d);

/* Appends bytes[0, len) as UTF-8 to out; *used is less than len where the last character is cut off, which is
 * to be given again with what follows (never with `last`). Returns 0 or SECTAG_ENOMEM. */
int sectag_decoder_feed(sectag_decoder *d, const char *bytes, size_t len, int last, sectag_buf *out,
                        size_t *used, sectag_err *err);

#endif
