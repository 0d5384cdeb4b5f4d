/* screen_csv.c: a screening as a table for a spreadsheet: a row a match. */
#include "classify/put.h"
#include "classify/screen_writer.h"

#include <csv.h>

/* A row that is being put together: fields of text go through `scratch`. */
typedef struct row {
    sectag_buf out, scratch;
    int begun, failed;
} row;

static void put_field(row *w, sectag_piece text) {
    size_t room = 2 * text.len + 2; /* every byte a doubled quote, and the quotes around them */
    if (w->begun) w->failed |= sectag_buf_addc(&w->out, ',');
    w->begun = 1;
    if (sectag_buf_reserve(&w->out, room)) {
        w->failed = 1;
        return;
    }
    w->out.len += csv_write(w->out.data + w->out.len, room, text.text, text.len);
}

static void put_string(row *w, const char *text) {
    put_field(w, (sectag_piece){text, strlen(text)});
}

static void put_scratch(row *w) {
    put_field(w, (sectag_piece){w->scratch.len ? w->scratch.data : "", w->scratch.len});
    sectag_buf_clear(&w->scratch);
}

static void put_count(row *w, uint64_t n) {
    w->failed |= sectag_put_count(&w->scratch, n);
    put_scratch(w);
}

static void put_number(row *w, double x) {
    w->failed |= sectag_put_number(&w->scratch, x);
    put_scratch(w);
}

static void put_empty(row *w, int n) {
    while (n-- > 0) put_string(w, "");
}

static void end_row(row *w) {
    w->failed |= sectag_buf_adds(&w->out, "\r\n");
    w->begun = 0;
}

enum { CLAUSE_FIELDS = 9 };

static void put_clause(row *w, const sectag_screening *s, const sectag_screened_clause *c) {
    const sectag_screened_doc *d = &s->docs.data[c->doc];
    put_field(w, sectag_screening_text(s, d->name));
    put_field(w, sectag_screening_text(s, d->title));
    put_string(w, d->date);
    put_count(w, c->number);
    if (c->page)
        put_count(w, c->page);
    else
        put_string(w, "");
    put_count(w, c->start);
    put_count(w, c->end);
    w->failed |= sectag_screen_put_path(s, c, &w->scratch);
    put_scratch(w);
    put_field(w, sectag_screening_text(s, c->text));
}

static void put_header(row *w) {
    static const char *const names[] = {"kind",
                                        "area",
                                        "p",
                                        "band",
                                        "doc",
                                        "title",
                                        "date",
                                        "clause",
                                        "page",
                                        "start",
                                        "end",
                                        "heading",
                                        "text",
                                        "rank",
                                        "score",
                                        "policy_doc",
                                        "policy_title",
                                        "policy_date",
                                        "policy_clause",
                                        "policy_page",
                                        "policy_start",
                                        "policy_end",
                                        "policy_heading",
                                        "policy_text",
                                        "shared"};
    w->failed |= sectag_buf_adds(&w->out, "\xEF\xBB\xBF"); /* so that spreadsheets read UTF-8 */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) put_string(w, names[i]);
    end_row(w);
}

static void put_tag(row *w, const sectag_screen_result *r, const char *kind, size_t tag) {
    const sectag_screened_tag *t = &r->filings->tags.data[tag];
    put_string(w, kind);
    put_string(w, r->filings->model->taxonomy.areas.data[t->area].code);
    put_number(w, t->probability);
    put_string(w, sectag_band_name(t->band));
    put_clause(w, r->filings, sectag_screen_clause_of(r->filings, tag));
}

static void put_match(row *w, const sectag_screen_result *r, size_t tag, size_t rank, const sectag_answer *m) {
    const sectag_screened_clause *filing = sectag_screen_clause_of(r->filings, tag);
    sectag_piece text = sectag_screening_text(r->filings, filing->text);
    put_tag(w, r, "match", tag);
    put_count(w, rank);
    put_number(w, (double)m->score);
    put_clause(w, r->policies, sectag_screen_clause_of(r->policies, m->policy_tag));
    for (size_t i = 0; i < m->n_common; i++) {
        const sectag_common *c = &r->crosswalk->commons.data[m->common + i];
        w->failed |= i ? sectag_buf_adds(&w->scratch, " | ") : 0;
        w->failed |= sectag_buf_add(&w->scratch, text.text + c->filing, c->filing_end - c->filing);
    }
    put_scratch(w);
    end_row(w);
}

static void put_alone(row *w, const sectag_screen_result *r, size_t tag) {
    put_tag(w, r, "alone", tag);
    put_empty(w, 2 + CLAUSE_FIELDS + 1);
    end_row(w);
}

static void put_open(row *w, const sectag_screen_result *r, size_t tag) {
    const sectag_screened_tag *t = &r->policies->tags.data[tag];
    put_string(w, "open");
    put_string(w, r->policies->model->taxonomy.areas.data[t->area].code);
    put_empty(w, 2 + CLAUSE_FIELDS + 1);
    put_number(w, (double)r->crosswalk->best[tag]);
    put_clause(w, r->policies, sectag_screen_clause_of(r->policies, tag));
    put_string(w, "");
    end_row(w);
}

static void put_filing_tag(row *w, const sectag_screen_result *r, size_t tag) {
    size_t first = r->crosswalk->first.data[tag], end = r->crosswalk->first.data[tag + 1];
    for (size_t i = first; i < end; i++) put_match(w, r, tag, i - first + 1, &r->crosswalk->matches.data[i]);
    if (first == end) put_alone(w, r, tag);
}

static int write_csv(const sectag_screen_result *r, sectag_output *out, sectag_err *err) {
    row w = {0};
    int rc = 0;
    put_header(&w);
    for (size_t t = 0; t < r->filings->tags.len && !rc; t++) {
        put_filing_tag(&w, r, t);
        rc = sectag_screen_flush(&w.out, w.failed, 0, out, err);
    }
    for (size_t t = 0; t < r->policies->tags.len && !rc; t++) {
        if (sectag_crosswalk_answered(r->crosswalk, r->options, t)) continue;
        put_open(&w, r, t);
        rc = sectag_screen_flush(&w.out, w.failed, 0, out, err);
    }
    if (!rc) rc = sectag_screen_flush(&w.out, w.failed, 1, out, err);
    sectag_buf_release(&w.out);
    sectag_buf_release(&w.scratch);
    return rc;
}

const sectag_screen_format sectag_screen_csv = {"csv", write_csv, 0};
