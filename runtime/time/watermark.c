/* watermark.c: see watermark.h. The loop over rows is a running maximum and one compare, without branches. */
#include "runtime/time/watermark.h"

#include <assert.h>

static inline Time clamp(Time time)
{
    return time > TIME_CLAMP ? TIME_CLAMP : time < -TIME_CLAMP ? -TIME_CLAMP : time;
}

bool column_times(const Column *column, int64_t rows, Time null_time, Time *out)
{
    bool is_wide = type_layout(column->type) == LAYOUT_TIMESTAMP;
    for (int64_t i = 0; i < rows; i++) {
        int64_t index = column_index(column, i);
        out[i] = clamp(is_wide ? COLUMN_DATA(column, Timestamp)[index].ms : COLUMN_DATA(column, int64_t)[index]);
    }
    bool has_null = false;
    for (int64_t i = 0; column->valid && i < rows; i++) {
        if (column->valid[column_index(column, i)])
            continue;
        out[i] = null_time;
        has_null = true;
    }
    return has_null;
}

void source_time_init(SourceTime *time, int64_t idle_timeout_ms)
{
    *time = (SourceTime){ .idle_timeout_ms = idle_timeout_ms, .merged = { TIME_MIN, false } };
}

void source_time_free(SourceTime *time)
{
    env_free(time->splits);
    env_free(time->states);
    time->splits = NULL;
    time->states = NULL;
    time->split_count = time->split_capacity = 0;
}

void source_time_add_splits(SourceTime *time, int32_t split_count, int64_t now_ms)
{
    if (split_count > time->split_capacity) {
        int32_t capacity = split_count < 8 ? 8 : split_count * 2;
        time->splits = env_realloc(time->splits, capacity * (int64_t)sizeof(MergeInput));
        time->states = env_realloc(time->states, capacity * (int64_t)sizeof(SplitState));
        time->split_capacity = capacity;
    }
    for (; time->split_count < split_count; time->split_count++) {
        time->splits[time->split_count] = (MergeInput){ .watermark = TIME_MIN };
        time->states[time->split_count].active_ms = now_ms;
    }
}

bool source_time_rows(SourceTime *time, int32_t split, const Time *times, const Time *marks, int64_t rows, Time *seen,
                      int64_t now_ms)
{
    assert(split >= 0 && split < time->split_count);
    MergeInput *state = &time->splits[split];
    Time        watermark = state->watermark;
    int64_t     late = 0;
    for (int64_t i = 0; i < rows; i++) {
        seen[i] = watermark;
        late += times[i] <= watermark;
        watermark = marks[i] > watermark ? marks[i] : watermark;
    }
    state->watermark = watermark;
    if (rows > 0) {
        state->is_idle = false;
        time->states[split].active_ms = now_ms;
    }
    return late > 0;
}

void source_time_mark(SourceTime *time, int32_t split, Time watermark)
{
    assert(split >= 0 && split < time->split_count);
    if (watermark > time->splits[split].watermark)
        time->splits[split].watermark = watermark;
}

void source_time_end_split(SourceTime *time, int32_t split)
{
    assert(split >= 0 && split < time->split_count);
    time->splits[split].has_ended = true;
}

void source_time_forgive(SourceTime *time, int64_t pause_ms)
{
    for (int32_t i = 0; i < time->split_count; i++)
        time->states[i].active_ms += pause_ms;
}

int64_t source_time_check_idle(SourceTime *time, int64_t now_ms)
{
    int64_t next_ms = TIME_MAX;
    if (time->idle_timeout_ms <= 0)
        return TIME_MAX;
    for (int32_t i = 0; i < time->split_count; i++) {
        MergeInput *split = &time->splits[i];
        int64_t     idle_at = time->states[i].active_ms + time->idle_timeout_ms;
        if (split->is_idle || split->has_ended)
            continue;
        if (idle_at <= now_ms)
            split->is_idle = true;
        else if (idle_at < next_ms)
            next_ms = idle_at;
    }
    return next_ms;
}

bool source_time_merge(SourceTime *time)
{
    Merged before = time->merged;
    time->merged = watermark_merge(time->splits, time->split_count, before, false);
    time->merged.is_idle |= time->has_no_splits;
    return time->merged.watermark != before.watermark || time->merged.is_idle != before.is_idle;
}
