#include "classify/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int io_error(const sectag_output *o, const char *what, sectag_err *err) {
    return sectag_err_at(err, SECTAG_EIO, o->path.len ? o->path.data : NULL, 0, "%s: %s", what,
                         strerror(errno));
}

/* The file a link names, so that the link stays one. */
static int set_path(sectag_output *o, const char *path, sectag_err *err) {
    char *real = realpath(path, NULL);
    int rc = sectag_buf_adds(&o->path, real ? real : path);
    free(real);
    return rc ? sectag_err_nomem(err) : 0;
}

/* The temporary file of the output that is being written, for a signal that ends the program. */
static char unfinished[4096];
static char kept[256]; /* or what to say of one that stays */

static void on_signal(int number) {
    if (unfinished[0]) (void)unlink(unfinished);
    if (kept[0] && write(STDERR_FILENO, kept, strlen(kept)) < 0) (void)raise(number);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void watch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (signal(numbers[i], on_signal) == SIG_IGN) (void)signal(numbers[i], SIG_IGN);
}

static int open_temporary(sectag_output *o, mode_t mode, sectag_err *err) {
    if (sectag_buf_adds(&o->temporary, o->path.data) || sectag_buf_adds(&o->temporary, ".XXXXXX"))
        return sectag_err_nomem(err);
    o->fd = mkstemp(o->temporary.data);
    if (o->fd < 0) {
        sectag_buf_clear(&o->temporary);
        return io_error(o, "cannot create", err);
    }
    if (o->temporary.len < sizeof unfinished) memcpy(unfinished, o->temporary.data, o->temporary.len + 1);
    watch_signals();
    return fchmod(o->fd, mode) ? io_error(o, "cannot create", err) : 0;
}

void sectag_output_say_kept(const char *what) {
    (void)snprintf(kept, sizeof kept, "%s", what ? what : "");
    if (what) watch_signals();
}

int sectag_output_init_kept(sectag_output *o, const char *path, uint64_t from, sectag_err *err) {
    memset(o, 0, sizeof *o);
    o->fd = -1;
    o->kept = 1;
    int rc = set_path(o, path, err);
    if (rc) return rc;
    if (sectag_buf_adds(&o->temporary, o->path.data) || sectag_buf_adds(&o->temporary, ".part"))
        return sectag_err_nomem(err);
    o->fd = open(o->temporary.data, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (o->fd < 0) return io_error(o, "cannot create", err);
    if (ftruncate(o->fd, (off_t)from) || lseek(o->fd, 0, SEEK_END) < 0) return io_error(o, "cannot write", err);
    return 0;
}

int sectag_output_init(sectag_output *o, const char *path, sectag_err *err) {
    struct stat st;
    memset(o, 0, sizeof *o);
    o->fd = STDOUT_FILENO;
    if (!path || strcmp(path, "-") == 0) return 0;
    int exists = stat(path, &st) == 0;
    int rc = set_path(o, path, err);
    if (rc) return rc;
    if (exists && !S_ISREG(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
        return o->fd < 0 ? io_error(o, "cannot write", err) : 0;
    }
    mode_t mask = umask(0);
    (void)umask(mask);
    rc = open_temporary(o, exists ? st.st_mode & 0777 : 0666 & ~mask, err);
    if (rc) sectag_output_release(o);
    return rc;
}

int sectag_output_write(sectag_output *o, const char *data, size_t len, sectag_err *err) {
    while (len > 0) {
        ssize_t put = write(o->fd, data, len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return io_error(o, "cannot write output", err);
        data += put;
        len -= (size_t)put;
    }
    return 0;
}

int sectag_output_commit(sectag_output *o, sectag_err *err) {
    if (!o->temporary.len) return 0;
    if (fsync(o->fd)) return io_error(o, "cannot write output", err);
    if (rename(o->temporary.data, o->path.data)) return io_error(o, "cannot replace", err);
    unfinished[0] = '\0';
    sectag_buf_clear(&o->temporary);
    return 0;
}

void sectag_output_release(sectag_output *o) {
    if (o->temporary.len && !o->kept) (void)unlink(o->temporary.data);
    unfinished[0] = '\0';
    if (o->fd > STDERR_FILENO) (void)close(o->fd);
    sectag_buf_release(&o->path);
    sectag_buf_release(&o->temporary);
    o->fd = STDOUT_FILENO;
}
