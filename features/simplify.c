#include "features/simplify.h"

#include "features/part.h"
#include "features/utf8.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

/* The commonest characters of traditional text that simplified text has not, in the order of their code
 * points. */
static const uint16_t traditional[] = {
    0x4F86, 0x500B, 0x5011, 0x5167, 0x52D5, 0x52D9, 0x54E1, 0x554F, 0x570B, 0x5718, 0x5831, 0x5834,
    0x5BE6, 0x5C07, 0x5C0D, 0x5C6C, 0x5EE3, 0x5F8C, 0x5F9E, 0x61C9, 0x6230, 0x6703, 0x696D, 0x6A02,
    0x6A5F, 0x6B0A, 0x6C23, 0x6C92, 0x6FDF, 0x70BA, 0x7121, 0x7522, 0x7576, 0x767C, 0x7A2E, 0x7D44,
    0x7D50, 0x7D71, 0x7D93, 0x7DDA, 0x7E3D, 0x8077, 0x8207, 0x842C, 0x898F, 0x8996, 0x8A08, 0x8A2D,
    0x8AAA, 0x8B70, 0x8B8A, 0x8CC7, 0x8ECA, 0x9019, 0x904E, 0x9054, 0x9078, 0x91AB, 0x9577, 0x9580,
    0x958B, 0x9593, 0x95DC, 0x96FB, 0x984C, 0x985E, 0x9AD4, 0x9EDE,
};

enum { HAN_FIRST = 0x4E00, HAN_LAST = 0x9FFF };

/* The same as a bit for each character of three bytes, in words of 64 that have their first two bytes in
 * common: every document's beginning is looked through. */
static uint64_t is_mark[0x10000 / 64];
static pthread_once_t marks_made = PTHREAD_ONCE_INIT;

static void make_marks(void) {
    for (size_t i = 0; i < sizeof traditional / sizeof traditional[0]; i++)
        is_mark[traditional[i] / 64] |= (uint64_t)1 << traditional[i] % 64;
}

int sectag_is_traditional(const char *text, size_t len) {
    const unsigned char *t = (const unsigned char *)text;
    size_t han = 0, marks = 0;
    (void)pthread_once(&marks_made, make_marks);
    if (len > SECTAG_SIMPLIFY_SAMPLE) len = SECTAG_SIMPLIFY_SAMPLE;
    for (size_t at = 0; at + 3 <= len;) {
        if (t[at] < 0xE0) {
            at++;
            continue;
        }
        unsigned word = (t[at] & 0x0Fu) << 6 | (t[at + 1] & 0x3Fu);
        han += word - HAN_FIRST / 64 <= HAN_LAST / 64 - HAN_FIRST / 64;
        marks += is_mark[word] >> (t[at + 2] & 0x3Fu) & 1;
        at += 3;
    }
    return marks * 50 >= han && marks > 0;
}

#ifdef SECTAG_WITH_ICU

#include <unicode/utrans.h>

enum { FIRST = 0x3400, LAST = 0x9FFF };

static uint16_t simplified[LAST - FIRST + 1]; /* filled once */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint16_t ask_icu(const UTransliterator *t, uint16_t cp) {
    UChar text[8] = {cp};
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 1, limit = 1;
    utrans_transUChars(t, text, &len, 8, 0, &limit, &status);
    return U_SUCCESS(status) && len == 1 && text[0] >= 0x800 ? text[0] : cp;
}

static void fill(void) {
    static const UChar id[] = {'H', 'a', 'n', 't', '-', 'H', 'a', 'n', 's', 0};
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    for (uint32_t cp = FIRST; cp <= LAST; cp++)
        simplified[cp - FIRST] = U_SUCCESS(status) ? ask_icu(t, (uint16_t)cp) : (uint16_t)cp;
    if (t) utrans_close(t);
}

void sectag_simplify_by_icu(const char *text, size_t len,
                            char *out); /* what the program looks for (part.h) */

void sectag_simplify_by_icu(const char *text, size_t len, char *out) {
    (void)pthread_once(&once, fill);
    memcpy(out, text, len);
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (size == 3 && cp >= FIRST && cp <= LAST) (void)sectag_utf8_put(simplified[cp - FIRST], out + at);
        at += size;
    }
}

#else

/* The module's, if it is there and was built with ICU. */
void sectag_simplify(const char *text, size_t len, char *out) {
    union {
        void *symbol;
        void (*function)(const char *text, size_t len, char *out);
    } whole = {sectag_part("sectag_simplify_by_icu")};
    if (whole.symbol)
        whole.function(text, len, out);
    else
        memcpy(out, text, len);
}

#endif
