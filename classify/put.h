/* put.h: appending numbers and escaped text to a buffer. The JSON string and the numbers are on the
 * product's hot path (every record of `sectag tag` passes here), hence written by hand.
 *
 * All functions return 0 or SECTAG_ENOMEM with the buffer's contents kept, so results may be or-ed together.
 */
#ifndef SECTAG_PUT_H
#define SECTAG_PUT_H

#include "features/buf.h"

#include <stddef.h>
#include <stdint.h>

/* A decimal integer. */
int sectag_put_count(sectag_buf *b, uint64_t n);

/* A number rounded to four decimals, without trailing zeros but with at least one decimal: 0.983, 1.0.
 * A number that is not finite is written 0.0. */
int sectag_put_number(sectag_buf *b, double x);

/* Well-formed UTF-8 as a JSON string with its quotes (RFC 8259, section 7: quotes, backslashes and control
 * characters escaped, everything else as it is). */
int sectag_put_json(sectag_buf *b, const char *text, size_t len);

/* Text for HTML content and quoted attribute values. */
int sectag_put_html(sectag_buf *b, const char *text, size_t len);

/* Text in which control characters (C0, DEL, C1) have become spaces, so that a document cannot steer a
 * terminal or break a line of TSV. */
int sectag_put_plain(sectag_buf *b, const char *text, size_t len);

/* Any bytes as well-formed UTF-8: each ill-formed byte becomes U+FFFD. *bad counts them. */
int sectag_put_repaired(sectag_buf *b, const char *text, size_t len, size_t *bad);

#endif
