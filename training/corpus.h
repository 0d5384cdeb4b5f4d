/* corpus.h: labelled clauses as people keep them: TSV with a header line, or JSON lines.
 *
 * Columns (JSON keys): text and labels are needed; id, doc, lang, register, split, annotator, date may be
 * there, further ones are passed over. `labels` is a comma-separated list of area codes, `-` for none (in
 * JSON also an array of strings). A document name of `-` or none means: a clause of its own.
 *
 * A bad line (unknown area, missing field, ill-formed UTF-8, broken JSON) is reported through a callback with
 * file and line, and costs only itself.
 */
#ifndef SECTAG_CORPUS_H
#define SECTAG_CORPUS_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "models/taxonomy.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes in the corpus' string store. */
typedef struct sectag_text {
    size_t off, len;
} sectag_text;

typedef struct sectag_example {
    sectag_text text, id, doc, lang, reg; /* `register` is a word of C; doc is file name and document */
    uint32_t label, labels;               /* areas: corpus->labels.data[label .. label + labels) */
    uint32_t file, line;                  /* file number and line, for messages */
} sectag_example;

/* A file read: what provenance says of it. */
typedef struct sectag_corpus_file {
    char *path;
    uint64_t digest; /* XXH3 (64 bits) of the file's bytes */
    size_t examples, bad;
} sectag_corpus_file;

typedef struct sectag_corpus {
    SECTAG_ARRAY(sectag_example) examples;
    SECTAG_ARRAY(uint16_t) labels;
    SECTAG_ARRAY(sectag_corpus_file) files;
    sectag_buf strings;
} sectag_corpus;

/* Told of each bad line. */
typedef void sectag_bad_line_fn(void *ctx, const sectag_err *err);

void sectag_corpus_init(sectag_corpus *c);
void sectag_corpus_release(sectag_corpus *c);

/* Appends all examples of a file; names ending in .jsonl, .json or .ndjson are JSON lines, others TSV.
 * Returns 0 (bad lines went to `bad`, which may be NULL), SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA (no
 * usable header). */
int sectag_corpus_add_file(sectag_corpus *c, const sectag_taxonomy *areas, const char *path,
                           sectag_bad_line_fn *bad, void *ctx, sectag_err *err);

/* The bytes of a text. */
static inline const char *sectag_corpus_text(const sectag_corpus *c, sectag_text t) {
    return c->strings.data + t.off;
}

/* Does the example carry the area? */
int sectag_example_has(const sectag_corpus *c, const sectag_example *e, size_t area);

#endif
