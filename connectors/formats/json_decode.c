/* json_decode.c: the schema compiled once, and batches of messages through the fast and the general path.
 *
 *   message:  empty or null -> no row; too large -> bad; else fast path, and if it declines, general path
 *   rows:     most messages are one row, so which message a row came from is only kept once they part */
#include "connectors/formats/json.h"

#include <assert.h>

enum { SCRATCH_MAX = 6 * RECORD_SIZE_MAX }; /* an escape of six bytes is the most that one byte becomes */

/* ---- the schema ------------------------------------------------------------------------------------------------ */

static const TimeLayout *layout_of(const JsonOptions *options, TypeKind kind)
{
    if (kind == TYPE_TIMESTAMP_LTZ)
        return options->is_iso ? &time_layout_iso_zoned : &time_layout_sql_zoned;
    return options->is_iso ? &time_layout_iso : &time_layout_sql;
}

static void field_init(JsonField *field, Arena *arena, const JsonOptions *options, Str name, const Type *type);

static void name_children(JsonField *field, Arena *arena)
{
    field->names = map_create(arena);
    field->keys = map_create(arena);
    for (int32_t i = 0; i < field->child_count; i++)
        map_put(field->names, field->children[i].name, &field->children[i]);
}

static void init_children(JsonField *field, Arena *arena, const JsonOptions *options)
{
    const Type *type = field->type;
    bool        is_row = type->kind == TYPE_ROW;
    field->child_count = is_row ? type->field_count : 1;
    field->children = arena_new(arena, JsonField, field->child_count);
    for (int32_t i = 0; i < field->child_count; i++) {
        field->children[i] = (JsonField){ .out = i, .depth = field->depth + 1 };
        field_init(&field->children[i], arena, options, is_row ? type->fields[i].name : STR_EMPTY,
                   is_row ? type->fields[i].type : type->element);
    }
    if (is_row)
        name_children(field, arena);
}

static void field_init(JsonField *field, Arena *arena, const JsonOptions *options, Str name, const Type *type)
{
    field->name = name;
    field->type = type;
    field->layout = layout_of(options, type->kind);
    if (type->kind == TYPE_ROW || type->kind == TYPE_ARRAY || type->kind == TYPE_MAP)
        init_children(field, arena, options);
}

/* Fields that nobody reads stay in the schema: they count towards what an object is done with. */
static void skip_unread(JsonField *field, FieldSet read)
{
    for (int32_t i = 0; field->type->kind == TYPE_ROW && read != FIELDS_NONE && i < field->child_count; i++)
        field->children[i].is_skipped = !field_is_wanted(read, i);
}

static bool has_decimals(const Type *type)
{
    switch (type->kind) {
    case TYPE_DECIMAL: return true;
    case TYPE_ARRAY: return has_decimals(type->element);
    case TYPE_MAP: return has_decimals(type->key) || has_decimals(type->element);
    case TYPE_ROW:
        for (int32_t i = 0; i < type->field_count; i++)
            if (has_decimals(type->fields[i].type))
                return true;
        return false;
    default: return false;
    }
}

/* A row of the wanted columns only: how many there are decides when a record is done with. */
static void init_root(JsonDecoder *decoder, const FormatSpec *spec)
{
    JsonField *root = &decoder->root;
    root->children = arena_new(spec->arena, JsonField, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        if (spec->columns[i].out >= 0)
            decoder->options.has_decimals |= has_decimals(spec->columns[i].type);
    for (int32_t i = 0; i < spec->column_count; i++) {
        const FormatColumn *column = &spec->columns[i];
        if (column->out < 0)
            continue;
        JsonField *field = &root->children[root->child_count++];
        *field = (JsonField){ .out = column->out, .depth = 1 };
        field_init(field, spec->arena, &decoder->options, column->name, column->type);
        skip_unread(field, column->fields);
    }
    name_children(root, spec->arena);
}

static bool has_slow_fields(const JsonField *object)
{
    for (int32_t i = 0; i < object->child_count; i++) {
        const JsonField *field = &object->children[i];
        if (!field->is_skipped && (!json_fast_takes(field) || (field->type->kind == TYPE_ROW && has_slow_fields(field))))
            return true;
    }
    return false;
}

static void decoder_free(void *object)
{
    JsonDecoder *decoder = object;
    text_free(&decoder->scratch);
    text_free(&decoder->detail);
    arena_destroy(decoder->scratch_arena);
}

Status json_decoder_create(const FormatSpec *spec, Decoder **out, Error *err)
{
    (void)err;
    JsonDecoder *decoder = arena_new(spec->arena, JsonDecoder, 1);
    decoder->arena = spec->arena;
    decoder->scratch_arena = arena_create();
    decoder->scratch.max = SCRATCH_MAX;
    arena_defer(spec->arena, decoder_free, decoder);
    decoder->options = (JsonOptions){
        .fails_on_missing = option_bool(json_options, spec->options, "fail-on-missing-field"),
        .ignores_errors = spec->policy == ERROR_POLICY_NULL || option_bool(json_options, spec->options, "ignore-parse-errors"),
        .is_iso = str_is_nocase(option_str(json_options, spec->options, "timestamp-format.standard"), "ISO-8601"),
        .stops_early = option_bool(json_options, spec->options, "decode.json-parser.enabled"),
    };
    decoder->policy = spec->policy;
    init_root(decoder, spec);
    decoder->is_fast = !spec->is_general && decoder->options.stops_early && decoder->root.child_count <= JSON_FAST_FIELDS_MAX;
    decoder->has_slow_fields = has_slow_fields(&decoder->root);
    *out = (Decoder *)decoder;
    return STATUS_OK;
}

/* ---- batches --------------------------------------------------------------------------------------------------- */

void json_decoder_reserve(JsonDecoder *decoder)
{
    if (decoder->row < decoder->room)
        return;
    decoder->room = decoder->room * 2 > decoder->row ? decoder->room * 2 : decoder->row + 1;
    for (int32_t i = 0; i < decoder->root.child_count; i++)
        cells_reserve(&decoder->batch->columns[decoder->root.children[i].out], decoder->batch->buf, decoder->room);
}

static void init_column(const JsonField *field, Buf *buf, int64_t rows, Column *out)
{
    if (field->type->kind != TYPE_ROW) {
        column_init(out, buf, field->type, rows);
        return;
    }
    *out = (Column){ .type = field->type, .room = rows, .children = buf_new(buf, Column, field->child_count) };
    for (int32_t i = 0; i < field->child_count; i++) {
        const JsonField *child = &field->children[i];
        if (child->is_skipped)
            column_init_null(&out->children[i], buf, child->type);
        else
            init_column(child, buf, rows, &out->children[i]);
    }
}

static void start_batch(JsonDecoder *decoder, Batch *batch, int64_t count, Decoded *decoded)
{
    *decoded = (Decoded){ .failed_message = -1 };
    decoder->batch = batch;
    decoder->decoded = decoded;
    decoder->row = 0;
    decoder->room = count;
    decoder->pool = (TextPool){ .buf = batch->buf };
    for (int32_t i = 0; i < decoder->root.child_count; i++)
        init_column(&decoder->root.children[i], batch->buf, count, &batch->columns[decoder->root.children[i].out]);
}

/* What is counted in an attempt that is given up would be counted again. */
static bool try_fast(JsonDecoder *decoder, Str message)
{
    int64_t bad[BAD_REASON_COUNT];
    if (!decoder->has_slow_fields)
        return json_fast_read(decoder, message);
    memcpy(bad, decoder->decoded->bad, sizeof(bad));
    if (json_fast_read(decoder, message))
        return true;
    memcpy(decoder->decoded->bad, bad, sizeof(bad));
    return false;
}

static JsonRead read_message(JsonDecoder *decoder, Str message)
{
    if (message.len > RECORD_SIZE_MAX) {
        decoder->reason = BAD_TOO_LARGE;
        decoder->bad_field = (Str){ NULL, 0 };
        text_clear(&decoder->detail);
        text_printf(&decoder->detail, "the record has %lld bytes, more than %d", (long long)message.len,
                    RECORD_SIZE_MAX);
        return JSON_READ_BAD_RECORD;
    }
    if (decoder->is_fast && try_fast(decoder, message)) {
        decoder->row++;
        return JSON_READ_OK;
    }
    return json_general_read(decoder, message);
}

static Status record_error(JsonDecoder *decoder, int64_t index, Error *err)
{
    Str detail = text_str(&decoder->detail);
    decoder->decoded->failed_message = index;
    decoder->decoded->bad[decoder->reason]++;
    if (decoder->bad_field.ptr)
        error_set(err, STATUS_DATA, SPAN_NONE, "Fail to deserialize at field: %.*s. %.*s", STR_FMT(decoder->bad_field), STR_FMT(detail));
    else
        error_set(err, STATUS_DATA, SPAN_NONE, "Failed to deserialize JSON: %.*s", STR_FMT(detail));
    return decoded_refuse(decoder->decoded, decoder->batch->buf, decoder->policy, index, decoder->reason, decoder->bad_field, err);
}

/* Rows [first, decoder->row) came from the message. */
static void note_messages(JsonDecoder *decoder, int64_t index, int64_t first, int64_t count, int64_t *room)
{
    Decoded *decoded = decoder->decoded;
    if (!decoded->message_of_row) {
        if (first == index && decoder->row == index + 1)
            return;
        *room = count > first ? count : first + 1;
        decoded->message_of_row = buf_new(decoder->batch->buf, int32_t, *room);
        for (int64_t row = 0; row < first; row++)
            decoded->message_of_row[row] = (int32_t)row;
    }
    if (decoder->row > *room) {
        int64_t  room_new = decoder->row * 2;
        int32_t *grown = buf_new(decoder->batch->buf, int32_t, room_new);
        memcpy(grown, decoded->message_of_row, (size_t)first * sizeof(int32_t));
        decoded->message_of_row = grown;
        *room = room_new;
    }
    for (int64_t row = first; row < decoder->row; row++)
        decoded->message_of_row[row] = (int32_t)index;
}

Status json_decode(Decoder *opaque, const Str *messages, int64_t count, Batch *batch, Decoded *decoded, Error *err)
{
    JsonDecoder *decoder = (JsonDecoder *)opaque;
    int64_t      room = 0;
    start_batch(decoder, batch, count, decoded);
    for (int64_t i = 0; i < count; i++) {
        int64_t first = decoder->row;
        if (messages[i].len > 0) {
            json_decoder_reserve(decoder);
            if (read_message(decoder, messages[i]) != JSON_READ_OK) {
                if (decoder->options.ignores_errors) {
                    decoded->bad[decoder->reason]++;
                } else {
                    TRY(record_error(decoder, i, err));
                    decoder->row = first; /* of an array of rows none stays */
                }
            }
        }
        note_messages(decoder, i, first, count, &room);
    }
    decoded->rows = decoder->row;
    return STATUS_OK;
}
