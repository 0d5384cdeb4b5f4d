/* desk.h: what the commands on a workspace share: where it lies, who works on it, what time it is, and which
 * model is in use.
 */
#ifndef SECTAG_DESK_H
#define SECTAG_DESK_H

#include "classify/program.h"
#include "features/buf.h"
#include "training/registry.h"
#include "training/when.h"
#include "training/workspace.h"

/* The workspace's path: `path`, else $SECTAG_WORKSPACE, else $XDG_DATA_HOME/sectag/workspace.sqlite, else
 * ~/.local/share/sectag/workspace.sqlite. Appends it to out. Returns 0, SECTAG_ENOMEM, or SECTAG_EARG (none
 * of these is known). */
int sectag_desk_path(const char *path, sectag_buf *out, sectag_err *err);

/* The time: $SECTAG_NOW (a time, see when.h), else $SOURCE_DATE_EPOCH (seconds), else the clock. Tests and
 * replays need one of their own. Returns 0 or SECTAG_EARG. */
int sectag_desk_now(char out[SECTAG_WHEN + 1], sectag_err *err);

/* The analyst: `name`, else $SECTAG_ANALYST, else the login name. NULL: none of these is known. */
const char *sectag_desk_analyst(const char *name);

/* Where, who and when, of one run of a command. */
typedef struct sectag_desk {
    sectag_workspace *ws;
    const char *analyst; /* NULL until it is needed and known */
    char time[SECTAG_WHEN + 1];
} sectag_desk;

/* Opens the workspace (with `create`: makes it where there is none). `analyst` as in sectag_desk_analyst; an
 * unknown one is an error only with `create`. Says what is wrong; returns an exit code. */
int sectag_desk_open(sectag_desk *d, const char *workspace, const char *analyst, int create);
void sectag_desk_release(sectag_desk *d);

/* Opens the workspace to be read, if there is one: 1; 0: there is none and none was named; or an error. The
 * caller releases d->ws in any case. */
int sectag_desk_look(sectag_desk *d, const char *workspace, sectag_err *err);

/* Appends the path of the workspace's active model. Returns 1, 0 (there is no workspace, or no active model
 * in it), or an error. */
int sectag_desk_model(const char *workspace, sectag_buf *path, sectag_err *err);

#endif
