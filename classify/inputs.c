#include "classify/inputs.h"

#include "features/buf.h"
#include "features/reader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 256 };

typedef struct collect {
    sectag_inputs *in;
    sectag_inputs_note *note;
    void *ctx;
    sectag_err *err;
} collect;

void sectag_inputs_release(sectag_inputs *in) {
    for (size_t i = 0; i < in->paths.len; i++) free(in->paths.data[i]);
    free(in->paths.data);
    free(in->sizes.data);
    memset(in, 0, sizeof *in);
}

static int take(collect *c, const char *path) {
    struct stat st;
    if (sectag_array_reserve(&c->in->paths, 1) || sectag_array_reserve(&c->in->sizes, 1))
        return sectag_err_nomem(c->err);
    char *copy = strdup(path);
    if (!copy) return sectag_err_nomem(c->err);
    int is_pipe = strcmp(path, "-") == 0, there = !is_pipe && stat(path, &st) == 0;
    if (is_pipe || (there && !S_ISREG(st.st_mode))) c->in->sizes_known = 0;
    uint64_t size = there && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    c->in->paths.data[c->in->paths.len++] = copy;
    c->in->sizes.data[c->in->sizes.len++] = size;
    c->in->bytes += size;
    return 0;
}

static void tell(collect *c, int code, const char *path, const char *what) {
    sectag_err note = {0};
    (void)sectag_err_at(&note, code, path, 0, "%s", what);
    if (c->note) c->note(c->ctx, &note);
}

static int take_folder(collect *c, const char *path, unsigned depth);

static int take_entry(collect *c, const char *path, unsigned depth) {
    struct stat st, link;
    if (stat(path, &st) || lstat(path, &link)) {
        tell(c, SECTAG_EIO, path, strerror(errno));
        return 0;
    }
    if (S_ISDIR(st.st_mode) && !S_ISLNK(link.st_mode)) return take_folder(c, path, depth + 1);
    if (S_ISREG(st.st_mode) && sectag_reader_knows(path)) return take(c, path);
    tell(c, 0, path,
         S_ISDIR(st.st_mode) ? "skipped (a link to a folder)" : "skipped (no kind of document that is read)");
    return 0;
}

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int take_folder(collect *c, const char *path, unsigned depth) {
    struct dirent **entries = NULL;
    sectag_buf child = {0};
    int rc = 0, n = depth > DEPTH_MAX ? -1 : scandir(path, &entries, is_visible, by_name);
    if (n < 0)
        tell(c, SECTAG_EIO, path, depth > DEPTH_MAX ? "folders are nested too deeply" : strerror(errno));
    const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
    for (int i = 0; i < n; i++) {
        sectag_buf_clear(&child);
        if (!rc && sectag_buf_addf(&child, "%s%s%s", path, slash, entries[i]->d_name))
            rc = sectag_err_nomem(c->err);
        if (!rc) rc = take_entry(c, child.data, depth);
        free(entries[i]);
    }
    free(entries);
    sectag_buf_release(&child);
    return rc;
}

int sectag_inputs_init(sectag_inputs *in, char *const *operands, size_t n, sectag_inputs_note *note,
                       void *ctx, sectag_err *err) {
    collect c = {in, note, ctx, err};
    int rc = 0;
    memset(in, 0, sizeof *in);
    in->sizes_known = 1;
    for (size_t i = 0; i < n && !rc; i++) {
        struct stat st;
        int is_folder = operands[i][0] && stat(operands[i], &st) == 0 && S_ISDIR(st.st_mode);
        rc = is_folder ? take_folder(&c, operands[i], 0) : take(&c, operands[i]);
    }
    if (rc) sectag_inputs_release(in);
    return rc;
}
