/* kafka_discovery.c: the I/O thread of a kafka source.
 *
 *   look:               topics by list or pattern -> partitions of this instance that were not seen before
 *                       -> start and stop offsets -> answer
 *   passing trouble:    ask again, until no broker has answered for the whole time limit
 *   unbounded tables:   look again after scan.topic-partition-discovery.interval
 *
 * The first answer always comes, even when it is empty: it tells the task that it has no partitions. */
#include "connectors/kafka/kafka_discovery.h"

#include "connectors/kafka/kafka_embedded.h"
#include "connectors/kafka/kafka_offsets.h"
#include "connectors/kafka/kafka_topics.h"
#include "connectors/pattern.h"
#include "core/queue.h"
#include "core/text.h"

enum {
    ANSWERS_MAX = 8,
    RETRY_MS = 100,
    CALL_MS = 1000,      /* a call of the library cannot be interrupted: short, so that closing is quick */
    SLOW_CALL_MS = 5000, /* after one was too short */
    FULL_RETRY_MS = 20,
    GRACE_MS = 1000, /* lets the task end the job first: it knows the reason better */
};

struct KafkaDiscovery {
    const IoSpec       *spec;
    const KafkaOptions *options;
    rd_kafka_t         *handle;
    int64_t             limit_ms;
    Pattern       *pattern;
    Arena              *arena; /* the thread's */
    Map                *seen;  /* "topic partition" -> the partition as a checkpoint knows it, or `given` */
    KafkaPartition     *given; /* stands for one that was handed over */
    bool                has_known;
    bool                is_later; /* the first answer was given */
    int                 timeout_ms;
    KafkaFound         *spare;    /* for the answer that memory is out */
    Queue              *answers;
    Queue              *nudges;
    Queue              *stops;    /* not empty: the thread must end */
    Wakeup             *wakeup;
    EnvThread          *thread;
};

/* ---- answers ----------------------------------------------------------------------------------------------------- */

KafkaFound *kafka_found_create(void)
{
    Arena      *arena = arena_create();
    KafkaFound *found = arena_new(arena, KafkaFound, 1);
    found->arena = arena;
    return found;
}

void kafka_found_free(KafkaFound *found)
{
    arena_destroy(found->arena);
}

KafkaFound *kafka_discovery_take(KafkaDiscovery *discovery)
{
    return queue_pop(discovery->answers);
}

static bool is_stopping(const KafkaDiscovery *discovery)
{
    return !queue_is_empty(discovery->stops);
}

/* true: the thread must end. */
static bool wait_ms(KafkaDiscovery *discovery, int64_t timeout_ms)
{
    if (!is_stopping(discovery))
        wakeup_wait(discovery->wakeup, timeout_ms);
    return is_stopping(discovery);
}

static void hand_over(KafkaDiscovery *discovery, KafkaFound *found)
{
    while (!queue_push(discovery->answers, found)) {
        if (wait_ms(discovery, FULL_RETRY_MS)) {
            kafka_found_free(found);
            return;
        }
    }
    wakeup_signal(discovery->spec->wakeup);
}

/* ---- partitions -------------------------------------------------------------------------------------------------- */

static Str partition_key(Arena *arena, Str topic, int32_t partition)
{
    return arena_format(arena, "%.*s %d", STR_FMT(topic), partition);
}

/* Of a topic that has `count` partitions: those of this instance that are new. */
static void add_partitions(KafkaDiscovery *discovery, KafkaFound *found, Str topic, int32_t count)
{
    const IoSpec *spec = discovery->spec;
    Str           name = arena_str(found->arena, topic);
    for (int32_t i = 0; i < count; i++) {
        if (kafka_partition_owner(topic, i, spec->task_count) != spec->task_index)
            continue;
        const KafkaPartition *known = map_get(discovery->seen, partition_key(found->arena, topic, i));
        if (known && known == discovery->given)
            continue;
        list_push(
            found->arena, &found->partitions,
            (KafkaPartition){
                .topic = name, .partition = i, .start = known ? known->start : -1, .stop = known ? known->stop : 0 });
    }
}

static void mark_seen(KafkaDiscovery *discovery, const KafkaFound *found)
{
    for (int64_t i = 0; i < found->partitions.count; i++) {
        const KafkaPartition *partition = &found->partitions.items[i];
        map_put(discovery->seen, partition_key(discovery->arena, partition->topic, partition->partition),
                discovery->given);
    }
}

/* Offsets of those that no checkpoint knows; they stand behind the others. */
static Status resolve_new(const KafkaAsk *ask, KafkaFound *found, bool *is_passing, Error *err)
{
    KafkaPartitions ordered = { 0 };
    int64_t         known = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < found->partitions.count; i++)
            if ((found->partitions.items[i].start < 0) == (pass == 1))
                list_push(found->arena, &ordered, found->partitions.items[i]);
        known = pass == 0 ? ordered.count : known;
    }
    found->partitions = ordered;
    return kafka_offsets_resolve(ask, ordered.items + known, ordered.count - known, is_passing, err);
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

static Status topic_error(const KafkaDiscovery *discovery, const rd_kafka_metadata_topic_t *topic, bool *is_passing,
                          Error *err)
{
    const IoSpec *spec = discovery->spec;
    Str           servers = kafka_config_servers(spec);
    *is_passing = kafka_error_is_passing(topic->err);
    if (topic->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        *is_passing = false;
        return error_set(err, STATUS_NO_OBJECT, spec->table->span,
                         "table %.*s: topic '%s' does not exist on kafka %.*s", STR_FMT(spec->table->path),
                         topic->topic, STR_FMT(servers));
    }
    return error_set(err, kafka_error_status(topic->err), spec->table->span, "table %.*s: topic '%s' of kafka %.*s: %s",
                     STR_FMT(spec->table->path), topic->topic, STR_FMT(servers), rd_kafka_err2str(topic->err));
}

static Status find_listed(KafkaDiscovery *discovery, const KafkaAsk *ask, KafkaFound *found, Str topic,
                          bool *is_passing, Error *err)
{
    const rd_kafka_metadata_t *metadata;
    Text                       name = TEXT_EMPTY;
    text_append(&name, topic);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(discovery->handle, text_cstr(&name), NULL);
    text_free(&name);
    if (!handle)
        return error_set(err, STATUS_OPTION, discovery->spec->table->span, "'%.*s' cannot be the name of a topic",
                         STR_FMT(topic));
    rd_kafka_resp_err_t code = rd_kafka_metadata(discovery->handle, 0, handle, &metadata, ask->timeout_ms);
    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_ask_error(ask, code, "ask for topics", is_passing, err);
    Status status = STATUS_OK;
    for (int i = 0; i < metadata->topic_cnt && status == STATUS_OK; i++) {
        if (metadata->topics[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
            status = topic_error(discovery, &metadata->topics[i], is_passing, err);
        else
            add_partitions(discovery, found, topic, metadata->topics[i].partition_cnt);
    }
    rd_kafka_metadata_destroy(metadata);
    return status;
}

static Status find_by_pattern(KafkaDiscovery *discovery, const KafkaAsk *ask, KafkaFound *found, bool *is_passing,
                              Error *err)
{
    const rd_kafka_metadata_t *metadata;
    rd_kafka_resp_err_t        code = rd_kafka_metadata(discovery->handle, 1, NULL, &metadata, ask->timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_ask_error(ask, code, "ask for topics", is_passing, err);
    Status status = STATUS_OK;
    bool   has_match = false;
    for (int i = 0; i < metadata->topic_cnt && status == STATUS_OK; i++) {
        Str name = str_from(metadata->topics[i].topic);
        if (kafka_topic_is_internal(name) || !pattern_matches(discovery->pattern, name))
            continue;
        has_match = true;
        if (metadata->topics[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
            status = topic_error(discovery, &metadata->topics[i], is_passing, err);
        else
            add_partitions(discovery, found, name, metadata->topics[i].partition_cnt);
    }
    rd_kafka_metadata_destroy(metadata);
    if (status == STATUS_OK && !has_match && !discovery->is_later && discovery->spec->task_index == 0)
        kafka_notice(discovery->spec, "table %.*s: no topic matches '%.*s' yet", STR_FMT(discovery->spec->table->path),
                     STR_FMT(discovery->options->topic_pattern));
    return status;
}

/* A table finds its topics on the embedded broker, whether anything was written to them or not. */
static Status create_embedded_topics(const KafkaDiscovery *discovery, Error *err)
{
    KafkaEmbedded *broker = discovery->spec->host->kafka_embedded;
    for (int64_t i = 0; broker && i < discovery->options->topics.count; i++)
        TRY(kafka_embedded_create_topic(broker, discovery->options->topics.items[i], 1, err));
    return STATUS_OK;
}

static Status find_partitions(KafkaDiscovery *discovery, const KafkaAsk *ask, KafkaFound *found, bool *is_passing,
                              Error *err)
{
    if (discovery->pattern)
        return find_by_pattern(discovery, ask, found, is_passing, err);
    if (!discovery->is_later)
        TRY(create_embedded_topics(discovery, err));
    for (int64_t i = 0; i < discovery->options->topics.count; i++)
        TRY(find_listed(discovery, ask, found, discovery->options->topics.items[i], is_passing, err));
    return STATUS_OK;
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static Status look_once(KafkaDiscovery *discovery, KafkaFound *found, bool *is_passing, Error *err)
{
    KafkaAsk ask = {
        .spec = discovery->spec,
        .options = discovery->options,
        .handle = discovery->handle,
        .timeout_ms = discovery->timeout_ms,
        .is_later = discovery->is_later || discovery->has_known,
    };
    *is_passing = false;
    TRY(find_partitions(discovery, &ask, found, is_passing, err));
    return resolve_new(&ask, found, is_passing, err);
}

/* NULL: the thread must end. */
static KafkaFound *look(KafkaDiscovery *discovery)
{
    int64_t deadline_ns = clock_monotonic_ns(&env_clock) + (discovery->limit_ms + GRACE_MS) * 1000000;
    for (;;) {
        KafkaFound *found = kafka_found_create();
        bool        is_passing;
        Status      status = look_once(discovery, found, &is_passing, &found->error);
        bool        is_over = !discovery->is_later && clock_monotonic_ns(&env_clock) > deadline_ns;
        if (status == STATUS_OK || !is_passing || is_over)
            return found;
        discovery->timeout_ms = status == STATUS_TIMEOUT ? SLOW_CALL_MS : CALL_MS;
        kafka_found_free(found);
        if (wait_ms(discovery, RETRY_MS))
            return NULL;
    }
}

/* One round: false when there is nothing more to look for. */
static bool look_and_answer(KafkaDiscovery *discovery)
{
    KafkaFound *found = look(discovery);
    if (!found)
        return false;
    bool goes_on = found->error.status == STATUS_OK && discovery->options->discovery_ms > 0 &&
                   discovery->options->stop == KAFKA_STOP_NEVER;
    mark_seen(discovery, found);
    if (discovery->is_later && found->partitions.count == 0 && found->error.status == STATUS_OK)
        kafka_found_free(found);
    else
        hand_over(discovery, found);
    discovery->is_later = true;
    return goes_on;
}

static void serve_nudges(KafkaDiscovery *discovery)
{
    KafkaAsk ask = {
        .spec = discovery->spec, .options = discovery->options, .handle = discovery->handle, .timeout_ms = CALL_MS
    };
    for (KafkaFound *nudge = queue_pop(discovery->nudges); nudge; nudge = queue_pop(discovery->nudges)) {
        kafka_offsets_touch(&ask, nudge->partitions.items, nudge->partitions.count);
        kafka_found_free(nudge);
    }
}

static void run(KafkaDiscovery *discovery)
{
    bool looks = true;
    while (!is_stopping(discovery)) {
        looks = looks && look_and_answer(discovery);
        int64_t next_ns = clock_monotonic_ns(&env_clock) + discovery->options->discovery_ms * 1000000;
        for (int64_t left_ms = 1; left_ms > 0 && !is_stopping(discovery);) {
            serve_nudges(discovery);
            left_ms = (next_ns - clock_monotonic_ns(&env_clock)) / 1000000;
            if (!looks || left_ms > 0)
                wait_ms(discovery, looks ? left_ms : -1);
        }
    }
}

/* Apart from run: what a longjmp comes back to keeps no variables. */
static void fail_without_memory(KafkaDiscovery *discovery)
{
    KafkaFound *spare = discovery->spare;
    discovery->spare = NULL;
    error_set(&spare->error, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while looking for partitions");
    hand_over(discovery, spare);
}

static void thread_main(void *context)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        fail_without_memory(context);
        return;
    }
    run(context);
    env_guard_leave(&guard);
}

bool kafka_discovery_nudge(KafkaDiscovery *discovery, KafkaFound *partitions)
{
    bool is_sent = partitions->partitions.count > 0 && queue_push(discovery->nudges, partitions);
    if (is_sent)
        wakeup_signal(discovery->wakeup);
    else
        kafka_found_free(partitions);
    return is_sent;
}

/* ---- start and stop ---------------------------------------------------------------------------------------------- */

static void keep_known(KafkaDiscovery *discovery, const KafkaPartitions *known)
{
    for (int64_t i = 0; i < known->count; i++) {
        KafkaPartition *copy = arena_new(discovery->arena, KafkaPartition, 1);
        *copy = known->items[i];
        map_put(discovery->seen, partition_key(discovery->arena, copy->topic, copy->partition), copy);
    }
    discovery->has_known = known->count > 0;
}

Status kafka_discovery_start(const IoSpec *spec, const KafkaOptions *options, const KafkaClient *client,
                             const KafkaPartitions *known, KafkaDiscovery **out, Error *err)
{
    KafkaDiscovery *discovery = arena_new(spec->arena, KafkaDiscovery, 1);
    discovery->spec = spec;
    discovery->options = options;
    discovery->handle = client->handle;
    discovery->limit_ms = client->connect_limit_ms;
    discovery->timeout_ms = CALL_MS;
    if (options->topic_pattern.ptr)
        TRY(pattern_create(spec->arena, "topic-pattern", options->topic_pattern, spec->table->span, &discovery->pattern, err));
    discovery->arena = arena_create();
    discovery->seen = map_create(discovery->arena);
    discovery->given = arena_new(discovery->arena, KafkaPartition, 1);
    discovery->spare = kafka_found_create();
    discovery->answers = queue_create(ANSWERS_MAX);
    discovery->nudges = queue_create(1);
    discovery->stops = queue_create(1);
    discovery->wakeup = wakeup_create();
    keep_known(discovery, known);
    *out = discovery;
    return env_thread_start(&discovery->thread, "kafka-find", thread_main, discovery, err);
}

void kafka_discovery_stop(KafkaDiscovery *discovery)
{
    if (!discovery)
        return;
    queue_push(discovery->stops, discovery);
    wakeup_signal(discovery->wakeup);
    env_thread_join(discovery->thread);
    for (KafkaFound *found = queue_pop(discovery->answers); found; found = queue_pop(discovery->answers))
        kafka_found_free(found);
    for (KafkaFound *nudge = queue_pop(discovery->nudges); nudge; nudge = queue_pop(discovery->nudges))
        kafka_found_free(nudge);
    if (discovery->spare)
        kafka_found_free(discovery->spare);
    wakeup_destroy(discovery->wakeup);
    queue_destroy(discovery->stops);
    queue_destroy(discovery->nudges);
    queue_destroy(discovery->answers);
    arena_destroy(discovery->arena);
}
