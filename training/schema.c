#include "training/schema.h"

/* Refuses to change or delete rows of a table. */
#define APPEND_ONLY(table)                                                                                   \
    "CREATE TRIGGER " table "_stay BEFORE UPDATE ON " table " BEGIN SELECT RAISE(ABORT, '" table             \
    " are append-only'); END;"                                                                               \
    "CREATE TRIGGER " table "_remain BEFORE DELETE ON " table " BEGIN SELECT RAISE(ABORT, '" table           \
    " are append-only'); END;"

/* Times are UTC, 2026-01-31T23:59:59Z: their order is that of the strings. */
#define TIME "TEXT NOT NULL CHECK (length(time) = 20 AND time LIKE '____-__-__T__:__:__Z')"

/* Version 1: what was tagged, and the ledger.
 *
 * A correction speaks of one area of one clause. The area '*' with the verdict removed says "no area but
 * those that this batch names": an analyst's whole set of tags in few rows. A withdrawal names the entry that
 * no longer counts. `spread_from` is the entry on a near-identical clause that this one was taken over from.
 */
static const char tagged_and_ledger[] =
    "CREATE TABLE documents ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE CHECK (name <> '')) STRICT;"

    "CREATE TABLE clauses ("
    " id INTEGER PRIMARY KEY,"
    " hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 32),"
    " text TEXT NOT NULL CHECK (text <> '')) STRICT;"
    "CREATE INDEX clauses_length ON clauses (length(text));"

    "CREATE TABLE runs ("
    " id INTEGER PRIMARY KEY,"
    " time " TIME ","
    " model TEXT NOT NULL CHECK (length(model) = 16),"
    " version TEXT NOT NULL) STRICT;"

    "CREATE TABLE places ("
    " run INTEGER NOT NULL REFERENCES runs,"
    " document INTEGER NOT NULL REFERENCES documents,"
    " number INTEGER NOT NULL CHECK (number > 0),"
    " clause INTEGER NOT NULL REFERENCES clauses,"
    " page INTEGER NOT NULL,"
    " start INTEGER NOT NULL,"
    " stop INTEGER NOT NULL,"
    " PRIMARY KEY (document, number, run)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX places_clause ON places (clause, run);"
    "CREATE INDEX places_run ON places (run);"

    "CREATE TABLE tags ("
    " clause INTEGER NOT NULL REFERENCES clauses,"
    " model TEXT NOT NULL CHECK (length(model) = 16),"
    " area TEXT NOT NULL CHECK (area <> ''),"
    " p REAL NOT NULL CHECK (p BETWEEN 0 AND 1),"
    " band TEXT NOT NULL CHECK (band IN ('accept', 'review')),"
    " PRIMARY KEY (clause, model, area)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE batches ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " time " TIME ","
    " analyst TEXT NOT NULL CHECK (analyst <> ''),"
    " source TEXT NOT NULL) STRICT;"

    "CREATE TABLE corrections ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " batch INTEGER NOT NULL REFERENCES batches,"
    " clause INTEGER NOT NULL REFERENCES clauses,"
    " area TEXT NOT NULL CHECK (area <> ''),"
    " verdict TEXT NOT NULL CHECK (verdict IN ('added', 'removed', 'confirmed', 'withdrawn')),"
    " analyst TEXT NOT NULL CHECK (analyst <> ''),"
    " time " TIME ","
    " reason TEXT,"
    " origin TEXT NOT NULL CHECK (origin <> ''),"
    " document INTEGER REFERENCES documents,"
    " spread_from INTEGER REFERENCES corrections,"
    " withdraws INTEGER UNIQUE REFERENCES corrections,"
    " CHECK ((verdict = 'withdrawn') = (withdraws IS NOT NULL)),"
    " CHECK (area <> '*' OR verdict IN ('removed', 'withdrawn'))) STRICT;"
    "CREATE INDEX corrections_clause ON corrections (clause, area);"
    "CREATE INDEX corrections_batch ON corrections (batch);"

    "CREATE TRIGGER corrections_withdraw BEFORE INSERT ON corrections WHEN NEW.withdraws IS NOT NULL"
    " BEGIN SELECT RAISE(ABORT, 'a withdrawal speaks of the clause and area of the entry it withdraws')"
    " WHERE NOT EXISTS (SELECT 1 FROM corrections WHERE id = NEW.withdraws AND clause = NEW.clause"
    "  AND area = NEW.area AND verdict <> 'withdrawn'); END;"

    APPEND_ONLY("batches") APPEND_ONLY("corrections");

/* Version 2: models, and areas that analysts added.
 *
 * A model's file lies in the folder beside the workspace (registry.h). The one row of `active` says which
 * model is in use; what state a model is in follows from it and from the reports.
 */
static const char models_and_areas[] =
    "CREATE TABLE models ("
    " id TEXT PRIMARY KEY CHECK (length(id) = 16),"
    " time " TIME ","
    " parent TEXT CHECK (length(parent) = 16),"
    " bytes INTEGER NOT NULL,"
    " why TEXT NOT NULL,"
    " provenance TEXT NOT NULL CHECK (json_valid(provenance))) STRICT, WITHOUT ROWID;"

    "CREATE TABLE gate_reports ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " model TEXT NOT NULL REFERENCES models,"
    " time " TIME ","
    " passed INTEGER NOT NULL CHECK (passed IN (0, 1)),"
    " report TEXT NOT NULL CHECK (json_valid(report))) STRICT;"
    "CREATE INDEX gate_reports_model ON gate_reports (model);"

    "CREATE TABLE promotions ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " time " TIME ","
    " analyst TEXT NOT NULL CHECK (analyst <> ''),"
    " action TEXT NOT NULL CHECK (action IN ('promote', 'rollback')),"
    " model TEXT NOT NULL REFERENCES models,"
    " previous TEXT REFERENCES models,"
    " report INTEGER REFERENCES gate_reports,"
    " forced INTEGER NOT NULL CHECK (forced IN (0, 1)),"
    " reason TEXT,"
    " CHECK (forced = 0 OR reason <> '')) STRICT;"

    "CREATE TABLE active ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " model TEXT NOT NULL REFERENCES models,"
    " promotion INTEGER NOT NULL REFERENCES promotions) STRICT;"

    "CREATE VIEW model_states AS SELECT m.id, CASE"
    " WHEN EXISTS (SELECT 1 FROM active WHERE active.model = m.id) THEN 'active'"
    " WHEN EXISTS (SELECT 1 FROM promotions AS p WHERE m.id IN (p.model, p.previous)) THEN 'retired'"
    " WHEN (SELECT g.passed FROM gate_reports AS g WHERE g.model = m.id ORDER BY g.id DESC LIMIT 1) = 0"
    "  THEN 'blocked'"
    " ELSE 'candidate' END AS state FROM models AS m;"

    "CREATE TABLE areas ("
    " code TEXT PRIMARY KEY CHECK (code <> '' AND code <> '*'),"
    " time " TIME ","
    " sector TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, definition TEXT NOT NULL,"
    " core INTEGER NOT NULL CHECK (core IN (0, 1))) STRICT;"

    APPEND_ONLY("promotions") APPEND_ONLY("gate_reports");

static const char *const steps[] = {tagged_and_ledger, models_and_areas};

const char *sectag_schema_step(size_t version) {
    return version < sizeof steps / sizeof steps[0] ? steps[version] : NULL;
}
