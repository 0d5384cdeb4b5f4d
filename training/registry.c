#include "training/registry.h"

#include "features/file.h"
#include "models/model.h"
#include "training/operating.h"
#include "training/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static int put_folder(const sectag_workspace *ws, sectag_buf *out) {
    return sectag_buf_addf(out, "%s.models", sectag_workspace_path(ws));
}

int sectag_registry_path(const sectag_workspace *ws, const char *id, sectag_buf *path) {
    return put_folder(ws, path) ? SECTAG_ENOMEM : sectag_buf_addf(path, "/%s.sectag", id);
}

/* Makes the folder, durably. */
static int make_folder(const sectag_workspace *ws, sectag_err *err) {
    sectag_buf folder = {0};
    int rc = put_folder(ws, &folder) ? sectag_err_nomem(err) : 0;
    if (!rc && mkdir(folder.data, 0777) && errno != EEXIST)
        rc = sectag_err_at(err, SECTAG_EIO, folder.data, 0, "cannot create: %s", strerror(errno));
    if (!rc) {
        char *slash = strrchr(folder.data, '/');
        if (slash) slash[slash == folder.data] = '\0';
        int fd = open(slash ? folder.data : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0) {
            (void)fsync(fd);
            (void)close(fd);
        }
    }
    sectag_buf_release(&folder);
    return rc;
}

/* What is registered of a model file. */
typedef struct candidate {
    char id[SECTAG_MODEL_ID + 1];
    int64_t bytes;
    sectag_buf provenance;
} candidate;

/* A model's table of operating points comes along, if it has one. */
static int take_operating(const char *path, const char *target, sectag_err *err) {
    sectag_file f;
    sectag_buf from = {0}, to = {0};
    int rc = sectag_operating_path(path, &from) | sectag_operating_path(target, &to) ? sectag_err_nomem(err) : 0;
    if (!rc && access(from.data, R_OK) == 0) {
        rc = sectag_file_open(&f, from.data, err);
        if (!rc) {
            rc = sectag_file_save(to.data, f.data, f.len, err);
            sectag_file_release(&f);
        }
    }
    sectag_buf_release(&from);
    sectag_buf_release(&to);
    return rc;
}

/* Checks a model file and puts it into the folder under its id. Needs no transaction: a file more does no
 * harm. */
static int take_file(const sectag_workspace *ws, const char *path, candidate *c, sectag_err *err) {
    sectag_model model;
    sectag_buf target = {0};
    int rc = sectag_model_open(&model, path, err);
    if (rc) return rc;
    sectag_model_id(&model, c->id);
    c->bytes = (int64_t)model.file.len;
    if (sectag_buf_add(&c->provenance, model.provenance, model.provenance_len) ||
        sectag_registry_path(ws, c->id, &target))
        rc = sectag_err_nomem(err);
    if (!rc) rc = make_folder(ws, err);
    if (!rc) rc = take_operating(path, target.data, err);
    if (!rc) rc = sectag_file_save(target.data, model.file.data, model.file.len, err);
    sectag_buf_release(&target);
    sectag_model_release(&model);
    return rc;
}

/* ---- steps inside a transaction ---- */

static int insert_model(sectag_workspace *ws, const candidate *c, const char *parent, const char *why,
                        const char *time, sectag_err *err) {
    const char *provenance = c->provenance.len ? c->provenance.data : "{}";
    return sectag_sql_run(ws,
                          "INSERT INTO models (id, time, parent, bytes, why, provenance)"
                          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                          err, "tttitt", c->id, time, parent, c->bytes, why, provenance);
}

static int insert_report(sectag_workspace *ws, const char *id, const char *report, int passed,
                         const char *time, sectag_err *err) {
    return sectag_sql_run(ws, "INSERT INTO gate_reports (model, time, passed, report) VALUES (?, ?, ?, ?)",
                          err, "ttit", id, time, (int64_t)(passed != 0), report);
}

/* The latest report of a model: 1 with its id and verdict, 0: none. */
static int latest_report(sectag_workspace *ws, const char *id, int64_t *report, int64_t *passed,
                         sectag_err *err) {
    int rc = sectag_sql_number(ws, "SELECT id FROM gate_reports WHERE model = ? ORDER BY id DESC LIMIT 1",
                               report, err, "t", id);
    if (rc <= 0) return rc;
    return sectag_sql_number(ws, "SELECT passed FROM gate_reports WHERE id = ?", passed, err, "i", *report);
}

/* Moves the pointer and writes it into the history. */
static int move_pointer(sectag_workspace *ws, const sectag_promotion *p, int64_t report, sectag_err *err) {
    int rc = sectag_sql_run(
        ws,
        "INSERT INTO promotions (time, analyst, action, model, previous, report, forced, reason)"
        " VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?)",
        err, "tttttiit", p->time, p->analyst, p->action, p->model, p->previous, report, (int64_t)p->forced,
        p->reason);
    if (rc) return rc;
    return sectag_sql_run(ws, "INSERT OR REPLACE INTO active (one, model, promotion) VALUES (1, ?, ?)", err,
                          "ti", p->model, sectag_sql_last_id(ws));
}

static int check_gate(sectag_workspace *ws, const char *id, int64_t *report, sectag_err *err) {
    int64_t passed = 0;
    int rc = latest_report(ws, id, report, &passed, err);
    if (rc < 0 || (rc == 1 && passed)) return rc < 0 ? rc : 0;
    return rc == 0 ? sectag_err_set(err, SECTAG_EGATE, "model %s has no gate report", id)
                   : sectag_err_set(err, SECTAG_EGATE, "model %s did not pass the gate", id);
}

/* Promotes a registered model. `fallback`: the model used as long as none is active, registered; or NULL. */
static int promote(sectag_workspace *ws, const char *id, const char *force, const char *fallback,
                   const sectag_actor *actor, sectag_err *err) {
    char previous[SECTAG_MODEL_ID + 1] = "";
    int64_t report = 0;
    int rc = check_gate(ws, id, &report, err);
    if (rc == SECTAG_EGATE && force && *force) rc = 0;
    if (rc) return rc;
    rc = sectag_registry_active(ws, previous, err);
    if (rc < 0) return rc;
    if (rc == 1 && strcmp(previous, id) == 0)
        return sectag_err_set(err, SECTAG_EARG, "model %s is active already", id);
    if (rc == 0 && fallback && strcmp(fallback, id) != 0) memcpy(previous, fallback, sizeof previous);
    sectag_promotion p = {.time = actor->time,
                          .analyst = actor->analyst,
                          .action = "promote",
                          .model = id,
                          .previous = previous[0] ? previous : NULL,
                          .reason = force,
                          .forced = force && *force};
    return move_pointer(ws, &p, report, err);
}

/* ---- steps as transactions ---- */

/* Ends a transaction: commits if rc is 0 or SECTAG_EGATE and `keep`, else undoes it. Returns rc, or why the
 * commit failed. */
static int finish(sectag_workspace *ws, int rc, int keep, sectag_err *err) {
    if (rc == 0 || (keep && rc == SECTAG_EGATE)) {
        int committed = sectag_workspace_commit(ws, rc ? NULL : err);
        return committed ? committed : rc;
    }
    sectag_workspace_rollback(ws);
    return rc;
}

int sectag_registry_keep(sectag_workspace *ws, const char *path, const char *parent, const char *why,
                         const char *time, char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    candidate c = {0};
    int rc = take_file(ws, path, &c, err);
    if (!rc) rc = sectag_workspace_begin(ws, err);
    if (!rc) rc = finish(ws, insert_model(ws, &c, parent, why, time, err), 0, err);
    memcpy(id, c.id, sizeof c.id);
    sectag_buf_release(&c.provenance);
    return rc;
}

int sectag_registry_report(sectag_workspace *ws, const char *id, const char *report, int passed,
                           const char *time, sectag_err *err) {
    int rc = sectag_workspace_begin(ws, err);
    return rc ? rc : finish(ws, insert_report(ws, id, report, passed, time, err), 0, err);
}

/* Copies the model that is used as long as none is active, so that there is a way back to it. */
static int take_fallback(sectag_workspace *ws, const char *in_use, candidate *c, sectag_err *err) {
    char active[SECTAG_MODEL_ID + 1];
    int rc = in_use ? sectag_registry_active(ws, active, err) : 1;
    return rc == 0 ? take_file(ws, in_use, c, err) : rc < 0 ? rc : 0;
}

static int insert_fallback(sectag_workspace *ws, const candidate *c, const char *time, sectag_err *err) {
    return c->id[0] ? insert_model(ws, c, NULL, "in use before the first promotion", time, err) : 0;
}

int sectag_registry_promote(sectag_workspace *ws, const char *id, const char *force, const char *in_use,
                            const sectag_actor *actor, sectag_err *err) {
    candidate fallback = {0};
    int rc = take_fallback(ws, in_use, &fallback, err);
    if (!rc) rc = sectag_workspace_begin(ws, err);
    if (!rc) {
        rc = insert_fallback(ws, &fallback, actor->time, err);
        if (!rc) rc = promote(ws, id, force, fallback.id[0] ? fallback.id : NULL, actor, err);
        rc = finish(ws, rc, 0, err);
    }
    sectag_buf_release(&fallback.provenance);
    return rc;
}

int sectag_registry_submit(sectag_workspace *ws, const sectag_submission *s, const sectag_actor *actor,
                           char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    candidate c = {0}, fallback = {0};
    int rc = take_file(ws, s->path, &c, err);
    if (!rc) rc = take_fallback(ws, s->in_use, &fallback, err);
    if (!rc) rc = sectag_workspace_begin(ws, err);
    if (!rc) {
        rc = insert_fallback(ws, &fallback, actor->time, err);
        if (!rc) rc = insert_model(ws, &c, s->parent, s->why, actor->time, err);
        if (!rc) rc = insert_report(ws, c.id, s->report, s->passed, actor->time, err);
        if (!rc) rc = promote(ws, c.id, s->force, fallback.id[0] ? fallback.id : NULL, actor, err);
        rc = finish(ws, rc, 1, err);
    }
    memcpy(id, c.id, sizeof c.id);
    sectag_buf_release(&c.provenance);
    sectag_buf_release(&fallback.provenance);
    return rc;
}

static int copy_id(sectag_workspace *ws, sectag_statement *s, char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    int rc = sectag_sql_step(ws, s, err);
    if (rc <= 0) return rc;
    (void)snprintf(id, SECTAG_MODEL_ID + 1, "%s", sectag_sql_text(s, 0));
    sectag_sql_rest(s);
    return 1;
}

/* The model that was active before `active` was promoted: 1, or 0. */
static int find_previous(sectag_workspace *ws, const char *active, char id[SECTAG_MODEL_ID + 1],
                         sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s,
                        "SELECT previous FROM promotions WHERE action = 'promote' AND model = ?"
                        " AND previous IS NOT NULL ORDER BY id DESC LIMIT 1",
                        err, "t", active);
    return rc ? rc : copy_id(ws, s, id, err);
}

/* Was the model ever active? */
static int was_active(sectag_workspace *ws, const char *id, sectag_err *err) {
    int64_t one;
    return sectag_sql_number(ws, "SELECT 1 FROM promotions WHERE ?1 IN (model, previous) LIMIT 1", &one, err,
                             "t", id);
}

static int roll_back(sectag_workspace *ws, const char *to, const char *reason, const sectag_actor *actor,
                     char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    char active[SECTAG_MODEL_ID + 1] = "";
    int rc = sectag_registry_active(ws, active, err);
    if (rc == 0) return sectag_err_set(err, SECTAG_EARG, "no model was promoted yet: nothing to go back to");
    if (rc == 1 && to) {
        rc = was_active(ws, to, err);
        if (rc == 0) return sectag_err_set(err, SECTAG_EARG, "model %s was never active: promote it", to);
        (void)snprintf(id, SECTAG_MODEL_ID + 1, "%s", to);
    } else if (rc == 1) {
        rc = find_previous(ws, active, id, err);
    }
    if (rc < 0) return rc;
    if (rc == 0 || strcmp(active, id) == 0)
        return sectag_err_set(err, SECTAG_EARG, "there is no model to go back to from %s", active);
    sectag_promotion p = {.time = actor->time,
                          .analyst = actor->analyst,
                          .action = "rollback",
                          .model = id,
                          .previous = active,
                          .reason = reason};
    return move_pointer(ws, &p, 0, err);
}

int sectag_registry_rollback(sectag_workspace *ws, const char *to, const char *reason,
                             const sectag_actor *actor, char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    int rc = sectag_workspace_begin(ws, err);
    return rc ? rc : finish(ws, roll_back(ws, to, reason, actor, id, err), 0, err);
}

/* ---- asking ---- */

int sectag_registry_active(sectag_workspace *ws, char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s, "SELECT model FROM active", err, "");
    return rc ? rc : copy_id(ws, s, id, err);
}

int sectag_registry_find(sectag_workspace *ws, const char *prefix, char id[SECTAG_MODEL_ID + 1],
                         sectag_err *err) {
    sectag_statement *s;
    int64_t n = 0;
    int rc = sectag_sql_number(ws, "SELECT count(*) FROM models WHERE substr(id, 1, length(?1)) = ?1", &n,
                               err, "t", prefix);
    if (rc < 0) return rc;
    if (n != 1 || !*prefix)
        return sectag_err_set(err, SECTAG_EARG,
                              n ? "%.40s is the beginning of several ids" : "no model %.40s", prefix);
    rc = sectag_sql(ws, &s, "SELECT id FROM models WHERE substr(id, 1, length(?1)) = ?1", err, "t", prefix);
    return rc ? rc : copy_id(ws, s, id, err);
}

int sectag_registry_list(sectag_workspace *ws, const char *id, sectag_registered_fn *fn, void *ctx,
                         sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s,
                        "SELECT m.id, m.time, m.parent, m.why, t.state, m.provenance, g.report, m.bytes,"
                        " ifnull(g.passed, -1) FROM models AS m JOIN model_states AS t ON t.id = m.id"
                        " LEFT JOIN gate_reports AS g ON g.id ="
                        "  (SELECT max(id) FROM gate_reports WHERE model = m.id)"
                        " WHERE ?1 IS NULL OR m.id = ?1 ORDER BY m.time, m.id",
                        err, "t", id);
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        sectag_registered m = {.id = sectag_sql_text(s, 0),
                               .time = sectag_sql_text(s, 1),
                               .parent = sectag_sql_text_or_null(s, 2),
                               .why = sectag_sql_text(s, 3),
                               .state = sectag_sql_text(s, 4),
                               .provenance = sectag_sql_text(s, 5),
                               .report = sectag_sql_text_or_null(s, 6),
                               .bytes = sectag_sql_int(s, 7),
                               .passed = sectag_sql_int(s, 8)};
        rc = fn(ctx, &m, err);
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}

int sectag_registry_history(sectag_workspace *ws, sectag_promotion_fn *fn, void *ctx, sectag_err *err) {
    sectag_statement *s;
    int rc = sectag_sql(ws, &s,
                        "SELECT time, analyst, action, model, previous, reason, forced FROM promotions"
                        " ORDER BY id",
                        err, "");
    while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) {
        sectag_promotion p = {.time = sectag_sql_text(s, 0),
                              .analyst = sectag_sql_text(s, 1),
                              .action = sectag_sql_text(s, 2),
                              .model = sectag_sql_text(s, 3),
                              .previous = sectag_sql_text_or_null(s, 4),
                              .reason = sectag_sql_text_or_null(s, 5),
                              .forced = (int)sectag_sql_int(s, 6)};
        rc = fn(ctx, &p, err);
        if (rc) sectag_sql_rest(s);
    }
    return rc;
}
