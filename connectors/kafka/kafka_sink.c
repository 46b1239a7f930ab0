/* kafka_sink.c: hands every call on to the kind of sink that the table's guarantee asks for. */
#include "connectors/kafka/kafka_sink.h"

#include "connectors/kafka/kafka_options.h"

/* Every kafka sink begins with its type. */
static const SinkType *type_of(const Sink *sink)
{
    return *(const SinkType *const *)(const void *)sink;
}

static Status sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    const SinkType *type = kafka_options_are_exactly_once(spec->table) ? &kafka_epoch_sink : &kafka_direct_sink;
    return type->open(spec, out, err);
}

static Status sink_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    return type_of(sink)->write(sink, batch, start, taken, err);
}

static Status sink_flush(Sink *sink, bool *done, Error *err)
{
    return type_of(sink)->flush(sink, done, err);
}

static Status sink_finish(Sink *sink, Error *err)
{
    return type_of(sink)->finish ? type_of(sink)->finish(sink, err) : STATUS_OK;
}

static void sink_close(Sink *sink)
{
    type_of(sink)->close(sink);
}

static SinkMode sink_mode(const TableSpec *table)
{
    (void)table;
    return SINK_APPEND;
}

static Status sink_tick(Sink *sink, int64_t now_ms, Error *err)
{
    return type_of(sink)->tick(sink, now_ms, err);
}

static Status sink_recover(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    return type_of(sink)->recover(sink, recovery, done, held, err);
}

static Status sink_seal(Sink *sink, int64_t epoch, Text *out, Error *err)
{
    return type_of(sink)->seal(sink, epoch, out, err);
}

static Status sink_commit(Sink *sink, int64_t epoch, bool *done, Error *err)
{
    return type_of(sink)->commit(sink, epoch, done, err);
}

const SinkType kafka_sink = {
    .open = sink_open,
    .write = sink_write,
    .flush = sink_flush,
    .finish = sink_finish,
    .close = sink_close,
    .mode = sink_mode,
    .tick = sink_tick,
    .check_beside = kafka_options_check_beside,
    .is_exactly_once = kafka_options_are_exactly_once,
    .recover = sink_recover,
    .seal = sink_seal,
    .commit = sink_commit,
};
