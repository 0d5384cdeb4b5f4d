/* cmd_model.c: what a model file is. */
#include "classify/program.h"
#include "training/provenance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct model_options {
    int json;
} model_options;

static const sectag_option options[] = {
    {"json", 0, SECTAG_OPTION_FLAG, offsetof(model_options, json), NULL, "info as JSON"},
};

static const sectag_usage usage = {
    .command = "model",
    .operands = "info [FILE] | verify FILE | card [FILE]",
    .summary = "info describes a model: id, size, areas, features, and how it was made. verify checks a "
               "model file from end\n"
               "to end and says whether it can be used. card writes the model card (Markdown).",
    .example = "sectag model info\nsectag model verify models/default/default.sectag",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 2,
};

static size_t trained_areas(const sectag_model *m) {
    size_t n = 0;
    for (size_t a = 0; a < m->n_areas; a++) n += m->area[a].trained != 0;
    return n;
}

static json_t *feature_options(const sectag_model *m) {
    const sectag_vector_options *o = &m->options;
    const sectag_ngram_options *g = &o->ngram;
    return json_pack("{s:[i,i], s:[i,i], s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:I, s:I, s:f, s:f}",
                     "cjk_orders", g->cjk_min, g->cjk_max, "word_orders", g->word_min, g->word_max,
                     "whole_words", g->whole_words, "word_pairs", g->word_pairs, "numbers", g->numbers,
                     "sublinear", o->sublinear, "idf", o->idf, "terms", o->terms, "term_counts",
                     o->term_counts, "min_df", (json_int_t)o->min_df, "clauses", (json_int_t)o->clauses,
                     "term_weight", (double)o->term_weight, "single_weight", (double)o->single_weight);
}

static json_t *describe(const sectag_model *m) {
    char id[17];
    sectag_model_id(m, id);
    json_t *provenance = json_loadb(m->provenance, m->provenance_len, 0, NULL);
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "id", id, "format",
                     (json_int_t)SECTAG_MODEL_VERSION, "bytes", (json_int_t)m->file.len, "areas",
                     (json_int_t)m->n_areas, "trained", (json_int_t)trained_areas(m), "ngrams",
                     (json_int_t)m->vocab.n, "terms", (json_int_t)m->terms.n_terms, "options",
                     feature_options(m), "provenance", provenance ? provenance : json_object());
}

/* Members a line each; what is itself an object or array stands on its line. */
static int put_members(json_t *object, int indent, sectag_buf *out) {
    const char *key;
    json_t *value;
    int rc = 0;
    json_object_foreach(object, key, value) {
        if (json_is_object(value) && indent == 0 && json_object_size(value)) {
            rc |= sectag_buf_addf(out, "%s\n", key) | put_members(value, 2, out);
            continue;
        }
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
        const char *shown = json_is_string(value) ? json_string_value(value) : text;
        rc |=
            shown ? sectag_buf_addf(out, "%*s%-*s%s\n", indent, "", 16 - indent, key, shown) : SECTAG_ENOMEM;
        free(text);
    }
    return rc;
}

static int put_info(const sectag_model *m, int json, sectag_buf *out) {
    json_t *all = describe(m);
    if (!all) return SECTAG_ENOMEM;
    int rc = 0;
    if (json) {
        char *text = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        rc = text ? sectag_buf_adds(out, text) | sectag_buf_addc(out, '\n') : SECTAG_ENOMEM;
        free(text);
    } else {
        rc = put_members(all, 0, out);
    }
    json_decref(all);
    return rc;
}

static int info(const char *path, int json) {
    sectag_model model;
    sectag_buf out = {0};
    int rc = sectag_program_open_model(&model, path);
    if (rc) return rc;
    rc = put_info(&model, json, &out) ? SECTAG_EXIT_SOME : sectag_program_print(&out);
    sectag_buf_release(&out);
    sectag_model_release(&model);
    return rc;
}

static int verify(const char *path, int json) {
    (void)json;
    sectag_model model;
    sectag_buf out = {0};
    char id[17];
    if (!path) {
        sectag_program_say("model verify: which file? (see sectag model --help)");
        return SECTAG_EXIT_USAGE;
    }
    int rc = sectag_program_open_model(&model, path);
    if (rc) return rc;
    sectag_model_id(&model, id);
    rc = sectag_buf_addf(&out, "%s: good (model %s, %zu areas)\n", path, id, model.n_areas)
             ? SECTAG_EXIT_SOME
             : sectag_program_print(&out);
    sectag_buf_release(&out);
    sectag_model_release(&model);
    return rc;
}

static int card(const char *path, int json) {
    (void)json;
    sectag_model m;
    sectag_buf out = {0};
    sectag_err err = {0};
    char id[17];
    int rc = sectag_program_open_model(&m, path);
    if (rc) return rc;
    sectag_model_id(&m, id);
    if (sectag_card_write(m.provenance, m.provenance_len, &m.taxonomy, id, &out, &err)) {
        sectag_program_error(&err);
        rc = SECTAG_EXIT_DATA;
    } else {
        rc = sectag_program_print(&out);
    }
    sectag_buf_release(&out);
    sectag_model_release(&m);
    return rc;
}

static const struct action {
    const char *name;
    int (*run)(const char *path, int json);
} actions[] = {{"info", info}, {"verify", verify}, {"card", card}};

int cmd_model(int argc, char **argv) {
    model_options o = {0};
    size_t n;
    int rc = sectag_program_begin(&usage, &o, argc, argv, &n);
    if (rc >= 0) return rc;
    for (size_t i = 0; n > 0 && i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(argv[1], actions[i].name) == 0) return actions[i].run(n > 1 ? argv[2] : NULL, o.json);
    sectag_program_say("model takes info, verify or card (see sectag model --help)");
    return SECTAG_EXIT_USAGE;
}
