#include "training/corpus.h"

#include "features/file.h"
#include "features/table.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* One example's fields before they are checked and stored. */
enum { TEXT, LABELS, ID, DOC, LANG, REGISTER, FIELDS };
static const char *const field_name[FIELDS] = {"text", "labels", "id", "doc", "lang", "register"};

void sectag_corpus_init(sectag_corpus *c) {
    memset(c, 0, sizeof *c);
}

void sectag_corpus_release(sectag_corpus *c) {
    for (size_t i = 0; i < c->files.len; i++) free(c->files.data[i].path);
    free(c->files.data);
    free(c->examples.data);
    free(c->labels.data);
    sectag_buf_release(&c->strings);
    sectag_corpus_init(c);
}

int sectag_example_has(const sectag_corpus *c, const sectag_example *e, size_t area) {
    for (uint32_t i = 0; i < e->labels; i++)
        if (c->labels.data[e->label + i] == area) return 1;
    return 0;
}

static int store(sectag_corpus *c, sectag_field f, sectag_text *out) {
    *out = (sectag_text){c->strings.len, f.len};
    return sectag_buf_add(&c->strings, f.data, f.len);
}

/* Reads "a,b,c" or "-" into the label store. An area named twice counts once. */
static int parse_labels(sectag_corpus *c, const sectag_taxonomy *areas, sectag_field f, sectag_example *e,
                        sectag_err *err) {
    e->label = (uint32_t)c->labels.len;
    e->labels = 0;
    if (f.len == 0) return sectag_err_set(err, SECTAG_EDATA, "empty labels (write - for none)");
    if (sectag_field_is(f, "-")) return 0;
    for (size_t from = 0; from <= f.len;) {
        size_t to = from;
        while (to < f.len && f.data[to] != ',') to++;
        int area = sectag_taxonomy_find(areas, f.data + from, to - from);
        if (area < 0)
            return sectag_err_set(err, SECTAG_EDATA, "unknown area \"%.*s\"", (int)(to - from),
                                  f.data + from);
        if (!sectag_example_has(c, e, (size_t)area)) {
            if (sectag_array_push(&c->labels, (uint16_t)area)) return sectag_err_nomem(err);
            e->labels++;
        }
        from = to + 1;
    }
    return 0;
}

/* Documents of different files are different documents, whatever their names. */
static int store_doc(sectag_corpus *c, sectag_field f, uint32_t file, sectag_text *out) {
    *out = (sectag_text){c->strings.len, 0};
    if (f.len == 0 || sectag_field_is(f, "-")) return 0;
    if (sectag_buf_addf(&c->strings, "%u/", file) || sectag_buf_add(&c->strings, f.data, f.len))
        return SECTAG_ENOMEM;
    out->len = c->strings.len - out->off;
    return 0;
}

static int add_example(sectag_corpus *c, const sectag_taxonomy *areas, const sectag_field f[FIELDS],
                       uint32_t line, sectag_err *err) {
    sectag_example e = {.file = (uint32_t)c->files.len - 1, .line = line};
    if (f[TEXT].len == 0) return sectag_err_set(err, SECTAG_EDATA, "empty text");
    int rc = parse_labels(c, areas, f[LABELS], &e, err);
    if (rc) {
        c->labels.len = e.label;
        return rc;
    }
    if (store(c, f[TEXT], &e.text) || store(c, f[ID], &e.id) || store_doc(c, f[DOC], e.file, &e.doc) ||
        store(c, f[LANG], &e.lang) || store(c, f[REGISTER], &e.reg) || sectag_array_push(&c->examples, e))
        return sectag_err_nomem(err);
    c->files.data[e.file].examples++;
    return 0;
}

/* What every reader needs while it goes through a file. */
typedef struct reading {
    sectag_corpus *c;
    const sectag_taxonomy *areas;
    const char *path;
    sectag_bad_line_fn *bad;
    void *ctx;
} reading;

/* A bad line is told of and counted; other errors end the reading. */
static int after_line(reading *r, int rc, uint64_t line, const sectag_err *why, sectag_err *err) {
    if (rc != SECTAG_EDATA) return rc ? sectag_err_at(err, rc, r->path, line, "%s", why->msg) : 0;
    sectag_err told;
    (void)sectag_err_at(&told, SECTAG_EDATA, r->path, line, "%s", why->msg);
    r->c->files.data[r->c->files.len - 1].bad++;
    if (r->bad) r->bad(r->ctx, &told);
    return 0;
}

static int read_tsv(reading *r, sectag_err *err) {
    sectag_table t;
    size_t needed;
    int column[FIELDS];
    int rc = sectag_table_open(&t, r->path, err);
    if (rc) return rc;
    for (int i = 0; i < FIELDS; i++) column[i] = sectag_table_column(&t, field_name[i]);
    rc = sectag_table_need(&t, "text", &needed, err);
    if (!rc) rc = sectag_table_need(&t, "labels", &needed, err);
    while (!rc) {
        sectag_err why = {0};
        sectag_field f[FIELDS] = {{0}};
        int got = sectag_table_next(&t, &why);
        if (got == 0) break;
        for (int i = 0; got == 1 && i < FIELDS; i++)
            if (column[i] >= 0) f[i] = t.row.data[column[i]];
        if (got == 1) got = add_example(r->c, r->areas, f, (uint32_t)t.line, &why);
        rc = after_line(r, got, t.line, &why, err);
    }
    sectag_table_release(&t);
    return rc;
}

/* "labels": ["a", "b"] as "a,b". */
static int join_labels(const json_t *list, sectag_buf *out) {
    size_t i;
    json_t *item;
    sectag_buf_clear(out);
    json_array_foreach(list, i, item) {
        if (!json_is_string(item) || sectag_buf_adds(out, i ? "," : "") ||
            sectag_buf_adds(out, json_string_value(item)))
            return -1;
    }
    return sectag_buf_adds(out, json_array_size(list) ? "" : "-");
}

static int add_json(reading *r, const char *line, size_t len, uint32_t number, sectag_buf *labels,
                    sectag_err *err) {
    json_error_t problem;
    json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &problem);
    if (!object)
        return sectag_err_set(err, SECTAG_EDATA, "broken JSON: %s (column %d)", problem.text, problem.column);
    sectag_field f[FIELDS] = {{0}};
    int rc = 0;
    for (int i = 0; i < FIELDS && !rc; i++) {
        const json_t *value = json_object_get(object, field_name[i]);
        if (json_is_string(value))
            f[i] = (sectag_field){json_string_value(value), json_string_length(value)};
        else if (i == LABELS && json_is_array(value) && join_labels(value, labels) == 0)
            f[i] = (sectag_field){labels->data, labels->len};
        else if (value || i <= LABELS)
            rc = sectag_err_set(err, SECTAG_EDATA, "\"%s\" is %s", field_name[i],
                                value ? "not a string" : "missing");
    }
    if (!rc) rc = add_example(r->c, r->areas, f, number, err);
    json_decref(object);
    return rc;
}

static int read_jsonl(reading *r, sectag_err *err) {
    sectag_file file;
    sectag_buf labels = {0};
    uint32_t number = 0;
    int rc = sectag_file_open(&file, r->path, err);
    for (size_t at = 0; !rc && at < file.len;) {
        const char *start = file.data + at, *end = memchr(start, '\n', file.len - at);
        size_t len = end ? (size_t)(end - start) : file.len - at;
        at += len + 1;
        number++;
        while (len && (start[len - 1] == '\r' || start[len - 1] == ' ')) len--;
        if (len == 0) continue;
        sectag_err why = {0};
        rc = after_line(r, add_json(r, start, len, number, &labels, &why), number, &why, err);
    }
    sectag_buf_release(&labels);
    sectag_file_release(&file);
    return rc;
}

static int has_suffix(const char *path, const char *suffix) {
    size_t len = strlen(path), n = strlen(suffix);
    return len >= n && strcmp(path + len - n, suffix) == 0;
}

static int add_file_entry(sectag_corpus *c, const char *path, sectag_err *err) {
    sectag_file file;
    int rc = sectag_file_open(&file, path, err);
    if (rc) return rc;
    sectag_corpus_file entry = {strdup(path), XXH3_64bits(file.data, file.len), 0, 0};
    sectag_file_release(&file);
    if (!entry.path || sectag_array_push(&c->files, entry)) {
        free(entry.path);
        return sectag_err_nomem(err);
    }
    return 0;
}

int sectag_corpus_add_file(sectag_corpus *c, const sectag_taxonomy *areas, const char *path,
                           sectag_bad_line_fn *bad, void *ctx, sectag_err *err) {
    reading r = {c, areas, path, bad, ctx};
    int rc = add_file_entry(c, path, err);
    if (rc) return rc;
    int jsonl = has_suffix(path, ".jsonl") || has_suffix(path, ".json") || has_suffix(path, ".ndjson");
    return jsonl ? read_jsonl(&r, err) : read_tsv(&r, err);
}
