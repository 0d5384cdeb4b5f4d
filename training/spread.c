#include "training/spread.h"

#include "features/utf8.h"
#include "training/shingle.h"
#include "training/sql.h"

#include <stdlib.h>
#include <string.h>

void sectag_alikes_release(sectag_alikes *a) {
    free(a->found.data);
    sectag_buf_release(&a->strings);
    memset(a, 0, sizeof *a);
}

/* The asked clauses as sets, and the clause in hand. */
typedef struct search {
    size_t n;
    double jaccard;
    size_t *length; /* [n] code points */
    char (*hash)[SECTAG_CLAUSE_HASH + 1];
    size_t shortest, longest; /* of a clause that may be like one of them */
    sectag_shingles asked, one;
} search;

static void search_release(search *s) {
    free(s->length);
    free(s->hash);
    sectag_shingles_release(&s->asked);
    sectag_shingles_release(&s->one);
}

static size_t count_points(const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static int by_hash(const void *a, const void *b) {
    return memcmp(a, b, SECTAG_CLAUSE_HASH);
}

static int search_init(search *s, const sectag_asked *asked, size_t n, sectag_err *err) {
    s->n = n;
    s->shortest = SIZE_MAX;
    s->length = sectag_alloc(n, sizeof *s->length);
    s->hash = sectag_alloc(n, sizeof *s->hash);
    int rc = s->length && s->hash ? 0 : sectag_err_nomem(err);
    for (size_t i = 0; i < n && !rc; i++) {
        size_t length = s->length[i] = count_points(asked[i].text, asked[i].len);
        if (length * 2 / 3 < s->shortest) s->shortest = length * 2 / 3;
        if (length * 3 / 2 > s->longest) s->longest = length * 3 / 2;
        rc = sectag_clause_hash(asked[i].text, asked[i].len, s->hash[i], err);
        if (!rc) rc = sectag_shingles_add(&s->asked, asked[i].text, asked[i].len, err);
    }
    if (!rc) qsort(s->hash, n, sizeof *s->hash, by_hash);
    return rc;
}

/* The asked clause that a text is most like: 1 with *best filled, or 0. */
static int compare(search *s, const char *text, size_t len, sectag_alike *best, sectag_err *err) {
    size_t length = count_points(text, len);
    sectag_shingles_clear(&s->one);
    int rc = sectag_shingles_add(&s->one, text, len, err);
    if (rc) return rc;
    sectag_key_set set = sectag_shingles_set(&s->one, 0);
    best->jaccard = 0;
    for (size_t i = 0; i < s->n; i++) {
        sectag_key_set other = sectag_shingles_set(&s->asked, i);
        double a = (double)set.len, b = (double)other.len;
        if (length * 3 < s->length[i] * 2 || length * 2 > s->length[i] * 3) continue;
        if (a < s->jaccard * b || b < s->jaccard * a) continue; /* the similarity is at most a / b */
        double jaccard = sectag_jaccard(set, other);
        if (jaccard < s->jaccard || jaccard <= best->jaccard) continue;
        best->jaccard = jaccard;
        best->asked = i;
    }
    return best->jaccard > 0;
}

static int take(search *s, sectag_statement *row, sectag_alikes *out, sectag_err *err) {
    const char *text = sectag_sql_text(row, 2);
    sectag_alike a = {.clause = sectag_sql_int(row, 0), .len = sectag_sql_length(row, 2)};
    if (bsearch(sectag_sql_text(row, 1), s->hash, s->n, sizeof *s->hash, by_hash)) return 0;
    int rc = compare(s, text, a.len, &a, err);
    if (rc <= 0) return rc;
    a.text = out->strings.len;
    return sectag_buf_add(&out->strings, text, a.len) || sectag_array_push(&out->found, a)
               ? sectag_err_nomem(err)
               : 0;
}

static int by_asked(const void *a, const void *b) {
    const sectag_alike *u = a, *v = b;
    if (u->asked != v->asked) return u->asked < v->asked ? -1 : 1;
    if (u->jaccard > v->jaccard || u->jaccard < v->jaccard) return u->jaccard > v->jaccard ? -1 : 1;
    return (u->clause > v->clause) - (u->clause < v->clause);
}

int sectag_spread_find(sectag_workspace *ws, const sectag_asked *asked, size_t n, double jaccard,
                       sectag_alikes *out, sectag_err *err) {
    search s = {.jaccard = jaccard};
    sectag_statement *row;
    out->found.len = 0;
    sectag_buf_clear(&out->strings);
    if (n == 0) return 0;
    int rc = search_init(&s, asked, n, err);
    if (!rc)
        rc = sectag_sql(ws, &row, "SELECT id, hash, text FROM clauses WHERE length(text) BETWEEN ? AND ?",
                        err, "ii", (int64_t)s.shortest, (int64_t)s.longest);
    while (!rc && (rc = sectag_sql_step(ws, row, err)) == 1) {
        rc = take(&s, row, out, err);
        if (rc) sectag_sql_rest(row);
    }
    if (!rc && out->found.len) qsort(out->found.data, out->found.len, sizeof *out->found.data, by_asked);
    search_release(&s);
    return rc;
}
