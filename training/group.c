#include "training/group.h"

#include "features/array.h"
#include "training/near.h"
#include "training/random.h"

#include <stdlib.h>
#include <string.h>

void sectag_groups_init(sectag_groups *g) {
    memset(g, 0, sizeof *g);
}

void sectag_groups_release(sectag_groups *g) {
    free(g->set);
    free(g->group);
    free(g->near_off);
    free(g->near);
    free(g->has_keys);
    sectag_groups_init(g);
}

/* Rows of one class (of a set, of a document) in compressed rows. */
typedef struct rows_of {
    size_t *off;
    uint32_t *row;
} rows_of;

static void rows_of_release(rows_of *r) {
    free(r->off);
    free(r->row);
}

/* Rows by class[row] in 0 .. n_classes-1; n_classes itself is left out. */
static int rows_of_fill(rows_of *r, const uint32_t *class, size_t n, size_t n_classes) {
    r->off = sectag_zalloc(n_classes + 3, sizeof *r->off);
    r->row = sectag_alloc(n, sizeof *r->row);
    if (!r->off || !r->row) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++) r->off[class[i] + 2]++;
    for (size_t c = 2; c < n_classes + 3; c++) r->off[c] += r->off[c - 1];
    for (size_t i = 0; i < n; i++) r->row[r->off[class[i] + 1]++] = (uint32_t)i;
    return 0;
}

/* A row for sorting: by its keys, or by a number. */
typedef struct sort_row {
    uint64_t hash;
    const uint64_t *key;
    size_t len;
    uint32_t row;
} sort_row;

static int compare_keys(const sort_row *u, const sort_row *v) {
    if (u->hash != v->hash) return u->hash < v->hash ? -1 : 1;
    if (u->len != v->len) return u->len < v->len ? -1 : 1;
    return u->len ? memcmp(u->key, v->key, u->len * sizeof *u->key) : 0;
}

static int by_keys(const void *a, const void *b) {
    const sort_row *u = a, *v = b;
    int order = compare_keys(u, v);
    return order ? order : (u->row > v->row) - (u->row < v->row);
}

/* Gives equal rows (by compare_keys) one number, in order of first rows. Returns how many. With own_if_empty
 * a row without keys gets a number of its own. */
static size_t number_rows(sort_row *s, size_t n, int own_if_empty, uint32_t *class) {
    qsort(s, n, sizeof *s, by_keys);
    for (size_t i = 0; i < n; i++) {
        int same = i && compare_keys(&s[i], &s[i - 1]) == 0 && !(own_if_empty && s[i].len == 0);
        class[s[i].row] = same ? class[s[i - 1].row] : s[i].row; /* for now the first row */
    }
    uint32_t next = 0;
    for (size_t r = 0; r < n; r++) class[r] = class[r] == r ? next++ : class[class[r]];
    return next;
}

static uint64_t hash_keys(const uint64_t *key, size_t n) {
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) {
        uint64_t state = h ^ key[i];
        h = sectag_splitmix64(&state);
    }
    return h;
}

/* Equal sets of keys become one. */
static int number_sets(const sectag_group_data *d, sectag_groups *g) {
    sort_row *s = sectag_alloc(d->n, sizeof *s);
    g->set = sectag_alloc(d->n, sizeof *g->set);
    if (s && g->set) {
        for (size_t i = 0; i < d->n; i++) {
            const uint64_t *key = d->key + d->off[i];
            size_t len = d->off[i + 1] - d->off[i];
            s[i] = (sort_row){hash_keys(key, len), key, len, (uint32_t)i};
        }
        g->n_sets = number_rows(s, d->n, 1, g->set);
    }
    free(s);
    return g->n_sets || (d->n == 0 && g->set) ? 0 : SECTAG_ENOMEM;
}

/* Documents numbered from 0; rows without one have *n_docs. */
static int number_docs(const sectag_group_data *d, uint32_t *doc, size_t *n_docs) {
    sort_row *s = sectag_alloc(d->n, sizeof *s);
    size_t n = 0;
    if (!s) return SECTAG_ENOMEM;
    for (size_t i = 0; i < d->n; i++) s[i] = (sort_row){d->doc[i], NULL, 0, (uint32_t)i};
    qsort(s, d->n, sizeof *s, by_keys);
    for (size_t i = 0; i < d->n; i++) {
        if (s[i].hash != SECTAG_NO_DOC && (i == 0 || s[i].hash != s[i - 1].hash)) n++;
        doc[s[i].row] = s[i].hash == SECTAG_NO_DOC ? (uint32_t)n : (uint32_t)(n - 1);
    }
    *n_docs = n; /* NO_DOC is the largest id, so n is final where it was used */
    free(s);
    return 0;
}

static int find_near(const sectag_group_data *d, const sectag_group_options *o, sectag_groups *g,
                     sectag_err *err) {
    sectag_near near;
    sectag_key_set *sets = sectag_alloc(g->n_sets, sizeof *sets);
    sectag_near_init(&near);
    g->has_keys = sectag_zalloc(g->n_sets, 1);
    if (!sets || !g->has_keys) {
        free(sets);
        return sectag_err_nomem(err);
    }
    for (size_t i = d->n; i-- > 0;) {
        sets[g->set[i]] = (sectag_key_set){d->key + d->off[i], d->off[i + 1] - d->off[i]};
        g->has_keys[g->set[i]] = d->off[i + 1] > d->off[i];
    }
    int rc = sectag_near_find(sets, g->n_sets, o->jaccard, &near, err);
    free(sets);
    if (rc) return rc;
    g->near_off = near.off; /* ours from here on */
    g->near = near.near;
    g->n_near = near.off[g->n_sets] / 2;
    return 0;
}

/* Union-find over rows; the root is the first row, so the result does not depend on the order of unions. */
static uint32_t find_root(uint32_t *parent, uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b) {
    uint32_t u = find_root(parent, a), v = find_root(parent, b);
    if (u < v)
        parent[v] = u;
    else
        parent[u] = v;
}

/* What uniting works on. */
typedef struct work {
    const sectag_groups *g;
    uint32_t *parent;
    uint32_t *doc; /* n: number of the row's document, n_docs for none */
    size_t n_docs;
    rows_of by_set, by_doc;
    uint32_t *stamp;  /* n_docs: last row (from 1) that met the document */
    uint32_t *shared; /* n_docs: rows of the present document near a row of that one */
    uint32_t *met;    /* n_docs: documents with shared > 0 */
    size_t n_met;
} work;

static void work_release(work *w) {
    free(w->parent);
    free(w->doc);
    rows_of_release(&w->by_set);
    rows_of_release(&w->by_doc);
    free(w->stamp);
    free(w->shared);
    free(w->met);
}

static int work_alloc(work *w, const sectag_group_data *d) {
    w->parent = sectag_alloc(d->n, sizeof *w->parent);
    w->doc = sectag_alloc(d->n, sizeof *w->doc);
    if (!w->parent || !w->doc || number_docs(d, w->doc, &w->n_docs)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < d->n; i++) w->parent[i] = (uint32_t)i;
    w->stamp = sectag_zalloc(w->n_docs, sizeof *w->stamp);
    w->shared = sectag_zalloc(w->n_docs, sizeof *w->shared);
    w->met = sectag_alloc(w->n_docs, sizeof *w->met);
    if (!w->stamp || !w->shared || !w->met || rows_of_fill(&w->by_set, w->g->set, d->n, w->g->n_sets))
        return SECTAG_ENOMEM;
    return rows_of_fill(&w->by_doc, w->doc, d->n, w->n_docs);
}

/* Row r is near the rows of set s: counts r once for each of their documents, or unites rows without one. */
static void meet_set(work *w, uint32_t r, uint32_t s) {
    for (size_t k = w->by_set.off[s]; k < w->by_set.off[s + 1]; k++) {
        uint32_t other = w->by_set.row[k], doc = w->doc[other];
        if (w->doc[r] == w->n_docs) {
            if (doc != w->n_docs) continue;
            unite(w->parent, r, other);
            if (s != w->g->set[r]) return; /* the set's rows are united by themselves */
        } else if (doc != w->n_docs && doc != w->doc[r] && w->stamp[doc] != r + 1) {
            w->stamp[doc] = r + 1;
            if (w->shared[doc]++ == 0) w->met[w->n_met++] = doc;
        }
    }
}

static void meet_row(work *w, uint32_t r) {
    uint32_t s = w->g->set[r];
    if (!w->g->has_keys[s]) return;
    meet_set(w, r, s);
    for (size_t k = w->g->near_off[s]; k < w->g->near_off[s + 1]; k++) meet_set(w, r, w->g->near[k]);
}

static size_t doc_size(const work *w, uint32_t doc) {
    return w->by_doc.off[doc + 1] - w->by_doc.off[doc];
}

/* Unites a document's rows, and it with those that hold a large part of it and are no smaller. */
static void unite_doc(work *w, const sectag_group_options *o, uint32_t doc) {
    size_t from = w->by_doc.off[doc], size = doc_size(w, doc);
    uint32_t first = w->by_doc.row[from];
    w->n_met = 0;
    for (size_t k = from; k < from + size; k++) {
        unite(w->parent, first, w->by_doc.row[k]);
        meet_row(w, w->by_doc.row[k]);
    }
    for (size_t i = 0; i < w->n_met; i++) {
        uint32_t other = w->met[i];
        size_t shared = w->shared[other];
        w->shared[other] = 0;
        if (doc_size(w, other) < size || shared < o->min_shared) continue;
        if ((double)shared >= o->share * (double)size)
            unite(w->parent, first, w->by_doc.row[w->by_doc.off[other]]);
    }
}

static int make_groups(const sectag_group_data *d, const sectag_group_options *o, sectag_groups *g) {
    work w = {.g = g};
    uint32_t next = 0;
    int rc = work_alloc(&w, d);
    g->group = sectag_alloc(d->n, sizeof *g->group);
    if (rc || !g->group) {
        work_release(&w);
        return SECTAG_ENOMEM;
    }
    for (uint32_t doc = 0; doc < w.n_docs; doc++) unite_doc(&w, o, doc);
    for (uint32_t r = 0; r < d->n; r++)
        if (w.doc[r] == w.n_docs) meet_row(&w, r);
    for (uint32_t r = 0; r < d->n; r++) {
        uint32_t root = find_root(w.parent, r); /* root <= r: numbered already */
        g->group[r] = root == r ? next++ : g->group[root];
    }
    g->n_groups = next;
    work_release(&w);
    return 0;
}

static int check_data(const sectag_group_data *d, const sectag_group_options *o, sectag_err *err) {
    if (d->n >= UINT32_MAX - 2) return sectag_err_set(err, SECTAG_EARG, "%zu rows are too many", d->n);
    if (!(o->jaccard > 0 && o->jaccard <= 1) || !(o->share > 0 && o->share <= 1))
        return sectag_err_set(err, SECTAG_EARG, "jaccard and share must be above 0 and at most 1");
    for (size_t i = 0; i < d->n; i++)
        for (size_t k = d->off[i] + 1; k < d->off[i + 1]; k++)
            if (d->key[k] <= d->key[k - 1])
                return sectag_err_set(err, SECTAG_EARG, "row %zu: keys do not ascend", i);
    return 0;
}

int sectag_groups_find(const sectag_group_data *d, const sectag_group_options *o, sectag_groups *out,
                       sectag_err *err) {
    int rc = check_data(d, o, err);
    if (rc) return rc;
    sectag_groups_release(out);
    out->n = d->n;
    rc = number_sets(d, out);
    if (!rc) rc = find_near(d, o, out, err);
    if (!rc) rc = make_groups(d, o, out);
    if (rc) sectag_groups_release(out);
    return rc ? sectag_err_nomem(err) : 0;
}

int sectag_groups_near(const sectag_groups *g, uint32_t a, uint32_t b) {
    uint32_t s = g->set[a], t = g->set[b];
    if (!g->has_keys[s] || !g->has_keys[t]) return 0;
    if (s == t) return 1;
    size_t low = g->near_off[s], high = g->near_off[s + 1];
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (g->near[mid] == t) return 1;
        if (g->near[mid] < t)
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}
