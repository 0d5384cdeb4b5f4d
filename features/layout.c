#include "features/layout.h"

#include "features/err.h"
#include "features/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* In widths of a wide character: a gap that parts runs; a gap that parts table columns. */
#define RUN_GAP    1.3
#define COLUMN_GAP 0.7

void sectag_layout_release(sectag_layout *l) {
    sectag_buf_release(&l->text);
    free(l->runs.data);
    free(l->rows.data);
    free(l->lines.data);
    free(l->edges.data);
    free(l->gaps.data);
    free(l->across.data);
    free(l->down.data);
    free(l->boxed.data);
    memset(l, 0, sizeof *l);
}

static double height(const sectag_box *b) {
    return b->y2 - b->y1;
}

/* Do two boxes stand on one line: does half of the lower one lie beside the other? */
static int side_by_side(const sectag_box *a, const sectag_box *b) {
    double top = a->y1 > b->y1 ? a->y1 : b->y1, bottom = a->y2 < b->y2 ? a->y2 : b->y2;
    double lower = height(a) < height(b) ? height(a) : height(b);
    return bottom - top >= lower * 0.5;
}

static void widen(sectag_box *a, const sectag_box *b) {
    if (b->x1 < a->x1) a->x1 = b->x1;
    if (b->y1 < a->y1) a->y1 = b->y1;
    if (b->x2 > a->x2) a->x2 = b->x2;
    if (b->y2 > a->y2) a->y2 = b->y2;
}

/* ---- runs ---- */

/* Characters as they are meant: radicals and presentation forms, which fonts map glyphs to, are letters. */
static int put_character(sectag_buf *out, uint32_t cp) {
    utf8proc_int32_t parts[8];
    char bytes[4];
    int compatible =
        (cp >= 0x2E80 && cp <= 0x2FDF) || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFB00 && cp <= 0xFB06);
    utf8proc_ssize_t n = 1;
    parts[0] = (utf8proc_int32_t)cp;
    if (compatible) n = utf8proc_decompose_char(parts[0], parts, 8, UTF8PROC_COMPAT, NULL);
    if (cp >= 0xF000 && cp <= 0xF0FF) parts[0] = 0x2022; /* symbol fonts: bullets */
    for (utf8proc_ssize_t i = 0; i < n && i < 8; i++)
        if (sectag_buf_add(out, bytes, sectag_utf8_put((uint32_t)parts[i], bytes))) return SECTAG_ENOMEM;
    return 0;
}

static double em_of(const sectag_glyph *g) {
    double width = g->box.x2 - g->box.x1;
    return sectag_is_cjk(g->cp) && width > 0 ? width : height(&g->box) * 0.8;
}

/* The gap between two characters in widths of a wide one; 0 where they are not neighbours on a line. */
static double gap_of(const sectag_glyph *left, const sectag_glyph *right, double em) {
    if (!left || !right || !side_by_side(&left->box, &right->box)) return 0;
    double gap = (right->box.x1 - left->box.x2) / em;
    return gap < 2 ? gap : 0;
}

/* Characters around a gap: `left` and `right`, and those beyond them. */
typedef struct around {
    const sectag_glyph *before, *left, *right, *behind;
} around;

/* Is a blank there a word space, or only what typesetting put between Chinese and other letters? Between
 * Chinese characters it is one where it is wider than the gaps beside it: justified lines have gaps
 * everywhere. */
static int is_word_space(const around *a, double em) {
    int wide = sectag_is_wide(a->left->cp) + sectag_is_wide(a->right->cp);
    double gap = gap_of(a->left, a->right, em);
    if (wide < 2) return wide == 0 || gap > 0.4;
    return gap > 0.15 && gap > gap_of(a->before, a->left, em) + 0.1 &&
           gap > gap_of(a->right, a->behind, em) + 0.1;
}

/* Does the run so far look like a heading's number, which the blank sets off: "3" or "4.1" before what is not
 * counted by it? */
static int is_number(const sectag_layout *l, const sectag_run *run, uint32_t next) {
    static const uint32_t units[] = {0x5E74, 0x6708, 0x65E5, 0x65F6, 0x4E2A, 0x4E07, 0x4EBF, 0x9879, 0x5BB6};
    const char *text = l->text.data + run->at;
    size_t dots = 0;
    for (size_t i = 0; i < run->len; i++) {
        dots += text[i] == '.';
        if (text[i] != '.' && (text[i] < '0' || text[i] > '9')) return 0;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i] == next) return 0;
    return dots > 0 ? text[run->len - 1] != '.' : run->len <= 2;
}

/* Does a ruled line run down between the two? */
static int is_ruled_off(const sectag_layout *l, const sectag_glyph *left, const sectag_glyph *right) {
    double middle = (left->box.y1 + left->box.y2) / 2, from = (left->box.x1 + left->box.x2) / 2;
    double to = (right->box.x1 + right->box.x2) / 2;
    for (size_t i = 0; i < l->down.len; i++) {
        const sectag_box *b = &l->down.data[i];
        if (b->x1 > from && b->x2 < to && b->y1 <= middle && b->y2 >= middle) return 1;
    }
    return 0;
}

static int begins_run(const sectag_layout *l, const sectag_run *run, const sectag_glyph *before,
                      const sectag_glyph *g) {
    if (!before || !side_by_side(&run->box, &g->box) || is_ruled_off(l, before, g)) return 1;
    double gap = g->box.x1 - before->box.x2;
    return gap > RUN_GAP * run->em || gap < -2 * run->em;
}

/* Adds the glyph a->right to the last run or to a new one; `spaced`: white space stands before it. */
static int add_glyph(sectag_layout *l, const around *a, int spaced) {
    const sectag_glyph *before = a->left, *g = a->right;
    sectag_run *run = l->runs.len ? &l->runs.data[l->runs.len - 1] : NULL;
    if (!run || begins_run(l, run, before, g)) {
        sectag_run fresh = {g->box, em_of(g), l->text.len, 0};
        if (sectag_array_push(&l->runs, fresh)) return SECTAG_ENOMEM;
        run = &l->runs.data[l->runs.len - 1];
    } else {
        int blank = spaced && (is_word_space(a, run->em) || is_number(l, run, g->cp));
        if (blank && sectag_buf_addc(&l->text, ' ')) return SECTAG_ENOMEM;
        if (sectag_is_cjk(g->cp) && em_of(g) > run->em * 0.8) run->em = em_of(g);
        widen(&run->box, &g->box);
    }
    if (put_character(&l->text, g->cp)) return SECTAG_ENOMEM;
    run->len = l->text.len - run->at;
    return 0;
}

/* The next character with a box behind glyph i, or NULL. */
static const sectag_glyph *next_solid(const sectag_glyph *glyphs, size_t n, size_t i) {
    for (i++; i < n; i++)
        if (!sectag_is_space(glyphs[i].cp) && glyphs[i].cp >= 0x20 && height(&glyphs[i].box) > 0)
            return &glyphs[i];
    return NULL;
}

static int find_runs(sectag_layout *l, const sectag_glyph *glyphs, size_t n) {
    around a = {0};
    int spaced = 0;
    for (size_t i = 0; i < n; i++) {
        if (sectag_is_space(glyphs[i].cp)) {
            spaced = 1;
            continue;
        }
        if (glyphs[i].cp < 0x20 || height(&glyphs[i].box) <= 0) continue;
        a.before = a.left;
        a.left = a.right;
        a.right = &glyphs[i];
        a.behind = next_solid(glyphs, n, i);
        if (add_glyph(l, &a, spaced)) return SECTAG_ENOMEM;
        spaced = 0;
    }
    return 0;
}

/* ---- rows ---- */

static int by_top(const void *a, const void *b) {
    const sectag_run *x = a, *y = b;
    double dx = x->box.y1 + x->box.y2 - y->box.y1 - y->box.y2;
    if (dx != 0) return dx < 0 ? -1 : 1;
    return x->box.x1 < y->box.x1 ? -1 : x->box.x1 > y->box.x1;
}

static int by_left(const void *a, const void *b) {
    const sectag_run *x = a, *y = b;
    return x->box.x1 < y->box.x1 ? -1 : x->box.x1 > y->box.x1;
}

/* The row of runs [first, end), which are sorted from left to right. */
static sectag_row row_of(sectag_run *runs, size_t first, size_t end) {
    qsort(runs + first, end - first, sizeof *runs, by_left);
    sectag_row row = {runs[first].box, runs[first].em, first, end - first, 0};
    for (size_t i = first; i < end; i++) {
        widen(&row.box, &runs[i].box);
        if (runs[i].em > row.em) row.em = runs[i].em;
    }
    return row;
}

/* Groups runs[0, n) into rows, appended to `rows`; the widest run seen so far stands for its row, for small
 * ones may be raised or lowered. */
static int group_rows(sectag_layout *l, sectag_run *runs, size_t n) {
    l->rows.len = 0;
    if (n) qsort(runs, n, sizeof *runs, by_top);
    for (size_t first = 0, end; first < n; first = end) {
        sectag_box widest = runs[first].box;
        for (end = first + 1; end < n && side_by_side(&widest, &runs[end].box); end++)
            if (runs[end].box.x2 - runs[end].box.x1 > widest.x2 - widest.x1) widest = runs[end].box;
        if (sectag_array_push(&l->rows, row_of(runs, first, end))) return SECTAG_ENOMEM;
    }
    return 0;
}

/* ---- ruled boxes ---- */

/* The box of ruled lines around the run's middle. Returns 0 where a side is missing. */
static int find_box(const sectag_layout *l, const sectag_run *run, sectag_box *box) {
    double x = (run->box.x1 + run->box.x2) / 2, y = (run->box.y1 + run->box.y2) / 2;
    *box = (sectag_box){-1, -1, 1e9, 1e9};
    for (size_t i = 0; i < l->down.len; i++) {
        const sectag_box *b = &l->down.data[i];
        if (b->y1 > y || b->y2 < y) continue;
        if (b->x1 <= x && b->x1 > box->x1) box->x1 = b->x1;
        if (b->x1 > x && b->x1 < box->x2) box->x2 = b->x1;
    }
    for (size_t i = 0; i < l->across.len; i++) {
        const sectag_box *b = &l->across.data[i];
        if (b->x1 > x || b->x2 < x) continue;
        if (b->y1 <= y && b->y1 > box->y1) box->y1 = b->y1;
        if (b->y1 > y && b->y1 < box->y2) box->y2 = b->y1;
    }
    return box->x1 >= 0 && box->y1 >= 0 && box->x2 < 1e9 && box->y2 < 1e9;
}

/* By the top of the cell, its left side, and the place in it. */
static int by_cell(const void *a, const void *b) {
    const sectag_boxed *x = a, *y = b;
    if (fabs(x->cell.y1 - y->cell.y1) > 0.01) return x->cell.y1 < y->cell.y1 ? -1 : 1;
    if (fabs(x->cell.x1 - y->cell.x1) > 0.01) return x->cell.x1 < y->cell.x1 ? -1 : 1;
    return by_top(&x->run, &y->run);
}

/* Moves the runs within boxes from l->runs to l->boxed. A frame around all of it is no table: there have to
 * be boxes side by side. */
static int take_boxed(sectag_layout *l) {
    size_t kept = 0;
    int beside = 0;
    if (l->down.len < 2 || l->across.len < 2) return 0;
    for (size_t i = 0; i < l->runs.len; i++) {
        sectag_boxed boxed = {.run = l->runs.data[i]};
        if (find_box(l, &boxed.run, &boxed.cell) && sectag_array_push(&l->boxed, boxed)) return SECTAG_ENOMEM;
    }
    if (l->boxed.len) qsort(l->boxed.data, l->boxed.len, sizeof *l->boxed.data, by_cell);
    for (size_t i = 1; i < l->boxed.len; i++)
        beside |= l->boxed.data[i].cell.x1 >= l->boxed.data[i - 1].cell.x2 - 1;
    if (!beside) l->boxed.len = 0;
    for (size_t i = 0; i < l->runs.len && l->boxed.len; i++) {
        sectag_box box;
        if (!find_box(l, &l->runs.data[i], &box)) l->runs.data[kept++] = l->runs.data[i];
    }
    if (l->boxed.len) l->runs.len = kept;
    return 0;
}

int sectag_layout_rows(sectag_layout *l, const sectag_glyph *glyphs, size_t n) {
    sectag_buf_clear(&l->text);
    l->runs.len = l->rows.len = l->lines.len = l->edges.len = l->boxed.len = 0;
    if (find_runs(l, glyphs, n) || take_boxed(l)) return SECTAG_ENOMEM;
    return group_rows(l, l->runs.data, l->runs.len);
}

int sectag_layout_text(const sectag_layout *l, const sectag_row *row, sectag_buf *out) {
    int rc = 0;
    for (size_t i = 0; i < row->n; i++) {
        const sectag_run *run = &l->runs.data[row->first + i];
        if (i) rc |= sectag_buf_addc(out, ' ');
        rc |= sectag_buf_add(out, l->text.data + run->at, run->len);
    }
    return rc;
}

/* ---- columns of text ---- */

/* What speaks for a gutter at x: rows that leave it free with runs on both sides, and how full those are. */
typedef struct gutter {
    size_t both;
    double left_full, right_full;
} gutter;

static int crosses(const sectag_layout *l, const sectag_row *row, double x) {
    for (size_t i = 0; i < row->n; i++) {
        const sectag_box *b = &l->runs.data[row->first + i].box;
        if (b->x1 < x && b->x2 > x) return 1;
    }
    return 0;
}

static gutter try_gutter(const sectag_layout *l, double x, double left, double right) {
    gutter g = {0};
    for (size_t r = 0; r < l->rows.len; r++) {
        const sectag_row *row = &l->rows.data[r];
        if (row->dropped || row->n < 2 || crosses(l, row, x)) continue;
        double before = 0, behind = 0;
        for (size_t i = 0; i < row->n; i++) {
            const sectag_box *b = &l->runs.data[row->first + i].box;
            *(b->x2 <= x ? &before : &behind) += b->x2 - b->x1;
        }
        if (before <= 0 || behind <= 0) continue;
        g.both++;
        g.left_full += before / (x - left);
        g.right_full += behind / (right - x);
    }
    return g;
}

/* Where the page's text falls into two columns: lines of both that fill them, side by side. 0: it does not.
 */
static double find_gutter(const sectag_layout *l, double left, double right) {
    enum { ENOUGH = 8 };
    double best = 0;
    size_t most = 0;
    for (double share = 0.40; share < 0.605; share += 0.005) {
        double x = left + (right - left) * share;
        gutter g = try_gutter(l, x, left, right);
        if (g.both < ENOUGH || g.both <= most) continue;
        if (g.left_full < 0.72 * (double)g.both || g.right_full < 0.72 * (double)g.both) continue;
        most = g.both;
        best = x;
    }
    return best;
}

static void margins(const sectag_layout *l, double *left, double *right) {
    *left = 1e9;
    *right = 0;
    for (size_t i = 0; i < l->rows.len; i++) {
        const sectag_row *row = &l->rows.data[i];
        if (row->dropped) continue;
        if (row->box.x1 < *left) *left = row->box.x1;
        if (row->box.x2 > *right) *right = row->box.x2;
    }
}

static int push_line(sectag_layout *l, const sectag_row *row, uint32_t flow) {
    sectag_layout_line line = {.row = *row, .flow = flow};
    return sectag_array_push(&l->lines, line) ? SECTAG_ENOMEM : 0;
}

/* Rows [from, to) of one side of the gutter; a row is cut where the gutter runs. */
static int push_side(sectag_layout *l, size_t from, size_t to, double x, int right, uint32_t flow) {
    for (size_t r = from; r < to; r++) {
        const sectag_row *row = &l->rows.data[r];
        size_t cut = 0;
        if (row->dropped) continue;
        while (cut < row->n && l->runs.data[row->first + cut].box.x1 < x) cut++;
        size_t first = row->first + (right ? cut : 0), end = row->first + (right ? row->n : cut);
        if (first == end) continue;
        sectag_row side = row_of(l->runs.data, first, end);
        if (push_line(l, &side, flow)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Bands between rows that cross the gutter: the left column, then the right one. */
static int push_columns(sectag_layout *l, double x) {
    uint32_t flow = 1;
    size_t r = 0, n = l->rows.len;
    while (r < n) {
        size_t end = r;
        while (end < n && (l->rows.data[end].dropped || !crosses(l, &l->rows.data[end], x))) end++;
        if (push_side(l, r, end, x, 0, flow) || push_side(l, r, end, x, 1, flow + 1)) return SECTAG_ENOMEM;
        flow += 2;
        for (r = end; r < n && (l->rows.data[r].dropped || crosses(l, &l->rows.data[r], x)); r++)
            if (!l->rows.data[r].dropped && push_line(l, &l->rows.data[r], flow)) return SECTAG_ENOMEM;
        flow++;
    }
    return 0;
}

static int push_rows(sectag_layout *l) {
    for (size_t r = 0; r < l->rows.len; r++)
        if (!l->rows.data[r].dropped && push_line(l, &l->rows.data[r], 1)) return SECTAG_ENOMEM;
    return 0;
}

/* ---- tables ---- */

/* Adds the interval to the table's columns [from, edges.len), merging those that it bridges. Returns 0 or
 * SECTAG_ENOMEM. */
static int add_interval(sectag_layout *l, size_t from, double x1, double x2, double gap) {
    size_t put = from;
    for (size_t i = from; i < l->edges.len; i += 2) {
        double a = l->edges.data[i], b = l->edges.data[i + 1];
        if (b + gap < x1 || x2 + gap < a) {
            l->edges.data[put++] = a;
            l->edges.data[put++] = b;
        } else {
            if (a < x1) x1 = a;
            if (b > x2) x2 = b;
        }
    }
    l->edges.len = put;
    if (sectag_array_push(&l->edges, x1) || sectag_array_push(&l->edges, x2)) return SECTAG_ENOMEM;
    return 0;
}

static int add_row(sectag_layout *l, size_t from, const sectag_row *row) {
    for (size_t i = 0; i < row->n; i++) {
        const sectag_run *run = &l->runs.data[row->first + i];
        if (add_interval(l, from, run->box.x1, run->box.x2, COLUMN_GAP * run->em)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Columns that lines [first, end) fall into. Sets edges[from ...]. Negative: no memory. */
static int count_columns(sectag_layout *l, size_t from, size_t first, size_t end) {
    l->edges.len = from;
    for (size_t i = first; i < end; i++)
        if (add_row(l, from, &l->lines.data[i].row)) return SECTAG_ENOMEM;
    return (int)((l->edges.len - from) / 2);
}

/* A line that no table holds: one run as wide as the flow. */
static int is_text_line(const sectag_layout_line *line) {
    return line->row.n == 1 && line->row.box.x2 - line->row.box.x1 > 0.8 * (line->right - line->left);
}

static int is_near(const sectag_layout_line *above, const sectag_layout_line *line) {
    return line->flow == above->flow && line->row.box.y1 - above->row.box.y2 < 3 * height(&above->row.box);
}

/* Where the table that begins in line `first` ends; `first` where there is none. Grown line by line while at
 * least two columns stay apart; lines behind the last with two cells belong to it only right of the first
 * column. */
static size_t table_end(sectag_layout *l, size_t from, size_t first, int *failed) {
    size_t end = first + 1, multi = 1, last_multi = first + 1;
    int columns = count_columns(l, from, first, end);
    size_t most = l->lines.data[first].row.n;
    for (; columns >= 2 && end < l->lines.len; end++) {
        const sectag_layout_line *line = &l->lines.data[end];
        if (!is_near(line - 1, line) || is_text_line(line) || end - last_multi > 6) break;
        columns = count_columns(l, from, first, end + 1);
        if (columns < 2) break;
        if (line->row.n < 2) continue;
        multi++;
        last_multi = end + 1;
        if (line->row.n > most) most = line->row.n;
    }
    if (columns < 0) *failed = 1;
    if (multi < 2 && most < 3) return first;
    end = last_multi;
    if (count_columns(l, from, first, end) < 2) return first;
    return end;
}

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The gap between lines beyond which a new table row begins: where gaps are of two sorts, between the two. */
static double row_gap(sectag_layout *l, size_t first, size_t end) {
    l->gaps.len = 0;
    for (size_t i = first + 1; i < end; i++) {
        double gap = l->lines.data[i].row.box.y1 - l->lines.data[i - 1].row.box.y2;
        if (sectag_array_push(&l->gaps, gap)) return -1e9;
    }
    if (l->gaps.len < 2) return -1e9;
    qsort(l->gaps.data, l->gaps.len, sizeof *l->gaps.data, by_value);
    double low = l->gaps.data[0], high = l->gaps.data[l->gaps.len - 1 - l->gaps.len / 8];
    return high - low > 0.35 * l->lines.data[first].row.em ? (low + high) / 2 : -1e9;
}

/* Numbers the table's rows. Lines whose cells are all filled are rows of their own. */
static void number_rows(sectag_layout *l, size_t first, size_t end, uint32_t table) {
    double gap = row_gap(l, first, end);
    uint32_t row = 1;
    for (size_t i = first; i < end; i++) {
        sectag_layout_line *line = &l->lines.data[i];
        if (i > first && line->row.box.y1 - line[-1].row.box.y2 > gap) row++;
        line->table = table;
        line->table_row = row;
    }
}

static int find_tables(sectag_layout *l) {
    uint32_t table = 0;
    int failed = 0;
    for (size_t i = 0; i < l->lines.len;) {
        size_t from = l->edges.len, end = i;
        if (l->lines.data[i].row.n >= 2) end = table_end(l, from, i, &failed);
        if (failed) return SECTAG_ENOMEM;
        if (end == i) {
            l->edges.len = from;
            i++;
            continue;
        }
        number_rows(l, i, end, ++table);
        double mark = NAN; /* the end of this table's columns */
        if (sectag_array_push(&l->edges, mark)) return SECTAG_ENOMEM;
        i = end;
    }
    return 0;
}

uint32_t sectag_layout_column(const sectag_layout *l, const sectag_layout_line *line, const sectag_run *run) {
    size_t at = 0;
    uint32_t column = 1;
    for (uint32_t table = 1; table < line->table; at++)
        if (isnan(l->edges.data[at])) table++;
    for (; at < l->edges.len && !isnan(l->edges.data[at]); at += 2)
        column += l->edges.data[at + 1] < run->box.x1;
    return column;
}

/* ---- lines ---- */

/* The usual distance of line tops, and the margins, of each flow. */
static int measure_flows(sectag_layout *l) {
    for (size_t first = 0, end; first < l->lines.len; first = end) {
        double left = 1e9, right = 0;
        l->gaps.len = 0;
        for (end = first; end < l->lines.len && l->lines.data[end].flow == l->lines.data[first].flow; end++) {
            const sectag_row *row = &l->lines.data[end].row;
            if (row->box.x1 < left) left = row->box.x1;
            if (row->box.x2 > right) right = row->box.x2;
            if (end > first && sectag_array_push(&l->gaps, row->box.y2 - l->lines.data[end - 1].row.box.y2))
                return SECTAG_ENOMEM;
        }
        if (l->gaps.len) qsort(l->gaps.data, l->gaps.len, sizeof *l->gaps.data, by_value);
        double pitch = l->gaps.len > 2 ? l->gaps.data[l->gaps.len * 2 / 5] : 0;
        for (size_t i = first; i < end; i++) {
            l->lines.data[i].left = left;
            l->lines.data[i].right = right;
            l->lines.data[i].pitch = pitch;
        }
    }
    return 0;
}

/* Lines of the cell that boxed runs [first, end) stand in, appended to l->lines. */
static int push_cell(sectag_layout *l, size_t first, size_t end, const sectag_layout_line *as) {
    for (size_t i = first, next; i < end; i = next) {
        size_t from = l->runs.len;
        const sectag_box top = l->boxed.data[i].run.box;
        for (next = i; next < end && side_by_side(&top, &l->boxed.data[next].run.box); next++)
            if (sectag_array_push(&l->runs, l->boxed.data[next].run)) return SECTAG_ENOMEM;
        sectag_layout_line line = *as;
        line.row = row_of(l->runs.data, from, l->runs.len);
        if (sectag_array_push(&l->lines, line)) return SECTAG_ENOMEM;
    }
    return 0;
}

static int same_side(double a, double b) {
    return fabs(a - b) < 3;
}

/* Lines of the table row that begins with boxed run `first`; *end is behind its last run. */
static int push_boxed_row(sectag_layout *l, size_t first, uint32_t row, size_t *end) {
    sectag_layout_line as = {.flow = 1, .table = 1, .table_row = row};
    double top = l->boxed.data[first].cell.y1;
    for (size_t i = first, next;; i = next) {
        if (i == l->boxed.len || !same_side(l->boxed.data[i].cell.y1, top)) {
            *end = i;
            return 0;
        }
        const sectag_box cell = l->boxed.data[i].cell;
        for (next = i + 1; next < l->boxed.len && same_side(l->boxed.data[next].cell.y1, cell.y1) &&
                           same_side(l->boxed.data[next].cell.x1, cell.x1);
             next++) {
        }
        as.cell++;
        as.left = cell.x1;
        as.right = cell.x2;
        if (push_cell(l, i, next, &as)) return SECTAG_ENOMEM;
    }
}

/* Puts the rows of ruled tables between the lines of text, by height. */
static int merge_boxed(sectag_layout *l) {
    size_t texts = l->lines.len, text = 0, boxed = 0;
    uint32_t row = 0;
    while (text < texts || boxed < l->boxed.len) {
        int table = boxed < l->boxed.len &&
                    (text == texts || l->boxed.data[boxed].cell.y1 < l->lines.data[text].row.box.y1);
        if (table) {
            if (push_boxed_row(l, boxed, ++row, &boxed)) return SECTAG_ENOMEM;
        } else {
            sectag_layout_line line = l->lines.data[text++];
            if (sectag_array_push(&l->lines, line)) return SECTAG_ENOMEM;
        }
    }
    memmove(l->lines.data, l->lines.data + texts, (l->lines.len - texts) * sizeof *l->lines.data);
    l->lines.len -= texts;
    return 0;
}

int sectag_layout_lines(sectag_layout *l) {
    double left, right;
    l->lines.len = l->edges.len = 0;
    if (l->boxed.len) { /* tables are ruled on this page: none is guessed */
        int failed = push_rows(l) || measure_flows(l);
        return failed ? SECTAG_ENOMEM : merge_boxed(l);
    }
    margins(l, &left, &right);
    double x = find_gutter(l, left, right);
    int rc = x > 0 ? push_columns(l, x) : push_rows(l);
    if (!rc) rc = measure_flows(l);
    return rc ? rc : find_tables(l);
}
