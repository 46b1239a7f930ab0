/* value_list.c: adding, taking back and merging values of any type as encoded bytes, in order of arrival. */
#include "functions/value_list.h"

#include "data/key.h"

Status value_list_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows, int64_t count,
                      void *const *states, Error *err)
{
    Text   value  = TEXT_EMPTY;
    Status status = STATUS_OK;
    for (int64_t i = 0; i < count && status == STATUS_OK; i++) {
        text_clear(&value);
        value_encode(&args[0], rows ? rows[i] : i, &value);
        status = value_list_append(call, memory, states[i], text_str(&value), err);
    }
    text_free(&value);
    return status;
}

Status value_list_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows, int64_t count,
                          void *const *states, Error *err)
{
    (void)call, (void)memory, (void)err;
    Text value = TEXT_EMPTY;
    for (int64_t i = 0; i < count; i++) {
        text_clear(&value);
        value_encode(&args[0], rows ? rows[i] : i, &value);
        value_list_remove(states[i], text_str(&value));
    }
    text_free(&value);
    return STATUS_OK;
}

Status value_list_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from, int64_t count,
                        Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        StateBytes       *list = into[i];
        const StateBytes *more = from[i];
        TRY(state_bytes_append(call, memory, list, (Str){ more->ptr, more->size }, err));
        list->count += more->count;
    }
    return STATUS_OK;
}

void value_list_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, state);
}

void value_list_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(state, out);
}

bool value_list_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end, void *state)
{
    const StateBytes *list   = state;
    int64_t           offset = 0;
    Str               value;
    if (!value_list_read(memory, cursor, end, state))
        return false;
    while (value_list_next(list, &offset, &value))
        if (!key_is_sound(value, call->arg_types, 1))
            return false;
    return true;
}
