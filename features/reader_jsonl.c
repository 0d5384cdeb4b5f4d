/* reader_jsonl.c: one JSON object a line; one member is the text, the others go along. */
#include "features/reader.h"

#include "features/array.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct jsonl_state {
    const char *text;
    size_t len, at;
    uint64_t line;
    json_t *object;    /* of the line given out last */
    sectag_buf values; /* its members that are no strings, as JSON */
    SECTAG_ARRAY(sectag_cell) cells;
    const char *rest; /* what is left of its text */
    size_t rest_len;
} jsonl_state;

static int sniff(const char *head, size_t len) {
    const char *end = memchr(head, '\n', len);
    size_t line = end ? (size_t)(end - head) : len;
    while (line && (head[line - 1] == '\r' || head[line - 1] == ' ')) line--;
    return line > 4 && head[0] == '{' && head[1] == '"' && head[line - 1] == '}';
}

static int open_jsonl(sectag_reader *r, sectag_err *err) {
    jsonl_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    return sectag_reader_decode(r, NULL, &s->text, &s->len, err);
}

/* Members that are no strings go along as JSON. Their text is pointed at when all of it is there. */
static int add_cell(jsonl_state *s, const char *name, const json_t *value) {
    sectag_cell cell = {.name = name, .name_len = strlen(name), .text = json_string_value(value)};
    cell.len = json_string_length(value);
    if (!cell.text) {
        char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (!dump) return SECTAG_ENOMEM;
        cell.len = strlen(dump);
        int rc = sectag_buf_add(&s->values, dump, cell.len);
        free(dump);
        if (rc) return SECTAG_ENOMEM;
    }
    return cell.len ? sectag_array_push(&s->cells, cell) : 0;
}

static int add_cells(jsonl_state *s, const char *field) {
    const char *name;
    json_t *value;
    size_t at = 0;
    s->cells.len = 0;
    sectag_buf_clear(&s->values);
    json_object_foreach(s->object, name, value) {
        if (strcmp(name, field) != 0 && !json_is_null(value) && add_cell(s, name, value))
            return SECTAG_ENOMEM;
    }
    for (size_t i = 0; i < s->cells.len; i++) {
        sectag_cell *cell = &s->cells.data[i];
        if (cell->text) continue;
        cell->text = s->values.data + at;
        at += cell->len;
    }
    return 0;
}

static int bad_line(const sectag_reader *r, const jsonl_state *s, sectag_err *err, const char *what,
                    const char *more) {
    return sectag_err_at(err, SECTAG_EDATA, r->name, s->line, "%s%.120s", what, more);
}

/* Reads the next line that is not blank: 1, 0 at the end, or an error. */
static int next_object(sectag_reader *r, jsonl_state *s, sectag_err *err) {
    const char *field = r->o.column ? r->o.column : "text";
    json_error_t why;
    size_t len = 0;
    const char *from = s->text;
    while (s->at < s->len && len == 0) {
        from = s->text + s->at;
        const char *feed = memchr(from, '\n', s->len - s->at);
        len = feed ? (size_t)(feed - from) : s->len - s->at;
        s->at += len + (feed != NULL);
        s->line++;
        while (len && strchr(" \t\r", from[len - 1])) len--;
    }
    if (len == 0) return 0;
    json_decref(s->object);
    s->object = json_loadb(from, len, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(s->object))
        return bad_line(r, s, err, "not a JSON object: ", s->object ? "" : why.text);
    const json_t *text = json_object_get(s->object, field);
    if (!json_is_string(text)) return bad_line(r, s, err, "no text member called ", field);
    s->rest = json_string_value(text);
    s->rest_len = json_string_length(text);
    return add_cells(s, field) ? sectag_err_nomem(err) : 1;
}

/* A text of several lines is several paragraphs. */
static int next_jsonl(sectag_reader *r, sectag_block *b, sectag_err *err) {
    jsonl_state *s = r->state;
    int rc = 1;
    while (rc == 1 && s->rest_len == 0) {
        rc = next_object(r, s, err);
        if (rc == 1 && r->o.rows) break;
    }
    if (rc != 1) return rc;
    const char *feed = r->o.rows ? NULL : memchr(s->rest, '\n', s->rest_len);
    size_t len = feed ? (size_t)(feed - s->rest) : s->rest_len;
    *b = (sectag_block){.text = s->rest,
                        .len = len,
                        .kind = SECTAG_BLOCK_ITEM,
                        .row = s->line,
                        .cells = s->cells.data,
                        .n_cells = s->cells.len};
    s->rest += len + (feed != NULL);
    s->rest_len -= len + (feed != NULL);
    return 1;
}

static void close_jsonl(sectag_reader *r) {
    jsonl_state *s = r->state;
    if (!s) return;
    json_decref(s->object);
    sectag_buf_release(&s->values);
    free(s->cells.data);
    free(s);
}

const sectag_reader_type sectag_reader_jsonl = {.name = "jsonl",
                                                .endings = " .jsonl .ndjson ",
                                                .sniff = sniff,
                                                .open = open_jsonl,
                                                .next = next_jsonl,
                                                .close = close_jsonl};
