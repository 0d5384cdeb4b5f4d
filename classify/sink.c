#include "classify/sink.h"

#include "features/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char can_go_on[] = "sectag: interrupted; the same command with --resume goes on\n";

/* ---- text ---- */

static int write_bytes(sectag_sink *s, const char *data, size_t len, sectag_err *err) {
    sectag_journal_wrote(&s->journal, data, len);
    return sectag_output_write(&s->output, data, len, err);
}

/* Writes what a writer put into the buffer, and releases it. */
static int write_text(sectag_sink *s, int bad, sectag_buf *text, sectag_err *err) {
    int rc = bad ? sectag_err_nomem(err) : 0;
    if (!rc && text->len) rc = write_bytes(s, text->data, text->len, err);
    sectag_buf_release(text);
    return rc;
}

static int begin_text(sectag_sink *s, const sectag_totals *totals, sectag_err *err) {
    sectag_buf text = {0};
    int rc = write_text(s, sectag_writer_begin(s->o.writer, &text), &text, err);
    return rc ? rc : sectag_journal_mark(&s->journal, 0, totals, 1, err);
}

static int name_beside(const char *path, const char *ending, sectag_buf *out, sectag_err *err) {
    return sectag_buf_adds(out, path) | sectag_buf_adds(out, ending) ? sectag_err_nomem(err) : 0;
}

/* A file that grows under another name, with a journal. */
static int open_kept(sectag_sink *s, sectag_totals *totals, sectag_err *err) {
    sectag_buf journal = {0};
    sectag_mark mark = {0, 0};
    int rc = name_beside(s->o.path, ".part", &s->part, err);
    if (!rc) rc = name_beside(s->o.path, ".journal", &journal, err);
    if (!rc && s->o.resume)
        rc = sectag_journal_resume(&s->journal, journal.data, s->part.data, s->o.key, s->o.n_areas, &mark,
                                   totals, err);
    if (rc == 0) rc = sectag_journal_begin(&s->journal, journal.data, s->o.key, s->o.n_areas, err);
    sectag_buf_release(&journal);
    if (rc < 0) return rc;
    s->input = mark.documents;
    rc = sectag_output_init_kept(&s->output, s->o.path, mark.bytes, err);
    if (!rc) sectag_output_say_kept(can_go_on);
    return rc || mark.bytes || s->input ? rc : begin_text(s, totals, err);
}

static int is_regular_or_new(const char *path) {
    struct stat st;
    return path && strcmp(path, "-") != 0 && (stat(path, &st) || S_ISREG(st.st_mode));
}

static int open_text(sectag_sink *s, sectag_totals *totals, sectag_err *err) {
    if (s->o.can_resume && is_regular_or_new(s->o.path)) return open_kept(s, totals, err);
    int rc = sectag_output_init(&s->output, s->o.path, err);
    return rc ? rc : begin_text(s, totals, err);
}

static int put_text(sectag_sink *s, const sectag_batch *b, sectag_err *err) {
    sectag_buf head = {0};
    int rc = 0;
    if (b->opens) s->head_written = 0;
    if (!b->printed) return 0;
    if (!s->head_written)
        rc =
            write_text(s, sectag_writer_document(s->o.writer, (sectag_piece){b->doc.data, b->doc.len}, &head),
                       &head, err);
    s->head_written = 1;
    return rc ? rc : write_bytes(s, b->out.data, b->out.len, err);
}

static int finish_text(sectag_sink *s, const sectag_totals *totals, sectag_err *err) {
    sectag_buf text = {0};
    int rc = write_text(s, sectag_writer_end(s->o.writer, totals, &text), &text, err);
    if (!rc) rc = sectag_output_commit(&s->output, err);
    if (!rc) sectag_journal_remove(&s->journal);
    return rc;
}

/* ---- a database ---- */

static int open_store(sectag_sink *s, sectag_totals *totals, sectag_err *err) {
    int rc = name_beside(s->o.path, ".part", &s->part, err);
    if (!rc)
        rc = sectag_store_open(&s->store, s->part.data, s->o.resume, s->o.key, s->o.writer, s->o.time,
                               &s->input, totals, err);
    if (!rc && s->o.can_resume) sectag_output_say_kept(can_go_on);
    return rc;
}

static int io_error(const char *path, const char *what, sectag_err *err) {
    return sectag_err_at(err, SECTAG_EIO, path, 0, "%s: %s", what, strerror(errno));
}

static int flush_to_disk(const char *path, sectag_err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) ? io_error(path, "cannot write", err) : 0;
    if (fd >= 0) (void)close(fd);
    return rc;
}

static int finish_store(sectag_sink *s, const sectag_totals *totals, sectag_err *err) {
    int rc = sectag_store_finish(s->store, s->o.time, totals, err);
    sectag_store_free(s->store);
    s->store = NULL;
    if (!rc) rc = flush_to_disk(s->part.data, err);
    if (!rc && rename(s->part.data, s->o.path)) rc = io_error(s->o.path, "cannot replace", err);
    return rc;
}

/* ---- either ---- */

int sectag_sink_init(sectag_sink *s, const sectag_sink_options *options, sectag_totals *totals,
                     sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->o = *options;
    s->output.fd = STDOUT_FILENO;
    return s->o.writer->format == &sectag_format_sqlite ? open_store(s, totals, err)
                                                        : open_text(s, totals, err);
}

int sectag_sink_batch(sectag_sink *s, const sectag_batch *b, const sectag_totals *totals, sectag_err *err) {
    int rc = s->store ? sectag_store_batch(s->store, b, s->input, s->o.all, err) : put_text(s, b, err);
    if (rc || !b->end.ends) return rc;
    s->input++;
    return sectag_journal_mark(&s->journal, s->input, totals, 0, err);
}

int sectag_sink_finish(sectag_sink *s, const sectag_totals *totals, sectag_err *err) {
    int rc = s->store ? finish_store(s, totals, err) : finish_text(s, totals, err);
    sectag_output_say_kept(NULL);
    return rc;
}

void sectag_sink_release(sectag_sink *s) {
    sectag_output_say_kept(NULL);
    sectag_store_free(s->store);
    sectag_output_release(&s->output);
    sectag_journal_release(&s->journal);
    sectag_buf_release(&s->part);
}
