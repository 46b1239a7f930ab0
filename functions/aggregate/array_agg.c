/* array_agg.c: ARRAY_AGG: all values, NULLs too, as an array in order of arrival. Taking a row back removes the
 * earliest value that is the same. */
#include "functions/value_list.h"

#include "data/key.h"

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

static const Type *array_infer(Arena *arena, const Type *const *args, int32_t arg_count)
{
    (void)arg_count;
    return type_array(arena, args[0], true);
}

const Aggregate agg_array_agg[] = {
    { .sig = "array_agg(any) -> array", .doc = "All values, NULLs too, as an array in order of arrival.",
      .state_size = sizeof(StateBytes), .flags = AGG_ORDERED | AGG_SEES_NULL, .infer = array_infer, .add = value_list_add,
      .retract = value_list_retract, .merge = value_list_merge, .result = array_result, .drop = value_list_drop,
      .encode = value_list_encode, .decode = value_list_decode },
    { 0 },
};
