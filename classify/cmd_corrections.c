/* cmd_corrections.c: the ledger of corrections: list, compare, withdraw, export. */
#include "classify/desk.h"
#include "classify/entry_view.h"
#include "classify/put.h"
#include "features/file.h"
#include "features/utf8.h"
#include "training/conflict.h"

#include <stdlib.h>
#include <string.h>

typedef struct corrections_options {
    const char *area, *analyst, *doc, *since, *corpus, *rule, *reason, *export, *workspace, *model;
    int conflicts, json;
    size_t batch, withdraw, withdraw_batch;
} corrections_options;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(corrections_options, member), value, help }

static const sectag_option options[] = {
    ROW("area", 'a', TEXT, area, "CODE", "of this area only"),
    ROW("analyst", 0, TEXT, analyst, "NAME", "by this analyst only; when withdrawing: who withdraws"),
    ROW("doc", 'd', TEXT, doc, "NAME", "in this document only"),
    ROW("since", 0, TEXT, since, "TIME", "from then on: 2026-01-31, or with a time of day"),
    ROW("batch", 0, COUNT, batch, "N", "of this batch only"),
    ROW("conflicts", 0, FLAG, conflicts, NULL, "where analysts contradict each other, or the corpus"),
    ROW("corpus", 0, TEXT, corpus, "FILE", "with --conflicts: labelled clauses to compare with as well"),
    ROW("rule", 0, TEXT, rule, "NAME", "what holds: latest (default) or majority"),
    ROW("withdraw", 0, COUNT, withdraw, "ID", "withdraw that correction (an entry more, with --reason)"),
    ROW("withdraw-batch", 0, COUNT, withdraw_batch, "N", "withdraw all corrections of that batch"),
    ROW("reason", 'r', TEXT, reason, "TEXT", "why it is withdrawn"),
    ROW("export", 0, TEXT, export, "FILE",
        "write what sectag correct reads back: TSV, or JSON lines (.jsonl)"),
    ROW("json", 0, FLAG, json, NULL, "an object a line"),
    SECTAG_ROW_WORKSPACE(corrections_options),
    ROW("model", 'm', TEXT, model, "FILE", "with --corpus: whose areas are known"),
};

static const sectag_usage usage = {
    .command = "corrections",
    .operands = "",
    .summary =
        "Lists the ledger of corrections, oldest first: id, time, analyst, verdict, area, document, text.\n"
        "Nothing in it is changed or deleted; what was wrong is withdrawn by another entry.",
    .example = "sectag corrections --area vaccine --since 2026-01\n"
               "sectag corrections --conflicts --corpus training/corpus/filings-zh.tsv\n"
               "sectag corrections --withdraw 12 --reason 'wrong clause'\n"
               "sectag corrections --export ledger.tsv",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
};

typedef struct run {
    corrections_options o;
    sectag_desk desk;
    sectag_rule rule;
    sectag_ballot ballot;
    sectag_corpus corpus;
    sectag_model model;
    sectag_buf out;
    int as_json;
    size_t bad;
} run;

static sectag_ledger_filter filter_of(const corrections_options *o) {
    return (sectag_ledger_filter){
        .area = o->area, .analyst = o->analyst, .doc = o->doc, .since = o->since, .batch = (int64_t)o->batch};
}

/* ---- listing and exporting ---- */

static int on_entry(void *ctx, const sectag_entry *e, sectag_err *err) {
    run *r = ctx;
    int rc = r->as_json    ? sectag_entry_json(&r->out, e)
             : r->o.export ? sectag_entry_tsv(&r->out, e)
                           : sectag_entry_line(&r->out, e);
    return rc ? sectag_err_nomem(err) : 0;
}

static int ends_in(const char *path, const char *suffix) {
    size_t len = strlen(path), n = strlen(suffix);
    return len >= n && strcmp(path + len - n, suffix) == 0;
}

static int list(run *r, sectag_err *err) {
    sectag_ledger_filter filter = filter_of(&r->o);
    r->as_json = r->o.json || (r->o.export && ends_in(r->o.export, ".jsonl"));
    if (r->o.export && !r->as_json && sectag_entry_tsv_header(&r->out)) return sectag_err_nomem(err);
    int rc = sectag_ledger_list(r->desk.ws, &filter, on_entry, r, err);
    if (rc || !r->o.export || strcmp(r->o.export, "-") == 0) return rc;
    rc = sectag_file_save(r->o.export, r->out.len ? r->out.data : "", r->out.len, err);
    sectag_buf_clear(&r->out);
    return rc;
}

/* ---- conflicts ---- */

static int put_vote(void *ctx, const sectag_vote *v) {
    run *r = ctx;
    char name[256];
    const char *analyst = sectag_ballot_analyst(&r->ballot, v->analyst, name);
    const char *time = r->ballot.strings.data + v->time;
    if (!r->as_json)
        return sectag_buf_addf(&r->out, "  %s: ", v->yes > 0 ? "yes" : "no") |
               sectag_put_plain(&r->out, analyst, strlen(analyst)) | sectag_buf_addf(&r->out, " %s", time);
    return sectag_buf_addf(&r->out, "%s{\"id\":%lld,\"yes\":%s,\"time\":\"%s\",\"analyst\":",
                           r->out.data[r->out.len - 1] == '}' ? "," : "", (long long)v->entry,
                           v->yes > 0 ? "true" : "false", time) |
           sectag_put_json(&r->out, analyst, strlen(analyst)) | sectag_buf_addc(&r->out, '}');
}

/* The corpus' file and line, which say the opposite of what the ledger decides. */
static int put_corpus(run *r, const sectag_conflict *c) {
    const char *path = r->corpus.files.data[c->example->file].path;
    const char *says = c->outcome.value > 0 ? "no" : "yes";
    if (!r->as_json) return sectag_buf_addf(&r->out, "  %s: %s:%u", says, path, c->example->line);
    return sectag_buf_adds(&r->out, ",\"corpus\":{\"file\":") | sectag_put_json(&r->out, path, strlen(path)) |
           sectag_buf_addf(&r->out, ",\"line\":%u,\"yes\":%s}", c->example->line,
                           c->outcome.value > 0 ? "false" : "true");
}

static int put_conflict_json(run *r, const sectag_conflict *c, const char *area) {
    const char *strings = r->ballot.strings.data;
    int rc = sectag_buf_addf(&r->out, "{\"area\":\"%s\",\"decision\":\"%s\",\"votes\":[", area,
                             c->outcome.value > 0 ? "yes" : "no");
    rc |= sectag_ballot_each(&r->ballot, c->clause, c->area, put_vote, r);
    rc |= sectag_buf_addc(&r->out, ']');
    if (c->example) rc |= put_corpus(r, c);
    if (c->clause->doc != SIZE_MAX)
        rc |= sectag_buf_adds(&r->out, ",\"doc\":") |
              sectag_put_json(&r->out, strings + c->clause->doc, strlen(strings + c->clause->doc));
    rc |= sectag_buf_adds(&r->out, ",\"text\":") |
          sectag_put_json(&r->out, strings + c->clause->text, c->clause->len);
    return rc | sectag_buf_adds(&r->out, "}\n");
}

static int put_conflict_line(run *r, const sectag_conflict *c, const char *area) {
    const char *strings = r->ballot.strings.data;
    int rc = sectag_buf_addf(&r->out, "%-16s holds: %s ", area, c->outcome.value > 0 ? "yes" : "no");
    rc |= sectag_ballot_each(&r->ballot, c->clause, c->area, put_vote, r);
    if (c->example) rc |= put_corpus(r, c);
    rc |= sectag_buf_adds(&r->out, "\n    ") | sectag_entry_cut(&r->out, strings + c->clause->text, 80);
    return rc | sectag_buf_addc(&r->out, '\n');
}

static int on_conflict(void *ctx, const sectag_conflict *c, sectag_err *err) {
    run *r = ctx;
    char name[64];
    const char *area = sectag_ballot_area(&r->ballot, c->area, name);
    if (r->o.area && strcmp(area, r->o.area) != 0) return 0;
    int rc = r->as_json ? put_conflict_json(r, c, area) : put_conflict_line(r, c, area);
    return rc ? sectag_err_nomem(err) : 0;
}

static void on_bad_line(void *ctx, const sectag_err *err) {
    ((run *)ctx)->bad++;
    sectag_program_error(err);
}

static int compare_corpus(run *r, sectag_err *err) {
    sectag_err own = {0};
    if (sectag_program_open_model_in(&r->model, r->o.model, r->o.workspace)) return SECTAG_EMODEL;
    int rc = sectag_corpus_add_file(&r->corpus, &r->model.taxonomy, r->o.corpus, on_bad_line, r, &own);
    if (!rc)
        rc = sectag_conflicts_with_corpus(&r->ballot, r->rule, &r->corpus, &r->model.taxonomy, on_conflict, r,
                                          &own);
    if (rc) *err = own;
    return rc;
}

static int conflicts(run *r, sectag_err *err) {
    r->as_json = r->o.json;
    int rc = sectag_ballot_read(r->desk.ws, SECTAG_ALL_ENTRIES, &r->ballot, err);
    if (!rc) rc = sectag_conflicts_of_analysts(&r->ballot, r->rule, on_conflict, r, err);
    if (!rc && r->o.corpus) rc = compare_corpus(r, err);
    return rc;
}

/* ---- withdrawing ---- */

typedef SECTAG_ARRAY(int64_t) id_list;

static int note_id(void *ctx, const sectag_entry *e, sectag_err *err) {
    id_list *ids = ctx;
    if (e->verdict == SECTAG_WITHDRAWN || e->withdrawn_by) return 0;
    return sectag_array_push(ids, e->id) ? sectag_err_nomem(err) : 0;
}

/* The entries of a batch that still count. */
static int find_ids(run *r, id_list *ids, sectag_err *err) {
    sectag_ledger_filter filter = {.batch = (int64_t)r->o.withdraw_batch};
    if (r->o.withdraw) return sectag_array_push(ids, (int64_t)r->o.withdraw) ? sectag_err_nomem(err) : 0;
    int rc = sectag_ledger_list(r->desk.ws, &filter, note_id, ids, err);
    if (!rc && ids->len == 0)
        rc = sectag_err_set(err, SECTAG_EARG, "batch %zu has no correction that counts", r->o.withdraw_batch);
    return rc;
}

static int withdraw_ids(run *r, const id_list *ids, sectag_err *err) {
    int64_t batch = 0;
    int rc = sectag_ledger_batch(r->desk.ws, r->desk.analyst, r->desk.time, "command line", &batch, err);
    for (size_t i = 0; i < ids->len && !rc; i++) {
        sectag_entry e = {.analyst = r->desk.analyst,
                          .time = r->desk.time,
                          .reason = r->o.reason,
                          .origin = "command line"};
        rc = sectag_ledger_withdraw(r->desk.ws, batch, ids->data[i], &e, err);
    }
    return rc;
}

static int withdraw(run *r, sectag_err *err) {
    id_list ids = {0};
    int rc = sectag_workspace_begin(r->desk.ws, err);
    if (!rc) rc = find_ids(r, &ids, err);
    if (!rc) rc = withdraw_ids(r, &ids, err);
    if (!rc) rc = sectag_workspace_commit(r->desk.ws, err);
    if (rc)
        sectag_workspace_rollback(r->desk.ws);
    else if (sectag_buf_addf(&r->out, "%zu correction%s withdrawn\n", ids.len, ids.len == 1 ? "" : "s"))
        rc = sectag_err_nomem(err);
    free(ids.data);
    return rc;
}

/* ---- the command ---- */

static int refuse(const char *why) {
    sectag_program_say("%s (see sectag corrections --help)", why);
    return SECTAG_EXIT_USAGE;
}

static int check_options(run *r) {
    sectag_err err = {0};
    int takes_back = r->o.withdraw || r->o.withdraw_batch;
    if (takes_back && !(r->o.reason && *r->o.reason)) return refuse("why is it withdrawn? (--reason TEXT)");
    if (takes_back && sectag_utf8_check(r->o.reason, strlen(r->o.reason)) < strlen(r->o.reason))
        return refuse("--reason is invalid UTF-8");
    if (!takes_back && r->o.reason) return refuse("--reason goes with --withdraw");
    if (r->o.withdraw && r->o.withdraw_batch) return refuse("either --withdraw or --withdraw-batch");
    if (r->o.corpus && !r->o.conflicts) return refuse("--corpus goes with --conflicts");
    if (r->o.export && (r->o.conflicts || takes_back)) return refuse("--export writes the list");
    if (r->o.rule && sectag_rule_parse(r->o.rule, &r->rule, &err)) return refuse(err.msg);
    return sectag_program_check_output(r->o.export, NULL);
}

static int act(run *r) {
    sectag_err err = {0};
    int takes_back = r->o.withdraw || r->o.withdraw_batch;
    int rc = takes_back ? withdraw(r, &err) : r->o.conflicts ? conflicts(r, &err) : list(r, &err);
    if (rc && err.msg[0]) sectag_program_error(&err);
    if (rc) return sectag_program_exit_code(rc);
    rc = sectag_program_print(&r->out);
    return rc ? rc : r->bad ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

int cmd_corrections(int argc, char **argv) {
    run r = {0};
    size_t n;
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    rc = check_options(&r);
    int takes_back = r.o.withdraw || r.o.withdraw_batch;
    if (!rc) rc = sectag_desk_open(&r.desk, r.o.workspace, takes_back ? r.o.analyst : NULL, 0);
    if (!rc) rc = act(&r);
    sectag_ballot_release(&r.ballot);
    sectag_corpus_release(&r.corpus);
    sectag_model_release(&r.model);
    sectag_buf_release(&r.out);
    sectag_desk_release(&r.desk);
    return rc;
}
