/* part.h: what is loaded only when it is needed. The libraries behind the readers of PDF, Word and web pages, behind
 * simplification and the guessing of encodings take longer to load than plain text takes to be tagged, so the code
 * that uses them stands in a module of its own, `sectag_readers.so`, which is opened when the first such document
 * turns up.
 *
 * Its files are compiled twice: for the module with their libraries, and for the program without, as if they had been
 * left out at configure time; what is missing then is asked of the module.
 */
#ifndef SECTAG_PART_H
#define SECTAG_PART_H

/* The module's symbol of that name; NULL: there is no such symbol, or no module. Safe to call from several threads. */
void *sectag_part(const char *symbol);

#endif
