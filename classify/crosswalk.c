#include "classify/crosswalk.h"

#include "features/shared.h"
#include "features/similarity.h"

#include <stdlib.h>
#include <string.h>

/* A common stretch that brings less than this part of the score is not shown. */
#define LITTLE 0.04f

/* The bags of a screening's tagged clauses. */
typedef struct bags {
    sectag_bags bags;
    size_t *of; /* [clauses] number of its bag; SIZE_MAX: it has no tag */
} bags;

typedef struct walk {
    sectag_crosswalk *x;
    const sectag_screening *filings, *policies;
    const sectag_crosswalk_options *o;
    bags filing, policy;
    sectag_similarity similarity;
    SECTAG_ARRAY(size_t) tags; /* the area's policy tags */
    SECTAG_ARRAY(sectag_bag) area_bags;
    float *score;        /* [policy tags] */
    sectag_answer *found; /* [filing tags * top] */
    size_t *n_found;     /* [filing tags] */
    sectag_normal a, b;
    sectag_ngram_list grams;
    sectag_shared_room room;
    sectag_shared_list runs;
    SECTAG_ARRAY(float) brings; /* [runs.len] */
} walk;

void sectag_crosswalk_release(sectag_crosswalk *x) {
    free(x->matches.data);
    free(x->commons.data);
    free(x->first.data);
    free(x->best);
    free(x->nearest);
    memset(x, 0, sizeof *x);
}

/* ---- bags ---- */

static int fill_bags(bags *b, const sectag_screening *s, sectag_err *err) {
    b->of = sectag_alloc(s->clauses.len, sizeof *b->of);
    if (!b->of) return sectag_err_nomem(err);
    for (size_t i = 0; i < s->clauses.len; i++) {
        const sectag_screened_clause *c = &s->clauses.data[i];
        b->of[i] = SIZE_MAX;
        if (!c->n_tags) continue;
        sectag_piece text = sectag_screening_text(s, c->tagged);
        b->of[i] = sectag_bags_len(&b->bags);
        int rc = sectag_bags_add(&b->bags, &s->model->options.ngram, text.text, text.len, err);
        if (rc) return rc;
    }
    return 0;
}

static void bags_release(bags *b) {
    sectag_bags_release(&b->bags);
    free(b->of);
}

static sectag_bag bag_of(const bags *b, size_t clause) {
    return sectag_bags_at(&b->bags, b->of[clause]);
}

/* ---- what a pair shares ---- */

/* Gives each run what the n-grams inside it bring to the pair's score. */
static void weigh_runs(walk *w, sectag_bag query, uint32_t clause) {
    for (size_t i = 0; i < w->runs.len; i++) w->brings.data[i] = 0;
    for (size_t g = 0, r; g < w->grams.len; g++) {
        const sectag_ngram *gram = &w->grams.data[g];
        for (r = 0; r < w->runs.len; r++)
            if (gram->first >= w->runs.data[r].first && gram->end <= w->runs.data[r].end) break;
        if (r == w->runs.len) continue;
        size_t low = 0, high = query.len;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (query.gram[middle].key < gram->key)
                low = middle + 1;
            else
                high = middle;
        }
        w->brings.data[r] +=
            (float)(sectag_similarity_share(&w->similarity, low, clause) / query.gram[low].count);
    }
}

static int add_commons(walk *w, sectag_answer *m, sectag_bag query, uint32_t clause, sectag_err *err) {
    sectag_piece text = sectag_screening_text(
        w->policies, w->policies->clauses.data[w->policies->tags.data[m->policy_tag].clause].tagged);
    int rc = sectag_normal_run(&w->b, text.text, text.len, err);
    if (!rc) rc = sectag_shared_runs(&w->a, &w->b, &w->room, &w->runs, err);
    if (rc) return rc;
    if (sectag_array_reserve(&w->brings, w->runs.len)) return sectag_err_nomem(err);
    weigh_runs(w, query, clause);
    m->common = w->x->commons.len;
    for (size_t i = 0; i < w->runs.len; i++) {
        const sectag_shared *r = &w->runs.data[i];
        uint32_t last = r->other + (r->end - r->first) - 1;
        sectag_common c = {w->a.from[r->first], w->a.to[r->end - 1], w->b.from[r->other], w->b.to[last]};
        if (w->brings.data[i] < LITTLE * m->score) continue;
        if (sectag_array_push(&w->x->commons, c)) return sectag_err_nomem(err);
    }
    m->n_common = w->x->commons.len - m->common;
    return 0;
}

/* ---- one filing clause ---- */

/* Keeps the best: found[0..n) by falling score, then in the policies' order. */
static size_t insert(sectag_answer *found, size_t n, size_t top, sectag_answer m) {
    size_t at = n;
    for (; at > 0 && found[at - 1].score < m.score; at--)
        if (at < top) found[at] = found[at - 1];
    if (at < top) found[at] = m;
    return n < top ? n + 1 : n;
}

static void note_best(walk *w, size_t filing_tag, size_t i) {
    size_t policy_tag = w->tags.data[i];
    if (w->score[i] <= w->x->best[policy_tag]) return;
    w->x->best[policy_tag] = w->score[i];
    w->x->nearest[policy_tag] = filing_tag;
}

static uint32_t place_of(const walk *w, size_t policy_tag) {
    size_t low = 0, high = w->tags.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->tags.data[middle] < policy_tag)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static int match_clause(walk *w, size_t tag, sectag_err *err) {
    const sectag_screened_clause *c = &w->filings->clauses.data[w->filings->tags.data[tag].clause];
    sectag_bag query = bag_of(&w->filing, w->filings->tags.data[tag].clause);
    sectag_answer *found = w->found + tag * w->o->top;
    sectag_piece text = sectag_screening_text(w->filings, c->tagged);
    size_t n = 0;
    int rc = sectag_similarity_ask(&w->similarity, query, err);
    if (rc) return rc;
    sectag_similarity_scores(&w->similarity, w->score);
    for (size_t i = 0; i < w->tags.len; i++) {
        note_best(w, tag, i);
        if ((double)w->score[i] >= w->o->least && w->score[i] > 0)
            n = insert(found, n, w->o->top,
                       (sectag_answer){.policy_tag = w->tags.data[i], .score = w->score[i]});
    }
    w->n_found[tag] = n;
    if (n == 0) return 0;
    rc = sectag_normal_run(&w->a, text.text, text.len, err);
    if (!rc) rc = sectag_ngrams(&w->a, &w->filings->model->options.ngram, &w->grams, err);
    for (size_t i = 0; i < n && !rc; i++)
        rc = add_commons(w, &found[i], query, place_of(w, found[i].policy_tag), err);
    return rc;
}

/* ---- one area ---- */

static int match_area(walk *w, uint32_t area, sectag_err *err) {
    const sectag_model *m = w->filings->model;
    w->tags.len = w->area_bags.len = 0;
    for (size_t t = 0; t < w->policies->tags.len; t++) {
        if (w->policies->tags.data[t].area != area) continue;
        if (sectag_array_push(&w->tags, t) ||
            sectag_array_push(&w->area_bags, bag_of(&w->policy, w->policies->tags.data[t].clause)))
            return sectag_err_nomem(err);
    }
    if (w->tags.len == 0) return 0;
    int rc = sectag_similarity_init(&w->similarity, &SECTAG_SIMILARITY_DEFAULTS, &m->vocab, &m->options,
                                    w->area_bags.data, w->area_bags.len, err);
    for (size_t t = 0; t < w->filings->tags.len && !rc; t++)
        if (w->filings->tags.data[t].area == area) rc = match_clause(w, t, err);
    sectag_similarity_release(&w->similarity);
    return rc;
}

/* ---- all ---- */

static int make_room(walk *w) {
    size_t filings = w->filings->tags.len, policies = w->policies->tags.len;
    size_t room = w->o->top > SIZE_MAX / (filings + 1) ? SIZE_MAX : filings * w->o->top;
    w->x->best = sectag_zalloc(policies, sizeof *w->x->best);
    w->x->nearest = sectag_alloc(policies, sizeof *w->x->nearest);
    w->score = sectag_alloc(policies, sizeof *w->score);
    w->found = sectag_alloc(room, sizeof *w->found);
    w->n_found = sectag_zalloc(filings, sizeof *w->n_found);
    if (!w->x->best || !w->x->nearest || !w->score || !w->found || !w->n_found) return SECTAG_ENOMEM;
    for (size_t i = 0; i < policies; i++) w->x->nearest[i] = SIZE_MAX;
    return 0;
}

static int collect(walk *w) {
    for (size_t t = 0; t <= w->filings->tags.len; t++) {
        if (sectag_array_push(&w->x->first, w->x->matches.len)) return SECTAG_ENOMEM;
        if (t == w->filings->tags.len) break;
        for (size_t i = 0; i < w->n_found[t]; i++)
            if (sectag_array_push(&w->x->matches, w->found[t * w->o->top + i])) return SECTAG_ENOMEM;
    }
    return 0;
}

static void walk_release(walk *w) {
    bags_release(&w->filing);
    bags_release(&w->policy);
    free(w->tags.data);
    free(w->area_bags.data);
    free(w->score);
    free(w->found);
    free(w->n_found);
    sectag_normal_release(&w->a);
    sectag_normal_release(&w->b);
    free(w->grams.data);
    free(w->room.data);
    free(w->runs.data);
    free(w->brings.data);
}

int sectag_crosswalk_init(sectag_crosswalk *x, const sectag_screening *filings,
                          const sectag_screening *policies, const sectag_crosswalk_options *o,
                          sectag_err *err) {
    walk w = {.x = x, .filings = filings, .policies = policies, .o = o};
    memset(x, 0, sizeof *x);
    sectag_normal_init(&w.a);
    sectag_normal_init(&w.b);
    int rc = sectag_model_index(filings->model, err);
    if (!rc && make_room(&w)) rc = sectag_err_nomem(err);
    if (!rc) rc = fill_bags(&w.filing, filings, err);
    if (!rc) rc = fill_bags(&w.policy, policies, err);
    for (uint32_t a = 0; a < filings->model->n_areas && !rc; a++) rc = match_area(&w, a, err);
    if (!rc && collect(&w)) rc = sectag_err_nomem(err);
    walk_release(&w);
    return rc;
}
