/* jdbc_source.c: batches of the reader's thread, handed out in runs of splits.
 *
 * The position in a split is how many of its rows were handed out, or "end"; its name is its range: "1..4", or "all". */
#include "connectors/jdbc/jdbc_source.h"

#include "connectors/jdbc/jdbc_connection.h"
#include "connectors/jdbc/jdbc_reader.h"

typedef struct JdbcSource {
    const IoSpec *spec;
    JdbcOptions   options;
    JdbcSplits    splits;
    int64_t       ended;  /* splits that are read to their end */
    JdbcReader   *reader; /* NULL before the first poll */
    JdbcRows     *rows;   /* being handed out */
    int64_t       row;    /* the next of them */
} JdbcSource;

static Status source_open(const IoSpec *spec, Source **out, Error *err)
{
    JdbcSource *source = arena_new(spec->arena, JdbcSource, 1);
    source->spec = spec;
    TRY(jdbc_options_read(spec->table, spec->arena, &source->options, err));
    jdbc_splits_create(spec, &source->options, &source->splits);
    jdbc_tell_unknown(spec, &source->options);
    *out = (Source *)source;
    return STATUS_OK;
}

static void source_close(Source *opened)
{
    JdbcSource *source = (JdbcSource *)opened;
    jdbc_reader_stop(source->reader);
    source->reader = NULL;
    jdbc_rows_free(source->rows);
    source->rows = NULL;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Rows from `row` on, where they lie. */
static void slice_column(const Column *in, int64_t row, Column *out)
{
    *out = *in;
    out->room = 0;
    out->data = (char *)in->data + row * layout_size(type_layout(in->type));
    if (in->valid)
        out->valid = in->valid + row;
}

static void hand_out(JdbcSource *source, int64_t rows_max, Batch *batch, Poll *poll)
{
    JdbcRows *rows = source->rows;
    Batch    *from = rows->batch;
    int64_t   left = from->rows - source->row;
    int64_t   count = left < rows_max ? left : rows_max;
    for (int32_t i = 0; i < batch->column_count; i++)
        slice_column(&from->columns[i], source->row, &batch->columns[i]);
    batch_hold(batch, from->buf);
    batch->rows = count;
    source->row += count;
    source->splits.items[rows->split].rows_read += count;
    poll->state = POLL_ROWS;
    poll->run_count = 1;
    poll->runs[0] = (SplitRun){ .split = rows->split, .rows = (int32_t)count, .is_end = rows->is_end && count == left };
    io_add(&source->spec->counters->rows, count);
}

static bool is_handed_out(const JdbcSource *source)
{
    return !source->rows->batch || source->row >= source->rows->batch->rows;
}

static void finish_rows(JdbcSource *source)
{
    if (source->rows->is_end) {
        source->splits.items[source->rows->split].has_ended = true;
        source->ended++;
    }
    jdbc_rows_free(source->rows);
    source->rows = NULL;
}

static Status source_poll(Source *opened, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    JdbcSource *source = (JdbcSource *)opened;
    poll->split_count = (int32_t)source->splits.count;
    poll->has_no_splits = source->splits.count == 0;
    poll->run_count = 0;
    poll->wait_ms = -1;
    poll->state = POLL_END;
    if (source->ended == source->splits.count)
        return STATUS_OK;
    if (!source->reader)
        TRY(jdbc_reader_start(source->spec, &source->options, &source->splits, &source->reader, err));
    if (!source->rows) {
        source->rows = jdbc_reader_take(source->reader);
        source->row = 0;
    }
    poll->state = POLL_EMPTY;
    if (!source->rows)
        return STATUS_OK;
    /* Rows before an error are good rows, and the dialect gives them out, too. */
    if (source->rows->error.status != STATUS_OK && is_handed_out(source)) {
        *err = source->rows->error;
        return err->status;
    }
    hand_out(source, rows_max, batch, poll);
    if (is_handed_out(source) && source->rows->error.status == STATUS_OK)
        finish_rows(source);
    return STATUS_OK;
}

/* ---- position ---------------------------------------------------------------------------------------------------- */

static void put_name(const JdbcSource *source, const JdbcSplit *split, Text *out)
{
    if (source->options.partition_column.ptr)
        text_printf(out, "%lld..%lld", (long long)split->lower, (long long)split->upper);
    else
        text_puts(out, "all");
}

static void source_save(Source *opened, int32_t split, Text *name, Text *position)
{
    const JdbcSource *source = (const JdbcSource *)opened;
    const JdbcSplit  *at = &source->splits.items[split];
    put_name(source, at, name);
    if (position && at->has_ended)
        text_puts(position, "end");
    else if (position)
        text_put_i64(position, at->rows_read);
}

/* NULL: another instance has it now, or there is no such range any more. */
static JdbcSplit *find_split(JdbcSource *source, Str name)
{
    Text       own = TEXT_EMPTY;
    JdbcSplit *found = NULL;
    for (int64_t i = 0; i < source->splits.count && !found; i++) {
        text_clear(&own);
        put_name(source, &source->splits.items[i], &own);
        if (str_eq(text_str(&own), name))
            found = &source->splits.items[i];
    }
    text_free(&own);
    return found;
}

static bool load_position(JdbcSource *source, JdbcSplit *split, Str position)
{
    if (str_is(position, "end")) {
        source->ended += !split->has_ended;
        split->has_ended = true;
        return true;
    }
    return str_to_i64(position, &split->rows_read) && split->rows_read >= 0;
}

static Status source_load(Source *opened, const SplitPosition *positions, int32_t count, Error *err)
{
    JdbcSource *source = (JdbcSource *)opened;
    for (int32_t i = 0; i < count; i++) {
        JdbcSplit *split = find_split(source, positions[i].split);
        if (split && !load_position(source, split, positions[i].position))
            return error_set(err, STATUS_DATA, source->spec->table->span, "table %.*s: \"%.*s\" is no position in it",
                             STR_FMT(source->spec->table->path), STR_FMT(positions[i].position));
    }
    return STATUS_OK;
}

static bool source_is_bounded(const TableSpec *table)
{
    (void)table;
    return true;
}

const SourceType jdbc_source = {
    .open = source_open,
    .poll = source_poll,
    .save = source_save,
    .load = source_load,
    .close = source_close,
    .is_bounded = source_is_bounded,
};
