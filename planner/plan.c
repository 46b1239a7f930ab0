/* plan.c: plan nodes. */
#include "planner/plan.h"

const char *plan_kind_name(PlanKind kind)
{
    static const char *const names[] = {
#define PLAN(kind, name, doc) name,
#include "planner/plan.def"
#undef PLAN
    };
    return kind < PLAN_KIND_COUNT ? names[kind] : "?";
}

Plan *plan_new(Arena *arena, PlanKind kind, Span span, Plan *input)
{
    Plan *plan = arena_new(arena, Plan, 1);
    plan->kind = kind;
    plan->span = span;
    if (input) {
        plan->inputs = arena_new(arena, Plan *, 1);
        plan->inputs[0] = input;
        plan->input_count = 1;
    }
    return plan;
}
