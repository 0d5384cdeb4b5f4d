/* Durability, by killing: the program is started again and again and ended by SIGKILL at random moments.
 *
 *   correct          what was acknowledged on standard output is in the ledger afterwards
 *   models promote   the active model is the old or the new one, whole
 *   retrain          the same, with candidates from a growing ledger; no registered model lacks its file or report
 *   two processes    write 200 corrections each at once: all 400 are there
 *
 * and the database passes its integrity check throughout.
 *
 *     kill SECTAG MODEL_A MODEL_B FOLDER VECTORS MODEL_OF_VECTORS
 */
#include "features/array.h"
#include "models/model.h"
#include "training/ledger.h"
#include "training/random.h"
#include "training/registry.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 100, WRITERS = 2, CORRECTIONS = 200 };

static const char *program, *model[2];
static char workspace[512];
static sectag_random dice;
static sectag_workspace *look_at; /* open while its models are looked at */

static void die(const char *what) {
    (void)fprintf(stderr, "FAIL  %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Starts the program with standard output into a pipe. */
static pid_t start(char *const argv[], int *out) {
    int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || pipe(ends)) die("no pipe");
    pid_t pid = fork();
    if (pid < 0) die("cannot fork");
    if (pid == 0) {
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(null, STDERR_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)execv(program, argv);
        _exit(127);
    }
    (void)close(null);
    (void)close(ends[1]);
    *out = ends[0];
    return pid;
}

/* Waits; what was printed goes to text. Returns the exit code, or -1 after a signal. */
static int finish(pid_t pid, int out, char *text, size_t size) {
    int status;
    size_t len = 0;
    ssize_t got;
    while (len + 1 < size && (got = read(out, text + len, size - len - 1)) > 0) len += (size_t)got;
    text[len] = '\0';
    (void)close(out);
    if (waitpid(pid, &status, 0) != pid) die("cannot wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs the program and kills it after a random part of `span` seconds. */
static int run_and_kill(char *const argv[], double span, char *text, size_t size) {
    int out;
    pid_t pid = start(argv, &out);
    double wait = sectag_random_unit(&dice) * span;
    struct timespec t = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
    (void)nanosleep(&t, NULL);
    (void)kill(pid, SIGKILL);
    return finish(pid, out, text, size);
}

/* How long the program takes when nobody kills it; no more than `most` seconds, so that a busy machine does
 * not make a long test of a short one. */
static double measure_up_to(char *const argv[], double most) {
    char text[4096];
    int out;
    double began = now();
    pid_t pid = start(argv, &out);
    if (finish(pid, out, text, sizeof text) != 0) die("the command fails when nobody kills it");
    double took = now() - began;
    return took < most ? took : most;
}

static double measure(char *const argv[]) {
    return measure_up_to(argv, 0.5);
}

static sectag_workspace *look(void) {
    sectag_workspace *ws = NULL;
    sectag_err err = {0};
    if (sectag_workspace_open(&ws, workspace, 0, &err) || sectag_workspace_check(ws, &err)) die(err.msg);
    return ws;
}

/* ---- correct ---- */

typedef struct tally {
    unsigned char seen[KILLS];
    size_t n;
} tally;

static int note(void *ctx, const sectag_entry *e, sectag_err *err) {
    tally *t = ctx;
    unsigned number;
    (void)err;
    t->n++;
    if (sscanf(e->text, "clause %u ", &number) == 1 && number < KILLS) t->seen[number]++;
    return 0;
}

static void kill_correct(void) {
    char text[256], out[4096];
    unsigned char acknowledged[KILLS] = {0};
    size_t n_acknowledged = 0, n_killed = 0;
    char *argv[] = {"sectag", "correct", "--workspace",      workspace, "--text",
                    text,     "--add",   "vaccine,antibody", NULL};
    (void)snprintf(text, sizeof text, "the first");
    double span = measure(argv);
    for (unsigned i = 0; i < KILLS; i++) {
        (void)snprintf(text, sizeof text, "clause %u of the vaccine", i);
        n_killed += run_and_kill(argv, span * 1.3, out, sizeof out) < 0;
        acknowledged[i] = strstr(out, "2 corrections recorded") != NULL;
        n_acknowledged += acknowledged[i];
        if (i % 10 == 0) sectag_workspace_free(look());
    }
    tally t = {0};
    sectag_ledger_filter all = {0};
    sectag_workspace *ws = look();
    if (sectag_ledger_list(ws, &all, note, &t, NULL)) die("the ledger cannot be listed");
    sectag_workspace_free(ws);
    for (unsigned i = 0; i < KILLS; i++) {
        if (acknowledged[i] && t.seen[i] != 2) die("an acknowledged correction is lost");
        if (t.seen[i] == 1) die("half of a correction is there");
    }
    printf("ok    correct: %zu of %d killed, %zu acknowledged and there\n", n_killed, KILLS, n_acknowledged);
}

/* ---- the first use ---- */

/* Whatever is left of a workspace that was being made when the program was killed can be used. */
static void kill_creation(const char *folder) {
    enum { ROUNDS = 20 };
    char text[] = "a clause", out[4096];
    char *argv[] = {"sectag", "correct", "--workspace", workspace, "--text", text, "--add", "vaccine", NULL};
    double span = 0;
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(workspace, sizeof workspace, "%s/new-%d.sqlite", folder, i);
        if (i == 0)
            span = measure(argv);
        else
            (void)run_and_kill(argv, span, out, sizeof out);
        (void)measure(argv);
        sectag_workspace_free(look());
    }
    printf("ok    creation: %d workspaces can be used\n", ROUNDS);
}

/* ---- promote ---- */

/* Which of the two models is active; its file must be whole. */
static int active_model(char id[2][SECTAG_MODEL_ID + 1]) {
    char active[SECTAG_MODEL_ID + 1], found[SECTAG_MODEL_ID + 1];
    sectag_buf path = {0};
    sectag_model m;
    sectag_err err = {0};
    sectag_workspace *ws = look();
    if (sectag_registry_active(ws, active, &err) != 1) die("no model is active");
    if (sectag_registry_path(ws, active, &path) || sectag_model_open(&m, path.data, &err)) die(err.msg);
    sectag_model_id(&m, found);
    sectag_model_release(&m);
    sectag_buf_release(&path);
    sectag_workspace_free(ws);
    if (strcmp(found, active) != 0) die("the active model's file is another model");
    for (int i = 0; i < 2; i++)
        if (strcmp(active, id[i]) == 0) return i;
    die("the active model is neither the old nor the new one");
    return -1;
}

static void read_ids(char id[2][SECTAG_MODEL_ID + 1]) {
    for (int i = 0; i < 2; i++) {
        sectag_model m;
        if (sectag_model_open(&m, model[i], NULL)) die("no model to promote");
        sectag_model_id(&m, id[i]);
        sectag_model_release(&m);
    }
}

static void kill_promote(void) {
    char file[512], out[4096], id[2][SECTAG_MODEL_ID + 1];
    size_t n_killed = 0, n_moved = 0;
    char *argv[] = {"sectag",  "models",  "promote",  file,   "--workspace",
                    workspace, "--force", "--reason", "test", NULL};
    read_ids(id);
    (void)snprintf(file, sizeof file, "%s", model[0]);
    double span = measure(argv);
    for (int i = 0; i < KILLS; i++) {
        int before = active_model(id);
        (void)snprintf(file, sizeof file, "%s", model[!before]);
        n_killed += run_and_kill(argv, span * 1.3, out, sizeof out) < 0;
        int after = active_model(id), acknowledged = strstr(out, "is active") != NULL;
        n_moved += before != after;
        if (acknowledged && before == after) die("an acknowledged promotion is lost");
    }
    printf("ok    promote: %zu of %d killed, %zu moved to a new model\n", n_killed, KILLS, n_moved);
}

/* ---- retrain ---- */

/* Every registered model is whole under its id, and all but the first two (the one that was there, and the one in
 * use before the first promotion) came with a report. */
static int is_whole(void *ctx, const sectag_registered *r, sectag_err *err) {
    sectag_buf path = {0};
    sectag_model m;
    char id[SECTAG_MODEL_ID + 1];
    size_t *n = ctx;
    if (sectag_registry_path(look_at, r->id, &path) || sectag_model_open(&m, path.data, err))
        die("a registered model is not whole");
    sectag_model_id(&m, id);
    sectag_model_release(&m);
    sectag_buf_release(&path);
    if (strcmp(id, r->id) != 0) die("a registered model's file is another model");
    if (strncmp(r->why, "retrained", 9) == 0 && !r->report) die("a candidate came without its report");
    ++*n;
    return 0;
}

static size_t check_models(char active[SECTAG_MODEL_ID + 1]) {
    size_t n = 0;
    sectag_err err = {0};
    look_at = look();
    if (sectag_registry_list(look_at, NULL, is_whole, &n, &err)) die(err.msg);
    if (sectag_registry_active(look_at, active, &err) != 1) die("no model is active");
    sectag_workspace_free(look_at);
    return n;
}

/* A clause more for the ledger, so that each candidate is another. */
static void correct_one(int number) {
    char text[64], out[4096];
    int end;
    char *argv[] = {"sectag", "correct", "--workspace", workspace, "--no-spread", "--text", text, "--add", "vaccine", NULL};
    (void)snprintf(text, sizeof text, "疫苗接种单元%d", number);
    pid_t pid = start(argv, &end);
    if (finish(pid, end, out, sizeof out) != 0) die("a correction was refused");
}

static void kill_retrain(char *vectors, char *base) {
    char out[4096], before[SECTAG_MODEL_ID + 1], after[SECTAG_MODEL_ID + 1];
    char *promote[] = {"sectag",  "models",  "promote",  base,   "--workspace",
                       workspace, "--force", "--reason", "test", NULL};
    char *argv[] = {"sectag",     "retrain", "-q",      "--workspace", workspace,        "--vectors",
                    vectors,      "--solver", "liblinear", "--folds",  "2",              "--min-positives",
                    "3",          "--taxonomy", "models/taxonomy.tsv", "--force", "--reason", "test", NULL};
    size_t n_killed = 0, n_moved = 0, n_models = 0;
    (void)measure(promote);
    correct_one(KILLS);
    double span = measure_up_to(argv, 3);
    n_models = check_models(before);
    for (int i = 0; i < KILLS; i++) {
        correct_one(i);
        int was_killed = run_and_kill(argv, span * 1.2, out, sizeof out) < 0;
        span *= was_killed ? 1.03 : 0.9; /* whatever the machine does meanwhile, about one run in four ends by itself */
        n_killed += (size_t)was_killed;
        size_t now_there = check_models(after);
        int moved = strcmp(before, after) != 0;
        if (strstr(out, "is active") && !moved) die("an acknowledged promotion is lost");
        if (moved && now_there != n_models + 1) die("another model is active, but not a new one");
        if (!moved && now_there != n_models) die("a candidate was registered, but is not in use");
        n_moved += (size_t)moved;
        n_models = now_there;
        memcpy(before, after, sizeof before);
    }
    if (n_moved == 0) die("no run came to its end");
    tally t = {0};
    sectag_ledger_filter all = {0};
    sectag_workspace *ws = look();
    if (sectag_ledger_list(ws, &all, note, &t, NULL) || t.n != KILLS + 1) die("a correction is lost");
    sectag_workspace_free(ws);
    printf("ok    retrain: %zu of %d killed, %zu moved to a new model\n", n_killed, KILLS, n_moved);
}

/* ---- two writers ---- */

static void write_one(sectag_workspace *ws, int writer, int i) {
    char text[64], name[32];
    int64_t batch = 0;
    sectag_err err = {0};
    sectag_entry e = {.area = "vaccine", .analyst = name, .time = "2026-01-02T03:04:05Z", .origin = "test"};
    (void)snprintf(name, sizeof name, "writer %d", writer);
    (void)snprintf(text, sizeof text, "sentence %d of writer %d", i, writer);
    int rc = sectag_workspace_begin(ws, &err);
    if (!rc) rc = sectag_ledger_batch(ws, name, e.time, "test", &batch, &err);
    if (!rc) rc = sectag_workspace_clause(ws, text, strlen(text), &e.clause, &err);
    if (!rc) rc = sectag_ledger_add(ws, batch, &e, &err);
    if (!rc) rc = sectag_workspace_commit(ws, &err);
    if (rc) die(err.msg);
}

/* A process of its own. */
static void write_many(int writer) {
    sectag_workspace *ws = NULL;
    sectag_err err = {0};
    if (sectag_workspace_open(&ws, workspace, 1, &err)) die(err.msg); /* both make it */
    for (int i = 0; i < CORRECTIONS; i++) write_one(ws, writer, i);
    sectag_workspace_free(ws);
    _exit(0);
}

static void write_at_once(void) {
    pid_t pid[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
        pid[w] = fork();
        if (pid[w] < 0) die("cannot fork");
        if (pid[w] == 0) write_many(w);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status;
        if (waitpid(pid[w], &status, 0) != pid[w] || status != 0) die("a writer failed");
    }
    sectag_workspace *ws = look();
    for (int w = 0; w < WRITERS; w++) {
        char name[32];
        tally t = {0};
        sectag_ledger_filter by = {.analyst = name};
        (void)snprintf(name, sizeof name, "writer %d", w);
        if (sectag_ledger_list(ws, &by, note, &t, NULL)) die("the ledger cannot be listed");
        if (t.n != CORRECTIONS) die("a writer's correction is lost");
    }
    sectag_workspace_free(ws);
    printf("ok    %d writers at once: %d corrections each are there\n", WRITERS, CORRECTIONS);
}

int main(int argc, char **argv) {
    if (argc != 7) die("usage: kill SECTAG MODEL_A MODEL_B FOLDER VECTORS MODEL_OF_VECTORS");
    program = argv[1];
    model[0] = argv[2];
    model[1] = argv[3];
    sectag_random_init(&dice, 4);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    kill_creation(argv[4]);
    (void)snprintf(workspace, sizeof workspace, "%s/kill.sqlite", argv[4]);
    kill_correct();
    kill_promote();
    (void)snprintf(workspace, sizeof workspace, "%s/retrain.sqlite", argv[4]);
    kill_retrain(argv[5], argv[6]);
    (void)snprintf(workspace, sizeof workspace, "%s/writers.sqlite", argv[4]);
    write_at_once();
    return 0;
}
