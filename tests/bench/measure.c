/* measure.c: runs a command and writes down what it took.
 *
 *   bench_measure RESULT COMMAND [ARGUMENT]...      RESULT: a file, or `first:FILE`
 *
 * Peak memory is the child's ru_maxrss. Linux keeps that figure over exec, so a child of a large process (the
 * bench itself, with numpy in it) would report its parent's memory: hence this small one, whose own
 * megabyte or so is the least that can be seen. With `first:` the command's standard output is read
 * here, and the time to its first byte is noted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds_of(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

/* Reads all of fd. Returns the time at which the first byte was there, 0 if none came. */
static double drain(int fd) {
    static char block[1 << 16];
    double first = 0;
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        if (first == 0) first = now();
    }
    return first;
}

static int run(const char *result, int want_first, char **command) {
    int fds[2] = {-1, -1}, status = 0;
    struct rusage usage;
    if (want_first && pipe(fds)) return -1;
    double began = now(), first = 0;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        if (want_first && (dup2(fds[1], STDOUT_FILENO) < 0 || close(fds[0]) || close(fds[1]))) _exit(126);
        (void)execvp(command[0], command);
        _exit(127);
    }
    if (want_first) {
        (void)close(fds[1]);
        first = drain(fds[0]);
    }
    if (wait4(child, &status, 0, &usage) != child) return -1;
    double ended = now();
    FILE *out = fopen(result, "w");
    if (!out) return -1;
    (void)fprintf(out, "%.6f %.6f %ld %.6f %d\n", ended - began, first > 0 ? first - began : 0,
                  usage.ru_maxrss, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
                  WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(out);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        (void)fprintf(stderr, "usage: bench_measure [first:]RESULT COMMAND [ARGUMENT]...\n");
        return 2;
    }
    int want_first = strncmp(argv[1], "first:", 6) == 0;
    if (!run(argv[1] + (want_first ? 6 : 0), want_first, argv + 2)) return 0;
    (void)fprintf(stderr, "bench_measure: %s: %s\n", argv[1], strerror(errno));
    return 1;
}
