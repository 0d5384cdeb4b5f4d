#include "classify/screening.h"

#include "classify/document.h"
#include "classify/imprint.h"
#include "classify/inputs.h"
#include "features/simplify.h"

#include <stdlib.h>
#include <string.h>

/* Dates are looked for in so many first clauses, in those that are hardly more than a date: a text speaks of others. */
enum { GROUP = 64, DATE_CLAUSES = 40, DATE_BYTES = 60 };

int sectag_screening_init(sectag_screening *s, sectag_model *model, const uint8_t *shown, int all,
                          sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->model = model;
    s->shown = shown;
    s->all = all;
    int rc = sectag_tagger_init(&s->tagger, model, err);
    if (rc) return rc;
    s->bins = sectag_zalloc(model->n_areas * SECTAG_SCREENING_BINS, sizeof *s->bins);
    s->verdict = sectag_alloc(GROUP * model->n_areas, sizeof *s->verdict);
    if (!s->bins || !s->verdict || sectag_array_push(&s->paths, ((sectag_kept){0, 0})))
        return sectag_err_nomem(err);
    return 0;
}

void sectag_screening_release(sectag_screening *s) {
    if (s->tagger.model) sectag_tagger_release(&s->tagger);
    free(s->docs.data);
    free(s->clauses.data);
    free(s->tags.data);
    free(s->headings.data);
    free(s->paths.data);
    free(s->runs.data);
    sectag_buf_release(&s->strings);
    free(s->bins);
    free(s->verdict);
    memset(s, 0, sizeof *s);
}

/* ---- keeping ---- */

static int keep(sectag_screening *s, sectag_piece text, sectag_kept *out) {
    *out = (sectag_kept){s->strings.len, text.len};
    return sectag_buf_add(&s->strings, text.text, text.len);
}

static int keep_simplified(sectag_screening *s, sectag_piece text, sectag_kept *out) {
    *out = (sectag_kept){s->strings.len, text.len};
    if (sectag_buf_reserve(&s->strings, text.len)) return SECTAG_ENOMEM;
    sectag_simplify(text.text, text.len, s->strings.data + s->strings.len);
    s->strings.len += text.len;
    s->strings.data[s->strings.len] = '\0';
    return 0;
}

static int is_path(const sectag_screening *s, sectag_kept path, const sectag_record *r) {
    if (path.len != r->n_heading) return 0;
    for (size_t i = 0; i < path.len; i++) {
        sectag_piece known = sectag_screening_text(s, s->headings.data[path.at + i]);
        if (known.len != r->heading[i].len || memcmp(known.text, r->heading[i].text, known.len) != 0)
            return 0;
    }
    return 1;
}

/* Clauses that follow each other mostly stand under the same headings. */
static int keep_path(sectag_screening *s, const sectag_record *r, uint32_t *out) {
    *out = 0;
    if (r->n_heading == 0) return 0;
    *out = (uint32_t)(s->paths.len - 1);
    if (is_path(s, s->paths.data[*out], r)) return 0;
    sectag_kept path = {s->headings.len, r->n_heading}, heading;
    for (size_t i = 0; i < r->n_heading; i++)
        if (keep(s, r->heading[i], &heading) || sectag_array_push(&s->headings, heading))
            return SECTAG_ENOMEM;
    *out = (uint32_t)s->paths.len;
    return sectag_array_push(&s->paths, path) ? SECTAG_ENOMEM : 0;
}

static int open_document(sectag_screening *s, sectag_piece name) {
    sectag_screened_doc d = {.first = s->clauses.len};
    if (keep(s, name, &d.name)) return SECTAG_ENOMEM;
    d.title = (sectag_kept){d.name.at, 0};
    const char *slash = NULL;
    for (size_t i = 0; i < name.len; i++)
        if (name.text[i] == '/') slash = name.text + i;
    size_t from = slash ? (size_t)(slash - name.text) + 1 : 0;
    (void)sectag_imprint_date(name.text + from, name.len - from, d.date);
    return sectag_array_push(&s->docs, d) ? SECTAG_ENOMEM : 0;
}

static int look_at_beginning(sectag_screening *s, const sectag_record *r) {
    sectag_screened_doc *d = &s->docs.data[s->docs.len - 1];
    if (!d->date[0] && r->text.len <= DATE_BYTES)
        (void)sectag_imprint_date(r->text.text, r->text.len, d->date);
    if (d->title.len) return 0;
    return keep(s, (sectag_piece){r->text.text, sectag_imprint_title(r->text.text, r->text.len)}, &d->title);
}

static int keep_clause(sectag_screening *s, const sectag_record *r) {
    sectag_screened_clause c = {.doc = (uint32_t)(s->docs.len - 1),
                                .number = r->clause,
                                .page = r->page,
                                .start = r->start,
                                .end = r->end,
                                .run = s->runs.len,
                                .is_heading = (uint8_t)r->is_heading};
    if (keep(s, r->text, &c.text) || keep_path(s, r, &c.path)) return SECTAG_ENOMEM;
    c.tagged = c.text;
    if (r->traditional && keep_simplified(s, r->text, &c.tagged)) return SECTAG_ENOMEM;
    if (sectag_origin_add(&s->runs, r->text, r->raw, r->start, r->dropped, r->n_dropped))
        return SECTAG_ENOMEM;
    c.n_runs = s->runs.len - c.run;
    return sectag_array_push(&s->clauses, c) ? SECTAG_ENOMEM : 0;
}

/* ---- tagging ---- */

static int take_tags(sectag_screening *s, size_t clause, const sectag_verdict *v) {
    sectag_screened_clause *c = &s->clauses.data[clause];
    size_t n_areas = s->model->n_areas;
    c->tag = s->tags.len;
    if (sectag_array_reserve(&s->tags, n_areas)) return SECTAG_ENOMEM;
    for (uint32_t a = 0; a < n_areas; a++) {
        size_t bin = (size_t)(v[a].probability * SECTAG_SCREENING_BINS);
        s->bins[a * SECTAG_SCREENING_BINS +
                (bin < SECTAG_SCREENING_BINS ? bin : SECTAG_SCREENING_BINS - 1)]++;
        if (!v[a].tagged || (s->shown && !s->shown[a])) continue;
        size_t at = s->tags.len++;
        for (; at > c->tag && s->tags.data[at - 1].probability < v[a].probability; at--)
            s->tags.data[at] = s->tags.data[at - 1];
        s->tags.data[at] = (sectag_screened_tag){clause, a, v[a].band, v[a].score, v[a].probability};
    }
    c->n_tags = s->tags.len - c->tag;
    return 0;
}

/* Tags the clauses that wait; those without a tag go, where they are not wanted. */
static int tag_waiting(sectag_screening *s, sectag_err *err) {
    sectag_piece text[GROUP];
    size_t first = s->waiting, n = s->clauses.len - first, kept = first;
    for (size_t i = 0; i < n; i++) text[i] = sectag_screening_text(s, s->clauses.data[first + i].tagged);
    int rc = n ? sectag_tagger_run(&s->tagger, text, n, s->verdict, err) : 0;
    for (size_t i = 0; i < n && !rc; i++) {
        s->clauses.data[kept] = s->clauses.data[first + i];
        if (take_tags(s, kept, s->verdict + i * s->model->n_areas)) rc = sectag_err_nomem(err);
        kept += s->all || s->clauses.data[kept].n_tags;
    }
    s->clauses.len = s->waiting = kept;
    return rc;
}

/* ---- reading ---- */

typedef struct reading {
    sectag_screening *s;
    const sectag_screening_options *o;
    int opens; /* the next record is its document's first */
} reading;

static int take_record(void *ctx, const sectag_record *r, sectag_err *err) {
    reading *x = ctx;
    sectag_screening *s = x->s;
    if (x->opens && open_document(s, r->doc)) return sectag_err_nomem(err);
    x->opens = 0;
    s->docs.data[s->docs.len - 1].clauses++;
    if ((r->clause <= DATE_CLAUSES && look_at_beginning(s, r)) || keep_clause(s, r))
        return sectag_err_nomem(err);
    return s->clauses.len - s->waiting == GROUP ? tag_waiting(s, err) : 0;
}

static void tell(void *ctx, const sectag_err *err) {
    const reading *x = ctx;
    if (err->code) x->s->failed++;
    if (x->o->failed) x->o->failed(x->o->ctx, err);
}

static int read_document(reading *x, sectag_document *d, const char *path, sectag_err *err) {
    sectag_screening *s = x->s;
    sectag_err why = {0};
    size_t docs = s->docs.len;
    x->opens = 1;
    int rc = sectag_document_read(d, path, &why);
    if (rc && (rc == SECTAG_ENOMEM || sectag_document_counted(d)->stopped)) {
        if (err) *err = why;
        return rc;
    }
    if (rc) tell(x, &why);
    rc = tag_waiting(s, err);
    if (s->docs.len > docs) s->docs.data[docs].n = s->clauses.len - s->docs.data[docs].first;
    return rc;
}

int sectag_screening_read(sectag_screening *s, char *const *operands, size_t n,
                          const sectag_screening_options *o, sectag_err *err) {
    reading x = {s, o, 1};
    sectag_inputs in;
    int rc = sectag_inputs_init(&in, operands, n, tell, &x, err);
    if (rc) return rc;
    sectag_document *d = sectag_document_new(&(sectag_document_options){.lines = o->lines,
                                                                        .ctx = &x,
                                                                        .record = take_record,
                                                                        .warning = tell,
                                                                        .encoding = o->encoding,
                                                                        .column = o->column});
    if (!d) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < in.paths.len && !rc; i++) rc = read_document(&x, d, in.paths.data[i], err);
    sectag_document_free(d);
    sectag_inputs_release(&in);
    return rc;
}
