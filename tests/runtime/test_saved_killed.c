/* test_saved_killed.c: jobs with state that are killed again and again and go on at another parallelism, through real checkpoints: the sink holds
 * what it would hold if nothing had happened. */
#include "tests/runtime/bed.h"
#include "tests/runtime/ledger.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 3000, SPLITS = 4, KILLS = 25, RUNS_MAX = 200 };

static Bed            bed;
static Ledger         ledger;
static BedRow         rows[ROWS];
static char           folder[64];
static JobCheckpoints checkpoints;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Late and partly late rows; splits at different speeds. */
static void make_rows(uint64_t random)
{
    static const char *const keys[] = { "a", "b", "a long key that is kept outside", NULL, "e", "f", "g" };
    int64_t                  now[SPLITS] = { 0, 5, 10, 15 };
    for (int64_t i = 0; i < ROWS; i++) {
        int32_t split = (int32_t)(next_random(&random) % SPLITS);
        now[split] += (int64_t)(next_random(&random) % 9);
        int64_t late = next_random(&random) % 4 == 0 ? (int64_t)(next_random(&random) % 60) : 0;
        rows[i] = (BedRow){ .split = split, .key = keys[next_random(&random) % 7], .value = (int64_t)(next_random(&random) % 100),
                            .time = now[split] - late, .watermark = now[split] - late - 12 };
    }
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    bed.table.split_count = SPLITS;
}

static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "/tmp/tidemark-killed-XXXXXX");
    ck_assert(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void setup(void)
{
    bed_open(&bed);
    ledger_open(&ledger);
    make_folder();
    make_rows(4711);
    bed.options.clock = &env_clock;
    bed.options.batch_rows = 7;
    checkpoints = (JobCheckpoints){ .is_aligned = true, .interval_ms = 2, .timeout_ms = 60000, .keep = 2,
                                    .job_id = STR("0123456789abcdef0123456789abcdef"), .script = STR("INSERT ...") };
    bed.options.checkpoints = &checkpoints;
}

static void teardown(void)
{
    ledger_close(&ledger);
    bed_close(&bed);
    remove_folder();
}

/* One process's life: from the newest checkpoint until it is done or killed. */
static JobState live(Plan *sink, int32_t parallelism, int64_t killed_after_ms)
{
    Job   *job;
    Arena *restored = arena_create();
    bed.error = ERROR_NONE;
    bed.options.parallelism = parallelism;
    ck_assert_int_eq(checkpoint_store_open(str_from(folder), CHECKPOINT_OWN, &checkpoints.store, &bed.error), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(checkpoints.store, restored, NULL, NULL, &checkpoints.restore, &bed.error), STATUS_OK);
    ck_assert_msg(bed_create(&bed, &sink, 1, &job, &bed.error) == STATUS_OK, "%s", bed.error.message);
    ck_assert_int_eq(job_start(job, &bed.error), STATUS_OK);
    if (killed_after_ms >= 0) {
        job_wait(job, killed_after_ms);
        job_cancel(job);
    }
    ck_assert(job_wait(job, 60000));
    JobState state = job_state(job);
    ck_assert_msg(state != JOB_FAILED, "%s", job_error(job)->message);
    job_destroy(job);
    checkpoint_store_close(checkpoints.store);
    arena_destroy(restored);
    return state;
}

static char *ledger_lines(void)
{
    Text  copy = TEXT_EMPTY;
    text_append(&copy, text_str(&ledger.lines));
    char *lines = bed_sorted(&copy);
    text_free(&copy);
    text_clear(&ledger.lines);
    return lines;
}

static Plan *sink_of(Plan *plan, const int32_t *columns)
{
    Plan *sink = bed_sink(&bed, bed_project(&bed, plan, columns, 2));
    sink->sink.connector = &ledger_connector;
    return sink;
}

/* Once undisturbed, and once killed at random times with random parallelisms in between. */
static void expect_as_undisturbed(Plan *plan, const int32_t *columns, uint64_t random)
{
    int32_t kills = 0;
    Plan   *sink = sink_of(plan, columns);
    ck_assert_int_eq(live(sink, 1, -1), JOB_FINISHED);
    char *expected = ledger_lines();
    ck_assert_int_gt((int64_t)strlen(expected), 1000);
    remove_folder();
    make_folder();
    memset(ledger.markers, 0, sizeof(ledger.markers));
    JobState state = JOB_CANCELLED;
    for (int32_t run = 0; run < RUNS_MAX && state != JOB_FINISHED; run++) {
        int32_t parallelism = 1 << next_random(&random) % 3;
        state = live(sink, parallelism, run < KILLS ? (int64_t)(next_random(&random) % 14) : -1);
        kills += state == JOB_CANCELLED;
    }
    ck_assert_int_eq(state, JOB_FINISHED);
    ck_assert_int_gt(kills, 0);
    char *lines = ledger_lines();
    ck_assert_msg(strcmp(lines, expected) == 0, "after %d kills:\n%s--- expected\n%s", (int)kills, lines, expected);
    free(lines);
    free(expected);
}

static AggregateCall **calls_of(const Plan *input)
{
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 2);
    calls[0] = bed_call(&bed, input, "count", -1);
    calls[1] = bed_call(&bed, input, "sum", BED_VALUE);
    return calls;
}

static const int32_t by_key[] = { BED_KEY };
static const int32_t sum_and_end[] = { 2, 4 };

START_TEST(of_windows)
{
    static const struct {
        WindowKind kind;
        int64_t    size, slide;
    } windows[] = { { WINDOW_TUMBLE, 50, 0 }, { WINDOW_HOP, 100, 20 }, { WINDOW_CUMULATE, 100, 25 } };
    PlanWindowSpec window = bed_window(windows[_i].kind, windows[_i].size, windows[_i].slide);
    Plan          *scan = bed_scan(&bed, true);
    expect_as_undisturbed(bed_window_aggregate(&bed, scan, window, by_key, 1, calls_of(scan), 2), sum_and_end, 99 + (uint64_t)_i);
}
END_TEST

/* Sessions of several splits depend on how the splits advance together, so there is one. */
START_TEST(of_sessions)
{
    for (int64_t i = 0; i < ROWS; i++)
        rows[i].split = 0;
    bed.table.split_count = 1;
    Plan *scan = bed_scan(&bed, true);
    expect_as_undisturbed(bed_window_aggregate(&bed, scan, bed_window(WINDOW_SESSION, 40, 0), by_key, 1, calls_of(scan), 2), sum_and_end, 5);
}
END_TEST

/* One split: what a group's changes are depends on the order of its rows. */
START_TEST(of_groups)
{
    static const int32_t count_and_sum[] = { 1, 2 };
    for (int64_t i = 0; i < ROWS; i++)
        rows[i].split = 0;
    bed.table.split_count = 1;
    Plan *scan = bed_scan(&bed, true);
    expect_as_undisturbed(bed_group(&bed, scan, by_key, 1, calls_of(scan), 2), count_and_sum, 17);
}
END_TEST

Suite *suite_saved_killed(void)
{
    Suite *suite = suite_create("saved_killed");
    TCase *tcase = tcase_create("saved_killed");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, of_windows, 0, 3);
    tcase_add_test(tcase, of_sessions);
    tcase_add_test(tcase, of_groups);
    suite_add_tcase(suite, tcase);
    return suite;
}
