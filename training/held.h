/* held.h: which clauses of the ledger are set aside to measure by (ledger.h has the rule). */
#ifndef SECTAG_HELD_H
#define SECTAG_HELD_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* A clause, its hash as hexadecimal digits. */
typedef struct sectag_held_clause {
    const char *text;
    size_t len;
    const char *hash;
} sectag_held_clause;

/* One clause in so many is held by its own hash. */
enum { SECTAG_HELD_ONE_IN = 5 };

/* Fills held[n] for clauses in the order in which the ledger met them. Returns 0, SECTAG_ENOMEM or
 * SECTAG_EARG. */
int sectag_held_mark(const sectag_held_clause *clauses, size_t n, uint8_t *held, sectag_err *err);

#endif
