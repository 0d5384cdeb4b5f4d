/* err.h: how every fallible sectag function says what went wrong.
 *
 * A fallible function returns 0 or one of the negative codes below and, where it is given a
 * non-NULL sectag_err, fills it with a one-line message and the place (file, line or byte).
 * The library never prints, exits or aborts; only the program turns an error into text:
 *
 *     sectag: plan.txt:12: invalid UTF-8 at byte 5120
 */
#ifndef SECTAG_ERR_H
#define SECTAG_ERR_H

#include <stddef.h>
#include <stdint.h>

enum {
    SECTAG_OK = 0,
    SECTAG_ENOMEM = -1,  /* an allocation failed or a size overflowed */
    SECTAG_EIO = -2,     /* the operating system refused: open, read, write, rename */
    SECTAG_EDATA = -3,   /* labelled data, terms or taxonomy cannot be used as they are */
    SECTAG_EMODEL = -4,  /* a model file is damaged, of another version, or does not fit */
    SECTAG_EARG = -5,    /* an argument or option is out of range */
    SECTAG_ECANCEL = -6, /* a progress callback asked to stop */
    SECTAG_EGATE = -7    /* a model is not good enough to take the place of another */
};

/* What went wrong and where. `line` counts from 1; 0 means "no line". `byte` counts from 0 and is
 * meaningful only when `has_byte` is set. */
typedef struct sectag_err {
    int code;
    char msg[256];
    char file[512];
    uint64_t line;
    uint64_t byte;
    int has_byte;
} sectag_err;

/* Clears *err (err may be NULL). */
void sectag_err_clear(sectag_err *err);

/* Stores code and a printf-style message; a place set before is kept only by the _at forms.
 * Returns `code`, so that `return sectag_err_set(err, SECTAG_EIO, "...")` reads as one step. */
int sectag_err_set(sectag_err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place: `file` may be NULL, `line` 0. */
int sectag_err_at(sectag_err *err, int code, const char *file, uint64_t line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The usual allocation failure. Returns SECTAG_ENOMEM (inline, so that a checker sees that it is not 0). */
static inline int sectag_err_nomem(sectag_err *err) {
    (void)sectag_err_set(err, SECTAG_ENOMEM, "out of memory");
    return SECTAG_ENOMEM;
}

/* Writes "file:line: message" (whatever parts are known) into out, always terminated.
 * Returns out. */
char *sectag_err_format(const sectag_err *err, char *out, size_t size);

#endif
