/* jdbc_sink.c: rows into chunks, chunks to the writer's thread.
 *
 * A chunk is due when it has sink.buffer-flush.max-rows rows or is sink.buffer-flush.interval old. While the database is busy with
 * others it goes on growing, up to its maximum: so a slow database gets larger transactions, not more of them. Behind that, the sink
 * takes no more rows.
 *
 * The first thing that the writer is asked for is the table's columns as the database has them. Rows are held against them (jdbc_judge.h) before
 * they enter a chunk; none is taken before they are known.
 *
 * Exactly once: the chunk being filled is the epoch. It is sealed at a barrier and goes to the writer, with the epoch's number, when the
 * checkpoint is durable. It is in memory and in the checkpoint until then, so a large one asks for an early checkpoint. */
#include "connectors/jdbc/jdbc_sink.h"

#include "connectors/jdbc/jdbc_connection.h"
#include "connectors/jdbc/jdbc_judge.h"
#include "connectors/jdbc/jdbc_writer.h"

enum { IN_FLIGHT_MAX = 2, JUDGED_ROWS = 64, EPOCH_SIZE_HURRY = 32 << 20, EPOCH_SIZE_MAX = 256 << 20 };

typedef struct JdbcSink {
    const IoSpec *spec;
    JdbcOptions   options;
    JdbcLayout    layout;
    JdbcWriter   *writer;
    JdbcColumns   columns; /* the writer's while it reads them */
    JdbcJudge     judge;
    bool          has_columns, has_judge;
    const JdbcCheck *refused_by; /* of the row that write refused last; NULL: no column's */
    JdbcChunk    *open;  /* being filled */
    JdbcChunk    *spare[IN_FLIGHT_MAX + 1];
    int32_t       spare_count;
    int32_t       in_flight; /* chunks at the writer */
    int64_t       in_flight_rows;
    /* exactly once */
    JdbcChunk    *sealed; /* not given to the writer yet */
    int64_t       held;   /* the epoch that the database holds */
    int64_t       asked;  /* what was given to the writer: an epoch, RECOVERY, or 0 */
} JdbcSink;

enum { RECOVERY = -1 };

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

static JdbcChunk *empty_chunk(JdbcSink *sink)
{
    return sink->spare_count > 0 ? sink->spare[--sink->spare_count] : jdbc_chunk_create();
}

/* false: the writer has enough. */
static bool give(JdbcSink *sink, JdbcChunk *chunk)
{
    if (sink->in_flight == IN_FLIGHT_MAX || !jdbc_writer_push(sink->writer, chunk))
        return false;
    sink->in_flight++;
    sink->in_flight_rows += chunk->count;
    return true;
}

static void send(JdbcSink *sink)
{
    if (give(sink, sink->open))
        sink->open = empty_chunk(sink);
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
        sink->has_columns |= chunk->columns != NULL;
        if (chunk->recovery || chunk->epoch > 0)
            sink->held = chunk->recovery ? chunk->held : chunk->epoch;
        jdbc_chunk_clear(chunk);
        if (sink->spare_count < IN_FLIGHT_MAX + 1)
            sink->spare[sink->spare_count++] = chunk;
        else
            jdbc_chunk_free(chunk);
    }
    io_set(&sink->spec->counters->pending, sink->in_flight_rows + sink->open->count);
    return STATUS_OK;
}

/* Rows can be judged once the columns are known. */
static Status get_ready(JdbcSink *sink, Error *err)
{
    TRY(take_back(sink, err));
    if (sink->has_judge || !sink->has_columns)
        return STATUS_OK;
    TRY(jdbc_judge_create(&sink->layout, &sink->columns, sink->spec->arena, &sink->judge, err));
    sink->has_judge = true;
    return STATUS_OK;
}

static Status serve(JdbcSink *sink, Error *err)
{
    TRY(take_back(sink, err));
    if (!sink->options.is_exactly_once && (has_enough(sink) || is_old(sink)))
        send(sink);
    return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Does the open chunk take another row? */
static bool has_room(JdbcSink *sink)
{
    if (sink->options.is_exactly_once)
        return sink->open->text.len < EPOCH_SIZE_MAX;
    if (has_enough(sink))
        send(sink);
    return !jdbc_chunk_is_full(sink->open);
}

static Status add_row(JdbcSink *sink, const Batch *batch, int64_t row, Error *err)
{
    if (sink->open->count == 0)
        sink->open->born_ms = now_ms(sink);
    return jdbc_chunk_add(sink->open, &sink->layout, batch, row, err);
}

/* A few rows are judged, then added. */
static Status add_rows(JdbcSink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    int64_t judged = start, good = start;
    for (int64_t row = start; row < batch->rows && sink->has_judge && has_room(sink); row++, ++*taken) {
        if (row == judged) {
            judged = batch->rows - row > JUDGED_ROWS ? row + JUDGED_ROWS : batch->rows;
            good = jdbc_judge_find(&sink->judge, batch, row, judged, &sink->refused_by);
        }
        if (row == good && good < judged)
            return jdbc_judge_refuse(&sink->judge, batch, row, sink->refused_by, err);
        TRY(add_row(sink, batch, row, err));
    }
    return STATUS_OK;
}

static void hurry_if_large(const JdbcSink *sink)
{
    if (sink->options.is_exactly_once && sink->open->text.len > EPOCH_SIZE_HURRY && sink->spec->hurry)
        sink->spec->hurry(sink->spec->hurry_context);
}

/* ---- the contract ------------------------------------------------------------------------------------------------ */

static Status check_epochs(const JdbcSink *sink, Error *err)
{
    const TableSpec *table = sink->spec->table;
    if (!sink->options.is_exactly_once || sink->spec->has_epochs)
        return STATUS_OK;
    error_set(err, STATUS_OPTION, table->span, "table %.*s: 'exactly-once' needs checkpoints, and this job takes none",
              STR_FMT(table->path));
    return error_hint(err, "give a state directory: --state-dir DIR");
}

static void ask_for_columns(JdbcSink *sink)
{
    JdbcChunk *chunk = empty_chunk(sink);
    chunk->columns = &sink->columns;
    give(sink, chunk);
}

static Status sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    JdbcSink *sink = arena_new(spec->arena, JdbcSink, 1);
    sink->spec = spec;
    TRY(jdbc_options_read(spec->table, spec->arena, &sink->options, err));
    TRY(check_epochs(sink, err));
    jdbc_layout_create(spec, &sink->options, &sink->layout);
    jdbc_tell_unknown(spec, &sink->options);
    *out = (Sink *)sink;
    sink->open = jdbc_chunk_create();
    sink->columns.arena = arena_create();
    TRY(jdbc_writer_start(spec, &sink->options, &sink->layout, &sink->writer, err));
    ask_for_columns(sink);
    return STATUS_OK;
}

static Status sink_write(Sink *opened, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    int64_t   bytes = sink->open->text.len;
    *taken = 0;
    sink->refused_by = NULL;
    TRY(get_ready(sink, err));
    Status status = add_rows(sink, batch, start, taken, err);
    hurry_if_large(sink);
    io_add(&sink->spec->counters->rows, *taken);
    if (sink->open->text.len > bytes)
        io_add(&sink->spec->counters->bytes, sink->open->text.len - bytes);
    return status != STATUS_OK ? status : serve(sink, err);
}

static Str sink_refused_column(const Sink *opened)
{
    const JdbcCheck *check = ((const JdbcSink *)opened)->refused_by;
    return check ? check->target->name : (Str){ NULL, 0 };
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
    arena_destroy(sink->columns.arena);
    sink->columns.arena = NULL;
    jdbc_chunk_free(sink->open);
    jdbc_chunk_free(sink->sealed);
    sink->open = sink->sealed = NULL;
    while (sink->spare_count > 0)
        jdbc_chunk_free(sink->spare[--sink->spare_count]);
}

/* ---- epochs ------------------------------------------------------------------------------------------------------ */

/* Is what was asked of the writer done? */
static Status await(JdbcSink *sink, bool *done, Error *err)
{
    TRY(take_back(sink, err));
    *done = sink->in_flight == 0;
    if (*done)
        sink->asked = 0;
    return STATUS_OK;
}

static Status sink_recover(Sink *opened, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    *done = false;
    if (sink->asked == 0) {
        JdbcChunk *chunk = empty_chunk(sink);
        chunk->recovery = recovery;
        give(sink, chunk); /* the first thing that the writer gets */
        sink->asked = RECOVERY;
        return STATUS_OK;
    }
    TRY(await(sink, done, err));
    *held = sink->held;
    return STATUS_OK;
}

static Status sink_seal(Sink *opened, int64_t epoch, Text *out, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    (void)err;
    if (sink->open->count == 0)
        return STATUS_OK;
    jdbc_chunk_encode(sink->open, &sink->layout, out);
    sink->sealed = sink->open;
    sink->sealed->epoch = epoch;
    sink->sealed->epoch_before = sink->held;
    sink->sealed->instance = sink->spec->task_index;
    sink->open = empty_chunk(sink);
    return STATUS_OK;
}

static Status sink_commit(Sink *opened, int64_t epoch, bool *done, Error *err)
{
    JdbcSink *sink = (JdbcSink *)opened;
    *done = false;
    if (sink->asked == 0) {
        give(sink, sink->sealed);
        sink->sealed = NULL;
        sink->asked = epoch;
    }
    return await(sink, done, err);
}

static SinkMode sink_mode(const TableSpec *table)
{
    return table->primary_key_count > 0 ? SINK_UPSERT : SINK_APPEND;
}

const SinkType jdbc_sink = {
    .open = sink_open,
    .write = sink_write,
    .refused_column = sink_refused_column,
    .flush = sink_flush,
    .close = sink_close,
    .mode = sink_mode,
    .tick = sink_tick,
    .is_exactly_once = jdbc_options_are_exactly_once,
    .recover = sink_recover,
    .saves_columns = true,
    .seal = sink_seal,
    .commit = sink_commit,
};
