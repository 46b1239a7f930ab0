/* cast.c: CAST, TRY_CAST, TYPEOF. The planner makes casts by expr_cast, which takes its row from here by
 * cast_function. */
#include "functions/call.h"

#include "data/cast.h"

static Status cast_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    CastContext cast = { .buf = call_buf(call), .zone = call_context(call)->zone,
                         .is_try = call_function(call)->option };
    TRY(column_cast(&cast, &args[0], rows, call_type(call), out, err));
    out->type = call_type(call);
    return STATUS_OK;
}

static Status typeof_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)err;
    Str *text = arena_new(arena, Str, 1);
    *text     = type_text(arena, expr->args[0]->type);
    *state    = text;
    return STATUS_OK;
}

static Status typeof_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    const Str *text           = call_state(call);
    COLUMN_DATA(out, View)[0] = view_of(*text);
    out->constant             = true;
    return STATUS_OK;
}

const Function fn_cast[] = {
    { .sig = "cast(any) -> $1", .doc = "The value as another type.", .eval = cast_eval, .flags = FN_HIDDEN },
    { .sig = "cast(any) -> $1", .doc = "As above, where some values cannot be cast: they end the job.",
      .eval = cast_eval,
      .flags = FN_CAN_FAIL | FN_HIDDEN },
    { .sig = "try_cast(any) -> $1?", .doc = "As CAST; a value that cannot be cast gives NULL.", .eval = cast_eval,
      .flags = FN_HIDDEN, .option = 1 },
    { .sig = "typeof(any, [boolean]) -> string?",
      .doc = "The type of the argument as text. Example: TYPEOF(1) gives INT NOT NULL.",
      .eval = typeof_eval, .prepare = typeof_prepare, .flags = FN_SEES_NULL },
    { 0 },
};

static bool cast_can_fail(const Type *from, const Type *to)
{
    if (type_is_string(from))
        return !type_is_string(to) && !type_is_bytes(to);
    if (type_is_bytes(from))
        return type_is_string(to);
    return from->kind >= TYPE_ARRAY && to->kind >= TYPE_ARRAY;
}

const Function *cast_function(const Type *from, const Type *to, bool is_try)
{
    return &fn_cast[is_try ? 2 : cast_can_fail(from, to)];
}
