#include "classify/writer.h"

#include <string.h>

static const sectag_format *const formats[] = {&sectag_format_jsonl, &sectag_format_csv, &sectag_format_tsv,
                                               &sectag_format_html, &sectag_format_text};

const sectag_format *sectag_format_at(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? formats[i] : NULL;
}

const sectag_format *sectag_format_find(const char *name) {
    for (size_t i = 0; sectag_format_at(i); i++)
        if (strcmp(formats[i]->name, name) == 0) return formats[i];
    return NULL;
}

int sectag_writer_begin(const sectag_writer *w, sectag_buf *out) {
    return w->format->begin ? w->format->begin(w, out) : 0;
}

int sectag_writer_document(const sectag_writer *w, sectag_piece doc, sectag_buf *out) {
    return w->format->document ? w->format->document(w, doc, out) : 0;
}

int sectag_writer_record(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    return w->format->record(w, r, out);
}

int sectag_writer_end(const sectag_writer *w, const sectag_totals *totals, sectag_buf *out) {
    return w->format->end ? w->format->end(w, totals, out) : 0;
}
