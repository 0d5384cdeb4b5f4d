#include "features/file.h"

#include "features/array.h"
#include "features/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int io_error(sectag_err *err, const char *path, const char *what) {
    return sectag_err_at(err, SECTAG_EIO, path, 0, "%s: %s", what, strerror(errno));
}

static int read_all(sectag_file *f, int fd, const char *path, sectag_err *err) {
    sectag_buf bytes = {0};
    ssize_t got = 1;
    while (got > 0) {
        if (sectag_buf_reserve(&bytes, 1 << 16)) goto no_memory;
        got = read(fd, bytes.data + bytes.len, 1 << 16);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            bytes.len += (size_t)got;
    }
    if (got < 0) {
        sectag_buf_release(&bytes);
        return io_error(err, path, "cannot read");
    }
    bytes.data[bytes.len] = '\0';
    *f = (sectag_file){bytes.data, bytes.len, 0};
    return 0;
no_memory:
    sectag_buf_release(&bytes);
    return sectag_err_nomem(err);
}

/* A piece stays in the processor's cache from being read to being looked at. */
enum { PIECE = 1 << 15 };

/* Reads bytes [0, len) of the file for `see`. Returns 0; -1: they cannot be read (now less than len, say). */
static int show(int fd, size_t len, sectag_file_fn *see, void *ctx) {
    char *piece = sectag_alloc(PIECE, 1);
    size_t at = 0;
    ssize_t got = piece ? 1 : -1;
    while (at < len && got > 0) {
        got = pread(fd, piece, len - at < PIECE ? len - at : PIECE, (off_t)at);
        if (got > 0) {
            see(ctx, piece, (size_t)got);
            at += (size_t)got;
        } else if (got == 0) {
            errno = EIO; /* it became shorter meanwhile */
        } else if (errno == EINTR) {
            got = 1;
        }
    }
    free(piece);
    return at == len ? 0 : -1;
}

static int open_file(sectag_file *f, const char *path, sectag_file_fn *see, void *ctx, sectag_err *err) {
    struct stat st;
    int rc = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
    memset(f, 0, sizeof *f);
    if (fd < 0) return io_error(err, path, "cannot open");
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        rc = io_error(err, path, "cannot read");
    } else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        /* populated where all of it is going to be used: one call is cheaper than a fault every 64 KiB */
        int flags = MAP_PRIVATE | (see ? 0 : MAP_POPULATE);
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, flags, fd, 0);
        if (map != MAP_FAILED) *f = (sectag_file){map, (size_t)st.st_size, 1};
        if (f->data && see && show(fd, f->len, see, ctx)) {
            rc = io_error(err, path, "cannot read");
            sectag_file_release(f);
        }
    }
    if (!rc && !f->data) {
        rc = read_all(f, fd, path, err);
        if (!rc && see) see(ctx, f->data, f->len);
    }
    (void)close(fd);
    return rc;
}

int sectag_file_open(sectag_file *f, const char *path, sectag_err *err) {
    return open_file(f, path, NULL, NULL, err);
}

int sectag_file_open_seen(sectag_file *f, const char *path, sectag_file_fn *see, void *ctx, sectag_err *err) {
    return open_file(f, path, see, ctx, err);
}

void sectag_file_release(sectag_file *f) {
    union {
        const char *readable;
        void *any;
    } data = {f->data};
    if (f->mapped)
        (void)munmap(data.any, f->len);
    else
        free(data.any);
    memset(f, 0, sizeof *f);
}

static int write_all(int fd, const char *data, size_t len) {
    while (len) {
        ssize_t put = write(fd, data, len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        data += put;
        len -= (size_t)put;
    }
    return 0;
}

/* Makes the rename itself durable. A file system that cannot sync a directory is no error. */
static void sync_folder_of(const char *path) {
    sectag_buf folder = {0};
    const char *slash = strrchr(path, '/');
    int rc =
        slash ? sectag_buf_add(&folder, path, (size_t)(slash - path) + 1) : sectag_buf_adds(&folder, ".");
    int fd = rc ? -1 : open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    sectag_buf_release(&folder);
}

int sectag_file_save(const char *path, const char *data, size_t len, sectag_err *err) {
    sectag_buf temporary = {0};
    int rc = 0, fd = -1;
    if (sectag_buf_addf(&temporary, "%s.XXXXXX", path)) return sectag_err_nomem(err);
    fd = mkstemp(temporary.data);
    if (fd < 0) {
        rc = io_error(err, path, "cannot create");
        goto cleanup;
    }
    mode_t mask = umask(0);
    (void)umask(mask);
    if (fchmod(fd, 0666 & ~mask) || write_all(fd, data, len) || fsync(fd))
        rc = io_error(err, path, "cannot write");
    if (close(fd) && !rc) rc = io_error(err, path, "cannot write");
    if (!rc && rename(temporary.data, path)) rc = io_error(err, path, "cannot replace");
    if (rc)
        (void)unlink(temporary.data);
    else
        sync_folder_of(path);
cleanup:
    sectag_buf_release(&temporary);
    return rc;
}
