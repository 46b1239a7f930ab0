/* table.c: table specifications from a few words of SQL, for the tests of connectors. */
#include "tests/connectors/table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void take_notice(void *state, Str line)
{
    Table *table = state;
    text_append(&table->notices, line);
    text_put(&table->notices, '\n');
}

static int32_t find_column(const TableSpec *spec, Str name)
{
    for (int32_t i = 0; i < spec->column_count; i++)
        if (str_eq(spec->columns[i].name, name))
            return i;
    ck_abort_msg("no column %.*s", STR_FMT(name));
    return -1;
}

static void set_metadata(Table *table, TableColumn *columns, const char *metadata)
{
    Str rest = str_from(metadata);
    Str pair;
    while (str_split(&rest, ',', &pair)) {
        int64_t equals = str_find(pair, '=');
        columns[find_column(&table->spec, str_slice(pair, 0, equals))].metadata_key =
            str_slice(pair, equals + 1, pair.len);
    }
}

static void set_partitions(Table *table, const char *partitions)
{
    LIST(int32_t) keys = { 0 };
    Str rest = str_from(partitions);
    Str name;
    while (str_split(&rest, ',', &name))
        list_push(table->arena, &keys, find_column(&table->spec, name));
    table->spec.partition_keys = keys.items;
    table->spec.partition_key_count = (int32_t)keys.count;
}

Table *table_open(const char *columns, const char *metadata, const char *partitions, const char *options)
{
    Field *fields;
    Arena *arena = arena_create();
    Table *table = arena_new(arena, Table, 1);
    int32_t      count = fields_of(arena, columns, &fields);
    TableColumn *rows = arena_new(arena, TableColumn, count);
    int32_t     *wanted = arena_new(arena, int32_t, count);
    for (int32_t i = 0; i < count; i++) {
        rows[i] = (TableColumn){ .name = fields[i].name, .type = fields[i].type };
        wanted[i] = i;
    }
    table->arena = arena;
    table->wakeup = wakeup_create();
    table->spec = (TableSpec){ .path = STR("default_catalog.default_database.t"), .name = STR("t"), .columns = rows,
                               .column_count = count, .options = options_of(arena, options) };
    set_metadata(table, rows, metadata);
    set_partitions(table, partitions);
    table->host = (ConnectorHost){ .state = table, .notice = take_notice };
    table->io = (IoSpec){ .table = &table->spec, .arena = arena, .columns = wanted, .column_count = count,
                          .task_count = 1,
                          .clock = &env_clock, .zone = zone_utc, .wakeup = table->wakeup, .counters = &table->counters,
                          .host = &table->host, .job_name = STR("test"), .rowtime = -1 };
    return table;
}

const Connector *table_connector_of(const Table *table)
{
    return connector_find(map_get_str(table->spec.options, STR("connector")));
}

void table_close(Table *table)
{
    Arena *arena = table->arena;
    if (table->source)
        table_connector_of(table)->source->close(table->source);
    if (table->sink)
        table_connector_of(table)->sink->close(table->sink);
    batch_release(table->batch);
    wakeup_destroy(table->wakeup);
    text_free(&table->text);
    text_free(&table->notices);
    arena_destroy(arena);
}

const char *table_check(Table *table, bool is_sink)
{
    error_clear(&table->err);
    connector_check(&table->spec, is_sink, &table->err);
    return table->err.message;
}

Status table_start_source(Table *table)
{
    return table_connector_of(table)->source->open(&table->io, &table->source, &table->err);
}

static void put_rows(Table *table)
{
    FormatColumn *columns = arena_new(table->arena, FormatColumn, table->io.column_count + 1);
    for (int32_t i = 0; i < table->io.column_count; i++) {
        const TableColumn *column = &table->spec.columns[table->io.columns[i]];
        columns[i] = (FormatColumn){ .name = column->name, .type = column->type, .out = i };
    }
    Codec codec = { .arena = table->arena, .batch = table->batch };
    codec.wanted = (FormatSpec){ .columns = columns, .column_count = table->io.column_count, .options = map_create(table->arena),
                                 .arena = table->arena, .zone = zone_utc };
    text_puts(&table->text, codec_write(&codec, "json", ""));
    text_free(&codec.text);
}

Status table_poll(Table *table, int64_t rows_max, Poll *poll)
{
    batch_release(table->batch);
    table->batch = batch_create(table->io.column_count);
    TRY(table_connector_of(table)->source->poll(table->source, rows_max, table->batch, poll, &table->err));
    int64_t rows = 0;
    for (int32_t i = 0; i < poll->run_count; i++) {
        ck_assert_int_lt(poll->runs[i].split, poll->split_count);
        rows += poll->runs[i].rows;
    }
    if (poll->state == POLL_ROWS)
        ck_assert_int_eq(rows, table->batch->rows);
    if (poll->state == POLL_ROWS && rows > 0)
        put_rows(table);
    return STATUS_OK;
}

const char *table_read(Table *table)
{
    Poll poll = { .state = POLL_ROWS };
    if (!table->source && table_start_source(table) != STATUS_OK)
        return table->err.message;
    while (poll.state != POLL_END)
        if (table_poll(table, 100, &poll) != STATUS_OK)
            return table->err.message;
    return text_cstr(&table->text);
}

Batch *table_batch(Table *table, const char *json_lines, Codec **codec)
{
    Text columns = TEXT_EMPTY;
    for (int32_t i = 0; i < table->spec.column_count; i++) {
        text_printf(&columns, "%s%.*s ", i ? "," : "", STR_FMT(table->spec.columns[i].name));
        Str type = type_text(table->arena, table->spec.columns[i].type);
        for (int64_t k = 0; k < type.len; k++)
            if (type.ptr[k] != '`')
                text_put(&columns, type.ptr[k]);
    }
    *codec = codec_open("json", text_cstr(&columns), "");
    codec_lines(*codec, json_lines);
    ck_assert_str_eq((*codec)->err.message, "");
    text_free(&columns);
    return (*codec)->batch;
}

static Status write_batch(Table *table, const SinkType *type, const Batch *batch)
{
    bool done = false;
    for (int64_t at = 0, taken = 0; at < batch->rows; at += taken)
        TRY(type->write(table->sink, batch, at, &taken, &table->err));
    while (!done)
        TRY(type->flush(table->sink, &done, &table->err));
    return type->finish ? type->finish(table->sink, &table->err) : STATUS_OK;
}

void table_save(Table *table, int32_t split_count, Text *out)
{
    Text name = TEXT_EMPTY, position = TEXT_EMPTY;
    text_clear(out);
    for (int32_t i = 0; i < split_count; i++) {
        text_clear(&name);
        text_clear(&position);
        table_connector_of(table)->source->save(table->source, i, &name, &position);
        text_printf(out, "%.*s: %.*s\n", STR_FMT(text_str(&name)), STR_FMT(text_str(&position)));
    }
    text_free(&name);
    text_free(&position);
}

Status table_load(Table *table, Str lines)
{
    SplitPosition *positions = arena_new(table->arena, SplitPosition, lines.len + 1);
    int32_t        count = 0;
    Str            line;
    while (str_split(&lines, '\n', &line)) {
        int64_t colon = str_find(line, ':');
        positions[count++] = (SplitPosition){ str_slice(line, 0, colon), str_slice(line, colon + 2, line.len) };
    }
    return table_connector_of(table)->source->load(table->source, positions, count, &table->err);
}

const char *table_write(Table *table, const char *json_lines)
{
    Codec          *codec;
    const SinkType *type = table_connector_of(table)->sink;
    Batch          *batch = table_batch(table, json_lines, &codec);
    if (type->open(&table->io, &table->sink, &table->err) == STATUS_OK)
        write_batch(table, type, batch);
    codec_close(codec);
    return table->err.message;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

const char *temp_directory(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/tidemark-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(path));
    return path;
}

void write_file(const char *directory, const char *name, const char *bytes)
{
    Error  err = ERROR_NONE;
    Arena *arena = arena_create();
    Str    path = arena_format(arena, "%s/%s", directory, name);
    int    fd;
    int64_t slash = path.len;
    while (path.ptr[slash - 1] != '/')
        slash--;
    ck_assert_int_eq(env_directory_create(str_slice(path, 0, slash - 1), &err), STATUS_OK);
    ck_assert_int_eq(env_file_open(path, ENV_CREATE, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, str_from(bytes), &err), STATUS_OK);
    env_file_close(fd);
    arena_destroy(arena);
}

typedef struct Lister {
    Arena      *arena;
    const char *directory;
    Text       *out;
} Lister;

static void list_one(void *context, Str name)
{
    Lister *lister = context;
    Error   err = ERROR_NONE;
    EnvStat stat;
    Str     path = arena_format(lister->arena, "%s/%.*s", lister->directory, STR_FMT(name));
    ck_assert(env_file_stat(path, &stat));
    if (stat.is_directory) {
        Lister inner = { lister->arena, path.ptr, lister->out };
        text_printf(lister->out, "%.*s/\n", STR_FMT(name));
        env_directory_list(path, list_one, &inner, &err);
        return;
    }
    bool is_part = str_starts_with(name, STR("part-"));
    text_printf(lister->out, "%.*s:\n", STR_FMT((is_part ? STR("part") : name)));
    env_file_read_all(path, 1 << 20, lister->out, &err);
}

void list_files(const char *directory, Text *out)
{
    Error  err = ERROR_NONE;
    Lister lister = { arena_create(), directory, out };
    env_directory_list(str_from(directory), list_one, &lister, &err);
    ck_assert_str_eq(err.message, "");
    arena_destroy(lister.arena);
}
