/* reject.c: see reject.h. Nothing here runs for a table without the policy dead-letter. */
#include "connectors/reject.h"

#include "connectors/table_options.h"

static const Field fields[] = {
#define REJECT_COLUMN(kind, text, column_type, doc) { .name = { text, sizeof(text) - 1 }, .type = column_type },
#include "connectors/reject_columns.def"
#undef REJECT_COLUMN
};

const Field *reject_fields(void)
{
    return fields;
}

ErrorPolicy error_policy_of(const Map *options)
{
    static const char *const names[] = { "fail", "skip", "null", "dead-letter" };
    Str                      value = option_str(source_options, options, "scan.error-policy");
    for (int i = ERROR_POLICY_FAIL; i <= ERROR_POLICY_DEAD_LETTER; i++)
        if (str_is_nocase(value, names[i]))
            return (ErrorPolicy)i;
    return ERROR_POLICY_FAIL;
}

/* ---- columns --------------------------------------------------------------------------------------------------------- */

static void init(Column *columns, RejectColumn column, Buf *buf, int64_t rows)
{
    column_init(&columns[column], buf, fields[column].type, rows);
}

static void put_constant(Column *columns, RejectColumn column, Buf *buf, Str text)
{
    column_init(&columns[column], buf, fields[column].type, 1);
    COLUMN_DATA(&columns[column], View)[0] = view_copy(buf, text);
    columns[column].constant = true;
}

static int64_t message_at(const int32_t *messages, int64_t row)
{
    return messages ? messages[row] : row;
}

/* All texts in one piece of memory. */
static void put_texts(Column *columns, RejectColumn column, Buf *buf, const Str *texts, const int32_t *messages, int64_t rows)
{
    int64_t size = 0;
    if (!texts) {
        column_init_null(&columns[column], buf, fields[column].type);
        return;
    }
    for (int64_t row = 0; row < rows; row++)
        size += texts[message_at(messages, row)].len;
    init(columns, column, buf, rows);
    char *at = buf_alloc(buf, size + 1);
    View *views = COLUMN_DATA(&columns[column], View);
    for (int64_t row = 0; row < rows; row++) {
        Str text = texts[message_at(messages, row)];
        if (text.len > 0)
            memcpy(at, text.ptr, (size_t)text.len);
        views[row] = view_of((Str){ at, text.len });
        at += text.len;
        if (!text.ptr) {
            column_need_valid(&columns[column], buf, rows);
            columns[column].valid[row] = 0;
        }
    }
}

static void cut_line_ends(Column *column, int64_t rows)
{
    for (int64_t row = 0; row < rows; row++) {
        View view = COLUMN_DATA(column, View)[row];
        Str  line = view_str(&view);
        line.len -= str_ends_with(line, STR("\n"));
        line.len -= str_ends_with(line, STR("\r"));
        COLUMN_DATA(column, View)[row] = view_of(line);
    }
}

static void put_topics(Column *columns, Buf *buf, const Str *topics, const int32_t *messages, int64_t rows)
{
    Str  last = { NULL, 0 };
    View view = view_of(STR_EMPTY);
    if (!topics) {
        column_init_null(&columns[REJECT_TOPIC], buf, fields[REJECT_TOPIC].type);
        return;
    }
    init(columns, REJECT_TOPIC, buf, rows);
    for (int64_t row = 0; row < rows; row++) {
        Str topic = topics[message_at(messages, row)];
        if (topic.ptr != last.ptr)
            view = view_copy(buf, topic);
        last = topic;
        COLUMN_DATA(&columns[REJECT_TOPIC], View)[row] = view;
    }
}

/* columns: ORIGIN_COLUMN_COUNT. Row i came from message messages[i]. */
static void put_origins(Column *columns, Buf *buf, const Records *records, const int32_t *messages, int64_t rows)
{
    put_constant(columns, REJECT_SOURCE_TABLE, buf, records->table);
    put_topics(columns, buf, records->topics, messages, rows);
    if (records->partitions) {
        init(columns, REJECT_PARTITION, buf, rows);
        for (int64_t row = 0; row < rows; row++)
            COLUMN_DATA(&columns[REJECT_PARTITION], int32_t)[row] = records->partitions[message_at(messages, row)];
    } else {
        column_init_null(&columns[REJECT_PARTITION], buf, fields[REJECT_PARTITION].type);
    }
    if (records->offsets) {
        init(columns, REJECT_OFFSET, buf, rows);
        for (int64_t row = 0; row < rows; row++)
            COLUMN_DATA(&columns[REJECT_OFFSET], int64_t)[row] = records->offsets[message_at(messages, row)];
    } else {
        column_init_null(&columns[REJECT_OFFSET], buf, fields[REJECT_OFFSET].type);
    }
    put_texts(columns, REJECT_RAW_KEY, buf, records->keys, messages, rows);
    put_texts(columns, REJECT_RAW, buf, records->values, messages, rows);
    if (records->are_lines && records->values)
        cut_line_ends(&columns[REJECT_RAW], rows);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

void reject_note_origins(Batch *batch, const Records *records, const Decoded *decoded)
{
    batch->origins = buf_zalloc(batch->buf, ORIGIN_COLUMN_COUNT * (int64_t)sizeof(Column));
    batch->origin_count = ORIGIN_COLUMN_COUNT;
    put_origins(batch->origins, batch->buf, records, decoded->message_of_row, decoded->rows);
}

Batch *reject_records(const Records *records, const Decoded *decoded)
{
    int64_t count = decoded->refused_count;
    if (count == 0)
        return NULL;
    Batch   *batch = batch_create(REJECT_COLUMN_COUNT);
    int32_t *messages = buf_new(batch->buf, int32_t, count);
    Str     *texts[3];
    for (int i = 0; i < 3; i++)
        texts[i] = buf_new(batch->buf, Str, count);
    for (int64_t i = 0; i < count; i++) {
        const Refused *refused = &decoded->refused[i];
        messages[i] = (int32_t)refused->message;
        texts[0][i] = str_from(bad_reason_text(refused->reason));
        texts[1][i] = refused->column.len > 0 ? refused->column : (Str){ NULL, 0 };
        texts[2][i] = refused->text;
    }
    put_origins(batch->columns, batch->buf, records, messages, count);
    put_constant(batch->columns, REJECT_STAGE, batch->buf, STR("decode"));
    put_texts(batch->columns, REJECT_REASON, batch->buf, texts[0], NULL, count);
    put_texts(batch->columns, REJECT_COLUMN_NAME, batch->buf, texts[1], NULL, count);
    put_texts(batch->columns, REJECT_MESSAGE, batch->buf, texts[2], NULL, count);
    batch->rows = count;
    return batch;
}

Batch *reject_rows(const Batch *batch, Str table, const int32_t *rows, int64_t count)
{
    Batch *out = batch_create(REJECT_COLUMN_COUNT);
    out->rows = count;
    batch_hold_all(out, batch);
    for (int32_t i = 0; i < ORIGIN_COLUMN_COUNT; i++)
        if (batch->origins)
            column_gather(&batch->origins[i], rows, count, out->buf, &out->columns[i]);
        else
            column_init_null(&out->columns[i], out->buf, fields[i].type);
    if (!batch->origins)
        put_constant(out->columns, REJECT_SOURCE_TABLE, out->buf, table);
    return out;
}
