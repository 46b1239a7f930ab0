/* row_store.c: see row_store.h. */
#include "runtime/state/row_store.h"

static void start(RowStore *store)
{
    store->buf = buf_create();
    store->columns = buf_zalloc(store->buf, store->field_count * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < store->field_count; i++)
        column_init(&store->columns[i], store->buf, store->fields[i].type, 0);
    store->rows = 0;
}

void row_store_init(RowStore *store, const Field *fields, int32_t field_count)
{
    *store = (RowStore){ .fields = fields, .field_count = field_count };
    start(store);
}

void row_store_free(RowStore *store)
{
    buf_release(store->buf);
    store->buf = NULL;
    store->rows = 0;
}

Status row_store_append(RowStore *store, const Batch *batch, Error *err)
{
    if (store->rows + batch->rows > ROW_STORE_MAX)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "more than %d rows to keep in one operator", ROW_STORE_MAX);
    for (int32_t i = 0; i < store->field_count; i++)
        column_append(&store->columns[i], store->rows, &batch->columns[i], 0, batch->rows, store->buf, true);
    store->rows += batch->rows;
    return STATUS_OK;
}

void row_store_keep(RowStore *store, const int32_t *rows, int64_t count)
{
    RowStore old = *store;
    start(store);
    for (int32_t i = 0; i < store->field_count; i++) {
        Column picked;
        column_gather(&old.columns[i], rows, count, old.buf, &picked);
        column_append(&store->columns[i], 0, &picked, 0, count, store->buf, true);
    }
    store->rows = count;
    buf_release(old.buf);
}

Batch *row_store_batch(const RowStore *store, const int32_t *rows, int64_t count)
{
    Batch *batch = batch_create(store->field_count);
    batch_hold(batch, store->buf);
    batch->rows = count;
    for (int32_t i = 0; i < store->field_count; i++)
        column_gather(&store->columns[i], rows, count, batch->buf, &batch->columns[i]);
    return batch;
}

int64_t row_store_size(const RowStore *store)
{
    return buf_size(store->buf);
}
