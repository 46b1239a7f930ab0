/* kafka_log.c: see kafka_log.h. One copy of each record's bytes, in one reservation per batch when rows carry no metadata. */
#include "connectors/kafka/kafka_log.h"

#include "core/bytes.h"

enum { VERSION = 1, HEADER_SIZE = 1 + 3 * 8, RECORD_MAX = 1 + 2 * 8 /* flags, sizes of key and value */ };
enum { HAS_KEY = 1, HAS_VALUE = 2, HAS_METADATA = 4, HAS_HEADERS = 8, FLAGS = 15 };

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void begin(Text *log)
{
    static const char header[HEADER_SIZE] = { VERSION };
    if (log->len == 0)
        text_append(log, (Str){ header, HEADER_SIZE });
}

static char *put_bytes(char *at, const Text *text, const Record *record)
{
    int64_t size = record->end - record->start;
    memcpy(at, &size, sizeof(size));
    if (size > 0)
        memcpy(at + sizeof(size), text->ptr + record->start, (size_t)size);
    return at + sizeof(size) + size;
}

/* Room was reserved. */
static char *put_record(char *at, const KafkaRecords *records, int64_t index)
{
    const Record *key = records->key ? &records->key[index] : NULL;
    const Record *value = &records->value[index];
    bool          has_key = key && !key->is_null;
    if (has_key)
        at = put_bytes(at, &records->keys, key);
    return value->is_null ? at : put_bytes(at, &records->values, value);
}

static char flags_of(const KafkaRecords *records, int64_t index)
{
    int flags = records->value[index].is_null ? 0 : HAS_VALUE;
    if (records->key && !records->key[index].is_null)
        flags |= HAS_KEY;
    if (records->topic)
        flags |= HAS_METADATA | (records->headers[index] ? HAS_HEADERS : 0);
    return (char)flags;
}

static void append_plain(Text *log, const KafkaRecords *records)
{
    char *at = text_reserve(log, records->keys.len + records->values.len + records->count * RECORD_MAX);
    if (!at)
        return;
    for (int64_t i = 0; i < records->count; i++) {
        *at++ = flags_of(records, i);
        at = put_record(at, records, i);
    }
    log->len = at - log->ptr;
}

static void append_headers(Text *log, const rd_kafka_headers_t *headers)
{
    size_t      count = rd_kafka_header_cnt(headers), size;
    const char *name;
    const void *value;
    encode_i64((int64_t)count, log);
    for (size_t i = 0; i < count && rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; i++) {
        encode_str(str_from(name), log);
        encode_bool(value != NULL, log);
        if (value)
            encode_str((Str){ value, (int64_t)size }, log);
    }
}

static void append_with_metadata(Text *log, const KafkaRecords *records, int64_t index, const KafkaEncoder *encoder)
{
    char flags = flags_of(records, index);
    text_put(log, flags);
    encode_i64(records->timestamps[index], log);
    encode_str(kafka_encoder_topic(encoder, records->topic[index]), log);
    if (flags & HAS_HEADERS)
        append_headers(log, records->headers[index]);
    const Record *value = &records->value[index];
    int64_t       size = value->end - value->start + RECORD_MAX;
    if (records->key)
        size += records->key[index].end - records->key[index].start;
    char *at = text_reserve(log, size);
    if (at)
        log->len = put_record(at, records, index) - log->ptr;
}

void kafka_log_append(Text *log, const KafkaRecords *records, const KafkaEncoder *encoder)
{
    begin(log);
    if (!records->topic)
        append_plain(log, records);
    for (int64_t i = 0; records->topic && i < records->count && !log->overflow; i++)
        append_with_metadata(log, records, i, encoder);
}

void kafka_log_append_log(Text *log, Str other)
{
    begin(log);
    if (other.len > HEADER_SIZE)
        text_append(log, str_slice(other, HEADER_SIZE, other.len));
}

void kafka_log_seal(Text *log, const KafkaLogHeader *header)
{
    begin(log);
    memcpy(log->ptr + 1, &header->nonce, 8);
    memcpy(log->ptr + 9, &header->previous, 8);
    memcpy(log->ptr + 17, &header->count, 8);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

bool kafka_log_open(Str log, KafkaLogHeader *header, Str *records)
{
    const char *cursor = log.ptr + 1, *end = log.ptr + log.len;
    if (log.len < HEADER_SIZE || log.ptr[0] != VERSION)
        return false;
    if (!decode_i64(&cursor, end, &header->nonce) || !decode_i64(&cursor, end, &header->previous) ||
        !decode_i64(&cursor, end, &header->count))
        return false;
    *records = (Str){ cursor, end - cursor };
    return header->count >= 0;
}

static bool read_headers(const char **cursor, const char *end, rd_kafka_headers_t *headers)
{
    int64_t count;
    if (!decode_i64(cursor, end, &count))
        return false;
    for (int64_t i = 0; i < count; i++) {
        Str  name, value = { NULL, 0 };
        bool has_value;
        if (!decode_str(cursor, end, &name) || !decode_bool(cursor, end, &has_value) ||
            (has_value && !decode_str(cursor, end, &value)))
            return false;
        rd_kafka_header_add(headers, name.ptr, name.len, value.ptr, value.len);
    }
    return true;
}

static bool read_metadata(const char **cursor, const char *end, int flags, KafkaLogRecord *out)
{
    if (!decode_i64(cursor, end, &out->timestamp) || !decode_str(cursor, end, &out->topic))
        return false;
    if (!(flags & HAS_HEADERS))
        return true;
    out->headers = rd_kafka_headers_new(8);
    return read_headers(cursor, end, out->headers);
}

bool kafka_log_next(Str *records, KafkaLogRecord *out)
{
    const char *cursor = records->ptr, *end = cursor + records->len;
    *out = (KafkaLogRecord){ 0 };
    if (cursor == end)
        return false;
    int  flags = (unsigned char)*cursor++;
    bool is_good = flags <= FLAGS;
    if (is_good && flags & HAS_METADATA)
        is_good = read_metadata(&cursor, end, flags, out);
    if (is_good && flags & HAS_KEY)
        is_good = decode_str(&cursor, end, &out->key);
    if (is_good && flags & HAS_VALUE)
        is_good = decode_str(&cursor, end, &out->value);
    *records = (Str){ cursor, end - cursor };
    if (is_good)
        return true;
    if (out->headers)
        rd_kafka_headers_destroy(out->headers);
    return false;
}
