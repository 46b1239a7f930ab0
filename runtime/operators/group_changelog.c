/* group_changelog.c: GROUP BY without end: every row changes the result of its group, and says how.
 *
 *   first row of a group                         +I new
 *   later rows                                   -U old, +U new; nothing when both are the same and there is no TTL
 *   retraction that takes the last row           -D old, and the group is gone
 *   retraction for a group that is not there     nothing
 *
 * The dialect does this row by row. Here a batch is done in rounds: round n has the n-th row of every group, so no two
 * rows of a round touch the same state: the update and the new results are one call each per round, the old results one
 * call before the first (later rounds find theirs in the one before). The results of all rounds are put back into the
 * order of the rows at the end. When there would be many small rounds (few groups, or a group that most rows are of), the calls go one after
 * the other through all rows instead; only for rows that are added, for then no group ends in the middle of a batch.
 *
 * With a TTL a group that was not written for so long counts as not there; a timer sweeps the table a piece at a time.
 * */
#include "runtime/operators/operators.h"

#include "data/key.h"
#include "runtime/operators/row_view.h"
#include "runtime/state/aggregate_facts.h"
#include "runtime/state/table_state.h"

#include <stddef.h>

enum {
    SWEEP_ENTRIES = 4096,
    SWEEP_PAUSE_MS = 10,
    ROUND_ROWS_MIN = 16, /* about what a round costs by itself, in rows that are followed one by one */
};

/* In front of the aggregate states of a group. */
typedef struct Group {
    int64_t batch_number; /* which batch `seen` counts for */
    int32_t seen;         /* rows of the group in that batch so far */
    int32_t result;       /* row of the pool with the group's last result, in that batch */
    bool    is_live;
    int64_t written_ms;   /* the last, because from here on a group is saved */
} Group;

_Static_assert(sizeof(Group) % 16 == 0, "the states behind it are aligned to 16");

/* What one input row gives: rows of the pool; -1 = nothing. */
typedef struct Change {
    int32_t before, after;
    uint8_t before_kind, after_kind;
} Change;

/* One batch on its way. */
typedef struct Work {
    Batch   *batch;
    Group  **groups;  /* of each row */
    int32_t *order;   /* rows, round by round */
    Change  *changes; /* per row */
    Column  *pool;    /* result columns of all rounds, one below the other */
    int64_t  pool_rows;
    int32_t *kept;    /* of the round at hand: its rows without those that hit nothing, ... */
    uint8_t *was_live; /* ... whether they have an old result, ... */
    void   **states;  /* ... and where their states are */
} Work;

typedef struct GroupChangelog {
    KeyTable      *table;
    StateMemory   *memory;
    AggregateSet  *set;
    bool           is_flat;
    int64_t        batch_number;
    int64_t        sweep_position;
    const Column **key_columns;
    const Type   **key_types;
} GroupChangelog;

static void *states_of(Group *group)
{
    return group + 1;
}

/* ---- open and close ---------------------------------------------------------------------------------------------------- */

static Status changelog_open(Op *op, Error *err)
{
    (void)err;
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    GroupChangelog           *state = op->state;
    state->set = aggregate_set_create(op->arena, (const AggregateCall *const *)plan->calls, plan->call_count,
                                      plan->input_retracts);
    state->is_flat = aggregates_are_flat(plan->calls, plan->call_count);
    state->table = key_table_create((int32_t)sizeof(Group) + aggregate_set_size(state->set));
    state->memory = state_memory_create();
    state->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    state->key_types = arena_new(op->arena, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_types[i] = op->plan->fields[i].type;
    if (plan->state_ttl_ms > 0)
        op->timer_ms = op->now_ms + plan->state_ttl_ms;
    return STATUS_OK;
}

static void changelog_close(Op *op)
{
    GroupChangelog *state = op->state;
    key_table_destroy(state->table);
    if (state->memory)
        state_memory_destroy(state->memory);
    *state = (GroupChangelog){ 0 };
}

/* ---- groups ------------------------------------------------------------------------------------------------------------- */

static void end_group(GroupChangelog *state, Group *group)
{
    if (!state->is_flat)
        aggregate_set_drop(state->set, state->memory, states_of(group));
    group->is_live = false;
}

static bool has_expired(const Op *op, const Group *group)
{
    int64_t ttl_ms = op->plan->group_aggregate.state_ttl_ms;
    return ttl_ms > 0 && group->written_ms + ttl_ms <= op->now_ms;
}

static void count_state(const Op *op)
{
    const GroupChangelog *state = op->state;
    counter_set(&op->counters->state_rows, key_table_count(state->table));
    counter_set(&op->counters->state_bytes, key_table_size(state->table) + state_memory_size(state->memory));
}

static void find_groups(Op *op, Work *work)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    GroupChangelog           *state = op->state;
    Batch                    *batch = work->batch;
    Str                      *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t                 *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    int32_t                  *new_rows = buf_new(batch->buf, int32_t, batch->rows);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_columns[i] = &batch->columns[plan->keys[i]];
    keys_encode(state->key_columns, plan->key_count, batch->rows, batch->buf, keys, hashes);
    work->groups = buf_new(batch->buf, Group *, batch->rows);
    key_table_add(state->table, keys, hashes, batch->rows, (void **)work->groups, new_rows);
}

/* Groups that this batch created in vain or ended. Marked by seen, so that each goes once. */
static void remove_dead(GroupChangelog *state, const Work *work)
{
    for (int64_t i = 0; i < work->batch->rows; i++)
        work->groups[i]->seen = 0;
    for (int64_t i = 0; i < work->batch->rows; i++) {
        Group *group = work->groups[i];
        if (group->is_live || group->seen < 0)
            continue;
        group->seen = -1;
        key_table_remove(state->table, group);
    }
}

/* ---- rounds -------------------------------------------------------------------------------------------------------------- */

/* Sorts rows by round; starts[r] is where round r begins in work->order. Returns the number of rounds. */
static int32_t plan_rounds(GroupChangelog *state, Work *work, int32_t **starts)
{
    int64_t  rows = work->batch->rows;
    Buf     *buf = work->batch->buf;
    int32_t *round_of = buf_new(buf, int32_t, rows);
    int32_t  rounds = 0;
    state->batch_number++;
    for (int64_t i = 0; i < rows; i++) {
        Group *group = work->groups[i];
        if (group->batch_number != state->batch_number) {
            group->batch_number = state->batch_number;
            group->seen = 0;
        }
        round_of[i] = group->seen++;
        rounds = group->seen > rounds ? group->seen : rounds;
    }
    int32_t *begin = buf_zalloc(buf, (rounds + 2) * (int64_t)sizeof(int32_t));
    for (int64_t i = 0; i < rows; i++)
        begin[round_of[i] + 2]++;
    for (int32_t r = 2; r < rounds + 2; r++)
        begin[r] += begin[r - 1];
    work->order = buf_new(buf, int32_t, rows);
    for (int64_t i = 0; i < rows; i++)
        work->order[begin[round_of[i] + 1]++] = (int32_t)i;
    *starts = begin;
    return rounds;
}

static bool is_retraction(const Batch *batch, int64_t row)
{
    return batch->kinds && !row_kind_is_add(batch->kinds[row]);
}

/* Readies the groups of the round's rows; leaves out retractions that hit nothing. */
static int64_t begin_groups(Op *op, Work *work, const int32_t *rows, int64_t count)
{
    GroupChangelog *state = op->state;
    int64_t         kept = 0;
    for (int64_t i = 0; i < count; i++) {
        Group *group = work->groups[rows[i]];
        if (group->is_live && has_expired(op, group))
            end_group(state, group);
        if (!group->is_live && is_retraction(work->batch, rows[i]))
            continue;
        work->was_live[kept] = group->is_live;
        if (!group->is_live) {
            memset(states_of(group), 0, (size_t)aggregate_set_size(state->set));
            aggregate_set_init(state->set, states_of(group));
        }
        group->is_live = true;
        group->written_ms = op->now_ms;
        work->states[kept] = states_of(group);
        work->kept[kept++] = rows[i];
    }
    return kept;
}

static void add_to_pool(const Op *op, Work *work, const Column *results, int64_t count)
{
    for (int32_t c = 0; c < op->plan->group_aggregate.call_count; c++)
        column_append(&work->pool[c], work->pool_rows, &results[c], 0, count, work->batch->buf, false);
    work->pool_rows += count;
}

static Column *new_results(const Op *op, const Work *work)
{
    return buf_zalloc(work->batch->buf, op->plan->group_aggregate.call_count * (int64_t)sizeof(Column));
}

/* Appends the results of the round's groups to the pool. */
static Status add_results(const Op *op, Work *work, int64_t count, Error *err)
{
    const GroupChangelog *state = op->state;
    Column               *results = new_results(op, work);
    TRY(aggregate_set_results(state->set, work->states, count, work->batch->buf, results, err));
    add_to_pool(op, work, results, count);
    return STATUS_OK;
}

static bool same_results(const Op *op, const Work *work, int64_t left, int64_t right)
{
    for (int32_t c = 0; c < op->plan->group_aggregate.call_count; c++)
        if (!column_value_equals(&work->pool[c], left, &work->pool[c], right))
            return false;
    return true;
}

static bool is_empty_now(const Op *op, Group *group)
{
    const GroupChangelog *state = op->state;
    return op->plan->group_aggregate.input_retracts && aggregate_set_row_count(state->set, states_of(group)) == 0;
}

static Status update_states(Op *op, Work *work, int64_t count, Error *err)
{
    GroupChangelog *state = op->state;
    Batch           view;
    if (rows_are_consecutive(work->kept, count)) {
        batch_view(work->batch, work->kept[0], count, &view);
        return aggregate_set_update(state->set, state->memory, &view, work->states, err);
    }
    Batch *part = batch_share(work->batch);
    batch_select(part, work->kept, count);
    Status status = aggregate_set_update(state->set, state->memory, part, work->states, err);
    batch_release(part);
    return status;
}

/* What row number `row` changes: old and new are rows of the pool. */
static Change change_of(Op *op, const Work *work, Group *group, bool was_live, int64_t old, int64_t new)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    Change                    change = { -1, -1, ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER };
    if (is_empty_now(op, group)) {
        if (was_live)
            change.before = (int32_t)old;
        change.before_kind = ROW_DELETE;
        end_group(op->state, group);
        return change;
    }
    if (!was_live) {
        change.after = (int32_t)new;
        change.after_kind = ROW_INSERT;
        return change;
    }
    if (plan->state_ttl_ms == 0 && same_results(op, work, old, new))
        return change;
    if (plan->emits_update_before)
        change.before = (int32_t)old;
    change.after = (int32_t)new;
    return change;
}

static Status run_round(Op *op, Work *work, const int32_t *rows, int64_t count, bool is_first, Error *err)
{
    count = begin_groups(op, work, rows, count);
    if (count == 0)
        return STATUS_OK;
    int64_t old = work->pool_rows;
    if (is_first)
        TRY(add_results(op, work, count, err));
    TRY(update_states(op, work, count, err));
    int64_t new = work->pool_rows;
    TRY(add_results(op, work, count, err));
    for (int64_t i = 0; i < count; i++) {
        Group *group = work->groups[work->kept[i]];
        work->changes[work->kept[i]] = change_of(op, work, group, work->was_live[i], is_first ? old + i : group->result,
                                                 new + i);
        group->result = (int32_t)(new + i);
    }
    return STATUS_OK;
}

/* ---- all rows, call by call --------------------------------------------------------------------------------------------- */

static bool can_follow(const Op *op, const Batch *batch)
{
    const GroupChangelog *state = op->state;
    for (int64_t i = 0; batch->kinds && i < batch->rows; i++)
        if (!row_kind_is_add(batch->kinds[i]))
            return false;
    return aggregate_set_can_follow(state->set);
}

/* firsts: the first row of every group. */
static Status follow_groups(Op *op, Work *work, const int32_t *firsts, int64_t count, Error *err)
{
    GroupChangelog *state = op->state;
    int64_t         rows = work->batch->rows;
    uint8_t        *was_live = buf_new(work->batch->buf, uint8_t, rows);
    Column         *results = new_results(op, work);
    begin_groups(op, work, firsts, count);
    TRY(add_results(op, work, count, err));
    memset(was_live, 1, (size_t)rows);
    for (int64_t i = 0; i < count; i++) {
        was_live[firsts[i]] = work->was_live[i];
        work->groups[firsts[i]]->result = (int32_t)i;
    }
    for (int64_t i = 0; i < rows; i++)
        work->states[i] = states_of(work->groups[i]);
    TRY(aggregate_set_follow(state->set, state->memory, work->batch, work->states, work->batch->buf, results, err));
    add_to_pool(op, work, results, rows);
    for (int64_t i = 0; i < rows; i++) {
        Group *group = work->groups[i];
        work->changes[i] = change_of(op, work, group, was_live[i], group->result, count + i);
        group->result = (int32_t)(count + i);
    }
    return STATUS_OK;
}

/* ---- output --------------------------------------------------------------------------------------------------------------- */

typedef struct OutputRows {
    int32_t *pool_rows;  /* results */
    int32_t *input_rows; /* keys */
    uint8_t *kinds;
    int64_t  count;
    bool     is_insert_only;
} OutputRows;

static void output_row(OutputRows *out, int32_t pool_row, int32_t input_row, uint8_t kind)
{
    if (pool_row < 0)
        return;
    out->pool_rows[out->count] = pool_row;
    out->input_rows[out->count] = input_row;
    out->kinds[out->count++] = kind;
    out->is_insert_only &= kind == ROW_INSERT;
}

static Batch *output_batch(const Op *op, const Work *work)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    const Batch              *in = work->batch;
    Batch                    *batch = batch_create(plan->key_count + plan->call_count);
    OutputRows                out = { .is_insert_only = true };
    batch_hold_all(batch, in);
    out.pool_rows = buf_new(batch->buf, int32_t, in->rows * 2);
    out.input_rows = buf_new(batch->buf, int32_t, in->rows * 2);
    out.kinds = buf_new(batch->buf, uint8_t, in->rows * 2);
    for (int64_t i = 0; i < in->rows; i++) {
        output_row(&out, work->changes[i].before, (int32_t)i, work->changes[i].before_kind);
        output_row(&out, work->changes[i].after, (int32_t)i, work->changes[i].after_kind);
    }
    for (int32_t k = 0; k < plan->key_count; k++)
        column_gather(&in->columns[plan->keys[k]], out.input_rows, out.count, batch->buf, &batch->columns[k]);
    for (int32_t c = 0; c < plan->call_count; c++)
        column_gather(&work->pool[c], out.pool_rows, out.count, batch->buf, &batch->columns[plan->key_count + c]);
    batch->rows = out.count;
    batch->kinds = out.is_insert_only ? NULL : out.kinds;
    return batch;
}

static void create_work(const Op *op, Work *work)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    Buf                      *buf = work->batch->buf;
    work->pool = buf_zalloc(buf, plan->call_count * (int64_t)sizeof(Column));
    for (int32_t c = 0; c < plan->call_count; c++)
        column_init(&work->pool[c], buf, plan->calls[c]->type, work->batch->rows * 2);
    work->kept = buf_new(buf, int32_t, work->batch->rows);
    work->was_live = buf_new(buf, uint8_t, work->batch->rows);
    work->states = buf_new(buf, void *, work->batch->rows);
    work->changes = buf_new(buf, Change, work->batch->rows);
    for (int64_t i = 0; i < work->batch->rows; i++)
        work->changes[i] = (Change){ -1, -1, ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER };
}

static Status run_rounds(Op *op, Work *work, Error *err)
{
    int32_t *starts;
    int32_t  rounds = plan_rounds(op->state, work, &starts);
    if ((int64_t)rounds * ROUND_ROWS_MIN > work->batch->rows && rounds > 1 && !op->eval.is_general && can_follow(op, work->batch))
        return follow_groups(op, work, work->order, starts[1], err);
    for (int32_t r = 0; r < rounds; r++)
        TRY(run_round(op, work, work->order + starts[r], starts[r + 1] - starts[r], r == 0, err));
    return STATUS_OK;
}

static Status changelog_batch(Op *op, Batch *batch, Error *err)
{
    GroupChangelog *state = op->state;
    Work            work = { .batch = batch };
    find_groups(op, &work);
    create_work(op, &work);
    Status status = run_rounds(op, &work, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    Batch *out = output_batch(op, &work);
    remove_dead(state, &work);
    batch_release(batch);
    count_state(op);
    return op_emit(op, out, err);
}

/* ---- TTL ------------------------------------------------------------------------------------------------------------------- */

static Status changelog_timer(Op *op, int64_t now_ms, Error *err)
{
    (void)err;
    GroupChangelog *state = op->state;
    for (int32_t i = 0; i < SWEEP_ENTRIES; i++) {
        Group *group = key_table_next(state->table, &state->sweep_position);
        if (!group) {
            state->sweep_position = 0;
            op->timer_ms = now_ms + op->plan->group_aggregate.state_ttl_ms;
            return STATUS_OK;
        }
        if (!has_expired(op, group))
            continue;
        end_group(state, group);
        key_table_remove(state->table, group);
    }
    op->timer_ms = now_ms + SWEEP_PAUSE_MS;
    return STATUS_OK;
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------------------- */

static TableCodec codec_of(const Op *op)
{
    const GroupChangelog *state = op->state;
    return aggregate_codec_behind(state->set, state->memory, (int32_t)offsetof(Group, written_ms), (int32_t)sizeof(Group), state->key_types,
                           op->plan->group_aggregate.key_count, "an aggregation");
}

/* Between batches every group is live, and what belongs to a batch means nothing. */
static Status changelog_save(Op *op, Snapshot *out, Error *err)
{
    const GroupChangelog *state = op->state;
    TableCodec            codec = codec_of(op);
    return op->has_ended ? STATUS_OK : table_state_save(state->table, &codec, 0, out, err);
}

static Status changelog_load(Op *op, const SavedState *saved, Error *err)
{
    const GroupChangelog *state = op->state;
    TableCodec            codec = codec_of(op);
    int64_t               position = 0;
    for (int64_t i = 0; i < saved->count; i++)
        if (saved_may_own_keys(saved, &saved->parts[i], op->task_index, op->task_count))
            TRY(table_state_load(state->table, &codec, saved->parts[i].bytes, op->task_index, op->task_count, err));
    for (Group *group; (group = key_table_next(state->table, &position)) != NULL;) {
        if (group->written_ms < 0 || group->written_ms > INT64_MAX / 2)
            return saved_damaged(codec.name, err);
        group->is_live = true;
    }
    count_state(op);
    return STATUS_OK;
}

/* ---- for people --------------------------------------------------------------------------------------------------------- */

static Status show_groups(Op *op, const Str *keys, void **states, int64_t count, Error *err)
{
    const PlanGroupAggregate *plan = &op->plan->group_aggregate;
    const GroupChangelog     *state = op->state;
    Batch                    *batch = batch_create(plan->key_count + plan->call_count);
    batch->rows = count;
    keys_decode(keys, count, state->key_types, plan->key_count, batch->buf, batch->columns);
    Status status = aggregate_set_results(state->set, states, count, batch->buf, batch->columns + plan->key_count, err);
    if (status == STATUS_OK)
        return op_emit(op, batch, err);
    batch_release(batch);
    return status;
}

static Status changelog_show(Op *op, Error *err)
{
    const GroupChangelog *state = op->state;
    Str                   keys[BATCH_ROWS];
    void                 *states[BATCH_ROWS];
    int64_t               position = 0, count = 0;
    for (Group *group; (group = key_table_next(state->table, &position)) != NULL;) {
        keys[count] = key_of_block(group);
        states[count++] = states_of(group);
        if (count < BATCH_ROWS)
            continue;
        TRY(show_groups(op, keys, states, count, err));
        count = 0;
    }
    return count > 0 ? show_groups(op, keys, states, count, err) : STATUS_OK;
}

const OpType op_group_changelog = {
    .name = "group changelog",
    .state_size = sizeof(GroupChangelog),
    .open = changelog_open,
    .on_batch = changelog_batch,
    .on_timer = changelog_timer,
    .save = changelog_save,
    .load = changelog_load,
    .show = changelog_show,
    .close = changelog_close,
};
