#include "classify/batch.h"

#include "features/simplify.h"

#include <stdlib.h>
#include <string.h>

int sectag_batch_init(sectag_batch *b, size_t n_areas, sectag_err *err) {
    memset(b, 0, sizeof *b);
    b->n_areas = n_areas;
    b->totals.area = sectag_zalloc(n_areas, sizeof *b->totals.area);
    return b->totals.area ? 0 : sectag_err_nomem(err);
}

void sectag_batch_release(sectag_batch *b) {
    sectag_buf_release(&b->doc);
    sectag_buf_release(&b->text);
    sectag_buf_release(&b->out);
    free(b->clauses.data);
    free(b->headings.data);
    free(b->dropped.data);
    free(b->heading_pieces.data);
    free(b->verdicts.data);
    free(b->tags.data);
    free(b->totals.area);
    memset(b, 0, sizeof *b);
}

int sectag_batch_reset(sectag_batch *b, sectag_piece doc, sectag_err *err) {
    sectag_buf_clear(&b->doc);
    sectag_buf_clear(&b->text);
    sectag_buf_clear(&b->out);
    b->clauses.len = b->headings.len = b->dropped.len = b->printed = 0;
    b->bytes = 0;
    b->opens = 0;
    b->end = (sectag_batch_end){0};
    uint64_t *area = b->totals.area;
    memset(area, 0, b->n_areas * sizeof *area);
    b->totals = (sectag_totals){.area = area};
    return sectag_buf_add(&b->doc, doc.text, doc.len) ? sectag_err_nomem(err) : 0;
}

/* Appends text; returns where it stands. */
static int keep(sectag_batch *b, sectag_piece piece, sectag_batch_piece *kept) {
    *kept = (sectag_batch_piece){b->text.len, piece.len};
    return sectag_buf_add(&b->text, piece.text, piece.len);
}

/* Has the batch's last clause the same heading path? Most have. */
static int same_heading(const sectag_batch *b, const sectag_record *r) {
    if (b->clauses.len == 0) return 0;
    const sectag_batch_clause *last = &b->clauses.data[b->clauses.len - 1];
    if (last->record.n_heading != r->n_heading) return 0;
    for (size_t i = 0; i < r->n_heading; i++) {
        sectag_batch_piece known = b->headings.data[last->heading + i];
        if (known.len != r->heading[i].len ||
            memcmp(b->text.data + known.at, r->heading[i].text, known.len) != 0)
            return 0;
    }
    return 1;
}

static int keep_heading(sectag_batch *b, const sectag_record *r, size_t *at) {
    if (same_heading(b, r)) {
        *at = b->clauses.data[b->clauses.len - 1].heading;
        return 0;
    }
    *at = b->headings.len;
    for (size_t i = 0; i < r->n_heading; i++) {
        sectag_batch_piece kept;
        if (keep(b, r->heading[i], &kept) || sectag_array_push(&b->headings, kept)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* The text as it is tagged; of the same length. */
static int keep_tagged(sectag_batch *b, const sectag_record *r, sectag_batch_clause *c) {
    c->tagged = c->text;
    if (!r->traditional) return 0;
    c->tagged.at = b->text.len;
    if (sectag_buf_reserve(&b->text, r->text.len)) return SECTAG_ENOMEM;
    sectag_simplify(r->text.text, r->text.len, b->text.data + b->text.len);
    b->text.len += r->text.len;
    return 0;
}

int sectag_batch_add(sectag_batch *b, const sectag_record *r, sectag_err *err) {
    sectag_batch_clause c = {.record = *r, .dropped = b->dropped.len};
    int rc = keep_heading(b, r, &c.heading) | keep(b, r->text, &c.text) | keep(b, r->columns, &c.columns);
    if (!rc) rc = keep_tagged(b, r, &c);
    for (size_t i = 0; i < r->n_dropped; i++) rc |= sectag_array_push(&b->dropped, r->dropped[i]);
    if (!rc) rc = sectag_array_push(&b->clauses, c);
    return rc ? sectag_err_nomem(err) : 0;
}

int sectag_batch_is_full(const sectag_batch *b) {
    return b->clauses.len >= SECTAG_BATCH_CLAUSES || b->text.len >= SECTAG_BATCH_BYTES;
}

static sectag_piece piece_of(const sectag_batch *b, sectag_batch_piece kept) {
    return (sectag_piece){b->text.len ? b->text.data + kept.at : "", kept.len};
}

/* Clauses that are tagged at once: enough for the tagger to look ahead, few enough for the caches. */
enum { GROUP = 16 };

/* The arrays stand still now: the headings' offsets become pointers. */
static int point(sectag_batch *b) {
    size_t kept = b->keep && b->clauses.len > GROUP ? b->clauses.len : GROUP; /* clauses whose verdicts stay */
    b->heading_pieces.len = b->verdicts.len = b->tags.len = 0;
    if (sectag_array_reserve(&b->heading_pieces, b->headings.len) ||
        sectag_array_reserve(&b->tags, b->n_areas) || sectag_array_reserve(&b->verdicts, kept * b->n_areas))
        return SECTAG_ENOMEM;
    for (size_t i = 0; i < b->headings.len; i++)
        b->heading_pieces.data[i] = piece_of(b, b->headings.data[i]);
    return 0;
}

/* The shown areas a clause is tagged with, most probable first; areas in order where equal. */
static size_t collect_tags(const sectag_verdict *v, const sectag_writer *w, size_t n_areas, uint32_t *tags) {
    size_t n = 0;
    for (size_t a = 0; a < n_areas; a++) {
        if (!v[a].tagged || !sectag_writer_shows(w, a)) continue;
        size_t at = n++;
        for (; at > 0 && v[tags[at - 1]].probability < v[a].probability; at--) tags[at] = tags[at - 1];
        tags[at] = (uint32_t)a;
    }
    return n;
}

static int write_clause(sectag_batch *b, size_t i, const sectag_verdict *verdict, const sectag_writer *w, int all) {
    sectag_batch_clause *c = &b->clauses.data[i];
    sectag_record *r = &c->record;
    r->doc = (sectag_piece){b->doc.data, b->doc.len};
    r->text = piece_of(b, c->text);
    r->columns = piece_of(b, c->columns);
    r->heading = r->n_heading ? b->heading_pieces.data + c->heading : NULL;
    r->dropped = r->n_dropped ? b->dropped.data + c->dropped : NULL;
    r->verdict = verdict;
    r->tag = b->tags.data;
    r->n_tags = collect_tags(r->verdict, w, b->n_areas, b->tags.data);
    b->totals.clauses++;
    b->totals.tagged += r->n_tags > 0;
    for (size_t k = 0; k < r->n_tags; k++) b->totals.area[r->tag[k]]++;
    if (!all && r->n_tags == 0) return 0;
    b->printed++;
    return sectag_writer_record(w, r, &b->out);
}

/* Tags and writes n clauses, GROUP at most, from the first-th on. */
static int run_group(sectag_batch *b, size_t first, size_t n, sectag_tagger *t, const sectag_writer *w, int all,
                     sectag_err *err) {
    sectag_piece text[GROUP];
    sectag_verdict *verdicts = b->verdicts.data + (b->keep ? first * b->n_areas : 0);
    for (size_t i = 0; i < n; i++) text[i] = piece_of(b, b->clauses.data[first + i].tagged);
    int rc = sectag_tagger_run(t, text, n, verdicts, err);
    for (size_t i = 0; i < n && !rc; i++)
        if (write_clause(b, first + i, verdicts + i * b->n_areas, w, all)) rc = sectag_err_nomem(err);
    return rc;
}

int sectag_batch_run(sectag_batch *b, sectag_tagger *t, const sectag_writer *w, int all, sectag_err *err) {
    if (point(b)) return sectag_err_nomem(err);
    int rc = 0;
    for (size_t i = 0; i < b->clauses.len && !rc; i += GROUP)
        rc = run_group(b, i, b->clauses.len - i < GROUP ? b->clauses.len - i : GROUP, t, w, all, err);
    return rc;
}
