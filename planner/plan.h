/* plan.h: the treaty between planner and runtime: one immutable tree of operators (a graph where inserts share a scan).
 *
 * Everything lives in one arena that outlives the job. Columns are numbers: an expression in a node reads the columns of the node's
 * input (of inputs[0]). EXPLAIN prints these nodes and nothing else. */
#ifndef PLANNER_PLAN_H
#define PLANNER_PLAN_H

#include "connectors/connector.h"
#include "functions/aggregate.h"
#include "functions/expr.h"

typedef enum PlanKind {
#define PLAN(kind, name, doc) PLAN_##kind,
#include "planner/plan.def"
#undef PLAN
    PLAN_KIND_COUNT
} PlanKind;

const char *plan_kind_name(PlanKind kind);

typedef struct Plan Plan;

/* Kinds of rows that travel on an edge: a set of 1 << RowKind. */
typedef uint8_t Changelog;
#define CHANGELOG_INSERT ((Changelog)(1 << ROW_INSERT))
#define CHANGELOG_UPSERT ((Changelog)(1 << ROW_INSERT | 1 << ROW_UPDATE_AFTER | 1 << ROW_DELETE))
#define CHANGELOG_ALL    ((Changelog)(1 << ROW_INSERT | 1 << ROW_UPDATE_BEFORE | 1 << ROW_UPDATE_AFTER | 1 << ROW_DELETE))

typedef struct PlanScan {
    const TableSpec *table;
    const Connector *connector;
    const int32_t   *columns;      /* wanted table columns: the source's batch */
    int32_t          column_count;
    const FieldSet  *fields;       /* of each ROW among them, the fields that are read; NULL = not known, all */
    Expr           **exprs;        /* output columns over the source's batch (computed columns); NULL = the batch as it is */
    int32_t          rowtime;      /* output column with event time; -1 = none */
    Expr            *watermark;    /* over the output columns, same type family as the rowtime column; NULL = none */
    int64_t          idle_timeout_ms; /* 0 = off */
    int64_t          max_future_ms;   /* rows stamped further ahead of the clock do not move the watermark; -1 = off */
    Str              alignment_group; /* with the two below; empty = none */
    int64_t          alignment_max_drift_ms;
    int64_t          alignment_interval_ms;
    bool             is_bounded;
    int32_t          parallelism;     /* scan.parallelism; 0 = the job's */
} PlanScan;

typedef struct PlanValues {
    const Column *columns; /* flat columns of row_count rows */
    int64_t       row_count;
} PlanValues;

typedef struct PlanFilter {
    Expr *predicate; /* BOOLEAN */
} PlanFilter;

typedef struct PlanProject {
    Expr **exprs; /* one per field */
} PlanProject;

/* CROSS JOIN UNNEST(collection). Output: the input's columns, then those of an entry (the fields of a ROW, key and value of a MAP, else one
 * column), then the ordinality INT NOT NULL from 1 if asked for. A NULL or empty collection gives no row, or with is_left one of NULLs. */
typedef struct PlanUnnest {
    Expr *collection; /* ARRAY or MAP */
    bool  with_ordinality;
    bool  is_left;
} PlanUnnest;

typedef enum WindowKind {
    WINDOW_TUMBLE,
    WINDOW_HOP,
    WINDOW_CUMULATE,
    WINDOW_SESSION,
    WINDOW_ATTACHED /* each row brings its window in two columns (an aggregation behind a window function or another aggregation) */
} WindowKind;

/* All sizes in ms. The windows of a row are pure functions of its time (runtime/time/window.h). */
typedef struct PlanWindowSpec {
    WindowKind kind;
    int32_t    time;        /* input column with the time attribute; -1 for ATTACHED */
    bool       is_proctime; /* windows by the clock */
    bool       is_local;    /* the time is an instant (TIMESTAMP_LTZ or PROCTIME()): windows by the local clock of the session zone */
    bool       is_legacy;   /* GROUP BY TUMBLE(...): any ratio of size and slide, no check for a NULL time */
    int64_t    size;        /* TUMBLE, HOP; CUMULATE: the largest; SESSION: the gap */
    int64_t    slide;       /* HOP; CUMULATE: the step */
    int64_t    offset;
    int32_t    start_column, end_column; /* ATTACHED */
} PlanWindowSpec;

/* Output: the input's columns, then window_start TIMESTAMP(3), window_end TIMESTAMP(3), window_time (type of the time column). */
typedef struct PlanWindow {
    PlanWindowSpec window;
    const int32_t *keys; /* SESSION: PARTITION BY */
    int32_t        key_count;
} PlanWindow;

typedef enum WindowProperty { WINDOW_START, WINDOW_END, WINDOW_ROWTIME /* end - 1 ms, a time attribute */, WINDOW_PROCTIME } WindowProperty;

/* Output: key columns, one column per call, then one column per property. */
typedef struct PlanWindowAggregate {
    PlanWindowSpec  window;
    const int32_t  *keys;
    int32_t         key_count;
    AggregateCall **calls;
    int32_t         call_count;
    const WindowProperty *properties;
    int32_t         property_count;
} PlanWindowAggregate;

/* Output: key columns, then one column per call. No calls: SELECT DISTINCT. */
typedef struct PlanGroupAggregate {
    const int32_t  *keys;
    int32_t         key_count;
    AggregateCall **calls;
    int32_t         call_count;
    bool            input_retracts;     /* keep row counts, expect -U and -D */
    bool            emits_update_before;
    bool            is_batch;           /* one +I per group at the end; with no keys also for no input */
    int64_t         state_ttl_ms;       /* 0 = keep */
} PlanGroupAggregate;

typedef struct SortKey {
    int32_t column;
    bool    is_descending;
    bool    nulls_last;
} SortKey;

typedef struct PlanSort {
    const SortKey *keys;
    int32_t        key_count;
    int64_t        limit;      /* -1 = all */
    int64_t        offset;
    bool           by_rowtime; /* streaming: keys[0] is the rowtime, rows go out as the watermark passes them */
} PlanSort;

typedef struct PlanLimit {
    int64_t limit; /* -1 = all */
    int64_t offset;
} PlanLimit;

typedef struct PlanSink {
    const TableSpec *table;     /* NULL: the client reads the rows (a SELECT) */
    const Connector *connector;
    const int32_t   *columns;   /* table column of each input column */
    Changelog        accepts;   /* kinds it wants; others are dropped before it (-U for an upsert sink) */
    bool             drops_null_rows; /* table.exec.sink.not-null-enforcer = DROP; else an error names the column */
    const bool      *not_null;  /* per input column: the table says NOT NULL and the query does not */
    int32_t          rowtime;   /* input column with event time for record timestamps; -1 = none */
    int32_t          parallelism; /* sink.parallelism; 0 = the job's */
    bool             is_dead_letter; /* added by the planner: the job is over when all others are */
} PlanSink;

/* A step of the dialect that is checked but cannot be executed: only under check --language-only, never in a job that runs. */
/* What ON and WHERE compare, for the keys of a regular join (join_key.c). */
typedef struct PlanJoinKeys {
    bool           pads_left, pads_right; /* rows of the other side without a match have NULL there */
    const int32_t *pairs;                 /* column of the left input, of the right input; -1: an expression */
    int32_t        pair_count;
} PlanJoinKeys;

typedef struct PlanOpaque {
    const char   *feature;     /* "JOIN" */
    PlanJoinKeys *join;        /* NULL: its keys are not known */
    bool          is_inner_join; /* of its two inputs */
    bool          has_unknown_columns; /* besides its fields: of a table that lives elsewhere */
} PlanOpaque;

struct Plan {
    PlanKind     kind;
    int32_t      id;          /* unique in the statement, for EXPLAIN and state names */
    Span         span;
    Plan       **inputs;
    int32_t      input_count;
    const Field *fields;      /* output columns; time attributes are in the types */
    int32_t      field_count;
    Changelog    changelog;   /* kinds it gives */
    const int32_t *upsert_key; /* columns that identify a row of the changelog; NULL = none known */
    int32_t      upsert_key_count;
    ErrorPolicy  errors;       /* what becomes of a row of the input (a scan: of the table) that this node cannot take */
    ErrorPolicy  errors_above; /* ... and of one that comes out of it, above; see planner/dead_letter.c */
    Plan        *rejects;      /* PLAN_REJECTS: where refused rows go; NULL unless errors is DEAD_LETTER */
    union {
        PlanScan            scan;
        PlanValues          values;
        PlanFilter          filter;
        PlanProject         project;
        PlanUnnest          unnest;
        PlanWindow          window;
        PlanWindowAggregate window_aggregate;
        PlanGroupAggregate  group_aggregate;
        PlanSort            sort;
        PlanLimit           limit;
        PlanSink            sink;
        PlanOpaque          opaque;
    };
};

/* One job: all inserts of a statement or statement set, or one query. */
typedef struct PlanJob {
    Plan  **sinks; /* PLAN_SINK each */
    int32_t sink_count;
    Str     name;  /* pipeline.name */
    bool    is_batch;
    bool    is_bounded; /* every scan is */
} PlanJob;

/* Zeroed node with its inputs. */
Plan *plan_new(Arena *arena, PlanKind kind, Span span, Plan *input);
/* One node as text, without its inputs: Filter(where=[a > 1]). Also what a checkpoint knows an operator by. */
void  plan_print_node(const Plan *plan, Text *out);
/* What the state of the node means, wherever it stands: lines "MARK WHAT<TAB>VALUE<LF>", none for a node that keeps nothing. MARK says what it
 * means when the same node of an edited script has another value:
 *     #   it is another node
 *     =   its state cannot be read, or means something else
 *     ~   its state can be gone on with, but what is around it has changed
 * Values of secret options are left out. */
void  plan_identity(const Plan *plan, Text *out);
/* The operator tree as text, one line per node, inputs indented below; with_changelog adds changelogMode=[I,UB,UA,D]. */
void  plan_print(const PlanJob *job, bool with_changelog, Text *out);

#endif
