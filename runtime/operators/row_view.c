/* row_view.c: see row_view.h. */
#include "runtime/operators/row_view.h"

bool rows_are_consecutive(const int32_t *rows, int64_t count)
{
    for (int64_t i = 1; i < count; i++)
        if (rows[i] != rows[0] + i)
            return false;
    return true;
}

/* Entries of lists lie apart from the rows and stay where they are; fields of a ROW move along. */
static Column column_view(const Column *column, int64_t start, Buf *buf)
{
    Column view = *column;
    if (column->constant)
        return view;
    Layout layout = type_layout(column->type);
    if (view.data)
        view.data = (char *)view.data + start * layout_size(layout);
    if (view.valid)
        view.valid += start;
    if (layout != LAYOUT_ROW)
        return view;
    view.children = buf_new(buf, Column, column->type->field_count);
    for (int32_t i = 0; i < column->type->field_count; i++)
        view.children[i] = column_view(&column->children[i], start, buf);
    return view;
}

void batch_view(const Batch *batch, int64_t start, int64_t count, Batch *out)
{
    *out = *batch;
    out->rows = count;
    out->columns = buf_new(batch->buf, Column, batch->column_count);
    for (int32_t i = 0; i < batch->column_count; i++)
        out->columns[i] = column_view(&batch->columns[i], start, batch->buf);
    if (batch->kinds)
        out->kinds = batch->kinds + start;
    if (batch->seen_watermark)
        out->seen_watermark = batch->seen_watermark + start;
}
