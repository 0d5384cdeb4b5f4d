/* model.c: the model file.
 *
 *   offset 0   struct header, with one struct section for each row of the table below
 *   then       the sections, each 8-byte aligned, in the table's order, zero bytes between
 *
 * All numbers are in the byte order of the machine that wrote the file; `order` tells.
 */
#include "models/model.h"

#include "features/array.h"
#include "features/buf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char magic[8] = {'s', 'e', 'c', 't', 'a', 'g', 'm', '\n'};
enum { BYTE_ORDER_MARK = 0x01020304 };

enum {
    OPTIONS,    /* sectag_vector_options */
    AREA,       /* sectag_area_model [n_areas] */
    TAXONOMY,   /* NUL-terminated strings: sector, code, zh, en, definition, "yes" or "no" for each area */
    PROVENANCE, /* JSON */
    VOCAB_KEY,
    VOCAB_DF,
    VOCAB_TEXT_OFF,
    VOCAB_TEXT,
    VOCAB_SLOT,
    TERM,
    TERM_TEXT,
    TERM_LABEL,
    TERM_CHILD,
    TERM_FAIL,
    TERM_DICT,
    TERM_OUT,
    TERM_OUTS,
    WEIGHT, /* int16_t [n_columns][n_areas] */
    SECTIONS
};

/* Bytes of one element of each section. */
static const size_t element_size[SECTIONS] = {
    [OPTIONS] = sizeof(sectag_vector_options),
    [AREA] = sizeof(sectag_area_model),
    [TAXONOMY] = 1,
    [PROVENANCE] = 1,
    [VOCAB_KEY] = 8,
    [VOCAB_DF] = 4,
    [VOCAB_TEXT_OFF] = 4,
    [VOCAB_TEXT] = 1,
    [VOCAB_SLOT] = 4,
    [TERM] = sizeof(sectag_term),
    [TERM_TEXT] = 1,
    [TERM_LABEL] = 4,
    [TERM_CHILD] = 4,
    [TERM_FAIL] = 4,
    [TERM_DICT] = 4,
    [TERM_OUT] = 4,
    [TERM_OUTS] = 4,
    [WEIGHT] = 2,
};

/* `count` elements from byte `offset` of the file. */
typedef struct section {
    uint64_t offset, count;
} section;

typedef struct header {
    char magic[8];
    uint32_t version, order;
    uint64_t size;     /* of the whole file */
    uint64_t checksum; /* XXH3 (64 bits) of the whole file with this member 0 */
    section sections[SECTIONS];
} header;

/* ---- reading ---- */

static int refuse(sectag_err *err, const char *path, const char *why) {
    (void)sectag_err_at(err, SECTAG_EMODEL, path, 0, "%s", why);
    return SECTAG_EMODEL;
}

static uint64_t checksum_of(const char *data, size_t len) {
    header h;
    XXH3_state_t state;
    memcpy(&h, data, sizeof h);
    h.checksum = 0;
    (void)XXH3_64bits_reset(&state);
    (void)XXH3_64bits_update(&state, &h, sizeof h);
    (void)XXH3_64bits_update(&state, data + sizeof h, len - sizeof h);
    return XXH3_64bits_digest(&state);
}

static int check_header(const sectag_file *f, header *h, const char *path, sectag_err *err) {
    if (f->len < sizeof *h || memcmp(f->data, magic, sizeof magic) != 0)
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
    if (h->checksum != checksum_of(f->data, f->len))
        return refuse(err, path, "the model is altered (checksum differs)");
    for (int i = 0; i < SECTIONS; i++) {
        section s = h->sections[i];
        if (s.offset % 8 || s.offset > f->len || s.count > (f->len - s.offset) / element_size[i])
            return refuse(err, path, "a section lies outside the file");
    }
    return 0;
}

static const void *at(const sectag_model *m, const header *h, int i) {
    return m->file.data + h->sections[i].offset;
}

static int counts_agree(const header *h, size_t n_areas) {
    const section *s = h->sections;
    uint64_t n = s[VOCAB_KEY].count, nodes = s[TERM_LABEL].count, terms = s[TERM].count,
             slots = s[VOCAB_SLOT].count;
    uint64_t columns = n + (nodes ? 2 * n_areas + terms : 0);
    return s[OPTIONS].count == 1 && n <= SECTAG_VOCAB_MAX && s[VOCAB_DF].count == n &&
           s[VOCAB_TEXT_OFF].count == n + 1 && slots >= 2 && slots <= 1u << 26 &&
           (slots & (slots - 1)) == 0 && nodes < UINT32_MAX && s[TERM_FAIL].count == nodes &&
           s[TERM_DICT].count == nodes && s[TERM_CHILD].count == nodes + 1 &&
           s[TERM_OUT].count == nodes + 1 && s[TERM_OUTS].count == terms &&
           s[TERM_TEXT].count <= UINT32_MAX && s[WEIGHT].count == columns * n_areas;
}

static uint32_t log2_of(uint64_t power) {
    uint32_t bits = 0;
    while ((uint64_t)1 << bits < power) bits++;
    return bits;
}

static void point_into_file(sectag_model *m, const header *h) {
    const section *s = h->sections;
    memcpy(&m->options, at(m, h, OPTIONS), sizeof m->options);
    m->area = at(m, h, AREA);
    m->weight = at(m, h, WEIGHT);
    m->provenance = at(m, h, PROVENANCE);
    m->provenance_len = s[PROVENANCE].count;
    m->vocab = (sectag_vocab){.n = (uint32_t)s[VOCAB_KEY].count,
                              .slot_bits = log2_of(s[VOCAB_SLOT].count),
                              .key = at(m, h, VOCAB_KEY),
                              .df = at(m, h, VOCAB_DF),
                              .text_off = at(m, h, VOCAB_TEXT_OFF),
                              .text = at(m, h, VOCAB_TEXT),
                              .slot = at(m, h, VOCAB_SLOT)};
    m->terms = (sectag_terms){.n_terms = (uint32_t)s[TERM].count,
                              .n_nodes = (uint32_t)s[TERM_LABEL].count,
                              .n_groups = (uint32_t)m->n_areas,
                              .text_len = (uint32_t)s[TERM_TEXT].count,
                              .term = at(m, h, TERM),
                              .text = at(m, h, TERM_TEXT),
                              .label = at(m, h, TERM_LABEL),
                              .child = at(m, h, TERM_CHILD),
                              .fail = at(m, h, TERM_FAIL),
                              .dict = at(m, h, TERM_DICT),
                              .out = at(m, h, TERM_OUT),
                              .outs = at(m, h, TERM_OUTS)};
    m->n_columns = m->n_areas ? s[WEIGHT].count / m->n_areas : 0;
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

static int open_parts(sectag_model *m, const char *path, sectag_err *err) {
    header h;
    int rc = check_header(&m->file, &h, path, err);
    if (rc) return rc;
    m->checksum = h.checksum;
    m->n_areas = h.sections[AREA].count;
    if (m->n_areas == 0 || m->n_areas > SECTAG_AREAS_MAX || !counts_agree(&h, m->n_areas))
        return refuse(err, path, "the model's sections do not fit together");
    point_into_file(m, &h);
    if (!options_are_sound(&m->options)) return refuse(err, path, "the model's options are damaged");
    sectag_err why = {0};
    if (sectag_vocab_check(&m->vocab, h.sections[VOCAB_TEXT].count, &why) ||
        sectag_terms_check(&m->terms, &why))
        return refuse(err, path, why.msg);
    for (size_t i = 0; i < m->n_areas; i++)
        if (!calibration_is_sound(&m->area[i])) return refuse(err, path, "an area's calibration is damaged");
    return read_taxonomy(m, &h, path, err);
}

int sectag_model_open(sectag_model *m, const char *path, sectag_err *err) {
    memset(m, 0, sizeof *m);
    int rc = sectag_file_open(&m->file, path, err);
    if (!rc) rc = open_parts(m, path, err);
    if (rc) sectag_model_release(m);
    return rc;
}

void sectag_model_release(sectag_model *m) {
    sectag_taxonomy_release(&m->taxonomy);
    sectag_file_release(&m->file);
    memset(m, 0, sizeof *m);
}

void sectag_model_id(const sectag_model *m, char out[17]) {
    (void)snprintf(out, 17, "%016llx", (unsigned long long)m->checksum);
}

/* ---- scoring ---- */

double sectag_model_weight(const sectag_model *m, size_t column, size_t area) {
    return (double)m->area[area].scale * m->weight[column * m->n_areas + area];
}

void sectag_model_score(const sectag_model *m, const sectag_encoder *e, double *score) {
    for (size_t a = 0; a < m->n_areas; a++) score[a] = 0;
    for (size_t i = 0; i < e->counts.len; i++) {
        const int16_t *row = m->weight + (size_t)e->counts.data[i].column * m->n_areas;
        double value = e->value[i];
        for (size_t a = 0; a < m->n_areas; a++) score[a] += value * row[a];
    }
    for (size_t a = 0; a < m->n_areas; a++) score[a] = score[a] * m->area[a].scale + m->area[a].bias;
}

/* ---- writing ---- */

static int add_section(sectag_buf *file, header *h, int i, const void *data, size_t count) {
    static const char zeros[8] = {0};
    if (sectag_buf_add(file, zeros, (8 - file->len % 8) % 8)) return SECTAG_ENOMEM;
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
    return add_section(file, h, VOCAB_KEY, v->key, v->n) || add_section(file, h, VOCAB_DF, v->df, v->n) ||
           add_section(file, h, VOCAB_TEXT_OFF, v->text_off, (size_t)v->n + 1) ||
           add_section(file, h, VOCAB_TEXT, v->text, v->text_off[v->n]) ||
           add_section(file, h, VOCAB_SLOT, v->slot, (size_t)1 << v->slot_bits);
}

static int add_terms(sectag_buf *file, header *h, const sectag_terms *t) {
    static const uint32_t no_nodes = 0;
    size_t n = t->n_nodes;
    return add_section(file, h, TERM, t->term, t->n_terms) ||
           add_section(file, h, TERM_TEXT, t->text, t->text_len) ||
           add_section(file, h, TERM_LABEL, t->label, n) ||
           add_section(file, h, TERM_CHILD, n ? t->child : &no_nodes, n + 1) ||
           add_section(file, h, TERM_FAIL, t->fail, n) || add_section(file, h, TERM_DICT, t->dict, n) ||
           add_section(file, h, TERM_OUT, n ? t->out : &no_nodes, n + 1) ||
           add_section(file, h, TERM_OUTS, t->outs, t->n_terms);
}

/* Sets each area's scale and turns its weights into 16-bit numbers, column by column. */
static int16_t *quantise(const sectag_model_parts *p) {
    size_t areas = p->taxonomy->areas.len;
    int16_t *q = sectag_zalloc(areas * p->n_columns, sizeof *q);
    for (size_t a = 0; a < areas && q; a++) {
        const double *w = p->weight[a];
        double most = 0;
        for (size_t c = 0; w && c < p->n_columns; c++) most = fmax(most, fabs(w[c]));
        p->area[a].scale = most > 0 ? (float)(most / 32767) : 1;
        for (size_t c = 0; w && c < p->n_columns; c++) {
            double level = nearbyint(w[c] / (double)p->area[a].scale);
            q[c * areas + a] = (int16_t)fmax(-32767, fmin(32767, level));
        }
    }
    return q;
}

static int add_all(sectag_buf *file, header *h, const sectag_model_parts *p, const int16_t *weight) {
    static const sectag_terms none = {0};
    const sectag_terms *terms = p->options->terms ? p->terms : &none;
    size_t areas = p->taxonomy->areas.len;
    return sectag_buf_add(file, (const char *)h, sizeof *h) || add_section(file, h, OPTIONS, p->options, 1) ||
           add_section(file, h, AREA, p->area, areas) || add_taxonomy(file, h, p->taxonomy) ||
           add_section(file, h, PROVENANCE, p->provenance, strlen(p->provenance)) ||
           add_vocab(file, h, p->vocab) || add_terms(file, h, terms) ||
           add_section(file, h, WEIGHT, weight, areas * p->n_columns);
}

int sectag_model_save(const sectag_model_parts *p, const char *path, sectag_err *err) {
    sectag_buf file = {0};
    header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof magic);
    h.version = SECTAG_MODEL_VERSION;
    h.order = BYTE_ORDER_MARK;
    int16_t *weight = quantise(p);
    int rc = !weight || add_all(&file, &h, p, weight) ? sectag_err_nomem(err) : 0;
    if (!rc) {
        h.size = file.len;
        memcpy(file.data, &h, sizeof h);
        h.checksum = checksum_of(file.data, file.len);
        memcpy(file.data, &h, sizeof h);
        rc = sectag_file_save(path, file.data, file.len, err);
    }
    free(weight);
    sectag_buf_release(&file);
    return rc;
}
