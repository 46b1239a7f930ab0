/* kafka_metadata.c: metadata columns both ways.
 *
 * A column may be declared with another type than the metadata's own: values are then cast, as in the dialect. */
#include "connectors/kafka/kafka_metadata.h"

#include "core/utf8.h"
#include "data/cast.h"

static const Field header_fields[] = {
    { .name = { "key", 3 }, .type = &type_string_not_null },
    { .name = { "value", 5 }, .type = &type_bytes },
};
static const Type type_header = { .kind = TYPE_ROW, .fields = header_fields, .field_count = 2 };
static const Type type_header_list = { .kind = TYPE_ARRAY, .element = &type_header };
static const Type type_headers = { .kind = TYPE_MAP, .key = &type_string, .element = &type_bytes };

const MetadataColumn kafka_metadata_columns[] = {
    { "topic", &type_string_not_null, true, "the record's topic; written when the table names several topics" },
    { "partition", &type_int_not_null, false, "number of the partition" },
    { "headers", &type_headers, true, "header names and values; of headers with the same name the last one" },
    { "header-list", &type_header_list, true, "all headers, in order" },
    { "leader-epoch", &type_int, false, "epoch of the partition's leader, if known" },
    { "offset", &type_bigint_not_null, false, "position in the partition" },
    { "timestamp", &type_timestamp_ltz3_not_null, true, "the record's own time" },
    { "timestamp-type", &type_string_not_null, false, "NoTimestampType, CreateTime or LogAppendTime" },
    { 0 },
};

enum { METADATA_COUNT = (int)(sizeof(kafka_metadata_columns) / sizeof(*kafka_metadata_columns)) - 1 };

static int32_t metadata_index(Str key)
{
    for (int32_t i = 0; i < METADATA_COUNT; i++)
        if (str_is(key, kafka_metadata_columns[i].key))
            return i;
    return -1;
}

/* ---- values of messages ------------------------------------------------------------------------------------------ */

typedef struct Fill {
    rd_kafka_message_t *const *messages;
    const int32_t             *message_of_row;
    int64_t                    rows;
    Buf                       *buf;
} Fill;

static const rd_kafka_message_t *message_at(const Fill *fill, int64_t row)
{
    return fill->messages[fill->message_of_row ? fill->message_of_row[row] : row];
}

static void fill_topic(const Fill *fill, Column *out)
{
    const rd_kafka_topic_t *last = NULL;
    View                    view = view_of(STR_EMPTY);
    for (int64_t row = 0; row < fill->rows; row++) {
        const rd_kafka_message_t *message = message_at(fill, row);
        if (message->rkt != last)
            view = view_copy(fill->buf, str_from(rd_kafka_topic_name(message->rkt)));
        last = message->rkt;
        COLUMN_DATA(out, View)[row] = view;
    }
}

static void fill_partition(const Fill *fill, Column *out)
{
    for (int64_t row = 0; row < fill->rows; row++)
        COLUMN_DATA(out, int32_t)[row] = message_at(fill, row)->partition;
}

static void fill_offset(const Fill *fill, Column *out)
{
    for (int64_t row = 0; row < fill->rows; row++)
        COLUMN_DATA(out, int64_t)[row] = message_at(fill, row)->offset;
}

static void fill_timestamp(const Fill *fill, Column *out)
{
    rd_kafka_timestamp_type_t type;
    for (int64_t row = 0; row < fill->rows; row++)
        COLUMN_DATA(out, int64_t)[row] = rd_kafka_message_timestamp(message_at(fill, row), &type);
}

static void fill_timestamp_type(const Fill *fill, Column *out)
{
    for (int64_t row = 0; row < fill->rows; row++) {
        rd_kafka_timestamp_type_t type;
        rd_kafka_message_timestamp(message_at(fill, row), &type);
        COLUMN_DATA(out, View)[row] = view_of(type == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? STR("CreateTime")
                                              : type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? STR("LogAppendTime")
                                                                                           : STR("NoTimestampType"));
    }
}

/* librdkafka tells it from 2.1.0 on. */
static void fill_leader_epoch(const Fill *fill, Column *out)
{
    column_need_valid(out, fill->buf, fill->rows);
    for (int64_t row = 0; row < fill->rows; row++) {
#if RD_KAFKA_VERSION >= 0x020100ff
        int32_t epoch = rd_kafka_message_leader_epoch(message_at(fill, row));
#else
        int32_t epoch = -1;
#endif
        out->valid[row] = epoch >= 0;
        COLUMN_DATA(out, int32_t)[row] = epoch;
    }
}

/* ---- headers of messages ----------------------------------------------------------------------------------------- */

/* Names are text: what is no UTF-8 becomes U+FFFD. */
static View header_name(Buf *buf, const char *bytes)
{
    Str name = str_from(bytes);
    if (utf8_is_valid(name))
        return view_copy(buf, name);
    char   *text = buf_alloc(buf, 3 * name.len + 1);
    int64_t length = 0;
    for (int64_t at = 0; at < name.len;) {
        int32_t size;
        int32_t code_point = utf8_decode(name, at, &size);
        length += utf8_encode(code_point == UTF8_INVALID ? UTF8_REPLACEMENT : code_point, text + length);
        at += size;
    }
    return view_of((Str){ text, length });
}

static void set_bytes(Column *column, Buf *buf, int64_t row, int64_t room, const void *bytes, size_t size)
{
    if (!bytes)
        column_need_valid(column, buf, room);
    if (column->valid)
        column->valid[row] = bytes != NULL;
    COLUMN_DATA(column, View)[row] = bytes ? view_copy(buf, (Str){ bytes, (int64_t)size }) : view_of(STR_EMPTY);
}

/* The entry of the map that has the name already, or the next free one. */
static int64_t map_entry(const Column *names, int64_t start, int64_t end, const View *name)
{
    int64_t at = start;
    while (at < end && !view_equals(&COLUMN_DATA(names, View)[at], name))
        at++;
    return at;
}

static size_t header_count(const rd_kafka_message_t *message, rd_kafka_headers_t **headers)
{
    return rd_kafka_message_headers(message, headers) == RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_header_cnt(*headers) : 0;
}

static int64_t all_headers(const Fill *fill)
{
    rd_kafka_headers_t *headers;
    int64_t             count = 0;
    for (int64_t row = 0; row < fill->rows; row++)
        count += (int64_t)header_count(message_at(fill, row), &headers);
    return count;
}

/* names and values: the columns of the entries, of a map or of a list of rows. */
static void fill_entries(const Fill *fill, Column *out, Column *names, Column *values, bool is_map)
{
    int64_t room = all_headers(fill), end = 0;
    column_init(names, fill->buf, names->type, room);
    column_init(values, fill->buf, values->type, room);
    for (int64_t row = 0; row < fill->rows; row++) {
        rd_kafka_headers_t *headers;
        const char         *name;
        const void         *bytes;
        size_t              size, count = header_count(message_at(fill, row), &headers);
        int64_t             start = end;
        for (size_t i = 0; i < count; i++) {
            rd_kafka_header_get_all(headers, i, &name, &bytes, &size);
            View    view = header_name(fill->buf, name);
            int64_t at = is_map ? map_entry(names, start, end, &view) : end;
            COLUMN_DATA(names, View)[at] = view;
            set_bytes(values, fill->buf, at, room, bytes, size);
            end = at == end ? end + 1 : end;
        }
        COLUMN_DATA(out, ListView)[row] = (ListView){ .start = (int32_t)start, .count = (int32_t)(end - start) };
    }
    out->child_rows = end;
}

static void fill_headers(const Fill *fill, Column *out)
{
    fill_entries(fill, out, &out->children[0], &out->children[1], true);
}

static void fill_header_list(const Fill *fill, Column *out)
{
    Column *entry = &out->children[0];
    column_init(entry, fill->buf, &type_header, 0);
    fill_entries(fill, out, &entry->children[0], &entry->children[1], false);
}

typedef void (*FillFunction)(const Fill *fill, Column *out);

/* In the order of kafka_metadata_columns. */
static const FillFunction fill_functions[] = {
    fill_topic,  fill_partition, fill_headers,        fill_header_list, fill_leader_epoch,
    fill_offset, fill_timestamp, fill_timestamp_type,
};
_Static_assert(sizeof(fill_functions) / sizeof(*fill_functions) == METADATA_COUNT, "a function for each metadata key");

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct ReaderColumn {
    int32_t     metadata;
    int32_t     out;
    const Type *type; /* as declared */
} ReaderColumn;

struct KafkaMetadataReader {
    const IoSpec      *spec;
    LIST(ReaderColumn) columns;
};

KafkaMetadataReader *kafka_metadata_reader(const IoSpec *spec)
{
    KafkaMetadataReader *reader = arena_new(spec->arena, KafkaMetadataReader, 1);
    reader->spec = spec;
    for (int32_t i = 0; i < spec->column_count; i++) {
        const TableColumn *column = &spec->table->columns[spec->columns[i]];
        if (column->metadata_key.ptr)
            list_push(
                spec->arena, &reader->columns,
                (ReaderColumn){ .metadata = metadata_index(column->metadata_key), .out = i, .type = column->type });
    }
    return reader;
}

Status kafka_metadata_read(const KafkaMetadataReader *reader, rd_kafka_message_t *const *messages,
                           const int32_t *message_of_row, int64_t rows, Batch *batch, Error *err)
{
    Fill        fill = { .messages = messages, .message_of_row = message_of_row, .rows = rows, .buf = batch->buf };
    CastContext cast = { .buf = batch->buf, .zone = reader->spec->zone };
    for (int64_t i = 0; i < reader->columns.count; i++) {
        const ReaderColumn *wanted = &reader->columns.items[i];
        const Type         *type = kafka_metadata_columns[wanted->metadata].type;
        Column             *out = &batch->columns[wanted->out];
        Column              own;
        bool                is_same = type_equals(type, wanted->type, false);
        column_init(is_same ? out : &own, batch->buf, type, rows);
        fill_functions[wanted->metadata](&fill, is_same ? out : &own);
        if (!is_same)
            TRY(column_cast(&cast, &own, rows, wanted->type, out, err));
    }
    return STATUS_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

enum { WRITE_TOPIC, WRITE_HEADERS, WRITE_HEADER_LIST, WRITE_TIMESTAMP, WRITE_COUNT };

static const char *const write_keys[WRITE_COUNT] = { "topic", "headers", "header-list", "timestamp" };

struct KafkaMetadataWriter {
    const IoSpec *spec;
    int32_t       columns[WRITE_COUNT]; /* of the batches; -1 = none */
};

KafkaMetadataWriter *kafka_metadata_writer(const IoSpec *spec)
{
    KafkaMetadataWriter *writer = arena_new(spec->arena, KafkaMetadataWriter, 1);
    writer->spec = spec;
    for (int k = 0; k < WRITE_COUNT; k++) {
        writer->columns[k] = -1;
        for (int32_t i = 0; i < spec->column_count; i++)
            if (str_is(spec->table->columns[spec->columns[i]].metadata_key, write_keys[k]))
                writer->columns[k] = i;
    }
    return writer;
}

bool kafka_metadata_is_written(const KafkaMetadataWriter *writer)
{
    bool is_written = false;
    for (int k = 0; k < WRITE_COUNT; k++)
        is_written |= writer->columns[k] >= 0;
    return is_written;
}

static Status prepare_one(const KafkaMetadataWriter *writer, int key, const Batch *batch, Buf *buf, Column **out,
                          Error *err)
{
    *out = NULL;
    if (writer->columns[key] < 0)
        return STATUS_OK;
    const Column *column = &batch->columns[writer->columns[key]];
    const Type   *type = kafka_metadata_columns[metadata_index(str_from(write_keys[key]))].type;
    CastContext   cast = { .buf = buf, .zone = writer->spec->zone };
    *out = buf_new(buf, Column, 1);
    **out = *column;
    return type_equals(column->type, type, false) ? STATUS_OK
                                                  : column_cast(&cast, column, batch->rows, type, *out, err);
}

Status kafka_metadata_prepare(const KafkaMetadataWriter *writer, const Batch *batch, Buf *buf, KafkaMetadataRows *out,
                              Error *err)
{
    TRY(prepare_one(writer, WRITE_TOPIC, batch, buf, &out->topic, err));
    TRY(prepare_one(writer, WRITE_HEADERS, batch, buf, &out->headers, err));
    TRY(prepare_one(writer, WRITE_HEADER_LIST, batch, buf, &out->header_list, err));
    return prepare_one(writer, WRITE_TIMESTAMP, batch, buf, &out->timestamp, err);
}

/* nulls: a header may have no value (in a list), or is left out (in a map). */
static void add_headers(rd_kafka_headers_t *headers, const Column *list, const Column *names, const Column *values,
                        int64_t row, bool keeps_nulls)
{
    if (column_is_null(list, row))
        return;
    ListView entries = COLUMN_DATA(list, ListView)[column_index(list, row)];
    for (int64_t i = entries.start; i < (int64_t)entries.start + entries.count; i++) {
        bool is_null = column_is_null(values, i);
        if (column_is_null(names, i) || (is_null && !keeps_nulls))
            continue;
        Str name = view_str(&COLUMN_DATA(names, View)[column_index(names, i)]);
        Str value = is_null ? (Str){ NULL, 0 } : view_str(&COLUMN_DATA(values, View)[column_index(values, i)]);
        rd_kafka_header_add(headers, name.ptr, (ssize_t)name.len, value.ptr, (ssize_t)value.len);
    }
}

rd_kafka_headers_t *kafka_metadata_headers(const KafkaMetadataRows *rows, int64_t row)
{
    if (!rows->headers && !rows->header_list)
        return NULL;
    rd_kafka_headers_t *headers = rd_kafka_headers_new(8);
    if (rows->headers)
        add_headers(headers, rows->headers, &rows->headers->children[0], &rows->headers->children[1], row, false);
    if (rows->header_list) {
        const Column *entry = &rows->header_list->children[0];
        add_headers(headers, rows->header_list, &entry->children[0], &entry->children[1], row, true);
    }
    return headers;
}

int64_t kafka_metadata_timestamp(const KafkaMetadataRows *rows, int64_t row)
{
    const Column *column = rows->timestamp;
    if (!column || column_is_null(column, row))
        return 0;
    return COLUMN_DATA(column, int64_t)[column_index(column, row)];
}
