/* function.h: what a scalar function is, and how a call finds it.
 *
 * A leaf file functions/scalar/<name>.c exports `const Function fn_<name>[]`, ended by { 0 }, and functions/functions.def
 * names it: FUNCTIONS(<name>). Everything else (SHOW FUNCTIONS, docs/functions.md, completion, errors) comes from the rows. */
#ifndef FUNCTIONS_FUNCTION_H
#define FUNCTIONS_FUNCTION_H

#include "functions/expr.h"

typedef struct Call Call; /* one call in one running program */

/* Values of one call for `rows` rows. args[i] may be constant (read with column_index). Unless FN_SEES_NULL is set, rows in which
 * an argument is NULL are NULL in the result whatever eval leaves there, and out->valid is set by the caller from the arguments;
 * eval may clear more rows. When all arguments are constant and the function is deterministic, it is run for one row.
 * out has been initialised (column_init) for rows of call_type(call). Fails with STATUS_DATA or STATUS_ARITHMETIC; only rows that
 * are not NULL may make it fail. */
typedef Status (*FunctionEval)(Call *call, const Column *args, int64_t rows, Column *out, Error *err);
/* Once per program: compile a constant pattern, load a zone ... ; *state is handed to eval by call_state. */
typedef Status (*FunctionPrepare)(Call *call, Arena *arena, const Expr *expr, void **state, Error *err);
/* The result type from the argument expressions (already cast to the parameter types); NULL: signature text decides. */
typedef Status (*FunctionInfer)(Arena *arena, Expr *const *args, int32_t arg_count, const Type **out, Error *err);

typedef enum FunctionFlags {
    FN_SEES_NULL        = 1 << 0, /* eval gets NULL arguments and sets all of out->valid itself */
    FN_CAN_FAIL         = 1 << 1, /* may return an error for some values: branches must be evaluated lazily */
    FN_NOT_DETERMINISTIC = 1 << 2, /* RAND, UUID, CURRENT_TIMESTAMP: never folded, never shared */
    FN_LAZY             = 1 << 3, /* CASE, COALESCE, AND, OR: the evaluator itself runs it (functions/eval_lazy.c) */
    FN_HIDDEN           = 1 << 4  /* operators and syntax forms: not in SHOW FUNCTIONS */
} FunctionFlags;

struct Function {
    /* "substring(string, int, [int]) -> string": [x] optional, x... repeated. Types: boolean tinyint smallint int bigint float double decimal
     * integer (any of 4) numeric, string (CHAR or VARCHAR), bytes, date time timestamp timestamp_ltz temporal, interval_month interval_time,
     * array map row, any, T (the same least restrictive type for all T), array<T>. Result: one of these, or $1 (the type of the first argument).
     * "?" behind it: always nullable; "!": never NULL; else nullable when an argument is (for FN_SEES_NULL: always nullable). */
    const char     *sig;
    const char     *doc;    /* one or two sentences for docs/functions.md, with an example where it helps */
    FunctionEval    eval;
    FunctionPrepare prepare;
    FunctionInfer   infer;
    int32_t         flags;
    int32_t         option; /* distinguishes rows that share an eval function */
};

/* For use inside eval and prepare. */
const EvalContext *call_context(const Call *call);
void              *call_state(const Call *call);
const Type        *call_type(const Call *call);     /* of the result */
const Function    *call_function(const Call *call);
const Expr        *call_expr(const Call *call);
Buf               *call_buf(const Call *call);      /* memory for results of this run */

/* Family of a function row for the docs: "Comparison", "String" ... from functions.def: FAMILY("String") FUNCTIONS(substring) ... */

/* Finds the overload of name for the arguments, casts them where needed (implicit casts only) and gives the call.
 * Errors: STATUS_NO_FUNCTION with a hint of the nearest name; STATUS_TYPE listing the signatures. Operators have names such as "+", "=",
 * "and", "||", "like", "is null", "cast", "case", "[]" (element access), "extract". */
Status function_resolve(Arena *arena, Str name, Expr **args, int32_t arg_count, Span span, Expr **out, Error *err);
bool   function_exists(Str name);
/* All rows that are not hidden, by name then overload. */
const Function *function_at(int64_t index);
int64_t         function_count(void);
Str             function_name(const Function *function);
const char     *function_family(const Function *function);

#endif
