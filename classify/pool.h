/* pool.h: jobs done by several threads and finished in the order in which they were given.
 *
 *   caller:  next -> fill the job -> submit     ...     finish
 *   threads:                          work(job)
 *   caller:                                      done(job), strictly in order
 *
 * The caller owns a fixed number of jobs that go round, so memory is bounded and a fast producer waits for
 * the slowest worker. `done` runs in the caller's thread (inside next, submit or finish): it needs no lock,
 * and since it sees jobs in order, output does not depend on the number of threads. Threads are started as
 * work comes up; with one thread all work is done in the caller's.
 */
#ifndef SECTAG_POOL_H
#define SECTAG_POOL_H

#include "features/err.h"

#include <stddef.h>

enum { SECTAG_POOL_THREADS_MAX = 256 };

typedef struct sectag_pool sectag_pool;

typedef struct sectag_pool_options {
    unsigned threads; /* 1 to SECTAG_POOL_THREADS_MAX */
    void *const *job; /* [n_jobs], borrowed; at least threads + 1 keep all threads busy */
    size_t n_jobs;    /* at least 1 */
    void *ctx;
    int (*work)(void *ctx, unsigned thread, void *job, sectag_err *err); /* thread: 0 .. threads - 1 */
    int (*done)(void *ctx, void *job, sectag_err *err);
} sectag_pool_options;

/* NULL when memory is short. Copies the options. */
sectag_pool *sectag_pool_new(const sectag_pool_options *options);

/* Stops the threads; jobs that are not finished are dropped. */
void sectag_pool_free(sectag_pool *p);

/* A job that is free to be filled; stays the same until it is submitted. NULL after an error of work or done
 * (in *err); the pool then takes no more jobs. */
void *sectag_pool_next(sectag_pool *p, sectag_err *err);

/* Gives the job of the last `next` to the workers. Returns 0 or the first error of work or done. */
int sectag_pool_submit(sectag_pool *p, sectag_err *err);

/* Waits until the oldest job is done. Returns 1, 0 where there is none, or the first error. */
int sectag_pool_wait(sectag_pool *p, sectag_err *err);

/* Waits until every job is done. Returns 0 or the first error, in the order of jobs. */
int sectag_pool_finish(sectag_pool *p, sectag_err *err);

#endif
