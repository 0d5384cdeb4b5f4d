/* screen_html.c: a screening as one page that needs nothing else: no network, no other file.
 *
 *   <style>                 classify/report/report.css
 *   <script type=json>      everything that was found, as data: JSON in which no `<` stands, so no text ends
 * the element <script>                classify/report/report.js: makes the page of the data, and puts text in
 * as text only
 *
 * The content security policy names the style and the script by their SHA-256 and allows nothing else:
 * whatever a document's text holds, it cannot run, nor load anything. What the members of the data mean
 * stands at the top of report.js. Offsets into text count UTF-16 units there, as scripts do. */
#include "classify/explain.h"
#include "classify/put.h"
#include "classify/report_page.h"
#include "classify/screen_writer.h"
#include "features/utf8.h"

#include <math.h>
#include <string.h>

enum { CAUSES_UP = 6, CAUSES_DOWN = 3, LEVELS = 3 };

/* Spans that bring less than this part of the largest are not marked (as in explain_view.c). */
#define LITTLE 0.10

typedef struct page {
    const sectag_screen_result *r;
    sectag_explainer explainer;
    sectag_part_list spans;
    sectag_buf json, evidence, out;
    size_t tags;            /* put so far */
    int failed;             /* an append has */
    SECTAG_ARRAY(int) area; /* [n_areas] number on the page; -1: not shown */
} page;

/* ---- JSON ---- */

static void put(page *p, const char *text) {
    p->failed |= sectag_buf_adds(&p->json, text);
}

static void put_comma(page *p, size_t i) {
    if (i) put(p, ",");
}

static void put_string(page *p, const char *text, size_t len) {
    p->failed |= sectag_put_json(&p->json, text, len);
}

static void put_kept(page *p, const sectag_screening *s, sectag_kept kept) {
    sectag_piece text = sectag_screening_text(s, kept);
    put_string(p, text.text, text.len);
}

static void put_count(page *p, uint64_t n) {
    p->failed |= sectag_put_count(&p->json, n);
}

static void put_number(page *p, double x) {
    p->failed |= sectag_put_number(&p->json, x);
}

/* What is put goes to the other of the two pieces of data. */
static void change_sides(page *p) {
    sectag_buf other = p->evidence;
    p->evidence = p->json;
    p->json = other;
}

/* JSON to the page: `<` only stands in strings, where it may be written \u003c. */
static void move_json(page *p) {
    const char *at = p->json.data, *end = at ? at + p->json.len : at, *found;
    while (at && at < end && (found = memchr(at, '<', (size_t)(end - at))) != NULL) {
        p->failed |= sectag_buf_add(&p->out, at, (size_t)(found - at)) | sectag_buf_adds(&p->out, "\\u003c");
        at = found + 1;
    }
    if (at && at < end) p->failed |= sectag_buf_add(&p->out, at, (size_t)(end - at));
    sectag_buf_clear(&p->json);
}

/* UTF-16 units of text[0..len). */
static uint64_t units(const char *text, size_t len) {
    uint64_t n = 0;
    for (size_t at = 0; at < len;) {
        size_t size = sectag_utf8_next(text + at, len - at, &(uint32_t){0}, NULL);
        n += size == 4 ? 2 : 1;
        at += size;
    }
    return n;
}

/* "start,length" of bytes [from, end) of text. */
static void put_stretch(page *p, sectag_piece text, size_t from, size_t end) {
    put_count(p, units(text.text, from));
    put(p, ",");
    put_count(p, units(text.text + from, end - from));
}

/* ---- areas and documents ---- */

static void put_area(page *p, uint32_t a) {
    const sectag_model *m = p->r->filings->model;
    const sectag_area *area = &m->taxonomy.areas.data[a];
    const char *texts[] = {area->code, area->zh, area->en, area->sector, area->definition};
    sectag_screen_coverage c = sectag_screen_cover(p->r, a);
    put(p, "[");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_string(p, texts[i], strlen(texts[i]));
        put(p, ",");
    }
    put_number(p, m->area[a].threshold);
    put(p, ",");
    put_number(p, m->area[a].accept);
    put(p, ",[");
    for (size_t i = 0; i < SECTAG_SCREENING_BINS; i++) {
        put_comma(p, i);
        put_count(p, p->r->filings->bins[a * SECTAG_SCREENING_BINS + i]);
    }
    put(p, "],");
    put_count(p, c.policies);
    put(p, ",");
    put_count(p, c.answered);
    put(p, "]\n");
}

static void put_areas(page *p) {
    int n = 0;
    put(p, ",\"areas\":[");
    for (uint32_t a = 0; a < p->r->filings->model->n_areas; a++) {
        int shown = p->r->shown[a] && p->r->filings->model->area[a].trained;
        put_comma(p, shown && n);
        if (shown) put_area(p, a);
        p->failed |= sectag_array_push(&p->area, shown ? n++ : -1);
    }
    put(p, "]");
}

static void put_documents(page *p, const sectag_screening *s, const char *member) {
    p->failed |= sectag_buf_addf(&p->json, ",\"%s\":[", member);
    for (size_t i = 0; i < s->docs.len; i++) {
        const sectag_screened_doc *d = &s->docs.data[i];
        put(p, i ? ",[" : "[");
        put_kept(p, s, d->name);
        put(p, ",");
        put_kept(p, s, d->title);
        p->failed |= sectag_buf_addf(&p->json, ",\"%s\",", d->date);
        put_count(p, d->clauses);
        put(p, "]\n");
    }
    put(p, "]");
}

/* How many headings a path begins with that the one before it begins with as well. */
static size_t same_headings(const sectag_screening *s, size_t path) {
    const sectag_kept *p = &s->paths.data[path];
    size_t n = 0;
    if (path == 0) return 0;
    for (; n < p->len && n < p[-1].len; n++) {
        sectag_piece a = sectag_screening_text(s, s->headings.data[p->at + n]);
        sectag_piece b = sectag_screening_text(s, s->headings.data[p[-1].at + n]);
        if (a.len != b.len || memcmp(a.text, b.text, a.len) != 0) break;
    }
    return n;
}

static void put_paths(page *p, const sectag_screening *s, const char *member) {
    p->failed |= sectag_buf_addf(&p->json, ",\"%s\":[", member);
    for (size_t i = 0; i < s->paths.len; i++) {
        size_t same = same_headings(s, i);
        put(p, i ? ",[" : "[");
        put_count(p, same);
        for (size_t k = same; k < s->paths.data[i].len; k++) {
            put(p, ",");
            put_kept(p, s, s->headings.data[s->paths.data[i].at + k]);
        }
        put(p, "]\n");
    }
    put(p, "]");
}

/* doc,number,page,path, of a clause. */
static void put_place(page *p, const sectag_screened_clause *c) {
    uint64_t numbers[] = {c->doc, c->number, c->page, c->path};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        put_count(p, numbers[i]);
        put(p, ",");
    }
}

/* ---- what made a tag ---- */

static void put_spans(page *p, sectag_piece text) {
    double most = 0;
    size_t n = 0;
    for (size_t i = 0; i < p->spans.len; i++) most = fmax(most, fabs(p->spans.data[i].sum));
    put(p, ",[");
    for (size_t i = 0; i < p->spans.len; i++) {
        const sectag_part *s = &p->spans.data[i];
        if (s->side == 0 || most <= 0) continue;
        int level = (int)fmin(LEVELS, 1 + floor(LEVELS * fabs(s->sum) / most));
        put_comma(p, n++);
        put_stretch(p, text, s->start, s->end);
        p->failed |= sectag_buf_addf(&p->json, ",%d", s->side * level);
    }
    put(p, "]");
}

static void put_cause(page *p, const sectag_cause *c, size_t *n) {
    put_comma(p, (*n)++);
    put_string(p, c->text.text, c->text.len);
    p->failed |= sectag_buf_addf(&p->json, ",%.2f", c->sum); /* as it is shown */
}

static void put_causes(page *p) {
    const sectag_cause *c = p->explainer.causes.data;
    size_t len = p->explainer.causes.len, n = 0;
    put(p, ",[");
    for (size_t i = 0; i < len && i < CAUSES_UP && c[i].sum > 0; i++) put_cause(p, &c[i], &n);
    for (size_t i = 0; i < len && i < CAUSES_DOWN && c[len - 1 - i].sum < 0; i++)
        put_cause(p, &c[len - 1 - i], &n);
    put(p, "]");
}

static void put_match(page *p, sectag_piece filing, const sectag_answer *m) {
    const sectag_screening *policies = p->r->policies;
    size_t clause = policies->tags.data[m->policy_tag].clause;
    sectag_piece policy = sectag_screening_text(policies, policies->clauses.data[clause].text);
    put(p, "[");
    put_count(p, clause);
    put(p, ",");
    put_number(p, (double)m->score);
    put(p, ",[");
    for (size_t i = 0; i < m->n_common; i++) {
        const sectag_common *c = &p->r->crosswalk->commons.data[m->common + i];
        put_comma(p, i);
        put_stretch(p, filing, c->filing, c->filing_end);
        put(p, ",");
        put_stretch(p, policy, c->policy, c->policy_end);
    }
    put(p, "]]");
}

static int put_tag(page *p, size_t t, sectag_piece text, sectag_err *err) {
    const sectag_screened_tag *tag = &p->r->filings->tags.data[t];
    int rc = sectag_explainer_area(&p->explainer, tag->area, err);
    if (!rc &&
        sectag_explainer_spans(&p->explainer, LITTLE * sectag_explainer_peak(&p->explainer), &p->spans))
        rc = sectag_err_nomem(err);
    if (rc) return rc;
    size_t first = p->r->crosswalk->first.data[t], end = p->r->crosswalk->first.data[t + 1];
    p->failed |= sectag_buf_addf(&p->json, "[%d,", p->area.data[tag->area]);
    put_number(p, tag->probability);
    p->failed |= sectag_buf_addf(&p->json, ",%d,%zu]", tag->band, end - first);
    change_sides(p);
    put(p, p->tags++ ? ",[" : "[");
    put_number(p, tag->score);
    put(p, ",");
    put_number(p, p->explainer.bias);
    put_spans(p, text);
    put_causes(p);
    put(p, ",[");
    for (size_t i = first; i < end; i++) {
        put_comma(p, i - first);
        put_match(p, text, &p->r->crosswalk->matches.data[i]);
    }
    put(p, "]]\n");
    change_sides(p);
    return 0;
}

static int put_clause(page *p, size_t i, sectag_err *err) {
    const sectag_screening *s = p->r->filings;
    const sectag_screened_clause *c = &s->clauses.data[i];
    sectag_piece text = sectag_screening_text(s, c->text), tagged = sectag_screening_text(s, c->tagged);
    int rc = c->n_tags ? sectag_explainer_read(&p->explainer, tagged.text, tagged.len, err) : 0;
    put(p, i ? ",[" : "[");
    put_place(p, c);
    put_count(p, c->is_heading);
    put(p, ",");
    put_string(p, text.text, text.len);
    put(p, ",[");
    for (size_t t = c->tag; t < c->tag + c->n_tags && !rc; t++) {
        put_comma(p, t - c->tag);
        rc = put_tag(p, t, text, err);
    }
    put(p, "]]\n");
    return rc;
}

/* ---- policies ---- */

static void put_policy(page *p, size_t i) {
    const sectag_screening *s = p->r->policies;
    const sectag_screened_clause *c = &s->clauses.data[i];
    put(p, i ? ",[" : "[");
    put_place(p, c);
    put_kept(p, s, c->text);
    put(p, ",[");
    for (size_t t = c->tag; t < c->tag + c->n_tags; t++) {
        size_t near = p->r->crosswalk->nearest[t];
        p->failed |=
            sectag_buf_addf(&p->json, "%s[%d,", t > c->tag ? "," : "", p->area.data[s->tags.data[t].area]);
        put_number(p, (double)p->r->crosswalk->best[t]);
        p->failed |=
            sectag_buf_addf(&p->json, ",%d,", sectag_crosswalk_answered(p->r->crosswalk, p->r->options, t));
        if (near == SIZE_MAX)
            put(p, "-1");
        else
            put_count(p, p->r->filings->tags.data[near].clause);
        put(p, "]");
    }
    put(p, "]]\n");
}

/* Policies keep tagged clauses only, so a clause's number on the page is its own. */
static void put_policies(page *p) {
    put(p, ",\"policies\":[");
    for (size_t i = 0; i < p->r->policies->clauses.len; i++) put_policy(p, i);
    put(p, "]");
}

/* ---- the page ---- */

static void put_base64(page *p, const unsigned char *bytes, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)(i + 1 < len ? bytes[i + 1] : 0) << 8 |
                         (uint32_t)(i + 2 < len ? bytes[i + 2] : 0);
        char four[5] = {digits[three >> 18], digits[three >> 12 & 63],
                        i + 1 < len ? digits[three >> 6 & 63] : '=', i + 2 < len ? digits[three & 63] : '=',
                        0};
        p->failed |= sectag_buf_adds(&p->out, four);
    }
}

static void put_head(page *p) {
    const char *language = p->r->language;
    p->failed |= sectag_buf_addf(
        &p->out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
        "form-action 'none'; script-src 'sha256-",
        strcmp(language, "zh") == 0 ? "zh-CN" : "en");
    put_base64(p, sectag_report_js.sha256, sizeof sectag_report_js.sha256);
    p->failed |= sectag_buf_adds(&p->out, "'; style-src 'sha256-");
    put_base64(p, sectag_report_css.sha256, sizeof sectag_report_css.sha256);
    p->failed |= sectag_buf_adds(
        &p->out, "'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<title>sectag</title>\n<style>");
    p->failed |= sectag_buf_add(&p->out, sectag_report_css.text, sectag_report_css.len);
    p->failed |= sectag_buf_adds(
        &p->out, "</style>\n</head>\n<body>\n<noscript>本报告需要启用脚本才能阅读（不联网）。 This report "
                 "needs scripts to be read; it loads nothing.</noscript>\n<main id=\"report\"></main>\n"
                 "<script type=\"application/json\" id=\"data\">");
}

static void put_foot(page *p) {
    p->failed |= sectag_buf_adds(&p->out, "</script>\n<script>");
    p->failed |= sectag_buf_add(&p->out, sectag_report_js.text, sectag_report_js.len);
    p->failed |= sectag_buf_adds(&p->out, "</script>\n</body>\n</html>\n");
}

static void put_settings(page *p) {
    char id[17];
    sectag_model_id(p->r->filings->model, id);
    p->failed |= sectag_buf_addf(&p->json, "{\"version\":\"%s\",\"model\":\"%s\",\"lang\":\"%s\",\"least\":",
                                 p->r->version, id, p->r->language);
    put_number(p, p->r->options->least);
    put(p, ",\"point\":");
    put(p, p->r->point ? p->r->point : "\"f1\"");
}

static int put_page(page *p, sectag_output *out, sectag_err *err) {
    const sectag_screen_result *r = p->r;
    int rc = 0;
    put_head(p);
    put_settings(p);
    put_areas(p);
    put_documents(p, r->filings, "docs");
    put_paths(p, r->filings, "paths");
    put_documents(p, r->policies, "policyDocs");
    put_paths(p, r->policies, "policyPaths");
    put_policies(p);
    put(p, ",\"clauses\":[");
    for (size_t i = 0; i < r->filings->clauses.len && !rc; i++) {
        rc = put_clause(p, i, err);
        move_json(p);
        if (!rc) rc = sectag_screen_flush(&p->out, p->failed, 0, out, err);
    }
    put(p, "]}");
    move_json(p);
    p->failed |= sectag_buf_adds(&p->out, "</script>\n<script type=\"application/json\" id=\"evidence\">[");
    change_sides(p);
    put(p, "]");
    move_json(p);
    put_foot(p);
    return rc ? rc : sectag_screen_flush(&p->out, p->failed, 1, out, err);
}

static int write_html(const sectag_screen_result *r, sectag_output *out, sectag_err *err) {
    page p = {.r = r};
    int rc = sectag_explainer_init(&p.explainer, r->filings->model, err);
    if (rc) return rc;
    rc = put_page(&p, out, err);
    sectag_explainer_release(&p.explainer);
    sectag_buf_release(&p.json);
    sectag_buf_release(&p.evidence);
    sectag_buf_release(&p.out);
    free(p.spans.data);
    free(p.area.data);
    return rc;
}

const sectag_screen_format sectag_screen_html = {"html", write_html, 0};
