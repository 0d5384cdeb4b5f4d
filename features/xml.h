/* xml.h: nodes of an XML or HTML document (libxml2), by the local part of their names: every producer has its
 * own prefixes.
 */
#ifndef SECTAG_XML_H
#define SECTAG_XML_H

#include <libxml/tree.h>

/* Bytes of a document or a part of one that is still parsed. */
enum { SECTAG_XML_MAX = 1 << 28 };

/* From now on, parsers of this thread set *no_memory where they run out of it (they then give no document, or half of
 * one, without saying so); NULL ends this. */
void sectag_xml_watch(int *no_memory);

/* Is it an element of that name? */
int sectag_xml_is(const xmlNode *node, const char *name);

/* The first child element of that name, or NULL. */
const xmlNode *sectag_xml_child(const xmlNode *node, const char *name);

/* The attribute's value, or NULL. */
const char *sectag_xml_attribute(const xmlNode *node, const char *name);

/* The attribute as a number, or `otherwise`. */
long sectag_xml_number(const xmlNode *node, const char *name, long otherwise);

/* The text of a node's text children, "" where it has none. */
const char *sectag_xml_text(const xmlNode *node);

#endif
