/* dump: all tables of a database, row by row in the order of their keys, as text to be compared. */
#include <sqlite3.h>
#include <stdio.h>

static int print_row(void *ctx, int n, char **values, char **names) {
    (void)names;
    (void)printf("%s", (const char *)ctx);
    for (int i = 0; i < n; i++) (void)printf("\t%s", values[i] ? values[i] : "NULL");
    (void)putchar('\n');
    return 0;
}

static int dump_table(void *db, int n, char **values, char **names) {
    char sql[256];
    (void)n;
    (void)names;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", values[0]);
    return sqlite3_exec(db, sql, print_row, values[0], NULL);
}

int main(int argc, char **argv) {
    sqlite3 *db = NULL;
    if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return 2;
    int rc = sqlite3_exec(db, "SELECT type, name, sql FROM sqlite_schema ORDER BY name", print_row, "schema",
                          NULL);
    if (!rc)
        rc = sqlite3_exec(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", dump_table,
                          db, NULL);
    if (rc) (void)fprintf(stderr, "dump: %s\n", sqlite3_errmsg(db));
    (void)sqlite3_close(db);
    return rc != 0;
}
