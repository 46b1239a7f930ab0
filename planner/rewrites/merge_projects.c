/* merge_projects.c: a projection over a projection becomes one, unless that would compute something twice; a projection that passes on
 * every column in its place goes away. */
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

static Status merge_node(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    (void)err;
    *out = plan;
    if (plan->kind != PLAN_PROJECT)
        return STATUS_OK;
    if (plan->inputs[0]->kind == PLAN_PROJECT && computes_nothing_twice(binder, plan)) {
        const Plan *below = plan->inputs[0];
        for (int32_t i = 0; i < plan->field_count; i++)
            plan->project.exprs[i] = expr_replace_columns(binder->arena, plan->project.exprs[i], below->project.exprs);
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
