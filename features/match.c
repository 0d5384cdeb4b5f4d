#include "features/match.h"

#include <string.h>

int sectag_matcher_init(sectag_matcher *m, const sectag_lexicon *lexicon, const sectag_terms *terms,
                        const sectag_vector_options *options, sectag_err *err) {
    memset(m, 0, sizeof *m);
    m->lexicon = lexicon;
    m->terms = options->terms ? terms : NULL;
    m->first_group = lexicon->n_columns;
    m->first_single = m->first_group + (m->terms ? 2 * terms->n_groups : 0);
    m->singles = options->single_weight > 0;
    m->rows = ""; /* no null pointer: offsets are added to it */
    m->times = sectag_zalloc(lexicon->alphabet.n, 1);
    if (!m->times) return sectag_err_nomem(err);
    return sectag_speller_init(&m->speller, &lexicon->alphabet, err);
}

void sectag_matcher_release(sectag_matcher *m) {
    sectag_speller_release(&m->speller);
    free(m->found.data);
    free(m->hits.data);
    free(m->counts.data);
    free(m->table.data);
    free(m->once.data);
    free(m->times);
    memset(m, 0, sizeof *m);
}

/* ---- walking ---- */

/* How far a walk goes: more than the longest term (200 characters and their marks), and no end to a damaged trie
 * is needed. How many walks are made side by side. */
enum { WALK_MAX = 1000, ABREAST = 256, FOUND_MORE = 8 * WALK_MAX };

/* A clause being walked over. `found` has room for a walk from any place. */
typedef struct walk {
    sectag_matcher *m;
    const sectag_node *slot;
    const uint16_t *symbol; /* [len], and the padding */
    size_t len;
    uint32_t *found, *found_end; /* no walk may begin from found_end on */
    uint32_t *once;              /* found at symbols that the clause has once: there is room for three a symbol */
    const uint8_t *times;        /* [symbols of the alphabet] how often the clause has one, up to 255 */
} walk;

/* The place behind an open term that ends inside a word: behind the word and its mark. */
static size_t end_of_word(const walk *w, size_t end) {
    uint32_t first_letter = w->m->lexicon->alphabet.first_letter;
    if (end >= w->len || w->symbol[end - 1] < first_letter || w->symbol[end] < first_letter) return end;
    while (w->symbol[end] >= first_letter) end++;
    return end + 1;
}

/* The terms of a node that ends at `end`. */
static int add_terms(walk *w, uint32_t payload, size_t first, size_t end) {
    const sectag_lexicon *x = w->m->lexicon;
    const sectag_entry *entry = &x->entry[payload - SECTAG_HAS_TERMS];
    if (!w->m->terms) return 0;
    for (uint32_t i = 0; i < entry->n; i++) {
        uint32_t term = x->listed[entry->first + i];
        size_t to = w->m->terms->term[term].open ? end_of_word(w, end) : end;
        sectag_term_hit hit = {term, (uint32_t)first, (uint32_t)to};
        if (sectag_array_push(&w->m->hits, hit)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Goes on from `node`, which ends before symbol `at`, as far as the trie reaches. */
static int go_on(walk *w, sectag_node node, size_t first, size_t at) {
    size_t last = w->len - first > WALK_MAX ? first + WALK_MAX : w->len;
    for (; node && at <= last; node = sectag_trie_child(w->slot, node, w->symbol[at++])) {
        uint32_t payload = sectag_node_payload(node);
        if (!payload) continue;
        *w->found++ = payload;
        if (payload >= SECTAG_HAS_TERMS && add_terms(w, payload, first, at)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Words of digits alone have no n-grams: only the terms are taken of what begins before them. */
static int walk_number(walk *w, size_t i) {
    uint32_t *found = w->found;
    int rc = go_on(w, sectag_trie_root(w->slot, w->symbol[i]), i, i + 1);
    w->found = found;
    return rc;
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
    const char *rows;
    size_t stride;
} counter;

enum { COLUMN_BITS = 24, COLUMN_MASK = (1 << COLUMN_BITS) - 1 };

/* Counts a column that occurs but once. */
static inline void count_once(counter *c, uint32_t column) {
    __builtin_prefetch(c->rows + (size_t)column * c->stride);
    c->counts[c->n++] = (sectag_count){column, 1};
}

static inline void count(counter *c, uint32_t column) {
    const uint64_t key = c->turn | (uint64_t)column << COLUMN_BITS;
    uint32_t at = place_of(column, c->mask);
    for (uint64_t known; ((known = c->table[at]) ^ c->turn) >> 48 == 0; at = (at + 1) & c->mask) {
        if (known >> COLUMN_BITS != key >> COLUMN_BITS) continue;
        c->counts[known & COLUMN_MASK].count++;
        return;
    }
    __builtin_prefetch(c->rows + (size_t)column * c->stride);
    c->table[at] = key | c->n;
    c->counts[c->n++] = (sectag_count){column, 1};
}

/* Makes ready for `once` columns that are put down unlooked at, and n more that are looked for in a table more than
 * twice as large: no more of them than there are columns (of the others only where a lexicon is damaged). */
static int begin_counting(sectag_matcher *m, size_t once, size_t n, counter *c) {
    size_t size = TABLE_LEAST, columns = (size_t)m->first_single + (m->terms ? m->terms->n_terms : 0);
    if (n > columns) n = columns;
    while (size < 2 * n) size *= 2;
    if (columns > COLUMN_MASK || sectag_array_reserve(&m->counts, once + n)) return SECTAG_ENOMEM;
    if (size > m->table.cap || ++m->turn == 1 << 16) {
        m->table.len = 0;
        if (sectag_array_reserve(&m->table, size)) return SECTAG_ENOMEM;
        memset(m->table.data, 0, m->table.cap * sizeof *m->table.data);
        m->turn = 1;
    }
    *c = (counter){m->counts.data,          m->table.data, (uint64_t)m->turn << 48, (uint32_t)size - 1,
                   (uint32_t)m->counts.len, m->rows,       m->stride};
    return 0;
}

static inline uint32_t column_of(const sectag_lexicon *x, uint32_t payload) {
    return payload < SECTAG_HAS_TERMS ? payload - 1 : x->entry[payload - SECTAG_HAS_TERMS].column;
}

static int count_grams(sectag_matcher *m) {
    const sectag_lexicon *x = m->lexicon;
    counter made;
    m->counts.len = 0;
    if (begin_counting(m, m->once.len, m->found.len, &made)) return SECTAG_ENOMEM;
    counter c = made; /* in registers: nothing points to it */
    for (size_t i = 0; i < m->once.len; i++) {
        uint32_t column = column_of(x, m->once.data[i]);
        if (column != SECTAG_VOCAB_NONE) count_once(&c, column);
    }
    for (size_t i = 0; i < m->found.len; i++) {
        uint32_t column = column_of(x, m->found.data[i]);
        if (column != SECTAG_VOCAB_NONE) count(&c, column);
    }
    m->n_grams = m->counts.len = c.n;
    return 0;
}

static int count_terms(sectag_matcher *m) {
    counter c;
    if (m->hits.len == 0) return 0;
    if (sectag_terms_apply_nots(m->terms, &m->hits) || begin_counting(m, 0, 2 * m->hits.len, &c))
        return SECTAG_ENOMEM;
    for (size_t i = 0; i < m->hits.len; i++) {
        const sectag_term *t = &m->terms->term[m->hits.data[i].term];
        count(&c, m->first_group + 2u * t->group + t->grade);
        if (m->singles) count(&c, m->first_single + m->hits.data[i].term);
    }
    m->counts.len = c.n;
    return 0;
}

/* ---- a clause ---- */

static int grow_found(walk *w) {
    sectag_matcher *m = w->m;
    m->found.len = w->found ? (size_t)(w->found - m->found.data) : 0;
    if (sectag_array_reserve(&m->found, FOUND_MORE)) return SECTAG_ENOMEM;
    w->found = m->found.data + m->found.len;
    w->found_end = m->found.data + (m->found.cap - WALK_MAX - 3 * ABREAST);
    return 0;
}

/* Room for what one walk, or the first steps of those abreast, can find; called before each. */
static inline int make_room(walk *w) {
    return w->found < w->found_end ? 0 : grow_found(w);
}

/* Appends what ends at a node, if anything does. */
static inline uint32_t *find(uint32_t *found, sectag_node node) {
    uint32_t payload = sectag_node_payload(node);
    *found = payload;
    return found + (payload != 0);
}

/* The terms among the first three nodes of a walk from symbol `first`, and where it goes from there. */
static int finish_walk(walk *w, const sectag_node node[3], size_t first) {
    int rc = make_room(w);
    for (size_t k = 0; k < 3 && !rc; k++) {
        uint32_t payload = sectag_node_payload(node[k]);
        if (payload >= SECTAG_HAS_TERMS) rc = add_terms(w, payload, first, first + k + 1);
    }
    return rc ? rc : go_on(w, sectag_trie_child(w->slot, node[2], w->symbol[first + 3]), first, first + 4);
}

/* All n walks from symbol `first` on, in step: the loads of one step do not wait for each other, and no branch
 * hangs on what they bring. Only the walks that found terms or go on behind their third symbol, a few, are then
 * looked at one by one. */
static int walk_abreast(walk *w, size_t first, size_t n) {
    sectag_node one[ABREAST], two[ABREAST], three[ABREAST];
    uint32_t more[ABREAST + 1] = {0};
    const uint16_t *s = w->symbol + first;
    const sectag_node *slot = w->slot;
    size_t n_more = 0;
    int rc = make_room(w);
    if (rc) return rc;
    for (size_t i = 0; i < n; i++) one[i] = sectag_trie_root(slot, s[i]);
    for (size_t i = 0; i < n; i++) two[i] = sectag_trie_child(slot, one[i], s[i + 1]);
    for (size_t i = 0; i < n; i++) three[i] = sectag_trie_child(slot, two[i], s[i + 2]);
    uint32_t *found = w->found, *once = w->once;
    for (size_t i = 0; i < n; i++) {
        sectag_node unique = sectag_mask(w->times[s[i]] == 1);
        found = find(find(find(found, one[i] & ~unique), two[i] & ~unique), three[i] & ~unique);
        once = find(find(find(once, one[i] & unique), two[i] & unique), three[i] & unique);
        more[n_more] = (uint32_t)i;
        n_more += (one[i] | two[i] | three[i]) >> 63 | (sectag_node_base(three[i]) != 0);
    }
    w->found = found;
    w->once = once;
    for (size_t k = 0; k < n_more; k++) __builtin_prefetch(&slot[sectag_node_base(three[more[k]]) + s[more[k] + 3]]);
    for (size_t k = 0; k < n_more && !rc; k++) {
        size_t i = more[k];
        const sectag_node node[3] = {one[i], two[i], three[i]};
        rc = finish_walk(w, node, first + i);
    }
    return rc;
}

/* All walks from the word whose first mark is symbol *i, which goes behind its last mark. */
static int walk_word(walk *w, size_t *i) {
    const sectag_alphabet *a = &w->m->lexicon->alphabet;
    size_t first = *i, end = first + 1;
    int letters = 0, rc = 0;
    for (; w->symbol[end] != SECTAG_SYMBOL_MARK; end++) letters |= w->symbol[end] < a->first_digit;
    *i = end + 1;
    if (!letters) return make_room(w) ? SECTAG_ENOMEM : walk_number(w, first);
    /* the last mark begins nothing but the n-gram `_` */
    size_t last = end + (sectag_node_payload(sectag_trie_root(w->slot, SECTAG_SYMBOL_MARK)) != 0);
    for (size_t at = first; at < last && !rc; at++)
        rc = make_room(w) ? SECTAG_ENOMEM : go_on(w, sectag_trie_root(w->slot, w->symbol[at]), at, at + 1);
    return rc;
}

static int walk_all(walk *w) {
    int rc = 0;
    for (size_t i = 0; i < w->len && !rc;) {
        size_t first = i;
        while (i < w->len && i - first < ABREAST && w->symbol[i] != SECTAG_SYMBOL_MARK) i++;
        if (i > first)
            rc = walk_abreast(w, first, i - first);
        else
            rc = walk_word(w, &i);
    }
    w->m->found.len = (size_t)(w->found - w->m->found.data);
    w->m->once.len = (size_t)(w->once - w->m->once.data);
    return rc;
}

/* Counts the symbols of the clause; what begins with one that occurs once is itself found once, and need not be
 * looked for among what was found before. */
static int count_symbols(walk *w) {
    sectag_matcher *m = w->m;
    if (sectag_array_reserve(&m->once, 3 * w->len + 1)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < w->len; i++) m->times[w->symbol[i]] = (uint8_t)(m->times[w->symbol[i]] + (m->times[w->symbol[i]] < 255));
    w->once = m->once.data;
    w->times = m->times;
    return 0;
}

static void forget_symbols(const walk *w) {
    for (size_t i = 0; i < w->len; i++) w->m->times[w->symbol[i]] = 0;
}

int sectag_match(sectag_matcher *m, const char *text, size_t len, sectag_err *err) {
    int rc = sectag_spell(&m->speller, text, len, err);
    if (rc) return rc;
    m->found.len = m->hits.len = 0;
    walk w = {.m = m,
              .slot = m->lexicon->slot,
              .symbol = m->speller.symbols.data,
              .len = m->speller.symbols.len};
    m->once.len = 0;
    rc = count_symbols(&w) || grow_found(&w) || walk_all(&w) || count_grams(m) || count_terms(m);
    forget_symbols(&w);
    return rc ? sectag_err_nomem(err) : 0;
}
