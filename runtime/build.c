/* build.c: from the plan to tasks.
 *
 *   1. stages: a node joins the stage of its input when rows need not move between tasks; otherwise it begins a new stage, fed by an
 *      edge: hashed by key (keyed operators), to one task (global ones), in turn (another parallelism). A node with several consumers
 *      is placed once; below it the operators of a stage form a tree.
 *   2. tasks: every stage is made `parallelism` times; task i goes to worker i mod workers, so that a chain of forward edges stays
 *      on one thread; per edge one ring for each pair of producer and consumer.
 *
 * With parallelism 1 a job without UNION is a single task, a single tree of calls. */
#include "runtime/job_parts.h"

#include "runtime/operators/operators.h"
#include "runtime/operators/sink_epochs.h"
#include "runtime/operators/window_partial.h"
#include "runtime/time/alignment.h"

#include <assert.h>

/* ---- stages -------------------------------------------------------------------------------------------------------- */

typedef struct StageOp {
    const OpType *type;
    const Plan   *plan;
    const void   *config;
    int32_t       parent; /* in the same stage; -1 = the stage's first */
} StageOp;

typedef struct StageEdge {
    int32_t        from_stage, from_op, to_stage;
    Distribution   distribution;
    const int32_t *keys;
    int32_t        key_count;
    bool           is_reject;  /* carries what from_op refuses */
    int64_t        first_edge; /* rings: first_edge + producer * consumers + consumer */
} StageEdge;

typedef struct Stage {
    LIST(StageOp) ops;
    int32_t parallelism;
    int32_t first_task;
} Stage;

/* Where the rows of a node come out. */
typedef struct Place {
    int32_t stage;
    int32_t op;
} Place;

typedef struct Placed {
    const Plan *plan;
    Place       place;
} Placed;

typedef struct Builder {
    Job   *job;
    Arena *arena;
    LIST(Stage) stages;
    LIST(StageEdge) edges;
    LIST(Placed) placed;
} Builder;

static int32_t new_stage(Builder *builder, int32_t parallelism)
{
    list_push(builder->arena, &builder->stages, (Stage){ .parallelism = parallelism });
    return (int32_t)builder->stages.count - 1;
}

static Place add_op(Builder *builder, int32_t stage, int32_t parent, const OpType *type, const Plan *plan,
                    const void *config)
{
    Stage *to = &builder->stages.items[stage];
    list_push(builder->arena, &to->ops, (StageOp){ type, plan, config, parent });
    return (Place){ stage, (int32_t)to->ops.count - 1 };
}

static Place add_below(Builder *builder, Place above, const OpType *type, const Plan *plan)
{
    return add_op(builder, above.stage, above.op, type, plan, NULL);
}

static int32_t parallelism_of(const Builder *builder, Place place)
{
    return builder->stages.items[place.stage].parallelism;
}

static void connect(Builder *builder, Place from, int32_t to_stage, Distribution distribution, const int32_t *keys,
                    int32_t key_count)
{
    int32_t producers = parallelism_of(builder, from);
    int32_t consumers = builder->stages.items[to_stage].parallelism;
    if (consumers == 1)
        distribution = producers == 1 ? DISTRIBUTE_FORWARD : DISTRIBUTE_SINGLE;
    else if (distribution == DISTRIBUTE_FORWARD && producers != consumers)
        distribution = DISTRIBUTE_ROUND;
    list_push(builder->arena, &builder->edges,
              (StageEdge){ .from_stage = from.stage, .from_op = from.op, .to_stage = to_stage, .distribution = distribution,
                           .keys = keys, .key_count = key_count });
}

/* ---- placing nodes ------------------------------------------------------------------------------------------------- */

static Status place(Builder *builder, const Plan *plan, Place *out, Error *err);

/* Rows of one key must meet in one task. */
static Status place_keyed(Builder *builder, const Plan *plan, const OpType *type, const int32_t *keys,
                          int32_t key_count, Place *out,
                          Error *err)
{
    Place   input;
    int32_t wanted = key_count > 0 ? builder->job->options.parallelism : 1;
    TRY(place(builder, plan->inputs[0], &input, err));
    if (wanted == 1 && parallelism_of(builder, input) == 1) {
        *out = add_below(builder, input, type, plan);
        return STATUS_OK;
    }
    int32_t stage = new_stage(builder, wanted);
    connect(builder, input, stage, DISTRIBUTE_HASH, keys, key_count);
    *out = add_op(builder, stage, -1, type, plan, NULL);
    return STATUS_OK;
}

static Status place_single(Builder *builder, const Plan *plan, const OpType *type, Place *out, Error *err)
{
    return place_keyed(builder, plan, type, NULL, 0, out, err);
}

static Status place_below(Builder *builder, const Plan *plan, const OpType *type, Place *out, Error *err)
{
    Place input;
    TRY(place(builder, plan->inputs[0], &input, err));
    *out = add_below(builder, input, type, plan);
    return STATUS_OK;
}

/* It is nobody's plan node: a checkpoint does not know it, so a job can go on from one with faults or without. */
static Place with_faults(Builder *builder, Place above, FaultPlace place)
{
    const JobFaults *faults = &builder->job->options.faults;
    if (faults->mean_records == 0 || faults->place != place)
        return above;
    return add_op(builder, above.stage, above.op, &op_fault, NULL, faults);
}

static int32_t scan_parallelism(const Builder *builder, const PlanScan *scan)
{
    if (scan->parallelism > 0)
        return scan->parallelism < KEY_GROUPS ? scan->parallelism : KEY_GROUPS;
    return builder->job->options.parallelism;
}

static Status place_scan(Builder *builder, const Plan *plan, Place *out)
{
    int32_t stage = new_stage(builder, scan_parallelism(builder, &plan->scan));
    *out = with_faults(builder, add_op(builder, stage, -1, &op_source, plan, NULL), FAULT_BEFORE);
    return STATUS_OK;
}

/* Rows of one branch stay in order; a changelog keeps the rows of one key together. */
static Status place_union(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    Place  *inputs = arena_new(builder->arena, Place, plan->input_count);
    int32_t parallelism = 1;
    for (int32_t i = 0; i < plan->input_count; i++) {
        TRY(place(builder, plan->inputs[i], &inputs[i], err));
        if (parallelism_of(builder, inputs[i]) > parallelism)
            parallelism = parallelism_of(builder, inputs[i]);
    }
    int32_t stage = new_stage(builder, parallelism);
    for (int32_t i = 0; i < plan->input_count; i++) {
        const Plan *input = plan->inputs[i];
        bool        is_keyed = input->changelog != CHANGELOG_INSERT &&
            parallelism_of(builder, inputs[i]) != parallelism;
        connect(builder, inputs[i], stage, is_keyed ? DISTRIBUTE_HASH : DISTRIBUTE_FORWARD, input->upsert_key,
                input->upsert_key_count);
    }
    *out = add_op(builder, stage, -1, &op_union, plan, NULL);
    return STATUS_OK;
}

static bool can_refuse(const StageOp *op)
{
    return op->plan && op->type != &op_limit && op->type != &op_union;
}

/* Dead-letter sinks stand last: whoever may refuse rows has its place already. */
static Status place_rejects(Builder *builder, const Plan *plan, Place *out)
{
    int32_t stage = new_stage(builder, 1);
    *out = add_op(builder, stage, -1, &op_union, plan, NULL);
    for (int32_t s = 0; s < stage; s++) {
        for (int32_t i = 0; i < builder->stages.items[s].ops.count; i++) {
            const StageOp *op = &builder->stages.items[s].ops.items[i];
            if (!can_refuse(op) || op->plan->rejects != plan)
                continue;
            connect(builder, (Place){ s, i }, stage, DISTRIBUTE_FORWARD, NULL, 0);
            builder->edges.items[builder->edges.count - 1].is_reject = true;
        }
    }
    return STATUS_OK;
}

static int32_t sink_parallelism(const Plan *plan, int32_t of_input)
{
    if (!plan->sink.table)
        return 1;
    return plan->sink.parallelism > 0 ? plan->sink.parallelism : of_input;
}

static Place above_sink(Builder *builder, Place input, const Plan *plan)
{
    return plan->sink.is_dead_letter ? input : with_faults(builder, input, FAULT_AFTER);
}

static Status place_sink(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    const OpType *type = plan->sink.table ? &op_sink : &op_result;
    Place         input;
    TRY(place(builder, plan->inputs[0], &input, err));
    int32_t wanted = sink_parallelism(plan, parallelism_of(builder, input));
    if (wanted == parallelism_of(builder, input)) {
        *out = add_below(builder, above_sink(builder, input, plan), type, plan);
        return STATUS_OK;
    }
    const Plan *rows = plan->inputs[0];
    int32_t     stage = new_stage(builder, wanted);
    bool        is_keyed = rows->changelog != CHANGELOG_INSERT;
    connect(builder, input, stage, is_keyed ? DISTRIBUTE_HASH : DISTRIBUTE_ROUND, rows->upsert_key,
            rows->upsert_key_count);
    Place above = above_sink(builder, (Place){ stage, -1 }, plan);
    *out = add_op(builder, stage, above.op, type, plan, NULL);
    return STATUS_OK;
}

static Status place_window(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    if (plan->window.window.kind == WINDOW_SESSION)
        return place_keyed(builder, plan, &op_session_rows, plan->window.keys, plan->window.key_count, out, err);
    return place_below(builder, plan, &op_window, out, err);
}

/* Worth it when rows would have to move, and right when states may be merged: event time, rows that only come, no call
 * that depends on their order. */
static bool has_two_phases(const Builder *builder, const Plan *plan, Place input, int32_t wanted)
{
    const PlanWindowAggregate *aggregate = &plan->window_aggregate;
    if ((wanted == 1 && parallelism_of(builder, input) == 1) || builder->job->options.eval.is_general)
        return false;
    if (aggregate->window.is_proctime || plan->inputs[0]->changelog != CHANGELOG_INSERT)
        return false;
    const AggregateCall *const *calls = (const AggregateCall *const *)aggregate->calls;
    return aggregate_set_is_mergeable(aggregate_set_create(builder->arena, calls, aggregate->call_count, true));
}

static Status place_two_phases(Builder *builder, const Plan *plan, Place input, int32_t wanted, Place *out)
{
    static const WindowAggregateConfig takes_partials = { .takes_partials = true };
    int32_t  key_count = plan->window_aggregate.key_count;
    int32_t *keys = arena_new(builder->arena, int32_t, key_count);
    for (int32_t i = 0; i < key_count; i++)
        keys[i] = i;
    Place   local = add_below(builder, input, &op_window_local, plan);
    int32_t stage = new_stage(builder, wanted);
    connect(builder, local, stage, DISTRIBUTE_HASH, keys, key_count);
    *out = add_op(builder, stage, -1, &op_window_aggregate, plan, &takes_partials);
    return STATUS_OK;
}

static Status place_window_aggregate(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    const PlanWindowAggregate *aggregate = &plan->window_aggregate;
    int32_t                    wanted = aggregate->key_count > 0 ? builder->job->options.parallelism : 1;
    Place                      input;
    if (aggregate->window.kind == WINDOW_SESSION)
        return place_keyed(builder, plan, &op_session_aggregate, aggregate->keys, aggregate->key_count, out, err);
    TRY(place(builder, plan->inputs[0], &input, err));
    if (has_two_phases(builder, plan, input, wanted))
        return place_two_phases(builder, plan, input, wanted, out);
    return place_keyed(builder, plan, &op_window_aggregate, aggregate->keys, aggregate->key_count, out, err);
}

static Status place_group_aggregate(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    const PlanGroupAggregate *aggregate = &plan->group_aggregate;
    const OpType             *type = aggregate->is_batch ? &op_group_aggregate : &op_group_changelog;
    return place_keyed(builder, plan, type, aggregate->keys, aggregate->key_count, out, err);
}

static Status place_new(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    switch (plan->kind) {
    case PLAN_SCAN:
        return place_scan(builder, plan, out);
    case PLAN_VALUES:
        *out = add_op(builder, new_stage(builder, 1), -1, &op_values, plan, NULL);
        return STATUS_OK;
    case PLAN_FILTER:
        return place_below(builder, plan, &op_filter, out, err);
    case PLAN_PROJECT:
        return place_below(builder, plan, &op_project, out, err);
    case PLAN_UNNEST:
        return place_below(builder, plan, &op_unnest, out, err);
    case PLAN_UNION:
        return place_union(builder, plan, out, err);
    case PLAN_WINDOW:
        return place_window(builder, plan, out, err);
    case PLAN_WINDOW_AGGREGATE:
        return place_window_aggregate(builder, plan, out, err);
    case PLAN_GROUP_AGGREGATE:
        return place_group_aggregate(builder, plan, out, err);
    case PLAN_SORT:
        return place_single(builder, plan, plan->sort.by_rowtime ? &op_rowtime_sort : &op_sort, out, err);
    case PLAN_LIMIT:
        return place_single(builder, plan, &op_limit, out, err);
    case PLAN_REJECTS:
        return place_rejects(builder, plan, out);
    case PLAN_SINK:
        return place_sink(builder, plan, out, err);
    default:
        return error_set(err, STATUS_UNSUPPORTED, plan->span, "the operator %s cannot be run yet",
                         plan_kind_name(plan->kind));
    }
}

static Status place(Builder *builder, const Plan *plan, Place *out, Error *err)
{
    for (int64_t i = 0; i < builder->placed.count; i++) {
        if (builder->placed.items[i].plan == plan) {
            *out = builder->placed.items[i].place;
            return STATUS_OK;
        }
    }
    TRY(place_new(builder, plan, out, err));
    list_push(builder->arena, &builder->placed, (Placed){ plan, *out });
    return STATUS_OK;
}

/* ---- rings --------------------------------------------------------------------------------------------------------- */

static Worker *worker_of(const Job *job, int32_t task_index)
{
    return &job->workers[task_index % job->worker_count];
}

static bool has_edge(const StageEdge *edge, int32_t producer, int32_t consumer)
{
    return edge->distribution != DISTRIBUTE_FORWARD || producer == consumer;
}

static int64_t ring_index(const Builder *builder, const StageEdge *edge, int32_t producer, int32_t consumer)
{
    return edge->first_edge + (int64_t)producer * builder->stages.items[edge->to_stage].parallelism + consumer;
}

/* One ring for each pair; pairs that a forward edge does not connect stay NULL. */
static void create_rings(Builder *builder)
{
    Job    *job = builder->job;
    int64_t count = 0;
    for (int64_t i = 0; i < builder->edges.count; i++) {
        StageEdge *edge = &builder->edges.items[i];
        edge->first_edge = count;
        count += (int64_t)builder->stages.items[edge->from_stage].parallelism * builder->stages.items[edge->to_stage].parallelism;
    }
    job->edges = arena_new(job->arena, Edge *, count);
    job->edge_count = count;
    for (int64_t i = 0; i < builder->edges.count; i++) {
        const StageEdge *edge = &builder->edges.items[i];
        for (int32_t p = 0; p < builder->stages.items[edge->from_stage].parallelism; p++)
            for (int32_t c = 0; c < builder->stages.items[edge->to_stage].parallelism; c++)
                if (has_edge(edge, p, c))
                    job->edges[ring_index(builder, edge, p, c)] =
                        edge_create(job->options.ring_events, worker_of(job, p)->wakeup, worker_of(job, c)->wakeup);
    }
}

/* ---- tasks --------------------------------------------------------------------------------------------------------- */

static ExchangeConfig *exchange_config(const Builder *builder, const StageEdge *edge, int32_t producer)
{
    int32_t         consumers = builder->stages.items[edge->to_stage].parallelism;
    ExchangeConfig *config = arena_new(builder->arena, ExchangeConfig, 1);
    config->distribution = edge->distribution;
    config->keys = edge->keys;
    config->key_count = edge->key_count;
    config->edges = arena_new(builder->arena, Edge *, consumers);
    for (int32_t c = 0; c < consumers; c++)
        if (has_edge(edge, producer, c))
            config->edges[config->edge_count++] = builder->job->edges[ring_index(builder, edge, producer, c)];
    return config;
}

static void collect_inputs(const Builder *builder, int32_t stage, int32_t consumer, TaskSpec *spec)
{
    int32_t *groups = arena_new(builder->arena, int32_t, builder->job->edge_count);
    spec->inputs = arena_new(builder->arena, Edge *, builder->job->edge_count);
    spec->input_groups = groups;
    for (int64_t i = 0; i < builder->edges.count; i++) {
        const StageEdge *edge = &builder->edges.items[i];
        if (edge->to_stage != stage)
            continue;
        for (int32_t p = 0; p < builder->stages.items[edge->from_stage].parallelism; p++)
            if (has_edge(edge, p, consumer)) {
                groups[spec->input_count] = spec->group_count;
                spec->inputs[spec->input_count++] = builder->job->edges[ring_index(builder, edge, p, consumer)];
            }
        spec->group_count++;
    }
}

static void add_exchanges(const Builder *builder, Task *task, int32_t stage, int32_t producer, Op *const *ops)
{
    for (int64_t i = 0; i < builder->edges.count; i++) {
        const StageEdge *edge = &builder->edges.items[i];
        if (edge->from_stage != stage)
            continue;
        const ExchangeConfig *config = exchange_config(builder, edge, producer);
        Op *exchange = task_add(task, &op_exchange, NULL, config, edge->is_reject ? NULL : ops[edge->from_op]);
        exchange->is_reject = edge->is_reject;
        if (edge->is_reject)
            ops[edge->from_op]->rejects = exchange;
    }
}

static Task *create_task(const Builder *builder, int32_t stage_index, int32_t index)
{
    Job         *job = builder->job;
    const Stage *stage = &builder->stages.items[stage_index];
    TaskSpec     spec = {
            .shared = &job->shared, .number = job->task_count, .wakeup = worker_of(job, index)->wakeup, .index = index,
            .count = stage->parallelism,
            .op_count = (int32_t)(stage->ops.count + builder->edges.count),
    };
    collect_inputs(builder, stage_index, index, &spec);
    Task *task = task_create(&spec);
    Op  **ops = arena_new(builder->arena, Op *, stage->ops.count);
    for (int64_t i = 0; i < stage->ops.count; i++) {
        const StageOp *op = &stage->ops.items[i];
        ops[i] = task_add(task, op->type, op->plan, op->config, op->parent >= 0 ? ops[op->parent] : NULL);
    }
    add_exchanges(builder, task, stage_index, index, ops);
    return task;
}

static int32_t committing_sinks(const Task *task)
{
    int32_t count = 0;
    for (int32_t i = 0; i < task_op_count(task); i++) {
        const Op *op = task_op(task, i);
        count += op->plan && op->plan->kind == PLAN_SINK && sink_commits(op->plan);
    }
    return count;
}

static void create_tasks(Builder *builder)
{
    Job    *job = builder->job;
    int32_t total = 0;
    for (int64_t s = 0; s < builder->stages.count; s++)
        total += builder->stages.items[s].parallelism;
    job->tasks = arena_new(job->arena, Task *, total);
    for (int32_t s = 0; s < builder->stages.count; s++) {
        builder->stages.items[s].first_task = job->task_count;
        for (int32_t i = 0; i < builder->stages.items[s].parallelism; i++) {
            Task *task = create_task(builder, s, i);
            job->tasks[job->task_count++] = task;
            if (task_has_sink(task)) {
                job->sinks_alive++;
                job->outputs_alive += !task_has_dead_letters(task);
            }
            if (job->shared.epochs)
                job->shared.epochs->sink_count += committing_sinks(task);
        }
    }
}

/* Downstream tasks first in a worker's round: they make room before more is sent. */
static void share_out(Builder *builder)
{
    Job *job = builder->job;
    for (int32_t w = 0; w < job->worker_count; w++)
        job->workers[w].tasks = arena_new(job->arena, Task *, job->task_count);
    for (int64_t s = builder->stages.count - 1; s >= 0; s--) {
        const Stage *stage = &builder->stages.items[s];
        for (int32_t i = 0; i < stage->parallelism; i++) {
            Worker *worker = worker_of(job, i);
            worker->tasks[worker->task_count++] = job->tasks[stage->first_task + i];
        }
    }
}

/* ---- alignment groups ----------------------------------------------------------------------------------------------- */

static bool has_group(const OpShared *shared, Str name)
{
    for (int32_t i = 0; i < shared->alignment_count; i++)
        if (str_eq(alignment_name(shared->alignment[i]), name))
            return true;
    return false;
}

static void create_alignment(Builder *builder)
{
    OpShared *shared = &builder->job->shared;
    shared->alignment = arena_new(builder->arena, AlignmentGroup *, builder->placed.count);
    for (int64_t i = 0; i < builder->placed.count; i++) {
        const Plan *plan = builder->placed.items[i].plan;
        if (plan->kind != PLAN_SCAN || plan->scan.alignment_group.len == 0 ||
            has_group(shared, plan->scan.alignment_group))
            continue;
        int32_t members = (int32_t)builder->placed.count * KEY_GROUPS;
        shared->alignment[shared->alignment_count++] = alignment_create(builder->arena, plan->scan.alignment_group,
                                                                        members);
    }
}

Status job_build(Job *job, Error *err)
{
    Builder builder = { .job = job, .arena = job->arena };
    for (int32_t i = 0; i < job->plan->sink_count; i++) {
        Place at;
        TRY(place(&builder, job->plan->sinks[i], &at, err));
    }
    create_alignment(&builder);
    create_rings(&builder);
    create_tasks(&builder);
    share_out(&builder);
    return STATUS_OK;
}
