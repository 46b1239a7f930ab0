/* rank.c: what the numbers of ROW_NUMBER, RANK and DENSE_RANK are for, which only the query around them says.
 *
 *   WHERE or QUALIFY bounds them from above    a Top-N: any order, ROW_NUMBER only
 *   otherwise                                  an OVER aggregation with its rules about the order
 *
 * A number is followed by Expr.option of its opaque call, which copies of the expression keep. Batch mode takes all. */
#include "planner/bind.h"

struct RankUse {
    Str         function;
    Span        span;
    const char *problem;    /* of the order, when nothing bounds the number; NULL = none */
    bool        is_bounded;
};

Expr *rank_number(Binder *binder, Str function, const char *problem, Expr *number)
{
    RankUse use = { .function = function, .span = number->span, .problem = problem };
    list_push(binder->arena, &binder->ranks, use);
    number->option = (int32_t)binder->ranks.count;
    return number;
}

static void bound(Binder *binder, const Plan *input, const Expr *expr);

/* The numbers that a column of the plan comes from. */
static void bound_column(Binder *binder, const Plan *plan, int32_t column)
{
    if (plan->kind == PLAN_PROJECT) {
        bound(binder, plan->inputs[0], plan->project.exprs[column]);
        return;
    }
    for (int32_t i = 0; i < plan->input_count; i++) {
        const Plan *input = plan->inputs[i];
        if (column < input->field_count)
            bound_column(binder, input, column);
        if (plan->kind != PLAN_UNION)
            column -= input->field_count; /* a join has the columns of one side after those of the other */
        if (column < 0)
            return;
    }
}

static void bound(Binder *binder, const Plan *input, const Expr *expr)
{
    if (expr->kind == EXPR_COLUMN && expr->column < input->field_count)
        bound_column(binder, input, expr->column);
    else if (expr_is_opaque(expr) && expr->option > 0 && expr->option <= binder->ranks.count)
        binder->ranks.items[expr->option - 1].is_bounded = true;
}

void rank_bounds(Binder *binder, const Plan *input, const Expr *predicate)
{
    if (binder->ranks.count == 0 || predicate->kind != EXPR_CALL || predicate->arg_count == 0)
        return;
    Str name = function_name(predicate->function);
    if (str_is(name, "and") || str_is(name, "or")) {
        for (int32_t i = 0; i < predicate->arg_count; i++)
            rank_bounds(binder, input, predicate->args[i]);
        return;
    }
    bool bounds_left = str_is(name, "<") || str_is(name, "<=") || str_is(name, "=");
    bool bounds_right = str_is(name, ">") || str_is(name, ">=") || str_is(name, "=");
    if (bounds_left || str_is(name, "in") || str_is(name, "between"))
        bound(binder, input, predicate->args[0]);
    if (bounds_right && predicate->arg_count == 2)
        bound(binder, input, predicate->args[1]);
}

Status rank_check(const Binder *binder, Error *err)
{
    for (int64_t i = 0; i < binder->ranks.count && !binder->context->is_batch; i++) {
        const RankUse *use = &binder->ranks.items[i];
        if (use->is_bounded && !str_is_nocase(use->function, "ROW_NUMBER"))
            return error_set(err, STATUS_INVALID, use->span, "%.*s() on streaming table is not supported currently",
                             STR_FMT(use->function));
        if (use->is_bounded || !use->problem)
            continue;
        error_set(err, STATUS_INVALID, use->span, "%s", use->problem);
        return error_hint(err, "a Top-N has the number's bound in the query around: WHERE row_num <= 3");
    }
    return STATUS_OK;
}
