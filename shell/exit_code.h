/* exit_code.h: what the program returns. */
#ifndef SHELL_EXIT_CODE_H
#define SHELL_EXIT_CODE_H

#include "tidemark.h"

#include <stdbool.h>

enum {
    EXIT_OK = 0,
    EXIT_STATEMENT = 1,   /* a statement failed */
    EXIT_USAGE = 2,       /* the command line, or a setting of it */
    EXIT_CONNECT = 3,     /* a server cannot be reached, or refuses us */
    EXIT_JOB = 4,         /* a job failed while it ran */
    EXIT_BY_SIGNAL = 128, /* + the signal: 130 for Ctrl-C, 143 for SIGTERM */
    EXIT_PIPE = 141       /* nobody reads our output */
};

/* is_running: the statement was accepted, its job failed. */
static inline int exit_code_of(tide_status status, bool is_running)
{
    if (status < TIDE_E_FIRST)
        return EXIT_OK;
    if (status == TIDE_E_CONNECT)
        return EXIT_CONNECT;
    return is_running || status == TIDE_E_EXECUTE ? EXIT_JOB : EXIT_STATEMENT;
}

#endif
