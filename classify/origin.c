#include "classify/origin.h"

#include "features/utf8.h"

#include <string.h>

/* Past spans that were dropped. */
static size_t pass_dropped(uint64_t start, size_t at, const sectag_span *dropped, size_t n, size_t *next) {
    while (*next < n && dropped[*next].start <= start + at) {
        if (dropped[*next].end > start + at) at = (size_t)(dropped[*next].end - start);
        ++*next;
    }
    return at;
}

/* Where the character that text begins with stands in raw, from byte `at` on; raw.len: nowhere. */
static size_t find(sectag_piece raw, size_t at, const char *text, size_t size, uint64_t start,
                   const sectag_span *dropped, size_t n, size_t *next) {
    for (;;) {
        at = pass_dropped(start, at, dropped, n, next);
        if (at >= raw.len) return raw.len;
        if (raw.len - at >= size && memcmp(raw.text + at, text, size) == 0) return at;
        at += sectag_utf8_next(raw.text + at, raw.len - at, &(uint32_t){0}, NULL);
    }
}

/* Only white space and dropped spans were taken out, so each character is the next of its kind. A blank may
 * stand for other white space and is then nowhere. */
int sectag_origin_add(sectag_origin_runs *runs, sectag_piece text, sectag_piece raw, uint64_t start,
                      const sectag_span *dropped, size_t n) {
    size_t at = 0, next = 0, began = runs->len;
    uint64_t behind = UINT64_MAX; /* the document's byte behind the character met last */
    for (size_t i = 0, size; i < text.len; i += size) {
        size = sectag_utf8_next(text.text + i, text.len - i, &(uint32_t){0}, NULL);
        if (text.text[i] == ' ' && (at >= raw.len || raw.text[at] != ' ')) continue;
        at = find(raw, at, text.text + i, size, start, dropped, n, &next);
        if (at == raw.len) break;
        if (start + at != behind && sectag_array_push(runs, ((sectag_origin_run){(uint32_t)i, start + at})))
            return SECTAG_ENOMEM;
        at += size;
        behind = start + at;
    }
    return runs->len > began ? 0 : sectag_array_push(runs, ((sectag_origin_run){0, start}));
}

uint64_t sectag_origin_of(const sectag_origin_run *runs, size_t n, size_t at) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (runs[middle].text <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return n ? runs[0].document : 0;
    return runs[low - 1].document + (at - runs[low - 1].text);
}
