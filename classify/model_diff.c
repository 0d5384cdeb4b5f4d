#include "classify/model_diff.h"

#include "classify/put.h"
#include "models/pairing.h"

#include <stdlib.h>
#include <string.h>

typedef struct sides {
    const sectag_model *model[2];
    json_t *provenance[2];
    sectag_pairing pairing;
    size_t top;
} sides;

/* ---- provenance ---- */

/* The members of an object, or of a list of named objects, as "path.name": leaf. */
static void flatten(json_t *value, const char *path, json_t *flat) {
    const char *key;
    json_t *member;
    size_t i;
    char name[256];
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) {
            (void)snprintf(name, sizeof name, "%s%s%s", path, *path ? "." : "", key);
            if (strcmp(name, "out_of_fold.areas") != 0 && strcmp(name, "search") != 0) flatten(member, name, flat);
        }
    } else if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        json_array_foreach(value, i, member) {
            const char *its = json_string_value(json_object_get(member, "name"));
            (void)snprintf(name, sizeof name, "%s.%s", path, its ? its : "?");
            flatten(member, name, flat);
        }
    } else {
        (void)json_object_set(flat, path, value);
    }
}

static json_t *or_null(json_t *value) {
    return value ? json_incref(value) : json_null();
}

/* Members of the new object that differ from the old one's, then those that only the old one has. */
static json_t *changed_members(json_t *before, json_t *after) {
    const char *key;
    json_t *value, *out = json_object();
    json_object_foreach(after, key, value) {
        json_t *old = json_object_get(before, key);
        if (!old || !json_equal(old, value))
            (void)json_object_set_new(out, key, json_pack("[o, O]", or_null(old), value));
    }
    json_object_foreach(before, key, value)
        if (!json_object_get(after, key)) (void)json_object_set_new(out, key, json_pack("[O, n]", value));
    return out;
}

static json_t *provenance_json(const sides *s) {
    json_t *flat[2] = {json_object(), json_object()};
    for (int k = 0; k < 2; k++) flatten(s->provenance[k], "", flat[k]);
    json_t *out = changed_members(flat[0], flat[1]);
    json_decref(flat[0]);
    json_decref(flat[1]);
    return out;
}

/* ---- areas ---- */

static const char *code_of(const sectag_model *m, size_t area) {
    return m->taxonomy.areas.data[area].code;
}

static int find(const sectag_model *m, const char *code) {
    return sectag_taxonomy_find(&m->taxonomy, code, strlen(code));
}

/* What is shown of an area: the model's own numbers, and out-of-fold figures of its provenance. */
static json_t *area_members(const sides *s, int side, int area) {
    const sectag_model *m = s->model[side];
    const sectag_area_model *a = &m->area[area];
    json_t *out = json_pack("{s:b, s:I, s:f, s:f, s:f}", "trained", a->trained != 0, "positives",
                            (json_int_t)a->positives, "bias", (double)a->bias, "threshold", a->threshold, "accept",
                            a->accept);
    json_t *known = json_object_get(json_object_get(s->provenance[side], "out_of_fold"), "areas");
    known = json_object_get(known, code_of(m, (size_t)area));
    static const char *const figures[] = {"f1", "ap"};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        json_t *value = json_array_get(json_object_get(known, figures[i]), 0); /* without its interval */
        if (value) (void)json_object_set(out, figures[i], value);
    }
    return out;
}

static void compare_area(const sides *s, int before, int after, json_t *changed) {
    json_t *old = area_members(s, 0, before), *new = area_members(s, 1, after);
    json_t *members = changed_members(old, new);
    if (json_object_size(members)) (void)json_object_set(changed, code_of(s->model[1], (size_t)after), members);
    json_decref(members);
    json_decref(old);
    json_decref(new);
}

static json_t *areas_json(const sides *s) {
    json_t *gained = json_array(), *lost = json_array(), *changed = json_object();
    for (size_t a = 0; a < s->model[1]->n_areas; a++) {
        int old = find(s->model[0], code_of(s->model[1], a));
        if (old < 0)
            (void)json_array_append_new(gained, json_string(code_of(s->model[1], a)));
        else
            compare_area(s, old, (int)a, changed);
    }
    for (size_t a = 0; a < s->model[0]->n_areas; a++)
        if (find(s->model[1], code_of(s->model[0], a)) < 0)
            (void)json_array_append_new(lost, json_string(code_of(s->model[0], a)));
    return json_pack("{s:o, s:o, s:o}", "gained", gained, "lost", lost, "changed", changed);
}

/* ---- columns and weights ---- */

static json_t *columns_json(const sides *s) {
    static const sectag_driver_kind kinds[] = {SECTAG_DRIVER_NGRAM, SECTAG_DRIVER_TERM};
    json_t *out = json_object();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t n[3];
        for (int which = -1; which <= 1; which++) n[which + 1] = sectag_pairing_count(&s->pairing, kinds[i], which);
        (void)json_object_set_new(out, sectag_driver_kind_name(kinds[i]),
                                  json_pack("{s:I, s:I, s:I}", "both", (json_int_t)n[1], "gained",
                                            (json_int_t)n[2], "lost", (json_int_t)n[0]));
    }
    return out;
}

static json_t *weights_of(const sides *s, const int area[2], uint32_t *best) {
    json_t *list = json_array();
    size_t n = sectag_pairing_most(&s->pairing, area, s->top, best);
    for (size_t i = 0; i < n; i++) {
        const sectag_pair *x = &s->pairing.pairs.data[best[i]];
        double old = sectag_pairing_weight(&s->pairing, best[i], 0, area[0]);
        double new = sectag_pairing_weight(&s->pairing, best[i], 1, area[1]);
        (void)json_array_append_new(list, json_pack("{s:s, s:s%, s:f, s:f}", "kind", sectag_driver_kind_name(x->kind),
                                                    "text", x->text, x->len, "old", old, "new", new));
    }
    return list;
}

static json_t *weights_json(const sides *s) {
    uint32_t *best = sectag_alloc(s->top, sizeof *best);
    json_t *out = best ? json_object() : NULL;
    for (size_t a = 0; out && a < s->model[1]->n_areas; a++) {
        const char *code = code_of(s->model[1], a);
        int area[2] = {find(s->model[0], code), (int)a};
        json_t *list = weights_of(s, area, best);
        (void)json_object_set(out, code, list);
        json_decref(list);
    }
    free(best);
    return out;
}

int sectag_model_diff(const sectag_model *before, const sectag_model *after, size_t top, json_t **out,
                      sectag_err *err) {
    sides s = {.model = {before, after}, .top = top};
    char id[2][17];
    int rc = 0;
    for (int k = 0; k < 2; k++) {
        sectag_model_id(s.model[k], id[k]);
        s.provenance[k] = json_loadb(s.model[k]->provenance, s.model[k]->provenance_len, 0, NULL);
        if (!json_is_object(s.provenance[k]))
            rc = sectag_err_set(err, SECTAG_EMODEL, "model %s does not say where it comes from", id[k]);
    }
    if (!rc) rc = sectag_pairing_init(&s.pairing, before, after, err);
    if (!rc) {
        *out = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "old", id[0], "new", id[1], "provenance",
                         provenance_json(&s), "areas", areas_json(&s), "columns", columns_json(&s), "weights",
                         weights_json(&s));
        if (!*out) rc = sectag_err_nomem(err);
    }
    json_decref(s.provenance[0]);
    json_decref(s.provenance[1]);
    sectag_pairing_release(&s.pairing);
    return rc;
}

/* ---- lines ---- */

static int put_value(const json_t *value, sectag_buf *out) {
    if (json_is_string(value)) return sectag_put_plain(out, json_string_value(value), json_string_length(value));
    if (json_is_null(value)) return sectag_buf_addc(out, '-');
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(4));
    int rc = text ? sectag_buf_adds(out, text) : SECTAG_ENOMEM;
    free(text);
    return rc;
}

/* "  options.c: 2.0 -> 4.0" */
static int put_changes(json_t *members, sectag_buf *out) {
    const char *key;
    json_t *pair;
    int rc = 0;
    json_object_foreach(members, key, pair) {
        rc |= sectag_buf_addf(out, "  %s: ", key) | put_value(json_array_get(pair, 0), out);
        rc |= sectag_buf_adds(out, " -> ") | put_value(json_array_get(pair, 1), out) | sectag_buf_addc(out, '\n');
    }
    return rc;
}

static int put_codes(const char *what, const json_t *codes, sectag_buf *out) {
    size_t i;
    json_t *code;
    int rc = 0;
    json_array_foreach(codes, i, code) rc |= sectag_buf_addf(out, "area %s: %s\n", what, json_string_value(code));
    return rc;
}

/* "  +0.310  疫苗  (0.500 -> 0.810)" */
static int put_weight(const json_t *w, sectag_buf *out) {
    double old = json_real_value(json_object_get(w, "old")), new = json_real_value(json_object_get(w, "new"));
    const char *kind = json_string_value(json_object_get(w, "kind"));
    const json_t *text = json_object_get(w, "text");
    int rc = sectag_buf_addf(out, "  %+.3f  %s%s", new - old, strcmp(kind, "ngram") == 0 ? "" : kind,
                             strcmp(kind, "ngram") == 0 ? "" : ":");
    rc |= sectag_put_plain(out, json_string_value(text), json_string_length(text));
    return rc | sectag_buf_addf(out, "  (%.3f -> %.3f)\n", old, new);
}

static int put_areas(const json_t *diff, sectag_buf *out) {
    json_t *areas = json_object_get(diff, "areas"), *weights = json_object_get(diff, "weights"), *list, *one;
    const char *code;
    size_t i;
    int rc = put_codes("gained", json_object_get(areas, "gained"), out);
    rc |= put_codes("lost", json_object_get(areas, "lost"), out);
    json_object_foreach(weights, code, list) {
        if (!json_array_size(list) && !json_object_get(json_object_get(areas, "changed"), code)) continue;
        rc |= sectag_buf_addf(out, "%s\n", code);
        rc |= put_changes(json_object_get(json_object_get(areas, "changed"), code), out);
        json_array_foreach(list, i, one) rc |= put_weight(one, out);
    }
    return rc;
}

int sectag_model_diff_put(const json_t *diff, sectag_buf *out) {
    const char *kind;
    json_t *n, *columns = json_object_get(diff, "columns");
    int rc = sectag_buf_addf(out, "old model %s, new model %s\n", json_string_value(json_object_get(diff, "old")),
                             json_string_value(json_object_get(diff, "new")));
    rc |= put_changes(json_object_get(diff, "provenance"), out);
    json_object_foreach(columns, kind, n) rc |=
        sectag_buf_addf(out, "%ss: %lld in both, %lld gained, %lld lost\n", kind,
                        (long long)json_integer_value(json_object_get(n, "both")),
                        (long long)json_integer_value(json_object_get(n, "gained")),
                        (long long)json_integer_value(json_object_get(n, "lost")));
    return rc | put_areas(diff, out);
}
