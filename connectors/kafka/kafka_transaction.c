/* kafka_transaction.c: see kafka_transaction.h.
 *
 *   connect:  new producer -> init_transactions -> topics are asked for -> marker is read
 *   write:    begin -> all records -> flush -> marker by send_offsets -> commit; when an earlier try of the epoch may have left
 *             something open: the records once more before that, aborted
 *
 * init_transactions comes before the marker is read: it waits until a commit that is under way has ended, so that the
 * marker is final. Topics are asked for before the first record, which would wait up to a second for that. A transaction
 * is open for some tens of milliseconds, because all its records are there when it begins: readers of committed records
 * are held up no longer, and a broker that gives up on one finds nothing of ours to lose.
 *
 * Waiting is done in short calls where the library lets a call be continued, so that closing is quick. */
#include "connectors/kafka/kafka_transaction.h"

#include "connectors/kafka/kafka_log.h"

#include <stdio.h>

enum {
    TIMEOUT_MS = 10000,      /* of a transaction, unless the table says */
    TIMEOUT_MAX_MS = 300000,
    CALL_MS = 500,
    CONNECT_MS = 60000, /* then another producer tries */
    TOPIC_TRIES = 20,
    TOPIC_RETRY_MS = 100,
    FULL_MS = 10,
    ABORT_MS = 1000,
    DRAIN_MS = 2000,
    PRODUCE_MAX = 1000,
    API_END_TXN = 26, /* of the protocol */
};

/* ---- outcomes ---------------------------------------------------------------------------------------------------- */

/* No new producer would help. All others are unclear or pass. */
static const rd_kafka_resp_err_t final_codes[] = {
    RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
    RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
    RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
    RD_KAFKA_RESP_ERR_INVALID_RECORD,
    RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
    RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
};

static bool is_final(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof(final_codes) / sizeof(*final_codes); i++)
        if (final_codes[i] == code)
            return true;
    return false;
}

static bool is_fence(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

/* The broker shuts us out, too, when a transaction was open for too long (the process had been stopped, say). The wall
 * clock goes on while a machine sleeps. */
static bool has_run_out_of_time(const KafkaTransactional *id)
{
    int64_t limit_ms = id->shared->timeout_ms * 9 / 10;
    return id->begun_ns > 0 && ((clock_monotonic_ns(&env_clock) - id->begun_ns) / 1000000 > limit_ms ||
                                clock_now_ms(&env_clock) - id->begun_ms > limit_ms);
}

static KafkaOutcome fenced(const KafkaTransactional *id, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    error_set(err, STATUS_RUNTIME, table->span,
              "table %.*s: another process writes to kafka %.*s as '%s' now: this one stops", STR_FMT(table->path),
              STR_FMT(id->client.servers), id->id);
    error_hint(err, "'sink.transactional-id-prefix' must differ for every job, table and INSERT on a cluster");
    return KAFKA_FATAL;
}

static KafkaOutcome timeout_is_refused(const KafkaTransactional *id, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    error_set(err, STATUS_OPTION, table->span,
              "table %.*s: 'properties.transaction.timeout.ms' = %lld is more than kafka %.*s allows",
              STR_FMT(table->path), (long long)id->shared->timeout_ms, STR_FMT(id->client.servers));
    error_hint(err, "transaction.max.timeout.ms of the broker is 15 minutes unless it was changed; transactions here are "
                    "open for milliseconds, so that the default of %d s is enough", TIMEOUT_MS / 1000);
    return KAFKA_FATAL;
}

static KafkaOutcome judge(KafkaTransactional *id, rd_kafka_resp_err_t code, const char *reason, const char *doing,
                          Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    char             first[512];
    if (code == RD_KAFKA_RESP_ERR__FATAL || id->client.failure.status != STATUS_OK) {
        rd_kafka_resp_err_t cause = rd_kafka_fatal_error(id->client.handle, first, sizeof(first));
        if (cause != RD_KAFKA_RESP_ERR_NO_ERROR) {
            code = cause;
            reason = first;
        }
    }
    if (is_fence(code) && !has_run_out_of_time(id))
        return fenced(id, err);
    if (code == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT)
        return timeout_is_refused(id, err);
    if (id->client.failure.status == STATUS_AUTH && !is_final(code)) {
        *err = id->client.failure;
        return KAFKA_FATAL;
    }
    Status status = kafka_error_status(code);
    if (is_final(code) && status == STATUS_IO)
        status = STATUS_DATA;
    error_set(err, status, table->span, "kafka %.*s, '%s', %s: %s%s%s", STR_FMT(id->client.servers), id->id, doing, reason,
              id->client.reason[0] ? ": " : "", id->client.reason);
    if (table->path.ptr)
        error_prefix(err, "table %.*s", STR_FMT(table->path));
    kafka_error_hint(code, err);
    return is_final(code) ? KAFKA_FATAL : KAFKA_RETRY;
}

static KafkaOutcome judge_code(KafkaTransactional *id, rd_kafka_resp_err_t code, const char *doing, Error *err)
{
    return judge(id, code, rd_kafka_err2str(code), doing, err);
}

/* Takes the library's error. */
static KafkaOutcome judge_error(KafkaTransactional *id, rd_kafka_error_t *error, const char *doing, Error *err)
{
    if (!error)
        return KAFKA_DONE;
    KafkaOutcome outcome = judge(id, rd_kafka_error_code(error), rd_kafka_error_string(error), doing, err);
    rd_kafka_error_destroy(error);
    return outcome;
}

static bool is_stopping(const KafkaTransactional *id)
{
    return id->shared->is_stopping(id->shared->context);
}

static KafkaOutcome stopped(const KafkaTransactional *id, Error *err)
{
    error_set(err, STATUS_CANCELLED, id->shared->spec->table->span, "stopped");
    return KAFKA_RETRY;
}

/* ---- configuration ----------------------------------------------------------------------------------------------- */

static Status set(rd_kafka_conf_t *conf, const char *name, const char *value, Error *err)
{
    char reason[256];
    if (rd_kafka_conf_set(conf, name, value, reason, sizeof(reason)) == RD_KAFKA_CONF_OK)
        return STATUS_OK;
    return error_set(err, STATUS_INTERNAL, SPAN_NONE, "the Kafka client library: %s", reason);
}

/* The library wants records to be given up before the transaction is. */
static Status set_timeouts(rd_kafka_conf_t *conf, int64_t timeout_ms, Error *err)
{
    char    limit[32], given[32] = "0";
    size_t  size = sizeof(given);
    int64_t given_ms;
    snprintf(limit, sizeof(limit), "%lld", (long long)timeout_ms);
    TRY(set(conf, "transaction.timeout.ms", limit, err));
    if (rd_kafka_conf_get(conf, "message.timeout.ms", given, &size) == RD_KAFKA_CONF_OK &&
        str_to_i64(str_from(given), &given_ms) && given_ms > 0 && given_ms <= timeout_ms)
        return STATUS_OK;
    return set(conf, "message.timeout.ms", limit, err);
}

static Status read_timeout(KafkaTransactions *shared, Error *err)
{
    const TableSpec *table = shared->spec->table;
    Str              text = kafka_property(table, "transaction.timeout.ms");
    shared->timeout_ms = TIMEOUT_MS;
    shared->timeout_is_given = text.ptr != NULL;
    if (!text.ptr || (str_to_i64(str_trim(text), &shared->timeout_ms) && shared->timeout_ms >= 1000 &&
                      shared->timeout_ms <= INT32_MAX))
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span,
                     "'properties.transaction.timeout.ms' = '%.*s': expected milliseconds, at least 1000", STR_FMT(text));
}

/* A producer that is made and dropped says whether all properties go together, before anything runs. */
static Status try_configuration(const KafkaTransactions *shared, Error *err)
{
    KafkaClient      client = { 0 };
    rd_kafka_conf_t *conf = rd_kafka_conf_dup(shared->producer_conf);
    Status           status = set(conf, "transactional.id", "check", err);
    if (status == STATUS_OK)
        status = set_timeouts(conf, shared->timeout_ms, err);
    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    status = kafka_client_open(&client, shared->spec, true, conf, err);
    kafka_client_close(&client);
    return status;
}

Status kafka_transactions_open(KafkaTransactions *shared, const IoSpec *spec, const KafkaOptions *options, Error *err)
{
    IoSpec quiet = *spec; /* what there is to say about properties is said once */
    shared->spec = spec;
    shared->options = options;
    TRY(read_timeout(shared, err));
    TRY(kafka_config_create(spec, options, true, &shared->producer_conf, err));
    quiet.host = NULL;
    TRY(kafka_config_create(&quiet, options, false, &shared->consumer_conf, err));
    TRY(set(shared->consumer_conf, "isolation.level", "read_committed", err));
    return try_configuration(shared, err);
}

void kafka_transactions_close(KafkaTransactions *shared)
{
    if (shared->producer_conf)
        rd_kafka_conf_destroy(shared->producer_conf);
    if (shared->consumer_conf)
        rd_kafka_conf_destroy(shared->consumer_conf);
    shared->producer_conf = shared->consumer_conf = NULL;
}

KafkaTransactional *kafka_transactional_create(KafkaTransactions *shared, int32_t instance, Arena *arena)
{
    KafkaTransactional *id = arena_new(arena, KafkaTransactional, 1);
    Str                 prefix = shared->options->transactional_prefix;
    id->shared = shared;
    id->instance = instance;
    id->id = arena_cstr(arena, arena_format(arena, "%.*s-%d", STR_FMT(prefix), instance));
    id->group = arena_cstr(arena, arena_format(arena, "%s-epochs", id->id));
    id->messages = arena_new(arena, rd_kafka_message_t, PRODUCE_MAX);
    id->topics.items = arena_new(arena, rd_kafka_topic_t *, shared->options->topics.count);
    id->partitioner.task_index = instance;
    return id;
}

/* ---- a test's way of dying while the commit is on its way -------------------------------------------------------- */

static rd_kafka_resp_err_t on_request_sent(rd_kafka_t *handle, int socket, const char *broker, int32_t broker_id,
                                           int16_t api, int16_t version, int32_t correlation, size_t size, void *opaque)
{
    (void)handle, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)size, (void)opaque;
    if (api == API_END_TXN)
        env_step("kafka.during_commit");
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *handle, const rd_kafka_conf_t *conf, void *opaque, char *reason, size_t size)
{
    (void)conf, (void)opaque, (void)reason, (void)size;
    return rd_kafka_interceptor_add_on_request_sent(handle, "step", on_request_sent, NULL);
}

static void watch_requests(rd_kafka_conf_t *conf)
{
    if (env_variable("TIDE_KILL_AT").ptr)
        rd_kafka_conf_interceptor_add_on_new(conf, "step", on_new, NULL);
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
    (void)handle;
    KafkaTransactional *id = (KafkaTransactional *)((char *)opaque - offsetof(KafkaTransactional, client));
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && id->undelivered == RD_KAFKA_RESP_ERR_NO_ERROR)
        id->undelivered = message->err;
}

static Status configure(KafkaTransactional *id, rd_kafka_conf_t *conf, Error *err)
{
    TRY(set(conf, "transactional.id", id->id, err));
    TRY(set_timeouts(conf, id->shared->timeout_ms, err));
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    watch_requests(conf);
    return kafka_partitioner_configure(&id->partitioner, id->shared->options->partitioning, conf, err);
}

static Status create_producer(KafkaTransactional *id, Error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_dup(id->shared->producer_conf);
    Status           status = configure(id, conf, err);
    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    id->client.failure = ERROR_NONE;
    id->undelivered = RD_KAFKA_RESP_ERR_NO_ERROR;
    id->begun_ns = 0;
    return kafka_client_open(&id->client, id->shared->spec, true, conf, err);
}

/* In short calls; the library goes on between them. */
static KafkaOutcome init_transactions(KafkaTransactional *id, Error *err)
{
    int64_t end_ns = clock_monotonic_ns(&env_clock) + (int64_t)CONNECT_MS * 1000000;
    for (;;) {
        rd_kafka_error_t *error = rd_kafka_init_transactions(id->client.handle, CALL_MS);
        rd_kafka_poll(id->client.handle, 0);
        bool is_passing = error && rd_kafka_error_is_retriable(error) && id->client.failure.status == STATUS_OK &&
                          clock_monotonic_ns(&env_clock) < end_ns;
        if (!is_passing)
            return judge_error(id, error, "cannot begin", err);
        rd_kafka_error_destroy(error);
        if (is_stopping(id))
            return stopped(id, err);
        if (kafka_client_check(&id->client, err) != STATUS_OK)
            return KAFKA_FATAL;
    }
}

/* true: there is no need to ask again. */
static bool ask_for_topic(KafkaTransactional *id, rd_kafka_topic_t *topic)
{
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(id->client.handle, 0, topic, &metadata, CALL_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    bool is_known = metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_metadata_destroy(metadata);
    return is_known;
}

/* One that does not exist, and that the broker does not make when asked, is told by the first record. */
static KafkaOutcome open_topics(KafkaTransactional *id, Error *err)
{
    const KafkaOptions *options = id->shared->options;
    for (int64_t i = 0; i < options->topics.count; i++) {
        Text              name = TEXT_EMPTY;
        text_append(&name, options->topics.items[i]);
        rd_kafka_topic_t *topic = rd_kafka_topic_new(id->client.handle, text_cstr(&name), NULL);
        text_free(&name);
        if (!topic)
            return judge_code(id, rd_kafka_last_error(), "topic", err);
        id->topics.items[id->topics.count++] = topic;
        for (int tries = 0; tries < TOPIC_TRIES && !ask_for_topic(id, topic) && !is_stopping(id); tries++)
            env_sleep_ms(TOPIC_RETRY_MS);
    }
    return KAFKA_DONE;
}

static KafkaOutcome ask_marker(KafkaTransactional *id, rd_kafka_t *consumer, Error *err)
{
    Str     topic = id->shared->options->topics.items[0];
    int64_t end_ns = clock_monotonic_ns(&env_clock) + (int64_t)CONNECT_MS * 1000000;
    for (;;) {
        rd_kafka_resp_err_t code = kafka_marker_read(consumer, topic, id->shared->spec->job_id, CALL_MS, &id->marker);
        rd_kafka_poll(id->client.handle, 0);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return KAFKA_DONE;
        if (!kafka_error_is_passing(code) || clock_monotonic_ns(&env_clock) > end_ns)
            return judge_code(id, code, "its epoch cannot be read", err);
        if (is_stopping(id))
            return stopped(id, err);
        env_sleep_ms(TOPIC_RETRY_MS);
    }
}

static KafkaOutcome read_marker(KafkaTransactional *id, Error *err)
{
    KafkaClient      client = { 0 };
    rd_kafka_conf_t *conf = rd_kafka_conf_dup(id->shared->consumer_conf);
    if (set(conf, "group.id", id->group, err) != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return KAFKA_FATAL;
    }
    if (kafka_client_open(&client, id->shared->spec, false, conf, err) != STATUS_OK)
        return KAFKA_FATAL;
    KafkaOutcome outcome = ask_marker(id, client.handle, err);
    kafka_client_close(&client);
    return outcome;
}

bool kafka_transactional_is_connected(const KafkaTransactional *id)
{
    return id->client.handle != NULL;
}

KafkaOutcome kafka_transactional_fence(KafkaTransactional *id, Error *err)
{
    kafka_transactional_close(id);
    if (create_producer(id, err) != STATUS_OK)
        return KAFKA_FATAL;
    KafkaOutcome outcome = init_transactions(id, err);
    if (outcome == KAFKA_DONE)
        kafka_client_reached(&id->client);
    return outcome;
}

KafkaOutcome kafka_transactional_connect(KafkaTransactional *id, Error *err)
{
    KafkaOutcome outcome = kafka_transactional_fence(id, err);
    if (outcome == KAFKA_DONE)
        outcome = open_topics(id, err);
    if (outcome == KAFKA_DONE)
        outcome = read_marker(id, err);
    id->marked_ns = clock_monotonic_ns(id->shared->spec->clock);
    return outcome;
}

void kafka_transactional_poll(KafkaTransactional *id)
{
    Error err = ERROR_NONE;
    if (!id->client.handle)
        return;
    rd_kafka_poll(id->client.handle, 0);
    (void)kafka_client_check(&id->client, &err); /* says what is waited for; what it finds wrong, the next call finds, too */
}

/* What is open is aborted if that is quick: readers need not wait for the broker to give up on it.
 *
 * Requests that are on their way are waited for: while the library (2.0.2) takes a producer down, its main thread frees the text of the last
 * error, and an answer that says "fenced" makes the thread of the broker free that once more. After a first such answer, when a transaction ran
 * out of time, more of them follow. */
void kafka_transactional_close(KafkaTransactional *id)
{
    if (!id->client.handle)
        return;
    rd_kafka_purge(id->client.handle, RD_KAFKA_PURGE_F_QUEUE);
    rd_kafka_flush(id->client.handle, DRAIN_MS);
    rd_kafka_purge(id->client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    if (id->begun_ns > 0 && is_stopping(id)) {
        rd_kafka_error_t *error = rd_kafka_abort_transaction(id->client.handle, ABORT_MS);
        if (error)
            rd_kafka_error_destroy(error);
    }
    for (int64_t i = 0; i < id->topics.count; i++)
        rd_kafka_topic_destroy(id->topics.items[i]);
    id->topics.count = 0;
    kafka_client_close(&id->client);
}

/* ---- one transaction --------------------------------------------------------------------------------------------- */

static rd_kafka_topic_t *find_topic(const KafkaTransactional *id, Str name)
{
    const KafkaOptions *options = id->shared->options;
    for (int64_t i = 0; name.ptr && i < options->topics.count; i++)
        if (str_eq(options->topics.items[i], name))
            return id->topics.items[i];
    return name.ptr ? NULL : id->topics.items[0];
}

static KafkaOutcome damaged(const KafkaTransactional *id, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    error_set(err, STATUS_DATA, table->span, "table %.*s: the records that the checkpoint holds cannot be read",
              STR_FMT(table->path));
    return KAFKA_FATAL;
}

static rd_kafka_message_t message_of(const KafkaLogRecord *record)
{
    return (rd_kafka_message_t){ .payload = (void *)(uintptr_t)record->value.ptr, .len = (size_t)record->value.len,
                                 .key = (void *)(uintptr_t)record->key.ptr, .key_len = (size_t)record->key.len };
}

/* The library refers to the bytes, it does not copy them. */
static KafkaOutcome send_many(KafkaTransactional *id, int count, Error *err)
{
    for (int sent = 0; sent < count && !is_stopping(id);) {
        int taken = rd_kafka_produce_batch(id->topics.items[0], RD_KAFKA_PARTITION_UA, 0, id->messages + sent, count - sent);
        for (int i = sent; i < count && taken < count - sent; i++) {
            rd_kafka_resp_err_t code = id->messages[i].err;
            if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
                return judge_code(id, code, "a record cannot be sent", err);
        }
        sent += taken;
        rd_kafka_poll(id->client.handle, sent < count ? FULL_MS : 0);
    }
    return is_stopping(id) ? stopped(id, err) : KAFKA_DONE;
}

/* Takes the record's headers. */
static KafkaOutcome send_one(KafkaTransactional *id, KafkaLogRecord *record, Error *err)
{
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = find_topic(id, record->topic) },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = 0 },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)(uintptr_t)record->key.ptr, (size_t)record->key.len } },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)record->value.ptr, (size_t)record->value.len } },
        { .vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = record->timestamp },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = record->headers },
    };
    size_t              count = sizeof(parts) / sizeof(*parts) - (record->headers ? 0 : 1);
    rd_kafka_resp_err_t code = parts[0].u.rkt ? RD_KAFKA_RESP_ERR__QUEUE_FULL : RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && !is_stopping(id)) {
        rd_kafka_error_t *error = rd_kafka_produceva(id->client.handle, parts, count);
        code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
        if (error)
            rd_kafka_error_destroy(error);
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
            rd_kafka_poll(id->client.handle, FULL_MS);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && record->headers)
        rd_kafka_headers_destroy(record->headers);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? KAFKA_DONE : judge_code(id, code, "a record cannot be sent", err);
}

static KafkaOutcome send_all(KafkaTransactional *id, Str records, int64_t count, Error *err)
{
    KafkaLogRecord record;
    KafkaOutcome   outcome = KAFKA_DONE;
    int64_t        found = 0;
    int            waiting = 0;
    for (; outcome == KAFKA_DONE && kafka_log_next(&records, &record); found++) {
        if (record.topic.ptr) {
            outcome = send_one(id, &record, err);
            continue;
        }
        id->messages[waiting++] = message_of(&record);
        if (waiting < PRODUCE_MAX)
            continue;
        outcome = send_many(id, waiting, err);
        waiting = 0;
    }
    if (outcome == KAFKA_DONE && (found != count || records.len > 0))
        return damaged(id, err);
    return outcome == KAFKA_DONE ? send_many(id, waiting, err) : outcome;
}

/* Until every record is acknowledged. */
static KafkaOutcome flush(KafkaTransactional *id, Error *err)
{
    while (rd_kafka_flush(id->client.handle, CALL_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (is_stopping(id))
            return stopped(id, err);
        (void)kafka_client_check(&id->client, err);
        error_clear(err);
    }
    if (id->undelivered == RD_KAFKA_RESP_ERR_NO_ERROR)
        return KAFKA_DONE;
    return judge_code(id, id->undelivered, "a record was not delivered", err);
}

static KafkaOutcome send_and_flush(KafkaTransactional *id, Str records, int64_t count, Error *err)
{
    KafkaOutcome outcome = send_all(id, records, count, err);
    return outcome == KAFKA_DONE ? flush(id, err) : outcome;
}

static rd_kafka_error_t *send_marker(const KafkaTransactional *id, const KafkaMarker *marker)
{
    Str topic = id->shared->options->topics.items[0];
    rd_kafka_topic_partition_list_t    *offsets = kafka_marker_offsets(marker, topic, id->shared->spec->job_id);
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata_new(id->group);
    rd_kafka_error_t *error = rd_kafka_send_offsets_to_transaction(id->client.handle, offsets, group, -1);
    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(offsets);
    return error;
}

static KafkaOutcome begin(KafkaTransactional *id, Error *err)
{
    env_step("kafka.before_begin");
    id->begun_ns = clock_monotonic_ns(&env_clock);
    id->begun_ms = clock_now_ms(&env_clock);
    id->undelivered = RD_KAFKA_RESP_ERR_NO_ERROR;
    KafkaOutcome outcome = judge_error(id, rd_kafka_begin_transaction(id->client.handle), "cannot begin", err);
    env_step("kafka.after_begin");
    return outcome;
}

static KafkaOutcome commit(KafkaTransactional *id, const KafkaMarker *marker, Error *err)
{
    env_step("kafka.after_produce");
    KafkaOutcome outcome = judge_error(id, send_marker(id, marker), "the epoch cannot be written", err);
    if (outcome != KAFKA_DONE)
        return outcome;
    env_step("kafka.after_send_offsets");
    outcome = judge_error(id, rd_kafka_commit_transaction(id->client.handle, -1), "cannot commit", err);
    if (outcome != KAFKA_DONE)
        return outcome;
    env_step("kafka.after_commit");
    id->begun_ns = 0;
    id->marker = *marker;
    id->marked_ns = clock_monotonic_ns(id->shared->spec->clock);
    kafka_client_reached(&id->client);
    return KAFKA_DONE;
}

/* init_transactions should have ended what an earlier owner had open. A broker that was killed and has started again (seen with 4.3.1) may
 * say that it has aborted it and yet leave out the abort in the partitions; the next commit of this id would then commit those records as
 * well: the epoch would be there twice. So the same records are sent once more and aborted: that ends in each partition they go to
 * whatever is open there of this id. */
static KafkaOutcome end_what_is_open(KafkaTransactional *id, Str records, int64_t count, Error *err)
{
    KafkaOutcome outcome = begin(id, err);
    if (outcome == KAFKA_DONE)
        outcome = send_and_flush(id, records, count, err);
    if (outcome == KAFKA_DONE)
        outcome = judge_error(id, rd_kafka_abort_transaction(id->client.handle, -1), "cannot abort", err);
    if (outcome != KAFKA_DONE)
        return outcome;
    id->begun_ns = 0;
    id->may_be_open = false;
    return KAFKA_DONE;
}

static KafkaOutcome write_epoch(KafkaTransactional *id, const KafkaMarker *marker, Str records, int64_t count, Error *err)
{
    KafkaOutcome outcome = KAFKA_DONE;
    if (id->may_be_open && count > 0)
        outcome = end_what_is_open(id, records, count, err);
    if (outcome == KAFKA_DONE)
        outcome = begin(id, err);
    if (outcome == KAFKA_DONE)
        outcome = send_and_flush(id, records, count, err);
    return outcome == KAFKA_DONE ? commit(id, marker, err) : outcome;
}

KafkaOutcome kafka_transactional_write(KafkaTransactional *id, const KafkaMarker *marker, Str records, int64_t count,
                                       Error *err)
{
    KafkaTransactions *shared = id->shared;
    KafkaOutcome       outcome = write_epoch(id, marker, records, count, err);
    if (outcome == KAFKA_RETRY && has_run_out_of_time(id) && !shared->timeout_is_given && shared->timeout_ms < TIMEOUT_MAX_MS)
        shared->timeout_ms *= 2;
    return outcome;
}
