#include "training/ballot.h"

#include "training/sql.h"

#include <stdlib.h>
#include <string.h>

void sectag_ballot_release(sectag_ballot *b) {
    free(b->clauses.data);
    free(b->votes.data);
    sectag_names_release(&b->areas);
    sectag_names_release(&b->analysts);
    sectag_buf_release(&b->strings);
    memset(b, 0, sizeof *b);
}

/* ---- reading ---- */

enum { CLAUSE, HASH, TEXT, AREA, VERDICT, ANALYST, TIME, ENTRY, DOC };

static const char entries_that_count[] =
    "SELECT k.id, k.hash, k.text, c.area, c.verdict, c.analyst, c.time, c.id, d.name"
    " FROM corrections AS c JOIN clauses AS k ON k.id = c.clause LEFT JOIN documents AS d ON d.id = "
    "c.document"
    " WHERE c.verdict <> 'withdrawn' AND c.id <= ?1"
    " AND NOT EXISTS (SELECT 1 FROM corrections AS w WHERE w.withdraws = c.id AND w.id <= ?1)"
    " ORDER BY k.hash, c.time, c.id";

/* Keeps a column's text, NUL included. */
static int keep(sectag_ballot *b, sectag_statement *s, int column, size_t *at) {
    *at = b->strings.len;
    return sectag_buf_add(&b->strings, sectag_sql_text(s, column), sectag_sql_length(s, column) + 1);
}

static int read_clause(sectag_ballot *b, sectag_statement *s) {
    sectag_voted c = {.clause = sectag_sql_int(s, CLAUSE), .doc = SIZE_MAX, .vote = b->votes.len};
    c.len = sectag_sql_length(s, TEXT);
    if (keep(b, s, HASH, &c.hash) || keep(b, s, TEXT, &c.text)) return SECTAG_ENOMEM;
    if (sectag_array_reserve(&b->clauses, 1) || !b->clauses.data) return SECTAG_ENOMEM;
    b->clauses.data[b->clauses.len++] = c;
    return 0;
}

static int read_vote(sectag_ballot *b, sectag_statement *s) {
    sectag_vote v = {.area = SECTAG_BALLOT_REST, .entry = sectag_sql_int(s, ENTRY)};
    const char *area = sectag_sql_text(s, AREA);
    v.yes = strcmp(sectag_sql_text(s, VERDICT), "removed") == 0 ? -1 : 1;
    if (strcmp(area, "*") != 0 && sectag_names_number(&b->areas, area, strlen(area), &v.area)) return -1;
    return sectag_names_number(&b->analysts, sectag_sql_text(s, ANALYST), sectag_sql_length(s, ANALYST),
                               &v.analyst) ||
           keep(b, s, TIME, &v.time) || sectag_array_push(&b->votes, v);
}

static int read_row(sectag_ballot *b, sectag_statement *s) {
    const sectag_voted *before = b->clauses.len ? &b->clauses.data[b->clauses.len - 1] : NULL;
    if ((!before || before->clause != sectag_sql_int(s, CLAUSE)) && read_clause(b, s)) return -1;
    sectag_voted *c = &b->clauses.data[b->clauses.len - 1];
    if (c->doc == SIZE_MAX && !sectag_sql_is_null(s, DOC) && keep(b, s, DOC, &c->doc)) return -1;
    c->votes++;
    return read_vote(b, s);
}

int sectag_ballot_read(sectag_workspace *ws, int64_t until, sectag_ballot *b, sectag_err *err) {
    sectag_statement *s;
    sectag_ballot_release(b);
    int rc = sectag_sql(ws, &s, entries_that_count, err, "i", until);
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        rc = read_row(b, s) ? sectag_err_nomem(err) : 0;
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}

/* ---- counting ---- */

static int concerns(const sectag_vote *v, uint32_t area) {
    return v->area == area || v->area == SECTAG_BALLOT_REST;
}

/* Does a later vote of the same analyst stand before this one? */
static int is_outdated(const sectag_vote *votes, size_t n, size_t i, uint32_t area) {
    for (size_t k = i + 1; k < n; k++)
        if (votes[k].analyst == votes[i].analyst && concerns(&votes[k], area)) return 1;
    return 0;
}

int sectag_ballot_each(const sectag_ballot *b, const sectag_voted *c, uint32_t area, sectag_vote_fn *fn,
                       void *ctx) {
    const sectag_vote *votes = b->votes.data + c->vote;
    for (size_t i = 0; i < c->votes; i++) {
        if (!concerns(&votes[i], area) || is_outdated(votes, c->votes, i, area)) continue;
        int rc = fn(ctx, &votes[i]);
        if (rc) return rc;
    }
    return 0;
}

static int count_one(void *ctx, const sectag_vote *v) {
    sectag_outcome *o = ctx;
    o->yes += v->yes > 0;
    o->no += v->yes < 0;
    o->last = v->time; /* oldest first: the last one called is the latest of all */
    o->value = v->yes;
    return 0;
}

sectag_outcome sectag_ballot_count(const sectag_ballot *b, const sectag_voted *c, uint32_t area,
                                   sectag_rule rule) {
    sectag_outcome o = {.last = SIZE_MAX};
    (void)sectag_ballot_each(b, c, area, count_one, &o);
    if (rule == SECTAG_RULE_MAJORITY && o.yes != o.no) o.value = o.yes > o.no ? 1 : -1;
    return o;
}

static const char *name_of(const sectag_names *names, uint32_t number, char *out, size_t size) {
    size_t from = names->off[number], len = names->off[number + 1] - from;
    if (len >= size) len = size - 1;
    memcpy(out, names->text.data + from, len);
    out[len] = '\0';
    return out;
}

const char *sectag_ballot_area(const sectag_ballot *b, uint32_t area, char out[64]) {
    return name_of(&b->areas, area, out, 64);
}

const char *sectag_ballot_analyst(const sectag_ballot *b, uint32_t analyst, char out[256]) {
    return name_of(&b->analysts, analyst, out, 256);
}
