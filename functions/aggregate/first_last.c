/* first_last.c: FIRST_VALUE and LAST_VALUE in order of arrival; NULLs do not count.
 *
 * On rows that are taken back, all values are kept in order; taking back removes the earliest one that is the same. */
#include "functions/value_list.h"

#include "data/key.h"

typedef struct Kept {
    StateBytes value; /* count 1 when there is one */
} Kept;

static bool wants_last(const AggregateCall *call)
{
    return call->aggregate->option != 0;
}

static Status kept_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                       int64_t count, void *const *states, Error *err)
{
    Text   value  = TEXT_EMPTY;
    Status status = STATUS_OK;
    for (int64_t i = 0; i < count && status == STATUS_OK; i++) {
        Kept *kept = states[i];
        if (kept->value.count && !wants_last(call))
            continue;
        text_clear(&value);
        value_encode(&args[0], rows ? rows[i] : i, &value);
        status            = state_bytes_set(call, memory, &kept->value, text_str(&value), err);
        kept->value.count = 1;
    }
    text_free(&value);
    return status;
}

static Status kept_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                          Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        const Kept *kept = states[i];
        const char *at   = kept->value.ptr;
        if (!kept->value.count)
            column_set_null(out, buf, i);
        else if (!value_decode(&at, at + kept->value.size, out, i, buf))
            return error_set(err, STATUS_INTERNAL, call->span, "a kept value cannot be read");
    }
    return STATUS_OK;
}

static void kept_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, &((Kept *)state)->value);
}

static void kept_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(&((const Kept *)state)->value, out);
}

static bool kept_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                        void *state)
{
    const StateBytes *value = &((Kept *)state)->value;
    if (!state_bytes_decode(memory, cursor, end, &((Kept *)state)->value))
        return false;
    return value->count == 0 || key_is_sound((Str){ value->ptr, value->size }, call->arg_types, 1);
}

/* into came first. */
static Status kept_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                         int64_t count, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        Kept       *kept = into[i];
        const Kept *more = from[i];
        if (!more->value.count || (kept->value.count && !wants_last(call)))
            continue;
        TRY(state_bytes_set(call, memory, &kept->value, (Str){ more->value.ptr, more->value.size }, err));
        kept->value.count = 1;
    }
    return STATUS_OK;
}

/* ---- all values, for taking back ------------------------------------------------------------------------------- */

static Status all_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                         Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        Str     value  = STR_EMPTY;
        int64_t offset = 0;
        bool    found  = value_list_next(states[i], &offset, &value);
        while (found && wants_last(call) && value_list_next(states[i], &offset, &value))
            continue;
        const char *at = value.ptr;
        if (!found)
            column_set_null(out, buf, i);
        else if (!value_decode(&at, value.ptr + value.len, out, i, buf))
            return error_set(err, STATUS_INTERNAL, call->span, "a kept value cannot be read");
    }
    return STATUS_OK;
}

static const Aggregate first_retracting = {
    .sig = "first_value(any) -> $1 retracting", .doc = "", .state_size = sizeof(StateBytes), .flags = AGG_ORDERED,
    .option = 0,
    .add = value_list_add, .retract = value_list_retract, .merge = value_list_merge, .result = all_result,
    .drop = value_list_drop, .encode = value_list_encode, .decode = value_list_decode,
};

static const Aggregate last_retracting = {
    .sig = "last_value(any) -> $1 retracting", .doc = "", .state_size = sizeof(StateBytes), .flags = AGG_ORDERED,
    .option = 1,
    .add = value_list_add, .retract = value_list_retract, .merge = value_list_merge, .result = all_result,
    .drop = value_list_drop, .encode = value_list_encode, .decode = value_list_decode,
};

const Aggregate agg_first_last[] = {
    { .sig = "first_value(any) -> $1",
      .doc = "The first value in order of arrival that is not NULL.", .state_size = sizeof(Kept),
      .flags = AGG_ORDERED, .option = 0, .add = kept_add, .retracting = &first_retracting, .merge = kept_merge,
      .result = kept_result, .drop = kept_drop, .encode = kept_encode, .decode = kept_decode },
    { .sig = "last_value(any) -> $1",
      .doc = "The last value in order of arrival that is not NULL.", .state_size = sizeof(Kept),
      .flags = AGG_ORDERED, .option = 1, .add = kept_add, .retracting = &last_retracting, .merge = kept_merge,
      .result = kept_result, .drop = kept_drop, .encode = kept_encode, .decode = kept_decode },
    { 0 },
};
