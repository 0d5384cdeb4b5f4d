#include "training/workspace.h"

#include "features/buf.h"
#include "features/normal.h"
#include "features/utf8.h"
#include "training/schema.h"
#include "training/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- opening ---- */

/* A number that a pragma gives. */
static int pragma(sectag_workspace *ws, const char *sql, int64_t *out, sectag_err *err) {
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(ws->db, sql, -1, &s, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(s, 0);
    rc = rc == SQLITE_ROW ? 0 : sectag_sql_error(ws, err);
    (void)sqlite3_finalize(s);
    return rc;
}

static int execute(sectag_workspace *ws, const char *sql, sectag_err *err) {
    return sqlite3_exec(ws->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : sectag_sql_error(ws, err);
}

/* The folders of a path, as far as they are missing. */
static int make_folders(const char *path, sectag_err *err) {
    char *folder = strdup(path);
    int rc = folder ? 0 : sectag_err_nomem(err);
    for (char *slash = folder; !rc && (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
        *slash = '\0';
        if (mkdir(folder, 0777) && errno != EEXIST)
            rc = sectag_err_at(err, SECTAG_EIO, folder, 0, "cannot create: %s", strerror(errno));
    }
    free(folder);
    return rc;
}

static int is_foreign(sectag_workspace *ws, int64_t version, sectag_err *err) {
    int64_t id = 0, tables = 0;
    int rc = pragma(ws, "PRAGMA application_id", &id, err);
    if (!rc) rc = pragma(ws, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (rc) return rc;
    if (id == SECTAG_SCHEMA_ID || (id == 0 && version == 0 && tables == 0)) return 0;
    return sectag_err_at(err, SECTAG_EDATA, ws->path, 0, "this is no sectag workspace");
}

/* The schema's version, of a file that is ours (0: nothing in it yet). */
static int read_version(sectag_workspace *ws, int64_t *version, sectag_err *err) {
    int rc = pragma(ws, "PRAGMA user_version", version, err);
    if (!rc) rc = is_foreign(ws, *version, err);
    if (rc || *version <= SECTAG_WORKSPACE_VERSION) return rc;
    return sectag_err_at(
        err, SECTAG_EDATA, ws->path, 0,
        "the workspace has schema version %lld, this program knows up to %d: use a newer one",
        (long long)*version, SECTAG_WORKSPACE_VERSION);
}

static int run_steps(sectag_workspace *ws, int64_t from, sectag_err *err) {
    char sql[128];
    int rc = 0;
    for (size_t v = (size_t)from; v < SECTAG_WORKSPACE_VERSION && !rc; v++)
        rc = execute(ws, sectag_schema_step(v), err);
    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d; PRAGMA application_id = %d",
                   SECTAG_WORKSPACE_VERSION, SECTAG_SCHEMA_ID);
    return rc ? rc : execute(ws, sql, err);
}

/* All missing steps in one transaction; the version is read again inside, as two programs may meet here. */
static int migrate(sectag_workspace *ws, sectag_err *err) {
    int64_t version = 0;
    int rc = read_version(ws, &version, err);
    if (rc || version == SECTAG_WORKSPACE_VERSION) return rc;
    rc = sectag_workspace_begin(ws, err);
    if (!rc) rc = read_version(ws, &version, err);
    if (!rc) rc = run_steps(ws, version, err);
    if (!rc) rc = sectag_workspace_commit(ws, err);
    if (rc) sectag_workspace_rollback(ws);
    return rc;
}

/* The switch to a write-ahead log needs the file for itself and does not wait by the busy timeout. */
static int use_log(sectag_workspace *ws, sectag_err *err) {
    enum { STEP = 10 };
    int rc = SQLITE_BUSY;
    if (sqlite3_db_readonly(ws->db, "main") == 1) return 0;
    for (int waited = 0; rc == SQLITE_BUSY && waited < SECTAG_WORKSPACE_WAIT; waited += STEP) {
        rc = sqlite3_exec(ws->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (rc == SQLITE_BUSY) (void)sqlite3_sleep(STEP);
    }
    return rc == SQLITE_OK ? 0 : sectag_sql_error(ws, err);
}

static int set_up(sectag_workspace *ws, sectag_err *err) {
    int64_t version = 0;
    (void)sqlite3_busy_timeout(ws->db, SECTAG_WORKSPACE_WAIT);
    int rc = read_version(ws, &version, err); /* before the log: a foreign file stays as it is */
    if (!rc) rc = use_log(ws, err);
    if (!rc)
        rc = execute(
            ws, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON", err);
    return rc ? rc : migrate(ws, err);
}

static int open_file(sectag_workspace *ws, int create, sectag_err *err) {
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), rc = 0;
    if (!create && access(ws->path, F_OK) != 0)
        return sectag_err_at(err, SECTAG_EIO, ws->path, 0, "there is no workspace yet");
    if (create && access(ws->path, F_OK) != 0) rc = make_folders(ws->path, err);
    if (rc) return rc;
    if (sqlite3_open_v2(ws->path, &ws->db, flags, NULL) != SQLITE_OK)
        return ws->db ? sectag_err_at(err, SECTAG_EIO, ws->path, 0, "cannot open the workspace: %s",
                                      sqlite3_errmsg(ws->db))
                      : sectag_err_nomem(err);
    return set_up(ws, err);
}

int sectag_workspace_open(sectag_workspace **out, const char *path, int create, sectag_err *err) {
    sectag_workspace *ws = sectag_zalloc(1, sizeof *ws);
    *out = NULL;
    if (!ws) return sectag_err_nomem(err);
    ws->path = strdup(path);
    int rc = ws->path ? open_file(ws, create, err) : sectag_err_nomem(err);
    if (rc)
        sectag_workspace_free(ws);
    else
        *out = ws;
    return rc;
}

void sectag_workspace_free(sectag_workspace *ws) {
    if (!ws) return;
    for (size_t i = 0; i < ws->prepared.len; i++) (void)sqlite3_finalize(ws->prepared.data[i].statement);
    free(ws->prepared.data);
    (void)sqlite3_close(ws->db);
    free(ws->path);
    free(ws);
}

const char *sectag_workspace_path(const sectag_workspace *ws) {
    return ws->path;
}

/* ---- transactions ---- */

int sectag_workspace_begin(sectag_workspace *ws, sectag_err *err) {
    return execute(ws, "BEGIN IMMEDIATE", err);
}

int sectag_workspace_commit(sectag_workspace *ws, sectag_err *err) {
    int rc = execute(ws, "COMMIT", err);
    if (rc) sectag_workspace_rollback(ws);
    return rc;
}

void sectag_workspace_rollback(sectag_workspace *ws) {
    if (!sqlite3_get_autocommit(ws->db)) (void)sqlite3_exec(ws->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The first row of a check, where it says other than "ok". */
static int first_complaint(sectag_workspace *ws, const char *sql, const char *what, sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s, sql, err, "");
    if (!rc) rc = sectag_sql_step(ws, s, err);
    if (rc <= 0) return rc;
    rc = strcmp(sectag_sql_text(s, 0), "ok") == 0
             ? 0
             : sectag_err_at(err, SECTAG_EDATA, ws->path, 0, "the workspace is damaged: %s%s", what,
                             sectag_sql_text(s, 0));
    sectag_sql_rest(s);
    return rc;
}

int sectag_workspace_check(sectag_workspace *ws, sectag_err *err) {
    int rc = first_complaint(ws, "PRAGMA integrity_check(1)", "", err);
    return rc ? rc : first_complaint(ws, "PRAGMA foreign_key_check", "a row points nowhere, in ", err);
}

/* ---- clauses and documents ---- */

/* White space at either end is no part of a clause. */
static int hash_normal(const sectag_normal *n, char out[SECTAG_CLAUSE_HASH + 1], sectag_err *err) {
    sectag_buf utf8 = {0};
    size_t from = 0, to = n->len;
    while (from < to && n->kind[from] == SECTAG_KIND_SPACE) from++;
    while (to > from && n->kind[to - 1] == SECTAG_KIND_SPACE) to--;
    if (from == to) return sectag_err_set(err, SECTAG_EDATA, "empty text");
    if (sectag_buf_reserve(&utf8, 4 * (to - from))) return sectag_err_nomem(err);
    for (size_t i = from; i < to; i++) utf8.len += sectag_utf8_put(n->cp[i], utf8.data + utf8.len);
    XXH128_hash_t h = XXH3_128bits(utf8.data, utf8.len);
    (void)snprintf(out, SECTAG_CLAUSE_HASH + 1, "%016llx%016llx", (unsigned long long)h.high64,
                   (unsigned long long)h.low64);
    sectag_buf_release(&utf8);
    return 0;
}

int sectag_clause_hash(const char *text, size_t len, char out[SECTAG_CLAUSE_HASH + 1], sectag_err *err) {
    sectag_normal n;
    sectag_normal_init(&n);
    int rc = sectag_normal_run(&n, text, len, err);
    if (!rc) rc = hash_normal(&n, out, err);
    sectag_normal_release(&n);
    return rc;
}

int sectag_workspace_find(sectag_workspace *ws, const char *hash, int64_t *clause, sectag_err *err) {
    return sectag_sql_number(ws, "SELECT id FROM clauses WHERE hash = ?", clause, err, "t", hash);
}

int sectag_workspace_clause(sectag_workspace *ws, const char *text, size_t len, int64_t *clause,
                            sectag_err *err) {
    char hash[SECTAG_CLAUSE_HASH + 1];
    int rc = sectag_clause_hash(text, len, hash, err);
    if (!rc) rc = sectag_workspace_find(ws, hash, clause, err);
    if (rc) return rc < 0 ? rc : 0;
    rc = sectag_sql_run(ws, "INSERT INTO clauses (hash, text) VALUES (?, ?)", err, "tb", hash, text, len);
    *clause = sectag_sql_last_id(ws);
    return rc;
}

int sectag_workspace_document(sectag_workspace *ws, const char *name, size_t len, int64_t *document,
                              sectag_err *err) {
    int rc = sectag_sql_number(ws, "SELECT id FROM documents WHERE name = ?", document, err, "b", name, len);
    if (rc) return rc < 0 ? rc : 0;
    rc = sectag_sql_run(ws, "INSERT INTO documents (name) VALUES (?)", err, "b", name, len);
    *document = sectag_sql_last_id(ws);
    return rc;
}

/* ---- areas ---- */

int sectag_workspace_areas(sectag_workspace *ws, sectag_taxonomy *t, sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(
        ws, &s, "SELECT code, sector, zh, en, definition, core FROM areas ORDER BY time, code", err, "");
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        sectag_area area = {.code = sectag_sql_text(s, 0),
                            .sector = sectag_sql_text(s, 1),
                            .zh = sectag_sql_text(s, 2),
                            .en = sectag_sql_text(s, 3),
                            .definition = sectag_sql_text(s, 4),
                            .core = (int)sectag_sql_int(s, 5)};
        rc = 0;
        if (sectag_taxonomy_find(t, area.code, strlen(area.code)) < 0 && sectag_taxonomy_add(t, &area))
            rc = sectag_err_nomem(err);
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}

int sectag_workspace_add_area(sectag_workspace *ws, const sectag_area *a, const char *time, sectag_err *err) {
    return sectag_sql_run(ws,
                          "INSERT INTO areas (code, time, sector, zh, en, definition, core)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?)",
                          err, "tttttti", a->code, time, a->sector, a->zh, a->en, a->definition,
                          (int64_t)(a->core != 0));
}
