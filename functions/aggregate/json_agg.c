/* json_agg.c: JSON_OBJECTAGG and JSON_ARRAYAGG: all rows of a group as one JSON text.
 *
 * Values are written as JSON when they come and kept as a list; taking a row back removes the earliest that is the
 * same. */
#include "functions/json/json_value.h"
#include "functions/json/json_write.h"
#include "functions/state_bytes.h"

enum { JSON_OBJECT_AGG = 1, JSON_ABSENT = 2 };

/* The key (its size first) and the JSON of the value; false: the row counts for nothing. */
static bool write_row(const AggregateCall *call, const Column *args, int64_t row, Buf *buf, Text *out)
{
    int32_t       option = call->aggregate->option;
    const Column *value  = &args[option & JSON_OBJECT_AGG];
    text_clear(out);
    if ((option & JSON_ABSENT) && column_is_null(value, row))
        return false;
    if (option & JSON_OBJECT_AGG) {
        if (column_is_null(&args[0], row))
            return false;
        Str      key  = view_str(&COLUMN_DATA(&args[0], View)[column_index(&args[0], row)]);
        uint32_t size = (uint32_t)key.len;
        text_append(out, (Str){ (const char *)&size, sizeof(size) });
        text_append(out, key);
    }
    json_write(value, row, buf, out);
    return true;
}

static Status agg_rows(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                       int64_t count, void *const *states, bool is_add, Error *err)
{
    Text   text   = TEXT_EMPTY;
    Buf   *buf    = buf_create();
    Status status = STATUS_OK;
    for (int64_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!write_row(call, args, rows ? rows[i] : i, buf, &text))
            continue;
        if (is_add)
            status = value_list_append(call, memory, states[i], text_str(&text), err);
        else
            value_list_remove(states[i], text_str(&text));
    }
    buf_release(buf);
    text_free(&text);
    return status;
}

static Status agg_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                      int64_t count, void *const *states, Error *err)
{
    return agg_rows(call, memory, args, rows, count, states, true, err);
}

static Status agg_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                          int64_t count, void *const *states, Error *err)
{
    return agg_rows(call, memory, args, rows, count, states, false, err);
}

static Status agg_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                        int64_t count, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        StateBytes       *list = into[i];
        const StateBytes *more = from[i];
        TRY(state_bytes_append(call, memory, list, (Str){ more->ptr, more->size }, err));
        list->count += more->count;
    }
    return STATUS_OK;
}

static void print_array(const StateBytes *list, Text *out)
{
    int64_t offset = 0;
    Str     value;
    text_put(out, '[');
    while (value_list_next(list, &offset, &value)) {
        if (out->len > 1)
            text_put(out, ',');
        text_append(out, value);
    }
    text_put(out, ']');
}

/* Keys sorted; of a key that comes again the last value counts. */
static void print_object(const StateBytes *list, Buf *buf, Text *out)
{
    JsonMember *members = buf_new(buf, JsonMember, list->count + 1);
    int64_t     offset = 0, count = 0;
    Str         entry;
    while (value_list_next(list, &offset, &entry)) {
        uint32_t size;
        memcpy(&size, entry.ptr, sizeof(size));
        members[count].key          = str_slice(entry, sizeof(size), (int64_t)sizeof(size) + size);
        members[count].value        = (JsonValue){ 0 };
        members[count++].value.text = str_slice(entry, (int64_t)sizeof(size) + size, entry.len);
    }
    count = json_sort_members(buf, members, count);
    text_put(out, '{');
    for (int64_t i = 0; i < count; i++) {
        if (i)
            text_put(out, ',');
        json_print_string(members[i].key, out);
        text_put(out, ':');
        text_append(out, members[i].value.text);
    }
    text_put(out, '}');
}

static Status agg_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                         Error *err)
{
    (void)err;
    Text text = TEXT_EMPTY;
    for (int64_t i = 0; i < count; i++) {
        text_clear(&text);
        if (call->aggregate->option & JSON_OBJECT_AGG)
            print_object(states[i], buf, &text);
        else
            print_array(states[i], &text);
        COLUMN_DATA(out, View)[i] = view_copy(buf, text_str(&text));
    }
    text_free(&text);
    return STATUS_OK;
}

static void agg_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, state);
}

static void agg_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(state, out);
}

/* An entry of an object begins with the size of its key. */
static bool is_member(Str entry)
{
    uint32_t size;
    if (entry.len < (int64_t)sizeof(size))
        return false;
    memcpy(&size, entry.ptr, sizeof(size));
    return size <= entry.len - (int64_t)sizeof(size);
}

static bool agg_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                       void *state)
{
    const StateBytes *list   = state;
    int64_t           offset = 0;
    Str               entry;
    if (!value_list_read(memory, cursor, end, state))
        return false;
    while (call->aggregate->option & JSON_OBJECT_AGG && value_list_next(list, &offset, &entry))
        if (!is_member(entry))
            return false;
    return true;
}

#define JSON_ROW(signature, text, kind, more)                                                                        \
    {                                                                                                                \
        .sig = signature, .doc = text, .state_size = sizeof(StateBytes), .option = kind,                             \
        .flags = AGG_ORDERED | AGG_SEES_NULL | (more), .add = agg_add, .retract = agg_retract, .merge = agg_merge,   \
        .result = agg_result, .drop = agg_drop, .encode = agg_encode, .decode = agg_decode                           \
    }

const Aggregate agg_json_agg[] = {
    JSON_ROW("json_objectagg(string, any) -> varchar(2000)!",
             "`JSON_OBJECTAGG(KEY k VALUE v)`: all keys and values of a group as a JSON object; NULLs are null, or left out "
             "with `ABSENT ON NULL`.",
             JSON_OBJECT_AGG, 0),
    JSON_ROW("json_objectagg absent on null(string, any) -> varchar(2000)!", "", JSON_OBJECT_AGG | JSON_ABSENT, AGG_HIDDEN),
    JSON_ROW("json_arrayagg(any) -> varchar(2000)!",
             "All values of a group as a JSON array; NULLs are left out, or null with `NULL ON NULL`.", JSON_ABSENT, 0),
    JSON_ROW("json_arrayagg null on null(any) -> varchar(2000)!", "", 0, AGG_HIDDEN),
    { 0 },
};
