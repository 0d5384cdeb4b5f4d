/* The trie: random strings found exactly, nothing else found, equal inputs equal bytes, walks inside the
 * slots. */
#include "tests/suite.h"

#include "features/array.h"
#include "features/trie.h"
#include "training/random.h"

/* Strings to build a trie of, and the trie in an allocation of exactly its size, so that a read outside is
 * seen. */
typedef struct set {
    sectag_trie_key *keys; /* [n] distinct, ascending */
    size_t n;
    uint16_t *symbols;
    uint32_t n_symbols;
    sectag_node *slot; /* [n_slots] */
    size_t n_slots;
} set;

static int by_symbols(const void *pa, const void *pb) {
    const sectag_trie_key *a = pa, *b = pb;
    for (uint32_t i = 0; i < a->len && i < b->len; i++)
        if (a->symbol[i] != b->symbol[i]) return a->symbol[i] < b->symbol[i] ? -1 : 1;
    return (a->len > b->len) - (a->len < b->len);
}

/* Mostly small symbols, as in an alphabet by frequency. */
static uint16_t random_symbol(sectag_random *r, uint32_t n_symbols) {
    uint64_t most = n_symbols - 1;
    if (sectag_random_below(r, 4)) most = 1 + sectag_random_below(r, most);
    return (uint16_t)(1 + sectag_random_below(r, most));
}

/* A string longer than three is another one's beginning gone on with, half of the time. */
static uint32_t random_string(sectag_random *r, uint32_t n_symbols, const set *s, size_t made,
                              uint16_t *out) {
    uint32_t len = 0, most = 1 + (uint32_t)sectag_random_below(r, 6);
    if (made && sectag_random_below(r, 2)) {
        const sectag_trie_key *model = &s->keys[sectag_random_below(r, made)];
        len = (uint32_t)sectag_random_below(r, model->len + 1);
        memcpy(out, model->symbol, len * sizeof *out);
    }
    for (uint32_t end = len + most < 24 ? len + most : 24; len < end;)
        out[len++] = random_symbol(r, n_symbols);
    return len;
}

static void build(set *s) {
    sectag_node *built;
    sectag_err err = {0};
    if (sectag_trie_build(s->keys, s->n, s->n_symbols, &built, &s->n_slots, &err)) fail_msg("%s", err.msg);
    s->slot = malloc(s->n_slots * sizeof *s->slot);
    assert_non_null(s->slot);
    memcpy(s->slot, built, s->n_slots * sizeof *s->slot);
    free(built);
    if (sectag_trie_check(s->slot, s->n_slots, s->n_symbols, &err)) fail_msg("%s", err.msg);
}

/* About n random strings over symbols 1 .. n_symbols - 1. */
static void set_init(set *s, sectag_random *r, size_t n, uint32_t n_symbols) {
    *s = (set){.n_symbols = n_symbols};
    s->keys = calloc(n, sizeof *s->keys);
    s->symbols = malloc(n * 24 * sizeof *s->symbols);
    assert_true(s->keys && s->symbols);
    for (size_t i = 0; i < n; i++) {
        uint16_t *out = s->symbols + i * 24;
        uint32_t len = random_string(r, n_symbols, s, i, out);
        s->keys[i] =
            (sectag_trie_key){out, len, 1 + (uint32_t)sectag_random_below(r, SECTAG_TRIE_PAYLOAD_MAX)};
    }
    qsort(s->keys, n, sizeof *s->keys, by_symbols);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_symbols(&s->keys[s->n - 1], &s->keys[i]) != 0) s->keys[s->n++] = s->keys[i];
    build(s);
}

static void set_release(set *s) {
    free(s->keys);
    free(s->symbols);
    free(s->slot);
}

/* The payload at the end of the walk by a string, 0 where it has none or falls out of the trie. */
static uint32_t find(const set *s, const uint16_t *symbol, uint32_t len) {
    sectag_node node = sectag_trie_root(s->slot, symbol[0]);
    for (uint32_t i = 1; i < len; i++) node = sectag_trie_child(s->slot, node, symbol[i]);
    return sectag_node_payload(node);
}

/* What a search of the sorted list says. */
static uint32_t look_up(const set *s, const uint16_t *symbol, uint32_t len) {
    const sectag_trie_key wanted = {symbol, len, 0};
    const sectag_trie_key *found = bsearch(&wanted, s->keys, s->n, sizeof *s->keys, by_symbols);
    return found ? found->payload : 0;
}

static const struct shape {
    size_t n;
    uint32_t n_symbols;
} shapes[] = {{1, 2},    {1, 6000},  {2, 3},       {10, 2},      {24, 2},       {100, 6000},
              {1000, 3}, {3000, 30}, {5000, 6000}, {20000, 300}, {50000, 2000}, {50000, 6000}};

static set sets[COUNT_OF(shapes)];

/* Building takes a second, five under the sanitizers; minutes where the search for free slots begins at the
 * front. */
static int begin(void **state) {
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 7);
    (void)alarm(20);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) set_init(&sets[i], &r, shapes[i].n, shapes[i].n_symbols);
    (void)alarm(0);
    return 0;
}

static int end(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) set_release(&sets[i]);
    return 0;
}

/* Runs a check on the set of each shape. */
static void for_all_shapes(void (*check)(const set *s, sectag_random *r)) {
    sectag_random r;
    sectag_random_init(&r, 11);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) check(&sets[i], &r);
}

static void check_all_found(const set *s, sectag_random *r) {
    (void)r;
    for (size_t i = 0; i < s->n; i++)
        assert_int_equal(find(s, s->keys[i].symbol, s->keys[i].len), s->keys[i].payload);
}

static void every_string_is_found_with_its_payload(void **state) {
    (void)state;
    for_all_shapes(check_all_found);
}

static void check_prefixes(const set *s, sectag_random *r) {
    (void)r;
    for (size_t i = 0; i < s->n; i++)
        for (uint32_t len = 1; len < s->keys[i].len; len++)
            assert_int_equal(find(s, s->keys[i].symbol, len), look_up(s, s->keys[i].symbol, len));
}

static void the_beginning_of_a_string_is_none_by_itself(void **state) {
    (void)state;
    for_all_shapes(check_prefixes);
}

static void check_strangers(const set *s, sectag_random *r) {
    for (size_t i = 0; i < 20000; i++) {
        uint16_t symbol[24];
        uint32_t len = random_string(r, s->n_symbols, s, s->n, symbol);
        if (sectag_random_below(r, 2)) symbol[sectag_random_below(r, len)] = random_symbol(r, s->n_symbols);
        assert_int_equal(find(s, symbol, len), look_up(s, symbol, len));
    }
}

static void strings_that_were_not_put_in_are_not_found(void **state) {
    (void)state;
    for_all_shapes(check_strangers);
}

static void check_same_bytes(const set *s, sectag_random *r) {
    sectag_node *again;
    size_t n_slots;
    (void)r;
    assert_int_equal(sectag_trie_build(s->keys, s->n, s->n_symbols, &again, &n_slots, NULL), 0);
    assert_int_equal(n_slots, s->n_slots);
    assert_memory_equal(again, s->slot, n_slots * sizeof *again);
    free(again);
}

static void equal_strings_give_equal_bytes(void **state) {
    (void)state;
    for_all_shapes(check_same_bytes);
}

static void check_walks(const set *s, sectag_random *r) {
    size_t steps = 0;
    for (size_t i = 0; i < 20000; i++) {
        const sectag_trie_key *key = &s->keys[sectag_random_below(r, s->n)];
        sectag_node node = sectag_trie_root(s->slot, (uint16_t)sectag_random_below(r, s->n_symbols));
        if (i % 2) node = sectag_trie_root(s->slot, key->symbol[0]);
        for (uint32_t k = 1; k < 30; k++) {
            uint16_t symbol = (uint16_t)sectag_random_below(r, s->n_symbols);
            if (i % 2 && k < key->len) symbol = key->symbol[k];
            assert_true(sectag_node_base(node) + (size_t)symbol < s->n_slots);
            node = sectag_trie_child(s->slot, node, symbol);
            steps += node != 0;
        }
    }
    assert_true(steps > 0 || s->n < 10);
}

static void walks_by_any_symbols_stay_inside_the_slots(void **state) {
    (void)state;
    for_all_shapes(check_walks);
}

static void few_slots_stay_empty(void **state) {
    const set *s = &sets[COUNT_OF(sets) - 2];
    size_t used = 0;
    (void)state;
    for (size_t i = 0; i < s->n_slots - s->n_symbols; i++) used += s->slot[i] != 0;
    assert_true(used * 20 > (s->n_slots - s->n_symbols) * 19);
}

static void no_strings_give_a_trie_in_which_nothing_is_found(void **state) {
    set s = {.n_symbols = 100};
    (void)state;
    build(&s);
    for (uint16_t symbol = 1; symbol < 100; symbol++) assert_true(sectag_trie_root(s.slot, symbol) == 0);
    free(s.slot);
}

static void what_has_no_children_stays_nowhere(void **state) {
    const uint16_t ab[] = {1, 2};
    sectag_trie_key keys[] = {{ab, 2, SECTAG_TRIE_PAYLOAD_MAX}};
    set s = {.keys = keys, .n = 1, .n_symbols = 5};
    (void)state;
    build(&s);
    sectag_node a = sectag_trie_root(s.slot, 1), b = sectag_trie_child(s.slot, a, 2);
    assert_int_equal(sectag_node_payload(a), 0);
    assert_int_equal(sectag_node_payload(b), SECTAG_TRIE_PAYLOAD_MAX);
    for (uint16_t symbol = 0; symbol < 5; symbol++) {
        assert_true(sectag_trie_child(s.slot, 0, symbol) == 0);
        assert_true(sectag_trie_child(s.slot, b, symbol) == 0); /* not the root's children */
    }
    free(s.slot);
}

/* An alphabet so large that only the root's base leaves room for it. */
static void more_slots_than_a_node_can_name_are_refused(void **state) {
    const uint16_t ab[] = {1, 2};
    const sectag_trie_key shallow = {ab, 1, 1}, deep = {ab, 2, 1};
    sectag_node *slot;
    size_t n_slots;
    sectag_err err = {0};
    (void)state;
    assert_int_equal(sectag_trie_build(&shallow, 1, SECTAG_TRIE_PAYLOAD_MAX, &slot, &n_slots, NULL), 0);
    free(slot);
    assert_int_equal(sectag_trie_build(&deep, 1, SECTAG_TRIE_PAYLOAD_MAX, &slot, &n_slots, &err),
                     SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "too many"));
    assert_true(slot == NULL && n_slots == 0);
}

static void assert_damaged(const sectag_node *slot, size_t n_slots, uint32_t n_symbols) {
    sectag_err err = {0};
    assert_int_equal(sectag_trie_check(slot, n_slots, n_symbols, &err), SECTAG_EMODEL);
    assert_non_null(strstr(err.msg, "trie"));
}

static void a_damaged_trie_is_refused(void **state) {
    sectag_random r;
    set s;
    (void)state;
    sectag_random_init(&r, 9);
    set_init(&s, &r, 500, 40);
    assert_damaged(s.slot, s.n_slots, s.n_symbols + (uint32_t)s.n_slots); /* an alphabet larger than it */
    assert_damaged(s.slot, 39, 40);
    for (size_t i = 0; i < s.n_slots; i++) { /* any slot that leads outside */
        sectag_node good = s.slot[i];
        s.slot[i] = (good & ~((sectag_node)0xFFFFFF << 16)) | (sectag_node)(s.n_slots - 40 + 1) << 16;
        assert_damaged(s.slot, s.n_slots, 40);
        s.slot[i] = good;
    }
    s.slot[0] = 1; /* slot 0, where walks end, has a label or children */
    assert_damaged(s.slot, s.n_slots, 40);
    s.slot[0] = 1 << 16;
    assert_damaged(s.slot, s.n_slots, 40);
    s.slot[0] = 0;
    assert_int_equal(sectag_trie_check(s.slot, s.n_slots, 40, NULL), 0);
    assert_int_equal(sectag_trie_check(NULL, 0, 0, NULL), 0);
    set_release(&s);
}

/* Random slots that pass the check: walks over them end nowhere else than inside. */
static void what_passes_the_check_is_safe_to_walk(void **state) {
    enum { SLOTS = 200, SYMBOLS = 4 };
    sectag_random r;
    sectag_node *slot = malloc(SLOTS * sizeof *slot);
    size_t passed = 0, steps = 0;
    (void)state;
    assert_non_null(slot);
    sectag_random_init(&r, 10);
    for (int round = 0; round < 300; round++) {
        uint64_t most = SLOTS - SYMBOLS + (round % 3 ? 1 : 2);
        for (size_t i = 0; i < SLOTS; i++)
            slot[i] = i ? sectag_random_below(&r, SYMBOLS) | sectag_random_below(&r, most) << 16 : 0;
        if (sectag_trie_check(slot, SLOTS, SYMBOLS, NULL)) continue;
        passed++;
        for (int walk = 0; walk < 200; walk++) {
            sectag_node node = sectag_trie_root(slot, (uint16_t)sectag_random_below(&r, SYMBOLS));
            for (int k = 0; k < 50; k++, steps += node != 0)
                node = sectag_trie_child(slot, node, (uint16_t)sectag_random_below(&r, SYMBOLS));
        }
    }
    assert_true(passed >= 200 && passed < 300 && steps > 1000);
    free(slot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_is_found_with_its_payload),
        cmocka_unit_test(the_beginning_of_a_string_is_none_by_itself),
        cmocka_unit_test(strings_that_were_not_put_in_are_not_found),
        cmocka_unit_test(equal_strings_give_equal_bytes),
        cmocka_unit_test(walks_by_any_symbols_stay_inside_the_slots),
        cmocka_unit_test(few_slots_stay_empty),
        cmocka_unit_test(no_strings_give_a_trie_in_which_nothing_is_found),
        cmocka_unit_test(what_has_no_children_stays_nowhere),
        cmocka_unit_test(more_slots_than_a_node_can_name_are_refused),
        cmocka_unit_test(a_damaged_trie_is_refused),
        cmocka_unit_test(what_passes_the_check_is_safe_to_walk),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
