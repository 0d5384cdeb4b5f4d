#include "training/ledger.h"

#include "training/ballot.h"
#include "training/held.h"
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

/* ---- decisions ---- */

/* A clause's mark: held or not. */
typedef struct mark {
    int64_t clause;
    uint8_t held;
} mark;

/* Everything that making decisions needs, and lets go of. */
typedef struct deciding {
    const sectag_taxonomy *areas;
    sectag_rule rule;
    sectag_ballot ballot;
    uint32_t *number;                     /* [n_areas] the area's number in the ballot */
    SECTAG_ARRAY(mark) marks;             /* by clause */
    SECTAG_ARRAY(sectag_held_clause) met; /* in the order of first entries */
    sectag_buf strings;
} deciding;

static void deciding_release(deciding *w) {
    sectag_ballot_release(&w->ballot);
    free(w->number);
    free(w->marks.data);
    free(w->met.data);
    sectag_buf_release(&w->strings);
}

/* All clauses of the ledger, those with withdrawn entries included, as text and hash one behind the other. */
static int read_met(sectag_workspace *ws, deciding *w, sectag_err *err) {
    sectag_statement *s;
    int rc =
        sectag_sql(ws, &s,
                   "SELECT k.id, k.hash, k.text FROM corrections AS c JOIN clauses AS k ON k.id = c.clause"
                   " GROUP BY k.id ORDER BY min(c.id)",
                   err, "");
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        mark m = {sectag_sql_int(s, 0), 0};
        sectag_held_clause c = {NULL, sectag_sql_length(s, 2), NULL};
        int full = sectag_buf_add(&w->strings, sectag_sql_text(s, 1), SECTAG_CLAUSE_HASH + 1) |
                   sectag_buf_add(&w->strings, sectag_sql_text(s, 2), c.len) |
                   sectag_array_push(&w->marks, m) | sectag_array_push(&w->met, c);
        rc = full ? sectag_err_nomem(err) : 0;
        if (rc) sectag_sql_rest(s);
    }
    const char *at = w->strings.data;
    for (size_t i = 0; i < w->met.len && !rc; i++) {
        w->met.data[i].hash = at;
        w->met.data[i].text = at + SECTAG_CLAUSE_HASH + 1;
        at += SECTAG_CLAUSE_HASH + 1 + w->met.data[i].len;
    }
    return rc;
}

static int by_clause(const void *a, const void *b) {
    const mark *u = a, *v = b;
    return (u->clause > v->clause) - (u->clause < v->clause);
}

static int mark_held(sectag_workspace *ws, deciding *w, sectag_err *err) {
    int rc = read_met(ws, w, err);
    uint8_t *held = rc ? NULL : sectag_alloc(w->met.len, 1);
    if (!rc && !held) rc = sectag_err_nomem(err);
    if (!rc) rc = sectag_held_mark(w->met.data, w->met.len, held, err);
    for (size_t i = 0; i < w->marks.len && !rc; i++) w->marks.data[i].held = held[i];
    if (!rc && w->marks.len) qsort(w->marks.data, w->marks.len, sizeof *w->marks.data, by_clause);
    free(held);
    return rc;
}

static uint8_t is_held(const deciding *w, int64_t clause) {
    mark key = {clause, 0};
    const mark *found =
        w->marks.len ? bsearch(&key, w->marks.data, w->marks.len, sizeof key, by_clause) : NULL;
    return found ? found->held : 0;
}

/* The ballot's numbers of the taxonomy's areas; one that no entry names gets a number of its own. */
static int number_areas(deciding *w, sectag_decisions *out, sectag_err *err) {
    size_t n = w->areas->areas.len;
    uint32_t before = w->ballot.areas.n, known = 0;
    w->number = sectag_alloc(n, sizeof *w->number);
    if (!w->number) return sectag_err_nomem(err);
    for (size_t a = 0; a < n; a++) {
        const char *code = w->areas->areas.data[a].code;
        if (sectag_names_number(&w->ballot.areas, code, strlen(code), &w->number[a]))
            return sectag_err_nomem(err);
        known += w->number[a] < before;
    }
    uint8_t *is_known = known < before ? sectag_zalloc(w->ballot.areas.n, 1) : NULL;
    if (known < before && !is_known) return sectag_err_nomem(err);
    for (size_t a = 0; is_known && a < n; a++) is_known[w->number[a]] = 1;
    for (size_t v = 0; is_known && v < w->ballot.votes.len; v++) {
        uint32_t area = w->ballot.votes.data[v].area;
        out->unknown += area != SECTAG_BALLOT_REST && !is_known[area];
    }
    free(is_known);
    return 0;
}

/* Analysts with a vote of the clause. */
static uint32_t count_analysts(const sectag_ballot *b, const sectag_voted *c) {
    const sectag_vote *votes = b->votes.data + c->vote;
    uint32_t n = 0;
    for (size_t i = 0; i < c->votes; i++) {
        size_t k = 0;
        while (k < i && votes[k].analyst != votes[i].analyst) k++;
        n += k == i;
    }
    return n;
}

/* Fills a row; its strings stand in the ballot, whose strings become the decisions'. 1: something is decided.
 */
static int decide(const deciding *w, const sectag_voted *c, int8_t *value, sectag_decision *d) {
    const char *strings = w->ballot.strings.data;
    int any = 0;
    size_t last = SIZE_MAX;
    for (size_t a = 0; a < w->areas->areas.len; a++) {
        sectag_outcome o = sectag_ballot_count(&w->ballot, c, w->number[a], w->rule);
        value[a] = o.value;
        any |= o.value != SECTAG_UNDECIDED;
        if (o.last != SIZE_MAX && (last == SIZE_MAX || strcmp(strings + o.last, strings + last) > 0))
            last = o.last;
    }
    if (!any) return 0;
    *d = (sectag_decision){.text = strings + c->text,
                           .len = c->len,
                           .doc = c->doc == SIZE_MAX ? NULL : strings + c->doc,
                           .value = value,
                           .held = is_held(w, c->clause),
                           .analysts = count_analysts(&w->ballot, c),
                           .last = strings + last,
                           .hash = strings + c->hash};
    return 1;
}

static int make_rows(deciding *w, sectag_decisions *out, sectag_err *err) {
    size_t n = w->ballot.clauses.len, n_areas = w->areas->areas.len;
    if (n_areas && n > SIZE_MAX / n_areas) return sectag_err_nomem(err);
    out->n_areas = n_areas;
    out->values = sectag_zalloc(n * n_areas, 1);
    out->data = sectag_zalloc(n, sizeof *out->data);
    if (!out->values || !out->data) return sectag_err_nomem(err);
    out->cap = n;
    for (size_t i = 0; i < n; i++)
        out->len += (size_t)decide(w, &w->ballot.clauses.data[i], out->values + out->len * n_areas,
                                   &out->data[out->len]);
    out->strings = w->ballot.strings;
    w->ballot.strings = (sectag_buf){0};
    return 0;
}

int sectag_ledger_decisions(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule,
                            sectag_decisions *out, sectag_err *err) {
    deciding w = {.areas = areas, .rule = rule};
    memset(out, 0, sizeof *out);
    int rc = sectag_ballot_read(ws, &w.ballot, err);
    if (!rc) rc = number_areas(&w, out, err);
    if (!rc) rc = mark_held(ws, &w, err);
    if (!rc) rc = make_rows(&w, out, err);
    deciding_release(&w);
    if (rc) sectag_decisions_release(out);
    return rc;
}
