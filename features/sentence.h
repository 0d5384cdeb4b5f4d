/* sentence.h: where the clauses of one paragraph end.
 *
 * A clause ends behind 。；！？ and their ASCII kin, closing quotes and brackets included. Commas and
 * colons never end one. An ASCII full stop ends one only before white space and what may start a sentence,
 * and not behind an abbreviation, an initial or a number; an end mark in a bracket that closes soon, or in a
 * quotation that the sentence goes on from, ends none. …… behind an end mark
 * belongs to the clause before it.
 */
#ifndef SECTAG_SENTENCE_H
#define SECTAG_SENTENCE_H

#include <stddef.h>

/* Splits the sentences of one paragraph that is already free of line breaks: calls emit(ctx, start,
 * end) for each clause in text[0..len), in order; the spans cover all non-space text. Stops at and
 * returns the first non-zero emit result. */
typedef int sectag_sentence_fn(void *ctx, size_t start, size_t end);
int sectag_sentences(const char *text, size_t len, sectag_sentence_fn *emit, void *ctx);

#endif
