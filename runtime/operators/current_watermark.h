/* current_watermark.h: CURRENT_WATERMARK(ts) is what the row has seen, not what the batch has.
 *
 * An expression reads one value per evaluation (EvalContext.watermark), so a batch is cut where the watermark changes
 * between its rows. Only expressions that call the function pay for it. */
#ifndef RUNTIME_OPERATORS_CURRENT_WATERMARK_H
#define RUNTIME_OPERATORS_CURRENT_WATERMARK_H

#include "runtime/op.h"

bool expr_reads_watermark(const Expr *expr);
/* Does any expression of the job call it? Then sources say the watermark of every row. */
bool plan_reads_watermark(const PlanJob *plan);
/* run once per piece of equal watermark, in order, with op->eval.watermark set; run owns its piece. */
Status current_watermark_each(Op *op, Batch *batch, Status (*run)(Op *op, Batch *batch, Error *err), Error *err);

#endif
