#include "training/names.h"

#include "features/array.h"
#include "features/err.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void sectag_names_release(sectag_names *t) {
    sectag_buf_release(&t->text);
    free(t->off);
    free(t->slot);
    memset(t, 0, sizeof *t);
}

/* The slot of a name: its own, or the empty one where it would go. */
static size_t slot_of(const sectag_names *t, const char *name, size_t len) {
    size_t i = XXH3_64bits(name, len) & (t->slots - 1);
    for (; t->slot[i]; i = (i + 1) & (t->slots - 1)) {
        uint32_t k = t->slot[i] - 1;
        if (t->off[k + 1] - t->off[k] == len && memcmp(t->text.data + t->off[k], name, len) == 0) break;
    }
    return i;
}

/* Keeps the table at most half full. */
static int make_room(sectag_names *t) {
    if (((size_t)t->n + 1) * 2 <= t->slots) return 0;
    uint32_t *old = t->slot;
    size_t slots = t->slots ? t->slots * 2 : 64;
    t->slot = sectag_zalloc(slots, sizeof *t->slot);
    if (!t->slot) {
        t->slot = old;
        return SECTAG_ENOMEM;
    }
    free(old);
    t->slots = slots;
    for (uint32_t k = 0; k < t->n; k++)
        t->slot[slot_of(t, t->text.data + t->off[k], t->off[k + 1] - t->off[k])] = k + 1;
    return 0;
}

int sectag_names_number(sectag_names *t, const char *name, size_t len, uint32_t *number) {
    size_t need = (size_t)t->n + 2;
    if (make_room(t)) return SECTAG_ENOMEM;
    size_t i = slot_of(t, name, len);
    if (!t->slot[i]) {
        if (need > t->off_cap && sectag_array_grow(&t->off, &t->off_cap, need, sizeof *t->off))
            return SECTAG_ENOMEM;
        t->off[0] = 0;
        if (sectag_buf_add(&t->text, name, len)) return SECTAG_ENOMEM;
        t->off[need - 1] = t->text.len;
        t->slot[i] = ++t->n;
    }
    *number = t->slot[i] - 1;
    return 0;
}
