#include "training/area_list.h"

#include "features/utf8.h"

#include <string.h>

/* Characters between areas: comma, semicolon, bar, white space, and the Chinese marks. */
static int is_between(uint32_t cp) {
    return cp == ',' || cp == ';' || cp == '|' || cp == 0xFF0C || cp == 0xFF1B || cp == 0x3001 ||
           sectag_is_space(cp);
}

int sectag_word_next(sectag_field *list, sectag_field *word) {
    size_t at = 0;
    *word = (sectag_field){NULL, 0};
    while (at < list->len) {
        uint32_t cp;
        size_t n = sectag_utf8_next(list->data + at, list->len - at, &cp, NULL);
        if (is_between(cp)) {
            if (word->data) break;
        } else if (!word->data) {
            word->data = list->data + at;
        }
        at += n;
        if (!is_between(cp)) word->len = (size_t)(list->data + at - word->data);
    }
    list->data += at;
    list->len -= at;
    return word->data != NULL;
}

int sectag_area_list_find(const sectag_taxonomy *t, sectag_field word) {
    char code[64];
    if (word.len == 0 || word.len >= sizeof code) return -1;
    for (size_t i = 0; i < word.len; i++)
        code[i] = word.data[i] >= 'A' && word.data[i] <= 'Z' ? (char)(word.data[i] + 32) : word.data[i];
    int area = sectag_taxonomy_find(t, code, word.len);
    for (size_t a = 0; area < 0 && a < t->areas.len; a++)
        if (sectag_field_is(word, t->areas.data[a].zh)) area = (int)a;
    return area;
}

/* English names have blanks in them: a list that is one name as a whole. */
static int find_name(const sectag_taxonomy *t, sectag_field list) {
    for (size_t a = 0; a < t->areas.len; a++)
        if (sectag_field_is(list, t->areas.data[a].en)) return (int)a;
    return -1;
}

int sectag_area_list_parse(const sectag_taxonomy *t, sectag_field list, uint8_t *set, sectag_err *err) {
    sectag_field word;
    memset(set, 0, t->areas.len);
    if (sectag_field_is(list, "-")) return 0;
    int named = find_name(t, list);
    if (named >= 0) return set[named] = 1, 0;
    while (sectag_word_next(&list, &word)) {
        int area = sectag_area_list_find(t, word);
        if (area < 0)
            return sectag_err_set(err, SECTAG_EDATA, "unknown area \"%.*s\"",
                                  (int)(word.len < 60 ? word.len : 60), word.data);
        set[area] = 1;
    }
    return 0;
}
