/* listagg.c: LISTAGG: the texts in order of arrival, with a separator between them.
 *
 * The state is the text so far. On rows that are taken back it is the list of texts; taking back removes the earliest
 * that is the same. */
#include "functions/state_bytes.h"

static Str separator_at(const AggregateCall *call, const Column *args, int64_t row)
{
    if (call->arg_count < 2)
        return STR(",");
    return view_str(&COLUMN_DATA(&args[1], View)[column_index(&args[1], row)]);
}

static Status joined_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                         int64_t count, void *const *states, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        int64_t     row    = rows ? rows[i] : i;
        StateBytes *joined = states[i];
        if (joined->count++)
            TRY(state_bytes_append(call, memory, joined, separator_at(call, args, row), err));
        TRY(state_bytes_append(call, memory, joined, view_str(&COLUMN_DATA(&args[0],
                View)[column_index(&args[0], row)]), err));
    }
    return STATUS_OK;
}

static Status joined_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                           int64_t count, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        StateBytes       *joined = into[i];
        const StateBytes *more   = from[i];
        if (!more->count)
            continue;
        if (joined->count)
            TRY(state_bytes_append(call, memory, joined,
                                   call->arg_count > 1 && call->constants
                                       ? separator_at(call, call->constants, 0) : STR(","),
                                   err));
        TRY(state_bytes_append(call, memory, joined, (Str){ more->ptr, more->size }, err));
        joined->count += more->count;
    }
    return STATUS_OK;
}

static Status joined_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                            Error *err)
{
    (void)call;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const StateBytes *joined = states[i];
        if (joined->count)
            COLUMN_DATA(out, View)[i] = view_copy(buf, (Str){ joined->ptr, joined->size });
        else
            column_set_null(out, buf, i);
    }
    return STATUS_OK;
}

static void bytes_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, state);
}

static void bytes_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(state, out);
}

static bool bytes_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                         void *state)
{
    (void)call;
    return state_bytes_decode(memory, cursor, end, state);
}

/* ---- the list of texts, for taking back ------------------------------------------------------------------------ */

/* The separator that came last, and the texts. */
typedef struct TextList {
    StateBytes texts;
    StateBytes separator;
} TextList;

static Status list_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                       int64_t count, void *const *states, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        int64_t   row  = rows ? rows[i] : i;
        TextList *list = states[i];
        TRY(state_bytes_set(call, memory, &list->separator, separator_at(call, args, row), err));
        TRY(value_list_append(call, memory, &list->texts,
                              view_str(&COLUMN_DATA(&args[0], View)[column_index(&args[0], row)]), err));
    }
    return STATUS_OK;
}

static Status list_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                           int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        int64_t row = column_index(&args[0], rows ? rows[i] : i);
        value_list_remove(&((TextList *)states[i])->texts, view_str(&COLUMN_DATA(&args[0], View)[row]));
    }
    return STATUS_OK;
}

static Status list_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                         int64_t count, Error *err)
{
    for (int64_t i = 0; i < count; i++) {
        TextList       *list = into[i];
        const TextList *more = from[i];
        TRY(state_bytes_append(call, memory, &list->texts, (Str){ more->texts.ptr, more->texts.size }, err));
        list->texts.count += more->texts.count;
        if (more->texts.count)
            TRY(state_bytes_set(call, memory, &list->separator, (Str){ more->separator.ptr, more->separator.size },
                                err));
    }
    return STATUS_OK;
}

static View list_join(const TextList *list, Buf *buf)
{
    int64_t separators = list->texts.count - 1;
    int64_t size       = list->texts.size - list->texts.count * 4 + separators * list->separator.size;
    char   *text       = buf_alloc(buf, size > 0 ? size : 1), *at = text;
    int64_t offset     = 0;
    Str     value;
    while (value_list_next(&list->texts, &offset, &value)) {
        bool is_first = offset == value.len + 4;
        if (!is_first && list->separator.size) {
            memcpy(at, list->separator.ptr, (size_t)list->separator.size);
            at += list->separator.size;
        }
        if (value.len)
            memcpy(at, value.ptr, (size_t)value.len);
        at += value.len;
    }
    return view_of((Str){ text, size });
}

static Status list_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                          Error *err)
{
    (void)call;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const TextList *list = states[i];
        if (list->texts.count > 0)
            COLUMN_DATA(out, View)[i] = list_join(list, buf);
        else
            column_set_null(out, buf, i);
    }
    return STATUS_OK;
}

static void list_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    (void)call;
    state_bytes_drop(memory, &((TextList *)state)->texts);
    state_bytes_drop(memory, &((TextList *)state)->separator);
}

static void list_encode(const AggregateCall *call, const void *state, Text *out)
{
    (void)call;
    state_bytes_encode(&((const TextList *)state)->texts, out);
    state_bytes_encode(&((const TextList *)state)->separator, out);
}

static bool list_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                        void *state)
{
    (void)call;
    return value_list_read(memory, cursor, end, &((TextList *)state)->texts) &&
           state_bytes_decode(memory, cursor, end, &((TextList *)state)->separator);
}

static const Aggregate listagg_retracting = {
    .sig = "listagg(string, [string]) -> $1 retracting", .doc = "", .state_size = sizeof(TextList),
    .flags = AGG_ORDERED,
    .add = list_add, .retract = list_retract, .merge = list_merge, .result = list_result, .drop = list_drop,
    .encode = list_encode, .decode = list_decode,
};

const Aggregate agg_listagg[] = {
    { .sig = "listagg(string, [string]) -> $1",
      .doc = "The texts in order of arrival, with the second argument (',' when it is left out) between them. NULLs "
             "are left out.",
      .state_size = sizeof(StateBytes), .flags = AGG_ORDERED, .add = joined_add, .retracting = &listagg_retracting,
      .merge = joined_merge, .result = joined_result, .drop = bytes_drop, .encode = bytes_encode,
          .decode = bytes_decode },
    { 0 },
};
