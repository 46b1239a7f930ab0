/* limit.c: OFFSET and LIMIT: rows in the order in which they come. When the last one is out the branch below ends; what
 * still comes is thrown away. */
#include "runtime/operators/operators.h"

#include "core/bytes.h"

typedef struct Limit {
    int64_t skip; /* rows still to leave out */
    int64_t left; /* rows still to give; -1 = all */
} Limit;

static Status limit_open(Op *op, Error *err)
{
    Limit *limit = op->state;
    limit->skip = op->plan->limit.offset;
    limit->left = op->plan->limit.limit;
    if (op->plan->inputs[0]->changelog != CHANGELOG_INSERT)
        return error_set(err, STATUS_UNSUPPORTED, op->plan->span, "LIMIT on rows that change is not supported yet");
    return STATUS_OK;
}

static void keep_rows(Batch *batch, int64_t start, int64_t count)
{
    int32_t *rows = buf_new(batch->buf, int32_t, count);
    for (int64_t i = 0; i < count; i++)
        rows[i] = (int32_t)(start + i);
    batch_select(batch, rows, count);
}

static Status end_early(Op *op, Error *err)
{
    op->has_ended = true;
    TRY(op_emit_watermark(op, TIME_MAX, err));
    return op_emit_end(op, err);
}

static Status limit_batch(Op *op, Batch *batch, Error *err)
{
    Limit  *limit = op->state;
    int64_t skipped = limit->skip < batch->rows ? limit->skip : batch->rows;
    int64_t given = batch->rows - skipped;
    if (limit->left >= 0 && given > limit->left)
        given = limit->left;
    limit->skip -= skipped;
    limit->left -= limit->left >= 0 ? given : 0;
    keep_rows(batch, skipped, given);
    TRY(op_emit(op, batch, err));
    return limit->left == 0 ? end_early(op, err) : STATUS_OK;
}

/* ---- checkpoints: [skip] [left] ----------------------------------------------------------------------------------------- */

static Status limit_save(Op *op, Snapshot *out, Error *err)
{
    const Limit *limit = op->state;
    Text        *part = snapshot_part(out, 0);
    (void)err;
    encode_i64(limit->skip, part);
    encode_i64(limit->left, part);
    return STATUS_OK;
}

static Status limit_load(Op *op, const SavedState *saved, Error *err)
{
    const PlanLimit *plan = &op->plan->limit;
    Limit           *limit = op->state;
    for (int64_t i = 0; i < saved->count; i++) {
        const char *cursor = saved->parts[i].bytes.ptr;
        const char *end = cursor + saved->parts[i].bytes.len;
        if (!decode_i64(&cursor, end, &limit->skip) || !decode_i64(&cursor, end, &limit->left) || cursor != end || limit->skip < 0 ||
            limit->skip > plan->offset || limit->left > plan->limit || (limit->left < 0) != (plan->limit < 0))
            return saved_damaged("a LIMIT", err);
    }
    return STATUS_OK;
}

const OpType op_limit = { .name = "limit", .state_size = sizeof(Limit), .open = limit_open, .on_batch = limit_batch, .save = limit_save,
                          .load = limit_load };
