#include "features/marker.h"

#include "features/utf8.h"

#include <string.h>

/* Reading position. Reading past the end gives code point 0 and does not move. */
typedef struct scan {
    const char *text;
    size_t len, at;
} scan;

static uint32_t peek(const scan *s, size_t *size) {
    uint32_t cp = 0;
    *size = s->at < s->len ? sectag_utf8_next(s->text + s->at, s->len - s->at, &cp, NULL) : 0;
    return cp;
}

static uint32_t here(const scan *s) {
    size_t size;
    return peek(s, &size);
}

/* Steps over cp if it is next. */
static int take(scan *s, uint32_t cp) {
    size_t size;
    if (s->at >= s->len || peek(s, &size) != cp) return 0;
    s->at += size;
    return 1;
}

/* Steps over a literal if it is next. */
static int take_text(scan *s, const char *literal) {
    size_t n = strlen(literal);
    if (s->len - s->at < n || memcmp(s->text + s->at, literal, n) != 0) return 0;
    s->at += n;
    return 1;
}

static void skip_space(scan *s) {
    size_t size;
    while (s->at < s->len && sectag_is_space(peek(s, &size))) s->at += size;
}

static int at_space_or_end(const scan *s) {
    return s->at >= s->len || sectag_is_space(here(s));
}

static int is_digit(uint32_t cp) {
    return cp >= '0' && cp <= '9';
}

static int is_upper(uint32_t cp) {
    return cp >= 'A' && cp <= 'Z';
}

static int is_lower(uint32_t cp) {
    return cp >= 'a' && cp <= 'z';
}

/* At most max digits; 0 when there are none or more than max. */
static size_t take_digits(scan *s, size_t max, uint32_t *value) {
    size_t from = s->at, n = 0;
    *value = 0;
    while (s->at < s->len && is_digit((unsigned char)s->text[s->at])) {
        *value = *value * 10 + (uint32_t)(s->text[s->at] - '0');
        s->at++;
        if (++n > max) break;
    }
    if (n <= max) return n;
    s->at = from;
    return 0;
}

/* Value of a Chinese numeral's digit; 10 and 100 for the multipliers, -1 for anything else. */
static int cn_digit(uint32_t cp) {
    static const uint32_t digits[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                      0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    for (int i = 0; i < 10; i++)
        if (cp == digits[i]) return i;
    if (cp == 0x3007) return 0;
    return cp == 0x5341 ? 10 : cp == 0x767E ? 100 : -1;
}

/* 十一, 二十, 一百零三, and digit strings such as 二一. Up to six characters. */
static size_t take_cn_number(scan *s, uint32_t *value) {
    uint32_t total = 0, digit = 0;
    size_t n = 0, size;
    for (; n < 6; n++) {
        int d = cn_digit(peek(s, &size));
        if (d < 0) break;
        if (d >= 10) {
            total += (digit ? digit : 1) * (uint32_t)d;
            digit = 0;
        } else {
            digit = digit * 10 + (uint32_t)d;
        }
        s->at += size;
    }
    *value = total + digit;
    return n;
}

static int roman_digit(uint32_t cp) {
    static const char letters[] = "IVXLC";
    static const int values[] = {1, 5, 10, 50, 100};
    const char *found = cp && cp < 0x80 ? strchr(letters, (int)(is_lower(cp) ? cp - 32 : cp)) : NULL;
    return found ? values[found - letters] : 0;
}

/* A Roman numeral in one case, up to seven letters. */
static size_t take_roman(scan *s, uint32_t *value) {
    size_t n = 0;
    int last = 0, total = 0, lower = is_lower(here(s));
    while (n < 7) {
        uint32_t cp = here(s);
        int d = roman_digit(cp);
        if (!d || is_lower(cp) != lower) break;
        total += d > last ? d - 2 * last : d;
        last = d;
        s->at++;
        n++;
    }
    *value = total > 0 ? (uint32_t)total : 0;
    return n;
}

static sectag_marker mark(const scan *s, sectag_marker_kind kind, uint32_t value) {
    return (sectag_marker){.kind = (uint8_t)kind, .depth = 1, .value = value, .len = s->at};
}

static const sectag_marker none = {0};

/* 第…章 and its kin. */
static sectag_marker ordinal(scan s) {
    static const struct {
        const char *unit;
        sectag_marker_kind kind;
    } units[] = {
        {"编", SECTAG_MARKER_PART},    {"篇", SECTAG_MARKER_PART},    {"部分", SECTAG_MARKER_PART},
        {"章", SECTAG_MARKER_CHAPTER}, {"节", SECTAG_MARKER_SECTION}, {"条", SECTAG_MARKER_ARTICLE},
    };
    uint32_t value;
    skip_space(&s);
    if (!take_digits(&s, 3, &value) && !take_cn_number(&s, &value)) return none;
    skip_space(&s);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (take_text(&s, units[i].unit)) return mark(&s, units[i].kind, value);
    return none;
}

/* 专栏 4, 附件1, 附录 6.1, 附件： and the same without a number when nothing but the title follows. */
static sectag_marker cn_label(scan s, sectag_marker_kind kind) {
    uint32_t value = 0;
    size_t end = s.at;
    int spaced = at_space_or_end(&s);
    skip_space(&s);
    if (take_digits(&s, 3, &value) || take_cn_number(&s, &value)) {
        while (take(&s, '.') && take_digits(&s, 3, &value)) {
        }
        return mark(&s, kind, value);
    }
    if (!spaced && !take(&s, 0xFF1A) && !take(&s, ':')) return none;
    s.at = spaced ? end : s.at;
    return mark(&s, kind, 0);
}

/* （一） （1） (a) (iv); the opening bracket is read. */
static sectag_marker bracketed(scan s) {
    uint32_t value;
    sectag_marker_kind kind = SECTAG_MARKER_PAREN;
    if (take_cn_number(&s, &value)) {
        kind = SECTAG_MARKER_CN_PAREN;
    } else if (!take_digits(&s, 2, &value)) {
        if (!take_roman(&s, &value) && is_lower(here(&s))) {
            value = here(&s) - 'a' + 1;
            s.at++;
        }
        if (!value) return none;
    }
    if (!take(&s, 0xFF09) && !take(&s, ')')) return none;
    return mark(&s, kind, value);
}

/* Characters that make the number before them a quantity (18亿, 3个, 2015年), not a heading number. */
static int is_measure(uint32_t cp) {
    static const uint32_t measures[] = {
        0x4EBF, 0x4E07, 0x5343, 0x767E, 0x4E2A, 0x5E74, 0x6708, 0x65E5, 0x5143, 0x5428, 0x5BB6, 0x79CD,
        0x9879, 0x500D, 0x7C73, 0x4EFD, 0x6B21, 0x4F4D, 0x53F7, 0x4EE5, 0x81F3, 0x5C81, 0x5929, 0x6761,
        0x540D, 0x7C7B, 0x6279, 0x4EBA, 0x53F0, 0x5957, 0x5927, 0x5C0F, 0x5206, 0x6240, 0x4E2D, 0x9897};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (cp == measures[i]) return 1;
    return 0;
}

/* What may follow a heading number directly or after white space: the first character of a title. */
static int starts_title(scan s, int spaced) {
    if (spaced) skip_space(&s);
    uint32_t cp = here(&s);
    return is_upper(cp) || cp == 0x201C || cp == 0x300A || cp == 0xFF08 ||
           (sectag_is_cjk(cp) && !is_measure(cp));
}

/* The dots of 4.1.3 from the second number on; s stands behind the first dot. */
static sectag_marker dotted(scan s, uint32_t value) {
    uint8_t depth = 1;
    do {
        if (s.at < s.len && s.text[s.at] == '0') return none; /* 1.05 is a quantity */
        if (!take_digits(&s, 3, &value)) return depth > 1 ? mark(&s, SECTAG_MARKER_DOTTED, value) : none;
        depth++;
    } while (depth < 8 && (take(&s, '.') || take(&s, 0xFF0E)));
    size_t len = s.at;
    if (s.at < s.len && (depth < 3 || !at_space_or_end(&s)) && !starts_title(s, 1)) return none;
    sectag_marker m = {SECTAG_MARKER_DOTTED, depth, value, len};
    return m;
}

static sectag_marker numbered(scan s) {
    uint32_t value;
    int zero = s.text[s.at] == '0';
    size_t digits = take_digits(&s, 3, &value);
    if (!digits) return none;
    if (zero) return digits == 2 && sectag_is_cjk(here(&s)) ? mark(&s, SECTAG_MARKER_ZERO, value) : none;
    if (take(&s, 0x3001)) return mark(&s, SECTAG_MARKER_COMMA, value);
    if (take(&s, 0xFF09) || take(&s, ')')) return mark(&s, SECTAG_MARKER_CLOSE, value);
    if (take(&s, '.') || take(&s, 0xFF0E)) {
        if (is_digit(here(&s))) return dotted(s, value);
        return at_space_or_end(&s) || starts_title(s, 0) || sectag_is_cjk(here(&s))
                   ? mark(&s, SECTAG_MARKER_DOT, value)
                   : none;
    }
    return s.at < s.len && at_space_or_end(&s) && starts_title(s, 1) ? mark(&s, SECTAG_MARKER_DOTTED, value)
                                                                     : none;
}

/* The number of Part I, Item 1A, Section 2.3, Appendix B. */
static int take_label_number(scan *s, uint32_t *value) {
    if (take_digits(s, 3, value)) {
        if (is_upper(here(s))) s->at++;
        while (s->at + 1 < s->len && s->text[s->at] == '.' && is_digit((unsigned char)s->text[s->at + 1])) {
            s->at++;
            if (!take_digits(s, 3, value)) return 0;
        }
        return 1;
    }
    if (!is_upper(here(s))) return 0;
    if (take_roman(s, value)) return 1;
    *value = here(s) - 'A' + 1;
    s->at++;
    return 1;
}

static sectag_marker english_label(scan s) {
    static const struct {
        const char *word, *caps;
        sectag_marker_kind kind;
    } labels[] = {
        {"Part", "PART", SECTAG_MARKER_PART},          {"Chapter", "CHAPTER", SECTAG_MARKER_CHAPTER},
        {"Section", "SECTION", SECTAG_MARKER_SECTION}, {"Item", "ITEM", SECTAG_MARKER_ITEM},
        {"Article", "ARTICLE", SECTAG_MARKER_ARTICLE}, {"Appendix", "APPENDIX", SECTAG_MARKER_ANNEX},
        {"Annex", "ANNEX", SECTAG_MARKER_ANNEX},       {"Schedule", "SCHEDULE", SECTAG_MARKER_ANNEX},
        {"Exhibit", "EXHIBIT", SECTAG_MARKER_ANNEX},
    };
    uint32_t value;
    if (!strchr("PCSIAE", s.text[s.at])) return none;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        scan t = s;
        if (!take_text(&t, labels[i].word) && !take_text(&t, labels[i].caps)) continue;
        if (!at_space_or_end(&t)) return none;
        skip_space(&t);
        if (!take_label_number(&t, &value)) return none;
        if (!take(&t, '.') && !take(&t, ':') && !at_space_or_end(&t)) return none;
        return mark(&t, labels[i].kind, value);
    }
    return none;
}

/* IV. and A. before a space and a capital. "I. M. Pei" and "A. Smith" read so too: they seldom start a line.
 */
static sectag_marker english_letter(scan s) {
    scan letter = s;
    uint32_t value;
    sectag_marker_kind kind = SECTAG_MARKER_ROMAN;
    if (!take_roman(&s, &value) || here(&s) != '.') {
        s = letter;
        value = here(&s) - 'A' + 1;
        s.at++;
        kind = SECTAG_MARKER_LETTER;
    }
    if (!take(&s, '.') || s.at >= s.len || !at_space_or_end(&s) || !starts_title(s, 1)) return none;
    return mark(&s, kind, value);
}

static sectag_marker bullet(scan s, uint32_t cp) {
    static const uint32_t bullets[] = {0x2022, 0xB7,   0x25CF, 0x25A0, 0x25C6, 0x25AA, 0x25CB, 0x25A1,
                                       0x25C7, 0x27A2, 0x25B6, 0x25BA, 0x2713, 0x2714, 0x2605, 0x25B2,
                                       0x2023, 0x25E6, 0x2043, 0x30FB, 0xF0B7, 0xF06C, 0xF0D8, 0xF0A7};
    if (cp == '-' || cp == '*' || cp == 'o' || cp == 0x2013)
        return s.at < s.len && at_space_or_end(&s) ? mark(&s, SECTAG_MARKER_BULLET, 0) : none;
    if (cp == 0x2014) return take(&s, 0x2014) ? mark(&s, SECTAG_MARKER_DASH, 0) : none;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (cp == bullets[i]) return mark(&s, SECTAG_MARKER_BULLET, 0);
    return none;
}

/* 一、 */
static sectag_marker cn_numbered(scan s) {
    uint32_t value;
    if (!take_cn_number(&s, &value)) return none;
    if (!take(&s, 0x3001) && !take(&s, '.') && !take(&s, 0xFF0E)) return none;
    return mark(&s, SECTAG_MARKER_CN, value);
}

sectag_marker sectag_marker_parse(const char *text, size_t len) {
    scan s = {text, len, 0};
    size_t size;
    uint32_t cp = peek(&s, &size);
    if (size == 0) return none;
    if (is_digit(cp)) return numbered(s);
    if (is_upper(cp)) {
        sectag_marker label = english_label(s);
        return label.kind ? label : english_letter(s);
    }
    if (cn_digit(cp) >= 0) return cn_numbered(s);
    if (take_text(&s, "专栏")) return cn_label(s, SECTAG_MARKER_BOX);
    if (take_text(&s, "附件") || take_text(&s, "附表") || take_text(&s, "附录"))
        return cn_label(s, SECTAG_MARKER_ANNEX);
    s.at += size;
    if (cp == 0x7B2C) return ordinal(s);
    if (cp == 0xFF08 || cp == '(') return bracketed(s);
    if (cp >= 0x2460 && cp <= 0x2473) return mark(&s, SECTAG_MARKER_CIRCLE, cp - 0x2460 + 1);
    return bullet(s, cp);
}

static int is_page_dash(uint32_t cp) {
    return cp == '-' || cp == '~' || cp == 0xB7 || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 ||
           cp == 0xFF0D;
}

/* 第 3 页, 第3页 共10页, 第3页/共10页 */
static sectag_page_mark cn_page(scan s) {
    uint32_t number;
    skip_space(&s);
    if (!take_digits(&s, 5, &number) && !take_cn_number(&s, &number)) return SECTAG_PAGE_NONE;
    skip_space(&s);
    if (!take_text(&s, "页")) return SECTAG_PAGE_NONE;
    skip_space(&s);
    if (!take(&s, '/') && !take(&s, 0xFF0C)) take(&s, 0xFF0F);
    skip_space(&s);
    if (take_text(&s, "共")) {
        skip_space(&s);
        if (!take_digits(&s, 5, &number) && !take_cn_number(&s, &number)) return SECTAG_PAGE_NONE;
        skip_space(&s);
        if (!take_text(&s, "页")) return SECTAG_PAGE_NONE;
    }
    return s.at == s.len ? SECTAG_PAGE_SURE : SECTAG_PAGE_NONE;
}

/* Page 3, Page 3 of 10 */
static sectag_page_mark english_page(scan s) {
    uint32_t number;
    skip_space(&s);
    if (!take_digits(&s, 5, &number)) return SECTAG_PAGE_NONE;
    skip_space(&s);
    if (take_text(&s, "of") || take(&s, '/')) {
        skip_space(&s);
        if (!take_digits(&s, 5, &number)) return SECTAG_PAGE_NONE;
    }
    return s.at == s.len ? SECTAG_PAGE_SURE : SECTAG_PAGE_NONE;
}

/* 1-1-37: part, volume and page of a prospectus. */
static int is_volume_page(scan s) {
    uint32_t number;
    for (int i = 0; i < 2; i++)
        if (!take_digits(&s, 2, &number) || !take(&s, '-')) return 0;
    return take_digits(&s, 4, &number) && s.at == s.len;
}

/* 12, 3/10, 1-1-37, - 12 -, iv */
static sectag_page_mark plain_page(scan s) {
    uint32_t number;
    size_t size;
    int dashes = 0;
    for (; is_page_dash(peek(&s, &size)); dashes++) s.at += size;
    skip_space(&s);
    if (!dashes && is_volume_page(s)) return SECTAG_PAGE_NUMBER;
    if (!take_digits(&s, 4, &number)) {
        int roman = !dashes && take_roman(&s, &number) && s.at == s.len;
        return roman ? SECTAG_PAGE_ROMAN : SECTAG_PAGE_NONE;
    }
    skip_space(&s);
    if (!dashes && (take(&s, '/') || take(&s, 0xFF0F))) {
        skip_space(&s);
        if (!take_digits(&s, 4, &number)) return SECTAG_PAGE_NONE;
    }
    int closing = 0;
    for (; dashes && is_page_dash(peek(&s, &size)); closing++) s.at += size;
    if (s.at != s.len || (dashes && !closing)) return SECTAG_PAGE_NONE;
    if (dashes) return SECTAG_PAGE_SURE;
    return number < 1000 ? SECTAG_PAGE_NUMBER : SECTAG_PAGE_NONE; /* 2021 is a year */
}

sectag_page_mark sectag_page_mark_parse(const char *text, size_t len) {
    scan s = {text, len, 0};
    if (len == 0 || len > 48) return SECTAG_PAGE_NONE;
    if (take_text(&s, "第")) return cn_page(s);
    if (take_text(&s, "Page") || take_text(&s, "PAGE") || take_text(&s, "page")) return english_page(s);
    return plain_page(s);
}
