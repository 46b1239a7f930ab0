/* command_doc.c: `tidemark doc PAGE`: the reference pages that come from the rows of functions and options. */
#include "buffer.h"
#include "commands.h"
#include "exit_code.h"

#include <stdio.h>

static int print_page(tide_engine *engine, const char *name)
{
    const char *page = tide_document(engine, name);
    if (!page) {
        fprintf(stderr, "tidemark: there is no page '%s'; functions and options are there\n", name);
        return EXIT_USAGE;
    }
    return fputs(page, stdout) < 0 || fflush(stdout) != 0 ? EXIT_STATEMENT : EXIT_OK;
}

int command_doc(const Arguments *arguments)
{
    tide_engine *engine;
    tide_error *err = NULL;
    if (tide_open(NULL, &engine, &err) != TIDE_OK) {
        fprintf(stderr, "%s", tide_error_render(err));
        tide_error_free(err);
        return EXIT_STATEMENT;
    }
    int exit_code = print_page(engine, arguments->page);
    tide_close(engine);
    return exit_code;
}
