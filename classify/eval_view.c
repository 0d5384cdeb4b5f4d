#include "classify/eval_view.h"

#include "classify/put.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sectag_eval_bins(const sectag_eval_view *v, size_t area, sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]) {
    size_t areas = v->model->n_areas;
    memset(bin, 0, SECTAG_RELIABILITY_BINS * sizeof *bin);
    for (size_t a = 0; a < areas; a++)
        if ((a == area || area == areas) && v->model->area[a].trained)
            sectag_reliability_add(v->p + a, v->gold + a, v->n, areas, bin);
    sectag_reliability_finish(bin);
}

int sectag_eval_table(const sectag_eval_view *v, size_t area, sectag_buf *out) {
    sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS];
    sectag_eval_bins(v, area, bin);
    int rc = sectag_buf_addf(out, "\n%s: probabilities and what came true\n%-10s %9s %9s %9s  %s\n",
                             area < v->model->n_areas ? v->model->taxonomy.areas.data[area].code : "all areas", "p",
                             "clauses", "mean p", "observed", "(95 % interval)");
    for (int k = 0; k < SECTAG_RELIABILITY_BINS; k++) {
        double n = (double)bin[k].n;
        if (bin[k].n == 0) continue;
        rc |= sectag_buf_addf(out, "%3.1f - %3.1f  %9zu %9.4f %9.4f  (%.4f-%.4f)\n", k / 10.0, (k + 1) / 10.0, bin[k].n,
                              bin[k].p / n, (double)bin[k].of / n, bin[k].low, bin[k].high);
    }
    return rc ? SECTAG_ENOMEM : 0;
}

/* ---- the page ---- */

enum { SIDE = 200, MARGIN = 30 }; /* of a chart's square, in px */

static double px_x(double x) {
    return MARGIN + x * SIDE;
}

static double px_y(double y) {
    return 10 + (1 - y) * SIDE;
}

/* The square from 0 to 1 in both directions, with its axes' names. */
static int begin_chart(const char *title, const char *x, const char *y, sectag_buf *out) {
    int rc = sectag_buf_addf(out,
                             "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><title>%s</title>"
                             "<rect class=\"plane\" x=\"%d\" y=\"10\" width=\"%d\" height=\"%d\"/>",
                             SIDE + MARGIN + 10, SIDE + MARGIN + 15, title, title, MARGIN, SIDE, SIDE);
    for (int i = 0; i <= 4; i++) {
        double at = i / 4.0;
        rc |= sectag_buf_addf(out,
                              "<path class=\"grid\" d=\"M%.1f 10V%d M%d %.1fH%d\"/><text x=\"%.1f\" y=\"%d\" "
                              "text-anchor=\"middle\">%g</text><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>",
                              px_x(at), SIDE + 10, MARGIN, px_y(at), MARGIN + SIDE, px_x(at), SIDE + 22, at,
                              MARGIN - 4, px_y(at) + 3, at);
    }
    return rc | sectag_buf_addf(out,
                                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text><text transform=\"translate(8 "
                                "%.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                                px_x(0.5), SIDE + 36, x, px_y(0.5), y);
}

/* The curve, and the threshold in force as a dot. */
static int put_curve(const sectag_eval_view *v, size_t a, sectag_buf *out) {
    sectag_pr_curve curve = {0};
    const sectag_area_metric *m = &v->metrics->area[a];
    int rc = sectag_pr_curve_fill(v->p + a, v->gold + a, v->n, v->model->n_areas, &curve, NULL);
    rc |= begin_chart("precision over recall", "recall 查全率", "precision 查准率", out);
    double shown = -1, height = -1;
    if (curve.len) rc |= sectag_buf_adds(out, "<path class=\"curve\" d=\"");
    for (size_t i = 0; i < curve.len && !rc; i++) {
        const sectag_pr_point *x = &curve.data[i];
        if (x->recall < shown + 0.005 && fabs(x->precision - height) < 0.005) continue; /* finer than a pixel */
        rc = sectag_buf_addf(out, "%s%.1f %.1f", shown < 0 ? "M" : "L", px_x(x->recall), px_y(x->precision));
        shown = x->recall;
        height = x->precision;
    }
    if (curve.len) rc |= sectag_buf_adds(out, "\"/>");
    if (m->n_tagged && m->n_gold)
        rc |= sectag_buf_addf(out,
                              "<circle class=\"point\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>threshold %.4f: precision "
                              "%.3f, recall %.3f</title></circle>",
                              px_x(m->recall.value), px_y(m->precision.value), v->model->area[a].threshold,
                              m->precision.value, m->recall.value);
    free(curve.data);
    return rc | sectag_buf_adds(out, "</svg>");
}

static int put_reliability(const sectag_eval_view *v, size_t area, sectag_buf *out) {
    sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS];
    sectag_eval_bins(v, area, bin);
    int rc = begin_chart("reliability", "probability 概率", "observed 实际比例", out);
    rc |= sectag_buf_addf(out, "<path class=\"even\" d=\"M%.1f %.1fL%.1f %.1f\"/>", px_x(0), px_y(0), px_x(1), px_y(1));
    for (int k = 0; k < SECTAG_RELIABILITY_BINS; k++) {
        double n = (double)bin[k].n;
        if (bin[k].n == 0) continue;
        double x = px_x(bin[k].p / n), share = (double)bin[k].of / n;
        rc |= sectag_buf_addf(out,
                              "<path class=\"range\" d=\"M%.1f %.1fV%.1f\"/><circle class=\"bin\" cx=\"%.1f\" cy=\"%.1f\" "
                              "r=\"3\"><title>%zu clauses: mean p %.4f, observed %.4f</title></circle>",
                              x, px_y(bin[k].low), px_y(bin[k].high), x, px_y(share), bin[k].n, bin[k].p / n, share);
    }
    return rc | sectag_buf_adds(out, "</svg>");
}

static int put_area(const sectag_eval_view *v, size_t a, sectag_buf *out) {
    const sectag_area *area = &v->model->taxonomy.areas.data[a];
    const sectag_area_metric *m = &v->metrics->area[a];
    int rc = sectag_buf_adds(out, "<section><h2>") | sectag_put_html(out, area->zh, strlen(area->zh)) |
             sectag_buf_adds(out, " <small>") | sectag_put_html(out, area->code, strlen(area->code)) |
             sectag_buf_addf(out,
                             "</small></h2>\n<p>n %zu · precision %.3f · recall %.3f · F1 %.3f · average precision %.3f "
                             "· ECE %.4f</p>\n",
                             m->n_gold, m->precision.value, m->recall.value, m->f1.value, m->ap.value, v->ece[a]);
    rc |= put_curve(v, a, out) | sectag_buf_addc(out, '\n') | put_reliability(v, a, out);
    return rc | sectag_buf_adds(out, "</section>\n");
}

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>sectag eval</title>\n<style>\n"
    "body{margin:2rem auto;max-width:72rem;padding:0 1rem;font-family:system-ui,sans-serif;line-height:1.5;color:#222}\n"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(32rem,1fr));gap:1.5rem}\n"
    "section{break-inside:avoid}h2{font-size:1rem;margin:0}h2 small{font-weight:400;color:#666}\n"
    "p{margin:.2rem 0;font-size:.85rem}svg{width:15.5rem;height:auto}svg text{font-size:9px;fill:#555}\n"
    ".plane{fill:#fff;stroke:#999}.grid{stroke:#e6e6e6;fill:none}.curve{fill:none;stroke:#1f5fa8;stroke-width:1.8}\n"
    ".point{fill:#c0392b}.even{stroke:#999;stroke-dasharray:3 3}.range{stroke:#1f5fa8}.bin{fill:#1f5fa8}\n"
    "</style>\n</head>\n<body>\n<h1>sectag eval</h1>\n";

int sectag_eval_page(const sectag_eval_view *v, sectag_buf *out) {
    const sectag_metrics *m = v->metrics;
    char id[17];
    sectag_model_id(v->model, id);
    int rc = sectag_buf_adds(out, head) |
             sectag_buf_addf(out,
                             "<p>Model %s, %zu clauses in %zu documents: macro-F1 %.3f, micro-F1 %.3f, mean average precision "
                             "%.3f.</p>\n<p>Left: precision over recall as the threshold falls; the dot is the threshold in "
                             "force. Right: how many clauses of a probability are of the area, with 95 %% intervals; on "
                             "the dashed line, probabilities mean what they say.</p>\n",
                             id, m->n_rows, m->n_docs, m->macro_f1.value, m->micro_f1.value, m->mean_ap.value);
    rc |= sectag_buf_adds(out, "<section><h2>All areas: reliability</h2>\n") |
          put_reliability(v, v->model->n_areas, out) | sectag_buf_adds(out, "</section>\n<main>\n");
    for (size_t a = 0; a < v->model->n_areas && !rc; a++)
        if (v->model->area[a].trained) rc = put_area(v, a, out);
    return rc | sectag_buf_adds(out, "</main>\n</body>\n</html>\n") ? SECTAG_ENOMEM : 0;
}
