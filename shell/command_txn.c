/* command_txn.c: `tidemark txn abort`: ends transactions that a dead job left open in Kafka. */
#include "buffer.h"
#include "client.h"
#include "commands.h"
#include "exit_code.h"

#include <stdio.h>
#include <stdlib.h>

static void print_notice(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "tidemark: %s\n", line);
}

static tide_status abort_all(const Arguments *arguments, tide_engine *engine, tide_error **err)
{
    const char **properties = memory_new((size_t)arguments->property_count * 2 + 3, sizeof(char *));
    int          count = 0;
    properties[count++] = "bootstrap.servers";
    properties[count++] = arguments->servers;
    for (int i = 0; i < arguments->property_count; i++) {
        properties[count++] = arguments->properties[i].key;
        properties[count++] = arguments->properties[i].value;
    }
    tide_status status = tide_kafka_abort(engine, arguments->prefix, arguments->count, properties, err);
    free(properties);
    return status;
}

int command_txn(const Arguments *arguments)
{
    tide_config *config = tide_config_new();
    tide_engine *engine = NULL;
    tide_error  *err = NULL;
    tide_config_on_notice(config, print_notice, NULL);
    tide_status status = tide_open(config, &engine, &err);
    tide_config_free(config);
    if (status == TIDE_OK)
        status = abort_all(arguments, engine, &err);
    if (status == TIDE_OK)
        printf("%s-0 to %s-%d: nothing is open, and who wrote as one of them is shut out\n", arguments->prefix,
               arguments->prefix, arguments->count - 1);
    else
        fprintf(stderr, "%s", tide_error_render(err));
    tide_error_free(err);
    tide_close(engine);
    return status == TIDE_OK ? EXIT_OK : exit_code_of(status, false);
}
