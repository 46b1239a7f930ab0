/* jdbc_sink.c: rows into chunks, chunks to the writer's thread.
 *
 * A chunk is due when it has sink.buffer-flush.max-rows rows or is sink.buffer-flush.interval old. While the database is busy with
 * others it goes on growing, up to its maximum: so a slow database gets larger transactions, not more of them. Behind that, the sink
 * takes no more rows. */
#include "connectors/jdbc/jdbc_sink.h"

#include "connectors/jdbc/jdbc_connection.h"
#include "connectors/jdbc/jdbc_writer.h"

enum { IN_FLIGHT_MAX = 2 };

typedef struct JdbcSink {
    const IoSpec *spec;
    JdbcOptions   options;
    JdbcLayout    layout;
    JdbcWriter   *writer;
    JdbcChunk    *open;  /* being filled */
    JdbcChunk    *spare[IN_FLIGHT_MAX + 1];
    int32_t       spare_count;
    int32_t       in_flight; /* chunks at the writer */
    int64_t       in_flight_rows;
} JdbcSink;

/* ---- chunks ------------------------------------------------------------------------------------------------------ */

static int64_t now_ms(const JdbcSink *sink)
{
    return clock_monotonic_ns(sink->spec->clock) / 1000000;
}

static bool has_enough(const JdbcSink *sink)
{
    int64_t enough = sink->options.flush_rows;
    return (enough > 0 && sink->open->count >= enough) || jdbc_chunk_is_full(sink->open);
}

static bool is_old(const JdbcSink *sink)
{
    int64_t old_ms = sink->options.flush_ms;
    return old_ms > 0 && sink->open->count > 0 && now_ms(sink) - sink->open->born_ms >= old_ms;
}

static void send(JdbcSink *sink)
{
    if (sink->in_flight == IN_FLIGHT_MAX || !jdbc_writer_push(sink->writer, sink->open))
        return;
    sink->in_flight++;
    sink->in_flight_rows += sink->open->count;
    sink->open = sink->spare_count > 0 ? sink->spare[--sink->spare_count] : jdbc_chunk_create();
}

/* What the writer is done with. */
static Status take_back(JdbcSink *sink, Error *err)
{
    for (JdbcChunk *chunk = jdbc_writer_take(sink->writer); chunk; chunk = jdbc_writer_take(sink->writer)) {
        sink->in_flight--;
        sink->in_flight_rows -= chunk->count;
        if (chunk->error.status != STATUS_OK) {
            *err = chunk->error;
            jdbc_chunk_free(chunk);
            return err->status;
        }
        jdbc_chunk_clear(chunk);
        sink->spare[sink->spare_count++] = chunk;
    }
    io_set(&sink->spec->counters->pending, sink->in_flight_rows + sink->open->count);
    return STATUS_OK;
}

static Status serve(JdbcSink *sink, Error *err)
{
    TRY(take_back(sink, err));
    if (has_enough(sink) || is_old(sink))
        send(sink);
    return STATUS_OK;
}

/* ---- the contract ------------------------------------------------------------------------------------------------ */

static Status sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    JdbcSink *sink = arena_new(spec->arena, JdbcSink, 1);
    sink->spec = spec;
    TRY(jdbc_options_read(spec->table, spec->arena, &sink->options, err));
    jdbc_layout_create(spec, &sink->options, &sink->layout);
    jdbc_tell_unknown(spec, &sink->options);
    sink->open = jdbc_chunk_create();
    *out = (Sink *)sink;
    return jdbc_writer_start(spec, &sink->options, &sink->layout, &sink->writer, err);
}

static Status add_rows(JdbcSink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    for (int64_t row = start; row < batch->rows; row++, ++*taken) {
        if (has_enough(sink))
            send(sink);
        if (jdbc_chunk_is_full(sink->open))
            return STATUS_OK;
        if (sink->open->count == 0)
            sink->open->born_ms = now_ms(sink);
        TRY(jdbc_chunk_add(sink->open, &sink->layout, batch, row, err));
    }
    return STATUS_OK;
}

static Status sink_write(Sink *opened, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    int64_t   bytes = sink->open->text.len;
    *taken = 0;
    TRY(take_back(sink, err));
    TRY(add_rows(sink, batch, start, taken, err));
    io_add(&sink->spec->counters->rows, *taken);
    if (sink->open->text.len > bytes)
        io_add(&sink->spec->counters->bytes, sink->open->text.len - bytes);
    return serve(sink, err);
}

static Status sink_flush(Sink *opened, bool *done, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    TRY(take_back(sink, err));
    if (sink->open->count > 0)
        send(sink);
    *done = sink->open->count == 0 && sink->in_flight == 0;
    return STATUS_OK;
}

static Status sink_tick(Sink *opened, int64_t at_ms, Error *err)
{
    (void)at_ms;
    return serve((JdbcSink *)opened, err);
}

static void sink_close(Sink *opened)
{
    JdbcSink *sink = (JdbcSink *)opened;
    jdbc_writer_stop(sink->writer);
    sink->writer = NULL;
    jdbc_chunk_free(sink->open);
    sink->open = NULL;
    while (sink->spare_count > 0)
        jdbc_chunk_free(sink->spare[--sink->spare_count]);
}

static SinkMode sink_mode(const TableSpec *table)
{
    return table->primary_key_count > 0 ? SINK_UPSERT : SINK_APPEND;
}

const SinkType jdbc_sink = {
    .open = sink_open,
    .write = sink_write,
    .flush = sink_flush,
    .close = sink_close,
    .mode = sink_mode,
    .tick = sink_tick,
};
