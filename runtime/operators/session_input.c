/* session_input.c: see session_input.h. */
#include "runtime/operators/session_input.h"

#include "data/key.h"
#include "runtime/operators/null_rowtime.h"
#include "runtime/time/watermark.h"
#include "runtime/time/window.h"

static void row_instants(const Op *op, const PlanWindowSpec *spec, const Batch *batch, Time *instants)
{
    if (!spec->is_proctime) {
        column_times(&batch->columns[spec->time], batch->rows, 0, instants);
        return;
    }
    for (int64_t i = 0; i < batch->rows; i++)
        instants[i] = op->now_ms;
}

static void row_times(const Sessions *sessions, const Batch *batch, SessionInput *out)
{
    out->times = out->instants;
    if (!sessions->zone)
        return;
    out->times = buf_new(batch->buf, Time, batch->rows);
    memcpy(out->times, out->instants, (size_t)batch->rows * sizeof(Time));
    times_to_local(sessions->zone, out->times, batch->rows);
}

Status session_input_rows(Op *op, Sessions *sessions, const PlanWindowSpec *spec, const int32_t *keys, int32_t key_count,
                        const Column **key_columns, Batch *batch, SessionInput *out, Error *err)
{
    if (!spec->is_proctime && !spec->is_legacy)
        TRY(null_rowtime_drop(op, batch, spec->time, NULL, err));
    out->instants = buf_new(batch->buf, Time, batch->rows);
    row_instants(op, spec, batch, out->instants);
    row_times(sessions, batch, out);
    out->keys = buf_new(batch->buf, Str, batch->rows);
    out->hashes = buf_new(batch->buf, uint64_t, batch->rows);
    out->entries = buf_new(batch->buf, void *, batch->rows);
    for (int32_t i = 0; i < key_count; i++)
        key_columns[i] = &batch->columns[keys[i]];
    keys_encode(key_columns, key_count, batch->rows, batch->buf, out->keys, out->hashes);
    int32_t *new_rows = buf_new(batch->buf, int32_t, batch->rows);
    key_table_add(sessions->keys, out->keys, out->hashes, batch->rows, out->entries, new_rows);
    return STATUS_OK;
}
