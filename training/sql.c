#include "training/sql.h"

#include <sqlite3.h>

int sectag_sql_error(const sectag_workspace *ws, sectag_err *err) {
    switch (sqlite3_errcode(ws->db)) {
    case SQLITE_NOMEM:
        return sectag_err_nomem(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sectag_err_at(err, SECTAG_EIO, ws->path, 0, "another program is writing to the workspace");
    case SQLITE_NOTADB:
        return sectag_err_at(err, SECTAG_EDATA, ws->path, 0, "this is no sectag workspace");
    case SQLITE_CORRUPT:
        return sectag_err_at(err, SECTAG_EDATA, ws->path, 0, "the workspace is damaged: %s",
                             sqlite3_errmsg(ws->db));
    case SQLITE_CONSTRAINT:
        return sectag_err_at(err, SECTAG_EDATA, ws->path, 0, "%s", sqlite3_errmsg(ws->db));
    default:
        return sectag_err_at(err, SECTAG_EIO, ws->path, 0, "%s", sqlite3_errmsg(ws->db));
    }
}

/* The statement of that constant, prepared now or before. */
static int find(sectag_workspace *ws, const char *sql, sectag_statement **out, sectag_err *err) {
    for (size_t i = 0; i < ws->prepared.len; i++)
        if (ws->prepared.data[i].sql == sql) return *out = ws->prepared.data[i].statement, 0;
    sectag_prepared p = {sql, NULL};
    if (sqlite3_prepare_v3(ws->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &p.statement, NULL) != SQLITE_OK)
        return sectag_sql_error(ws, err);
    if (sectag_array_push(&ws->prepared, p)) {
        (void)sqlite3_finalize(p.statement);
        return sectag_err_nomem(err);
    }
    *out = p.statement;
    return 0;
}

/* Binds one value; text is copied, since the caller's may go before the last step. */
static int bind_one(sectag_statement *s, int at, char kind, va_list *ap) {
    if (kind == 'i') return sqlite3_bind_int64(s, at, va_arg(*ap, int64_t));
    if (kind == 'd') return sqlite3_bind_double(s, at, va_arg(*ap, double));
    const char *text = va_arg(*ap, const char *);
    if (kind == 't') return sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
    size_t len = va_arg(*ap, size_t);
    return sqlite3_bind_text64(s, at, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int ready(sectag_workspace *ws, sectag_statement **out, const char *sql, sectag_err *err,
                 const char *format, va_list *ap) {
    int rc = find(ws, sql, out, err);
    if (!rc) sectag_sql_rest(*out);
    for (int i = 0; !rc && format[i]; i++)
        if (bind_one(*out, i + 1, format[i], ap) != SQLITE_OK) rc = sectag_sql_error(ws, err);
    return rc;
}

int sectag_sql(sectag_workspace *ws, sectag_statement **out, const char *sql, sectag_err *err,
               const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    int rc = ready(ws, out, sql, err, format, &ap);
    va_end(ap);
    return rc;
}

int sectag_sql_run(sectag_workspace *ws, const char *sql, sectag_err *err, const char *format, ...) {
    va_list ap;
    sectag_statement *s = NULL;
    va_start(ap, format);
    int rc = ready(ws, &s, sql, err, format, &ap);
    va_end(ap);
    if (!rc) rc = sectag_sql_step(ws, s, err);
    if (rc > 0) sectag_sql_rest(s);
    return rc < 0 ? rc : 0;
}

int sectag_sql_number(sectag_workspace *ws, const char *sql, int64_t *out, sectag_err *err,
                      const char *format, ...) {
    va_list ap;
    sectag_statement *s = NULL;
    va_start(ap, format);
    int rc = ready(ws, &s, sql, err, format, &ap);
    va_end(ap);
    if (!rc) rc = sectag_sql_step(ws, s, err);
    if (rc <= 0) return rc;
    *out = sectag_sql_int(s, 0);
    sectag_sql_rest(s);
    return 1;
}

int sectag_sql_step(sectag_workspace *ws, sectag_statement *s, sectag_err *err) {
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) return 1;
    rc = rc == SQLITE_DONE ? 0 : sectag_sql_error(ws, err);
    sectag_sql_rest(s);
    return rc;
}

void sectag_sql_rest(sectag_statement *s) {
    (void)sqlite3_reset(s);
}

int64_t sectag_sql_int(sectag_statement *s, int column) {
    return sqlite3_column_int64(s, column);
}

double sectag_sql_real(sectag_statement *s, int column) {
    return sqlite3_column_double(s, column);
}

const char *sectag_sql_text(sectag_statement *s, int column) {
    const unsigned char *text = sqlite3_column_text(s, column);
    return text ? (const char *)text : "";
}

size_t sectag_sql_length(sectag_statement *s, int column) {
    (void)sqlite3_column_text(s, column); /* as text: the length is that of its UTF-8 */
    return (size_t)sqlite3_column_bytes(s, column);
}

const char *sectag_sql_text_or_null(sectag_statement *s, int column) {
    return sectag_sql_is_null(s, column) ? NULL : sectag_sql_text(s, column);
}

int sectag_sql_is_null(sectag_statement *s, int column) {
    return sqlite3_column_type(s, column) == SQLITE_NULL;
}

int64_t sectag_sql_last_id(const sectag_workspace *ws) {
    return sqlite3_last_insert_rowid(ws->db);
}

int64_t sectag_sql_changes(const sectag_workspace *ws) {
    return sqlite3_changes64(ws->db);
}
