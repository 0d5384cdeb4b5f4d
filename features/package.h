/* package.h: the parts of an office document: XML files in a ZIP archive (libarchive, libxml2).
 *
 * A part may not grow beyond SECTAG_XML_MAX when it is unpacked, and nothing is fetched from anywhere.
 */
#ifndef SECTAG_PACKAGE_H
#define SECTAG_PACKAGE_H

#include "features/buf.h"
#include "features/reader.h"
#include "features/xml.h"

/* The document of the part called `name` ("word/document.xml"), to be freed with xmlFreeDoc; NULL where there
 * is no such part. Returns 0, SECTAG_ENOMEM, or SECTAG_EDATA: the archive or the part is damaged or too
 * large. */
int sectag_package_part(const sectag_reader *r, const char *name, xmlDocPtr *doc, sectag_err *err);

#endif
