#include "features/worker.h"

#include "features/frame.h"
#include "features/isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FLUSH = 1 << 15, DOCUMENTS = 500, DESCRIPTORS = 256 };
static const uint64_t keeps =
    192u << 20; /* bytes: a process that holds more after a document makes way for a new one */

/* One socket's work. The texts are NUL-terminated copies. */
typedef struct worker {
    int fd;
    sectag_buf in, out;
    sectag_buf type, path, name, encoding, column;
    const char *bytes; /* the document, where it is no file; in `in` */
    size_t n_bytes;
    uint64_t memory, rows;
    unsigned served;
} worker;

/* ---- the socket ---- */

/* 1: there they are; 0: the other end is closed. */
static int read_all(int fd, char *to, size_t len) {
    while (len > 0) {
        ssize_t got = read(fd, to, len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        to += got;
        len -= (size_t)got;
    }
    return 1;
}

static int flush(worker *w) {
    const char *at = w->out.data;
    size_t left = w->out.len;
    while (left > 0) {
        ssize_t put = write(w->fd, at, left);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return SECTAG_EIO;
        at += put;
        left -= (size_t)put;
    }
    sectag_buf_clear(&w->out);
    return 0;
}

static int take_copy(sectag_frame_take *t, sectag_buf *out) {
    size_t len;
    const char *text = sectag_frame_take_text(t, &len);
    sectag_buf_release(out);
    return text ? sectag_buf_add(out, text, len) : 0;
}

/* 1: a request is there; 0: no more. */
static int take_request(worker *w) {
    sectag_frame_head head;
    if (!read_all(w->fd, (char *)&head, sizeof head) || head.kind != SECTAG_FRAME_REQUEST) return 0;
    sectag_buf_release(&w->in);
    if (sectag_buf_reserve(&w->in, head.len) || !read_all(w->fd, w->in.data, head.len)) return 0;
    sectag_frame_take t = {w->in.data, head.len, 0};
    int rc = take_copy(&t, &w->type) | take_copy(&t, &w->path) | take_copy(&t, &w->name);
    rc |= take_copy(&t, &w->encoding) | take_copy(&t, &w->column);
    w->rows = sectag_frame_take_number(&t);
    w->memory = sectag_frame_take_number(&t);
    w->bytes = sectag_frame_take_text(&t, &w->n_bytes);
    return !rc && !t.bad;
}

/* ---- limits ---- */

/* Pages of address space from which on an abort() is put down to a lack of memory; 0: no limit is set. */
static volatile uint64_t scarce;

/* A parser that gets no memory calls abort(), often with far less touched than it has asked for: only this end
 * knows that. Async-signal-safe. */
static void on_abort(int signal_number) {
    char line[32] = "";
    uint64_t pages = 0;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
    for (ssize_t i = 0; i < n && line[i] >= '0' && line[i] <= '9'; i++)
        pages = pages * 10 + (uint64_t)(line[i] - '0');
    if (scarce && pages >= scarce) _exit(SECTAG_ISOLATION_NO_MEMORY);
    (void)signal(signal_number, SIG_DFL); /* abort() goes on */
}

/* The document may take so much more than is taken now, the file itself aside. Sanitizers take terabytes of
 * address space: there the other end watches. */
static void limit_memory(const worker *w) {
    struct rlimit limit;
    uint64_t now = sectag_isolation_memory(0, 0);
    FILE *f = !SECTAG_ISOLATION_WATCHES && w->path.data ? fopen(w->path.data, "re") : NULL;
    long size = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
    if (f) (void)fclose(f);
    if (SECTAG_ISOLATION_WATCHES || now == 0 || getrlimit(RLIMIT_AS, &limit)) return;
    rlim_t wanted = (rlim_t)(now + w->memory + (uint64_t)(size > 0 ? size : 0));
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (!setrlimit(RLIMIT_AS, &limit)) scarce = (limit.rlim_cur - w->memory / 4) / (uint64_t)sysconf(_SC_PAGESIZE);
}

static void lift_memory(void) {
    struct rlimit limit;
    if (SECTAG_ISOLATION_WATCHES || getrlimit(RLIMIT_AS, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    scarce = 0;
    (void)setrlimit(RLIMIT_AS, &limit);
}

/* A reader writes no files and has none of the program's open; a crash leaves no core; nobody is left behind
 * when the program is killed. */
static void confine(void) {
    const struct rlimit none = {0, 0};
    for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) (void)close(fd);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &none);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!SECTAG_ISOLATION_WATCHES) (void)signal(SIGABRT, on_abort);
}

/* ---- faults on purpose ---- */

static void hang(worker *w) {
    (void)w;
    for (;;) (void)pause();
}

static void spin(worker *w) {
    for (volatile unsigned n = 0; w->fd >= 0; n++) continue;
}

static void crash(worker *w) {
    (void)w;
    (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would say more than the program does */
    (void)raise(SIGSEGV);
}

static void give_up(worker *w) {
    (void)w;
    abort();
}

static void take_memory(worker *w) {
    for (;;) {
        char *more = malloc(1 << 24);
        if (!more) abort(); /* as C++ does */
        if (SECTAG_ISOLATION_WATCHES) memset(more, w->fd, 1 << 24); /* memory in use is watched there */
        *(char *volatile *)more = more;
    }
}

static void write_on(worker *w) {
    static const char text[] = "text without end ";
    sectag_block b = {.text = text, .len = sizeof text - 1, .kind = SECTAG_BLOCK_PARAGRAPH};
    sectag_reader r = {0};
    int rc = sectag_frame_put_met(&w->out, SECTAG_FRAME_OPENED, &r, 0);
    while (!rc && !flush(w))
        for (int i = 0; i < 1000; i++) rc |= sectag_frame_put_block(&w->out, &b);
}

static void talk_nonsense(worker *w) {
    if (!sectag_buf_adds(&w->out, "this is no frame, it is a line of text")) (void)flush(w);
    hang(w);
}

static void do_fault(worker *w) {
    static const struct {
        const char *name;
        void (*run)(worker *w);
    } faults[] = {{"fault-hang", hang},
                  {"fault-spin", spin},
                  {"fault-crash", crash},
                  {"fault-abort", give_up},
                  {"fault-memory", take_memory},
                  {"fault-text", write_on},
                  {"fault-nonsense", talk_nonsense}};
    if (!getenv("SECTAG_TEST_FAULTS")) return;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strstr(w->name.data, faults[i].name)) faults[i].run(w);
}

/* ---- documents ---- */

static int give_blocks(worker *w, sectag_reader *r, sectag_err *err) {
    sectag_block b;
    int more, rc = sectag_frame_put_met(&w->out, SECTAG_FRAME_OPENED, r, 0);
    while (!rc && (more = sectag_reader_next(r, &b, err)) != 0) {
        if (more < 0) return more;
        rc = sectag_frame_put_block(&w->out, &b);
        if (!rc && w->out.len >= FLUSH && flush(w)) return SECTAG_EIO;
    }
    return rc ? sectag_err_nomem(err) : 0;
}

/* Frames that are on their way are whole, so an error goes behind them. *leaves: this was the last document.
 */
static int give_document(worker *w, int *leaves) {
    sectag_reader r;
    sectag_err err = {0};
    const sectag_reader_options o = {
        .encoding = w->encoding.data, .column = w->column.data, .rows = (int)w->rows};
    int rc =
        sectag_reader_open_as(&r, w->type.data, w->path.data, w->name.data, w->bytes, w->n_bytes, &o, &err);
    if (!rc) rc = give_blocks(w, &r, &err);
    if (rc && !err.code) err.code = rc;
    lift_memory();
    int bad = rc ? sectag_frame_put_error(&w->out, &err) : 0;
    *leaves = rc == SECTAG_ENOMEM || ++w->served >= DOCUMENTS || sectag_isolation_memory(0, 1) > keeps;
    bad |= sectag_frame_put_met(&w->out, SECTAG_FRAME_END, &r, *leaves);
    sectag_reader_release(&r);
    return bad ? bad : flush(w);
}

int sectag_worker_run(int fd) {
    worker w = {.fd = fd};
    int rc = 0, leaves = 0;
    confine();
    while (!rc && !leaves && take_request(&w)) {
        limit_memory(&w);
        do_fault(&w);
        rc = give_document(&w, &leaves);
    }
    sectag_buf_release(&w.in);
    sectag_buf_release(&w.out);
    sectag_buf_release(&w.type);
    sectag_buf_release(&w.path);
    sectag_buf_release(&w.name);
    sectag_buf_release(&w.encoding);
    sectag_buf_release(&w.column);
    return rc != 0;
}
