/* call.h: a call inside a running program; for the evaluator's own files (eval*.c, in_list.c, expr.c).
 *
 * A program is a tree of Calls, one per node of the expression. Running a node over a batch gives a column; a lazy
 * node decides which rows of the batch its arguments see and gives them a smaller batch (batch_of_rows). */
#ifndef FUNCTIONS_CALL_H
#define FUNCTIONS_CALL_H

#include "functions/function.h"

/* The rows that calls are run over: a batch, or some rows of the batch of another scope. */
typedef struct Scope {
    const Batch        *batch;
    int64_t             id;    /* no other scope of these programs has had it, ever */
    const struct Scope *outer; /* NULL: the whole batch */
    const int32_t      *rows;  /* which of outer's rows */
} Scope;

/* eval_shared.c: the last value of calls that are equal. */
typedef struct Memo Memo;
typedef struct Sharing Sharing;

struct Call {
    const Expr        *expr;
    const EvalContext *context;
    void              *state;    /* from the function's prepare */
    Buf               *buf;      /* memory of this run */
    Call             **args;
    Column            *values;   /* arguments of the call being run: one per arg */
    bool               can_fail; /* this function or one below */
    int32_t           *columns;  /* input columns read here and below, ascending: what a smaller batch must carry */
    int32_t            column_count;
    Sharing           *sharing;
    Memo              *memo;     /* NULL: it has no equal */
    uint64_t           hash;     /* of the expression; equal ones have the same */
    bool               can_share; /* deterministic, with everything below */
};

const Call *program_root(const Program *program);

/* Values of the node for all rows of the scope. */
Status call_run(Call *call, const Scope *scope, Column *out, Error *err);

/* eval_lazy.c: runs a call whose function is FN_LAZY; function->option is its LazyKind. */
Status call_run_lazy(Call *call, const Scope *scope, Column *out, Error *err);

/* eval_shared.c */
/* is_on = false: it finds nothing equal. */
Sharing *sharing_create(Arena *arena, bool is_on);
/* Gives a new call, whose arguments are known already, the memo of its equals. */
void     sharing_add(Sharing *sharing, Call *call);
int64_t  sharing_next_scope(Sharing *sharing);
/* Has an equal of the call been run over these rows? Then *out has its values. */
bool     call_recall(const Call *call, const Scope *scope, Column *out);
void     call_remember(const Call *call, const Scope *scope, const Column *value);

typedef enum LazyKind { LAZY_AND, LAZY_OR, LAZY_CASE, LAZY_COALESCE } LazyKind;

/* Result column of type for rows values, all NULL, constant. */
void call_null(const Call *call, Column *out);

/* The row of the table that casts from one type to another; it says whether it can fail. */
const Function *cast_function(const Type *from, const Type *to, bool is_try);
const Function *field_function(void);
/* The call itself, its arguments apart. */
bool            function_can_fail(const Expr *expr);

#endif
