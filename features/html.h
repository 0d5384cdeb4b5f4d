/* html.h: the main text of a web page as blocks (libxml2's HTML parser).
 *
 * Left out: scripts, styles, forms, hidden parts, navigation (by element, role, class and id, and by what
 * lists of links look like), and the small change of a page (print, close, share). Where nothing would be
 * left, all but the scripts, styles and hidden parts is taken: a page may be a list of links.
 */
#ifndef SECTAG_HTML_H
#define SECTAG_HTML_H

#include "features/blocks.h"

#include <stddef.h>

/* Appends the blocks of a page, or of a piece of one, in UTF-8. Returns 0, SECTAG_ENOMEM, or SECTAG_EDATA: no
 * HTML at all. */
int sectag_html_blocks(sectag_blocks *l, const char *html, size_t len);

/* The encoding that a page names in its first kilobytes (<meta charset=...>, <?xml encoding="..."?>) in
 * name[size]. Returns 1, or 0: it names none. */
int sectag_html_charset(const char *html, size_t len, char *name, size_t size);

#endif
