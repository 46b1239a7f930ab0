/* group_aggregate.c: GROUP BY of bounded input in batch mode: one row per group, at the end; without keys one row for
 * no input, too. */
#include "runtime/operators/operators.h"

#include "data/key.h"
#include "runtime/state/aggregate_facts.h"
#include "runtime/state/table_state.h"

typedef struct GroupAggregate {
    KeyTable      *table;
    StateMemory   *memory;
    AggregateSet  *set;
    const Column **key_columns;
    const Type   **key_types;
    int64_t        position; /* emission */
} GroupAggregate;

static Status group_open(Op *op, Error *err)
{
    (void)err;
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    GroupAggregate           *group = op->state;
    group->set = aggregate_set_create(op->arena, (const AggregateCall *const *)plan->calls, plan->call_count,
                                      plan->input_retracts);
    group->table = key_table_create(aggregate_set_size(group->set));
    group->memory = state_memory_create();
    group->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    group->key_types = arena_new(op->arena, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        group->key_types[i] = op->plan->fields[i].type;
    return STATUS_OK;
}

static void group_close(Op *op)
{
    GroupAggregate *group = op->state;
    key_table_destroy(group->table);
    if (group->memory)
        state_memory_destroy(group->memory);
    *group = (GroupAggregate){ 0 };
}

static void find_blocks(GroupAggregate *group, Buf *buf, const Str *keys, const uint64_t *hashes, int64_t count,
                        void **blocks)
{
    int32_t *new_rows = buf_new(buf, int32_t, count);
    int64_t  added = key_table_add(group->table, keys, hashes, count, blocks, new_rows);
    for (int64_t i = 0; i < added; i++)
        aggregate_set_init(group->set, blocks[new_rows[i]]);
}

static void count_state(const Op *op)
{
    const GroupAggregate *group = op->state;
    counter_set(&op->counters->state_rows, key_table_count(group->table));
    counter_set(&op->counters->state_bytes, key_table_size(group->table) + state_memory_size(group->memory));
}

static Status group_batch(Op *op, Batch *batch, Error *err)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    GroupAggregate           *group = op->state;
    Str                      *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t                 *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    void                    **blocks = buf_new(batch->buf, void *, batch->rows);
    for (int32_t i = 0; i < plan->key_count; i++)
        group->key_columns[i] = &batch->columns[plan->keys[i]];
    keys_encode(group->key_columns, plan->key_count, batch->rows, batch->buf, keys, hashes);
    find_blocks(group, batch->buf, keys, hashes, batch->rows, blocks);
    Status status = aggregate_set_update(group->set, group->memory, batch, blocks, err);
    batch_release(batch);
    count_state(op);
    return status;
}

/* ---- the end ------------------------------------------------------------------------------------------------------------ */

static void add_empty_group(GroupAggregate *group)
{
    Str      key = STR_EMPTY;
    uint64_t hash = 0;
    void    *block;
    int32_t  new_row;
    if (key_table_add(group->table, &key, &hash, 1, &block, &new_row) == 1)
        aggregate_set_init(group->set, block);
}

static Status emit_groups(Op *op, Str *keys, void **blocks, int64_t count, Error *err)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    GroupAggregate           *group = op->state;
    Batch                    *batch = batch_create(plan->key_count + plan->call_count);
    batch->rows = count;
    keys_decode(keys, count, group->key_types, plan->key_count, batch->buf, batch->columns);
    Status status = aggregate_set_results(group->set, blocks, count, batch->buf, batch->columns + plan->key_count, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    return op_emit(op, batch, err);
}

static int64_t next_groups(GroupAggregate *group, Str *keys, void **blocks)
{
    int64_t count = 0;
    while (count < BATCH_ROWS) {
        void *block = key_table_next(group->table, &group->position);
        if (!block)
            break;
        keys[count] = key_of_block(block);
        blocks[count++] = block;
    }
    return count;
}

static Status group_resume(Op *op, Error *err)
{
    GroupAggregate *group = op->state;
    Str             keys[BATCH_ROWS];
    void           *blocks[BATCH_ROWS];
    for (;;) {
        if (!op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        int64_t count = next_groups(group, keys, blocks);
        if (count == 0)
            break;
        TRY(emit_groups(op, keys, blocks, count, err));
    }
    op_unblock(op);
    return op_emit_end(op, err);
}

static Status group_end(Op *op, Error *err)
{
    GroupAggregate *group = op->state;
    if (op->plan->group_aggregate.key_count == 0 && key_table_count(group->table) == 0)
        add_empty_group(group);
    return group_resume(op, err);
}

/* ---- checkpoints -------------------------------------------------------------------------------------------------------- */

static TableCodec codec_of(const Op *op)
{
    const GroupAggregate *group = op->state;
    return aggregate_codec(group->set, group->memory, true, group->key_types, op->plan->group_aggregate.key_count, "an aggregation");
}

/* When the groups have been given there is nothing left of them: an instance may have ended while others go on. */
static Status group_save(Op *op, Snapshot *out, Error *err)
{
    const GroupAggregate *group = op->state;
    TableCodec            codec = codec_of(op);
    return op->has_ended ? STATUS_OK : table_state_save(group->table, &codec, 0, out, err);
}

static Status group_load(Op *op, const SavedState *saved, Error *err)
{
    const GroupAggregate *group = op->state;
    TableCodec            codec = codec_of(op);
    for (int64_t i = 0; i < saved->count; i++)
        if (saved_may_own_keys(saved, &saved->parts[i], op->task_index, op->task_count))
            TRY(table_state_load(group->table, &codec, saved->parts[i].bytes, op->task_index, op->task_count, err));
    count_state(op);
    return STATUS_OK;
}

const OpType op_group_aggregate = {
    .name = "group aggregate",
    .state_size = sizeof(GroupAggregate),
    .open = group_open,
    .on_batch = group_batch,
    .on_end = group_end,
    .resume = group_resume,
    .save = group_save,
    .load = group_load,
    .close = group_close,
};
