#include "classify/audit_run.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void sectag_audit_run_release(sectag_audit_run *r) {
    if (r->file.data) sectag_file_release(&r->file);
    sectag_taxonomy_release(&r->areas);
    free(r->lines.data);
    free(r->tagged.data);
    free(r->near.data);
    memset(r, 0, sizeof *r);
}

/* The reading of one run. */
typedef struct reading {
    sectag_audit_run *r;
    const char *path, *only;
    uint64_t line;
    char doc[512]; /* of the record before, cut off */
    json_int_t clause;
    sectag_err *err;
} reading;

static int refuse(const reading *x, const char *why) {
    (void)sectag_err_at(x->err, SECTAG_EDATA, x->path, x->line, "%s", why);
    return SECTAG_EDATA;
}

/* ---- areas ---- */

static int is_listed(const char *list, const char *code) {
    size_t n = strlen(code);
    while (list && *list) {
        size_t len = strcspn(list, ",");
        if (len == n && memcmp(list, code, n) == 0) return 1;
        list += len + (list[len] == ',');
    }
    return 0;
}

/* Every code of the list must be an area of the run. */
static int check_list(const reading *x) {
    for (const char *at = x->only; at && *at;) {
        size_t len = strcspn(at, ",");
        if (sectag_taxonomy_find(&x->r->areas, at, len) < 0)
            return sectag_err_set(x->err, SECTAG_EARG, "unknown area \"%.*s\" (the run has none of that code)",
                                  len < 64 ? (int)len : 64, at);
        at += len + (at[len] == ',');
    }
    return 0;
}

static int take_areas(const reading *x, json_t *scores) {
    const char *code;
    json_t *score;
    json_object_foreach(scores, code, score) {
        sectag_area area = {"", code, code, code, "", 0};
        if (x->only && !is_listed(x->only, code)) continue;
        if (sectag_taxonomy_add(&x->r->areas, &area)) return sectag_err_nomem(x->err);
    }
    int rc = check_list(x);
    if (!rc && x->r->areas.areas.len == 0) rc = refuse(x, "a record without scores (tag with --all --scores)");
    return rc;
}

/* ---- records ---- */

/* Clauses of a document are numbered from 1 without gaps, if none was left out. */
static int check_order(reading *x, const json_t *record) {
    const char *doc = json_string_value(json_object_get(record, "doc"));
    json_int_t clause = json_integer_value(json_object_get(record, "clause"));
    char cut[sizeof x->doc] = {0};
    if (!doc || clause < 1 || !json_is_string(json_object_get(record, "text")))
        return refuse(x, "not a record of sectag tag");
    strncpy(cut, doc, sizeof cut - 1);
    int same = x->line > 1 && strcmp(cut, x->doc) == 0;
    if (clause != 1 && !(same && clause == x->clause + 1))
        return refuse(x, "clauses are missing before this one (tag with --all --scores)");
    memcpy(x->doc, cut, sizeof cut);
    x->clause = clause;
    return 0;
}

static int add_row(const reading *x, const json_t *record, const json_t *scores) {
    sectag_audit_run *r = x->r;
    size_t n = r->areas.areas.len, from = r->tagged.len, i;
    uint8_t near = 0;
    const json_t *tag;
    if (sectag_array_reserve(&r->tagged, n)) return SECTAG_ENOMEM;
    memset(r->tagged.data + from, 0, n);
    r->tagged.len += n;
    for (size_t a = 0; a < n; a++) {
        const json_t *score = json_object_get(scores, r->areas.areas.data[a].code);
        near |= json_number_value(json_object_get(score, "p")) >= SECTAG_AUDIT_NEAR;
    }
    json_array_foreach(json_object_get(record, "tags"), i, tag) {
        const char *code = json_string_value(json_object_get(tag, "area"));
        int a = code ? sectag_taxonomy_find(&r->areas, code, strlen(code)) : -1;
        if (a >= 0) r->tagged.data[from + (size_t)a] = 1;
    }
    return sectag_array_push(&r->near, near);
}

static int read_record(reading *x, const char *at, size_t len) {
    json_t *record = json_loadb(at, len, 0, NULL), *scores = json_object_get(record, "scores");
    int rc = record ? 0 : refuse(x, "not a record of sectag tag (no JSON)");
    if (!rc) rc = check_order(x, record);
    if (!rc && !json_is_object(scores)) rc = refuse(x, "a record without scores (tag with --all --scores)");
    if (!rc && x->r->areas.areas.len == 0) rc = take_areas(x, scores);
    if (!rc && (add_row(x, record, scores) ||
                sectag_array_push(&x->r->lines, (size_t)(at - x->r->file.data))))
        rc = sectag_err_nomem(x->err);
    json_decref(record);
    return rc;
}

static size_t line_length(const sectag_audit_run *r, size_t at) {
    const char *end = memchr(r->file.data + at, '\n', r->file.len - at);
    return end ? (size_t)(end - r->file.data) - at : r->file.len - at;
}

int sectag_audit_run_open(sectag_audit_run *r, const char *path, const char *only, sectag_err *err) {
    reading x = {.r = r, .path = path, .only = only, .err = err};
    int rc = sectag_file_open(&r->file, path, err);
    if (rc) {
        r->file.data = NULL;
        return rc;
    }
    for (size_t at = 0; at < r->file.len && !rc; at++) {
        size_t len = line_length(r, at);
        x.line++;
        rc = read_record(&x, r->file.data + at, len);
        at += len;
    }
    if (!rc && r->lines.len == 0) rc = refuse(&x, "no records");
    if (rc) sectag_audit_run_release(r);
    return rc;
}

sectag_audit_frame sectag_audit_run_frame(const sectag_audit_run *r) {
    return (sectag_audit_frame){r->lines.len, r->areas.areas.len, r->tagged.data, r->near.data};
}

/* ---- a clause ---- */

void sectag_audit_clause_release(sectag_audit_clause *c) {
    sectag_buf_release(&c->doc);
    sectag_buf_release(&c->text);
}

int sectag_audit_run_clause(const sectag_audit_run *r, size_t i, sectag_audit_clause *out, sectag_err *err) {
    size_t at = r->lines.data[i];
    json_t *record = json_loadb(r->file.data + at, line_length(r, at), 0, NULL);
    memset(out, 0, sizeof *out);
    int rc = record && sectag_buf_adds(&out->doc, json_string_value(json_object_get(record, "doc"))) == 0 &&
                     sectag_buf_adds(&out->text, json_string_value(json_object_get(record, "text"))) == 0
                 ? 0
                 : sectag_err_nomem(err);
    out->clause = (uint64_t)json_integer_value(json_object_get(record, "clause"));
    out->page = (uint64_t)json_integer_value(json_object_get(record, "page"));
    json_decref(record);
    if (rc) sectag_audit_clause_release(out);
    return rc;
}
