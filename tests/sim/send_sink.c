/* send_sink.c: the kafka sink without transactions on the simulated log: rows are sent as they come, flush waits for what is on its way. */
#include "tests/sim/sink_rows.h"

#include "tests/sim/broker.h"

typedef struct Sink {
    const IoSpec *spec;
    Str           session;
    Text          waiting, sent;
    int64_t       sequence;
    BrokerCall   *call; /* on its way; NULL: nothing is */
} SendSink;

static Status send_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    SendSink *sink = arena_new(spec->arena, SendSink, 1);
    uint64_t  random;
    env_random(&random, sizeof(random));
    sink->spec = spec;
    sink->session = arena_format(spec->arena, "session %016llx", (unsigned long long)random);
    *out = sink;
    return STATUS_OK;
}

static void send_close(Sink *sink)
{
    text_free(&sink->waiting);
    text_free(&sink->sent);
}

static void send_again(SendSink *sink)
{
    sink->call = broker_send(&(BrokerCall){ .kind = BROKER_SEND, .id = sink->session, .topic = sink->spec->table->name, .producer = sink->sequence,
                                            .records = text_str(&sink->sent) });
}

/* One call at a time; one whose answer is unclear goes out again under its number. */
static void serve(SendSink *sink)
{
    if (sink->call && !sink->call->call.is_answered)
        return;
    if (sink->call && sink->call->call.answer == ANSWER_UNCLEAR) {
        send_again(sink);
        return;
    }
    sink->call = NULL;
    if (sink->waiting.len == 0)
        return;
    Text swap = sink->sent;
    sink->sent = sink->waiting;
    sink->waiting = swap;
    text_clear(&sink->waiting);
    sink->sequence++;
    send_again(sink);
}

static Status send_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    serve(sink);
    *taken = dice_between(&machine->dice, 0, batch->rows - start);
    sink_rows_put(sink->spec, batch, start, *taken, &sink->waiting);
    serve(sink);
    return STATUS_OK;
}

static Status send_flush(Sink *sink, bool *done, Error *err)
{
    (void)err;
    serve(sink);
    *done = (!sink->call && sink->waiting.len == 0) || machine->knob == KNOB_FORGETFUL_SINK;
    return STATUS_OK;
}

static Status send_tick(Sink *sink, int64_t now_ms, Error *err)
{
    (void)now_ms, (void)err;
    serve(sink);
    return STATUS_OK;
}

static const SinkType send_sink = {
    .open = send_open,
    .write = send_write,
    .flush = send_flush,
    .close = send_close,
    .mode = sink_rows_mode,
    .tick = send_tick,
};

const Connector connector_sim_send = { .name = "sim_send", .doc = "at least once into a log", .sink = &send_sink };
