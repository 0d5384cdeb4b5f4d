/* run_key.h: what a run over many documents is known by, so that one that was interrupted goes on only as
 * what it was: the program's version, the model, the options that the output depends on, and the documents
 * with their sizes and times. Kept as text, a line each: "name<tab>value".
 */
#ifndef SECTAG_RUN_KEY_H
#define SECTAG_RUN_KEY_H

#include "classify/inputs.h"
#include "features/buf.h"
#include "features/err.h"

#include <stddef.h>

enum { SECTAG_RUN_KEYS = 4 };

/* Each without tabs and line feeds. */
typedef struct sectag_run_key {
    sectag_buf version, model, options, inputs;
} sectag_run_key;

void sectag_run_key_release(sectag_run_key *k);

/* Sets version, model (an id) and inputs; `options` is the caller's to fill. Returns 0 or SECTAG_ENOMEM. */
int sectag_run_key_set(sectag_run_key *k, const char *version, const char *model, const sectag_inputs *in);

/* Name and value number i, from 0; NULL past the last. */
const char *sectag_run_key_name(size_t i);
const char *sectag_run_key_value(const sectag_run_key *k, size_t i);

/* Refuses a run whose value number i was another. `file`: what is to be gone on with. Returns 0 or
 * SECTAG_EARG. */
int sectag_run_key_check(const sectag_run_key *k, size_t i, const char *value, size_t len, const char *file,
                         sectag_err *err);

#endif
