/* batch.c: rows of columns with one owner.
 *
 * The struct, its arrays and what is computed for it lie in batch->buf; columns that point into other memory keep that
 * memory alive through batch->held. Releasing a batch gives up all of these, buf last. */
#include "data/batch.h"

#include <assert.h>

enum { HELD_FIRST = 4, HELD_LOOK_BACK = 8 };

const char *row_kind_text(RowKind kind)
{
    static const char *const texts[] = { "+I", "-U", "+U", "-D" };
    return texts[kind];
}

Batch *batch_create(int32_t column_count)
{
    Buf   *buf = buf_create();
    Batch *batch = buf_zalloc(buf, (int64_t)sizeof(Batch));
    batch->buf = buf;
    batch_new_columns(batch, column_count);
    return batch;
}

void batch_release(Batch *batch)
{
    if (!batch)
        return;
    for (int32_t i = 0; i < batch->held_count; i++)
        buf_release(batch->held[i]);
    buf_release(batch->buf);
}

static void grow_held(Batch *batch)
{
    int32_t capacity = batch->held_capacity > 0 ? batch->held_capacity * 2 : HELD_FIRST;
    Buf   **held = buf_new(batch->buf, Buf *, capacity);
    if (batch->held_count > 0)
        memcpy(held, batch->held, (size_t)batch->held_count * sizeof(Buf *));
    batch->held = held;
    batch->held_capacity = capacity;
}

/* Holding one twice does no harm, so only the newest are compared. */
static bool is_held(const Batch *batch, const Buf *buf)
{
    int32_t oldest = batch->held_count > HELD_LOOK_BACK ? batch->held_count - HELD_LOOK_BACK : 0;
    for (int32_t i = batch->held_count - 1; i >= oldest; i--)
        if (batch->held[i] == buf)
            return true;
    return false;
}

void batch_hold(Batch *batch, Buf *buf)
{
    if (buf == batch->buf || is_held(batch, buf))
        return;
    if (batch->held_count == batch->held_capacity)
        grow_held(batch);
    batch->held[batch->held_count++] = buf_hold(buf);
}

void batch_hold_all(Batch *batch, const Batch *other)
{
    batch_hold(batch, other->buf);
    for (int32_t i = 0; i < other->held_count; i++)
        batch_hold(batch, other->held[i]);
}

Column *batch_new_columns(Batch *batch, int32_t column_count)
{
    assert(column_count >= 0);
    batch->columns = buf_zalloc(batch->buf, (int64_t)column_count * (int64_t)sizeof(Column));
    batch->column_count = column_count;
    return batch->columns;
}

static void *bytes_copy(Buf *buf, const void *bytes, int64_t size)
{
    void *copy = buf_alloc(buf, size);
    if (size > 0)
        memcpy(copy, bytes, (size_t)size);
    return copy;
}

Batch *batch_share(Batch *batch)
{
    Batch *share = batch_create(batch->column_count);
    batch_hold_all(share, batch);
    share->rows = batch->rows;
    memcpy(share->columns, batch->columns, (size_t)batch->column_count * sizeof(Column));
    if (batch->kinds)
        share->kinds = bytes_copy(share->buf, batch->kinds, batch->rows);
    if (batch->seen_watermark)
        share->seen_watermark = bytes_copy(share->buf, batch->seen_watermark, batch->rows * (int64_t)sizeof(Time));
    share->origins = batch->origins; /* never written to */
    share->origin_count = batch->origin_count;
    return share;
}

static uint8_t *select_kinds(const uint8_t *kinds, const int32_t *rows, int64_t count, Buf *buf)
{
    uint8_t *out = buf_new(buf, uint8_t, count);
    for (int64_t i = 0; i < count; i++)
        out[i] = kinds[rows[i]];
    return out;
}

static Time *select_times(const Time *times, const int32_t *rows, int64_t count, Buf *buf)
{
    Time *out = buf_new(buf, Time, count);
    for (int64_t i = 0; i < count; i++)
        out[i] = times[rows[i]];
    return out;
}

void batch_gather_origins(Batch *out, const Batch *in, const int32_t *rows, int64_t count)
{
    if (!in->origins)
        return;
    Column *gathered = buf_zalloc(out->buf, in->origin_count * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < in->origin_count; i++)
        column_gather(&in->origins[i], rows, count, out->buf, &gathered[i]);
    out->origins = gathered;
    out->origin_count = in->origin_count;
}

void batch_select(Batch *batch, const int32_t *rows, int64_t count)
{
    assert(count >= 0 && count <= batch->rows);
    if (count == batch->rows)
        return;
    const Column *old = batch->columns;
    Column       *columns = batch_new_columns(batch, batch->column_count);
    for (int32_t i = 0; i < batch->column_count; i++)
        column_gather(&old[i], rows, count, batch->buf, &columns[i]);
    if (batch->kinds)
        batch->kinds = select_kinds(batch->kinds, rows, count, batch->buf);
    if (batch->seen_watermark)
        batch->seen_watermark = select_times(batch->seen_watermark, rows, count, batch->buf);
    batch_gather_origins(batch, batch, rows, count);
    batch->rows = count;
}
