/* main.c: the program `tidemark`. It sees the engine only through tidemark.h. */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "supervise.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libedit needs to know that the terminal speaks UTF-8. Containers often say nothing at all: then it does. LC_CTYPE
 * only, so that numbers are written the same everywhere. */
static void choose_locale(void)
{
    bool is_said = getenv("LC_ALL") || getenv("LC_CTYPE") || getenv("LANG");
    if (!is_said || !setlocale(LC_CTYPE, ""))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int print_help(const Arguments *arguments)
{
    Buffer text = BUFFER_EMPTY;
    arguments_help(arguments->command, &text);
    fputs(buffer_text(&text), stdout);
    buffer_free(&text);
    return EXIT_OK;
}

/* Without a terminal there is nobody to type: standard input is a script. */
static int shell_or_script(Arguments *arguments)
{
    if (isatty(STDIN_FILENO))
        return command_shell(arguments);
    arguments->command = COMMAND_RUN;
    arguments->inputs[arguments->input_count++] = (Input){ .value = "-" };
    return command_run(arguments);
}

static bool reads_standard_input(const Arguments *arguments)
{
    for (int i = 0; i < arguments->input_count; i++)
        if (!arguments->inputs[i].is_text && strcmp(arguments->inputs[i].value, "-") == 0)
            return true;
    return false;
}

static int run_script(Arguments *arguments)
{
    int exit_code;
    if (arguments->supervise && reads_standard_input(arguments)) {
        fputs("tidemark: --supervise cannot read standard input a second time; name a file\n", stderr);
        return EXIT_USAGE;
    }
    return arguments->supervise && !supervise(&exit_code) ? exit_code : command_run(arguments);
}

static int dispatch(Arguments *arguments)
{
    if (arguments->wants_help)
        return print_help(arguments);
    if (arguments->wants_version) {
        printf("tidemark %s\n", tide_version());
        return EXIT_OK;
    }
    switch (arguments->command) {
    case COMMAND_RUN: return run_script(arguments);
    case COMMAND_CHECK: return command_check(arguments);
    case COMMAND_CHECKPOINT: return command_checkpoint(arguments);
    case COMMAND_SAVEPOINT: return command_savepoint(arguments);
    case COMMAND_DOC: return command_doc(arguments);
    case COMMAND_TXN: return command_txn(arguments);
    default: return shell_or_script(arguments);
    }
}

int main(int argc, char **argv)
{
    Arguments arguments;
    Buffer error = BUFFER_EMPTY;
    int exit_code = EXIT_USAGE;
    choose_locale();
    if (arguments_parse(argc, argv, &arguments, &error))
        exit_code = dispatch(&arguments);
    else
        fprintf(stderr, "tidemark: %s", buffer_text(&error));
    buffer_free(&error);
    arguments_free(&arguments);
    return exit_code;
}
