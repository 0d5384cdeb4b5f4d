/* decided.h: folds what analysts decided into the material of a training.
 *
 *   shipped vectors (or a corpus) + decisions -> material -> train -> candidate
 *
 * A decided clause is encoded with the frozen vocabulary and terms. If its vector is that of corpus clauses,
 * their labels give way in the decided areas; else it becomes a row of its own, which only the decided areas
 * see. A later decision on the same vector gives way to none but replaces, area by area. Held decisions are
 * passed over. Without decisions the material stays as it is, and so does every byte of its model.
 *
 * Decisions are taken in byte order of their texts, so their order does not matter.
 */
#ifndef SECTAG_DECIDED_H
#define SECTAG_DECIDED_H

#include "training/decision.h"
#include "training/material.h"

/* Adds rows and cells to m->data and tells in *out what was done. o is what m was encoded with; its
 * correction_copies go to *out. SECTAG_EARG when decisions and taxonomy do not have the same number of areas;
 * SECTAG_ENOMEM. */
int sectag_material_decide(sectag_material *m, const sectag_decisions *d, const sectag_train_options *o,
                           sectag_decided *out, sectag_err *err);

/* Clauses of the area that are known, decisions included. */
size_t sectag_dataset_positives(const sectag_dataset *d, size_t area);

/* Sets o->correction_copies to the number (1, 2, 4, 8) with the best cross-validated result: the mean of
 * search.h's objective on the corpus and of micro-F1 on the added rows, each held out in turn. LIBLINEAR
 * solves. Ties (SECTAG_SEARCH_GAIN) go to the smaller number. m must have been decided. */
int sectag_choose_copies(const sectag_material *m, sectag_train_options *o, sectag_err *err);

#endif
