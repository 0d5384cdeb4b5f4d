#include "classify/imprint.h"

#include "features/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TITLE_MAX = 60, YEAR_FIRST = 1949, YEAR_LAST = 2099 };

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int is_date(unsigned year, unsigned month, unsigned day) {
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return year >= YEAR_FIRST && year <= YEAR_LAST && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1];
}

static int put_date(unsigned year, unsigned month, unsigned day, char out[11]) {
    if (!is_date(year, month, day)) return 0;
    (void)snprintf(out, 11, "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
    return 1;
}

/* ---- a reader of what a date is made of: each step takes something from the front or fails ---- */

typedef struct cursor {
    const char *at, *end;
} cursor;

static void skip_blanks(cursor *c) {
    while (c->at < c->end && *c->at == ' ') c->at++;
}

/* A number of at least `least` and at most `most` digits, with no digit behind. */
static int take_number(cursor *c, int least, int most, unsigned *out) {
    int n = 0;
    skip_blanks(c);
    for (*out = 0; c->at < c->end && is_digit(*c->at) && n < most; n++)
        *out = *out * 10 + (unsigned)(*c->at++ - '0');
    return n >= least && (c->at == c->end || !is_digit(*c->at));
}

static int take(cursor *c, const char *mark) {
    size_t len = strlen(mark);
    skip_blanks(c);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, mark, len) != 0) return 0;
    c->at += len;
    return 1;
}

/* An English month by name; abbreviations of three letters or more, a full stop behind. */
static int take_month(cursor *c, unsigned *out) {
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    size_t n = 0;
    skip_blanks(c);
    while (c->at + n < c->end && ((c->at[n] | 32) >= 'a' && (c->at[n] | 32) <= 'z')) n++;
    for (unsigned m = 0; m < 12; m++) {
        if (n < 3 || n > strlen(months[m]) || strncasecmp(c->at, months[m], n) != 0) continue;
        c->at += n;
        if (c->at < c->end && *c->at == '.') c->at++;
        *out = m + 1;
        return 1;
    }
    return 0;
}

/* 2024年3月5日, 2024-3-5, 2024.3.5, 2024/3/5 */
static int year_first(cursor c, char out[11]) {
    static const char *const marks[][3] = {
        {"年", "月", "日"}, {"-", "-", ""}, {".", ".", ""}, {"/", "/", ""}};
    unsigned year, month, day;
    if (!take_number(&c, 4, 4, &year)) return 0;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        cursor d = c;
        if (take(&d, marks[i][0]) && take_number(&d, 1, 2, &month) && take(&d, marks[i][1]) &&
            take_number(&d, 1, 2, &day) && take(&d, marks[i][2]))
            return put_date(year, month, day, out);
    }
    return 0;
}

static int packed(cursor c, char out[11]) {
    unsigned all;
    return take_number(&c, 8, 8, &all) && put_date(all / 10000, all / 100 % 100, all % 100, out);
}

static int month_first(cursor c, char out[11]) {
    unsigned year, month, day;
    if (!take_month(&c, &month) || !take_number(&c, 1, 2, &day)) return 0;
    (void)take(&c, ",");
    return take_number(&c, 4, 4, &year) && put_date(year, month, day, out);
}

static int day_first(cursor c, char out[11]) {
    unsigned year, month, day;
    return take_number(&c, 1, 2, &day) && take_month(&c, &month) && take_number(&c, 4, 4, &year) &&
           put_date(year, month, day, out);
}

int sectag_imprint_date(const char *text, size_t len, char out[11]) {
    for (size_t i = 0; i < len; i++) {
        cursor c = {text + i, text + len};
        int digit = is_digit(text[i]), letter = (text[i] | 32) >= 'a' && (text[i] | 32) <= 'z';
        if (digit && i && is_digit(text[i - 1])) continue;
        if (letter && i && (text[i - 1] | 32) >= 'a' && (text[i - 1] | 32) <= 'z') continue;
        if (digit && (year_first(c, out) || packed(c, out) || day_first(c, out))) return 1;
        if (letter && month_first(c, out)) return 1;
    }
    return 0;
}

size_t sectag_imprint_title(const char *text, size_t len) {
    size_t at = 0;
    for (int n = 0; at < len && n < TITLE_MAX; n++) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F) break; /* 。！？ */
        at += size;
    }
    return at;
}
