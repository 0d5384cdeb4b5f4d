#include "classify/memo.h"

#include "features/array.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FREE = UINT32_MAX };

int sectag_memo_init(sectag_memo *m, size_t n_scores, sectag_err *err) {
    memset(m, 0, sizeof *m);
    m->n_scores = n_scores;
    m->len = sectag_alloc(SECTAG_MEMO_PLACES, sizeof *m->len);
    m->hash = sectag_zalloc(SECTAG_MEMO_PLACES, sizeof *m->hash);
    m->text = sectag_alloc(SECTAG_MEMO_PLACES, SECTAG_MEMO_TEXT);
    m->score = n_scores > SIZE_MAX / SECTAG_MEMO_PLACES
                   ? NULL
                   : sectag_alloc(SECTAG_MEMO_PLACES * n_scores, sizeof *m->score);
    m->mark = sectag_zalloc(SECTAG_MEMO_MARKS, sizeof *m->mark);
    if (!m->len || !m->hash || !m->text || !m->score || !m->mark) {
        sectag_memo_release(m);
        return sectag_err_nomem(err);
    }
    memset(m->len, 0xFF, SECTAG_MEMO_PLACES * sizeof *m->len);
    return 0;
}

void sectag_memo_release(sectag_memo *m) {
    free(m->len);
    free(m->hash);
    free(m->text);
    free(m->score);
    free(m->mark);
    memset(m, 0, sizeof *m);
}

static size_t place_of(uint64_t hash) {
    return hash % SECTAG_MEMO_PLACES;
}

uint64_t sectag_memo_hash(const char *text, size_t len) {
    return len > SECTAG_MEMO_TEXT ? 0 : XXH3_64bits(text, len);
}

const float *sectag_memo_find(const sectag_memo *m, uint64_t hash, const char *text, size_t len) {
    size_t at = place_of(hash);
    if (m->hash[at] != hash || m->len[at] != len) return NULL;
    return memcmp(m->text + at * SECTAG_MEMO_TEXT, text, len) == 0 ? m->score + at * m->n_scores : NULL;
}

/* Was the clause met before? Remembers that it was. */
static int is_second(sectag_memo *m, uint64_t hash) {
    uint16_t *mark = &m->mark[(hash >> 20) % SECTAG_MEMO_MARKS], now = (uint16_t)(hash >> 48 | 1);
    int second = *mark == now;
    *mark = now;
    return second;
}

void sectag_memo_keep(sectag_memo *m, uint64_t hash, const char *text, size_t len, const float *score) {
    if (len > SECTAG_MEMO_TEXT || !is_second(m, hash)) return;
    size_t at = place_of(hash);
    m->hash[at] = hash;
    m->len[at] = (uint32_t)len;
    if (len) memcpy(m->text + at * SECTAG_MEMO_TEXT, text, len);
    memcpy(m->score + at * m->n_scores, score, m->n_scores * sizeof *score);
}
