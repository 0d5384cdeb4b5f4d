#include "features/isolation.h"

#include "features/array.h"
#include "features/frame.h"
#include "features/utf8.h"
#include "features/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { STEP = 1 << 16, WATCH_MS = 50, PATIENCE_MS = 5000 };
static const uint64_t mega = 1u << 20;

typedef enum process_state { IDLE = 0, ASKED, READING } process_state;

typedef struct process {
    pid_t pid; /* 0: none is running */
    int fd;
    process_state state;
    sectag_buf path; /* of the file that was asked for; empty: the document is no file */
    sectag_buf in;   /* what came in; frames up to byte `taken` are done with */
    size_t taken;
    uint64_t text; /* bytes of text that the document has given */
    double waited; /* seconds for the document, while nothing else was done */
} process;

struct sectag_isolation {
    sectag_isolation_options o;
    char *program, *argument;
    process *processes;
    SECTAG_ARRAY(char *) names; /* of encodings, once each: they outlive the documents */
};

/* What a reader holds while its document is read elsewhere. */
typedef struct isolated {
    sectag_reader_type type; /* the real one's name with our functions */
    sectag_isolation *i;
    process *p; /* NULL: the document has ended, well or badly */
    SECTAG_ARRAY(sectag_cell) cells;
} isolated;

sectag_isolation *sectag_isolation_new(const sectag_isolation_options *options) {
    sectag_isolation *i = sectag_zalloc(1, sizeof *i);
    if (!i) return NULL;
    i->o = *options;
    if (!i->o.processes) i->o.processes = 1;
    if (!(i->o.seconds > 0)) i->o.seconds = SECTAG_ISOLATION_SECONDS;
    if (!i->o.memory) i->o.memory = SECTAG_ISOLATION_MEGABYTES * mega;
    if (!i->o.text) i->o.text = SECTAG_ISOLATION_TEXT_MEGABYTES * mega;
    i->program = strdup(options->program);
    i->argument = strdup(options->argument);
    i->processes = sectag_zalloc(i->o.processes, sizeof *i->processes);
    if (i->processes && i->program && i->argument) return i;
    if (!i->processes) i->o.processes = 0;
    sectag_isolation_free(i);
    return NULL;
}

/* ---- processes ---- */

/* What the socket's other end becomes: standard input of the process. It has nothing to say on the others,
 * but for sanitizers. */
static int spawn(const sectag_isolation *i, int fd, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    char *const argv[] = {i->program, i->argument, NULL};
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc) return rc;
    rc = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    if (!rc) rc = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!rc && !SECTAG_ISOLATION_WATCHES)
        rc = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!rc) rc = posix_spawn(pid, i->program, &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static int start(const sectag_isolation *i, process *p, sectag_err *err) {
    int ends[2];
    if (p->pid) return 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return sectag_err_set(err, SECTAG_EIO, "cannot start a reading process: %s", strerror(errno));
    int rc = spawn(i, ends[1], &p->pid);
    (void)close(ends[1]);
    p->fd = ends[0];
    p->state = IDLE;
    if (!rc) return 0;
    (void)close(ends[0]);
    p->pid = 0;
    return sectag_err_set(err, SECTAG_EIO, "cannot start a reading process: %s", strerror(rc));
}

/* Ends the process; `gently`: it is about to end, or does so now that its socket is closed. Returns its wait
 * status; *peak: bytes of memory that it held at most. */
static int stop(process *p, int gently, uint64_t *peak) {
    const struct timespec moment = {0, 1000000};
    struct rusage usage;
    int status = 0;
    pid_t ended = 0;
    memset(&usage, 0, sizeof usage);
    if (!p->pid) return 0;
    (void)close(p->fd);
    for (int i = 0; gently && i < PATIENCE_MS && !ended; i++) {
        ended = wait4(p->pid, &status, WNOHANG, &usage);
        if (!ended) (void)nanosleep(&moment, NULL);
    }
    if (!ended) (void)kill(p->pid, SIGKILL);
    while (!ended && wait4(p->pid, &status, 0, &usage) < 0 && errno == EINTR) continue;
    if (peak) *peak = (uint64_t)usage.ru_maxrss * 1024;
    p->pid = 0;
    p->state = IDLE;
    sectag_buf_clear(&p->in);
    p->taken = 0;
    return status;
}

void sectag_isolation_free(sectag_isolation *i) {
    if (!i) return;
    for (unsigned k = 0; k < i->o.processes; k++) {
        process *p = &i->processes[k];
        (void)stop(p, SECTAG_ISOLATION_WATCHES && p->state == IDLE,
                   NULL); /* leaks are looked for at the end */
        sectag_buf_release(&p->path);
        sectag_buf_release(&p->in);
    }
    for (size_t k = 0; k < i->names.len; k++) free(i->names.data[k]);
    free(i->names.data);
    free(i->processes);
    free(i->program);
    free(i->argument);
    free(i);
}

/* ---- what went wrong ---- */

static int too_much_memory(const sectag_isolation *i, const sectag_reader *r, sectag_err *err) {
    return sectag_reader_fail(r, SECTAG_EDATA, err,
                              "needs more than %llu MB of memory to be read (--memory-limit)",
                              (unsigned long long)(i->o.memory / mega));
}

/* The process is gone: why? A parser that gets no memory gives up. */
static int died(const sectag_isolation *i, process *p, const sectag_reader *r, sectag_err *err) {
    uint64_t peak = 0;
    int status = stop(p, 1, &peak);
    int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    int no_memory = WIFEXITED(status) && WEXITSTATUS(status) == SECTAG_ISOLATION_NO_MEMORY;
    if (no_memory || (signal_number != SIGKILL && peak > i->o.memory / 2)) return too_much_memory(i, r, err);
    if (signal_number == SIGKILL)
        return sectag_reader_fail(r, SECTAG_EDATA, err, "the process that was reading it has been killed");
    if (signal_number)
        return sectag_reader_fail(r, SECTAG_EDATA, err, "it makes the parser crash (signal %d: %.40s)",
                                  signal_number, strsignal(signal_number));
    return sectag_reader_fail(r, SECTAG_EDATA, err, "it makes the parser give up (exit code %d)",
                              WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

static int nonsense(process *p, const sectag_reader *r, sectag_err *err) {
    (void)stop(p, 0, NULL);
    return sectag_reader_fail(r, SECTAG_EDATA, err,
                              "it leads the parser astray (what came back cannot be understood)");
}

/* ---- waiting ---- */

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

uint64_t sectag_isolation_memory(long pid, int resident) {
    char name[64] = "/proc/self/statm", line[128], *end = line;
    if (pid) (void)snprintf(name, sizeof name, "/proc/%ld/statm", pid);
    FILE *f = fopen(name, "re");
    if (!f || !fgets(line, sizeof line, f)) line[0] = '\0';
    if (f) (void)fclose(f);
    uint64_t pages = strtoull(line, &end, 10);
    if (resident) pages = strtoull(end, NULL, 10);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Waits for the socket. Only the time that passes here counts: a process that is ahead waits for us. */
static int wait_for(const sectag_isolation *i, process *p, short what, const sectag_reader *r,
                    sectag_err *err) {
    struct pollfd ready = {p->fd, what, 0};
    for (;;) {
        double left = (i->o.seconds - p->waited) * 1000, began = now();
        int ms = SECTAG_ISOLATION_WATCHES && left > WATCH_MS ? WATCH_MS : left > 1e9 ? 1000000000 : (int)left;
        int n = poll(&ready, 1, ms > 0 ? ms : 0);
        if (n > 0) return 0;
        p->waited += now() - began;
        if (SECTAG_ISOLATION_WATCHES && sectag_isolation_memory((long)p->pid, 1) > i->o.memory) {
            (void)stop(p, 0, NULL);
            return too_much_memory(i, r, err);
        }
        if (p->waited < i->o.seconds) continue;
        (void)stop(p, 0, NULL);
        return sectag_reader_fail(r, SECTAG_EDATA, err, "takes longer than %g s to be read (--time-limit)",
                                  i->o.seconds);
    }
}

/* ---- asking ---- */

static int send_all(const sectag_isolation *i, process *p, const sectag_buf *out, const sectag_reader *r,
                    sectag_err *err) {
    for (size_t at = 0; at < out->len;) {
        ssize_t put = send(p->fd, out->data + at, out->len - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put >= 0) {
            at += (size_t)put;
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return died(i, p, r, err);
        int rc = wait_for(i, p, POLLOUT, r, err);
        if (rc) return rc;
    }
    return 0;
}

static int put_string(sectag_buf *out, const char *text) {
    return sectag_frame_text(out, text, text ? strlen(text) : 0);
}

static int put_request(const sectag_isolation *i, const sectag_reader *r, const char *path, sectag_buf *out) {
    size_t frame;
    int rc = sectag_frame_begin(out, SECTAG_FRAME_REQUEST, &frame);
    rc |= put_string(out, r->type->name) | put_string(out, path) | put_string(out, r->name);
    rc |= put_string(out, r->o.encoding) | put_string(out, r->o.column);
    rc |= sectag_frame_number(out, (uint64_t)r->o.rows) | sectag_frame_number(out, i->o.memory);
    rc |= sectag_frame_text(out, path ? NULL : r->data, path ? 0 : r->len);
    return rc ? rc : sectag_frame_end(out, frame);
}

/* A process that went away while it had nothing to do is replaced: hence two goes. */
static int ask(const sectag_isolation *i, process *p, const sectag_reader *r, const char *path,
               sectag_err *err) {
    sectag_buf out = {0};
    int rc = put_request(i, r, path, &out) ? sectag_err_nomem(err) : 0;
    sectag_buf_clear(&p->path);
    if (!rc && path && sectag_buf_adds(&p->path, path)) rc = sectag_err_nomem(err);
    for (int go = 0; go < 2 && !rc; go++) {
        int had_one = p->pid != 0;
        p->waited = 0;
        p->text = 0;
        rc = start(i, p, err);
        if (!rc) rc = send_all(i, p, &out, r, err);
        if (!rc || !had_one || p->pid) break;
        rc = 0;
    }
    if (!rc) p->state = ASKED;
    sectag_buf_release(&out);
    return rc;
}

int sectag_isolation_is_free(const sectag_isolation *i) {
    for (unsigned k = 0; k < i->o.processes; k++)
        if (i->processes[k].state == IDLE) return 1;
    return 0;
}

void sectag_isolation_ahead(sectag_isolation *i, const sectag_reader *r, const char *path) {
    for (unsigned k = 0; k < i->o.processes; k++)
        if (i->processes[k].state == IDLE) {
            (void)ask(i, &i->processes[k], r, path, NULL);
            return;
        }
}

/* The process that has the document, else one that is free, else one that gives up what it read ahead. */
static process *process_for(sectag_isolation *i, const char *path, int *asked) {
    process *found = NULL;
    *asked = 1;
    for (unsigned k = 0; k < i->o.processes; k++) {
        process *p = &i->processes[k];
        if (p->state == ASKED && path && strcmp(p->path.data, path) == 0) return p;
    }
    *asked = 0;
    for (unsigned k = 0; k < i->o.processes; k++) {
        process *p = &i->processes[k];
        if (p->state == IDLE) return p;
        if (p->state == ASKED) found = p;
    }
    if (found) (void)stop(found, 0, NULL);
    return found;
}

/* ---- frames ---- */

/* The next frame's payload in *t: its kind, or an error. */
static int take_frame(const sectag_isolation *i, process *p, const sectag_reader *r, sectag_frame_take *t,
                      sectag_err *err) {
    sectag_frame_head head = {0, 0};
    for (;;) {
        size_t there = p->in.len - p->taken;
        if (there >= sizeof head) {
            memcpy(&head, p->in.data + p->taken, sizeof head);
            if (head.kind < SECTAG_FRAME_OPENED || head.kind > SECTAG_FRAME_ERROR ||
                head.len > i->o.text + 64 * mega)
                return nonsense(p, r, err);
            if (there >= sizeof head + head.len) break;
        }
        if (p->taken) memmove(p->in.data, p->in.data + p->taken, there);
        p->in.len = there;
        p->taken = 0;
        int rc = wait_for(i, p, POLLIN, r, err);
        if (rc) return rc;
        if (sectag_buf_reserve(&p->in, STEP)) return sectag_err_nomem(err);
        ssize_t got = read(p->fd, p->in.data + p->in.len, STEP);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return died(i, p, r, err);
        p->in.len += (size_t)got;
    }
    *t = (sectag_frame_take){p->in.data + p->taken + sizeof head, head.len, 0};
    p->taken += sizeof head + head.len;
    return (int)head.kind;
}

/* A name that lasts. */
static const char *lasting(sectag_isolation *i, const char *name, size_t len) {
    for (size_t k = 0; k < i->names.len; k++)
        if (strlen(i->names.data[k]) == len && memcmp(i->names.data[k], name, len) == 0)
            return i->names.data[k];
    char *copy = len < 64 ? strndup(name, len) : NULL;
    if (!copy) return NULL;
    if (sectag_array_push(&i->names, copy)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static void set_met(sectag_isolation *i, sectag_reader *r, const sectag_frame_met *met) {
    r->encoding = met->encoding ? lasting(i, met->encoding, met->encoding_len) : NULL;
    r->paged = met->paged != 0;
    r->skipped = met->skipped;
    r->replaced = met->replaced;
    r->first_replaced = met->first_replaced;
    r->furniture = met->furniture;
    r->bytes = met->bytes;
}

/* The document's last frame: the process is free again, or ends. */
static int take_end(isolated *s, sectag_reader *r, sectag_frame_take *t, sectag_err *err) {
    process *p = s->p;
    sectag_frame_met met = sectag_frame_take_met(t);
    s->p = NULL;
    if (t->bad || p->in.len != p->taken) return nonsense(p, r, err);
    set_met(s->i, r, &met);
    p->state = IDLE;
    sectag_buf_clear(&p->in);
    p->taken = 0;
    if (p->in.cap > mega) sectag_buf_release(&p->in);
    if (met.leaves) (void)stop(p, 1, NULL);
    return 0;
}

/* The reader's own error, behind which comes the last frame. */
static int take_error(isolated *s, sectag_reader *r, sectag_frame_take *t, sectag_err *err) {
    size_t len;
    int code = -(int)(sectag_frame_take_number(t) & 0xFF);
    uint64_t line = sectag_frame_take_number(t), byte = sectag_frame_take_number(t);
    int has_byte = sectag_frame_take_number(t) != 0;
    const char *msg = sectag_frame_take_text(t, &len);
    sectag_err why = {0};
    if (t->bad || code == 0 || !msg) return nonsense(s->p, r, err);
    (void)sectag_err_at(&why, code, r->name, line, "%.*s",
                        (int)(len < sizeof why.msg ? len : sizeof why.msg - 1), msg);
    why.byte = byte;
    why.has_byte = has_byte;
    int kind = take_frame(s->i, s->p, r, t, err);
    if (kind < 0) return kind;
    int rc = kind == SECTAG_FRAME_END ? take_end(s, r, t, err) : nonsense(s->p, r, err);
    if (rc) return rc;
    if (code == SECTAG_ENOMEM) return too_much_memory(s->i, r, err);
    if (err) *err = why;
    return code;
}

/* ---- the reader's functions ---- */

static int is_text(const char *text, size_t len) {
    return text && sectag_utf8_check(text, len) == len;
}

static int take_cells(isolated *s, sectag_frame_take *t) {
    uint64_t n = sectag_frame_take_number(t);
    s->cells.len = 0;
    if (n > t->left / (2 * sizeof n)) t->bad = 1;
    if (t->bad) return 0;
    if (sectag_array_reserve(&s->cells, n)) return SECTAG_ENOMEM;
    for (uint64_t k = 0; k < n; k++) {
        sectag_cell c;
        c.name = sectag_frame_take_text(t, &c.name_len);
        c.text = sectag_frame_take_text(t, &c.len);
        if (!is_text(c.name, c.name_len) || !is_text(c.text, c.len)) t->bad = 1;
        s->cells.data[s->cells.len++] = c;
    }
    return 0;
}

static int take_block(isolated *s, sectag_reader *r, sectag_frame_take *t, sectag_block *b, sectag_err *err) {
    uint64_t kind = sectag_frame_take_number(t);
    b->kind = (uint8_t)kind;
    b->level = (uint8_t)sectag_frame_take_number(t);
    b->row = sectag_frame_take_number(t);
    b->text = sectag_frame_take_text(t, &b->len);
    if (take_cells(s, t)) return sectag_err_nomem(err);
    if (t->bad || kind > SECTAG_BLOCK_NOTE || !is_text(b->text, b->len)) return nonsense(s->p, r, err);
    b->cells = s->cells.data;
    b->n_cells = s->cells.len;
    s->p->text += b->len + 1;
    if (s->p->text <= s->i->o.text) return 1;
    (void)stop(s->p, 0, NULL);
    return sectag_reader_fail(r, SECTAG_EDATA, err, "holds more than %llu MB of text",
                              (unsigned long long)(s->i->o.text / mega));
}

static int next_isolated(sectag_reader *r, sectag_block *b, sectag_err *err) {
    isolated *s = r->state;
    sectag_frame_take t;
    if (!s->p) return 0;
    int rc = take_frame(s->i, s->p, r, &t, err);
    if (rc == SECTAG_FRAME_BLOCK)
        rc = take_block(s, r, &t, b, err);
    else if (rc == SECTAG_FRAME_END)
        rc = take_end(s, r, &t, err);
    else if (rc == SECTAG_FRAME_ERROR)
        rc = take_error(s, r, &t, err);
    else if (rc > 0)
        rc = nonsense(s->p, r, err);
    if (rc < 0) s->p = NULL;
    return rc;
}

/* A document that is not read to its end leaves its process in the middle of it. */
static void close_isolated(sectag_reader *r) {
    isolated *s = r->state;
    if (!s) return;
    if (s->p) (void)stop(s->p, 0, NULL);
    free(s->cells.data);
    free(s);
}

static int open_isolated(isolated *s, sectag_reader *r, const char *path, sectag_err *err) {
    sectag_frame_take t;
    int asked;
    process *p = process_for(s->i, path, &asked);
    if (!p) return sectag_err_set(err, SECTAG_EIO, "no reading process is free");
    int rc = asked ? 0 : ask(s->i, p, r, path, err);
    if (rc) return rc;
    s->p = p;
    p->state = READING;
    rc = take_frame(s->i, p, r, &t, err);
    if (rc == SECTAG_FRAME_ERROR) return take_error(s, r, &t, err);
    if (rc < 0) return rc;
    sectag_frame_met met = sectag_frame_take_met(&t);
    if (rc != SECTAG_FRAME_OPENED || t.bad) return nonsense(p, r, err);
    set_met(s->i, r, &met);
    return 0;
}

int sectag_isolation_open(sectag_isolation *i, sectag_reader *r, const char *path, sectag_err *err) {
    isolated *s = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    s->type = (sectag_reader_type){.name = r->type->name, .next = next_isolated, .close = close_isolated};
    s->i = i;
    r->state = s;
    int rc = open_isolated(s, r, path, err);
    if (rc) s->p = NULL;
    r->type = &s->type; /* only now: what was asked for is the type by name */
    return rc;
}
