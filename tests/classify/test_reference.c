/* The fast path (match.h, score.h, spell.h, the memo) against the reference (vector.h, sectag_model_score), with the
 * shipped model: over the shipped corpus and samples, over the shared documents where they are at hand, over random
 * Unicode and over clauses of one character up to a megabyte. Every decision must be the same. */
#include "tests/suite.h"

#include "classify/tagger.h"
#include "features/table.h"
#include "features/utf8.h"
#include "training/random.h"

#include <dirent.h>
#include <math.h>

static const char shipped[] = "models/default/default.sectag";

static struct {
    sectag_model model;
    sectag_tagger tagger;
    sectag_encoder encoder;
    sectag_verdict *verdict;
    double *score;
    size_t clauses;
} both;

static int open_both(void **state) {
    (void)state;
    memset(&both, 0, sizeof both);
    if (sectag_model_open(&both.model, shipped, NULL) || sectag_model_index(&both.model, NULL)) return -1;
    const sectag_model *m = &both.model;
    both.verdict = calloc(m->n_areas, sizeof *both.verdict);
    both.score = calloc(m->n_areas, sizeof *both.score);
    return sectag_tagger_init(&both.tagger, m, NULL) ||
                   sectag_encoder_init(&both.encoder, &m->vocab, &m->terms, &m->options, NULL)
               ? -1
               : 0;
}

static int close_both(void **state) {
    (void)state;
    sectag_encoder_release(&both.encoder);
    sectag_tagger_release(&both.tagger);
    sectag_model_release(&both.model);
    free(both.verdict);
    free(both.score);
    return 0;
}

/* Scores within 1e-4, probabilities within 1e-5 (a hundredth of what is promised), decisions the same. */
static void compare(const char *text, size_t len) {
    const sectag_piece piece = {text, len};
    assert_int_equal(sectag_encode(&both.encoder, text, len, NULL), 0);
    sectag_model_score(&both.model, &both.encoder, both.score);
    assert_int_equal(sectag_tagger_run(&both.tagger, &piece, 1, both.verdict, NULL), 0);
    both.clauses++;
    for (size_t a = 0; a < both.model.n_areas; a++) {
        sectag_verdict right = sectag_verdict_of(&both.model.area[a], both.score[a]), fast = both.verdict[a];
        if (fabs(right.score - fast.score) < 1e-4 && fabs(right.probability - fast.probability) < 1e-5 &&
            right.tagged == fast.tagged && right.band == fast.band)
            continue;
        fail_msg("area %zu: score %.9g, not %.9g, of \"%.*s\"", a, fast.score, right.score,
                 (int)(len < 200 ? len : 200), text);
    }
}

static void compare_lines(const char *path) {
    sectag_file f;
    if (sectag_file_open(&f, path, NULL)) return;
    for (const char *at = f.data, *end = at + f.len; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((feed ? feed : end) - at);
        compare(at, len);
        at += len + 1;
    }
    sectag_file_release(&f);
}

/* The lines of all files of a folder: tables have a clause in their last column, and as a whole they are clauses of
 * another kind. */
static void compare_folder(const char *folder) {
    DIR *dir = opendir(folder);
    if (!dir) return;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') compare_lines(path);
    }
    (void)closedir(dir);
}

static void the_shipped_texts_are_tagged_alike(void **state) {
    (void)state;
    both.clauses = 0;
    compare_folder("training/corpus");
    compare_folder("tests/data");
    compare_folder("tests/data/sample");
    assert_true(both.clauses > 20000);
}

static void the_shared_texts_are_tagged_alike(void **state) {
    static const char *const folders[] = {"corpus", "corpus/original", "policy", "documents"};
    const char *shared = getenv("SECTAG_SHARED");
    char folder[512];
    (void)state;
    both.clauses = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        (void)snprintf(folder, sizeof folder, "%s/%s", shared && *shared ? shared : "../shared", folders[i]);
        compare_folder(folder);
    }
    if (!both.clauses) {
        print_message("no shared corpus: skipped\n");
        skip();
    }
}

/* A code point of one of the sorts that the two paths treat differently. */
static uint32_t any_code_point(sectag_random *r) {
    static const uint32_t ranges[][2] = {{0, 0x7F},        {0x80, 0x2FF},     {0x300, 0x36F},   {0x1100, 0x11FF},
                                         {0x2000, 0x206F}, {0x2100, 0x24FF},  {0x3000, 0x30FF}, {0x3130, 0x33FF},
                                         {0x4E00, 0x9FFF}, {0x4E00, 0x9FFF},  {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
                                         {0xFE00, 0xFFEF}, {0x1D400, 0x1D7FF}, {0, 0xD7FF},     {0xE000, 0x10FFFF}};
    const uint32_t *range = ranges[sectag_random_below(r, COUNT_OF(ranges))];
    return range[0] + (uint32_t)sectag_random_below(r, range[1] - range[0] + 1);
}

/* What models look for, so that random text has something to find. */
static void add_known(sectag_buf *text, sectag_random *r) {
    const sectag_model *m = &both.model;
    if (sectag_random_below(r, 2)) {
        size_t len;
        const char *gram = sectag_vocab_text(&m->vocab, (uint32_t)sectag_random_below(r, m->vocab.n), &len);
        assert_int_equal(sectag_buf_add(text, gram, len), 0);
    } else {
        const sectag_term *t = &m->terms.term[sectag_random_below(r, m->terms.n_terms)];
        assert_int_equal(sectag_buf_add(text, m->terms.text + t->text, t->bytes), 0);
    }
}

static void add_random(sectag_buf *text, sectag_random *r, size_t pieces) {
    static const char *const glue[] = {"", "", "", " ", "-", "、", "s", "es", "_", "2024", "　", "\xC2\xAD", "\xFF"};
    for (size_t i = 0; i < pieces; i++) {
        char bytes[4];
        if (sectag_random_below(r, 3))
            assert_int_equal(sectag_buf_add(text, bytes, sectag_utf8_put(any_code_point(r), bytes)), 0);
        else
            add_known(text, r);
        assert_int_equal(sectag_buf_adds(text, glue[sectag_random_below(r, COUNT_OF(glue))]), 0);
    }
}

static void random_unicode_is_tagged_alike(void **state) {
    enum { TIMES = 20000 };
    sectag_random r;
    sectag_buf text = {0};
    (void)state;
    sectag_random_init(&r, 11);
    for (int i = 0; i < TIMES; i++) {
        sectag_buf_clear(&text);
        add_random(&text, &r, sectag_random_below(&r, 40));
        compare(text.len ? text.data : "", text.len);
    }
    sectag_buf_release(&text);
}

static void clauses_of_any_length_are_tagged_alike(void **state) {
    sectag_random r;
    sectag_buf text = {0};
    (void)state;
    sectag_random_init(&r, 12);
    for (size_t pieces = 1; pieces < 300000; pieces = pieces * 5 / 2 + 1) {
        sectag_buf_clear(&text);
        add_random(&text, &r, pieces);
        compare(text.data, text.len);
    }
    assert_true(text.len > 1 << 20);
    sectag_buf_release(&text);
}

/* The memo: the same clauses again and again, with others between. */
static void repeated_clauses_are_tagged_alike(void **state) {
    char text[64];
    (void)state;
    for (int round = 0; round < 4; round++)
        for (int i = 0; i < 3000; i++)
            compare(text, (size_t)snprintf(text, sizeof text, "支持第%d号疫苗和抗体药物研发", i % (700 * (round + 1))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_texts_are_tagged_alike),
        cmocka_unit_test(the_shared_texts_are_tagged_alike),
        cmocka_unit_test(random_unicode_is_tagged_alike),
        cmocka_unit_test(clauses_of_any_length_are_tagged_alike),
        cmocka_unit_test(repeated_clauses_are_tagged_alike),
    };
    if (access(shipped, R_OK) != 0) {
        (void)fprintf(stderr, "%s: not there, skipped\n", shipped);
        return 0;
    }
    return cmocka_run_group_tests(tests, open_both, close_both);
}
