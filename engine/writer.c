/* writer.c: rows from the program into a push table. Rows given one by one as texts are gathered in columns of text, and cast to the
 * table's types when they are handed on. */
#include "engine/engine.h"

#include "connectors/push/push.h"
#include "data/cast.h"
#include "engine/arrow.h"

#define WRITER_ROWS_MAX BATCH_ROWS

struct tide_writer {
    tide_session *session;
    Arena        *arena;
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
    tide_writer *writer = arena_new(arena, tide_writer, 1);
    writer->session = session;
    writer->arena = arena;
    writer->zone = zone;
    writer->has_watermark = found->watermark_column.ptr != NULL;
    take_fields(writer, found);
    const ConnectorHost *host = &session->engine->host;
    Str path = catalog_path_text(arena, (CatalogPath){ found->catalog, found->database, found->name });
    writer->channel = host->push_channel(host->state, path);
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
    writer->ready = batch;
    return STATUS_OK;
}

static Status hand_on(tide_writer *writer, int64_t timeout_ms, Error *err)
{
    if (!writer->ready && writer->texts) {
        Status status = cast_texts(writer, err);
        batch_release(writer->texts);
        writer->texts = NULL;
        TRY(status);
    }
    if (!writer->ready)
        return STATUS_OK;
    TRY(push_send(writer->channel, writer->ready, timeout_ms, err));
    writer->ready = NULL;
    return STATUS_OK;
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

void tide_writer_close(tide_writer *writer)
{
    if (!writer)
        return;
    Error ignored = ERROR_NONE;
    hand_on(writer, -1, &ignored);
    push_end(writer->channel);
    if (writer->ready)
        batch_release(writer->ready);
    arena_destroy(writer->arena);
}
