/* program.h: what all commands of the program share: error lines, exit codes, --help, the model, the
 * terminal. This is the program's side of the house: only it prints, and only its main ends the process.
 */
#ifndef SECTAG_PROGRAM_H
#define SECTAG_PROGRAM_H

#include "classify/options.h"
#include "features/err.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SECTAG_EXIT_OK = 0,
    SECTAG_EXIT_SOME = 1,
    SECTAG_EXIT_USAGE = 2,
    SECTAG_EXIT_DATA = 3,
    SECTAG_EXIT_GATE = 4
};

/* Rows that many commands have in their table of options; `values` is the command's struct. */
#define SECTAG_ROW_MODEL(values)                                                                             \
    { "model", 'm', SECTAG_OPTION_TEXT, offsetof(values, model), "FILE",                                     \
      "the model (default: $SECTAG_MODEL, else the active one, else the one that came along)" }
#define SECTAG_ROW_ACTIVE(values)                                                                            \
    { "workspace", 'w', SECTAG_OPTION_TEXT, offsetof(values, workspace), "FILE",                             \
      "the workspace whose active model is meant (see sectag tag --help)" }
#define SECTAG_ROW_WORKSPACE(values)                                                                         \
    { "workspace", 'w', SECTAG_OPTION_TEXT, offsetof(values, workspace), "FILE",                             \
      "the workspace (see sectag tag --help)" }
#define SECTAG_ROW_ANALYST(values, who)                                                                      \
    { "analyst", 0, SECTAG_OPTION_TEXT, offsetof(values, analyst), "NAME",                                   \
      who " (default: $SECTAG_ANALYST, else the login name)" }

/* "sectag: file:line: message" on standard error. */
void sectag_program_error(const sectag_err *err);

/* "sectag: message" on standard error. */
void sectag_program_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The exit code of an error that ends a command: usage for SECTAG_EARG, data for EMODEL and EDATA, gate for
 * EGATE, some for all others. */
int sectag_program_exit_code(int error);

/* Begins a command: parses argv, or prints the help text or what is wrong. Returns -1 when the command shall
 * go on, else the exit code. Operands are then argv[1 .. 1 + *n_operands). */
int sectag_program_begin(const sectag_usage *u, void *values, int argc, char **argv, size_t *n_operands);

/* Opens the model: `path`, else $SECTAG_MODEL, else the active model of the workspace (desk.h) if there is
 * one, else the installed one, else the source tree's. Says so and returns SECTAG_EXIT_DATA when that cannot
 * be done, else 0. `workspace`: the option --workspace, or NULL. */
int sectag_program_open_model(sectag_model *m, const char *path);
int sectag_program_open_model_in(sectag_model *m, const char *path, const char *workspace);

/* Appends the path of the model that open_model_in would open. Returns an exit code likewise. */
int sectag_program_model_path(const char *path, const char *workspace, sectag_buf *out);

/* Writes a buffer to standard output. Returns 0, or SECTAG_EXIT_SOME after saying what failed. */
int sectag_program_print(const sectag_buf *out);

/* Sets shown[n_areas] to 1 for the areas in `list` (codes with commas between), 0 for others; NULL shows all.
 * Returns 0, or SECTAG_EXIT_USAGE after naming an unknown code. */
int sectag_program_areas(const sectag_taxonomy *t, const char *list, uint8_t *shown);

/* Does file descriptor fd show colours: `when` is "always", "never", or NULL / "auto" (a terminal, and
 * NO_COLOR is not set: https://no-color.org)? -1: `when` is none of these. */
int sectag_program_colour(const char *when, int fd);

/* Columns of the terminal at fd, at most 100; 80 where it is none. */
unsigned sectag_program_width(int fd);

/* Refuses an output that is the same file as an input, that is a workspace, or whose folder cannot be written to.
 * Either may be NULL or "-". Returns 0, or SECTAG_EXIT_USAGE after saying why. */
int sectag_program_check_output(const char *output, const char *input);

/* ---- reading apart (features/isolation.h) ---- */

struct sectag_isolation;

/* The argument by which the program is told to be a reading process. */
#define SECTAG_PROGRAM_READS "--read-documents"

/* Says that this program understands that argument; without it there is no isolation. For main. */
void sectag_program_reads(void);

/* An isolation, to be freed by the caller: of so many seconds and megabytes a document (0: the default) and so many
 * processes. NULL, with which documents are read in the program itself: not understood, or memory is short. */
struct sectag_isolation *sectag_program_isolation(double seconds, size_t megabytes, unsigned processes);

/* Processors to use where --jobs is not given. */
unsigned sectag_program_processors(void);

/* Keeps freed memory for what comes next instead of giving it back to the system. The solvers take and free
 * hundreds of megabytes for each of their problems; fetching them anew each time took a fifth of a
 * training's time. */
void sectag_program_keep_memory(void);

/* ---- the commands: argv[0] is the command's name, the result an exit code ---- */

int cmd_tag(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_text(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_screen(int argc, char **argv);
int cmd_areas(int argc, char **argv);
int cmd_model(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_retrain(int argc, char **argv);
int cmd_suggest(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_correct(int argc, char **argv);
int cmd_corrections(int argc, char **argv);
int cmd_models(int argc, char **argv);

#endif
