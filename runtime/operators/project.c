/* project.c: SELECT list: new columns over the input's. Row kinds and seen watermarks stay. */
#include "runtime/operators/operators.h"

#include "runtime/operators/current_watermark.h"
#include "runtime/operators/row_errors.h"

typedef struct Project {
    Program **programs; /* one per output column */
    int32_t   count;
    bool      reads_watermark;
} Project;

static Status project_open(Op *op, Error *err)
{
    Project *project = op->state;
    project->count = op->plan->field_count;
    project->programs = arena_new(op->arena, Program *, project->count);
    for (int32_t i = 0; i < project->count; i++)
        project->reads_watermark |= expr_reads_watermark(op->plan->project.exprs[i]);
    return programs_create(op->arena, op->plan->project.exprs, project->count, &op->eval, project->programs, err);
}

static Status project_rows(Op *op, Batch *batch, Error *err)
{
    const Project *project = op->state;
    Column        *out = buf_zalloc(batch->buf, project->count * (int64_t)sizeof(Column));
    Status         status = row_errors_run(op, project->programs, op->plan->fields, project->count, batch, out, NULL, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    batch->columns = out;
    batch->column_count = project->count;
    return op_emit(op, batch, err);
}

static Status project_batch(Op *op, Batch *batch, Error *err)
{
    const Project *project = op->state;
    if (project->reads_watermark)
        return current_watermark_each(op, batch, project_rows, err);
    return project_rows(op, batch, err);
}

const OpType op_project = {
    .name = "project",
    .state_size = sizeof(Project),
    .open = project_open,
    .on_batch = project_batch,
};
