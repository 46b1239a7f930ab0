/* json_general.c: any record, by recursive descent along the schema (whose depth bounds the recursion).
 *
 *   document:  an object is a row; each object of an array is a row; anything else is a bad record
 *   object:    name by name; a wanted one goes to its column, another is skipped. Once as many wanted names have come
 *              as there are wanted fields, the rest is only checked: so duplicates can hide a later field, as in the
 *              dialect
 *   value:     containers that the type knows are taken apart; all other tokens go to json_value.c
 *
 * A bad value is an error, or (ignore-parse-errors) a NULL that is counted. A record that is no JSON is an error, or is
 * skipped and counted; whatever was written to its row is then written again by the next record. */
#include "connectors/formats/json.h"

#include "core/hash.h"

static JsonRead read_value(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row);

/* ---- failures -------------------------------------------------------------------------------------------------- */

static JsonRead bad_record(JsonDecoder *decoder, const JsonScan *scan)
{
    decoder->reason = scan->reason;
    text_clear(&decoder->detail);
    json_failure_text(scan, &decoder->detail);
    return JSON_READ_BAD_RECORD;
}

static JsonRead expected(JsonDecoder *decoder, JsonScan *scan, const char *what)
{
    json_fail(scan, BAD_SYNTAX, what);
    return bad_record(decoder, scan);
}

static JsonRead missing(JsonDecoder *decoder, const JsonField *row, int64_t mark)
{
    decoder->reason = BAD_MISSING;
    text_clear(&decoder->detail);
    text_puts(&decoder->detail, "Some field is missing in the JSON data:");
    for (int32_t i = 0; i < row->child_count; i++)
        if (row->children[i].seen != mark)
            text_printf(&decoder->detail, " %.*s", STR_FMT(row->children[i].name));
    return JSON_READ_BAD_VALUE;
}

/* With ignore-parse-errors a bad value is a NULL that is counted. */
static JsonRead forgive(JsonDecoder *decoder, JsonRead read, Column *column, int64_t row)
{
    if (read != JSON_READ_BAD_VALUE || !decoder->options.ignores_errors)
        return read;
    decoder->decoded->bad[decoder->reason]++;
    cell_set_null(column, decoder->batch->buf, row);
    return JSON_READ_OK;
}

/* ---- objects --------------------------------------------------------------------------------------------------- */

static JsonField *find_field(JsonDecoder *decoder, const JsonField *row, const JsonValue *name)
{
    return map_get(row->names, json_value_text(decoder, name));
}

/* Columns of a top-level row are the batch's, those of a nested one its children. */
static Column *column_of(JsonDecoder *decoder, const JsonField *row, int32_t index, Column *column)
{
    return column ? &column->children[index] : &decoder->batch->columns[row->children[index].out];
}

static JsonRead read_member(JsonDecoder *decoder, JsonScan *scan, JsonField *row_field, JsonField *field,
                            Column *column,
                            int64_t row)
{
    Column  *to = column_of(decoder, row_field, (int32_t)(field - row_field->children), column);
    JsonRead read = forgive(decoder, read_value(decoder, scan, field, to, row), to, row);
    if (read == JSON_READ_BAD_VALUE && !column)
        decoder->bad_field = field->name;
    return read;
}

/* Behind '{'. */
static JsonRead read_members(JsonDecoder *decoder, JsonScan *scan, JsonField *row_field, Column *column, int64_t row,
                             int64_t mark, int32_t *found)
{
    bool more = !json_take(scan, '}');
    while (more) {
        JsonValue  name;
        JsonValue  skipped;
        JsonField *field = NULL;
        bool       is_searching = *found < row_field->child_count || !decoder->options.stops_early;
        if (!json_scan_key(scan, &name))
            return bad_record(decoder, scan);
        if (is_searching)
            field = find_field(decoder, row_field, &name);
        if (field && !field->is_skipped) {
            JsonRead read = read_member(decoder, scan, row_field, field, column, row);
            if (read != JSON_READ_OK)
                return read;
        } else if (!json_scan_value(scan, &skipped)) {
            return bad_record(decoder, scan);
        }
        if (field) {
            *found += decoder->options.stops_early || field->seen != mark;
            field->seen = mark;
        }
        if (!json_scan_next(scan, '}', &more))
            return bad_record(decoder, scan);
    }
    return JSON_READ_OK;
}

/* Behind '{'. column is NULL for a row of the batch. */
static JsonRead read_object(JsonDecoder *decoder, JsonScan *scan, JsonField *row_field, Column *column, int64_t row)
{
    int64_t  mark = ++decoder->mark;
    int32_t  found = 0;
    JsonRead read = read_members(decoder, scan, row_field, column, row, mark, &found);
    if (read != JSON_READ_OK)
        return read;
    if (found < row_field->child_count && decoder->options.fails_on_missing)
        return missing(decoder, row_field, mark);
    for (int32_t i = 0; i < row_field->child_count; i++)
        if (row_field->children[i].seen != mark)
            cell_set_null(column_of(decoder, row_field, i, column), decoder->batch->buf, row);
    if (column)
        cell_set_valid(column, row);
    return JSON_READ_OK;
}

/* ---- arrays and maps ------------------------------------------------------------------------------------------- */

/* The next entry of an ARRAY or MAP column, or -1 when there is no number for it. */
static int64_t new_entry(JsonDecoder *decoder, Column *column)
{
    if (column->child_rows == INT32_MAX)
        return -1;
    cells_reserve_entries(column, decoder->batch->buf, column->child_rows + 1);
    return column->child_rows++;
}

static JsonRead too_many(JsonDecoder *decoder, const JsonField *field)
{
    return json_value_bad(decoder, BAD_TOO_LARGE, field->type, STR("more entries than one batch can hold"));
}

static JsonRead read_array(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row)
{
    JsonField *element = &field->children[0];
    int64_t    start = column->child_rows;
    bool       more = !json_take(scan, ']');
    while (more) {
        int64_t entry = new_entry(decoder, column);
        if (entry < 0)
            return too_many(decoder, field);
        Column  *entries = &column->children[0];
        JsonRead read = forgive(decoder, read_value(decoder, scan, element, entries, entry), entries, entry);
        if (read != JSON_READ_OK)
            return read;
        if (!json_scan_next(scan, ']', &more))
            return bad_record(decoder, scan);
    }
    cell_set_list(column, row, start, column->child_rows - start);
    return JSON_READ_OK;
}

/* The entries of one map by key: linear while few, then by a table of slots in the batch's memory. */
typedef struct KeyTable {
    int64_t  start; /* first entry of the map */
    int32_t *slots; /* entry - start + 1; 0 = free */
    int64_t  slot_count;
} KeyTable;

enum { MAP_LINEAR_MAX = 16 };

static Str key_at(const Column *column, int64_t entry)
{
    return view_str(&COLUMN_DATA(&column->children[0], View)[entry]);
}

static void table_add(KeyTable *table, const Column *column, int64_t entry)
{
    Str     key = key_at(column, entry);
    int64_t slot = (int64_t)hash_bytes(key.ptr, key.len) & (table->slot_count - 1);
    while (table->slots[slot])
        slot = (slot + 1) & (table->slot_count - 1);
    table->slots[slot] = (int32_t)(entry - table->start + 1);
}

static void table_grow(KeyTable *table, const Column *column, Buf *buf)
{
    int64_t count = column->child_rows - table->start;
    if (count < MAP_LINEAR_MAX || count * 2 < table->slot_count)
        return;
    table->slot_count = table->slot_count ? table->slot_count * 2 : MAP_LINEAR_MAX * 4;
    table->slots = buf_zalloc(buf, table->slot_count * (int64_t)sizeof(int32_t));
    for (int64_t entry = table->start; entry < column->child_rows; entry++)
        table_add(table, column, entry);
}

/* The entry that has the key already, or -1. */
static int64_t table_find(const KeyTable *table, const Column *column, Str key)
{
    if (!table->slots) {
        for (int64_t entry = table->start; entry < column->child_rows; entry++)
            if (str_eq(key_at(column, entry), key))
                return entry;
        return -1;
    }
    int64_t slot = (int64_t)hash_bytes(key.ptr, key.len) & (table->slot_count - 1);
    for (; table->slots[slot]; slot = (slot + 1) & (table->slot_count - 1))
        if (str_eq(key_at(column, table->start + table->slots[slot] - 1), key))
            return table->start + table->slots[slot] - 1;
    return -1;
}

/* Behind a key: its old entry, whose value is then written again, or a new one. -1 when there is no room. */
static int64_t map_entry(JsonDecoder *decoder, KeyTable *table, Column *column, Str key)
{
    int64_t entry = table_find(table, column, key);
    if (entry >= 0)
        return entry;
    View view = text_pool_view(&decoder->pool, key);
    entry = new_entry(decoder, column);
    if (entry < 0)
        return -1;
    cell_set_view(&column->children[0], entry, view);
    if (table->slots)
        table_add(table, column, entry);
    table_grow(table, column, decoder->batch->buf);
    return entry;
}

static JsonRead read_map(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row)
{
    KeyTable table = { .start = column->child_rows };
    bool     more = !json_take(scan, '}');
    while (more) {
        JsonValue name;
        if (!json_scan_key(scan, &name))
            return bad_record(decoder, scan);
        int64_t entry = map_entry(decoder, &table, column, json_value_text(decoder, &name));
        if (entry < 0)
            return too_many(decoder, field);
        Column  *values = &column->children[1];
        JsonRead read = forgive(decoder, read_value(decoder, scan, &field->children[0], values, entry), values, entry);
        if (read != JSON_READ_OK)
            return read;
        if (!json_scan_next(scan, '}', &more))
            return bad_record(decoder, scan);
    }
    cell_set_list(column, row, table.start, column->child_rows - table.start);
    return JSON_READ_OK;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* The container that the type wants is next: goes behind its opening byte. */
static bool enter(JsonScan *scan, TypeKind kind)
{
    json_skip_space(scan);
    switch (kind) {
    case TYPE_ROW:
    case TYPE_MAP: return json_take(scan, '{');
    case TYPE_ARRAY: return json_take(scan, '[');
    default: return false;
    }
}

static JsonRead read_container(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row)
{
    JsonRead read;
    if (scan->depth == RECORD_DEPTH_MAX) {
        json_fail(scan, BAD_TOO_DEEP, "at most 128 levels of nesting");
        return bad_record(decoder, scan);
    }
    scan->depth++;
    switch (field->type->kind) {
    case TYPE_ROW: read = read_object(decoder, scan, field, column, row); break;
    case TYPE_MAP: read = read_map(decoder, scan, field, column, row); break;
    default: read = read_array(decoder, scan, field, column, row); break;
    }
    scan->depth--;
    return read;
}

static JsonRead read_value(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row)
{
    JsonValue value;
    if (enter(scan, field->type->kind))
        return read_container(decoder, scan, field, column, row);
    if (!json_scan_value(scan, &value))
        return bad_record(decoder, scan);
    if (value.token != JSON_NULL)
        return json_value_read(decoder, field, &value, column, row);
    cell_set_null(column, decoder->batch->buf, row);
    return JSON_READ_OK;
}

JsonRead json_general_value(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row)
{
    return read_value(decoder, scan, field, column, row);
}

/* ---- documents ------------------------------------------------------------------------------------------------- */

static JsonRead read_row(JsonDecoder *decoder, JsonScan *scan)
{
    json_decoder_reserve(decoder);
    decoder->bad_field = (Str){ NULL, 0 };
    scan->depth++;
    JsonRead read = read_object(decoder, scan, &decoder->root, NULL, decoder->row);
    scan->depth--;
    decoder->row += read == JSON_READ_OK;
    return read;
}

/* An element that is no object ends the record; with the tree parser (which has the whole array before it starts) it is
 * passed over when errors are ignored. */
static JsonRead read_element(JsonDecoder *decoder, JsonScan *scan)
{
    JsonValue skipped;
    if (json_take(scan, '{'))
        return read_row(decoder, scan);
    if (decoder->options.stops_early || !decoder->options.ignores_errors)
        return expected(decoder, scan, "an object");
    decoder->decoded->bad[BAD_TYPE]++;
    return json_scan_value(scan, &skipped) ? JSON_READ_OK : bad_record(decoder, scan);
}

static JsonRead read_elements(JsonDecoder *decoder, JsonScan *scan)
{
    int64_t  row = decoder->row;
    bool     more = !json_take(scan, ']');
    JsonRead read = JSON_READ_OK;
    scan->depth++;
    while (more && read == JSON_READ_OK) {
        read = read_element(decoder, scan);
        if (read == JSON_READ_OK && !json_scan_next(scan, ']', &more))
            read = bad_record(decoder, scan);
    }
    if (read != JSON_READ_OK && !decoder->options.stops_early)
        decoder->row = row;
    return read;
}

static void skip_byte_order_mark(JsonScan *scan)
{
    if (scan->end - scan->at >= 3 && memcmp(scan->at, "\xEF\xBB\xBF", 3) == 0)
        scan->at += 3;
}

JsonRead json_general_read(JsonDecoder *decoder, Str record)
{
    JsonScan scan = { .start = record.ptr, .at = record.ptr, .end = record.ptr + record.len };
    decoder->bad_field = (Str){ NULL, 0 };
    skip_byte_order_mark(&scan);
    if (json_take(&scan, '{'))
        return read_row(decoder, &scan);
    if (json_take(&scan, '['))
        return read_elements(decoder, &scan);
    return expected(decoder, &scan, "an object or an array of objects");
}
