#include "training/ledger.h"

#include "features/array.h"
#include "training/ballot.h"
#include "training/held.h"
#include "training/sql.h"

#include <stdlib.h>
#include <string.h>

/* A clause's mark: held or not. */
typedef struct mark {
    int64_t clause;
    uint8_t held;
} mark;

/* Everything that making decisions needs, and lets go of. */
typedef struct deciding {
    const sectag_taxonomy *areas;
    sectag_rule rule;
    int64_t until; /* later entries are not looked at */
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

/* All clauses of the ledger up to `until`, those with withdrawn entries included, as text and hash one behind the
 * other. */
static int read_met(sectag_workspace *ws, deciding *w, sectag_err *err) {
    sectag_statement *s;
    int rc =
        sectag_sql(ws, &s,
                   "SELECT k.id, k.hash, k.text FROM corrections AS c JOIN clauses AS k ON k.id = c.clause"
                   " WHERE c.id <= ? GROUP BY k.id ORDER BY min(c.id)",
                   err, "i", w->until);
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

static int decide_until(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule, int64_t until,
                        sectag_decisions *out, sectag_err *err) {
    deciding w = {.areas = areas, .rule = rule, .until = until};
    memset(out, 0, sizeof *out);
    int rc = sectag_ballot_read(ws, until, &w.ballot, err);
    if (!rc) rc = number_areas(&w, out, err);
    if (!rc) rc = mark_held(ws, &w, err);
    if (!rc) rc = make_rows(&w, out, err);
    deciding_release(&w);
    if (rc) sectag_decisions_release(out);
    return rc;
}

int sectag_ledger_decisions(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule,
                            sectag_decisions *out, sectag_err *err) {
    return decide_until(ws, areas, rule, SECTAG_ALL_ENTRIES, out, err);
}

/* ---- as it was ---- */

typedef SECTAG_ARRAY(int64_t) entry_list;

/* The last entries of all batches, the newest first. */
static int read_ends(sectag_workspace *ws, entry_list *out, sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s, "SELECT max(id) FROM corrections GROUP BY batch ORDER BY 1 DESC", err, "");
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        rc = sectag_array_push(out, sectag_sql_int(s, 0)) ? sectag_err_nomem(err) : 0;
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}

/* 1: the decisions have the digest. */
static int have_digest(const sectag_decisions *d, uint64_t digest, sectag_err *err) {
    size_t n;
    const sectag_decision **order = sectag_decisions_order(d, &n);
    int rc = order ? sectag_decisions_digest(order, n, d->n_areas) == digest : sectag_err_nomem(err);
    free(order);
    return rc;
}

int sectag_ledger_recall(sectag_workspace *ws, const sectag_taxonomy *areas, sectag_rule rule, uint64_t digest,
                         sectag_decisions *out, sectag_err *err) {
    entry_list ends = {0};
    memset(out, 0, sizeof *out);
    int rc = read_ends(ws, &ends, err);
    for (size_t i = 0; i < ends.len && !rc; i++) {
        rc = decide_until(ws, areas, rule, ends.data[i], out, err);
        if (!rc) rc = have_digest(out, digest, err);
        if (rc != 1) sectag_decisions_release(out);
    }
    free(ends.data);
    return rc;
}
