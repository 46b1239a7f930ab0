/* state_bytes.c: bytes that grow in StateMemory by doubling, and lists of values in them. */
#include "functions/state_bytes.h"

enum { STATE_BYTES_MAX = 1 << 30, STATE_BYTES_FIRST = 32 };

static Status grow(const AggregateCall *call, StateMemory *memory, StateBytes *bytes, int64_t size, Error *err)
{
    if (size <= bytes->capacity)
        return STATUS_OK;
    if (size > STATE_BYTES_MAX)
        return error_set(err, STATUS_LIMIT, call->span, "the values of %.*s take more than 1 GiB in one group",
                         STR_FMT(call->text));
    int64_t capacity = bytes->capacity ? bytes->capacity : STATE_BYTES_FIRST;
    while (capacity < size)
        capacity *= 2;
    char *more = state_alloc(memory, capacity);
    if (bytes->size)
        memcpy(more, bytes->ptr, (size_t)bytes->size);
    state_free(memory, bytes->ptr, bytes->capacity);
    bytes->ptr      = more;
    bytes->capacity = capacity;
    return STATUS_OK;
}

Status state_bytes_append(const AggregateCall *call, StateMemory *memory, StateBytes *bytes, Str more, Error *err)
{
    TRY(grow(call, memory, bytes, bytes->size + more.len, err));
    if (more.len)
        memcpy(bytes->ptr + bytes->size, more.ptr, (size_t)more.len);
    bytes->size += more.len;
    return STATUS_OK;
}

Status state_bytes_set(const AggregateCall *call, StateMemory *memory, StateBytes *bytes, Str value, Error *err)
{
    bytes->size = 0;
    return state_bytes_append(call, memory, bytes, value, err);
}

void state_bytes_drop(StateMemory *memory, StateBytes *bytes)
{
    state_free(memory, bytes->ptr, bytes->capacity);
    *bytes = (StateBytes){ 0 };
}

void state_bytes_encode(const StateBytes *bytes, Text *out)
{
    encode_i64(bytes->count, out);
    encode_i64(bytes->size, out);
    text_append(out, (Str){ bytes->ptr, bytes->size });
}

bool state_bytes_decode(StateMemory *memory, const char **cursor, const char *end, StateBytes *bytes)
{
    AggregateCall nameless = { 0 };
    Error         err      = ERROR_NONE;
    int64_t       size;
    if (!decode_i64(cursor, end, &bytes->count) || !decode_i64(cursor, end, &size))
        return false;
    if (bytes->count < 0 || size < 0 || size > end - *cursor)
        return false;
    if (state_bytes_append(&nameless, memory, bytes, (Str){ *cursor, size }, &err) != STATUS_OK)
        return false;
    *cursor += size;
    return true;
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

Status value_list_append(const AggregateCall *call, StateMemory *memory, StateBytes *list, Str value, Error *err)
{
    uint32_t size = (uint32_t)value.len;
    TRY(state_bytes_append(call, memory, list, (Str){ (const char *)&size, sizeof(size) }, err));
    list->count++;
    return state_bytes_append(call, memory, list, value, err);
}

bool value_list_next(const StateBytes *list, int64_t *offset, Str *value)
{
    uint32_t size;
    if (list->size - *offset < (int64_t)sizeof(size))
        return false;
    memcpy(&size, list->ptr + *offset, sizeof(size));
    *offset += (int64_t)sizeof(size);
    if (size > list->size - *offset)
        return false;
    *value = (Str){ list->ptr + *offset, size };
    *offset += size;
    return true;
}

bool value_list_read(StateMemory *memory, const char **cursor, const char *end, StateBytes *list)
{
    int64_t offset = 0, count = 0;
    Str     value;
    if (!state_bytes_decode(memory, cursor, end, list))
        return false;
    while (value_list_next(list, &offset, &value))
        count++;
    return offset == list->size && count == list->count;
}

void value_list_remove(StateBytes *list, Str value)
{
    int64_t offset = 0, start = 0;
    Str     found;
    while (value_list_next(list, &offset, &found)) {
        if (str_eq(found, value)) {
            memmove(list->ptr + start, list->ptr + offset, (size_t)(list->size - offset));
            list->size -= offset - start;
            list->count--;
            return;
        }
        start = offset;
    }
}
