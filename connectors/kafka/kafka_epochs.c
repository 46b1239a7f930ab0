/* kafka_epochs.c: writing exactly once: rows become bytes at once, and records of the cluster when their epoch is durable.
 *
 *   write:   encode -> the open log
 *   seal:    the open log is the sealed one; a copy goes to the checkpoint
 *   commit:  the I/O thread writes the sealed log in one transaction together with the epoch's number (kafka_committer)
 *
 * Two logs, used in turn. One that is large asks for the next checkpoint; while an earlier one is still being committed
 * a large one takes no more. Without that it must take what comes: the barrier is behind rows that are on their way. */
#include "connectors/kafka/kafka_sink.h"

#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_committer.h"
#include "connectors/kafka/kafka_log.h"

enum { LOG_WANTED = 64 << 20, LOG_KEPT = 2 * LOG_WANTED, LOG_MAX = 1000 << 20 };

/* The records of an epoch. */
typedef struct EpochLog {
    Text    bytes;
    int64_t count;
    int64_t nonce;
} EpochLog;

typedef struct KafkaEpochs {
    const SinkType *type; /* first, as in every kafka sink */
    const IoSpec   *spec;
    KafkaOptions    options;
    KafkaEncoder   *encoder;
    KafkaCommitter *committer;
    EpochLog        open, sealed;
    KafkaMarker     marker; /* what the cluster holds */
    SinkRecovery    recovery;
    bool            is_recovering, is_committing;
    bool            was_hurried; /* for the open log */
} KafkaEpochs;

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static Status refuse(const IoSpec *spec, Error *err)
{
    const TableSpec *table = spec->table;
    if (spec->host && spec->host->kafka_servers.len > 0) {
        error_set(err, STATUS_UNSUPPORTED, table->span,
                  "table %.*s: 'exactly-once' is not possible with --embedded-kafka: its broker has no transactions",
                  STR_FMT(table->path));
        return error_hint(err, "'sink.delivery-guarantee' = 'at-least-once', or a real cluster");
    }
    if (spec->has_epochs)
        return STATUS_OK;
    error_set(err, STATUS_OPTION, table->span, "table %.*s: 'exactly-once' needs checkpoints, and this job takes none",
              STR_FMT(table->path));
    return error_hint(err, "run it with --state-dir DIR");
}

static void epochs_close(Sink *opened)
{
    KafkaEpochs *sink = (KafkaEpochs *)opened;
    kafka_committer_stop(sink->committer);
    kafka_encoder_close(sink->encoder);
    text_free(&sink->open.bytes);
    text_free(&sink->sealed.bytes);
}

static Status epochs_open(const IoSpec *spec, Sink **out, Error *err)
{
    KafkaEpochs *sink = arena_new(spec->arena, KafkaEpochs, 1);
    sink->type = &kafka_epoch_sink;
    sink->spec = spec;
    sink->open.bytes.max = sink->sealed.bytes.max = LOG_MAX;
    TRY(kafka_options_read(spec->table, true, spec->arena, &sink->options, err));
    TRY(refuse(spec, err));
    TRY(kafka_encoder_create(spec, &sink->options, &sink->encoder, err));
    Status status = kafka_committer_start(spec, &sink->options, &sink->committer, err);
    if (status != STATUS_OK) {
        kafka_encoder_close(sink->encoder);
        return status;
    }
    kafka_encoder_limit(sink->encoder, kafka_committer_config(sink->committer));
    *out = (Sink *)sink;
    return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* A failure of the I/O thread ends the job at once, not at the next barrier. */
static Status check(KafkaEpochs *sink, Error *err)
{
    bool        is_done;
    KafkaMarker marker;
    return kafka_committer_answer(sink->committer, &is_done, &marker, err);
}

static void clear(EpochLog *log)
{
    if (log->bytes.capacity > LOG_KEPT)
        text_free(&log->bytes);
    text_clear(&log->bytes);
    log->bytes.max = LOG_MAX;
    log->count = 0;
}

/* Does the open log have room? */
static bool has_room(KafkaEpochs *sink)
{
    if (sink->open.bytes.len < LOG_WANTED)
        return true;
    if (!sink->was_hurried && sink->spec->hurry)
        sink->spec->hurry(sink->spec->hurry_context);
    sink->was_hurried = true;
    return sink->sealed.count == 0;
}

static Status epochs_write(Sink *opened, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    KafkaEpochs  *sink = (KafkaEpochs *)opened;
    KafkaRecords *records;
    *taken = 0;
    TRY(check(sink, err));
    if (!has_room(sink))
        return STATUS_OK;
    TRY(kafka_encode(sink->encoder, batch, start, &records, err));
    int64_t before = sink->open.bytes.len;
    kafka_log_append(&sink->open.bytes, records, sink->encoder);
    if (sink->open.bytes.overflow)
        return error_set(err, STATUS_LIMIT, sink->spec->table->span,
                         "table %.*s: the records of one epoch are more than %d MiB", STR_FMT(sink->spec->table->path),
                         LOG_MAX >> 20);
    *taken = batch->rows - start;
    sink->open.count += records->count;
    io_add(&sink->spec->counters->rows, *taken);
    io_add(&sink->spec->counters->bytes, sink->open.bytes.len - before);
    io_set(&sink->spec->counters->pending, sink->open.count + sink->sealed.count);
    return STATUS_OK;
}

/* Nothing is on its way: what is written goes out with its epoch. */
static Status epochs_flush(Sink *opened, bool *done, Error *err)
{
    *done = true;
    return check((KafkaEpochs *)opened, err);
}

static Status epochs_tick(Sink *opened, int64_t now_ms, Error *err)
{
    (void)now_ms;
    return check((KafkaEpochs *)opened, err);
}

/* ---- epochs ------------------------------------------------------------------------------------------------------ */

static Status epochs_recover(Sink *opened, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    KafkaEpochs *sink = (KafkaEpochs *)opened;
    if (!sink->is_recovering) {
        sink->is_recovering = true;
        sink->recovery = *recovery;
        kafka_committer_recover(sink->committer, &sink->recovery);
    }
    TRY(kafka_committer_answer(sink->committer, done, &sink->marker, err));
    *held = sink->marker.epoch;
    return STATUS_OK;
}

/* The open log becomes the sealed one. When the checkpoint of the one before failed, that was not committed and goes
 * with it. */
static void take_open(KafkaEpochs *sink)
{
    if (sink->sealed.count == 0) {
        EpochLog empty = sink->sealed;
        clear(&empty);
        sink->sealed = sink->open;
        sink->open = empty;
        return;
    }
    kafka_log_append_log(&sink->sealed.bytes, text_str(&sink->open.bytes));
    sink->sealed.count += sink->open.count;
    clear(&sink->open);
}

/* A checkpoint of a sink that has ever written says so even when the epoch has nothing: recovery then knows which epoch
 * the cluster must hold of this instance. */
static Status epochs_seal(Sink *opened, int64_t epoch, Text *out, Error *err)
{
    KafkaEpochs *sink = (KafkaEpochs *)opened;
    (void)epoch;
    take_open(sink);
    sink->was_hurried = false;
    if (sink->sealed.count == 0 && sink->marker.epoch == 0)
        return STATUS_OK;
    env_random(&sink->sealed.nonce, sizeof(sink->sealed.nonce));
    kafka_log_seal(&sink->sealed.bytes, &(KafkaLogHeader){ .nonce = sink->sealed.nonce, .previous = sink->marker.epoch,
                                                           .count = sink->sealed.count });
    if (sink->sealed.bytes.overflow)
        return error_set(err, STATUS_LIMIT, sink->spec->table->span,
                         "table %.*s: the records of one epoch are more than %d MiB", STR_FMT(sink->spec->table->path),
                         LOG_MAX >> 20);
    text_append(out, text_str(&sink->sealed.bytes));
    return STATUS_OK;
}

static Status epochs_commit(Sink *opened, int64_t epoch, bool *done, Error *err)
{
    KafkaEpochs *sink = (KafkaEpochs *)opened;
    *done = sink->sealed.count == 0;
    if (*done)
        return check(sink, err);
    if (!sink->is_committing) {
        sink->is_committing = true;
        kafka_committer_commit(sink->committer, epoch, sink->sealed.nonce, text_str(&sink->sealed.bytes));
    }
    TRY(kafka_committer_answer(sink->committer, done, &sink->marker, err));
    if (!*done)
        return STATUS_OK;
    sink->is_committing = false;
    clear(&sink->sealed);
    io_set(&sink->spec->counters->pending, sink->open.count);
    return STATUS_OK;
}

const SinkType kafka_epoch_sink = {
    .open = epochs_open,
    .write = epochs_write,
    .flush = epochs_flush,
    .close = epochs_close,
    .tick = epochs_tick,
    .recover = epochs_recover,
    .seal = epochs_seal,
    .commit = epochs_commit,
};
