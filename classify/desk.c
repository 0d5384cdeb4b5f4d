#include "classify/desk.h"

#include "features/utf8.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A variable that is set to something. */
static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

int sectag_desk_path(const char *path, sectag_buf *out, sectag_err *err) {
    static const char file[] = "sectag/workspace.sqlite";
    const char *data = variable("XDG_DATA_HOME"), *home = variable("HOME");
    if (path && !*path) return sectag_err_set(err, SECTAG_EARG, "the workspace's name is empty");
    if (!path) path = variable("SECTAG_WORKSPACE");
    int rc = 0;
    if (path)
        rc = sectag_buf_adds(out, path);
    else if (data)
        rc = sectag_buf_addf(out, "%s/%s", data, file);
    else if (home)
        rc = sectag_buf_addf(out, "%s/.local/share/%s", home, file);
    else
        return sectag_err_set(err, SECTAG_EARG,
                              "where is the workspace? (--workspace FILE; HOME is not set)");
    return rc ? sectag_err_nomem(err) : 0;
}

int sectag_desk_now(char out[SECTAG_WHEN + 1], sectag_err *err) {
    const char *names[] = {"SECTAG_NOW", "SOURCE_DATE_EPOCH"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = variable(names[i]);
        if (!value) continue;
        return sectag_when_parse(value, strlen(value), out, NULL)
                   ? sectag_err_set(err, SECTAG_EARG, "%s is no time: %.80s", names[i], value)
                   : 0;
    }
    return sectag_when_format((int64_t)time(NULL), out, err);
}

const char *sectag_desk_analyst(const char *name) {
    if (name && *name) return name;
    if (variable("SECTAG_ANALYST")) return variable("SECTAG_ANALYST");
    const struct passwd *user = getpwuid(geteuid());
    if (user && user->pw_name && *user->pw_name) return user->pw_name;
    return variable("LOGNAME");
}

static int open_desk(sectag_desk *d, const char *workspace, int create, sectag_err *err) {
    sectag_buf path = {0};
    int rc = sectag_desk_now(d->time, err);
    if (!rc) rc = sectag_desk_path(workspace, &path, err);
    if (!rc && create && !d->analyst)
        rc = sectag_err_set(err, SECTAG_EARG, "who are you? (--analyst NAME or SECTAG_ANALYST)");
    if (!rc && d->analyst && sectag_utf8_check(d->analyst, strlen(d->analyst)) < strlen(d->analyst))
        rc = sectag_err_set(err, SECTAG_EARG, "the analyst's name is invalid UTF-8");
    if (!rc) rc = sectag_workspace_open(&d->ws, path.data, create, err);
    sectag_buf_release(&path);
    return rc;
}

int sectag_desk_open(sectag_desk *d, const char *workspace, const char *analyst, int create) {
    sectag_err err = {0};
    memset(d, 0, sizeof *d);
    d->analyst = sectag_desk_analyst(analyst);
    int rc = open_desk(d, workspace, create, &err);
    if (rc) sectag_program_error(&err);
    return rc ? sectag_program_exit_code(rc) : SECTAG_EXIT_OK;
}

void sectag_desk_release(sectag_desk *d) {
    sectag_workspace_free(d->ws);
    d->ws = NULL;
}

int sectag_desk_look(sectag_desk *d, const char *workspace, sectag_err *err) {
    sectag_buf path = {0};
    memset(d, 0, sizeof *d);
    int rc = sectag_desk_path(workspace, &path, workspace ? err : NULL);
    if (rc == SECTAG_ENOMEM) (void)sectag_err_nomem(err);
    if (rc == SECTAG_EARG && !workspace) rc = 0;
    if (!rc && path.data && (workspace || access(path.data, F_OK) == 0))
        rc = sectag_workspace_open(&d->ws, path.data, 0, err);
    sectag_buf_release(&path);
    return rc ? rc : d->ws != NULL;
}

int sectag_desk_model(const char *workspace, sectag_buf *path, sectag_err *err) {
    sectag_workspace *ws = NULL;
    sectag_buf file = {0};
    char id[SECTAG_MODEL_ID + 1];
    int rc = sectag_desk_path(workspace, &file, NULL);
    if (rc == SECTAG_EARG || (!rc && (!file.data || access(file.data, F_OK) != 0))) {
        sectag_buf_release(&file);
        return 0;
    }
    rc = rc ? sectag_err_nomem(err) : sectag_workspace_open(&ws, file.data, 0, err);
    if (!rc) rc = sectag_registry_active(ws, id, err);
    if (rc == 1 && sectag_registry_path(ws, id, path)) rc = sectag_err_nomem(err);
    sectag_workspace_free(ws);
    sectag_buf_release(&file);
    return rc;
}
