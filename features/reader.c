#include "features/reader.h"

#include "features/isolation.h"
#include "features/part.h"
#include "features/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 1 << 20 };

/* In the order in which they look at a document's first bytes; plain text takes what is left. */
static const sectag_reader_type *const types[] = {
    &sectag_reader_pdf, &sectag_reader_docx, &sectag_reader_xlsx,  &sectag_reader_html, &sectag_reader_feed,
    &sectag_reader_csv, &sectag_reader_tsv,  &sectag_reader_jsonl, &sectag_reader_text,
};
enum { N_TYPES = sizeof types / sizeof types[0] };

/* ---- what cannot be read ---- */

typedef struct signature {
    const char *bytes;
    size_t len;
    const char *what;
} signature;

static const signature signatures[] = {
    {"\xD0\xCF\x11\xE0", 4,
     "an old Word or Excel file (save it as .docx or .xlsx, or try soffice --convert-to docx)"},
    {"{\\rtf", 5, "an RTF document (save it as .docx, or try soffice --convert-to docx)"},
    {"PK\3\4", 4, "a ZIP archive, neither .docx nor .xlsx (unpack it, or save the document as .docx)"},
    {"\x1F\x8B", 2, "a gzip file (try gunzip)"},
    {"\x28\xB5\x2F\xFD", 4, "a zstd file (try unzstd)"},
    {"7z\xBC\xAF", 4, "a 7z archive (unpack it)"},
    {"Rar!", 4, "a RAR archive (unpack it)"},
    {"\x89PNG", 4, "a picture (its text has to be recognised first: OCR)"},
    {"\xFF\xD8\xFF", 3, "a picture (its text has to be recognised first: OCR)"},
    {"II*\0", 4, "a picture (its text has to be recognised first: OCR)"},
    {"MM\0*", 4, "a picture (its text has to be recognised first: OCR)"},
    {"\x7F"
     "ELF",
     4, "a program"},
};

static int refuse_signature(const sectag_reader *r, sectag_err *err) {
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const signature *s = &signatures[i];
        if (r->head.len >= s->len && memcmp(r->head.data, s->bytes, s->len) == 0)
            return sectag_reader_fail(r, SECTAG_EDATA, err, "this is %s", s->what);
    }
    return 0;
}

/* ---- which reader ---- */

/* 1: `name` ends in one of the type's endings. */
static int is_named(const sectag_reader_type *type, const char *name) {
    const char *dot = strrchr(name, '.');
    char ending[16] = " ";
    size_t len = dot ? strlen(dot) : 0;
    if (len == 0 || len > sizeof ending - 3) return 0;
    for (size_t i = 0; i < len; i++)
        ending[i + 1] = (char)(dot[i] >= 'A' && dot[i] <= 'Z' ? dot[i] + 32 : dot[i]);
    ending[len + 1] = ' ';
    return strstr(type->endings, ending) != NULL;
}

int sectag_reader_knows(const char *name) {
    for (size_t i = 0; i < N_TYPES; i++)
        if (is_named(types[i], name)) return 1;
    return 0;
}

static const sectag_reader_type *type_of(const sectag_reader *r) {
    for (size_t i = 0; i < N_TYPES; i++)
        if (types[i]->sniff && types[i]->sniff(r->head.data, r->head.len)) return types[i];
    for (size_t i = 0; i < N_TYPES; i++)
        if (is_named(types[i], r->name)) return types[i];
    return &sectag_reader_text;
}

int sectag_begins(const char *text, size_t len, const char *word) {
    for (; *word; word++, text++, len--) {
        if (len == 0) return 0;
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;
        if (c != *word) return 0;
    }
    return 1;
}

int sectag_zip_holds(const char *head, size_t len, const char *folder) {
    size_t n = strlen(folder);
    if (len < 4 || memcmp(head, "PK\3\4", 4) != 0) return 0;
    for (const char *at = head, *end = head + len; (size_t)(end - at) > 30 + n; at += 4) {
        at = memchr(at, 'P', (size_t)(end - at) - 30 - n);
        if (!at) return 0;
        if (memcmp(at, "PK\3\4", 4) != 0)
            at -= 3;
        else if (memcmp(at + 30, folder, n) == 0) /* a local file header: its name stands at byte 30 */
            return 1;
    }
    return 0;
}

/* ---- bytes ---- */

int sectag_reader_fail(const sectag_reader *r, int code, sectag_err *err, const char *fmt, ...) {
    char msg[200];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(msg, sizeof msg, fmt, args);
    va_end(args);
    return sectag_err_at(err, code, r->name, 0, "%s", msg);
}

static int io_error(const sectag_reader *r, const char *what, sectag_err *err) {
    return sectag_reader_fail(r, SECTAG_EIO, err, "%s: %s", what, strerror(errno));
}

int sectag_reader_has_input(const sectag_reader *r) {
    struct pollfd one = {.fd = r->fd, .events = POLLIN};
    return r->is_file || poll(&one, 1, 0) != 0; /* what is wrong with it, reading will tell */
}

int sectag_reader_read(sectag_reader *r, sectag_buf *to, size_t room, sectag_err *err) {
    int rc = 1;
    ssize_t got;
    if (sectag_buf_reserve(to, room)) return sectag_err_nomem(err);
    while (r->o.idle && rc == 1 && !sectag_reader_has_input(r)) rc = r->o.idle(r->o.ctx, err);
    if (rc < 0) return rc;
    do got = read(r->fd, to->data + to->len, room);
    while (got < 0 && errno == EINTR);
    if (got < 0) return io_error(r, "cannot read", err);
    to->len += (size_t)got;
    return got > 0;
}

static int end_head(sectag_reader *r, sectag_err *err) {
    if (sectag_buf_reserve(&r->head, 1) || !r->head.data) return sectag_err_nomem(err);
    r->head.data[r->head.len] = '\0';
    return 0;
}

/* Reads into head until it holds `want` bytes or the document ends. */
static int fill_head(sectag_reader *r, size_t want, sectag_err *err) {
    int more = 1;
    while (r->head.len < want && more > 0) {
        size_t room = want - r->head.len < HEAD ? want - r->head.len : HEAD;
        more = sectag_reader_read(r, &r->head, room, err);
    }
    return more < 0 ? more : end_head(r, err);
}

/* Does a plain text begin here, by its first line with anything in it? No mark-up, no controls but white
 * space. */
static int is_plain_start(const char *head, size_t len) {
    size_t at = sectag_begins(head, len, "\xEF\xBB\xBF") ? 3 : 0;
    while (at < len && strchr(" \t\r\n", head[at]) && head[at]) at++;
    const char *end = at < len ? memchr(head + at, '\n', len - at) : NULL;
    if (!end || head[at] == '<') return 0;
    for (const char *c = head; c < end; c++)
        if ((unsigned char)*c < '\t') return 0;
    return 1;
}

/* Reads lines from a pipe only until their first one says that they are plain text; all else as fill_head. It
 * is always the first line that decides, so that it does not matter how much was there at once. */
static int fill_live(sectag_reader *r, sectag_err *err) {
    int more = 1, plain = 0;
    while (r->head.len < HEAD && more > 0 && !plain) {
        more = sectag_reader_read(r, &r->head, HEAD - r->head.len, err);
        plain = r->head.len && is_plain_start(r->head.data, r->head.len);
    }
    if (more < 0) return more;
    r->live = plain && type_of(r) == &sectag_reader_text && refuse_signature(r, NULL) == 0;
    return r->live ? end_head(r, err) : fill_head(r, HEAD, err);
}

/* The whole document in r->data. */
static int take_whole(sectag_reader *r, const char *path, sectag_err *err) {
    int rc = r->is_file ? sectag_file_open(&r->file, path, err) : fill_head(r, SIZE_MAX / 2, err);
    if (rc) return rc;
    r->data = r->is_file ? r->file.data : r->head.data;
    r->len = r->is_file ? r->file.len : r->head.len;
    r->bytes = r->len;
    return 0;
}

int sectag_reader_decode(sectag_reader *r, const char *declared, const char **text, size_t *len,
                         sectag_err *err) {
    sectag_encoding e = sectag_encoding_guess(r->data, r->len, declared);
    if (r->o.encoding) e.name = sectag_encoding_find(r->o.encoding);
    if (!e.name) return sectag_err_set(err, SECTAG_EARG, "unknown encoding \"%.60s\"", r->o.encoding);
    sectag_decoder d;
    size_t used;
    r->encoding = e.name;
    *text = r->data + e.bom;
    *len = r->len - e.bom;
    if (sectag_encoding_is_utf8(e.name) && sectag_utf8_check(*text, *len) == *len) return 0;
    int rc = sectag_decoder_init(&d, e.name, err);
    if (!rc) rc = sectag_decoder_feed(&d, *text, *len, 1, &r->decoded, &used, err);
    r->replaced = d.replaced;
    r->first_replaced = d.first_replaced + e.bom;
    sectag_decoder_release(&d);
    *text = r->decoded.data ? r->decoded.data : "";
    *len = r->decoded.len;
    return rc;
}

/* ---- a document ---- */

static int start(sectag_reader *r, const char *path, sectag_err *err) {
    struct stat st;
    int is_stdin = strcmp(path, "-") == 0;
    r->name = is_stdin ? "standard input" : path;
    r->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0) return io_error(r, "cannot open", err);
    r->is_file = !is_stdin && fstat(r->fd, &st) == 0 && S_ISREG(st.st_mode);
    return r->o.idle && r->o.rows && !r->is_file ? fill_live(r, err) : fill_head(r, HEAD, err);
}

/* A type as the module of readers has it (part.h), if there is one. */
static const sectag_reader_type *whole_type(const sectag_reader_type *type) {
    char symbol[64];
    (void)snprintf(symbol, sizeof symbol, "sectag_reader_%s", type->name);
    const sectag_reader_type *found = sectag_part(symbol);
    return found ? found : type;
}

static int open_here(sectag_reader *r, sectag_err *err) {
    if (!r->type->open) r->type = whole_type(r->type);
    if (r->type->open) return r->type->open(r, err);
    return sectag_reader_fail(r, SECTAG_EDATA, err, "this sectag was built without its %s reader (-D%s=OFF)",
                              r->type->name, r->type->option);
}

int sectag_reader_open(sectag_reader *r, const char *path, const sectag_reader_options *o, sectag_err *err) {
    memset(r, 0, sizeof *r);
    r->o = *o;
    int rc = start(r, path, err);
    if (rc) return rc;
    r->type = type_of(r);
    int apart = !r->type->open && o->isolation;
    if (r->type->sniff == NULL || !r->type->sniff(r->head.data, r->head.len)) rc = refuse_signature(r, err);
    if (!rc && !r->type->streams && !(apart && r->is_file)) rc = take_whole(r, path, err);
    if (rc) return rc;
    return apart ? sectag_isolation_open(o->isolation, r, r->is_file ? path : NULL, err) : open_here(r, err);
}

int sectag_reader_open_as(sectag_reader *r, const char *type, const char *path, const char *name, const char *bytes,
                          size_t len, const sectag_reader_options *o, sectag_err *err) {
    memset(r, 0, sizeof *r);
    r->o = *o;
    r->name = name;
    r->fd = -1;
    for (size_t i = 0; i < N_TYPES; i++)
        if (strcmp(types[i]->name, type) == 0) r->type = types[i];
    if (!r->type) return sectag_reader_fail(r, SECTAG_EARG, err, "there is no reader called %.40s", type);
    int rc = path ? sectag_file_open(&r->file, path, err) : 0;
    if (rc) return rc;
    r->data = path ? r->file.data : bytes;
    r->len = path ? r->file.len : len;
    r->bytes = r->len;
    return open_here(r, err);
}

int sectag_reader_ahead(const char *path, const sectag_reader_options *o) {
    sectag_reader r = {.o = *o, .fd = -1};
    if (!o->isolation || strcmp(path, "-") == 0) return 1;
    for (size_t i = 0; i < N_TYPES; i++) /* by name: looking into a file twice takes longer than tagging a small one */
        if (types[i]->open && is_named(types[i], path)) return 1;
    if (!sectag_isolation_is_free(o->isolation)) return 0;
    int rc = start(&r, path, NULL);
    if (!rc && r.is_file) r.type = type_of(&r);
    if (r.type && !r.type->open) sectag_isolation_ahead(o->isolation, &r, path);
    r.type = NULL; /* nothing is open */
    sectag_reader_release(&r);
    return 1;
}

int sectag_reader_next(sectag_reader *r, sectag_block *b, sectag_err *err) {
    memset(b, 0, sizeof *b);
    return r->type->next(r, b, err);
}

void sectag_reader_release(sectag_reader *r) {
    if (r->type && r->type->close) r->type->close(r);
    if (r->fd > STDIN_FILENO) (void)close(r->fd);
    sectag_file_release(&r->file);
    sectag_buf_release(&r->head);
    sectag_buf_release(&r->decoded);
    memset(r, 0, sizeof *r);
    r->fd = -1;
}
