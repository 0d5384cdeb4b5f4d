/* model.c: the model file.
 *
 *   offset 0   struct header, with one struct section for each row of the table below
 *   then       the sections, each aligned to a cache line, in the table's order, zero bytes between
 *
 * All numbers are in the byte order of the machine that wrote the file; `order` tells.
 */
#include "models/model.h"

#include "features/array.h"
#include "features/buf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

static const char magic[8] = {'s', 'e', 'c', 't', 'a', 'g', 'm', '\n'};
enum { BYTE_ORDER_MARK = 0x01020304, ALIGNMENT = 64 };

enum {
    OPTIONS,    /* sectag_vector_options */
    AREA,       /* sectag_area_model [n_areas] */
    TAXONOMY,   /* NUL-terminated strings: sector, code, zh, en, definition, "yes" or "no" for each area */
    PROVENANCE, /* JSON */
    VOCAB_DF,
    VOCAB_TEXT_OFF,
    VOCAB_TEXT,
    TERM,
    TERM_TEXT,
    ALPHABET,
    LEXICON_SLOT,
    LEXICON_BUNDLE,
    ROWS, /* bytes: [n_columns][stride], see score.h */
    SECTIONS
};

/* Bytes of one element of each section. */
static const size_t element_size[SECTIONS] = {
    [OPTIONS] = sizeof(sectag_vector_options),
    [AREA] = sizeof(sectag_area_model),
    [TAXONOMY] = 1,
    [PROVENANCE] = 1,
    [VOCAB_DF] = 4,
    [VOCAB_TEXT_OFF] = 4,
    [VOCAB_TEXT] = 1,
    [TERM] = sizeof(sectag_term),
    [TERM_TEXT] = 1,
    [ALPHABET] = 4,
    [LEXICON_SLOT] = sizeof(sectag_node),
    [LEXICON_BUNDLE] = 4,
    [ROWS] = 1,
};

/* `count` elements from byte `offset` of the file. */
typedef struct section {
    uint64_t offset, count;
} section;

typedef struct header {
    char magic[8];
    uint32_t version, order;
    uint64_t size;     /* of the whole file */
    uint64_t checksum; /* XXH3 (64 bits) of what follows, seeded by that of the header with this member 0 */
    section sections[SECTIONS];
} header;

/* ---- reading ---- */

static int refuse(sectag_err *err, const char *path, const char *why) {
    (void)sectag_err_at(err, SECTAG_EMODEL, path, 0, "%s", why);
    return SECTAG_EMODEL;
}

/* A checksum that is being added up from the file's bytes, in order. */
typedef struct summation {
    header h; /* its first `seen` bytes */
    size_t seen;
    XXH3_state_t *state;
} summation;

/* sectag_file_fn */
static void add_up(void *ctx, const char *bytes, size_t len) {
    summation *s = ctx;
    if (s->seen < sizeof s->h) {
        size_t n = len < sizeof s->h - s->seen ? len : sizeof s->h - s->seen;
        memcpy((char *)&s->h + s->seen, bytes, n);
        s->seen += n;
        bytes += n;
        len -= n;
        if (s->seen < sizeof s->h) return;
        s->h.checksum = 0;
        (void)XXH3_64bits_reset_withSeed(s->state, XXH3_64bits(&s->h, sizeof s->h));
    }
    (void)XXH3_64bits_update(s->state, bytes, len);
}

static int check_header(const sectag_file *f, const summation *sum, header *h, const char *path,
                        sectag_err *err) {
    if (f->len < sizeof *h || memcmp(&sum->h, magic, sizeof magic) != 0)
        return refuse(err, path,
                      f->len < sizeof *h ? "not a sectag model (too short)" : "not a sectag model");
    memcpy(h, f->data, sizeof *h);
    if (h->order != BYTE_ORDER_MARK)
        return refuse(err, path, "the model was written on a machine of another byte order");
    if (h->version != SECTAG_MODEL_VERSION)
        return sectag_err_at(err, SECTAG_EMODEL, path, 0,
                             "the model has format %u, this program reads format %u", h->version,
                             SECTAG_MODEL_VERSION);
    if (h->size != f->len)
        return sectag_err_at(err, SECTAG_EMODEL, path, 0,
                             "the model is truncated or altered (%zu bytes of %llu)", f->len,
                             (unsigned long long)h->size);
    if (h->checksum != XXH3_64bits_digest(sum->state))
        return refuse(err, path, "the model is altered (checksum differs)");
    for (int i = 0; i < SECTIONS; i++) {
        section s = h->sections[i];
        if (s.offset % ALIGNMENT || s.offset > f->len || s.count > (f->len - s.offset) / element_size[i])
            return refuse(err, path, "a section lies outside the file");
    }
    return 0;
}

static const void *at(const sectag_model *m, const header *h, int i) {
    return m->file.data + h->sections[i].offset;
}

static int counts_agree(const header *h, size_t n_areas) {
    const section *s = h->sections;
    uint64_t n = s[VOCAB_DF].count, terms = s[TERM].count;
    return s[OPTIONS].count == 1 && n <= SECTAG_VOCAB_MAX && s[VOCAB_TEXT_OFF].count == n + 1 &&
           terms <= UINT32_MAX && s[TERM_TEXT].count <= UINT32_MAX &&
           s[ROWS].count % sectag_row_stride(n_areas) == 0;
}

static void point_into_file(sectag_model *m, const header *h) {
    const section *s = h->sections;
    memcpy(&m->options, at(m, h, OPTIONS), sizeof m->options);
    m->area = at(m, h, AREA);
    m->rows = at(m, h, ROWS);
    m->stride = sectag_row_stride(m->n_areas);
    m->n_columns = s[ROWS].count / m->stride;
    m->provenance = at(m, h, PROVENANCE);
    m->provenance_len = s[PROVENANCE].count;
    m->vocab = (sectag_vocab){.n = (uint32_t)s[VOCAB_DF].count,
                              .df = at(m, h, VOCAB_DF),
                              .text_off = at(m, h, VOCAB_TEXT_OFF),
                              .text = at(m, h, VOCAB_TEXT)};
    m->terms = (sectag_terms){.n_terms = (uint32_t)s[TERM].count,
                              .n_groups = (uint32_t)m->n_areas,
                              .text_len = (uint32_t)s[TERM_TEXT].count,
                              .term = at(m, h, TERM),
                              .text = at(m, h, TERM_TEXT)};
    m->lexicon = (sectag_lexicon){.n_columns = m->vocab.n,
                                  .slot = at(m, h, LEXICON_SLOT),
                                  .n_slots = s[LEXICON_SLOT].count,
                                  .bundle = at(m, h, LEXICON_BUNDLE),
                                  .n_words = s[LEXICON_BUNDLE].count};
}

/* Six strings an area, one behind the other; the table must hold exactly the areas. */
static int read_taxonomy(sectag_model *m, const header *h, const char *path, sectag_err *err) {
    const char *text = at(m, h, TAXONOMY);
    size_t left = h->sections[TAXONOMY].count;
    for (size_t i = 0; i < m->n_areas; i++) {
        const char *field[6];
        for (int k = 0; k < 6; k++) {
            const char *end = left ? memchr(text, '\0', left) : NULL;
            if (!end) return refuse(err, path, "the taxonomy is damaged");
            field[k] = text;
            left -= (size_t)(end + 1 - text);
            text = end + 1;
        }
        sectag_area area = {field[0], field[1], field[2], field[3], field[4], field[5][0] == 'y'};
        if (sectag_taxonomy_add(&m->taxonomy, &area)) return sectag_err_nomem(err);
    }
    return left ? refuse(err, path, "the taxonomy is damaged") : 0;
}

static int calibration_is_sound(const sectag_area_model *a) {
    return isfinite(a->bias) && isfinite(a->scale) && isfinite(a->threshold) && isfinite(a->accept) &&
           sectag_calibration_check(&a->calibration, NULL) == 0;
}

static int options_are_sound(const sectag_vector_options *o) {
    return o->ngram.cjk_max <= SECTAG_NGRAM_ORDER_MAX && o->ngram.word_max <= SECTAG_NGRAM_ORDER_MAX &&
           isfinite(o->term_weight) && isfinite(o->single_weight);
}

static int check_features(sectag_model *m, const header *h, sectag_err *why) {
    size_t with_terms = sectag_vector_columns(m->vocab.n, m->options.terms ? &m->terms : NULL);
    int rc = sectag_vocab_check(&m->vocab, h->sections[VOCAB_TEXT].count, why);
    if (!rc) rc = sectag_terms_check(&m->terms, why);
    if (!rc)
        rc = sectag_alphabet_open(&m->lexicon.alphabet, at(m, h, ALPHABET), h->sections[ALPHABET].count, why);
    if (!rc) rc = sectag_lexicon_check(&m->lexicon, &m->terms, why);
    if (!rc && m->n_columns != with_terms)
        rc = sectag_err_set(why, SECTAG_EMODEL, "the model's sections do not fit together");
    return rc;
}

static int open_parts(sectag_model *m, const summation *sum, const char *path, sectag_err *err) {
    header h;
    int rc = check_header(&m->file, sum, &h, path, err);
    if (rc) return rc;
    m->checksum = h.checksum;
    m->n_areas = h.sections[AREA].count;
    if (m->n_areas == 0 || m->n_areas > SECTAG_AREAS_MAX || !counts_agree(&h, m->n_areas))
        return refuse(err, path, "the model's sections do not fit together");
    point_into_file(m, &h);
    if (!options_are_sound(&m->options)) return refuse(err, path, "the model's options are damaged");
    sectag_err why = {0};
    if (check_features(m, &h, &why)) return refuse(err, path, why.msg);
    for (size_t i = 0; i < m->n_areas; i++)
        if (!calibration_is_sound(&m->area[i])) return refuse(err, path, "an area's calibration is damaged");
    rc = read_taxonomy(m, &h, path, err);
    return rc || m->lexicon.n_slots ? rc : sectag_model_index(m, err);
}

int sectag_model_open(sectag_model *m, const char *path, sectag_err *err) {
    memset(m, 0, sizeof *m);
    summation sum = {.state = XXH3_createState()};
    if (!sum.state) return sectag_err_nomem(err);
    int rc = sectag_file_open_seen(&m->file, path, add_up, &sum, err);
    if (!rc) rc = open_parts(m, &sum, path, err);
    (void)XXH3_freeState(sum.state);
    if (rc) sectag_model_release(m);
    return rc;
}

void sectag_model_release(sectag_model *m) {
    sectag_taxonomy_release(&m->taxonomy);
    sectag_vocab_builder_free(m->vocab_index);
    sectag_terms_builder_free(m->terms_index);
    sectag_file_release(&m->file);
    memset(m, 0, sizeof *m);
}

void sectag_model_id(const sectag_model *m, char out[17]) {
    (void)snprintf(out, 17, "%016llx", (unsigned long long)m->checksum);
}

/* ---- the reference path ---- */

static int index_vocab(sectag_model *m, sectag_err *err) {
    m->vocab_index = sectag_vocab_builder_new();
    int rc = m->vocab_index ? 0 : sectag_err_nomem(err);
    for (uint32_t c = 0; c < m->vocab.n && !rc; c++) {
        size_t len;
        const char *text = sectag_vocab_text(&m->vocab, c, &len);
        rc = sectag_vocab_add_text(m->vocab_index, text, len, m->vocab.df[c], err);
    }
    uint32_t n = m->vocab.n;
    if (!rc) rc = sectag_vocab_freeze(m->vocab_index, 0, &m->vocab, err);
    return !rc && m->vocab.n != n ? sectag_err_set(err, SECTAG_EMODEL, "the vocabulary is damaged") : rc;
}

/* Group names are only read by sectag_terms_add_file. */
static int index_terms(sectag_model *m, sectag_err *err) {
    const sectag_terms t = m->terms;
    m->terms_index = sectag_terms_builder_new(NULL, t.n_groups);
    int rc = m->terms_index ? 0 : sectag_err_nomem(err);
    for (uint32_t i = 0; i < t.n_terms && !rc; i++)
        rc = sectag_terms_add(m->terms_index, t.term[i].group, t.term[i].grade, t.text + t.term[i].text,
                              t.term[i].bytes, err);
    if (!rc) rc = sectag_terms_freeze(m->terms_index, &m->terms, err);
    return !rc && m->terms.n_terms != t.n_terms
               ? sectag_err_set(err, SECTAG_EMODEL, "the term list is damaged")
               : rc;
}

int sectag_model_index(sectag_model *m, sectag_err *err) {
    sectag_err why = {0};
    int rc = m->vocab_index ? 0 : index_vocab(m, &why);
    if (!rc && !m->terms_index) rc = index_terms(m, &why);
    if (!rc || rc == SECTAG_ENOMEM) return rc ? sectag_err_nomem(err) : 0;
    return sectag_err_set(err, SECTAG_EMODEL, "the model cannot be indexed: %s", why.msg);
}

/* ---- scoring ---- */

const int16_t *sectag_model_row(const sectag_model *m, size_t column) {
    return (const int16_t *)(const void *)(m->rows + column * m->stride);
}

double sectag_model_weight(const sectag_model *m, size_t column, size_t area) {
    return (double)m->area[area].scale * sectag_model_row(m, column)[area];
}

void sectag_model_score(const sectag_model *m, const sectag_encoder *e, double *score) {
    for (size_t a = 0; a < m->n_areas; a++) score[a] = 0;
    for (size_t i = 0; i < e->counts.len; i++) {
        const int16_t *row = sectag_model_row(m, e->counts.data[i].column);
        double value = e->value[i];
        for (size_t a = 0; a < m->n_areas; a++) score[a] += value * row[a];
    }
    for (size_t a = 0; a < m->n_areas; a++) score[a] = score[a] * m->area[a].scale + m->area[a].bias;
}

/* ---- writing ---- */

static int add_section(sectag_buf *file, header *h, int i, const void *data, size_t count) {
    static const char zeros[ALIGNMENT] = {0};
    if (sectag_buf_add(file, zeros, (ALIGNMENT - file->len % ALIGNMENT) % ALIGNMENT)) return SECTAG_ENOMEM;
    h->sections[i] = (section){file->len, count};
    return sectag_buf_add(file, data, count * element_size[i]);
}

static int add_taxonomy(sectag_buf *file, header *h, const sectag_taxonomy *t) {
    sectag_buf text = {0};
    int rc = 0;
    for (size_t i = 0; i < t->areas.len && !rc; i++) {
        const sectag_area *a = &t->areas.data[i];
        const char *field[6] = {a->sector, a->code, a->zh, a->en, a->definition, a->core ? "yes" : "no"};
        for (int k = 0; k < 6 && !rc; k++) rc = sectag_buf_add(&text, field[k], strlen(field[k]) + 1);
    }
    if (!rc) rc = add_section(file, h, TAXONOMY, text.data, text.len);
    sectag_buf_release(&text);
    return rc;
}

static int add_vocab(sectag_buf *file, header *h, const sectag_vocab *v) {
    return add_section(file, h, VOCAB_DF, v->df, v->n) ||
           add_section(file, h, VOCAB_TEXT_OFF, v->text_off, (size_t)v->n + 1) ||
           add_section(file, h, VOCAB_TEXT, v->text, v->text_off[v->n]);
}

static int add_terms(sectag_buf *file, header *h, const sectag_terms *t) {
    return add_section(file, h, TERM, t->term, t->n_terms) ||
           add_section(file, h, TERM_TEXT, t->text, t->text_len);
}

static int add_lexicon(sectag_buf *file, header *h, const sectag_lexicon *x) {
    return add_section(file, h, ALPHABET, x->alphabet.cp, x->alphabet.n) ||
           add_section(file, h, LEXICON_SLOT, x->slot, x->n_slots) ||
           add_section(file, h, LEXICON_BUNDLE, x->bundle, x->n_words);
}

/* What one occurrence of a column counts, before the n-grams are brought to unit norm. */
static float value_of(const sectag_model_parts *p, size_t column) {
    const sectag_vector_options *o = p->options;
    size_t first_single = p->vocab->n + 2 * p->taxonomy->areas.len;
    if (column < p->vocab->n) return (float)sectag_vector_idf(o, p->vocab->df[column]);
    return column < first_single ? o->term_weight : o->single_weight;
}

/* Sets each area's scale and turns the weights into rows of 16-bit numbers. */
static char *make_rows(const sectag_model_parts *p) {
    size_t areas = p->taxonomy->areas.len, stride = sectag_row_stride(areas);
    char *rows = sectag_zalloc(p->n_columns, stride);
    for (size_t a = 0; a < areas && rows; a++) {
        const double *w = p->weight[a];
        double most = 0;
        for (size_t c = 0; w && c < p->n_columns; c++) most = fmax(most, fabs(w[c]));
        p->area[a].scale = most > 0 ? (float)(most / 32767) : 1;
        for (size_t c = 0; w && c < p->n_columns; c++) {
            double level = nearbyint(w[c] / (double)p->area[a].scale);
            int16_t weight = (int16_t)fmax(-32767, fmin(32767, level));
            memcpy(rows + c * stride + 2 * a, &weight, sizeof weight);
        }
    }
    for (size_t c = 0; rows && c < p->n_columns; c++) {
        float value = value_of(p, c);
        memcpy(rows + (c + 1) * stride - sizeof value, &value, sizeof value);
    }
    return rows;
}

static int add_all(sectag_buf *file, header *h, const sectag_model_parts *p, const sectag_lexicon *lexicon,
                   const char *rows) {
    static const sectag_terms none = {0};
    const sectag_terms *terms = p->options->terms ? p->terms : &none;
    size_t areas = p->taxonomy->areas.len;
    return sectag_buf_add(file, (const char *)h, sizeof *h) || add_section(file, h, OPTIONS, p->options, 1) ||
           add_section(file, h, AREA, p->area, areas) || add_taxonomy(file, h, p->taxonomy) ||
           add_section(file, h, PROVENANCE, p->provenance, strlen(p->provenance)) ||
           add_vocab(file, h, p->vocab) || add_terms(file, h, terms) || add_lexicon(file, h, lexicon) ||
           add_section(file, h, ROWS, rows, p->n_columns * sectag_row_stride(areas));
}

/* The bytes of the file, sealed by their checksum. */
static int make_file(sectag_buf *file, const sectag_model_parts *p, const sectag_lexicon *lexicon,
                     sectag_err *err) {
    header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof magic);
    h.version = SECTAG_MODEL_VERSION;
    h.order = BYTE_ORDER_MARK;
    char *rows = make_rows(p);
    int rc = !rows || add_all(file, &h, p, lexicon, rows) ? sectag_err_nomem(err) : 0;
    free(rows);
    if (rc) return rc;
    h.size = file->len;
    h.checksum = XXH3_64bits_withSeed(file->data + sizeof h, file->len - sizeof h, XXH3_64bits(&h, sizeof h));
    memcpy(file->data, &h, sizeof h);
    return 0;
}

int sectag_model_save(const sectag_model_parts *p, const char *path, sectag_err *err) {
    sectag_buf file = {0};
    sectag_lexicon lexicon = {0};
    sectag_lexicon_builder *builder = sectag_lexicon_builder_new();
    int rc = builder ? 0 : sectag_err_nomem(err);
    if (!rc && sectag_lexicon_serves(&p->options->ngram))
        rc = sectag_lexicon_build(builder, p->vocab, p->options->terms ? p->terms : NULL, &p->options->ngram,
                                  &lexicon, err);
    if (!rc) rc = make_file(&file, p, &lexicon, err);
    if (!rc) rc = sectag_file_save(path, file.data, file.len, err);
    sectag_lexicon_builder_free(builder);
    sectag_buf_release(&file);
    return rc;
}
