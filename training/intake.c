#include "training/intake.h"

#include "features/file.h"
#include "training/csv_table.h"

#include <string.h>
#include <strings.h>

static const struct column {
    const char *name;
    sectag_slip_field field;
} columns[] = {
    {"text", SECTAG_SLIP_TEXT},
    {"doc", SECTAG_SLIP_DOC},
    {"document", SECTAG_SLIP_DOC},
    {"clause", SECTAG_SLIP_CLAUSE},
    {"add", SECTAG_SLIP_ADD},
    {"remove", SECTAG_SLIP_REMOVE},
    {"confirm", SECTAG_SLIP_CONFIRM},
    {"labels", SECTAG_SLIP_LABELS},
    {"label", SECTAG_SLIP_LABELS},
    {"choices", SECTAG_SLIP_LABELS},
    {"tags", SECTAG_SLIP_TAGS},
    {"tags_as_written", SECTAG_SLIP_WRITTEN},
    {"probabilities", SECTAG_SLIP_PROBABILITIES},
    {"area", SECTAG_SLIP_AREA},
    {"verdict", SECTAG_SLIP_VERDICT},
    {"id", SECTAG_SLIP_ID},
    {"withdraws", SECTAG_SLIP_WITHDRAWS},
    {"analyst", SECTAG_SLIP_ANALYST},
    {"annotator", SECTAG_SLIP_ANALYST},
    {"time", SECTAG_SLIP_TIME},
    {"reason", SECTAG_SLIP_REASON},
    {"comment", SECTAG_SLIP_REASON},
    {"origin", SECTAG_SLIP_ORIGIN},
};

int sectag_intake_field(const char *name, size_t len) {
    while (len && name[0] == ' ') name++, len--;
    while (len && name[len - 1] == ' ') len--;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strlen(columns[i].name) == len && strncasecmp(columns[i].name, name, len) == 0)
            return (int)columns[i].field;
    return -1;
}

int sectag_intake_give(sectag_intake *in, int rc, const sectag_slip *s, const sectag_err *why, uint64_t line,
                       sectag_err *err) {
    sectag_err own = {0};
    if (!rc) {
        rc = in->fn(in->ctx, s, &own);
        why = &own;
    }
    if (rc == SECTAG_EDATA) {
        sectag_err told;
        (void)sectag_err_at(&told, SECTAG_EDATA, in->path, line, "%s", why->msg);
        if (in->bad) in->bad(in->bad_ctx, &told);
        return 0;
    }
    return rc ? sectag_err_at(err, rc, in->path, line, "%s", why->msg) : 0;
}

/* ---- tables ---- */

/* Which field each column fills; the columns must be able to say something. */
static int map_columns(const sectag_csv_table *t, int *field, sectag_err *err) {
    int seen[SECTAG_SLIP_FIELDS] = {0};
    for (size_t i = 0; i < t->header.len; i++) {
        field[i] = sectag_intake_field(t->header.data[i].data, t->header.data[i].len);
        if (field[i] >= 0) seen[field[i]] = 1;
    }
    if (!seen[SECTAG_SLIP_TEXT] && !(seen[SECTAG_SLIP_DOC] && seen[SECTAG_SLIP_CLAUSE]))
        return sectag_err_at(err, SECTAG_EDATA, t->path, 1,
                             "no column \"text\" in the header (nor \"doc\" and \"clause\")");
    if (seen[SECTAG_SLIP_ADD] || seen[SECTAG_SLIP_REMOVE] || seen[SECTAG_SLIP_CONFIRM] ||
        seen[SECTAG_SLIP_LABELS] || seen[SECTAG_SLIP_TAGS] ||
        (seen[SECTAG_SLIP_AREA] && seen[SECTAG_SLIP_VERDICT]))
        return 0;
    return sectag_err_at(err, SECTAG_EDATA, t->path, 1,
                         "no column that corrects: add, remove, confirm, labels, or tags");
}

static sectag_slip slip_of(const sectag_csv_table *t, const int *field) {
    sectag_slip s = {.path = t->path, .line = t->line};
    for (size_t i = 0; i < t->header.len; i++) {
        if (field[i] < 0) continue;
        s.f[field[i]] = t->row.data[i];
        s.has[field[i]] = 1;
    }
    return s;
}

static int read_table(sectag_intake *in, sectag_err *err) {
    sectag_csv_table t;
    int rc = sectag_csv_table_open(&t, in->path, err), got = 1;
    if (rc) return rc;
    int *field = sectag_alloc(t.header.len, sizeof *field);
    rc = field ? map_columns(&t, field, err) : sectag_err_nomem(err);
    while (!rc) {
        sectag_err why = {0};
        sectag_slip s = {0};
        got = sectag_csv_table_next(&t, &why);
        if (got == 0) break;
        if (got == 1) s = slip_of(&t, field);
        rc = sectag_intake_give(in, got == 1 ? 0 : got, &s, &why, t.line, err);
    }
    free(field);
    sectag_csv_table_release(&t);
    return rc;
}

/* JSON begins with a bracket or a brace. */
static int is_json(const sectag_file *f) {
    size_t at = f->len >= 3 && memcmp(f->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < f->len && strchr(" \t\r\n", f->data[at])) at++;
    return at < f->len && (f->data[at] == '[' || f->data[at] == '{');
}

int sectag_intake_read(const char *path, sectag_slip_fn *fn, void *ctx, sectag_bad_line_fn *bad,
                       void *bad_ctx, sectag_err *err) {
    sectag_intake in = {.path = path, .fn = fn, .ctx = ctx, .bad = bad, .bad_ctx = bad_ctx};
    int rc = sectag_file_open(&in.file, path, err);
    if (rc) return rc;
    rc = is_json(&in.file) ? sectag_intake_json(&in, err) : read_table(&in, err);
    sectag_file_release(&in.file);
    return rc;
}
