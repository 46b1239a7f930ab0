/* kafka_source.c: reading: partitions are assigned to this instance by a rule, not by a group; messages become rows in
 * batches.
 *
 *   poll:  answers of the I/O thread (new partitions)  -> assign
 *          messages at hand, at most rows_max          -> runs of one partition each, cut off at stop offsets
 *          keys and values                             -> columns (the formats), besides them metadata columns
 *
 * The library's queue wakes the worker when it turns from empty to not empty; so a poll either takes something or has
 * seen it empty. A bounded partition ends with the row before its stop offset, or, when nothing stands there any more
 * (transaction markers, compacted records), when the library reports its end. */
#include "connectors/kafka/kafka_source.h"

#include "connectors/kafka/kafka_metadata.h"
#include "connectors/kafka/kafka_record.h"
#include "connectors/kafka/kafka_splits.h"
#include "connectors/reject.h"
#include "core/text.h"

enum { HOUSEKEEPING_MS = 500, NUDGE_PARTITIONS_MAX = 64, FETCHERS_SLEEP_BEFORE = 0x020200ff };

typedef struct KafkaSource {
    const IoSpec        *spec;
    KafkaOptions         options;
    KafkaClient          client;
    rd_kafka_queue_t    *queue;
    KafkaDiscovery      *discovery; /* NULL before the first poll */
    KafkaPartitions      known;     /* of a checkpoint */
    KafkaSplits          splits;
    bool                 is_found;   /* the first answer came: what is ours is known */
    bool                 commits;    /* offsets go to the group */
    KafkaReader          reader;
    KafkaMetadataReader *metadata;
    rd_kafka_message_t **messages;   /* of the current poll; the first `taken` become rows */
    int64_t              capacity;
    Str                 *keys;
    Str                 *values;
    int32_t             *message_splits;
    int64_t              kept_first, kept_count; /* taken from the library, not yet handed out (too many runs) */
    int64_t              housekeeping_ns;
    int64_t              ahead_max; /* most that was read ahead since the last nudge */
    int64_t              queued_min, queued_max_bytes; /* its fetchers pause at the one or the other */
    rd_kafka_topic_partition_list_t *saved; /* positions of the last save, for confirm */
} KafkaSource;

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void wake_worker(rd_kafka_t *handle, void *wakeup)
{
    (void)handle;
    wakeup_signal(wakeup);
}

static void make_room(KafkaSource *source, int64_t rows_max)
{
    if (rows_max <= source->capacity)
        return;
    source->messages = arena_new(source->spec->arena, rd_kafka_message_t *, rows_max);
    source->keys = arena_new(source->spec->arena, Str, rows_max);
    source->values = arena_new(source->spec->arena, Str, rows_max);
    source->message_splits = arena_new(source->spec->arena, int32_t, rows_max);
    source->capacity = rows_max;
}

static void destroy_messages(rd_kafka_message_t **messages, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        rd_kafka_message_destroy(messages[i]);
}

static void source_close(Source *opened)
{
    KafkaSource *source = (KafkaSource *)opened;
    kafka_discovery_stop(source->discovery);
    source->discovery = NULL;
    destroy_messages(source->messages + source->kept_first, source->kept_count);
    source->kept_count = 0;
    if (source->queue) {
        rd_kafka_queue_cb_event_enable(source->queue, NULL, NULL);
        rd_kafka_queue_destroy(source->queue);
    }
    source->queue = NULL;
    if (source->saved)
        rd_kafka_topic_partition_list_destroy(source->saved);
    source->saved = NULL;
    kafka_client_close(&source->client);
}

static Status connect_client(KafkaSource *source, Error *err)
{
    rd_kafka_conf_t *conf;
    TRY(kafka_config_create(source->spec, &source->options, false, &conf, err));
    source->queued_min = kafka_config_number(conf, "queued.min.messages");
    source->queued_max_bytes = kafka_config_number(conf, "queued.max.messages.kbytes") * 1024;
    TRY(kafka_client_open(&source->client, source->spec, false, conf, err));
    rd_kafka_poll_set_consumer(source->client.handle);
    source->queue = rd_kafka_queue_get_consumer(source->client.handle);
    rd_kafka_queue_cb_event_enable(source->queue, wake_worker, source->spec->wakeup);
    return STATUS_OK;
}

static Status source_open(const IoSpec *spec, Source **out, Error *err)
{
    KafkaSource *source = arena_new(spec->arena, KafkaSource, 1);
    source->spec = spec;
    source->splits.arena = spec->arena;
    TRY(kafka_options_read(spec->table, false, spec->arena, &source->options, err));
    TRY(kafka_reader_create(spec->table, &source->options, spec, &source->reader, err));
    source->metadata = kafka_metadata_reader(spec);
    source->commits = source->options.group_id.ptr &&
                      !str_is_nocase(kafka_property(spec->table, "commit.offsets.on.checkpoint"), "false");
    Status status = connect_client(source, err);
    if (status != STATUS_OK)
        source_close((Source *)source);
    else
        *out = (Source *)source;
    return status;
}

/* ---- partitions -------------------------------------------------------------------------------------------------- */

static Status assign(KafkaSource *source, int64_t first, Error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(8);
    for (int64_t i = first; i < source->splits.items.count; i++) {
        const KafkaSplit *split = &source->splits.items.items[i];
        if (!split->has_ended) /* names of topics are NUL-terminated by their arena */
            rd_kafka_topic_partition_list_add(list, split->topic.ptr, split->partition)->offset = split->next;
    }
    Status            status = STATUS_OK;
    rd_kafka_error_t *error = list->cnt > 0 ? rd_kafka_incremental_assign(source->client.handle, list) : NULL;
    if (error)
        status = error_set(err, STATUS_IO, source->spec->table->span, "kafka %.*s: cannot assign partitions: %s",
                           STR_FMT(source->client.servers), rd_kafka_error_string(error));
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_topic_partition_list_destroy(list);
    return status;
}

static Status take_found(KafkaSource *source, const KafkaFound *found, Error *err)
{
    int64_t first = source->splits.items.count;
    if (found->error.status != STATUS_OK) {
        *err = found->error;
        return err->status;
    }
    kafka_client_reached(&source->client);
    source->is_found = true;
    for (int64_t i = 0; i < found->partitions.count; i++)
        kafka_splits_add(&source->splits, &found->partitions.items[i]);
    return assign(source, first, err);
}

static Status take_answers(KafkaSource *source, Error *err)
{
    if (!source->discovery)
        TRY(kafka_discovery_start(source->spec, &source->options, &source->client, &source->known, &source->discovery,
                                  err));
    KafkaFound *found = kafka_discovery_take(source->discovery);
    if (!found)
        return STATUS_OK;
    Status status = take_found(source, found, err);
    kafka_found_free(found);
    return status;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* What the library reports in the place of a message. */
static Status take_event(KafkaSource *source, const rd_kafka_message_t *message, Error *err)
{
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        int32_t split = kafka_splits_find(&source->splits, message);
        if (split >= 0 && message->offset >= source->splits.items.items[split].stop)
            kafka_splits_end(&source->splits, split);
        return STATUS_OK;
    }
    const char *topic = message->rkt ? rd_kafka_topic_name(message->rkt) : "?";
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
        error_set(err, STATUS_RUNTIME, source->spec->table->span,
                  "table %.*s: topic '%s', partition %d: the offset to read next is not there (any more), and no reset "
                  "policy says what then",
                  STR_FMT(source->spec->table->path), topic, message->partition);
        return error_hint(err, "set 'properties.auto.offset.reset' = 'earliest' or 'latest'");
    }
    if (message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || message->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
        message->err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
        return error_set(err, STATUS_NO_OBJECT, source->spec->table->span,
                         "table %.*s: topic '%s', partition %d is gone", STR_FMT(source->spec->table->path), topic,
                         message->partition);
    kafka_client_trouble(&source->client, message->err, rd_kafka_message_errstr(message));
    return STATUS_OK;
}

/* Messages taken in one poll. */
typedef struct Taking {
    int64_t                 count;
    int32_t                 runs;
    int32_t                 split; /* of the last message looked at, which was of this topic and partition */
    const rd_kafka_topic_t *topic;
    int32_t                 partition;
} Taking;

static int32_t split_of(KafkaSource *source, Taking *taking, const rd_kafka_message_t *message)
{
    if (message->rkt != taking->topic || message->partition != taking->partition) {
        taking->split = kafka_splits_find(&source->splits, message);
        taking->topic = message->rkt;
        taking->partition = message->partition;
    }
    return taking->split;
}

/* Is it a row to hand out? Moves its split on. */
static bool take_offset(KafkaSource *source, int32_t split_index, const rd_kafka_message_t *message)
{
    if (split_index < 0)
        return false;
    KafkaSplit *split = &source->splits.items.items[split_index];
    if (split->has_ended)
        return false;
    if (message->offset < split->stop)
        split->next = message->offset + 1;
    if (message->offset + 1 >= split->stop)
        kafka_splits_end(&source->splits, split_index);
    return message->offset < split->stop;
}

/* false: it would begin one run too many. */
static bool has_room_for(const KafkaSource *source, const Taking *taking, int32_t split)
{
    bool is_new_run = taking->count == 0 || source->message_splits[taking->count - 1] != split;
    return !is_new_run || taking->runs < POLL_RUNS_MAX / 2;
}

static Status take_message(KafkaSource *source, Taking *taking, rd_kafka_message_t *message, Error *err)
{
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        Status status = take_event(source, message, err);
        rd_kafka_message_destroy(message);
        return status;
    }
    int32_t split = split_of(source, taking, message);
    if (!take_offset(source, split, message)) {
        rd_kafka_message_destroy(message);
        return STATUS_OK;
    }
    taking->runs += taking->count == 0 || source->message_splits[taking->count - 1] != split;
    source->keys[taking->count] = (Str){ message->key, (int64_t)message->key_len };
    source->values[taking->count] = (Str){ message->payload, (int64_t)message->len };
    source->message_splits[taking->count] = split;
    source->messages[taking->count++] = message;
    return STATUS_OK;
}

/* From the library into source->messages; calls back, too. */
static void refill(KafkaSource *source, int64_t rows_max)
{
    if (source->kept_count > 0)
        return;
    make_room(source, rows_max);
    ssize_t count = rd_kafka_consume_batch_queue(source->queue, 0, source->messages, (size_t)rows_max);
    source->kept_first = 0;
    source->kept_count = count > 0 ? (int64_t)count : 0;
}

static bool nudge(KafkaSource *source)
{
    KafkaFound *found = kafka_found_create();
    for (int64_t i = 0; i < source->splits.items.count && found->partitions.count < NUDGE_PARTITIONS_MAX; i++) {
        const KafkaSplit *split = &source->splits.items.items[i];
        if (!split->has_ended)
            list_push(found->arena, &found->partitions,
                      (KafkaPartition){ .topic = split->topic, .partition = split->partition });
    }
    return kafka_discovery_nudge(source->discovery, found);
}

/* Was so much read ahead that the fetchers may have paused? */
static bool was_far_ahead(const KafkaSource *source)
{
    int64_t rows = source->spec->counters->rows, bytes = source->spec->counters->bytes;
    int64_t ahead_bytes = rows > 0 ? bytes / rows * source->ahead_max : 0;
    return source->ahead_max > source->queued_min / 4 || ahead_bytes > source->queued_max_bytes / 4;
}

/* Half of what was read ahead is used up: time to fetch again. */
static void watch_queue(KafkaSource *source)
{
    int64_t left = (int64_t)rd_kafka_queue_length(source->queue);
    if (left + source->kept_count > source->ahead_max)
        source->ahead_max = left + source->kept_count;
    if (left <= source->ahead_max / 2 && was_far_ahead(source) && nudge(source))
        source->ahead_max = left;
}

/* Moves the next messages that are rows to the front of source->messages, at most rows_max. */
static Status take_messages(KafkaSource *source, int64_t rows_max, Taking *taking, Error *err)
{
    while (source->kept_count > 0 && taking->count < rows_max) {
        rd_kafka_message_t *message = source->messages[source->kept_first];
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
            !has_room_for(source, taking, split_of(source, taking, message)))
            break;
        source->kept_first++;
        source->kept_count--;
        if (take_message(source, taking, message, err) != STATUS_OK) {
            destroy_messages(source->messages, taking->count);
            return err->status;
        }
    }
    return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static Status bad_record(const KafkaSource *source, int64_t message_index, Error *err)
{
    const rd_kafka_message_t *message = source->messages[message_index];
    return error_prefix(err, "table %.*s: topic '%s', partition %d, offset %lld", STR_FMT(source->spec->table->path),
                        rd_kafka_topic_name(message->rkt), message->partition, (long long)message->offset);
}

/* For a table with dead letters: where the rows came from, and the records that give none. */
static void note_records(const KafkaSource *source, int64_t count, Batch *batch, const Decoded *decoded, Poll *poll)
{
    Str     *topics = buf_new(batch->buf, Str, count);
    int32_t *partitions = buf_new(batch->buf, int32_t, count);
    int64_t *offsets = buf_new(batch->buf, int64_t, count);
    for (int64_t i = 0; i < count; i++) {
        bool is_same = i > 0 && source->messages[i]->rkt == source->messages[i - 1]->rkt;
        topics[i] = is_same ? topics[i - 1] : str_from(rd_kafka_topic_name(source->messages[i]->rkt));
        partitions[i] = source->messages[i]->partition;
        offsets[i] = source->messages[i]->offset;
    }
    Records records = { .table = source->spec->table->path, .topics = topics, .partitions = partitions, .offsets = offsets,
                        .keys = source->keys, .values = source->values, .count = count };
    reject_note_origins(batch, &records, decoded);
    poll->rejected = reject_records(&records, decoded);
}

static Status decode(KafkaSource *source, int64_t count, Batch *batch, Decoded *decoded, Poll *poll, Error *err)
{
    if (kafka_reader_decode(&source->reader, source->keys, source->values, count, batch, decoded, err) != STATUS_OK)
        return bad_record(source, decoded->failed_message, err);
    batch->rows = decoded->rows;
    if (source->spec->error_policy == ERROR_POLICY_DEAD_LETTER)
        note_records(source, count, batch, decoded, poll);
    return kafka_metadata_read(source->metadata, source->messages, decoded->message_of_row, decoded->rows, batch, err);
}

static void add_run(Poll *poll, int32_t split, int32_t rows)
{
    poll->runs[poll->run_count++] = (SplitRun){ .split = split, .rows = rows };
}

/* Rows of neighbouring messages of one split make a run. */
static void make_runs(const KafkaSource *source, const Decoded *decoded, Poll *poll)
{
    int32_t last = -1;
    for (int64_t row = 0; row < decoded->rows; row++) {
        int32_t split = source->message_splits[decoded->message_of_row ? decoded->message_of_row[row] : row];
        if (split != last)
            add_run(poll, split, 0);
        poll->runs[poll->run_count - 1].rows++;
        last = split;
    }
}

/* Splits that have ended and were not announced: at their last run, or in a run of their own. */
static void announce_ends(KafkaSource *source, Poll *poll)
{
    for (int64_t i = 0; i < source->splits.items.count && source->splits.ended > 0; i++) {
        KafkaSplit *split = &source->splits.items.items[i];
        if (!split->has_ended || split->is_announced || poll->run_count == POLL_RUNS_MAX)
            continue;
        add_run(poll, (int32_t)i, 0);
        poll->runs[poll->run_count - 1].is_end = true;
        split->is_announced = true;
    }
}

static void count_rows(const KafkaSource *source, int64_t messages, const Decoded *decoded)
{
    IoCounters *counters = source->spec->counters;
    int64_t     bytes = 0;
    for (int64_t i = 0; i < messages; i++)
        bytes += source->values[i].len + source->keys[i].len;
    io_add(&counters->rows, decoded->rows);
    io_add(&counters->bytes, bytes);
    for (int i = 0; i < BAD_REASON_COUNT; i++)
        if (decoded->bad[i] > 0)
            io_add(&counters->bad[i], decoded->bad[i]);
}

static Status hand_out(KafkaSource *source, int64_t taken, Batch *batch, Poll *poll, Error *err)
{
    Decoded decoded = { 0 };
    Status  status = taken > 0 ? decode(source, taken, batch, &decoded, poll, err) : STATUS_OK;
    if (status == STATUS_OK) {
        count_rows(source, taken, &decoded);
        make_runs(source, &decoded, poll);
        announce_ends(source, poll);
    }
    destroy_messages(source->messages, taken);
    return status;
}

/* ---- housekeeping ------------------------------------------------------------------------------------------------ */

/* Records that wait in the cluster, as far as the library knows without asking. */
static int64_t count_pending(const KafkaSource *source)
{
    int64_t pending = 0;
    for (int64_t i = 0; i < source->splits.items.count; i++) {
        const KafkaSplit *split = &source->splits.items.items[i];
        int64_t           low, high;
        if (split->has_ended ||
            rd_kafka_get_watermark_offsets(source->client.handle, split->topic.ptr, split->partition, &low, &high) !=
                RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        int64_t end = high < split->stop ? high : split->stop;
        pending += end > split->next ? end - split->next : 0;
    }
    return pending;
}

static void keep_house(KafkaSource *source)
{
    int64_t now_ns = clock_monotonic_ns(&env_clock);
    int64_t total, done;
    if (!source->is_found || now_ns - source->housekeeping_ns < (int64_t)HOUSEKEEPING_MS * 1000000)
        return;
    source->housekeeping_ns = now_ns;
    kafka_splits_progress(&source->splits, &total, &done);
    io_set(&source->spec->counters->pending, count_pending(source));
    io_set(&source->spec->counters->total, total);
    io_set(&source->spec->counters->done, done);
}

/* ---- poll -------------------------------------------------------------------------------------------------------- */

static bool is_all_read(const KafkaSource *source)
{
    if (!source->is_found || source->options.stop == KAFKA_STOP_NEVER)
        return false;
    for (int64_t i = 0; i < source->splits.items.count; i++)
        if (!source->splits.items.items[i].is_announced)
            return false;
    return true;
}

static Status source_poll(Source *opened, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    KafkaSource *source = (KafkaSource *)opened;
    Taking       taking = { .split = -1, .partition = -1 };
    poll->state = POLL_EMPTY;
    poll->wait_ms = HOUSEKEEPING_MS;
    poll->run_count = 0;
    TRY(take_answers(source, err));
    refill(source, rows_max);
    if (rd_kafka_version() < FETCHERS_SLEEP_BEFORE)
        watch_queue(source);
    bool has_more = source->kept_count > 0;
    TRY(take_messages(source, rows_max, &taking, err));
    if (taking.count > 0)
        kafka_client_reached(&source->client);
    TRY(hand_out(source, taking.count, batch, poll, err));
    TRY(kafka_client_check(&source->client, err));
    keep_house(source);
    poll->split_count = (int32_t)source->splits.items.count;
    poll->has_no_splits = source->is_found && poll->split_count == 0;
    if (has_more || poll->run_count > 0)
        poll->state = POLL_ROWS;
    else if (is_all_read(source))
        poll->state = POLL_END;
    return STATUS_OK;
}

/* ---- positions --------------------------------------------------------------------------------------------------- */

static void source_save(Source *opened, int32_t index, Text *name, Text *position)
{
    KafkaSource      *source = (KafkaSource *)opened;
    const KafkaSplit *split = &source->splits.items.items[index];
    kafka_split_name(split, name);
    if (!position)
        return;
    kafka_split_position(split, position);
    if (!source->commits)
        return;
    if (!source->saved)
        source->saved = rd_kafka_topic_partition_list_new((int)source->splits.items.count);
    rd_kafka_topic_partition_t *saved = rd_kafka_topic_partition_list_find(source->saved, split->topic.ptr,
                                                                           split->partition);
    if (!saved)
        saved = rd_kafka_topic_partition_list_add(source->saved, split->topic.ptr, split->partition);
    saved->offset = split->next;
}

static Status source_load(Source *opened, const SplitPosition *positions, int32_t count, Error *err)
{
    KafkaSource *source = (KafkaSource *)opened;
    return kafka_splits_parse(positions, count, source->spec->arena, &source->known, err);
}

/* A commit that fails is no harm: the positions are in the checkpoint, and the next one brings newer ones. */
static void source_confirm(Source *opened)
{
    KafkaSource *source = (KafkaSource *)opened;
    env_step("kafka.before_confirm");
    if (source->saved && source->saved->cnt > 0)
        (void)rd_kafka_commit(source->client.handle, source->saved, 1);
}

const SourceType kafka_source = {
    .open = source_open,
    .poll = source_poll,
    .save = source_save,
    .load = source_load,
    .confirm = source_confirm,
    .close = source_close,
    .is_bounded = kafka_options_are_bounded,
    .pushes_watermark = true,
};
