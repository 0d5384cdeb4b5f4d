#include "classify/put.h"

#include "features/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int sectag_put_count(sectag_buf *b, uint64_t n) {
    static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
                                "4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
                                "888990919293949596979899";
    char digits[20];
    size_t at = sizeof digits;
    for (; n >= 100; n /= 100) memcpy(digits + (at -= 2), pairs + 2 * (n % 100), 2);
    if (n >= 10)
        memcpy(digits + (at -= 2), pairs + 2 * n, 2);
    else
        digits[--at] = (char)('0' + n);
    return sectag_buf_add(b, digits + at, sizeof digits - at);
}

int sectag_put_number(sectag_buf *b, double x) {
    if (!isfinite(x)) return sectag_buf_adds(b, "0.0");
    if (fabs(x) >= 1e12) return sectag_buf_addf(b, "%.1f", x);
    uint64_t scaled = (uint64_t)llround(fabs(x) * 1e4);
    char tail[5] = {'.', 0, 0, 0, 0};
    size_t len = sizeof tail;
    for (uint64_t i = 4, rest = scaled % 10000; i > 0; i--, rest /= 10) tail[i] = (char)('0' + rest % 10);
    while (len > 2 && tail[len - 1] == '0') len--;
    int rc = x < 0 && scaled ? sectag_buf_addc(b, '-') : 0;
    return rc | sectag_put_count(b, scaled / 10000) | sectag_buf_add(b, tail, len);
}

/* Bytes that a JSON string cannot hold as they are: 1 for \u00XX, else the letter behind the backslash. */
static const char json_escape[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1,           1,
    1, 1, 1, 1, 1, 1, 1, 1, 1,   1,   1,   1, 1,   1,   1, ['"'] = '"', ['\\'] = '\\',
};

static int put_json_escape(sectag_buf *b, unsigned char byte) {
    static const char hex[] = "0123456789abcdef";
    char escape[6] = {'\\', json_escape[byte], '0', '0', 0, 0};
    if (escape[1] != 1) return sectag_buf_add(b, escape, 2);
    escape[1] = 'u';
    escape[4] = hex[byte >> 4];
    escape[5] = hex[byte & 15];
    return sectag_buf_add(b, escape, 6);
}

/* Sixteen bytes that are compared at once (an extension of GCC and Clang, on every kind of machine). */
typedef unsigned char stride __attribute__((vector_size(16)));

/* Is one of them to be escaped: below 20, a quote, a backslash? */
static int has_escape(const char *text) {
    stride x;
    uint64_t half[2];
    memcpy(&x, text, sizeof x);
    stride found = (stride)((x < 0x20) | (x == '"') | (x == '\\'));
    memcpy(half, &found, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* Where the next byte stands that is to be escaped. */
static size_t plain_run(const char *text, size_t at, size_t len) {
    while (len - at >= sizeof(stride) && !has_escape(text + at)) at += sizeof(stride);
    while (at < len && !json_escape[(unsigned char)text[at]]) at++;
    return at;
}

/* Hot path: text almost never needs an escape, so it is copied in runs. */
int sectag_put_json(sectag_buf *b, const char *text, size_t len) {
    int rc = sectag_buf_addc(b, '"');
    for (size_t at = 0; at < len;) {
        size_t run = plain_run(text, at, len);
        rc |= sectag_buf_add(b, text + at, run - at);
        if (run < len) rc |= put_json_escape(b, (unsigned char)text[run++]);
        at = run;
    }
    return rc | sectag_buf_addc(b, '"');
}

static const char *html_entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (unsigned char)c < 0x20 ? " " : NULL;
    }
}

int sectag_put_html(sectag_buf *b, const char *text, size_t len) {
    int rc = 0;
    for (size_t at = 0; at < len;) {
        size_t run = at;
        while (run < len && !html_entity(text[run])) run++;
        rc |= sectag_buf_add(b, text + at, run - at);
        if (run < len) rc |= sectag_buf_adds(b, html_entity(text[run++]));
        at = run;
    }
    return rc;
}

int sectag_put_plain(sectag_buf *b, const char *text, size_t len) {
    int rc = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        int control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
        rc |= control ? sectag_buf_addc(b, ' ') : sectag_buf_add(b, text + at, size);
        at += size;
    }
    return rc;
}

int sectag_put_repaired(sectag_buf *b, const char *text, size_t len, size_t *bad) {
    int rc = 0;
    while (len) {
        size_t good = sectag_utf8_check(text, len);
        rc |= sectag_buf_add(b, text, good);
        text += good;
        len -= good;
        if (!len) break;
        rc |= sectag_buf_adds(b, "\xEF\xBF\xBD");
        ++*bad;
        text++;
        len--;
    }
    return rc;
}
