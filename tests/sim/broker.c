/* broker.c: see broker.h. */
#include "tests/sim/broker.h"

#include "core/bytes.h"

typedef enum TransactionState { OPEN, COMMITTED, ABORTED } TransactionState;

typedef struct Transaction {
    TransactionState state;
    int64_t          begun_ms;
} Transaction;

typedef struct LogRecord {
    Str          key, value;
    Transaction *transaction; /* NULL: visible as it is */
} LogRecord;

typedef struct Topic {
    LIST(LogRecord) records;
    int64_t visible; /* so many from the start have been seen by readers of committed records */
    int64_t shown;   /* ... aborted ones left out */
} Topic;

typedef struct Producer {
    int64_t      number;
    Transaction *open;
    LogMarker    marker, pending;
    int64_t      sequence; /* of a session */
    Owner        owner;
} Producer;

struct Broker {
    Arena *arena;
    Check *check;
    Map   *topics, *producers;
};

Broker *broker;

void broker_start(Check *check)
{
    Arena *arena = arena_create();
    broker = arena_new(arena, Broker, 1);
    *broker = (Broker){ .arena = arena, .check = check, .topics = map_create(arena), .producers = map_create(arena) };
}

void broker_end(void)
{
    arena_destroy(broker->arena);
    broker = NULL;
}

static Topic *find_topic(Str name)
{
    Topic *topic = map_get(broker->topics, name);
    if (!topic) {
        topic = arena_new(broker->arena, Topic, 1);
        map_put(broker->topics, name, topic);
    }
    return topic;
}

static Producer *find_producer(Str id)
{
    Producer *producer = map_get(broker->producers, id);
    if (!producer) {
        producer = arena_new(broker->arena, Producer, 1);
        map_put(broker->producers, id, producer);
    }
    return producer;
}

int64_t broker_visible(Str topic)
{
    return find_topic(topic)->shown;
}

/* ---- readers of committed records ------------------------------------------------------------------------------------------------ */

static void show(Str name, Topic *topic)
{
    for (; topic->visible < topic->records.count; topic->visible++) {
        const LogRecord *record = &topic->records.items[topic->visible];
        if (record->transaction && record->transaction->state == OPEN)
            return;
        if (record->transaction && record->transaction->state == ABORTED)
            continue;
        topic->shown++;
        trace("%.*s shows %.*s", STR_FMT(name), STR_FMT(shortened(record->value)));
        check_row(broker->check, name, record->key, record->value);
    }
}

static void show_all(void)
{
    for (int64_t i = 0; i < broker->topics->count; i++)
        show(broker->topics->entries[i].key, broker->topics->entries[i].value);
}

/* ---- the calls ----------------------------------------------------------------------------------------------------------------- */

static void end_transaction(Producer *producer, TransactionState state)
{
    if (!producer->open)
        return;
    producer->open->state = state;
    producer->open = NULL;
    producer->pending = (LogMarker){ 0 };
    show_all();
}

static void append(const BrokerCall *call, Transaction *transaction)
{
    Topic      *topic = find_topic(call->topic);
    const char *cursor = call->records.ptr, *end = cursor + call->records.len;
    Str         key, value;
    while (decode_str(&cursor, end, &key) && decode_str(&cursor, end, &value))
        list_push(broker->arena, &topic->records, (LogRecord){ arena_str(broker->arena, key), arena_str(broker->arena, value), transaction });
}

static Answer init(BrokerCall *call, Producer *producer)
{
    if (machine->knob == KNOB_NO_FENCE) {
        call->producer = producer->number;
        return ANSWER_OK;
    }
    end_transaction(producer, ABORTED);
    owner_claim(&producer->owner, &call->call);
    call->producer = ++producer->number;
    return ANSWER_OK;
}

static Answer produce(const BrokerCall *call, Producer *producer)
{
    if (!producer->open) {
        producer->open = arena_new(broker->arena, Transaction, 1);
        producer->open->begun_ms = machine->elapsed_ms;
    }
    append(call, producer->open);
    return ANSWER_OK;
}

static Answer commit(Producer *producer)
{
    LogMarker pending = producer->pending;
    if (!producer->open)
        return ANSWER_REFUSED;
    if (pending.epoch > 0)
        producer->marker = pending;
    end_transaction(producer, COMMITTED);
    return ANSWER_OK;
}

/* Outside of the transaction, when that is what is wrong on purpose. */
static Answer offsets(const BrokerCall *call, Producer *producer)
{
    if (machine->knob == KNOB_MARKER_APART) {
        producer->marker = call->marker;
        return ANSWER_OK;
    }
    if (!producer->open)
        return ANSWER_REFUSED;
    producer->pending = call->marker;
    return ANSWER_OK;
}

static Answer send_plain(const BrokerCall *call, Producer *session)
{
    if (call->producer <= session->sequence)
        return ANSWER_OK;
    session->sequence = call->producer;
    append(call, NULL);
    show_all();
    return ANSWER_OK;
}

static Answer serve(Call *base)
{
    BrokerCall *call = (BrokerCall *)base;
    Producer   *producer = find_producer(call->id);
    bool        is_shut_out = call->producer != producer->number;
    switch (call->kind) {
    case BROKER_INIT: return init(call, producer);
    case BROKER_MARKER: call->marker = producer->marker; return is_shut_out ? ANSWER_REFUSED : ANSWER_OK;
    case BROKER_SEND: return send_plain(call, producer);
    case BROKER_PRODUCE: return is_shut_out ? ANSWER_REFUSED : produce(call, producer);
    case BROKER_OFFSETS: return is_shut_out ? ANSWER_REFUSED : offsets(call, producer);
    case BROKER_COMMIT: break;
    }
    return is_shut_out ? ANSWER_REFUSED : commit(producer);
}

BrokerCall *broker_send(const BrokerCall *call)
{
    static const char *const names[] = { "init", "read of the marker", "produce", "offsets", "commit", "send" };
    BrokerCall              *sent = arena_new(network->arena, BrokerCall, 1);
    *sent = *call;
    sent->records = arena_str(network->arena, call->records);
    sent->id = arena_str(network->arena, call->id);
    sent->topic = arena_str(network->arena, call->topic);
    sent->call.serve = serve;
    sent->call.what = names[call->kind];
    network_send(&sent->call);
    return sent;
}

void broker_step(void)
{
    for (int64_t i = 0; i < broker->producers->count; i++) {
        Producer *producer = broker->producers->entries[i].value;
        if (!producer->open || machine->elapsed_ms - producer->open->begun_ms <= TRANSACTION_MS)
            continue;
        trace("the transaction of %.*s was open for too long", STR_FMT(broker->producers->entries[i].key));
        producer->number++;
        end_transaction(producer, ABORTED);
    }
}

void log_put_record(Text *records, Str key, Str value)
{
    encode_str(key, records);
    encode_str(value, records);
}
