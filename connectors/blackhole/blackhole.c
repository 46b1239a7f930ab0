/* blackhole.c: takes every row and counts it. */
#include "connectors/connector.h"

static Status blackhole_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    *out = (Sink *)(uintptr_t)spec; /* nothing to remember but where to count */
    return STATUS_OK;
}

static Status blackhole_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    const IoSpec *spec = (const IoSpec *)sink;
    *taken = batch->rows - start;
    io_add(&spec->counters->rows, *taken);
    return STATUS_OK;
}

static Status blackhole_flush(Sink *sink, bool *done, Error *err)
{
    (void)sink, (void)err;
    *done = true;
    return STATUS_OK;
}

static void blackhole_close(Sink *sink)
{
    (void)sink;
}

static SinkMode blackhole_mode(const TableSpec *table)
{
    (void)table;
    return SINK_ALL;
}

static const SinkType blackhole_sink = {
    .open = blackhole_open,
    .write = blackhole_write,
    .flush = blackhole_flush,
    .close = blackhole_close,
    .mode = blackhole_mode,
};

static const Option blackhole_options[] = { { 0 } };

const Connector connector_blackhole = {
    .name = "blackhole",
    .doc = "Takes rows of any kind and drops them.",
    .options = blackhole_options,
    .sink = &blackhole_sink,
};
