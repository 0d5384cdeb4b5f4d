/* mutate: damaged copies of documents.
 *
 *   mutate SEED FIRST COUNT FOLDER DOCUMENT...
 *
 * Writes mutants number FIRST to FIRST + COUNT - 1 into FOLDER, each of one of the documents by turns, with
 * one to three of: bits flipped (few, or many in one place), the end cut off, a piece copied over another
 * place, inserted or taken out, a piece of another document put in, a number changed to an unlikely one. The
 * same arguments make the same bytes.
 */
#include "features/array.h"
#include "features/buf.h"
#include "features/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* splitmix64 (Steele, Lea and Flood 2014): a good generator that starts from any number. */
static uint64_t state;

static uint64_t draw(void) {
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(size_t n) {
    return n ? (size_t)(draw() % n) : 0;
}

static void die(const char *what) {
    (void)fprintf(stderr, "mutate: %s\n", what);
    exit(2);
}

/* ---- mutations, of b by help of another document ---- */

static void flip_few(sectag_buf *b, const sectag_file *other) {
    (void)other;
    for (size_t n = 1 + below(8); n > 0; n--) b->data[below(b->len)] ^= (char)(1u << below(8));
}

static void flip_many(sectag_buf *b, const sectag_file *other) {
    size_t at = below(b->len), span = 1 + below(200);
    (void)other;
    for (size_t i = at; i < at + span && i < b->len; i++)
        if (draw() & 1) b->data[i] ^= (char)(1u << below(8));
}

static void cut_end(sectag_buf *b, const sectag_file *other) {
    (void)other;
    b->len = draw() & 1 ? below(b->len) : b->len - below(b->len < 64 ? b->len : 64);
}

static void copy_over(sectag_buf *b, const sectag_file *other) {
    size_t len = 1 + below(b->len / 4 + 1), from = below(b->len - len + 1), to = below(b->len - len + 1);
    (void)other;
    memmove(b->data + to, b->data + from, len);
}

static void take_out(sectag_buf *b, const sectag_file *other) {
    size_t len = 1 + below(b->len / 8 + 1), at = below(b->len - len + 1);
    (void)other;
    memmove(b->data + at, b->data + at + len, b->len - at - len);
    b->len -= len;
}

static void put_in(sectag_buf *b, const char *piece, size_t len) {
    size_t at = below(b->len + 1);
    if (sectag_buf_reserve(b, len)) die("out of memory");
    memmove(b->data + at + len, b->data + at, b->len - at);
    memcpy(b->data + at, piece, len);
    b->len += len;
}

static void put_in_own(sectag_buf *b, const sectag_file *other) {
    char piece[4096];
    size_t len = 1 + below(b->len < sizeof piece ? b->len : sizeof piece);
    (void)other;
    memcpy(piece, b->data + below(b->len - len + 1), len);
    put_in(b, piece, len);
}

static void splice(sectag_buf *b, const sectag_file *other) {
    size_t len = 1 + below(other->len < 4096 ? other->len : 4096);
    put_in(b, other->data + below(other->len - len + 1), len);
}

static void change_number(sectag_buf *b, const sectag_file *other) {
    static const char *const numbers[] = {"0",          "-1",         "65536",
                                          "2147483647", "4294967296", "99999999999999999999"};
    (void)other;
    for (size_t tries = 0, at = below(b->len); tries < b->len; tries++, at = (at + 1) % b->len) {
        if (b->data[at] < '0' || b->data[at] > '9') continue;
        const char *number = numbers[below(6)];
        size_t n = strlen(number);
        memcpy(b->data + at, number, n < b->len - at ? n : b->len - at);
        return;
    }
}

static void (*const mutations[])(sectag_buf *b, const sectag_file *other) = {
    flip_few, flip_many, cut_end, copy_over, take_out, put_in_own, splice, change_number};

/* ---- files ---- */

static void save(const char *path, const sectag_buf *b) {
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b->data, 1, b->len, f) != b->len || fclose(f)) die(path);
}

static void make(uint64_t seed, size_t number, const char *folder, const sectag_file *files, char **names,
                 size_t n) {
    char path[4096];
    sectag_buf b = {0};
    const char *dot = strrchr(names[number % n], '.');
    state = seed * 1000003u + number;
    if (sectag_buf_add(&b, files[number % n].data, files[number % n].len)) die("out of memory");
    for (size_t k = 1 + below(3); k > 0 && b.len > 1; k--)
        mutations[below(sizeof mutations / sizeof mutations[0])](&b, &files[below(n)]);
    (void)snprintf(path, sizeof path, "%s/%06zu%s", folder, number, dot ? dot : "");
    save(path, &b);
    sectag_buf_release(&b);
}

int main(int argc, char **argv) {
    if (argc < 6) die("usage: mutate SEED FIRST COUNT FOLDER DOCUMENT...");
    size_t first = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10), n = (size_t)argc - 5;
    sectag_file *files = sectag_zalloc(n, sizeof *files);
    if (!files) die("out of memory");
    for (size_t i = 0; i < n; i++)
        if (sectag_file_open(&files[i], argv[5 + i], NULL) || files[i].len < 2) die(argv[5 + i]);
    (void)mkdir(argv[4], 0777);
    for (size_t i = first; i < first + count; i++)
        make(strtoul(argv[1], NULL, 10), i, argv[4], files, argv + 5, n);
    for (size_t i = 0; i < n; i++) sectag_file_release(&files[i]);
    free(files);
    return 0;
}
