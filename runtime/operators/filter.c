/* filter.c: WHERE and HAVING: rows for which the predicate is TRUE, whatever their kind. */
#include "runtime/operators/operators.h"

#include "runtime/operators/current_watermark.h"
#include "runtime/operators/row_errors.h"

typedef struct Filter {
    Program *predicate;
    bool     reads_watermark;
} Filter;

static Status filter_open(Op *op, Error *err)
{
    Filter *filter = op->state;
    filter->reads_watermark = expr_reads_watermark(op->plan->filter.predicate);
    return program_create(op->arena, op->plan->filter.predicate, &op->eval, &filter->predicate, err);
}

static Status filter_rows(Op *op, Batch *batch, Error *err)
{
    Filter  *filter = op->state;
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    Status   status = program_select(filter->predicate, batch, batch->buf, rows, &count, err);
    if (status != STATUS_OK) {
        status = row_errors_filter(op, filter->predicate, batch, err);
        if (status == STATUS_OK)
            status = program_select(filter->predicate, batch, batch->buf, rows, &count, err);
    }
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    batch_select(batch, rows, count);
    return op_emit(op, batch, err);
}

static Status filter_batch(Op *op, Batch *batch, Error *err)
{
    const Filter *filter = op->state;
    if (filter->reads_watermark)
        return current_watermark_each(op, batch, filter_rows, err);
    return filter_rows(op, batch, err);
}

const OpType op_filter = {
    .name = "filter",
    .state_size = sizeof(Filter),
    .open = filter_open,
    .on_batch = filter_batch,
};
