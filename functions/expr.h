/* expr.h: typed expressions, and their evaluation over a batch.
 *
 * The planner builds Expr trees (immutable, in the plan's arena); a task turns each into a Program once
 * (program_create: per-call state such as compiled patterns) and runs it per batch. */
#ifndef FUNCTIONS_EXPR_H
#define FUNCTIONS_EXPR_H

#include "core/env.h"
#include "data/batch.h"
#include "data/calendar.h"

typedef struct Function Function;

typedef enum ExprKind { EXPR_COLUMN, EXPR_LITERAL, EXPR_CALL } ExprKind;

typedef struct Expr {
    ExprKind    kind;
    const Type *type;
    Span        span;
    int32_t     column;          /* COLUMN: index into the input */
    Column      value;           /* LITERAL: a constant column */
    const Function *function;    /* CALL */
    struct Expr   **args;        /* CALL */
    int32_t         arg_count;
    /* CALL: what a function needs besides its arguments; only expr_field uses it, for the index */
    int32_t         option;
} Expr;

Expr *expr_column(Arena *arena, int32_t column, const Type *type, Span span);
/* value must be constant and live as long as the arena. */
Expr *expr_literal(Arena *arena, Column value, Span span);
/* any integer, DATE, TIME, interval, TIMESTAMP(<=3) type */
Expr *expr_literal_i64(Arena *arena, int64_t value, const Type *type, Span span);
Expr *expr_literal_str(Arena *arena, Str text, const Type *type, Span span);
Expr *expr_literal_bool(Arena *arena, bool value, Span span);
Expr *expr_null(Arena *arena, const Type *type, Span span);
/* The caller knows the result type (see function_resolve for the usual way). */
Expr *expr_call(Arena *arena, const Function *function, const Type *type, Expr **args, int32_t arg_count, Span span);
/* CAST(arg AS to) or TRY_CAST; the argument itself when it has the type already (nullability apart). */
Expr *expr_cast(Arena *arena, Expr *arg, const Type *to, bool is_try, Span span);

/* Field `index` of a ROW value. */
Expr *expr_field(Arena *arena, Expr *row, int32_t index, Span span);

bool expr_is_literal(const Expr *expr);
bool expr_is_null_literal(const Expr *expr);
/* Same tree, spans apart. */
bool expr_equals(const Expr *left, const Expr *right);
/* No column, and every function deterministic: can be folded while planning. */
bool expr_is_constant(const Expr *expr);
/* Every function in it gives the same for the same arguments. */
bool expr_is_deterministic(const Expr *expr);
/* Some values of its columns may make it fail. */
bool expr_can_fail(const Expr *expr);
/* It is expr_field. */
bool expr_is_field(const Expr *expr);
/* Rebuilds the tree with every COLUMN c replaced by replacement[c] (a tree) or, if columns is given, renumbered to
 * columns[c]. */
Expr *expr_replace_columns(Arena *arena, const Expr *expr, Expr *const *replacement);
Expr *expr_renumber_columns(Arena *arena, const Expr *expr, const int32_t *columns);
/* Sets used[c] for every COLUMN c in the tree. */
void  expr_mark_columns(const Expr *expr, bool *used);
/* The same, and of ROW columns only the fields that the tree takes out of them. */
void  expr_mark_fields(const Expr *expr, FieldSet *used);
/* SQL-like text for EXPLAIN: `(a + 1)`, CAST(b AS STRING); names[c] gives the column's name. */
void  expr_print(const Expr *expr, const Str *names, Text *out);

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

/* What an evaluation may depend on besides its input. */
typedef struct EvalContext {
    const Zone  *zone;          /* table.local-time-zone */
    const Clock *clock;         /* CURRENT_TIMESTAMP and the like: per record in streaming ... */
    int64_t      query_start_ms; /* ... and this, if not 0, in batch mode */
    Str          database;      /* CURRENT_DATABASE() */
    Time         watermark;     /* CURRENT_WATERMARK(); TIME_MIN = none yet. The operator keeps it current */
    bool         is_general;    /* what has a faster way for usual cases takes the general one: tests compare them */
    uint64_t     random_seed;   /* RAND and friends without a seed; the task gives each its own */
} EvalContext;

typedef struct Program Program;

/* Lives in arena. context is read at every run and must outlive the program. */
Status program_create(Arena *arena, const Expr *expr, const EvalContext *context, Program **out, Error *err);
/* Values of the expression for all rows of the batch; memory from buf (may be the batch's own). The result may be
 * constant, and may share memory with the batch's columns. The error names the place in the SQL. */
Status program_run(Program *program, const Batch *batch, Buf *buf, Column *out, Error *err);
/* Programs that are run over the same batches: what they have in common is computed once. program_run and the others take each of them too. */
Status programs_create(Arena *arena, Expr *const *exprs, int32_t count, const EvalContext *context, Program **out, Error *err);
/* One column each; some of those that were created together, in any order. *done: how many were run before the one that failed. */
Status programs_run(Program *const *programs, int32_t count, const Batch *batch, Buf *buf, Column *out, int32_t *done, Error *err);
/* Rows for which a BOOLEAN program is TRUE, ascending; rows has room for batch->rows. */
Status program_select(Program *program, const Batch *batch, Buf *buf, int32_t *rows, int64_t *count, Error *err);
/* program_run for some rows of the batch, in this order. */
Status program_run_rows(Program *program, const Batch *batch, const int32_t *rows, int64_t count, Buf *buf, Column *out, Error *err);
/* The rows that make the program fail, ascending, when a run over the batch has failed with err: then err is cleared. An error that is not of a row
 * (memory, an internal one) stands and is returned. Functions with side effects see rows again. */
typedef struct RowFailure {
    int32_t row;
    Status  status; /* DATA or ARITHMETIC */
    Str     message;
} RowFailure;
typedef struct RowFailures {
    RowFailure *items;
    int64_t     count, capacity;
} RowFailures;
Status program_failures(Program *program, const Batch *batch, Buf *buf, RowFailures *out, Error *err);
/* Folds a constant expression to a literal (result memory in arena). */
Status expr_fold(Arena *arena, const Expr *expr, const EvalContext *context, Expr **out, Error *err);

#endif
