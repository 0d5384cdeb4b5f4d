#include "classify/wrap.h"

#include "features/utf8.h"

#include <string.h>
#include <utf8proc.h>

unsigned sectag_display_width(uint32_t cp) {
    if (cp >= 0x20 && cp < 0x7F) return 1;
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width > 0 ? (unsigned)width : 0;
}

size_t sectag_display_columns(const char *text, size_t len) {
    size_t columns = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        columns += sectag_display_width(cp);
    }
    return columns;
}

static int put_blanks(sectag_buf *out, size_t n) {
    int rc = 0;
    while (n-- > 0) rc |= sectag_buf_addc(out, ' ');
    return rc;
}

int sectag_put_padded(sectag_buf *out, const char *text, size_t columns) {
    size_t len = strlen(text), taken = sectag_display_columns(text, len);
    return sectag_buf_add(out, text, len) | put_blanks(out, taken < columns ? columns - taken : 0);
}

static int is_control(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
}

/* Punctuation that must not begin a line. */
static int closes(uint32_t cp) {
    static const uint32_t marks[] = {0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF1F, 0xFF01, 0xFF09, 0x300B,
                                     0x300D, 0x300F, 0x3011, 0x201D, 0x2019, 0x2026, 0x3009, 0xFF05, '%'};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (marks[i] == cp) return 1;
    return 0;
}

/* The next piece that is never broken: a word, or a wide character, with the punctuation that closes it. */
static size_t next_unit(const char *text, size_t len, size_t *columns) {
    size_t at = 0;
    uint32_t cp = 0, before = 0;
    *columns = 0;
    while (at < len) {
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (sectag_is_space(cp) || is_control(cp)) break;
        if (at > 0 && !closes(cp) && (sectag_is_wide(cp) || sectag_is_wide(before))) break;
        before = cp;
        *columns += sectag_display_width(cp);
        at += size;
    }
    return at;
}

int sectag_put_wrapped(sectag_buf *out, const char *text, size_t len, size_t width, size_t indent) {
    size_t column = indent, at = 0, columns;
    int rc = 0, space = 0;
    while (at < len) {
        size_t unit = next_unit(text + at, len - at, &columns);
        if (unit == 0) { /* a space or control character */
            uint32_t cp;
            at += sectag_utf8_next(text + at, len - at, &cp, NULL);
            space = 1;
            continue;
        }
        space = space && column > indent;
        if (width && column > indent && column + (size_t)space + columns > width) {
            rc |= sectag_buf_addc(out, '\n') | put_blanks(out, indent);
            column = indent;
            space = 0;
        }
        if (space) rc |= sectag_buf_addc(out, ' ');
        rc |= sectag_buf_add(out, text + at, unit);
        column += columns + (size_t)space;
        space = 0;
        at += unit;
    }
    return rc;
}
