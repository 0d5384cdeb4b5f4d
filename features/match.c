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
    m->stepper = sectag_stepper_best();
    m->times = sectag_zalloc((size_t)lexicon->alphabet.n + 3, sizeof *m->times);
    if (!m->times) return sectag_err_nomem(err);
    return sectag_speller_init(&m->speller, &lexicon->alphabet, err);
}

void sectag_matcher_release(sectag_matcher *m) {
    sectag_speller_release(&m->speller);
    free(m->found.data);
    free(m->hits.data);
    free(m->terms_found.data);
    free(m->counts.data);
    free(m->table.data);
    free(m->once.data);
    free(m->times);
    memset(m, 0, sizeof *m);
}

/* ---- walking ---- */

/* How far a walk goes: more than the longest term (200 characters and their marks), and no end to a damaged trie
 * is needed. */
enum { WALK_MAX = 1000, FOUND_MORE = 8 * WALK_MAX };

/* A walk that found a term in its first three steps, or goes on. */
typedef struct pending {
    size_t first;
    sectag_node node[3];
} pending;

enum { PENDING = 2 * SECTAG_WALKS };

/* A clause being walked over. `found` has room for a walk from any place. */
typedef struct walk {
    sectag_matcher *m;
    const sectag_node *slot;
    const uint16_t *symbol; /* [len], and the padding */
    size_t len;
    uint32_t *found, *found_end; /* no walk may begin from found_end on */
    uint32_t *once;              /* found at symbols that the clause has once: there is room for three a symbol */
    pending *late;               /* [n_late] walks that need a closer look */
    size_t n_late;
    int nots; /* a `not` term was found */
} walk;

/* The place behind an open term that ends inside a word: behind the word and its mark. */
static size_t end_of_word(const walk *w, size_t end) {
    uint32_t first_letter = w->m->lexicon->alphabet.first_letter;
    if (end >= w->len || w->symbol[end - 1] < first_letter || w->symbol[end] < first_letter) return end;
    while (w->symbol[end] >= first_letter) end++;
    return end + 1;
}

/* What a bundle has, of a node that ends at `end`: its n-gram's payload and its terms. */
static int take_bundle(walk *w, uint32_t payload, size_t first, size_t end) {
    const uint32_t *bundle = w->m->lexicon->bundle + (payload - SECTAG_HAS_TERMS);
    uint32_t n = w->m->terms ? bundle[SECTAG_BUNDLE_N] : 0;
    *w->found = bundle[SECTAG_BUNDLE_COLUMN] + 1; /* 0 for none, which is all bits */
    w->found += *w->found != 0;
    for (uint32_t i = 0; i < n; i++) {
        sectag_bundled t = sectag_bundle_term(bundle, i);
        sectag_found_term hit = {{t.term, (uint32_t)first, (uint32_t)(t.open ? end_of_word(w, end) : end)},
                          w->m->first_group + 2u * t.group + t.grade};
        w->nots |= t.grade == SECTAG_TERM_NOT;
        if (sectag_array_push(&w->m->terms_found, hit)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Goes on from `node`, which ends before symbol `at`, as far as the trie reaches. */
static int go_on(walk *w, sectag_node node, size_t first, size_t at) {
    size_t last = w->len - first > WALK_MAX ? first + WALK_MAX : w->len;
    for (; node && at <= last; node = sectag_trie_child(w->slot, node, w->symbol[at++])) {
        uint32_t payload = sectag_node_payload(node);
        if (payload >= SECTAG_HAS_TERMS && take_bundle(w, payload, first, at)) return SECTAG_ENOMEM;
        if (payload - 1 < SECTAG_HAS_TERMS - 1) *w->found++ = payload;
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

/* Makes ready for at most n more columns (no more than there are), with a table more than twice as large. */
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
    *c = (counter){m->counts.data,          m->table.data, (uint64_t)m->turn << 48, (uint32_t)size - 1,
                   (uint32_t)m->counts.len, m->rows,       m->stride};
    return 0;
}

/* Counts what was found once and what may have been found more often. */
static int count_grams(sectag_matcher *m) {
    const uint32_t *once = m->once.data, *found = m->found.data;
    const size_t n_once = m->once.len, n_found = m->found.len;
    counter made;
    m->counts.len = 0;
    if (sectag_array_reserve(&m->counts, n_once)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n_once; i++) __builtin_prefetch(m->rows + (size_t)(once[i] - 1) * m->stride);
    for (size_t i = 0; i < n_once; i++) m->counts.data[i] = (sectag_count){once[i] - 1, 1};
    m->n_once = m->counts.len = n_once;
    if (begin_counting(m, n_found, &made)) return SECTAG_ENOMEM;
    counter c = made; /* in registers: nothing points to it */
    for (size_t i = 0; i < n_found; i++) count(&c, found[i] - 1);
    m->n_grams = m->counts.len = c.n;
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

static int count_terms(sectag_matcher *m, int nots) {
    counter c;
    if (nots && apply_nots(m)) return SECTAG_ENOMEM;
    if (m->terms_found.len == 0) return 0;
    if (begin_counting(m, 2 * m->terms_found.len, &c)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < m->terms_found.len; i++) {
        count(&c, m->terms_found.data[i].group_column);
        if (m->singles) count(&c, m->first_single + m->terms_found.data[i].hit.term);
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
    w->found_end = m->found.data + (m->found.cap - WALK_MAX - SECTAG_WALKS_ROOM);
    return 0;
}

/* Room for what one walk, or the first steps of those abreast, can find; called before each. */
static inline int make_room(walk *w) {
    return w->found < w->found_end ? 0 : grow_found(w);
}

/* The terms among the first three nodes of a walk, and where it goes from there. */
static int finish_walk(walk *w, const pending *p) {
    int rc = make_room(w);
    for (size_t k = 0; k < 3 && !rc; k++) {
        uint32_t payload = sectag_node_payload(p->node[k]);
        if (payload >= SECTAG_HAS_TERMS) rc = take_bundle(w, payload, p->first, p->first + k + 1);
    }
    if (rc) return rc;
    return go_on(w, sectag_trie_child(w->slot, p->node[2], w->symbol[p->first + 3]), p->first, p->first + 4);
}

static int finish_late(walk *w) {
    size_t n = w->n_late;
    int rc = 0;
    w->n_late = 0;
    for (size_t i = 0; i < n && !rc; i++) rc = finish_walk(w, &w->late[i]);
    return rc;
}

static void fetch_bundle(const walk *w, sectag_node node) {
    if (node >> 63) __builtin_prefetch(w->m->lexicon->bundle + (sectag_node_payload(node) - SECTAG_HAS_TERMS));
}

/* Keeps a walk for later, with what it will look at already on its way. */
static void put_off(walk *w, const sectag_steps *steps, size_t first, unsigned i) {
    pending *p = &w->late[w->n_late++];
    *p = (pending){first + i, {steps->node[0][i], steps->node[1][i], steps->node[2][i]}};
    __builtin_prefetch(&w->slot[sectag_node_base(p->node[2]) + w->symbol[p->first + 3]]);
    for (size_t k = 0; k < 3; k++) fetch_bundle(w, p->node[k]);
}

/* All walks from the n symbols from `first` on, none of them in a word. */
static int walk_abreast(walk *w, size_t first, size_t n) {
    sectag_steps steps;
    int rc = 0;
    for (size_t at = first, end = first + n; at < end && !rc; at += SECTAG_WALKS) {
        size_t walks = end - at < SECTAG_WALKS ? end - at : SECTAG_WALKS;
        rc = make_room(w);
        if (!rc && w->n_late > PENDING - SECTAG_WALKS) rc = finish_late(w);
        if (rc) break;
        steps.found = w->found;
        steps.once = w->once;
        uint64_t more = w->m->stepper->run(&steps, w->slot, w->m->times, w->symbol + at, walks);
        w->found = steps.found;
        w->once = steps.once;
        for (; more; more &= more - 1) put_off(w, &steps, at, (unsigned)__builtin_ctzll(more));
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
        while (i < w->len && w->symbol[i] != SECTAG_SYMBOL_MARK) i++;
        if (i > first)
            rc = walk_abreast(w, first, i - first);
        else
            rc = walk_word(w, &i);
    }
    if (!rc) rc = finish_late(w);
    w->m->found.len = (size_t)(w->found - w->m->found.data);
    w->m->once.len = (size_t)(w->once - w->m->once.data);
    return rc;
}

/* Counts the symbols of the clause: what begins with one that occurs once is itself found once, and need not be
 * looked for among what was found before. */
static int count_symbols(walk *w) {
    sectag_matcher *m = w->m;
    if (sectag_array_reserve(&m->once, 3 * w->len + SECTAG_WALKS_ROOM)) return SECTAG_ENOMEM;
    w->once = m->once.data;
    for (size_t i = 0; i < w->len; i++) {
        sectag_times *times = &m->times[w->symbol[i]];
        *times = (sectag_times)(*times * 2 + 1);
    }
    return 0;
}

static void forget_symbols(const walk *w) {
    for (size_t i = 0; i < w->len; i++) w->m->times[w->symbol[i]] = 0;
}

int sectag_match(sectag_matcher *m, const char *text, size_t len, sectag_err *err) {
    int rc = sectag_spell(&m->speller, text, len, err);
    if (rc) return rc;
    m->found.len = m->once.len = m->terms_found.len = 0;
    pending late[PENDING];
    walk w = {.m = m,
              .late = late,
              .slot = m->lexicon->slot,
              .symbol = m->speller.symbols.data,
              .len = m->speller.symbols.len};
    rc = count_symbols(&w) || grow_found(&w) || walk_all(&w) || count_grams(m) || count_terms(m, w.nots);
    forget_symbols(&w);
    return rc ? sectag_err_nomem(err) : 0;
}
