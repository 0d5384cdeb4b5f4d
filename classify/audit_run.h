/* audit_run.h: a run of `sectag tag --format jsonl --all --scores` as a frame to sample from (audit.h). */
#ifndef SECTAG_AUDIT_RUN_H
#define SECTAG_AUDIT_RUN_H

#include "classify/audit.h"
#include "features/array.h"
#include "features/buf.h"
#include "features/file.h"
#include "models/taxonomy.h"

/* Zero-initialised: empty. */
typedef struct sectag_audit_run {
    sectag_file file;
    sectag_taxonomy areas;        /* those of the run that are audited, known by their codes only */
    SECTAG_ARRAY(size_t) lines;   /* [n] where each record begins */
    SECTAG_ARRAY(uint8_t) tagged; /* [n][areas] */
    SECTAG_ARRAY(uint8_t) near;   /* [n] */
} sectag_audit_run;

/* Reads a run; `only`: the areas to audit, codes with commas between; NULL: all. Returns 0, SECTAG_EIO,
 * SECTAG_ENOMEM, SECTAG_EARG (`only` names none of the run's areas) or SECTAG_EDATA by file and line: not such a
 * record, or clauses that were left out. */
int sectag_audit_run_open(sectag_audit_run *r, const char *path, const char *only, sectag_err *err);
void sectag_audit_run_release(sectag_audit_run *r);

sectag_audit_frame sectag_audit_run_frame(const sectag_audit_run *r);

/* What the reader is shown of a record; strings are to be released. */
typedef struct sectag_audit_clause {
    sectag_buf doc, text;
    uint64_t clause, page; /* page 0: none */
} sectag_audit_clause;

int sectag_audit_run_clause(const sectag_audit_run *r, size_t i, sectag_audit_clause *out, sectag_err *err);
void sectag_audit_clause_release(sectag_audit_clause *c);

#endif
