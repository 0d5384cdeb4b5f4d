/* writer_html.c: one page that needs nothing else: no scripts, no links, its colours in its head. Hues go
 * round by the golden angle, so that areas that follow each other in the taxonomy look different. */
#include "classify/put.h"
#include "classify/writer.h"

#include <jansson.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n<title>sectag</title>\n<style>\n"
    "body{margin:2rem auto;max-width:68rem;padding:0 1rem;color:#222;background:#fff;line-height:1.6;"
    "font-family:system-ui,\"PingFang SC\",\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif}\n"
    "h1{font-size:1.3rem;margin:0 0 1rem}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "td,th{padding:.45rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #e4e4e4}\n"
    "thead th{border-bottom:2px solid #999;font-size:.8rem;color:#555}\n"
    ".doc th{padding-top:1.6rem;border-bottom:2px solid #444}\n"
    ".n{text-align:right;color:#888;font-size:.8rem;white-space:nowrap}\n"
    ".path{display:block;color:#777;font-size:.8rem}\n.h{font-weight:600}\n"
    ".tags{width:30%}\n"
    ".tag{display:inline-block;margin:.1rem .15rem;padding:.05rem .5rem;border-radius:.8rem;font-size:.8rem;"
    "border:1px solid transparent;white-space:nowrap}\n"
    ".review{border-style:dashed;border-color:currentColor;background:#fff!important}\n"
    ".legend dt{float:left;clear:left;width:9rem;font-size:.85rem;color:#555}\n"
    ".legend dd{margin:0 0 .4rem 9rem}\n"
    "@media "
    "print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}thead{display:table-header-"
    "group}"
    ".tag{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

static int put_area_styles(const sectag_writer *w, sectag_buf *out) {
    int rc = 0;
    for (size_t a = 0; a < w->taxonomy->areas.len; a++) {
        unsigned hue = (unsigned)(a * 137508 / 1000 % 360);
        rc |= sectag_buf_addf(out, ".a%zu{background:hsl(%u 75%% 91%%);color:hsl(%u 70%% 24%%)}\n", a, hue,
                              hue);
    }
    return rc;
}

static int put_text(sectag_buf *out, const char *text) {
    return sectag_put_html(out, text, strlen(text));
}

/* Areas by sector, in the taxonomy's order. `counts` may be NULL. */
static int put_areas(const sectag_writer *w, const uint64_t *counts, sectag_buf *out) {
    const char *sector = "";
    int rc = sectag_buf_adds(out, "<dl class=\"legend\">\n");
    for (size_t a = 0; a < w->taxonomy->areas.len; a++) {
        const sectag_area *area = &w->taxonomy->areas.data[a];
        if (!sectag_writer_shows(w, a)) continue;
        if (strcmp(sector, area->sector) != 0) {
            rc |= sectag_buf_adds(out, "<dt>") | put_text(out, area->sector) |
                  sectag_buf_adds(out, "</dt>\n<dd>");
            sector = area->sector;
        }
        rc |= sectag_buf_addf(out, "<span class=\"tag a%zu\" title=\"", a) | put_text(out, area->definition);
        rc |= sectag_buf_adds(out, "\">") | put_text(out, area->zh) | sectag_buf_addc(out, ' ');
        rc |= put_text(out, area->en);
        if (counts)
            rc |= sectag_buf_adds(out, " <b>") | sectag_put_count(out, counts[a]) |
                  sectag_buf_adds(out, "</b>");
        rc |= sectag_buf_adds(out, "</span>\n");
    }
    return rc | sectag_buf_adds(out, "</dl>\n");
}

static int begin(const sectag_writer *w, sectag_buf *out) {
    int rc = sectag_buf_adds(out, head) | put_area_styles(w, out);
    rc |= sectag_buf_adds(out, "</style>\n</head>\n<body>\n<h1>条款标注 Tagged clauses</h1>\n");
    rc |= put_areas(w, NULL, out);
    return rc | sectag_buf_adds(out, "<table>\n<thead><tr><th>#</th><th>页 Page</th><th>条款 Clause</th>"
                                     "<th class=\"tags\">领域 Areas</th></tr></thead>\n");
}

/* HTML lets a tbody end where the next one begins: one for each document. */
static int put_document(const sectag_writer *w, sectag_piece doc, sectag_buf *out) {
    (void)w;
    int rc = sectag_buf_adds(out, "<tbody>\n<tr class=\"doc\"><th colspan=\"4\">");
    return rc | sectag_put_html(out, doc.text, doc.len) | sectag_buf_adds(out, "</th></tr>\n");
}

static int put_path(const sectag_record *r, sectag_buf *out) {
    int rc = 0;
    if (!r->n_heading) return 0;
    rc |= sectag_buf_adds(out, "<span class=\"path\">");
    for (size_t i = 0; i < r->n_heading; i++) {
        if (i) rc |= sectag_buf_adds(out, " › ");
        rc |= sectag_put_html(out, r->heading[i].text, r->heading[i].len);
    }
    return rc | sectag_buf_adds(out, "</span>");
}

/* The other cells of a table's row. */
static int put_cells(const sectag_record *r, sectag_buf *out) {
    const char *name, *gap = "<span class=\"path\">";
    json_t *value, *cells = r->columns.len ? json_loadb(r->columns.text, r->columns.len, 0, NULL) : NULL;
    int rc = 0;
    json_object_foreach(cells, name, value) {
        rc |= sectag_buf_adds(out, gap) | put_text(out, name) | sectag_buf_adds(out, ": ");
        rc |= sectag_put_html(out, json_string_value(value), json_string_length(value));
        gap = " · ";
    }
    if (json_object_size(cells)) rc |= sectag_buf_adds(out, "</span>");
    json_decref(cells);
    return rc;
}

static int put_tag(const sectag_writer *w, const sectag_record *r, size_t a, sectag_buf *out) {
    const sectag_verdict *v = &r->verdict[a];
    int rc = sectag_buf_addf(out, "<span class=\"tag a%zu%s\" title=\"%s\">", a,
                             v->band == SECTAG_BAND_REVIEW ? " review" : "", sectag_band_name(v->band));
    rc |= put_text(out, w->taxonomy->areas.data[a].zh) | sectag_buf_addc(out, ' ');
    rc |= put_text(out, w->taxonomy->areas.data[a].code);
    return rc | sectag_buf_addf(out, " %.2f</span>", v->probability < 0.99 ? v->probability : 0.99);
}

static int put_scores(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "<details><summary class=\"path\">scores</summary><span class=\"path\">");
    for (size_t a = 0; a < w->taxonomy->areas.len; a++) {
        if (!sectag_writer_shows(w, a)) continue;
        rc |= put_text(out, w->taxonomy->areas.data[a].code);
        rc |= sectag_buf_addf(out, " %+.2f (%.3f)<br>", r->verdict[a].score, r->verdict[a].probability);
    }
    return rc | sectag_buf_adds(out, "</span></details>");
}

static int put_record(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "<tr><td class=\"n\">") | sectag_put_count(out, r->clause);
    rc |= sectag_buf_adds(out, "</td><td class=\"n\">");
    if (r->page) rc |= sectag_put_count(out, r->page);
    rc |= sectag_buf_adds(out, r->is_heading ? "</td><td class=\"h\">" : "</td><td>") | put_path(r, out);
    rc |= sectag_put_html(out, r->text.text, r->text.len) | put_cells(r, out);
    rc |= sectag_buf_adds(out, "</td><td class=\"tags\">");
    for (size_t i = 0; i < r->n_tags; i++) rc |= put_tag(w, r, r->tag[i], out);
    if (w->scores) rc |= put_scores(w, r, out);
    return rc | sectag_buf_adds(out, "</td></tr>\n");
}

static int end(const sectag_writer *w, const sectag_totals *totals, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "</table>\n");
    rc |= sectag_buf_addf(out, "<h1>合计 Totals: %llu / %llu</h1>\n", (unsigned long long)totals->tagged,
                          (unsigned long long)totals->clauses);
    return rc | put_areas(w, totals->area, out) | sectag_buf_adds(out, "</body>\n</html>\n");
}

const sectag_format sectag_format_html = {.name = "html",
                                          .summary = "a page to read or print",
                                          .begin = begin,
                                          .document = put_document,
                                          .record = put_record,
                                          .end = end};
