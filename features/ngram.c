#include "features/ngram.h"

#include "features/utf8.h"

/* One walk over a clause: where the n-grams go, and the word before the current one. */
typedef struct walk {
    const sectag_normal *n;
    const sectag_ngram_options *o;
    sectag_ngram_list *out;
    uint64_t pair_key;   /* key of `_word_` before, when it may pair */
    uint32_t pair_first; /* its first code point */
    int has_pair;
} walk;

static int add(walk *w, uint64_t key, size_t first, size_t end, int open, int close) {
    sectag_ngram g = {key, (uint32_t)first, (uint32_t)end, (uint8_t)open, (uint8_t)close, 0};
    return sectag_array_push(w->out, g);
}

static int cjk_run(walk *w, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        uint64_t key = SECTAG_NGRAM_KEY;
        for (size_t j = i; j < end && j - i < w->o->cjk_max; j++) {
            key = sectag_ngram_extend(key, w->n->cp[j]);
            if (j - i + 1 >= w->o->cjk_min && add(w, key, i, j + 1, 0, 0)) return SECTAG_ENOMEM;
        }
    }
    return 0;
}

/* Code point i of the word [first, end) padded by a mark on each side: i runs from 0 to end-first+1. */
static uint32_t padded(const sectag_normal *n, size_t first, size_t end, size_t i) {
    return i == 0 || i == end - first + 1 ? '_' : n->cp[first + i - 1];
}

static int word_ngrams(walk *w, size_t first, size_t end) {
    size_t len = end - first + 2;
    for (size_t i = 0; i < len; i++) {
        uint64_t key = SECTAG_NGRAM_KEY;
        for (size_t j = i; j < len && j - i < w->o->word_max; j++) {
            key = sectag_ngram_extend(key, padded(w->n, first, end, j));
            if (j - i + 1 < w->o->word_min) continue;
            int open = i == 0, close = j == len - 1;
            size_t from = open ? first : first + i - 1, to = close ? end : first + j;
            if (add(w, key, from, to, open, close)) return SECTAG_ENOMEM;
        }
    }
    return 0;
}

static uint64_t extend_word(const sectag_normal *n, uint64_t key, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) key = sectag_ngram_extend(key, n->cp[i]);
    return sectag_ngram_extend(key, '_');
}

static int number_word(walk *w, size_t first, size_t end) {
    w->has_pair = 0;
    if (!w->o->numbers) return 0;
    uint64_t key = sectag_ngram_extend(SECTAG_NGRAM_KEY, '_');
    for (size_t i = first; i < end; i++) key = sectag_ngram_extend(key, '0');
    if (add(w, sectag_ngram_extend(key, '_'), first, end, 1, 1)) return SECTAG_ENOMEM;
    w->out->data[w->out->len - 1].number = 1;
    return 0;
}

/* Words pair across one space or hyphen and nothing else. */
static int pairs_with_previous(const walk *w, size_t first) {
    if (!w->has_pair || first < 2) return 0;
    uint32_t gap = w->n->cp[first - 1];
    return (gap == ' ' || gap == '-') && sectag_kind_is_word(w->n->kind[first - 2]);
}

static int word_run(walk *w, size_t first, size_t end) {
    int letters = 0;
    for (size_t i = first; i < end && !letters; i++) letters = w->n->kind[i] == SECTAG_KIND_LETTER;
    if (!letters) return number_word(w, first, end);
    if (word_ngrams(w, first, end)) return SECTAG_ENOMEM;
    uint64_t word = extend_word(w->n, sectag_ngram_extend(SECTAG_NGRAM_KEY, '_'), first, end);
    size_t len = end - first + 2;
    int is_ngram = len >= w->o->word_min && len <= w->o->word_max;
    if (w->o->whole_words && !is_ngram && add(w, word, first, end, 1, 1)) return SECTAG_ENOMEM;
    if (w->o->word_pairs && pairs_with_previous(w, first) &&
        add(w, extend_word(w->n, w->pair_key, first, end), w->pair_first, end, 1, 1))
        return SECTAG_ENOMEM;
    w->has_pair = 1;
    w->pair_key = word;
    w->pair_first = (uint32_t)first;
    return 0;
}

int sectag_ngrams(const sectag_normal *n, const sectag_ngram_options *options, sectag_ngram_list *out,
                  sectag_err *err) {
    walk w = {n, options, out, 0, 0, 0};
    out->len = 0;
    for (size_t i = 0; i < n->len;) {
        size_t first = i;
        int cjk = n->kind[i] == SECTAG_KIND_CJK;
        if (!cjk && !sectag_kind_is_word(n->kind[i])) {
            i++;
            continue;
        }
        while (i < n->len && (cjk ? n->kind[i] == SECTAG_KIND_CJK : sectag_kind_is_word(n->kind[i]))) i++;
        if (cjk ? cjk_run(&w, first, i) : word_run(&w, first, i)) return sectag_err_nomem(err);
    }
    return 0;
}

int sectag_ngram_text(const sectag_normal *n, const sectag_ngram *g, sectag_buf *out) {
    int rc = g->open ? sectag_buf_addc(out, '_') : 0;
    for (uint32_t i = g->first; i < g->end && !rc; i++) {
        char bytes[4];
        int inside = n->kind[i] == SECTAG_KIND_CJK || sectag_kind_is_word(n->kind[i]);
        uint32_t cp = !inside ? '_' : g->number ? '0' : n->cp[i];
        rc = sectag_buf_add(out, bytes, sectag_utf8_put(cp, bytes));
    }
    return rc ? rc : g->close ? sectag_buf_addc(out, '_') : 0;
}

uint64_t sectag_ngram_key(const char *text, size_t len) {
    uint64_t key = SECTAG_NGRAM_KEY;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        key = sectag_ngram_extend(key, cp);
    }
    return key;
}
