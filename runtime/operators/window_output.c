/* window_output.c: key columns, one column per call, one per property. A batch with a single window, the usual case,
 * has constant property columns: a sink renders them once. */
#include "runtime/operators/window_output.h"

#include "data/key.h"
#include "runtime/time/window.h"

void window_output_open(WindowOutput *output, Op *op, AggregateSet *set)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    *output = (WindowOutput){ .set = set, .capacity = BATCH_ROWS };
    if (plan->window.is_local && op->eval.zone != zone_utc)
        output->zone = op->eval.zone;
    output->keys = arena_new(op->arena, Str, output->capacity);
    output->blocks = arena_new(op->arena, void *, output->capacity);
    output->starts = arena_new(op->arena, Time, output->capacity);
    output->ends = arena_new(op->arena, Time, output->capacity);
    output->key_types = arena_new(op->arena, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        output->key_types[i] = op->plan->fields[i].type;
}

static bool is_one_window(const Time *starts, const Time *ends, int64_t count)
{
    for (int64_t i = 1; i < count; i++)
        if (ends[i] != ends[0] || starts[i] != starts[0])
            return false;
    return true;
}

void window_property_column(WindowProperty property, const Type *type, const Zone *zone, int64_t now_ms,
                            const Time *starts,
                            const Time *ends, int64_t count, Buf *buf, Column *out)
{
    bool    is_constant = property == WINDOW_PROCTIME || is_one_window(starts, ends, count);
    int64_t rows = is_constant && count > 0 ? 1 : count;
    column_init(out, buf, type, rows);
    int64_t *values = COLUMN_DATA(out, int64_t);
    for (int64_t i = 0; i < rows; i++) {
        switch (property) {
        case WINDOW_START:
            values[i] = starts[i];
            break;
        case WINDOW_END:
            values[i] = ends[i];
            break;
        case WINDOW_ROWTIME:
            values[i] = window_row_time(zone, ends[i]);
            break;
        case WINDOW_PROCTIME:
            values[i] = now_ms;
            break;
        }
    }
    out->constant = is_constant;
}

Status window_output_flush(WindowOutput *output, Op *op, Error *err)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    int64_t                    count = output->count;
    if (count == 0)
        return STATUS_OK;
    Batch  *batch = batch_create(plan->key_count + plan->call_count + plan->property_count);
    Column *columns = batch->columns;
    batch->rows = count;
    output->count = 0;
    keys_decode(output->keys, count, output->key_types, plan->key_count, batch->buf, columns);
    columns += plan->key_count;
    Status status = aggregate_set_results(output->set, output->blocks, count, batch->buf, columns, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    columns += plan->call_count;
    for (int32_t i = 0; i < plan->property_count; i++) {
        const Type *type = op->plan->fields[plan->key_count + plan->call_count + i].type;
        window_property_column(plan->properties[i], type, output->zone, op->now_ms, output->starts, output->ends, count,
                               batch->buf, &columns[i]);
    }
    return op_emit(op, batch, err);
}
