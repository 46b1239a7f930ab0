/* plan_check.c: what every finished plan must satisfy; a rewrite that breaks it is found here and not in a running job.
 *
 *   every column an expression, key,
     argument or window reads is one of the input's, and of the type the reader believes it to have
 *   a node gives as many columns as it says; inputs of a union are alike */
#include "planner/bind.h"

#include <assert.h>

static void check_column(const Plan *input, int32_t column, const Type *type)
{
    assert(column >= 0 && column < input->field_count);
    assert(!type || type_equals(input->fields[column].type, type, false));
    (void)input, (void)column, (void)type;
}

static void check_expr(const Plan *input, const Expr *expr)
{
    if (expr->kind == EXPR_COLUMN)
        check_column(input, expr->column, expr->type);
    for (int32_t i = 0; expr->kind == EXPR_CALL && i < expr->arg_count; i++)
        check_expr(input, expr->args[i]);
}

static void check_columns(const Plan *input, const int32_t *columns, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        check_column(input, columns[i], NULL);
}

static void check_calls(const Plan *input, AggregateCall *const *calls, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        for (int32_t a = 0; a < calls[i]->arg_count; a++)
            if (calls[i]->args[a] >= 0)
                check_column(input, calls[i]->args[a], calls[i]->arg_types[a]);
        if (calls[i]->filter >= 0)
            check_column(input, calls[i]->filter, &type_boolean);
    }
}

static void check_window(const Plan *input, const PlanWindowSpec *window)
{
    if (window->kind == WINDOW_ATTACHED) {
        check_column(input, window->start_column, &type_timestamp3);
        check_column(input, window->end_column, &type_timestamp3);
    } else {
        check_column(input, window->time, NULL);
    }
}

static void check_scan(const Plan *plan)
{
    const PlanScan *scan = &plan->scan;
    assert(scan->exprs || scan->column_count == plan->field_count);
    assert(scan->rowtime < plan->field_count && (scan->rowtime < 0) == !scan->watermark);
    if (scan->watermark)
        check_expr(plan, scan->watermark);
}

static void check_union(const Plan *plan)
{
    for (int32_t i = 0; i < plan->input_count; i++) {
        assert(plan->inputs[i]->field_count == plan->field_count);
        for (int32_t c = 0; c < plan->field_count; c++)
            check_column(plan->inputs[i], c, plan->fields[c].type);
    }
}

static void check_node(const Plan *plan)
{
    const Plan *input = plan->input_count ? plan->inputs[0] : NULL;
    switch (plan->kind) {
    case PLAN_SCAN: check_scan(plan); return;
    case PLAN_FILTER: check_expr(input, plan->filter.predicate); return;
    case PLAN_UNNEST: check_expr(input, plan->unnest.collection); return;
    case PLAN_UNION: check_union(plan); return;
    case PLAN_PROJECT:
        for (int32_t i = 0; i < plan->field_count; i++)
            check_expr(input, plan->project.exprs[i]);
        return;
    case PLAN_WINDOW:
        check_window(input, &plan->window.window);
        check_columns(input, plan->window.keys, plan->window.key_count);
        assert(plan->field_count == input->field_count + 3);
        return;
    case PLAN_WINDOW_AGGREGATE:
        check_window(input, &plan->window_aggregate.window);
        check_columns(input, plan->window_aggregate.keys, plan->window_aggregate.key_count);
        check_calls(input, plan->window_aggregate.calls, plan->window_aggregate.call_count);
        return;
    case PLAN_GROUP_AGGREGATE:
        check_columns(input, plan->group_aggregate.keys, plan->group_aggregate.key_count);
        check_calls(input, plan->group_aggregate.calls, plan->group_aggregate.call_count);
        return;
    case PLAN_SORT:
        for (int32_t i = 0; i < plan->sort.key_count; i++)
            check_column(input, plan->sort.keys[i].column, NULL);
        return;
    case PLAN_SINK: assert(plan->field_count == input->field_count); return;
    default: return;
    }
}

void plan_check(const Plan *plan)
{
    for (int32_t i = 0; i < plan->input_count; i++)
        plan_check(plan->inputs[i]);
    check_node(plan);
}
