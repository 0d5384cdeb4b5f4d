/* cmd_audit.c: a sample of a run to be read by a person, and what its answers say of the whole run.
 *
 *   audit draw RUN -> sample (CSV) -> a person fills in `labels` -> audit report RUN SAMPLE
 *
 * The sample shows no tags: whoever reads shall not be led by them. The column `audit` says how it was drawn, so
 * that the report can draw it again and knows what each row stands for.
 */
#include "classify/audit_run.h"
#include "classify/output.h"
#include "classify/program.h"
#include "classify/put.h"
#include "training/area_list.h"
#include "training/csv_table.h"

#include <csv.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct audit_values {
    const char *areas, *output;
    size_t n, seed;
    double confidence;
    int json;
} audit_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(audit_values, member), value, help }

static const sectag_option options[] = {
    ROW("number", 'n', COUNT, n, "N", "draw: how many clauses to read (default: 200)"),
    ROW("seed", 's', COUNT, seed, "S", "draw: another seed draws other clauses (default: 1)"),
    ROW("area", 0, TEXT, areas, "CODE,...", "draw: audit these areas only"),
    ROW("output", 'o', TEXT, output, "FILE", "draw: write the sample to FILE"),
    ROW("confidence", 0, REAL, confidence, "C", "report: of bounds and intervals (default: 0.95)"),
    ROW("json", 0, FLAG, json, NULL, "report: everything as JSON"),
};

static const sectag_usage usage = {
    .command = "audit",
    .operands = "draw RUN | report RUN SAMPLE",
    .summary = "Finds out how much a run missed. RUN is what sectag tag --format jsonl --all --scores wrote. draw "
               "writes a random\n"
               "sample of its clauses, tagged and not, as CSV; a person fills in the column labels (area codes with "
               "commas between,\n"
               "- for none; rows left empty count as not read). report says by area: precision, how many clauses "
               "were missed\n"
               "at most, and recall, with exact bounds for sampling without replacement.",
    .example = "sectag tag --format jsonl --all --scores -o /tmp/run.jsonl tests/data/sample\n"
               "sectag audit draw /tmp/run.jsonl -n 100 -o /tmp/sample.csv\n"
               "sectag audit report /tmp/run.jsonl /tmp/sample.csv",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 3,
};

typedef struct run {
    audit_values v;
    sectag_audit_run run;
    sectag_audit_draw draw;
    sectag_buf audit;           /* how the sample was drawn: "n=200 seed=1 areas=vaccine" */
    uint8_t *answered, *truth;  /* [n], [n][n_areas] */
    sectag_audit_area *area;    /* [n_areas] */
    size_t read;                /* rows of the sample with an answer */
    int some_failed;
} run;

static void run_release(run *r) {
    sectag_audit_draw_release(&r->draw);
    sectag_audit_run_release(&r->run);
    sectag_buf_release(&r->audit);
    free(r->answered);
    free(r->truth);
    free(r->area);
}

/* ---- draw ---- */

static int put_field(sectag_buf *out, const char *text, size_t len) {
    size_t room = 2 * len + 2;
    if (sectag_buf_reserve(out, room)) return SECTAG_ENOMEM;
    out->len += csv_write(out->data + out->len, room, text, len);
    out->data[out->len] = '\0';
    return 0;
}

static int put_clause(const run *r, size_t i, sectag_buf *out, sectag_err *err) {
    sectag_audit_clause c;
    int rc = sectag_audit_run_clause(&r->run, i, &c, err);
    if (rc) return rc;
    rc = sectag_buf_addf(out, "%zu,", i + 1) | put_field(out, c.doc.data, c.doc.len) |
         sectag_buf_addf(out, ",%" PRIu64 ",", c.clause);
    if (c.page) rc |= sectag_put_count(out, c.page);
    rc |= sectag_buf_adds(out, ",,") | put_field(out, c.text.len ? c.text.data : "", c.text.len) |
          sectag_buf_addc(out, ',') | put_field(out, r->audit.data, r->audit.len) | sectag_buf_adds(out, "\r\n");
    sectag_audit_clause_release(&c);
    return rc ? sectag_err_nomem(err) : 0;
}

static int write_sample(run *r, const sectag_buf *out, sectag_err *err) {
    sectag_output o;
    int rc = sectag_output_init(&o, r->v.output, err);
    if (rc) return rc;
    rc = sectag_output_write(&o, out->data, out->len, err);
    if (!rc) rc = sectag_output_commit(&o, err);
    sectag_output_release(&o);
    return rc;
}

static int draw(run *r, char **operands, sectag_err *err) {
    sectag_buf out = {0};
    int rc = sectag_audit_run_open(&r->run, operands[0], r->v.areas, err);
    sectag_audit_frame f = sectag_audit_run_frame(&r->run);
    if (!rc) rc = sectag_audit_draw_new(&f, r->v.n, r->v.seed, &r->draw, err);
    if (!rc && (sectag_buf_addf(&r->audit, "n=%zu seed=%zu", r->v.n, r->v.seed) ||
                (r->v.areas && sectag_buf_addf(&r->audit, " areas=%s", r->v.areas)) ||
                sectag_buf_adds(&out, "\xEF\xBB\xBFrow,doc,clause,page,labels,text,audit\r\n")))
        rc = sectag_err_nomem(err);
    for (size_t k = 0; k < f.n && !rc; k++)
        if (r->draw.drawn[r->draw.order[k]]) rc = put_clause(r, r->draw.order[k], &out, err);
    if (!rc) rc = write_sample(r, &out, err);
    sectag_buf_release(&out);
    return rc;
}

/* ---- reading the answers ---- */

enum { COLUMN_ROW, COLUMN_DOC, COLUMN_CLAUSE, COLUMN_LABELS, COLUMN_AUDIT, COLUMNS };
static const char *const column_name[COLUMNS] = {"row", "doc", "clause", "labels", "audit"};

typedef struct sample {
    sectag_csv_table table;
    const char *path;
    size_t column[COLUMNS];
} sample;

static sectag_field cell(const sample *s, int column) {
    return s->table.row.data[s->column[column]];
}

static int find_columns(sample *s, sectag_err *err) {
    for (int k = 0; k < COLUMNS; k++) {
        size_t c = 0;
        while (c < s->table.header.len && !sectag_field_is(s->table.header.data[c], column_name[k])) c++;
        if (c == s->table.header.len)
            return sectag_err_at(err, SECTAG_EDATA, s->path, 1, "no column %s: not a sample of sectag audit draw",
                                 column_name[k]);
        s->column[k] = c;
    }
    return 0;
}

/* "n=200 seed=1 areas=vaccine,ivd" back into the options. */
static int parse_audit(run *r, const sample *s, sectag_err *err) {
    sectag_field f = cell(s, COLUMN_AUDIT);
    char *end = NULL;
    if (sectag_buf_add(&r->audit, f.data, f.len)) return sectag_err_nomem(err);
    const char *at = r->audit.data;
    int good = strncmp(at, "n=", 2) == 0;
    if (good) r->v.n = strtoul(at + 2, &end, 10);
    good = good && strncmp(end, " seed=", 6) == 0;
    if (good) r->v.seed = strtoul(end + 6, &end, 10);
    r->v.areas = good && strncmp(end, " areas=", 7) == 0 ? end + 7 : NULL;
    if (good && (r->v.areas || *end == '\0')) return 0;
    return sectag_err_at(err, SECTAG_EDATA, s->path, s->table.line, "the column audit was changed");
}

static int draw_again(run *r, const sample *s, const char *run_path, sectag_err *err) {
    int rc = parse_audit(r, s, err);
    if (!rc) rc = sectag_audit_run_open(&r->run, run_path, r->v.areas, err);
    sectag_audit_frame f = sectag_audit_run_frame(&r->run);
    if (!rc) rc = sectag_audit_draw_new(&f, r->v.n, r->v.seed, &r->draw, err);
    if (rc) return rc;
    r->answered = sectag_zalloc(f.n, 1);
    r->truth = sectag_zalloc(f.n, f.n_areas);
    r->area = sectag_zalloc(f.n_areas, sizeof *r->area);
    return r->answered && r->truth && r->area ? 0 : sectag_err_nomem(err);
}

/* A field of digits; 0: it is none. */
static uint64_t number_in(sectag_field f) {
    uint64_t n = 0;
    for (size_t i = 0; i < f.len; i++) {
        if (f.data[i] < '0' || f.data[i] > '9' || i == 18) return 0;
        n = n * 10 + (uint64_t)(f.data[i] - '0');
    }
    return n;
}

/* The row's clause by its number, which must be the one that the row says it is. */
static int find_clause(const run *r, const sample *s, size_t *i, sectag_err *err) {
    sectag_field f = cell(s, COLUMN_ROW), doc = cell(s, COLUMN_DOC);
    sectag_audit_clause c;
    size_t row = number_in(f);
    if (row < 1 || row > r->run.lines.len || !r->draw.drawn[row - 1])
        return sectag_err_at(err, SECTAG_EDATA, s->path, s->table.line,
                             "row %.*s was not drawn from this run", (int)(f.len < 12 ? f.len : 12), f.data);
    int rc = sectag_audit_run_clause(&r->run, row - 1, &c, err);
    if (rc) return rc;
    int same = c.doc.len == doc.len && memcmp(c.doc.data, doc.data, doc.len) == 0 &&
               number_in(cell(s, COLUMN_CLAUSE)) == c.clause;
    sectag_audit_clause_release(&c);
    *i = row - 1;
    return same ? 0
                : sectag_err_at(err, SECTAG_EDATA, s->path, s->table.line,
                                "is another clause in this run: the sample was drawn from another one");
}

/* An empty field is no answer; what names no area costs only its row. Areas outside the audit are passed over. */
static int take_answer(run *r, const sample *s, sectag_err *err) {
    sectag_field labels = cell(s, COLUMN_LABELS);
    size_t i = 0, n = r->run.areas.areas.len;
    int rc = find_clause(r, s, &i, err);
    if (rc) return rc;
    while (labels.len && (*labels.data == ' ' || *labels.data == '\t')) labels.data++, labels.len--;
    if (labels.len == 0) return 0;
    rc = sectag_area_list_parse(&r->run.areas, labels, r->truth + i * n, err);
    if (rc == SECTAG_EDATA) {
        (void)snprintf(err->file, sizeof err->file, "%s", s->path);
        err->line = s->table.line;
        r->some_failed = 1;
        sectag_program_error(err);
        return 0;
    }
    r->answered[i] = 1;
    return rc;
}

static int read_sample(run *r, char **operands, sectag_err *err) {
    sample s = {.path = operands[1]};
    int rc = sectag_csv_table_open(&s.table, operands[1], err), got;
    if (rc) return rc;
    rc = find_columns(&s, err);
    while (!rc && (got = sectag_csv_table_next(&s.table, err)) != 0) {
        if (got == SECTAG_EDATA) { /* a broken row costs only itself */
            r->some_failed = 1;
            sectag_program_error(err);
            continue;
        }
        if (got < 0) rc = got;
        if (!rc && !r->answered) rc = draw_again(r, &s, operands[0], err);
        if (!rc) rc = take_answer(r, &s, err);
    }
    if (!rc && !r->answered) rc = sectag_err_at(err, SECTAG_EDATA, operands[1], 0, "the sample is empty");
    sectag_csv_table_release(&s.table);
    return rc;
}

/* ---- report ---- */

static int put_range(sectag_buf *out, sectag_range x, int known) {
    if (!known) return sectag_buf_addf(out, "  %-18s", "-");
    return sectag_buf_addf(out, "  %5.3f (%4.2f-%4.2f)", x.value, x.low, x.high);
}

static int put_area(const run *r, size_t a, sectag_buf *out) {
    const sectag_audit_area *x = &r->area[a];
    size_t read = 0, found = 0;
    for (int h = 0; h < 3; h++) {
        read += x->stratum[h].read;
        found += x->stratum[h].found;
    }
    int rc = sectag_buf_addf(out, "%-24s %7zu %6zu %6zu", r->run.areas.areas.data[a].code, x->tagged, x->read, x->wrong);
    rc |= put_range(out, x->precision, x->read > 0);
    rc |= sectag_buf_addf(out, " %7zu %6zu %9.1f %8" PRIu64, read, found, x->missed, x->missed_at_most);
    rc |= put_range(out, x->recall, x->recall.value >= 0);
    return rc | sectag_buf_addc(out, '\n');
}

static int put_text(const run *r, sectag_buf *out) {
    double percent = 100 * r->v.confidence;
    int rc = sectag_buf_addf(out, "%zu clauses, %zu drawn, %zu read\n\n%-24s %7s %6s %6s  %-18s %7s %6s %9s %8s  %s\n",
                             r->run.lines.len, r->draw.n_drawn, r->read, "area", "tagged", "read", "wrong", "precision",
                             "not tag", "missed", "estimate", "at most", "recall");
    for (size_t a = 0; a < r->run.areas.areas.len; a++) rc |= put_area(r, a, out);
    return rc | sectag_buf_addf(
                    out,
                    "\nat most: clauses of the area that were missed, with %g %% confidence (exact test of the stratified "
                    "estimate). In\nbrackets: %g %% intervals, of precision exact hypergeometric, of recall from the "
                    "bounds of tags and misses\n(Bonferroni). not tag: clauses read that are not tagged with the "
                    "area.\n",
                    percent, percent);
}

static json_t *range_json(sectag_range x) {
    return json_pack("[f,f,f]", x.value, x.low, x.high);
}

static json_t *strata_json(const sectag_audit_area *x) {
    static const char *const names[3] = {"far", "near", "other tags"};
    json_t *list = json_array();
    for (int h = 0; h < 3; h++)
        (void)json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I}", "stratum", names[h], "clauses",
                                                    (json_int_t)x->stratum[h].all, "read",
                                                    (json_int_t)x->stratum[h].read, "found",
                                                    (json_int_t)x->stratum[h].found));
    return list;
}

static int put_json(const run *r, sectag_buf *out) {
    json_t *areas = json_object();
    for (size_t a = 0; a < r->run.areas.areas.len; a++) {
        const sectag_audit_area *x = &r->area[a];
        json_t *entry = json_pack("{s:I, s:I, s:I, s:o, s:o, s:f, s:I, s:o}", "tagged", (json_int_t)x->tagged, "read",
                                  (json_int_t)x->read, "wrong", (json_int_t)x->wrong, "precision",
                                  x->read ? range_json(x->precision) : json_null(), "strata", strata_json(x),
                                  "missed", x->missed, "missed_at_most", (json_int_t)x->missed_at_most, "recall",
                                  x->recall.value >= 0 ? range_json(x->recall) : json_null());
        (void)json_object_set_new(areas, r->run.areas.areas.data[a].code, entry);
    }
    json_t *all = json_pack("{s:I, s:I, s:I, s:f, s:s, s:o}", "clauses", (json_int_t)r->run.lines.len, "drawn",
                            (json_int_t)r->draw.n_drawn, "read", (json_int_t)r->read, "confidence", r->v.confidence,
                            "method",
                            "precision: exact hypergeometric; missed: exact test of the stratified estimate; recall: Bonferroni",
                            "areas", areas);
    char *text = all ? json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text && sectag_buf_addf(out, "%s\n", text) == 0 ? 0 : SECTAG_ENOMEM;
    free(text);
    json_decref(all);
    return rc;
}

static int report(run *r, char **operands, sectag_err *err) {
    sectag_buf out = {0};
    int rc = read_sample(r, operands, err);
    sectag_audit_frame f = sectag_audit_run_frame(&r->run);
    const sectag_audit_answers answers = {r->answered, r->truth};
    for (size_t i = 0; i < f.n && !rc; i++) r->read += r->answered[i];
    if (!rc) rc = sectag_audit_report(&f, &r->draw, &answers, r->v.confidence, r->area, err);
    if (!rc && (r->v.json ? put_json(r, &out) : put_text(r, &out))) rc = sectag_err_nomem(err);
    if (!rc && sectag_program_print(&out)) rc = sectag_err_set(err, SECTAG_EIO, "cannot write the report");
    if (!rc && r->read < r->draw.n_drawn)
        sectag_program_say("%zu of %zu clauses of the sample have no answer", r->draw.n_drawn - r->read,
                           r->draw.n_drawn);
    sectag_buf_release(&out);
    return rc;
}

/* ---- the command ---- */

static int check_usage(const run *r, int is_draw, int is_report, char **operands, size_t n) {
    if ((!is_draw || n != 2) && (!is_report || n != 3)) {
        sectag_program_say("audit is followed by: draw RUN, or: report RUN SAMPLE");
        return SECTAG_EXIT_USAGE;
    }
    if (r->v.n < 1 || !(r->v.confidence > 0 && r->v.confidence < 1)) {
        sectag_program_say("%s", r->v.n < 1 ? "--number is 1 or more" : "--confidence is a number between 0 and 1");
        return SECTAG_EXIT_USAGE;
    }
    return sectag_program_check_output(r->v.output, operands[1]);
}

int cmd_audit(int argc, char **argv) {
    run r = {.v = {.n = 200, .seed = 1, .confidence = 0.95}};
    size_t n;
    sectag_err err = {0};
    int rc = sectag_program_begin(&usage, &r.v, argc, argv, &n);
    if (rc >= 0) return rc;
    int is_draw = n > 0 && strcmp(argv[1], "draw") == 0, is_report = n > 0 && strcmp(argv[1], "report") == 0;
    rc = check_usage(&r, is_draw, is_report, argv + 1, n);
    if (rc) return rc;
    int failed = is_draw ? draw(&r, argv + 2, &err) : report(&r, argv + 2, &err);
    if (failed) sectag_program_error(&err);
    rc = failed ? sectag_program_exit_code(failed) : r.some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    run_release(&r);
    return rc;
}
