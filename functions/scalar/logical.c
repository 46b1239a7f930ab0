/* logical.c: AND, OR (run by eval_lazy.c), NOT, IS [NOT] TRUE / FALSE / UNKNOWN. */
#include "functions/call.h"

static Status not_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    const uint8_t *in   = COLUMN_DATA(&args[0], uint8_t);
    uint8_t       *data = COLUMN_DATA(out, uint8_t);
    for (int64_t i = 0; i < rows; i++)
        data[i] = !in[args[0].constant ? 0 : i];
    return STATUS_OK;
}

/* What IS ... answers for a TRUE, a FALSE and a NULL. */
enum { ON_TRUE = 1, ON_FALSE = 2, ON_NULL = 4 };

static Status is_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    const uint8_t *in     = COLUMN_DATA(&args[0], uint8_t);
    uint8_t       *data   = COLUMN_DATA(out, uint8_t);
    int32_t        option = call_function(call)->option;
    for (int64_t i = 0; i < rows; i++) {
        int64_t index = column_index(&args[0], i);
        bool    null  = args[0].valid && !args[0].valid[index];
        data[i]       = (option & (null ? ON_NULL : in[index] ? ON_TRUE : ON_FALSE)) != 0;
    }
    return STATUS_OK;
}

/* FALSE AND NULL is FALSE, so the result may be there although an argument is not: but its type says "nullable". */
static Status logical_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    bool nullable = false;
    for (int32_t i = 0; i < arg_count; i++)
        nullable = nullable || args[i]->type->nullable;
    *out = type_with_null(arena, &type_boolean, nullable);
    return STATUS_OK;
}

#define IS_ROW(name, text, answers)                                                                       \
    {                                                                                                     \
        .sig = name "(boolean) -> boolean!", .doc = text, .eval = is_eval, .option = (answers),           \
        .flags = FN_SEES_NULL | FN_HIDDEN                                                                 \
    }

const Function fn_logical[] = {
    { .sig = "and(boolean, boolean, [boolean]...) -> boolean",
      .doc = "TRUE when all are TRUE, FALSE when one is FALSE, else NULL. What stands behind a FALSE is not evaluated.",
      .infer = logical_infer, .flags = FN_LAZY | FN_SEES_NULL | FN_HIDDEN, .option = LAZY_AND },
    { .sig = "or(boolean, boolean, [boolean]...) -> boolean",
      .doc = "TRUE when one is TRUE, FALSE when all are FALSE, else NULL. What stands behind a TRUE is not evaluated.",
      .infer = logical_infer, .flags = FN_LAZY | FN_SEES_NULL | FN_HIDDEN, .option = LAZY_OR },
    { .sig = "not(boolean) -> boolean", .doc = "The opposite; NULL of NULL.", .eval = not_eval, .flags = FN_HIDDEN },
    IS_ROW("is true", "TRUE for TRUE.", ON_TRUE),
    IS_ROW("is not true", "TRUE for FALSE and NULL.", ON_FALSE | ON_NULL),
    IS_ROW("is false", "TRUE for FALSE.", ON_FALSE),
    IS_ROW("is not false", "TRUE for TRUE and NULL.", ON_TRUE | ON_NULL),
    IS_ROW("is unknown", "TRUE for NULL.", ON_NULL),
    IS_ROW("is not unknown", "TRUE for TRUE and FALSE.", ON_TRUE | ON_FALSE),
    { 0 },
};
