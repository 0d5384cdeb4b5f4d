#include "training/plan.h"

#include "features/utf8.h"
#include "training/area_list.h"
#include "training/when.h"
#include "training/written.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that holds for all slips. */
static int is_text(const char *text) {
    return !text || sectag_utf8_check(text, strlen(text)) == strlen(text);
}

int sectag_plan_init(sectag_plan *p, const sectag_plan_options *options, sectag_err *err) {
    memset(p, 0, sizeof *p);
    p->o = *options;
    p->set = sectag_zalloc(options->areas->areas.len, 1);
    p->had = sectag_zalloc(options->areas->areas.len, 1);
    if (!p->set || !p->had) return sectag_err_nomem(err);
    return is_text(p->o.analyst) && is_text(p->o.reason)
               ? 0
               : sectag_err_set(err, SECTAG_EARG, "the analyst's name or the reason is invalid UTF-8");
}

void sectag_plan_release(sectag_plan *p) {
    free(p->entries.data);
    free(p->tags.data);
    free(p->candidate.data);
    free(p->set);
    free(p->had);
    sectag_buf_release(&p->strings);
    sectag_found_release(&p->found);
    memset(p, 0, sizeof *p);
}

/* ---- strings and entries ---- */

static int keep(sectag_plan *p, const char *text, size_t len, size_t *at) {
    *at = p->strings.len;
    return sectag_buf_add(&p->strings, text, len) || sectag_buf_addc(&p->strings, '\0');
}

/* A field where the slip has one, else what holds for all; NULL: none. */
static int keep_or(sectag_plan *p, sectag_field f, const char *otherwise, size_t *at) {
    *at = SIZE_MAX;
    if (f.len) return keep(p, f.data, f.len, at);
    return otherwise ? keep(p, otherwise, strlen(otherwise), at) : 0;
}

/* A slip on its way to entries: what they will share. */
typedef struct draft {
    const sectag_slip *s;
    sectag_planned shared;
    int64_t clause; /* 0: the workspace does not have it */
} draft;

static int push(sectag_plan *p, const draft *d, size_t area, sectag_entry_verdict verdict) {
    static const char rest[] = "*";
    const char *code = area == SIZE_MAX ? rest : p->o.areas->areas.data[area].code;
    sectag_planned e = d->shared;
    e.verdict = verdict;
    return keep(p, code, strlen(code), &e.area) || sectag_array_push(&p->entries, e) ? SECTAG_ENOMEM : 0;
}

static int read_count(sectag_field f, int64_t *out) {
    char text[24] = {0}, *end;
    if (f.len == 0 || f.len >= sizeof text) return -1;
    memcpy(text, f.data, f.len);
    if (strspn(text, "0123456789") != f.len) return -1;
    *out = strtoll(text, &end, 10);
    return 0;
}

/* The clause that doc and clause name in the saved runs. */
static int find_saved(sectag_plan *p, draft *d, sectag_field *text, sectag_field *doc, sectag_err *err) {
    char name[4096];
    int64_t number = 0;
    if (!doc->len || !d->s->f[SECTAG_SLIP_CLAUSE].len) return sectag_err_set(err, SECTAG_EDATA, "empty text");
    if (read_count(d->s->f[SECTAG_SLIP_CLAUSE], &number) || doc->len >= sizeof name)
        return sectag_err_set(err, SECTAG_EDATA, "the clause is not a number");
    (void)snprintf(name, sizeof name, "%.*s", (int)doc->len, doc->data);
    int rc = sectag_saved_find(p->o.ws, name, (uint64_t)number, &p->found, err);
    if (rc == 0)
        return sectag_err_set(err, SECTAG_EDATA, "no saved run has clause %lld of %.200s (sectag tag --save)",
                              (long long)number, name);
    if (rc < 0) return rc;
    *text = (sectag_field){p->found.text.data, p->found.text.len};
    *doc = (sectag_field){p->found.document.data, p->found.document.len};
    return 0;
}

/* The document of a text that came without one, if a run saved it. */
static int find_document(sectag_plan *p, const draft *d, sectag_field *doc, sectag_err *err) {
    if (doc->len || !d->clause) return 0;
    int rc = sectag_saved_document_of(p->o.ws, d->clause, &p->found.document, err);
    if (rc == 1) *doc = (sectag_field){p->found.document.data, p->found.document.len};
    return rc < 0 ? rc : 0;
}

static int keep_time(sectag_plan *p, draft *d, sectag_err *err) {
    char time[SECTAG_WHEN + 1];
    sectag_field f = d->s->f[SECTAG_SLIP_TIME];
    if (!f.len) return keep_or(p, f, p->o.time, &d->shared.time) ? sectag_err_nomem(err) : 0;
    int rc = sectag_when_parse(f.data, f.len, time, err);
    if (rc) return rc;
    d->shared.dated = 1;
    return keep(p, time, SECTAG_WHEN, &d->shared.time) ? sectag_err_nomem(err) : 0;
}

/* "tags.csv:12", with the tool if it is not ours; or what an exported ledger says. */
static int keep_origin(sectag_plan *p, draft *d) {
    const sectag_slip *s = d->s;
    if (s->f[SECTAG_SLIP_ORIGIN].len) return keep_or(p, s->f[SECTAG_SLIP_ORIGIN], NULL, &d->shared.origin);
    d->shared.origin = p->strings.len;
    int rc = sectag_buf_adds(&p->strings, s->path);
    if (s->line) rc |= sectag_buf_addf(&p->strings, ":%llu", (unsigned long long)s->line);
    if (s->tool) rc |= sectag_buf_addf(&p->strings, " (%s)", s->tool);
    return rc | sectag_buf_addc(&p->strings, '\0');
}

/* Fills what all entries of the slip share. */
static int begin(sectag_plan *p, draft *d, sectag_err *err) {
    const sectag_slip *s = d->s;
    char hash[SECTAG_CLAUSE_HASH + 1];
    sectag_field text = s->f[SECTAG_SLIP_TEXT], doc = s->f[SECTAG_SLIP_DOC];
    d->shared = (sectag_planned){.row = p->rows, .from = SIZE_MAX, .len = text.len};
    int rc = text.len ? 0 : find_saved(p, d, &text, &doc, err);
    if (sectag_field_is(doc, "-")) doc.len = 0;
    d->shared.len = text.len;
    if (!rc) rc = sectag_clause_hash(text.data, text.len, hash, err);
    if (!rc && keep(p, text.data, text.len, &d->shared.text)) rc = sectag_err_nomem(err);
    if (!rc) rc = sectag_workspace_find(p->o.ws, hash, &d->clause, err);
    if (rc == 1) rc = 0;
    if (!rc) rc = find_document(p, d, &doc, err);
    if (!rc) rc = keep_time(p, d, err);
    if (rc) return rc;
    return keep_or(p, doc, NULL, &d->shared.doc) ||
                   keep_or(p, s->f[SECTAG_SLIP_ANALYST], p->o.analyst, &d->shared.analyst) ||
                   keep_or(p, s->f[SECTAG_SLIP_REASON], p->o.reason, &d->shared.reason) || keep_origin(p, d)
               ? sectag_err_nomem(err)
               : 0;
}

/* ---- what a slip says ---- */

static const char *text_of(const sectag_plan *p, const draft *d) {
    return p->strings.data + d->shared.text;
}

static int say_list(sectag_plan *p, draft *d, sectag_slip_field field, sectag_entry_verdict verdict,
                    sectag_err *err) {
    int rc = sectag_area_list_parse(p->o.areas, d->s->f[field], p->set, err);
    for (size_t a = 0; a < p->o.areas->areas.len && !rc; a++)
        if (p->set[a] && push(p, d, a, verdict)) rc = sectag_err_nomem(err);
    return rc;
}

/* An area may be named once only. */
static int check_once(const sectag_plan *p, size_t first, sectag_err *err) {
    for (size_t i = first; i < p->entries.len; i++)
        for (size_t k = first; k < i; k++) {
            const char *area = p->strings.data + p->entries.data[i].area;
            if (strcmp(area, p->strings.data + p->entries.data[k].area) == 0)
                return sectag_err_set(err, SECTAG_EDATA, "area %s is named twice", area);
        }
    return 0;
}

static int say_changes(sectag_plan *p, draft *d, sectag_err *err) {
    size_t first = p->entries.len;
    int rc = say_list(p, d, SECTAG_SLIP_ADD, SECTAG_ADDED, err);
    if (!rc) rc = say_list(p, d, SECTAG_SLIP_REMOVE, SECTAG_REMOVED, err);
    if (!rc) rc = say_list(p, d, SECTAG_SLIP_CONFIRM, SECTAG_CONFIRMED, err);
    return rc ? rc : check_once(p, first, err);
}

/* Marks p->had by the areas of tags. */
static void mark_had(sectag_plan *p, const sectag_saved_tags *tags) {
    memset(p->had, 0, p->o.areas->areas.len);
    for (size_t i = 0; i < tags->len; i++) {
        int area = sectag_taxonomy_find(p->o.areas, tags->data[i].area, strlen(tags->data[i].area));
        if (area >= 0) p->had[area] = 1;
    }
}

/* The tags that the clause has so far, as far as anyone knows: 1 with p->tags filled, 0, or an error. */
static int present_tags(sectag_plan *p, const draft *d, sectag_err *err) {
    int rc = d->clause ? sectag_saved_tags_of(p->o.ws, d->clause, &p->tags, err) : 0;
    if (rc || !p->o.tags) return rc;
    rc = p->o.tags(p->o.tags_ctx, text_of(p, d), d->shared.len, &p->tags, err);
    return rc ? rc : 1;
}

/* All areas of the clause: the rest is none of them. */
static int say_whole_set(sectag_plan *p, draft *d, sectag_err *err) {
    int rc = sectag_area_list_parse(p->o.areas, d->s->f[SECTAG_SLIP_LABELS], p->set, err);
    if (rc) return rc;
    rc = present_tags(p, d, err);
    if (rc < 0) return rc;
    if (rc == 0) p->tags.len = 0;
    mark_had(p, &p->tags);
    rc = push(p, d, SIZE_MAX, SECTAG_REMOVED);
    for (size_t a = 0; a < p->o.areas->areas.len && !rc; a++) {
        if (p->set[a])
            rc = push(p, d, a, p->had[a] ? SECTAG_CONFIRMED : SECTAG_ADDED);
        else if (p->had[a])
            rc = push(p, d, a, SECTAG_REMOVED);
    }
    return rc ? sectag_err_nomem(err) : 0;
}

/* ---- rows that `sectag tag` wrote ---- */

static int fits(const draft *d, const sectag_saved_tags *tags) {
    return sectag_written_agrees(tags, d->s->f[SECTAG_SLIP_PROBABILITIES]) &&
           sectag_written_pairs_agree(tags, d->s->f[SECTAG_SLIP_PAIRS]);
}

/* The tags as they were written, into p->had. */
static int find_written(sectag_plan *p, draft *d, sectag_err *err) {
    int known = 0, rc = 0;
    if (d->s->has[SECTAG_SLIP_WRITTEN])
        return sectag_area_list_parse(p->o.areas, d->s->f[SECTAG_SLIP_WRITTEN], p->had, err);
    if (d->clause) rc = known = sectag_saved_tags_of(p->o.ws, d->clause, &p->tags, err);
    if (rc < 0) return rc;
    if (rc == 1 && fits(d, &p->tags)) return mark_had(p, &p->tags), 0;
    if (p->o.tags) {
        rc = p->o.tags(p->o.tags_ctx, text_of(p, d), d->shared.len, &p->tags, err);
        if (rc) return rc;
        if (fits(d, &p->tags)) return mark_had(p, &p->tags), 0;
    }
    return known || p->o.tags
               ? sectag_err_set(
                     err, SECTAG_EDATA,
                     "the probabilities are not those of the clause's tags: written by another model "
                     "or with --area? (give columns add and remove)")
               : sectag_err_set(err, SECTAG_EDATA, "no saved run has the clause and no model is at hand");
}

static int say_difference(sectag_plan *p, draft *d, sectag_err *err) {
    int rc = find_written(p, d, err);
    if (!rc) rc = sectag_area_list_parse(p->o.areas, d->s->f[SECTAG_SLIP_TAGS], p->set, err);
    for (size_t a = 0; a < p->o.areas->areas.len && !rc; a++)
        if (p->set[a] != p->had[a] && push(p, d, a, p->set[a] ? SECTAG_ADDED : SECTAG_REMOVED))
            rc = sectag_err_nomem(err);
    return rc;
}

/* ---- entries of an exported ledger ---- */

static int was_planned(const sectag_plan *p, int64_t old_id) {
    for (size_t i = 0; i < p->entries.len; i++)
        if (p->entries.data[i].old_id == old_id) return 1;
    return 0;
}

static int say_entry(sectag_plan *p, draft *d, sectag_err *err) {
    const sectag_slip *s = d->s;
    sectag_field area = s->f[SECTAG_SLIP_AREA], word = s->f[SECTAG_SLIP_VERDICT];
    int verdict = sectag_entry_parse(word.data ? word.data : "", word.len);
    int number = sectag_area_list_find(p->o.areas, area), rest = sectag_field_is(area, "*");
    if (verdict < 0)
        return sectag_err_set(err, SECTAG_EDATA, "a verdict is added, removed, confirmed or withdrawn");
    if (number < 0 && !rest)
        return sectag_err_set(err, SECTAG_EDATA, "unknown area \"%.*s\"",
                              (int)(area.len < 60 ? area.len : 60), area.data ? area.data : "");
    if (rest && (verdict == SECTAG_ADDED || verdict == SECTAG_CONFIRMED))
        return sectag_err_set(err, SECTAG_EDATA, "* goes with removed only");
    if (s->f[SECTAG_SLIP_ID].len && read_count(s->f[SECTAG_SLIP_ID], &d->shared.old_id))
        return sectag_err_set(err, SECTAG_EDATA, "the id is not a number");
    if (verdict == SECTAG_WITHDRAWN && (read_count(s->f[SECTAG_SLIP_WITHDRAWS], &d->shared.old_withdraws) ||
                                        !was_planned(p, d->shared.old_withdraws)))
        return sectag_err_set(err, SECTAG_EDATA, "withdraws an entry that this file does not have");
    return push(p, d, rest ? SIZE_MAX : (size_t)number, (sectag_entry_verdict)verdict) ? sectag_err_nomem(err)
                                                                                       : 0;
}

/* ---- slips ---- */

static int say(sectag_plan *p, draft *d, sectag_err *err) {
    const sectag_slip *s = d->s;
    if (s->has[SECTAG_SLIP_VERDICT] && s->has[SECTAG_SLIP_AREA]) return say_entry(p, d, err);
    if (s->f[SECTAG_SLIP_LABELS].len) return say_whole_set(p, d, err);
    if (s->has[SECTAG_SLIP_LABELS] || s->has[SECTAG_SLIP_ADD] || s->has[SECTAG_SLIP_REMOVE] ||
        s->has[SECTAG_SLIP_CONFIRM])
        return say_changes(p, d, err);
    if (s->has[SECTAG_SLIP_TAGS]) return say_difference(p, d, err);
    return sectag_err_set(err, SECTAG_EDATA, "nothing that corrects: add, remove, confirm, labels, or tags");
}

/* Well-formed UTF-8 without NUL: a table in another encoding, or a terminal's, has been told of by now or is
 * told of here. */
static int check_text(sectag_field f, sectag_err *err) {
    if (f.len == 0 || (sectag_utf8_check(f.data, f.len) == f.len && !memchr(f.data, '\0', f.len))) return 0;
    return sectag_err_set(err, SECTAG_EDATA, "invalid UTF-8");
}

int sectag_plan_add(sectag_plan *p, const sectag_slip *s, sectag_err *err) {
    draft d = {.s = s};
    size_t entries = p->entries.len, strings = p->strings.len;
    int rc = 0;
    for (int i = 0; i < SECTAG_SLIP_FIELDS && !rc; i++) rc = check_text(s->f[i], err);
    if (!rc) rc = begin(p, &d, err);
    if (!rc) rc = say(p, &d, err);
    if (rc || p->entries.len == entries) {
        p->entries.len = entries;
        p->strings.len = strings;
    }
    if (rc) return rc;
    p->rows++;
    p->unchanged += p->entries.len == entries;
    return 0;
}

/* ---- near-identical clauses ---- */

/* The first entry of each slip that may be taken over. */
static int is_source(const sectag_plan *p, size_t i) {
    const sectag_planned *e = &p->entries.data[i];
    return e->old_id == 0 && e->verdict != SECTAG_WITHDRAWN && e->from == SIZE_MAX &&
           (i == 0 || p->entries.data[i - 1].row != e->row);
}

int sectag_plan_alike(const sectag_plan *p, double jaccard, sectag_alikes *out, sectag_err *err) {
    SECTAG_ARRAY(sectag_asked) asked = {0};
    SECTAG_ARRAY(size_t) entry = {0};
    int rc = 0;
    for (size_t i = 0; i < p->entries.len && !rc; i++) {
        sectag_asked a = {p->strings.data + p->entries.data[i].text, p->entries.data[i].len};
        if (is_source(p, i) && (sectag_array_push(&asked, a) || sectag_array_push(&entry, i)))
            rc = sectag_err_nomem(err);
    }
    if (!rc) rc = sectag_spread_find(p->o.ws, asked.data, asked.len, jaccard, out, err);
    for (size_t i = 0; i < out->found.len && entry.data && !rc; i++)
        out->found.data[i].asked = entry.data[out->found.data[i].asked];
    free(asked.data);
    free(entry.data);
    return rc;
}

/* Plans one entry for a clause that is like its own. */
static int take_entry(sectag_plan *p, size_t from, const sectag_alike *a, size_t text, size_t doc,
                      sectag_err *err) {
    sectag_planned e = p->entries.data[from];
    int rc = sectag_ledger_speaks(p->o.ws, a->clause, p->strings.data + e.area, err);
    if (rc) return rc < 0 ? rc : 0;
    e.text = text;
    e.len = a->len;
    e.doc = doc;
    e.from = from;
    e.row = SIZE_MAX;
    return sectag_array_push(&p->entries, e) ? sectag_err_nomem(err) : 0;
}

static int take_clause(sectag_plan *p, const sectag_alike *a, const char *text, sectag_err *err) {
    size_t kept, doc = SIZE_MAX, row = p->entries.data[a->asked].row;
    int rc = sectag_saved_document_of(p->o.ws, a->clause, &p->found.document, err);
    if (rc < 0) return rc;
    if (keep(p, text, a->len, &kept) ||
        (rc == 1 && keep(p, p->found.document.data, p->found.document.len, &doc)))
        return sectag_err_nomem(err);
    rc = 0;
    for (size_t i = a->asked, end = p->entries.len; i < end && p->entries.data[i].row == row && !rc; i++)
        rc = take_entry(p, i, a, kept, doc, err);
    return rc;
}

int sectag_plan_take_along(sectag_plan *p, const sectag_alikes *alikes, sectag_err *err) {
    int rc = 0;
    for (size_t i = 0; i < alikes->found.len && !rc; i++) {
        const sectag_alike *a = &alikes->found.data[i];
        rc = take_clause(p, a, alikes->strings.data + a->text, err);
    }
    return rc;
}

/* ---- recording ---- */

static const char *string_or_null(const sectag_plan *p, size_t at) {
    return at == SIZE_MAX ? NULL : p->strings.data + at;
}

/* The ledger's id of a planned entry with that old id. */
static int64_t new_id(const sectag_plan *p, const int64_t *ids, int64_t old_id) {
    for (size_t i = p->entries.len; i-- > 0;)
        if (p->entries.data[i].old_id == old_id && ids[i]) return ids[i];
    return 0;
}

static int fill_entry(const sectag_plan *p, const sectag_planned *planned, const int64_t *ids,
                      sectag_entry *e, sectag_err *err) {
    const char *doc = string_or_null(p, planned->doc);
    *e = (sectag_entry){.area = p->strings.data + planned->area,
                        .verdict = planned->verdict,
                        .analyst = p->strings.data + planned->analyst,
                        .time = p->strings.data + planned->time,
                        .reason = string_or_null(p, planned->reason),
                        .origin = p->strings.data + planned->origin,
                        .spread_from = planned->from == SIZE_MAX ? 0 : ids[planned->from]};
    int rc = sectag_workspace_clause(p->o.ws, p->strings.data + planned->text, planned->len, &e->clause, err);
    if (!rc && doc) rc = sectag_workspace_document(p->o.ws, doc, strlen(doc), &e->document, err);
    if (planned->old_withdraws) e->withdraws = new_id(p, ids, planned->old_withdraws);
    return rc;
}

/* Records entry i; ids[i] becomes its id, or that of the entry which says the same already. */
static int record_entry(const sectag_plan *p, size_t i, int64_t *ids, sectag_recorded *out, sectag_err *err) {
    const sectag_planned *planned = &p->entries.data[i];
    sectag_entry e;
    int64_t known = 0;
    int rc = fill_entry(p, planned, ids, &e, err);
    if (!rc && planned->dated) rc = sectag_ledger_find_same(p->o.ws, out->batch, &e, &known, err);
    if (rc < 0) return rc;
    if (known) {
        ids[i] = known;
        out->known++;
        return 0;
    }
    rc = e.verdict == SECTAG_WITHDRAWN ? sectag_ledger_withdraw(p->o.ws, out->batch, e.withdraws, &e, err)
                                       : sectag_ledger_add(p->o.ws, out->batch, &e, err);
    ids[i] = e.id;
    out->entries += planned->from == SIZE_MAX && e.verdict != SECTAG_WITHDRAWN;
    out->spread += planned->from != SIZE_MAX;
    out->withdrawn += e.verdict == SECTAG_WITHDRAWN;
    return rc;
}

int sectag_plan_record(const sectag_plan *p, const char *source, sectag_recorded *out, sectag_err *err) {
    memset(out, 0, sizeof *out);
    if (p->entries.len == 0) return 0;
    int64_t *ids = sectag_zalloc(p->entries.len, sizeof *ids);
    int rc = ids ? sectag_workspace_begin(p->o.ws, err) : sectag_err_nomem(err);
    if (!rc) rc = sectag_ledger_batch(p->o.ws, p->o.analyst, p->o.time, source, &out->batch, err);
    for (size_t i = 0; i < p->entries.len && !rc; i++) rc = record_entry(p, i, ids, out, err);
    if (!rc && out->known == p->entries.len) {
        sectag_workspace_rollback(p->o.ws);
        out->batch = 0;
    } else if (!rc) {
        rc = sectag_workspace_commit(p->o.ws, err);
    }
    if (rc) {
        sectag_workspace_rollback(p->o.ws);
        memset(out, 0, sizeof *out);
    }
    free(ids);
    return rc;
}
