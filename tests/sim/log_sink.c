/* log_sink.c: the kafka sink's protocol, without threads, on the simulated log: see connectors/kafka/kafka_epochs.c and kafka_committer.c, whose
 * rules these are.
 *
 *   seal:     [nonce] [epoch that was there before] [count] [records]
 *   settle:   init -> read the marker -> what it says: done | write in one transaction | fatal; any unclear answer: from the start
 *   recover:  settle each epoch of the checkpoint under the id of its instance, and our own id in any case */
#include "tests/sim/sink_rows.h"

#include "core/bytes.h"
#include "tests/sim/broker.h"

enum { OPEN_WANTED = 4000, TOO_LONG_MS = TRANSACTION_MS * 9 / 10 };

typedef enum Stage { CLOSED, INITING, READING, READY, PRODUCING, MARKING, COMMITTING } Stage;

/* One transactional id. */
typedef struct Producer {
    int32_t     instance;
    Str         id;
    Stage       stage;
    int64_t     number;
    int64_t     begun_ms; /* 0 = no transaction of ours may be open */
    LogMarker   marker; /* READY: what the log holds */
    BrokerCall *call;
} Producer;

/* What the log should hold. */
typedef struct Goal {
    int64_t epoch, nonce, previous, restored, count;
    Str     records;
    bool    has_log;
} Goal;

typedef struct Sink {
    const IoSpec       *spec;
    Str                 topic;
    Text                open, sealed;
    int64_t             open_count, sealed_count, nonce, previous;
    bool                was_hurried;
    Producer            own, other;
    int64_t             marker_epoch; /* what the log holds of us */
    const SinkRecovery *recovery;
    int32_t             recovered; /* so many of its epochs are settled */
    bool                has_own;
} LogSink;

/* ---- settling --------------------------------------------------------------------------------------------------------------------- */

typedef enum Verdict { DONE, WRITE, LOST, AHEAD, OTHER } Verdict;

static Verdict verdict_of(const LogMarker *marker, const Goal *goal)
{
    int64_t last = goal->has_log && goal->count > 0 ? goal->epoch : goal->restored;
    if (goal->count > 0 && marker->epoch == goal->epoch && marker->nonce == goal->nonce)
        return DONE;
    if (machine->knob == KNOB_NO_FENCE || machine->knob == KNOB_MARKER_APART)
        return goal->count > 0 ? WRITE : DONE;
    if (marker->epoch > last)
        return AHEAD;
    if (goal->count > 0 && marker->epoch == goal->epoch)
        return OTHER;
    if (goal->has_log && marker->epoch != goal->previous)
        return marker->epoch < goal->previous ? LOST : OTHER;
    return goal->count > 0 ? WRITE : DONE;
}

static void ask(LogSink *sink, Producer *producer, BrokerKind kind, const Goal *goal, Stage stage)
{
    producer->call = broker_send(&(BrokerCall){ .kind = kind, .id = producer->id, .topic = sink->topic, .producer = producer->number,
                                                .records = kind == BROKER_PRODUCE ? goal->records : STR_EMPTY,
                                                .marker = { goal->epoch, goal->nonce } });
    producer->stage = stage;
}

static Status stop(const LogSink *sink, const Producer *producer, const Goal *goal, const char *why, Error *err)
{
    return error_set(err, STATUS_RUNTIME, sink->spec->table->span, "%.*s: %s: it holds epoch %lld, and %lld was to follow %lld",
                     STR_FMT(producer->id), why, (long long)producer->marker.epoch, (long long)goal->epoch, (long long)goal->previous);
}

static Status judge(LogSink *sink, Producer *producer, const Goal *goal, bool *done, Error *err)
{
    switch (verdict_of(&producer->marker, goal)) {
    case DONE: *done = true; return STATUS_OK;
    case WRITE:
        producer->begun_ms = machine->elapsed_ms + 1;
        ask(sink, producer, BROKER_PRODUCE, goal, PRODUCING);
        return STATUS_OK;
    case LOST: return stop(sink, producer, goal, "the marker is lost", err);
    case AHEAD: return stop(sink, producer, goal, "the log is ahead", err);
    case OTHER: break;
    }
    return stop(sink, producer, goal, "another process was here", err);
}

static Status refused(LogSink *sink, Producer *producer, const Goal *goal, Error *err)
{
    producer->stage = CLOSED;
    if (producer->begun_ms > 0 && machine->elapsed_ms - producer->begun_ms > TOO_LONG_MS)
        return STATUS_OK;
    return stop(sink, producer, goal, "another process has taken over", err);
}

/* The answer is there. */
static Status go_on(LogSink *sink, Producer *producer, const Goal *goal, bool *done, Error *err)
{
    const BrokerCall *call = producer->call;
    producer->call = NULL;
    if (call && call->call.answer == ANSWER_REFUSED)
        return refused(sink, producer, goal, err);
    if (call && call->call.answer == ANSWER_UNCLEAR)
        producer->stage = CLOSED;
    switch (producer->stage) {
    case CLOSED:
        producer->begun_ms = 0;
        ask(sink, producer, BROKER_INIT, goal, INITING);
        return STATUS_OK;
    case INITING:
        producer->number = call->producer;
        ask(sink, producer, BROKER_MARKER, goal, READING);
        return STATUS_OK;
    case READING:
        producer->marker = call->marker;
        producer->stage = READY;
        return STATUS_OK;
    case READY: return judge(sink, producer, goal, done, err);
    case PRODUCING: ask(sink, producer, machine->knob == KNOB_MARKER_APART ? BROKER_COMMIT : BROKER_OFFSETS, goal, MARKING); return STATUS_OK;
    case MARKING: ask(sink, producer, machine->knob == KNOB_MARKER_APART ? BROKER_OFFSETS : BROKER_COMMIT, goal, COMMITTING); return STATUS_OK;
    case COMMITTING:
        producer->marker = (LogMarker){ goal->epoch, goal->nonce };
        producer->stage = READY;
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* As far as it gets without waiting. */
static Status settle(LogSink *sink, Producer *producer, const Goal *goal, bool *done, Error *err)
{
    *done = false;
    while (!*done && (!producer->call || producer->call->call.is_answered) && !process_is_dead())
        TRY(go_on(sink, producer, goal, done, err));
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------ */

static Producer producer_of(const IoSpec *spec, int32_t instance)
{
    return (Producer){ .instance = instance, .id = arena_format(spec->arena, "%.*s-%d", STR_FMT(spec->table->name), instance) };
}

static Status log_sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    LogSink *sink = arena_new(spec->arena, LogSink, 1);
    sink->spec = spec;
    sink->topic = spec->table->name;
    sink->own = producer_of(spec, spec->task_index);
    *out = sink;
    return STATUS_OK;
}

static void log_sink_close(Sink *sink)
{
    text_free(&sink->open);
    text_free(&sink->sealed);
}

static Status log_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    if (sink->open.len > OPEN_WANTED) {
        if (!sink->was_hurried)
            sink->spec->hurry(sink->spec->hurry_context);
        sink->was_hurried = true;
        if (sink->sealed_count > 0)
            return STATUS_OK;
    }
    *taken = dice_between(&machine->dice, 1, batch->rows - start);
    sink_rows_put(sink->spec, batch, start, *taken, &sink->open);
    sink->open_count += *taken;
    return STATUS_OK;
}

static Status log_flush(Sink *sink, bool *done, Error *err)
{
    (void)sink, (void)err;
    *done = true;
    return STATUS_OK;
}

/* ---- epochs ---------------------------------------------------------------------------------------------------------------------- */

static bool read_output(const SinkEpoch *epoch, Goal *goal)
{
    const char *cursor = epoch->output.ptr, *end = cursor + epoch->output.len;
    if (!decode_i64(&cursor, end, &goal->nonce) || !decode_i64(&cursor, end, &goal->previous) || !decode_i64(&cursor, end, &goal->count))
        return false;
    goal->records = (Str){ cursor, end - cursor };
    goal->epoch = epoch->epoch;
    goal->has_log = true;
    return true;
}

static Status recover_epoch(LogSink *sink, const SinkEpoch *epoch, bool *done, Error *err)
{
    Goal goal = { .restored = sink->recovery->restored };
    bool is_own = epoch->instance == sink->own.instance;
    if (!read_output(epoch, &goal))
        return error_set(err, STATUS_DATA, sink->spec->table->span, "what the checkpoint holds of %.*s is damaged", STR_FMT(sink->own.id));
    sink->has_own |= is_own;
    if (!is_own && (!sink->other.id.ptr || sink->other.instance != epoch->instance))
        sink->other = producer_of(sink->spec, epoch->instance);
    return settle(sink, is_own ? &sink->own : &sink->other, &goal, done, err);
}

static Status log_recover(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    sink->recovery = recovery;
    *done = true;
    while (*done && sink->recovered < recovery->count) {
        TRY(recover_epoch(sink, &recovery->epochs[sink->recovered], done, err));
        sink->recovered += *done;
    }
    if (*done && !sink->has_own)
        TRY(settle(sink, &sink->own, &(Goal){ .restored = recovery->restored }, done, err));
    if (*done)
        *held = sink->marker_epoch = sink->own.marker.epoch;
    return STATUS_OK;
}

static Goal sealed_goal(const LogSink *sink, int64_t epoch)
{
    return (Goal){ .epoch = epoch, .nonce = sink->nonce, .previous = sink->previous, .restored = epoch, .count = sink->sealed_count,
                   .records = text_str(&sink->sealed), .has_log = true };
}

static Status log_commit(Sink *sink, int64_t epoch, bool *done, Error *err)
{
    Goal goal = sealed_goal(sink, epoch);
    *done = sink->sealed_count == 0;
    if (*done)
        return STATUS_OK;
    TRY(settle(sink, &sink->own, &goal, done, err));
    if (!*done)
        return STATUS_OK;
    sink->marker_epoch = epoch;
    sink->sealed_count = 0;
    text_clear(&sink->sealed);
    return STATUS_OK;
}

static Status log_seal(Sink *sink, int64_t epoch, Text *out, Error *err)
{
    Text swap = sink->sealed;
    if (sink->sealed_count > 0) {
        violate("epoch %lld is sealed before the one before is committed", (long long)epoch);
        return error_set(err, STATUS_INTERNAL, SPAN_NONE, "sealed twice");
    }
    sink->sealed = sink->open;
    sink->sealed_count = sink->open_count;
    sink->open = swap;
    text_clear(&sink->open);
    sink->open_count = 0;
    sink->was_hurried = false;
    sink->previous = sink->marker_epoch;
    env_random(&sink->nonce, sizeof(sink->nonce));
    trace("%.*s seals epoch %lld: %lld rows", STR_FMT(sink->own.id), (long long)epoch, (long long)sink->sealed_count);
    if (sink->sealed_count == 0 && sink->marker_epoch == 0)
        return STATUS_OK;
    encode_i64(sink->nonce, out);
    encode_i64(sink->previous, out);
    encode_i64(sink->sealed_count, out);
    text_append(out, text_str(&sink->sealed));
    for (bool done = false; machine->knob == KNOB_EARLY_COMMIT && sink->sealed_count > 0 && !done && !process_is_dead(); network_step()) {
        Goal goal = sealed_goal(sink, epoch);
        TRY(settle(sink, &sink->own, &goal, &done, err));
    }
    return STATUS_OK;
}

static const SinkType log_sink = {
    .open = log_sink_open,
    .write = log_write,
    .flush = log_flush,
    .close = log_sink_close,
    .mode = sink_rows_mode,
    .is_exactly_once = sink_rows_is_exactly_once,
    .recover = log_recover,
    .seal = log_seal,
    .commit = log_commit,
};

const Connector connector_sim_log = { .name = "sim_log", .doc = "exactly once into a log", .options = sim_sink_options, .sink = &log_sink };
