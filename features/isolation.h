/* isolation.h: documents that large libraries parse (PDF, Word, Excel, web pages) are read in processes of
 * their own, with limits on time, memory and text. What crashes, hangs or swells there is an error of that
 * document.
 *
 *   program: request (which document, how) -> socket -> process: reader -> frames (frame.h) -> socket ->
 * blocks
 *
 * A process is the program itself, run again with an argument that makes it call sectag_worker_run; it is
 * started when it is first needed, kept for the next document, and replaced after a fault. Whoever opens a
 * document hands the isolation to sectag_reader_open (reader.h); without one everything is read where it is.
 *
 * Several processes read ahead: sectag_reader_ahead asks for a document that will be opened later. Blocks
 * come in the order in which documents are opened, whatever process is done first. One thread only.
 */
#ifndef SECTAG_ISOLATION_H
#define SECTAG_ISOLATION_H

#include "features/reader.h"

#include <stddef.h>
#include <stdint.h>

/* Sanitizers need more address space than any limit allows: memory in use is looked at from outside then. */
#if defined(__SANITIZE_ADDRESS__)
#define SECTAG_ISOLATION_WATCHES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SECTAG_ISOLATION_WATCHES 1
#endif
#endif
#ifndef SECTAG_ISOLATION_WATCHES
#define SECTAG_ISOLATION_WATCHES 0
#endif

enum {
    SECTAG_ISOLATION_SECONDS = 120,
    SECTAG_ISOLATION_MEGABYTES = 1024,
    SECTAG_ISOLATION_TEXT_MEGABYTES = 256
};

typedef struct sectag_isolation_options {
    const char *program;  /* "/proc/self/exe" */
    const char *argument; /* that makes it call sectag_worker_run(0) */
    double seconds;       /* that a document may be waited for; 0: SECTAG_ISOLATION_SECONDS */
    uint64_t memory;      /* bytes that reading it may take; 0: as above */
    uint64_t text;        /* bytes of text that it may give; 0: as above */
    unsigned processes;   /* 0: one */
} sectag_isolation_options;

typedef struct sectag_isolation sectag_isolation;

/* Copies the options; starts nothing yet. NULL when memory is short. */
sectag_isolation *sectag_isolation_new(const sectag_isolation_options *options);

/* Ends the processes. */
void sectag_isolation_free(sectag_isolation *i);

/* ---- for reader.c ---- */

/* Opens a document of type r->type whose name and options are set: the file at `path`, or NULL: r->data,
 * r->len. Sets r->type to one whose `next` and `close` speak to the process. Returns 0 or an error of the
 * document. */
int sectag_isolation_open(sectag_isolation *i, sectag_reader *r, const char *path, sectag_err *err);

/* Is a process free to read ahead? */
int sectag_isolation_is_free(const sectag_isolation *i);

/* Asks for the file at `path`, as `open` with the same r would later. Failures show when it is opened. */
void sectag_isolation_ahead(sectag_isolation *i, const sectag_reader *r, const char *path);

/* Bytes of address space, or of `resident` memory, that a process takes (0: this one); 0: not known. */
uint64_t sectag_isolation_memory(long pid, int resident);

#endif
