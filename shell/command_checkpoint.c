/* command_checkpoint.c: `tidemark checkpoint ls|show|verify DIR [EPOCH]`: what stands in a folder of checkpoints, and in the state of its
 * operators. */
#include "client.h"
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Look {
    Client     *client;
    const char *folder;
    int64_t     epoch;   /* 0: none given */
    int64_t     damaged;
} Look;

static tide_status list(Look *look, tide_result **out, tide_error **err)
{
    return tide_checkpoint_list(look->client->session, look->folder, out, err);
}

static tide_status show(Look *look, tide_result **out, tide_error **err)
{
    const Arguments *arguments = look->client->arguments;
    if (arguments->splits)
        return tide_checkpoint_splits(look->client->session, look->folder, look->epoch, out, err);
    if (arguments->rows_of > 0)
        return tide_checkpoint_rows(look->client->session, look->folder, look->epoch, arguments->rows_of, arguments->limit, out, err);
    return tide_checkpoint_show(look->client->session, look->folder, look->epoch, out, err);
}

static tide_status verify(Look *look, tide_result **out, tide_error **err)
{
    return tide_checkpoint_verify(look->client->session, look->folder, look->epoch, &look->damaged, out, err);
}

typedef struct VerbRow {
    const char *name;
    bool        takes_epoch;
    tide_status (*look)(Look *look, tide_result **out, tide_error **err);
} VerbRow;

static const VerbRow verbs[] = {
    { "ls", false, list },
    { "show", true, show },
    { "verify", true, verify },
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int refuse(const char *format, const char *word)
{
    fprintf(stderr, "tidemark: ");
    fprintf(stderr, format, word);
    fprintf(stderr, "\nusage: tidemark checkpoint ls|show|verify [OPTION]... DIR [EPOCH]\n");
    return EXIT_USAGE;
}

static bool read_epoch(const char *word, int64_t *epoch)
{
    char *end;
    errno = 0;
    *epoch = strtoll(word, &end, 10);
    return !*end && end != word && errno == 0 && *epoch > 0;
}

static void show_answer(Client *client, Look *look, const VerbRow *verb)
{
    tide_error *err = NULL;
    tide_result *result;
    if (verb->look(look, &result, &err) != TIDE_OK) {
        client_fail_with(client, err, EXIT_STATEMENT);
        return;
    }
    client_show(client, result, &(tide_statement){ .kind = "CHECKPOINT" });
    tide_result_close(result);
    if (look->damaged > 0)
        client_fail(client, EXIT_STATEMENT);
}

int command_checkpoint(const Arguments *arguments)
{
    Client client;
    Look look = { .client = &client };
    const VerbRow *verb = verbs;
    const char *wanted = arguments->word_count > 0 ? arguments->words[0] : "";
    while (verb < verbs + VERBS && strcmp(verb->name, wanted) != 0)
        verb++;
    if (verb == verbs + VERBS)
        return refuse(wanted[0] ? "'%s' is none of ls, show and verify" : "what is to be done? ls, show or verify%s", wanted);
    if (arguments->word_count < 2)
        return refuse("%s needs the folder of a job, or a state directory", wanted);
    if (arguments->word_count > 2 && !verb->takes_epoch)
        return refuse("%s takes no epoch: it lists all of them", wanted);
    if ((arguments->splits || arguments->rows_of > 0) && verb->look != show)
        return refuse("--splits and --rows are of show, not of %s", wanted);
    if (arguments->word_count > 2 && !read_epoch(arguments->words[2], &look.epoch))
        return refuse("'%s' is no epoch: a number from 1 on is expected", arguments->words[2]);
    look.folder = arguments->words[1];
    if (client_open(&client, arguments, false))
        show_answer(&client, &look, verb);
    return client_close(&client);
}
