/* screen_jsonl.c: a screening as JSON, one object a line. */
#include "classify/put.h"
#include "classify/screen_writer.h"

static int put_member(sectag_buf *out, const char *name) {
    return sectag_buf_addc(out, ',') | sectag_buf_addc(out, '"') | sectag_buf_adds(out, name) |
           sectag_buf_adds(out, "\":");
}

static int put_text(sectag_buf *out, const char *name, sectag_piece text) {
    return put_member(out, name) | sectag_put_json(out, text.text, text.len);
}

static int put_count(sectag_buf *out, const char *name, uint64_t n) {
    return put_member(out, name) | sectag_put_count(out, n);
}

static int put_code(sectag_buf *out, const sectag_screening *s, uint32_t area) {
    return sectag_buf_addc(out, '"') | sectag_buf_adds(out, s->model->taxonomy.areas.data[area].code) |
           sectag_buf_addc(out, '"');
}

static int put_heading(const sectag_screening *s, const sectag_screened_clause *c, sectag_buf *out) {
    sectag_kept path = s->paths.data[c->path];
    int rc = put_member(out, "heading") | sectag_buf_addc(out, '[');
    for (size_t i = 0; i < path.len; i++) {
        sectag_piece heading = sectag_screening_text(s, s->headings.data[path.at + i]);
        rc |= i ? sectag_buf_addc(out, ',') : 0;
        rc |= sectag_put_json(out, heading.text, heading.len);
    }
    return rc | sectag_buf_addc(out, ']');
}

/* "doc":...,"text":... of a clause; begins without a comma. */
static int put_clause(const sectag_screening *s, const sectag_screened_clause *c, sectag_buf *out) {
    const sectag_screened_doc *d = &s->docs.data[c->doc];
    sectag_piece name = sectag_screening_text(s, d->name);
    int rc = sectag_buf_adds(out, "\"doc\":") | sectag_put_json(out, name.text, name.len);
    rc |= put_text(out, "title", sectag_screening_text(s, d->title));
    if (d->date[0]) rc |= put_text(out, "date", (sectag_piece){d->date, sizeof d->date - 1});
    rc |= put_count(out, "clause", c->number);
    if (c->page) rc |= put_count(out, "page", c->page);
    rc |= put_count(out, "start", c->start) | put_count(out, "end", c->end);
    return rc | put_heading(s, c, out) | put_text(out, "text", sectag_screening_text(s, c->text));
}

/* Stretches of both documents, and their text as the filing has it. */
static int put_commons(const sectag_screen_result *r, const sectag_screened_clause *filing,
                       const sectag_answer *m, sectag_buf *out) {
    const sectag_screened_clause *policy = sectag_screen_clause_of(r->policies, m->policy_tag);
    sectag_piece text = sectag_screening_text(r->filings, filing->text);
    int rc = put_member(out, "shared") | sectag_buf_addc(out, '[');
    for (size_t i = 0; i < m->n_common; i++) {
        const sectag_common *c = &r->crosswalk->commons.data[m->common + i];
        rc |= sectag_buf_adds(out, i ? ",{\"text\":" : "{\"text\":");
        rc |= sectag_put_json(out, text.text + c->filing, c->filing_end - c->filing);
        rc |= put_count(out, "start", sectag_screening_origin(r->filings, filing, c->filing));
        rc |= put_count(out, "end", sectag_screening_origin(r->filings, filing, c->filing_end - 1) + 1);
        rc |= put_count(out, "policy_start", sectag_screening_origin(r->policies, policy, c->policy));
        rc |=
            put_count(out, "policy_end", sectag_screening_origin(r->policies, policy, c->policy_end - 1) + 1);
        rc |= sectag_buf_addc(out, '}');
    }
    return rc | sectag_buf_addc(out, ']');
}

static int put_matches(const sectag_screen_result *r, size_t tag, sectag_buf *out) {
    size_t first = r->crosswalk->first.data[tag], end = r->crosswalk->first.data[tag + 1];
    int rc = put_member(out, "matches") | sectag_buf_addc(out, '[');
    for (size_t i = first; i < end; i++) {
        const sectag_answer *m = &r->crosswalk->matches.data[i];
        rc |= sectag_buf_adds(out, i > first ? ",{" : "{");
        rc |= put_clause(r->policies, sectag_screen_clause_of(r->policies, m->policy_tag), out);
        rc |= put_member(out, "score") | sectag_put_number(out, (double)m->score);
        rc |= put_commons(r, sectag_screen_clause_of(r->filings, tag), m, out) | sectag_buf_addc(out, '}');
    }
    return rc | sectag_buf_addc(out, ']');
}

static int put_filing(const sectag_screen_result *r, const sectag_screened_clause *c, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "{\"type\":\"clause\",") | put_clause(r->filings, c, out);
    rc |= put_member(out, "tags") | sectag_buf_addc(out, '[');
    for (size_t t = c->tag; t < c->tag + c->n_tags; t++) {
        const sectag_screened_tag *tag = &r->filings->tags.data[t];
        rc |= sectag_buf_adds(out, t > c->tag ? ",{\"area\":" : "{\"area\":");
        rc |= put_code(out, r->filings, tag->area) | put_member(out, "p") |
              sectag_put_number(out, tag->probability);
        rc |= sectag_buf_addf(out, ",\"band\":\"%s\"", sectag_band_name(tag->band));
        if (r->promised && r->promised[tag->area] >= 0)
            rc |= sectag_buf_adds(out, r->promised[tag->area] ? ",\"promised\":true" : ",\"promised\":false");
        rc |= put_matches(r, t, out) | sectag_buf_addc(out, '}');
    }
    rc |= sectag_buf_adds(out, "],\"point\":") | sectag_buf_adds(out, r->point ? r->point : "\"f1\"");
    return rc | sectag_buf_adds(out, "}\n");
}

static int put_open(const sectag_screen_result *r, size_t tag, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "{\"type\":\"open\",\"area\":") |
             put_code(out, r->policies, r->policies->tags.data[tag].area) | sectag_buf_addc(out, ',');
    rc |= put_clause(r->policies, sectag_screen_clause_of(r->policies, tag), out);
    return rc | put_member(out, "best") | sectag_put_number(out, (double)r->crosswalk->best[tag]) |
           sectag_buf_adds(out, "}\n");
}

static int put_coverage(const sectag_screen_result *r, uint32_t area, sectag_buf *out) {
    sectag_screen_coverage c = sectag_screen_cover(r, area);
    int rc = sectag_buf_adds(out, "{\"type\":\"coverage\",\"area\":") | put_code(out, r->filings, area);
    rc |= put_count(out, "filing_clauses", c.filings) | put_count(out, "policy_clauses", c.policies);
    return rc | put_count(out, "answered", c.answered) | sectag_buf_adds(out, "}\n");
}

static int write_jsonl(const sectag_screen_result *r, sectag_output *out, sectag_err *err) {
    sectag_buf b = {0};
    int rc = 0;
    for (size_t i = 0; i < r->filings->clauses.len && !rc; i++)
        if (r->filings->clauses.data[i].n_tags)
            rc = sectag_screen_flush(&b, put_filing(r, &r->filings->clauses.data[i], &b), 0, out, err);
    for (size_t t = 0; t < r->policies->tags.len && !rc; t++)
        if (!sectag_crosswalk_answered(r->crosswalk, r->options, t))
            rc = sectag_screen_flush(&b, put_open(r, t, &b), 0, out, err);
    for (uint32_t a = 0; a < r->filings->model->n_areas && r->policies->docs.len && !rc; a++)
        if (r->shown[a]) rc = sectag_screen_flush(&b, put_coverage(r, a, &b), 0, out, err);
    if (!rc) rc = sectag_screen_flush(&b, 0, 1, out, err);
    sectag_buf_release(&b);
    return rc;
}

const sectag_screen_format sectag_screen_jsonl = {"jsonl", write_jsonl, 0};
