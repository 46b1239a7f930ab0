/* kafka_splits.h: the partitions that a source instance reads, how far it has come in each, and that as text. */
#ifndef CONNECTORS_KAFKA_KAFKA_SPLITS_H
#define CONNECTORS_KAFKA_KAFKA_SPLITS_H

#include "connectors/kafka/kafka_discovery.h"

typedef struct KafkaSplit {
    Str     topic;
    int32_t partition;
    int64_t start;
    int64_t next; /* offset behind the last row handed out */
    int64_t stop;
    bool    has_ended;    /* all before stop was read */
    bool    is_announced; /* ... and the poll has said so */
} KafkaSplit;

/* Splits by topic and partition; a topic is found by the library's handle of it, which every message carries. */
typedef struct KafkaSplitTopic {
    Str            name;
    const void    *handle; /* rd_kafka_topic_t of messages seen so far; NULL = none yet */
    LIST(int32_t)  splits; /* by partition; -1 = not ours */
} KafkaSplitTopic;

typedef struct KafkaSplits {
    Arena                *arena;
    LIST(KafkaSplit)      items;
    LIST(KafkaSplitTopic) topics;
    int64_t               ended;
} KafkaSplits;

int32_t kafka_splits_add(KafkaSplits *splits, const KafkaPartition *partition);
/* Index of the split that the message belongs to, -1 = none. Called once per run of messages. */
int32_t kafka_splits_find(KafkaSplits *splits, const rd_kafka_message_t *message);
void    kafka_splits_end(KafkaSplits *splits, int32_t split);
/* Adds what is to be read and what of it was read; total stays -1 when a partition has no end. */
void    kafka_splits_progress(const KafkaSplits *splits, int64_t *total, int64_t *done);

/* "topic/partition", and "next stop" with stop "-" = none. */
void    kafka_split_name(const KafkaSplit *split, Text *out);
void    kafka_split_position(const KafkaSplit *split, Text *out);
/* Adds the partitions of saved positions. */
Status  kafka_splits_parse(const SplitPosition *positions, int32_t count, Arena *arena, KafkaPartitions *out, Error *err);

#endif
