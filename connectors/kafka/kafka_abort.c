/* kafka_abort.c: init_transactions of each id, and nothing else: the broker aborts what the owner before had open. */
#include "connectors/kafka/kafka_abort.h"

#include "connectors/kafka/kafka_transaction.h"

enum { RETRIES_MAX = 5, RETRY_MS = 500 };

static bool never_stops(void *context)
{
    (void)context;
    return false;
}

static Status fence(KafkaTransactions *shared, int32_t instance, Error *err)
{
    Arena              *arena = arena_create();
    KafkaTransactional *id = kafka_transactional_create(shared, instance, arena);
    KafkaOutcome        outcome = KAFKA_RETRY;
    for (int tries = 0; tries < RETRIES_MAX && outcome == KAFKA_RETRY; tries++) {
        if (tries > 0)
            env_sleep_ms(RETRY_MS);
        error_clear(err);
        outcome = kafka_transactional_fence(id, err);
        kafka_transactional_close(id);
    }
    arena_destroy(arena);
    return outcome == KAFKA_DONE ? STATUS_OK : err->status;
}

static Status fence_all(Str prefix, int32_t count, const Map *properties, const ConnectorHost *host, Arena *arena, Error *err)
{
    TableSpec         table = { .options = properties, .span = SPAN_NONE };
    IoSpec            spec = { .table = &table, .arena = arena, .task_count = 1, .clock = &env_clock, .zone = zone_utc,
                               .host = host, .rowtime = -1 };
    KafkaOptions      options = { .delivery = KAFKA_DELIVERY_EXACTLY_ONCE, .transactional_prefix = prefix };
    KafkaTransactions shared = { .is_stopping = never_stops };
    Status            status = kafka_config_check(&table, true, err);
    if (status == STATUS_OK)
        status = kafka_transactions_open(&shared, &spec, &options, err);
    for (int32_t i = 0; i < count && status == STATUS_OK; i++)
        status = fence(&shared, i, err);
    kafka_transactions_close(&shared);
    return status;
}

Status kafka_abort_transactions(Str prefix, int32_t count, const Map *properties, const ConnectorHost *host, Error *err)
{
    Arena *arena = arena_create();
    Status status = fence_all(prefix, count, properties, host, arena, err);
    arena_destroy(arena);
    return status;
}
