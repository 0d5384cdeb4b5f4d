#include "training/ledger.h"

#include "training/sql.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

static const char *const words[] = {"added", "removed", "confirmed", "withdrawn"};
enum { N_WORDS = sizeof words / sizeof words[0] };

const char *sectag_entry_word(sectag_entry_verdict verdict) {
    return words[verdict];
}

int sectag_entry_parse(const char *word, size_t len) {
    for (int i = 0; i < N_WORDS; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) return i;
    return -1;
}

int sectag_rule_parse(const char *name, sectag_rule *rule, sectag_err *err) {
    if (strcmp(name, "latest") == 0)
        *rule = SECTAG_RULE_LATEST;
    else if (strcmp(name, "majority") == 0)
        *rule = SECTAG_RULE_MAJORITY;
    else
        return sectag_err_set(err, SECTAG_EARG, "a rule is latest or majority, not \"%.80s\"", name);
    return 0;
}

/* ---- adding ---- */

int sectag_ledger_batch(sectag_workspace *ws, const char *analyst, const char *time, const char *source,
                        int64_t *batch, sectag_err *err) {
    int rc = sectag_sql_run(ws, "INSERT INTO batches (time, analyst, source) VALUES (?, ?, ?)", err, "ttt",
                            time, analyst, source);
    *batch = sectag_sql_last_id(ws);
    return rc;
}

int sectag_ledger_add(sectag_workspace *ws, int64_t batch, sectag_entry *e, sectag_err *err) {
    int rc = sectag_sql_run(
        ws,
        "INSERT INTO corrections (batch, clause, area, verdict, analyst, time, reason, origin, document,"
        " spread_from, withdraws) VALUES (?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0))",
        err, "iittttttiii", batch, e->clause, e->area, sectag_entry_word(e->verdict), e->analyst, e->time,
        e->reason, e->origin, e->document, e->spread_from, e->withdraws);
    e->batch = batch;
    e->id = sectag_sql_last_id(ws);
    return rc;
}

int sectag_ledger_find_same(sectag_workspace *ws, int64_t batch, const sectag_entry *e, int64_t *id,
                            sectag_err *err) {
    return sectag_sql_number(
        ws,
        "SELECT id FROM corrections WHERE clause = ? AND area = ? AND verdict = ?"
        " AND analyst = ? AND time = ? AND ifnull(withdraws, 0) = ? AND batch <> ? ORDER BY id LIMIT 1",
        id, err, "ittttii", e->clause, e->area, sectag_entry_word(e->verdict), e->analyst, e->time,
        e->withdraws, batch);
}

/* What an entry is that shall be withdrawn: the clause, and whether that can be done. */
static int check_withdrawable(sectag_workspace *ws, int64_t id, sectag_entry *e, sectag_err *err) {
    int64_t clause = 0, n = 0;
    int rc = sectag_sql_number(ws, "SELECT clause FROM corrections WHERE id = ?", &clause, err, "i", id);
    if (rc == 0) return sectag_err_set(err, SECTAG_EARG, "there is no correction %lld", (long long)id);
    if (rc < 0) return rc;
    e->clause = clause;
    rc = sectag_sql_number(ws, "SELECT count(*) FROM corrections WHERE withdraws = ?", &n, err, "i", id);
    if (rc < 0) return rc;
    if (n) return sectag_err_set(err, SECTAG_EARG, "correction %lld is withdrawn already", (long long)id);
    rc =
        sectag_sql_number(ws, "SELECT verdict = 'withdrawn' FROM corrections WHERE id = ?", &n, err, "i", id);
    if (rc < 0) return rc;
    if (n)
        return sectag_err_set(err, SECTAG_EARG, "%lld is a withdrawal: correct the clause again instead",
                              (long long)id);
    return 0;
}

int sectag_ledger_withdraw(sectag_workspace *ws, int64_t batch, int64_t id, sectag_entry *e,
                           sectag_err *err) {
    int rc = check_withdrawable(ws, id, e, err);
    if (rc) return rc;
    rc = sectag_sql_run(
        ws,
        "INSERT INTO corrections (batch, clause, area, verdict, analyst, time, reason, origin, document,"
        " withdraws) SELECT ?, clause, area, 'withdrawn', ?, ?, ?, ?, document, id FROM corrections"
        " WHERE id = ?",
        err, "itttti", batch, e->analyst, e->time, e->reason, e->origin, id);
    e->verdict = SECTAG_WITHDRAWN;
    e->withdraws = id;
    e->batch = batch;
    e->id = sectag_sql_last_id(ws);
    return rc;
}

int sectag_ledger_speaks(sectag_workspace *ws, int64_t clause, const char *area, sectag_err *err) {
    int64_t id;
    return sectag_sql_number(ws,
                             "SELECT c.id FROM corrections AS c WHERE c.clause = ? AND c.area IN (?, '*')"
                             " AND c.verdict <> 'withdrawn' AND c.spread_from IS NULL AND NOT EXISTS"
                             " (SELECT 1 FROM corrections AS w WHERE w.withdraws = c.id) LIMIT 1",
                             &id, err, "it", clause, area);
}

/* ---- listing ---- */

static const char all_entries[] =
    "SELECT c.id, c.batch, c.clause, c.area, c.verdict, c.analyst, c.time, c.reason, c.origin, c.document,"
    " c.spread_from, c.withdraws, w.id, k.text, d.name, k.hash"
    " FROM corrections AS c JOIN clauses AS k ON k.id = c.clause"
    " LEFT JOIN documents AS d ON d.id = c.document LEFT JOIN corrections AS w ON w.withdraws = c.id"
    " WHERE (?1 IS NULL OR c.area = ?1) AND (?2 IS NULL OR c.analyst = ?2)"
    " AND (?3 IS NULL OR d.name = ?3 OR substr(d.name, -length(?3) - 1) = '/' || ?3)"
    " AND (?4 IS NULL OR c.time >= ?4) AND (?5 = 0 OR c.batch = ?5) ORDER BY c.id";

static sectag_entry read_entry(sectag_statement *s) {
    const char *verdict = sectag_sql_text(s, 4);
    return (sectag_entry){.id = sectag_sql_int(s, 0),
                          .batch = sectag_sql_int(s, 1),
                          .clause = sectag_sql_int(s, 2),
                          .area = sectag_sql_text(s, 3),
                          .verdict = (sectag_entry_verdict)sectag_entry_parse(verdict, strlen(verdict)),
                          .analyst = sectag_sql_text(s, 5),
                          .time = sectag_sql_text(s, 6),
                          .reason = sectag_sql_text_or_null(s, 7),
                          .origin = sectag_sql_text(s, 8),
                          .document = sectag_sql_int(s, 9),
                          .spread_from = sectag_sql_int(s, 10),
                          .withdraws = sectag_sql_int(s, 11),
                          .withdrawn_by = sectag_sql_int(s, 12),
                          .text = sectag_sql_text(s, 13),
                          .doc = sectag_sql_text_or_null(s, 14),
                          .hash = sectag_sql_text(s, 15)};
}

int sectag_ledger_list(sectag_workspace *ws, const sectag_ledger_filter *f, sectag_entry_fn *fn, void *ctx,
                       sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s, all_entries, err, "tttti", f->area, f->analyst, f->doc, f->since, f->batch);
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        sectag_entry e = read_entry(s);
        rc = fn(ctx, &e, err);
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}
