/* The workspace's file: made, brought up to date, refused, shared; and what nobody can change in it. */
#include "tests/training/scratch_workspace.h"

#include <sqlite3.h>
#include <sys/stat.h>

/* Runs SQL on a file, past our own code; returns SQLite's code. */
static int raw(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 1000);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)sqlite3_close(db);
    return rc;
}

static int64_t raw_number(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    (void)sqlite3_close(db);
    return n;
}

static int refused(const char *path, int create, sectag_err *err) {
    sectag_workspace *ws;
    int rc = sectag_workspace_open(&ws, path, create, err);
    assert_null(ws);
    return rc;
}

static void is_made_with_its_folders_on_first_use(void **state) {
    sectag_workspace *ws = NULL;
    sectag_err err;
    struct stat st;
    (void)state;
    assert_int_equal(refused(suite_path("a/b/ws.sqlite"), 0, &err), SECTAG_EIO);
    assert_int_not_equal(stat(suite_path("a"), &st), 0);
    assert_int_equal(sectag_workspace_open(&ws, suite_path("a/b/ws.sqlite"), 1, &err), 0);
    assert_int_equal(sectag_workspace_check(ws, &err), 0);
    sectag_workspace_free(ws);
    assert_int_equal(raw_number(suite_path("a/b/ws.sqlite"), "PRAGMA user_version"),
                     SECTAG_WORKSPACE_VERSION);
    assert_int_equal(sectag_workspace_open(&ws, suite_path("a/b/ws.sqlite"), 0, &err), 0);
    sectag_workspace_free(ws);
}

static void an_empty_file_becomes_one(void **state) {
    const char *path = suite_write_text("empty.sqlite", "");
    (void)state;
    sectag_workspace_free(scratch_open("empty.sqlite"));
    assert_int_equal(raw_number(path, "PRAGMA user_version"), SECTAG_WORKSPACE_VERSION);
}

static void what_is_no_workspace_is_refused_as_it_is(void **state) {
    sectag_err err;
    char text[2000];
    (void)state;
    memset(text, 'x', sizeof text);
    const char *path = suite_write("letter.txt", text, sizeof text);
    assert_int_equal(refused(path, 1, &err), SECTAG_EDATA);
    assert_string_equal(err.msg, "this is no sectag workspace");
    path = suite_path("other.sqlite");
    assert_int_equal(raw(path, "CREATE TABLE music (title TEXT); PRAGMA user_version = 1"), SQLITE_OK);
    assert_int_equal(refused(path, 1, &err), SECTAG_EDATA);
    assert_string_equal(err.msg, "this is no sectag workspace");
    assert_int_equal(raw_number(path, "SELECT count(*) FROM sqlite_master"), 1);
}

static void a_newer_schema_is_refused(void **state) {
    sectag_err err;
    (void)state;
    sectag_workspace_free(scratch_open("newer.sqlite"));
    assert_int_equal(raw(suite_path("newer.sqlite"), "PRAGMA user_version = 99"), SQLITE_OK);
    assert_int_equal(refused(suite_path("newer.sqlite"), 1, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "schema version 99"));
    assert_int_equal(raw_number(suite_path("newer.sqlite"), "PRAGMA user_version"), 99);
}

static char *v1_sql(void) {
    sectag_file f;
    assert_int_equal(sectag_file_open(&f, "tests/data/workspace-v1.sql", NULL), 0);
    char *sql = strndup(f.data, f.len);
    sectag_file_release(&f);
    assert_non_null(sql);
    return sql;
}

/* All of the schema as one number. */
static const char schema_digest[] =
    "SELECT count(*) || '' FROM (SELECT * FROM sqlite_master WHERE sql IS NOT NULL)";

static int same_schema(const char *a, const char *b) {
    char sql[1024];
    (void)snprintf(
        sql, sizeof sql,
        "ATTACH '%s' AS other; CREATE TEMP TABLE difference AS SELECT name, sql FROM main.sqlite_master"
        " EXCEPT SELECT name, sql FROM other.sqlite_master; CREATE TEMP TABLE one (n CHECK (n = 0));"
        "INSERT INTO one SELECT count(*) FROM difference",
        b);
    return raw(a, sql) == SQLITE_OK;
}

static void version_1_is_brought_up_to_date_with_what_it_holds(void **state) {
    char *sql = v1_sql();
    sectag_err err = {0};
    const char *path = suite_path("v1.sqlite");
    int64_t id;
    (void)state;
    assert_int_equal(raw(path, sql), SQLITE_OK);
    sectag_workspace *ws = scratch_open("v1.sqlite");
    assert_int_equal(sectag_workspace_check(ws, &err), 0);
    assert_int_equal(sectag_workspace_find(ws, "0123456789abcdef0123456789abcdef", &id, &err), 1);
    sectag_workspace_free(ws);
    assert_int_equal(raw_number(path, "PRAGMA user_version"), SECTAG_WORKSPACE_VERSION);
    assert_int_equal(raw_number(path, "SELECT count(*) FROM corrections"), 2);
    assert_int_equal(raw_number(path, "SELECT count(*) FROM models"), 0);
    sectag_workspace_free(scratch_open("fresh.sqlite"));
    assert_int_equal(raw_number(path, schema_digest), raw_number(suite_path("fresh.sqlite"), schema_digest));
    assert_true(same_schema(path, suite_path("fresh.sqlite")));
    assert_true(same_schema(suite_path("fresh.sqlite"), path));
    free(sql);
}

static void the_ledger_can_neither_be_changed_nor_deleted(void **state) {
    sectag_workspace *ws = scratch_open("stay.sqlite");
    const char *path = suite_path("stay.sqlite");
    (void)state;
    (void)scratch_correct(ws, "开展疫苗接种。", "vaccine", SECTAG_ADDED, "anna", SCRATCH_TIME);
    sectag_workspace_free(ws);
    assert_int_equal(raw(path, "UPDATE corrections SET analyst = 'ben'"), SQLITE_CONSTRAINT);
    assert_int_equal(raw(path, "DELETE FROM corrections"), SQLITE_CONSTRAINT);
    assert_int_equal(raw(path, "DELETE FROM batches"), SQLITE_CONSTRAINT);
    assert_int_equal(raw_number(path, "SELECT count(*) FROM corrections WHERE analyst = 'anna'"), 1);
}

static void entries_that_make_no_sense_are_refused(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_err err;
    int64_t batch = 0;
    sectag_entry good = {.area = "vaccine",
                         .verdict = SECTAG_ADDED,
                         .analyst = "anna",
                         .time = SCRATCH_TIME,
                         .origin = "test"};
    (void)state;
    good.clause = scratch_clause(ws, "a");
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    assert_int_equal(sectag_ledger_batch(ws, "anna", SCRATCH_TIME, "test", &batch, &err), 0);
    sectag_entry e = good;
    e.clause = 999; /* foreign keys are on */
    assert_int_equal(sectag_ledger_add(ws, batch, &e, &err), SECTAG_EDATA);
    e = good;
    e.time = "yesterday";
    assert_int_equal(sectag_ledger_add(ws, batch, &e, &err), SECTAG_EDATA);
    e = good;
    e.analyst = "";
    assert_int_equal(sectag_ledger_add(ws, batch, &e, &err), SECTAG_EDATA);
    e = good;
    e.area = "*";
    assert_int_equal(sectag_ledger_add(ws, batch, &e, &err), SECTAG_EDATA);
    assert_int_equal(sectag_ledger_add(ws, batch, &good, &err), 0);
    assert_int_equal(sectag_workspace_commit(ws, &err), 0);
    sectag_workspace_free(ws);
}

static void what_is_not_committed_is_gone(void **state) {
    sectag_err err;
    int64_t id;
    (void)state;
    sectag_workspace *ws = scratch_open("gone.sqlite");
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    assert_int_equal(sectag_workspace_clause(ws, "text", 4, &id, &err), 0);
    sectag_workspace_free(ws);
    assert_int_equal(raw_number(suite_path("gone.sqlite"), "SELECT count(*) FROM clauses"), 0);
    ws = scratch_open("gone.sqlite");
    sectag_workspace_rollback(ws); /* nothing to undo */
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    sectag_workspace_rollback(ws);
    assert_int_equal(sectag_workspace_begin(ws, &err), 0);
    assert_int_equal(sectag_workspace_commit(ws, &err), 0);
    sectag_workspace_free(ws);
}

static void a_clause_is_known_by_its_normalised_text(void **state) {
    static const struct {
        const char *a, *b;
        int same;
    } cases[] = {{"ＰＤ－１ 抑制剂", "pd-1 抑制剂", 1},
                 {" 疫苗\n研发 ", "疫苗研发", 1},
                 {"疫苗", "抗体", 0},
                 {"Vaccine", "vaccine", 1},
                 {"two words", "twowords", 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char a[SECTAG_CLAUSE_HASH + 1], b[SECTAG_CLAUSE_HASH + 1];
        assert_int_equal(sectag_clause_hash(cases[i].a, strlen(cases[i].a), a, NULL), 0);
        assert_int_equal(sectag_clause_hash(cases[i].b, strlen(cases[i].b), b, NULL), 0);
        assert_int_equal(strlen(a), SECTAG_CLAUSE_HASH);
        assert_int_equal(strcmp(a, b) == 0, cases[i].same);
    }
    char hash[SECTAG_CLAUSE_HASH + 1];
    assert_int_equal(sectag_clause_hash(" \t\n", 3, hash, NULL), SECTAG_EDATA);
    assert_int_equal(sectag_clause_hash("", 0, hash, NULL), SECTAG_EDATA);
}

static void the_same_clause_has_one_number(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    int64_t a = scratch_clause(ws, "Vaccine"), b = scratch_clause(ws, "vaccine "),
            c = scratch_clause(ws, "seed");
    assert_int_equal(a, b);
    assert_int_not_equal(a, c);
    sectag_workspace_free(ws);
}

static void added_areas_follow_those_of_the_model(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_err err;
    sectag_taxonomy t = {0};
    sectag_area known = {"s", "vaccine", "疫苗", "Vaccines", "V.", 1},
                added = {"s", "mrna", "核酸", "mRNA", "M.", 0};
    (void)state;
    assert_int_equal(sectag_taxonomy_add(&t, &known), 0);
    assert_int_equal(sectag_workspace_add_area(ws, &known, SCRATCH_TIME, &err), 0);
    assert_int_equal(sectag_workspace_add_area(ws, &added, SCRATCH_TIME, &err), 0);
    assert_int_equal(sectag_workspace_add_area(ws, &added, SCRATCH_TIME, &err), SECTAG_EDATA);
    assert_int_equal(sectag_workspace_areas(ws, &t, &err), 0);
    assert_int_equal(t.areas.len, 2);
    assert_string_equal(t.areas.data[1].code, "mrna");
    sectag_taxonomy_release(&t);
    sectag_workspace_free(ws);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_with_its_folders_on_first_use),
        cmocka_unit_test(an_empty_file_becomes_one),
        cmocka_unit_test(what_is_no_workspace_is_refused_as_it_is),
        cmocka_unit_test(a_newer_schema_is_refused),
        cmocka_unit_test(version_1_is_brought_up_to_date_with_what_it_holds),
        cmocka_unit_test(the_ledger_can_neither_be_changed_nor_deleted),
        cmocka_unit_test(entries_that_make_no_sense_are_refused),
        cmocka_unit_test(what_is_not_committed_is_gone),
        cmocka_unit_test(a_clause_is_known_by_its_normalised_text),
        cmocka_unit_test(the_same_clause_has_one_number),
        cmocka_unit_test(added_areas_follow_those_of_the_model),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
