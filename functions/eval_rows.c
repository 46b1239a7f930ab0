/* eval_rows.c: which rows of a batch make a program fail. Only asked for when it has failed: the good path knows nothing of it.
 *
 * The batch is halved again and again: a half that succeeds is done with, one of a single row that fails is one of those wanted. So one failing
 * row of n costs about log n short runs, and no function has to know of rows. */
#include "functions/call.h"

static bool is_of_row(Status status)
{
    return status == STATUS_DATA || status == STATUS_ARITHMETIC;
}

static Str keep_text(Buf *buf, Str text)
{
    char *kept = buf_alloc(buf, text.len + 1);
    memcpy(kept, text.ptr, (size_t)text.len);
    return (Str){ kept, text.len };
}

static void note(RowFailures *failures, Buf *buf, int32_t row, const Error *err)
{
    if (failures->count == failures->capacity) {
        int64_t     capacity = failures->capacity ? failures->capacity * 2 : 16;
        RowFailure *grown = buf_new(buf, RowFailure, capacity);
        if (failures->count > 0)
            memcpy(grown, failures->items, (size_t)failures->count * sizeof(RowFailure));
        failures->items = grown;
        failures->capacity = capacity;
    }
    failures->items[failures->count++] = (RowFailure){ row, err->status, keep_text(buf, str_from(err->message)) };
}

Status program_run_rows(Program *program, const Batch *batch, const int32_t *rows, int64_t count, Buf *buf, Column *out, Error *err)
{
    const Call *root = program_root(program);
    Batch       part = { .rows = count, .column_count = batch->column_count };
    part.columns = buf_zalloc(buf, (batch->column_count + 1) * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < root->column_count; i++) {
        int32_t column = root->columns[i];
        if (batch->columns[column].constant)
            part.columns[column] = batch->columns[column];
        else
            column_gather(&batch->columns[column], rows, count, buf, &part.columns[column]);
    }
    return program_run(program, &part, buf, out, err);
}

/* Rows [start, end) fail together. What is computed on the way is thrown away. */
static Status halve(Program *program, const Batch *batch, const int32_t *rows, int64_t start, int64_t end, const Error *known, Buf *buf,
                    RowFailures *out, Error *err)
{
    if (end - start == 1) {
        note(out, buf, rows[start], known);
        return STATUS_OK;
    }
    int64_t middle = start + (end - start) / 2;
    for (int64_t from = start, to = middle; from < end; from = middle, to = end) {
        Buf   *scratch = buf_create();
        Column ignored;
        Error  found = ERROR_NONE;
        Status status = program_run_rows(program, batch, rows + from, to - from, scratch, &ignored, &found);
        buf_release(scratch);
        if (status != STATUS_OK && !is_of_row(status)) {
            *err = found;
            return status;
        }
        if (status != STATUS_OK)
            TRY(halve(program, batch, rows, from, to, &found, buf, out, err));
        if (to == end)
            break;
    }
    return STATUS_OK;
}

Status program_failures(Program *program, const Batch *batch, Buf *buf, RowFailures *out, Error *err)
{
    *out = (RowFailures){ 0 };
    if (!is_of_row(err->status))
        return err->status;
    int32_t *rows = buf_new(buf, int32_t, batch->rows);
    for (int64_t i = 0; i < batch->rows; i++)
        rows[i] = (int32_t)i;
    Error known = *err;
    error_clear(err);
    return halve(program, batch, rows, 0, batch->rows, &known, buf, out, err);
}
