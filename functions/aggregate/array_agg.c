/* array_agg.c: ARRAY_AGG: all values, NULLs too, as an array in order of arrival. Taking a row back removes the
 * earliest value that is the same. */
#include "functions/state_bytes.h"

#include "data/key.h"

static Status array_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                        int64_t count, void *const *states, Error *err)
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

static Status array_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                            int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    Text value = TEXT_EMPTY;
    for (int64_t i = 0; i < count; i++) {
        text_clear(&value);
        value_encode(&args[0], rows ? rows[i] : i, &value);
        value_list_remove(states[i], text_str(&value));
    }
    text_free(&value);
    return STATUS_OK;
}

static Status array_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
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

static Status array_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                           Error *err)
{
    int64_t entries = 0, entry = 0;
    for (int64_t i = 0; i < count; i++)
        entries += ((const StateBytes *)states[i])->count;
    Column *child = &out->children[0];
    column_init(child, buf, out->type->element, entries);
    for (int64_t i = 0; i < count; i++) {
        const StateBytes *list   = states[i];
        int64_t           offset = 0;
        Str               value;
        COLUMN_DATA(out, ListView)[i] = (ListView){ (int32_t)entry, (int32_t)list->count };
        if (list->count == 0)
            column_set_null(out, buf, i);
        while (value_list_next(list, &offset, &value)) {
            const char *at = value.ptr;
            if (!value_decode(&at, value.ptr + value.len, child, entry++, buf))
                return error_set(err, STATUS_INTERNAL, call->span, "a kept value cannot be read");
        }
    }
    out->child_rows = entries;
    return STATUS_OK;
}

static void array_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, state);
}

static void array_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(state, out);
}

static bool array_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                         void *state)
{
    (void)call;
    return state_bytes_decode(memory, cursor, end, state);
}

static const Type *array_infer(Arena *arena, const Type *const *args, int32_t arg_count)
{
    (void)arg_count;
    return type_array(arena, args[0], true);
}

const Aggregate agg_array_agg[] = {
    { .sig = "array_agg(any) -> array", .doc = "All values, NULLs too, as an array in order of arrival.",
      .state_size = sizeof(StateBytes), .flags = AGG_ORDERED | AGG_SEES_NULL, .infer = array_infer, .add = array_add,
      .retract = array_retract, .merge = array_merge, .result = array_result, .drop = array_drop,
          .encode = array_encode,
      .decode = array_decode },
    { 0 },
};
