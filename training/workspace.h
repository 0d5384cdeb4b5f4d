/* workspace.h: one SQLite file that remembers: documents and clauses that were tagged, what analysts
 * corrected (ledger.h), which models there are and which one is in use (registry.h).
 *
 *   documents --- places --- clauses --- tags         saved.h: runs of `sectag tag --save`
 *                  runs          \------ corrections  ledger.h: append-only, in batches
 *   models --- promotions, active, gate_reports       registry.h
 *
 * The file is created on first use. Its journal is a write-ahead log that is synced at every commit
 * (synchronous=FULL): what was committed survives the program and the machine. Foreign keys are on, and
 * triggers refuse to change or delete an entry of the ledger, a promotion or a gate report. Several programs
 * may use a workspace at once: a writer waits for another one up to SECTAG_WORKSPACE_WAIT ms.
 *
 * A clause is known by its hash: XXH3 (128 bits) of its normalised text (normal.h), so that full-width
 * letters, case and white space do not make another clause of it.
 */
#ifndef SECTAG_WORKSPACE_H
#define SECTAG_WORKSPACE_H

#include "features/err.h"
#include "models/taxonomy.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_WORKSPACE_VERSION = 2, SECTAG_WORKSPACE_WAIT = 30000, SECTAG_CLAUSE_HASH = 32 };

typedef struct sectag_workspace sectag_workspace;

/* Opens the workspace at path and brings an older schema up to date. With `create` a missing file (and its
 * folders) is made. Returns 0; SECTAG_EIO (cannot be opened, or is missing and not to be made),
 * SECTAG_ENOMEM, or SECTAG_EDATA: the file is no workspace, or one of a newer program. */
int sectag_workspace_open(sectag_workspace **out, const char *path, int create, sectag_err *err);

/* Closes; a transaction that is not committed is undone. NULL is allowed. */
void sectag_workspace_free(sectag_workspace *ws);

/* The path as given. */
const char *sectag_workspace_path(const sectag_workspace *ws);

/* A transaction. begin takes the right to write at once, so that no commit fails because of another writer.
 * When commit returns 0 all changes since begin are on the disk; else none is. rollback undoes them, and does
 * nothing outside a transaction. Return 0, SECTAG_EIO (the disk, or another writer for too long). */
int sectag_workspace_begin(sectag_workspace *ws, sectag_err *err);
int sectag_workspace_commit(sectag_workspace *ws, sectag_err *err);
void sectag_workspace_rollback(sectag_workspace *ws);

/* SQLite's integrity_check and foreign_key_check. Returns 0, or SECTAG_EDATA with what is wrong. */
int sectag_workspace_check(sectag_workspace *ws, sectag_err *err);

/* The hash of a clause's text as hexadecimal digits. Returns 0, SECTAG_ENOMEM, SECTAG_EARG (4 GiB or more) or
 * SECTAG_EDATA (nothing is left of the text when it is normalised). */
int sectag_clause_hash(const char *text, size_t len, char out[SECTAG_CLAUSE_HASH + 1], sectag_err *err);

/* The number of the clause with that hash: 1, 0 (the workspace does not have it) or an error. */
int sectag_workspace_find(sectag_workspace *ws, const char *hash, int64_t *clause, sectag_err *err);

/* The number of the clause with that text, which is stored if it is new (call inside a transaction).
 * Returns 0 or an error of sectag_clause_hash or of SQL. */
int sectag_workspace_clause(sectag_workspace *ws, const char *text, size_t len, int64_t *clause,
                            sectag_err *err);

/* The number of the document of that name, stored if it is new. Returns 0 or an error. */
int sectag_workspace_document(sectag_workspace *ws, const char *name, size_t len, int64_t *document,
                              sectag_err *err);

/* Areas that analysts added to those of the model (taxonomy.h): appends those that `t` does not have, oldest
 * first. Returns 0 or an error. */
int sectag_workspace_areas(sectag_workspace *ws, sectag_taxonomy *t, sectag_err *err);

/* Stores an area; a transaction of its own. Returns 0, SECTAG_EDATA (the code is there already, or is none)
 * or an error. */
int sectag_workspace_add_area(sectag_workspace *ws, const sectag_area *area, const char *time,
                              sectag_err *err);

#endif
