/* csv_decode.c: fields to columns, by position.
 *
 *   too few fields:   an error when fewer than the wanted columns; else (or with ignore-parse-errors) the rest is NULL
 *   too many:         the record is unreadable (but see ignore-trailing-unmappable, allow-trailing-comma)
 *   bad field:        an error, or with ignore-parse-errors NULL
 *   empty message:    no row (a blank line of a file is a message of one line end: a row of one empty field) */
#include "connectors/formats/csv.h"

#include "connectors/formats/base64.h"
#include "connectors/formats/java_time.h"
#include "core/utf8.h"
#include "data/decimal.h"
#include "data/number.h"

#include <assert.h>

enum { FOUND_SIZE_MAX = 64 };

typedef struct CsvColumn {
    Str         name;
    const Type *type;
    int32_t     out; /* -1 = not wanted */
} CsvColumn;

typedef struct CsvDecoder {
    CsvOptions options;
    ErrorPolicy policy;
    CsvColumn *columns;
    int32_t    column_count;
    int32_t    wanted_count;
    CsvRecord  record;
    Text       scratch;

    /* one call of decode */
    Batch    *batch;
    TextPool  pool;
    Decoded  *decoded;
    int64_t   row;
    BadReason reason;
    Text      detail;
} CsvDecoder;

/* ---- creation -------------------------------------------------------------------------------------------------- */

static void decoder_free(void *object)
{
    CsvDecoder *decoder = object;
    text_free(&decoder->scratch);
    text_free(&decoder->detail);
}

Status csv_decoder_create(const FormatSpec *spec, Decoder **out, Error *err)
{
    (void)err;
    CsvDecoder *decoder = arena_new(spec->arena, CsvDecoder, 1);
    arena_defer(spec->arena, decoder_free, decoder);
    decoder->options = csv_options_of(spec->options, spec->arena);
    decoder->options.ignores_errors |= spec->policy == ERROR_POLICY_NULL;
    decoder->policy = spec->policy;
    decoder->column_count = spec->column_count;
    decoder->columns = arena_new(spec->arena, CsvColumn, spec->column_count + 1);
    decoder->record.fields = arena_new(spec->arena, CsvField, spec->column_count + 1);
    decoder->record.fields_max = spec->column_count;
    for (int32_t i = 0; i < spec->column_count; i++) {
        const FormatColumn *column = &spec->columns[i];
        decoder->columns[i] = (CsvColumn){ column->name, column->type, column->out };
        decoder->wanted_count += column->out >= 0;
    }
    *out = (Decoder *)decoder;
    return STATUS_OK;
}

int64_t csv_decoder_record_size(const Decoder *opaque, Str bytes, bool is_last)
{
    const CsvDecoder *decoder = (const CsvDecoder *)opaque;
    return csv_record_size(&decoder->options, bytes, is_last);
}

/* ---- values: each returns false and leaves why in the decoder --------------------------------------------------- */

static bool bad_value(CsvDecoder *decoder, BadReason reason, const Type *type, Str found)
{
    bool is_cut = found.len > FOUND_SIZE_MAX;
    decoder->reason = reason;
    text_clear(&decoder->detail);
    text_puts(&decoder->detail, reason == BAD_RANGE ? "out of range for " : "not a value of ");
    type_print(type, false, &decoder->detail);
    text_puts(&decoder->detail, ": ");
    text_put_json(&decoder->detail, is_cut ? str_slice(found, 0, FOUND_SIZE_MAX) : found);
    if (is_cut)
        text_puts(&decoder->detail, "...");
    return false;
}

/* String.trim */
static Str java_trim(Str text)
{
    while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

static bool fits(TypeKind kind, int64_t value)
{
    switch (kind) {
    case TYPE_TINYINT: return value == (int8_t)value;
    case TYPE_SMALLINT: return value == (int16_t)value;
    case TYPE_INT:
    case TYPE_INTERVAL_MONTH: return value == (int32_t)value;
    default: return true;
    }
}

static bool put_integer(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    int64_t value;
    if (!i64_parse(java_trim(text), &value))
        return bad_value(decoder, BAD_TYPE, type, text);
    if (!fits(type->kind, value))
        return bad_value(decoder, BAD_RANGE, type, text);
    cell_set_integer(column, row, value);
    return true;
}

static bool put_approximate(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    double wide;
    float  narrow;
    bool   is_float = type->kind == TYPE_FLOAT;
    if (is_float ? !float_parse(java_trim(text), &narrow) : !double_parse(java_trim(text), &wide))
        return bad_value(decoder, BAD_TYPE, type, text);
    if (is_float)
        cell_set_f32(column, row, narrow);
    else
        cell_set_f64(column, row, wide);
    return true;
}

/* BigDecimal takes no blanks around. Too many digits give NULL, which is no error. */
static bool put_decimal(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    int128_t unscaled = 0;
    switch (decimal_parse(text, type->precision, type->scale, &unscaled)) {
    case DECIMAL_BAD: return bad_value(decoder, BAD_TYPE, type, text);
    case DECIMAL_OVERFLOW: cell_set_null(column, decoder->batch->buf, row); break;
    case DECIMAL_OK: cell_set_decimal(column, decoder->batch->buf, row, unscaled); break;
    }
    return true;
}

static bool put_string(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    if (!utf8_is_valid(text))
        return bad_value(decoder, BAD_UTF8, type, text);
    cell_set_view(column, row, text_pool_view(&decoder->pool, text));
    return true;
}

static bool put_bytes(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    char   *bytes = text_pool_take(&decoder->pool, base64_decoded_max(text.len));
    int64_t size = base64_decode(text, bytes);
    if (size < 0)
        return bad_value(decoder, BAD_TYPE, type, text);
    cell_set_view(column, row, view_of((Str){ bytes, size }));
    return true;
}

static int32_t cut_time(int32_t ms, int32_t precision)
{
    static const int32_t units[] = { 1000, 100, 10 };
    return precision > 2 ? ms : ms / units[precision] * units[precision];
}

static bool put_temporal(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    int32_t   number = 0;
    Timestamp time;
    bool      is_good;
    switch (type->kind) {
    case TYPE_DATE:
        is_good = java_sql_date_parse(text, &number);
        break;
    case TYPE_TIME:
        is_good = iso_time_parse(text, &number);
        number = cut_time(number, type->precision);
        break;
    default:
        if (!time_layout_parse(type->kind == TYPE_TIMESTAMP ? &time_layout_sql : &time_layout_sql_zoned,
                               java_trim(text), &time))
            return bad_value(decoder, BAD_TYPE, type, text);
        cell_set_timestamp(column, row, time);
        return true;
    }
    if (!is_good)
        return bad_value(decoder, BAD_TYPE, type, text);
    cell_set_i32(column, row, number);
    return true;
}

static bool put_scalar(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    switch (type->kind) {
    case TYPE_BOOLEAN:
        cell_set_bool(column, row, str_is_nocase(java_trim(text), "true"));
        return true;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return put_integer(decoder, type, text, column, row);
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        return put_approximate(decoder, type, text, column, row);
    case TYPE_DECIMAL:
        return put_decimal(decoder, type, text, column, row);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        return put_string(decoder, type, text, column, row);
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        return put_bytes(decoder, type, text, column, row);
    default:
        return put_temporal(decoder, type, text, column, row);
    }
}

static bool is_null_text(const CsvOptions *options, Str text)
{
    return (options->null_literal.ptr && str_eq(text, options->null_literal)) ||
           (options->empty_is_null && text.len == 0);
}

/* A scalar, NULL where the options say so or errors are ignored. */
static bool put_value(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    if (is_null_text(&decoder->options, text)) {
        cell_set_null(column, decoder->batch->buf, row);
        return true;
    }
    if (put_scalar(decoder, type, text, column, row))
        return true;
    if (!decoder->options.ignores_errors)
        return false;
    decoder->decoded->bad[decoder->reason]++;
    cell_set_null(column, decoder->batch->buf, row);
    return true;
}

/* The next part of an ARRAY or ROW cell; false when there is none. A cell with nothing in it has no parts. */
typedef struct Parts {
    const char *at; /* NULL = done */
    const char *end;
    Str         delimiter;
} Parts;

static Parts parts_of(const CsvDecoder *decoder, Str text)
{
    return (Parts){ text.len ? text.ptr : NULL, text.ptr + text.len, decoder->options.element_delimiter };
}

static bool next_part(Parts *parts, Str *part)
{
    if (!parts->at)
        return false;
    const char *found = memmem(parts->at, (size_t)(parts->end - parts->at), parts->delimiter.ptr,
                               (size_t)parts->delimiter.len);
    *part = (Str){ parts->at, (found ? found : parts->end) - parts->at };
    parts->at = found ? found + parts->delimiter.len : NULL;
    return true;
}

static bool put_array(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    Parts   parts = parts_of(decoder, text);
    int64_t start = column->child_rows;
    Str     part;
    while (next_part(&parts, &part)) {
        if (column->child_rows == INT32_MAX)
            return bad_value(decoder, BAD_TOO_LARGE, type, text);
        cells_reserve_entries(column, decoder->batch->buf, column->child_rows + 1);
        if (!put_value(decoder, type->element, part, &column->children[0], column->child_rows++))
            return false;
    }
    cell_set_list(column, row, start, column->child_rows - start);
    return true;
}

static bool row_mismatch(CsvDecoder *decoder, int64_t wanted, int64_t found)
{
    decoder->reason = BAD_MISSING;
    text_clear(&decoder->detail);
    text_printf(&decoder->detail, "Row length mismatch. %lld fields expected but was %lld.", (long long)wanted,
                (long long)found);
    return false;
}

static bool put_row(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    Parts   parts = parts_of(decoder, text);
    int32_t count = 0;
    Str     part;
    if (text.len == 0) {
        cell_set_null(column, decoder->batch->buf, row);
        return true;
    }
    for (; count < type->field_count && next_part(&parts, &part); count++)
        if (!put_value(decoder, type->fields[count].type, part, &column->children[count], row))
            return false;
    if (count < type->field_count && !decoder->options.ignores_errors)
        return row_mismatch(decoder, type->field_count, count);
    for (; count < type->field_count; count++)
        cell_set_null(&column->children[count], decoder->batch->buf, row);
    cell_set_valid(column, row);
    return true;
}

static bool put_cell(CsvDecoder *decoder, const Type *type, Str text, Column *column, int64_t row)
{
    if (type->kind != TYPE_ARRAY && type->kind != TYPE_ROW)
        return put_value(decoder, type, text, column, row);
    if (is_null_text(&decoder->options, text)) {
        cell_set_null(column, decoder->batch->buf, row);
        return true;
    }
    return type->kind == TYPE_ARRAY ? put_array(decoder, type, text, column, row)
                                    : put_row(decoder, type, text, column, row);
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static bool bad_record(CsvDecoder *decoder, BadReason reason, const char *what)
{
    decoder->reason = reason;
    text_clear(&decoder->detail);
    text_puts(&decoder->detail, what);
    return false;
}

static bool has_fitting_fields(CsvDecoder *decoder)
{
    const CsvOptions *options = &decoder->options;
    const CsvRecord  *record = &decoder->record;
    int64_t           extra = record->count - decoder->column_count;
    bool              is_trailing = extra == 1 && record->extra.text.len == 0 && options->takes_trailing_delimiter;
    if (extra > 0 && !options->ignores_extra_fields && !is_trailing) {
        bad_record(decoder, BAD_SYNTAX, "Too many entries");
        text_printf(&decoder->detail, ": expected at most %d, found %lld", decoder->column_count,
                    (long long)record->count);
        return false;
    }
    if (extra < 0 && options->fails_on_missing) {
        bad_record(decoder, BAD_MISSING, "Not enough column values");
        text_printf(&decoder->detail, ": expected %d, found %lld", decoder->column_count, (long long)record->count);
        return false;
    }
    if (record->count < decoder->wanted_count && !options->ignores_errors)
        return row_mismatch(decoder, decoder->wanted_count, record->count);
    return true;
}

static bool put_field(CsvDecoder *decoder, int32_t index)
{
    const CsvColumn *wanted = &decoder->columns[index];
    Column          *column = &decoder->batch->columns[wanted->out];
    const CsvField  *field = &decoder->record.fields[index];
    Str              text = field->text;
    if (index >= decoder->record.count) {
        cell_set_null(column, decoder->batch->buf, decoder->row);
        return true;
    }
    if (field->is_coded) {
        text_clear(&decoder->scratch);
        csv_uncode(&decoder->options, field, &decoder->scratch);
        text = text_str(&decoder->scratch);
    }
    return put_cell(decoder, wanted->type, text, column, decoder->row);
}

/* *is_row: it gave one. */
static bool read_message(CsvDecoder *decoder, Str message, bool *is_row, Str *bad_column)
{
    *is_row = false;
    *bad_column = (Str){ NULL, 0 };
    if (message.len > RECORD_SIZE_MAX)
        return bad_record(decoder, BAD_TOO_LARGE, "the record is larger than 8 MiB");
    if (message.len == 0 || csv_is_comment(&decoder->options, message))
        return true;
    if (message.len >= 3 && memcmp(message.ptr, "\xEF\xBB\xBF", 3) == 0)
        message = str_slice(message, 3, message.len);
    csv_split(&decoder->options, message, &decoder->record);
    if (decoder->record.error)
        return bad_record(decoder, BAD_SYNTAX, decoder->record.error);
    if (!has_fitting_fields(decoder))
        return false;
    for (int32_t i = 0; i < decoder->column_count; i++) {
        if (decoder->columns[i].out < 0 || put_field(decoder, i))
            continue;
        *bad_column = decoder->columns[i].name;
        return false;
    }
    *is_row = true;
    return true;
}

static Status record_error(CsvDecoder *decoder, int64_t index, Str column, Error *err)
{
    decoder->decoded->failed_message = index;
    decoder->decoded->bad[decoder->reason]++;
    if (column.ptr)
        error_set(err, STATUS_DATA, SPAN_NONE, "Fail to deserialize at field: %.*s. %.*s", STR_FMT(column), STR_FMT(text_str(&decoder->detail)));
    else
        error_set(err, STATUS_DATA, SPAN_NONE, "Failed to deserialize CSV row: %.*s", STR_FMT(text_str(&decoder->detail)));
    return decoded_refuse(decoder->decoded, decoder->batch->buf, decoder->policy, index, decoder->reason, column, err);
}

static void start_batch(CsvDecoder *decoder, Batch *batch, int64_t count, Decoded *decoded)
{
    *decoded = (Decoded){ .failed_message = -1 };
    decoder->batch = batch;
    decoder->decoded = decoded;
    decoder->row = 0;
    decoder->pool = (TextPool){ .buf = batch->buf };
    for (int32_t i = 0; i < decoder->column_count; i++)
        if (decoder->columns[i].out >= 0)
            column_init(&batch->columns[decoder->columns[i].out], batch->buf, decoder->columns[i].type, count);
}

/* The first message that gives no row: from here on rows say which message they are of. */
static void part_rows(CsvDecoder *decoder, int64_t count)
{
    Decoded *decoded = decoder->decoded;
    if (decoded->message_of_row)
        return;
    decoded->message_of_row = buf_new(decoder->batch->buf, int32_t, count);
    for (int64_t row = 0; row < decoder->row; row++)
        decoded->message_of_row[row] = (int32_t)row;
}

Status csv_decode(Decoder *opaque, const Str *messages, int64_t count, Batch *batch, Decoded *decoded, Error *err)
{
    CsvDecoder *decoder = (CsvDecoder *)opaque;
    start_batch(decoder, batch, count, decoded);
    for (int64_t i = 0; i < count; i++) {
        bool is_row;
        Str  bad_column;
        if (!read_message(decoder, messages[i], &is_row, &bad_column)) {
            if (decoder->options.ignores_errors)
                decoded->bad[decoder->reason]++;
            else
                TRY(record_error(decoder, i, bad_column, err));
        }
        if (!is_row)
            part_rows(decoder, count);
        else if (decoded->message_of_row)
            decoded->message_of_row[decoder->row] = (int32_t)i;
        decoder->row += is_row;
    }
    decoded->rows = decoder->row;
    return STATUS_OK;
}
