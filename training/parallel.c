#include "training/parallel.h"

#include "features/array.h"

#include <pthread.h>
#include <string.h>

typedef struct crew {
    pthread_mutex_t lock;
    size_t next, done, n;
    sectag_task_fn *run;
    void *ctx;
    sectag_progress_fn *progress;
    void *progress_ctx;
    int code; /* the first failure's, by task number */
    size_t failed;
    sectag_err why;
} crew;

/* Under the lock. */
static void note_result(crew *c, size_t i, int rc, const sectag_err *why) {
    c->done++;
    if (rc && (c->code == 0 || i < c->failed)) {
        c->code = rc;
        c->failed = i;
        c->why = *why;
    }
    if (!c->code && c->progress && c->progress(c->progress_ctx, c->done, c->n)) {
        c->code = SECTAG_ECANCEL;
        c->failed = c->n;
        (void)sectag_err_set(&c->why, SECTAG_ECANCEL, "cancelled");
    }
}

static void *work(void *arg) {
    crew *c = arg;
    (void)pthread_mutex_lock(&c->lock);
    while (!c->code && c->next < c->n) {
        size_t i = c->next++;
        sectag_err why = {0};
        (void)pthread_mutex_unlock(&c->lock);
        int rc = c->run(c->ctx, i, &why);
        (void)pthread_mutex_lock(&c->lock);
        note_result(c, i, rc, &why);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return NULL;
}

int sectag_parallel(unsigned jobs, size_t n, sectag_task_fn *run, void *ctx, sectag_progress_fn *progress,
                    void *progress_ctx, sectag_err *err) {
    crew c = {.n = n, .run = run, .ctx = ctx, .progress = progress, .progress_ctx = progress_ctx};
    size_t helpers = jobs > 1 && n > 1 ? (jobs < n ? jobs : n) - 1 : 0, started = 0;
    pthread_t *threads = sectag_alloc(helpers, sizeof *threads);
    if (!threads) return sectag_err_nomem(err);
    (void)pthread_mutex_init(&c.lock, NULL);
    /* A thread that cannot be had is no error: the calling thread does all that is left. */
    while (started < helpers && pthread_create(&threads[started], NULL, work, &c) == 0) started++;
    (void)work(&c);
    for (size_t i = 0; i < started; i++) (void)pthread_join(threads[i], NULL);
    (void)pthread_mutex_destroy(&c.lock);
    free(threads);
    if (c.code && err) *err = c.why;
    return c.code;
}
