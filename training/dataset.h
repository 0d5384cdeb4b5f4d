/* dataset.h: labelled clauses as counts of columns: what training needs of a corpus, and all that a
 * shipped model keeps of it (no sentence).
 *
 *   corpus + encoder -> dataset -> matrix -> solver
 *              \-> save / load: vectors.svm, vocab.tsv, clauses.tsv (each .zst)
 *
 * Row i holds counts[off[i] .. off[i + 1]), ascending in columns: n-grams 0 .. n_grams - 1, then two columns
 * for each area's terms and one for each term. Rows are labelled with area numbers of the taxonomy.
 */
#ifndef SECTAG_DATASET_H
#define SECTAG_DATASET_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "features/vector.h"
#include "models/taxonomy.h"
#include "training/corpus.h"
#include "training/group.h"
#include "training/matrix.h"
#include "training/names.h"

#include <stddef.h>
#include <stdint.h>

/* What is known of a row besides its counts; texts are in the dataset's strings. */
typedef struct sectag_row {
    sectag_text id, doc, lang, reg;
    uint32_t doc_number; /* rows of one document share it; SECTAG_NO_DOC: a clause of its own */
    uint32_t label, labels;
} sectag_row;

/* What an analyst decided of row and area: more than the row's labels say, or otherwise. */
typedef struct sectag_decided_cell {
    uint32_t row;
    uint16_t area;
    int8_t value;      /* +1 or -1 */
    uint32_t decision; /* its place in the decisions */
} sectag_decided_cell;

typedef struct sectag_dataset {
    size_t n_areas, n_grams, n_columns;
    size_t added;                    /* the last rows were added by decisions: known in their cells only */
    SECTAG_ARRAY(sectag_decided_cell) cells; /* ascending by row and area, each at most once */
    SECTAG_ARRAY(sectag_row) rows;
    SECTAG_ARRAY(size_t) off; /* rows.len + 1 */
    SECTAG_ARRAY(sectag_count) counts;
    SECTAG_ARRAY(uint16_t) labels;
    sectag_buf strings;
    sectag_names docs; /* names of the documents; docs.n of them */
} sectag_dataset;

void sectag_dataset_init(sectag_dataset *d);
void sectag_dataset_release(sectag_dataset *d);

/* Counts document frequencies over a corpus: the builder can be frozen afterwards.
 * Returns 0 or SECTAG_ENOMEM. */
int sectag_dataset_count(const sectag_corpus *c, const sectag_ngram_options *o, sectag_vocab_builder *b,
                         sectag_err *err);

/* Appends all examples of a corpus, encoded. Returns 0 or SECTAG_ENOMEM. */
int sectag_dataset_encode(sectag_dataset *d, const sectag_corpus *c, size_t n_areas, sectag_encoder *e,
                          sectag_err *err);

/* Does row i carry the area? */
int sectag_dataset_has(const sectag_dataset *d, size_t i, size_t area);

/* Does the cell say otherwise than the labels of the corpus? */
int sectag_dataset_contradicts(const sectag_dataset *d, const sectag_decided_cell *c);

/* +1 or -1: is row i of the area, cells before labels; 0 where nobody knows (an undecided area of an added
 * row). */
int sectag_dataset_value(const sectag_dataset *d, size_t i, size_t area);

/* Was that decided? */
int sectag_dataset_is_decided(const sectag_dataset *d, size_t i, size_t area);

/* Appends a row with the counts of the encoder's last clause, without labels, counted in `added`. doc may be
 * NULL. Returns 0 or SECTAG_ENOMEM. */
int sectag_dataset_add_row(sectag_dataset *d, const char *doc, const sectag_encoder *e, sectag_err *err);

/* Gives row i, whose `doc` is set, its document's number (for readers of rows). Returns 0 or SECTAG_ENOMEM.
 */
int sectag_dataset_number_doc(sectag_dataset *d, size_t i);

/* All rows weighted (vector.h) as a matrix with n_columns columns. Returns 0 or SECTAG_ENOMEM. */
int sectag_dataset_weigh(const sectag_dataset *d, const sectag_vector_options *o, const sectag_vocab *v,
                         sectag_matrix *m, sectag_err *err);

/* ---- the shipped form ---- */

/* Writes DIR/vectors.svm.zst (LIBSVM's sparse multi-label format: area numbers from 0, columns from 1,
 * counts), DIR/vocab.tsv.zst (ngram, df) and DIR/clauses.tsv.zst (id, doc, lang, register). Equal datasets
 * give equal bytes. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_dataset_save(const sectag_dataset *d, const sectag_vocab *v, const char *dir, sectag_err *err);

/* Reads them back (`terms` are those that the vectors were made with, or NULL): fills an initialised dataset
 * and a new builder to freeze with min_df 1. Returns 0, SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA by file and
 * line. */
int sectag_dataset_load(sectag_dataset *d, size_t n_areas, const sectag_terms *terms, sectag_vocab_builder *b,
                        const char *dir, sectag_err *err);

#endif
