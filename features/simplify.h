/* simplify.h: Chinese in traditional characters as simplified, for the features only: models are trained on
 * simplified text.
 *
 * Code point by code point (ICU's transliterator Hant-Hans, asked once for each Han character): each keeps
 * its place and its length in bytes, so offsets hold for both. Simplified text costs a look at the document's
 * beginning.
 */
#ifndef SECTAG_SIMPLIFY_H
#define SECTAG_SIMPLIFY_H

#include <stddef.h>

enum { SECTAG_SIMPLIFY_SAMPLE = 1 << 16 };

/* Is the text, a document's beginning or a clause, in traditional characters: one Han character in fifty or
 * more is among the commonest that only traditional text has? Looks at SECTAG_SIMPLIFY_SAMPLE bytes at most.
 */
int sectag_is_traditional(const char *text, size_t len);

/* Writes text[0, len) with simplified characters to out[0, len). Without ICU, and for characters without a
 * simplified form of the same length, as it is. Safe to call from several threads. */
void sectag_simplify(const char *text, size_t len, char *out);

#endif
