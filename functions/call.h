/* call.h: a call inside a running program; for the evaluator's own files (eval.c, eval_lazy.c, in_list.c, expr.c).
 *
 * A program is a tree of Calls, one per node of the expression. Running a node over a batch gives a column; a lazy
 * node decides which rows of the batch its arguments see and gives them a smaller batch (batch_of_rows). */
#ifndef FUNCTIONS_CALL_H
#define FUNCTIONS_CALL_H

#include "functions/function.h"

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
};

const Call *program_root(const Program *program);

/* Values of the node for all rows of the batch. */
Status call_run(Call *call, const Batch *batch, Column *out, Error *err);

/* eval_lazy.c: runs a call whose function is FN_LAZY; function->option is its LazyKind. */
Status call_run_lazy(Call *call, const Batch *batch, Column *out, Error *err);

typedef enum LazyKind { LAZY_AND, LAZY_OR, LAZY_CASE, LAZY_COALESCE } LazyKind;

/* Result column of type for rows values, all NULL, constant. */
void call_null(const Call *call, Column *out);

/* The row of the table that casts from one type to another; it says whether it can fail. */
const Function *cast_function(const Type *from, const Type *to, bool is_try);
const Function *field_function(void);

#endif
