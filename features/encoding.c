#include "features/encoding.h"

#include "features/part.h"
#include "features/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#ifdef SECTAG_WITH_UCHARDET
#include <uchardet/uchardet.h>
#endif

#define REPLACEMENT "\xEF\xBF\xBD"

/* ---- names ---- */

typedef struct known {
    const char *name;    /* as printed */
    const char *iconv;   /* as iconv calls it */
    const char *aliases; /* other names, lower case, with a blank before and behind each */
} known;

/* The names are those of the WHATWG Encoding Standard, section 4.2, where old labels stand for supersets. */
static const known encodings[] = {
    {"UTF-8", "UTF-8", " utf8 utf-8 unicode-1-1-utf-8 ascii us-ascii "},
    {"GB18030", "GB18030", " gb18030 gbk gb2312 gb_2312-80 gb_2312 x-gbk cp936 hz-gb-2312 euc-cn chinese "},
    {"Big5", "BIG5-HKSCS", " big5 big5-hkscs big-5 cn-big5 x-x-big5 cp950 "},
    {"UTF-16LE", "UTF-16LE", " utf-16le utf-16 utf16 utf16le unicode "},
    {"UTF-16BE", "UTF-16BE", " utf-16be utf16be "},
    {"UTF-32LE", "UTF-32LE", " utf-32le utf-32 "},
    {"UTF-32BE", "UTF-32BE", " utf-32be "},
    {"Windows-1252", "CP1252", " windows-1252 cp1252 iso-8859-1 latin1 l1 x-cp1252 iso8859-1 iso-8859-15 "},
    {"Windows-1251", "CP1251", " windows-1251 cp1251 "},
    {"Shift_JIS", "CP932", " shift_jis shift-jis sjis ms932 windows-31j x-sjis "},
    {"EUC-JP", "EUC-JP", " euc-jp x-euc-jp "},
    {"EUC-KR", "CP949", " euc-kr cp949 ks_c_5601-1987 uhc "},
    {"EUC-TW", "EUC-TW", " euc-tw "},
};

static const known *find_known(const char *name) {
    char label[48] = " ";
    size_t len = strlen(name);
    if (len == 0 || len > sizeof label - 3 || strchr(name, ' ')) return NULL;
    for (size_t i = 0; i < len; i++)
        label[i + 1] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    label[len + 1] = ' ';
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
        if (strstr(encodings[i].aliases, label)) return &encodings[i];
    return NULL;
}

const char *sectag_encoding_find(const char *name) {
    const known *k = find_known(name);
    if (k) return k->name;
    if (!*name) return NULL; /* iconv would take the locale's */
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) return NULL; // NOLINT(performance-no-int-to-ptr): POSIX defines it so
    (void)iconv_close(cd);
    return name;
}

int sectag_encoding_is_utf8(const char *name) {
    return strcmp(name, "UTF-8") == 0;
}

/* ---- decoding ---- */

int sectag_decoder_init(sectag_decoder *d, const char *name, sectag_err *err) {
    const known *k = find_known(name);
    memset(d, 0, sizeof *d);
    d->unit = strncmp(name, "UTF-16", 6) == 0 ? 2 : strncmp(name, "UTF-32", 6) == 0 ? 4 : 1;
    if (sectag_encoding_is_utf8(name)) return 0;
    iconv_t cd = iconv_open("UTF-8", k ? k->iconv : name);
    if (cd == (iconv_t)-1) // NOLINT(performance-no-int-to-ptr)
        return sectag_err_set(err, SECTAG_EARG, "unknown encoding \"%.60s\"", name);
    d->iconv = cd;
    return 0;
}

void sectag_decoder_release(sectag_decoder *d) {
    if (d->iconv) (void)iconv_close(d->iconv);
    memset(d, 0, sizeof *d);
}

size_t sectag_utf8_open_end(const char *text, size_t len) {
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char byte = (unsigned char)text[len - back];
        if ((byte & 0xC0) == 0x80) continue;
        size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return need > back ? back : 0;
    }
    return 0;
}

static int replace(sectag_decoder *d, uint64_t at, sectag_buf *out) {
    if (d->replaced++ == 0) d->first_replaced = at;
    return sectag_buf_adds(out, REPLACEMENT);
}

static int feed_utf8(sectag_decoder *d, const char *bytes, size_t len, sectag_buf *out) {
    size_t sure = d->good < len ? d->good : len;
    for (size_t at = 0; at < len;) {
        size_t good = sure + sectag_utf8_check(bytes + at + sure, len - at - sure);
        sure = d->good = 0;
        if (sectag_buf_add(out, bytes + at, good)) return SECTAG_ENOMEM;
        at += good;
        if (at < len && replace(d, d->at + at++, out)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Where iconv stops: room for more, or bytes that are no character. */
static int feed_iconv(sectag_decoder *d, char *bytes, size_t len, int last, sectag_buf *out, size_t *used) {
    size_t left = len;
    *used = 0;
    while (left) {
        if (sectag_buf_reserve(out, left + 16)) return SECTAG_ENOMEM;
        char *put = out->data + out->len;
        size_t room = left + 16;
        size_t rc = iconv(d->iconv, &bytes, &left, &put, &room);
        int why = rc == (size_t)-1 ? errno : 0;
        out->len = (size_t)(put - out->data);
        out->data[out->len] = '\0';
        *used = len - left;
        if (why == 0 || why == E2BIG) continue;
        if (why == EINVAL && !last) return 0;
        if (replace(d, d->at + *used, out)) return SECTAG_ENOMEM;
        size_t step = why == EINVAL || d->unit > left ? left : d->unit;
        bytes += step;
        left -= step;
        *used = len - left;
    }
    return 0;
}

int sectag_decoder_feed(sectag_decoder *d, const char *bytes, size_t len, int last, sectag_buf *out,
                        size_t *used, sectag_err *err) {
    union {
        const char *readable;
        char *any; /* iconv's prototype lacks the const */
    } in = {bytes};
    int rc;
    if (d->iconv) {
        rc = feed_iconv(d, in.any, len, last, out, used);
    } else {
        *used = last ? len : len - sectag_utf8_open_end(bytes, len);
        rc = feed_utf8(d, bytes, *used, out);
    }
    d->at += *used;
    return rc ? sectag_err_nomem(err) : 0;
}

/* ---- guessing ---- */

typedef struct mark {
    const char *bytes;
    size_t len;
    const char *name;
} mark;

static const mark marks[] = {
    {"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE\0\0", 4, "UTF-32LE"}, {"\0\0\xFE\xFF", 4, "UTF-32BE"},
    {"\xFF\xFE", 2, "UTF-16LE"},  {"\xFE\xFF", 2, "UTF-16BE"},     {"\x84\x31\x95\x33", 4, "GB18030"},
};

static const mark *find_mark(const char *bytes, size_t len) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (len >= marks[i].len && memcmp(bytes, marks[i].bytes, marks[i].len) == 0) return &marks[i];
    return NULL;
}

/* A 16-bit unit that Chinese or English text is made of. */
static int is_plausible(unsigned unit) {
    return (unit >= 0x20 && unit < 0x7F) || (unit >= 0x4E00 && unit <= 0x9FFF) || unit == '\n' ||
           unit == '\r' || unit == '\t' || (unit >= 0x3000 && unit <= 0x3020) ||
           (unit >= 0xFF01 && unit <= 0xFF5E) || (unit >= 0x2010 && unit <= 0x2026);
}

/* Is it UTF-16 without a mark? `high`: which byte of a unit comes first. Any such text holds bytes below 9
 * (in line ends, digits, 。), which text in other encodings does not; and nearly all its units are plausible.
 */
static int is_utf16(const char *bytes, size_t len, int high) {
    size_t units = len / 2 < 4096 ? len / 2 : 4096, odd = 0, low = 0;
    for (size_t i = 0; i < units && odd * 100 <= units * 8; i++) {
        unsigned a = (unsigned char)bytes[2 * i], b = (unsigned char)bytes[2 * i + 1];
        unsigned unit = high ? a << 8 | b : b << 8 | a;
        odd += !is_plausible(unit);
        low += (size_t)(a < 9) + (size_t)(b < 9);
        if (unit == 0) return 0;
    }
    return units > 1 && low > 0 && odd * 100 <= units * 8;
}

/* What the bytes are like, read as UTF-8. Two bytes that form a character happen in other encodings as well,
 * three hardly ever. */
typedef struct census {
    size_t bad, three;
} census;

static census take_census(const char *bytes, size_t len) {
    census c = {0};
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(bytes + at, len - at, &cp, &c.bad);
        c.three += size >= 3;
        at += size;
    }
    return c;
}

/* Does the sample decode, but for one byte in a hundred? */
static int decodes(const char *name, const char *bytes, size_t len) {
    sectag_decoder d;
    sectag_buf text = {0};
    size_t used;
    if (sectag_decoder_init(&d, name, NULL)) return 0;
    int rc = sectag_decoder_feed(&d, bytes, len, 0, &text, &used, NULL);
    int fits = !rc && d.replaced * 100 <= len;
    sectag_decoder_release(&d);
    sectag_buf_release(&text);
    return fits;
}

/* Are most characters beyond ASCII those of GB 2312's first level, the 3755 common ones, and its punctuation?
 */
static int is_common_gb(const char *bytes, size_t len) {
    size_t pairs = 0, usual = 0;
    for (size_t i = 0; i + 1 < len; i++) {
        unsigned lead = (unsigned char)bytes[i], trail = (unsigned char)bytes[i + 1];
        if (lead < 0x80) continue;
        pairs++;
        usual += ((lead >= 0xB0 && lead <= 0xD7) || lead == 0xA1 || lead == 0xA3) && trail >= 0xA1;
        i++;
    }
    return pairs > 0 && usual * 10 >= pairs * 7;
}

#ifdef SECTAG_WITH_UCHARDET
const char *sectag_encoding_by_uchardet(const char *bytes,
                                        size_t len); /* what the program looks for (part.h) */

const char *sectag_encoding_by_uchardet(const char *bytes, size_t len) {
    const known *k = NULL;
    uchardet_t u = uchardet_new();
    if (!u) return NULL;
    if (uchardet_handle_data(u, bytes, len) == 0) {
        uchardet_data_end(u);
        k = find_known(uchardet_get_charset(u));
    }
    uchardet_delete(u);
    return k ? k->name : NULL;
}
#endif

static const char *ask_uchardet(const char *bytes, size_t len) {
    union {
        void *symbol;
        const char *(*function)(const char *bytes, size_t len);
    } whole = {sectag_part("sectag_encoding_by_uchardet")};
    return whole.symbol ? whole.function(bytes, len) : NULL;
}

static int is_chinese(const char *name) {
    return strcmp(name, "GB18030") == 0 || strcmp(name, "Big5") == 0;
}

/* The encoding of a sample that is not UTF-8. */
static const char *guess_legacy(const char *bytes, size_t len, const char *declared) {
    const char *named = declared ? sectag_encoding_find(declared) : NULL;
    if (named && !sectag_encoding_is_utf8(named) && decodes(named, bytes, len)) return named;
    const char *asked = ask_uchardet(bytes, len);
    if (asked && is_chinese(asked) && decodes(asked, bytes, len)) return asked;
    if (is_common_gb(bytes, len) && decodes("GB18030", bytes, len)) return "GB18030";
    if (asked && !sectag_encoding_is_utf8(asked) && decodes(asked, bytes, len)) return asked;
    return "Windows-1252";
}

static size_t first_beyond_ascii(const char *bytes, size_t len) {
    size_t at = 0;
    while (at < len && !(bytes[at] & 0x80)) at++;
    return at;
}

sectag_encoding sectag_encoding_guess(const char *bytes, size_t len, const char *declared) {
    const mark *m = find_mark(bytes, len);
    if (m) return (sectag_encoding){m->name, m->len, 0};
    if (is_utf16(bytes, len, 0)) return (sectag_encoding){"UTF-16LE", 0, 0};
    if (is_utf16(bytes, len, 1)) return (sectag_encoding){"UTF-16BE", 0, 0};
    size_t from = first_beyond_ascii(bytes, len), size = len - from;
    if (size > SECTAG_ENCODING_SAMPLE) size = SECTAG_ENCODING_SAMPLE;
    if (size == 0) return (sectag_encoding){"UTF-8", 0, len};
    size_t whole = size - sectag_utf8_open_end(bytes + from, size);
    if (sectag_utf8_check(bytes + from, whole) == whole) return (sectag_encoding){"UTF-8", 0, from + whole};
    census c = take_census(bytes + from, whole);
    if (c.bad <= c.three) return (sectag_encoding){"UTF-8", 0, 0}; /* perhaps damaged */
    return (sectag_encoding){guess_legacy(bytes + from, size, declared), 0, 0};
}
