#include "classify/tagger.h"

#include "features/array.h"

#include <stdlib.h>
#include <string.h>

int sectag_tagger_init(sectag_tagger *t, const sectag_model *model, sectag_err *err) {
    memset(t, 0, sizeof *t);
    int rc = sectag_encoder_init(&t->encoder, &model->vocab, &model->terms, &model->options, err);
    if (rc) return rc;
    t->model = model;
    t->score = sectag_zalloc(model->n_areas, sizeof *t->score);
    if (t->score) return 0;
    sectag_tagger_release(t);
    return sectag_err_nomem(err);
}

void sectag_tagger_release(sectag_tagger *t) {
    sectag_encoder_release(&t->encoder);
    free(t->score);
    memset(t, 0, sizeof *t);
}

sectag_verdict sectag_verdict_of(const sectag_area_model *area, double score) {
    sectag_verdict v = {0};
    if (!area->trained) return v;
    v.score = score;
    v.probability = sectag_calibration_apply(&area->calibration, score);
    v.tagged = v.probability >= area->threshold;
    if (v.tagged) v.band = v.probability >= area->accept ? SECTAG_BAND_ACCEPT : SECTAG_BAND_REVIEW;
    return v;
}

int sectag_tagger_run(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out,
                      sectag_err *err) {
    const sectag_model *m = t->model;
    for (size_t i = 0; i < n; i++) {
        int rc = sectag_encode(&t->encoder, clauses[i].text, clauses[i].len, err);
        if (rc) return rc;
        sectag_model_score(m, &t->encoder, t->score);
        for (size_t a = 0; a < m->n_areas; a++) *out++ = sectag_verdict_of(&m->area[a], t->score[a]);
    }
    return 0;
}

const char *sectag_band_name(int band) {
    static const char *const names[] = {"", "review", "accept"};
    return band >= SECTAG_BAND_NONE && band <= SECTAG_BAND_ACCEPT ? names[band] : "";
}
