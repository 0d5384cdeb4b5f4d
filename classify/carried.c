#include "classify/carried.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What our own header says, and what training/intake.h takes for a correction. */
static const char *const taken[] = {
    "doc",     "clause",    "page",    "start",   "end",    "heading", "tags",    "probabilities", "bands",
    "text",    "add",       "remove",  "confirm", "labels", "label",   "choices", "area",          "id",
    "verdict", "withdraws", "analyst", "time",    "reason", "origin",  "why"};

void sectag_carried_release(sectag_carried *c) {
    for (size_t i = 0; i < c->list.len; i++) {
        free(c->list.data[i].name);
        free(c->list.data[i].head);
    }
    free(c->list.data);
    memset(c, 0, sizeof *c);
}

/* Where the name stands; list.len: nowhere. */
static size_t find(const sectag_carried *c, const char *name, size_t len) {
    size_t i = 0;
    while (i < c->list.len && (strncmp(c->list.data[i].name, name, len) != 0 || c->list.data[i].name[len]))
        i++;
    return i;
}

static int is_taken(const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcasecmp(name, taken[i]) == 0) return 1;
    return len > 2 && name[len - 2] == '.' && (name[len - 1] == 's' || name[len - 1] == 'p'); /* scores */
}

static int insert(sectag_carried *c, size_t at, const char *name, size_t len) {
    sectag_buf head = {0};
    sectag_carried_column column = {strndup(name, len), NULL};
    int rc = column.name ? sectag_buf_adds(&head, column.name) : SECTAG_ENOMEM;
    if (!rc && is_taken(column.name)) rc = sectag_buf_adds(&head, " (table)");
    if (!rc) rc = sectag_array_reserve(&c->list, 1);
    if (rc) {
        free(column.name);
        sectag_buf_release(&head);
        return SECTAG_ENOMEM;
    }
    column.head = head.data;
    memmove(c->list.data + at + 1, c->list.data + at, (c->list.len - at) * sizeof *c->list.data);
    c->list.data[at] = column;
    c->list.len++;
    return 0;
}

int sectag_carried_add(sectag_carried *c, const sectag_cell *cells, size_t n) {
    size_t behind = 0; /* the place behind the cell before */
    for (size_t i = 0; i < n; i++) {
        size_t at = find(c, cells[i].name, cells[i].name_len);
        if (at == c->list.len) {
            if (i == 0) behind = c->list.len;
            if (insert(c, behind, cells[i].name, cells[i].name_len)) return SECTAG_ENOMEM;
            at = behind;
        }
        behind = at + 1;
    }
    return 0;
}

static int is_table(const char *path) {
    static const char *const endings[] = {".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".jsonl", ".ndjson"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot, endings[i]) == 0) return 1;
    return 0;
}

static int read_one(sectag_carried *c, const char *path, const sectag_reader_options *o) {
    sectag_reader r;
    sectag_block b;
    int rc = 0;
    if (sectag_reader_open(&r, path, o, NULL) == 0)
        while (!rc && sectag_reader_next(&r, &b, NULL) > 0) rc = sectag_carried_add(c, b.cells, b.n_cells);
    sectag_reader_release(&r);
    return rc;
}

int sectag_carried_read(sectag_carried *c, const sectag_inputs *in, const sectag_reader_options *o,
                        sectag_err *err) {
    for (size_t i = 0; i < in->paths.len; i++)
        if (is_table(in->paths.data[i]) && read_one(c, in->paths.data[i], o)) return sectag_err_nomem(err);
    return 0;
}
