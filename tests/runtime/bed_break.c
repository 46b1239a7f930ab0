/* bed_break.c: see bed_break.h. Before a break everything is saved once some rows earlier, so that parts which did not change since are
 * only named, and have to be what they were. */
#include "tests/runtime/bed_break.h"

#include "runtime/job_parts.h"

#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS_BETWEEN_SAVES = 3 };

/* One part of one operator instance. */
typedef struct Kept {
    const Plan *plan;
    Str         op;
    SavedPart   part;
    bool        is_unchanged;
} Kept;

typedef struct Saved {
    LIST(Kept) parts;
} Saved;

/* ---- stepping ------------------------------------------------------------------------------------------------------- */

static void drain(Job *job, Text *out)
{
    for (Batch *batch; (batch = result_read(job->shared.result)) != NULL;) {
        bed_print(batch, out);
        batch_release(batch);
    }
}

/* Until nothing moves. */
static Status step_all(Job *job, Text *out, Error *err)
{
    for (int32_t quiet = 0; quiet < 3;) {
        quiet++;
        for (int32_t i = 0; i < job->task_count; i++) {
            TaskState state = TASK_DONE;
            TRY(task_step(job->tasks[i], &state, err));
            drain(job, out);
            if (state == TASK_PROGRESS)
                quiet = 0;
        }
    }
    return STATUS_OK;
}

static Status run_to(Bed *bed, Job *job, int64_t rows, Text *out, Error *err)
{
    atomic_store(&bed->table.hidden, bed->table.row_count - rows);
    return step_all(job, out, err);
}

/* ---- saving --------------------------------------------------------------------------------------------------------- */

static const Kept *find_part(const Saved *saved, const Op *op, int64_t number)
{
    for (int64_t i = 0; i < saved->parts.count; i++) {
        const Kept *kept = &saved->parts.items[i];
        if (kept->plan == op->plan && str_is(kept->op, op->type->name) && kept->part.instance == op->task_index &&
            kept->part.number == number)
            return kept;
    }
    return NULL;
}

static Status save_op(Bed *bed, Op *op, const Saved *before, Saved *out, Error *err)
{
    Snapshot *snapshot = snapshot_create(1);
    Status    status = op->type->save(op, snapshot, err);
    for (int64_t i = 0; status == STATUS_OK && i < snapshot->count; i++) {
        const SnapshotPart *part = &snapshot->parts[i];
        const Kept         *same = part->is_unchanged ? find_part(before, op, part->number) : NULL;
        ck_assert_msg(!part->is_unchanged || same, "a part that was never written is unchanged");
        ck_assert_msg(!find_part(out, op, part->number), "a part number is there twice");
        Kept kept = { op->plan, str_from(op->type->name), { op->task_index, part->number, STR_EMPTY }, part->is_unchanged };
        kept.part.bytes = same ? same->part.bytes : arena_str(bed->arena, text_str(&part->bytes));
        list_push(bed->arena, &out->parts, kept);
    }
    snapshot_free(snapshot);
    return status;
}

static Status save_all(Bed *bed, Job *job, const Saved *before, Saved *out, Error *err)
{
    *out = (Saved){ 0 };
    for (int32_t t = 0; t < job->task_count; t++) {
        for (int32_t i = 0; i < task_op_count(job->tasks[t]); i++) {
            Op *op = (Op *)(uintptr_t)task_op(job->tasks[t], i);
            if (op->type->save)
                TRY(save_op(bed, op, before, out, err));
        }
    }
    return STATUS_OK;
}

/* ---- loading -------------------------------------------------------------------------------------------------------- */

static int compare_parts(const void *left, const void *right)
{
    const SavedPart *a = left, *b = right;
    if (a->instance != b->instance)
        return a->instance < b->instance ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Appends to state. */
static void collect(Bed *bed, const Saved *saved, const Plan *plan, const char *op_name, SavedState *state)
{
    SavedPart *parts = arena_new(bed->arena, SavedPart, state->count + saved->parts.count);
    int64_t    first = state->count;
    if (first > 0)
        memcpy(parts, state->parts, (size_t)first * sizeof(SavedPart));
    for (int64_t i = 0; i < saved->parts.count; i++) {
        const Kept *kept = &saved->parts.items[i];
        if (kept->plan == plan && str_is(kept->op, op_name)) {
            parts[state->count++] = kept->part;
            if (first == 0 && kept->part.instance >= state->instances)
                state->instances = kept->part.instance + 1;
        }
    }
    qsort(parts + first, (size_t)(state->count - first), sizeof(SavedPart), compare_parts);
    state->parts = parts;
}

static bool has_op(const Job *job, const Plan *plan, const OpType *type)
{
    for (int32_t t = 0; t < job->task_count; t++)
        for (int32_t i = 0; i < task_op_count(job->tasks[t]); i++)
            if (task_op(job->tasks[t], i)->plan == plan && task_op(job->tasks[t], i)->type == type)
                return true;
    return false;
}

static Status load_op(Bed *bed, const Job *job, Op *op, const Saved *saved, Error *err)
{
    SavedState state = { 0 };
    collect(bed, saved, op->plan, op->type->name, &state);
    if (op->type->takes_over && !has_op(job, op->plan, op->type->takes_over))
        collect(bed, saved, op->plan, op->type->takes_over->name, &state);
    return state.count > 0 ? op->type->load(op, &state, err) : STATUS_OK;
}

typedef struct Override {
    const char       *op_name;
    const SavedState *state;
} Override;

static Status load_all(Bed *bed, Job *job, const Saved *saved, const Override *override, Error *err)
{
    for (int32_t t = 0; t < job->task_count; t++) {
        for (int32_t i = 0; i < task_op_count(job->tasks[t]); i++) {
            Op *op = (Op *)(uintptr_t)task_op(job->tasks[t], i);
            if (override && strcmp(op->type->name, override->op_name) == 0)
                TRY(op->type->load(op, override->state, err));
            else if (op->type->load)
                TRY(load_op(bed, job, op, saved, err));
        }
    }
    return STATUS_OK;
}

/* ---- runs ------------------------------------------------------------------------------------------------------------ */

static Status start(Bed *bed, Plan *result, int32_t parallelism, const Saved *saved, const Override *override, Job **job, Error *err)
{
    bed->options.parallelism = parallelism;
    TRY(bed_create(bed, &result, 1, job, err));
    return load_all(bed, *job, saved, override, err);
}

static Status run_to_break(Bed *bed, Plan *result, BedBreak at, Saved *saved, Text *out, Error *err)
{
    Job    *job = NULL;
    Saved   early;
    int64_t early_rows = at.rows > ROWS_BETWEEN_SAVES ? at.rows - ROWS_BETWEEN_SAVES : 0;
    bed->table.is_unbounded = true;
    Status status = start(bed, result, at.parallelism, saved, NULL, &job, err);
    if (status == STATUS_OK)
        status = run_to(bed, job, early_rows, out, err);
    if (status == STATUS_OK)
        status = save_all(bed, job, saved, &early, err);
    if (status == STATUS_OK)
        status = run_to(bed, job, at.rows, out, err);
    if (status == STATUS_OK)
        status = save_all(bed, job, &early, saved, err);
    atomic_fetch_add(&bed->clock.now_ms, bed->clock_steps_ms);
    job_destroy(job);
    return status;
}

static Status run_rest(Bed *bed, Plan *result, int32_t parallelism, const Saved *saved, const Override *override, Text *out, Error *err)
{
    Job *job = NULL;
    bed->table.is_unbounded = false;
    atomic_store(&bed->table.hidden, 0);
    Status status = start(bed, result, parallelism, saved, override, &job, err);
    if (status == STATUS_OK)
        status = step_all(job, out, err);
    for (int32_t i = 0; status == STATUS_OK && i < job->task_count; i++)
        ck_assert_msg(task_is_done(job->tasks[i]), "a task does not end");
    if (job)
        job_stats(job, bed->arena, &bed->stats);
    job_destroy(job);
    return status;
}

static char *lines_of(Bed *bed, Status status, Text *text)
{
    if (status != STATUS_OK) {
        text_clear(text);
        text_printf(text, "error: %s\n", bed->error.message);
    }
    char *lines = bed->keeps_order ? strdup(text_cstr(text)) : bed_sorted(text);
    text_free(text);
    return lines;
}

static char *run(Bed *bed, Plan *root, const BedBreak *breaks, int32_t count, const Override *override)
{
    Plan   *result = bed_result(bed, root);
    int32_t parallelism = bed->options.parallelism;
    Text    text = TEXT_EMPTY;
    Saved   saved = { 0 };
    Status  status = STATUS_OK;
    bed->error = ERROR_NONE;
    for (int32_t i = 0; status == STATUS_OK && i < count; i++)
        status = run_to_break(bed, result, breaks[i], &saved, &text, &bed->error);
    if (status == STATUS_OK)
        status = run_rest(bed, result, parallelism, &saved, override, &text, &bed->error);
    bed->options.parallelism = parallelism;
    bed->table.is_unbounded = false;
    atomic_store(&bed->table.hidden, 0);
    return lines_of(bed, status, &text);
}

char *bed_run_broken(Bed *bed, Plan *root, const BedBreak *breaks, int32_t count)
{
    return run(bed, root, breaks, count, NULL);
}

static void expect_one(Bed *bed, Plan *root, const BedBreak *breaks, int32_t count, int32_t parallelism, const char *expected)
{
    bed->options.parallelism = parallelism;
    char *lines = bed_run_broken(bed, root, breaks, count);
    ck_assert_msg(strcmp(lines, expected) == 0,
                  "break after %d rows at parallelism %d%s, then at %d, batches of %d:\n%s--- expected\n%s", (int)breaks[0].rows,
                  (int)breaks[0].parallelism, count > 1 ? " (and another)" : "", (int)parallelism, (int)bed->options.batch_rows, lines,
                  expected);
    free(lines);
}

void bed_expect_broken(Bed *bed, Plan *root, const char *expected)
{
    static const int32_t parallelisms[] = { 1, 2, 4 };
    int64_t              rows = bed->table.row_count;
    int64_t              step = rows <= 12 ? 1 : rows / 12;
    bed->options.ring_events = 16;
    for (int64_t at = 0; at <= rows; at += step) {
        for (int32_t i = 0; i < 9; i++) {
            int32_t  before = parallelisms[i / 3], after = parallelisms[i % 3];
            BedBreak breaks[] = { { at, before }, { at + (rows - at) / 2, after } };
            bed->options.batch_rows = at % 2 == 0 ? BATCH_ROWS : 2;
            expect_one(bed, root, breaks, 1, after, expected);
            if (i % 4 == 1)
                expect_one(bed, root, breaks, 2, before, expected);
        }
    }
}

/* ---- the bytes ------------------------------------------------------------------------------------------------------- */

static const Plan *plan_of(const Saved *saved, const char *op_name)
{
    for (int64_t i = 0; i < saved->parts.count; i++)
        if (str_is(saved->parts.items[i].op, op_name))
            return saved->parts.items[i].plan;
    ck_abort_msg("nothing was saved by %s", op_name);
    return NULL;
}

SavedState bed_saved(Bed *bed, Plan *root, BedBreak at, const char *op_name)
{
    Text       rows = TEXT_EMPTY;
    Saved      saved = { 0 };
    SavedState state = { 0 };
    int32_t    parallelism = bed->options.parallelism;
    ck_assert_int_eq(run_to_break(bed, bed_result(bed, root), at, &saved, &rows, &bed->error), STATUS_OK);
    collect(bed, &saved, plan_of(&saved, op_name), op_name, &state);
    text_free(&rows);
    bed->options.parallelism = parallelism;
    return state;
}

char *bed_run_loaded(Bed *bed, Plan *root, BedBreak at, const char *op_name, const SavedState *state)
{
    Override override = { op_name, state };
    return run(bed, root, &at, 1, &override);
}

void bed_count_parts(Bed *bed, Plan *root, BedBreak first, BedBreak second, const char *op_name, int64_t *kept, int64_t *written)
{
    Text   rows = TEXT_EMPTY;
    Saved  before = { 0 }, after = { 0 };
    Job   *job;
    Error *err = &bed->error;
    *kept = *written = 0;
    bed->table.is_unbounded = true;
    ck_assert_int_eq(start(bed, bed_result(bed, root), first.parallelism, &before, NULL, &job, err), STATUS_OK);
    ck_assert_int_eq(run_to(bed, job, first.rows, &rows, err), STATUS_OK);
    ck_assert_int_eq(save_all(bed, job, &before, &before, err), STATUS_OK);
    ck_assert_int_eq(run_to(bed, job, second.rows, &rows, err), STATUS_OK);
    ck_assert_int_eq(save_all(bed, job, &before, &after, err), STATUS_OK);
    for (int64_t i = 0; i < after.parts.count; i++) {
        const Kept *part = &after.parts.items[i];
        if (str_is(part->op, op_name))
            (*(part->is_unchanged ? kept : written))++;
    }
    job_destroy(job);
    text_free(&rows);
    bed->table.is_unbounded = false;
    atomic_store(&bed->table.hidden, 0);
}
