#include "training/written.h"

#include "training/area_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Probabilities are written with four decimals. */
#define ROUNDING 6e-5

/* The next number of a list: 1, 0 at the end, -1: something else. */
static int next_number(sectag_field *list, double *out) {
    char text[32], *end;
    size_t at = 0, n = 0;
    while (at < list->len && strchr(" ,;", list->data[at])) at++;
    if (at == list->len) return 0;
    while (at + n < list->len && n + 1 < sizeof text && !strchr(" ,;", list->data[at + n])) n++;
    memcpy(text, list->data + at, n);
    text[n] = '\0';
    *out = strtod(text, &end);
    list->data += at + n;
    list->len -= at + n;
    return *end ? -1 : 1;
}

/* "0,9984;0,6381": sectag writes points, so commas without any point are decimal ones. */
static void fix_commas(char *text) {
    if (strchr(text, '.')) return;
    for (; *text; text++)
        if (*text == ',') *text = '.';
}

int sectag_written_agrees(const sectag_saved_tags *tags, sectag_field list) {
    char text[512];
    size_t n = 0;
    double p = 0;
    int got, differ = 0, odd = 0;
    if (list.len == 0 || list.len >= sizeof text) return 1;
    memcpy(text, list.data, list.len);
    text[list.len] = '\0';
    fix_commas(text);
    list = (sectag_field){text, strlen(text)};
    for (; (got = next_number(&list, &p)) != 0; n++) {
        odd |= got < 0;
        differ |= n < tags->len && fabs(p - tags->data[n].p) > ROUNDING;
    }
    return n == tags->len && (odd || !differ);
}

int sectag_written_pairs_agree(const sectag_saved_tags *tags, sectag_field list) {
    sectag_field word;
    while (sectag_word_next(&list, &word)) {
        const char *sign = memchr(word.data, '=', word.len);
        size_t len = sign ? (size_t)(sign - word.data) : 0, i = 0;
        char number[24];
        while (i < tags->len && !sectag_field_is((sectag_field){word.data, len}, tags->data[i].area)) i++;
        (void)snprintf(number, sizeof number, "%.*s", (int)(word.len - len - 1), word.data + len + 1);
        if (i == tags->len || fabs(strtod(number, NULL) - tags->data[i].p) > ROUNDING) return 0;
    }
    return 1;
}
