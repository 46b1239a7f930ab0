/* nexmark_floor.c: what no query over the nexmark table can be faster than: the same events made, the same fields of them, and every value
 * read once, without an engine.
 *
 *     bench_nexmark_floor EVENTS RATE COLUMN[.FIELD]...      20000000 10000000 event_type bid.price bid.dateTime
 *
 * Prints CPU seconds and a checksum, so that nothing can be left out. */
#include "connectors/blackhole/checksum.h"
#include "connectors/connector.h"
#include "connectors/nexmark/nexmark_field.h"
#include "core/text.h"

#include <stdio.h>
#include <time.h>

typedef struct Wanted {
    Arena       *arena;
    TableColumn *columns;
    FieldSet    *fields;
    int32_t     *indexes;
    int32_t      count;
} Wanted;

static const Type *row_type(Arena *arena, NexmarkKind kind)
{
    int32_t count = 0;
    while (nexmark_fields[kind][count].name)
        count++;
    Field *fields = arena_new(arena, Field, count);
    for (int32_t i = 0; i < count; i++)
        fields[i] = (Field){ .name = str_from(nexmark_fields[kind][i].name), .type = nexmark_fields[kind][i].type };
    return type_row(arena, fields, count, true);
}

static NexmarkKind kind_named(Str name)
{
    NexmarkKind kind = NEXMARK_PERSON;
    while (kind < NEXMARK_KINDS && !str_is(name, nexmark_columns[kind]))
        kind++;
    return kind;
}

static int32_t column_named(Wanted *wanted, Str name)
{
    for (int32_t i = 0; i < wanted->count; i++)
        if (str_eq(wanted->columns[i].name, name))
            return i;
    NexmarkKind kind = kind_named(name);
    wanted->columns[wanted->count] = (TableColumn){
        .name = name, .type = kind < NEXMARK_KINDS ? row_type(wanted->arena, kind) : &type_int
    };
    wanted->indexes[wanted->count] = wanted->count;
    return wanted->count++;
}

static bool want(Wanted *wanted, Str path)
{
    Str name, field;
    if (!str_split(&path, '.', &name))
        return false;
    int32_t column = column_named(wanted, name);
    if (!str_split(&path, '.', &field))
        return true;
    const Type *type = wanted->columns[column].type;
    for (int32_t i = 0; i < type->field_count; i++) {
        if (!str_eq(type->fields[i].name, field))
            continue;
        wanted->fields[column] |= (FieldSet)1 << i;
        return true;
    }
    return false;
}

/* Fields as columns of their own, NULL where the event is of another kind. */
static void checksum_fields(const Wanted *wanted, const Batch *batch, Column *flat, Checksum *checksum)
{
    Batch view = { .rows = batch->rows, .columns = flat };
    for (int32_t c = 0; c < wanted->count; c++) {
        const Column *column = &batch->columns[c];
        if (column->type->kind != TYPE_ROW)
            flat[view.column_count++] = *column;
        for (int32_t f = 0; column->type->kind == TYPE_ROW && f < column->type->field_count; f++) {
            if (!field_is_wanted(wanted->fields[c], f))
                continue;
            flat[view.column_count] = column->children[f];
            flat[view.column_count++].valid = column->valid;
        }
    }
    checksum_add(checksum, &view, 0);
}

static int run(const IoSpec *spec, const Wanted *wanted)
{
    const SourceType *type = connector_find(STR("nexmark"))->source;
    Checksum          checksum = { 0 };
    Column            flat[64];
    Source           *source;
    Error             err = ERROR_NONE;
    Poll              poll = { .state = POLL_ROWS };
    int64_t           rows = 0;
    Status            status = type->open(spec, &source, &err);
    while (status == STATUS_OK && poll.state != POLL_END) {
        Batch *batch = batch_create(wanted->count);
        status = type->poll(source, BATCH_ROWS, batch, &poll, &err);
        if (status == STATUS_OK && batch->rows > 0)
            checksum_fields(wanted, batch, flat, &checksum);
        rows += batch->rows;
        batch_release(batch);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    type->close(source);
    printf("%lld events, %.3f s CPU, checksum %016llx\n", (long long)rows, (double)clock() / CLOCKS_PER_SEC,
           (unsigned long long)checksum.sum);
    checksum_free(&checksum);
    return 0;
}

int main(int argc, char **argv)
{
    Arena     *arena = arena_create();
    IoCounters counters = { 0 };
    Wanted     wanted = { .arena = arena };
    wanted.columns = arena_new(arena, TableColumn, argc);
    wanted.fields = arena_new(arena, FieldSet, argc);
    wanted.indexes = arena_new(arena, int32_t, argc);
    bool is_good = argc > 3;
    for (int i = 3; i < argc; i++)
        is_good &= want(&wanted, str_from(argv[i]));
    if (!is_good) {
        fprintf(stderr, "usage: bench_nexmark_floor EVENTS RATE COLUMN[.FIELD]...\n");
        return 2;
    }
    Map *options = map_create(arena);
    map_put_str(options, STR("events.num"), str_from(argv[1]));
    map_put_str(options, STR("first-event.rate"), str_from(argv[2]));
    TableSpec table = { .path = STR("events"), .name = STR("events"), .columns = wanted.columns, .column_count = wanted.count, .options = options };
    IoSpec    spec = { .table = &table, .arena = arena, .columns = wanted.indexes, .column_count = wanted.count, .fields = wanted.fields,
                       .task_count = 1, .clock = &env_clock, .zone = zone_utc, .counters = &counters, .rowtime = -1 };
    int       status = run(&spec, &wanted);
    arena_destroy(arena);
    return status;
}
