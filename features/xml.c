#include "features/xml.h"

#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

static void on_error(void *ctx, xmlErrorPtr error) {
    if (error->code == XML_ERR_NO_MEMORY) *(int *)ctx = 1;
}

void sectag_xml_watch(int *no_memory) {
    if (no_memory) *no_memory = 0;
    xmlSetStructuredErrorFunc(no_memory, no_memory ? on_error : NULL);
}

int sectag_xml_is(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

const xmlNode *sectag_xml_child(const xmlNode *node, const char *name) {
    if (!node) return NULL;
    for (const xmlNode *child = node->children; child; child = child->next)
        if (sectag_xml_is(child, name)) return child;
    return NULL;
}

const char *sectag_xml_attribute(const xmlNode *node, const char *name) {
    if (!node || node->type != XML_ELEMENT_NODE) return NULL;
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0)
            return a->children && a->children->content ? (const char *)a->children->content : "";
    return NULL;
}

long sectag_xml_number(const xmlNode *node, const char *name, long otherwise) {
    const char *text = sectag_xml_attribute(node, name);
    char *end;
    if (!text || !*text) return otherwise;
    long value = strtol(text, &end, 10);
    return *end ? otherwise : value;
}

const char *sectag_xml_text(const xmlNode *node) {
    if (!node) return "";
    for (const xmlNode *child = node->children; child; child = child->next)
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content)
            return (const char *)child->content;
    return "";
}
