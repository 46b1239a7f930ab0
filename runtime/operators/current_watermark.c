/* current_watermark.c: see current_watermark.h. */
#include "runtime/operators/current_watermark.h"

#include "functions/function.h"

bool expr_reads_watermark(const Expr *expr)
{
    if (!expr || expr->kind != EXPR_CALL)
        return false;
    if (str_is_nocase(function_name(expr->function), "current_watermark"))
        return true;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (expr_reads_watermark(expr->args[i]))
            return true;
    return false;
}

static bool any_reads_watermark(Expr *const *exprs, int32_t count)
{
    for (int32_t i = 0; exprs && i < count; i++)
        if (expr_reads_watermark(exprs[i]))
            return true;
    return false;
}

static bool node_reads_watermark(const Plan *plan)
{
    if (plan->kind == PLAN_FILTER && expr_reads_watermark(plan->filter.predicate))
        return true;
    if (plan->kind == PLAN_PROJECT && any_reads_watermark(plan->project.exprs, plan->field_count))
        return true;
    for (int32_t i = 0; i < plan->input_count; i++)
        if (node_reads_watermark(plan->inputs[i]))
            return true;
    return false;
}

bool plan_reads_watermark(const PlanJob *plan)
{
    for (int32_t i = 0; i < plan->sink_count; i++)
        if (node_reads_watermark(plan->sinks[i]))
            return true;
    return false;
}

static Batch *piece(Batch *batch, int64_t start, int64_t end)
{
    Batch   *part = batch_share(batch);
    int32_t *rows = buf_new(part->buf, int32_t, end - start);
    for (int64_t i = start; i < end; i++)
        rows[i - start] = (int32_t)i;
    batch_select(part, rows, end - start);
    return part;
}

static Status run_pieces(Op *op, Batch *batch, Status (*run)(Op *op, Batch *batch, Error *err), Error *err)
{
    for (int64_t start = 0, end; start < batch->rows; start = end) {
        Time seen = batch->seen_watermark[start];
        for (end = start + 1; end < batch->rows && batch->seen_watermark[end] == seen; end++)
            ;
        op->eval.watermark = seen > op->watermark ? seen : op->watermark;
        TRY(run(op, piece(batch, start, end), err));
    }
    return STATUS_OK;
}

Status current_watermark_each(Op *op, Batch *batch, Status (*run)(Op *op, Batch *batch, Error *err), Error *err)
{
    if (!batch->seen_watermark) {
        op->eval.watermark = op->watermark;
        return run(op, batch, err);
    }
    Status status = run_pieces(op, batch, run, err);
    op->eval.watermark = op->watermark;
    batch_release(batch);
    return status;
}
