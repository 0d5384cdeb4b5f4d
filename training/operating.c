#include "training/operating.h"

#include "training/group.h"
#include "training/provenance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char kind[] = "operating points";

void sectag_operating_release(sectag_operating *t) {
    for (size_t a = 0; t->area && a < t->n_areas; a++) free(t->area[a].data);
    free(t->area);
    memset(t, 0, sizeof *t);
}

static int by_probability(const void *a, const void *b) {
    const sectag_operating_row *u = a, *v = b;
    if (u->ppm != v->ppm) return u->ppm > v->ppm ? -1 : 1;
    if (u->doc != v->doc) return u->doc < v->doc ? -1 : 1;
    return (u->of_area > v->of_area) - (u->of_area < v->of_area);
}

static void sort(sectag_operating_rows *rows) {
    if (rows->len) qsort(rows->data, rows->len, sizeof *rows->data, by_probability);
}

static int begin(sectag_operating *t, size_t n_areas) {
    t->n_areas = n_areas;
    t->area = sectag_zalloc(n_areas, sizeof *t->area);
    return t->area ? 0 : SECTAG_ENOMEM;
}

/* ---- from a training ---- */

/* Documents in the order in which they come, from 0. doc[n] takes their numbers. */
static int number_docs(const sectag_oof *o, uint32_t *doc, size_t *n_docs) {
    uint32_t most = 0;
    for (size_t i = 0; i < o->n; i++)
        if (o->doc[i] != SECTAG_NO_DOC && o->doc[i] >= most) most = o->doc[i] + 1;
    uint32_t *number = sectag_alloc(most, sizeof *number), next = 0;
    if (!number) return SECTAG_ENOMEM;
    memset(number, 0xFF, most * sizeof *number);
    for (size_t i = 0; i < o->n; i++) {
        if (o->doc[i] == SECTAG_NO_DOC) {
            doc[i] = next++;
        } else {
            if (number[o->doc[i]] == SECTAG_NO_DOC) number[o->doc[i]] = next++;
            doc[i] = number[o->doc[i]];
        }
    }
    *n_docs = next;
    free(number);
    return 0;
}

static int collect_area(sectag_operating *t, const sectag_oof *o, const uint32_t *doc, size_t a) {
    for (size_t i = 0; i < o->n; i++) {
        size_t cell = i * o->n_areas + a;
        if (!o->gold[cell] && o->p[cell] < SECTAG_OPERATING_FLOOR) continue;
        sectag_operating_row row = {(uint32_t)(o->p[cell] * 1e6 + 0.5), doc[i], o->gold[cell]};
        if (sectag_array_push(&t->area[a], row)) return SECTAG_ENOMEM;
    }
    sort(&t->area[a]);
    return 0;
}

int sectag_operating_collect(sectag_operating *t, const sectag_oof *o, sectag_err *err) {
    uint32_t *doc = sectag_alloc(o->n, sizeof *doc);
    int rc = doc ? begin(t, o->n_areas) : SECTAG_ENOMEM;
    if (!rc) rc = number_docs(o, doc, &t->n_docs);
    t->n_clauses = o->n;
    for (size_t a = 0; a < o->n_areas && !rc; a++) rc = collect_area(t, o, doc, a);
    free(doc);
    return rc ? sectag_err_nomem(err) : 0;
}

/* ---- as a file ---- */

int sectag_operating_path(const char *model_path, sectag_buf *out) {
    static const char suffix[] = ".sectag";
    size_t len = strlen(model_path), n = sizeof suffix - 1;
    if (len > n && strcmp(model_path + len - n, suffix) == 0) len -= n;
    return sectag_buf_add(out, model_path, len) | sectag_buf_adds(out, ".operating.json") ? SECTAG_ENOMEM : 0;
}

static int put_rows(const sectag_operating_rows *rows, int of_area, sectag_buf *out) {
    const char *between = "";
    int rc = 0;
    for (size_t i = 0; i < rows->len && !rc; i++) {
        if (rows->data[i].of_area != of_area) continue;
        rc = sectag_buf_addf(out, "%s%u,%u", between, rows->data[i].doc, rows->data[i].ppm);
        between = ",";
    }
    return rc;
}

int sectag_operating_write(const sectag_operating *t, const sectag_taxonomy *areas, sectag_buf *out) {
    int rc = sectag_buf_addf(out,
                             "{\"kind\":\"%s\",\"version\":1,\"model\":\"%s\",\"documents\":%zu,\"clauses\":%zu,"
                             "\"floor\":%g,\n\"columns\":[\"document\",\"probability in millionths\"],\"areas\":{",
                             kind, t->model, t->n_docs, t->n_clauses, SECTAG_OPERATING_FLOOR);
    for (size_t a = 0; a < t->n_areas && !rc; a++) {
        rc = sectag_buf_addf(out, "%s\n\"%s\":{\"of\":[", a ? "," : "", areas->areas.data[a].code) |
             put_rows(&t->area[a], 1, out) | sectag_buf_adds(out, "],\n\"not\":[") |
             put_rows(&t->area[a], 0, out) | sectag_buf_adds(out, "]}");
    }
    return rc | sectag_buf_adds(out, "\n}}\n") ? SECTAG_ENOMEM : 0;
}

/* Pairs of document and probability. Returns 0, SECTAG_EDATA or SECTAG_ENOMEM. */
static int read_rows(sectag_operating *t, size_t a, const json_t *list, uint8_t of_area) {
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n % 2) return SECTAG_EDATA;
    for (size_t i = 0; i < n; i += 2) {
        json_int_t doc = json_integer_value(json_array_get(list, i));
        json_int_t ppm = json_integer_value(json_array_get(list, i + 1));
        if (doc < 0 || (uint64_t)doc >= t->n_docs || ppm < 0 || ppm > 1000000) return SECTAG_EDATA;
        if (sectag_array_push(&t->area[a], ((sectag_operating_row){(uint32_t)ppm, (uint32_t)doc, of_area})))
            return SECTAG_ENOMEM;
    }
    return 0;
}

static int read_areas(sectag_operating *t, const sectag_taxonomy *areas, const json_t *list) {
    for (size_t a = 0; a < t->n_areas; a++) {
        const json_t *area = json_object_get(list, areas->areas.data[a].code);
        int rc = read_rows(t, a, json_object_get(area, "of"), 1);
        if (!rc) rc = read_rows(t, a, json_object_get(area, "not"), 0);
        if (rc) return rc;
        sort(&t->area[a]);
    }
    return 0;
}

static int read_table(sectag_operating *t, const sectag_model *m, const json_t *json) {
    json_int_t docs = json_integer_value(json_object_get(json, "documents"));
    json_int_t clauses = json_integer_value(json_object_get(json, "clauses"));
    const char *name = json_string_value(json_object_get(json, "kind"));
    if (!name || strcmp(name, kind) != 0 || json_integer_value(json_object_get(json, "version")) != 1 ||
        docs < 0 || docs > UINT32_MAX || clauses < 0)
        return SECTAG_EDATA;
    t->n_docs = (size_t)docs;
    t->n_clauses = (size_t)clauses;
    int rc = begin(t, m->n_areas);
    return rc ? rc : read_areas(t, &m->taxonomy, json_object_get(json, "areas"));
}

static int is_of_model(const json_t *json, const char *id) {
    const char *model = json_string_value(json_object_get(json, "model"));
    return model && strcmp(model, id) == 0;
}

static int read_file(sectag_operating *t, const sectag_model *m, const char *path, sectag_err *err) {
    sectag_file f;
    int rc = sectag_file_open(&f, path, err);
    if (rc) return rc;
    json_t *json = json_loadb(f.data, f.len, 0, NULL);
    sectag_model_id(m, t->model);
    if (!json) {
        rc = sectag_err_at(err, SECTAG_EDATA, path, 0, "not a table of operating points (no JSON)");
    } else if (!is_of_model(json, t->model)) {
        rc = sectag_err_at(err, SECTAG_EDATA, path, 0, "does not belong to model %s", t->model);
    } else {
        rc = read_table(t, m, json);
        if (rc == SECTAG_EDATA) rc = sectag_err_at(err, SECTAG_EDATA, path, 0, "the table is damaged");
        if (rc == SECTAG_ENOMEM) rc = sectag_err_nomem(err);
    }
    json_decref(json);
    sectag_file_release(&f);
    return rc;
}

int sectag_operating_open(sectag_operating *t, const sectag_model *m, const char *model_path, sectag_err *err) {
    sectag_buf path = {0};
    int rc = sectag_operating_path(model_path, &path) ? sectag_err_nomem(err) : read_file(t, m, path.data, err);
    sectag_buf_release(&path);
    if (rc) sectag_operating_release(t);
    return rc;
}
