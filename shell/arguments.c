/* arguments.c: one row per option and one per command; parsing and help come from the same rows. */
#include "arguments.h"

#include <stdlib.h>
#include <string.h>

/* ---- the rows --------------------------------------------------------------------------------------------------- */

typedef struct CommandRow {
    const char *name;
    const char *usage;
    const char *text;
} CommandRow;

static const CommandRow commands[COMMAND_COUNT] = {
    [COMMAND_SHELL] = { "", "tidemark [OPTION]...",
        "Runs Flink SQL as continuous queries, in one process. Alone, on a terminal, it is a shell: type SQL, end it\n"
        "with ; With -e or -f it runs like `tidemark run`; without a terminal it runs what standard input holds.\n\n"
        "  tidemark run FILE...              run scripts until their jobs end\n"
        "  tidemark check FILE...            parse and plan scripts, run nothing\n"
        "  tidemark checkpoint ls DIR        look at checkpoints\n"
        "  tidemark savepoint DIR [TARGET]   a savepoint of the jobs that run there\n"
        "  tidemark doc functions|options    print a reference page\n"
        "  tidemark txn abort                end transactions that a dead job left open in Kafka\n"
        "  tidemark COMMAND --help           options of a command\n" },
    [COMMAND_RUN] = { "run", "tidemark run [OPTION]... [FILE | -]...",
        "Executes the statements of the files in order, - being standard input. Query results go to stdout,\n"
        "everything else to stderr. INSERT jobs run together; the command ends when all have, or at the first error.\n\n"
        "${NAME} and ${NAME:-default} in files are replaced by --var, the environment, the default; in -e only if a\n"
        "--var is given. $${ stands for ${.\n" },
    [COMMAND_CHECK] = { "check", "tidemark check [OPTION]... [FILE | -]...",
        "Parses and plans every statement without running it, and goes on behind errors. Definitions take effect for\n"
        "the statements that follow.\n" },
    [COMMAND_CHECKPOINT] = { "checkpoint", "tidemark checkpoint ls|show|verify [OPTION]... DIR [EPOCH]",
        "Looks at the checkpoints of a job without changing anything, also while it runs. DIR is the job's folder or the\n"
        "state directory with the folders of all jobs.\n\n"
        "  ls       all checkpoints, newest first\n"
        "  show     the operators in EPOCH, or in the newest; the positions of sources; rows of one operator\n"
        "  verify   reads every byte of EPOCH, or of all; exit code 1 when one does not verify\n" },
    [COMMAND_SAVEPOINT] = { "savepoint", "tidemark savepoint [OPTION]... DIR [TARGET]",
        "Asks the program that runs with --state-dir DIR for a savepoint of each of its jobs, DIR/job-N: of that one. A\n"
        "savepoint is a whole checkpoint in a folder of its own below TARGET (else what the job or -D says:\n"
        "execution.checkpointing.savepoint-dir), which nothing removes. Its path goes to stdout. When no job runs there,\n"
        "the newest checkpoint that verifies is copied, and stderr says so.\n" },
    [COMMAND_DOC] = { "doc", "tidemark doc functions|options",
        "Prints a reference page in Markdown.\n" },
    [COMMAND_TXN] = { "txn", "tidemark txn abort --bootstrap-server SERVERS --prefix PREFIX [OPTION]...",
        "Ends transactions that a job with 'sink.delivery-guarantee' = 'exactly-once' left open when it died: readers of\n"
        "committed records go on at once, not when the broker gives up on them. Nothing is lost: a job that is started\n"
        "again writes what is missing. A job that is alive is shut out and stops.\n" },
};

static const char exit_codes[] =
    "\nExit codes: 0 ok, 1 a statement failed, 2 usage, 3 cannot connect, 4 a job failed, 130 interrupted,\n"
    "143 terminated.\n";

#define IN(command)  (1u << COMMAND_##command)
#define SQL_COMMANDS (IN(SHELL) | IN(RUN) | IN(CHECK))
#define RUN_COMMANDS (IN(SHELL) | IN(RUN))
#define ALL_COMMANDS (SQL_COMMANDS | IN(CHECKPOINT) | IN(SAVEPOINT) | IN(DOC) | IN(TXN))

typedef bool (*OptionAction)(Arguments *arguments, const char *value, Buffer *error);

typedef struct OptionRow {
    const char  *name;
    const char  *alias;    /* "-o"; NULL: none */
    const char  *argument; /* "FORMAT"; NULL: a switch */
    unsigned     commands;
    OptionAction action;
    const char  *help;
} OptionRow;

static bool take_text(Arguments *arguments, const char *value, Buffer *error);
static bool take_file(Arguments *arguments, const char *value, Buffer *error);
static bool take_init(Arguments *arguments, const char *value, Buffer *error);
static bool take_setting(Arguments *arguments, const char *value, Buffer *error);
static bool take_parallelism(Arguments *arguments, const char *value, Buffer *error);
static bool take_variable(Arguments *arguments, const char *value, Buffer *error);
static bool take_output(Arguments *arguments, const char *value, Buffer *error);
static bool take_history(Arguments *arguments, const char *value, Buffer *error);
static bool take_function_dir(Arguments *arguments, const char *value, Buffer *error);
static bool take_servers(Arguments *arguments, const char *value, Buffer *error);
static bool take_prefix(Arguments *arguments, const char *value, Buffer *error);
static bool take_count(Arguments *arguments, const char *value, Buffer *error);
static bool take_property(Arguments *arguments, const char *value, Buffer *error);
static bool take_state_dir(Arguments *arguments, const char *value, Buffer *error);
static bool take_rows_of(Arguments *arguments, const char *value, Buffer *error);
static bool take_limit(Arguments *arguments, const char *value, Buffer *error);
static bool take_stop_timeout(Arguments *arguments, const char *value, Buffer *error);

#define SWITCH(field)                                                                               \
    static bool take_##field(Arguments *arguments, const char *value, Buffer *error)                \
    {                                                                                               \
        (void)value, (void)error;                                                                   \
        return arguments->field = true;                                                             \
    }
SWITCH(embedded_kafka)
SWITCH(supervise)
SWITCH(stop)
SWITCH(drain)
SWITCH(splits)
SWITCH(quiet)
SWITCH(verbose)
SWITCH(no_progress)
SWITCH(json)
SWITCH(language_only)
SWITCH(wants_help)
SWITCH(wants_version)

static const OptionRow options[] = {
    { "--execute", "-e", "SQL", SQL_COMMANDS, take_text, "statements to run; may be repeated, and mixed with files" },
    { "--file", "-f", "FILE", SQL_COMMANDS, take_file, "as FILE" },
    { "--init", "-i", "FILE", SQL_COMMANDS, take_init, "a script to run first" },
    { "--define", "-D", "KEY=VALUE", SQL_COMMANDS | IN(CHECKPOINT) | IN(SAVEPOINT), take_setting, "a setting; docs/options.md lists them" },
    { "--parallelism", "-p", "N", RUN_COMMANDS, take_parallelism, "as -D parallelism.default=N" },
    { "--var", NULL, "NAME=VALUE", SQL_COMMANDS, take_variable, "the value of ${NAME}" },
    { "--output", "-o", "FORMAT", RUN_COMMANDS | IN(CHECKPOINT), take_output, "tableau, changelog, csv or jsonl; default: tableau" },
    { "--embedded-kafka", NULL, NULL, RUN_COMMANDS, take_embedded_kafka,
      "start a broker in the process; all kafka tables use it" },
    { "--function-dir", NULL, "DIR", SQL_COMMANDS, take_function_dir, "CREATE FUNCTION .. LANGUAGE C loads from there only" },
    { "--state-dir", NULL, "DIR", RUN_COMMANDS, take_state_dir,
      "keep checkpoints of jobs there, and go on from them" },
    { "--stop-timeout", NULL, "SECONDS", IN(RUN), take_stop_timeout,
      "how long jobs may take to stop when a signal says so; default: 120" },
    { "--supervise", NULL, NULL, IN(RUN), take_supervise, "a small parent starts the program again whatever killed it" },
    { "--stop", NULL, NULL, IN(SAVEPOINT), take_stop, "the jobs end with their savepoints" },
    { "--drain", NULL, NULL, IN(SAVEPOINT), take_drain, "... and before them all open windows give their results" },
    { "--splits", NULL, NULL, IN(CHECKPOINT), take_splits, "show: positions of the sources" },
    { "--rows", NULL, "N", IN(CHECKPOINT), take_rows_of, "show: what operator N keeps, as the rows it would give if its input ended" },
    { "--limit", NULL, "COUNT", IN(CHECKPOINT), take_limit, "... so many rows at most; default: 100" },
    { "--json", NULL, NULL, IN(CHECK), take_json, "one JSON object per statement on stdout" },
    { "--language-only", NULL, NULL, IN(CHECK), take_language_only,
      "take connectors, formats and functions of elsewhere as present" },
    { "--quiet", "-q", NULL, SQL_COMMANDS, take_quiet, "no job reports, no progress" },
    { "--verbose", "-v", NULL, RUN_COMMANDS, take_verbose, "say what each statement did; full job reports" },
    { "--no-progress", NULL, NULL, RUN_COMMANDS, take_no_progress, "no progress line" },
    { "--history", "-hist", "FILE", IN(SHELL), take_history, "the shell's history file" },
    { "--bootstrap-server", NULL, "SERVERS", IN(TXN), take_servers, "the cluster: HOST:PORT, with commas between several" },
    { "--prefix", NULL, "PREFIX", IN(TXN), take_prefix, "the sink's 'sink.transactional-id-prefix'" },
    { "--count", NULL, "N", IN(TXN), take_count, "its parallelism, or more: ids PREFIX-0 to PREFIX-(N-1); default: 16" },
    { "--property", NULL, "KEY=VALUE", IN(TXN), take_property, "as 'properties.KEY' of a table: security.protocol=SASL_SSL" },
    { "--version", "-V", NULL, IN(SHELL), take_wants_version, "print the version" },
    { "--help", "-h", NULL, ALL_COMMANDS, take_wants_help, "print this" },
};
enum { OPTION_COUNT = sizeof(options) / sizeof(options[0]) };

/* ---- did you mean ----------------------------------------------------------------------------------------------- */

enum { NAME_SIZE_MAX = 32 };

/* Letters to insert, drop or change to make one word of the other. */
static int distance(const char *left, const char *right)
{
    int row[NAME_SIZE_MAX + 1];
    int size = (int)strlen(right);
    for (int i = 0; i <= size; i++)
        row[i] = i;
    for (int at = 0; left[at]; at++) {
        int diagonal = row[0];
        row[0] = at + 1;
        for (int i = 1; i <= size; i++) {
            int change = diagonal + (left[at] != right[i - 1]);
            diagonal = row[i];
            int drop = row[i] + 1, insert = row[i - 1] + 1;
            row[i] = change < drop ? change : drop;
            row[i] = row[i] < insert ? row[i] : insert;
        }
    }
    return row[size];
}

typedef struct Nearest {
    const char *word;    /* what was written */
    const char *name;    /* the best so far */
    int         distance;
} Nearest;

static void nearest_try(Nearest *nearest, const char *name)
{
    if (!name || strlen(nearest->word) > NAME_SIZE_MAX || strlen(name) > NAME_SIZE_MAX)
        return;
    int found = distance(nearest->word, name);
    if (found < nearest->distance) {
        nearest->distance = found;
        nearest->name = name;
    }
}

/* A little more than half of the word may be wrong, three letters at most. */
static Nearest nearest_begin(const char *word)
{
    int wrong = (int)strlen(word) / 2 + 1;
    return (Nearest){ .word = word, .distance = (wrong < 3 ? wrong : 3) + 1 };
}

static bool unknown(Buffer *error, const char *what, Nearest nearest)
{
    buffer_printf(error, "unknown %s '%s'", what, nearest.word);
    if (nearest.name)
        buffer_printf(error, "; did you mean %s?", nearest.name);
    return false;
}

/* ---- actions ---------------------------------------------------------------------------------------------------- */

static bool add_input(Arguments *arguments, bool is_text, const char *value)
{
    arguments->inputs[arguments->input_count++] = (Input){ is_text, value };
    return true;
}

static bool take_text(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    return add_input(arguments, true, value);
}

static bool take_file(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    return add_input(arguments, false, value);
}

static bool take_init(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->inits[arguments->init_count++] = value;
    return true;
}

static bool take_pair(Pair *pairs, int *count, const char *value, const char *option, Buffer *error)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) {
        buffer_printf(error, "%s expects name=value, found '%s'", option, value);
        return false;
    }
    char *key = memory_copy(value);
    key[equals - value] = '\0';
    pairs[(*count)++] = (Pair){ key, equals + 1 };
    return true;
}

static bool take_setting(Arguments *arguments, const char *value, Buffer *error)
{
    return take_pair(arguments->settings, &arguments->setting_count, value, "-D", error);
}

static bool take_variable(Arguments *arguments, const char *value, Buffer *error)
{
    return take_pair(arguments->variables, &arguments->variable_count, value, "--var", error);
}

static bool take_parallelism(Arguments *arguments, const char *value, Buffer *error)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (*end || end == value || number < 1 || number > 128) {
        buffer_printf(error, "-p expects a number from 1 to 128, found '%s'", value);
        return false;
    }
    arguments->settings[arguments->setting_count++] = (Pair){ memory_copy("parallelism.default"), value };
    return true;
}

static bool take_output(Arguments *arguments, const char *value, Buffer *error)
{
    arguments->output = output_find(value);
    if (arguments->output)
        return true;
    Nearest nearest = nearest_begin(value);
    for (int i = 0; output_at(i); i++)
        nearest_try(&nearest, output_at(i)->name);
    unknown(error, "output format", nearest);
    buffer_puts(error, "\nthere are");
    for (int i = 0; output_at(i); i++)
        buffer_printf(error, "%s %s", i ? "," : "", output_at(i)->name);
    return false;
}

static bool take_state_dir(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->settings[arguments->setting_count++] = (Pair){ memory_copy("execution.checkpointing.dir"), value };
    return arguments->keeps_state = true;
}

static bool take_function_dir(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->function_dir = value;
    return true;
}

static bool take_servers(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->servers = value;
    return true;
}

static bool take_prefix(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->prefix = value;
    return true;
}

static bool take_number(const char *option, const char *value, int max, int *out, Buffer *error)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (*end || end == value || number < 1 || number > max) {
        buffer_printf(error, "%s expects a number from 1 to %d, found '%s'", option, max, value);
        return false;
    }
    *out = (int)number;
    return true;
}

static bool take_count(Arguments *arguments, const char *value, Buffer *error)
{
    return take_number("--count", value, 10000, &arguments->count, error);
}

static bool take_stop_timeout(Arguments *arguments, const char *value, Buffer *error)
{
    return take_number("--stop-timeout", value, 86400, &arguments->stop_timeout_s, error);
}

static bool take_rows_of(Arguments *arguments, const char *value, Buffer *error)
{
    return take_number("--rows", value, INT32_MAX, &arguments->rows_of, error);
}

static bool take_limit(Arguments *arguments, const char *value, Buffer *error)
{
    return take_number("--limit", value, 1000000, &arguments->limit, error);
}

static bool take_property(Arguments *arguments, const char *value, Buffer *error)
{
    return take_pair(arguments->properties, &arguments->property_count, value, "--property", error);
}

static bool take_history(Arguments *arguments, const char *value, Buffer *error)
{
    (void)error;
    arguments->history = value;
    return true;
}

/* ---- parsing ---------------------------------------------------------------------------------------------------- */

typedef struct Cursor {
    int    argc;
    char **argv;
    int    at;
} Cursor;

static bool is_allowed(const OptionRow *row, Command command)
{
    return (row->commands & (1u << command)) != 0;
}

/* The row of "--name", "--name=value", "-x" or "-xvalue"; *value is what is attached, NULL when nothing is. */
static const OptionRow *find_option(const char *word, Command command, const char **value)
{
    *value = NULL;
    for (const OptionRow *row = options; row < options + OPTION_COUNT; row++) {
        if (!is_allowed(row, command))
            continue;
        size_t size = strlen(row->name);
        bool is_named = strncmp(word, row->name, size) == 0;
        if ((is_named && !word[size]) || (row->alias && strcmp(word, row->alias) == 0))
            return row;
        if (is_named && word[size] == '=') {
            *value = word + size + 1;
            return row;
        }
    }
    for (const OptionRow *row = options; row < options + OPTION_COUNT; row++) {
        if (!is_allowed(row, command) || !row->argument || !row->alias || strlen(row->alias) != 2)
            continue;
        if (strncmp(word, row->alias, 2) == 0 && word[1] != '-') {
            *value = word + 2;
            return row;
        }
    }
    return NULL;
}

static bool unknown_option(const char *word, Command command, Buffer *error)
{
    Nearest nearest = nearest_begin(word);
    for (const OptionRow *row = options; row < options + OPTION_COUNT; row++)
        if (is_allowed(row, command))
            nearest_try(&nearest, row->name);
    return unknown(error, "option", nearest);
}

static bool parse_option(Arguments *arguments, Cursor *cursor, Buffer *error)
{
    const char *word = cursor->argv[cursor->at++], *value;
    const OptionRow *row = find_option(word, arguments->command, &value);
    if (!row)
        return unknown_option(word, arguments->command, error);
    if (!row->argument && value) {
        buffer_printf(error, "%s takes no value", row->name);
        return false;
    }
    if (row->argument && !value) {
        if (cursor->at >= cursor->argc) {
            buffer_printf(error, "%s expects %s", word, row->argument);
            return false;
        }
        value = cursor->argv[cursor->at++];
    }
    return row->action(arguments, value, error);
}

static bool parse_word(Arguments *arguments, const char *word, Buffer *error)
{
    switch (arguments->command) {
    case COMMAND_RUN:
    case COMMAND_CHECK:
        return add_input(arguments, false, word);
    case COMMAND_CHECKPOINT:
        if (arguments->word_count == 3) {
            buffer_printf(error, "verb, folder and epoch are all; found '%s' behind them", word);
            return false;
        }
        arguments->words[arguments->word_count++] = word;
        return true;
    case COMMAND_SAVEPOINT:
        if (arguments->word_count == 2) {
            buffer_printf(error, "folder and target are all; found '%s' behind them", word);
            return false;
        }
        arguments->words[arguments->word_count++] = word;
        return true;
    case COMMAND_DOC:
        if (arguments->page) {
            buffer_printf(error, "one page at a time; found '%s' after '%s'", word, arguments->page);
            return false;
        }
        arguments->page = word;
        return true;
    case COMMAND_TXN:
        if (arguments->action || strcmp(word, "abort") != 0) {
            buffer_printf(error, "txn can only abort; found '%s'", word);
            return false;
        }
        arguments->action = word;
        return true;
    default: {
        Nearest nearest = nearest_begin(word);
        for (int i = COMMAND_RUN; i < COMMAND_COUNT; i++)
            nearest_try(&nearest, commands[i].name);
        if (nearest.name && strcmp(nearest.name, word) == 0) {
            buffer_printf(error, "the command comes first: tidemark %s [OPTION]...", word);
            return false;
        }
        unknown(error, "command", nearest);
        if (!nearest.name)
            buffer_printf(error, "; to run a script: tidemark run %s", word);
        return false;
    }
    }
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

static bool parse_words(Arguments *arguments, Cursor *cursor, Buffer *error)
{
    for (bool has_ended = false; cursor->at < cursor->argc;) {
        const char *word = cursor->argv[cursor->at];
        if (!has_ended && strcmp(word, "--") == 0) {
            has_ended = true;
            cursor->at++;
        } else if (!has_ended && is_option(word)) {
            if (!parse_option(arguments, cursor, error))
                return false;
        } else {
            cursor->at++;
            if (!parse_word(arguments, word, error))
                return false;
        }
    }
    return true;
}

/* "run", "check", "doc" in first place; "help" stands for --help. */
static void parse_command(Arguments *arguments, Cursor *cursor)
{
    if (cursor->at < cursor->argc && strcmp(cursor->argv[cursor->at], "help") == 0) {
        arguments->wants_help = true;
        cursor->at++;
    }
    for (int i = COMMAND_RUN; i < COMMAND_COUNT && cursor->at < cursor->argc; i++) {
        if (strcmp(cursor->argv[cursor->at], commands[i].name) == 0) {
            arguments->command = (Command)i;
            cursor->at++;
            return;
        }
    }
}

static bool is_complete(Arguments *arguments, Buffer *error)
{
    if (arguments->wants_help || arguments->wants_version)
        return true;
    if (arguments->command == COMMAND_SHELL && arguments->input_count > 0)
        arguments->command = COMMAND_RUN;
    if ((arguments->command == COMMAND_RUN || arguments->command == COMMAND_CHECK) && arguments->input_count == 0) {
        buffer_printf(error, "nothing to %s: give a FILE, - for standard input, or -e SQL",
                      commands[arguments->command].name);
        return false;
    }
    if (arguments->command == COMMAND_SAVEPOINT && arguments->word_count == 0) {
        buffer_puts(error, "of which jobs? the state directory that they run in is needed");
        return false;
    }
    if (arguments->command == COMMAND_DOC && !arguments->page) {
        buffer_puts(error, "which page? functions or options");
        return false;
    }
    if (arguments->command == COMMAND_TXN && (!arguments->action || !arguments->servers || !arguments->prefix)) {
        buffer_puts(error, "txn needs to know what to do (abort), --bootstrap-server and --prefix");
        return false;
    }
    return true;
}

bool arguments_parse(int argc, char **argv, Arguments *out, Buffer *error)
{
    size_t most = (size_t)argc + 1;
    *out = (Arguments){ .command = COMMAND_SHELL };
    out->inputs = memory_new(most, sizeof(Input));
    out->inits = memory_new(most, sizeof(char *));
    out->words = memory_new(3, sizeof(char *));
    out->settings = memory_new(most, sizeof(Pair));
    out->variables = memory_new(most, sizeof(Pair));
    out->properties = memory_new(most, sizeof(Pair));
    out->count = 16;
    out->stop_timeout_s = 120;
    out->limit = 100;
    Cursor cursor = { argc, argv, 1 };
    parse_command(out, &cursor);
    if (parse_words(out, &cursor, error) && is_complete(out, error))
        return true;
    const CommandRow *command = &commands[out->command];
    buffer_printf(error, "\nusage: %s\n`tidemark %s%s--help` says more\n", command->usage, command->name,
                  command->name[0] ? " " : "");
    return false;
}

static void free_pairs(Pair *pairs, int count)
{
    for (int i = 0; i < count; i++)
        free(pairs[i].key);
    free(pairs);
}

void arguments_free(Arguments *arguments)
{
    free(arguments->inputs);
    free(arguments->inits);
    free(arguments->words);
    free_pairs(arguments->settings, arguments->setting_count);
    free_pairs(arguments->variables, arguments->variable_count);
    free_pairs(arguments->properties, arguments->property_count);
}

/* ---- help ------------------------------------------------------------------------------------------------------- */

static void put_option(Buffer *out, const OptionRow *row)
{
    enum { COLUMN = 30 };
    size_t start = out->size;
    buffer_puts(out, "  ");
    if (row->alias)
        buffer_printf(out, "%s, ", row->alias);
    else
        buffer_puts(out, "    ");
    buffer_printf(out, "%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    size_t width = out->size - start;
    buffer_repeat(out, ' ', width < COLUMN ? COLUMN - width : 2);
    buffer_printf(out, "%s\n", row->help);
}

void arguments_help(Command command, Buffer *out)
{
    buffer_printf(out, "usage: %s\n\n%s\n", commands[command].usage, commands[command].text);
    for (const OptionRow *row = options; row < options + OPTION_COUNT; row++)
        if (is_allowed(row, command))
            put_option(out, row);
    if (command != COMMAND_DOC)
        buffer_puts(out, exit_codes);
}
