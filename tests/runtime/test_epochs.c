/* test_epochs.c: jobs that take checkpoints, are killed and go on: nothing is lost, nothing comes twice. */
#include "runtime/job_steps.h"
#include "tests/runtime/bed.h"
#include "tests/runtime/ledger.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 4000, KILLS = 30 };

static Bed            bed;
static Ledger         ledger;
static BedRow         rows[ROWS];
static char           folder[64];
static JobCheckpoints checkpoints;
static Arena         *restored; /* what the last start went on from */

static void setup(void)
{
    bed_open(&bed);
    ledger_open(&ledger);
    snprintf(folder, sizeof(folder), "/tmp/tidemark-epochs-XXXXXX");
    ck_assert(mkdtemp(folder));
    bed.options.clock = &env_clock;
    checkpoints = (JobCheckpoints){ .is_aligned = true, .interval_ms = 2, .timeout_ms = 20000, .keep = 2,
                                    .job_id = STR("0123456789abcdef0123456789abcdef"), .script = STR("INSERT ...") };
    bed.options.checkpoints = &checkpoints;
}

static void teardown(void)
{
    char command[96];
    ledger_close(&ledger);
    bed_close(&bed);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void numbered_rows(int32_t splits)
{
    static const char *const keys[] = { "a", "b", "a long key that is kept outside", NULL };
    for (int64_t i = 0; i < ROWS; i++)
        rows[i] = (BedRow){ .split = (int32_t)(i % splits), .key = keys[i % 4], .value = i, .time = i, .watermark = i - 10 };
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    bed.table.split_count = splits;
}

static Plan *ledger_sink_of(Plan *input)
{
    Plan *sink = bed_sink(&bed, input);
    sink->sink.connector = &ledger_connector;
    return sink;
}

/* The plan, which is to go on from the folder's newest checkpoint. */
static Job *create(Plan *sink, int32_t parallelism)
{
    Job *job;
    bed.error = ERROR_NONE;
    restored = arena_create();
    bed.options.parallelism = parallelism;
    ck_assert_int_eq(checkpoint_store_open(str_from(folder), CHECKPOINT_OWN, &checkpoints.store, &bed.error), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(checkpoints.store, restored, NULL, NULL, &checkpoints.restore, &bed.error), STATUS_OK);
    ck_assert_msg(bed_create(&bed, &sink, 1, &job, &bed.error) == STATUS_OK, "%s", bed.error.message);
    return job;
}

static Job *start(Plan *sink, int32_t parallelism)
{
    Job *job = create(sink, parallelism);
    ck_assert_int_eq(job_start(job, &bed.error), STATUS_OK);
    return job;
}

static JobState end(Job *job)
{
    ck_assert(job_wait(job, 20000));
    JobState state = job_state(job);
    ck_assert_msg(state != JOB_FAILED, "%s", job_error(job)->message);
    job_join(job);
    job_stats(job, bed.arena, &bed.stats);
    job_destroy(job);
    checkpoint_store_close(checkpoints.store);
    arena_destroy(restored);
    return state;
}

/* Every value 0 .. count-1 has exactly one line, in ascending order within its split. */
static void expect_each_once(int64_t count, int32_t splits)
{
    static int64_t seen[ROWS];
    int64_t        last[64];
    Str            lines = text_str(&ledger.lines), line;
    memset(seen, 0, sizeof(seen));
    memset(last, -1, sizeof(last));
    while (str_split(&lines, '\n', &line)) {
        int64_t value;
        ck_assert_msg(str_to_i64(str_trim(line), &value) && value >= 0 && value < count, "line %.*s", STR_FMT(line));
        seen[value]++;
        ck_assert_msg(value > last[value % splits], "%lld comes behind %lld", (long long)value, (long long)last[value % splits]);
        last[value % splits] = value;
    }
    for (int64_t i = 0; i < count; i++)
        ck_assert_msg(seen[i] == 1, "value %lld came %lld times", (long long)i, (long long)seen[i]);
}

static Plan *values_to_ledger(void)
{
    static const int32_t columns[] = { BED_VALUE };
    return ledger_sink_of(bed_project(&bed, bed_scan(&bed, true), columns, 1));
}

START_TEST(a_bounded_job_commits_all_and_is_over)
{
    static const int32_t parallelisms[] = { 1, 2, 4 };
    numbered_rows(4);
    Plan *sink = values_to_ledger();
    ck_assert_int_eq(end(start(sink, parallelisms[_i])), JOB_FINISHED);
    expect_each_once(ROWS, 4);
    ck_assert(bed.stats.has_checkpoints && bed.stats.checkpoints.count > 0);
    /* started again, there is nothing left to do */
    ck_assert_int_eq(end(start(sink, parallelisms[_i])), JOB_FINISHED);
    expect_each_once(ROWS, 4);
}
END_TEST

START_TEST(killed_again_and_again_it_gives_every_row_once)
{
    uint64_t random = 7919 * (uint64_t)(_i + 1);
    numbered_rows(4);
    bed.options.batch_rows = 7;
    ledger.slowness = _i % 3;
    Plan *sink = values_to_ledger();
    bed.table.is_unbounded = true; /* it cannot end before it is killed */
    for (int32_t run = 0; run < KILLS; run++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        bed.table.hidden = ROWS - ROWS / KILLS * (run + 1);
        Job *job = start(sink, 1 << (random >> 33) % 3);
        job_wait(job, (int64_t)(random >> 40) % 12);
        job_cancel(job);
        ck_assert_int_eq(end(job), JOB_CANCELLED);
    }
    bed.table.is_unbounded = false;
    bed.table.hidden = 0;
    ck_assert_int_eq(end(start(sink, 2)), JOB_FINISHED);
    expect_each_once(ROWS, 4);
}
END_TEST

START_TEST(a_stopped_job_goes_on_where_it_was)
{
    numbered_rows(2);
    bed.table.is_unbounded = true;
    bed.table.hidden = ROWS - 100;
    checkpoints.interval_ms = 0; /* only the last one */
    Plan *sink = values_to_ledger();
    Job  *job = start(sink, 2);
    bed_await_rows(&bed, job, 100);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    ck_assert_int_eq(bed.stats.checkpoints.count, 1);
    expect_each_once(100, 2);
    bed.table.hidden = 0;
    job = start(sink, 1);
    bed_await_rows(&bed, job, ROWS - 100);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

static bool await_lines(int64_t size)
{
    for (int32_t i = 0; i < 500; i++) {
        env_mutex_lock(ledger.mutex);
        bool is_there = ledger.lines.len > size;
        env_mutex_unlock(ledger.mutex);
        if (is_there)
            return true;
        env_sleep_ms(10);
    }
    return false;
}

/* Who waits for results has waited long enough when the job starts again: its first epoch ends soon after the first row, however long the
 * interval is. */
START_TEST(a_job_that_goes_on_shows_its_first_rows_at_once)
{
    numbered_rows(2);
    bed.table.is_unbounded = true;
    bed.table.hidden = ROWS - 100;
    Plan *sink = values_to_ledger();
    Job  *job = start(sink, 2);
    ck_assert(await_lines(0));
    job_cancel(job);
    ck_assert_int_eq(end(job), JOB_CANCELLED);
    int64_t size = ledger.lines.len;
    checkpoints.interval_ms = 3600000;
    bed.table.hidden = 100;
    job = start(sink, 2);
    ck_assert(await_lines(size));
    env_sleep_ms(100);
    ck_assert_int_ge(ledger.commits, 1);
    job_stats(job, bed.arena, &bed.stats);
    ck_assert_int_eq(bed.stats.checkpoints.count, 1); /* what comes behind waits for the interval */
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    bed.table.hidden = 0;
    bed.table.is_unbounded = false;
    ck_assert_int_eq(end(start(sink, 2)), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

/* A source that asks a broker for its splits knows nothing of them for a while. A checkpoint that was taken then would
 * not have the positions that it was given, and the start after it would read all again. */
START_TEST(no_checkpoint_before_a_source_knows_its_splits)
{
    numbered_rows(2);
    bed.table.is_unbounded = true;
    bed.table.hidden = ROWS - 100;
    Plan *sink = values_to_ledger();
    Job  *job = start(sink, 2);
    bed_await_rows(&bed, job, 100);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    bed.table.unknown_for = INT64_MAX;
    job = start(sink, 2);
    job_wait(job, 300);
    job_cancel(job);
    ck_assert_int_eq(end(job), JOB_CANCELLED);
    ck_assert_int_eq(bed.stats.checkpoints.count, 0);
    bed.table.unknown_for = 3;
    bed.table.hidden = 0;
    job = start(sink, 1);
    bed_await_rows(&bed, job, ROWS - 100);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

START_TEST(a_drained_job_has_ended)
{
    numbered_rows(2);
    bed.table.is_unbounded = true;
    Plan *sink = values_to_ledger();
    Job  *job = start(sink, 2);
    bed_await_rows(&bed, job, ROWS);
    job_stop(job, true);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 2);
    ck_assert_int_eq(end(start(sink, 2)), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

/* ---- savepoints ---------------------------------------------------------------------------------------------------------- */

static Str savepoint_path(void)
{
    static char path[96];
    snprintf(path, sizeof(path), "%s/savepoint", folder);
    return str_from(path);
}

/* Starts the plan from the savepoint, in a folder of its own that is empty. */
static Job *start_from_savepoint(Plan *sink, int32_t parallelism)
{
    static char own[96];
    Job        *job;
    snprintf(own, sizeof(own), "%s/own", folder);
    restored = arena_create();
    bed.error = ERROR_NONE;
    bed.options.parallelism = parallelism;
    CheckpointStore *store;
    ck_assert_int_eq(checkpoint_store_open(savepoint_path(), CHECKPOINT_LOOK, &store, &bed.error), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(store, restored, NULL, NULL, &checkpoints.restore, &bed.error), STATUS_OK);
    ck_assert_int_eq(checkpoints.restore->kind, CHECKPOINT_SAVEPOINT);
    checkpoint_store_close(store);
    ck_assert_int_eq(checkpoint_store_open(str_from(own), CHECKPOINT_OWN, &checkpoints.store, &bed.error), STATUS_OK);
    checkpoints.may_rewind = true;
    ck_assert_msg(bed_create(&bed, &sink, 1, &job, &bed.error) == STATUS_OK, "%s", bed.error.message);
    ck_assert_int_eq(job_start(job, &bed.error), STATUS_OK);
    checkpoints.may_rewind = false;
    return job;
}

static void must_save(Job *job, SavepointThen then)
{
    Error err = ERROR_NONE;
    ck_assert_msg(job_savepoint(job, savepoint_path(), then, &err) == STATUS_OK, "%s", err.message);
}

static Job *start_with_half(Plan *sink)
{
    bed.table.is_unbounded = true;
    bed.table.hidden = ROWS / 2;
    Job *job = start(sink, 2);
    bed_await_rows(&bed, job, ROWS / 2);
    return job;
}

START_TEST(a_savepoint_beside_a_running_job)
{
    numbered_rows(2);
    ledger.slowness = _i;
    Plan *sink = values_to_ledger();
    Job  *job = start_with_half(sink);
    must_save(job, SAVEPOINT_GO_ON);
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    bed.table.hidden = 0;
    bed_await_rows(&bed, job, ROWS);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 2);
    bed.table.is_unbounded = false; /* back to the savepoint: only what was read behind it is read again */
    ck_assert_int_eq(end(start_from_savepoint(sink, 4)), JOB_FINISHED);
    ck_assert_int_eq(bed.stats.rows_in, ROWS / 2);
}
END_TEST

START_TEST(a_job_stops_with_a_savepoint)
{
    numbered_rows(2);
    Plan *sink = values_to_ledger();
    Job  *job = start_with_half(sink);
    must_save(job, SAVEPOINT_STOP);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS / 2, 2);
    bed.table.is_unbounded = false;
    bed.table.hidden = 0;
    ck_assert_int_eq(end(start_from_savepoint(sink, 4)), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

START_TEST(a_drained_job_leaves_the_savepoint_of_one_that_has_ended)
{
    numbered_rows(2);
    Plan *sink = values_to_ledger();
    Job  *job = start_with_half(sink);
    must_save(job, SAVEPOINT_DRAIN);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS / 2, 2);
    ck_assert_int_eq(end(start_from_savepoint(sink, 2)), JOB_FINISHED);
    expect_each_once(ROWS / 2, 2);
}
END_TEST

START_TEST(a_job_whose_savepoint_cannot_be_written_goes_on)
{
    SavepointThen then = _i ? SAVEPOINT_STOP : SAVEPOINT_GO_ON;
    Error         err = ERROR_NONE;
    numbered_rows(2);
    fclose(fopen(savepoint_path().ptr, "w")); /* a file is in its place */
    Job *job = start_with_half(values_to_ledger());
    ck_assert_int_eq(job_savepoint(job, savepoint_path(), then, &err), STATUS_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "/savepoint\""));
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    bed.table.hidden = 0;
    bed_await_rows(&bed, job, ROWS);
    ck_assert_int_eq(remove(savepoint_path().ptr), 0);
    must_save(job, then);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 2);
}
END_TEST

static void cancel_soon(void *job)
{
    env_sleep_ms(50);
    job_cancel(job);
}

START_TEST(a_job_that_ends_answers_who_waits_for_a_savepoint)
{
    Error err = ERROR_NONE, late = ERROR_NONE;
    numbered_rows(2);
    checkpoints.interval_ms = 0;
    bed.table.unknown_for = 1000000; /* no barrier can pass */
    bed.table.is_unbounded = true;
    Job       *job = start(values_to_ledger(), 2);
    EnvThread *thread;
    ck_assert_int_eq(env_thread_start(&thread, "cancel", cancel_soon, job, &err), STATUS_OK);
    ck_assert_int_eq(job_savepoint(job, savepoint_path(), SAVEPOINT_STOP, &err), STATUS_INVALID);
    ck_assert_str_eq(err.message, "the job ended before its savepoint was complete");
    env_thread_join(thread);
    job_wait(job, 5000);
    ck_assert_int_eq(job_savepoint(job, savepoint_path(), SAVEPOINT_STOP, &late), STATUS_INVALID);
    ck_assert_str_eq(late.message, "the job does not run any more");
    ck_assert_int_eq(end(job), JOB_CANCELLED);
}
END_TEST

/* A file call of the coordinator fails now and then: the checkpoint is written again, the job goes on. */
START_TEST(a_write_that_fails_is_tried_again)
{
    numbered_rows(2);
    bed.table.is_unbounded = true;
    bed.table.hidden = ROWS - 10;
    Job *job = start(values_to_ledger(), 2);
    for (int32_t i = 0; i < 40; i++) {
        env_fail_file_after(1 + i % 13);
        env_sleep_ms(5);
        bed.table.hidden -= 10;
    }
    env_fail_file_after(0);
    bed.table.hidden = 0;
    bed_await_rows(&bed, job, ROWS);
    job_stop(job, false);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    ck_assert_int_gt(bed.stats.checkpoints.failures, 0);
    expect_each_once(ROWS, 2);
}
END_TEST

/* What a process left that died while it wrote. */
START_TEST(an_unfinished_checkpoint_is_no_obstacle)
{
    char path[128];
    numbered_rows(1);
    Plan *sink = values_to_ledger();
    Job  *job = start(sink, 1);
    job_cancel(job);
    end(job);
    for (int32_t epoch = 1; epoch < 100; epoch++) {
        snprintf(path, sizeof(path), "%s/epoch-%06d.data", folder, epoch);
        fclose(fopen(path, "w"));
    }
    ck_assert_int_eq(end(start(sink, 1)), JOB_FINISHED);
    expect_each_once(ROWS, 1);
}
END_TEST

START_TEST(another_plan_is_refused)
{
    numbered_rows(1);
    ck_assert_int_eq(end(start(values_to_ledger(), 1)), JOB_FINISHED);
    Job  *job;
    Plan *other = ledger_sink_of(bed_filter_value_below(&bed, bed_scan(&bed, true), 3));
    restored = arena_create();
    ck_assert_int_eq(checkpoint_store_open(str_from(folder), CHECKPOINT_OWN, &checkpoints.store, &bed.error), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(checkpoints.store, restored, NULL, NULL, &checkpoints.restore, &bed.error), STATUS_OK);
    ck_assert_int_eq(bed_create(&bed, &other, 1, &job, &bed.error), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(bed.error.message, "cannot be restored"));
    error_clear(&bed.error);
    checkpoint_store_close(checkpoints.store);
    arena_destroy(restored);
}
END_TEST

START_TEST(a_job_without_rows_ends)
{
    bed.table.rows = rows;
    bed.table.row_count = 0;
    ck_assert_int_eq(end(start(values_to_ledger(), 2)), JOB_FINISHED);
    ck_assert_int_eq(ledger.lines.len, 0);
}
END_TEST

/* All on this thread, each task as often as it likes. */
START_TEST(a_job_may_be_stepped_by_its_caller)
{
    numbered_rows(4);
    Job    *job = create(values_to_ledger(), 2);
    int64_t wake_ms;
    job_steps_begin(job);
    ck_assert_int_eq(job_task_count(job), 2);
    for (int64_t step = 0; !job_steps_are_over(job); step++) {
        TaskState state;
        ck_assert_int_lt(step, 10000000);
        job_step_task(job, step % 7 < 5, &state, &wake_ms);
        job_step_coordinator(job);
    }
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    job_steps_end(job);
    ck_assert_int_eq(end(job), JOB_FINISHED);
    expect_each_once(ROWS, 4);
}
END_TEST

/* A task that waits for its sink's last commit names a time that is still to come: a worker would else run round and round. */
START_TEST(who_waits_for_the_last_commit_sleeps)
{
    numbered_rows(1);
    ledger.slowness = 30;
    Job    *job = create(values_to_ledger(), 1);
    int64_t waits = 0;
    job_steps_begin(job);
    while (!job_steps_are_over(job)) {
        TaskState state;
        int64_t   wake_ms, now_ms = clock_now_ms(&env_clock);
        job_step_task(job, 0, &state, &wake_ms);
        job_step_coordinator(job);
        if (state != TASK_WAITING)
            continue;
        ck_assert_int_ge(wake_ms, now_ms);
        env_sleep_ms(2);
        waits++;
    }
    job_steps_end(job);
    ck_assert_int_ge(waits, ledger.slowness);
    ck_assert_int_eq(end(job), JOB_FINISHED);
}
END_TEST

Suite *suite_epochs(void);
Suite *suite_epochs(void)
{
    Suite *suite = suite_create("epochs");
    TCase *tcase = tcase_create("epochs");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_bounded_job_commits_all_and_is_over, 0, 3);
    tcase_add_loop_test(tcase, killed_again_and_again_it_gives_every_row_once, 0, 6);
    tcase_add_test(tcase, a_stopped_job_goes_on_where_it_was);
    tcase_add_test(tcase, a_job_that_goes_on_shows_its_first_rows_at_once);
    tcase_add_test(tcase, no_checkpoint_before_a_source_knows_its_splits);
    tcase_add_test(tcase, a_drained_job_has_ended);
    tcase_add_loop_test(tcase, a_savepoint_beside_a_running_job, 0, 3);
    tcase_add_test(tcase, a_job_stops_with_a_savepoint);
    tcase_add_test(tcase, a_drained_job_leaves_the_savepoint_of_one_that_has_ended);
    tcase_add_loop_test(tcase, a_job_whose_savepoint_cannot_be_written_goes_on, 0, 2);
    tcase_add_test(tcase, a_job_that_ends_answers_who_waits_for_a_savepoint);
    tcase_add_test(tcase, a_write_that_fails_is_tried_again);
    tcase_add_test(tcase, an_unfinished_checkpoint_is_no_obstacle);
    tcase_add_test(tcase, another_plan_is_refused);
    tcase_add_test(tcase, a_job_without_rows_ends);
    tcase_add_test(tcase, a_job_may_be_stepped_by_its_caller);
    tcase_add_test(tcase, who_waits_for_the_last_commit_sleeps);
    suite_add_tcase(suite, tcase);
    return suite;
}
