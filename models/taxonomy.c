#include "models/taxonomy.h"

#include "features/table.h"

#include <string.h>

void sectag_taxonomy_release(sectag_taxonomy *t) {
    for (size_t i = 0; i < t->strings.len; i++) free(t->strings.data[i]);
    free(t->strings.data);
    free(t->areas.data);
    memset(t, 0, sizeof *t);
}

static const char *keep(sectag_taxonomy *t, const char *data, size_t len) {
    if (sectag_array_reserve(&t->strings, 1)) return NULL;
    char *copy = sectag_alloc(len + 1, 1);
    if (!copy) return NULL;
    if (len) memcpy(copy, data, len);
    copy[len] = '\0';
    t->strings.data[t->strings.len++] = copy;
    return copy;
}

int sectag_taxonomy_add(sectag_taxonomy *t, const sectag_area *a) {
    sectag_area copy = {.sector = keep(t, a->sector, strlen(a->sector)),
                        .code = keep(t, a->code, strlen(a->code)),
                        .zh = keep(t, a->zh, strlen(a->zh)),
                        .en = keep(t, a->en, strlen(a->en)),
                        .definition = keep(t, a->definition, strlen(a->definition)),
                        .core = a->core};
    if (!copy.sector || !copy.code || !copy.zh || !copy.en || !copy.definition) return SECTAG_ENOMEM;
    return sectag_array_push(&t->areas, copy);
}

int sectag_taxonomy_find(const sectag_taxonomy *t, const char *code, size_t len) {
    for (size_t i = 0; i < t->areas.len; i++) {
        const char *known = t->areas.data[i].code;
        if (strlen(known) == len && memcmp(known, code, len) == 0) return (int)i;
    }
    return -1;
}

int sectag_taxonomy_is_code(const char *code, size_t len) {
    for (size_t i = 0; i < len; i++) {
        char c = code[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0))) return 0;
    }
    return len > 0 && len < 64;
}

enum { SECTOR, AREA, ZH, EN, CORE, DEFINITION, COLUMNS };

static int add_row(sectag_taxonomy *t, const sectag_table *table, const size_t column[COLUMNS],
                   sectag_err *err) {
    sectag_field f[COLUMNS];
    const char *text[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        f[i] = table->row.data[column[i]];
        text[i] = keep(t, f[i].data, f[i].len);
        if (!text[i]) return sectag_err_nomem(err);
    }
    const char *wrong = NULL;
    if (!sectag_taxonomy_is_code(f[AREA].data, f[AREA].len))
        wrong = "an area code is made of a-z, 0-9 and hyphens";
    else if (sectag_taxonomy_find(t, f[AREA].data, f[AREA].len) >= 0)
        wrong = "this area code stands twice";
    else if (!sectag_field_is(f[CORE], "yes") && !sectag_field_is(f[CORE], "no"))
        wrong = "core is neither yes nor no";
    else if (t->areas.len == SECTAG_AREAS_MAX)
        wrong = "too many areas";
    if (wrong) return sectag_err_at(err, SECTAG_EDATA, table->path, table->line, "%s", wrong);
    sectag_area area = {text[SECTOR], text[AREA],       text[ZH],
                        text[EN],     text[DEFINITION], sectag_field_is(f[CORE], "yes")};
    return sectag_array_push(&t->areas, area) ? sectag_err_nomem(err) : 0;
}

int sectag_taxonomy_open(sectag_taxonomy *t, const char *path, sectag_err *err) {
    static const char *const names[COLUMNS] = {"sector", "area", "zh", "en", "core", "definition"};
    sectag_table table;
    size_t column[COLUMNS];
    memset(t, 0, sizeof *t);
    int rc = sectag_table_open(&table, path, err);
    if (rc) return rc;
    for (int i = 0; i < COLUMNS && !rc; i++) rc = sectag_table_need(&table, names[i], &column[i], err);
    while (!rc && (rc = sectag_table_next(&table, err)) == 1) rc = add_row(t, &table, column, err);
    if (!rc && t->areas.len == 0) rc = sectag_err_at(err, SECTAG_EDATA, path, 0, "no areas");
    sectag_table_release(&table);
    if (rc) sectag_taxonomy_release(t);
    return rc;
}
