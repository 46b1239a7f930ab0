/* count.c: COUNT(*) and COUNT(x). Rows in which x is NULL have been left out already. */
#include "functions/aggregate.h"

static Status count_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                        int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)args;
    (void)rows;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        ++*(int64_t *)states[i];
    return STATUS_OK;
}

static Status count_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                            int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)args;
    (void)rows;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        --*(int64_t *)states[i];
    return STATUS_OK;
}

static Status count_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                          int64_t count, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        *(int64_t *)into[i] += *(const int64_t *)from[i];
    return STATUS_OK;
}

static void count_unmerge(void *const *into, void *const *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        *(int64_t *)into[i] -= *(const int64_t *)from[i];
}

static Status count_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                           Error *err)
{
    (void)call;
    (void)buf;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        COLUMN_DATA(out, int64_t)[i] = *(const int64_t *)states[i];
    return STATUS_OK;
}

static void count_follow(const int32_t *rows, int64_t row_count, void *const *states, int64_t count, Column *out)
{
    int64_t *results = COLUMN_DATA(out, int64_t), done = 0;
    for (int64_t i = 0; i < count; i++) {
        bool counts = !rows || (done < row_count && rows[done] == i);
        done += counts;
        results[i] = *(int64_t *)states[i] += counts;
    }
}

#define COUNT_ROW(signature, text)                                                                              \
    {                                                                                                           \
        .sig = signature, .doc = text, .state_size = sizeof(int64_t), .flags = AGG_FLAT, .add = count_add,      \
        .retract = count_retract, .merge = count_merge, .unmerge = count_unmerge, .result = count_result,     \
        .follow = count_follow                                                                                  \
    }

const Aggregate agg_count[] = {
    COUNT_ROW("count(*) -> bigint!", "The number of rows."),
    COUNT_ROW("count(any) -> bigint!", "The number of rows in which the argument is not NULL."),
    { 0 },
};
