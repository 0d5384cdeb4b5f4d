/* Samples of a run, and what their answers say: on populations whose truth is made here. */
#include "tests/suite.h"

#include "classify/audit.h"
#include "training/random.h"

#include <math.h>

enum { N = 3000, AREAS = 3 };
static uint8_t tagged[N * AREAS], truth[N * AREAS], near[N], answered[N];
static const sectag_audit_frame frame = {N, AREAS, tagged, near};
static const sectag_audit_answers answers = {answered, truth};

/* Area a: about N / 20 (a + 1) clauses, a sixth of them missed, near or not; a tenth of the tags wrong. */
static int make_population(void **state) {
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 11);
    memset(answered, 1, sizeof answered);
    memset(near, 0, sizeof near);
    for (size_t cell = 0; cell < N * AREAS; cell++) {
        int of = sectag_random_below(&r, 20 * (1 + cell % AREAS)) == 0;
        truth[cell] = (uint8_t)of;
        tagged[cell] = of ? sectag_random_below(&r, 6) > 0 : sectag_random_below(&r, 200) == 0;
        near[cell / AREAS] |= (of && sectag_random_below(&r, 2)) || sectag_random_below(&r, 50) == 0;
    }
    return 0;
}

static sectag_audit_draw draw(size_t n, uint64_t seed) {
    sectag_audit_draw d;
    sectag_err err;
    if (sectag_audit_draw_new(&frame, n, seed, &d, &err)) fail_msg("%s", err.msg);
    return d;
}

static void equal_seeds_draw_equal_samples(void **state) {
    (void)state;
    sectag_audit_draw a = draw(300, 5), b = draw(300, 5), c = draw(300, 6);
    assert_memory_equal(a.drawn, b.drawn, N);
    assert_true(memcmp(a.drawn, c.drawn, N) != 0);
    size_t n = 0;
    for (size_t i = 0; i < N; i++) n += a.drawn[i];
    assert_int_equal(n, a.n_drawn);
    assert_true(n > 290 && n <= 300);
    sectag_audit_draw_release(&a);
    sectag_audit_draw_release(&b);
    sectag_audit_draw_release(&c);
}

static void sets_are_what_their_names_say(void **state) {
    (void)state;
    sectag_audit_draw d = draw(300, 1);
    for (size_t s = 0; s < d.n_sets; s++) {
        size_t size = 0, drawn = 0;
        for (size_t i = 0; i < N; i++) {
            int in = sectag_audit_is_in(&frame, i, s);
            size += (size_t)in;
            drawn += (size_t)(in && d.drawn[i]);
            if (s < SECTAG_AUDIT_ANY && in)
                for (size_t a = 0; a < AREAS; a++) assert_false(tagged[i * AREAS + a]);
        }
        assert_int_equal(size, d.size[s]);
        assert_true(drawn >= d.take[s] && d.take[s] > 0);
    }
    assert_int_equal(d.size[0] + d.size[1] + d.size[2], N);
    sectag_audit_draw_release(&d);
}

static void reading_everything_leaves_no_doubt(void **state) {
    (void)state;
    sectag_audit_draw d = draw(N, 1);
    sectag_audit_area area[AREAS];
    assert_int_equal(d.n_drawn, N);
    assert_int_equal(sectag_audit_report(&frame, &d, &answers, 0.95, area, NULL), 0);
    for (size_t a = 0; a < AREAS; a++) {
        size_t right = 0, missed = 0, tags = 0;
        for (size_t i = 0; i < N; i++) {
            tags += tagged[i * AREAS + a];
            right += tagged[i * AREAS + a] && truth[i * AREAS + a];
            missed += !tagged[i * AREAS + a] && truth[i * AREAS + a];
        }
        assert_int_equal(area[a].tagged, tags);
        assert_int_equal(area[a].wrong, tags - right);
        assert_int_equal(area[a].missed_at_most, missed);
        double precision = (double)right / (double)tags, recall = (double)right / (double)(right + missed);
        assert_true(fabs(area[a].precision.low - precision) < 1e-9 && fabs(area[a].precision.high - precision) < 1e-9);
        assert_true(fabs(area[a].recall.low - recall) < 1e-9 && fabs(area[a].recall.high - recall) < 1e-9);
    }
    sectag_audit_draw_release(&d);
}

static void clauses_without_answer_count_as_not_read(void **state) {
    (void)state;
    sectag_audit_draw d = draw(300, 1);
    sectag_audit_area all[AREAS], half[AREAS];
    assert_int_equal(sectag_audit_report(&frame, &d, &answers, 0.95, all, NULL), 0);
    for (size_t k = 0; k < N; k++) answered[d.order[k]] = k < N / 12; /* stopped on the way down */
    assert_int_equal(sectag_audit_report(&frame, &d, &answers, 0.95, half, NULL), 0);
    assert_true(half[0].read < all[0].read && half[0].read > 0);
    assert_true(half[0].missed_at_most > all[0].missed_at_most);
    memset(answered, 0, sizeof answered);
    assert_int_equal(sectag_audit_report(&frame, &d, &answers, 0.95, half, NULL), 0);
    assert_true(half[0].recall.value < 0 && half[0].recall.low <= 0 && half[0].recall.high >= 1);
    memset(answered, 1, sizeof answered);
    sectag_audit_draw_release(&d);
}

/* Bounds that hold in 95 of 100 audits hold in 270 of 300 with a probability of all but 1 in 10,000. */
static void bounds_cover_the_truth(void **state) {
    (void)state;
    size_t precision[AREAS] = {0}, missed[AREAS] = {0}, recall[AREAS] = {0};
    sectag_audit_draw everything = draw(N, 1);
    sectag_audit_area known[AREAS], area[AREAS];
    assert_int_equal(sectag_audit_report(&frame, &everything, &answers, 0.95, known, NULL), 0);
    for (uint64_t seed = 1; seed <= 300; seed++) {
        sectag_audit_draw d = draw(300, seed);
        assert_int_equal(sectag_audit_report(&frame, &d, &answers, 0.95, area, NULL), 0);
        for (size_t a = 0; a < AREAS; a++) {
            double p = known[a].precision.value, r = known[a].recall.value;
            precision[a] += p > area[a].precision.low - 1e-9 && p < area[a].precision.high + 1e-9;
            recall[a] += r > area[a].recall.low - 1e-9 && r < area[a].recall.high + 1e-9;
            missed[a] += area[a].missed_at_most >= known[a].missed_at_most;
            assert_true(area[a].missed_at_most < N); /* and say something */
        }
        sectag_audit_draw_release(&d);
    }
    for (size_t a = 0; a < AREAS; a++) assert_true(precision[a] >= 270 && missed[a] >= 270 && recall[a] >= 270);
    sectag_audit_draw_release(&everything);
}

static void an_empty_run_has_an_empty_sample(void **state) {
    (void)state;
    const sectag_audit_frame none = {0, AREAS, tagged, NULL};
    sectag_audit_draw d;
    assert_int_equal(sectag_audit_draw_new(&none, 10, 1, &d, NULL), 0);
    assert_int_equal(d.n_drawn, 0);
    sectag_audit_draw_release(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_seeds_draw_equal_samples),
        cmocka_unit_test(sets_are_what_their_names_say),
        cmocka_unit_test(reading_everything_leaves_no_doubt),
        cmocka_unit_test(clauses_without_answer_count_as_not_read),
        cmocka_unit_test(bounds_cover_the_truth),
        cmocka_unit_test(an_empty_run_has_an_empty_sample),
    };
    return cmocka_run_group_tests(tests, make_population, NULL);
}
