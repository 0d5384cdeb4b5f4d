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

/* How many of the eight bytes are surely well-formed: all if they are ASCII, six if they begin with two three-byte
 * characters whose lead bytes leave their second byte free (neither E0 nor ED), else 0. */
static size_t surely_good(uint64_t eight) {
    if (!(eight & 0x8080808080808080u)) return 8;
    if ((eight & 0xC0C0F0C0C0F0u) != 0x8080E08080E0u) return 0;
    unsigned first = eight & 0x0F, second = eight >> 24 & 0x0F;
    return first && first != 0x0D && second && second != 0x0D ? 6 : 0;
}

size_t sectag_utf8_check(const char *text, size_t len) {
    size_t at = 0, bad = 0;
    while (at < len) {
        uint64_t eight;
        uint32_t cp;
        if (len - at >= 8) {
            memcpy(&eight, text + at, sizeof eight);
            size_t good = surely_good(le64toh(eight));
            at += good;
            if (good) continue;
        }
        size_t n = sectag_utf8_next(text + at, len - at, &cp, &bad);
        if (bad) return at;
        at += n;
    }
    return len;
}

int sectag_is_space(uint32_t cp) {
    if (cp < 0x80) return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1C && cp <= 0x1F);
    return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000 || cp == 0xFEFF;
}
