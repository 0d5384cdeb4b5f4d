/* when.h: times as the workspace keeps them: UTC, to the second, 2026-01-31T23:59:59Z. */
#ifndef SECTAG_WHEN_H
#define SECTAG_WHEN_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_WHEN = 20 };

/* Seconds since 1970 as such a time; years 0 to 9999. Returns 0 or SECTAG_EARG. */
int sectag_when_format(int64_t seconds, char out[SECTAG_WHEN + 1], sectag_err *err);

/* Reads a time as tools write it: ISO 8601 with T or a blank, fractions of a second (dropped), Z, an offset
 * from UTC, or neither (UTC); or a date alone; or a whole number of seconds since 1970. Returns 0 or
 * SECTAG_EDATA. */
int sectag_when_parse(const char *text, size_t len, char out[SECTAG_WHEN + 1], sectag_err *err);

#endif
