/* ledger.c: see ledger.h. */
#include "tests/runtime/ledger.h"

#include <check.h>

Ledger *ledger_current;

typedef struct Sink {
    const IoSpec *spec;
    Ledger       *ledger;
    int64_t       owner;
    Text          open, sealed;
    int64_t       sealed_epoch;
    int32_t       polls;
} LedgerSink;

void ledger_open(Ledger *ledger)
{
    *ledger = (Ledger){ .mutex = env_mutex_create(), .slowness = 2 };
    ledger_current = ledger;
}

void ledger_close(Ledger *ledger)
{
    env_mutex_destroy(ledger->mutex);
    text_free(&ledger->lines);
    ledger_current = NULL;
}

static Status ledger_sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    LedgerSink *sink = arena_new(spec->arena, LedgerSink, 1);
    sink->spec = spec;
    sink->ledger = ledger_current;
    ck_assert(spec->has_epochs && spec->job_id.len == 32);
    *out = sink;
    return STATUS_OK;
}

static Status ledger_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    for (int64_t i = start; i < batch->rows; i++) {
        for (int32_t c = 0; c < batch->column_count && c < 2; c++) {
            const Column *column = &batch->columns[c];
            int64_t       index = column_index(column, i);
            if (column_is_null(column, i))
                text_puts(&sink->open, "- ");
            else if (type_layout(column->type) == LAYOUT_VIEW)
                text_printf(&sink->open, "%.*s ", STR_FMT(view_str(&COLUMN_DATA(column, View)[index])));
            else
                text_printf(&sink->open, "%lld ", (long long)COLUMN_DATA(column, int64_t)[index]);
        }
        text_put(&sink->open, '\n');
    }
    *taken = batch->rows - start;
    io_add(&sink->spec->counters->rows, *taken);
    return STATUS_OK;
}

static Status ledger_flush(Sink *sink, bool *done, Error *err)
{
    (void)sink, (void)err;
    ck_abort_msg("a sink that commits epochs is not flushed");
    *done = true;
    return STATUS_OK;
}

static void ledger_sink_close(Sink *sink)
{
    text_free(&sink->open);
    text_free(&sink->sealed);
}

static bool ledger_is_exactly_once(const TableSpec *table)
{
    (void)table;
    return true;
}

static void commit_as(LedgerSink *sink, int32_t instance, int64_t epoch, Str lines)
{
    ck_assert_int_gt(epoch, sink->ledger->markers[instance]);
    text_append(&sink->ledger->lines, lines);
    sink->ledger->markers[instance] = epoch;
}

static Status ledger_recover(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    (void)err;
    Ledger *ledger = sink->ledger;
    int32_t me = sink->spec->task_index;
    *done = ++sink->polls > ledger->slowness;
    if (!*done)
        return STATUS_OK;
    env_mutex_lock(ledger->mutex);
    sink->owner = ledger->owners[me] = ++ledger->opened;
    for (int32_t i = 0; i < recovery->count; i++) {
        const SinkEpoch *epoch = &recovery->epochs[i];
        ck_assert(epoch->instance % sink->spec->task_count == me);
        ledger->owners[epoch->instance] = sink->owner;
        if (ledger->markers[epoch->instance] >= epoch->epoch)
            continue;
        commit_as(sink, epoch->instance, epoch->epoch, epoch->output);
        ledger->rewrites++;
    }
    *held = ledger->markers[me];
    env_mutex_unlock(ledger->mutex);
    return STATUS_OK;
}

static Status ledger_seal(Sink *sink, int64_t epoch, Text *out, Error *err)
{
    (void)err;
    ck_assert_int_eq(sink->sealed.len, 0);
    Text swap = sink->sealed;
    text_append(out, text_str(&sink->open));
    sink->sealed = sink->open;
    sink->open = swap;
    sink->sealed_epoch = epoch;
    sink->polls = 0;
    return STATUS_OK;
}

static Status ledger_commit(Sink *sink, int64_t epoch, bool *done, Error *err)
{
    Ledger *ledger = sink->ledger;
    int32_t me = sink->spec->task_index;
    ck_assert_int_eq(epoch, sink->sealed_epoch);
    *done = ++sink->polls > ledger->slowness;
    if (!*done)
        return STATUS_OK;
    env_mutex_lock(ledger->mutex);
    bool is_mine = ledger->owners[me] == sink->owner;
    if (is_mine) {
        commit_as(sink, me, epoch, text_str(&sink->sealed));
        ledger->commits++;
    }
    env_mutex_unlock(ledger->mutex);
    text_clear(&sink->sealed);
    return is_mine ? STATUS_OK : error_set(err, STATUS_RUNTIME, SPAN_NONE, "shut out");
}

static const SinkType ledger_sink = {
    .open = ledger_sink_open,
    .write = ledger_write,
    .flush = ledger_flush,
    .close = ledger_sink_close,
    .is_exactly_once = ledger_is_exactly_once,
    .recover = ledger_recover,
    .seal = ledger_seal,
    .commit = ledger_commit,
};

const Connector ledger_connector = { .name = "ledger", .sink = &ledger_sink };
