/* fold_constants.c: every expression of the plan with its constant parts computed. */
#include "planner/rewrites/rewrite.h"

static Status fold_list(Binder *binder, Expr **exprs, int32_t count, Error *err)
{
    for (int32_t i = 0; exprs && i < count; i++)
        TRY(fold(binder, exprs[i], &exprs[i], err));
    return STATUS_OK;
}

static Status fold_node(Binder *binder, Plan *plan, Plan **out, Error *err)
{
    *out = plan;
    switch (plan->kind) {
    case PLAN_SCAN:
        TRY(fold_list(binder, plan->scan.exprs, plan->field_count, err));
        return plan->scan.watermark ? fold(binder, plan->scan.watermark, &plan->scan.watermark, err) : STATUS_OK;
    case PLAN_FILTER: return fold(binder, plan->filter.predicate, &plan->filter.predicate, err);
    case PLAN_PROJECT: return fold_list(binder, plan->project.exprs, plan->field_count, err);
    case PLAN_UNNEST: return fold(binder, plan->unnest.collection, &plan->unnest.collection, err);
    default: return STATUS_OK;
    }
}

Status rewrite_fold_constants(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    for (int32_t i = 0; i < sink_count; i++)
        TRY(rewrite_bottom_up(binder, sinks[i], fold_node, &sinks[i], err));
    return STATUS_OK;
}
