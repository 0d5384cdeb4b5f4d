/* scratch_workspace.h: a workspace in the suite's folder, and the few steps that most of its tests begin
 * with. */
#ifndef TESTS_SCRATCH_WORKSPACE_H
#define TESTS_SCRATCH_WORKSPACE_H

#include "tests/suite.h"

#include "training/ledger.h"
#include "training/workspace.h"

#define SCRATCH_TIME "2026-01-02T03:04:05Z"

static inline sectag_workspace *scratch_open(const char *name) {
    sectag_workspace *ws = NULL;
    sectag_err err = {0};
    if (sectag_workspace_open(&ws, suite_path(name), 1, &err)) fail_msg("%s", err.msg);
    return ws;
}

/* A workspace that holds nothing yet. */
static inline sectag_workspace *scratch_new(void) {
    static int n;
    char name[32];
    (void)snprintf(name, sizeof name, "scratch-%d.sqlite", n++);
    return scratch_open(name);
}

static inline int64_t scratch_clause(sectag_workspace *ws, const char *text) {
    int64_t id = 0;
    sectag_err err = {0};
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    if (sectag_workspace_clause(ws, text, strlen(text), &id, &err)) fail_msg("%s", err.msg);
    assert_int_equal(sectag_workspace_commit(ws, &err), 0);
    return id;
}

/* Records one correction; returns its id. */
static inline int64_t scratch_correct(sectag_workspace *ws, const char *text, const char *area,
                                      sectag_entry_verdict verdict, const char *analyst, const char *time) {
    sectag_err err = {0};
    int64_t batch = 0;
    sectag_entry e = {.area = area, .verdict = verdict, .analyst = analyst, .time = time, .origin = "test"};
    e.clause = scratch_clause(ws, text);
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    assert_int_equal(sectag_ledger_batch(ws, analyst, time, "test", &batch, &err), 0);
    if (sectag_ledger_add(ws, batch, &e, &err)) fail_msg("%s", err.msg);
    assert_int_equal(sectag_workspace_commit(ws, &err), 0);
    return e.id;
}

static inline int scratch_withdraw(sectag_workspace *ws, int64_t id, sectag_err *err) {
    int64_t batch = 0;
    sectag_entry e = {.analyst = "anna", .time = SCRATCH_TIME, .reason = "wrong", .origin = "test"};
    assert_int_equal(sectag_workspace_begin(ws, err), 0);
    assert_int_equal(sectag_ledger_batch(ws, "anna", SCRATCH_TIME, "test", &batch, err), 0);
    int rc = sectag_ledger_withdraw(ws, batch, id, &e, err);
    if (rc)
        sectag_workspace_rollback(ws);
    else
        assert_int_equal(sectag_workspace_commit(ws, err), 0);
    return rc;
}

#endif
