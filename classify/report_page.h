/* report_page.h: the script and the style of the report (classify/report/), as they are built into the
 * program. */
#ifndef SECTAG_REPORT_PAGE_H
#define SECTAG_REPORT_PAGE_H

#include <stddef.h>

typedef struct sectag_report_part {
    const char *text; /* not NUL-terminated */
    size_t len;
    unsigned char sha256[32]; /* of the text: what the page's content security policy names it by */
} sectag_report_part;

extern const sectag_report_part sectag_report_js, sectag_report_css;

#endif
