#include "classify/run_key.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

static const struct {
    const char *name, *other; /* what is said of a value that is another */
    size_t offset;
} parts[SECTAG_RUN_KEYS] = {
    {"version", "was another version of sectag", offsetof(sectag_run_key, version)},
    {"model", "had another model", offsetof(sectag_run_key, model)},
    {"options", "had other options", offsetof(sectag_run_key, options)},
    {"inputs", "had other documents, or they have changed since", offsetof(sectag_run_key, inputs)},
};

static const sectag_buf *part(const sectag_run_key *k, size_t i) {
    return (const sectag_buf *)(const void *)((const char *)k + parts[i].offset);
}

void sectag_run_key_release(sectag_run_key *k) {
    sectag_buf_release(&k->version);
    sectag_buf_release(&k->model);
    sectag_buf_release(&k->options);
    sectag_buf_release(&k->inputs);
}

/* Names, sizes and times: reading all documents to know that they are the same would take as long as tagging
 * them. */
static int put_inputs(const sectag_inputs *in, sectag_buf *out) {
    XXH3_state_t *state = XXH3_createState();
    XXH128_canonical_t digest;
    if (!state) return SECTAG_ENOMEM;
    (void)XXH3_128bits_reset(state);
    for (size_t i = 0; i < in->paths.len; i++) {
        struct stat st;
        int known = stat(in->paths.data[i], &st) == 0;
        const int64_t what[3] = {known ? (int64_t)st.st_size : -1, known ? (int64_t)st.st_mtim.tv_sec : 0,
                                 known ? (int64_t)st.st_mtim.tv_nsec : 0};
        (void)XXH3_128bits_update(state, in->paths.data[i], strlen(in->paths.data[i]) + 1);
        (void)XXH3_128bits_update(state, what, sizeof what);
    }
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
    (void)XXH3_freeState(state);
    int rc = sectag_buf_addf(out, "%zu documents ", in->paths.len);
    for (size_t i = 0; i < sizeof digest.digest; i++) rc |= sectag_buf_addf(out, "%02x", digest.digest[i]);
    return rc;
}

int sectag_run_key_set(sectag_run_key *k, const char *version, const char *model, const sectag_inputs *in) {
    return sectag_buf_adds(&k->version, version) | sectag_buf_adds(&k->model, model) |
           put_inputs(in, &k->inputs);
}

const char *sectag_run_key_name(size_t i) {
    return i < SECTAG_RUN_KEYS ? parts[i].name : NULL;
}

const char *sectag_run_key_value(const sectag_run_key *k, size_t i) {
    return i < SECTAG_RUN_KEYS && part(k, i)->data ? part(k, i)->data : "";
}

int sectag_run_key_check(const sectag_run_key *k, size_t i, const char *value, size_t len, const char *file,
                         sectag_err *err) {
    const char *ours = sectag_run_key_value(k, i);
    if (strlen(ours) == len && memcmp(ours, value, len) == 0) return 0;
    return sectag_err_at(err, SECTAG_EARG, file, 0,
                         "cannot go on: the run that was interrupted %s (leave --resume out to start anew)",
                         parts[i].other);
}
