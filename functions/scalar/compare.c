/* compare.c: =, <>, <, <=, >, >=, IS [NOT] DISTINCT FROM, BETWEEN [SYMMETRIC], IS [NOT] NULL. */
#include "functions/coerce.h"
#include "functions/comparison.h"
#include "functions/function.h"

/* ---- = and friends --------------------------------------------------------------------------------------------- */

static Status compare_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    compare_columns((CompareOp)call_function(call)->option, &args[0], &args[1], rows, COLUMN_DATA(out, uint8_t));
    return STATUS_OK;
}

/* A NULL field can leave the answer open. */
static Status compare_rows_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool     is_equal = call_function(call)->option == COMPARE_EQUAL;
    uint8_t *data     = COLUMN_DATA(out, uint8_t);
    column_need_valid(out, call_buf(call), rows);
    for (int64_t i = 0; i < rows; i++) {
        int equal     = rows_are_equal(&args[0], i, &args[1], i);
        out->valid[i] = equal >= 0;
        data[i]       = (equal == 1) == is_equal;
    }
    return STATUS_OK;
}

static bool has_nullable_field(const Type *row)
{
    for (int32_t i = 0; i < row->field_count; i++) {
        const Type *field = row->fields[i].type;
        if (field->nullable || (field->kind == TYPE_ROW && has_nullable_field(field)))
            return true;
    }
    return row->nullable;
}

static Status compare_rows_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                                 Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    *out = type_with_null(arena, &type_boolean, has_nullable_field(args[0]->type) || has_nullable_field(args[1]->type));
    return STATUS_OK;
}

/* ---- IS [NOT] DISTINCT FROM ------------------------------------------------------------------------------------ */

static Status distinct_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    uint8_t *data = COLUMN_DATA(out, uint8_t);
    if (args[0].type->kind == TYPE_NULL && args[1].type->kind == TYPE_NULL)
        memset(data, COMPARE_EQUAL, (size_t)rows);
    else
        compare_columns(COMPARE_NOT_EQUAL, &args[0], &args[1], rows, data);
    uint8_t flip = (uint8_t)call_function(call)->option;
    for (int64_t i = 0; i < rows; i++) {
        bool left_null = column_is_null(&args[0], i), right_null = column_is_null(&args[1], i);
        if (left_null || right_null)
            data[i] = left_null != right_null;
        data[i] ^= flip;
    }
    return STATUS_OK;
}

/* ---- BETWEEN --------------------------------------------------------------------------------------------------- */

/* x >= low AND x <= high by three-valued logic, into what is there by OR. */
static void within(Call *call, const Column *x, const Column *low, const Column *high, int64_t rows, uint8_t *is_true,
                   uint8_t *is_false)
{
    uint8_t *above = buf_alloc(call_buf(call), rows), *below = buf_alloc(call_buf(call), rows);
    compare_columns(COMPARE_GREATER_EQUAL, x, low, rows, above);
    compare_columns(COMPARE_LESS_EQUAL, x, high, rows, below);
    for (int64_t i = 0; i < rows; i++) {
        bool x_null = column_is_null(x, i);
        bool low_null = x_null || column_is_null(low, i), high_null = x_null || column_is_null(high, i);
        is_false[i] &= (!low_null && !above[i]) || (!high_null && !below[i]);
        is_true[i] |= !low_null && !high_null && above[i] && below[i];
    }
}

static Status between_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool     is_symmetric = call_function(call)->option;
    uint8_t *is_true      = COLUMN_DATA(out, uint8_t);
    uint8_t *is_false     = buf_alloc(call_buf(call), rows);
    memset(is_true, 0, (size_t)rows);
    memset(is_false, 1, (size_t)rows);
    within(call, &args[0], &args[1], &args[2], rows, is_true, is_false);
    if (is_symmetric)
        within(call, &args[0], &args[2], &args[1], rows, is_true, is_false);
    if (!call_type(call)->nullable)
        return STATUS_OK;
    column_need_valid(out, call_buf(call), rows);
    for (int64_t i = 0; i < rows; i++)
        out->valid[i] = is_true[i] || is_false[i];
    return STATUS_OK;
}

/* NULL only when an argument can be. */
static Status between_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    bool nullable = false;
    for (int32_t i = 0; i < arg_count; i++)
        nullable = nullable || args[i]->type->nullable;
    *out = type_with_null(arena, &type_boolean, nullable);
    return STATUS_OK;
}

/* ---- IS [NOT] NULL --------------------------------------------------------------------------------------------- */

static Status is_null_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    uint8_t *data = COLUMN_DATA(out, uint8_t);
    uint8_t  flip = (uint8_t)call_function(call)->option;
    if (!args[0].valid || args[0].constant) {
        memset(data, column_is_null(&args[0], 0) ^ flip, (size_t)rows);
        return STATUS_OK;
    }
    flip ^= 1;
    for (int64_t i = 0; i < rows; i++)
        data[i] = args[0].valid[i] ^ flip;
    return STATUS_OK;
}

const Function fn_compare[] = {
    { .sig = "=(any, any) -> boolean",
      .doc = "TRUE when both values are the same.",
      .eval = compare_eval, .coerce = coerce_equality, .option = COMPARE_EQUAL, .flags = FN_HIDDEN },
    { .sig = "=(row, row) -> boolean",
      .doc = "TRUE when all fields are the same; NULL when only NULL fields leave it open.",
      .eval = compare_rows_eval, .coerce = coerce_equality, .infer = compare_rows_infer, .option = COMPARE_EQUAL,
          .flags = FN_HIDDEN },
    { .sig = "<>(any, any) -> boolean",
      .doc = "TRUE when the values differ.",
      .eval = compare_eval, .coerce = coerce_equality, .option = COMPARE_NOT_EQUAL, .flags = FN_HIDDEN },
    { .sig = "<>(row, row) -> boolean",
      .doc = "TRUE when a field differs.",
      .eval = compare_rows_eval, .coerce = coerce_equality, .infer = compare_rows_infer, .option = COMPARE_NOT_EQUAL,
          .flags = FN_HIDDEN },
    { .sig = "<(any, any) -> boolean",
      .doc = "TRUE when the first value is less. Texts go by code point.",
      .eval = compare_eval, .coerce = coerce_ordering, .option = COMPARE_LESS, .flags = FN_HIDDEN },
    { .sig = "<=(any, any) -> boolean",
      .doc = "TRUE when the first value is less or the same.",
      .eval = compare_eval, .coerce = coerce_ordering, .option = COMPARE_LESS_EQUAL, .flags = FN_HIDDEN },
    { .sig = ">(any, any) -> boolean",
      .doc = "TRUE when the first value is greater.",
      .eval = compare_eval, .coerce = coerce_ordering, .option = COMPARE_GREATER, .flags = FN_HIDDEN },
    { .sig = ">=(any, any) -> boolean",
      .doc = "TRUE when the first value is greater or the same.",
      .eval = compare_eval, .coerce = coerce_ordering, .option = COMPARE_GREATER_EQUAL, .flags = FN_HIDDEN },
    { .sig = "is distinct from(any, any) -> boolean!",
      .doc = "As <>, with NULL a value like any other.",
      .eval = distinct_eval, .coerce = coerce_equality, .option = 0, .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "is not distinct from(any, any) -> boolean!",
      .doc = "As =, with NULL a value like any other.",
      .eval = distinct_eval, .coerce = coerce_equality, .option = 1, .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "between(any, any, any) -> boolean",
      .doc = "TRUE when the first value lies between the others, these included.",
      .eval = between_eval, .coerce = coerce_ordering, .infer = between_infer, .option = 0,
          .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "between symmetric(any, any, any) -> boolean",
      .doc = "As BETWEEN; the bounds may come in any order.",
      .eval = between_eval, .coerce = coerce_ordering, .infer = between_infer, .option = 1,
          .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "is null(any) -> boolean!",
      .doc = "TRUE when there is no value.",
      .eval = is_null_eval, .option = 0, .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "is not null(any) -> boolean!",
      .doc = "TRUE when there is a value.",
      .eval = is_null_eval, .option = 1, .flags = FN_SEES_NULL | FN_HIDDEN },
    { 0 },
};
