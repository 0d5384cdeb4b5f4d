/* options.h: the command line, from one table a command: it parses, it checks, it makes the help text.
 *
 *     typedef struct tag_options { const char *format; int all; size_t jobs; } tag_options;
 *     static const sectag_option options[] = {
 *         {"format", 'f', SECTAG_OPTION_TEXT, offsetof(tag_options, format), "NAME", "how records are
 * written"},
 *         {"all", 0, SECTAG_OPTION_FLAG, offsetof(tag_options, all), NULL, "every clause, tagged or not"},
 *         {"jobs", 'j', SECTAG_OPTION_COUNT, offsetof(tag_options, jobs), "N", "threads"},
 *     };
 *
 * Understood: --name=value, --name value, -n value, -nvalue, -ab for the flags -a -b, `--` before operands
 * that begin with a hyphen; `-` is an operand. Options and operands may come in any order. --help and -h are
 * known everywhere.
 */
#ifndef SECTAG_OPTIONS_H
#define SECTAG_OPTIONS_H

#include "features/buf.h"
#include "features/err.h"

#include <stddef.h>

typedef enum sectag_option_kind {
    SECTAG_OPTION_FLAG,  /* int, set to 1 */
    SECTAG_OPTION_TEXT,  /* const char *, points into argv */
    SECTAG_OPTION_COUNT, /* size_t: a whole number, not negative */
    SECTAG_OPTION_REAL,  /* double */
    SECTAG_OPTION_PART   /* size_t, 1 + the number of operands before it: parts operands; its first place counts */
} sectag_option_kind;

typedef struct sectag_option {
    const char *name;
    char alias; /* one letter, or 0 */
    sectag_option_kind kind;
    size_t offset;     /* of the member in the command's struct of values */
    const char *value; /* the value's name in the help text; NULL for flags and parts */
    const char *help;  /* one line */
} sectag_option;

/* A command: its options and what --help says besides. */
typedef struct sectag_usage {
    const char *command;  /* "tag" */
    const char *operands; /* "[FILE | FOLDER | -]..." */
    const char *summary;  /* a line or a few */
    const char *example;  /* command lines that work in the source tree, a line each */
    const sectag_option *options;
    size_t n_options;
    size_t max_operands; /* more are refused */
} sectag_usage;

/* Parses argv[1 .. argc) into *values; moves the operands to argv[1 .. 1 + *n_operands). Values of options
 * that are not given stay as they are. Returns 0, 1 when help was asked for, or SECTAG_EARG with what is
 * wrong and, for a name that is not known, what was probably meant. */
int sectag_options_parse(const sectag_usage *u, void *values, int argc, char **argv, size_t *n_operands,
                         sectag_err *err);

/* Appends the help text. Returns 0 or SECTAG_ENOMEM. */
int sectag_options_help(const sectag_usage *u, sectag_buf *out);

/* The name in names[0..n) that is nearest to `word` by edits (Damerau 1964: insert, delete, change, swap
 * neighbours), or NULL when none is near. */
const char *sectag_nearest(const char *word, const char *const *names, size_t n);

#endif
