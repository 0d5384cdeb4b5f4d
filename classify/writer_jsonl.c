/* writer_jsonl.c: the JSONL record of DESIGN.md, section 3. This is the hot path of the product, hence
 * written by hand and not through a tree of JSON values; everything else that is JSON goes through jansson.
 */
#include "classify/put.h"
#include "classify/writer.h"

#include <string.h>

static int put_member(sectag_buf *out, const char *name, uint64_t value) {
    return sectag_buf_adds(out, name) | sectag_put_count(out, value);
}

static int put_dropped(const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, ",\"dropped\":[");
    for (size_t i = 0; i < r->n_dropped; i++) {
        rc |= put_member(out, i ? ",[" : "[", r->dropped[i].start);
        rc |= put_member(out, ",", r->dropped[i].end);
        rc |= sectag_buf_addc(out, ']');
    }
    return rc | sectag_buf_addc(out, ']');
}

static int put_heading(const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, ",\"heading\":[");
    for (size_t i = 0; i < r->n_heading; i++) {
        if (i) rc |= sectag_buf_addc(out, ',');
        rc |= sectag_put_json(out, r->heading[i].text, r->heading[i].len);
    }
    return rc | sectag_buf_addc(out, ']');
}

static int put_tags(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, ",\"tags\":[");
    for (size_t i = 0; i < r->n_tags; i++) {
        const sectag_verdict *v = &r->verdict[r->tag[i]];
        rc |= sectag_buf_adds(out, i ? ",{\"area\":\"" : "{\"area\":\"");
        rc |= sectag_buf_adds(out, w->taxonomy->areas.data[r->tag[i]].code);
        rc |= sectag_buf_adds(out, "\",\"p\":");
        rc |= sectag_put_number(out, v->probability);
        rc |= sectag_buf_adds(out, v->band == SECTAG_BAND_ACCEPT ? ",\"band\":\"accept\"" : ",\"band\":\"review\"");
        if (w->promised && w->promised[r->tag[i]] >= 0)
            rc |= sectag_buf_adds(out, w->promised[r->tag[i]] ? ",\"promised\":true" : ",\"promised\":false");
        rc |= sectag_buf_addc(out, '}');
    }
    return rc | sectag_buf_addc(out, ']');
}

static int put_scores(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, ",\"scores\":{");
    const char *before = "\"";
    for (size_t a = 0; a < w->taxonomy->areas.len; a++) {
        if (!sectag_writer_shows(w, a)) continue;
        rc |= sectag_buf_adds(out, before) | sectag_buf_adds(out, w->taxonomy->areas.data[a].code);
        rc |= sectag_buf_adds(out, "\":{\"s\":") | sectag_put_number(out, r->verdict[a].score);
        rc |= sectag_buf_adds(out, ",\"p\":") | sectag_put_number(out, r->verdict[a].probability);
        rc |= sectag_buf_addc(out, '}');
        before = ",\"";
    }
    return rc | sectag_buf_addc(out, '}');
}

static int put_record(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "{\"doc\":");
    rc |= sectag_put_json(out, r->doc.text, r->doc.len);
    rc |= put_member(out, ",\"clause\":", r->clause);
    if (r->page) rc |= put_member(out, ",\"page\":", r->page);
    rc |= put_member(out, ",\"start\":", r->start);
    rc |= put_member(out, ",\"end\":", r->end);
    if (r->n_dropped) rc |= put_dropped(r, out);
    if (r->encoding) {
        rc |= sectag_buf_adds(out, ",\"encoding\":") | sectag_put_json(out, r->encoding, strlen(r->encoding));
    }
    if (r->row) rc |= put_member(out, ",\"row\":", r->row);
    if (r->columns.len) {
        rc |= sectag_buf_adds(out, ",\"columns\":") | sectag_buf_add(out, r->columns.text, r->columns.len);
    }
    if (r->is_heading) rc |= sectag_buf_adds(out, ",\"kind\":\"heading\"");
    rc |= put_heading(r, out);
    rc |= sectag_buf_adds(out, ",\"text\":");
    rc |= sectag_put_json(out, r->text.text, r->text.len);
    rc |= put_tags(w, r, out);
    if (w->scores) rc |= put_scores(w, r, out);
    rc |= sectag_buf_adds(out, ",\"point\":") | sectag_buf_adds(out, w->point ? w->point : "\"f1\"");
    return rc | sectag_buf_adds(out, "}\n");
}

const sectag_format sectag_format_jsonl = {
    .name = "jsonl", .summary = "one JSON object a line", .record = put_record};
