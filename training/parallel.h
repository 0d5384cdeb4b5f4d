/* parallel.h: independent tasks on several threads. Results must not depend on which thread runs a
 * task or when; each task writes only to places of its own. */
#ifndef SECTAG_PARALLEL_H
#define SECTAG_PARALLEL_H

#include "features/err.h"

#include <stddef.h>

/* Runs task number i. Returns 0 or a negative code with *err (its own) filled. */
typedef int sectag_task_fn(void *ctx, size_t i, sectag_err *err);

/* Told now and then, from the calling thread's point of view one call at a time: how many of total are done.
 * A non-zero result cancels what has not begun. */
typedef int sectag_progress_fn(void *ctx, size_t done, size_t total);

/* Runs tasks 0 .. n - 1, lowest first, on up to `jobs` threads (0: one). Returns 0, or the error of the
 * lowest-numbered task that failed, or SECTAG_ECANCEL. */
int sectag_parallel(unsigned jobs, size_t n, sectag_task_fn *run, void *ctx, sectag_progress_fn *progress,
                    void *progress_ctx, sectag_err *err);

#endif
