/* jdbc_options.c: the option rows of jdbc tables, and reading them. Texts of errors are the dialect's own where it has one. */
#include "connectors/jdbc/jdbc_options.h"

const Option jdbc_option_rows[] = {
    { "url", OPTION_STRING, NULL, NULL, "jdbc:mysql://host:port/database?property=value&...; see jdbc in the page on tables",
      OPTION_REQUIRED },
    { "table-name", OPTION_STRING, NULL, NULL, "the table's name in that database", OPTION_REQUIRED },
    { "username", OPTION_STRING, NULL, NULL, "who logs in; together with password", 0 },
    { "password", OPTION_STRING, NULL, NULL, "the password", OPTION_SECRET },
    { "driver", OPTION_STRING, NULL, NULL, "of Java", OPTION_IGNORED },
    { "compatible-mode", OPTION_STRING, NULL, NULL, "of other databases", OPTION_IGNORED },
    { "connection.max-retry-timeout", OPTION_DURATION, "60 s", NULL,
      "how long a server that does not answer is tried again; whole seconds", 0 },
    { "scan.partition.column", OPTION_STRING, NULL, NULL,
      "a column of numbers by which the table is read in parts; needs num, lower-bound and upper-bound", 0 },
    { "scan.partition.num", OPTION_INT, NULL, NULL, "how many parts", 0 },
    { "scan.partition.lower-bound", OPTION_INT, NULL, NULL, "rows with less are not read", 0 },
    { "scan.partition.upper-bound", OPTION_INT, NULL, NULL, "rows with more are not read", 0 },
    { "scan.fetch-size", OPTION_INT, "0", NULL, "rows are streamed as they are used, whatever it says", OPTION_IGNORED },
    { "scan.auto-commit", OPTION_BOOL, "true", NULL, "reading changes nothing", OPTION_IGNORED },
    { "lookup.cache", OPTION_ENUM, "NONE", "NONE|PARTIAL", "for lookup joins, which are not there yet", OPTION_IGNORED },
    { "lookup.partial-cache.max-rows", OPTION_INT, NULL, NULL, "for lookup joins", OPTION_IGNORED },
    { "lookup.partial-cache.expire-after-write", OPTION_DURATION, NULL, NULL, "for lookup joins", OPTION_IGNORED },
    { "lookup.partial-cache.expire-after-access", OPTION_DURATION, NULL, NULL, "for lookup joins", OPTION_IGNORED },
    { "lookup.partial-cache.cache-missing-key", OPTION_BOOL, "true", NULL, "for lookup joins", OPTION_IGNORED },
    { "lookup.max-retries", OPTION_INT, "3", NULL, "for lookup joins", OPTION_IGNORED },
    { "lookup.cache.max-rows", OPTION_INT, NULL, NULL, "older name", OPTION_IGNORED },
    { "lookup.cache.ttl", OPTION_DURATION, NULL, NULL, "older name", OPTION_IGNORED },
    { "lookup.cache.caching-missing-key", OPTION_BOOL, "true", NULL, "older name", OPTION_IGNORED },
    { "filter.handling.policy", OPTION_ENUM, "always", "always|never", "filters are not handed to the database",
      OPTION_IGNORED },
    { "sink.buffer-flush.max-rows", OPTION_INT, "100", NULL,
      "so many rows are sent on together; more when the database is slower than they come; 0: not by their number", 0 },
    { "sink.buffer-flush.interval", OPTION_DURATION, "1 s", NULL, "rows are sent on when they are so old; 0: not by time", 0 },
    { "sink.max-retries", OPTION_INT, "3", NULL,
      "how often rows are sent again after a deadlock or a lost connection", 0 },
    { "sink.delivery-guarantee", OPTION_ENUM, "at-least-once", "at-least-once|exactly-once",
      "exactly-once: needs a state directory, and InnoDB tables", 0 },
    { "sink.epoch-table", OPTION_STRING, "tidemark_epochs", NULL,
      "for exactly-once: the table, in the same database, that says which epoch is there; created when it is missing", 0 },
    { "sink.epoch-name", OPTION_STRING, NULL, NULL,
      "for exactly-once: tells INSERTs of one job into the same table apart; its path when not set", 0 },
    { 0 },
};

enum { RETRY_TIMEOUT_MIN_MS = 1000, PARTITIONS_MAX = 10000, EPOCH_NAME_MAX = 255 };

static int64_t number(const TableSpec *table, const char *key)
{
    return option_i64(jdbc_option_rows, table->options, key);
}

/* All of these keys or none of them. */
static Status check_together(const TableSpec *table, const char *const *keys, int count, Error *err)
{
    int  found = 0;
    Text list = TEXT_EMPTY;
    for (int i = 0; i < count; i++) {
        found += option_is_set(table->options, keys[i]);
        text_printf(&list, "\n%s", keys[i]);
    }
    if (found > 0 && found < count)
        error_set(err, STATUS_OPTION, table->span,
                  "Either all or none of the following options should be provided:%s", text_cstr(&list));
    text_free(&list);
    return found > 0 && found < count ? STATUS_OPTION : STATUS_OK;
}

static Status check_not_negative(const TableSpec *table, const char *key, Error *err)
{
    if (!option_is_set(table->options, key) || number(table, key) >= 0)
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span, "The value of '%s' option shouldn't be negative, but is %lld.", key,
                     (long long)number(table, key));
}

static Status read_retries(const TableSpec *table, JdbcOptions *out, Error *err)
{
    static const char *const counts[] = { "sink.max-retries", "lookup.max-retries", "sink.buffer-flush.max-rows",
                                          "scan.fetch-size" };
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        TRY(check_not_negative(table, counts[i], err));
    out->reconnect_ms = number(table, "connection.max-retry-timeout");
    if (out->reconnect_ms < RETRY_TIMEOUT_MIN_MS || out->reconnect_ms % RETRY_TIMEOUT_MIN_MS != 0)
        return error_set(err, STATUS_OPTION, table->span,
                         "The value of 'connection.max-retry-timeout' option must be in second granularity and shouldn't be "
                         "smaller than 1 second, but is %lldms.", (long long)out->reconnect_ms);
    out->retries = number(table, "sink.max-retries");
    out->flush_rows = number(table, "sink.buffer-flush.max-rows");
    out->flush_ms = number(table, "sink.buffer-flush.interval");
    return STATUS_OK;
}

static const TableColumn *find_column(const TableSpec *table, Str name)
{
    for (int32_t i = 0; i < table->column_count; i++)
        if (str_eq(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

static Status read_partition(const TableSpec *table, JdbcOptions *out, Error *err)
{
    static const char *const keys[] = { "scan.partition.column", "scan.partition.num", "scan.partition.lower-bound",
                                        "scan.partition.upper-bound" };
    TRY(check_together(table, keys, 4, err));
    out->partition_column = option_str(jdbc_option_rows, table->options, keys[0]);
    if (!out->partition_column.ptr)
        return STATUS_OK;
    out->partition_count = number(table, keys[1]);
    out->lower = number(table, keys[2]);
    out->upper = number(table, keys[3]);
    if (out->lower > out->upper)
        return error_set(err, STATUS_OPTION, table->span,
                         "'scan.partition.lower-bound'='%lld' must not be larger than 'scan.partition.upper-bound'='%lld'.",
                         (long long)out->lower, (long long)out->upper);
    if (out->partition_count < 1 || out->partition_count > PARTITIONS_MAX)
        return error_set(err, STATUS_OPTION, table->span, "option 'scan.partition.num' = '%lld': expected 1 to %d",
                         (long long)out->partition_count, PARTITIONS_MAX);
    if (!find_column(table, out->partition_column))
        return error_set(err, STATUS_OPTION, table->span, "option 'scan.partition.column': the table has no column '%.*s'",
                         STR_FMT(out->partition_column));
    return STATUS_OK;
}

static Status read_login(const TableSpec *table, Arena *arena, JdbcOptions *out, Error *err)
{
    static const char *const keys[] = { "username", "password" };
    TRY(check_together(table, keys, 2, err));
    if (option_is_set(table->options, "username")) {
        out->server.user = arena_str(arena, map_get_str(table->options, STR("username")));
        out->server.password = arena_str(arena, map_get_str(table->options, STR("password")));
    }
    return STATUS_OK;
}

bool jdbc_options_are_exactly_once(const TableSpec *table)
{
    return str_is_nocase(option_str(jdbc_option_rows, table->options, "sink.delivery-guarantee"), "exactly-once");
}

static Status read_epochs(const TableSpec *table, JdbcOptions *out, Error *err)
{
    Str name = map_get_str(table->options, STR("sink.epoch-name"));
    out->is_exactly_once = jdbc_options_are_exactly_once(table);
    out->epoch_table = option_str(jdbc_option_rows, table->options, "sink.epoch-table");
    out->epoch_name = name.ptr ? name : table->path;
    if (out->epoch_name.len <= EPOCH_NAME_MAX)
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span, "the sink's name is longer than %d bytes: set 'sink.epoch-name'",
                     EPOCH_NAME_MAX);
}

Status jdbc_options_read(const TableSpec *table, Arena *arena, JdbcOptions *out, Error *err)
{
    *out = (JdbcOptions){ 0 };
    TRY(jdbc_url_parse(arena, map_get_str(table->options, STR("url")), table->span, &out->server, err));
    TRY(read_login(table, arena, out, err));
    out->label = jdbc_server_label(arena, &out->server);
    out->table = map_get_str(table->options, STR("table-name"));
    TRY(read_retries(table, out, err));
    TRY(read_epochs(table, out, err));
    return read_partition(table, out, err);
}
