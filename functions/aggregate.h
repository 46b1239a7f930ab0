/* aggregate.h: what an aggregate function is.
 *
 * A leaf file functions/aggregate/<name>.c exports `const Aggregate agg_<name>[]`, ended by { 0 };
 * functions/aggregates.def names it.
 *
 * A state is a block of `state_size` bytes that the operator owns: zeroed, then init; 16-byte aligned; moved with
 * memcpy. What grows (a text, a set of values) hangs from it in StateMemory. DISTINCT and FILTER are done by the
 * operator around every aggregate (functions/aggregate_set.c), so no aggregate knows of them. */
#ifndef FUNCTIONS_AGGREGATE_H
#define FUNCTIONS_AGGREGATE_H

#include "functions/expr.h"

/* Memory of variable-size states: size classes with free lists; freed whole with its owner (a slice, a table). One
 * thread at a time. */
typedef struct StateMemory StateMemory;
StateMemory *state_memory_create(void);
void         state_memory_destroy(StateMemory *memory);
void        *state_alloc(StateMemory *memory, int64_t size); /* zeroed, aligned to 16 */
void         state_free(StateMemory *memory, void *block, int64_t size);
int64_t      state_memory_size(const StateMemory *memory); /* bytes in use */

typedef struct Aggregate Aggregate;

/* One aggregate call of a query, as planned. Immutable, in the plan's arena. */
typedef struct AggregateCall {
    const Aggregate *aggregate;
    const Type      *type;       /* of the result */
    Span             span;
    const int32_t   *args;       /* columns of the aggregation's input; -1 = a constant argument */
    const Type     **arg_types;
    const Column    *constants;  /* per argument: a constant column where args[i] is -1 */
    int32_t          arg_count;
    bool             is_distinct;
    int32_t          filter;     /* BOOLEAN column of the input; -1 = none */
    Str              text;       /* "COUNT(DISTINCT b)" for EXPLAIN */
} AggregateCall;

/* rows: indexes into args of the `count` rows to work on (NULL = 0..count-1), in arrival order; states[i] belongs to
 * the i-th of them and may repeat. Rows in which an argument is NULL have been left out already unless
 * AGG_SEES_NULL. */
typedef Status (*AggregateAdd)(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                               int64_t count, void *const *states, Error *err);

typedef enum AggregateFlags {
    AGG_SEES_NULL = 1 << 0,
    AGG_FLAT      = 1 << 1, /* the state is all there is: encode and decode are a memcpy and need no function */
    AGG_ORDERED   = 1 << 2, /* depends on arrival order (FIRST_VALUE, LISTAGG): no two-phase aggregation across tasks */
    AGG_HIDDEN    = 1 << 3  /* a clause of another one, its name holds blanks: not in SHOW FUNCTIONS */
} AggregateFlags;

struct Aggregate {
    /* as in function.h: "sum(bigint) -> bigint?", "count(*) -> bigint!", "count(any...) -> bigint!" */
    const char *sig;
    const char *doc;
    int32_t     state_size;
    int32_t     flags;
    int32_t     option;    /* distinguishes rows that share functions */
    /* The result type; NULL: sig decides. arg types are those after implicit casts to the signature. */
    const Type *(*infer)(Arena *arena, const Type *const *args, int32_t arg_count);
    void        (*init)(const AggregateCall *call, void *state);     /* NULL: zero is a fresh state */
    AggregateAdd add;
    AggregateAdd retract;  /* NULL: use `retracting` where the input has updates */
    /* the row that can retract (MIN and MAX keep all values); NULL: cannot at all, or retract is there */
    const Aggregate *retracting;
    /* into[i] += from[i]; from's memory may be taken over only by copying. */
    Status    (*merge)(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                       int64_t count, Error *err);
    /* The exact inverse of merge: into[i] was merged with from[i] before. NULL: there is none (floating point, decimals that may be lost, MIN). */
    void      (*unmerge)(void *const *into, void *const *from, int64_t count);
    /* out has been initialised for count rows; NULL results clear out->valid (column_need_valid). Must not change the
     * states. */
    Status    (*result)(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                        Error *err);
    /* Row by row for `count` rows of one batch: adds row i to states[i] if it is in `rows` (ascending; NULL = all are), then gives the result to
     * row i of out. NULL: add and result are called for each row. */
    void      (*follow)(const int32_t *rows, int64_t row_count, void *const *states, int64_t count, Column *out);
    /* Variable-size part into the same StateMemory's free lists. NULL: nothing hangs from the state. */
    void      (*drop)(const AggregateCall *call, StateMemory *memory, void *state);
    /* The state as bytes for exchange and checkpoints. NULL with AGG_FLAT. */
    void      (*encode)(const AggregateCall *call, const void *state, Text *out);
    bool      (*decode)(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                        void *state);
};

/* Finds the row for the arguments; casts[i] is set to the type an argument must be cast to first, or NULL. is_star:
 * COUNT(*). needs_retract: the input has updates. Errors as function_resolve. */
Status aggregate_resolve(Arena *arena, Str name, const Type *const *arg_types, int32_t arg_count, bool is_star,
                         bool needs_retract, Span span, const Aggregate **out, const Type **type, const Type **casts,
                         Error *err);
bool   aggregate_exists(Str name);
/* All rows that are not hidden, in the order of aggregates.def. */
const Aggregate *aggregate_at(int64_t index);
int64_t aggregate_count(void);
Str    aggregate_name(const Aggregate *aggregate);
/* Name -> row for state files: its sig is the stable name. */

/* ---- all aggregates of one GROUP BY, laid out in one block ------------------------------------------------------- */

/* The states of several calls side by side, DISTINCT sets and the hidden row count included: what operators work
 * with. */
typedef struct AggregateSet AggregateSet;

/* count_rows: keep the number of rows behind the states (for groups whose input can retract). */
AggregateSet *aggregate_set_create(Arena *arena, const AggregateCall *const *calls, int32_t call_count,
                                   bool count_rows);
int32_t aggregate_set_size(const AggregateSet *set); /* bytes of one block, a multiple of 16 */
void    aggregate_set_init(const AggregateSet *set, void *block);
/* blocks[i]: the block of row i of the batch; kinds decide between add and retract; FILTER and DISTINCT are applied
 * here. */
Status  aggregate_set_update(AggregateSet *set, StateMemory *memory, const Batch *batch, void *const *blocks,
                             Error *err);
/* Rows that are all added, and column i of out, of as many rows as the batch: the results of call i behind each row. Columns are made in
 * buf. Needs aggregate_set_can_follow: results of lists lie one behind the other and cannot be written row by row. */
bool    aggregate_set_can_follow(const AggregateSet *set);
Status  aggregate_set_follow(AggregateSet *set, StateMemory *memory, const Batch *batch, void *const *blocks, Buf *buf, Column *out,
                             Error *err);
Status  aggregate_set_merge(AggregateSet *set, StateMemory *memory, void *const *into, void *const *from, int64_t count,
                            Error *err);
/* May states be taken out again of what they were merged into? Needs count_rows, which tells when nothing is left. */
bool    aggregate_set_can_unmerge(const AggregateSet *set);
void    aggregate_set_unmerge(AggregateSet *set, void *const *into, void *const *from, int64_t count);
/* One column per call. */
Status  aggregate_set_results(AggregateSet *set, void *const *blocks, int64_t count, Buf *buf, Column *out, Error *err);
int64_t aggregate_set_row_count(const AggregateSet *set, const void *block);
void    aggregate_set_drop(AggregateSet *set, StateMemory *memory, void *block);
void    aggregate_set_encode(const AggregateSet *set, const void *block, Text *out);
bool    aggregate_set_decode(AggregateSet *set, StateMemory *memory, const char **cursor, const char *end, void *block);
/* The same without the hidden row count, which is 0 when it is read back. The count takes so many bytes at the start of a block (0 or 16). */
void    aggregate_set_encode_states(const AggregateSet *set, const void *block, Text *out);
bool    aggregate_set_decode_states(AggregateSet *set, StateMemory *memory, const char **cursor, const char *end, void *block);
int32_t aggregate_set_count_size(const AggregateSet *set);
/* A block is all there is of its states: it can be saved by copying it. */
bool    aggregate_set_is_flat(const AggregateSet *set);
/* No call depends on arrival order: states built apart may be merged. */
bool    aggregate_set_is_mergeable(const AggregateSet *set);

#endif
