/* command_run.c: `tidemark run`: scripts in order, then their jobs until they end. */
#include "client.h"
#include "commands.h"

#include <string.h>

/* ${...} of -e texts is left alone (a shell has replaced its own) unless there is a --var. */
static bool run_input(Client *client, const Input *input)
{
    if (input->is_text)
        return client_run_text(client, "-e", input->value, strlen(input->value), client->arguments->variable_count > 0);
    return client_run_file(client, input->value);
}

static void run_inputs(Client *client)
{
    if (!client_run_inits(client))
        return;
    for (int i = 0; i < client->arguments->input_count; i++)
        if (!run_input(client, &client->arguments->inputs[i]) || !client_is_going(client))
            return;
}

int command_run(const Arguments *arguments)
{
    Client client;
    if (client_open(&client, arguments, false))
        run_inputs(&client);
    client_finish(&client);
    return client_close(&client);
}
