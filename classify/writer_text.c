/* writer_text.c: for reading in a terminal. */
#include "classify/put.h"
#include "classify/wrap.h"
#include "classify/writer.h"

enum { INDENT = 7 };

static const char *paint(const sectag_writer *w, const char *sequence) {
    return w->colour ? sequence : "";
}

static int put_document(const sectag_writer *w, sectag_piece doc, sectag_buf *out) {
    int rc = sectag_buf_addf(out, "\n%s", paint(w, "\033[1;4m")) | sectag_put_plain(out, doc.text, doc.len);
    return rc | sectag_buf_addf(out, "%s\n\n", paint(w, "\033[0m"));
}

/* Two decimals that never claim certainty. */
static double shown_probability(const sectag_verdict *v) {
    return v->probability < 0.99 ? v->probability : 0.99;
}

static int put_tag(const sectag_writer *w, const sectag_record *r, uint32_t area, sectag_buf *out) {
    const sectag_verdict *v = &r->verdict[area];
    int sure = v->band == SECTAG_BAND_ACCEPT;
    return sectag_buf_addf(out, "%s%s %.2f%s%s  ", paint(w, sure ? "\033[1;32m" : "\033[33m"),
                           w->taxonomy->areas.data[area].code, shown_probability(v), sure ? "" : "?",
                           paint(w, "\033[0m"));
}

static int put_scores(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = 0;
    for (size_t a = 0; a < w->taxonomy->areas.len; a++) {
        if (!sectag_writer_shows(w, a)) continue;
        rc |= sectag_buf_addf(out, "%*s%-26s %+8.4f  p %.4f\n", INDENT, "", w->taxonomy->areas.data[a].code,
                              r->verdict[a].score, r->verdict[a].probability);
    }
    return rc;
}

static int put_record(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    int rc = sectag_buf_addf(out, "%5llu  %s", (unsigned long long)r->clause,
                             r->is_heading ? paint(w, "\033[1m") : "");
    rc |= sectag_put_wrapped(out, r->text.text, r->text.len, w->width, INDENT);
    rc |= sectag_buf_addf(out, "%s\n", r->is_heading ? paint(w, "\033[0m") : "");
    if (r->n_tags) {
        rc |= sectag_buf_addf(out, "%*s", INDENT, "");
        for (size_t i = 0; i < r->n_tags; i++) rc |= put_tag(w, r, r->tag[i], out);
        while (out->len && out->data[out->len - 1] == ' ') out->len--;
        rc |= sectag_buf_addc(out, '\n');
    }
    return w->scores ? rc | put_scores(w, r, out) : rc;
}

const sectag_format sectag_format_text = {.name = "text",
                                          .summary = "for reading in a terminal; ? marks the band review",
                                          .document = put_document,
                                          .record = put_record};
