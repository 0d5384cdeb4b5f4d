#include "training/conflict.h"

#include <string.h>

/* Is this the clause's first vote that names the area? */
static int is_first_of(const sectag_vote *votes, size_t i) {
    if (votes[i].area == SECTAG_BALLOT_REST) return 0;
    for (size_t k = 0; k < i; k++)
        if (votes[k].area == votes[i].area) return 0;
    return 1;
}

int sectag_conflicts_of_analysts(const sectag_ballot *b, sectag_rule rule, sectag_conflict_fn *fn, void *ctx,
                                 sectag_err *err) {
    for (size_t i = 0; i < b->clauses.len; i++) {
        const sectag_voted *c = &b->clauses.data[i];
        const sectag_vote *votes = b->votes.data + c->vote;
        for (size_t k = 0; k < c->votes; k++) {
            if (!is_first_of(votes, k)) continue;
            sectag_conflict found = {.clause = c, .area = votes[k].area};
            found.outcome = sectag_ballot_count(b, c, votes[k].area, rule);
            int rc = found.outcome.yes && found.outcome.no ? fn(ctx, &found, err) : 0;
            if (rc) return rc;
        }
    }
    return 0;
}

/* The clause of that hash, or NULL; clauses stand by hash. */
static const sectag_voted *find_clause(const sectag_ballot *b, const char *hash) {
    size_t low = 0, high = b->clauses.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(b->strings.data + b->clauses.data[mid].hash, hash);
        if (order == 0) return &b->clauses.data[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

int sectag_conflicts_with_corpus(sectag_ballot *b, sectag_rule rule, const sectag_corpus *corpus,
                                 const sectag_taxonomy *areas, sectag_conflict_fn *fn, void *ctx,
                                 sectag_err *err) {
    for (size_t i = 0; i < corpus->examples.len; i++) {
        const sectag_example *e = &corpus->examples.data[i];
        char hash[SECTAG_CLAUSE_HASH + 1];
        int rc = sectag_clause_hash(sectag_corpus_text(corpus, e->text), e->text.len, hash, err);
        const sectag_voted *c = rc ? NULL : find_clause(b, hash);
        for (size_t a = 0; c && a < areas->areas.len && !rc; a++) {
            sectag_conflict found = {.clause = c, .example = e};
            const char *code = areas->areas.data[a].code;
            if (sectag_names_number(&b->areas, code, strlen(code), &found.area)) return sectag_err_nomem(err);
            found.outcome = sectag_ballot_count(b, c, found.area, rule);
            if (found.outcome.value && (found.outcome.value > 0) != sectag_example_has(corpus, e, a))
                rc = fn(ctx, &found, err);
        }
        if (rc && rc != SECTAG_EDATA) return rc; /* an example of white space alone is no clause */
    }
    return 0;
}
