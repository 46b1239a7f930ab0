/* function.h: what a scalar function is, and how a call finds it.
 *
 * A leaf file functions/scalar/<name>.c exports `const Function fn_<name>[]`, ended by { 0 }, and
 * functions/functions.def names it: FUNCTIONS(<name>). Everything else (SHOW FUNCTIONS, docs/functions.md, completion,
 * errors) comes from the rows. */
#ifndef FUNCTIONS_FUNCTION_H
#define FUNCTIONS_FUNCTION_H

#include "functions/expr.h"

typedef struct Call Call; /* one call in one running program */

/* Values of one call for `rows` rows. args[i] may be constant (read with column_index). Unless FN_SEES_NULL is set,
 * rows in which an argument is NULL are NULL in the result whatever eval leaves there, and out->valid is set by the
 * caller from the arguments; eval may clear more rows. When all arguments are constant and the function is
 * deterministic, it is run for one row. out has been initialised (column_init) for rows of call_type(call). Fails with
 * STATUS_DATA or STATUS_ARITHMETIC; only rows that are not NULL may make it fail. */
typedef Status (*FunctionEval)(Call *call, const Column *args, int64_t rows, Column *out, Error *err);
/* Once per program: compile a constant pattern, load a zone ... ; *state is handed to eval by call_state. */
typedef Status (*FunctionPrepare)(Call *call, Arena *arena, const Expr *expr, void **state, Error *err);
/* Casts the arguments where the signature cannot say it: to a common type, text to a date ... May refuse them. */
typedef Status (*FunctionCoerce)(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err);
/* The result type from the argument expressions (already cast to the parameter types); NULL: signature text decides.
 * "?" and "!" of the signature are applied afterwards. */
typedef Status (*FunctionInfer)(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                                Error *err);

typedef enum FunctionFlags {
    FN_SEES_NULL        = 1 << 0, /* eval gets NULL arguments and sets all of out->valid itself */
    FN_CAN_FAIL         = 1 << 1, /* may return an error for some values: branches must be evaluated lazily */
    FN_NOT_DETERMINISTIC = 1 << 2, /* RAND, UUID, CURRENT_TIMESTAMP: never folded, never shared */
    FN_LAZY             = 1 << 3, /* CASE, COALESCE, AND, OR: the evaluator itself runs it (functions/eval_lazy.c) */
    FN_HIDDEN           = 1 << 4, /* operators and syntax forms: not in SHOW FUNCTIONS */
    /* an untyped NULL may stand for a typed argument: most functions want CAST(NULL AS type) */
    FN_TAKES_NULL       = 1 << 6,
    /* with FN_CAN_FAIL: cannot when all arguments but the first are literals, which were checked */
    FN_SAFE_LITERALS    = 1 << 5
} FunctionFlags;

struct Function {
    /* "substring(string, int, [int]) -> string?": [x] may be left out, [x]... is any number of them, x... is one or
     * more, [x, y]... pairs. Parameters: boolean tinyint smallint int bigint float double decimal string (CHAR or
     * VARCHAR) bytes date time timestamp timestamp_ltz interval_month interval_time: a value of this type, or one that
     * casts to it implicitly; integer (any of 4) numeric temporal interval array map row any: taken as it is; T: the
     * same least restrictive type for all T; array<T>, map<K, V>. Result: a type name, char(n), varchar(n), $1 (the
     * type of the first argument), text$1 (VARCHAR as long as the first argument), T, array<..>, map<..>, element$1
     * (of the array, or value of the map). "?" behind it: always nullable; "!": never NULL; else nullable when an
     * argument is. */
    const char     *sig;
    const char     *doc;    /* one or two sentences for docs/functions.md, with an example where it helps */
    FunctionEval    eval;
    FunctionPrepare prepare;
    FunctionCoerce  coerce;
    FunctionInfer   infer;
    int32_t         flags;
    int32_t         option; /* distinguishes rows that share an eval function */
    const void     *library; /* of a row made from a library of the user's (library.c): what its eval calls */
};

/* For use inside eval and prepare. */
const EvalContext *call_context(const Call *call);
void              *call_state(const Call *call);
const Type        *call_type(const Call *call);     /* of the result */
const Function    *call_function(const Call *call);
const Expr        *call_expr(const Call *call);
Buf               *call_buf(const Call *call);      /* memory for results of this run */
/* Error STATUS_DATA or STATUS_ARITHMETIC at the call's place. */
Status             call_fail(const Call *call, Error *err, Status status, const char *format,
                             ...) __attribute__((format(printf, 4, 5)));

/* Family of a function row for the docs: "Comparison", "String" ... from functions.def: FAMILY("String")
 * FUNCTIONS(substring) ... */

/* Finds the overload of name for the arguments, casts them where needed (implicit casts only) and gives the call.
 * Errors: STATUS_NO_FUNCTION with a hint of the nearest name; STATUS_TYPE listing the signatures. Operators have names
 * such as "+", "=", "and", "||", "like", "is null", "cast", "case", "[]" (element access), "extract"; a name with the
 * word "not" that no row has ("not like", "is not json value") is the NOT of the one without it. functions/README.md
 * lists the arguments of each. */
Status function_resolve(Arena *arena, Str name, Expr **args, int32_t arg_count, Span span, Expr **out, Error *err);
/* The same among rows of one name, ended by { 0 }; NULL: those of the list. */
Status function_resolve_in(Arena *arena, const Function *rows, Str name, Expr **args, int32_t arg_count, Span span, Expr **out,
                           Error *err);
bool   function_exists(Str name);
/* All rows that are not hidden, in the order of functions.def. */
const Function *function_at(int64_t index);
int64_t         function_count(void);
/* Names of all functions and aggregates that are not hidden, sorted, each once. */
int64_t         function_names(Arena *arena, Str **names);
Str             function_name(const Function *function);
const char     *function_family(const Function *function);

/* docs/functions.md: scalar and aggregate functions by family. */
void functions_document(Text *out);

#endif
