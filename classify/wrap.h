/* wrap.h: text in columns of a terminal. Wide characters take two columns (utf8proc's widths); control
 * characters never get through.
 */
#ifndef SECTAG_WRAP_H
#define SECTAG_WRAP_H

#include "features/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Columns of one code point, and of a text. */
unsigned sectag_display_width(uint32_t cp);
size_t sectag_display_columns(const char *text, size_t len);

/* Appends text, then blanks up to `columns` (none when it is wider). Returns 0 or SECTAG_ENOMEM. */
int sectag_put_padded(sectag_buf *out, const char *text, size_t columns);

/* Appends text in lines of at most `width` columns (0: one line), the first beginning at column `indent`, all
 * others behind `indent` blanks. Breaks at spaces and beside wide characters, but never before closing
 * punctuation. No line end at the end. Returns 0 or SECTAG_ENOMEM. */
int sectag_put_wrapped(sectag_buf *out, const char *text, size_t len, size_t width, size_t indent);

#endif
