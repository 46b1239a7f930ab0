/* watermark.h: the watermark of a source instance, kept per split and advanced by every row.
 *
 * A row is late by the watermark that the rows before it in its own split have caused. So what is late does not depend
 * on how the splits are interleaved, on speed, batch size or parallelism. The watermark that goes downstream is the
 * lowest of all active splits. */
#ifndef RUNTIME_TIME_WATERMARK_H
#define RUNTIME_TIME_WATERMARK_H

#include "core/env.h"
#include "runtime/time/merge.h"

/* Times are clamped to this on both sides, so that window arithmetic cannot overflow: 36 million years. */
#define TIME_CLAMP (1LL << 60)

/* Event times of a TIMESTAMP or TIMESTAMP_LTZ column in ms; rows that are NULL get null_time. true when there are any.
 * */
bool column_times(const Column *column, int64_t rows, Time null_time, Time *out);

typedef struct SplitState {
    int64_t active_ms; /* when its last row came */
} SplitState;

typedef struct SourceTime {
    MergeInput *splits; /* in env memory */
    SplitState *states;
    int32_t     split_count, split_capacity;
    bool        has_no_splits; /* and certainly so: idle */
    int64_t     idle_timeout_ms; /* 0 = off */
    Merged      merged;
} SourceTime;

void source_time_init(SourceTime *time, int64_t idle_timeout_ms);
void source_time_free(SourceTime *time);
/* Makes room for splits 0 .. split_count - 1. */
void source_time_add_splits(SourceTime *time, int32_t split_count, int64_t now_ms);
/* The next rows of a split: marks[i] is the watermark that row i causes (TIME_MIN = none), seen[i] becomes the one
 * before it. true when a row is not younger than what it has seen, so that it may be late. */
bool source_time_rows(SourceTime *time, int32_t split, const Time *times, const Time *marks, int64_t rows, Time *seen,
                      int64_t now_ms);
/* The input says so itself. */
void source_time_mark(SourceTime *time, int32_t split, Time watermark);
void source_time_end_split(SourceTime *time, int32_t split);
/* Nothing was read for pause_ms because nobody asked: that does not make a split idle. */
void source_time_forgive(SourceTime *time, int64_t pause_ms);
/* Marks silent splits idle; returns when to look again (TIME_MAX = no need). */
int64_t source_time_check_idle(SourceTime *time, int64_t now_ms);
/* Merges into time->merged; true when that changed. */
bool source_time_merge(SourceTime *time);

#endif
