/* kafka_transaction.h: one transactional id of a sink: its producer, its marker, and one short transaction per epoch.
 *
 * Everything here blocks and belongs to the I/O thread of the sink. A call has three outcomes: done; retry (close it,
 * connect again, and look at the marker: what was asked for may have happened); fatal. Nothing is ever "logged". */
#ifndef CONNECTORS_KAFKA_KAFKA_TRANSACTION_H
#define CONNECTORS_KAFKA_KAFKA_TRANSACTION_H

#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_marker.h"
#include "connectors/kafka/kafka_partitioner.h"

typedef enum KafkaOutcome { KAFKA_DONE, KAFKA_RETRY, KAFKA_FATAL } KafkaOutcome;

/* What all ids of a sink share. */
typedef struct KafkaTransactions {
    const IoSpec       *spec;
    const KafkaOptions *options;
    rd_kafka_conf_t    *producer_conf, *consumer_conf; /* to be copied */
    int64_t             timeout_ms;                    /* of a transaction; grows when one has run out of it */
    bool                timeout_is_given;              /* by the table: then it does not */
    bool (*is_stopping)(void *context);
    void *context;
} KafkaTransactions;

typedef struct KafkaTransactional {
    KafkaTransactions        *shared;
    int32_t                   instance;
    char                     *id;    /* PREFIX-INSTANCE */
    char                     *group; /* PREFIX-INSTANCE-epochs */
    KafkaClient               client;
    LIST(rd_kafka_topic_t *)  topics; /* of the options' topics */
    KafkaPartitioner          partitioner;
    rd_kafka_message_t       *messages; /* PRODUCE_MAX, scratch */
    KafkaMarker               marker;   /* as it was read or written last */
    int64_t                   marked_ns, begun_ms, begun_ns;
    bool                      may_be_open; /* records of an earlier try of the next epoch to be written */
    rd_kafka_resp_err_t       undelivered; /* why a record was not delivered */
} KafkaTransactional;

/* Checks the configuration; no network. */
Status kafka_transactions_open(KafkaTransactions *shared, const IoSpec *spec, const KafkaOptions *options, Error *err);
void   kafka_transactions_close(KafkaTransactions *shared);

/* An id, not connected. arena: of the I/O thread. */
KafkaTransactional *kafka_transactional_create(KafkaTransactions *shared, int32_t instance, Arena *arena);
bool                kafka_transactional_is_connected(const KafkaTransactional *id);
/* A new producer: shuts out earlier owners, waits until what they began has ended, then reads the marker. */
KafkaOutcome kafka_transactional_connect(KafkaTransactional *id, Error *err);
/* Records of a log and the marker, in one transaction. The caller sets may_be_open when the epoch may have been tried before. The bytes must
 * stay until the id is closed or this is done. */
KafkaOutcome kafka_transactional_write(KafkaTransactional *id, const KafkaMarker *marker, Str records, int64_t count,
                                       Error *err);
/* Callbacks of the library; says what is waited for. To be called now and then. */
void kafka_transactional_poll(KafkaTransactional *id);
void kafka_transactional_close(KafkaTransactional *id);
/* Only shuts out whoever uses the id, and with that ends what he has open. */
KafkaOutcome kafka_transactional_fence(KafkaTransactional *id, Error *err);

#endif
