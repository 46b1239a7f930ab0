/* kafka_partitioner.c: default, fixed and round-robin.
 *
 * The default is the client library's murmur2_random: keys land where Java clients put them (the hash is Java's, its
 * sign bit dropped), records without a key go to one partition for a moment and then to another. The other two are
 * callbacks; without a key the library would not ask them unless its own stickiness is off. They run in the task's
 * produce calls, or in the library's main thread for records that waited for their topic to be known. */
#include "connectors/kafka/kafka_partitioner.h"

static int32_t choose_fixed(const rd_kafka_topic_t *topic, const void *key, size_t key_size, int32_t count,
                            void *opaque, void *message_opaque)
{
    (void)topic;
    (void)key;
    (void)key_size;
    (void)message_opaque;
    return ((const KafkaPartitioner *)opaque)->task_index % count;
}

static int32_t choose_next(const rd_kafka_topic_t *topic, const void *key, size_t key_size, int32_t count, void *opaque,
                           void *message_opaque)
{
    KafkaPartitioner *partitioner = opaque;
    (void)topic;
    (void)key;
    (void)key_size;
    (void)message_opaque;
    return (int32_t)(__atomic_fetch_add(&partitioner->next, 1, __ATOMIC_RELAXED) % (uint32_t)count);
}

Status kafka_partitioner_configure(KafkaPartitioner *partitioner, KafkaPartitioning partitioning, rd_kafka_conf_t *conf,
                                   Error *err)
{
    char reason[256];
    if (partitioning == KAFKA_PARTITION_DEFAULT)
        return STATUS_OK;
    if (rd_kafka_conf_set(conf, "sticky.partitioning.linger.ms", "0", reason, sizeof(reason)) != RD_KAFKA_CONF_OK)
        return error_set(err, STATUS_INTERNAL, SPAN_NONE, "the Kafka client library: %s", reason);
    rd_kafka_topic_conf_t *topic = rd_kafka_conf_get_default_topic_conf(conf);
    rd_kafka_topic_conf_t *ours = topic ? rd_kafka_topic_conf_dup(topic) : rd_kafka_topic_conf_new();
    rd_kafka_topic_conf_set_opaque(ours, partitioner);
    rd_kafka_topic_conf_set_partitioner_cb(ours, partitioning == KAFKA_PARTITION_FIXED ? choose_fixed : choose_next);
    rd_kafka_conf_set_default_topic_conf(conf, ours);
    return STATUS_OK;
}
