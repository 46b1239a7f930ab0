/* kafka_record.c: key and value as two records of two formats that share the columns of one table.
 *
 *   value:  all physical columns (ALL), or those that are not in the key (EXCEPT_KEY)
 *   key:    the columns of key.fields, in that order, their prefix taken off
 *
 * A row is a value's row joined with each row of its message's key, as in the dialect: a key that gives no row (a null
 * key under JSON) takes the message with it. When a column is in both, the value's wins. Mostly each message is one row
 * on both sides, and then the two decoders have filled the batch and nothing is left to join. */
#include "connectors/kafka/kafka_record.h"

/* ---- layout ------------------------------------------------------------------------------------------------------ */

static int32_t find_physical(const TableSpec *table, Str name)
{
    for (int32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].metadata_key.ptr && str_eq(table->columns[i].name, name))
            return i;
    return -1;
}

static Status no_key_field(const TableSpec *table, Str field, Error *err)
{
    Text names = TEXT_EMPTY;
    for (int32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].metadata_key.ptr)
            text_printf(&names, "%s%.*s", names.len > 0 ? ", " : "", STR_FMT(table->columns[i].name));
    error_set(err, STATUS_OPTION, table->span,
              "Could not find the field '%.*s' in the table schema for usage in the key format. A key field must be a "
              "regular, physical "
              "column. The following columns can be selected in the 'key.fields' option:\n[%s]",
              STR_FMT(field), text_cstr(&names));
    text_free(&names);
    return STATUS_OPTION;
}

static Status find_key_field(const TableSpec *table, const KafkaOptions *options, Str field, int32_t *out, Error *err)
{
    *out = find_physical(table, field);
    if (*out < 0)
        return no_key_field(table, field, err);
    if (!str_starts_with(field, options->key_prefix))
        return error_set(err, STATUS_OPTION, table->span,
                         "All fields in 'key.fields' must be prefixed with '%.*s' when option 'key.fields-prefix' is "
                         "set but field '%.*s' is "
                         "not prefixed.",
                         STR_FMT(options->key_prefix), STR_FMT(field));
    return STATUS_OK;
}

/* key: "key.format"; the options of the format stand behind "key.json." */
static Status find_part(const TableSpec *table, const char *key, Arena *arena, const Zone *zone, KafkaPart *part,
                        Error *err)
{
    Str name = map_get_str(table->options, str_from(key));
    if (!name.ptr)
        return STATUS_OK;
    part->format = format_find(name);
    if (!part->format)
        return error_set(err, STATUS_OPTION, table->span, "there is no format '%.*s'", STR_FMT(name));
    Str group = str_slice(str_from(key), 0, (int64_t)strlen(key) - (int64_t)strlen("format"));
    part->spec.options =
        format_options(arena, table->options, arena_format(arena, "%.*s%s.", STR_FMT(group), part->format->name));
    part->spec.arena = arena;
    part->spec.zone = zone;
    part->spec.span = table->span;
    part->spec.columns = arena_new(arena, FormatColumn, table->column_count + 1);
    return STATUS_OK;
}

static void add_column(KafkaPart *part, const TableSpec *table, const IoSpec *io, int32_t column, Str name)
{
    const TableColumn *of_table = &table->columns[column];
    FormatColumn *added = &((FormatColumn *)part->spec.columns)[part->spec.column_count++];
    *added = io ? format_column_of(io, column) : (FormatColumn){ .type = of_table->type, .out = -1 };
    added->name = name;
}

static Status add_key_columns(const TableSpec *table, const KafkaOptions *options, const IoSpec *io, bool *is_key,
                              KafkaPart *key, Error *err)
{
    for (int64_t i = 0; key->format && i < options->key_fields.count; i++) {
        Str     field = options->key_fields.items[i];
        int32_t column;
        TRY(find_key_field(table, options, field, &column, err));
        if (is_key[column])
            return error_set(err, STATUS_OPTION, table->span, "'key.fields' names '%.*s' twice", STR_FMT(field));
        is_key[column] = true;
        add_column(key, table, io, column, str_slice(field, options->key_prefix.len, field.len));
    }
    return STATUS_OK;
}

static Status check_part(const KafkaPart *part, Error *err)
{
    return part->format && part->format->check ? part->format->check(&part->spec, err) : STATUS_OK;
}

Status kafka_layout(const TableSpec *table, const KafkaOptions *options, const IoSpec *io, Arena *arena, const Zone *zone,
                    KafkaLayout *out, Error *err)
{
    bool *is_key = arena_new(arena, bool, table->column_count + 1);
    *out = (KafkaLayout){ 0 };
    TRY(find_part(table, "key.format", arena, zone, &out->key, err));
    TRY(find_part(table, "value.format", arena, zone, &out->value, err));
    TRY(find_part(table, "format", arena, zone, &out->value, err));
    TRY(add_key_columns(table, options, io, is_key, &out->key, err));
    for (int32_t i = 0; i < table->column_count; i++) {
        const TableColumn *column = &table->columns[i];
        if (!column->metadata_key.ptr && (options->value_has_key || !is_key[i]))
            add_column(&out->value, table, io, i, column->name);
    }
    TRY(check_part(&out->key, err));
    return check_part(&out->value, err);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

Status kafka_reader_create(const TableSpec *table, const KafkaOptions *options, const IoSpec *spec, KafkaReader *out,
                           Error *err)
{
    *out = (KafkaReader){ 0 };
    TRY(kafka_layout(table, options, spec, spec->arena, spec->zone, &out->layout, err));
    KafkaPart *key = &out->layout.key;
    key->spec.policy = out->layout.value.spec.policy = spec->error_policy;
    key->spec.is_general = out->layout.value.spec.is_general = spec->is_general;
    for (int32_t i = 0; options->value_has_key && i < key->spec.column_count; i++)
        ((FormatColumn *)key->spec.columns)[i].out = -1;
    if (key->format)
        TRY(key->format->decoder_create(&key->spec, &out->key, err));
    return out->layout.value.format->decoder_create(&out->layout.value.spec, &out->value, err);
}

static bool is_row_per_message(const Decoded *decoded, int64_t count)
{
    return !decoded->message_of_row && decoded->rows == count;
}

static int32_t message_of(const Decoded *decoded, int64_t row)
{
    return decoded->message_of_row ? decoded->message_of_row[row] : (int32_t)row;
}

static void gather_part(const KafkaPart *part, Batch *batch, const int32_t *rows, int64_t count)
{
    for (int32_t i = 0; i < part->spec.column_count; i++) {
        int32_t out = part->spec.columns[i].out;
        if (out < 0)
            continue;
        Column from = batch->columns[out];
        column_gather(&from, rows, count, batch->buf, &batch->columns[out]);
    }
}

/* How many rows the join has; both sides are in order of messages. */
static int64_t join_count(const Decoded *key, const Decoded *value)
{
    int64_t count = 0;
    for (int64_t v = 0, k = 0; v < value->rows; v++) {
        int32_t message = message_of(value, v);
        while (k < key->rows && message_of(key, k) < message)
            k++;
        for (int64_t i = k; i < key->rows && message_of(key, i) == message; i++)
            count++;
    }
    return count;
}

static void join(const KafkaReader *reader, const Decoded *key, Decoded *value, Batch *batch)
{
    int64_t  count = join_count(key, value), row = 0;
    int32_t *key_rows = buf_new(batch->buf, int32_t, count + 1);
    int32_t *value_rows = buf_new(batch->buf, int32_t, count + 1);
    int32_t *messages = buf_new(batch->buf, int32_t, count + 1);
    for (int64_t v = 0, k = 0; v < value->rows; v++) {
        int32_t message = message_of(value, v);
        while (k < key->rows && message_of(key, k) < message)
            k++;
        for (int64_t i = k; i < key->rows && message_of(key, i) == message; i++, row++) {
            key_rows[row] = (int32_t)i;
            value_rows[row] = (int32_t)v;
            messages[row] = message;
        }
    }
    gather_part(&reader->layout.key, batch, key_rows, count);
    gather_part(&reader->layout.value, batch, value_rows, count);
    value->rows = count;
    value->message_of_row = messages;
}

/* A message may be bad in both parts and is refused once, by what its key says. Then its row, if the other part gave one, goes too. */
static void merge_refused(Buf *buf, const Decoded *key, Decoded *value)
{
    int64_t  count = key->refused_count + value->refused_count, merged = 0;
    Refused *all = buf_new(buf, Refused, count);
    for (int64_t k = 0, v = 0; k < key->refused_count || v < value->refused_count;) {
        int64_t key_message = k < key->refused_count ? key->refused[k].message : INT64_MAX;
        int64_t value_message = v < value->refused_count ? value->refused[v].message : INT64_MAX;
        all[merged++] = key_message <= value_message ? key->refused[k] : value->refused[v];
        k += key_message <= value_message;
        v += value_message <= key_message;
    }
    value->refused = all;
    value->refused_count = merged;
}

Status kafka_reader_decode(KafkaReader *reader, const Str *keys, const Str *values, int64_t count, Batch *batch,
                           Decoded *decoded, Error *err)
{
    Decoded key = { 0 };
    if (reader->key && reader->layout.key.format->decode(reader->key, keys, count, batch, &key, err) != STATUS_OK) {
        decoded->failed_message = key.failed_message;
        return error_prefix(err, "in the key");
    }
    TRY(reader->layout.value.format->decode(reader->value, values, count, batch, decoded, err));
    for (int i = 0; i < BAD_REASON_COUNT; i++)
        decoded->bad[i] += key.bad[i];
    if (key.refused_count > 0)
        merge_refused(batch->buf, &key, decoded);
    if (reader->key && !(is_row_per_message(&key, count) && is_row_per_message(decoded, count)))
        join(reader, &key, decoded, batch);
    return STATUS_OK;
}
