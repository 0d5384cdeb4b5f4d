#include "features/utf8.h"

#include <endian.h>
#include <string.h>

/* Table 3-7 of the Unicode Standard (well-formed UTF-8 byte sequences): the second byte's range
 * depends on the first, all further bytes are 80..BF. */
size_t sectag_utf8_next_multi(const unsigned char *s, size_t len, uint32_t *cp, size_t *bad) {
    unsigned char lead = s[0], low = 0x80, high = 0xBF;
    size_t need = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (need == 0 || need > len || s[1] < low || s[1] > high) goto ill_formed;
    uint32_t value = lead & (0xFFu >> (need + 1));
    value = value << 6 | (s[1] & 0x3Fu);
    for (size_t i = 2; i < need; i++) {
        if ((s[i] & 0xC0) != 0x80) goto ill_formed;
        value = value << 6 | (s[i] & 0x3Fu);
    }
    *cp = value;
    return need;
ill_formed:
    *cp = SECTAG_REPLACEMENT;
    if (bad) ++*bad;
    return 1;
}

size_t sectag_utf8_put(uint32_t cp, char *out) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, cp >>= 6) out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)((0xF00u >> n & 0xF0u) | cp);
    return n;
}

/* Are the bytes of a word three-byte characters throughout, whose lead bytes are those that `leads` has 0xF0
 * for? The lead bytes E0 and ED, behind which not every second byte may stand, are taken for no. */
static inline uint64_t is_not_three(uint64_t eight, uint64_t leads) {
    const uint64_t each = 0x0101010101010101u;
    uint64_t one = leads >> 4 & each; /* 1 for each lead byte */
    uint64_t form = (eight ^ (each * 0x80 | one * 0xE0)) & (each * 0xC0 | leads);
    uint64_t low = eight & one * 0x0F, high = one * 0x0F; /* x + 0x0F reaches 0x10 unless x is 0 */
    return form | (~((low + high) & ((low ^ one * 0x0D) + high)) & one << 4);
}

/* The byte of the word at which something is wrong. */
static inline size_t first_wrong(uint64_t wrong) {
    return (size_t)__builtin_ctzll(wrong) / 8;
}

/* Bytes at the beginning of text that are three-byte characters and surely well-formed: what Chinese text is
 * mostly made of. Not all of them near the end. */
static size_t three_byte_run(const char *text, size_t len) {
    size_t at = 0;
    for (; len - at >= 24; at += 24) {
        uint64_t w[3], wrong;
        memcpy(w, text + at, sizeof w);
        if ((wrong = is_not_three(le64toh(w[0]), 0x00F00000F00000F0u)))
            return at + first_wrong(wrong) / 3 * 3;
        if ((wrong = is_not_three(le64toh(w[1]), 0xF00000F00000F000u)))
            return at + (first_wrong(wrong) + 8) / 3 * 3;
        if ((wrong = is_not_three(le64toh(w[2]), 0x0000F00000F00000u)))
            return at + (first_wrong(wrong) + 16) / 3 * 3;
    }
    for (; len - at >= 4; at += 3) {
        uint32_t four;
        memcpy(&four, text + at, sizeof four);
        four = le32toh(four);
        /* with E0 or ED first, not all that looks well-formed is */
        if ((four & 0xC0C0F0) != 0x8080E0 || (four & 0xF) == 0 || (four & 0xF) == 0xD) break;
    }
    return at;
}

static size_t ascii_run(const char *text, size_t len) {
    size_t at = 0;
    uint64_t eight;
    for (; len - at >= 8; at += 8) {
        memcpy(&eight, text + at, sizeof eight);
        if (eight & 0x8080808080808080u) break;
    }
    while (at < len && !(text[at] & 0x80)) at++;
    return at;
}

size_t sectag_utf8_check(const char *text, size_t len) {
    size_t at = 0, bad = 0;
    while (at < len) {
        uint32_t cp;
        size_t run = text[at] & 0x80 ? three_byte_run(text + at, len - at) : ascii_run(text + at, len - at);
        if (run == 0) run = sectag_utf8_next(text + at, len - at, &cp, &bad);
        if (bad) return at;
        at += run;
    }
    return len;
}

int sectag_is_space(uint32_t cp) {
    if (cp < 0x80) return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1C && cp <= 0x1F);
    return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000 || cp == 0xFEFF;
}
