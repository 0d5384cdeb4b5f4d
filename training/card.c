/* card.c: the model card: a model's provenance, told to a reader. Every figure comes from the provenance. */
#include "training/provenance.h"

#include <jansson.h>
#include <string.h>

static double number(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

/* Appends "0.812 (0.79-0.83)". */
static int put_interval(sectag_buf *out, const json_t *object, const char *key) {
    const json_t *i = json_object_get(object, key);
    return sectag_buf_addf(out, "%.3f (%.2f-%.2f)", json_number_value(json_array_get(i, 0)),
                           json_number_value(json_array_get(i, 1)), json_number_value(json_array_get(i, 2)));
}

static int put_head(sectag_buf *out, const json_t *card, const char *id) {
    const json_t *counts = json_object_get(card, "counts");
    return sectag_buf_addf(
        out,
        "# Model card: %s\n\n"
        "<!-- Written by `sectag model card`; do not edit. -->\n\n"
        "A clause tagger for policy text and corporate filings, Chinese and English: one linear SVM for each "
        "of %.0f "
        "technology areas over %.0f character n-grams and %.0f analyst's terms. Written by sectag %s.\n\n"
        "## Intended use\n\n"
        "Screening: finding the clauses of many documents that are about an area, for a person who reads "
        "what is found. It "
        "judges a clause from its own words alone. It is not meant for decisions that no person looks at, "
        "nor for text of "
        "other kinds (speech, social media, patents were not measured).\n\n",
        id, number(counts, "areas"), number(counts, "ngrams"), number(counts, "terms"),
        json_string_value(json_object_get(card, "sectag")));
}

static int put_sources(sectag_buf *out, const json_t *card) {
    const json_t *counts = json_object_get(card, "counts");
    size_t i;
    json_t *source;
    int rc = sectag_buf_addf(out,
                             "## Training data\n\n"
                             "%.0f labelled clauses, %.0f of them from %.0f documents, the others clauses of "
                             "their own. In the shipped "
                             "corpus those were written for it, each clause was labelled against the "
                             "codebook by one annotator (LLM-assisted "
                             "reading, not a panel of human experts), and the clauses of `negatives.tsv` "
                             "were chosen by the absence of any "
                             "word of the field and assumed to carry no area.\n\n"
                             "| file | clauses | XXH3 |\n|---|---|---|\n",
                             number(counts, "clauses"), number(counts, "clauses_of_documents"),
                             number(counts, "documents"));
    json_array_foreach(json_object_get(card, "sources"), i, source) {
        if (!rc)
            rc = sectag_buf_addf(
                out, "| %s | %.0f | `%s` |\n", json_string_value(json_object_get(source, "name")),
                number(source, "clauses"), json_string_value(json_object_get(source, "xxh3")));
    }
    return rc ? rc : sectag_buf_adds(out, "\n");
}

static int put_summary(sectag_buf *out, const json_t *m) {
    int rc = sectag_buf_addf(
        out,
        "## Out-of-fold quality\n\n"
        "Measured on %.0f clauses of %.0f documents, each scored by SVMs trained without its document and "
        "without near-duplicates of its clauses. In brackets: 95 %% bootstrap intervals over "
        "documents. Thresholds were chosen on these same scores.\n\n"
        "| figure | value |\n|---|---|\n| macro-F1 | ",
        number(m, "clauses"), number(m, "documents"));
    rc = rc || put_interval(out, m, "macro_f1") || sectag_buf_adds(out, " |\n| micro-F1 | ") ||
         put_interval(out, m, "micro_f1") || sectag_buf_adds(out, " |\n| mean average precision | ") ||
         put_interval(out, m, "mean_ap") ||
         sectag_buf_addf(out,
                         " |\n| F1, mean of the core areas | %.3f |\n| average precision, mean of the core "
                         "areas | %.3f |\n"
                         "| expected calibration error, mean of the areas | %.4f |\n\n",
                         number(m, "core_f1"), number(m, "core_ap"), number(m, "mean_ece"));
    return rc ? SECTAG_ENOMEM : 0;
}

static int put_area(sectag_buf *out, const sectag_area *area, const json_t *m) {
    if (!json_is_true(json_object_get(m, "trained")))
        return sectag_buf_addf(out, "| `%s`%s | %.0f | left out: too few positives | | | | |\n", area->code,
                               area->core ? " ★" : "", number(m, "positives"));
    int rc = sectag_buf_addf(out, "| `%s`%s | %.0f / %.0f | ", area->code, area->core ? " ★" : "",
                             number(m, "positives"), number(m, "gold")) ||
             put_interval(out, m, "precision") || sectag_buf_adds(out, " | ") ||
             put_interval(out, m, "recall") || sectag_buf_adds(out, " | ") || put_interval(out, m, "f1") ||
             sectag_buf_adds(out, " | ") || put_interval(out, m, "ap") ||
             sectag_buf_addf(out, " | %.4f |\n", number(m, "ece"));
    return rc ? SECTAG_ENOMEM : 0;
}

static int put_areas(sectag_buf *out, const json_t *m, const sectag_taxonomy *areas) {
    const json_t *all = json_object_get(m, "areas");
    int rc = sectag_buf_adds(
        out, "n: labelled clauses trained on / labelled clauses among those measured. ★: core area. ECE: "
             "expected calibration error (10 bins of equal size).\n\n"
             "| area | n | precision | recall | F1 | average precision | ECE |\n"
             "|---|---|---|---|---|---|---|\n");
    for (size_t a = 0; a < areas->areas.len && !rc; a++)
        rc = put_area(out, &areas->areas.data[a], json_object_get(all, areas->areas.data[a].code));
    return rc;
}

static int put_options(sectag_buf *out, const json_t *card) {
    const char *key;
    json_t *value;
    json_t *options = json_object_get(card, "options");
    int rc = sectag_buf_adds(out, "\n## Options\n\n");
    json_object_foreach(options, key, value) {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
        if (!rc) rc = text ? sectag_buf_addf(out, "- %s: %s\n", key, text) : SECTAG_ENOMEM;
        free(text);
    }
    return rc;
}

static int put_limits(sectag_buf *out) {
    return sectag_buf_adds(
        out, "\n## Limits\n\n"
             "- English text of filings is thin in the training data; most areas have few real English "
             "positives.\n"
             "- Areas with few positives out of fold have wide intervals: read the interval, not the value.\n"
             "- A clause that names an area only as a comparator, an indication or a driver, a biography "
             "that lists sectors, and "
             "table rows fused with their neighbours are the usual false positives; a technology named by a "
             "brand alone is the "
             "usual miss.\n"
             "- One annotator made the labels; two readers of other filings agreed to micro-F1 0.93 to 0.97, "
             "so figures "
             "beyond that do not mean more.\n");
}

int sectag_card_write(const char *json, size_t len, const sectag_taxonomy *areas, const char *model_id,
                      sectag_buf *out, sectag_err *err) {
    json_error_t problem;
    json_t *card = json_loadb(json, len, 0, &problem);
    const json_t *m = json_object_get(card, "out_of_fold");
    if (!card || !m) {
        json_decref(card);
        return sectag_err_set(err, SECTAG_EMODEL, "the model's provenance cannot be read");
    }
    int rc = put_head(out, card, model_id) || put_sources(out, card) || put_summary(out, m) ||
             put_areas(out, m, areas) || put_options(out, card) || put_limits(out);
    json_decref(card);
    return rc ? sectag_err_nomem(err) : 0;
}
