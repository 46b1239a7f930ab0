/* source.c: the simulated log that a job reads: partitions shared out in turn, found after a while, given in pieces of any size. */
#include "tests/sim/script.h"

#include "connectors/reject.h"
#include "core/text.h"

typedef struct Source {
    const IoSpec *spec;
    int64_t       next[PARTITIONS_MAX]; /* of the script's partitions */
    int64_t       unknown_for;          /* polls until the partitions are known */
} SimSource;

static Status source_open(const IoSpec *spec, Source **out, Error *err)
{
    (void)err;
    SimSource *source = arena_new(spec->arena, SimSource, 1);
    source->spec = spec;
    source->unknown_for = dice_between(&machine->dice, 0, 4);
    *out = source;
    return STATUS_OK;
}

static void source_close(Source *source)
{
    (void)source;
}

static int32_t partition_of(const SimSource *source, int32_t split)
{
    return split * source->spec->task_count + source->spec->task_index;
}

static int32_t split_count(const SimSource *source)
{
    int32_t count = 0;
    while (partition_of(source, count) < script->partitions)
        count++;
    return count;
}

static void put_text(Column *column, Buf *buf, int64_t at, void (*print)(int32_t partition, int64_t row, Text *out), int32_t partition, int64_t row)
{
    Text text = TEXT_EMPTY;
    print(partition, row, &text);
    COLUMN_DATA(column, View)[at] = view_copy(buf, text_str(&text));
    text_free(&text);
}

static void fill_cell(Column *column, Buf *buf, int64_t at, int32_t table_column, int32_t partition, int64_t row)
{
    switch (table_column) {
    case SCRIPT_KEY: put_text(column, buf, at, script_key, partition, row); break;
    case SCRIPT_VALUE: COLUMN_DATA(column, int64_t)[at] = script_value(partition, row); break;
    case SCRIPT_NUMBER: COLUMN_DATA(column, int64_t)[at] = script_number(partition, row); break;
    case SCRIPT_TIME: COLUMN_DATA(column, int64_t)[at] = script_time(partition, row); break;
    case SCRIPT_PAD: put_text(column, buf, at, script_pad, partition, row); break;
    default: break;
    }
}

/* Where the rows come from, for dead letters. */
static void note_origins(const SimSource *source, Batch *batch, int32_t partition, int64_t first)
{
    int32_t *partitions = buf_new(batch->buf, int32_t, batch->rows), *rows = buf_new(batch->buf, int32_t, batch->rows);
    int64_t *offsets = buf_new(batch->buf, int64_t, batch->rows);
    for (int64_t i = 0; i < batch->rows; i++) {
        partitions[i] = partition;
        rows[i] = (int32_t)i;
        offsets[i] = first + i;
    }
    Records records = { .table = source->spec->table->path, .partitions = partitions, .offsets = offsets, .count = batch->rows };
    reject_note_origins(batch, &records, &(Decoded){ .rows = batch->rows, .message_of_row = rows });
}

static void give_rows(SimSource *source, Batch *batch, int32_t partition, int64_t count)
{
    const IoSpec *spec = source->spec;
    int64_t       first = source->next[partition];
    batch->rows = count;
    for (int32_t c = 0; c < spec->column_count; c++) {
        column_init(&batch->columns[c], batch->buf, spec->table->columns[spec->columns[c]].type, count);
        for (int64_t i = 0; i < count; i++)
            fill_cell(&batch->columns[c], batch->buf, i, spec->columns[c], partition, first + i);
    }
    if (spec->error_policy == ERROR_POLICY_DEAD_LETTER)
        note_origins(source, batch, partition, first);
    for (int64_t i = 0; i < count; i++)
        script_give(partition, first + i);
    source->next[partition] = first + count;
    io_add(&spec->counters->rows, count);
    trace("process %d reads rows %lld to %lld of partition %d", machine->process, (long long)first, (long long)(first + count - 1), partition);
}

/* One of those that have rows left; -1: none has. */
static int32_t choose_split(const SimSource *source, int32_t count)
{
    int32_t first = (int32_t)dice_below(&machine->dice, count);
    for (int32_t i = 0; i < count; i++)
        if (source->next[partition_of(source, (first + i) % count)] < script->rows)
            return (first + i) % count;
    return -1;
}

static Status source_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    (void)err;
    int32_t count = split_count(source);
    poll->wait_ms = dice_between(&machine->dice, 0, 5);
    if (source->unknown_for > 0 && source->unknown_for--)
        return STATUS_OK;
    poll->split_count = count;
    poll->has_no_splits = count == 0;
    int32_t split = choose_split(source, count);
    if (split < 0) {
        poll->state = POLL_END;
        return STATUS_OK;
    }
    if (dice_one_in(&machine->dice, 3))
        return STATUS_OK;
    int32_t partition = partition_of(source, split);
    int64_t left = script->rows - source->next[partition];
    int64_t taken = dice_between(&machine->dice, 1, rows_max < left ? rows_max : left);
    give_rows(source, batch, partition, taken);
    poll->state = POLL_ROWS;
    poll->run_count = 1;
    poll->runs[0] = (SplitRun){ split, (int32_t)taken, source->next[partition] == script->rows };
    return STATUS_OK;
}

static void source_save(Source *source, int32_t split, Text *name, Text *position)
{
    text_printf(name, "log/%d", partition_of(source, split));
    if (position)
        text_put_i64(position, source->next[partition_of(source, split)]);
}

static Status source_load(Source *source, const SplitPosition *positions, int32_t count, Error *err)
{
    for (int32_t i = 0; i < count; i++) {
        int64_t partition, next;
        if (!str_to_i64(str_slice(positions[i].split, 4, positions[i].split.len), &partition) || !str_to_i64(positions[i].position, &next))
            return error_set(err, STATUS_DATA, SPAN_NONE, "a position is damaged");
        script_resume((int32_t)partition, next);
        source->next[partition] = machine->knob == KNOB_SOURCE_SKIPS && next < script->rows ? next + 1 : next;
    }
    return STATUS_OK;
}

static bool source_is_bounded(const TableSpec *table)
{
    (void)table;
    return true;
}

static const SourceType sim_source = {
    .open = source_open,
    .poll = source_poll,
    .save = source_save,
    .load = source_load,
    .close = source_close,
    .is_bounded = source_is_bounded,
    .pushes_watermark = true,
};

static const Option source_options[] = { { 0 } };

const Connector connector_sim_source = { .name = "sim_source", .doc = "a log of partitions", .options = source_options, .source = &sim_source };
