#include "features/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sectag_err_clear(sectag_err *err) {
    if (err) memset(err, 0, sizeof *err);
}

/* Messages and paths quote what stands in files: a line break or a terminal's command must not get through.
 */
static void make_one_line(char *text) {
    for (unsigned char c; (c = (unsigned char)*text) != '\0'; text++)
        if (c < 0x20 || c == 0x7F) *text = '?';
}

static void set_message(sectag_err *err, int code, const char *fmt, va_list ap) {
    sectag_err_clear(err);
    err->code = code;
    (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    make_one_line(err->msg);
}

int sectag_err_set(sectag_err *err, int code, const char *fmt, ...) {
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        set_message(err, code, fmt, ap);
        va_end(ap);
    }
    return code;
}

int sectag_err_at(sectag_err *err, int code, const char *file, uint64_t line, const char *fmt, ...) {
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        set_message(err, code, fmt, ap);
        va_end(ap);
        (void)snprintf(err->file, sizeof err->file, "%s", file ? file : "");
        err->line = line;
    }
    return code;
}

char *sectag_err_format(const sectag_err *err, char *out, size_t size) {
    const char *msg = err->msg[0] ? err->msg : "unknown error";
    if (err->file[0] && err->line)
        (void)snprintf(out, size, "%s:%llu: %s", err->file, (unsigned long long)err->line, msg);
    else if (err->file[0])
        (void)snprintf(out, size, "%s: %s", err->file, msg);
    else
        (void)snprintf(out, size, "%s", msg);
    if (size) make_one_line(out);
    return out;
}
