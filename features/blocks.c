#include "features/blocks.h"

#include "features/reflow.h"
#include "features/utf8.h"

#include <stdlib.h>
#include <string.h>

void sectag_blocks_release(sectag_blocks *l) {
    sectag_buf_release(&l->text);
    sectag_buf_release(&l->scratch);
    free(l->entries.data);
    memset(l, 0, sizeof *l);
}

void sectag_blocks_clear(sectag_blocks *l) {
    sectag_buf_clear(&l->text);
    l->entries.len = l->next = l->begun = 0;
    l->cell = 0;
    l->in_rows = 0;
    l->kind = l->level = 0;
}

void sectag_blocks_forget(sectag_blocks *l) {
    if (l->text.data) memmove(l->text.data, l->text.data + l->begun, l->text.len - l->begun);
    l->text.len -= l->begun;
    l->begun = l->entries.len = l->next = 0;
}

/* ---- one block ---- */

static int is_blank(const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (!sectag_is_space(cp)) return 0;
    }
    return 1;
}

int sectag_blocks_has_text(const sectag_blocks *l) {
    return !is_blank(l->text.data + l->begun, l->text.len - l->begun);
}

void sectag_blocks_end(sectag_blocks *l) {
    size_t len = l->text.len - l->begun;
    if (l->no_memory || len == 0) return;
    sectag_blocks_entry e = {l->begun, len, l->cell, l->kind, l->level};
    const char *text = l->text.data + l->begun;
    if (is_blank(text, len)) {
        /* page breaks count even where they stand alone: they go before the next block */
        size_t feeds = 0;
        for (size_t i = 0; i < len; i++) feeds += text[i] == '\f';
        if (feeds) memset(l->text.data + l->begun, '\f', feeds);
        l->text.len = l->begun + feeds;
        return;
    }
    if (sectag_array_push(&l->entries, e)) l->no_memory = 1;
    l->begun = l->text.len;
}

void sectag_blocks_begin(sectag_blocks *l, uint8_t kind, uint8_t level) {
    sectag_blocks_end(l);
    l->kind = kind;
    l->level = level;
}

void sectag_blocks_add(sectag_blocks *l, const char *text, size_t len) {
    if (!l->no_memory && sectag_buf_add(&l->text, text, len)) l->no_memory = 1;
}

static int is_html_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
}

void sectag_blocks_fold(sectag_blocks *l, const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t from = at;
        while (at < len && !is_html_space(text[at])) at++;
        sectag_blocks_add(l, text + from, at - from);
        int feed = 0;
        from = at;
        for (; at < len && is_html_space(text[at]); at++) feed |= text[at] == '\n';
        if (at == from || l->text.len == l->begun) continue;
        char last = l->text.data[l->text.len - 1];
        if (last == '\n' || (last == ' ' && !feed)) continue;
        if (last == ' ') l->text.len--;
        sectag_blocks_add(l, feed ? "\n" : " ", 1);
    }
}

/* ---- rows ---- */

size_t sectag_blocks_row_begin(sectag_blocks *l) {
    sectag_blocks_end(l);
    l->in_rows++;
    return l->entries.len;
}

void sectag_blocks_cell(sectag_blocks *l, uint32_t cell) {
    sectag_blocks_end(l);
    l->cell = cell;
    l->kind = SECTAG_BLOCK_PARAGRAPH;
    l->level = 0;
}

/* Holds the text a sentence, one that does not end with it included? */
static int holds_sentence(const char *text, size_t len) {
    for (size_t i = 0; i + 3 <= len; i++)
        if (memcmp(text + i, "。", 3) == 0 || memcmp(text + i, "；", 3) == 0) return 1;
    return len > 1 && sectag_columns(text, len) > 80 && text[len - 1] == '.';
}

static int stays_apart(const sectag_blocks *l, size_t row) {
    for (size_t i = row; i < l->entries.len; i++) {
        const sectag_blocks_entry *e = &l->entries.data[i];
        if (e->kind == SECTAG_BLOCK_ROW || e->kind == SECTAG_BLOCK_HEADING) return 1;
        if (holds_sentence(l->text.data + e->at, e->len)) return 1;
    }
    return 0;
}

/* One block of all from `row` on. */
static int merge_row(sectag_blocks *l, size_t row) {
    sectag_blocks_entry *first = &l->entries.data[row];
    sectag_buf_clear(&l->scratch);
    for (size_t i = row; i < l->entries.len; i++) {
        const sectag_blocks_entry *e = &l->entries.data[i];
        const char *gap = i == row ? "" : e->cell == e[-1].cell ? " " : "\t";
        if (sectag_buf_adds(&l->scratch, gap)) return SECTAG_ENOMEM;
        size_t from = l->scratch.len;
        if (sectag_buf_add(&l->scratch, l->text.data + e->at, e->len)) return SECTAG_ENOMEM;
        for (size_t k = from; k < l->scratch.len; k++)
            if (l->scratch.data[k] == '\t') l->scratch.data[k] = ' ';
    }
    l->text.len = first->at;
    if (sectag_buf_add(&l->text, l->scratch.data, l->scratch.len)) return SECTAG_ENOMEM;
    first->len = l->scratch.len;
    first->kind = SECTAG_BLOCK_ROW;
    first->level = 0;
    l->entries.len = row + 1;
    l->begun = l->text.len;
    return 0;
}

void sectag_blocks_row_end(sectag_blocks *l, size_t row, uint32_t outer_cell) {
    sectag_blocks_end(l);
    l->in_rows--;
    l->cell = outer_cell;
    if (l->no_memory || row >= l->entries.len) return;
    if (!stays_apart(l, row) && merge_row(l, row)) l->no_memory = 1;
    for (size_t i = row; i < l->entries.len; i++) {
        sectag_blocks_entry *e = &l->entries.data[i];
        e->cell = outer_cell;
        if (e->kind == SECTAG_BLOCK_PARAGRAPH) e->kind = SECTAG_BLOCK_ITEM;
    }
}

/* ---- giving out ---- */

int sectag_blocks_next(sectag_blocks *l, sectag_block *b) {
    if (l->no_memory) return SECTAG_ENOMEM;
    if (l->next >= l->entries.len) return 0;
    const sectag_blocks_entry *e = &l->entries.data[l->next++];
    *b = (sectag_block){.text = l->text.data + e->at, .len = e->len, .kind = e->kind, .level = e->level};
    return 1;
}
