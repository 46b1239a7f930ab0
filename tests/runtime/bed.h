/* bed.h: a bench to run plans on: a scripted source, plan nodes in one line each, and the result as text. */
#ifndef TESTS_RUNTIME_BED_H
#define TESTS_RUNTIME_BED_H

#include "core/env.h"
#include "runtime/job.h"

/* One row of the scripted table (k STRING, v BIGINT, ts TIMESTAMP(3), wm TIMESTAMP(3)); wm is what the row makes the
 * watermark. */
typedef struct BedRow {
    int32_t     split;
    const char *key; /* NULL = SQL NULL */
    int64_t     value;
    int64_t     time; /* BED_NULL = SQL NULL */
    int64_t     watermark;
    uint8_t     kind;
} BedRow;

#define BED_NULL INT64_MIN

enum { BED_KEY, BED_VALUE, BED_TIME, BED_WATERMARK, BED_COLUMNS };

typedef struct BedTable {
    const BedRow *rows;
    int64_t       row_count;
    int32_t       split_count;
    bool          pushes_watermark;
    int64_t       lag;          /* split 0 runs ahead of the others by so many polls */
    int64_t       fail_after;   /* polls; 0 = never */
    int64_t       unknown_for;  /* polls until a source knows its splits */
    bool          is_unbounded; /* goes on being empty after the last row */
    _Atomic int64_t hidden;     /* rows at the end of the script that are not there yet */
} BedTable;

/* A clock that stands still until it is told. */
typedef struct BedClock {
    Clock           clock;
    _Atomic int64_t now_ms;
} BedClock;

typedef struct Bed {
    Arena     *arena;
    BedTable   table;
    BedClock   clock;
    JobOptions options;
    int64_t    clock_steps_ms; /* bed_break.h: how far the clock moves at a break and at the end */
    const char *zone; /* NULL = UTC */
    bool       is_batch;
    bool       keeps_order; /* of the result's lines; else they are sorted */
    int32_t    next_id;
    JobStats   stats;       /* of the last run */
    Error      error;       /* of the last run */
    /* sink: */
    int64_t    sink_takes;  /* rows per write; 0 = all */
    int64_t    sink_fail_after; /* writes; 0 = never */
    _Atomic int64_t sink_rows, sink_flushes, sink_finishes, opened, closed;
} Bed;

void bed_open(Bed *bed);
void bed_close(Bed *bed);

/* ---- plans ---- */
Plan *bed_scan(Bed *bed, bool has_watermark);
Plan *bed_filter_value_below(Bed *bed, Plan *input, int64_t limit);
/* One more column: is v below the limit? */
Plan *bed_with_test(Bed *bed, Plan *input, int64_t limit);
/* Picks input columns. */
Plan *bed_project(Bed *bed, Plan *input, const int32_t *columns, int32_t count);
Plan *bed_union(Bed *bed, Plan *left, Plan *right);
/* COUNT(*), SUM(v) and LISTAGG(k) by name: "count", "sum", "listagg" ... over column (-1 = star). */
AggregateCall *bed_call(Bed *bed, const Plan *input, const char *name, int32_t column);
PlanWindowSpec bed_window(WindowKind kind, int64_t size, int64_t slide);
/* Keys by column, then calls, then window_start and window_end. */
Plan *bed_window_aggregate(Bed *bed, Plan *input, PlanWindowSpec window, const int32_t *keys, int32_t key_count,
                           AggregateCall **calls,
                           int32_t call_count);
Plan *bed_window_table(Bed *bed, Plan *input, PlanWindowSpec window, const int32_t *keys, int32_t key_count);
Plan *bed_group(Bed *bed, Plan *input, const int32_t *keys, int32_t key_count, AggregateCall **calls,
                int32_t call_count);
Plan *bed_sort(Bed *bed, Plan *input, int32_t column, bool is_descending, int64_t limit, int64_t offset);
Plan *bed_limit(Bed *bed, Plan *input, int64_t limit, int64_t offset);
/* The client reads. */
Plan *bed_result(Bed *bed, Plan *input);
/* The scripted sink. */
Plan *bed_sink(Bed *bed, Plan *input);

/* ---- running ---- */

/* Runs SELECT root and gives its rows, one "+I a 1 -" per line. A failure gives "error: message". Free it. */
char *bed_run(Bed *bed, Plan *root);
Status bed_create(Bed *bed, Plan *const *sinks, int32_t sink_count, Job **out, Error *err);
/* Waits until the job has read so many rows. */
void bed_await_rows(Bed *bed, const Job *job, int64_t rows);
/* The client's next rows as text, "" when none came for 50 ms. Free it. */
char *bed_next(Job *job);
/* Rows as lines, and the lines in order: free them. */
void  bed_print(const Batch *batch, Text *out);
char *bed_sorted(Text *text);

/* At batches of 1, 7 and 2048 rows, parallelism 1, 2 and 4, rings of 1 and 16 events: always the same text. */
void  bed_expect(Bed *bed, Plan *root, const char *expected);

#endif
