/* cmd_tag.c: documents in, tagged clauses out.
 *
 *   inputs -> document -> batch -> pool (tagger, writer) -> sink
 */
#include "classify/batch.h"
#include "classify/carried.h"
#include "classify/document.h"
#include "classify/inputs.h"
#include "classify/points.h"
#include "classify/pool.h"
#include "classify/program.h"
#include "classify/progress.h"
#include "classify/put.h"
#include "classify/saver.h"
#include "classify/sink.h"
#include "features/isolation.h"
#include "features/reader.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SECTAG_VERSION
#define SECTAG_VERSION "0.1.0"
#endif

typedef struct tag_options {
    const char *format, *areas, *output, *model, *workspace, *colour, *encoding, *column, *recall, *precision;
    int lines, all, scores, save, resume, quiet, verbose;
    size_t jobs, megabytes;
    double seconds, confidence;
} tag_options;

#define AT(member) offsetof(tag_options, member)

static const sectag_option options[] = {
    {"format", 'f', SECTAG_OPTION_TEXT, AT(format), "NAME",
     "jsonl, csv, tsv, html, text or sqlite (default: as -o FILE ends;\n"
     "                          text on a terminal, else jsonl)"},
    {"output", 'o', SECTAG_OPTION_TEXT, AT(output), "FILE", "write to FILE, which appears when all is done"},
    {"resume", 0, SECTAG_OPTION_FLAG, AT(resume), NULL,
     "go on with a run into -o FILE that was interrupted, if there is one"},
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
    {"memory-limit", 0, SECTAG_OPTION_COUNT, AT(megabytes), "MB", "... or more memory (default: 1024)"},
    {"model", 'm', SECTAG_OPTION_TEXT, AT(model), "FILE",
     "the model (default: $SECTAG_MODEL, else the workspace's active one, else the one that came along)"},
    {"recall", 0, SECTAG_OPTION_TEXT, AT(recall), "R", SECTAG_POINTS_RECALL_HELP},
    {"precision", 0, SECTAG_OPTION_TEXT, AT(precision), "P", SECTAG_POINTS_PRECISION_HELP},
    {"confidence", 0, SECTAG_OPTION_REAL, AT(confidence), "C", SECTAG_POINTS_CONFIDENCE_HELP},
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
               "sectag tag tests/data/sample -o tags.sqlite --resume\n"
               "sectag tag --format csv -o tags.csv tests/data/sample\n"
               "printf '开展疫苗研发。\\n' | sectag tag --lines",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    tag_options o;
    sectag_model model;
    sectag_points points;
    uint8_t *shown;
    sectag_writer writer;
    sectag_sink sink;
    sectag_run_key key;
    char time[SECTAG_WHEN + 1];
    sectag_saver saver;
    sectag_inputs inputs;
    sectag_carried columns; /* of the inputs that are tables */
    sectag_document *document;
    sectag_isolation *isolation;
    sectag_pool *pool;
    sectag_tagger *taggers; /* [threads], each made by its thread when first needed */
    sectag_batch *batches;
    void **jobs; /* the batches, as the pool wants them */
    size_t n_batches;
    unsigned threads;
    sectag_batch *batch;  /* being filled, or NULL */
    uint64_t batch_from;  /* byte of the document from which its bytes count */
    int opens;            /* the next batch is its document's first */
    size_t ahead;         /* the next input that may be read ahead */
    uint64_t warnings;    /* told of the document that is being read */
    uint64_t bytes;       /* of finished documents */
    uint64_t in_document; /* and of finished batches of the next one */
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

static void warn(void *ctx, const sectag_err *err) {
    run *r = ctx;
    r->warnings++;
    report(r, err);
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

/* The size of the document counts once it is done; before, the bytes of its text, which may be more. */
static void add_progress(run *r, const sectag_batch *b) {
    uint64_t size = r->inputs.sizes.data[r->sink.input];
    r->in_document += b->bytes;
    if (b->end.ends) {
        r->bytes += size ? size : r->in_document;
        r->in_document = 0;
    }
    r->progress.documents = r->totals.documents + r->totals.failed;
    r->progress.clauses += b->totals.clauses;
    sectag_progress_set(&r->progress, r->bytes + (size && r->in_document > size ? size : r->in_document));
}

static void add_totals(run *r, const sectag_batch *b) {
    r->totals.clauses += b->totals.clauses;
    r->totals.tagged += b->totals.tagged;
    for (size_t a = 0; a < r->model.n_areas; a++) r->totals.area[a] += b->totals.area[a];
    if (!b->end.ends) return;
    r->totals.failed += b->end.why.code != 0;
    r->totals.documents += b->end.why.code == 0;
    r->totals.warnings += b->end.warnings;
}

static int done(void *ctx, void *job, sectag_err *err) {
    run *r = ctx;
    sectag_batch *b = job;
    add_totals(r, b);
    add_progress(r, b);
    int rc = sectag_saver_batch(&r->saver, b, err);
    return rc ? rc : sectag_sink_batch(&r->sink, b, &r->totals, err);
}

/* ---- documents into batches ---- */

static int submit(run *r, sectag_err *err) {
    r->batch = NULL;
    return sectag_pool_submit(r->pool, err);
}

static int take_batch(run *r, sectag_piece doc, sectag_err *err) {
    sectag_batch *b = sectag_pool_next(r->pool, err);
    if (!b) return err->code ? err->code : SECTAG_ENOMEM;
    int rc = sectag_batch_reset(b, doc, err);
    if (rc) return rc;
    b->opens = r->opens;
    r->opens = 0;
    r->batch = b;
    return 0;
}

static int add_record(void *ctx, const sectag_record *record, sectag_err *err) {
    run *r = ctx;
    int rc = r->batch ? 0 : take_batch(r, record->doc, err);
    if (!rc) rc = sectag_batch_add(r->batch, record, err);
    if (rc) return rc;
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

/* The last batch of a document, perhaps without a clause, says how it ended. */
static int end_document(run *r, size_t input, const sectag_err *why, sectag_err *err) {
    const sectag_document_counts *c = sectag_document_counted(r->document);
    const char *path = r->inputs.paths.data[input];
    sectag_buf name = {0};
    size_t bad = 0;
    int rc = 0;
    if (!r->batch) {
        rc = sectag_put_repaired(&name, path, strlen(path), &bad) ? sectag_err_nomem(err) : 0;
        if (!rc) rc = take_batch(r, (sectag_piece){name.data ? name.data : "", name.len}, err);
        sectag_buf_release(&name);
    }
    if (rc) return rc;
    r->batch->end = (sectag_batch_end){1, input, *why, c->reader, c->encoding, c->clauses, r->warnings};
    return submit(r, err);
}

/* A document that cannot be read costs only itself; an error behind the reader ends the run. */
static int tag_document(run *r, size_t input, sectag_err *err) {
    const char *path = r->inputs.paths.data[input];
    sectag_err why = {0};
    r->opens = 1;
    r->batch_from = 0;
    r->warnings = 0;
    int rc = sectag_document_read(r->document, path, &why);
    if (sectag_document_counted(r->document)->stopped) {
        *err = why;
        return rc;
    }
    if (rc && !why.code) why.code = rc;
    if (rc) report(r, &why);
    say_read(r, path);
    return end_document(r, input, &why, err);
}

static sectag_reader_options reader_options(const run *r) {
    return (sectag_reader_options){
        .encoding = r->o.encoding, .column = r->o.column, .rows = r->o.lines, .isolation = r->isolation};
}

/* Documents that come soon are read ahead, as far as processes are free. */
static void read_ahead(run *r, size_t input) {
    const sectag_reader_options o = reader_options(r);
    size_t far = input + 2 * (size_t)r->threads;
    if (r->ahead < input) r->ahead = input;
    while (r->ahead < r->inputs.paths.len && r->ahead <= far &&
           sectag_reader_ahead(r->inputs.paths.data[r->ahead], &o))
        r->ahead++;
}

static int tag_all(run *r, sectag_err *err) {
    int rc = 0;
    for (size_t i = r->sink.input; i < r->inputs.paths.len && !rc; i++) {
        if (r->threads > 1) read_ahead(r, i);
        rc = tag_document(r, i, err);
    }
    if (!rc) rc = sectag_pool_finish(r->pool, err);
    if (!rc) rc = sectag_saver_finish(&r->saver, err);
    return rc ? rc : sectag_sink_finish(&r->sink, &r->totals, err);
}

/* ---- making ready ---- */

static const sectag_format *find_format(const char *name) {
    static const char *const databases[] = {"sqlite", "sqlite3", "db"};
    for (size_t i = 0; i < sizeof databases / sizeof databases[0]; i++)
        if (strcmp(name, databases[i]) == 0) return &sectag_format_sqlite;
    return sectag_format_find(name);
}

static const sectag_format *default_format(const char *output) {
    const char *dot = output ? strrchr(output, '.') : NULL;
    const sectag_format *by_name = dot ? find_format(dot + 1) : NULL;
    if (by_name && by_name != &sectag_format_text) return by_name;
    return !output && isatty(STDOUT_FILENO) ? &sectag_format_text : &sectag_format_jsonl;
}

static int unknown_format(const char *name) {
    const char *names[16], *meant;
    size_t n = 0;
    names[n++] = sectag_format_sqlite.name;
    for (; n < 16 && sectag_format_at(n - 1); n++) names[n] = sectag_format_at(n - 1)->name;
    meant = sectag_nearest(name, names, n);
    sectag_program_say("unknown format \"%.80s\" (did you mean %s?)", name,
                       meant ? meant : "jsonl, csv, tsv, html, text or sqlite");
    return SECTAG_EXIT_USAGE;
}

static int set_writer(run *r) {
    r->writer.format = r->o.format ? find_format(r->o.format) : default_format(r->o.output);
    if (!r->writer.format) return unknown_format(r->o.format);
    r->writer.colour = sectag_program_colour(r->o.colour, r->o.output ? -1 : STDOUT_FILENO);
    if (r->writer.colour < 0) {
        sectag_program_say("--color is auto, always or never, not \"%.80s\"", r->o.colour);
        return SECTAG_EXIT_USAGE;
    }
    int to_file = r->o.output && strcmp(r->o.output, "-") != 0;
    if (!to_file && (r->o.resume || r->writer.format == &sectag_format_sqlite)) {
        sectag_program_say("%s needs -o FILE", r->o.resume ? "--resume" : "a database");
        return SECTAG_EXIT_USAGE;
    }
    r->writer.scores = r->o.scores;
    r->writer.width = sectag_program_width(STDOUT_FILENO);
    if (r->o.lines) r->o.all = 1; /* the contract of --lines: as many records as lines */
    return SECTAG_EXIT_OK;
}

static int set_points(run *r) {
    const sectag_points_options o = {r->o.recall, r->o.precision, r->o.confidence, r->o.model,
                                     r->o.workspace, r->o.quiet, r->o.verbose};
    int rc = sectag_points_set(&r->points, &r->model, &o);
    r->writer.point = r->points.label.data;
    r->writer.promised = r->points.promised;
    return rc;
}

static int set_model(run *r) {
    int rc = sectag_program_open_model_in(&r->model, r->o.model, r->o.workspace);
    if (!rc) rc = set_points(r);
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
        r->batches[r->n_batches].keep = r->o.save || r->writer.format == &sectag_format_sqlite;
        r->jobs[r->n_batches] = &r->batches[r->n_batches];
    }
    r->pool = sectag_pool_new(&(sectag_pool_options){r->threads, r->jobs, n, r, work, done});
    return r->pool ? 0 : sectag_err_nomem(err);
}

/* The header of a table names its columns before the first row is read. */
static int set_columns(run *r, sectag_err *err) {
    const sectag_reader_options o = reader_options(r);
    r->writer.columns = &r->columns;
    if (r->writer.format != &sectag_format_csv && r->writer.format != &sectag_format_tsv) return 0;
    return sectag_carried_read(&r->columns, &r->inputs, &o, err);
}

static int set_documents(run *r, char **operands, size_t n, sectag_err *err) {
    char standard_input[] = "-", *only = standard_input;
    int rc = sectag_inputs_init(&r->inputs, n ? operands : &only, n ? n : 1, note, r, err);
    if (rc) return rc;
    r->isolation = sectag_program_isolation(r->o.seconds, r->o.megabytes, r->threads);
    r->document = sectag_document_new(&(sectag_document_options){.lines = r->o.lines,
                                                                 .ctx = r,
                                                                 .record = add_record,
                                                                 .warning = warn,
                                                                 .encoding = r->o.encoding,
                                                                 .column = r->o.column,
                                                                 .isolation = r->isolation,
                                                                 .idle = idle});
    if (!r->document) return sectag_err_nomem(err);
    return set_columns(r, err);
}

/* What the records depend on, beside the model and the documents; as text, for people too. */
static int put_options(const run *r, sectag_buf *out) {
    const tag_options *o = &r->o;
    const struct {
        const char *name, *value;
    } texts[] = {{"area", o->areas},         {"column", o->column}, {"encoding", o->encoding},
                 {"recall", o->recall},       {"precision", o->precision}};
    int rc = sectag_buf_addf(out, "--format %s", r->writer.format->name);
    if (o->lines) rc |= sectag_buf_adds(out, " --lines");
    if (o->all) rc |= sectag_buf_adds(out, " --all");
    if (o->scores) rc |= sectag_buf_adds(out, " --scores");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!texts[i].value) continue;
        rc |= sectag_buf_addf(out, " --%s ", texts[i].name);
        rc |= sectag_put_plain(out, texts[i].value, strlen(texts[i].value));
    }
    if (o->recall || o->precision) rc |= sectag_buf_addf(out, " --confidence %g", o->confidence);
    if (o->seconds > 0) rc |= sectag_buf_addf(out, " --time-limit %g", o->seconds);
    if (o->megabytes) rc |= sectag_buf_addf(out, " --memory-limit %zu", o->megabytes);
    if (r->writer.format == &sectag_format_text)
        rc |= sectag_buf_addf(out, " --color %s (%u columns)", r->writer.colour ? "always" : "never",
                              r->writer.width);
    return rc;
}

static void say_resumed(const run *r) {
    if (!r->o.resume || r->o.quiet) return;
    if (r->sink.input)
        sectag_program_say("going on after %zu of %zu documents", r->sink.input, r->inputs.paths.len);
    else
        sectag_program_say("nothing to go on with: a new run");
}

static int set_sink(run *r, sectag_err *err) {
    char model[SECTAG_MODEL_ID + 1];
    int files = r->inputs.sizes_known;
    sectag_model_id(&r->model, model);
    if (r->o.resume && !files)
        return sectag_err_set(err, SECTAG_EARG, "--resume needs documents that are files");
    if (sectag_run_key_set(&r->key, SECTAG_VERSION, model, &r->inputs) || put_options(r, &r->key.options))
        return sectag_err_nomem(err);
    int rc = sectag_desk_now(r->time, err);
    if (rc) return rc;
    rc = sectag_sink_init(&r->sink,
                          &(sectag_sink_options){.path = r->o.output,
                                                 .time = r->time,
                                                 .all = r->o.all,
                                                 .can_resume = files && r->inputs.paths.len > 1,
                                                 .resume = r->o.resume,
                                                 .key = &r->key,
                                                 .writer = &r->writer,
                                                 .n_areas = r->model.n_areas},
                          &r->totals, err);
    if (!rc) say_resumed(r);
    return rc;
}

static void set_progress(run *r) {
    int alone =
        r->o.output || !isatty(STDOUT_FILENO); /* records on the same terminal would mix with the line */
    for (size_t i = 0; i < r->sink.input; i++) r->bytes += r->inputs.sizes.data[i];
    sectag_progress_init(&r->progress, "tagging", SECTAG_PROGRESS_BYTES,
                         r->inputs.sizes_known ? r->inputs.bytes : 0, alone && !r->o.quiet);
    r->progress.of_documents = r->inputs.paths.len;
    r->progress.base = r->bytes;
    r->began = sectag_clock();
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
    sectag_carried_release(&r->columns);
    sectag_sink_release(&r->sink);
    sectag_run_key_release(&r->key);
    sectag_saver_release(&r->saver);
    sectag_model_release(&r->model);
    sectag_points_release(&r->points);
    free(r->shown);
    free(r->totals.area);
}

/* The output must not take the place of a document or of the model. */
static int check_output(const run *r) {
    if (!r->o.output || access(r->o.output, F_OK))
        return SECTAG_EXIT_OK; /* there is nothing to be overwritten */
    int rc = sectag_program_check_output(r->o.output, r->o.model);
    for (size_t i = 0; i < r->inputs.paths.len && !rc; i++)
        rc = sectag_program_check_output(r->o.output, r->inputs.paths.data[i]);
    return rc;
}

static int tag(run *r, char **operands, size_t n) {
    sectag_err err = {0};
    int rc = set_pool(r, &err);
    if (!rc) rc = set_documents(r, operands, n, &err);
    if (!rc && check_output(r)) return SECTAG_EXIT_USAGE;
    if (!rc) rc = set_sink(r, &err);
    if (rc) {
        sectag_program_error(&err);
        return rc == SECTAG_EARG ? SECTAG_EXIT_USAGE : SECTAG_EXIT_SOME;
    }
    set_progress(r);
    rc = tag_all(r, &err);
    sectag_progress_release(&r->progress);
    if (rc) {
        sectag_program_error(&err);
        return SECTAG_EXIT_SOME;
    }
    summarise(r);
    return r->some_failed || r->totals.failed || r->totals.warnings ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

/* Buffers of a megabyte come and go with every document: the C library shall keep them, not give them back to
 * the system and have them cleared again. */
static void keep_freed_memory(void) {
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 25);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 26);
}

int cmd_tag(int argc, char **argv) {
    run r = {.o.confidence = SECTAG_CONFIDENCE};
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
