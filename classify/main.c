/* sectag: tags the clauses of policy text and filings with technology areas. */
#include "classify/program.h"
#include "features/worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef SECTAG_VERSION
#define SECTAG_VERSION "0.1.0"
#endif

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"tag", cmd_tag, "tag the clauses of documents"},
    {"plan", cmd_plan, "forecast how many clauses there will be to review"},
    {"text", cmd_text, "print the text that documents are read as"},
    {"explain", cmd_explain, "show why a clause has its scores, or what a model looks for"},
    {"correct", cmd_correct, "record what is wrong with tags"},
    {"corrections", cmd_corrections, "list, compare, withdraw and export corrections"},
    {"screen", cmd_screen, "show which policies filings answer to, and make a report"},
    {"train", cmd_train, "train a model on labelled clauses"},
    {"retrain", cmd_retrain, "train again with what analysts decided, and compare with the current model"},
    {"suggest", cmd_suggest, "choose the clauses that an analyst should look at next"},
    {"diff", cmd_diff, "show what another model tags otherwise, and why"},
    {"audit", cmd_audit, "draw a sample of a run to be read, and say what it missed"},
    {"eval", cmd_eval, "measure a model against labelled clauses"},
    {"areas", cmd_areas, "list the areas of a model"},
    {"model", cmd_model, "describe or check a model file"},
    {"models", cmd_models, "the workspace's models: list, promote, roll back"},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static int print_help(void) {
    (void)puts(
        "Usage: sectag COMMAND [OPTION]... [ARGUMENT]...\n\n"
        "Cuts policy text and filings into clauses and tags each with the technology areas it is about.\n\n"
        "Commands:");
    for (size_t i = 0; i < N_COMMANDS; i++)
        (void)printf("  %-12s %s\n", commands[i].name, commands[i].summary);
    (void)puts("\nsectag COMMAND --help says more. Exit codes: 0 all done; 1 some inputs failed and were\n"
               "reported; 2 usage; 3 model or data unusable; 4 a model did not pass the gate.\n\n"
               "Example:\n  sectag tag tests/data/sample/plan-zh.txt");
    return fflush(stdout) ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

static int refuse(const char *name) {
    const char *names[N_COMMANDS], *meant;
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = commands[i].name;
    meant = sectag_nearest(name, names, N_COMMANDS);
    if (meant)
        sectag_program_say("unknown command \"%.80s\" (did you mean %s?)", name, meant);
    else
        sectag_program_say("unknown command \"%.80s\" (see sectag --help)", name);
    return SECTAG_EXIT_USAGE;
}

int main(int argc, char **argv) {
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a write error like any other */
    if (argc < 2) {
        sectag_program_say("no command (see sectag --help)");
        return SECTAG_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return print_help();
    if (strcmp(argv[1], "--version") == 0) return printf("sectag %s\n", SECTAG_VERSION) < 0 || fflush(stdout);
    if (strcmp(argv[1], SECTAG_PROGRAM_READS) == 0) return sectag_worker_run(STDIN_FILENO);
    sectag_program_reads();
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    return refuse(argv[1]);
}
