/* blackhole.c: takes every row and counts it; with 'checksum', reads every value. */
#include "connectors/blackhole/checksum.h"
#include "connectors/connector.h"

static const Option blackhole_options[] = {
    { "checksum", OPTION_BOOL, "false", NULL,
      "read every value, and report a checksum of the rows in any order (not in the dialect)", 0 },
    { 0 },
};

typedef struct Blackhole {
    const IoSpec *spec;
    bool          has_checksum;
    Checksum      checksum;
} Blackhole;

static Status blackhole_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    Blackhole *blackhole = arena_new(spec->arena, Blackhole, 1);
    blackhole->spec = spec;
    blackhole->has_checksum = option_bool(blackhole_options, spec->table->options, "checksum");
    io_set(&spec->counters->has_checksum, blackhole->has_checksum);
    *out = (Sink *)blackhole;
    return STATUS_OK;
}

static Status blackhole_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    Blackhole *blackhole = (Blackhole *)sink;
    *taken = batch->rows - start;
    io_add(&blackhole->spec->counters->rows, *taken);
    if (!blackhole->has_checksum)
        return STATUS_OK;
    checksum_add(&blackhole->checksum, batch, start);
    io_set(&blackhole->spec->counters->checksum, (int64_t)blackhole->checksum.sum);
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
    checksum_free(&((Blackhole *)sink)->checksum);
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

const Connector connector_blackhole = {
    .name = "blackhole",
    .doc = "Takes rows of any kind and drops them.",
    .options = blackhole_options,
    .sink = &blackhole_sink,
};
