/* ledger.h: what analysts said about tags, entry by entry. Entries are only ever added: one says that an area
 * is added to a clause, removed from it, or confirmed; another one may withdraw it. Nothing is changed or
 * deleted, and every entry says who made it, when, why, and where it came from.
 *
 *   batch      what one command or one file brought: one transaction, one line in the table of batches
 *   area "*"   with the verdict removed: "no area but those this batch names" (an analyst's whole set of
 * tags) decision   what holds of a clause and an area: by `latest` the entry with the latest time (of equal
 * times the later entry); by `majority` what more analysts say, each by their latest entry (latest in case of
 * a tie). Withdrawn entries do not count. held       a clause is held out (decision.h) if its hash modulo 5
 * is 0; but a clause that is near an earlier one of the ledger (group.h's test) is held exactly if that one
 * is, so that no near-copy of a held clause is trained on. Where several earlier ones disagree, all are held:
 *              as the ledger grows, nothing that was held is ever let go. Withdrawn entries count here too.
 */
#ifndef SECTAG_LEDGER_H
#define SECTAG_LEDGER_H

#include "features/err.h"
#include "models/taxonomy.h"
#include "training/decision.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

typedef enum sectag_entry_verdict {
    SECTAG_ADDED,
    SECTAG_REMOVED,
    SECTAG_CONFIRMED,
    SECTAG_WITHDRAWN
} sectag_entry_verdict;

/* "added", "removed", "confirmed", "withdrawn"; and back: -1 for another word. */
const char *sectag_entry_word(sectag_entry_verdict verdict);
int sectag_entry_parse(const char *word, size_t len);

/* An entry, to be added or as it stands. Strings are borrowed. */
typedef struct sectag_entry {
    int64_t id, batch; /* set by the ledger */
    int64_t clause;
    const char *area; /* a code, or "*" */
    sectag_entry_verdict verdict;
    const char *analyst, *time;
    const char *reason;   /* NULL: none */
    const char *origin;   /* "command line", "tags.csv:12" */
    int64_t document;     /* 0: none */
    int64_t spread_from;  /* the entry on a near-identical clause; 0: the clause itself was looked at */
    int64_t withdraws;    /* 0 unless the verdict is withdrawn */
    int64_t withdrawn_by; /* when listed: the entry that withdrew this one, or 0 */
    const char *text, *doc, *hash; /* when listed: the clause, its document or NULL, its hash */
} sectag_entry;

/* ---- adding: between sectag_workspace_begin and _commit ---- */

/* `source` names the file or command. Returns 0 or an error. */
int sectag_ledger_batch(sectag_workspace *ws, const char *analyst, const char *time, const char *source,
                        int64_t *batch, sectag_err *err);

/* Adds the entry to a batch and gives its id in e->id. */
int sectag_ledger_add(sectag_workspace *ws, int64_t batch, sectag_entry *e, sectag_err *err);

/* The id of an entry that says the same of the same clause by the same analyst at the same time: 1, else 0.
 */
int sectag_ledger_find_same(sectag_workspace *ws, int64_t batch, const sectag_entry *e, int64_t *id,
                            sectag_err *err);

/* Adds an entry that withdraws `id`; *e says who, when, why and from where, and gets the rest. SECTAG_EARG:
 * there is no such entry, or it is withdrawn already, or a withdrawal itself. */
int sectag_ledger_withdraw(sectag_workspace *ws, int64_t batch, int64_t id, sectag_entry *e, sectag_err *err);

/* Does an entry that was made for the clause itself, and is not withdrawn, speak of the area? 1 or 0. */
int sectag_ledger_speaks(sectag_workspace *ws, int64_t clause, const char *area, sectag_err *err);

/* ---- asking ---- */

/* Which entries; NULL and 0 ask for all. */
typedef struct sectag_ledger_filter {
    const char *area, *analyst;
    const char *doc;   /* the whole name or its last part */
    const char *since; /* a time or the beginning of one: 2026-01 */
    int64_t batch;
} sectag_ledger_filter;

/* Returns 0 to go on. */
typedef int sectag_entry_fn(void *ctx, const sectag_entry *e, sectag_err *err);

/* Calls fn for the entries in the order of their ids. Returns 0, an error, or what fn returned. */
int sectag_ledger_list(sectag_workspace *ws, const sectag_ledger_filter *filter, sectag_entry_fn *fn,
                       void *ctx, sectag_err *err);

typedef enum sectag_rule { SECTAG_RULE_LATEST, SECTAG_RULE_MAJORITY } sectag_rule;

/* "latest" or "majority". Returns 0 or SECTAG_EARG. */
int sectag_rule_parse(const char *name, sectag_rule *rule, sectag_err *err);

/* All clauses of which something is decided, in the order of their hashes. *out is zero-initialised or
 * released first. Returns 0 or an error. */
int sectag_ledger_decisions(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule,
                            sectag_decisions *out, sectag_err *err);

/* The decisions as they stood at the end of some batch, of the newest whose digest (decision.h) is the given one: 1.
 * 0: there is none such. Or an error. */
int sectag_ledger_recall(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule, uint64_t digest,
                         sectag_decisions *out, sectag_err *err);

#endif
