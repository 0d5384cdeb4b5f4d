/* The model file: what goes in comes out, scores are those of the weights, and a file that was changed and
 * sealed again is refused or harmless. (Truncated and altered files: tests/classify/test_model_damage.c.) */
#include "tests/suite.h"

#include "features/buf.h"
#include "features/match.h"
#include "tests/classify/tiny_model.h"
#include "training/random.h"

#include <math.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char *const texts[] = {
    "支持疫苗研发和接种",
    "抗体检测试剂",
    "种子基金与育种",
    "anti-vaccine antibodies, seeds; 批签发 2025",
    "",
    "的的的",
};

/* ---- round trip ---- */

static void everything_comes_back(void **state) {
    sectag_model m;
    (void)state;
    assert_int_equal(tiny_model_save(suite_path("m")), 0);
    assert_int_equal(sectag_model_open(&m, suite_path("m"), NULL), 0);
    assert_int_equal(m.n_areas, TINY_AREAS);
    assert_int_equal(m.vocab.n, TINY_GRAMS);
    assert_int_equal(m.terms.n_terms, COUNT_OF(tiny_terms));
    assert_int_equal(m.n_columns, sectag_vector_columns(m.vocab.n, &m.terms));
    assert_int_equal(m.options.clauses, 1000);
    assert_true(m.options.term_weight > 0.2499f && m.options.term_weight < 0.2501f);
    assert_string_equal(m.taxonomy.areas.data[TINY_SEED].zh, "育种与种业");
    assert_true(m.taxonomy.areas.data[TINY_SEED].core && !m.taxonomy.areas.data[TINY_UNTRAINED].core);
    assert_int_equal(m.area[TINY_ANTIBODY].positives, 101);
    assert_true(m.area[TINY_ANTIBODY].trained && !m.area[TINY_UNTRAINED].trained);
    assert_non_null(memchr(m.provenance, '}', m.provenance_len));
    sectag_model_release(&m);
}

static void weights_come_back_within_half_a_step(void **state) {
    sectag_model m;
    (void)state;
    assert_int_equal(tiny_model_open(&m), 0);
    for (int i = 0; i < TINY_GRAMS; i++) {
        uint32_t column =
            sectag_vocab_find(&m.vocab, sectag_ngram_key(tiny_grams[i].text, strlen(tiny_grams[i].text)));
        for (size_t a = 0; a < 3; a++) {
            double off = fabs(sectag_model_weight(&m, column, a) - tiny_grams[i].weight[a]);
            assert_true(off <= (double)m.area[a].scale * 0.5001);
        }
        assert_true(sectag_model_weight(&m, column, TINY_UNTRAINED) > -1e-12);
        assert_true(sectag_model_weight(&m, column, TINY_UNTRAINED) < 1e-12);
    }
    sectag_model_release(&m);
}

static void equal_parts_give_equal_bytes_and_one_name(void **state) {
    sectag_model m, n;
    char id[17], again[17];
    (void)state;
    assert_int_equal(tiny_model_save(suite_path("a")), 0);
    assert_int_equal(tiny_model_save(suite_path("b")), 0);
    assert_true(suite_same_bytes(suite_path("a"), suite_path("b")));
    assert_int_equal(sectag_model_open(&m, suite_path("a"), NULL), 0);
    assert_int_equal(sectag_model_open(&n, suite_path("b"), NULL), 0);
    sectag_model_id(&m, id);
    sectag_model_id(&n, again);
    assert_string_equal(id, again);
    assert_int_equal(strspn(id, "0123456789abcdef"), 16);
    sectag_model_release(&m);
    sectag_model_release(&n);
}

/* ---- scores ---- */

/* bias + the sum over all columns, one by one, from a dense vector. */
static double naive_score(const sectag_model *m, const sectag_encoder *e, size_t area) {
    double *dense = calloc(m->n_columns, sizeof *dense), sum = (double)m->area[area].bias;
    assert_non_null(dense);
    for (size_t i = 0; i < e->counts.len; i++) dense[e->counts.data[i].column] += (double)e->value[i];
    for (size_t c = 0; c < m->n_columns; c++) sum += dense[c] * sectag_model_weight(m, c, area);
    free(dense);
    return sum;
}

static void scores_are_the_sums_of_the_manual(void **state) {
    sectag_model m;
    sectag_encoder e;
    (void)state;
    assert_int_equal(tiny_model_open(&m), 0);
    assert_int_equal(sectag_encoder_init(&e, &m.vocab, &m.terms, &m.options, NULL), 0);
    for (size_t t = 0; t < COUNT_OF(texts); t++) {
        double score[TINY_AREAS];
        assert_int_equal(sectag_encode(&e, texts[t], strlen(texts[t]), NULL), 0);
        sectag_model_score(&m, &e, score);
        for (size_t a = 0; a < TINY_AREAS; a++)
            if (!(fabs(score[a] - naive_score(&m, &e, a)) < 1e-9)) fail_msg("\"%s\", area %zu", texts[t], a);
    }
    sectag_encoder_release(&e);
    sectag_model_release(&m);
}

/* ---- files changed and sealed again ---- */

/* Where model.c keeps them: after magic, version and byte order. */
enum {
    SIZE_AT = 16,
    CHECKSUM_AT = 24,
    SECTIONS_AT = 32,
    SECTIONS = 13,
    HEADER = SECTIONS_AT + 16 * SECTIONS
};

static void seal(char *file, size_t len) {
    uint64_t sum = 0, size = len;
    memcpy(file + SIZE_AT, &size, sizeof size);
    memcpy(file + CHECKSUM_AT, &sum, sizeof sum);
    sum = XXH3_64bits_withSeed(file + HEADER, len - HEADER, XXH3_64bits(file, HEADER));
    memcpy(file + CHECKSUM_AT, &sum, sizeof sum);
}

/* The columns of the texts, and their rows. */
static void match_all(const sectag_model *m) {
    sectag_matcher matcher;
    assert_int_equal(sectag_matcher_init(&matcher, &m->lexicon, &m->terms, &m->options, NULL), 0);
    for (size_t t = 0; t < COUNT_OF(texts); t++) {
        assert_int_equal(sectag_match(&matcher, texts[t], strlen(texts[t]), NULL), 0);
        for (size_t i = 0; i < matcher.once.len; i++) (void)sectag_model_weight(m, matcher.once.data[i], 0);
        for (size_t i = 0; i < matcher.counts.len; i++) {
            assert_true(matcher.counts.data[i].column < m->n_columns);
            (void)sectag_model_weight(m, matcher.counts.data[i].column, 0);
        }
    }
    sectag_matcher_release(&matcher);
}

/* Everything that a program does with a model; under the sanitizer this is the test. */
static void use(sectag_model *m) {
    sectag_encoder e;
    if (m->lexicon.n_slots) match_all(m);
    if (sectag_model_index(m, NULL)) return;
    double *score = calloc(m->n_areas, sizeof *score);
    size_t len;
    assert_non_null(score);
    assert_int_equal(sectag_encoder_init(&e, &m->vocab, &m->terms, &m->options, NULL), 0);
    for (size_t t = 0; t < COUNT_OF(texts); t++) {
        assert_int_equal(sectag_encode(&e, texts[t], strlen(texts[t]), NULL), 0);
        sectag_model_score(m, &e, score);
        for (size_t a = 0; a < m->n_areas; a++) {
            double p = sectag_calibration_apply(&m->area[a].calibration, score[a]);
            assert_true(p > 0 && p < 1);
        }
    }
    for (uint32_t c = 0; c < m->vocab.n; c++) (void)sectag_vocab_text(&m->vocab, c, &len);
    for (uint32_t t = 0; t < m->terms.n_terms; t++)
        assert_true(m->terms.term[t].text + (size_t)m->terms.term[t].bytes <= m->terms.text_len);
    for (size_t a = 0; a < m->n_areas; a++) assert_true(strlen(m->taxonomy.areas.data[a].code) < 4096);
    sectag_encoder_release(&e);
    free(score);
}

/* Opens the bytes as a model. Was it refused? */
static int try_file(const char *bytes, size_t len) {
    sectag_model m;
    sectag_err err = {0};
    int rc = sectag_model_open(&m, suite_write("changed", bytes, len), &err);
    if (rc) {
        assert_int_equal(rc, SECTAG_EMODEL);
        assert_true(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
        return 1;
    }
    use(&m);
    sectag_model_release(&m);
    return 0;
}

static char *good;
static size_t good_len;

static int make(void **state) {
    sectag_file f;
    if (suite_folder_make(state) || tiny_model_save(suite_path("good"))) return -1;
    if (sectag_file_open(&f, suite_path("good"), NULL)) return -1;
    good_len = f.len;
    good = malloc(f.len);
    memcpy(good, f.data, f.len);
    sectag_file_release(&f);
    return 0;
}

static int clean(void **state) {
    free(good);
    return suite_folder_remove(state);
}

static void put(char *file, size_t at, uint64_t value, size_t size) {
    memcpy(file + at, &value, size);
}

static void sections_that_do_not_fit_are_refused(void **state) {
    static const uint64_t wrong[] = {
        0, 1, 7, 1 << 20, UINT32_MAX, (uint64_t)1 << 40, UINT64_MAX, UINT64_MAX / 8};
    char *file = malloc(good_len);
    size_t refused = 0;
    (void)state;
    for (size_t s = 0; s < 2 * SECTIONS; s++)
        for (size_t w = 0; w < COUNT_OF(wrong); w++) {
            memcpy(file, good, good_len);
            put(file, SECTIONS_AT + 8 * s, wrong[w], 8);
            seal(file, good_len);
            refused += (size_t)try_file(file, good_len);
        }
    assert_true(refused > 2 * SECTIONS * COUNT_OF(wrong) / 2);
    free(file);
}

static void sealed_changes_are_refused_or_harmless(void **state) {
    enum { TIMES = 6000 };
    static const uint32_t likely[] = {0,         1,          2,          255,        65535,
                                      INT32_MAX, UINT32_MAX, 0x7F800000, 0x7FC00000, 0x80000000};
    sectag_random r;
    char *file = malloc(good_len);
    size_t refused = 0;
    (void)state;
    sectag_random_init(&r, 2);
    for (int i = 0; i < TIMES; i++) {
        memcpy(file, good, good_len);
        for (uint64_t k = 1 + sectag_random_below(&r, 3); k > 0; k--) {
            size_t at = SECTIONS_AT + 4 * sectag_random_below(&r, (good_len - SECTIONS_AT) / 4);
            uint32_t value = sectag_random_below(&r, 2) ? likely[sectag_random_below(&r, COUNT_OF(likely))]
                                                        : (uint32_t)sectag_random_below(&r, 64);
            put(file, at, value, 4);
        }
        seal(file, good_len);
        refused += (size_t)try_file(file, good_len);
    }
    assert_true(refused > TIMES / 10 && refused < TIMES);
    free(file);
}

static void sealed_truncations_are_refused_or_harmless(void **state) {
    char *file = malloc(good_len);
    size_t refused = 0;
    (void)state;
    for (size_t len = HEADER; len < good_len; len += 8) {
        memcpy(file, good, len);
        seal(file, len);
        refused += (size_t)try_file(file, len);
    }
    assert_int_equal(refused, (good_len - HEADER + 7) / 8); /* the last section ends with the file */
    free(file);
}

/* A header of nothing but its seal, and things that are no model at all. */
static void other_files_are_refused(void **state) {
    char header[HEADER] = {0};
    (void)state;
    assert_true(try_file("", 0));
    assert_true(try_file("id\tlabels\ttext\n", 15));
    memcpy(header, good, SECTIONS_AT);
    seal(header, HEADER);
    assert_true(try_file(header, HEADER));
}

static void other_versions_and_byte_orders_are_named(void **state) {
    static const struct {
        size_t at;
        char value;
        const char *why;
    } changes[] = {{8, 99, "format 99"}, {12, 1, "byte order"}, {0, 'S', "not a sectag model"}};
    char *file = malloc(good_len);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        sectag_model m;
        sectag_err err = {0};
        memcpy(file, good, good_len);
        file[changes[i].at] = changes[i].value;
        seal(file, good_len);
        assert_int_equal(sectag_model_open(&m, suite_write("other", file, good_len), &err), SECTAG_EMODEL);
        assert_non_null(strstr(err.msg, changes[i].why));
    }
    free(file);
}

static void a_missing_file_is_an_error_of_the_system(void **state) {
    sectag_model m;
    (void)state;
    assert_int_equal(sectag_model_open(&m, suite_path("none"), NULL), SECTAG_EIO);
}

static void the_sealing_itself_is_right(void **state) {
    char *file = malloc(good_len);
    (void)state;
    memcpy(file, good, good_len);
    seal(file, good_len);
    assert_memory_equal(file, good, good_len);
    assert_false(try_file(file, good_len));
    free(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(weights_come_back_within_half_a_step),
        cmocka_unit_test(equal_parts_give_equal_bytes_and_one_name),
        cmocka_unit_test(scores_are_the_sums_of_the_manual),
        cmocka_unit_test(the_sealing_itself_is_right),
        cmocka_unit_test(sections_that_do_not_fit_are_refused),
        cmocka_unit_test(sealed_changes_are_refused_or_harmless),
        cmocka_unit_test(sealed_truncations_are_refused_or_harmless),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(other_versions_and_byte_orders_are_named),
        cmocka_unit_test(a_missing_file_is_an_error_of_the_system),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
