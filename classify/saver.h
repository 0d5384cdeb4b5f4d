/* saver.h: tagged batches into the workspace (`sectag tag --save`): a run, and a transaction a document, in
 * the order in which the pool finishes them. All clauses and all their tags are saved, whatever is printed.
 */
#ifndef SECTAG_SAVER_H
#define SECTAG_SAVER_H

#include "classify/batch.h"
#include "classify/desk.h"

/* Zero-initialised: saves nothing. */
typedef struct sectag_saver {
    sectag_desk desk;
    const sectag_model *model;
    char id[SECTAG_MODEL_ID + 1];
    int64_t run, document;
    int open; /* a document's transaction */
} sectag_saver;

/* Opens the workspace and begins a run of the model, which is borrowed. Says what is wrong; returns an exit
 * code. */
int sectag_saver_init(sectag_saver *s, const char *workspace, const sectag_model *model, const char *version);

/* Saves a batch that was run. The first batch of a document ends the document before. Returns 0 or an error.
 */
int sectag_saver_batch(sectag_saver *s, const sectag_batch *b, sectag_err *err);

/* Ends the last document. Returns 0 or an error. */
int sectag_saver_finish(sectag_saver *s, sectag_err *err);

/* Closes; a document that did not end is not saved. */
void sectag_saver_release(sectag_saver *s);

#endif
