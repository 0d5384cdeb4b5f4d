#include "training/held.h"

#include "features/array.h"
#include "training/group.h"
#include "training/shingle.h"

#include <stdlib.h>

/* Sets of near clauses grow together as clauses come in; a root says whether its set is held. */
typedef struct marking {
    sectag_groups groups;
    uint32_t *parent; /* [n_sets] */
    uint8_t *met;     /* [n_sets] a clause of the set came in already */
    uint8_t *held;    /* [n_sets] of roots */
} marking;

static void marking_release(marking *m) {
    sectag_groups_release(&m->groups);
    free(m->parent);
    free(m->met);
    free(m->held);
}

static uint32_t root(const marking *m, uint32_t i) {
    while (m->parent[i] != i) i = m->parent[i] = m->parent[m->parent[i]];
    return i;
}

static int held_by_hash(const char *hash) {
    char digits[9] = {0};
    for (int i = 0; i < 8 && hash[i]; i++) digits[i] = hash[i];
    return strtoul(digits, NULL, 16) % SECTAG_HELD_ONE_IN == 0;
}

/* Set s comes in: it goes by the near sets that are there, or else by its clause's hash. */
static void meet(marking *m, uint32_t s, const char *hash) {
    int alone = 1, held = 0;
    m->parent[s] = s;
    for (size_t k = m->groups.near_off[s]; k < m->groups.near_off[s + 1]; k++) {
        uint32_t other = m->groups.near[k];
        if (!m->met[other]) continue;
        other = root(m, other);
        held |= m->held[other];
        m->parent[other] = s;
        alone = 0;
    }
    m->met[s] = 1;
    m->held[s] = (uint8_t)(alone ? held_by_hash(hash) : held);
}

static int find_groups(const sectag_held_clause *c, size_t n, sectag_groups *out, sectag_err *err) {
    sectag_shingles shingles = {0};
    sectag_group_options options = SECTAG_GROUP_OPTIONS_INIT;
    uint32_t *doc = sectag_alloc(n, sizeof *doc);
    int rc = doc ? 0 : sectag_err_nomem(err);
    for (size_t i = 0; i < n && !rc; i++) {
        doc[i] = SECTAG_NO_DOC;
        rc = sectag_shingles_add(&shingles, c[i].text, c[i].len, err);
    }
    if (!rc) {
        sectag_group_data data = {n, doc, shingles.key.data, shingles.off.data};
        rc = sectag_groups_find(&data, &options, out, err);
    }
    free(doc);
    sectag_shingles_release(&shingles);
    return rc;
}

int sectag_held_mark(const sectag_held_clause *clauses, size_t n, uint8_t *held, sectag_err *err) {
    marking m = {0};
    if (n == 0) return 0;
    sectag_groups_init(&m.groups);
    int rc = find_groups(clauses, n, &m.groups, err);
    if (!rc) {
        m.parent = sectag_zalloc(m.groups.n_sets, sizeof *m.parent);
        m.met = sectag_zalloc(m.groups.n_sets, 1);
        m.held = sectag_zalloc(m.groups.n_sets, 1);
        if (!m.parent || !m.met || !m.held) rc = sectag_err_nomem(err);
    }
    for (size_t i = 0; i < n && !rc; i++)
        if (!m.met[m.groups.set[i]]) meet(&m, m.groups.set[i], clauses[i].hash);
    for (size_t i = 0; i < n && !rc; i++) held[i] = m.held[root(&m, m.groups.set[i])];
    marking_release(&m);
    return rc;
}
