/* cmd_tag.c: documents in, tagged clauses out.
 *
 *   inputs -> document -> batch -> pool (tagger, writer) -> output
 */
#include "classify/batch.h"
#include "classify/document.h"
#include "classify/inputs.h"
#include "classify/output.h"
#include "classify/pool.h"
#include "classify/program.h"
#include "classify/progress.h"
#include "classify/saver.h"
#include "features/isolation.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SECTAG_VERSION
#define SECTAG_VERSION "0.1.0"
#endif

typedef struct tag_options {
    const char *format, *areas, *output, *model, *workspace, *colour, *encoding, *column;
    int lines, all, scores, save, quiet, verbose;
    size_t jobs, megabytes;
    double seconds;
} tag_options;

#define AT(member) offsetof(tag_options, member)

static const sectag_option options[] = {
    {"format", 'f', SECTAG_OPTION_TEXT, AT(format), "NAME",
     "jsonl, csv, tsv, html or text (default: as -o FILE ends;\n"
     "                          text on a terminal, else jsonl)"},
    {"output", 'o', SECTAG_OPTION_TEXT, AT(output), "FILE", "write to FILE, which appears when all is done"},
    {"lines", 'l', SECTAG_OPTION_FLAG, AT(lines), NULL,
     "take each line as one clause: a record for every line, in order"},
    {"all", 'a', SECTAG_OPTION_FLAG, AT(all), NULL, "every clause, not only those with a tag"},
    {"scores", 's', SECTAG_OPTION_FLAG, AT(scores), NULL, "also every area's score and probability"},
    {"area", 0, SECTAG_OPTION_TEXT, AT(areas), "CODE,...", "these areas only"},
    {"column", 0, SECTAG_OPTION_TEXT, AT(column), "NAME",
     "tables: the column with the clauses, by name or letter (default:\n"
     "                          the one with the most text); JSONL: the member (default: text)"},
    {"field", 0, SECTAG_OPTION_TEXT, AT(column), "NAME", "the same as --column"},
    {"encoding", 0, SECTAG_OPTION_TEXT, AT(encoding), "NAME",
     "read text, tables and web pages in this encoding (default: guessed)"},
    {"jobs", 'j', SECTAG_OPTION_COUNT, AT(jobs), "N",
     "threads (default: one a processor); never changes the output"},
    {"time-limit", 0, SECTAG_OPTION_REAL, AT(seconds), "SECONDS",
     "give a document up that takes longer to be read: PDF, Word, Excel,\n"
     "                          web pages (default: 120)"},
    {"memory-limit", 0, SECTAG_OPTION_COUNT, AT(megabytes), "MB",
     "... or more memory (default: 1024)"},
    {"model", 'm', SECTAG_OPTION_TEXT, AT(model), "FILE",
     "the model (default: $SECTAG_MODEL, else the workspace's active one, else the one that came along)"},
    {"save", 0, SECTAG_OPTION_FLAG, AT(save), NULL,
     "also save clauses and tags in the workspace, to be corrected"},
    {"workspace", 'w', SECTAG_OPTION_TEXT, AT(workspace), "FILE",
     "the workspace (default: $SECTAG_WORKSPACE, else sectag/workspace.sqlite\n"
     "                          in $XDG_DATA_HOME or ~/.local/share)"},
    {"color", 0, SECTAG_OPTION_TEXT, AT(colour), "WHEN", "auto, always or never; for the format text"},
    {"quiet", 'q', SECTAG_OPTION_FLAG, AT(quiet), NULL, "no progress, no summary, no word of skipped files"},
    {"verbose", 'v', SECTAG_OPTION_FLAG, AT(verbose), NULL,
     "say how each document was read and what was dropped"},
};

static const sectag_usage usage = {
    .command = "tag",
    .operands = "[FILE | FOLDER | -]...",
    .summary =
        "Cuts documents into clauses and prints those that are about an area, with their tags. Read are "
        "plain\n"
        "text, PDF, Word (.docx), web pages and feeds, spreadsheets (.xlsx, .csv, .tsv) and JSONL. A folder\n"
        "stands for its documents, those in folders below included. Without operands, or for -, standard\n"
        "input is read.",
    .example = "sectag tag tests/data/sample/plan-zh.txt\n"
               "sectag tag --format csv -o tags.csv tests/data/sample\n"
               "printf '开展疫苗研发。\\n' | sectag tag --lines",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    tag_options o;
    sectag_model model;
    uint8_t *shown;
    sectag_writer writer;
    sectag_output output;
    sectag_saver saver;
    sectag_inputs inputs;
    sectag_document *document;
    sectag_isolation *isolation;
    sectag_pool *pool;
    sectag_tagger *taggers; /* [threads], each made by its thread when first needed */
    sectag_batch *batches;
    void **jobs; /* the batches, as the pool wants them */
    size_t n_batches;
    unsigned threads;
    sectag_batch *batch; /* being filled, or NULL */
    uint64_t batch_from; /* byte of the document from which its bytes count */
    int opens;           /* the next batch is its document's first */
    int doc_printed;     /* the document's head was written */
    uint64_t bytes;      /* of finished batches and documents */
    sectag_totals totals;
    sectag_progress progress;
    double began;
    int some_failed;
} run;

/* ---- telling ---- */

static void report(void *ctx, const sectag_err *err) {
    run *r = ctx;
    r->some_failed = 1;
    sectag_progress_hide(&r->progress);
    sectag_program_error(err);
}

static void note(void *ctx, const sectag_err *what) {
    run *r = ctx;
    if (what->code)
        report(ctx, what);
    else if (!r->o.quiet)
        sectag_program_error(what);
}

static void say_read(run *r, const char *path) {
    const sectag_document_counts *c = sectag_document_counted(r->document);
    if (!r->o.verbose || !c->reader) return;
    sectag_progress_hide(&r->progress);
    sectag_program_say("%s: read as %s%s%s", path, c->reader, c->encoding ? ", " : "",
                       c->encoding ? c->encoding : "");
    if (c->page_numbers)
        sectag_program_say("%s: %llu page number%s or running head%s dropped", path,
                           (unsigned long long)c->page_numbers, c->page_numbers == 1 ? "" : "s",
                           c->page_numbers == 1 ? "" : "s");
}

static void summarise(const run *r) {
    double seconds = sectag_clock() - r->began, mega = (double)r->bytes / 1e6;
    if (r->o.quiet || !isatty(STDERR_FILENO)) return;
    (void)fprintf(stderr, "%llu clauses in %llu document%s, %llu tagged; %.2f MB in %.2f s (%.1f MB/s)\n",
                  (unsigned long long)r->totals.clauses, (unsigned long long)r->totals.documents,
                  r->totals.documents == 1 ? "" : "s", (unsigned long long)r->totals.tagged, mega, seconds,
                  seconds > 0 ? mega / seconds : 0);
    for (size_t a = 0; a < r->model.n_areas; a++)
        if (r->totals.area[a])
            (void)fprintf(stderr, "%8llu  %s\n", (unsigned long long)r->totals.area[a],
                          r->model.taxonomy.areas.data[a].code);
}

/* ---- the pool's two ends ---- */

static int work(void *ctx, unsigned thread, void *job, sectag_err *err) {
    run *r = ctx;
    sectag_tagger *t = &r->taggers[thread];
    int rc = t->model ? 0 : sectag_tagger_init(t, &r->model, err);
    t->tags_only = !r->o.scores;
    return rc ? rc : sectag_batch_run(job, t, &r->writer, r->o.all, err);
}

static void add_totals(run *r, const sectag_batch *b) {
    r->totals.clauses += b->totals.clauses;
    r->totals.tagged += b->totals.tagged;
    for (size_t a = 0; a < r->model.n_areas; a++) r->totals.area[a] += b->totals.area[a];
    r->bytes += b->bytes;
    sectag_progress_set(&r->progress, r->bytes);
}

static int done(void *ctx, void *job, sectag_err *err) {
    run *r = ctx;
    sectag_batch *b = job;
    sectag_buf head = {0};
    add_totals(r, b);
    int rc = sectag_saver_batch(&r->saver, b, err);
    if (b->opens) r->doc_printed = 0;
    if (rc || !b->printed) return rc;
    if (!r->doc_printed) {
        r->doc_printed = 1;
        if (sectag_writer_document(&r->writer, (sectag_piece){b->doc.data, b->doc.len}, &head))
            rc = sectag_err_nomem(err);
        if (!rc) rc = sectag_output_write(&r->output, head.data, head.len, err);
        sectag_buf_release(&head);
    }
    return rc ? rc : sectag_output_write(&r->output, b->out.data, b->out.len, err);
}

/* ---- documents into batches ---- */

static int submit(run *r, sectag_err *err) {
    r->batch = NULL;
    return sectag_pool_submit(r->pool, err);
}

static int add_record(void *ctx, const sectag_record *record, sectag_err *err) {
    run *r = ctx;
    int rc;
    if (!r->batch) {
        sectag_batch *b = sectag_pool_next(r->pool, err);
        if (!b) return err->code;
        if ((rc = sectag_batch_reset(b, record->doc, err)) != 0) return rc;
        b->opens = r->opens;
        r->opens = 0;
        r->batch = b;
    }
    if ((rc = sectag_batch_add(r->batch, record, err)) != 0) return rc;
    r->batch->bytes += record->end - r->batch_from;
    r->batch_from = record->end;
    return sectag_batch_is_full(r->batch) ? submit(r, err) : 0;
}

/* While a pipe has nothing to say: what was read so far comes out. */
static int idle(void *ctx, sectag_err *err) {
    run *r = ctx;
    int rc = r->batch ? submit(r, err) : 0;
    return rc ? rc : sectag_pool_wait(r->pool, err);
}

/* A document that cannot be read costs only itself; an error behind the reader ends the run. */
static int tag_document(run *r, const char *path, sectag_err *err) {
    sectag_err why = {0};
    r->opens = 1;
    r->batch_from = 0;
    int rc = sectag_document_read(r->document, path, &why);
    if (sectag_document_counted(r->document)->stopped) {
        *err = why;
        return rc;
    }
    if (rc)
        report(r, &why);
    else
        r->totals.documents++;
    say_read(r, path);
    return r->batch ? submit(r, err) : 0;
}

static int write_buf(run *r, int rc, sectag_buf *text, sectag_err *err) {
    if (rc) rc = sectag_err_nomem(err);
    if (!rc && text->len) rc = sectag_output_write(&r->output, text->data, text->len, err);
    sectag_buf_release(text);
    return rc;
}

static int tag_all(run *r, sectag_err *err) {
    sectag_buf text = {0};
    int rc = write_buf(r, sectag_writer_begin(&r->writer, &text), &text, err);
    for (size_t i = 0; i < r->inputs.paths.len && !rc; i++)
        rc = tag_document(r, r->inputs.paths.data[i], err);
    if (!rc) rc = sectag_pool_finish(r->pool, err);
    if (!rc) rc = sectag_saver_finish(&r->saver, err);
    if (!rc) rc = write_buf(r, sectag_writer_end(&r->writer, &r->totals, &text), &text, err);
    return rc ? rc : sectag_output_commit(&r->output, err);
}

/* ---- making ready ---- */

static const sectag_format *default_format(const char *output) {
    const char *dot = output ? strrchr(output, '.') : NULL;
    const sectag_format *by_name = dot ? sectag_format_find(dot + 1) : NULL;
    if (by_name && by_name != &sectag_format_text) return by_name;
    return !output && isatty(STDOUT_FILENO) ? &sectag_format_text : &sectag_format_jsonl;
}

static int unknown_format(const char *name) {
    const char *names[16], *meant;
    size_t n = 0;
    for (; n < 16 && sectag_format_at(n); n++) names[n] = sectag_format_at(n)->name;
    meant = sectag_nearest(name, names, n);
    sectag_program_say("unknown format \"%.80s\" (did you mean %s?)", name,
                       meant ? meant : "jsonl, csv, tsv, html or text");
    return SECTAG_EXIT_USAGE;
}

static int set_writer(run *r) {
    r->writer.format = r->o.format ? sectag_format_find(r->o.format) : default_format(r->o.output);
    if (!r->writer.format) return unknown_format(r->o.format);
    r->writer.colour = sectag_program_colour(r->o.colour, r->o.output ? -1 : STDOUT_FILENO);
    if (r->writer.colour < 0) {
        sectag_program_say("--color is auto, always or never, not \"%.80s\"", r->o.colour);
        return SECTAG_EXIT_USAGE;
    }
    r->writer.scores = r->o.scores;
    r->writer.width = sectag_program_width(STDOUT_FILENO);
    if (r->o.lines) r->o.all = 1; /* the contract of --lines: as many records as lines */
    return SECTAG_EXIT_OK;
}

static int set_model(run *r) {
    int rc = sectag_program_open_model_in(&r->model, r->o.model, r->o.workspace);
    if (rc) return rc;
    r->writer.taxonomy = &r->model.taxonomy;
    r->writer.shown = r->shown = sectag_zalloc(r->model.n_areas, 1);
    r->totals.area = sectag_zalloc(r->model.n_areas, sizeof *r->totals.area);
    if (r->shown && r->totals.area) return sectag_program_areas(&r->model.taxonomy, r->o.areas, r->shown);
    sectag_program_say("out of memory");
    return SECTAG_EXIT_SOME;
}

static int set_pool(run *r, sectag_err *err) {
    r->threads = r->o.jobs
                     ? (unsigned)(r->o.jobs < SECTAG_POOL_THREADS_MAX ? r->o.jobs : SECTAG_POOL_THREADS_MAX)
                     : sectag_program_processors();
    size_t n = r->threads == 1 ? 1 : (size_t)r->threads * 3;
    r->taggers = sectag_zalloc(r->threads, sizeof *r->taggers);
    r->batches = sectag_zalloc(n, sizeof *r->batches);
    r->jobs = sectag_zalloc(n, sizeof *r->jobs);
    if (!r->taggers || !r->batches || !r->jobs) return sectag_err_nomem(err);
    for (; r->n_batches < n; r->n_batches++) {
        int rc = sectag_batch_init(&r->batches[r->n_batches], r->model.n_areas, err);
        if (rc) return rc;
        r->batches[r->n_batches].keep = r->o.save;
        r->jobs[r->n_batches] = &r->batches[r->n_batches];
    }
    r->pool = sectag_pool_new(&(sectag_pool_options){r->threads, r->jobs, n, r, work, done});
    return r->pool ? 0 : sectag_err_nomem(err);
}

static int set_documents(run *r, char **operands, size_t n, sectag_err *err) {
    char standard_input[] = "-", *only = standard_input;
    int rc = sectag_inputs_init(&r->inputs, n ? operands : &only, n ? n : 1, note, r, err);
    if (rc) return rc;
    r->isolation = sectag_program_isolation(r->o.seconds, r->o.megabytes, 1);
    r->document = sectag_document_new(&(sectag_document_options){.lines = r->o.lines,
                                                                 .ctx = r,
                                                                 .record = add_record,
                                                                 .warning = report,
                                                                 .encoding = r->o.encoding,
                                                                 .column = r->o.column,
                                                                 .isolation = r->isolation,
                                                                 .idle = idle});
    if (!r->document) return sectag_err_nomem(err);
    int alone =
        r->o.output || !isatty(STDOUT_FILENO); /* records on the same terminal would mix with the line */
    sectag_progress_init(&r->progress, "tagging", SECTAG_PROGRESS_BYTES,
                         r->inputs.sizes_known ? r->inputs.bytes : 0, alone && !r->o.quiet);
    r->began = sectag_clock();
    return 0;
}

static void run_release(run *r) {
    sectag_pool_free(r->pool);
    for (unsigned i = 0; r->taggers && i < r->threads; i++) sectag_tagger_release(&r->taggers[i]);
    for (size_t i = 0; i < r->n_batches; i++) sectag_batch_release(&r->batches[i]);
    free(r->taggers);
    free(r->batches);
    free(r->jobs);
    sectag_document_free(r->document);
    sectag_isolation_free(r->isolation);
    sectag_inputs_release(&r->inputs);
    sectag_output_release(&r->output);
    sectag_saver_release(&r->saver);
    sectag_model_release(&r->model);
    free(r->shown);
    free(r->totals.area);
}

/* The output must not take the place of a document or of the model. */
static int check_output(const run *r) {
    int rc = sectag_program_check_output(r->o.output, r->o.model);
    for (size_t i = 0; i < r->inputs.paths.len && !rc; i++)
        rc = sectag_program_check_output(r->o.output, r->inputs.paths.data[i]);
    return rc;
}

static int tag(run *r, char **operands, size_t n) {
    sectag_err err = {0};
    int rc = sectag_output_init(&r->output, r->o.output, &err);
    if (!rc) rc = set_pool(r, &err);
    if (!rc) rc = set_documents(r, operands, n, &err);
    if (!rc && check_output(r)) return SECTAG_EXIT_USAGE;
    if (!rc) rc = tag_all(r, &err);
    sectag_progress_release(&r->progress);
    if (rc) {
        sectag_program_error(&err);
        return SECTAG_EXIT_SOME;
    }
    summarise(r);
    return r->some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

/* Buffers of a megabyte come and go with every document: the C library shall keep them, not give them back to
 * the system and have them cleared again. */
static void keep_freed_memory(void) {
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 25);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 26);
}

int cmd_tag(int argc, char **argv) {
    run r = {.output.fd = STDOUT_FILENO};
    size_t n;
    keep_freed_memory();
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    if (n == 0 && isatty(STDIN_FILENO)) {
        sectag_program_say(
            "nothing to tag: name files or folders, or - for standard input (see sectag tag --help)");
        return SECTAG_EXIT_USAGE;
    }
    rc = set_writer(&r);
    if (!rc) rc = set_model(&r);
    if (!rc && r.o.save) rc = sectag_saver_init(&r.saver, r.o.workspace, &r.model, SECTAG_VERSION);
    if (!rc) rc = tag(&r, argv + 1, n);
    run_release(&r);
    return rc;
}
