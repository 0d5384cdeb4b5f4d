/* screen_sqlite.c: a screening as an SQLite database, for questions that no report foresaw. */
#include "classify/screen_writer.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

static const char schema[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
    "CREATE TABLE documents (id INTEGER PRIMARY KEY, side TEXT, name TEXT, title TEXT, date TEXT, clauses "
    "INTEGER);"
    "CREATE TABLE clauses (id INTEGER PRIMARY KEY, document INTEGER REFERENCES documents, number INTEGER, "
    "page INTEGER,"
    " start INTEGER, end INTEGER, heading TEXT, text TEXT);"
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, clause INTEGER REFERENCES clauses, area TEXT, p REAL, band "
    "TEXT,"
    " answered INTEGER);" /* of policies: does some filing clause answer to it? */
    "CREATE TABLE matches (id INTEGER PRIMARY KEY, filing_tag INTEGER REFERENCES tags, policy_tag INTEGER "
    "REFERENCES"
    " tags, rank INTEGER, score REAL);"
    "CREATE TABLE shared (match INTEGER REFERENCES matches, start INTEGER, end INTEGER, policy_start INTEGER,"
    " policy_end INTEGER, text TEXT);"
    "CREATE TABLE coverage (area TEXT PRIMARY KEY, filing_clauses INTEGER, policy_clauses INTEGER, answered "
    "INTEGER);";

static const char finish[] =
    "CREATE INDEX tags_by_clause ON tags (clause); CREATE INDEX matches_by_filing ON matches"
    " (filing_tag); CREATE INDEX matches_by_policy ON matches (policy_tag); COMMIT;";

enum { DOCUMENT, CLAUSE, TAG, MATCH, SHARED, COVERAGE, N_STATEMENTS };

static const char *const inserts[N_STATEMENTS] = {
    [DOCUMENT] = "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
    [CLAUSE] = "INSERT INTO clauses VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [TAG] = "INSERT INTO tags VALUES (?, ?, ?, ?, ?, ?)",
    [MATCH] = "INSERT INTO matches VALUES (?, ?, ?, ?, ?)",
    [SHARED] = "INSERT INTO shared VALUES (?, ?, ?, ?, ?, ?)",
    [COVERAGE] = "INSERT INTO coverage VALUES (?, ?, ?, ?)",
};

typedef struct base {
    sqlite3 *db;
    sqlite3_stmt *insert[N_STATEMENTS];
    sectag_err *err;
    const char *path; /* for messages */
} base;

static int complain(const base *b) {
    if (!b->db || sqlite3_errcode(b->db) == SQLITE_NOMEM) return sectag_err_nomem(b->err);
    return sectag_err_at(b->err, SECTAG_EIO, b->path, 0, "cannot write: %s", sqlite3_errmsg(b->db));
}

/* A row: `format` has a letter a value: i number (uint64_t), n number or NULL for 0, d real, t text (const
 * char *, "" is NULL), p sectag_piece. */
static int put_row(const base *b, int statement, const char *format, ...) {
    sqlite3_stmt *s = b->insert[statement];
    va_list ap;
    int rc = SQLITE_OK;
    va_start(ap, format);
    for (int at = 1; format[at - 1]; at++) {
        char kind = format[at - 1];
        if (kind == 'd') {
            rc |= sqlite3_bind_double(s, at, va_arg(ap, double));
        } else if (kind == 't') {
            const char *text = va_arg(ap, const char *);
            rc |= *text ? sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(s, at);
        } else if (kind == 'p') {
            sectag_piece p = va_arg(ap, sectag_piece);
            rc |= sqlite3_bind_text64(s, at, p.text, p.len, SQLITE_TRANSIENT, SQLITE_UTF8);
        } else {
            uint64_t n = va_arg(ap, uint64_t);
            rc |= kind == 'n' && n == 0 ? sqlite3_bind_null(s, at)
                                        : sqlite3_bind_int64(s, at, (sqlite3_int64)n);
        }
    }
    va_end(ap);
    if (rc == SQLITE_OK) rc = sqlite3_step(s) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
    int failed = rc != SQLITE_OK ? complain(b) : 0;
    (void)sqlite3_reset(s);
    return failed;
}

/* ---- ids: filings first, then policies, from 1 ---- */

typedef struct side {
    const sectag_screening *s;
    const char *name;
    uint64_t docs, clauses, tags; /* ids that went before */
} side;

static int put_clause(const base *b, const side *x, size_t i, sectag_buf *path) {
    const sectag_screened_clause *c = &x->s->clauses.data[i];
    sectag_buf_clear(path);
    if (sectag_screen_put_path(x->s, c, path)) return sectag_err_nomem(b->err);
    return put_row(b, CLAUSE, "iiiniitp", x->clauses + i + 1, x->docs + c->doc + 1, c->number, c->page,
                   c->start, c->end, path->len ? path->data : "", sectag_screening_text(x->s, c->text));
}

static int put_side(const base *b, const side *x, const sectag_screen_result *r) {
    sectag_buf path = {0};
    int rc = 0;
    for (size_t i = 0; i < x->s->docs.len && !rc; i++) {
        const sectag_screened_doc *d = &x->s->docs.data[i];
        rc = put_row(b, DOCUMENT, "itpptn", x->docs + i + 1, x->name, sectag_screening_text(x->s, d->name),
                     sectag_screening_text(x->s, d->title), d->date, d->clauses);
    }
    for (size_t i = 0; i < x->s->clauses.len && !rc; i++)
        if (x->s->clauses.data[i].n_tags) rc = put_clause(b, x, i, &path);
    for (size_t t = 0; t < x->s->tags.len && !rc; t++) {
        const sectag_screened_tag *tag = &x->s->tags.data[t];
        int answered = x->s == r->policies && sectag_crosswalk_answered(r->crosswalk, r->options, t);
        rc = put_row(b, TAG, "iitdti", x->tags + t + 1, (uint64_t)(x->clauses + tag->clause + 1),
                     x->s->model->taxonomy.areas.data[tag->area].code, tag->probability,
                     sectag_band_name(tag->band), (uint64_t)answered);
    }
    sectag_buf_release(&path);
    return rc;
}

static int put_match(const base *b, const sectag_screen_result *r, const side *policies, size_t tag,
                     size_t i) {
    const sectag_answer *m = &r->crosswalk->matches.data[i];
    const sectag_screened_clause *filing = sectag_screen_clause_of(r->filings, tag);
    const sectag_screened_clause *policy = sectag_screen_clause_of(r->policies, m->policy_tag);
    sectag_piece text = sectag_screening_text(r->filings, filing->text);
    uint64_t rank = i - r->crosswalk->first.data[tag] + 1;
    int rc = put_row(b, MATCH, "iiiid", (uint64_t)i + 1, (uint64_t)tag + 1,
                     policies->tags + m->policy_tag + 1, rank, (double)m->score);
    for (size_t k = m->common; k < m->common + m->n_common && !rc; k++) {
        const sectag_common *c = &r->crosswalk->commons.data[k];
        rc = put_row(b, SHARED, "iiiiip", (uint64_t)i + 1,
                     sectag_screening_origin(r->filings, filing, c->filing),
                     sectag_screening_origin(r->filings, filing, c->filing_end - 1) + 1,
                     sectag_screening_origin(r->policies, policy, c->policy),
                     sectag_screening_origin(r->policies, policy, c->policy_end - 1) + 1,
                     (sectag_piece){text.text + c->filing, c->filing_end - c->filing});
    }
    return rc;
}

static int put_all(const base *b, const sectag_screen_result *r) {
    side filings = {r->filings, "filing", 0, 0, 0};
    side policies = {r->policies, "policy", r->filings->docs.len, r->filings->clauses.len,
                     r->filings->tags.len};
    int rc = put_side(b, &filings, r);
    if (!rc) rc = put_side(b, &policies, r);
    for (size_t t = 0; t < r->filings->tags.len && !rc; t++)
        for (size_t i = r->crosswalk->first.data[t]; i < r->crosswalk->first.data[t + 1] && !rc; i++)
            rc = put_match(b, r, &policies, t, i);
    for (uint32_t a = 0; a < r->filings->model->n_areas && !rc; a++) {
        sectag_screen_coverage c = sectag_screen_cover(r, a);
        if (!r->shown[a]) continue;
        rc = put_row(b, COVERAGE, "tiii", r->filings->model->taxonomy.areas.data[a].code, (uint64_t)c.filings,
                     (uint64_t)c.policies, (uint64_t)c.answered);
    }
    return rc;
}

static int open_base(base *b, const char *file) {
    if (sqlite3_open_v2(file, &b->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return complain(b);
    if (sqlite3_exec(b->db, schema, NULL, NULL, NULL) != SQLITE_OK) return complain(b);
    for (int i = 0; i < N_STATEMENTS; i++)
        if (sqlite3_prepare_v2(b->db, inserts[i], -1, &b->insert[i], NULL) != SQLITE_OK) return complain(b);
    return 0;
}

/* The output's temporary file becomes the database. */
static int write_sqlite(const sectag_screen_result *r, sectag_output *out, sectag_err *err) {
    base b = {.err = err, .path = out->path.len ? out->path.data : "output"};
    if (!out->temporary.len)
        return sectag_err_at(err, SECTAG_EARG, b.path, 0, "a database is written to a file (-o FILE.sqlite)");
    int rc = open_base(&b, out->temporary.data);
    if (!rc) rc = put_all(&b, r);
    for (int i = 0; i < N_STATEMENTS; i++) (void)sqlite3_finalize(b.insert[i]);
    if (!rc && sqlite3_exec(b.db, finish, NULL, NULL, NULL) != SQLITE_OK) rc = complain(&b);
    if (sqlite3_close(b.db) != SQLITE_OK && !rc)
        rc = sectag_err_at(err, SECTAG_EIO, b.path, 0, "cannot close");
    return rc;
}

const sectag_screen_format sectag_screen_sqlite = {"sqlite", write_sqlite, 1};
