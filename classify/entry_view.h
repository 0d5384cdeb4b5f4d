/* entry_view.h: entries of the ledger as lines for a terminal, as JSON lines, or as TSV that `sectag correct`
 * reads back. All functions append to out and return 0 or SECTAG_ENOMEM.
 */
#ifndef SECTAG_ENTRY_VIEW_H
#define SECTAG_ENTRY_VIEW_H

#include "features/buf.h"
#include "training/ledger.h"

/* "   12  2026-01-31T10:00:00Z  anna  added  vaccine  plan.txt  text ...". */
int sectag_entry_line(sectag_buf *out, const sectag_entry *e);

int sectag_entry_json(sectag_buf *out, const sectag_entry *e);

int sectag_entry_tsv_header(sectag_buf *out);
int sectag_entry_tsv(sectag_buf *out, const sectag_entry *e);

/* At most `points` code points of a text without line ends or a terminal's commands, then "...". */
int sectag_entry_cut(sectag_buf *out, const char *text, size_t points);

#endif
