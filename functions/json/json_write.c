/* json_write.c: SQL values as JSON: numbers as BigDecimal prints them, bytes in base64, timestamps as ISO 8601 with as
 * many digits as they need, rows and maps as objects. */
#include "functions/json/json_write.h"

#include "functions/json/json_value.h"
#include "functions/time_field.h"

#include "data/decimal.h"
#include "data/number.h"

#include <math.h>

Status json_check_type(const Type *type, Span span, Error *err)
{
    switch (type->kind) {
    case TYPE_NULL:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return error_set(err, STATUS_TYPE, span, "a value of type %s cannot be JSON; CAST it to STRING",
                         type_kind_name(type->kind));
    case TYPE_ARRAY:
        return json_check_type(type->element, span, err);
    case TYPE_MAP:
        if (!type_is_string(type->key))
            return error_set(err, STATUS_TYPE, span, "keys of a JSON object are texts, not %s",
                             type_kind_name(type->key->kind));
        return json_check_type(type->element, span, err);
    case TYPE_ROW:
        for (int32_t i = 0; i < type->field_count; i++)
            TRY(json_check_type(type->fields[i].type, span, err));
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static void write_double(double value, Text *out)
{
    char    text[DOUBLE_TEXT_MAX];
    int32_t size = double_print(value, text);
    if (isfinite(value))
        json_print_number((Str){ text, size }, out);
    else
        json_print_string((Str){ text, size }, out);
}

static void write_float(float value, Text *out)
{
    char    text[DOUBLE_TEXT_MAX];
    int32_t size = float_print(value, text);
    if (isfinite(value))
        json_print_number((Str){ text, size }, out);
    else
        json_print_string((Str){ text, size }, out);
}

static void write_decimal(const Column *column, int64_t index, Text *out)
{
    char     text[DECIMAL_TEXT_MAX];
    int128_t value = decimal_load(column->data, decimal_is_wide(column->type), index);
    int32_t  size  = decimal_print(value, column->type->scale, text);
    json_print_number((Str){ text, size }, out);
}

static void write_base64(Str bytes, Text *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text_put(out, '"');
    for (int64_t i = 0; i < bytes.len; i += 3) {
        int64_t  left  = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.ptr[i + 2] : 0;
        text_put(out, digits[group >> 18]);
        text_put(out, digits[group >> 12 & 63]);
        text_put(out, left > 1 ? digits[group >> 6 & 63] : '=');
        text_put(out, left > 2 ? digits[group & 63] : '=');
    }
    text_put(out, '"');
}

static void write_timestamp(const Column *column, int64_t row, Text *out)
{
    char    text[TIMESTAMP_TEXT_MAX];
    int32_t size = timestamp_print(timestamp_at(column, row), -1, 'T', text);
    text_printf(out, "\"%.*s%s\"", size, text, column->type->kind == TYPE_TIMESTAMP_LTZ ? "Z" : "");
}

static void write_array(const Column *column, int64_t index, Buf *buf, Text *out)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    text_put(out, '[');
    for (int32_t i = 0; i < list.count; i++) {
        if (i)
            text_put(out, ',');
        json_write(&column->children[0], list.start + i, buf, out);
    }
    text_put(out, ']');
}

/* Members with the number of the child row (map) or field (row) that holds the value. */
static void write_object(JsonMember *members, int64_t count, const Column *column, int64_t index, Buf *buf, Text *out)
{
    bool is_map = column->type->kind == TYPE_MAP;
    count       = json_sort_members(buf, members, count);
    text_put(out, '{');
    for (int64_t i = 0; i < count; i++) {
        int64_t place = members[i].value.count;
        if (i)
            text_put(out, ',');
        json_print_string(members[i].key, out);
        text_put(out, ':');
        json_write(&column->children[is_map ? 1 : place], is_map ? place : index, buf, out);
    }
    text_put(out, '}');
}

static void write_map(const Column *column, int64_t index, Buf *buf, Text *out)
{
    ListView    list    = COLUMN_DATA(column, ListView)[index];
    JsonMember *members = buf_new(buf, JsonMember, list.count + 1);
    int64_t     count   = 0;
    for (int32_t i = 0; i < list.count; i++) {
        const Column *keys = &column->children[0];
        int64_t       row  = list.start + i;
        if (!column_is_null(keys, row))
            members[count++] = (JsonMember){ view_str(&COLUMN_DATA(keys, View)[row]), { .count = row } };
    }
    write_object(members, count, column, index, buf, out);
}

static void write_row(const Column *column, int64_t index, Buf *buf, Text *out)
{
    int32_t     count   = column->type->field_count;
    JsonMember *members = buf_new(buf, JsonMember, count + 1);
    for (int32_t i = 0; i < count; i++)
        members[i] = (JsonMember){ column->type->fields[i].name, { .count = i } };
    write_object(members, count, column, index, buf, out);
}

static void write_integer(int64_t value, Text *out)
{
    text_put_i64(out, value);
}

void json_write(const Column *column, int64_t row, Buf *buf, Text *out)
{
    int64_t index = column_index(column, row);
    if (column->valid && !column->valid[index]) {
        text_puts(out, "null");
        return;
    }
    switch (column->type->kind) {
    case TYPE_BOOLEAN:
        text_puts(out, COLUMN_DATA(column, uint8_t)[index] ? "true" : "false");
        break;
    case TYPE_TINYINT:
        write_integer(COLUMN_DATA(column, int8_t)[index], out);
        break;
    case TYPE_SMALLINT:
        write_integer(COLUMN_DATA(column, int16_t)[index], out);
        break;
    case TYPE_INT:
        write_integer(COLUMN_DATA(column, int32_t)[index], out);
        break;
    case TYPE_BIGINT:
        write_integer(COLUMN_DATA(column, int64_t)[index], out);
        break;
    case TYPE_FLOAT:
        write_float(COLUMN_DATA(column, float)[index], out);
        break;
    case TYPE_DOUBLE:
        write_double(COLUMN_DATA(column, double)[index], out);
        break;
    case TYPE_DECIMAL:
        write_decimal(column, index, out);
        break;
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        write_base64(view_str(&COLUMN_DATA(column, View)[index]), out);
        break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        write_timestamp(column, index, out);
        break;
    case TYPE_ARRAY:
        write_array(column, index, buf, out);
        break;
    case TYPE_MAP:
        write_map(column, index, buf, out);
        break;
    case TYPE_ROW:
        write_row(column, index, buf, out);
        break;
    default:
        json_print_string(view_str(&COLUMN_DATA(column, View)[index]), out);
        break;
    }
}
