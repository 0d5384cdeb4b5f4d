/* schema.h: the workspace's tables, as the steps that make them: step i brings schema version i to i + 1.
 * A step that was released is never changed again; a change of the schema is a further step. */
#ifndef SECTAG_SCHEMA_H
#define SECTAG_SCHEMA_H

#include <stddef.h>

/* What marks a SQLite file as a workspace of ours (PRAGMA application_id): "sctg". */
enum { SECTAG_SCHEMA_ID = 0x73637467 };

/* The SQL of the step from `version`, or NULL past the last one. */
const char *sectag_schema_step(size_t version);

#endif
