/* sql.h: the workspace's SQL, for the modules that keep their tables in it (saved, ledger, registry); not for
 * the program. A statement is prepared when it is first needed, kept for the next time, and found again by
 * its text's address: hand in string constants.
 *
 *     int rc = sectag_sql(ws, &s, "SELECT id FROM clauses WHERE text = ?", err, "t", text);
 *     while (!rc && (rc = sectag_sql_step(ws, s, err)) == 1) rc = use(sectag_sql_int(s, 0));
 *
 * Values are bound by a format, one letter each: t text (const char *, NULL is SQL's NULL), b bytes of text
 * (const char *, size_t), i a whole number (int64_t), d a number (double).
 */
#ifndef SECTAG_SQL_H
#define SECTAG_SQL_H

#include "features/array.h"
#include "features/err.h"
#include "training/workspace.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sqlite3_stmt sectag_statement;

/* A prepared statement and the constant it was made from. */
typedef struct sectag_prepared {
    const char *sql;
    sectag_statement *statement;
} sectag_prepared;

struct sectag_workspace {
    struct sqlite3 *db;
    char *path;
    SECTAG_ARRAY(sectag_prepared) prepared;
};

/* What SQLite says went wrong, with the workspace's path. Returns the code: SECTAG_EIO, SECTAG_ENOMEM, or
 * SECTAG_EDATA for a damaged file and for a constraint. */
int sectag_sql_error(const sectag_workspace *ws, sectag_err *err);

/* Gives the statement with its values bound, ready to be stepped. Returns 0 or an error. */
int sectag_sql(sectag_workspace *ws, sectag_statement **out, const char *sql, sectag_err *err,
               const char *format, ...);

/* Runs a statement that gives no rows. Returns 0 or an error. */
int sectag_sql_run(sectag_workspace *ws, const char *sql, sectag_err *err, const char *format, ...);

/* Runs a statement that gives one whole number in one row or in none. Returns 1, 0 for no row, or an error.
 */
int sectag_sql_number(sectag_workspace *ws, const char *sql, int64_t *out, sectag_err *err,
                      const char *format, ...);

/* The next row: 1, or 0 at the end, or an error. At the end or after an error the statement is at rest. */
int sectag_sql_step(sectag_workspace *ws, sectag_statement *s, sectag_err *err);

/* Puts a statement to rest whose rows are not all wanted. */
void sectag_sql_rest(sectag_statement *s);

/* Columns of the present row; text lasts until the next step and is never NULL (text_or_null: NULL for SQL's). */
int64_t sectag_sql_int(sectag_statement *s, int column);
double sectag_sql_real(sectag_statement *s, int column);
const char *sectag_sql_text(sectag_statement *s, int column);
const char *sectag_sql_text_or_null(sectag_statement *s, int column);
size_t sectag_sql_length(sectag_statement *s, int column);
int sectag_sql_is_null(sectag_statement *s, int column);

/* The id that the last INSERT gave, and how many rows the last statement changed. */
int64_t sectag_sql_last_id(const sectag_workspace *ws);
int64_t sectag_sql_changes(const sectag_workspace *ws);

#endif
