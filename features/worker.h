/* worker.h: the reading process's end of isolation.h: documents are asked for on a socket, read by the
 * readers of sectag_readers.so, and given back block by block.
 *
 * For tests: where SECTAG_TEST_FAULTS is set, a document whose name holds `fault-hang`, `fault-spin`,
 * `fault-crash`, `fault-abort`, `fault-memory`, `fault-text` or `fault-nonsense` makes the process do so.
 */
#ifndef SECTAG_WORKER_H
#define SECTAG_WORKER_H

/* Exit code of a process whose parser gave up for want of memory. */
enum { SECTAG_ISOLATION_NO_MEMORY = 112 };

/* Serves on a socket until its other end is closed; 0, or 1 when it broke. */
int sectag_worker_run(int fd);

#endif
