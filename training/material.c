#include "training/material.h"

#include "features/file.h"
#include "features/table.h"
#include "training/operating.h"

#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void sectag_material_release(sectag_material *m) {
    sectag_dataset_release(&m->data);
    sectag_vocab_builder_free(m->vocab_builder);
    sectag_terms_builder_free(m->terms_builder);
    sectag_corpus_release(&m->corpus);
    sectag_taxonomy_release(&m->taxonomy);
    sectag_buf_release(&m->names);
    free(m->sources.data);
    memset(m, 0, sizeof *m);
}

/* ---- sources ---- */

/* Names are offsets into m->names until all are known; then pointers. */
static int add_source(sectag_material *m, const char *name, size_t len, uint64_t digest, size_t clauses) {
    sectag_source s = {NULL, digest, clauses};
    if (sectag_buf_add(&m->names, name, len) || sectag_buf_addc(&m->names, '\0')) return SECTAG_ENOMEM;
    return sectag_array_push(&m->sources, s);
}

static void point_at_names(sectag_material *m) {
    const char *name = m->names.data;
    for (size_t i = 0; i < m->sources.len; i++, name += strlen(name) + 1) m->sources.data[i].name = name;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int corpus_sources(sectag_material *m) {
    for (size_t i = 0; i < m->corpus.files.len; i++) {
        const sectag_corpus_file *f = &m->corpus.files.data[i];
        const char *name = file_name(f->path);
        if (add_source(m, name, strlen(name), f->digest, f->examples)) return SECTAG_ENOMEM;
    }
    point_at_names(m);
    return 0;
}

static int join(sectag_buf *path, const char *dir, const char *name, sectag_err *err) {
    return sectag_buf_addf(path, "%s/%s", dir, name) ? sectag_err_nomem(err) : 0;
}

static int add_source_row(sectag_material *m, const sectag_table *t, const size_t column[3],
                          sectag_err *err) {
    char digest[32], clauses[32];
    const sectag_field *row = t->row.data;
    (void)snprintf(digest, sizeof digest, "%.*s", (int)row[column[2]].len, row[column[2]].data);
    (void)snprintf(clauses, sizeof clauses, "%.*s", (int)row[column[1]].len, row[column[1]].data);
    if (add_source(m, row[column[0]].data, row[column[0]].len, strtoull(digest, NULL, 16),
                   strtoull(clauses, NULL, 10)))
        return sectag_err_nomem(err);
    return 0;
}

static int load_sources(sectag_material *m, const char *dir, sectag_err *err) {
    static const char *const names[3] = {"name", "clauses", "xxh3"};
    sectag_buf path = {0};
    sectag_table t;
    size_t column[3];
    int rc = join(&path, dir, "sources.tsv", err);
    if (!rc) rc = sectag_table_open(&t, path.data, err);
    sectag_buf_release(&path);
    if (rc) return rc;
    for (int i = 0; i < 3 && !rc; i++) rc = sectag_table_need(&t, names[i], &column[i], err);
    while (!rc && (rc = sectag_table_next(&t, err)) == 1) rc = add_source_row(m, &t, column, err);
    sectag_table_release(&t);
    if (!rc) point_at_names(m);
    return rc;
}

int sectag_material_save_vectors(const sectag_material *m, const char *dir, sectag_err *err) {
    sectag_buf text = {0}, path = {0};
    int rc = sectag_dataset_save(&m->data, &m->vocab, dir, err);
    if (!rc) rc = join(&path, dir, "sources.tsv", err);
    if (!rc && sectag_buf_adds(&text, "name\tclauses\txxh3\n")) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < m->sources.len && !rc; i++) {
        const sectag_source *s = &m->sources.data[i];
        if (sectag_buf_addf(&text, "%s\t%zu\t%016llx\n", s->name, s->clauses, (unsigned long long)s->digest))
            rc = sectag_err_nomem(err);
    }
    if (!rc) rc = sectag_file_save(path.data, text.data, text.len, err);
    sectag_buf_release(&text);
    sectag_buf_release(&path);
    return rc;
}

/* ---- opening ---- */

static int open_terms(sectag_material *m, const char *path, sectag_err *err) {
    if (!path) return 0;
    size_t n = m->taxonomy.areas.len;
    const char **codes = sectag_alloc(n, sizeof *codes);
    if (!codes) return sectag_err_nomem(err);
    for (size_t i = 0; i < n; i++) codes[i] = m->taxonomy.areas.data[i].code;
    m->terms_builder = sectag_terms_builder_new(codes, n);
    int rc = m->terms_builder ? sectag_terms_add_file(m->terms_builder, path, err) : sectag_err_nomem(err);
    if (!rc) rc = sectag_terms_freeze(m->terms_builder, &m->terms, err);
    free(codes);
    return rc;
}

int sectag_material_encode(sectag_material *m, sectag_train_options *o, sectag_err *err) {
    sectag_encoder e;
    if (m->corpus.examples.len == 0)
        return sectag_err_set(err, SECTAG_EARG, "there are no clauses to encode");
    sectag_dataset_release(&m->data);
    sectag_vocab_builder_free(m->vocab_builder);
    m->vocab_builder = sectag_vocab_builder_new();
    o->vector.clauses = (uint32_t)m->corpus.examples.len;
    int rc = m->vocab_builder ? sectag_dataset_count(&m->corpus, &o->vector.ngram, m->vocab_builder, err)
                              : sectag_err_nomem(err);
    if (!rc) rc = sectag_vocab_freeze(m->vocab_builder, o->vector.min_df, &m->vocab, err);
    if (!rc) rc = sectag_encoder_init(&e, &m->vocab, m->terms.n_nodes ? &m->terms : NULL, &o->vector, err);
    if (rc) return rc;
    rc = sectag_dataset_encode(&m->data, &m->corpus, m->taxonomy.areas.len, &e, err);
    sectag_encoder_release(&e);
    return rc;
}

static int open_corpora(sectag_material *m, const sectag_material_paths *paths, sectag_train_options *o,
                        sectag_bad_line_fn *bad, void *bad_ctx, sectag_err *err) {
    for (size_t i = 0; i < paths->n_corpora; i++) {
        sectag_err why = {0};
        int rc = sectag_corpus_add_file(&m->corpus, &m->taxonomy, paths->corpora[i], bad, bad_ctx, &why);
        if (rc == SECTAG_EIO && bad) { /* a file that cannot be read costs only itself */
            m->bad++;
            bad(bad_ctx, &why);
        } else if (rc) {
            if (err) *err = why;
            return rc;
        }
    }
    for (size_t i = 0; i < m->corpus.files.len; i++) m->bad += m->corpus.files.data[i].bad;
    if (m->corpus.examples.len == 0)
        return sectag_err_set(err, SECTAG_EDATA, "no labelled clauses to train on");
    if (corpus_sources(m)) return sectag_err_nomem(err);
    return sectag_material_encode(m, o, err);
}

/* The vectors know the first n_known areas: the columns behind the areas' terms move. */
static void make_room(sectag_dataset *d, size_t n_known, size_t n_areas) {
    size_t first = d->n_grams + 2 * n_known, shift = 2 * (n_areas - n_known);
    for (size_t i = 0; i < d->counts.len && shift; i++)
        if (d->counts.data[i].column >= first) d->counts.data[i].column += (uint32_t)shift;
    if (d->n_columns > d->n_grams) d->n_columns += shift;
    d->n_areas = n_areas;
}

static int open_vectors(sectag_material *m, const char *dir, size_t n_known, sectag_train_options *o,
                        sectag_err *err) {
    sectag_terms known = m->terms;
    known.n_groups = (uint32_t)n_known;
    m->vocab_builder = sectag_vocab_builder_new();
    if (!m->vocab_builder) return sectag_err_nomem(err);
    int rc = load_sources(m, dir, err);
    if (!rc)
        rc = sectag_dataset_load(&m->data, n_known, m->terms.n_nodes ? &known : NULL, m->vocab_builder, dir,
                                 err);
    if (!rc) make_room(&m->data, n_known, m->taxonomy.areas.len);
    if (!rc) rc = sectag_vocab_freeze(m->vocab_builder, 0, &m->vocab, err);
    o->vector.clauses = (uint32_t)m->data.rows.len;
    return rc;
}

/* path: of the file that the areas are from, where a known one is an error; NULL: they are passed over. */
static int add_areas(sectag_taxonomy *areas, const sectag_taxonomy *more, const char *path, sectag_err *err) {
    for (size_t i = 0; i < more->areas.len; i++) {
        const char *code = more->areas.data[i].code;
        if (sectag_taxonomy_find(areas, code, strlen(code)) >= 0) {
            if (!path) continue;
            return sectag_err_at(err, SECTAG_EDATA, path, 0, "there is an area \"%s\" already", code);
        }
        if (areas->areas.len == SECTAG_AREAS_MAX)
            return sectag_err_at(err, SECTAG_EDATA, path, 0, "more than %d areas", SECTAG_AREAS_MAX);
        if (sectag_taxonomy_add(areas, &more->areas.data[i])) return sectag_err_nomem(err);
    }
    return 0;
}

static int add_areas_of_file(sectag_taxonomy *areas, const char *path, sectag_err *err) {
    sectag_taxonomy more;
    int rc = sectag_taxonomy_open(&more, path, err);
    if (rc) return rc;
    rc = add_areas(areas, &more, path, err);
    sectag_taxonomy_release(&more);
    return rc;
}

int sectag_material_open(sectag_material *m, const sectag_material_paths *paths, sectag_train_options *o,
                         sectag_bad_line_fn *bad, void *bad_ctx, sectag_err *err) {
    memset(m, 0, sizeof *m);
    sectag_corpus_init(&m->corpus);
    sectag_dataset_init(&m->data);
    int rc = sectag_taxonomy_open(&m->taxonomy, paths->taxonomy, err);
    size_t n_known = m->taxonomy.areas.len;
    if (!rc && paths->more_areas) rc = add_areas_of_file(&m->taxonomy, paths->more_areas, err);
    if (!rc && paths->added_areas) rc = add_areas(&m->taxonomy, paths->added_areas, NULL, err);
    if (!rc) rc = open_terms(m, paths->terms, err);
    o->vector.terms = m->terms.n_nodes > 0;
    if (!rc)
        rc = paths->vectors ? open_vectors(m, paths->vectors, n_known, o, err)
                            : open_corpora(m, paths, o, bad, bad_ctx, err);
    if (rc) sectag_material_release(m);
    return rc;
}

/* ---- the model file ---- */

/* The table of operating points beside the model file, under its id. */
static int save_operating(const sectag_material *m, const sectag_trained *t, const char *model_path,
                          sectag_err *err) {
    sectag_model model;
    sectag_oof oof = {0};
    sectag_operating table = {0};
    sectag_buf path = {0}, json = {0};
    int rc = sectag_model_open(&model, model_path, err);
    if (rc) return rc;
    sectag_model_id(&model, table.model);
    sectag_model_release(&model);
    rc = sectag_oof_collect(&m->data, t, &oof, err);
    if (!rc) rc = sectag_operating_collect(&table, &oof, err);
    if (!rc && (sectag_operating_path(model_path, &path) || sectag_operating_write(&table, &m->taxonomy, &json)))
        rc = sectag_err_nomem(err);
    if (!rc) rc = sectag_file_save(path.data, json.data, json.len, err);
    sectag_buf_release(&path);
    sectag_buf_release(&json);
    sectag_operating_release(&table);
    sectag_oof_release(&oof);
    return rc;
}

static int save_model(const sectag_material *m, const sectag_train_options *o, const sectag_trained *t,
                      const char *version, const char *search, const sectag_lineage *lineage,
                      const char *path, sectag_err *err) {
    sectag_buf json = {0};
    sectag_provenance p = {.version = version,
                           .taxonomy = &m->taxonomy,
                           .data = &m->data,
                           .vocab = &m->vocab,
                           .terms = o->vector.terms ? &m->terms : NULL,
                           .options = o,
                           .trained = t,
                           .sources = m->sources.data,
                           .n_sources = m->sources.len,
                           .search = search,
                           .decided = lineage ? lineage->decided : NULL,
                           .parent = lineage ? lineage->parent : NULL};
    int rc = sectag_provenance_write(&p, &json, err);
    sectag_model_parts parts = {.options = &o->vector,
                                .vocab = &m->vocab,
                                .terms = &m->terms,
                                .taxonomy = &m->taxonomy,
                                .area = t->area,
                                .weight = (const double *const *)t->weight,
                                .n_columns = t->n_columns,
                                .provenance = json.data};
    if (!rc) rc = sectag_model_save(&parts, path, err);
    if (!rc) rc = save_operating(m, t, path, err);
    sectag_buf_release(&json);
    return rc;
}

int sectag_material_save_model(const sectag_material *m, const sectag_train_options *o,
                               const sectag_trained *t, const char *version, const char *search,
                               const char *path, sectag_err *err) {
    return save_model(m, o, t, version, search, NULL, path, err);
}

int sectag_material_save_retrained(const sectag_material *m, const sectag_train_options *o,
                                   const sectag_trained *t, const char *version,
                                   const sectag_lineage *lineage, const char *path, sectag_err *err) {
    return save_model(m, o, t, version, NULL, lineage, path, err);
}
