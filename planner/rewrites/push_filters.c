/* push_filters.c: a filter runs as early as it may.
 *
 *   below a projection        when it reads only columns that the projection passes on
 *   below a union             once per input
 *   below a window function   when it does not look at the window, and the window is not a session (rows make sessions)
 * It never goes below a scan: every row moves the watermark, also one that is dropped next. Two filters become one with AND. */
#include "planner/rewrites/rewrite.h"

static Status push(Binder *binder, Plan *filter, Plan **out, Error *err);

static bool *used_columns(Binder *binder, const Plan *filter)
{
    bool *used = arena_new(binder->arena, bool, filter->inputs[0]->field_count + 1);
    expr_mark_columns(filter->filter.predicate, used);
    return used;
}

static bool passes_on(Binder *binder, const Plan *filter)
{
    const Plan *project = filter->inputs[0];
    const bool *used = used_columns(binder, filter);
    for (int32_t i = 0; i < project->field_count; i++)
        if (used[i] && project->project.exprs[i]->kind != EXPR_COLUMN)
            return false;
    return true;
}

/* The filter and its input change places; the predicate is already over the input's input. */
static Status swap(Binder *binder, Plan *filter, Expr *predicate, Plan **out, Error *err)
{
    Plan *above = filter->inputs[0];
    filter->filter.predicate = predicate;
    filter->inputs[0] = above->inputs[0];
    filter->fields = filter->inputs[0]->fields;
    filter->field_count = filter->inputs[0]->field_count;
    filter->changelog = filter->inputs[0]->changelog;
    *out = above;
    return push(binder, filter, &above->inputs[0], err);
}

static Status push_below_project(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    const Plan *project = filter->inputs[0];
    int32_t    *columns = arena_new(binder->arena, int32_t, project->field_count + 1);
    for (int32_t i = 0; i < project->field_count; i++)
        columns[i] = project->project.exprs[i]->kind == EXPR_COLUMN ? project->project.exprs[i]->column : -1;
    return swap(binder, filter, expr_renumber_columns(binder->arena, filter->filter.predicate, columns), out, err);
}

static bool looks_at_window(Binder *binder, const Plan *filter)
{
    const Plan *window = filter->inputs[0];
    const bool *used = used_columns(binder, filter);
    for (int32_t i = window->inputs[0]->field_count; i < window->field_count; i++)
        if (used[i])
            return true;
    return false;
}

static Status push_below_union(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    Plan *all = filter->inputs[0];
    for (int32_t i = 0; i < all->input_count; i++) {
        Plan *copy;
        TRY(build_filter(binder, all->inputs[i], filter->filter.predicate, filter->span, &copy, err));
        TRY(push(binder, copy, &all->inputs[i], err));
    }
    *out = all;
    return STATUS_OK;
}

static Status merge(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    Plan *below = filter->inputs[0];
    Expr *both[2] = { below->filter.predicate, filter->filter.predicate };
    TRY(function_resolve(binder->arena, STR("and"), both, 2, filter->span, &below->filter.predicate, err));
    *out = below;
    return STATUS_OK;
}

static bool is_true(const Expr *expr)
{
    return expr_is_literal(expr) && expr->type->kind == TYPE_BOOLEAN && !expr_is_null_literal(expr) &&
           COLUMN_DATA(&expr->value, uint8_t)[0];
}

static Status push(Binder *binder, Plan *filter, Plan **out, Error *err)
{
    Plan *input = filter->inputs[0];
    *out = filter;
    if (is_true(filter->filter.predicate)) {
        *out = input;
        return STATUS_OK;
    }
    switch (input->kind) {
    case PLAN_FILTER: return merge(binder, filter, out, err);
    case PLAN_UNION: return push_below_union(binder, filter, out, err);
    case PLAN_PROJECT: return passes_on(binder, filter) ? push_below_project(binder, filter, out, err) : STATUS_OK;
    case PLAN_WINDOW:
        if (input->window.window.kind == WINDOW_SESSION || looks_at_window(binder, filter))
            return STATUS_OK;
        return swap(binder, filter, filter->filter.predicate, out, err);
    default: return STATUS_OK;
    }
}

static Status push_node(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    *out = plan;
    return plan->kind == PLAN_FILTER ? push(binder, plan, out, err) : STATUS_OK;
}

Status rewrite_push_filters(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    for (int32_t i = 0; i < sink_count; i++)
        TRY(rewrite_bottom_up(binder, sinks[i], push_node, &sinks[i], err));
    return STATUS_OK;
}
