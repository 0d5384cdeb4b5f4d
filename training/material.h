/* material.h: all that a training needs, put together from files: taxonomy, terms, labelled clauses (or the
 * vectors of a shipped model), vocabulary, dataset; and the way from what was learnt to a model file.
 */
#ifndef SECTAG_MATERIAL_H
#define SECTAG_MATERIAL_H

#include "training/corpus.h"
#include "training/dataset.h"
#include "training/provenance.h"
#include "training/train.h"

/* Where the material lies. */
typedef struct sectag_material_paths {
    const char *taxonomy;
    const char *terms;          /* NULL: no term channel */
    const char *const *corpora; /* [n_corpora] labelled clauses */
    size_t n_corpora;
    const char *vectors; /* a folder written by sectag_material_save_vectors, or NULL; then without corpora */
    const char *more_areas; /* a taxonomy of further areas, which the labels know nothing of, or NULL */
    const sectag_taxonomy *added_areas; /* the same in memory; those that are known are passed over. NULL: none */
} sectag_material_paths;

typedef struct sectag_material {
    sectag_taxonomy taxonomy;
    sectag_corpus corpus; /* empty when made from vectors */
    sectag_terms_builder *terms_builder;
    sectag_terms terms; /* no nodes: no term channel */
    sectag_vocab_builder *vocab_builder;
    sectag_vocab vocab;
    sectag_dataset data;
    SECTAG_ARRAY(sectag_source) sources;
    sectag_buf names; /* of the sources */
    size_t bad;       /* lines of the corpora that could not be used */
} sectag_material;

/* Reads everything and encodes it with o->vector, whose `clauses` and `terms` it sets. Bad corpus lines and
 * files that cannot be read go to `bad` and are counted. On failure the material is empty. Returns 0,
 * SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA. */
int sectag_material_open(sectag_material *m, const sectag_material_paths *paths, sectag_train_options *o,
                         sectag_bad_line_fn *bad, void *bad_ctx, sectag_err *err);
void sectag_material_release(sectag_material *m);

/* Counts the vocabulary and encodes the corpus again after o->vector's n-gram options changed. Only for
 * material made from corpora (SECTAG_EARG else). */
int sectag_material_encode(sectag_material *m, sectag_train_options *o, sectag_err *err);

/* Writes the dataset (dataset.h) and DIR/sources.tsv. */
int sectag_material_save_vectors(const sectag_material *m, const char *dir, sectag_err *err);

/* What provenance says of a model that decisions changed. */
typedef struct sectag_lineage {
    const sectag_decided *decided;
    const char *parent; /* id of the model that it takes the place of */
} sectag_lineage;

/* Writes the model file, and the table of operating points beside it (operating.h). `search` is the JSON array of a search (search.h) or NULL. Returns 0 or an error. */
int sectag_material_save_model(const sectag_material *m, const sectag_train_options *o,
                               const sectag_trained *t, const char *version, const char *search,
                               const char *path, sectag_err *err);

/* The same for a retrained model. lineage may be NULL. */
int sectag_material_save_retrained(const sectag_material *m, const sectag_train_options *o,
                                   const sectag_trained *t, const char *version,
                                   const sectag_lineage *lineage, const char *path, sectag_err *err);

#endif
