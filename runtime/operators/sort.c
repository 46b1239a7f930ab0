/* sort.c: ORDER BY of bounded input: all rows are kept, put in order at the end, and given from OFFSET to LIMIT.
 *
 * With a limit, rows that can no longer be among the first are thrown away whenever many have come. Input that changes
 * is folded first: a retraction takes one equal row away. */
#include "runtime/operators/operators.h"

#include "core/env.h"
#include "data/key.h"
#include "runtime/operators/row_order.h"
#include "runtime/state/key_table.h"

enum { PRUNE_ROWS_MIN = 4 * BATCH_ROWS };

/* Equal rows that retractions take away. */
typedef struct Retracted {
    int64_t count;
    int64_t padding;
} Retracted;

typedef struct Sort {
    RowStore store;
    uint8_t *kinds;        /* per row; only when the input changes */
    int64_t  kind_capacity;
    bool     retracts;
    int32_t *rows;         /* the order */
    int64_t  row_count;
    int64_t  next_row;     /* emission */
} Sort;

static Status sort_open(Op *op, Error *err)
{
    (void)err;
    Sort *sort = op->state;
    sort->retracts = op->plan->inputs[0]->changelog != CHANGELOG_INSERT;
    row_store_init(&sort->store, op->plan->fields, op->plan->field_count);
    return STATUS_OK;
}

static void sort_close(Op *op)
{
    Sort *sort = op->state;
    row_store_free(&sort->store);
    env_free(sort->kinds);
    env_free(sort->rows);
    *sort = (Sort){ 0 };
}

static int64_t rows_wanted(const Op *op)
{
    const PlanSort *plan = &op->plan->sort;
    return plan->limit < 0 || plan->limit > ROW_STORE_MAX - plan->offset ? ROW_STORE_MAX : plan->offset + plan->limit;
}

static void order_rows(Op *op)
{
    const PlanSort *plan = &op->plan->sort;
    Sort           *sort = op->state;
    int32_t        *scratch = env_alloc_raw(sort->row_count * (int64_t)sizeof(int32_t));
    row_order_sort(&sort->store, plan->keys, plan->key_count, sort->rows, scratch, sort->row_count);
    env_free(scratch);
}

static void number_rows(Sort *sort)
{
    sort->rows = env_realloc(sort->rows, sort->store.rows * (int64_t)sizeof(int32_t));
    sort->row_count = sort->store.rows;
    for (int64_t i = 0; i < sort->row_count; i++)
        sort->rows[i] = (int32_t)i;
}

/* Keeping the first ones in their order keeps later ties behind them. */
static void prune(Op *op)
{
    Sort   *sort = op->state;
    int64_t wanted = rows_wanted(op);
    if (sort->retracts || sort->store.rows < PRUNE_ROWS_MIN || sort->store.rows / 4 < wanted)
        return;
    number_rows(sort);
    order_rows(op);
    row_store_keep(&sort->store, sort->rows, wanted);
}

static void keep_kinds(Sort *sort, const Batch *batch)
{
    int64_t before = sort->store.rows - batch->rows;
    if (sort->store.rows > sort->kind_capacity) {
        sort->kind_capacity = sort->store.rows * 2;
        sort->kinds = env_realloc(sort->kinds, sort->kind_capacity);
    }
    if (batch->kinds)
        memcpy(sort->kinds + before, batch->kinds, (size_t)batch->rows);
    else
        memset(sort->kinds + before, ROW_INSERT, (size_t)batch->rows);
}

static void count_state(const Op *op)
{
    const Sort *sort = op->state;
    counter_set(&op->counters->state_rows, sort->store.rows);
    counter_set(&op->counters->state_bytes, row_store_size(&sort->store));
}

static Status sort_batch(Op *op, Batch *batch, Error *err)
{
    Sort  *sort = op->state;
    Status status = row_store_append(&sort->store, batch, err);
    if (status == STATUS_OK && sort->retracts)
        keep_kinds(sort, batch);
    batch_release(batch);
    if (status == STATUS_OK)
        prune(op);
    count_state(op);
    return status;
}

/* ---- folding a changelog ------------------------------------------------------------------------------------------------- */

static void find_retracted(const Sort *sort, KeyTable *table, Buf *buf, Retracted **of_row)
{
    const RowStore *store = &sort->store;
    const Column  **columns = buf_new(buf, const Column *, store->field_count);
    Str            *keys = buf_new(buf, Str, store->rows);
    uint64_t       *hashes = buf_new(buf, uint64_t, store->rows);
    int32_t        *new_rows = buf_new(buf, int32_t, store->rows);
    for (int32_t i = 0; i < store->field_count; i++)
        columns[i] = &store->columns[i];
    keys_encode(columns, store->field_count, store->rows, buf, keys, hashes);
    key_table_add(table, keys, hashes, store->rows, (void **)of_row, new_rows);
    for (int64_t i = 0; i < store->rows; i++)
        of_row[i]->count += !row_kind_is_add(sort->kinds[i]);
}

static void fold_rows(Sort *sort)
{
    KeyTable   *table = key_table_create((int32_t)sizeof(Retracted));
    Buf        *buf = buf_create();
    Retracted **of_row = buf_new(buf, Retracted *, sort->store.rows);
    find_retracted(sort, table, buf, of_row);
    sort->row_count = 0;
    for (int64_t i = 0; i < sort->store.rows; i++) {
        if (!row_kind_is_add(sort->kinds[i]))
            continue;
        if (of_row[i]->count > 0)
            of_row[i]->count--;
        else
            sort->rows[sort->row_count++] = (int32_t)i;
    }
    buf_release(buf);
    key_table_destroy(table);
}

/* ---- the end -------------------------------------------------------------------------------------------------------------- */

static Status sort_resume(Op *op, Error *err)
{
    Sort   *sort = op->state;
    int64_t end = rows_wanted(op) < sort->row_count ? rows_wanted(op) : sort->row_count;
    while (sort->next_row < end) {
        if (!op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        int64_t start = sort->next_row;
        int64_t count = end - start < BATCH_ROWS ? end - start : BATCH_ROWS;
        sort->next_row += count;
        TRY(op_emit(op, row_store_batch(&sort->store, sort->rows + start, count), err));
    }
    op_unblock(op);
    return op_emit_end(op, err);
}

static Status sort_end(Op *op, Error *err)
{
    Sort *sort = op->state;
    number_rows(sort);
    if (sort->retracts)
        fold_rows(sort);
    order_rows(op);
    sort->next_row = op->plan->sort.offset;
    return sort_resume(op, err);
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------------------- */

/* Rows that have been given are nobody's any more. */
static Status sort_save(Op *op, Snapshot *out, Error *err)
{
    Sort *sort = op->state;
    return op->has_ended ? STATUS_OK : row_store_save(&sort->store, sort->kinds, sort->retracts, 0, out, err);
}

static Status load_rows(Sort *sort, const SavedState *saved, Text *kinds, Error *err)
{
    for (int64_t i = 0; i < saved->count; i++)
        TRY(row_store_load(&sort->store, saved->parts[i].bytes, sort->retracts, kinds, "a sort", err));
    for (int64_t i = 0; i < kinds->len; i++)
        if ((uint8_t)kinds->ptr[i] > ROW_DELETE)
            return saved_damaged("a sort", err);
    return STATUS_OK;
}

static Status sort_load(Op *op, const SavedState *saved, Error *err)
{
    Sort  *sort = op->state;
    Text   kinds = TEXT_EMPTY;
    Status status = load_rows(sort, saved, &kinds, err);
    if (status == STATUS_OK && kinds.len > 0) {
        sort->kind_capacity = kinds.len;
        sort->kinds = env_alloc(kinds.len);
        memcpy(sort->kinds, kinds.ptr, (size_t)kinds.len);
    }
    text_free(&kinds);
    count_state(op);
    return status;
}

const OpType op_sort = {
    .name = "sort",
    .state_size = sizeof(Sort),
    .open = sort_open,
    .on_batch = sort_batch,
    .on_end = sort_end,
    .resume = sort_resume,
    .save = sort_save,
    .load = sort_load,
    .close = sort_close,
};
