/* build.c: plan nodes with their output columns. */
#include "planner/bind.h"

Status build_plan_node(Binder *binder, PlanKind kind, Plan *input, Span span, Plan **out, Error *err)
{
    if (++binder->node_count > BIND_NODES_MAX)
        return error_set(err, STATUS_LIMIT, binder_span(binder, span), "the statement needs more than %d operators",
                         BIND_NODES_MAX);
    Plan *plan = plan_new(binder->arena, kind, binder_span(binder, span), input);
    plan->id = (int32_t)binder->node_count;
    if (input) {
        plan->fields = input->fields;
        plan->field_count = input->field_count;
        plan->changelog = input->changelog;
    }
    *out = plan;
    return STATUS_OK;
}

Expr *build_column_expr(Arena *arena, const Plan *plan, int32_t column, Span span)
{
    return expr_column(arena, column, plan->fields[column].type, span);
}

Status build_filter(Binder *binder, Plan *input, Expr *predicate, Span span, Plan **out, Error *err)
{
    TRY(build_plan_node(binder, PLAN_FILTER, input, span, out, err));
    (*out)->filter.predicate = predicate;
    return STATUS_OK;
}

Status build_project(Binder *binder, Plan *input, Expr *const *exprs, const Str *names, int32_t count, Span span,
                     Plan **out, Error *err)
{
    TRY(build_plan_node(binder, PLAN_PROJECT, input, span, out, err));
    Plan  *plan = *out;
    Field *fields = arena_new(binder->arena, Field, count);
    Expr **copy = arena_new(binder->arena, Expr *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        copy[i] = exprs[i];
        fields[i] = (Field){ .name = names[i], .type = exprs[i]->type };
    }
    plan->project.exprs = copy;
    plan->fields = fields;
    plan->field_count = count;
    return STATUS_OK;
}

Status build_trimmed(Binder *binder, Plan *input, int32_t count, Span span, Plan **out, Error *err)
{
    *out = input;
    if (count == input->field_count)
        return STATUS_OK;
    Expr **exprs = arena_new(binder->arena, Expr *, count + 1);
    Str   *names = arena_new(binder->arena, Str, count + 1);
    for (int32_t i = 0; i < count; i++) {
        exprs[i] = build_column_expr(binder->arena, input, i, binder_span(binder, span));
        names[i] = input->fields[i].name;
    }
    return build_project(binder, input, exprs, names, count, span, out, err);
}

Status build_rename(Binder *binder, Plan *input, const Str *names, Span span, Plan **out, Error *err)
{
    bool   is_same = true;
    Expr **exprs = arena_new(binder->arena, Expr *, input->field_count + 1);
    for (int32_t i = 0; i < input->field_count; i++) {
        exprs[i] = build_column_expr(binder->arena, input, i, binder_span(binder, span));
        is_same = is_same && str_eq(names[i], input->fields[i].name);
    }
    *out = input;
    return is_same ? STATUS_OK : build_project(binder, input, exprs, names, input->field_count, span, out, err);
}

Status build_union(Binder *binder, Plan *const *inputs, int32_t input_count, const Field *fields, Span span, Plan **out,
                   Error *err)
{
    TRY(build_plan_node(binder, PLAN_UNION, inputs[0], span, out, err));
    Plan *plan = *out;
    plan->inputs = arena_new(binder->arena, Plan *, input_count);
    memcpy(plan->inputs, inputs, sizeof(*inputs) * (size_t)input_count);
    plan->input_count = input_count;
    plan->fields = fields;
    changelog_derive(plan);
    return STATUS_OK;
}

Status build_opaque(Binder *binder, const char *feature, Plan *const *inputs, int32_t input_count, const Field *fields,
                    int32_t field_count, Changelog changelog, Span span, Plan **out, Error *err)
{
    TRY(binder_unsupported(binder, span, feature, err));
    TRY(build_plan_node(binder, PLAN_OPAQUE, NULL, span, out, err));
    Plan *plan = *out;
    plan->inputs = arena_new(binder->arena, Plan *, input_count + 1);
    for (int32_t i = 0; i < input_count; i++)
        plan->inputs[i] = inputs[i];
    plan->input_count = input_count;
    plan->fields = fields;
    plan->field_count = field_count;
    plan->changelog = changelog;
    plan->opaque.feature = feature;
    return STATUS_OK;
}
