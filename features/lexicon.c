#include "features/lexicon.h"

#include "features/array.h"
#include "features/utf8.h"

#include <string.h>

/* A boundary mark among code points. */
#define MARK UINT32_MAX

/* A string to be found: code points of the builder's pool, then symbols; its column or term. */
typedef struct string {
    size_t at;
    uint32_t len, number;
    uint8_t is_term;
} string;

/* A string ready for sorting: qsort has no context argument, so it carries its symbols. */
typedef struct spelt {
    const uint16_t *symbol;
    uint32_t len, number;
    uint8_t is_term;
} spelt;

struct sectag_lexicon_builder {
    SECTAG_ARRAY(uint32_t) cps;
    SECTAG_ARRAY(string) strings;
    sectag_normal normal;
    uint32_t *symbol_cp; /* of the alphabet */
    uint16_t *symbols;   /* [cps.len] */
    SECTAG_ARRAY(sectag_trie_key) keys;
    SECTAG_ARRAY(uint32_t) words; /* the bundles */
    sectag_node *slot;
};

sectag_lexicon_builder *sectag_lexicon_builder_new(void) {
    return sectag_zalloc(1, sizeof(sectag_lexicon_builder));
}

void sectag_lexicon_builder_free(sectag_lexicon_builder *b) {
    if (!b) return;
    sectag_normal_release(&b->normal);
    free(b->cps.data);
    free(b->strings.data);
    free(b->symbol_cp);
    free(b->symbols);
    free(b->keys.data);
    free(b->words.data);
    free(b->slot);
    free(b);
}

int sectag_lexicon_serves(const sectag_ngram_options *options) {
    return !options->word_pairs && !options->numbers;
}

/* ---- n-grams ---- */

static uint8_t kind_of(uint32_t cp) {
    return cp == MARK ? SECTAG_KIND_OTHER : sectag_kind(cp);
}

/* Can a clause give the n-gram cp[0..len) under the options? */
static int is_possible(const uint32_t *cp, size_t len, const sectag_ngram_options *o) {
    size_t cjk = 0, word = 0;
    for (size_t i = 0; i < len; i++) {
        cjk += kind_of(cp[i]) == SECTAG_KIND_CJK;
        int edge = i == 0 || i + 1 == len;
        word += (size_t)(cp[i] == MARK ? edge : sectag_kind_is_word(kind_of(cp[i])));
    }
    if (cjk == len) return len >= o->cjk_min && len <= o->cjk_max;
    if (word != len) return 0;
    return (len >= o->word_min && len <= o->word_max) ||
           (o->whole_words && len > 2 && cp[0] == MARK && cp[len - 1] == MARK);
}

static int add_string(sectag_lexicon_builder *b, size_t at, uint32_t number, int is_term) {
    string s = {at, (uint32_t)(b->cps.len - at), number, (uint8_t)is_term};
    return s.len == 0 ? 0 : sectag_array_push(&b->strings, s);
}

static int add_ngram(sectag_lexicon_builder *b, const sectag_vocab *v, uint32_t column,
                     const sectag_ngram_options *o) {
    size_t len, from = b->cps.len;
    const char *text = sectag_vocab_text(v, column, &len);
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (sectag_array_push(&b->cps, cp == '_' ? MARK : cp)) return SECTAG_ENOMEM;
    }
    if (is_possible(b->cps.data + from, b->cps.len - from, o)) return add_string(b, from, column, 0);
    b->cps.len = from;
    return 0;
}

/* ---- terms ---- */

static int is_word_at(const sectag_normal *n, size_t i) {
    return i < n->len && sectag_kind_is_word(n->kind[i]);
}

/* The term with a mark wherever words begin and end, but for the end. */
static int add_marked(sectag_lexicon_builder *b) {
    const sectag_normal *n = &b->normal;
    int was_word = 0;
    for (size_t i = 0; i < n->len; i++) {
        int word = is_word_at(n, i);
        uint32_t cp = sectag_terms_fold(n->cp[i]);
        if (word != was_word && sectag_array_push(&b->cps, MARK)) return SECTAG_ENOMEM;
        if (sectag_array_push(&b->cps, cp)) return SECTAG_ENOMEM;
        was_word = word;
    }
    return 0;
}

/* One way to write a term: with `ending` behind its last word. */
static int add_spelling(sectag_lexicon_builder *b, uint32_t number, const char *ending) {
    size_t from = b->cps.len;
    if (add_marked(b)) return SECTAG_ENOMEM;
    for (; *ending; ending++)
        if (sectag_array_push(&b->cps, *ending == '_' ? MARK : (uint32_t)*ending)) return SECTAG_ENOMEM;
    return add_string(b, from, number, 1);
}

static int add_term(sectag_lexicon_builder *b, const sectag_terms *t, uint32_t number, sectag_err *err) {
    const sectag_term *term = &t->term[number];
    int rc = sectag_normal_run(&b->normal, t->text + term->text, term->bytes - term->open, err);
    if (rc || b->normal.len == 0) return rc;
    size_t last = b->normal.len - 1;
    int word = is_word_at(&b->normal, last), letter = b->normal.kind[last] == SECTAG_KIND_LETTER;
    rc = add_spelling(b, number, word && !term->open ? "_" : "");
    if (letter && !term->open) rc |= add_spelling(b, number, "s_") | add_spelling(b, number, "es_");
    return rc ? sectag_err_nomem(err) : 0;
}

/* ---- the alphabet ---- */

static int by_cp(const void *pa, const void *pb) {
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

/* The distinct characters of all strings, each with how often it occurs. */
static size_t count_characters(uint32_t *cps, size_t n, sectag_character *out) {
    size_t found = 0;
    qsort(cps, n, sizeof *cps, by_cp);
    for (size_t i = 0; i < n; i++) {
        if (cps[i] == MARK || cps[i] == ' ') continue;
        if (found && out[found - 1].cp == cps[i])
            out[found - 1].weight++;
        else
            out[found++] = (sectag_character){cps[i], 1};
    }
    return found;
}

static int make_alphabet(sectag_lexicon_builder *b, sectag_alphabet *a, sectag_err *err) {
    size_t n = b->cps.len;
    uint32_t *sorted = sectag_alloc(n, sizeof *sorted);
    sectag_character *characters = sectag_alloc(n, sizeof *characters);
    int rc = sorted && characters ? 0 : sectag_err_nomem(err);
    if (!rc) {
        if (n) memcpy(sorted, b->cps.data, n * sizeof *sorted);
        n = count_characters(sorted, n, characters);
        b->symbol_cp = sectag_alloc(n + 7, sizeof *b->symbol_cp);
        rc = b->symbol_cp ? sectag_alphabet_make(a, characters, n, b->symbol_cp, err) : sectag_err_nomem(err);
    }
    free(sorted);
    free(characters);
    return rc;
}

/* A character and its symbol, for finding it. */
typedef struct known {
    uint32_t cp, symbol;
} known;

static uint16_t symbol_of(const known *table, size_t n, uint32_t cp) {
    if (cp == MARK) return SECTAG_SYMBOL_MARK;
    const known *found = bsearch(&cp, table, n, sizeof *table, by_cp);
    return found ? (uint16_t)found->symbol : SECTAG_SYMBOL_OTHER;
}

static int spell_strings(sectag_lexicon_builder *b, const sectag_alphabet *a, sectag_err *err) {
    size_t n = 0;
    known *table = sectag_alloc(a->n, sizeof *table);
    b->symbols = sectag_alloc(b->cps.len, sizeof *b->symbols);
    int rc = table && b->symbols ? 0 : sectag_err_nomem(err);
    for (uint32_t s = 0; s < a->n && !rc; s++)
        if (a->cp[s] != SECTAG_NO_CODE_POINT) table[n++] = (known){a->cp[s], s};
    if (!rc) qsort(table, n, sizeof *table, by_cp);
    for (size_t i = 0; i < b->cps.len && !rc; i++) b->symbols[i] = symbol_of(table, n, b->cps.data[i]);
    free(table);
    return rc;
}

/* ---- keys and payloads ---- */

static int by_symbols(const void *pa, const void *pb) {
    const spelt *a = pa, *b = pb;
    uint32_t shared = a->len < b->len ? a->len : b->len;
    for (uint32_t i = 0; i < shared; i++)
        if (a->symbol[i] != b->symbol[i]) return a->symbol[i] < b->symbol[i] ? -1 : 1;
    if (a->len != b->len) return a->len < b->len ? -1 : 1;
    if (a->is_term != b->is_term) return a->is_term - b->is_term;
    return (a->number > b->number) - (a->number < b->number);
}

static int is_same(const spelt *a, const spelt *b) {
    return a->len == b->len && memcmp(a->symbol, b->symbol, a->len * sizeof *a->symbol) == 0;
}

static int add_bundled(sectag_lexicon_builder *b, const sectag_terms *terms, uint32_t number) {
    const sectag_term *t = &terms->term[number];
    const sectag_bundled bundled = {number, t->group, t->grade, t->open};
    if (sectag_array_reserve(&b->words, 2)) return SECTAG_ENOMEM;
    memcpy(b->words.data + b->words.len, &bundled, sizeof bundled);
    b->words.len += 2;
    return 0;
}

/* The payload of one string, of which sorted[0..n) are the n-gram, if there is one, and the terms. */
static int payload_of(sectag_lexicon_builder *b, const sectag_terms *terms, const spelt *sorted, size_t n,
                      uint32_t *payload) {
    uint32_t column = sorted[0].is_term ? SECTAG_VOCAB_NONE : sorted[0].number, found = 0;
    size_t begin = b->words.len;
    *payload = 1 + column;
    if (!sorted[n - 1].is_term || !terms) return 0;
    *payload = SECTAG_HAS_TERMS + (uint32_t)begin;
    if (sectag_array_reserve(&b->words, SECTAG_BUNDLE_TERMS)) return SECTAG_ENOMEM;
    b->words.len += SECTAG_BUNDLE_TERMS;
    for (size_t i = 0; i < n; i++) {
        int repeated = i > 0 && sorted[i - 1].is_term && sorted[i - 1].number == sorted[i].number;
        if (!sorted[i].is_term || repeated) continue;
        if (add_bundled(b, terms, sorted[i].number)) return SECTAG_ENOMEM;
        found++;
    }
    b->words.data[begin + SECTAG_BUNDLE_COLUMN] = column;
    b->words.data[begin + SECTAG_BUNDLE_N] = found;
    return 0;
}

static int make_keys(sectag_lexicon_builder *b, uint32_t n_columns, const sectag_terms *terms, sectag_err *err) {
    size_t n = b->strings.len, end;
    int rc = 0;
    spelt *sorted = sectag_alloc(n, sizeof *sorted);
    if (!sorted || sectag_array_reserve(&b->keys, n)) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < n && !rc; i++) {
        const string *s = &b->strings.data[i];
        sorted[i] = (spelt){b->symbols + s->at, s->len, s->number, s->is_term};
    }
    if (!rc && n) qsort(sorted, n, sizeof *sorted, by_symbols);
    for (size_t i = 0; i < n && !rc; i = end) {
        uint32_t payload = 0;
        for (end = i + 1; end < n && is_same(&sorted[i], &sorted[end]);) end++;
        if (payload_of(b, terms, sorted + i, end - i, &payload)) rc = sectag_err_nomem(err);
        b->keys.data[b->keys.len++] = (sectag_trie_key){sorted[i].symbol, sorted[i].len, payload};
    }
    free(sorted);
    if (!rc && (n_columns >= SECTAG_HAS_TERMS || b->words.len >= SECTAG_HAS_TERMS))
        rc = sectag_err_set(err, SECTAG_EDATA, "the %u n-grams and their terms are too many", n_columns);
    return rc;
}

int sectag_lexicon_build(sectag_lexicon_builder *b, const sectag_vocab *vocab, const sectag_terms *terms,
                         const sectag_ngram_options *options, sectag_lexicon *out, sectag_err *err) {
    int rc = 0;
    *out = (sectag_lexicon){.n_columns = vocab->n};
    for (uint32_t c = 0; c < vocab->n && !rc; c++)
        if (add_ngram(b, vocab, c, options)) rc = sectag_err_nomem(err);
    for (uint32_t t = 0; terms && t < terms->n_terms && !rc; t++) rc = add_term(b, terms, t, err);
    if (!rc) rc = make_alphabet(b, &out->alphabet, err);
    if (!rc) rc = spell_strings(b, &out->alphabet, err);
    if (!rc) rc = make_keys(b, vocab->n, terms, err);
    if (!rc)
        rc = sectag_trie_build(b->keys.data, b->keys.len, out->alphabet.n, &b->slot, &out->n_slots, err);
    if (rc) return rc;
    out->slot = b->slot;
    out->bundle = b->words.data;
    out->n_words = b->words.len;
    return 0;
}

/* ---- checking ---- */

static int bundle_is_sound(const sectag_lexicon *x, const sectag_terms *terms, size_t at) {
    if (at > x->n_words || x->n_words - at < SECTAG_BUNDLE_TERMS) return 0;
    const uint32_t *bundle = x->bundle + at;
    uint32_t column = bundle[SECTAG_BUNDLE_COLUMN], n = bundle[SECTAG_BUNDLE_N];
    if (column != SECTAG_VOCAB_NONE && column >= x->n_columns) return 0;
    if (n > (x->n_words - at - SECTAG_BUNDLE_TERMS) / 2) return 0;
    for (uint32_t i = 0; i < n; i++) {
        sectag_bundled t = sectag_bundle_term(bundle, i);
        if (t.term >= terms->n_terms || t.group >= terms->n_groups || t.grade > SECTAG_TERM_NOT) return 0;
    }
    return 1;
}

int sectag_lexicon_check(const sectag_lexicon *x, const sectag_terms *terms, sectag_err *err) {
    int sound = x->n_slots == 0 || x->alphabet.n > 0;
    for (size_t i = 0; i < x->n_slots && sound; i++) {
        uint32_t payload = sectag_node_payload(x->slot[i]);
        sound = payload < SECTAG_HAS_TERMS ? payload <= x->n_columns
                                           : bundle_is_sound(x, terms, payload - SECTAG_HAS_TERMS);
    }
    return sound ? sectag_trie_check(x->slot, x->n_slots, x->alphabet.n, err)
                 : sectag_err_set(err, SECTAG_EMODEL, "the lexicon is damaged");
}
