#include "classify/options.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- did you mean ---- */

enum { WORD_MAX = 40 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Edits that make b of a: three rows of the usual table. */
static size_t distance(const char *a, const char *b) {
    size_t la = strlen(a), lb = strlen(b), rows[3][WORD_MAX + 1];
    if (la > WORD_MAX || lb > WORD_MAX) return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++) rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

const char *sectag_nearest(const char *word, const char *const *names, size_t n) {
    const char *best = NULL;
    size_t limit = strlen(word) / 3 + 1, nearest = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, names[i]);
        if (d > limit || d >= nearest) continue;
        nearest = d;
        best = names[i];
    }
    return best;
}

/* ---- parsing ---- */

/* One parse: where it is, and the operands found so far. */
typedef struct parse {
    const sectag_usage *u;
    char *values;
    int argc, at;
    char **argv;
    char **operand; /* [argc] */
    size_t n_operands;
    int help;
    sectag_err *err;
} parse;

static const sectag_option *find_long(const sectag_usage *u, const char *name, size_t len) {
    for (size_t i = 0; i < u->n_options; i++)
        if (strlen(u->options[i].name) == len && memcmp(u->options[i].name, name, len) == 0)
            return &u->options[i];
    return NULL;
}

static const sectag_option *find_alias(const sectag_usage *u, char alias) {
    for (size_t i = 0; i < u->n_options; i++)
        if (u->options[i].alias == alias) return &u->options[i];
    return NULL;
}

static int unknown(const parse *p, const char *arg, size_t len) {
    const char *names[64], *meant;
    char word[WORD_MAX + 1] = {0};
    size_t n = 0;
    for (; n < p->u->n_options && n < 63; n++) names[n] = p->u->options[n].name;
    names[n++] = "help";
    if (len > 2 && len - 2 <= WORD_MAX) memcpy(word, arg + 2, len - 2);
    meant = word[0] ? sectag_nearest(word, names, n) : NULL;
    if (meant)
        return sectag_err_set(p->err, SECTAG_EARG, "unknown option %.*s (did you mean --%s?)",
                              (int)least(len, 80), arg, meant);
    return sectag_err_set(p->err, SECTAG_EARG, "unknown option %.*s (see sectag %s --help)",
                          (int)least(len, 80), arg, p->u->command);
}

static int store_count(const parse *p, const sectag_option *o, const char *text) {
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || n > SIZE_MAX)
        return sectag_err_set(p->err, SECTAG_EARG, "--%s takes a whole number, not \"%.80s\"", o->name, text);
    size_t value = (size_t)n;
    memcpy(p->values + o->offset, &value, sizeof value);
    return 0;
}

static int store_real(const parse *p, const sectag_option *o, const char *text) {
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value))
        return sectag_err_set(p->err, SECTAG_EARG, "--%s takes a number, not \"%.80s\"", o->name, text);
    memcpy(p->values + o->offset, &value, sizeof value);
    return 0;
}

static void store_part(const parse *p, const sectag_option *o) {
    size_t value = p->n_operands + 1, known;
    memcpy(&known, p->values + o->offset, sizeof known);
    if (!known) memcpy(p->values + o->offset, &value, sizeof value);
}

static int takes_value(const sectag_option *o) {
    return o->kind != SECTAG_OPTION_FLAG && o->kind != SECTAG_OPTION_PART;
}

static int store(const parse *p, const sectag_option *o, const char *text) {
    int on = 1;
    switch (o->kind) {
    case SECTAG_OPTION_FLAG:
        memcpy(p->values + o->offset, &on, sizeof on);
        return 0;
    case SECTAG_OPTION_TEXT:
        memcpy(p->values + o->offset, &text, sizeof text);
        return 0;
    case SECTAG_OPTION_COUNT:
        return store_count(p, o, text);
    case SECTAG_OPTION_REAL:
        return store_real(p, o, text);
    case SECTAG_OPTION_PART:
        store_part(p, o);
        return 0;
    }
    return SECTAG_EARG;
}

/* Stores the attached value, or the next argument. */
static int take_value(parse *p, const sectag_option *o, const char *attached) {
    if (attached) return store(p, o, attached);
    if (p->at + 1 >= p->argc)
        return sectag_err_set(p->err, SECTAG_EARG, "--%s needs a value (%s)", o->name, o->value);
    return store(p, o, p->argv[++p->at]);
}

static int parse_long(parse *p, const char *arg) {
    size_t len = strcspn(arg, "=");
    const char *attached = arg[len] ? arg + len + 1 : NULL;
    const sectag_option *o = find_long(p->u, arg + 2, len - 2);
    if (!o && len == 6 && memcmp(arg, "--help", len) == 0) {
        p->help = 1;
        return 0;
    }
    if (!o) return unknown(p, arg, len);
    if (takes_value(o)) return take_value(p, o, attached);
    if (attached) return sectag_err_set(p->err, SECTAG_EARG, "--%s takes no value", o->name);
    return store(p, o, NULL);
}

static int parse_short(parse *p, const char *arg) {
    for (size_t i = 1; arg[i]; i++) {
        const sectag_option *o = find_alias(p->u, arg[i]);
        if (!o && arg[i] == 'h') {
            p->help = 1;
            continue;
        }
        if (!o) return unknown(p, arg, strlen(arg));
        if (takes_value(o)) return take_value(p, o, arg[i + 1] ? arg + i + 1 : NULL);
        (void)store(p, o, NULL);
    }
    return 0;
}

static int parse_one(parse *p, int *only_operands) {
    char *arg = p->argv[p->at];
    if (*only_operands || arg[0] != '-' || !arg[1]) {
        p->operand[p->n_operands++] = arg;
        return 0;
    }
    if (strcmp(arg, "--") == 0) {
        *only_operands = 1;
        return 0;
    }
    return arg[1] == '-' ? parse_long(p, arg) : parse_short(p, arg);
}

int sectag_options_parse(const sectag_usage *u, void *values, int argc, char **argv, size_t *n_operands,
                         sectag_err *err) {
    parse p = {.u = u, .values = values, .argc = argc, .at = 1, .argv = argv, .err = err};
    int rc = 0, only_operands = 0;
    p.operand = calloc((size_t)argc + 1, sizeof *p.operand);
    if (!p.operand) return sectag_err_nomem(err);
    for (; p.at < argc && !rc && !p.help; p.at++) rc = parse_one(&p, &only_operands);
    if (!rc && !p.help && p.n_operands > u->max_operands)
        rc = sectag_err_set(err, SECTAG_EARG, "unexpected argument \"%.80s\" (see sectag %s --help)",
                            p.operand[u->max_operands], u->command);
    for (size_t i = 0; i < p.n_operands && !rc; i++) argv[1 + i] = p.operand[i];
    *n_operands = p.n_operands;
    free(p.operand);
    return rc ? rc : p.help;
}

/* ---- help ---- */

enum { HELP_COLUMN = 26 };

static int put_option(const sectag_option *o, sectag_buf *out) {
    size_t start = out->len;
    int rc = o->alias ? sectag_buf_addf(out, "  -%c, --%s", o->alias, o->name)
                      : sectag_buf_addf(out, "      --%s", o->name);
    if (o->value) rc |= sectag_buf_addf(out, " %s", o->value);
    size_t len = out->len - start;
    if (len + 2 > HELP_COLUMN) {
        rc |= sectag_buf_addc(out, '\n');
        len = 0;
    }
    return rc | sectag_buf_addf(out, "%*s%s\n", (int)(HELP_COLUMN - len), "", o->help);
}

/* Each line of text behind two blanks. */
static int put_indented(const char *text, sectag_buf *out) {
    int rc = 0;
    while (*text) {
        size_t len = strcspn(text, "\n");
        rc |= sectag_buf_addf(out, "  %.*s\n", (int)len, text);
        text += len + (text[len] != '\0');
    }
    return rc;
}

int sectag_options_help(const sectag_usage *u, sectag_buf *out) {
    static const sectag_option help = {"help", 'h', SECTAG_OPTION_FLAG, 0, NULL, "this text"};
    int rc = sectag_buf_addf(out, "Usage: sectag %s [OPTION]...%s%s\n\n%s\n\nOptions:\n", u->command,
                             u->operands[0] ? " " : "", u->operands, u->summary);
    for (size_t i = 0; i < u->n_options; i++) rc |= put_option(&u->options[i], out);
    rc |= put_option(&help, out);
    if (u->example) rc |= sectag_buf_adds(out, "\nExamples:\n") | put_indented(u->example, out);
    return rc;
}
