#include "features/shared.h"

#include <string.h>

enum { CHARACTERS_MIN = 2 };

static int is_word(const sectag_normal *n, size_t i) {
    return i < n->len && sectag_kind_is_word(n->kind[i]);
}

/* Would a run that begins (or ends) between i - 1 and i break a word? */
static int inside_word(const sectag_normal *n, size_t i) {
    return i > 0 && is_word(n, i - 1) && is_word(n, i);
}

static int is_blank(const sectag_normal *n, size_t i) {
    return n->kind[i] == SECTAG_KIND_SPACE || n->kind[i] == SECTAG_KIND_OTHER;
}

/* Is what is left of a run worth showing: two characters of Chinese, or a word with a letter in it? */
static int says_something(const sectag_normal *n, size_t first, size_t end) {
    size_t characters = 0, letters = 0;
    for (size_t i = first; i < end; i++) {
        characters += n->kind[i] == SECTAG_KIND_CJK;
        letters += n->kind[i] == SECTAG_KIND_LETTER;
    }
    return characters >= CHARACTERS_MIN || letters >= CHARACTERS_MIN;
}

/* Takes broken words and punctuation off a run's ends. */
static void trim(const sectag_normal *a, const sectag_normal *b, sectag_shared *s) {
    while (s->first < s->end &&
           (inside_word(a, s->first) || inside_word(b, s->other) || is_blank(a, s->first))) {
        s->first++;
        s->other++;
    }
    while (s->first < s->end && (inside_word(a, s->end) || inside_word(b, s->other + (s->end - s->first)) ||
                                 is_blank(a, s->end - 1)))
        s->end--;
}

/* run[j] becomes the length of the common run from a[i] and b[j] on, given those from a[i + 1]: longest[i]
 * the longest, where[i] its first place in b. */
static void extend(const sectag_normal *a, const sectag_normal *b, size_t i, uint32_t *run, uint32_t *longest,
                   uint32_t *where) {
    longest[i] = where[i] = 0;
    for (size_t j = 0; j < b->len; j++) {
        run[j] = a->cp[i] == b->cp[j] ? run[j + 1] + 1 : 0;
        if (run[j] <= longest[i]) continue;
        longest[i] = run[j];
        where[i] = (uint32_t)j;
    }
}

int sectag_shared_runs(const sectag_normal *a, const sectag_normal *b, sectag_shared_room *room,
                       sectag_shared_list *out, sectag_err *err) {
    out->len = room->len = 0;
    if (sectag_array_reserve(room, 2 * a->len + b->len + 1)) return sectag_err_nomem(err);
    uint32_t *longest = room->data, *where = longest + a->len, *run = where + a->len;
    memset(run, 0, (b->len + 1) * sizeof *run);
    for (size_t i = a->len; i-- > 0;) extend(a, b, i, run, longest, where);
    for (size_t i = 0; i < a->len;) {
        sectag_shared s = {(uint32_t)i, (uint32_t)i + longest[i], where[i]};
        trim(a, b, &s);
        if (!says_something(a, s.first, s.end)) {
            i++;
            continue;
        }
        if (sectag_array_push(out, s)) return sectag_err_nomem(err);
        i = s.end;
    }
    return 0;
}
