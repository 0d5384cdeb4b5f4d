#include "classify/screen_writer.h"

#include <string.h>

enum { LARGE = 1 << 20 };

static const sectag_screen_format *const formats[] = {&sectag_screen_jsonl, &sectag_screen_csv,
                                                      &sectag_screen_sqlite, &sectag_screen_html};

const sectag_screen_format *sectag_screen_format_at(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? formats[i] : NULL;
}

const sectag_screen_format *sectag_screen_format_find(const char *name) {
    for (size_t i = 0; sectag_screen_format_at(i); i++)
        if (strcmp(formats[i]->name, name) == 0) return formats[i];
    return NULL;
}

int sectag_screen_flush(sectag_buf *b, int failed, int last, sectag_output *out, sectag_err *err) {
    if (failed) return sectag_err_nomem(err);
    if (b->len == 0 || (b->len < LARGE && !last)) return 0;
    int rc = sectag_output_write(out, b->data, b->len, err);
    sectag_buf_clear(b);
    return rc;
}

sectag_screen_coverage sectag_screen_cover(const sectag_screen_result *r, uint32_t area) {
    sectag_screen_coverage c = {0};
    for (size_t t = 0; t < r->filings->tags.len; t++) c.filings += r->filings->tags.data[t].area == area;
    for (size_t t = 0; t < r->policies->tags.len; t++) {
        if (r->policies->tags.data[t].area != area) continue;
        c.policies++;
        c.answered += (size_t)sectag_crosswalk_answered(r->crosswalk, r->options, t);
    }
    return c;
}

int sectag_screen_put_path(const sectag_screening *s, const sectag_screened_clause *c, sectag_buf *out) {
    sectag_kept path = s->paths.data[c->path];
    int rc = 0;
    for (size_t i = 0; i < path.len; i++) {
        sectag_piece heading = sectag_screening_text(s, s->headings.data[path.at + i]);
        rc |= i ? sectag_buf_adds(out, " / ") : 0;
        rc |= sectag_buf_add(out, heading.text, heading.len);
    }
    return rc;
}
