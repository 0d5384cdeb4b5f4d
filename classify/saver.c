#include "classify/saver.h"

#include "training/saved.h"

int sectag_saver_init(sectag_saver *s, const char *workspace, const sectag_model *model,
                      const char *version) {
    sectag_err err = {0};
    int rc = sectag_desk_open(&s->desk, workspace, NULL, 1);
    if (rc) return rc;
    s->model = model;
    sectag_model_id(model, s->id);
    rc = sectag_saved_run(s->desk.ws, s->id, version, s->desk.time, &s->run, &err);
    if (rc) sectag_program_error(&err);
    return sectag_program_exit_code(rc);
}

static int save_tags(sectag_saver *s, int64_t clause, const sectag_verdict *v, sectag_err *err) {
    int rc = 0;
    for (size_t a = 0; a < s->model->n_areas && !rc; a++)
        if (v[a].tagged)
            rc = sectag_saved_tag(s->desk.ws, clause, s->id, s->model->taxonomy.areas.data[a].code,
                                  v[a].probability, sectag_band_name(v[a].band), err);
    return rc;
}

static int save_clause(sectag_saver *s, const sectag_record *r, sectag_err *err) {
    sectag_err why = {0};
    sectag_place place = {.run = s->run,
                          .document = s->document,
                          .number = r->clause,
                          .page = r->page,
                          .start = r->start,
                          .stop = r->end};
    int rc = sectag_workspace_clause(s->desk.ws, r->text.text, r->text.len, &place.clause, &why);
    if (rc == SECTAG_EDATA && !why.file[0]) return 0; /* an empty line: there is nothing to correct in it */
    if (rc && err) *err = why;
    if (!rc) rc = sectag_saved_place(s->desk.ws, &place, err);
    return rc ? rc : save_tags(s, place.clause, r->verdict, err);
}

static int begin_document(sectag_saver *s, const sectag_batch *b, sectag_err *err) {
    int rc = sectag_saver_finish(s, err);
    if (!rc) rc = sectag_workspace_begin(s->desk.ws, err);
    if (rc) return rc;
    s->open = 1;
    return sectag_workspace_document(s->desk.ws, b->doc.data, b->doc.len, &s->document, err);
}

int sectag_saver_batch(sectag_saver *s, const sectag_batch *b, sectag_err *err) {
    if (!s->desk.ws) return 0;
    int rc = b->opens ? begin_document(s, b, err) : 0;
    for (size_t i = 0; i < b->clauses.len && !rc; i++) rc = save_clause(s, &b->clauses.data[i].record, err);
    return rc;
}

int sectag_saver_finish(sectag_saver *s, sectag_err *err) {
    if (!s->open) return 0;
    s->open = 0;
    return sectag_workspace_commit(s->desk.ws, err);
}

void sectag_saver_release(sectag_saver *s) {
    sectag_desk_release(&s->desk);
}
