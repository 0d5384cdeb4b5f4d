#include "classify/pool.h"

#include "features/array.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct slot {
    void *job;
    int is_done, rc;
    sectag_err err;
} slot;

typedef struct worker {
    struct sectag_pool *pool;
    unsigned number;
    pthread_t thread;
} worker;

/* Jobs are numbered from 0; job i is in slot i % n_jobs. finished <= taken <= submitted <= finished + n_jobs.
 */
struct sectag_pool {
    sectag_pool_options o;
    slot *slots;
    worker *workers;
    unsigned started;
    size_t finished, taken, submitted;
    int closing;
    sectag_err failure; /* the first error; code 0: none */
    pthread_mutex_t lock;
    pthread_cond_t work_there, one_done;
};

sectag_pool *sectag_pool_new(const sectag_pool_options *options) {
    sectag_pool *p = sectag_zalloc(1, sizeof *p);
    if (!p) return NULL;
    p->o = *options;
    p->slots = sectag_zalloc(options->n_jobs, sizeof *p->slots);
    p->workers = sectag_zalloc(options->threads, sizeof *p->workers);
    if (!p->slots || !p->workers || pthread_mutex_init(&p->lock, NULL)) {
        free(p->slots);
        free(p->workers);
        free(p);
        return NULL;
    }
    (void)pthread_cond_init(&p->work_there, NULL); /* cannot fail on the systems we know */
    (void)pthread_cond_init(&p->one_done, NULL);
    for (size_t i = 0; i < options->n_jobs; i++) p->slots[i].job = options->job[i];
    return p;
}

void sectag_pool_free(sectag_pool *p) {
    if (!p) return;
    (void)pthread_mutex_lock(&p->lock);
    p->closing = 1;
    (void)pthread_cond_broadcast(&p->work_there);
    (void)pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->started; i++) (void)pthread_join(p->workers[i].thread, NULL);
    (void)pthread_cond_destroy(&p->work_there);
    (void)pthread_cond_destroy(&p->one_done);
    (void)pthread_mutex_destroy(&p->lock);
    free(p->slots);
    free(p->workers);
    free(p);
}

static slot *slot_of(sectag_pool *p, size_t i) {
    return &p->slots[i % p->o.n_jobs];
}

static void *work_on(void *arg) {
    worker *w = arg;
    sectag_pool *p = w->pool;
    (void)pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->closing && p->taken == p->submitted) (void)pthread_cond_wait(&p->work_there, &p->lock);
        if (p->closing) break;
        slot *s = slot_of(p, p->taken++);
        (void)pthread_mutex_unlock(&p->lock);
        int rc = p->o.work(p->o.ctx, w->number, s->job, &s->err);
        (void)pthread_mutex_lock(&p->lock);
        s->rc = rc;
        s->is_done = 1;
        (void)pthread_cond_signal(&p->one_done);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* One more thread, if one is allowed. Where the system refuses, those that run must do. */
static void start_worker(sectag_pool *p) {
    if (p->started == p->o.threads) return;
    worker *w = &p->workers[p->started];
    w->pool = p;
    w->number = p->started;
    if (pthread_create(&w->thread, NULL, work_on, w) == 0) p->started++;
}

static int fail(sectag_pool *p, int rc, const sectag_err *why, sectag_err *err) {
    if (!p->failure.code) {
        p->failure = *why;
        p->failure.code = rc;
    }
    if (err) *err = p->failure;
    return p->failure.code;
}

/* Finishes the oldest job when it is done; `wait`: waits until it is. Returns 1 when one was finished, 0, or
 * an error. */
static int finish_oldest(sectag_pool *p, int wait, sectag_err *err) {
    if (p->finished == p->submitted) return 0;
    slot *s = slot_of(p, p->finished);
    (void)pthread_mutex_lock(&p->lock);
    while (wait && !s->is_done) (void)pthread_cond_wait(&p->one_done, &p->lock);
    int is_done = s->is_done;
    (void)pthread_mutex_unlock(&p->lock);
    if (!is_done) return 0;
    sectag_err why = s->err;
    int rc = s->rc ? s->rc : p->o.done(p->o.ctx, s->job, &why);
    if (rc) return fail(p, rc, &why, err);
    p->finished++;
    return 1;
}

void *sectag_pool_next(sectag_pool *p, sectag_err *err) {
    if (p->failure.code) {
        (void)fail(p, 0, &p->failure, err);
        return NULL;
    }
    if (p->submitted - p->finished == p->o.n_jobs && finish_oldest(p, 1, err) < 0) return NULL;
    return slot_of(p, p->submitted)->job;
}

int sectag_pool_submit(sectag_pool *p, sectag_err *err) {
    if (p->failure.code) return fail(p, 0, &p->failure, err);
    slot *s = slot_of(p, p->submitted);
    s->is_done = s->rc = 0;
    sectag_err_clear(&s->err);
    (void)pthread_mutex_lock(&p->lock);
    int backlog = p->submitted++ > p->taken;
    (void)pthread_cond_signal(&p->work_there);
    (void)pthread_mutex_unlock(&p->lock);
    if (p->o.threads > 1 && (p->started == 0 || backlog)) start_worker(p);
    if (p->started == 0) { /* one thread: the caller's */
        p->taken++;
        s->rc = p->o.work(p->o.ctx, 0, s->job, &s->err);
        s->is_done = 1;
    }
    int rc;
    while ((rc = finish_oldest(p, 0, err)) == 1) continue;
    return rc;
}

int sectag_pool_wait(sectag_pool *p, sectag_err *err) {
    return p->failure.code ? fail(p, 0, &p->failure, err) : finish_oldest(p, 1, err);
}

int sectag_pool_finish(sectag_pool *p, sectag_err *err) {
    int rc = p->failure.code ? fail(p, 0, &p->failure, err) : 0;
    while (!rc && p->finished < p->submitted)
        if ((rc = finish_oldest(p, 1, err)) == 1) rc = 0;
    return rc;
}
