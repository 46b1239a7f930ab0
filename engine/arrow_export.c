/* arrow_export.c: a batch as an ArrowArray. Fixed-width values are handed over where they lie; texts, bits, wide timestamps and short
 * decimals are laid out anew. Batch and new memory are held until the last node of the array is released. */
#include "engine/arrow.h"

#include "core/env.h"

#include <stdatomic.h>

typedef struct ArrayHolder {
    Batch     *batch;
    Buf       *buf; /* this struct lies in it */
    atomic_int nodes;
} ArrayHolder;

static void array_release(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release)
            array->children[i]->release(array->children[i]);
    ArrayHolder *holder = array->private_data;
    array->release = NULL;
    if (atomic_fetch_sub(&holder->nodes, 1) == 1) {
        if (holder->batch)
            batch_release(holder->batch);
        buf_release(holder->buf);
    }
}

static void fill(ArrayHolder *holder, struct ArrowArray *out, int64_t rows, int64_t buffer_count, int64_t child_count)
{
    atomic_fetch_add(&holder->nodes, 1);
    *out = (struct ArrowArray){ .length = rows, .n_buffers = buffer_count, .n_children = child_count, .release = array_release,
                                .private_data = holder };
    out->buffers = buf_zalloc(holder->buf, (buffer_count + 1) * (int64_t)sizeof(void *));
    if (child_count == 0)
        return;
    out->children = buf_zalloc(holder->buf, child_count * (int64_t)sizeof(void *));
    for (int64_t i = 0; i < child_count; i++)
        out->children[i] = buf_zalloc(holder->buf, sizeof(struct ArrowArray));
}

/* One bit per row from one byte per row. */
static uint8_t *pack_bits(Buf *buf, const uint8_t *bytes, int64_t rows)
{
    uint8_t *bits = buf_zalloc(buf, (rows + 7) / 8 + 1);
    for (int64_t i = 0; i < rows; i++)
        bits[i >> 3] = (uint8_t)(bits[i >> 3] | ((bytes[i] != 0) << (i & 7)));
    return bits;
}

static void fill_validity(ArrayHolder *holder, struct ArrowArray *out, const Column *column, int64_t rows)
{
    if (!column->valid)
        return;
    for (int64_t i = 0; i < rows; i++)
        out->null_count += !column->valid[i];
    out->buffers[0] = pack_bits(holder->buf, column->valid, rows);
}

static const void *wide_decimals(Buf *buf, const Column *column, int64_t rows)
{
    if (type_layout(column->type) == LAYOUT_I128)
        return column->data;
    int128_t *out = buf_new(buf, int128_t, rows + 1);
    for (int64_t i = 0; i < rows; i++)
        out[i] = COLUMN_DATA(column, int64_t)[i];
    return out;
}

static Status scaled_timestamps(Buf *buf, const Column *column, int64_t rows, const void **out, Error *err)
{
    if (type_layout(column->type) == LAYOUT_I64) {
        *out = column->data;
        return STATUS_OK;
    }
    int64_t per_ms = column->type->precision <= 6 ? 1000 : 1000000;
    int64_t *values = buf_new(buf, int64_t, rows + 1);
    for (int64_t i = 0; i < rows; i++) {
        const Timestamp *from = &COLUMN_DATA(column, Timestamp)[i];
        values[i] = 0;
        if (column->valid && !column->valid[i])
            continue;
        if (__builtin_mul_overflow(from->ms, per_ms, &values[i])
            || __builtin_add_overflow(values[i], from->ns / (1000000 / per_ms), &values[i]))
            return error_set(err, STATUS_DATA, SPAN_NONE, "a timestamp does not fit 64 bits of %s", per_ms == 1000 ? "microseconds" : "nanoseconds");
    }
    *out = values;
    return STATUS_OK;
}

static Status fill_texts(ArrayHolder *holder, struct ArrowArray *out, const Column *column, int64_t rows, Error *err)
{
    const View *views = column->data;
    int32_t *offsets = buf_new(holder->buf, int32_t, rows + 1);
    int64_t size = 0;
    for (int64_t i = 0; i < rows; i++) {
        offsets[i] = (int32_t)size;
        size += column->valid && !column->valid[i] ? 0 : views[i].size;
        if (size > INT32_MAX)
            return error_set(err, STATUS_LIMIT, SPAN_NONE, "a batch with more than 2 GiB of text in one column cannot be exported");
    }
    offsets[rows] = (int32_t)size;
    char *bytes = buf_alloc(holder->buf, size + 1);
    for (int64_t i = 0; i < rows; i++)
        memcpy(bytes + offsets[i], view_ptr(&views[i]), (size_t)(offsets[i + 1] - offsets[i]));
    out->buffers[1] = offsets;
    out->buffers[2] = bytes;
    return STATUS_OK;
}

static Status fill_column(ArrayHolder *holder, struct ArrowArray *out, const Column *column, int64_t rows, Error *err);

/* Arrow wants entries one list behind the other: children are gathered in that order. */
static Status fill_lists(ArrayHolder *holder, struct ArrowArray *out, const Column *column, int64_t rows, Error *err)
{
    const ListView *lists = column->data;
    int32_t *offsets = buf_new(holder->buf, int32_t, rows + 1);
    int64_t total = 0;
    for (int64_t i = 0; i < rows; i++) {
        offsets[i] = (int32_t)total;
        total += column->valid && !column->valid[i] ? 0 : lists[i].count;
    }
    offsets[rows] = (int32_t)total;
    int32_t *order = buf_new(holder->buf, int32_t, total + 1);
    for (int64_t i = 0; i < rows; i++)
        for (int32_t k = 0; k < offsets[i + 1] - offsets[i]; k++)
            order[offsets[i] + k] = lists[i].start + k;
    out->buffers[1] = offsets;

    bool is_map = column->type->kind == TYPE_MAP;
    struct ArrowArray *entries = out->children[0];
    if (is_map)
        fill(holder, entries, total, 1, 2);
    for (int child = 0; child < 1 + is_map; child++) {
        Column gathered;
        column_gather(&column->children[child], order, total, holder->buf, &gathered);
        TRY(fill_column(holder, is_map ? entries->children[child] : entries, &gathered, total, err));
    }
    return STATUS_OK;
}

static Status fill_column(ArrayHolder *holder, struct ArrowArray *out, const Column *column, int64_t rows, Error *err)
{
    Column flat = *column;
    if (flat.constant)
        column_flatten(&flat, holder->buf, rows);
    const Type *type = flat.type;
    switch (type->kind) {
    case TYPE_NULL:
        fill(holder, out, rows, 0, 0);
        out->null_count = rows;
        return STATUS_OK;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        fill(holder, out, rows, 3, 0);
        fill_validity(holder, out, &flat, rows);
        return fill_texts(holder, out, &flat, rows, err);
    case TYPE_ARRAY:
    case TYPE_MAP:
        fill(holder, out, rows, 2, 1);
        fill_validity(holder, out, &flat, rows);
        return fill_lists(holder, out, &flat, rows, err);
    case TYPE_ROW:
        fill(holder, out, rows, 1, type->field_count);
        fill_validity(holder, out, &flat, rows);
        for (int32_t i = 0; i < type->field_count; i++)
            TRY(fill_column(holder, out->children[i], &flat.children[i], rows, err));
        return STATUS_OK;
    default:
        break;
    }
    fill(holder, out, rows, 2, 0);
    fill_validity(holder, out, &flat, rows);
    out->buffers[1] = flat.data;
    if (type->kind == TYPE_BOOLEAN)
        out->buffers[1] = pack_bits(holder->buf, flat.data, rows);
    else if (type->kind == TYPE_DECIMAL)
        out->buffers[1] = wide_decimals(holder->buf, &flat, rows);
    else if (type_is_timestamp(type))
        return scaled_timestamps(holder->buf, &flat, rows, &out->buffers[1], err);
    return STATUS_OK;
}

static void fill_op(ArrayHolder *holder, struct ArrowArray *out, const Batch *batch)
{
    fill(holder, out, batch->rows, 2, 0);
    out->buffers[1] = batch->kinds ? batch->kinds : buf_zalloc(holder->buf, batch->rows + 1);
}

static Status fill_batch(ArrayHolder *holder, struct ArrowArray *out, const Batch *batch, bool has_op, Error *err)
{
    fill(holder, out, batch->rows, 1, batch->column_count + has_op);
    if (has_op)
        fill_op(holder, out->children[0], batch);
    for (int32_t i = 0; i < batch->column_count; i++)
        TRY(fill_column(holder, out->children[i + has_op], &batch->columns[i], batch->rows, err));
    return STATUS_OK;
}

Status arrow_export_batch(Batch *batch, bool has_op, struct ArrowArray *out, Error *err)
{
    Buf *buf = buf_create();
    ArrayHolder *holder = buf_zalloc(buf, sizeof(*holder));
    holder->buf = buf;
    atomic_init(&holder->nodes, 0);
    Status status = fill_batch(holder, out, batch, has_op, err);
    if (status == STATUS_OK)
        holder->batch = batch;
    else
        array_release(out); /* nodes that were not filled have no release */
    return status;
}
