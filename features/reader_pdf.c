/* reader_pdf.c: PDF files by poppler-glib: pages laid out by layout.c, lines joined to paragraphs by where
 * they stand, across columns and pages; running headers and footers, found on a sample of pages, and page
 * numbers left out. */
#include "features/blocks.h"

static int sniff(const char *head, size_t len) {
    for (size_t i = 0; i < 1024 && i + 5 <= len; i++)
        if (head[i] == '%' && sectag_begins(head + i, len - i, "%pdf-")) return 1;
    return 0;
}

#ifdef SECTAG_WITH_PDF

#include "features/layout.h"
#include "features/marker.h"
#include "features/reflow.h"
#include "features/utf8.h"

#include <poppler.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 40, EDGE_ROWS = 3, KEY_MAX = 120 };

/* A line at the top or bottom of a page, digits made #: what headers and footers are known by. */
typedef struct edge_key {
    char text[KEY_MAX];
    size_t len;
    unsigned pages; /* of the sample, on which it stands */
    int last_page;  /* it was counted on */
} edge_key;

/* A short piece of text that stands at the same place on most pages: a watermark, a stamp. */
typedef struct stamp {
    uint32_t cp;
    int x, y;
    int page; /* of the sample; in the end, on how many */
} stamp;

/* The line read last, of the paragraph that may go on. */
typedef struct line_before {
    sectag_layout_line line;
    sectag_line_tail tail;
    int first;  /* it is its paragraph's first line, */
    int marked; /* which begins with a marker */
    int body;   /* the paragraph holds punctuation: it is no title */
    int wide;   /* the line holds Chinese characters: it may have been broken anywhere */
    int page;
} line_before;

typedef struct pdf_state {
    PopplerDocument *document;
    int page, n_pages;
    sectag_layout layout;
    SECTAG_ARRAY(sectag_glyph) glyphs;
    SECTAG_ARRAY(edge_key) keys;
    SECTAG_ARRAY(stamp) stamps;
    int stamps_known; /* the sample is taken: stamps are what they are called */
    unsigned sampled;
    double right; /* margin of most sampled pages, from the left */
    double size;  /* usual height of a line */
    sectag_blocks blocks;
    sectag_buf line;
    line_before before; /* before.page 0: no paragraph is open */
} pdf_state;

/* ---- watermarks ---- */

static int compare_stamps(const stamp *a, const stamp *b) {
    if (a->cp != b->cp) return a->cp < b->cp ? -1 : 1;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    return a->y == b->y ? 0 : a->y < b->y ? -1 : 1;
}

static int by_place(const void *a, const void *b) {
    const stamp *x = a, *y = b;
    int order = compare_stamps(x, y);
    return order ? order : x->page - y->page;
}

static int by_place_only(const void *a, const void *b) {
    return compare_stamps(a, b);
}

static stamp stamp_of(uint32_t cp, const sectag_box *box, int page) {
    return (stamp){cp, (int)box->x1, (int)box->y1, page};
}

/* Is the character, seen on other pages as well, part of a watermark? Never while the sample is taken. */
static int is_stamp(const pdf_state *s, const sectag_glyph *g) {
    if (!s->stamps_known || s->stamps.len == 0 || sectag_is_space(g->cp)) return 0;
    for (int i = 0; i < 9;
         i++) { /* its own place, or one beside it: watermarks are a hair off on some pages */
        stamp wanted = stamp_of(g->cp, &g->box, 0);
        wanted.x += i % 3 - 1;
        wanted.y += i / 3 - 1;
        if (bsearch(&wanted, s->stamps.data, s->stamps.len, sizeof wanted, by_place_only)) return 1;
    }
    return 0;
}

/* Notes the page's Latin letters, but for those of the lines at its edges: watermarks are set along circles
 * and slopes, letter by letter. */
static int count_stamps(pdf_state *s, int page) {
    size_t n = s->layout.rows.len;
    if (n <= 2 * EDGE_ROWS) return 0;
    double top = s->layout.rows.data[EDGE_ROWS - 1].box.y2,
           bottom = s->layout.rows.data[n - EDGE_ROWS].box.y1;
    for (size_t i = 0; i < s->glyphs.len; i++) {
        const sectag_glyph *g = &s->glyphs.data[i];
        int letter = (g->cp >= 'A' && g->cp <= 'Z') || (g->cp >= 'a' && g->cp <= 'z');
        if (!letter || g->box.y1 < top || g->box.y2 > bottom) continue;
        if (sectag_array_push(&s->stamps, stamp_of(g->cp, &g->box, page))) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Keeps the stamps that stand on a third of the sampled pages, and on three at least. */
static void settle_stamps(pdf_state *s) {
    size_t kept = 0;
    if (s->stamps.len) qsort(s->stamps.data, s->stamps.len, sizeof *s->stamps.data, by_place);
    for (size_t i = 0, end; i < s->stamps.len; i = end) {
        unsigned pages = 1;
        for (end = i + 1;
             end < s->stamps.len && compare_stamps(&s->stamps.data[i], &s->stamps.data[end]) == 0; end++)
            pages += s->stamps.data[end].page != s->stamps.data[end - 1].page;
        if (pages >= 3 && pages * 3 >= s->sampled) s->stamps.data[kept++] = s->stamps.data[i];
    }
    s->stamps.len = kept;
    s->stamps_known = 1;
}

/* ---- pages ---- */

static int take_glyphs(pdf_state *s, PopplerPage *page) {
    PopplerRectangle *boxes = NULL;
    guint n = 0;
    char *text = poppler_page_get_text(page);
    int rc = 0;
    s->glyphs.len = 0; /* a page has as many boxes as characters */
    if (text && poppler_page_get_text_layout(page, &boxes, &n) && sectag_array_reserve(&s->glyphs, n))
        rc = SECTAG_ENOMEM;
    size_t at = 0, len = text ? strlen(text) : 0;
    for (guint i = 0; !rc && i < n && at < len; i++) {
        sectag_glyph g = {{boxes[i].x1, boxes[i].y1, boxes[i].x2, boxes[i].y2}, 0};
        at += sectag_utf8_next(text + at, len - at, &g.cp, NULL);
        if (!is_stamp(s, &g)) s->glyphs.data[s->glyphs.len++] = g;
    }
    g_free(boxes);
    g_free(text);
    return rc;
}

/* ---- ruled lines ---- */

/* Pixels a point: hair lines stay visible, and a page takes a few hundredths of a second. */
#define SCALE 1.5
enum { LONG_ACROSS = 30, LONG_DOWN = 18, THICK = 6 };

/* A drawn page. */
typedef struct picture {
    const unsigned char *pixels;
    int width, height, stride;
} picture;

/* Is the pixel dark? `down`: x and y change places. */
static int is_dark(const picture *p, int x, int y, int down) {
    uint32_t pixel;
    memcpy(&pixel, p->pixels + (size_t)(down ? x : y) * (size_t)p->stride + 4 * (size_t)(down ? y : x),
           sizeof pixel);
    return (pixel & 0xFF) + (pixel >> 8 & 0xFF) + (pixel >> 16 & 0xFF) < 600;
}

/* Adds the line of pixels [x1, x2) of row y to the ruled lines, or to one that ends right above it. */
static int add_rule(sectag_layout *l, double x1, double x2, double y, int down) {
    size_t n = down ? l->down.len : l->across.len;
    sectag_box *known = down ? l->down.data : l->across.data;
    sectag_box box = down ? (sectag_box){y, x1, y + 1 / SCALE, x2} : (sectag_box){x1, y, x2, y + 1 / SCALE};
    for (size_t i = n; i > 0 && i + 200 > n; i--) {
        sectag_box *k = &known[i - 1];
        double gap = down ? box.x1 - k->x2 : box.y1 - k->y2;
        double from = down ? k->y1 : k->x1, to = down ? k->y2 : k->x2;
        if (gap > 0.1 || gap < -0.1 || from > x2 || to < x1) continue;
        *(down ? &k->x2 : &k->y2) += 1 / SCALE;
        if (x1 < from) *(down ? &k->y1 : &k->x1) = x1;
        if (x2 > to) *(down ? &k->y2 : &k->x2) = x2;
        return 0;
    }
    return down ? sectag_array_push(&l->down, box) : sectag_array_push(&l->across, box);
}

static int find_rules(sectag_layout *l, const picture *p, int down) {
    int length = down ? p->height : p->width, rows = down ? p->width : p->height;
    for (int y = 0; y < rows; y++) {
        for (int x = 0, from; x < length; x++) {
            for (from = x; x < length && is_dark(p, x, y, down); x++) {
            }
            if (x - from < (down ? LONG_DOWN : LONG_ACROSS)) continue;
            /* a pixel more at the ends: corners may be open */
            if (add_rule(l, (from - 2) / SCALE, (x + 2) / SCALE, y / SCALE, down)) return SECTAG_ENOMEM;
        }
    }
    return 0;
}

/* Does a line across pass point x, y? */
static int is_crossed(const sectag_layout *l, double x, double y) {
    for (size_t i = 0; i < l->across.len; i++) {
        const sectag_box *b = &l->across.data[i];
        if (b->x1 - 3 <= x && b->x2 + 3 >= x && b->y1 - 3 <= y && b->y2 + 3 >= y) return 1;
    }
    return 0;
}

/* Filled areas are no ruled lines, nor are strokes of letters: a line down a table begins and ends at one
 * across. */
static void drop_false_rules(sectag_layout *l) {
    size_t kept = 0;
    for (size_t i = 0; i < l->across.len; i++)
        if (l->across.data[i].y2 - l->across.data[i].y1 < THICK / SCALE)
            l->across.data[kept++] = l->across.data[i];
    l->across.len = kept;
    kept = 0;
    for (size_t i = 0; i < l->down.len; i++) {
        const sectag_box b = l->down.data[i];
        if (b.x2 - b.x1 < THICK / SCALE && is_crossed(l, b.x1, b.y1) && is_crossed(l, b.x1, b.y2))
            l->down.data[kept++] = b;
    }
    l->down.len = kept;
}

/* Draws the page and looks for ruled lines: poppler tells of no others. */
static int take_rules(pdf_state *s, PopplerPage *page) {
    enum { SIDE_MAX = 4000 };
    double width, height;
    int rc = 0;
    poppler_page_get_size(page, &width, &height);
    int w = (int)(width * SCALE), h = (int)(height * SCALE);
    if (w <= 0 || h <= 0 || w > SIDE_MAX || h > SIDE_MAX) return 0;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, SCALE, SCALE);
    poppler_page_render(page, cr);
    cairo_surface_flush(surface);
    picture p = {cairo_image_surface_get_data(surface), w, h, cairo_image_surface_get_stride(surface)};
    if (p.pixels) rc = find_rules(&s->layout, &p, 0) | find_rules(&s->layout, &p, 1);
    drop_false_rules(&s->layout);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return rc ? SECTAG_ENOMEM : 0;
}

/* Does the page look as if it held a table: two rows with wide gaps in them? */
static int may_hold_table(const sectag_layout *l) {
    unsigned gaps = 0;
    for (size_t i = 0; i < l->rows.len; i++) gaps += l->rows.data[i].n > 1;
    return gaps > 1;
}

/* ---- rows ---- */

/* The rows of page number `index` (from 0) into s->layout; with `rules`, ruled tables are known. */
static int read_page(pdf_state *s, int index, int rules) {
    sectag_layout *l = &s->layout;
    PopplerPage *page = poppler_document_get_page(s->document, index);
    s->glyphs.len = l->across.len = l->down.len = 0;
    int rc = page ? take_glyphs(s, page) : 0;
    if (!rc) rc = sectag_layout_rows(l, s->glyphs.data, s->glyphs.len);
    if (!rc && rules && may_hold_table(l)) {
        rc = take_rules(s, page);
        if (!rc) rc = sectag_layout_rows(l, s->glyphs.data, s->glyphs.len);
    }
    if (page) g_object_unref(page);
    return rc;
}

/* ---- headers and footers ---- */

static int make_key(pdf_state *s, const sectag_row *row, int top, edge_key *key) {
    sectag_buf_clear(&s->line);
    if (sectag_layout_text(&s->layout, row, &s->line)) return SECTAG_ENOMEM;
    memset(key, 0, sizeof *key);
    key->text[key->len++] = top ? 'T' : 'B';
    for (size_t i = 0; i < s->line.len && key->len < KEY_MAX; i++) {
        char c = s->line.data[i];
        if (c == ' ') continue;
        if (c >= '0' && c <= '9') c = '#';
        if (c == '#' && key->text[key->len - 1] == '#') continue;
        key->text[key->len++] = c;
    }
    return 0;
}

static edge_key *find_key(const pdf_state *s, const edge_key *key) {
    for (size_t i = 0; i < s->keys.len; i++)
        if (s->keys.data[i].len == key->len && memcmp(s->keys.data[i].text, key->text, key->len) == 0)
            return &s->keys.data[i];
    return NULL;
}

/* Row i counted from an edge of the page, or NULL. */
static sectag_row *edge_row(pdf_state *s, size_t i, int top) {
    size_t n = s->layout.rows.len;
    return i < n && i < EDGE_ROWS ? &s->layout.rows.data[top ? i : n - 1 - i] : NULL;
}

static int count_keys(pdf_state *s, int index) {
    for (int top = 0; top < 2; top++) {
        const sectag_row *row;
        for (size_t i = 0; (row = edge_row(s, i, top)) != NULL; i++) {
            edge_key key;
            if (make_key(s, row, top, &key)) return SECTAG_ENOMEM;
            edge_key *known = find_key(s, &key);
            if (known && known->last_page == index) continue;
            if (known) known->pages++;
            if (known) known->last_page = index;
            key.pages = 1;
            key.last_page = index;
            if (!known && sectag_array_push(&s->keys, key)) return SECTAG_ENOMEM;
        }
    }
    return 0;
}

/* On a page in four (left and right pages, and chapters, have headers of their own), and on three at least,
 * or on both of two. */
static int is_furniture(pdf_state *s, const sectag_row *row, int top, int *failed) {
    edge_key key;
    if (make_key(s, row, top, &key)) *failed = 1;
    const edge_key *known = *failed ? NULL : find_key(s, &key);
    if (!known || known->pages < 2) return 0;
    return known->pages == s->sampled || (known->pages >= 3 && known->pages * 4 >= s->sampled);
}

static int is_page_number(const pdf_state *s) {
    return s->line.len && sectag_page_mark_parse(s->line.data, s->line.len) != SECTAG_PAGE_NONE;
}

/* Marks the page's furniture, from its edges inwards. Returns how many rows, or SECTAG_ENOMEM. */
static int drop_furniture(pdf_state *s) {
    int failed = 0, dropped = 0;
    for (int top = 0; top < 2; top++) {
        sectag_row *row;
        for (size_t i = 0; (row = edge_row(s, i, top)) != NULL; i++) {
            if (row->dropped || !(is_furniture(s, row, top, &failed) || is_page_number(s))) break;
            row->dropped = 1;
            dropped++;
        }
    }
    return failed ? SECTAG_ENOMEM : dropped;
}

/* ---- the sample ---- */

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The usual right margin and line height, and the lines at the edges, of up to SAMPLE pages. */
static int take_sample(pdf_state *s) {
    double rights[SAMPLE], sizes[SAMPLE];
    int step = s->n_pages > SAMPLE ? s->n_pages / SAMPLE : 1;
    for (int i = 0; i < s->n_pages && s->sampled < SAMPLE; i += step) {
        double right = 0;
        if (read_page(s, i, 0) || count_keys(s, i) || count_stamps(s, i)) return SECTAG_ENOMEM;
        if (s->layout.rows.len == 0) continue;
        for (size_t r = 0; r < s->layout.rows.len; r++)
            if (s->layout.rows.data[r].box.x2 > right) right = s->layout.rows.data[r].box.x2;
        const sectag_row *middle = &s->layout.rows.data[s->layout.rows.len / 2];
        rights[s->sampled] = right;
        sizes[s->sampled++] = middle->box.y2 - middle->box.y1;
    }
    settle_stamps(s);
    if (s->sampled == 0) return 0;
    qsort(rights, s->sampled, sizeof *rights, by_value);
    qsort(sizes, s->sampled, sizeof *sizes, by_value);
    s->right = rights[s->sampled / 2];
    s->size = sizes[s->sampled / 2];
    return 0;
}

/* ---- paragraphs ---- */

static double line_height(const sectag_layout_line *line) {
    return line->row.box.y2 - line->row.box.y1;
}

/* The margin that the line's flow is set to: that of the document where the page shows less. */
static double right_margin(const pdf_state *s, const sectag_layout_line *line) {
    int whole = line->flow == 1 && line->right < s->right;
    return whole ? s->right : line->right;
}

/* Columns that text takes up until it may be broken, in widths of a wide character. */
static double first_word(const char *text, size_t len) {
    double width = 0;
    for (size_t at = 0; at < len && width < 20;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (sectag_is_space(cp)) break;
        if (sectag_is_wide(cp)) return width > 0 ? width : 1.0;
        width += 0.5;
    }
    return width;
}

/* Is the line so full that the next one's first word did not fit on it? */
static int is_full(const pdf_state *s, const line_before *b) {
    uint32_t cp = 0;
    if (s->line.len) sectag_utf8_next(s->line.data, s->line.len, &cp, NULL);
    double room = right_margin(s, &b->line) - b->line.row.box.x2, em = b->line.row.em;
    double slack = sectag_is_wide(cp) || b->wide ? 1.3 : 0.3; /* commas may hang beyond the margin */
    return room < em * (first_word(s->line.data, s->line.len) + slack);
}

static int is_open_tail(sectag_line_tail tail) {
    return tail == SECTAG_TAIL_OTHER || tail == SECTAG_TAIL_COMMA || tail == SECTAG_TAIL_HYPHEN;
}

static int is_centred(const sectag_layout_line *line, double right) {
    double before = line->row.box.x1 - line->left, behind = right - line->row.box.x2;
    return before > 2 * line->row.em && behind > 2 * line->row.em && before - behind < 2 * line->row.em &&
           behind - before < 2 * line->row.em;
}

/* Lines of a title: set in the middle, larger than the text, as wide as a broken line is. */
static int is_title_pair(const pdf_state *s, const line_before *b, const sectag_layout_line *next) {
    double right = right_margin(s, &b->line), width = b->line.row.box.x2 - b->line.row.box.x1;
    double share = width / (right - b->line.left);
    int large = line_height(next) > 1.12 * s->size;
    return !b->body && b->tail != SECTAG_TAIL_STOP && share > (large ? 0.45 : 0.8) && is_centred(next, right);
}

/* Markers that begin a paragraph wherever they stand; others may be numbers within a sentence. */
static int is_strong_marker(const sectag_marker *m) {
    switch (m->kind) {
    case SECTAG_MARKER_CN:
    case SECTAG_MARKER_CN_PAREN:
    case SECTAG_MARKER_BOX:
    case SECTAG_MARKER_CIRCLE:
    case SECTAG_MARKER_DASH:
    case SECTAG_MARKER_BULLET:
        return 1;
    default:
        return 0;
    }
}

static int has_wide(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0xE3) return 1;
    return 0;
}

/* In the same size? Widths of Chinese characters tell it best: heights are those of the tallest font in a
 * line. */
static int is_set_alike(const line_before *b, const sectag_layout_line *next, int wide) {
    double a = line_height(&b->line), c = line_height(next);
    if (b->wide && wide) return b->line.row.em < 1.12 * next->row.em && next->row.em < 1.12 * b->line.row.em;
    return a < 1.25 * c && c < 1.25 * a;
}

/* White space between two lines of one flow that is wider than usual. */
static int is_gap(const line_before *b, const sectag_layout_line *next, int page) {
    if (b->page != page || b->line.flow != next->flow || next->pitch <= 0) return 0;
    return next->row.box.y2 - b->line.row.box.y2 > 1.45 * next->pitch;
}

static int is_indented(const line_before *b, const sectag_layout_line *next, int page) {
    double em = next->row.em, left = next->left;
    int same = b->page == page && b->line.flow == next->flow;
    double before = same ? b->line.row.box.x1 : left;
    if (b->first && b->marked && same)
        return next->row.box.x1 > before + 6 * em; /* hanging text below a marker */
    return next->row.box.x1 > left + 1.2 * em && next->row.box.x1 > before + 1.2 * em;
}

/* Lines of a list of standards begin alike: GB/T 8170 below GB 191. */
static int is_parallel(const pdf_state *s) {
    const char *a = s->blocks.text.data + s->blocks.begun, *b = s->line.data;
    while (*a == '\f') a++;
    return s->line.len > 2 && a[0] >= 'A' && a[0] <= 'Z' && a[1] >= 'A' && a[1] <= 'Z' && a[0] == b[0] &&
           a[1] == b[1];
}

/* Does the paragraph go on in the line, whose text is in s->line? */
static int goes_on(const pdf_state *s, const sectag_layout_line *next, const sectag_marker *m, int page) {
    const line_before *b = &s->before;
    if (!b->page || b->line.table || next->table ||
        !is_set_alike(b, next, has_wide(s->line.data, s->line.len)) || is_gap(b, next, page))
        return 0;
    if ((m->kind && is_strong_marker(m)) || (b->first && is_parallel(s))) return 0;
    if (is_title_pair(s, b, next) && b->page == page) return !m->kind;
    int full = is_full(s, b), open = is_open_tail(b->tail);
    if (m->kind) return full && open && !is_indented(b, next, page) && b->body;
    if (is_indented(b, next, page)) return 0;
    if (full) return 1;
    int lower = s->line.data[0] >= 'a' && s->line.data[0] <= 'z';
    return open && b->body && (b->tail == SECTAG_TAIL_COMMA || lower) &&
           b->line.row.box.x2 - b->line.left > 0.5 * (right_margin(s, &b->line) - b->line.left);
}

/* Dots, or what stands for them, that lead to a page number at the line's end. */
static int is_contents_entry(const char *text, size_t len) {
    size_t at = len, leaders = 0;
    while (at > 0 && ((text[at - 1] >= '0' && text[at - 1] <= '9') || text[at - 1] == ' ')) at--;
    if (at == len || at == 0) return 0;
    while (at > 0 && leaders < 8) {
        if (text[at - 1] == '.' || text[at - 1] == '-' || text[at - 1] == '_') {
            at--;
        } else if (at >= 3 && (memcmp(text + at - 3, "…", 3) == 0 || memcmp(text + at - 3, "·", 2) == 0)) {
            at -= 3;
        } else if (at >= 2 && memcmp(text + at - 2, "·", 2) == 0) {
            at -= 2;
        } else {
            break;
        }
        leaders++;
    }
    return leaders >= 4;
}

static int has_comma(const char *text, size_t len) {
    for (size_t i = 0; i + 3 <= len; i++)
        if (memcmp(text + i, "，", 3) == 0 || memcmp(text + i, "。", 3) == 0) return 1;
    return memchr(text, ',', len) != NULL || (len > 60 && (unsigned char)text[0] < 0x80);
}

static int is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '%';
}

/* Is a number or a Latin word broken at the line's end, as Chinese typesetting does? */
static int is_broken_word(const pdf_state *s) {
    const line_before *b = &s->before;
    double room = right_margin(s, &b->line) - b->line.row.box.x2;
    if (!b->wide || !has_wide(s->line.data, s->line.len) || room > 1.6 * b->line.row.em) return 0;
    return is_word(s->blocks.text.data[s->blocks.text.len - 1]) && is_word(s->line.data[0]);
}

static void take_line(pdf_state *s, const sectag_layout_line *line, int page) {
    const char *text = s->line.data;
    size_t len = s->line.len;
    sectag_marker m = sectag_marker_parse(text, len);
    int on = goes_on(s, line, &m, page);
    if (on)
        sectag_blocks_add(&s->blocks, "\n", is_broken_word(s) ? 0 : 1);
    else
        sectag_blocks_begin(&s->blocks, SECTAG_BLOCK_PARAGRAPH, 0);
    sectag_blocks_add(&s->blocks, text, len);
    line_before b = {.line = *line, .tail = sectag_reflow_tail(text, len), .first = !on, .page = page};
    b.wide = has_wide(text, len);
    b.marked = on ? s->before.marked : m.kind != 0;
    b.body = (on && s->before.body) || has_comma(text, len);
    if (is_contents_entry(text, len)) {
        s->blocks.kind = SECTAG_BLOCK_ROW;
        b.page = 0; /* nothing goes on behind it */
    }
    s->before = b;
}

/* ---- tables ---- */

/* One row of a table, lines [first, end): a cell for each column that has text. */
static int take_table_row(pdf_state *s, size_t first, size_t end) {
    const sectag_layout *l = &s->layout;
    uint32_t column, last = 1;
    size_t row = sectag_blocks_row_begin(&s->blocks);
    for (column = 1; column <= last; column++) {
        int begun = 0;
        sectag_blocks_cell(&s->blocks, column);
        for (size_t i = first; i < end; i++) {
            const sectag_layout_line *line = &l->lines.data[i];
            for (size_t k = 0; k < line->row.n; k++) {
                const sectag_run *run = &l->runs.data[line->row.first + k];
                uint32_t own = sectag_layout_column(l, line, run);
                if (own > last) last = own;
                if (own != column) continue;
                if (begun) sectag_blocks_add(&s->blocks, "\n", 1);
                sectag_blocks_add(&s->blocks, l->text.data + run->at, run->len);
                begun = 1;
            }
        }
    }
    sectag_blocks_row_end(&s->blocks, row, 0);
    s->before.page = 0;
    return 0;
}

/* One row of a ruled table: its lines are in the order of cells. */
static int take_ruled_row(pdf_state *s, size_t first, size_t end) {
    const sectag_layout *l = &s->layout;
    size_t row = sectag_blocks_row_begin(&s->blocks);
    sectag_line_tail tail = SECTAG_TAIL_OTHER;
    for (size_t i = first; i < end; i++) {
        const sectag_layout_line *line = &l->lines.data[i];
        sectag_buf_clear(&s->line);
        if (sectag_layout_text(l, &line->row, &s->line)) return SECTAG_ENOMEM;
        if (s->line.len == 0) continue;
        int same = i > first && line[-1].cell == line->cell;
        int ended = same && !is_open_tail(tail) && line[-1].right - line[-1].row.box.x2 > 2.5 * line->row.em;
        if (!same || ended)
            sectag_blocks_cell(&s->blocks, line->cell);
        else
            sectag_blocks_add(&s->blocks, "\n", 1);
        sectag_blocks_add(&s->blocks, s->line.data, s->line.len);
        tail = sectag_reflow_tail(s->line.data, s->line.len);
    }
    sectag_blocks_row_end(&s->blocks, row, 0);
    s->before.page = 0;
    return 0;
}

static size_t table_row_end(const sectag_layout *l, size_t first) {
    size_t end = first + 1;
    while (end < l->lines.len && l->lines.data[end].table == l->lines.data[first].table &&
           l->lines.data[end].table_row == l->lines.data[first].table_row)
        end++;
    return end;
}

/* ---- the reader ---- */

static int take_lines(pdf_state *s, int page) {
    sectag_layout *l = &s->layout;
    for (size_t i = 0; i < l->lines.len;) {
        const sectag_layout_line *line = &l->lines.data[i];
        if (line->table) {
            size_t end = table_row_end(l, i);
            if (line->cell ? take_ruled_row(s, i, end) : take_table_row(s, i, end)) return SECTAG_ENOMEM;
            i = end;
            continue;
        }
        sectag_buf_clear(&s->line);
        if (sectag_layout_text(l, &line->row, &s->line)) return SECTAG_ENOMEM;
        if (s->line.len) take_line(s, line, page);
        i++;
    }
    return 0;
}

/* Reads one page into s->blocks; a paragraph at its end stays open. */
static int take_page(sectag_reader *r, pdf_state *s) {
    if (s->page > 0) sectag_blocks_add(&s->blocks, "\f", 1);
    if (read_page(s, s->page, 1)) return SECTAG_ENOMEM;
    int dropped = drop_furniture(s);
    if (dropped < 0 || sectag_layout_lines(&s->layout)) return SECTAG_ENOMEM;
    r->furniture += (uint64_t)dropped;
    s->page++;
    if (take_lines(s, s->page)) return SECTAG_ENOMEM;
    if (s->page == s->n_pages) sectag_blocks_end(&s->blocks);
    return s->blocks.no_memory ? SECTAG_ENOMEM : 0;
}

static int refuse(const sectag_reader *r, const GError *why, sectag_err *err) {
    if (why && why->code == POPPLER_ERROR_ENCRYPTED)
        return sectag_reader_fail(r, SECTAG_EDATA, err,
                                  "a PDF file with a password (save it without, or try qpdf --decrypt)");
    return sectag_reader_fail(r, SECTAG_EDATA, err, "a damaged PDF file: %.100s",
                              why ? why->message : "unreadable");
}

/* Does any page of the sample have text? */
static int check_text(const sectag_reader *r, const pdf_state *s, sectag_err *err) {
    if (s->sampled) return 0;
    return sectag_reader_fail(
        r, SECTAG_EDATA, err,
        "a PDF file without text, probably scanned (recognise its text first: try ocrmypdf -l chi_sim)");
}

static int open_pdf(sectag_reader *r, sectag_err *err) {
    GError *why = NULL;
    pdf_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    GBytes *bytes = g_bytes_new_static(r->data, r->len);
    s->document = poppler_document_new_from_bytes(bytes, NULL, &why);
    g_bytes_unref(bytes);
    if (!s->document) {
        int rc = refuse(r, why, err);
        if (why) g_error_free(why);
        return rc;
    }
    s->n_pages = poppler_document_get_n_pages(s->document);
    r->paged = 1;
    if (take_sample(s)) return sectag_err_nomem(err);
    return check_text(r, s, err);
}

static int next_pdf(sectag_reader *r, sectag_block *b, sectag_err *err) {
    pdf_state *s = r->state;
    for (;;) {
        int rc = sectag_blocks_next(&s->blocks, b);
        if (rc) return rc < 0 ? sectag_err_nomem(err) : 1;
        if (s->page >= s->n_pages) return 0;
        sectag_blocks_forget(&s->blocks);
        if (take_page(r, s)) return sectag_err_nomem(err);
    }
}

static void close_pdf(sectag_reader *r) {
    pdf_state *s = r->state;
    if (!s) return;
    if (s->document) g_object_unref(s->document);
    sectag_layout_release(&s->layout);
    sectag_blocks_release(&s->blocks);
    sectag_buf_release(&s->line);
    free(s->glyphs.data);
    free(s->keys.data);
    free(s->stamps.data);
    free(s);
}

const sectag_reader_type sectag_reader_pdf = {.name = "pdf",
                                              .endings = " .pdf ",
                                              .sniff = sniff,
                                              .open = open_pdf,
                                              .next = next_pdf,
                                              .close = close_pdf};

#else

const sectag_reader_type sectag_reader_pdf = {
    .name = "pdf", .endings = " .pdf ", .sniff = sniff, .option = "SECTAG_WITH_PDF"};

#endif
