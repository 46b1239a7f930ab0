/* writer.c: rows from the program into a push table. Rows given one by one as texts are gathered in columns of text, and cast to the
 * table's types when they are handed on. */
#include "engine/engine.h"

#include "connectors/push/push.h"
#include "data/cast.h"
#include "engine/arrow.h"

#define WRITER_ROWS_MAX BATCH_ROWS

struct tide_writer {
    Arena        *arena;
    SessionMemory *memory; /* the zone and the channel live there */
    PushEntry    *entry;
    PushChannel  *channel;
    const Field  *fields; /* physical columns of the table */
    int32_t       field_count;
    const Zone   *zone;
    Batch        *texts;  /* STRING columns of gathered rows; NULL = none */
    Batch        *ready;  /* cast, waiting for room in the channel */
    bool          has_watermark; /* the table declares one */
};

static tide_status report(Error *error, tide_error **err)
{
    return error_public(error, STR_EMPTY, STR_EMPTY, err);
}

static Status find_table(tide_session *session, const char *name, CatalogTable **out, Error *err)
{
    Arena *scratch = arena_create();
    Text query = TEXT_EMPTY;
    text_printf(&query, "TABLE %s", name);
    Query *parsed;
    Status status = parse_query(scratch, text_str(&query), &parsed, err);
    if (status == STATUS_OK && parsed->kind != QUERY_TABLE)
        status = error_set(err, STATUS_MISUSE, SPAN_NONE, "expected the name of a table, found \"%s\"", name);
    if (status == STATUS_OK)
        status = catalog_get_table(session->catalog, parsed->table, out, err);
    text_free(&query);
    arena_destroy(scratch);
    if (status == STATUS_OK && !str_is(map_get_str((*out)->options, STR("connector")), "push"))
        status = error_set(err, STATUS_MISUSE, SPAN_NONE, "table %s is not WITH ('connector' = 'push')", name);
    return status;
}

static void take_fields(tide_writer *writer, const CatalogTable *table)
{
    Field *fields = arena_new(writer->arena, Field, table->column_count);
    for (int32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].kind == CATALOG_PHYSICAL)
            fields[writer->field_count++] = (Field){ .name = arena_str(writer->arena, table->columns[i].name),
                                                     .type = type_copy(writer->arena, table->columns[i].type) };
    writer->fields = fields;
}

tide_status tide_writer_open(tide_session *session, const char *table, tide_writer **out, tide_error **err)
{
    Error error = ERROR_NONE;
    CatalogTable *found;
    const Zone *zone;
    if (find_table(session, table, &found, &error) != STATUS_OK || session_zone(session, &zone, &error) != STATUS_OK)
        return report(&error, err);
    Arena *arena = arena_create();
    Str path = catalog_path_text(arena, (CatalogPath){ found->catalog, found->database, found->name });
    PushEntry *entry = session_channel(session->memory, path);
    if (entry->has_writer) {
        arena_destroy(arena);
        error_set(&error, STATUS_MISUSE, SPAN_NONE, "table %s has a writer already", table);
        return report(&error, err);
    }
    tide_writer *writer = arena_new(arena, tide_writer, 1);
    writer->arena = arena;
    writer->memory = session->memory;
    session_memory_hold(writer->memory);
    writer->entry = entry;
    writer->channel = entry->channel;
    entry->has_writer = true;
    writer->zone = zone;
    writer->has_watermark = found->watermark_column.ptr != NULL;
    take_fields(writer, found);
    *out = writer;
    return TIDE_OK;
}

/* ---- rows as texts ------------------------------------------------------------------------------------------------------ */

static Batch *texts_create(const tide_writer *writer)
{
    Batch *batch = batch_create(writer->field_count);
    for (int32_t i = 0; i < writer->field_count; i++) {
        column_init(&batch->columns[i], batch->buf, &type_string, WRITER_ROWS_MAX);
        column_need_valid(&batch->columns[i], batch->buf, WRITER_ROWS_MAX);
    }
    batch->kinds = buf_zalloc(batch->buf, WRITER_ROWS_MAX);
    return batch;
}

/* Queries rely on it: what reads a NOT NULL column does not look for NULLs. */
static Status check_not_null(const tide_writer *writer, const Batch *batch, Error *err)
{
    for (int32_t i = 0; i < writer->field_count; i++) {
        if (writer->fields[i].type->nullable)
            continue;
        for (int64_t row = 0; row < batch->rows; row++)
            if (column_is_null(&batch->columns[i], row))
                return error_set(err, STATUS_DATA, SPAN_NONE, "column `%.*s`: NULL in a column that is NOT NULL",
                                 STR_FMT(writer->fields[i].name));
    }
    return STATUS_OK;
}

/* Gathered texts to a batch of the table's types. */
static Status cast_texts(tide_writer *writer, Error *err)
{
    Batch *texts = writer->texts;
    Batch *batch = batch_create(writer->field_count);
    CastContext cast = { .buf = batch->buf, .zone = writer->zone };
    batch->rows = texts->rows;
    batch_hold_all(batch, texts);
    batch_hold(batch, texts->buf);
    batch->kinds = buf_alloc(batch->buf, texts->rows + 1);
    memcpy(batch->kinds, texts->kinds, (size_t)texts->rows);
    for (int32_t i = 0; i < writer->field_count; i++) {
        if (column_cast(&cast, &texts->columns[i], texts->rows, writer->fields[i].type, &batch->columns[i], err) != STATUS_OK) {
            batch_release(batch);
            return error_prefix(err, "column `%.*s`: ", STR_FMT(writer->fields[i].name));
        }
    }
    if (check_not_null(writer, batch, err) != STATUS_OK) {
        batch_release(batch);
        return err->status;
    }
    writer->ready = batch;
    return STATUS_OK;
}

/* What waits goes first: it was gathered before. */
static Status send_ready(tide_writer *writer, int64_t timeout_ms, Error *err)
{
    if (!writer->ready)
        return STATUS_OK;
    TRY(push_send(writer->channel, writer->ready, timeout_ms, err));
    writer->ready = NULL;
    return STATUS_OK;
}

static Status hand_on(tide_writer *writer, int64_t timeout_ms, Error *err)
{
    TRY(send_ready(writer, timeout_ms, err));
    if (!writer->texts)
        return STATUS_OK;
    Status status = cast_texts(writer, err);
    batch_release(writer->texts);
    writer->texts = NULL;
    TRY(status);
    return send_ready(writer, timeout_ms, err);
}

tide_status tide_writer_row(tide_writer *writer, tide_op op, const char *const *values, int32_t count, tide_error **err)
{
    Error error = ERROR_NONE;
    if (count != writer->field_count) {
        error_set(&error, STATUS_MISUSE, SPAN_NONE, "expected %d values, found %d", writer->field_count, count);
        return report(&error, err);
    }
    if (writer->texts && writer->texts->rows == WRITER_ROWS_MAX && hand_on(writer, -1, &error) != STATUS_OK)
        return report(&error, err);
    if (!writer->texts)
        writer->texts = texts_create(writer);
    Batch *texts = writer->texts;
    for (int32_t i = 0; i < count; i++) {
        texts->columns[i].valid[texts->rows] = values[i] != NULL;
        COLUMN_DATA(&texts->columns[i], View)[texts->rows] = view_copy(texts->buf, values[i] ? str_from(values[i]) : STR_EMPTY);
    }
    texts->kinds[texts->rows++] = (uint8_t)op;
    return TIDE_OK;
}

tide_status tide_writer_batch(tide_writer *writer, struct ArrowArray *rows, const struct ArrowSchema *schema, tide_error **err)
{
    Error error = ERROR_NONE;
    Batch *batch = batch_create(writer->field_count);
    if (hand_on(writer, -1, &error) != STATUS_OK
        || arrow_import_batch(rows, schema, writer->fields, writer->field_count, batch, &error) != STATUS_OK
        || check_not_null(writer, batch, &error) != STATUS_OK
        || push_send(writer->channel, batch, -1, &error) != STATUS_OK) {
        batch_release(batch);
        return report(&error, err);
    }
    rows->release(rows);
    return TIDE_OK;
}

tide_status tide_writer_watermark(tide_writer *writer, int64_t watermark_ms, tide_error **err)
{
    Error error = ERROR_NONE;
    if (writer->has_watermark)
        error_set(&error, STATUS_MISUSE, SPAN_NONE, "the table declares WATERMARK FOR: its rows say how far event time has come");
    else if (hand_on(writer, -1, &error) == STATUS_OK)
        push_watermark(writer->channel, watermark_ms, -1, &error);
    return error.status == STATUS_OK ? TIDE_OK : report(&error, err);
}

tide_status tide_writer_flush(tide_writer *writer, int64_t timeout_ms, tide_error **err)
{
    Error error = ERROR_NONE;
    return hand_on(writer, timeout_ms, &error) == STATUS_OK ? TIDE_OK : report(&error, err);
}

/* Waits for room as long as somebody reads; bad texts cannot be reported any more. */
static void hand_on_last(tide_writer *writer)
{
    enum { LOOK_MS = 50 };
    Status status;
    do {
        Error ignored = ERROR_NONE;
        status = hand_on(writer, LOOK_MS, &ignored);
    } while (status == STATUS_TIMEOUT && push_has_reader(writer->channel));
}

void tide_writer_close(tide_writer *writer)
{
    if (!writer)
        return;
    hand_on_last(writer);
    push_end(writer->channel);
    writer->entry->has_writer = false;
    if (writer->ready)
        batch_release(writer->ready);
    if (writer->texts)
        batch_release(writer->texts);
    session_memory_release(writer->memory);
    arena_destroy(writer->arena);
}
