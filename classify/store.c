#include "classify/store.h"

#include "classify/put.h"
#include "features/array.h"
#include "training/sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sectag_store {
    sectag_workspace db; /* for sql.h */
    const sectag_writer *w;
    int64_t clause;   /* id of the last one */
    int64_t document; /* id of the one that is open; 0: none */
    sectag_buf heading;
};

static int put_nothing(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    (void)w;
    (void)r;
    (void)out;
    return 0;
}

const sectag_format sectag_format_sqlite = {
    .name = "sqlite", .summary = "a database to query", .record = put_nothing};

/* ---- tables ---- */

static const char *const tables[] = {
    "CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE areas (code TEXT PRIMARY KEY, sector TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,"
    " definition TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE documents (id INTEGER PRIMARY KEY, path TEXT NOT NULL, reader TEXT, encoding TEXT,"
    " clauses INTEGER NOT NULL, warnings INTEGER NOT NULL, error TEXT) STRICT",
    "CREATE TABLE clauses (id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents,"
    " number INTEGER NOT NULL, page INTEGER, start INTEGER NOT NULL, stop INTEGER NOT NULL, row INTEGER,"
    " kind TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, columns TEXT) STRICT",
    "CREATE TABLE tags (clause INTEGER NOT NULL REFERENCES clauses, area TEXT NOT NULL REFERENCES areas,"
    " p REAL NOT NULL, band TEXT NOT NULL, PRIMARY KEY (clause, area)) STRICT, WITHOUT ROWID",
    "CREATE VIEW tagged AS SELECT path, number, page, heading, area, p, band, text FROM tags"
    " JOIN clauses ON clauses.id = tags.clause JOIN documents ON documents.id = clauses.document",
};

static const char scores_table[] =
    "CREATE TABLE scores (clause INTEGER NOT NULL REFERENCES clauses, area TEXT NOT NULL REFERENCES areas,"
    " s REAL NOT NULL, p REAL NOT NULL, PRIMARY KEY (clause, area)) STRICT, WITHOUT ROWID";

static const char *const at_the_end[] = {
    "CREATE INDEX IF NOT EXISTS clauses_document ON clauses (document, number)",
    "CREATE INDEX IF NOT EXISTS tags_area ON tags (area, p)",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA journal_mode = DELETE",
};

static int set_run(sectag_store *s, const char *name, const char *value, sectag_err *err) {
    return sectag_sql_run(&s->db, "INSERT OR REPLACE INTO run VALUES (?, ?)", err, "tt", name, value);
}

static int put_areas(sectag_store *s, sectag_err *err) {
    int rc = 0;
    for (size_t a = 0; a < s->w->taxonomy->areas.len && !rc; a++) {
        const sectag_area *x = &s->w->taxonomy->areas.data[a];
        if (sectag_writer_shows(s->w, a))
            rc = sectag_sql_run(&s->db, "INSERT INTO areas VALUES (?, ?, ?, ?, ?)", err, "ttttt", x->code,
                                x->sector, x->zh, x->en, x->definition);
    }
    return rc;
}

static int make_tables(sectag_store *s, const sectag_run_key *key, const char *time, sectag_err *err) {
    int rc = sectag_sql_run(&s->db, "BEGIN IMMEDIATE", err, "");
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && !rc; i++)
        rc = sectag_sql_run(&s->db, tables[i], err, "");
    if (!rc && s->w->scores) rc = sectag_sql_run(&s->db, scores_table, err, "");
    for (size_t i = 0; sectag_run_key_name(i) && !rc; i++)
        rc = set_run(s, sectag_run_key_name(i), sectag_run_key_value(key, i), err);
    if (!rc) rc = set_run(s, "started", time, err);
    if (!rc) rc = put_areas(s, err);
    return rc ? rc : sectag_sql_run(&s->db, "COMMIT", err, "");
}

/* ---- opening ---- */

/* A database of another run is refused; one without tables was killed before it had any. */
static int check_run(sectag_store *s, const sectag_run_key *key, sectag_err *err) {
    sectag_statement *row = NULL;
    int rc = 0;
    for (size_t i = 0; sectag_run_key_name(i) && !rc; i++) {
        rc = sectag_sql(&s->db, &row, "SELECT value FROM run WHERE name = ?", err, "t",
                        sectag_run_key_name(i));
        if (!rc) rc = sectag_sql_step(&s->db, row, err);
        if (rc < 0) return rc;
        rc = sectag_run_key_check(key, i, rc ? sectag_sql_text(row, 0) : "",
                                  rc ? sectag_sql_length(row, 0) : 0, s->db.path, err);
        sectag_sql_rest(row);
    }
    return rc;
}

static int count(sectag_store *s, const char *sql, uint64_t *to, sectag_err *err) {
    int64_t n = 0;
    int rc = sectag_sql_number(&s->db, sql, &n, err, "");
    *to += (uint64_t)n;
    return rc < 0 ? rc : 0;
}

static int add_totals(sectag_store *s, size_t *documents, sectag_totals *totals, sectag_err *err) {
    sectag_statement *row = NULL;
    uint64_t n = 0, last = 0;
    int rc = count(s, "SELECT count(*) FROM documents", &n, err);
    if (!rc) rc = count(s, "SELECT ifnull(max(id), 0) FROM clauses", &last, err);
    if (!rc) rc = count(s, "SELECT count(*) FROM documents WHERE error IS NOT NULL", &totals->failed, err);
    if (!rc) rc = count(s, "SELECT ifnull(sum(clauses), 0) FROM documents", &totals->clauses, err);
    if (!rc) rc = count(s, "SELECT ifnull(sum(warnings), 0) FROM documents", &totals->warnings, err);
    if (!rc) rc = count(s, "SELECT count(DISTINCT clause) FROM tags", &totals->tagged, err);
    if (!rc) rc = sectag_sql(&s->db, &row, "SELECT area, count(*) FROM tags GROUP BY area", err, "");
    while (!rc && (rc = sectag_sql_step(&s->db, row, err)) == 1) {
        int area = sectag_taxonomy_find(s->w->taxonomy, sectag_sql_text(row, 0), sectag_sql_length(row, 0));
        if (area >= 0) totals->area[area] += (uint64_t)sectag_sql_int(row, 1);
        rc = 0;
    }
    s->clause = (int64_t)last;
    *documents = (size_t)n;
    totals->documents += n - totals->failed;
    return rc;
}

static int forget(const char *path, sectag_err *err) {
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    sectag_buf name = {0};
    int rc = 0;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && !rc; i++) {
        sectag_buf_clear(&name);
        rc = sectag_buf_adds(&name, path) | sectag_buf_adds(&name, endings[i]);
        if (!rc) (void)unlink(name.data);
    }
    sectag_buf_release(&name);
    return rc ? sectag_err_nomem(err) : 0;
}

/* One program at a time; WAL without flushes is whole after any kill and after a power cut, then perhaps
 * shorter. */
static int open_database(sectag_store *s, sectag_err *err) {
    static const char *const pragmas[] = {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL",
                                          "PRAGMA synchronous = NORMAL"};
    int rc =
        sqlite3_open_v2(s->db.path, &s->db.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK
            ? 0
            : sectag_err_at(err, SECTAG_EIO, s->db.path, 0, "cannot write: %s",
                            s->db.db ? sqlite3_errmsg(s->db.db) : "out of memory");
    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0] && !rc; i++)
        rc = sectag_sql_run(&s->db, pragmas[i], err, "");
    return rc;
}

int sectag_store_open(sectag_store **out, const char *path, int resume, const sectag_run_key *key,
                      const sectag_writer *w, const char *time, size_t *documents, sectag_totals *totals,
                      sectag_err *err) {
    int64_t n_tables = 0;
    sectag_store *s = *out = sectag_zalloc(1, sizeof *s);
    *documents = 0;
    if (!s || !(s->db.path = strdup(path))) return sectag_err_nomem(err);
    s->w = w;
    int rc = resume ? 0 : forget(path, err);
    if (!rc) rc = open_database(s, err);
    if (!rc) rc = sectag_sql_number(&s->db, "SELECT count(*) FROM sqlite_schema", &n_tables, err, "");
    if (rc < 0) return rc;
    if (n_tables == 0) return make_tables(s, key, time, err);
    rc = check_run(s, key, err);
    return rc ? rc : add_totals(s, documents, totals, err);
}

/* ---- documents ---- */

static int begin_document(sectag_store *s, const sectag_batch *b, size_t input, sectag_err *err) {
    int rc = sectag_sql_run(&s->db, "BEGIN IMMEDIATE", err, "");
    s->document = (int64_t)input + 1;
    if (!rc)
        rc = sectag_sql_run(&s->db, "INSERT INTO documents (id, path, clauses, warnings) VALUES (?, ?, 0, 0)",
                            err, "ib", s->document, b->doc.data, b->doc.len);
    return rc;
}

static int end_document(sectag_store *s, const sectag_batch_end *end, sectag_err *err) {
    int rc = sectag_sql_run(
        &s->db,
        "UPDATE documents SET reader = ?, encoding = ?, clauses = ?, warnings = ?, error = ? WHERE id = ?",
        err, "ttiiti", end->reader, end->encoding, (int64_t)end->clauses, (int64_t)end->warnings,
        end->why.code ? end->why.msg : NULL, s->document);
    s->document = 0;
    return rc ? rc : sectag_sql_run(&s->db, "COMMIT", err, "");
}

/* ---- clauses ---- */

/* A whole number, or NULL for 0. */
static int put_clause(sectag_store *s, const sectag_record *r, sectag_err *err) {
    int bad = 0;
    sectag_buf_clear(&s->heading);
    bad |= sectag_buf_adds(&s->heading, "");
    for (size_t i = 0; i < r->n_heading; i++) {
        if (i) bad |= sectag_buf_adds(&s->heading, " > ");
        bad |= sectag_buf_add(&s->heading, r->heading[i].text, r->heading[i].len);
    }
    if (bad) return sectag_err_nomem(err);
    return sectag_sql_run(
        &s->db,
        "INSERT INTO clauses VALUES (?, ?, ?, nullif(?, 0), ?, ?, nullif(?, 0), ?, ?, ?, nullif(?, ''))", err,
        "iiiiiiitbbb", ++s->clause, s->document, (int64_t)r->clause, (int64_t)r->page, (int64_t)r->start,
        (int64_t)r->end, (int64_t)r->row, r->is_heading ? "heading" : "clause", s->heading.data,
        s->heading.len, r->text.text, r->text.len, r->columns.len ? r->columns.text : "", r->columns.len);
}

static int put_tag(sectag_store *s, const char *area, const sectag_verdict *v, sectag_err *err) {
    return sectag_sql_run(&s->db, "INSERT INTO tags VALUES (?, ?, ?, ?)", err, "itdt", s->clause, area,
                          v->probability, sectag_band_name(v->band));
}

static int put_score(sectag_store *s, const char *area, const sectag_verdict *v, sectag_err *err) {
    return sectag_sql_run(&s->db, "INSERT INTO scores VALUES (?, ?, ?, ?)", err, "itdd", s->clause, area,
                          v->score, v->probability);
}

static int put_areas_of(sectag_store *s, const sectag_record *r, sectag_err *err) {
    int rc = 0;
    for (size_t a = 0; a < s->w->taxonomy->areas.len && !rc; a++) {
        const char *code = s->w->taxonomy->areas.data[a].code;
        if (!sectag_writer_shows(s->w, a)) continue;
        if (r->verdict[a].tagged) rc = put_tag(s, code, &r->verdict[a], err);
        if (!rc && s->w->scores) rc = put_score(s, code, &r->verdict[a], err);
    }
    return rc;
}

int sectag_store_batch(sectag_store *s, const sectag_batch *b, size_t input, int all, sectag_err *err) {
    int rc = b->opens ? begin_document(s, b, input, err) : 0;
    for (size_t i = 0; i < b->clauses.len && !rc; i++) {
        const sectag_record *r = &b->clauses.data[i].record;
        if (!all && r->n_tags == 0) continue;
        rc = put_clause(s, r, err);
        if (!rc) rc = put_areas_of(s, r, err);
    }
    return rc || !b->end.ends ? rc : end_document(s, &b->end, err);
}

/* ---- the end ---- */

static int set_total(sectag_store *s, const char *name, uint64_t n, sectag_err *err) {
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    return set_run(s, name, text, err);
}

int sectag_store_finish(sectag_store *s, const char *time, const sectag_totals *totals, sectag_err *err) {
    int rc = set_total(s, "documents", totals->documents, err);
    if (!rc) rc = set_total(s, "failed", totals->failed, err);
    if (!rc) rc = set_total(s, "clauses", totals->clauses, err);
    if (!rc) rc = set_total(s, "tagged", totals->tagged, err);
    if (!rc) rc = set_run(s, "finished", time, err);
    for (size_t i = 0; i < sizeof at_the_end / sizeof at_the_end[0] && !rc; i++)
        rc = sectag_sql_run(&s->db, at_the_end[i], err, "");
    return rc;
}

void sectag_store_free(sectag_store *s) {
    if (!s) return;
    for (size_t i = 0; i < s->db.prepared.len; i++) (void)sqlite3_finalize(s->db.prepared.data[i].statement);
    free(s->db.prepared.data);
    (void)sqlite3_close(s->db.db);
    free(s->db.path);
    sectag_buf_release(&s->heading);
    free(s);
}
