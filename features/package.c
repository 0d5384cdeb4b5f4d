#include "features/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <string.h>

static int damaged(const sectag_reader *r, const char *name, const char *why, sectag_err *err) {
    return sectag_reader_fail(r, SECTAG_EDATA, err, "a damaged document: %.40s: %.100s", name, why);
}

static int unpack(const sectag_reader *r, struct archive *a, const char *name, sectag_buf *part,
                  sectag_err *err) {
    enum { STEP = 1 << 16 };
    for (;;) {
        if (part->len > SECTAG_XML_MAX) return damaged(r, name, "too large when unpacked", err);
        if (sectag_buf_reserve(part, STEP)) return sectag_err_nomem(err);
        la_ssize_t got = archive_read_data(a, part->data + part->len, STEP);
        if (got < 0)
            return damaged(r, name, archive_error_string(a) ? archive_error_string(a) : "unreadable", err);
        if (got == 0) return 0;
        part->len += (size_t)got;
    }
}

/* Finds the part and unpacks it; part->data stays NULL where there is none. */
static int find_part(const sectag_reader *r, const char *name, sectag_buf *part, sectag_err *err) {
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int rc = 0, step;
    if (!a) return sectag_err_nomem(err);
    if (archive_read_support_format_zip(a) != ARCHIVE_OK ||
        archive_read_open_memory(a, r->data, r->len) != ARCHIVE_OK) {
        rc = damaged(r, name, archive_error_string(a) ? archive_error_string(a) : "not a ZIP archive", err);
    } else {
        while ((step = archive_read_next_header(a, &entry)) == ARCHIVE_OK || step == ARCHIVE_WARN) {
            const char *path = archive_entry_pathname(entry);
            if (!path || strcmp(path[0] == '/' ? path + 1 : path, name) != 0) continue;
            rc = unpack(r, a, name, part, err);
            break;
        }
        if (!rc && step < ARCHIVE_WARN)
            rc = damaged(r, name, archive_error_string(a) ? archive_error_string(a) : "unreadable", err);
    }
    (void)archive_read_free(a);
    return rc;
}

int sectag_package_part(const sectag_reader *r, const char *name, xmlDocPtr *doc, sectag_err *err) {
    sectag_buf part = {0};
    *doc = NULL;
    int rc = find_part(r, name, &part, err);
    if (!rc && part.data) {
        int no_memory;
        sectag_xml_watch(&no_memory);
        *doc = xmlReadMemory(part.data, (int)part.len, name, NULL,
                             XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
        sectag_xml_watch(NULL);
        if (!*doc && no_memory)
            rc = sectag_err_nomem(err);
        else if (!*doc)
            rc = damaged(r, name, "no well-formed XML", err);
    }
    sectag_buf_release(&part);
    return rc;
}
