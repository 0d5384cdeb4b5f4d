#include "classify/gather.h"

#include "classify/document.h"
#include "classify/inputs.h"
#include "classify/program.h"
#include "features/isolation.h"

#include <stdlib.h>
#include <string.h>

void sectag_gather_release(sectag_gather *g) {
    free(g->clauses.data);
    sectag_buf_release(&g->strings);
    memset(g, 0, sizeof *g);
}

static int is_same_doc(const sectag_gather *g, const sectag_gathered *last, const char *doc, size_t len) {
    return last->doc_len == len && memcmp(g->strings.data + last->doc, doc, len) == 0;
}

int sectag_gather_add(sectag_gather *g, const char *doc, size_t doc_len, const char *text, size_t text_len,
                      uint64_t clause) {
    const sectag_gathered *last = g->clauses.len ? &g->clauses.data[g->clauses.len - 1] : NULL;
    sectag_gathered c = {.doc_len = doc_len, .text_len = text_len, .clause = clause};
    if (last && is_same_doc(g, last, doc, doc_len)) {
        c.doc = last->doc;
        c.doc_number = last->doc_number;
    } else {
        c.doc = g->strings.len;
        c.doc_number = g->n_docs++;
        if (sectag_buf_add(&g->strings, doc, doc_len)) return SECTAG_ENOMEM;
    }
    c.text = g->strings.len;
    if (sectag_buf_add(&g->strings, text, text_len)) return SECTAG_ENOMEM;
    if (sectag_array_reserve(&g->clauses, 1) || !g->clauses.data) return SECTAG_ENOMEM;
    g->clauses.data[g->clauses.len++] = c;
    return 0;
}

/* The reading of one set of operands. */
typedef struct reading {
    sectag_gather *g;
    void (*failed)(void *ctx, const sectag_err *err);
    void *ctx;
} reading;

static int take_record(void *ctx, const sectag_record *r, sectag_err *err) {
    reading *x = ctx;
    int rc = sectag_gather_add(x->g, r->doc.text, r->doc.len, r->text.text, r->text.len, r->clause);
    return rc ? sectag_err_nomem(err) : 0;
}

static void tell(void *ctx, const sectag_err *err) {
    const reading *x = ctx;
    x->g->failed++;
    if (x->failed) x->failed(x->ctx, err);
}

/* A file passed over for its name is no failure. */
static void note(void *ctx, const sectag_err *err) {
    if (err->code) tell(ctx, err);
}

int sectag_gather_documents(sectag_gather *g, char *const *operands, size_t n, int lines,
                            void (*failed)(void *ctx, const sectag_err *err), void *ctx, sectag_err *err) {
    reading x = {g, failed, ctx};
    sectag_inputs in;
    int rc = sectag_inputs_init(&in, operands, n, note, &x, err);
    if (rc) return rc;
    sectag_isolation *isolation = sectag_program_isolation(0, 0, 1);
    sectag_document *d = sectag_document_new(&(sectag_document_options){
        .lines = lines, .ctx = &x, .record = take_record, .warning = tell, .isolation = isolation});
    if (!d) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < in.paths.len && !rc; i++) {
        sectag_err why = {0};
        rc = sectag_document_read(d, in.paths.data[i], &why);
        if (rc && rc != SECTAG_ENOMEM) {
            tell(&x, &why);
            rc = 0;
        } else if (rc && err) {
            *err = why;
        }
    }
    sectag_document_free(d);
    sectag_isolation_free(isolation);
    sectag_inputs_release(&in);
    return rc;
}
