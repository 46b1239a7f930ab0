/* jdbc_writer.c: the thread.
 *
 *   chunk:        connect unless connected; one transaction; again when a deadlock, a lock wait or a lost connection ended it
 *   transaction:  [the epoch's row is set], DELETE ... WHERE key IN (...), INSERT ... VALUES (...), (...), COMMIT
 *   recover:      the rows of our instances are claimed, so that older owners are shut out; epochs that the database lacks are written
 *
 * Deletes stand first: keys of one chunk differ, and a deleted row may free a value of another unique index. A statement has up to
 * STATEMENT_ROWS rows (more gain nothing: 10,000 were slower than 1,000 in every run) and stays far below any server's
 * max_allowed_packet. When a connection is lost in a COMMIT nobody knows whether it happened; the chunk is sent again: without a key
 * its rows may then be there twice.
 *
 * An error about data names its row: the rows of the failed transaction are tried one by one until one fails, and all is rolled
 * back. */
#include "connectors/jdbc/jdbc_writer.h"

#include "connectors/jdbc/jdbc_epochs.h"
#include "core/queue.h"

enum {
    CHUNKS_MAX = 2, /* one that is being written, one that waits */
    STATEMENT_ROWS = 1000,
    STATEMENT_SIZE = 512 * 1024,
    PAUSE_FIRST_MS = 100,
    PAUSE_MAX_MS = 3000,
    SHOWN_SIZE_MAX = 200,
};

struct JdbcWriter {
    const IoSpec      *spec;
    const JdbcOptions *options;
    const JdbcLayout  *layout;
    JdbcConnection     connection;
    JdbcEpochs         epochs;
    EnvThread         *thread;
    Queue             *work;
    Queue             *done;
    Text               sql;
};

/* ---- statements -------------------------------------------------------------------------------------------------- */

typedef enum Kind { DELETES, INSERTS } Kind;

static bool is_of_kind(const JdbcRow *row, Kind kind)
{
    return !row->is_replaced && (row->values_size == 0) == (kind == DELETES);
}

static void begin_statement(const JdbcWriter *writer, Kind kind, Text *sql)
{
    text_clear(sql);
    text_append(sql, kind == DELETES ? writer->layout->delete_head : writer->layout->insert_head);
}

static void put_row(const JdbcChunk *chunk, const JdbcRow *row, Kind kind, bool is_first, Text *sql)
{
    if (!is_first)
        text_put(sql, ',');
    text_append(sql, kind == DELETES ? jdbc_row_key(chunk, row) : jdbc_row_values(chunk, row));
}

static Status end_statement(JdbcWriter *writer, Kind kind, Text *sql, Error *err)
{
    text_append(sql, kind == DELETES ? STR(")") : writer->layout->insert_tail);
    return jdbc_connection_run(&writer->connection, text_str(sql), NULL, err);
}

static Status run_statements(JdbcWriter *writer, const JdbcChunk *chunk, Kind kind, Error *err)
{
    Text   *sql = &writer->sql;
    int64_t rows = 0;
    for (int64_t i = 0; i < chunk->count; i++) {
        const JdbcRow *row = &chunk->rows[i];
        if (!is_of_kind(row, kind))
            continue;
        if (rows == 0)
            begin_statement(writer, kind, sql);
        put_row(chunk, row, kind, rows == 0, sql);
        rows++;
        if (rows < STATEMENT_ROWS && sql->len < STATEMENT_SIZE)
            continue;
        TRY(end_statement(writer, kind, sql, err));
        rows = 0;
    }
    return rows > 0 ? end_statement(writer, kind, sql, err) : STATUS_OK;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

/* The whole of it: what is written is committed, and with it the number of its epoch. */
static Status run_transaction(JdbcWriter *writer, const JdbcChunk *chunk, Error *err)
{
    bool is_there = false;
    if (chunk->epoch > 0)
        TRY(jdbc_epochs_advance(&writer->epochs, chunk->instance, chunk->epoch_before, chunk->epoch, &is_there, err));
    if (is_there)
        return jdbc_connection_run(&writer->connection, STR("ROLLBACK"), NULL, err);
    TRY(run_statements(writer, chunk, DELETES, err));
    TRY(run_statements(writer, chunk, INSERTS, err));
    if (chunk->epoch > 0)
        env_step("jdbc.before_commit");
    TRY(jdbc_connection_run(&writer->connection, STR("COMMIT"), NULL, err));
    if (chunk->epoch > 0)
        env_step("jdbc.after_commit");
    return STATUS_OK;
}

static void roll_back(JdbcWriter *writer)
{
    Error ignored = ERROR_NONE;
    if (writer->connection.handle && jdbc_connection_run(&writer->connection, STR("ROLLBACK"), NULL, &ignored) != STATUS_OK)
        jdbc_connection_drop(&writer->connection);
}

/* ---- naming the row ---------------------------------------------------------------------------------------------- */

static Status run_row(JdbcWriter *writer, const JdbcChunk *chunk, const JdbcRow *row, Kind kind, Error *err)
{
    begin_statement(writer, kind, &writer->sql);
    put_row(chunk, row, kind, true, &writer->sql);
    return end_statement(writer, kind, &writer->sql, err);
}

/* The first row that fails by itself, with what the server says of it alone: its number in the statement means nothing. */
static const JdbcRow *find_bad_row(JdbcWriter *writer, const JdbcChunk *chunk, Error *err)
{
    for (Kind kind = DELETES; kind <= INSERTS; kind++) {
        for (int64_t i = 0; i < chunk->count; i++) {
            const JdbcRow *row = &chunk->rows[i];
            Error          alone = ERROR_NONE;
            if (!is_of_kind(row, kind) || run_row(writer, chunk, row, kind, &alone) == STATUS_OK)
                continue;
            if (writer->connection.trouble != JDBC_WRONG)
                return NULL;
            *err = alone;
            return row;
        }
    }
    return NULL;
}

static void hint_at_bad_row(const JdbcWriter *writer, Error *err)
{
    if (writer->options->is_exactly_once)
        error_hint(err, "only the server knows that, and the row is in the checkpoint: change the table in the database or what it holds, and "
                        "start the job again");
    else
        error_hint(err, "only the server knows that: change the table in the database or what it holds, or leave such rows out");
}

static void name_bad_row(JdbcWriter *writer, const JdbcChunk *chunk, Error *err)
{
    if (writer->connection.trouble != JDBC_WRONG || err->status != STATUS_DATA)
        return;
    roll_back(writer);
    const JdbcRow *row = find_bad_row(writer, chunk, err);
    roll_back(writer);
    if (!row)
        return;
    bool has_key = row->key_size > 0;
    Str  shown = has_key ? jdbc_row_key(chunk, row) : jdbc_row_values(chunk, row);
    bool is_long = shown.len > SHOWN_SIZE_MAX;
    if (is_long)
        shown.len = SHOWN_SIZE_MAX;
    Error named = ERROR_NONE;
    error_set(&named, err->status, err->span, "%s; the row%s %.*s%s", err->message, has_key ? "'s key is" : " is",
              STR_FMT(shown), is_long ? "..." : "");
    hint_at_bad_row(writer, &named);
    *err = named;
}

/* ---- recovery ---------------------------------------------------------------------------------------------------- */

/* What was committed once is there, or the database has lost it: by a backup, or somebody's DELETE. */
static Status check_marker(JdbcWriter *writer, const SinkRecovery *recovery, Error *err)
{
    const TableSpec *table = writer->spec->table;
    int64_t          newest;
    TRY(jdbc_epochs_newest(&writer->epochs, &newest, err));
    if (newest >= recovery->confirmed)
        return STATUS_OK;
    if (newest == 0 && recovery->may_rewind) {
        jdbc_notice(writer->spec, "table %.*s, %.*s: holds nothing of this job; what it had written before epoch %lld is in another database",
                    STR_FMT(table->path), STR_FMT(writer->options->label), (long long)recovery->restored);
        return STATUS_OK;
    }
    writer->connection.trouble = JDBC_WRONG;
    return error_set(err, STATUS_RUNTIME, table->span,
                     "table %.*s, %.*s: epoch %lld was committed, but by `%.*s` the database holds only epoch %lld: it has lost rows",
                     STR_FMT(table->path), STR_FMT(writer->options->label), (long long)recovery->confirmed,
                     STR_FMT(writer->options->epoch_table), (long long)newest);
}

/* Writes an epoch that the database lacks. */
static Status roll_forward(JdbcWriter *writer, const SinkEpoch *epoch, int64_t held, Error *err)
{
    JdbcChunk *chunk = jdbc_chunk_create();
    chunk->epoch = epoch->epoch;
    chunk->epoch_before = held;
    chunk->instance = epoch->instance;
    Status status = jdbc_chunk_decode(chunk, writer->layout, epoch->output, err);
    if (status != STATUS_OK)
        writer->connection.trouble = JDBC_WRONG;
    else
        status = run_transaction(writer, chunk, err);
    if (status != STATUS_OK)
        name_bad_row(writer, chunk, err);
    jdbc_chunk_free(chunk);
    return status;
}

/* A later epoch than that of the checkpoint: its rows would come again. With a checkpoint that a person chose, that is what they want. */
static Status check_later(JdbcWriter *writer, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    const TableSpec *table = writer->spec->table;
    if (*held <= recovery->restored)
        return STATUS_OK;
    if (recovery->may_rewind) {
        *held = recovery->restored;
        return jdbc_epochs_rewind(&writer->epochs, recovery->restored, err);
    }
    writer->connection.trouble = JDBC_WRONG;
    return error_set(err, STATUS_RUNTIME, table->span,
                     "table %.*s, %.*s: the database holds epoch %lld, but the job goes on from epoch %lld", STR_FMT(table->path),
                     STR_FMT(writer->options->label), (long long)*held, (long long)recovery->restored);
}

/* All of it can be done again. */
static Status recover(JdbcWriter *writer, JdbcChunk *chunk, Error *err)
{
    const SinkRecovery *recovery = chunk->recovery;
    int32_t             own = writer->spec->task_index;
    TRY(jdbc_epochs_prepare(&writer->epochs, err));
    TRY(check_marker(writer, recovery, err));
    TRY(jdbc_epochs_claim(&writer->epochs, own, &chunk->held, err));
    for (int32_t i = 0; i < recovery->count; i++) {
        const SinkEpoch *epoch = &recovery->epochs[i];
        int64_t          held = chunk->held;
        if (epoch->instance != own)
            TRY(jdbc_epochs_claim(&writer->epochs, epoch->instance, &held, err));
        if (held < epoch->epoch)
            TRY(roll_forward(writer, epoch, held, err));
        if (epoch->instance == own && held < epoch->epoch)
            chunk->held = epoch->epoch;
    }
    return check_later(writer, recovery, &chunk->held, err);
}

/* ---- again ------------------------------------------------------------------------------------------------------- */

/* false: it is no use, or the thread must end. */
static bool wait_to_retry(JdbcWriter *writer, int64_t failures, const Error *why)
{
    JdbcTrouble trouble = writer->connection.trouble;
    bool        is_lost = trouble == JDBC_LOST;
    if ((trouble != JDBC_AGAIN && !is_lost) || failures > writer->options->retries)
        return false;
    if (is_lost) {
        jdbc_connection_drop(&writer->connection);
        jdbc_notice(writer->spec, "%s, trying again", why->message);
    }
    int64_t pause_ms = PAUSE_FIRST_MS << (failures < 5 ? failures : 5);
    return jdbc_connection_pause(&writer->connection, pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms);
}

static Status attempt(JdbcWriter *writer, JdbcChunk *chunk, Error *err)
{
    if (chunk->columns)
        return jdbc_columns_read(&writer->connection, chunk->columns, err);
    if (chunk->recovery)
        return recover(writer, chunk, err);
    return run_transaction(writer, chunk, err);
}

static void write_chunk(JdbcWriter *writer, JdbcChunk *chunk)
{
    for (int64_t failures = 1;; failures++) {
        Error why = ERROR_NONE;
        if (jdbc_connection_open(&writer->connection, &chunk->error) != STATUS_OK)
            return;
        if (attempt(writer, chunk, &why) == STATUS_OK)
            return;
        JdbcTrouble trouble = writer->connection.trouble;
        name_bad_row(writer, chunk, &why);
        if (trouble != JDBC_LOST)
            roll_back(writer);
        writer->connection.trouble = trouble;
        if (!wait_to_retry(writer, failures, &why)) {
            chunk->error = why;
            return;
        }
    }
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static void give_back(JdbcWriter *writer)
{
    JdbcChunk *chunk = queue_pop(writer->work);
    queue_push(writer->done, chunk); /* as large as the ring of work */
    wakeup_signal(writer->spec->wakeup);
}

static void run(JdbcWriter *writer)
{
    while (!jdbc_connection_is_stopping(&writer->connection)) {
        JdbcChunk *chunk = queue_peek(writer->work);
        if (!chunk) {
            wakeup_wait(writer->connection.wakeup, -1);
            continue;
        }
        write_chunk(writer, chunk);
        bool is_written = chunk->error.status == STATUS_OK;
        give_back(writer);
        if (!is_written)
            return;
    }
}

static void fail_without_memory(JdbcWriter *writer)
{
    JdbcChunk *chunk = queue_peek(writer->work);
    if (!chunk)
        return;
    error_clear(&chunk->error);
    error_set(&chunk->error, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while writing to a database");
    give_back(writer);
}

static void thread_main(void *context)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        fail_without_memory(context);
        return;
    }
    run(context);
    env_guard_leave(&guard);
}

/* ---- the task's side --------------------------------------------------------------------------------------------- */

bool jdbc_writer_push(JdbcWriter *writer, JdbcChunk *chunk)
{
    if (!queue_push(writer->work, chunk))
        return false;
    wakeup_signal(writer->connection.wakeup);
    return true;
}

JdbcChunk *jdbc_writer_take(JdbcWriter *writer)
{
    return queue_pop(writer->done);
}

Status jdbc_writer_start(const IoSpec *spec, const JdbcOptions *options, const JdbcLayout *layout, JdbcWriter **out, Error *err)
{
    JdbcWriter *writer = arena_new(spec->arena, JdbcWriter, 1);
    writer->spec = spec;
    writer->options = options;
    writer->layout = layout;
    writer->work = queue_create(CHUNKS_MAX);
    writer->done = queue_create(CHUNKS_MAX * 2);
    jdbc_connection_init(&writer->connection, spec, options);
    jdbc_epochs_init(&writer->epochs, &writer->connection, spec, options);
    *out = writer;
    return env_thread_start(&writer->thread, "jdbc-write", thread_main, writer, err);
}

static void free_chunks(Queue *queue)
{
    for (JdbcChunk *chunk = queue_pop(queue); chunk; chunk = queue_pop(queue))
        jdbc_chunk_free(chunk);
}

void jdbc_writer_stop(JdbcWriter *writer)
{
    if (!writer)
        return;
    jdbc_connection_interrupt(&writer->connection);
    if (writer->thread)
        env_thread_join(writer->thread);
    free_chunks(writer->work);
    free_chunks(writer->done);
    queue_destroy(writer->work);
    queue_destroy(writer->done);
    jdbc_connection_free(&writer->connection);
    jdbc_epochs_free(&writer->epochs);
    text_free(&writer->sql);
}
