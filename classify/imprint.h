/* imprint.h: what a document says of itself at its beginning: a title, a date. */
#ifndef SECTAG_IMPRINT_H
#define SECTAG_IMPRINT_H

#include <stddef.h>

/* Finds the first full date in text[0..len) and writes it to out as YYYY-MM-DD. Read are 2024年3月5日,
 * 2024-03-05 (also with . or / and without leading zeros), 20240305 standing alone, March 5, 2024 and 5 March
 * 2024. Returns 1, or 0: there is none that a calendar has. */
int sectag_imprint_date(const char *text, size_t len, char out[11]);

/* How many bytes of text[0..len) make a title: at most 60 characters, ended before a mark that ends a
 * sentence. */
size_t sectag_imprint_title(const char *text, size_t len);

#endif
