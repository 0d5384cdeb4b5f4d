/* intake_json.c: JSON lines, doccano's export, and Label Studio's. */
#include "training/intake.h"

#include <jansson.h>
#include <string.h>

/* A slip under construction; what was put together for it stands in `strings`, found by offsets as long as
 * that grows. */
typedef struct draft {
    sectag_slip slip;
    size_t off[SECTAG_SLIP_FIELDS];
    uint8_t built[SECTAG_SLIP_FIELDS];
    sectag_buf strings;
} draft;

static void draft_reset(draft *d, const sectag_intake *in, uint64_t line) {
    sectag_buf_clear(&d->strings);
    memset(d->built, 0, sizeof d->built);
    d->slip = (sectag_slip){.path = in->path, .line = line};
}

static void set_string(draft *d, sectag_slip_field field, const json_t *string) {
    d->slip.f[field] = (sectag_field){json_string_value(string), json_string_length(string)};
    d->slip.has[field] = 1;
    d->built[field] = 0;
}

/* Begins a field that is put together; end_field closes it. */
static void begin_field(draft *d, sectag_slip_field field) {
    d->off[field] = d->strings.len;
    d->built[field] = 1;
    d->slip.has[field] = 1;
}

static void end_field(draft *d, sectag_slip_field field) {
    d->slip.f[field].len = d->strings.len - d->off[field];
}

/* The strings stand still now: offsets become pointers. */
static void settle(draft *d) {
    for (int i = 0; i < SECTAG_SLIP_FIELDS; i++)
        if (d->built[i]) d->slip.f[i].data = d->slip.f[i].len ? d->strings.data + d->off[i] : "";
}

/* ---- values ---- */

static int put_item(draft *d, sectag_slip_field field, const char *text) {
    return (d->strings.len > d->off[field] && sectag_buf_addc(&d->strings, ',')) ||
           sectag_buf_adds(&d->strings, text);
}

/* The area of a tag: a string, or an object of `sectag tag`. */
static const char *area_of(const json_t *tag) {
    return json_string_value(json_is_object(tag) ? json_object_get(tag, "area") : tag);
}

/* An array of areas as "a,b"; an empty one as "-". */
static int set_list(draft *d, sectag_slip_field field, const json_t *list, sectag_err *err) {
    size_t i;
    json_t *item;
    begin_field(d, field);
    json_array_foreach(list, i, item) {
        if (!area_of(item)) return sectag_err_set(err, SECTAG_EDATA, "a list of areas holds something else");
        if (put_item(d, field, area_of(item))) return sectag_err_nomem(err);
    }
    if (json_array_size(list) == 0 && put_item(d, field, "-")) return sectag_err_nomem(err);
    end_field(d, field);
    return 0;
}

/* The probabilities that tags still carry. */
static int set_pairs(draft *d, const json_t *tags, sectag_err *err) {
    size_t i;
    json_t *tag;
    char pair[128];
    begin_field(d, SECTAG_SLIP_PAIRS);
    json_array_foreach(tags, i, tag) {
        const json_t *p = json_object_get(tag, "p");
        if (!json_is_number(p) || !area_of(tag)) continue;
        (void)snprintf(pair, sizeof pair, "%.64s=%.6f", area_of(tag), json_number_value(p));
        if (put_item(d, SECTAG_SLIP_PAIRS, pair)) return sectag_err_nomem(err);
    }
    end_field(d, SECTAG_SLIP_PAIRS);
    return 0;
}

static int set_value(draft *d, sectag_slip_field field, const char *key, const json_t *value,
                     sectag_err *err) {
    if (json_is_null(value)) return 0;
    if (json_is_object(value)) value = json_object_get(value, "choices");
    if (json_is_string(value)) return set_string(d, field, value), 0;
    if (json_is_array(value)) {
        int rc = set_list(d, field, value, err);
        return rc || field != SECTAG_SLIP_TAGS ? rc : set_pairs(d, value, err);
    }
    if (!json_is_integer(value))
        return sectag_err_set(err, SECTAG_EDATA, "\"%.40s\" is neither text nor a list", key);
    begin_field(d, field);
    int full = sectag_buf_addf(&d->strings, "%lld", (long long)json_integer_value(value));
    end_field(d, field);
    return full ? sectag_err_nomem(err) : 0;
}

/* All members of an object that are fields of a slip. */
static int set_members(draft *d, json_t *object, sectag_err *err) {
    const char *key;
    json_t *value;
    int rc = 0;
    json_object_foreach(object, key, value) {
        int field = sectag_intake_field(key, strlen(key));
        if (field >= 0 && !rc) rc = set_value(d, (sectag_slip_field)field, key, value, err);
    }
    return rc;
}

static int hand_on(sectag_intake *in, draft *d, int rc, const sectag_err *why, sectag_err *err) {
    settle(d);
    return sectag_intake_give(in, rc, &d->slip, why, d->slip.line, err);
}

/* ---- Label Studio ---- */

/* The choices of all results of an annotation, as one list. */
static int set_choices(draft *d, const json_t *annotation, sectag_err *err) {
    size_t i, k;
    json_t *result, *choice;
    begin_field(d, SECTAG_SLIP_LABELS);
    json_array_foreach(json_object_get(annotation, "result"), i, result) {
        json_array_foreach(json_object_get(json_object_get(result, "value"), "choices"), k, choice) {
            if (!json_is_string(choice)) return sectag_err_set(err, SECTAG_EDATA, "a choice is not text");
            if (put_item(d, SECTAG_SLIP_LABELS, json_string_value(choice))) return sectag_err_nomem(err);
        }
    }
    if (d->strings.len == d->off[SECTAG_SLIP_LABELS] && put_item(d, SECTAG_SLIP_LABELS, "-"))
        return sectag_err_nomem(err);
    end_field(d, SECTAG_SLIP_LABELS);
    return 0;
}

/* Who annotated: an address, or the number that the tool has for them. */
static int set_annotator(draft *d, const json_t *by, sectag_err *err) {
    const json_t *mail = json_is_object(by) ? json_object_get(by, "email") : by;
    const json_t *id = json_is_object(by) ? json_object_get(by, "id") : by;
    if (json_is_string(mail)) return set_string(d, SECTAG_SLIP_ANALYST, mail), 0;
    if (!json_is_integer(id)) return 0;
    begin_field(d, SECTAG_SLIP_ANALYST);
    int full = sectag_buf_addf(&d->strings, "annotator %lld", (long long)json_integer_value(id));
    end_field(d, SECTAG_SLIP_ANALYST);
    return full ? sectag_err_nomem(err) : 0;
}

static int read_annotation(sectag_intake *in, draft *d, json_t *task, const json_t *annotation, uint64_t line,
                           sectag_err *err) {
    sectag_err why = {0};
    const json_t *time = json_object_get(annotation, "updated_at");
    if (json_is_true(json_object_get(annotation, "was_cancelled"))) return 0;
    draft_reset(d, in, line);
    d->slip.tool = "Label Studio";
    int rc = set_members(d, json_object_get(task, "data"), &why);
    if (!json_is_string(time)) time = json_object_get(annotation, "created_at");
    if (json_is_string(time)) set_string(d, SECTAG_SLIP_TIME, time);
    if (!rc) rc = set_choices(d, annotation, &why);
    if (!rc) rc = set_annotator(d, json_object_get(annotation, "completed_by"), &why);
    return hand_on(in, d, rc, &why, err);
}

/* ---- objects ---- */

static int read_object(sectag_intake *in, draft *d, json_t *object, uint64_t line, sectag_err *err) {
    sectag_err why = {0};
    size_t i;
    json_t *annotation;
    int rc = 0;
    if (json_is_object(json_object_get(object, "data")) &&
        json_is_array(json_object_get(object, "annotations"))) {
        json_array_foreach(json_object_get(object, "annotations"), i, annotation) {
            if (!rc) rc = read_annotation(in, d, object, annotation, line, err);
        }
        return rc;
    }
    draft_reset(d, in, line);
    if (json_object_get(object, "label") || json_object_get(object, "annotation_id"))
        d->slip.tool = json_object_get(object, "label") ? "doccano" : "Label Studio";
    if (!json_is_object(object)) rc = sectag_err_set(&why, SECTAG_EDATA, "not an object");
    if (!rc) rc = set_members(d, object, &why);
    /* numbers that other tools give their tasks are none of ours */
    if (!d->slip.has[SECTAG_SLIP_VERDICT]) d->slip.has[SECTAG_SLIP_ID] = 0;
    return hand_on(in, d, rc, &why, err);
}

/* ---- files ---- */

/* Where the reader is. */
typedef struct place {
    const char *at, *end;
    uint64_t line;
} place;

static void skip(place *p, const char *set) {
    for (; p->at < p->end && *p->at && strchr(set, *p->at); p->at++) p->line += *p->at == '\n';
}

static void advance(place *p, size_t len) {
    for (; len && p->at < p->end; len--, p->at++) p->line += *p->at == '\n';
}

static int broken(sectag_intake *in, uint64_t line, const json_error_t *problem, sectag_err *err) {
    sectag_err why = {0};
    (void)sectag_err_set(&why, SECTAG_EDATA, "broken JSON: %s", problem->text);
    return sectag_intake_give(in, SECTAG_EDATA, NULL, &why, line, err);
}

/* Items one after the other, wherever their lines end. Behind a broken one nothing can be found again. */
static int read_array(sectag_intake *in, draft *d, place p, sectag_err *err) {
    int rc = 0;
    advance(&p, 1);
    for (skip(&p, " \t\r\n,"); !rc && p.at < p.end && *p.at != ']'; skip(&p, " \t\r\n,")) {
        json_error_t problem;
        json_t *item = json_loadb(p.at, (size_t)(p.end - p.at), JSON_DISABLE_EOF_CHECK, &problem);
        if (!item)
            return broken(in, p.line + (uint64_t)(problem.line > 0 ? problem.line - 1 : 0), &problem, err);
        rc = read_object(in, d, item, p.line, err);
        json_decref(item);
        advance(&p, (size_t)problem.position);
    }
    return rc;
}

static int read_lines(sectag_intake *in, draft *d, place p, sectag_err *err) {
    int rc = 0;
    for (skip(&p, " \t\r\n"); !rc && p.at < p.end; skip(&p, " \t\r\n")) {
        json_error_t problem;
        const char *feed = memchr(p.at, '\n', (size_t)(p.end - p.at));
        size_t len = feed ? (size_t)(feed - p.at) : (size_t)(p.end - p.at);
        json_t *item = json_loadb(p.at, len, JSON_REJECT_DUPLICATES, &problem);
        rc = item ? read_object(in, d, item, p.line, err) : broken(in, p.line, &problem, err);
        json_decref(item);
        advance(&p, len);
    }
    return rc;
}

int sectag_intake_json(sectag_intake *in, sectag_err *err) {
    draft d = {0};
    place p = {in->file.data, in->file.data + in->file.len, 1};
    if (in->file.len >= 3 && memcmp(p.at, "\xEF\xBB\xBF", 3) == 0) p.at += 3;
    skip(&p, " \t\r\n");
    int rc = p.at < p.end && *p.at == '[' ? read_array(in, &d, p, err) : read_lines(in, &d, p, err);
    sectag_buf_release(&d.strings);
    return rc;
}
