/* registry.h: the models of a workspace, and which of them is in use.
 *
 *   workspace.sqlite          models, gate_reports, promotions, active
 *   workspace.sqlite.models/  ID.sectag, a file a model
 *
 * A model is in use from the moment at which one transaction moves the pointer to it; its file lies complete
 * and synced in the folder before that. So a program that is killed leaves the old or the new model in use,
 * whole; at worst a file that no row names. Files are never changed: a model's id is its checksum.
 *
 * A model is promoted when its latest gate report passed it. `forced` goes past the gate and needs a reason.
 * Promotions and rollbacks are kept forever, with who, when and why.
 */
#ifndef SECTAG_REGISTRY_H
#define SECTAG_REGISTRY_H

#include "features/buf.h"
#include "features/err.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_MODEL_ID = 16 };

/* Who does something to the registry, and when (a time as in the workspace). */
typedef struct sectag_actor {
    const char *analyst, *time;
} sectag_actor;

/* ---- for a program that made a candidate ---- */

typedef struct sectag_submission {
    const char *path;   /* the candidate's file */
    const char *parent; /* id of the model it was compared with; NULL: none */
    const char *why;    /* one line: "retrained with 12 corrections" */
    const char *report; /* the gate's report, a JSON object */
    int passed;
    const char *force;  /* the reason to promote it whatever the gate says; NULL: do not */
    const char *in_use; /* file of the model that is used as long as none is active; NULL: none */
} sectag_submission;

/* Keeps the candidate and its report, and makes it the active model if it passed or is forced; all or
 * nothing. Gives its id. Returns 0; SECTAG_EGATE: kept, but not promoted; or another error: nothing is kept.
 */
int sectag_registry_submit(sectag_workspace *ws, const sectag_submission *s, const sectag_actor *actor,
                           char id[SECTAG_MODEL_ID + 1], sectag_err *err);

/* ---- single steps, each a transaction ---- */

/* Checks the model file, copies it into the folder and registers it; a model that is known stays as it is.
 * Gives its id. Returns 0, SECTAG_EMODEL, SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA. */
int sectag_registry_keep(sectag_workspace *ws, const char *path, const char *parent, const char *why,
                         const char *time, char id[SECTAG_MODEL_ID + 1], sectag_err *err);

/* Stores a gate report. Returns 0, or SECTAG_EDATA (no such model, or no JSON). */
int sectag_registry_report(sectag_workspace *ws, const char *id, const char *report, int passed,
                           const char *time, sectag_err *err);

/* Makes a registered model the active one. `force`: the reason to go past the gate, or NULL. `in_use` as in
 * a submission. Returns 0, SECTAG_EGATE (no report, or the latest did not pass), SECTAG_EARG (not registered,
 * or active already) or an error. */
int sectag_registry_promote(sectag_workspace *ws, const char *id, const char *force, const char *in_use,
                            const sectag_actor *actor, sectag_err *err);

/* Goes back to the model that was active before the present one was promoted, or to `to`, which must have
 * been active. reason may be NULL. Gives the id. Returns 0, SECTAG_EARG (there is no such model) or an error.
 */
int sectag_registry_rollback(sectag_workspace *ws, const char *to, const char *reason,
                             const sectag_actor *actor, char id[SECTAG_MODEL_ID + 1], sectag_err *err);

/* ---- asking ---- */

/* The active model: 1 with its id, 0: none yet, or an error. */
int sectag_registry_active(sectag_workspace *ws, char id[SECTAG_MODEL_ID + 1], sectag_err *err);

/* The one registered model whose id begins so: 1 with its id, or SECTAG_EARG (none or several). */
int sectag_registry_find(sectag_workspace *ws, const char *prefix, char id[SECTAG_MODEL_ID + 1],
                         sectag_err *err);

/* Appends the path of a model's file. Returns 0 or SECTAG_ENOMEM. */
int sectag_registry_path(const sectag_workspace *ws, const char *id, sectag_buf *path);

/* A registered model; strings are borrowed for the call. */
typedef struct sectag_registered {
    const char *id, *time, *parent; /* parent NULL: none */
    const char *why, *state;        /* state: active, retired, candidate, blocked */
    const char *provenance;         /* JSON */
    const char *report;             /* the latest gate report; NULL: none */
    int64_t bytes, passed;          /* passed: of the latest report; -1: none */
} sectag_registered;

typedef int sectag_registered_fn(void *ctx, const sectag_registered *m, sectag_err *err);

/* Calls fn for the models, oldest first; with `id` for that one only. */
int sectag_registry_list(sectag_workspace *ws, const char *id, sectag_registered_fn *fn, void *ctx,
                         sectag_err *err);

/* A promotion or rollback. */
typedef struct sectag_promotion {
    const char *time, *analyst, *action, *model;
    const char *previous, *reason; /* NULL: none */
    int forced;
} sectag_promotion;

typedef int sectag_promotion_fn(void *ctx, const sectag_promotion *p, sectag_err *err);
int sectag_registry_history(sectag_workspace *ws, sectag_promotion_fn *fn, void *ctx, sectag_err *err);

#endif
