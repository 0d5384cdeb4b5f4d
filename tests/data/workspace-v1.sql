-- A workspace as schema version 1 left it, with one run and two corrections. Never changed: what was written
-- then must be read now.
CREATE TABLE documents ( id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK (name <> '')) STRICT;
CREATE TABLE clauses ( id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 32), text TEXT NOT NULL CHECK (text <> '')) STRICT;
CREATE INDEX clauses_length ON clauses (length(text));
CREATE TABLE runs ( id INTEGER PRIMARY KEY, time TEXT NOT NULL CHECK (length(time) = 20 AND time LIKE '____-__-__T__:__:__Z'), model TEXT NOT NULL CHECK (length(model) = 16), version TEXT NOT NULL) STRICT;
CREATE TABLE places ( run INTEGER NOT NULL REFERENCES runs, document INTEGER NOT NULL REFERENCES documents, number INTEGER NOT NULL CHECK (number > 0), clause INTEGER NOT NULL REFERENCES clauses, page INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, PRIMARY KEY (document, number, run)) STRICT, WITHOUT ROWID;
CREATE INDEX places_clause ON places (clause, run);
CREATE INDEX places_run ON places (run);
CREATE TABLE tags ( clause INTEGER NOT NULL REFERENCES clauses, model TEXT NOT NULL CHECK (length(model) = 16), area TEXT NOT NULL CHECK (area <> ''), p REAL NOT NULL CHECK (p BETWEEN 0 AND 1), band TEXT NOT NULL CHECK (band IN ('accept', 'review')), PRIMARY KEY (clause, model, area)) STRICT, WITHOUT ROWID;
CREATE TABLE batches ( id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL CHECK (length(time) = 20 AND time LIKE '____-__-__T__:__:__Z'), analyst TEXT NOT NULL CHECK (analyst <> ''), source TEXT NOT NULL) STRICT;
CREATE TABLE corrections ( id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL REFERENCES batches, clause INTEGER NOT NULL REFERENCES clauses, area TEXT NOT NULL CHECK (area <> ''), verdict TEXT NOT NULL CHECK (verdict IN ('added', 'removed', 'confirmed', 'withdrawn')), analyst TEXT NOT NULL CHECK (analyst <> ''), time TEXT NOT NULL CHECK (length(time) = 20 AND time LIKE '____-__-__T__:__:__Z'), reason TEXT, origin TEXT NOT NULL CHECK (origin <> ''), document INTEGER REFERENCES documents, spread_from INTEGER REFERENCES corrections, withdraws INTEGER UNIQUE REFERENCES corrections, CHECK ((verdict = 'withdrawn') = (withdraws IS NOT NULL)), CHECK (area <> '*' OR verdict IN ('removed', 'withdrawn'))) STRICT;
CREATE INDEX corrections_clause ON corrections (clause, area);
CREATE INDEX corrections_batch ON corrections (batch);
CREATE TRIGGER corrections_withdraw BEFORE INSERT ON corrections WHEN NEW.withdraws IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a withdrawal speaks of the clause and area of the entry it withdraws') WHERE NOT EXISTS (SELECT 1 FROM corrections WHERE id = NEW.withdraws AND clause = NEW.clause  AND area = NEW.area AND verdict <> 'withdrawn'); END;
CREATE TRIGGER batches_stay BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER batches_remain BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
CREATE TRIGGER corrections_remain BEFORE DELETE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
INSERT INTO documents VALUES (1, 'plans/plan.txt');
INSERT INTO clauses VALUES (1, '0123456789abcdef0123456789abcdef', '开展疫苗接种。');
INSERT INTO runs VALUES (1, '2026-01-02T03:04:05Z', '00000000000000aa', '0.1.0');
INSERT INTO places VALUES (1, 1, 18, 1, 3, 100, 121);
INSERT INTO tags VALUES (1, '00000000000000aa', 'vaccine', 0.97, 'accept');
INSERT INTO batches VALUES (1, '2026-01-02T03:05:00Z', 'anna', 'command line');
INSERT INTO corrections VALUES (1, 1, 1, 'vaccine', 'confirmed', 'anna', '2026-01-02T03:05:00Z', NULL, 'command line', 1, NULL, NULL);
INSERT INTO corrections VALUES (2, 1, 1, 'antibody', 'removed', 'anna', '2026-01-02T03:05:00Z', 'no antibody', 'command line', 1, NULL, NULL);
PRAGMA application_id = 1935897703;
PRAGMA user_version = 1;
