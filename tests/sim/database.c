/* database.c: see database.h. */
#include "tests/sim/database.h"

#include "core/bytes.h"

typedef struct EpochRow {
    int64_t epoch, owner;
    Owner   claim; /* the owner's */
} EpochRow;

struct Database {
    Arena *arena;
    Check *check;
    Map   *epochs; /* "table/instance" -> EpochRow */
};

Database *database;

void database_start(Check *check)
{
    Arena *arena = arena_create();
    database = arena_new(arena, Database, 1);
    *database = (Database){ .arena = arena, .check = check, .epochs = map_create(arena) };
}

void database_end(void)
{
    arena_destroy(database->arena);
    database = NULL;
}

static EpochRow *find_row(Str table, int32_t instance)
{
    Text name = TEXT_EMPTY;
    text_printf(&name, "%.*s/%d", STR_FMT(table), instance);
    EpochRow *row = map_get(database->epochs, text_str(&name));
    if (!row) {
        row = arena_new(database->arena, EpochRow, 1);
        map_put(database->epochs, text_str(&name), row);
    }
    text_free(&name);
    return row;
}

static int64_t newest_of(Str table)
{
    int64_t newest = 0;
    for (int64_t i = 0; i < database->epochs->count; i++) {
        const EpochRow *row = database->epochs->entries[i].value;
        Str             key = database->epochs->entries[i].key;
        if (str_starts_with(key, table) && key.ptr[table.len] == '/' && row->epoch > newest)
            newest = row->epoch;
    }
    return newest;
}

static void write_rows(const DatabaseCall *call)
{
    const char *cursor = call->rows.ptr, *end = cursor + call->rows.len;
    Str         key, value;
    while (decode_str(&cursor, end, &key) && decode_str(&cursor, end, &value)) {
        trace("%.*s shows %.*s", STR_FMT(call->table), STR_FMT(shortened(value)));
        check_row(database->check, call->table, key, value);
    }
}

static Answer commit(const DatabaseCall *call, EpochRow *row)
{
    bool is_unchecked = machine->knob == KNOB_NO_FENCE || machine->knob == KNOB_MARKER_APART;
    bool is_ours = row->owner == call->owner;
    if (is_ours && row->epoch == call->to && !is_unchecked)
        return ANSWER_OK;
    if ((!is_ours || row->epoch != call->from) && !is_unchecked)
        return ANSWER_REFUSED;
    write_rows(call);
    row->epoch = call->to;
    return ANSWER_OK;
}

static Answer serve(Call *base)
{
    DatabaseCall *call = (DatabaseCall *)base;
    EpochRow     *row = find_row(call->table, call->instance);
    if (call->kind == DATABASE_COMMIT)
        return commit(call, row);
    row->owner = call->owner;
    owner_claim(&row->claim, &call->call);
    call->held = row->epoch;
    call->newest = newest_of(call->table);
    return ANSWER_OK;
}

DatabaseCall *database_send(const DatabaseCall *call)
{
    DatabaseCall *sent = arena_new(network->arena, DatabaseCall, 1);
    *sent = *call;
    sent->rows = arena_str(network->arena, call->rows);
    sent->table = arena_str(network->arena, call->table);
    sent->call.serve = serve;
    sent->call.what = call->kind == DATABASE_CLAIM ? "claim" : "commit of rows";
    network_send(&sent->call);
    return sent;
}
