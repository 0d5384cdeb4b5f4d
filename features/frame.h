/* frame.h: what a program and its reading processes (isolation.h, worker.h) say to each other: frames of
 * numbers and texts over a socket. Both ends are the same program, so numbers go in the machine's own form;
 * what comes in is checked all the same, since a process whose parser was led astray may say anything.
 *
 *   REQUEST  which document, how                 program -> process
 *   OPENED   what the reader found at its start  process -> program
 *   BLOCK    a block                             process -> program, any number
 *   END      what the reader met; all is given   process -> program
 *   ERROR    why there are no more blocks        process -> program, in place of OPENED or END
 *
 *     size_t frame;                                         sectag_frame_take t = {payload, len, 0};
 *     sectag_frame_begin(&out, SECTAG_FRAME_BLOCK, &frame);
 *     sectag_frame_number(&out, row);                       row = sectag_frame_take_number(&t);
 *     sectag_frame_text(&out, text, len);                   text = sectag_frame_take_text(&t, &len);
 *     sectag_frame_end(&out, frame);                        if (t.bad) ...
 */
#ifndef SECTAG_FRAME_H
#define SECTAG_FRAME_H

#include "features/buf.h"
#include "features/err.h"
#include "features/reader.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SECTAG_FRAME_REQUEST = 1,
    SECTAG_FRAME_OPENED,
    SECTAG_FRAME_BLOCK,
    SECTAG_FRAME_END,
    SECTAG_FRAME_ERROR
};

/* Before every frame's payload. */
typedef struct sectag_frame_head {
    uint32_t kind, len;
} sectag_frame_head;

/* ---- putting; 0 or SECTAG_ENOMEM, so that results may be or-ed together ---- */

int sectag_frame_begin(sectag_buf *b, uint32_t kind, size_t *frame);
int sectag_frame_number(sectag_buf *b, uint64_t n);
int sectag_frame_text(sectag_buf *b, const char *text, size_t len); /* NULL is kept apart from "" */

/* Sets the length. SECTAG_ENOMEM also for a frame over 4 GB. */
int sectag_frame_end(sectag_buf *b, size_t frame);

/* ---- taking, from a payload ---- */

typedef struct sectag_frame_take {
    const char *at;
    size_t left;
    int bad; /* something was asked for that is not there: what was given then is 0 or NULL */
} sectag_frame_take;

uint64_t sectag_frame_take_number(sectag_frame_take *t);

/* Borrowed from the payload; not NUL-terminated. */
const char *sectag_frame_take_text(sectag_frame_take *t, size_t *len);

/* ---- whole frames ---- */

/* What OPENED and END say of a reader, beside the members of sectag_reader. */
typedef struct sectag_frame_met {
    const char *encoding; /* borrowed from the payload; NULL: none */
    size_t encoding_len;
    uint64_t paged, skipped, replaced, first_replaced, furniture, bytes;
    uint64_t leaves; /* END: the process ends now, so that what its libraries did not free is freed */
} sectag_frame_met;

int sectag_frame_put_met(sectag_buf *b, uint32_t kind, const sectag_reader *r, int leaves);
sectag_frame_met sectag_frame_take_met(sectag_frame_take *t);

int sectag_frame_put_block(sectag_buf *b, const sectag_block *block);
int sectag_frame_put_error(sectag_buf *b, const sectag_err *err);

#endif
