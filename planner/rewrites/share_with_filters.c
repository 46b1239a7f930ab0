/* share_with_filters.c: what a filter and the projection over it both compute is computed once, below the filter.
 *
 *   Project(UPPER(s) AS u)                     Project(shared AS u)
 *   +- Filter(UPPER(s) <> 'X')          =>     +- Filter(shared <> 'X')
 *      +- ..                                      +- Project(.., UPPER(s) AS shared)
 *                                                    +- ..
 *
 * Only what the filter computes for every row anyway, and what cannot fail, so no row is asked more than before. Texts and decimals only: to
 * carry a number past the filter costs what computing it costs. Within one node the evaluator finds equal parts itself. */
#include "planner/rewrites/rewrite.h"

enum { SHARED_MAX = 32 }; /* what comes behind them in a long condition is not searched */

typedef struct Shared {
    Expr  *exprs[SHARED_MAX];
    int32_t count;
    int32_t first; /* column of exprs[0] */
} Shared;

/* ---- which ---------------------------------------------------------------------------------------------------------- */

static bool is_large(const Type *type)
{
    Layout layout = type_layout(type);
    return layout != LAYOUT_ROW && (layout == LAYOUT_LIST || layout_size(layout) > (int32_t)sizeof(int64_t));
}

/* More than taking a field out of a row. */
static bool is_costly(const Expr *expr)
{
    if (expr->kind != EXPR_CALL || expr_is_field(expr))
        return false;
    bool costly = is_large(expr->type);
    for (int32_t i = 0; i < expr->arg_count; i++)
        costly = costly || is_large(expr->args[i]->type) || is_costly(expr->args[i]);
    return costly;
}

static bool is_lazy(const Expr *expr)
{
    return expr->function->flags & FN_LAZY;
}

static bool is_logical(const Expr *expr)
{
    return str_is_nocase(function_name(expr->function), "and") || str_is_nocase(function_name(expr->function), "or");
}

/* Is the argument computed for every row for which the call is? */
static bool sees_all_rows(const Expr *call, int32_t arg)
{
    return arg == 0 || !is_lazy(call) || (is_logical(call) && !expr_can_fail(call->args[arg]));
}

static bool contains(const Expr *expr, const Expr *part)
{
    if (expr_equals(expr, part))
        return true;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (contains(expr->args[i], part))
            return true;
    return false;
}

static bool project_contains(const Plan *project, const Expr *part)
{
    for (int32_t i = 0; i < project->field_count; i++)
        if (contains(project->project.exprs[i], part))
            return true;
    return false;
}

static int32_t find(const Shared *shared, const Expr *expr)
{
    for (int32_t i = 0; i < shared->count; i++)
        if (expr_equals(shared->exprs[i], expr))
            return i;
    return -1;
}

/* The largest parts of the predicate that the projection has too. */
static void collect(Expr *expr, const Plan *project, int32_t *searched, Shared *out)
{
    if (!is_costly(expr) || *searched >= SHARED_MAX || find(out, expr) >= 0)
        return;
    ++*searched;
    if (expr_is_deterministic(expr) && !expr_can_fail(expr) && project_contains(project, expr)) {
        out->exprs[out->count++] = expr;
        return;
    }
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (sees_all_rows(expr, i))
            collect(expr->args[i], project, searched, out);
}

/* ---- moving ---------------------------------------------------------------------------------------------------------- */

/* The tree with columns in place of the shared parts. */
static Expr *replace(Arena *arena, Expr *expr, const Shared *shared)
{
    int32_t at = expr->kind == EXPR_CALL ? find(shared, expr) : -1;
    if (at >= 0)
        return expr_column(arena, shared->first + at, expr->type, expr->span);
    if (expr->kind != EXPR_CALL)
        return expr;
    Expr *copy = arena_new(arena, Expr, 1);
    *copy = *expr;
    copy->args = arena_new(arena, Expr *, expr->arg_count + 1);
    for (int32_t i = 0; i < expr->arg_count; i++)
        copy->args[i] = replace(arena, expr->args[i], shared);
    return copy;
}

/* The columns of the input, and the shared ones behind them. */
static Status build_shared(Binder *binder, Plan *input, const Shared *shared, Plan **out, Error *err)
{
    int32_t count = input->field_count + shared->count;
    Expr  **exprs = arena_new(binder->arena, Expr *, count);
    Str    *names = arena_new(binder->arena, Str, count);
    for (int32_t i = 0; i < input->field_count; i++) {
        exprs[i] = build_column_expr(binder->arena, input, i, input->span);
        names[i] = input->fields[i].name;
    }
    for (int32_t i = 0; i < shared->count; i++) {
        exprs[input->field_count + i] = shared->exprs[i];
        names[input->field_count + i] = arena_format(binder->arena, "$s%d", i);
    }
    return build_project(binder, input, exprs, names, count, input->span, out, err);
}

static Status share_node(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    *out = plan;
    Plan   *filter = plan->input_count ? plan->inputs[0] : NULL;
    Shared  shared = { 0 };
    int32_t searched = 0;
    if (plan->kind != PLAN_PROJECT || filter->kind != PLAN_FILTER)
        return STATUS_OK;
    collect(filter->filter.predicate, plan, &searched, &shared);
    if (shared.count == 0)
        return STATUS_OK;
    Plan *below;
    shared.first = filter->field_count;
    TRY(build_shared(binder, filter->inputs[0], &shared, &below, err));
    filter->inputs[0] = below;
    filter->fields = below->fields;
    filter->field_count = below->field_count;
    filter->filter.predicate = replace(binder->arena, filter->filter.predicate, &shared);
    for (int32_t i = 0; i < plan->field_count; i++)
        plan->project.exprs[i] = replace(binder->arena, plan->project.exprs[i], &shared);
    return STATUS_OK;
}

Status rewrite_share_with_filters(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    for (int32_t i = 0; i < sink_count; i++)
        TRY(rewrite_bottom_up(binder, sinks[i], share_node, &sinks[i], err));
    return STATUS_OK;
}
