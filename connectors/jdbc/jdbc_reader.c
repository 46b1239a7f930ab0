/* jdbc_reader.c: the thread.
 *
 *   split:  SELECT columns FROM table [WHERE column BETWEEN lower AND upper], streamed: no more of the result is in memory than what
 *           waits in the ring
 *   rows:   text to columns here, so that the task only passes batches on
 *   end:    the closing batch of a split carries its end
 *
 * A connection that is lost before the first row of a split is made again. Behind that it ends the job: a query that is asked again
 * need not give its rows in the same order. After a restore the rows that were handed out before are passed over, which is right when
 * the table has not changed: InnoDB gives rows in the order of the index it reads. */
#include "connectors/jdbc/jdbc_reader.h"

#include "connectors/jdbc/jdbc_cell.h"
#include "connectors/jdbc/jdbc_connection.h"
#include "core/queue.h"

enum { ROWS_WAITING_MAX = 4, FULL_RETRY_MS = 100, ATTEMPTS_MAX = 3, VALUE_SHOWN_MAX = 60 };

struct JdbcReader {
    const IoSpec      *spec;
    const JdbcOptions *options;
    JdbcSplits         splits;
    JdbcConnection     connection;
    EnvThread         *thread;
    Queue             *ready;
    JdbcCell          *cells; /* per wanted column */
    JdbcRows          *spare; /* to say that memory ran out */
};

/* ---- splits ------------------------------------------------------------------------------------------------------ */

/* As the dialect divides it: the first ranges are one longer when it does not come out even. */
void jdbc_splits_create(const IoSpec *spec, const JdbcOptions *options, JdbcSplits *out)
{
    *out = (JdbcSplits){ 0 };
    if (!options->partition_column.ptr) {
        if (spec->task_index == 0)
            list_push(spec->arena, out, (JdbcSplit){ 0 });
        return;
    }
    uint128_t width = (uint128_t)((int128_t)options->upper - options->lower) + 1;
    int64_t   count = width < (uint128_t)options->partition_count ? (int64_t)width : options->partition_count;
    int128_t  start = options->lower;
    for (int64_t i = 0; i < count; i++) {
        int128_t size = (int128_t)(width / (uint128_t)count) + ((uint128_t)i < width % (uint128_t)count);
        if (i % spec->task_count == spec->task_index)
            list_push(spec->arena, out, (JdbcSplit){ .lower = (int64_t)start, .upper = (int64_t)(start + size - 1) });
        start += size;
    }
}

/* ---- handing over ------------------------------------------------------------------------------------------------ */

void jdbc_rows_free(JdbcRows *rows)
{
    if (!rows)
        return;
    batch_release(rows->batch);
    env_free(rows);
}

JdbcRows *jdbc_reader_take(JdbcReader *reader)
{
    JdbcRows *rows = queue_pop(reader->ready);
    if (rows)
        wakeup_signal(reader->connection.wakeup); /* there is room */
    return rows;
}

/* false: the thread must end. */
static bool hand_over(JdbcReader *reader, JdbcRows *rows)
{
    while (!queue_push(reader->ready, rows)) {
        if (jdbc_connection_is_stopping(&reader->connection)) {
            jdbc_rows_free(rows);
            return false;
        }
        wakeup_wait(reader->connection.wakeup, FULL_RETRY_MS);
    }
    wakeup_signal(reader->spec->wakeup);
    return true;
}

static JdbcRows *rows_create(int32_t split)
{
    JdbcRows *rows = env_alloc((int64_t)sizeof(JdbcRows));
    rows->split = split;
    return rows;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static Batch *new_batch(const JdbcReader *reader)
{
    const IoSpec *spec = reader->spec;
    Batch        *batch = batch_create(spec->column_count);
    for (int32_t i = 0; i < spec->column_count; i++)
        column_init(&batch->columns[i], batch->buf, spec->table->columns[spec->columns[i]].type, BATCH_ROWS);
    return batch;
}

static Status bad_value(const JdbcReader *reader, int32_t column, Str value, Error *err)
{
    const TableSpec   *table = reader->spec->table;
    const TableColumn *declared = &table->columns[reader->spec->columns[column]];
    Text               type = TEXT_EMPTY;
    bool               is_long = value.len > VALUE_SHOWN_MAX;
    type_print(declared->type, false, &type);
    if (is_long)
        value.len = VALUE_SHOWN_MAX;
    error_set(err, STATUS_DATA, table->span, "table %.*s, column '%.*s': '%.*s%s' is no value of %s",
              STR_FMT(table->path), STR_FMT(declared->name), STR_FMT(value), is_long ? "..." : "", text_cstr(&type));
    text_free(&type);
    if (str_starts_with(value, STR("0000-00-00")))
        error_hint(err, "zeroDateTimeBehavior=CONVERT_TO_NULL in 'url' makes such dates NULL");
    return err->status;
}

static Status put_row(const JdbcReader *reader, JdbcCells *cells, char *const *row, const unsigned long *sizes, Batch *batch,
                      Error *err)
{
    for (int32_t i = 0; i < batch->column_count; i++) {
        Column *column = &batch->columns[i];
        Str     text = { row[i], (int64_t)sizes[i] };
        if (!row[i])
            cell_set_null(column, batch->buf, batch->rows);
        else if (!reader->cells[i](cells, column, batch->rows, text))
            return bad_value(reader, i, text, err);
    }
    batch->rows++;
    return STATUS_OK;
}

/* Up to BATCH_ROWS rows; fewer: the result has ended. The first *pass_over rows are only counted. */
static Status fetch_rows(JdbcReader *reader, int64_t *pass_over, Batch *batch, bool *is_end, Error *err)
{
    JdbcCells cells = { .buf = batch->buf, .pool = { .buf = batch->buf },
                        .zero_date_is_null = reader->options->server.zero_date_is_null };
    while (batch->rows < BATCH_ROWS) {
        char *const         *row;
        const unsigned long *sizes;
        TRY(jdbc_connection_fetch(&reader->connection, &row, &sizes, err));
        if (!row) {
            *is_end = true;
            return STATUS_OK;
        }
        if (*pass_over > 0)
            --*pass_over;
        else
            TRY(put_row(reader, &cells, row, sizes, batch, err));
    }
    return STATUS_OK;
}

/* ---- splits ------------------------------------------------------------------------------------------------------ */

static Status begin_query(JdbcReader *reader, const JdbcSplit *split, Error *err)
{
    Text sql = TEXT_EMPTY;
    jdbc_put_select(reader->spec, reader->options, reader->options->partition_column.ptr != NULL, split->lower, split->upper,
                    &sql);
    Status status = jdbc_connection_query(&reader->connection, text_str(&sql), err);
    text_free(&sql);
    return status;
}

/* The query's answer has begun to come when this is fine. */
static Status start_split(JdbcReader *reader, const JdbcSplit *split, Error *err)
{
    for (int attempt = 1;; attempt++) {
        Error why = ERROR_NONE;
        TRY(jdbc_connection_open(&reader->connection, err));
        if (begin_query(reader, split, &why) == STATUS_OK)
            return STATUS_OK;
        bool may_help = reader->connection.trouble == JDBC_LOST && attempt < ATTEMPTS_MAX;
        jdbc_connection_drop(&reader->connection);
        if (!may_help || jdbc_connection_is_stopping(&reader->connection)) {
            *err = why;
            return err->status;
        }
    }
}

/* false: the thread must end. */
static bool stream_rows(JdbcReader *reader, int32_t index)
{
    int64_t pass_over = reader->splits.items[index].rows_read;
    for (bool is_end = false; !is_end;) {
        JdbcRows *rows = rows_create(index);
        rows->batch = new_batch(reader);
        Status status = fetch_rows(reader, &pass_over, rows->batch, &is_end, &rows->error);
        rows->is_end = is_end;
        if (!hand_over(reader, rows) || status != STATUS_OK)
            return false;
    }
    return true;
}

static bool read_split(JdbcReader *reader, int32_t index)
{
    JdbcRows *failed = rows_create(index);
    if (start_split(reader, &reader->splits.items[index], &failed->error) != STATUS_OK) {
        hand_over(reader, failed);
        return false;
    }
    jdbc_rows_free(failed);
    bool goes_on = stream_rows(reader, index);
    jdbc_connection_end_query(&reader->connection);
    return goes_on;
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static void run(JdbcReader *reader)
{
    for (int32_t i = 0; i < reader->splits.count; i++)
        if (!reader->splits.items[i].has_ended && !read_split(reader, i))
            return;
}

/* Apart from run: what a longjmp comes back to keeps no variables. */
static void fail_without_memory(JdbcReader *reader)
{
    JdbcRows *spare = reader->spare;
    reader->spare = NULL;
    error_set(&spare->error, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while reading from a database");
    hand_over(reader, spare);
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

Status jdbc_reader_start(const IoSpec *spec, const JdbcOptions *options, const JdbcSplits *splits, JdbcReader **out, Error *err)
{
    JdbcReader *reader = arena_new(spec->arena, JdbcReader, 1);
    reader->spec = spec;
    reader->options = options;
    reader->cells = arena_new(spec->arena, JdbcCell, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        reader->cells[i] = jdbc_cell_of(spec->table->columns[spec->columns[i]].type);
    for (int64_t i = 0; i < splits->count; i++)
        list_push(spec->arena, &reader->splits, splits->items[i]);
    reader->spare = rows_create(0);
    reader->ready = queue_create(ROWS_WAITING_MAX);
    jdbc_connection_init(&reader->connection, spec, options);
    reader->connection.is_for_reading = true;
    *out = reader;
    return env_thread_start(&reader->thread, "jdbc-read", thread_main, reader, err);
}

void jdbc_reader_stop(JdbcReader *reader)
{
    if (!reader)
        return;
    jdbc_connection_interrupt(&reader->connection);
    if (reader->thread)
        env_thread_join(reader->thread);
    for (JdbcRows *rows = queue_pop(reader->ready); rows; rows = queue_pop(reader->ready))
        jdbc_rows_free(rows);
    jdbc_rows_free(reader->spare);
    queue_destroy(reader->ready);
    jdbc_connection_free(&reader->connection);
}
