/* fold.c: constant parts of expressions become literals while planning.
 *
 * The largest constant trees are evaluated once. One that divides by zero is an error now, as in the dialect, even in a
 * branch that is never taken; one that fails otherwise (CAST('abc' AS INT)) stays as it is and fails when a row reaches
 * it. */
#include "planner/bind.h"

static Status fold_constant(Binder *binder, Expr *expr, Expr **out, Error *err)
{
    Error  failure = ERROR_NONE;
    Status status = expr_fold(binder->arena, expr, &binder->context->eval, out, &failure);
    if (status == STATUS_OK) {
        (*out)->span = expr->span;
        return STATUS_OK;
    }
    *out = expr;
    if (status == STATUS_ARITHMETIC) {
        *err = failure;
        err->status = STATUS_INVALID; /* the statement is wrong: nothing has run */
        return error_at(err, expr->span);
    }
    return STATUS_OK;
}

/* Is every leaf a literal and every function deterministic? Sets the folded tree when not. */
static Status fold_tree(Binder *binder, Expr *expr, bool *is_constant, Expr **out, Error *err)
{
    *out = expr;
    *is_constant = expr->kind == EXPR_LITERAL;
    if (expr->kind != EXPR_CALL)
        return STATUS_OK;
    bool   all = !(expr->function->flags & FN_NOT_DETERMINISTIC);
    bool  *parts = arena_new(binder->arena, bool, expr->arg_count + 1);
    Expr **args = arena_new(binder->arena, Expr *, expr->arg_count + 1);
    bool   changed = false;
    for (int32_t i = 0; i < expr->arg_count; i++) {
        TRY(fold_tree(binder, expr->args[i], &parts[i], &args[i], err));
        all = all && parts[i];
        changed = changed || args[i] != expr->args[i];
    }
    *is_constant = all;
    if (all)
        return STATUS_OK;
    for (int32_t i = 0; i < expr->arg_count; i++) {
        if (!parts[i] || args[i]->kind == EXPR_LITERAL)
            continue;
        TRY(fold_constant(binder, args[i], &args[i], err));
        changed = true;
    }
    if (!changed)
        return STATUS_OK;
    Expr *copy = arena_new(binder->arena, Expr, 1);
    *copy = *expr;
    copy->args = args;
    *out = copy;
    return STATUS_OK;
}

Status fold(Binder *binder, Expr *expr, Expr **out, Error *err)
{
    bool is_constant;
    TRY(fold_tree(binder, expr, &is_constant, out, err));
    if (is_constant && (*out)->kind == EXPR_CALL)
        return fold_constant(binder, *out, out, err);
    return STATUS_OK;
}
