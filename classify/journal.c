#include "classify/journal.h"

#include "classify/progress.h"
#include "features/array.h"
#include "features/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#define INTERVAL 0.02
static const char title[] = "sectag journal 1\n";

static int io_error(const sectag_journal *j, const char *what, sectag_err *err) {
    return sectag_err_at(err, SECTAG_EIO, j->path.data, 0, "%s: %s", what, strerror(errno));
}

static int open_at(sectag_journal *j, const char *path, size_t n_areas, int flags, sectag_err *err) {
    memset(j, 0, sizeof *j);
    j->n_areas = n_areas;
    j->state = XXH3_createState();
    if (!j->state || sectag_buf_adds(&j->path, path)) return sectag_err_nomem(err);
    (void)XXH3_64bits_reset(j->state);
    int fd = open(path, flags | O_RDWR | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) return io_error(j, "cannot write", err);
    j->fd = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
    return sectag_err_at(err, SECTAG_EIO, path, 0, "another run is writing this output");
}

static int put_line(sectag_journal *j, sectag_buf *line, sectag_err *err) {
    ssize_t put = write(j->fd, line->data, line->len);
    return put == (ssize_t)line->len ? 0 : io_error(j, "cannot write", err);
}

/* ---- a new one ---- */

int sectag_journal_begin(sectag_journal *j, const char *path, const sectag_run_key *key, size_t n_areas,
                         sectag_err *err) {
    sectag_buf head = {0};
    int rc = open_at(j, path, n_areas, O_CREAT, err);
    if (!rc && ftruncate(j->fd, 0)) rc = io_error(j, "cannot write", err);
    int bad = sectag_buf_adds(&head, title);
    for (size_t i = 0; sectag_run_key_name(i); i++)
        bad |= sectag_buf_addf(&head, "%s\t", sectag_run_key_name(i)) |
               sectag_buf_adds(&head, sectag_run_key_value(key, i)) | sectag_buf_addc(&head, '\n');
    if (!rc && bad) rc = sectag_err_nomem(err);
    if (!rc) rc = put_line(j, &head, err);
    sectag_buf_release(&head);
    return rc;
}

void sectag_journal_wrote(sectag_journal *j, const char *data, size_t len) {
    if (!j->fd) return;
    (void)XXH3_64bits_update(j->state, data, len);
    j->bytes += len;
}

int sectag_journal_mark(sectag_journal *j, size_t documents, const sectag_totals *totals, int now,
                        sectag_err *err) {
    double time = sectag_clock();
    if (!j->fd || (!now && time - j->marked < INTERVAL)) return 0;
    sectag_buf line = {0};
    int rc = sectag_buf_addf(&line, "mark\t%zu\t%llu\t%016llx\t%llu\t%llu\t%llu\t%llu", documents,
                             (unsigned long long)j->bytes, (unsigned long long)XXH3_64bits_digest(j->state),
                             (unsigned long long)totals->failed, (unsigned long long)totals->warnings,
                             (unsigned long long)totals->clauses, (unsigned long long)totals->tagged);
    for (size_t a = 0; a < j->n_areas; a++)
        rc |= sectag_buf_addf(&line, "\t%llu", (unsigned long long)totals->area[a]);
    rc |= sectag_buf_addc(&line, '\n');
    if (rc) rc = sectag_err_nomem(err);
    if (!rc) rc = put_line(j, &line, err);
    sectag_buf_release(&line);
    j->marked = sectag_clock();
    return rc;
}

/* ---- an interrupted one ---- */

/* A mark as it stands in the journal, with where its line ends. `totals`: the numbers behind it. */
typedef struct line {
    sectag_mark mark;
    uint64_t digest;
    char *totals;
    size_t end;
} line;

typedef SECTAG_ARRAY(line) line_list;

/* The key's lines. Returns where the marks begin, 0 for another kind of file, or an error. */
static int check_key(const sectag_journal *j, const sectag_file *f, const sectag_run_key *key, size_t *at,
                     sectag_err *err) {
    *at = sizeof title - 1;
    if (f->len < *at || memcmp(f->data, title, *at) != 0) return 0;
    for (size_t i = 0; sectag_run_key_name(i); i++) {
        const char *from = f->data + *at, *name = sectag_run_key_name(i);
        const char *feed = memchr(from, '\n', f->len - *at);
        size_t n = strlen(name);
        if (!feed || (size_t)(feed - from) <= n || memcmp(from, name, n) != 0 || from[n] != '\t') return 0;
        int rc = sectag_run_key_check(key, i, from + n + 1, (size_t)(feed - from) - n - 1, j->path.data, err);
        if (rc) return rc;
        *at = (size_t)(feed - f->data) + 1;
    }
    return 1;
}

/* All whole marks in the journal's text, which is NUL-terminated. */
static int take_marks(char *text, size_t at, line_list *out) {
    char *feed;
    for (; (feed = strchr(text + at, '\n')) != NULL; at = (size_t)(feed - text) + 1) {
        if (strncmp(text + at, "mark\t", 5) != 0) break;
        line l = {.totals = text + at + 5, .end = (size_t)(feed - text) + 1};
        l.mark.documents = strtoull(l.totals, &l.totals, 10);
        l.mark.bytes = strtoull(l.totals, &l.totals, 10);
        l.digest = strtoull(l.totals, &l.totals, 16);
        if (sectag_array_push(out, l)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* The last mark whose bytes the output begins with; 0: none, else 1 + its number. The digest stands there
 * then. */
static size_t find_mark(sectag_journal *j, const sectag_file *part, const line_list *marks) {
    XXH3_state_t *at_mark = XXH3_createState();
    size_t found = 0;
    for (size_t i = 0, at = 0; at_mark && marks->data && i < marks->len; i++) {
        const line *l = &marks->data[i];
        if (l->mark.bytes > part->len || l->mark.bytes < at) break;
        (void)XXH3_64bits_update(j->state, part->data + at, (size_t)l->mark.bytes - at);
        at = (size_t)l->mark.bytes;
        if (XXH3_64bits_digest(j->state) != l->digest) break;
        XXH3_copyState(at_mark, j->state);
        found = i + 1;
    }
    if (found) XXH3_copyState(j->state, at_mark);
    (void)XXH3_freeState(at_mark);
    return found;
}

static void add_totals(const sectag_journal *j, const line *l, sectag_totals *totals) {
    char *at = l->totals;
    uint64_t *const first[] = {&totals->failed, &totals->warnings, &totals->clauses, &totals->tagged};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) *first[i] += strtoull(at, &at, 10);
    for (size_t a = 0; a < j->n_areas; a++) totals->area[a] += strtoull(at, &at, 10);
    totals->documents += l->mark.documents - totals->failed;
}

/* Goes on behind the last mark that holds. `text` is the journal as it stands. */
static int go_on(sectag_journal *j, char *text, size_t at, const char *part, sectag_mark *mark,
                 sectag_totals *totals, sectag_err *err) {
    sectag_file output = {0};
    line_list marks = {0};
    int rc = take_marks(text, at, &marks) ? sectag_err_nomem(err) : sectag_file_open(&output, part, err);
    if (!rc) {
        size_t found = find_mark(j, &output, &marks);
        if (found && marks.data) {
            const line *l = &marks.data[found - 1];
            *mark = l->mark;
            j->bytes = l->mark.bytes;
            add_totals(j, l, totals);
            rc = ftruncate(j->fd, (off_t)l->end) ? io_error(j, "cannot write", err) : 1;
        }
    }
    sectag_file_release(&output);
    free(marks.data);
    return rc;
}

int sectag_journal_resume(sectag_journal *j, const char *path, const char *part, const sectag_run_key *key,
                          size_t n_areas, sectag_mark *mark, sectag_totals *totals, sectag_err *err) {
    sectag_file f = {0};
    sectag_buf text = {0};
    size_t at = 0;
    if (access(path, F_OK) || access(part, F_OK)) return 0;
    int rc = open_at(j, path, n_areas, 0, err);
    if (!rc) rc = sectag_file_open(&f, path, err);
    if (!rc && (rc = check_key(j, &f, key, &at, err)) == 1)
        rc = sectag_buf_add(&text, f.data, f.len) ? sectag_err_nomem(err)
                                                  : go_on(j, text.data, at, part, mark, totals, err);
    sectag_file_release(&f);
    sectag_buf_release(&text);
    if (rc != 1) sectag_journal_release(j);
    return rc;
}

/* ---- the end ---- */

void sectag_journal_remove(sectag_journal *j) {
    if (j->fd) (void)unlink(j->path.data);
    sectag_journal_release(j);
}

void sectag_journal_release(sectag_journal *j) {
    if (j->fd) (void)close(j->fd);
    if (j->state) (void)XXH3_freeState(j->state);
    sectag_buf_release(&j->path);
    memset(j, 0, sizeof *j);
}
