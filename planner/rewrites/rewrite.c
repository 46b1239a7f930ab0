/* rewrite.c: runs the rewrites. */
#include "planner/rewrites/rewrite.h"

Status rewrite_all(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    if (binder->context->language_only) /* for its errors; the plan is not going to run */
        return rewrite_fold_constants(binder, sinks, sink_count, err);
#define REWRITE(name, doc) TRY(rewrite_##name(binder, sinks, sink_count, err));
#include "planner/rewrites/rewrites.def"
#undef REWRITE
    return STATUS_OK;
}

Status rewrite_bottom_up(Binder *binder, Plan *plan, RewriteStep step, Plan **out, Error *err)
{
    for (int32_t i = 0; i < plan->input_count; i++)
        TRY(rewrite_bottom_up(binder, plan->inputs[i], step, &plan->inputs[i], err));
    return step(binder, plan, out, err);
}
