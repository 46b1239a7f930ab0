/* json_value.c: as deep as the type, whose depth is bounded. */
#include "engine/json_value.h"

#include "connectors/formats/json.h"
#include "data/cast.h"

#include <math.h>

static bool is_number(const Column *column, int64_t index)
{
    switch (column->type->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_DECIMAL: return true;
    case TYPE_FLOAT: return isfinite(COLUMN_DATA(column, float)[index]);
    case TYPE_DOUBLE: return isfinite(COLUMN_DATA(column, double)[index]);
    default: return false;
    }
}

static void put_text(const Column *column, int64_t row, const Zone *zone, Text *out)
{
    Text text = TEXT_EMPTY;
    if (!column_is_null(column, row))
        value_print(column, row, STYLE_CAST, zone, &text);
    json_put_string(text_str(&text), false, out);
    text_free(&text);
}

static void put_scalar(const Column *column, int64_t row, const Zone *zone, Text *out)
{
    int64_t index = column_index(column, row);
    if (column->type->kind == TYPE_BOOLEAN)
        text_puts(out, COLUMN_DATA(column, uint8_t)[index] ? "true" : "false");
    else if (is_number(column, index))
        value_print(column, row, STYLE_CAST, zone, out);
    else if (type_layout(column->type) == LAYOUT_VIEW)
        json_put_string(view_str(&COLUMN_DATA(column, View)[index]), false, out);
    else
        put_text(column, row, zone, out);
}

static void put_entries(const Column *column, int64_t row, const Zone *zone, Text *out)
{
    ListView list = COLUMN_DATA(column, ListView)[column_index(column, row)];
    bool     is_map = column->type->kind == TYPE_MAP;
    text_put(out, is_map ? '{' : '[');
    for (int32_t i = 0; i < list.count; i++) {
        text_puts(out, i > 0 ? "," : "");
        if (is_map) {
            put_text(&column->children[0], list.start + i, zone, out);
            text_put(out, ':');
        }
        json_value_print(&column->children[is_map], list.start + i, zone, out);
    }
    text_put(out, is_map ? '}' : ']');
}

static void put_fields(const Column *column, int64_t row, const Zone *zone, Text *out)
{
    int64_t index = column_index(column, row);
    text_put(out, '{');
    for (int32_t i = 0; i < column->type->field_count; i++) {
        text_puts(out, i > 0 ? "," : "");
        json_put_string(column->type->fields[i].name, false, out);
        text_put(out, ':');
        json_value_print(&column->children[i], index, zone, out);
    }
    text_put(out, '}');
}

void json_value_print(const Column *column, int64_t row, const Zone *zone, Text *out)
{
    if (column_is_null(column, row))
        text_puts(out, "null");
    else if (type_layout(column->type) == LAYOUT_LIST)
        put_entries(column, row, zone, out);
    else if (type_layout(column->type) == LAYOUT_ROW)
        put_fields(column, row, zone, out);
    else
        put_scalar(column, row, zone, out);
}
