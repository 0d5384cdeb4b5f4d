/* names.h: names to numbers: equal names get equal numbers, counted from 0 in order of first sight. Documents
 * are numbered so, wherever in a corpus their clauses stand.
 */
#ifndef SECTAG_NAMES_H
#define SECTAG_NAMES_H

#include "features/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Zero-initialised: no names. */
typedef struct sectag_names {
    uint32_t n;      /* different names so far */
    sectag_buf text; /* the names, one behind the other */
    size_t *off;     /* [n + 1] into text */
    uint32_t *slot;  /* open addressing: number + 1, 0 empty */
    size_t slots, off_cap;
} sectag_names;

void sectag_names_release(sectag_names *t);

/* The number of a name of len bytes, old or new. Returns 0 or SECTAG_ENOMEM. */
int sectag_names_number(sectag_names *t, const char *name, size_t len, uint32_t *number);

#endif
