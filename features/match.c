#include "features/match.h"
#include "features/processor.h"

#include <string.h>

int sectag_matcher_init(sectag_matcher *m, const sectag_lexicon *lexicon, const sectag_terms *terms,
                        const sectag_vector_options *options, sectag_err *err) {
    memset(m, 0, sizeof *m);
    m->lexicon = lexicon;
    m->terms = options->terms ? terms : NULL;
    m->first_group = lexicon->n_columns;
    m->first_single = m->first_group + (m->terms ? 2 * terms->n_groups : 0);
    m->singles = options->single_weight > 0;
    m->stepper = sectag_stepper_find(sectag_processor_best());
    m->times = sectag_zalloc((size_t)lexicon->alphabet.n, sizeof *m->times);
    if (!m->times) return sectag_err_nomem(err);
    return sectag_speller_init(&m->speller, &lexicon->alphabet, err);
}

void sectag_matcher_release(sectag_matcher *m) {
    sectag_speller_release(&m->speller);
    free(m->start.data);
    free(m->repeated.data);
    free(m->found.data);
    free(m->special.data);
    free(m->hits.data);
    free(m->terms_found.data);
    free(m->counts.data);
    free(m->table.data);
    free(m->once.data);
    free(m->times);
    memset(m, 0, sizeof *m);
}

/* ---- terms ---- */

/* The place behind an open term that ends inside a word: behind the word and its mark. */
static size_t end_of_word(const sectag_matcher *m, size_t end) {
    const uint16_t *symbol = m->speller.symbols.data;
    uint32_t first_letter = m->lexicon->alphabet.first_letter;
    if (end >= m->speller.symbols.len || symbol[end - 1] < first_letter || symbol[end] < first_letter) return end;
    while (symbol[end] >= first_letter) end++;
    return end + 1;
}

static const uint32_t *bundle_of(const sectag_matcher *m, uint32_t payload) {
    return m->lexicon->bundle + (payload - SECTAG_HAS_TERMS);
}

/* Takes the terms of a bundle. Tells of `not` terms in *nots. */
static int take_terms(sectag_matcher *m, const sectag_special *s, int *nots) {
    const uint32_t *bundle = bundle_of(m, s->payload), n = bundle[SECTAG_BUNDLE_N];
    if (sectag_array_reserve(&m->terms_found, n)) return SECTAG_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        sectag_bundled t = sectag_bundle_term(bundle, i);
        uint32_t end = t.open ? (uint32_t)end_of_word(m, s->end) : s->end;
        m->terms_found.data[m->terms_found.len++] =
            (sectag_found_term){{t.term, s->first, end}, m->first_group + 2u * t.group + t.grade};
        *nots |= t.grade == SECTAG_TERM_NOT;
    }
    return 0;
}

/* Drops the terms that `not` terms blank out; what is left stands in hits. */
static int apply_nots(sectag_matcher *m) {
    m->hits.len = 0;
    if (sectag_array_reserve(&m->hits, m->terms_found.len)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < m->terms_found.len; i++) m->hits.data[m->hits.len++] = m->terms_found.data[i].hit;
    if (sectag_terms_apply_nots(m->terms, &m->hits)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < m->hits.len; i++) {
        const sectag_term *t = &m->terms->term[m->hits.data[i].term];
        m->terms_found.data[i] = (sectag_found_term){m->hits.data[i], m->first_group + 2u * t->group + t->grade};
    }
    m->terms_found.len = m->hits.len;
    return 0;
}

static int find_terms(sectag_matcher *m) {
    int nots = 0, rc = 0;
    m->terms_found.len = 0;
    for (size_t i = 0; m->terms && i < m->special.len && !rc; i++) rc = take_terms(m, &m->special.data[i], &nots);
    return rc || !nots ? rc : apply_nots(m);
}

/* ---- counting ---- */

enum { TABLE_LEAST = 512 };

static uint32_t place_of(uint32_t column, uint32_t mask) {
    return (column * 0x9E3779B1u >> 7) & mask;
}

/* Counting columns: what is counted, and where to find it again. There is room for all. A place of the table holds
 * (from the high bits) the turn in which it was filled, a column, and where the column stands in counts; if the
 * turn is not this one, the place is free. So the table need not be cleared for each clause. */
typedef struct counter {
    sectag_count *counts;
    uint64_t *table;
    uint64_t turn; /* << 48 */
    uint32_t mask, n;
} counter;

enum { COLUMN_BITS = 24, COLUMN_MASK = (1 << COLUMN_BITS) - 1 };

static inline void count(counter *c, uint32_t column) {
    const uint64_t key = c->turn | (uint64_t)column << COLUMN_BITS;
    uint32_t at = place_of(column, c->mask);
    for (uint64_t known; ((known = c->table[at]) ^ c->turn) >> 48 == 0; at = (at + 1) & c->mask) {
        if (known >> COLUMN_BITS != key >> COLUMN_BITS) continue;
        c->counts[known & COLUMN_MASK].count++;
        return;
    }
    c->table[at] = key | c->n;
    c->counts[c->n++] = (sectag_count){column, 1};
}

/* Makes ready for at most n columns (no more than there are) behind those in counts, with a table more than twice as
 * large. */
static int begin_counting(sectag_matcher *m, size_t n, counter *c) {
    size_t size = TABLE_LEAST, columns = (size_t)m->first_single + (m->terms ? m->terms->n_terms : 0);
    if (n > columns) n = columns;
    while (size < 2 * n) size *= 2;
    if (columns > COLUMN_MASK || sectag_array_reserve(&m->counts, n)) return SECTAG_ENOMEM;
    if (size > m->table.cap || ++m->turn == 1 << 16) {
        m->table.len = 0;
        if (sectag_array_reserve(&m->table, size)) return SECTAG_ENOMEM;
        memset(m->table.data, 0, m->table.cap * sizeof *m->table.data);
        m->turn = 1;
    }
    *c = (counter){m->counts.data, m->table.data, (uint64_t)m->turn << 48, (uint32_t)size - 1,
                   (uint32_t)m->counts.len};
    return 0;
}

/* N-grams of one symbol that the clause has more than once: there is nothing to count. */
static int count_repeated(sectag_matcher *m) {
    if (sectag_array_reserve(&m->counts, m->repeated.len + 1)) return SECTAG_ENOMEM;
    sectag_count *out = m->counts.data;
    for (size_t i = 0; i < m->repeated.len; i++) {
        uint16_t symbol = m->repeated.data[i];
        uint32_t payload = sectag_node_payload(sectag_trie_root(m->lexicon->slot, symbol));
        *out = (sectag_count){payload - 1, m->times[symbol]};
        out += payload - 1 < SECTAG_HAS_TERMS - 1;
    }
    m->counts.len = (size_t)(out - m->counts.data);
    return 0;
}

/* Of the special nodes, the first n_special are n-grams' as well. */
static void count_grams(const sectag_matcher *m, size_t n_special, counter *to) {
    counter c = *to; /* in registers: nothing points to it */
    for (size_t i = 0; i < m->found.len; i++) count(&c, m->found.data[i]);
    for (size_t i = 0; i < n_special; i++) {
        uint32_t column = bundle_of(m, m->special.data[i].payload)[SECTAG_BUNDLE_COLUMN];
        if (column != SECTAG_VOCAB_NONE) count(&c, column);
    }
    *to = c;
}

static void count_terms(const sectag_matcher *m, counter *to) {
    for (size_t i = 0; i < m->terms_found.len; i++) {
        const sectag_found_term *t = &m->terms_found.data[i];
        count(to, t->group_column);
        if (m->singles) count(to, m->first_single + t->hit.term);
    }
}

static int count_all(sectag_matcher *m, size_t n_special) {
    counter c;
    m->counts.len = 0;
    if (count_repeated(m)) return SECTAG_ENOMEM;
    if (begin_counting(m, m->found.len + m->special.len + 2 * m->terms_found.len, &c)) return SECTAG_ENOMEM;
    count_grams(m, n_special, &c);
    m->n_grams = c.n;
    count_terms(m, &c);
    m->counts.len = c.n;
    return 0;
}

/* ---- walking ---- */

/* Where walks begin: everywhere but in numbers, which are words without n-grams. */
static int mark_starts(sectag_matcher *m, const uint16_t **start) {
    const sectag_speller *s = &m->speller;
    const size_t n = s->symbols.len + SECTAG_SPELLING_PADDING;
    *start = s->symbols.data;
    if (s->numbers.len == 0) return 0;
    m->start.len = 0;
    if (sectag_array_reserve(&m->start, n)) return SECTAG_ENOMEM;
    memcpy(m->start.data, s->symbols.data, n * sizeof *m->start.data);
    for (size_t i = 0; i < s->numbers.len; i++)
        for (size_t k = s->numbers.data[i].first; k < s->numbers.data[i].end; k++)
            m->start.data[k] = SECTAG_SYMBOL_OTHER;
    *start = m->start.data;
    return 0;
}

/* Counts the symbols where walks begin. */
static int count_symbols(sectag_matcher *m, const uint16_t *start, size_t n) {
    m->repeated.len = 0;
    if (sectag_array_reserve(&m->repeated, n + 1)) return SECTAG_ENOMEM;
    uint16_t *repeated = m->repeated.data;
    for (size_t i = 0; i < n; i++) {
        *repeated = start[i];
        repeated += ++m->times[start[i]] == 2;
    }
    m->repeated.len = (size_t)(repeated - m->repeated.data);
    return 0;
}

static void forget_symbols(sectag_matcher *m, const uint16_t *start, size_t n) {
    for (size_t i = 0; i < n; i++) m->times[start[i]] = 0;
}

/* Numbers have no n-grams, but terms may begin with them. */
static int walk_number(sectag_matcher *m, size_t first) {
    const uint16_t *symbol = m->speller.symbols.data;
    sectag_node node = sectag_trie_root(m->lexicon->slot, symbol[first]);
    size_t last = m->speller.symbols.len - first;
    if (last > SECTAG_WALK_MAX) last = SECTAG_WALK_MAX;
    for (size_t k = 1; node && k <= last; node = sectag_trie_child(m->lexicon->slot, node, symbol[first + k++])) {
        sectag_special found = {sectag_node_payload(node), (uint32_t)first, (uint32_t)(first + k)};
        if (found.payload >= SECTAG_HAS_TERMS && sectag_array_push(&m->special, found)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Walks from everywhere and fills m->once, m->found and m->special. */
static int walk_all(sectag_matcher *m, const uint16_t *start) {
    sectag_walks w = {.slot = m->lexicon->slot,
                      .times = m->times,
                      .symbol = m->speller.symbols.data,
                      .start = start,
                      .len = m->speller.symbols.len};
    m->once.len = m->found.len = m->special.len = 0;
    for (size_t i = 0; i < w.len; i += SECTAG_WALKS) {
        if (sectag_array_reserve(&m->once, SECTAG_WALKS_ROOM) || sectag_array_reserve(&m->found, SECTAG_WALKS_ROOM) ||
            sectag_array_reserve(&m->special, SECTAG_WALKS_ROOM))
            return SECTAG_ENOMEM;
        w.once = m->once.data + m->once.len;
        w.found = m->found.data + m->found.len;
        w.special = m->special.data + m->special.len;
        m->stepper->run(&w, i, w.len - i < SECTAG_WALKS ? w.len - i : SECTAG_WALKS);
        m->once.len = (size_t)(w.once - m->once.data);
        m->found.len = (size_t)(w.found - m->found.data);
        m->special.len = (size_t)(w.special - m->special.data);
    }
    return 0;
}

static int walk_numbers(sectag_matcher *m) {
    int rc = 0;
    for (size_t i = 0; m->terms && i < m->speller.numbers.len && !rc; i++)
        rc = walk_number(m, m->speller.numbers.data[i].first);
    return rc;
}

int sectag_match(sectag_matcher *m, const char *text, size_t len, sectag_err *err) {
    const uint16_t *start;
    int rc = sectag_spell(&m->speller, text, len, err);
    if (rc) return rc;
    const size_t n = m->speller.symbols.len;
    if (mark_starts(m, &start) || count_symbols(m, start, n)) return sectag_err_nomem(err);
    rc = walk_all(m, start);
    const size_t n_special = m->special.len;
    if (!rc) rc = walk_numbers(m);
    if (!rc) rc = find_terms(m);
    if (!rc) rc = count_all(m, n_special);
    forget_symbols(m, start, n);
    return rc ? sectag_err_nomem(err) : 0;
}
