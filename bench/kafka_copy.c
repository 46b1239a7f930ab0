/* kafka_copy.c: the floor of bench/latency: reads every record of a topic and sends on those that have a key, which are the
 * ones that close a window. Nothing else happens between reading and writing.
 *
 *     bench_kafka_copy SERVERS IN OUT        until it is killed */
#include "bench/kafka_client.h"

enum { BATCH = 2048 };

int main(int argc, char **argv)
{
    if (argc != 4)
        return fprintf(stderr, "usage: bench_kafka_copy SERVERS IN OUT\n"), 2;
    rd_kafka_message_t *messages[BATCH];
    rd_kafka_t         *consumer = consumer_new(argv[1], argv[2]);
    rd_kafka_t         *producer = producer_new(argv[1]);
    rd_kafka_topic_t   *out = rd_kafka_topic_new(producer, argv[3], NULL);
    rd_kafka_queue_t   *queue = rd_kafka_queue_get_consumer(consumer);
    for (;;) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 0, messages, BATCH);
        if (count <= 0) { /* waits for one, takes what is there: asking for many would wait for many */
            messages[0] = rd_kafka_consume_queue(queue, 100);
            count = messages[0] != NULL;
        }
        for (ssize_t i = 0; i < count; i++) {
            const rd_kafka_message_t *message = messages[i];
            if (!message->err && message->key)
                rd_kafka_produce(out, 0, RD_KAFKA_MSG_F_COPY, message->key, message->key_len, NULL, 0, NULL);
            rd_kafka_message_destroy(messages[i]);
        }
        rd_kafka_poll(producer, 0);
    }
}
