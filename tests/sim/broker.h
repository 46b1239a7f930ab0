/* broker.h: a log with transactions, as far as the kafka sink uses it.
 *
 *   init     a producer for a transactional id: earlier ones are shut out, what they had open is aborted
 *   marker   the number that the last committed transaction of the id carried
 *   produce  records into the open transaction; visible when it is committed, in the order of the log: what is behind an open transaction
 *            waits for it (read_committed)
 *   commit   with a marker, in one
 *   send     records outside of transactions, visible at once; the same sequence number of a session again changes nothing
 *
 * A transaction that stays open for TRANSACTION_MS is aborted and its producer shut out. */
#ifndef TESTS_SIM_BROKER_H
#define TESTS_SIM_BROKER_H

#include "core/map.h"
#include "core/text.h"
#include "tests/sim/check.h"
#include "tests/sim/network.h"

enum { TRANSACTION_MS = 10000 };

typedef struct LogMarker {
    int64_t epoch, nonce; /* epoch 0 = none */
} LogMarker;

typedef enum BrokerKind { BROKER_INIT, BROKER_MARKER, BROKER_PRODUCE, BROKER_OFFSETS, BROKER_COMMIT, BROKER_SEND } BrokerKind;

typedef struct BrokerCall {
    Call       call; /* first */
    BrokerKind kind;
    Str        id;       /* transactional id; SEND: of the session */
    Str        topic;
    int64_t    producer; /* number that INIT gave; SEND: sequence number, from 1 */
    Str        records;  /* as log_put_record lays them out */
    LogMarker  marker;   /* OFFSETS: to be committed. MARKER: the answer */
} BrokerCall;

typedef struct Broker Broker;
extern Broker *broker;

void broker_start(Check *check);
void broker_end(void);
/* The time limit of transactions. */
void broker_step(void);
/* Copies what is in `call`, and sends it. */
BrokerCall *broker_send(const BrokerCall *call);
/* A look at the topic: number of visible rows. */
int64_t broker_visible(Str topic);

void log_put_record(Text *records, Str key, Str value);

#endif
