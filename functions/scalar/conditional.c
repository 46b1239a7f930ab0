/* conditional.c: CASE, IF, COALESCE, IFNULL (run by eval_lazy.c), NULLIF, GREATEST, LEAST. */
#include "functions/call.h"
#include "functions/comparison.h"

#include "data/cast.h"

/* ---- CASE and COALESCE: types ---------------------------------------------------------------------------------- */

/* A condition is BOOLEAN; a plain NULL is one, too. */
static Status case_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)span;
    for (int32_t i = 0; i + 1 < arg_count; i += 2) {
        if (args[i]->type->kind == TYPE_NULL)
            args[i] = expr_null(arena, &type_boolean, args[i]->span);
        if (args[i]->type->kind != TYPE_BOOLEAN)
            return error_set(err, STATUS_TYPE, args[i]->span, "a condition of CASE is BOOLEAN, not %s",
                             type_kind_name(args[i]->type->kind));
    }
    return STATUS_OK;
}

/* The branches have the same type by now, but for what may be NULL inside. */
static const Type *both_types(Arena *arena, const Type *left, const Type *right)
{
    const Type *both = type_common(arena, left, right);
    return both ? both : left;
}

/* Branches of CASE: every second argument, and the last. */
static Status case_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    const Type *type     = args[arg_count - 1]->type;
    bool        nullable = type->nullable;
    for (int32_t i = 1; i < arg_count; i += 2) {
        nullable = nullable || args[i]->type->nullable;
        type     = both_types(arena, type, args[i]->type);
    }
    if (type->kind == TYPE_NULL)
        return error_set(err, STATUS_TYPE, span,
                         "all branches of CASE are NULL: its type is not known; CAST one of them");
    *out = type_with_null(arena, type, nullable);
    return STATUS_OK;
}

/* IF is NULL-able when its condition is, too. */
static Status if_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    TRY(case_infer(arena, args, arg_count, span, out, err));
    *out = type_with_null(arena, *out, (*out)->nullable || args[0]->type->nullable);
    return STATUS_OK;
}

static Status coalesce_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                             Error *err)
{
    const Type *type     = args[0]->type;
    bool        nullable = true;
    for (int32_t i = 0; i < arg_count; i++) {
        nullable = nullable && args[i]->type->nullable;
        type     = both_types(arena, type, args[i]->type);
    }
    if (type->kind == TYPE_NULL)
        return error_set(err, STATUS_TYPE, span, "all arguments are NULL: the type is not known; CAST one of them");
    *out = type_with_null(arena, type, nullable);
    return STATUS_OK;
}

/* ---- NULLIF ---------------------------------------------------------------------------------------------------- */

/* The result has the type of the first argument, the comparison may need another. */
static Status nullif_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    Expr *compare, *args[2];
    args[0] = expr_column(arena, 0, expr->args[0]->type, expr->span);
    args[1] = expr_column(arena, 1, expr->args[1]->type, expr->span);
    TRY(function_resolve(arena, STR("="), args, 2, expr->span, &compare, err));
    Program *program;
    TRY(program_create(arena, compare, call_context(call), &program, err));
    *state = program;
    return STATUS_OK;
}

static Status nullif_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    Expr *compare;
    if (args[0]->type->kind == TYPE_NULL)
        return error_set(err, STATUS_TYPE, args[0]->span, "NULL has no type here");
    return function_resolve(arena, STR("="), args, arg_count, span, &compare, err);
}

static Status nullif_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Column columns[2] = { args[0], args[1] }, same;
    Batch  batch      = { .rows = rows, .columns = columns, .column_count = 2 };
    TRY(program_run(call_state(call), &batch, call_buf(call), &same, err));
    const Type *type = out->type;
    *out             = args[0];
    out->type        = type;
    if (out->constant && (!same.constant || rows == 1))
        column_flatten(out, call_buf(call), rows);
    if (out->valid && !out->constant) {
        uint8_t *valid = buf_alloc(call_buf(call), rows);
        memcpy(valid, out->valid, (size_t)rows);
        out->valid = valid;
    }
    column_need_valid(out, call_buf(call), rows);
    const uint8_t *equal = COLUMN_DATA(&same, uint8_t);
    for (int64_t i = 0; i < (out->constant ? 1 : rows); i++)
        if (!column_is_null(&same, i) && equal[column_index(&same, i)])
            out->valid[i] = 0;
    return STATUS_OK;
}

/* ---- GREATEST, LEAST ------------------------------------------------------------------------------------------- */

/* best[i] = the argument whose value wins in row i. */
static Status extreme_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t  count = call_expr(call)->arg_count, sign = call_function(call)->option;
    Buf     *buf   = call_buf(call);
    int32_t *best  = buf_zalloc(buf, rows * (int64_t)sizeof(int32_t));
    for (int32_t k = 1; k < count; k++)
        for (int64_t i = 0; i < rows; i++)
            if ((!out->valid || out->valid[i]) && values_compare(&args[k], i, &args[best[i]], i) * sign > 0)
                best[i] = k;
    int64_t size = layout_size(type_layout(out->type));
    for (int64_t i = 0; i < rows; i++) {
        const Column *from = &args[best[i]];
        memcpy((char *)out->data + i * size, (const char *)from->data + column_index(from, i) * size, (size_t)size);
    }
    return STATUS_OK;
}

static Status extreme_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    for (int32_t i = 0; i < arg_count; i++) {
        TypeKind kind = args[i]->type->kind;
        if (kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_ROW)
            return error_set(err, STATUS_TYPE, span, "values of type %s have no order", type_kind_name(kind));
    }
    return STATUS_OK;
}

const Function fn_conditional[] = {
    { .sig = "case(any, T, [any, T]..., T) -> T",
      .doc = "The value behind the first condition that is TRUE, else the last value.",
      .coerce = case_coerce, .infer = case_infer, .flags = FN_LAZY | FN_SEES_NULL | FN_HIDDEN, .option = LAZY_CASE },
    { .sig = "if(boolean, T, T) -> T",
      .doc = "The second argument where the first is TRUE, else the third. Example: IF(5 > 3, 5, 3) gives 5.",
      .infer = if_infer, .flags = FN_LAZY | FN_SEES_NULL, .option = LAZY_CASE },
    { .sig = "coalesce(T...) -> T",
      .doc = "The first argument that is not NULL.",
      .infer = coalesce_infer, .flags = FN_LAZY | FN_SEES_NULL, .option = LAZY_COALESCE },
    { .sig = "ifnull(T, T) -> T",
      .doc = "The first argument, or the second where the first is NULL.",
      .infer = coalesce_infer, .flags = FN_LAZY | FN_SEES_NULL, .option = LAZY_COALESCE },
    { .sig = "nullif(any, any) -> $1?",
      .doc = "NULL where both arguments are the same, else the first. Example: NULLIF(5, 5) gives NULL.",
      .eval = nullif_eval, .prepare = nullif_prepare, .coerce = nullif_coerce, .flags = FN_SEES_NULL },
    { .sig = "greatest(T...) -> T",
      .doc = "The greatest of the arguments; NULL when one of them is NULL.",
      .eval = extreme_eval, .coerce = extreme_coerce, .option = 1 },
    { .sig = "least(T...) -> T",
      .doc = "The least of the arguments; NULL when one of them is NULL.",
      .eval = extreme_eval, .coerce = extreme_coerce, .option = -1 },
    { 0 },
};
