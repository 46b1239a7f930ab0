/* push_filters.c: a filter runs as early as it may, each part of an AND on its own.
 *
 *   below a projection        what reads only columns that the projection passes on
 *   below a union             once per input
 *   below UNNEST              what does not look at the entries
 *   below a window function   what does not look at the window; not below a session (rows make sessions)
 *   below an aggregation      what reads only its keys
 * It never goes below a scan: every row moves the watermark, also one that is dropped next. A part that can fail for
 * some value goes down only if all parts before it do: they may be what keeps such values away. Two filters become one.
 */
#include "planner/rewrites/rewrite.h"

typedef LIST(Expr *) ExprList;

/* ---- parts of an AND --------------------------------------------------------------------------------------------- */

static bool is_true(const Expr *expr)
{
    return expr_is_literal(expr) && expr->type->kind == TYPE_BOOLEAN && !expr_is_null_literal(expr) &&
           COLUMN_DATA(&expr->value, uint8_t)[0];
}

/* Long chains are not searched: that would take the square of their length. */
static bool is_there(const ExprList *parts, const Expr *part)
{
    for (int64_t i = 0; i < parts->count && parts->count < 32; i++)
        if (expr_equals(parts->items[i], part))
            return true;
    return false;
}

/* Without those that are TRUE or said before. */
static void split(Arena *arena, Expr *predicate, ExprList *out)
{
    if (predicate->kind != EXPR_CALL || !str_is_nocase(function_name(predicate->function), "and")) {
        if (!is_true(predicate) && !is_there(out, predicate))
            list_push(arena, out, predicate);
        return;
    }
    for (int32_t i = 0; i < predicate->arg_count; i++)
        split(arena, predicate->args[i], out);
}

static Status join(Binder *binder, const ExprList *parts, Span span, Expr **out, Error *err)
{
    *out = parts->items[0];
    if (parts->count == 1)
        return STATUS_OK;
    return function_resolve(binder->arena, STR("and"), parts->items, (int32_t)parts->count, span, out, err);
}

/* ---- what may pass a node ---------------------------------------------------------------------------------------- */

/* For each output column of the node the input's column that it is unchanged; -1 = it is made here. NULL: nothing
 * passes the node. */
static int32_t *passing_columns(Binder *binder, const Plan *plan)
{
    int32_t *columns = arena_new(binder->arena, int32_t, plan->field_count + 1);
    for (int32_t i = 0; i < plan->field_count; i++) {
        columns[i] = -1;
        if (plan->kind == PLAN_PROJECT && plan->project.exprs[i]->kind == EXPR_COLUMN)
            columns[i] = plan->project.exprs[i]->column;
        else if ((plan->kind == PLAN_WINDOW || plan->kind == PLAN_UNNEST) && i < plan->inputs[0]->field_count)
            columns[i] = i;
        else if (plan->kind == PLAN_WINDOW_AGGREGATE && i < plan->window_aggregate.key_count)
            columns[i] = plan->window_aggregate.keys[i];
        else if (plan->kind == PLAN_GROUP_AGGREGATE && i < plan->group_aggregate.key_count)
            columns[i] = plan->group_aggregate.keys[i];
    }
    bool stops = plan->kind == PLAN_WINDOW ? plan->window.window.kind == WINDOW_SESSION
                                           : plan->kind != PLAN_PROJECT && plan->kind != PLAN_UNNEST &&
                                               plan->kind != PLAN_WINDOW_AGGREGATE &&
                                                 plan->kind != PLAN_GROUP_AGGREGATE;
    return stops ? NULL : columns;
}

static bool may_pass(Binder *binder, const Expr *part, const int32_t *columns, int32_t field_count)
{
    bool   *used = arena_new(binder->arena, bool, field_count + 1);
    int32_t reads = 0;
    expr_mark_columns(part, used);
    for (int32_t i = 0; i < field_count; i++) {
        reads += used[i];
        if (used[i] && columns[i] < 0)
            return false;
    }
    return reads > 0;
}

static void choose(Binder *binder, const ExprList *parts, const int32_t *columns, int32_t field_count, ExprList *below,
                   ExprList *stay)
{
    for (int64_t i = 0; i < parts->count; i++) {
        Expr *part = parts->items[i];
        if (may_pass(binder, part, columns, field_count) && (stay->count == 0 || !expr_can_fail(part)))
            list_push(binder->arena, below, expr_renumber_columns(binder->arena, part, columns));
        else
            list_push(binder->arena, stay, part);
    }
}

/* ---- moving ------------------------------------------------------------------------------------------------------ */

/* The filter over another input. */
static void place(Plan *filter, Plan *input, Expr *predicate)
{
    filter->filter.predicate = predicate;
    filter->inputs[0] = input;
    filter->fields = input->fields;
    filter->field_count = input->field_count;
    filter->changelog = input->changelog;
}

static Status push_below(Binder *binder, Plan *filter, const int32_t *columns, Plan **out, Error *err)
{
    Plan    *node = filter->inputs[0];
    ExprList parts = { 0 }, below = { 0 }, stay = { 0 };
    split(binder->arena, filter->filter.predicate, &parts);
    choose(binder, &parts, columns, node->field_count, &below, &stay);
    *out = filter;
    if (below.count == 0)
        return STATUS_OK;
    Expr *predicate;
    Plan *lower = filter;
    TRY(join(binder, &below, filter->span, &predicate, err));
    if (stay.count > 0)
        TRY(build_filter(binder, node->inputs[0], predicate, filter->span, &lower, err));
    else
        place(filter, node->inputs[0], predicate);
    node->inputs[0] = lower;
    if (stay.count == 0) {
        *out = node;
        return STATUS_OK;
    }
    return join(binder, &stay, filter->span, &filter->filter.predicate, err);
}

static Status push_below_union(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    Plan *all = filter->inputs[0];
    for (int32_t i = 0; i < all->input_count; i++)
        TRY(build_filter(binder, all->inputs[i], filter->filter.predicate, filter->span, &all->inputs[i], err));
    *out = all;
    return STATUS_OK;
}

/* Filters that stand on each other as one, the lowest first; what they stand on when nothing is left of them. */
static Status merge(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    ExprList parts = { 0 };
    LIST(Plan *) filters = { 0 };
    for (*out = filter; (*out)->kind == PLAN_FILTER; *out = (*out)->inputs[0])
        list_push(binder->arena, &filters, *out);
    while (filters.count > 0)
        split(binder->arena, filters.items[--filters.count]->filter.predicate, &parts);
    if (parts.count == 0)
        return STATUS_OK;
    Expr *predicate;
    TRY(join(binder, &parts, filter->span, &predicate, err));
    place(filter, *out, predicate);
    *out = filter;
    return STATUS_OK;
}

/* One step down. */
static Status push(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    TRY(merge(binder, filter, out, err));
    if ((*out)->kind != PLAN_FILTER)
        return STATUS_OK;
    const Plan *input = filter->inputs[0];
    if (input->kind == PLAN_UNION)
        return push_below_union(binder, filter, out, err);
    const int32_t *columns = passing_columns(binder, input);
    return columns ? push_below(binder, filter, columns, out, err) : STATUS_OK;
}

/* From the top, so that a filter has met those above it before it goes on. */
static Status visit(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    *out = plan;
    if (plan->kind == PLAN_FILTER)
        TRY(push(binder, plan, out, err));
    for (int32_t i = 0; i < (*out)->input_count; i++)
        TRY(visit(binder, (*out)->inputs[i], &(*out)->inputs[i], err));
    return STATUS_OK;
}

Status rewrite_push_filters(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    for (int32_t i = 0; i < sink_count; i++)
        TRY(visit(binder, sinks[i], &sinks[i], err));
    return STATUS_OK;
}
