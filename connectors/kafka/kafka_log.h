/* kafka_log.h: the records of an epoch as bytes: what a checkpoint keeps of an exactly-once sink.
 *
 *     [version, one byte] [nonce] [previous] [count]                                      numbers of 8 bytes
 *     per record: [flags, one byte] [timestamp] [topic] [headers] [key] [value]           what the flags say is there
 *
 * A record is found by reading those before it. Nothing in it points to anything: it can be moved and written as it is. */
#ifndef CONNECTORS_KAFKA_KAFKA_LOG_H
#define CONNECTORS_KAFKA_KAFKA_LOG_H

#include "connectors/kafka/kafka_records.h"

typedef struct KafkaLogHeader {
    int64_t nonce;    /* random: the same epoch of another run has another one */
    int64_t previous; /* epoch that the cluster held when this one was sealed; 0 = none */
    int64_t count;    /* of records */
} KafkaLogHeader;

/* What one record is; the bytes are the log's. */
typedef struct KafkaLogRecord {
    Str                 topic; /* ptr NULL: the table's first */
    Str                 key;   /* ptr NULL: none */
    Str                 value; /* ptr NULL: none */
    int64_t             timestamp;
    rd_kafka_headers_t *headers; /* the caller's now; NULL: none */
} KafkaLogRecord;

/* Appends; an empty log is begun. Overflow is the text's. */
void kafka_log_append(Text *log, const KafkaRecords *records, const KafkaEncoder *encoder);
/* The records of another log. */
void kafka_log_append_log(Text *log, Str other);
/* All records are in: fills the header in. The log is begun when it is empty. */
void kafka_log_seal(Text *log, const KafkaLogHeader *header);

/* false: the bytes are no log of a version that is known. *records are those behind the header. */
bool kafka_log_open(Str log, KafkaLogHeader *header, Str *records);
/* Takes one record off the front; false when there is none, or what is there is damaged. */
bool kafka_log_next(Str *records, KafkaLogRecord *out);

#endif
