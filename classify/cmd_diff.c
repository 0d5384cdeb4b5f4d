/* cmd_diff.c: what another model tags otherwise in some documents, and why. */
#include "classify/gather.h"
#include "classify/output.h"
#include "classify/program.h"
#include "classify/put.h"
#include "classify/tagger.h"
#include "models/change.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

typedef struct diff_values {
    const char *format, *output;
    int lines;
    size_t top;
} diff_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(diff_values, member), value, help }

static const sectag_option options[] = {
    ROW("format", 'f', TEXT, format, "NAME", "text, csv or html (default: as -o FILE ends, else text)"),
    ROW("output", 'o', TEXT, output, "FILE", "write to FILE, which appears when all is done"),
    ROW("lines", 'l', FLAG, lines, NULL, "take each line as one clause"),
    ROW("top", 0, COUNT, top, "N", "n-grams and terms shown for each change (default: 5)"),
};

static const sectag_usage usage = {
    .command = "diff",
    .operands = "OLD NEW [FILE | FOLDER | -]...",
    .summary = "Tags documents with two models and shows every tag that the new one gains or loses, by area "
               "and document,\n"
               "with the n-grams and terms whose weight changed it: +0.31 pushes the new score up.",
    .example = "sectag diff models/default/default.sectag candidate.sectag tests/data/sample",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

/* A tag that only one of the models gives. */
typedef struct change {
    uint32_t clause;
    int area[2]; /* in the old and the new model, -1: it does not know the area */
    double p[2];
    size_t driver, drivers;
} change;

typedef struct run {
    diff_values v;
    sectag_model model[2];
    sectag_tagger tagger[2];
    sectag_encoder encoder[2]; /* for the evidence of what changed */
    sectag_verdict *verdict[2];
    sectag_gather docs;
    SECTAG_ARRAY(change) changes;
    sectag_driver_list drivers;
    int some_failed;
} run;

static void run_release(run *r) {
    for (int k = 0; k < 2; k++) {
        sectag_tagger_release(&r->tagger[k]);
        sectag_encoder_release(&r->encoder[k]);
        free(r->verdict[k]);
        sectag_model_release(&r->model[k]);
    }
    sectag_gather_release(&r->docs);
    free(r->changes.data);
    free(r->drivers.data);
}

static void report(void *ctx, const sectag_err *err) {
    ((run *)ctx)->some_failed = 1;
    sectag_program_error(err);
}

/* ---- comparing ---- */

static int is_tagged(const run *r, int k, int area) {
    return area >= 0 && r->verdict[k][area].tagged;
}

static double p_of(const run *r, int k, int area) {
    return area >= 0 ? r->verdict[k][area].probability : 0;
}

static int add_change(run *r, uint32_t clause, int old_area, int new_area) {
    sectag_change_side side[2];
    sectag_driver_list list = {0};
    change c = {
        clause, {old_area, new_area}, {p_of(r, 0, old_area), p_of(r, 1, new_area)}, r->drivers.len, 0};
    for (int k = 0; k < 2; k++) {
        const sectag_gathered *g = &r->docs.clauses.data[clause];
        sectag_encoder *e = &r->encoder[k];
        if (sectag_encode(e, sectag_gather_text(&r->docs, g->text), g->text_len, NULL)) return SECTAG_ENOMEM;
        side[k] = (sectag_change_side){&r->model[k], e->counts.data, e->value, e->counts.len};
    }
    int rc = sectag_change_drivers(&side[0], old_area, &side[1], new_area, &list);
    for (; c.drivers < list.len && c.drivers < r->v.top && !rc; c.drivers++)
        rc = sectag_array_push(&r->drivers, list.data[c.drivers]);
    free(list.data);
    return rc ? rc : sectag_array_push(&r->changes, c);
}

static int find_area(const sectag_model *m, const char *code) {
    return sectag_taxonomy_find(&m->taxonomy, code, strlen(code));
}

/* All areas of the new model, then those that only the old one knows. */
static int compare_clause(run *r, uint32_t clause) {
    int rc = 0;
    for (size_t a = 0; a < r->model[1].n_areas && !rc; a++) {
        int old = find_area(&r->model[0], r->model[1].taxonomy.areas.data[a].code);
        if (is_tagged(r, 0, old) != is_tagged(r, 1, (int)a)) rc = add_change(r, clause, old, (int)a);
    }
    for (size_t a = 0; a < r->model[0].n_areas && !rc; a++)
        if (is_tagged(r, 0, (int)a) && find_area(&r->model[1], r->model[0].taxonomy.areas.data[a].code) < 0)
            rc = add_change(r, clause, (int)a, -1);
    return rc;
}

static int compare_all(run *r, sectag_err *err) {
    int rc = 0;
    for (int k = 0; k < 2 && !rc; k++) {
        sectag_model *m = &r->model[k];
        rc = sectag_model_index(m, err);
        if (!rc) rc = sectag_encoder_init(&r->encoder[k], &m->vocab, &m->terms, &m->options, err);
        if (!rc) rc = sectag_tagger_init(&r->tagger[k], m, err);
        r->verdict[k] = sectag_zalloc(r->model[k].n_areas, sizeof **r->verdict);
        if (!rc && !r->verdict[k]) rc = sectag_err_nomem(err);
    }
    for (size_t i = 0; i < r->docs.clauses.len && !rc; i++) {
        const sectag_gathered *c = &r->docs.clauses.data[i];
        sectag_piece text = {sectag_gather_text(&r->docs, c->text), c->text_len};
        for (int k = 0; k < 2 && !rc; k++)
            rc = sectag_tagger_run(&r->tagger[k], &text, 1, r->verdict[k], err);
        if (!rc && compare_clause(r, (uint32_t)i)) rc = sectag_err_nomem(err);
    }
    return rc;
}

/* ---- output ---- */

static const char *code_of(const run *r, const change *c) {
    int k = c->area[1] >= 0;
    return r->model[k].taxonomy.areas.data[c->area[k]].code;
}

static int is_gain(const run *r, const change *c) {
    return c->area[1] >= 0 && c->p[1] >= r->model[1].area[c->area[1]].threshold &&
           r->model[1].area[c->area[1]].trained;
}

/* "+0.31 疫苗, -0.12 strong terms of vaccine". */
static int put_drivers(const run *r, const change *c, sectag_buf *out) {
    int rc = 0;
    for (size_t i = 0; i < c->drivers; i++) {
        const sectag_driver *d = &r->drivers.data[c->driver + i];
        const char *kind = d->kind == SECTAG_DRIVER_NGRAM ? "" : sectag_driver_kind_name(d->kind);
        rc |= sectag_buf_addf(out, "%s%+.2f %s%s%.*s", i ? ", " : "", d->sum, kind,
                              *kind && d->len ? ":" : "", (int)d->len, d->text);
    }
    return rc;
}

/* Counts of one area and document. */
typedef struct tally {
    const char *code;
    uint32_t doc;
    size_t gained, lost;
} tally;

typedef SECTAG_ARRAY(tally) tally_list;

static int by_code_doc(const void *a, const void *b) {
    const tally *u = a, *v = b;
    int order = strcmp(u->code, v->code);
    return order ? order : u->doc < v->doc ? -1 : u->doc > v->doc;
}

static int make_tallies(const run *r, tally_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < r->changes.len; i++) {
        const change *c = &r->changes.data[i];
        tally t = {code_of(r, c), r->docs.clauses.data[c->clause].doc_number, (size_t)is_gain(r, c),
                   (size_t)!is_gain(r, c)};
        if (sectag_array_push(list, t)) return SECTAG_ENOMEM;
    }
    if (list->len) qsort(list->data, list->len, sizeof *list->data, by_code_doc);
    for (size_t i = 0; i < list->len; i++) {
        tally t = list->data[i];
        if (kept && by_code_doc(&list->data[kept - 1], &t) == 0) {
            list->data[kept - 1].gained += t.gained;
            list->data[kept - 1].lost += t.lost;
        } else {
            list->data[kept++] = t;
        }
    }
    list->len = kept;
    return 0;
}

/* The name of a document by its number. */
static sectag_piece doc_name(const run *r, uint32_t number) {
    size_t low = 0, high = r->docs.clauses.len; /* numbers ascend */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->docs.clauses.data[mid].doc_number < number)
            low = mid + 1;
        else
            high = mid;
    }
    const sectag_gathered *c = &r->docs.clauses.data[low];
    return (sectag_piece){sectag_gather_text(&r->docs, c->doc), c->doc_len};
}

/* How a format writes the table of counts and the list of changes. */
typedef struct form {
    const char *name, *suffix;
    int (*field)(sectag_buf *out, const char *text, size_t len);
    const char *begin, *table, *row, *between, *row_end, *list, *end;
    int counts; /* 1: with the table of counts */
} form;

static int csv_field(sectag_buf *out, const char *text, size_t len) {
    size_t room = 2 * len + 2;
    if (sectag_buf_reserve(out, room)) return SECTAG_ENOMEM;
    out->len += csv_write(out->data + out->len, room, text, len);
    out->data[out->len] = '\0';
    return 0;
}

static const form forms[] = {
    {"text", ".txt", sectag_put_plain, "", "area\tdocument\tgained\tlost\n", "", "\t", "\n",
     "\nchange\tarea\told p\tnew p\tdocument\tclause\tbecause\ttext\n", "", 1},
    {"csv", ".csv", csv_field, "\xEF\xBB\xBF", "", "", ",", "\r\n",
     "change,area,p_old,p_new,doc,clause,drivers,text\r\n", "", 0},
    {"html", ".html", sectag_put_html,
     "<!DOCTYPE html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n<title>sectag "
     "diff</title>\n<style>\n"
     "body{margin:2rem auto;max-width:72rem;padding:0 "
     "1rem;font-family:system-ui,sans-serif;line-height:1.6}\n"
     "table{border-collapse:collapse;margin:0 0 2rem}\n"
     "td,th{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #e4e4e4}\n"
     "</style>\n</head>\n<body>\n<table>\n",
     "<tr><th>领域 Area</th><th>文件 Document</th><th>新增 Gained</th><th>失去 Lost</th></tr>\n", "<tr><td>",
     "</td><td>", "</td></tr>\n",
     "</table>\n<table>\n<tr><th>变化 Change</th><th>领域 Area</th><th>p</th><th>p′</th><th>文件 "
     "Document</th><th>#</th>"
     "<th>原因 Because</th><th>条款 Clause</th></tr>\n",
     "</table>\n</body>\n</html>\n", 1},
};

static int put_tallies(const run *r, const form *f, sectag_buf *out) {
    tally_list list = {0};
    int rc = make_tallies(r, &list) | sectag_buf_adds(out, f->table);
    for (size_t i = 0; i < list.len && !rc; i++) {
        const tally *t = &list.data[i];
        sectag_piece doc = doc_name(r, t->doc);
        rc = sectag_buf_addf(out, "%s%s%s", f->row, t->code, f->between) | f->field(out, doc.text, doc.len) |
             sectag_buf_addf(out, "%s%zu%s%zu%s", f->between, t->gained, f->between, t->lost, f->row_end);
    }
    free(list.data);
    return rc;
}

static int put_change(const run *r, const form *f, const change *c, sectag_buf *out) {
    const sectag_gathered *g = &r->docs.clauses.data[c->clause];
    sectag_buf why = {0};
    int rc =
        sectag_buf_addf(out, "%s%s%s%s%s%.3f%s%.3f%s", f->row, is_gain(r, c) ? "gained" : "lost", f->between,
                        code_of(r, c), f->between, c->p[0], f->between, c->p[1], f->between) |
        f->field(out, sectag_gather_text(&r->docs, g->doc), g->doc_len) |
        sectag_buf_addf(out, "%s%llu%s", f->between, (unsigned long long)g->clause, f->between) |
        put_drivers(r, c, &why);
    rc |= f->field(out, why.len ? why.data : "", why.len) | sectag_buf_adds(out, f->between) |
          f->field(out, sectag_gather_text(&r->docs, g->text), g->text_len) |
          sectag_buf_adds(out, f->row_end);
    sectag_buf_release(&why);
    return rc;
}

static int put_all(const run *r, const form *f, sectag_err *err) {
    sectag_output o;
    sectag_buf out = {0};
    int full = sectag_buf_adds(&out, f->begin);
    if (f->counts) full |= put_tallies(r, f, &out);
    full |= sectag_buf_adds(&out, f->list);
    for (size_t i = 0; i < r->changes.len && !full; i++) full = put_change(r, f, &r->changes.data[i], &out);
    full |= sectag_buf_adds(&out, f->end);
    int rc = full ? sectag_err_nomem(err) : sectag_output_init(&o, r->v.output, err);
    if (!rc) {
        rc = sectag_output_write(&o, out.data, out.len, err);
        if (!rc) rc = sectag_output_commit(&o, err);
        sectag_output_release(&o);
    }
    sectag_buf_release(&out);
    return rc;
}

static int has_suffix(const char *path, const char *suffix) {
    size_t len = path ? strlen(path) : 0, n = strlen(suffix);
    return path && len >= n && strcmp(path + len - n, suffix) == 0;
}

static const form *find_form(const diff_values *v) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (v->format ? strcmp(v->format, forms[i].name) == 0 : has_suffix(v->output, forms[i].suffix))
            return &forms[i];
    return v->format ? NULL : &forms[0];
}

int cmd_diff(int argc, char **argv) {
    run r = {.v = {.top = 5}};
    size_t n;
    char standard_input[] = "-", *only = standard_input;
    sectag_err err = {0};
    int rc = sectag_program_begin(&usage, &r.v, argc, argv, &n);
    if (rc >= 0) return rc;
    const form *f = find_form(&r.v);
    if (n < 2 || !f)
        return sectag_program_say(f ? "diff needs two models (see sectag diff --help)"
                                    : "the formats are text, csv, html"),
               SECTAG_EXIT_USAGE;
    for (size_t i = 0; i < n && !rc; i++) rc = sectag_program_check_output(r.v.output, argv[1 + i]);
    for (int k = 0; k < 2 && rc <= 0; k++) rc = sectag_program_open_model(&r.model[k], argv[1 + k]);
    if (rc <= 0) {
        rc = sectag_gather_documents(&r.docs, n > 2 ? argv + 3 : &only, n > 2 ? n - 2 : 1, r.v.lines, report,
                                     &r, &err);
        if (!rc) rc = compare_all(&r, &err);
        if (!rc) rc = put_all(&r, f, &err);
        if (rc) sectag_program_error(&err);
        rc = rc ? sectag_program_exit_code(rc) : r.some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    }
    run_release(&r);
    return rc;
}
