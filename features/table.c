#include "features/table.h"

#include "features/utf8.h"

#include <stdio.h>
#include <string.h>

/* Cuts the next line out of the file: 1, or 0 at the end. */
static int next_line(sectag_table *t, sectag_field *line) {
    if (t->at >= t->file.len) return 0;
    const char *start = t->file.data + t->at;
    const char *end = memchr(start, '\n', t->file.len - t->at);
    size_t len = end ? (size_t)(end - start) : t->file.len - t->at;
    t->at += len + (end != NULL);
    t->line++;
    if (len && start[len - 1] == '\r') len--;
    *line = (sectag_field){start, len};
    return 1;
}

static int append_fields(sectag_field line, sectag_field **data, size_t *len, size_t *cap) {
    *len = 0;
    for (size_t from = 0; from <= line.len;) {
        const char *tab = from < line.len ? memchr(line.data + from, '\t', line.len - from) : NULL;
        size_t to = tab ? (size_t)(tab - line.data) : line.len;
        if (*len == *cap && sectag_array_grow(data, cap, *len + 1, sizeof **data)) return SECTAG_ENOMEM;
        (*data)[(*len)++] = (sectag_field){line.data + from, to - from};
        from = to + 1;
    }
    return 0;
}

int sectag_table_open(sectag_table *t, const char *path, sectag_err *err) {
    memset(t, 0, sizeof *t);
    (void)snprintf(t->path, sizeof t->path, "%s", path);
    int rc = sectag_file_open(&t->file, path, err);
    if (rc) return rc;
    if (t->file.len >= 3 && memcmp(t->file.data, "\xEF\xBB\xBF", 3) == 0) t->at = 3;
    sectag_field line;
    if (!next_line(t, &line) || line.len == 0)
        rc = sectag_err_at(err, SECTAG_EDATA, path, 1, "no header line");
    else if (append_fields(line, &t->header.data, &t->header.len, &t->header.cap))
        rc = sectag_err_nomem(err);
    if (rc) sectag_table_release(t);
    return rc;
}

void sectag_table_release(sectag_table *t) {
    sectag_file_release(&t->file);
    free(t->header.data);
    free(t->row.data);
    memset(t, 0, sizeof *t);
}

int sectag_field_is(sectag_field f, const char *string) {
    return f.len == strlen(string) && memcmp(f.data, string, f.len) == 0;
}

int sectag_table_column(const sectag_table *t, const char *name) {
    for (size_t i = 0; i < t->header.len; i++)
        if (sectag_field_is(t->header.data[i], name)) return (int)i;
    return -1;
}

int sectag_table_need(const sectag_table *t, const char *name, size_t *column, sectag_err *err) {
    int found = sectag_table_column(t, name);
    if (found < 0)
        return sectag_err_at(err, SECTAG_EDATA, t->path, 1, "no column \"%s\" in the header", name);
    *column = (size_t)found;
    return 0;
}

int sectag_table_next(sectag_table *t, sectag_err *err) {
    sectag_field line;
    do {
        if (!next_line(t, &line)) return 0;
    } while (line.len == 0);
    size_t good = sectag_utf8_check(line.data, line.len);
    if (good < line.len)
        return sectag_err_at(err, SECTAG_EDATA, t->path, t->line, "invalid UTF-8 at byte %zu of the line",
                             good);
    if (append_fields(line, &t->row.data, &t->row.len, &t->row.cap)) return sectag_err_nomem(err);
    if (t->row.len != t->header.len)
        return sectag_err_at(err, SECTAG_EDATA, t->path, t->line, "%zu fields where the header has %zu",
                             t->row.len, t->header.len);
    return 1;
}
