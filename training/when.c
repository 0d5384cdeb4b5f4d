#include "training/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int sectag_when_format(int64_t seconds, char out[SECTAG_WHEN + 1], sectag_err *err) {
    time_t t = (time_t)seconds;
    struct tm utc;
    if (!gmtime_r(&t, &utc) || utc.tm_year < -1900 || utc.tm_year > 8099)
        return sectag_err_set(err, SECTAG_EARG, "%lld is no time", (long long)seconds);
    (void)strftime(out, SECTAG_WHEN + 1, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return strlen(out) == SECTAG_WHEN ? 0 : sectag_err_set(err, SECTAG_EARG, "year before 1000");
}

/* n digits: their value, or -1. */
static int digits(const char *text, int n) {
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* The date, and the time of day if there is one. Returns what follows, or NULL. */
static const char *read_fields(const char *s, struct tm *utc) {
    if (strlen(s) < 10 || s[4] != '-' || s[7] != '-') return NULL;
    *utc = (struct tm){
        .tm_year = digits(s, 4) - 1900, .tm_mon = digits(s + 5, 2) - 1, .tm_mday = digits(s + 8, 2)};
    s += 10;
    if (utc->tm_year < -900 || utc->tm_mon < 0 || utc->tm_mon > 11 || utc->tm_mday < 1 || utc->tm_mday > 31)
        return NULL;
    if (!*s) return s;
    if ((*s != 'T' && *s != ' ') || strlen(s) < 9 || s[3] != ':' || s[6] != ':') return NULL;
    utc->tm_hour = digits(s + 1, 2);
    utc->tm_min = digits(s + 4, 2);
    utc->tm_sec = digits(s + 7, 2);
    if (utc->tm_hour < 0 || utc->tm_hour > 23 || utc->tm_min < 0 || utc->tm_min > 59 || utc->tm_sec < 0 ||
        utc->tm_sec > 60)
        return NULL;
    s += 9;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9';) s++;
    return s;
}

/* Seconds that the zone is ahead of UTC: "", "Z", "+08:00", "+0800". Returns 0 or -1. */
static int read_zone(const char *s, int *ahead) {
    size_t len = strlen(s);
    *ahead = 0;
    if (len == 0 || strcmp(s, "Z") == 0) return 0;
    if ((*s != '+' && *s != '-') || (len != 6 && len != 5)) return -1;
    int hours = digits(s + 1, 2), minutes = digits(s + len - 2, 2);
    if (hours < 0 || minutes < 0 || (len == 6 && s[3] != ':')) return -1;
    *ahead = (*s == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return 0;
}

int sectag_when_parse(const char *text, size_t len, char out[SECTAG_WHEN + 1], sectag_err *err) {
    char copy[48], *end;
    struct tm utc;
    int ahead = 0;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)(len < sizeof copy ? len : sizeof copy - 1), text);
    if (len && len < 13 && strspn(copy, "0123456789") == len)
        return sectag_when_format(strtoll(copy, &end, 10), out, err);
    const char *rest = read_fields(copy, &utc);
    if (!rest || read_zone(rest, &ahead) || len >= sizeof copy)
        return sectag_err_set(err, SECTAG_EDATA, "\"%s\" is no time (2026-01-31T23:59:59Z)", copy);
    return sectag_when_format((int64_t)timegm(&utc) - ahead, out, err);
}
