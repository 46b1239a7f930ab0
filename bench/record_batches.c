/* record_batches.c: what the client library costs for each record, beside a prototype that does only what the wire format asks for.
 *
 *     bench_record_batches SERVERS TOPIC SEGMENT [million records]        1
 *
 *   library, writing    records handed to librdkafka in batches, until all are acknowledged
 *   prototype, writing  the same records put into batches of the format, with their checksum, and written to /dev/null
 *   library, reading    the topic from its beginning, a batch of messages at a time, their sizes summed
 *   prototype, reading  the broker's own segment file, in reads of a megabyte: checksums verified, records found, their sizes summed
 *
 * CPU of the process, in ns per record; that of the broker is not in it. What the prototype leaves out: requests, sockets (a copy of the
 * bytes by the kernel is in both), retries, partitions. Format: Apache Kafka's protocol guide, "Record Batch", magic 2. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/bid.h"
#include "bench/figures.h"
#include "bench/kafka_client.h"

enum { READ_SIZE = 1 << 20, BATCH_SIZE = 1000000, HEADER = 61, CRC_AT = 17, CRC_FROM = 21, COUNT_AT = 57, MESSAGES = 1000, AUCTIONS = 100 };

typedef struct Totals {
    int64_t records, bytes;
} Totals;

static void report(const char *what, double start, Totals totals)
{
    printf("%-20s %8.1f ns per record of %" PRId64 " bytes, %" PRId64 " records\n", what, (figures_cpu_s() - start) * 1e9 / (double)totals.records,
           totals.bytes / totals.records, totals.records);
}

static uint64_t big_endian(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static void put_big_endian(uint8_t *at, int bytes, uint64_t value)
{
    for (int i = bytes; i-- > 0; value >>= 8)
        at[i] = (uint8_t)value;
}

/* ---- CRC-32C ------------------------------------------------------------------------------------------------------------------ */

/* By the processor's own instruction, as the library does where there is one. */
__attribute__((target("sse4.2"))) static uint32_t crc32c(const uint8_t *at, int64_t size)
{
    uint64_t crc = 0xffffffffu;
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        crc = __builtin_ia32_crc32di(crc, word);
    }
    for (; size > 0; size--)
        crc = __builtin_ia32_crc32qi((uint32_t)crc, *at++);
    return ~(uint32_t)crc;
}

/* ---- zigzag numbers ----------------------------------------------------------------------------------------------------------- */

static const uint8_t *take_number(const uint8_t *at, int64_t *out)
{
    uint64_t value = 0;
    int      shift = 0;
    do
        value |= (uint64_t)(*at & 127) << shift, shift += 7;
    while (*at++ & 128);
    *out = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return at;
}

static uint8_t *put_number(uint8_t *at, int64_t number)
{
    uint64_t value = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    for (; value >= 128; value >>= 7)
        *at++ = (uint8_t)(value | 128);
    *at++ = (uint8_t)value;
    return at;
}

/* ---- the prototype ------------------------------------------------------------------------------------------------------------ */

/* Length, attributes, time and offset since the batch's, key, value; headers are passed over. */
static void read_batch(const uint8_t *batch, int64_t size, Totals *totals)
{
    if (crc32c(batch + CRC_FROM, size - CRC_FROM) != (uint32_t)big_endian(batch + CRC_AT, 4)) {
        fprintf(stderr, "a checksum is wrong\n");
        exit(1);
    }
    const uint8_t *at = batch + HEADER;
    for (uint64_t left = big_endian(batch + COUNT_AT, 4); left > 0; left--) {
        int64_t        length, time, offset, key, value;
        const uint8_t *record = take_number(at, &length);
        at = record + length;
        record = take_number(take_number(take_number(record + 1, &time), &offset), &key);
        take_number(record + (key > 0 ? key : 0), &value);
        totals->records++;
        totals->bytes += value;
    }
}

static Totals read_segment(const char *path)
{
    static uint8_t buffer[4 * READ_SIZE];
    Totals         totals = { 0 };
    int            fd = open(path, O_RDONLY);
    int64_t        have = 0, got;
    while (fd >= 0 && (got = read(fd, buffer + have, READ_SIZE)) > 0) {
        int64_t at = 0;
        have += got;
        for (int64_t size; have - at >= HEADER && (size = 12 + (int64_t)big_endian(buffer + at + 8, 4)) <= have - at && size > HEADER; at += size)
            read_batch(buffer + at, size, &totals);
        memmove(buffer, buffer + at, (size_t)(have - at));
        have -= at;
    }
    close(fd);
    return totals;
}

static void write_batch(int fd, uint8_t *batch, const uint8_t *end, int64_t count)
{
    put_big_endian(batch + 8, 4, (uint64_t)(end - batch - 12));
    batch[16] = 2; /* magic */
    put_big_endian(batch + 23, 4, (uint64_t)(count - 1));
    put_big_endian(batch + COUNT_AT, 4, (uint64_t)count);
    put_big_endian(batch + CRC_AT, 4, crc32c(batch + CRC_FROM, end - batch - CRC_FROM));
    if (write(fd, batch, (size_t)(end - batch)) < 0)
        exit(1);
}

static Totals build_batches(const char *values, const int *sizes, int kinds, int64_t records)
{
    static uint8_t batch[BATCH_SIZE + 2 * BID_SIZE_MAX];
    Totals         totals = { 0 };
    int            fd = open("/dev/null", O_WRONLY);
    uint8_t       *at = batch + HEADER;
    int64_t        count = 0;
    for (; totals.records < records; totals.records++) {
        int     kind = (int)(totals.records % kinds), size = sizes[kind];
        uint8_t head[32], *end = put_number(head + 3, size); /* attributes, time, no key are a byte each before it; the offset varies */
        uint8_t body[16], *to = body;
        *to++ = 0;
        to = put_number(put_number(to, 0), count++);
        to = put_number(to, -1);
        at = put_number(at, to - body + (end - head - 3) + size + 1);
        memcpy(at, body, (size_t)(to - body));
        at += to - body;
        memcpy(at, head + 3, (size_t)(end - head - 3));
        at += end - head - 3;
        memcpy(at, values + (int64_t)kind * BID_SIZE_MAX, (size_t)size);
        at += size;
        *at++ = 0; /* no headers */
        totals.bytes += size;
        if (at - batch < BATCH_SIZE)
            continue;
        write_batch(fd, batch, at, count);
        at = batch + HEADER;
        count = 0;
    }
    close(fd);
    return totals;
}

/* ---- the library -------------------------------------------------------------------------------------------------------------- */

static Totals produce(const char *servers, const char *name, char *values, const int *sizes, int kinds, int64_t records)
{
    rd_kafka_t        *producer = producer_new(servers);
    rd_kafka_topic_t  *topic = rd_kafka_topic_new(producer, name, NULL);
    rd_kafka_message_t messages[MESSAGES];
    Totals             totals = { 0 };
    while (totals.records < records) {
        for (int i = 0; i < MESSAGES; i++) {
            int kind = (int)((totals.records + i) % kinds);
            messages[i] = (rd_kafka_message_t){ .payload = values + (int64_t)kind * BID_SIZE_MAX, .len = (size_t)sizes[kind] };
            totals.bytes += sizes[kind];
        }
        for (int sent = 0; sent < MESSAGES; rd_kafka_poll(producer, sent < MESSAGES ? 1 : 0))
            sent += rd_kafka_produce_batch(topic, 0, 0, messages + sent, MESSAGES - sent);
        totals.records += MESSAGES;
    }
    rd_kafka_flush(producer, 60000);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(producer);
    return totals;
}

static Totals consume(const char *servers, const char *topic, int64_t records)
{
    rd_kafka_t         *consumer = consumer_new(servers, topic);
    rd_kafka_queue_t   *queue = rd_kafka_queue_get_consumer(consumer);
    rd_kafka_message_t *messages[MESSAGES];
    Totals              totals = { 0 };
    while (totals.records < records) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 1000, messages, MESSAGES);
        for (ssize_t i = 0; i < count; i++) {
            totals.records += !messages[i]->err;
            totals.bytes += (int64_t)messages[i]->len;
            rd_kafka_message_destroy(messages[i]);
        }
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(consumer);
    return totals;
}

int main(int argc, char **argv)
{
    enum { KINDS = 1000 };
    static char values[KINDS * BID_SIZE_MAX];
    int         sizes[KINDS];
    int64_t     records = (int64_t)((argc > 4 ? strtod(argv[4], NULL) : 1) * 1e6) / MESSAGES * MESSAGES;
    if (argc < 4)
        return fprintf(stderr, "usage: bench_record_batches SERVERS TOPIC SEGMENT [million records]\n"), 2;
    for (int i = 0; i < KINDS; i++)
        sizes[i] = bid_print(values + (int64_t)i * BID_SIZE_MAX, i, i, AUCTIONS);
    double start = figures_cpu_s();
    report("library, writing", start, produce(argv[1], argv[2], values, sizes, KINDS, records));
    start = figures_cpu_s();
    report("prototype, writing", start, build_batches(values, sizes, KINDS, records));
    start = figures_cpu_s();
    report("library, reading", start, consume(argv[1], argv[2], records));
    start = figures_cpu_s();
    Totals read = read_segment(argv[3]);
    if (read.records != records)
        return fprintf(stderr, "the segment has %" PRId64 " records\n", read.records), 1;
    report("prototype, reading", start, read);
    return 0;
}
