#include "training/saved.h"

#include "training/sql.h"

#include <stdio.h>
#include <string.h>

int sectag_saved_run(sectag_workspace *ws, const char *model, const char *version, const char *time,
                     int64_t *run, sectag_err *err) {
    int rc = sectag_sql_run(ws, "INSERT INTO runs (time, model, version) VALUES (?, ?, ?)", err, "ttt", time,
                            model, version);
    *run = sectag_sql_last_id(ws);
    return rc;
}

int sectag_saved_place(sectag_workspace *ws, const sectag_place *p, sectag_err *err) {
    return sectag_sql_run(ws,
                          "INSERT OR REPLACE INTO places (run, document, number, clause, page, start, stop)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?)",
                          err, "iiiiiii", p->run, p->document, (int64_t)p->number, p->clause,
                          (int64_t)p->page, (int64_t)p->start, (int64_t)p->stop);
}

int sectag_saved_tag(sectag_workspace *ws, int64_t clause, const char *model, const char *area, double p,
                     const char *band, sectag_err *err) {
    return sectag_sql_run(ws,
                          "INSERT OR REPLACE INTO tags (clause, model, area, p, band) VALUES (?, ?, ?, ?, ?)",
                          err, "ittdt", clause, model, area, p, band);
}

/* ---- asking ---- */

void sectag_found_release(sectag_found *f) {
    sectag_buf_release(&f->text);
    sectag_buf_release(&f->document);
    memset(f, 0, sizeof *f);
}

/* The document of exactly that name, or the only one whose name ends in "/" and it. */
static int find_document(sectag_workspace *ws, const char *name, int64_t *document, sectag_err *err) {
    int64_t n = 0;
    int rc = sectag_sql_number(ws, "SELECT id FROM documents WHERE name = ?", document, err, "t", name);
    if (rc) return rc;
    rc = sectag_sql_number(ws,
                           "SELECT count(*) FROM documents WHERE substr(name, -length(?1) - 1) = '/' || ?1",
                           &n, err, "t", name);
    if (rc < 0 || n == 0) return rc < 0 ? rc : 0;
    if (n > 1)
        return sectag_err_set(err, SECTAG_EDATA,
                              "%lld saved documents are called %.200s: name the folder as well", (long long)n,
                              name);
    return sectag_sql_number(ws, "SELECT id FROM documents WHERE substr(name, -length(?1) - 1) = '/' || ?1",
                             document, err, "t", name);
}

static int take_text(sectag_buf *out, sectag_statement *s, int column) {
    sectag_buf_clear(out);
    return sectag_buf_add(out, sectag_sql_text(s, column), sectag_sql_length(s, column));
}

int sectag_saved_find(sectag_workspace *ws, const char *document, uint64_t number, sectag_found *out,
                      sectag_err *err) {
    int64_t id = 0;
    sectag_statement *s;
    int rc = find_document(ws, document, &id, err);
    if (rc <= 0) return rc;
    rc = sectag_sql(ws, &s,
                    "SELECT clauses.id, clauses.text, documents.name FROM places"
                    " JOIN clauses ON clauses.id = places.clause"
                    " JOIN documents ON documents.id = places.document"
                    " WHERE places.document = ? AND places.number = ? ORDER BY places.run DESC LIMIT 1",
                    err, "ii", id, (int64_t)number);
    if (!rc) rc = sectag_sql_step(ws, s, err);
    if (rc <= 0) return rc;
    out->clause = sectag_sql_int(s, 0);
    if (take_text(&out->text, s, 1) || take_text(&out->document, s, 2)) rc = sectag_err_nomem(err);
    sectag_sql_rest(s);
    return rc;
}

int sectag_saved_document_of(sectag_workspace *ws, int64_t clause, sectag_buf *out, sectag_err *err) {
    sectag_statement *s;
    sectag_buf_clear(out);
    int rc = sectag_sql(ws, &s,
                        "SELECT documents.name FROM places JOIN documents ON documents.id = places.document"
                        " WHERE places.clause = ? ORDER BY places.run DESC, places.document LIMIT 1",
                        err, "i", clause);
    if (!rc) rc = sectag_sql_step(ws, s, err);
    if (rc <= 0) return rc;
    if (take_text(out, s, 0)) rc = sectag_err_nomem(err);
    sectag_sql_rest(s);
    return rc;
}

int sectag_saved_tags_of(sectag_workspace *ws, int64_t clause, sectag_saved_tags *out, sectag_err *err) {
    sectag_statement *s;
    int64_t run;
    out->len = 0;
    int rc = sectag_sql_number(ws, "SELECT run FROM places WHERE clause = ? ORDER BY run DESC LIMIT 1", &run,
                               err, "i", clause);
    if (rc <= 0) return rc;
    rc = sectag_sql(
        ws, &s,
        "SELECT area, p FROM tags WHERE clause = ? AND model = (SELECT model FROM runs WHERE id = ?)"
        " ORDER BY p DESC, area",
        err, "ii", clause, run);
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        sectag_saved_tag_row row = {.p = sectag_sql_real(s, 1)};
        (void)snprintf(row.area, sizeof row.area, "%s", sectag_sql_text(s, 0));
        rc = sectag_array_push(out, row) ? sectag_err_nomem(err) : 0;
    }
    return rc < 0 ? rc : 1;
}
