/* reader_text.c: plain text, in blocks of a megabyte, so that memory does not grow with the document. */
#include "features/reader.h"

#include "features/array.h"
#include "features/utf8.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };

typedef struct text_state {
    sectag_decoder decoder;
    sectag_buf raw, text; /* bytes not decoded yet; the block that was given out */
    int raw_lines;        /* bytes are given out as they are */
    int at_end;
    int settled;    /* the encoding is known; else, all was ASCII so far: */
    size_t scanned; /* bytes of raw */
    uint64_t given; /* bytes given out before raw */
} text_state;

/* Reads a block, or what there is of it. */
static int read_more(sectag_reader *r, text_state *s, sectag_err *err) {
    size_t want = s->raw.len + BLOCK;
    while (s->raw.len < want && !s->at_end) {
        size_t before = s->raw.len;
        int more = sectag_reader_read(r, &s->raw, want - before, err);
        if (more < 0) return more;
        s->at_end = !more;
        r->bytes += s->raw.len - before;
        if (r->live && !sectag_reader_has_input(r)) break;
    }
    return 0;
}

/* ---- the encoding ---- */

static int has_high_byte(const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (bytes[i] & 0x80) return 1;
    return 0;
}

/* Where the first block of a file is all ASCII, a later one may say more. */
static sectag_encoding guess_further(sectag_reader *r, text_state *s) {
    sectag_encoding e = sectag_encoding_guess(s->raw.data, s->raw.len, NULL);
    ssize_t got = r->is_file && !has_high_byte(s->raw.data, s->raw.len) ? 1 : 0;
    for (off_t at = (off_t)s->raw.len; got > 0; at += got) {
        sectag_buf_clear(&s->text);
        if (sectag_buf_reserve(&s->text, BLOCK)) break;
        got = pread(r->fd, s->text.data, BLOCK, at);
        if (got <= 0 || !has_high_byte(s->text.data, (size_t)got)) continue;
        e.name = sectag_encoding_guess(s->text.data, (size_t)got, NULL).name;
        break;
    }
    return e;
}

/* Lines are repaired one by one, so a few stray bytes do not make them Windows-1252. */
static const char *name_for_rows(const char *name) {
    static const char *const sure[] = {"GB18030", "Big5", "UTF-16LE", "UTF-16BE"};
    for (size_t i = 0; i < sizeof sure / sizeof sure[0]; i++)
        if (strcmp(name, sure[i]) == 0) return name;
    return "UTF-8";
}

static int set_encoding(sectag_reader *r, text_state *s, sectag_encoding e, sectag_err *err) {
    s->settled = 1;
    if (r->o.encoding) {
        e.name = sectag_encoding_find(r->o.encoding);
        if (!e.name) return sectag_err_set(err, SECTAG_EARG, "unknown encoding \"%.60s\"", r->o.encoding);
    } else if (r->o.rows) {
        e.name = name_for_rows(e.name);
    }
    r->encoding = e.name;
    int utf8 = sectag_encoding_is_utf8(e.name);
    s->raw_lines = r->o.rows && utf8;
    r->skipped = utf8 ? e.bom : 0;
    memmove(s->raw.data, s->raw.data + e.bom, s->raw.len - e.bom);
    s->raw.len -= e.bom;
    int rc = sectag_decoder_init(&s->decoder, e.name, err);
    s->decoder.at = s->given + e.bom;
    s->decoder.good = e.good;
    return rc;
}

static int refuse_binary(const sectag_reader *r, const text_state *s, sectag_err *err) {
    if (s->raw_lines || s->decoder.unit > 1) return 0;
    const char *nul = s->raw.len ? memchr(s->raw.data, '\0', s->raw.len) : NULL;
    if (!nul) return 0;
    return sectag_reader_fail(r, SECTAG_EDATA, err, "NUL at byte %llu: this is a binary file, not text",
                              (unsigned long long)s->decoder.at + (unsigned long long)(nul - s->raw.data));
}

/* ---- the reader ---- */

static int open_text(sectag_reader *r, sectag_err *err) {
    text_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    if (sectag_buf_add(&s->raw, r->head.data, r->head.len)) return sectag_err_nomem(err);
    r->bytes = r->head.len;
    s->at_end = 0;
    if (r->live && !r->o.encoding) {
        r->encoding = "UTF-8";
        s->raw_lines = 1;
        return 0;
    }
    int rc = s->raw.len < BLOCK && !r->live ? read_more(r, s, err) : 0;
    if (!rc) rc = set_encoding(r, s, guess_further(r, s), err);
    return rc ? rc : refuse_binary(r, s, err);
}

/* Decodes what was read; keeps a character that is cut off. */
static int decode(sectag_reader *r, text_state *s, sectag_err *err) {
    size_t used = 0;
    int rc = sectag_decoder_feed(&s->decoder, s->raw.data, s->raw.len, s->at_end, &s->text, &used, err);
    memmove(s->raw.data, s->raw.data + used, s->raw.len - used);
    s->raw.len -= used;
    r->replaced = s->decoder.replaced;
    r->first_replaced = s->decoder.first_replaced;
    return rc;
}

/* ---- lines from a pipe ---- */

/* Does the line hold a character of three bytes, and nothing ill-formed? Then all is UTF-8. */
static int is_surely_utf8(const char *line, size_t len) {
    if (sectag_utf8_check(line, len) < len) return 0;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] >= 0xE0) return 1;
    return 0;
}

/* The encoding, once the line at raw[0], which is not all ASCII, is there to tell it, or else a long enough
 * sample. */
static int settle(sectag_reader *r, text_state *s, sectag_err *err) {
    static const char mark[] = "\xEF\xBB\xBF";
    const char *raw = s->raw.data, *end = memchr(raw, '\n', s->raw.len);
    size_t bom = s->given == 0 && sectag_begins(raw, s->raw.len, mark) ? sizeof mark - 1 : 0;
    if (end && is_surely_utf8(raw, (size_t)(end - raw)))
        return set_encoding(r, s, (sectag_encoding){"UTF-8", bom, 0}, err);
    if (s->raw.len - s->scanned < SECTAG_ENCODING_SAMPLE && !s->at_end) return 0;
    sectag_encoding e = sectag_encoding_guess(raw, s->raw.len, NULL);
    if (s->given) e.bom = 0;
    return set_encoding(r, s, e, err);
}

/* Bytes of raw that can be given out: lines of ASCII in any case, all others when their encoding is known. */
static size_t known_lines(sectag_reader *r, text_state *s, int *rc, sectag_err *err) {
    while (!s->settled && s->scanned < s->raw.len && !(s->raw.data[s->scanned] & 0x80)) s->scanned++;
    if (!s->settled) {
        size_t lines = s->scanned;
        while (lines && s->raw.data[lines - 1] != '\n' && (lines < s->raw.len || !s->at_end)) lines--;
        if (lines || s->scanned == s->raw.len) return lines;
        *rc = settle(r, s, err);
    }
    return s->settled ? s->raw.len : 0;
}

static int next_live(sectag_reader *r, text_state *s, sectag_block *b, sectag_err *err) {
    int rc = 0;
    sectag_buf_clear(&s->text);
    while (!rc && s->text.len == 0) {
        if (s->raw.len == 0 && s->at_end) return 0;
        size_t n = known_lines(r, s, &rc, err);
        if (rc) return rc;
        if (n && s->raw_lines) {
            if (sectag_buf_add(&s->text, s->raw.data, n)) return sectag_err_nomem(err);
            memmove(s->raw.data, s->raw.data + n, s->raw.len - n);
            s->raw.len -= n;
            s->given += n;
            s->scanned = s->scanned > n ? s->scanned - n : 0;
        } else if (n) {
            rc = decode(r, s, err);
        }
        if (!rc && s->text.len == 0 && !s->at_end) rc = read_more(r, s, err);
    }
    *b = (sectag_block){.text = s->text.data, .len = s->text.len};
    return rc ? rc : 1;
}

static int next_text(sectag_reader *r, sectag_block *b, sectag_err *err) {
    text_state *s = r->state;
    int rc = 0;
    if (r->live) return next_live(r, s, b, err);
    sectag_buf_clear(&s->text);
    while (!rc && s->text.len == 0) {
        if (s->raw.len == 0 && s->at_end) return 0;
        if (s->raw_lines) {
            sectag_buf swap = s->text;
            s->text = s->raw;
            s->raw = swap;
        } else {
            rc = decode(r, s, err);
        }
        if (!rc && !s->at_end) rc = read_more(r, s, err);
    }
    *b = (sectag_block){.text = s->text.data, .len = s->text.len};
    return rc ? rc : 1;
}

static void close_text(sectag_reader *r) {
    text_state *s = r->state;
    if (!s) return;
    sectag_decoder_release(&s->decoder);
    sectag_buf_release(&s->raw);
    sectag_buf_release(&s->text);
    free(s);
}

const sectag_reader_type sectag_reader_text = {.name = "text",
                                               .endings = " .txt .text .md ",
                                               .open = open_text,
                                               .next = next_text,
                                               .close = close_text,
                                               .streams = 1};
