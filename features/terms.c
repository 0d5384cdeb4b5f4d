#include "features/terms.h"

#include "features/buf.h"
#include "features/table.h"
#include "features/utf8.h"

#include <string.h>

/* ---- searching ---- */

/* The child of `node` by cp, or 0. Children are neighbours with ascending labels. */
static uint32_t child_of(const sectag_terms *t, uint32_t node, uint32_t cp) {
    uint32_t low = t->child[node], high = t->child[node + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->label[middle] < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->child[node + 1] && t->label[low] == cp ? low : 0;
}

static uint32_t step(const sectag_terms *t, uint32_t node, uint32_t cp) {
    for (;;) {
        uint32_t next = child_of(t, node, cp);
        if (next || node == 0) return next;
        node = t->fail[node];
    }
}

static int is_word(const sectag_normal *n, size_t i) {
    return sectag_kind_is_word(n->kind[i]);
}

/* Where the word ends in which a term ends at `end`; 0 when the term is only the beginning of a longer word
 * than the term allows: its plural or, for an open term, any. */
static size_t end_of_word(const sectag_normal *n, size_t end, int open) {
    if (end >= n->len || !is_word(n, end) || !is_word(n, end - 1)) return end;
    if (open) {
        while (end < n->len && is_word(n, end)) end++;
        return end;
    }
    if (n->kind[end - 1] != SECTAG_KIND_LETTER) return 0;
    if (n->cp[end] == 'e' && end + 1 < n->len && n->cp[end + 1] == 's') end++;
    if (n->cp[end] != 's') return 0;
    end++;
    return end >= n->len || !is_word(n, end) ? end : 0;
}

static int add_hits(const sectag_terms *t, uint32_t node, const sectag_normal *n, size_t end,
                    sectag_term_hits *out) {
    if (t->out[node] == t->out[node + 1]) node = t->dict[node];
    for (; node; node = t->dict[node]) {
        for (uint32_t o = t->out[node]; o < t->out[node + 1]; o++) {
            uint32_t number = t->outs[o];
            size_t first = end - t->term[number].len, to = end_of_word(n, end, t->term[number].open);
            if (to == 0 || (first > 0 && is_word(n, first) && is_word(n, first - 1))) continue;
            sectag_term_hit hit = {number, (uint32_t)first, (uint32_t)to};
            if (sectag_array_push(out, hit)) return SECTAG_ENOMEM;
        }
    }
    return 0;
}

static int by_group_and_first(const void *pa, const void *pb) {
    const sectag_term_hit *a = pa, *b = pb;
    if (a->term != b->term) return a->term < b->term ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* Copies the `not` hits to `out`, with the group in `term`, by group and first; each `end` is the largest so
 * far in its group. Then what overlaps a span is decided by the last one that begins before the span's end.
 */
static void sort_nots(const sectag_terms *t, const sectag_term_hit *hits, size_t n, sectag_term_hit *out) {
    size_t nots = 0;
    for (size_t i = 0; i < n; i++)
        if (t->term[hits[i].term].grade == SECTAG_TERM_NOT)
            out[nots++] = (sectag_term_hit){t->term[hits[i].term].group, hits[i].first, hits[i].end};
    qsort(out, nots, sizeof *out, by_group_and_first);
    for (size_t i = 1; i < nots; i++)
        if (out[i].term == out[i - 1].term && out[i].end < out[i - 1].end) out[i].end = out[i - 1].end;
}

static int is_blanked(const sectag_term_hit *nots, size_t n, uint32_t group, const sectag_term_hit *hit) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nots[middle].term < group || (nots[middle].term == group && nots[middle].first < hit->end))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && nots[low - 1].term == group && nots[low - 1].end > hit->first;
}

/* The sorted nots stand behind the hits meanwhile. */
int sectag_terms_apply_nots(const sectag_terms *t, sectag_term_hits *hits) {
    size_t n = hits->len, kept = 0, nots = 0;
    for (size_t i = 0; i < n; i++) nots += t->term[hits->data[i].term].grade == SECTAG_TERM_NOT;
    if (nots == 0) return 0;
    if (sectag_array_reserve(hits, nots)) return SECTAG_ENOMEM;
    sort_nots(t, hits->data, n, hits->data + n);
    for (size_t i = 0; i < n; i++) {
        sectag_term_hit hit = hits->data[i];
        const sectag_term *term = &t->term[hit.term];
        if (term->grade != SECTAG_TERM_NOT && !is_blanked(hits->data + n, nots, term->group, &hit))
            hits->data[kept++] = hit;
    }
    hits->len = kept;
    return 0;
}

int sectag_terms_find(const sectag_terms *t, const sectag_normal *n, sectag_term_hits *out, sectag_err *err) {
    uint32_t node = 0;
    out->len = 0;
    if (t->n_nodes == 0) return 0;
    for (size_t i = 0; i < n->len; i++) {
        node = step(t, node, sectag_terms_fold(n->cp[i]));
        if (node && add_hits(t, node, n, i + 1, out)) return sectag_err_nomem(err);
    }
    return sectag_terms_apply_nots(t, out) ? sectag_err_nomem(err) : 0;
}

/* ---- checking ---- */

int sectag_terms_check(const sectag_terms *t, sectag_err *err) {
    for (uint32_t i = 0; i < t->n_terms; i++) {
        const sectag_term *term = &t->term[i];
        if (term->group >= t->n_groups || term->grade > SECTAG_TERM_NOT || term->open > 1 ||
            term->text > t->text_len || term->bytes > t->text_len - term->text || term->bytes < term->open)
            return sectag_err_set(err, SECTAG_EMODEL, "the term list is damaged");
    }
    return 0;
}

/* ---- building ---- */

/* A term as added: its folded code points stand in the builder's cps. */
typedef struct entry {
    sectag_term term;
    size_t cps;
} entry;

struct sectag_terms_builder {
    const char *const *groups;
    size_t n_groups;
    SECTAG_ARRAY(entry) entries;
    SECTAG_ARRAY(uint32_t) cps;
    sectag_buf text;
    sectag_normal normal;
    sectag_term *term; /* frozen arrays */
    uint32_t *label, *child, *fail, *dict, *out, *outs;
};

sectag_terms_builder *sectag_terms_builder_new(const char *const *groups, size_t n) {
    sectag_terms_builder *b = sectag_zalloc(1, sizeof *b);
    if (!b) return NULL;
    b->groups = groups;
    b->n_groups = n;
    return b;
}

void sectag_terms_builder_free(sectag_terms_builder *b) {
    if (!b) return;
    free(b->entries.data);
    free(b->cps.data);
    free(b->term);
    free(b->label);
    free(b->child);
    free(b->fail);
    free(b->dict);
    free(b->out);
    free(b->outs);
    sectag_buf_release(&b->text);
    sectag_normal_release(&b->normal);
    free(b);
}

int sectag_terms_add(sectag_terms_builder *b, size_t group, int grade, const char *term, size_t len,
                     sectag_err *err) {
    int open = len > 0 && term[len - 1] == '*';
    int rc = sectag_normal_run(&b->normal, term, len - (size_t)open, err);
    if (rc) return rc;
    if (b->normal.len == 0) return sectag_err_set(err, SECTAG_EDATA, "empty term");
    if (b->normal.len > 200) return sectag_err_set(err, SECTAG_EDATA, "a term of over 200 characters");
    entry e = {.term = {(uint16_t)group, (uint8_t)grade, (uint8_t)open, (uint32_t)b->normal.len,
                        (uint32_t)b->text.len, (uint32_t)len},
               .cps = b->cps.len};
    if (sectag_buf_add(&b->text, term, len)) return sectag_err_nomem(err);
    for (size_t i = 0; i < b->normal.len; i++)
        if (sectag_array_push(&b->cps, sectag_terms_fold(b->normal.cp[i]))) return sectag_err_nomem(err);
    return sectag_array_push(&b->entries, e) ? sectag_err_nomem(err) : 0;
}

static int find_name(const char *const *names, size_t n, sectag_field f) {
    for (size_t i = 0; i < n; i++)
        if (sectag_field_is(f, names[i])) return (int)i;
    return -1;
}

static int add_row(sectag_terms_builder *b, const sectag_table *t, const size_t column[3], sectag_err *err) {
    static const char *const grades[] = {"weak", "strong", "not"};
    const sectag_field *row = t->row.data;
    sectag_field area = row[column[0]], term = row[column[2]];
    int group = find_name(b->groups, b->n_groups, area), grade = find_name(grades, 3, row[column[1]]);
    if (group < 0)
        return sectag_err_at(err, SECTAG_EDATA, t->path, t->line, "unknown area \"%.*s\"", (int)area.len,
                             area.data);
    if (grade < 0)
        return sectag_err_at(err, SECTAG_EDATA, t->path, t->line, "the grade is not strong, weak or not");
    sectag_err why = {0};
    int rc = sectag_terms_add(b, (size_t)group, grade, term.data, term.len, &why);
    return rc ? sectag_err_at(err, rc, t->path, t->line, "%s", why.msg) : 0;
}

int sectag_terms_add_file(sectag_terms_builder *b, const char *path, sectag_err *err) {
    static const char *const names[3] = {"area", "grade", "term"};
    sectag_table t;
    size_t column[3];
    int rc = sectag_table_open(&t, path, err);
    if (rc) return rc;
    for (int i = 0; i < 3 && !rc; i++) rc = sectag_table_need(&t, names[i], &column[i], err);
    while (!rc && (rc = sectag_table_next(&t, err)) == 1) rc = add_row(b, &t, column, err);
    sectag_table_release(&t);
    return rc;
}

/* Order of entries for building: by code points, then group, then grade. The trie's levels can then
 * be cut out of the sorted list, and repeats are neighbours. qsort has no context argument, so each
 * item carries its code points. */
typedef struct item {
    const uint32_t *cps;
    const entry *e;
} item;

static int by_cps(const void *pa, const void *pb) {
    const item *a = pa, *b = pb;
    uint32_t la = a->e->term.len, lb = b->e->term.len;
    for (uint32_t i = 0; i < la && i < lb; i++)
        if (a->cps[i] != b->cps[i]) return a->cps[i] < b->cps[i] ? -1 : 1;
    if (la != lb) return la < lb ? -1 : 1;
    if (a->e->term.group != b->e->term.group) return a->e->term.group < b->e->term.group ? -1 : 1;
    if (a->e->term.open != b->e->term.open) return a->e->term.open < b->e->term.open ? -1 : 1;
    return (a->e->term.grade > b->e->term.grade) - (a->e->term.grade < b->e->term.grade);
}

static int same_item(const item *a, const item *b) {
    return by_cps(a, b) == 0;
}

/* A trie node under construction: the sorted items [first, end) that share its path. */
typedef struct range {
    size_t first, end;
} range;

/* Numbers the nodes breadth first: each node's range is cut by the next code point into its children. */
static int build_trie(sectag_terms_builder *b, const item *items, size_t n, size_t max_nodes, range *ranges,
                      uint32_t *n_nodes) {
    uint32_t next = 1, terms = 0, depth = 0, level_end = 1;
    ranges[0] = (range){0, n};
    b->label[0] = b->fail[0] = b->dict[0] = 0;
    for (uint32_t node = 0; node < next; node++) {
        if (node == level_end) {
            depth++;
            level_end = next;
        }
        size_t i = ranges[node].first;
        b->out[node] = terms;
        for (; i < ranges[node].end && items[i].e->term.len == depth; i++) {
            b->outs[terms] = terms;
            b->term[terms++] = items[i].e->term;
        }
        b->child[node] = next;
        while (i < ranges[node].end) {
            size_t first = i;
            uint32_t cp = items[i].cps[depth];
            while (i < ranges[node].end && items[i].cps[depth] == cp) i++;
            if (next >= max_nodes) return SECTAG_ENOMEM;
            b->label[next] = cp;
            ranges[next++] = (range){first, i};
        }
    }
    b->child[next] = next;
    b->out[next] = terms;
    *n_nodes = next;
    return 0;
}

/* Failure links in breadth-first order: a child's is found from its parent's. */
static void link_failures(sectag_terms_builder *b, const sectag_terms *t) {
    for (uint32_t node = 0; node < t->n_nodes; node++) {
        for (uint32_t c = t->child[node]; c < t->child[node + 1]; c++) {
            b->fail[c] = node == 0 ? 0 : step(t, t->fail[node], t->label[c]);
            uint32_t f = b->fail[c];
            b->dict[c] = t->out[f] < t->out[f + 1] ? f : t->dict[f];
        }
    }
}

static int allocate_frozen(sectag_terms_builder *b, size_t terms, size_t nodes) {
    b->term = sectag_zalloc(terms, sizeof *b->term);
    b->outs = sectag_zalloc(terms, sizeof *b->outs);
    b->label = sectag_zalloc(nodes + 1, sizeof *b->label);
    b->child = sectag_zalloc(nodes + 1, sizeof *b->child);
    b->fail = sectag_zalloc(nodes + 1, sizeof *b->fail);
    b->dict = sectag_zalloc(nodes + 1, sizeof *b->dict);
    b->out = sectag_zalloc(nodes + 1, sizeof *b->out);
    return b->term && b->outs && b->label && b->child && b->fail && b->dict && b->out ? 0 : SECTAG_ENOMEM;
}

int sectag_terms_freeze(sectag_terms_builder *b, sectag_terms *out, sectag_err *err) {
    int rc = 0;
    size_t n = 0, max_nodes = b->cps.len + 1;
    item *items = sectag_alloc(b->entries.len, sizeof *items);
    range *ranges = sectag_alloc(max_nodes, sizeof *ranges);
    uint32_t n_nodes = 0;
    if (!items || !ranges || allocate_frozen(b, b->entries.len, max_nodes)) {
        rc = sectag_err_nomem(err);
        goto cleanup;
    }
    for (size_t i = 0; i < b->entries.len; i++)
        items[i] = (item){b->cps.data + b->entries.data[i].cps, &b->entries.data[i]};
    qsort(items, b->entries.len, sizeof *items, by_cps);
    for (size_t i = 0; i < b->entries.len; i++)
        if (n == 0 || !same_item(&items[n - 1], &items[i])) items[n++] = items[i];
    if (build_trie(b, items, n, max_nodes, ranges, &n_nodes)) {
        rc = sectag_err_nomem(err);
        goto cleanup;
    }
    *out = (sectag_terms){(uint32_t)n,
                          n_nodes,
                          (uint32_t)b->n_groups,
                          (uint32_t)b->text.len,
                          b->term,
                          b->text.data,
                          b->label,
                          b->child,
                          b->fail,
                          b->dict,
                          b->out,
                          b->outs};
    link_failures(b, out);
cleanup:
    free(items);
    free(ranges);
    return rc;
}
