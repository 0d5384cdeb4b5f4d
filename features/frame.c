#include "features/frame.h"

#include <string.h>

/* ---- putting ---- */

int sectag_frame_begin(sectag_buf *b, uint32_t kind, size_t *frame) {
    sectag_frame_head head = {kind, 0};
    *frame = b->len;
    return sectag_buf_add(b, (const char *)&head, sizeof head);
}

int sectag_frame_number(sectag_buf *b, uint64_t n) {
    return sectag_buf_add(b, (const char *)&n, sizeof n);
}

int sectag_frame_text(sectag_buf *b, const char *text, size_t len) {
    if (!text) return sectag_frame_number(b, UINT64_MAX);
    return sectag_frame_number(b, len) | sectag_buf_add(b, text, len);
}

int sectag_frame_end(sectag_buf *b, size_t frame) {
    size_t len = b->len - frame - sizeof(sectag_frame_head);
    sectag_frame_head head;
    if (len > UINT32_MAX) return SECTAG_ENOMEM;
    memcpy(&head, b->data + frame, sizeof head);
    head.len = (uint32_t)len;
    memcpy(b->data + frame, &head, sizeof head);
    return 0;
}

/* ---- taking ---- */

uint64_t sectag_frame_take_number(sectag_frame_take *t) {
    uint64_t n = 0;
    if (t->left < sizeof n) t->bad = 1;
    if (t->bad) return 0;
    memcpy(&n, t->at, sizeof n);
    t->at += sizeof n;
    t->left -= sizeof n;
    return n;
}

const char *sectag_frame_take_text(sectag_frame_take *t, size_t *len) {
    uint64_t n = sectag_frame_take_number(t);
    const char *text = t->at;
    *len = 0;
    if (n == UINT64_MAX || t->bad) return NULL;
    if (n > t->left) {
        t->bad = 1;
        return NULL;
    }
    t->at += n;
    t->left -= (size_t)n;
    *len = (size_t)n;
    return text;
}

/* ---- whole frames ---- */

int sectag_frame_put_met(sectag_buf *b, uint32_t kind, const sectag_reader *r, int leaves) {
    const uint64_t met[] = {(uint64_t)r->paged, r->skipped, r->replaced,     r->first_replaced,
                            r->furniture,       r->bytes,   (uint64_t)leaves};
    size_t frame;
    int rc = sectag_frame_begin(b, kind, &frame);
    rc |= sectag_frame_text(b, r->encoding, r->encoding ? strlen(r->encoding) : 0);
    for (size_t i = 0; i < sizeof met / sizeof met[0]; i++) rc |= sectag_frame_number(b, met[i]);
    return rc ? rc : sectag_frame_end(b, frame);
}

sectag_frame_met sectag_frame_take_met(sectag_frame_take *t) {
    sectag_frame_met met = {0};
    met.encoding = sectag_frame_take_text(t, &met.encoding_len);
    met.paged = sectag_frame_take_number(t);
    met.skipped = sectag_frame_take_number(t);
    met.replaced = sectag_frame_take_number(t);
    met.first_replaced = sectag_frame_take_number(t);
    met.furniture = sectag_frame_take_number(t);
    met.bytes = sectag_frame_take_number(t);
    met.leaves = sectag_frame_take_number(t);
    return met;
}

int sectag_frame_put_block(sectag_buf *b, const sectag_block *block) {
    size_t frame;
    int rc = sectag_frame_begin(b, SECTAG_FRAME_BLOCK, &frame);
    rc |= sectag_frame_number(b, block->kind) | sectag_frame_number(b, block->level);
    rc |= sectag_frame_number(b, block->row) | sectag_frame_text(b, block->text, block->len);
    rc |= sectag_frame_number(b, block->n_cells);
    for (size_t i = 0; i < block->n_cells; i++) {
        rc |= sectag_frame_text(b, block->cells[i].name, block->cells[i].name_len);
        rc |= sectag_frame_text(b, block->cells[i].text, block->cells[i].len);
    }
    return rc ? rc : sectag_frame_end(b, frame);
}

int sectag_frame_put_error(sectag_buf *b, const sectag_err *err) {
    size_t frame;
    int rc = sectag_frame_begin(b, SECTAG_FRAME_ERROR, &frame);
    rc |= sectag_frame_number(b, (uint64_t) - (int64_t)err->code) | sectag_frame_number(b, err->line);
    rc |= sectag_frame_number(b, err->byte) | sectag_frame_number(b, (uint64_t)err->has_byte);
    rc |= sectag_frame_text(b, err->msg, strlen(err->msg));
    return rc ? rc : sectag_frame_end(b, frame);
}
