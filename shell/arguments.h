/* arguments.h: the command line, read into one structure. */
#ifndef SHELL_ARGUMENTS_H
#define SHELL_ARGUMENTS_H

#include "buffer.h"
#include "output.h"

#include <stdbool.h>

typedef enum Command {
    COMMAND_SHELL, COMMAND_RUN, COMMAND_CHECK, COMMAND_CHECKPOINT, COMMAND_SAVEPOINT, COMMAND_DOC, COMMAND_TXN, COMMAND_COUNT
} Command;

/* SQL to execute: a text (-e), a file, or "-" for standard input. */
typedef struct Input {
    bool        is_text;
    const char *value;
} Input;

/* -D key=value, --var name=value */
typedef struct Pair {
    char       *key;
    const char *value;
} Pair;

typedef struct Arguments {
    Command command;
    bool    wants_help, wants_version;

    Input       *inputs; /* in the order given */
    int          input_count;
    const char **inits;  /* -i */
    int          init_count;
    Pair        *settings;
    int          setting_count;
    Pair        *variables;
    int          variable_count;
    Pair        *properties; /* --property */
    int          property_count;

    const OutputType *output; /* NULL: as the session says */
    const char       *page;   /* of `doc` */
    const char      **words;  /* of `checkpoint`: verb, folder, epoch; of `savepoint`: folder, target */
    int               word_count;
    const char       *action; /* of `txn` */
    const char       *servers, *prefix;
    int               count;
    const char       *history;
    const char       *function_dir; /* NULL: none */
    bool keeps_state, supervise;
    int          stop_timeout_s;
    bool stop, drain; /* of `savepoint` */
    bool splits;      /* of `checkpoint show` */
    int  rows_of;     /* ... operator whose rows are shown; 0: none */
    int  limit;
    bool embedded_kafka, quiet, verbose, no_progress, json, language_only;
} Arguments;

/* false: error has lines for the person; the exit code is EXIT_USAGE. Strings point into argv. */
bool arguments_parse(int argc, char **argv, Arguments *out, Buffer *error);
void arguments_free(Arguments *arguments);
/* The help text of the command; COMMAND_SHELL stands for the program. */
void arguments_help(Command command, Buffer *out);

#endif
