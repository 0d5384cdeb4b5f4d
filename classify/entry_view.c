#include "classify/entry_view.h"

#include "classify/put.h"
#include "features/utf8.h"

#include <string.h>

int sectag_entry_cut(sectag_buf *out, const char *text, size_t points) {
    size_t at = 0, len = strlen(text), n = 0;
    uint32_t cp;
    for (; at < len && n < points; n++) at += sectag_utf8_next(text + at, len - at, &cp, NULL);
    int rc = sectag_put_plain(out, text, at);
    return at < len ? rc | sectag_buf_adds(out, "...") : rc;
}

/* A word padded to `width` bytes. */
static int put_word(sectag_buf *out, const char *word, size_t width) {
    size_t len = strlen(word);
    int rc = sectag_put_plain(out, word, len);
    return rc | sectag_buf_addf(out, "%*s", len < width ? (int)(width - len) + 2 : 2, "");
}

int sectag_entry_line(sectag_buf *out, const sectag_entry *e) {
    int rc = sectag_buf_addf(out, "%6lld  %s  ", (long long)e->id, e->time);
    rc |= put_word(out, e->analyst, 10) | put_word(out, sectag_entry_word(e->verdict), 9);
    rc |= put_word(out, e->area, 16);
    if (e->doc) rc |= put_word(out, e->doc, 0);
    rc |= sectag_entry_cut(out, e->text, 40);
    if (e->withdraws) rc |= sectag_buf_addf(out, "  [withdraws %lld]", (long long)e->withdraws);
    if (e->withdrawn_by) rc |= sectag_buf_addf(out, "  [withdrawn by %lld]", (long long)e->withdrawn_by);
    if (e->spread_from) rc |= sectag_buf_addf(out, "  [as %lld]", (long long)e->spread_from);
    if (e->reason) rc |= sectag_buf_adds(out, "  ") | sectag_entry_cut(out, e->reason, 60);
    return rc | sectag_buf_addc(out, '\n');
}

static int put_member(sectag_buf *out, const char *name, const char *value) {
    if (!value) return 0;
    return sectag_buf_addf(out, ",\"%s\":", name) | sectag_put_json(out, value, strlen(value));
}

static int put_number(sectag_buf *out, const char *name, int64_t value) {
    return value ? sectag_buf_addf(out, ",\"%s\":%lld", name, (long long)value) : 0;
}

int sectag_entry_json(sectag_buf *out, const sectag_entry *e) {
    int rc = sectag_buf_addf(out, "{\"id\":%lld", (long long)e->id);
    rc |= put_member(out, "time", e->time) | put_member(out, "analyst", e->analyst);
    rc |= put_member(out, "verdict", sectag_entry_word(e->verdict)) | put_member(out, "area", e->area);
    rc |= put_member(out, "text", e->text) | put_member(out, "doc", e->doc);
    rc |= put_member(out, "reason", e->reason) | put_member(out, "origin", e->origin);
    rc |= put_number(out, "batch", e->batch) | put_number(out, "withdraws", e->withdraws);
    rc |= put_number(out, "withdrawn_by", e->withdrawn_by) | put_number(out, "spread_from", e->spread_from);
    return rc | sectag_buf_adds(out, "}\n");
}

/* A field that quotes stand around gets them doubled and others around: a reader takes off one pair. */
static int put_field(sectag_buf *out, const char *text) {
    size_t len = text ? strlen(text) : 0;
    int rc = sectag_buf_addc(out, '\t');
    if (len < 2 || text[0] != '"' || text[len - 1] != '"')
        return len ? rc | sectag_put_plain(out, text, len) : rc;
    rc |= sectag_buf_addc(out, '"');
    for (size_t at = 0, n; at < len; at += n) {
        n = strcspn(text + at, "\"");
        rc |= sectag_put_plain(out, text + at, n);
        if (text[at + n] == '"' && ++n) rc |= sectag_buf_adds(out, "\"\"");
    }
    return rc | sectag_buf_addc(out, '"');
}

int sectag_entry_tsv_header(sectag_buf *out) {
    return sectag_buf_adds(
        out, "id\ttime\tanalyst\tverdict\tarea\ttext\tdoc\treason\torigin\tbatch\twithdraws\twithdrawn_by\n");
}

int sectag_entry_tsv(sectag_buf *out, const sectag_entry *e) {
    int rc = sectag_buf_addf(out, "%lld", (long long)e->id);
    rc |=
        put_field(out, e->time) | put_field(out, e->analyst) | put_field(out, sectag_entry_word(e->verdict));
    rc |= put_field(out, e->area) | put_field(out, e->text) | put_field(out, e->doc);
    rc |= put_field(out, e->reason) | put_field(out, e->origin);
    rc |= sectag_buf_addf(out, "\t%lld\t", (long long)e->batch);
    if (e->withdraws) rc |= sectag_buf_addf(out, "%lld", (long long)e->withdraws);
    rc |= sectag_buf_addc(out, '\t');
    if (e->withdrawn_by) rc |= sectag_buf_addf(out, "%lld", (long long)e->withdrawn_by);
    return rc | sectag_buf_addc(out, '\n');
}
