/* unnest.c: CROSS JOIN UNNEST: a row for every entry of an array or map, in its order.
 *
 *   rows    = row r once per entry of its list      (r, r, r, s, ...)
 *   entries = the entries in the same order          (0, 1, 2, 0, ...)
 *   output  = gather(input, rows), gather(children of the list, entries) */
#include "runtime/operators/operators.h"

#include "runtime/operators/row_errors.h"

typedef struct Unnest {
    Program *collection;
    bool     with_ordinality;
    bool     is_left;
} Unnest;

typedef struct Expansion {
    int32_t *rows;       /* input row of each output row */
    int32_t *entries;    /* entry of each output row; -1 = a row without entries (LEFT) */
    int32_t *ordinality;
    int64_t  count;
    bool     has_missing;
} Expansion;

static Status unnest_open(Op *op, Error *err)
{
    Unnest *unnest = op->state;
    unnest->with_ordinality = op->plan->unnest.with_ordinality;
    unnest->is_left = op->plan->unnest.is_left;
    return program_create(op->arena, op->plan->unnest.collection, &op->eval, &unnest->collection, err);
}

static int64_t entries_of(const Column *lists, int64_t row)
{
    return column_is_null(lists, row) ? 0 : COLUMN_DATA(lists, ListView)[column_index(lists, row)].count;
}

static Expansion expand(const Column *lists, int64_t rows, bool is_left, Buf *buf)
{
    int64_t total = 0;
    for (int64_t i = 0; i < rows; i++) {
        int64_t entries = entries_of(lists, i);
        total += entries == 0 && is_left ? 1 : entries;
    }
    Expansion expansion = { .rows = buf_new(buf, int32_t, total + 1), .entries = buf_new(buf, int32_t, total + 1),
                            .ordinality = buf_new(buf, int32_t, total + 1) };
    for (int64_t i = 0; i < rows; i++) {
        int64_t entries = entries_of(lists, i);
        if (entries == 0 && is_left) {
            expansion.has_missing = true;
            expansion.entries[expansion.count] = -1;
            expansion.ordinality[expansion.count] = 0;
            expansion.rows[expansion.count++] = (int32_t)i;
        }
        int32_t start = entries > 0 ? COLUMN_DATA(lists, ListView)[column_index(lists, i)].start : 0;
        for (int32_t k = 0; k < entries; k++) {
            expansion.entries[expansion.count] = start + k;
            expansion.ordinality[expansion.count] = k + 1;
            expansion.rows[expansion.count++] = (int32_t)i;
        }
    }
    return expansion;
}

/* Entries of one child; the rows of a LEFT without entries are NULL. */
static void gather_child(const Column *child, int64_t child_rows, const Expansion *expansion, Buf *buf, Column *out)
{
    if (child_rows == 0) { /* only rows without entries */
        column_init_null(out, buf, child->type);
        return;
    }
    int32_t *entries = expansion->entries;
    if (expansion->has_missing) {
        entries = buf_new(buf, int32_t, expansion->count + 1);
        for (int64_t i = 0; i < expansion->count; i++)
            entries[i] = expansion->entries[i] < 0 ? 0 : expansion->entries[i];
    }
    column_gather(child, entries, expansion->count, buf, out);
    if (!expansion->has_missing)
        return;
    column_need_valid(out, buf, expansion->count);
    for (int64_t i = 0; i < expansion->count; i++)
        if (expansion->entries[i] < 0)
            out->valid[i] = 0;
}

/* A NULL ROW spreads to NULL fields. */
static void spread_row(const Column *row, int64_t count, Buf *buf, Column *out)
{
    for (int32_t f = 0; f < row->type->field_count; f++) {
        out[f] = row->children[f];
        if (!row->valid)
            continue;
        uint8_t *valid = buf_new(buf, uint8_t, count + 1);
        for (int64_t i = 0; i < count; i++)
            valid[i] = row->valid[i] && !column_is_null(&row->children[f], i);
        column_flatten(&out[f], buf, count);
        out[f].valid = valid;
    }
}

static int32_t add_entries(const Column *lists, const Expansion *expansion, Buf *buf, Column *out)
{
    bool is_map = lists->type->kind == TYPE_MAP;
    gather_child(&lists->children[0], lists->child_rows, expansion, buf, &out[0]);
    if (is_map) {
        gather_child(&lists->children[1], lists->child_rows, expansion, buf, &out[1]);
        return 2;
    }
    if (lists->type->element->kind != TYPE_ROW)
        return 1;
    Column row = out[0];
    column_flatten(&row, buf, expansion->count);
    spread_row(&row, expansion->count, buf, out);
    return row.type->field_count;
}

static void add_ordinality(const Expansion *expansion, Buf *buf, Column *out)
{
    column_init(out, buf, expansion->has_missing ? &type_int : &type_int_not_null, expansion->count);
    memcpy(out->data, expansion->ordinality, (size_t)expansion->count * sizeof(int32_t));
    if (!expansion->has_missing)
        return;
    column_need_valid(out, buf, expansion->count);
    for (int64_t i = 0; i < expansion->count; i++)
        out->valid[i] = expansion->entries[i] >= 0;
}

static Status unnest_batch(Op *op, Batch *batch, Error *err)
{
    const Unnest *unnest = op->state;
    Column lists;
    Field  collection = { .name = STR("UNNEST"), .type = op->plan->unnest.collection->type };
    Status status = row_errors_run(op, &unnest->collection, &collection, 1, batch, &lists, NULL, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    Expansion expansion = expand(&lists, batch->rows, unnest->is_left, batch->buf);
    Column *out = buf_zalloc(batch->buf, (op->plan->field_count + 1) * (int64_t)sizeof(Column));
    int32_t count = batch->column_count;
    for (int32_t i = 0; i < count; i++)
        column_gather(&batch->columns[i], expansion.rows, expansion.count, batch->buf, &out[i]);
    count += add_entries(&lists, &expansion, batch->buf, &out[count]);
    if (unnest->with_ordinality)
        add_ordinality(&expansion, batch->buf, &out[count++]);

    if (batch->kinds) {
        uint8_t *kinds = buf_new(batch->buf, uint8_t, expansion.count + 1);
        for (int64_t i = 0; i < expansion.count; i++)
            kinds[i] = batch->kinds[expansion.rows[i]];
        batch->kinds = kinds;
    }
    if (batch->seen_watermark) {
        Time *seen = buf_new(batch->buf, Time, expansion.count + 1);
        for (int64_t i = 0; i < expansion.count; i++)
            seen[i] = batch->seen_watermark[expansion.rows[i]];
        batch->seen_watermark = seen;
    }
    batch_gather_origins(batch, batch, expansion.rows, expansion.count);
    batch->columns = out;
    batch->column_count = count;
    batch->rows = expansion.count;
    return op_emit(op, batch, err);
}

const OpType op_unnest = {
    .name = "unnest",
    .state_size = sizeof(Unnest),
    .open = unnest_open,
    .on_batch = unnest_batch,
};
