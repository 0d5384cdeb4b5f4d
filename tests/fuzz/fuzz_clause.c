/* Any bytes as a document: the splitter keeps its promises (spans in order, inside the document) at once and
 * in blocks. */
#include "features/clause.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const sectag_splitter *s, const char *text, size_t size) {
    sectag_buf folded = {0};
    uint64_t end = 0;
    for (size_t i = 0; i < s->clauses.len; i++) {
        const sectag_clause *c = &s->clauses.data[i];
        if (c->start < end || c->end < c->start || c->end > size) abort();
        end = c->end;
        sectag_buf_clear(&folded);
        if (sectag_clause_text(s, c, text, 0, &folded)) break;
    }
    sectag_buf_release(&folded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sectag_splitter s;
    size_t used = 0;
    const char *text = (const char *)data;
    if (sectag_splitter_init(&s, NULL) == 0 && sectag_splitter_feed(&s, text, size, 1, &used, NULL) == 0) {
        if (used != size) abort();
        check(&s, text, size);
    }
    sectag_splitter_release(&s);
    return 0;
}
