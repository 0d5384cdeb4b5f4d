#include "classify/program.h"

#include "classify/desk.h"
#include "classify/put.h"
#include "features/isolation.h"
#include "training/schema.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line for standard error in one write, without control characters that a file name may hold. */
static void say_line(const char *text) {
    sectag_buf line = {0};
    int rc = sectag_buf_adds(&line, "sectag: ") | sectag_put_plain(&line, text, strlen(text)) |
             sectag_buf_addc(&line, '\n');
    if (!rc) (void)fputs(line.data, stderr);
    sectag_buf_release(&line);
}

void sectag_program_error(const sectag_err *err) {
    char text[1024];
    say_line(sectag_err_format(err, text, sizeof text));
}

static void say_formatted(const char *fmt, va_list ap) {
    char text[1024];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    say_line(text);
}

void sectag_program_say(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say_formatted(fmt, ap);
    va_end(ap);
}

int sectag_program_exit_code(int error) {
    switch (error) {
    case 0:
        return SECTAG_EXIT_OK;
    case SECTAG_EARG:
        return SECTAG_EXIT_USAGE;
    case SECTAG_EMODEL:
    case SECTAG_EDATA:
        return SECTAG_EXIT_DATA;
    case SECTAG_EGATE:
        return SECTAG_EXIT_GATE;
    default:
        return SECTAG_EXIT_SOME;
    }
}

int sectag_program_print(const sectag_buf *out) {
    if (out->len) (void)fwrite(out->data, 1, out->len, stdout);
    if (fflush(stdout) == 0 && !ferror(stdout)) return SECTAG_EXIT_OK;
    sectag_program_say("cannot write output: %s", strerror(errno));
    return SECTAG_EXIT_SOME;
}

int sectag_program_begin(const sectag_usage *u, void *values, int argc, char **argv, size_t *n_operands) {
    sectag_err err = {0};
    sectag_buf help = {0};
    int rc = sectag_options_parse(u, values, argc, argv, n_operands, &err);
    if (rc == 0) return -1;
    if (rc < 0) {
        sectag_program_error(&err);
        return sectag_program_exit_code(rc);
    }
    rc = sectag_options_help(u, &help) ? SECTAG_EXIT_SOME : sectag_program_print(&help);
    sectag_buf_release(&help);
    return rc;
}

/* ---- the model ---- */

#ifndef SECTAG_MODEL_PATH
#define SECTAG_MODEL_PATH "/usr/local/share/sectag/default.sectag"
#endif
#ifndef SECTAG_SOURCE_MODEL
#define SECTAG_SOURCE_MODEL "models/default/default.sectag"
#endif

static int find_model(const char *path, const char *workspace, sectag_buf *out, sectag_err *err) {
    const char *variable = getenv("SECTAG_MODEL");
    if (!path && variable && *variable) path = variable;
    if (path) return sectag_buf_adds(out, path) ? sectag_err_nomem(err) : 0;
    int rc = sectag_desk_model(workspace, out, err);
    if (rc) return rc < 0 ? rc : 0;
    path = access(SECTAG_MODEL_PATH, R_OK) == 0 ? SECTAG_MODEL_PATH : SECTAG_SOURCE_MODEL;
    if (access(path, F_OK) != 0)
        return sectag_err_set(err, SECTAG_EMODEL,
                              "no model: give --model FILE or set SECTAG_MODEL (there is no %.160s)", path);
    return sectag_buf_adds(out, path) ? sectag_err_nomem(err) : 0;
}

int sectag_program_model_path(const char *path, const char *workspace, sectag_buf *out) {
    sectag_err err = {0};
    if (find_model(path, workspace, out, &err) == 0) return SECTAG_EXIT_OK;
    sectag_program_error(&err);
    return SECTAG_EXIT_DATA;
}

int sectag_program_open_model_in(sectag_model *m, const char *path, const char *workspace) {
    sectag_err err = {0};
    sectag_buf chosen = {0};
    int rc = sectag_program_model_path(path, workspace, &chosen);
    if (!rc && sectag_model_open(m, chosen.data, &err)) {
        if (!err.file[0]) (void)snprintf(err.file, sizeof err.file, "%s", chosen.data);
        sectag_program_error(&err);
        rc = SECTAG_EXIT_DATA;
    }
    sectag_buf_release(&chosen);
    return rc;
}

int sectag_program_open_model(sectag_model *m, const char *path) {
    return sectag_program_open_model_in(m, path, NULL);
}

static int unknown_area(const sectag_taxonomy *t, const char *code, size_t len) {
    char word[64];
    const char **names = malloc((t->areas.len ? t->areas.len : 1) * sizeof *names), *meant = NULL;
    (void)snprintf(word, sizeof word, "%.*s", (int)len, code);
    for (size_t i = 0; names && i < t->areas.len; i++) names[i] = t->areas.data[i].code;
    if (names) meant = sectag_nearest(word, names, t->areas.len);
    if (meant)
        sectag_program_say("unknown area \"%s\" (did you mean %s?)", word, meant);
    else
        sectag_program_say("unknown area \"%s\" (sectag areas lists them)", word);
    free(names);
    return SECTAG_EXIT_USAGE;
}

int sectag_program_areas(const sectag_taxonomy *t, const char *list, uint8_t *shown) {
    memset(shown, list == NULL, t->areas.len);
    if (list && !*list) return unknown_area(t, list, 0);
    while (list && *list) {
        size_t len = strcspn(list, ",");
        int area = sectag_taxonomy_find(t, list, len);
        if (area < 0) return unknown_area(t, list, len);
        shown[area] = 1;
        list += len + (list[len] == ',');
    }
    return SECTAG_EXIT_OK;
}

/* ---- the terminal ---- */

int sectag_program_colour(const char *when, int fd) {
    const char *never = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (when && strcmp(when, "always") == 0) return 1;
    if (when && strcmp(when, "never") == 0) return 0;
    if (when && strcmp(when, "auto") != 0) return -1;
    return isatty(fd) && !(never && *never) && !(terminal && strcmp(terminal, "dumb") == 0);
}

unsigned sectag_program_width(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col < 100 ? size.ws_col : 100;
}

/* ---- reading apart ---- */

static int reads;

void sectag_program_reads(void) {
    reads = 1;
}

sectag_isolation *sectag_program_isolation(double seconds, size_t megabytes, unsigned processes) {
    if (!reads) return NULL;
    return sectag_isolation_new(&(sectag_isolation_options){.program = "/proc/self/exe",
                                                            .argument = SECTAG_PROGRAM_READS,
                                                            .seconds = seconds,
                                                            .memory = (uint64_t)megabytes << 20,
                                                            .processes = processes});
}

unsigned sectag_program_processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

void sectag_program_keep_memory(void) {
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_ARENA_MAX, 1); /* the heaps of further arenas are given back whatever the threshold */
#endif
}

/* Can a file be put beside `path`? */
static int folder_is_writable(const char *path) {
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    if (slash) (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    return access(folder, W_OK) == 0;
}

/* Is the file a workspace, by the application id that SQLite keeps in bytes 68 to 71 of its header
 * (https://www.sqlite.org/fileformat.html, 1.3)? */
static int is_workspace(const char *path) {
    unsigned char header[72] = {0};
    uint32_t id = 0;
    FILE *f = fopen(path, "rbe");
    if (!f) return 0;
    size_t got = fread(header, 1, sizeof header, f);
    (void)fclose(f);
    for (int i = 68; i < 72; i++) id = id << 8 | header[i];
    return got == sizeof header && memcmp(header, "SQLite format 3", 16) == 0 && id == SECTAG_SCHEMA_ID;
}

int sectag_program_check_output(const char *output, const char *input) {
    struct stat in, out;
    if (!output || strcmp(output, "-") == 0) return SECTAG_EXIT_OK;
    int there = stat(output, &out) == 0;
    if (there && S_ISREG(out.st_mode) && is_workspace(output)) {
        sectag_program_say("%s: is a workspace: its corrections would be lost", output);
        return SECTAG_EXIT_USAGE;
    }
    if (!there && !folder_is_writable(output)) {
        sectag_program_say("%s: cannot create: %s", output, strerror(errno));
        return SECTAG_EXIT_USAGE;
    }
    if (!there || !S_ISREG(out.st_mode) || !input || strcmp(input, "-") == 0 || stat(input, &in))
        return SECTAG_EXIT_OK;
    if (in.st_dev != out.st_dev || in.st_ino != out.st_ino) return SECTAG_EXIT_OK;
    sectag_program_say("%s: is an input as well and would be overwritten", output);
    return SECTAG_EXIT_USAGE;
}
