/* merge_projects.c: a projection over a projection becomes one, unless that would compute something twice; a projection
 * that passes on every column in its place goes away, and so does one below an aggregation that only orders columns
 * anew. */
#include "planner/rewrites/rewrite.h"

static void count_uses(const Expr *expr, int32_t *uses)
{
    if (expr->kind == EXPR_COLUMN)
        uses[expr->column]++;
    for (int32_t i = 0; expr->kind == EXPR_CALL && i < expr->arg_count; i++)
        count_uses(expr->args[i], uses);
}

static bool computes_nothing_twice(Binder *binder, const Plan *above)
{
    const Plan *below = above->inputs[0];
    int32_t    *uses = arena_new(binder->arena, int32_t, below->field_count + 1);
    for (int32_t i = 0; i < above->field_count; i++)
        count_uses(above->project.exprs[i], uses);
    for (int32_t i = 0; i < below->field_count; i++)
        if (uses[i] > 1 && below->project.exprs[i]->kind == EXPR_CALL)
            return false;
    return true;
}

static bool changes_nothing(const Plan *project)
{
    if (project->field_count != project->inputs[0]->field_count)
        return false;
    for (int32_t i = 0; i < project->field_count; i++)
        if (project->project.exprs[i]->kind != EXPR_COLUMN || project->project.exprs[i]->column != i)
            return false;
    return true;
}

/* ---- below an aggregation ---------------------------------------------------------------------------------------- */

static int32_t *moved(Arena *arena, const int32_t *list, int32_t count, const int32_t *columns)
{
    int32_t *out = arena_new(arena, int32_t, count + 1);
    for (int32_t i = 0; i < count; i++)
        out[i] = list[i] < 0 ? -1 : columns[list[i]];
    return out;
}

static void move_calls(Arena *arena, AggregateCall **calls, int32_t count, const int32_t *columns)
{
    for (int32_t i = 0; i < count; i++) {
        calls[i]->args = moved(arena, calls[i]->args, calls[i]->arg_count, columns);
        calls[i]->filter = calls[i]->filter < 0 ? -1 : columns[calls[i]->filter];
    }
}

static void move_window(PlanWindowSpec *window, const int32_t *columns)
{
    if (window->kind == WINDOW_ATTACHED) {
        window->start_column = columns[window->start_column];
        window->end_column = columns[window->end_column];
    } else {
        window->time = columns[window->time];
    }
}

/* The projection's columns as columns of its input; NULL when it computes something. */
static int32_t *plain_columns(Arena *arena, const Plan *project)
{
    int32_t *columns = arena_new(arena, int32_t, project->field_count + 1);
    for (int32_t i = 0; i < project->field_count; i++) {
        if (project->project.exprs[i]->kind != EXPR_COLUMN)
            return NULL;
        columns[i] = project->project.exprs[i]->column;
    }
    return columns;
}

static void skip_project(Binder *binder, Plan *plan)
{
    Arena         *arena = binder->arena;
    const int32_t *columns = plan->inputs[0]->kind == PLAN_PROJECT ? plain_columns(arena, plan->inputs[0]) : NULL;
    if (!columns)
        return;
    if (plan->kind == PLAN_WINDOW_AGGREGATE) {
        PlanWindowAggregate *window = &plan->window_aggregate;
        move_window(&window->window, columns);
        window->keys = moved(arena, window->keys, window->key_count, columns);
        move_calls(arena, window->calls, window->call_count, columns);
    } else {
        PlanGroupAggregate *group = &plan->group_aggregate;
        group->keys = moved(arena, group->keys, group->key_count, columns);
        move_calls(arena, group->calls, group->call_count, columns);
    }
    plan->inputs[0] = plan->inputs[0]->inputs[0];
}

/* ---- the rewrite ------------------------------------------------------------------------------------------------- */

static Status merge_node(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    *out = plan;
    if (plan->kind == PLAN_WINDOW_AGGREGATE || plan->kind == PLAN_GROUP_AGGREGATE)
        skip_project(binder, plan);
    if (plan->kind != PLAN_PROJECT)
        return STATUS_OK;
    if (plan->inputs[0]->kind == PLAN_PROJECT && computes_nothing_twice(binder, plan)) {
        const Plan *below = plan->inputs[0];
        for (int32_t i = 0; i < plan->field_count; i++) {
            Expr *expr = expr_replace_columns(binder->arena, plan->project.exprs[i], below->project.exprs);
            TRY(fold(binder, expr, &plan->project.exprs[i], err));
        }
        plan->inputs[0] = below->inputs[0];
    }
    if (changes_nothing(plan))
        *out = plan->inputs[0];
    return STATUS_OK;
}

Status rewrite_merge_projects(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    for (int32_t i = 0; i < sink_count; i++)
        TRY(rewrite_bottom_up(binder, sinks[i], merge_node, &sinks[i], err));
    return STATUS_OK;
}
