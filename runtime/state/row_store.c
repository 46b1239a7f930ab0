/* row_store.c: see row_store.h. */
#include "runtime/state/row_store.h"

#include "core/bytes.h"
#include "data/key.h"

enum { SAVED_RUN = 1024 };

static void start(RowStore *store)
{
    store->buf = buf_create();
    store->columns = buf_zalloc(store->buf, store->field_count * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < store->field_count; i++)
        column_init(&store->columns[i], store->buf, store->fields[i].type, 0);
    store->rows = 0;
    store->rows_saved = 0;
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

/* ---- for snapshots --------------------------------------------------------------------------------------------------- */

static void save_run(const RowStore *store, const char *extra, int64_t extra_size, int64_t start, int64_t end, Text *out)
{
    encode_i64(end - start, out);
    for (int64_t row = start; row < end; row++)
        for (int32_t c = 0; c < store->field_count; c++)
            value_encode(&store->columns[c], row, out);
    if (extra_size > 0)
        text_append(out, (Str){ extra + start * extra_size, (end - start) * extra_size });
}

Status row_store_save(RowStore *store, const void *extra, int64_t extra_size, int64_t first, Snapshot *out, Error *err)
{
    for (int64_t start = 0; start < store->rows; start += SAVED_RUN) {
        int64_t number = first + start / SAVED_RUN;
        int64_t end = start + SAVED_RUN < store->rows ? start + SAVED_RUN : store->rows;
        if (end <= store->rows_saved) {
            snapshot_keep(out, number);
            continue;
        }
        Text *part = snapshot_part(out, number);
        save_run(store, extra, extra_size, start, end, part);
        if (part->overflow)
            return error_set(err, STATUS_LIMIT, SPAN_NONE, "%lld rows that wait take more than 1 GiB of a checkpoint", (long long)(end - start));
    }
    store->rows_saved = store->rows;
    return STATUS_OK;
}

static bool read_rows(const RowStore *store, const char **cursor, const char *end, Batch *batch)
{
    for (int32_t c = 0; c < store->field_count; c++)
        column_init(&batch->columns[c], batch->buf, store->fields[c].type, batch->rows);
    for (int64_t row = 0; row < batch->rows; row++)
        for (int32_t c = 0; c < store->field_count; c++)
            if (!value_decode(cursor, end, &batch->columns[c], row, batch->buf))
                return false;
    return true;
}

Status row_store_load(RowStore *store, Str part, int64_t extra_size, Text *extra, const char *name, Error *err)
{
    const char *cursor = part.ptr;
    const char *end = part.ptr + part.len;
    int64_t     rows;
    if (!decode_i64(&cursor, end, &rows) || rows < 1 || rows > SAVED_RUN)
        return saved_damaged(name, err);
    Batch *batch = batch_create(store->field_count);
    batch->rows = rows;
    bool   is_good = read_rows(store, &cursor, end, batch) && end - cursor == rows * extra_size;
    Status status = is_good ? row_store_append(store, batch, err) : saved_damaged(name, err);
    batch_release(batch);
    if (status == STATUS_OK)
        text_append(extra, (Str){ cursor, end - cursor });
    return status;
}
