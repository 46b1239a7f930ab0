/* test_savepoints.c: savepoints through the public interface. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static ApiBed bed;
static char   folder[64];

static void set_path(const char *key, const char *below)
{
    char text[256];
    snprintf(text, sizeof(text), "SET '%s' = '%s/%s'", key, folder, below);
    api_run(&bed, text);
}

static void open_in(const char *state)
{
    bed = api_open();
    set_path("execution.checkpointing.dir", state);
    api_run(&bed, "CREATE TABLE s (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.i.kind' = 'sequence', "
                  "'fields.i.start' = '0', 'fields.i.end' = '1000000')");
    api_run(&bed, "CREATE TABLE hole (i BIGINT) WITH ('connector' = 'blackhole')");
}

static void setup(void)
{
    snprintf(folder, sizeof(folder), "/tmp/tidemark-savepoints-XXXXXX");
    ck_assert(mkdtemp(folder));
    open_in("state");
}

static void teardown(void)
{
    char command[96];
    api_close(&bed);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static tide_job *start(void)
{
    tide_result *result = api_execute(&bed, "INSERT INTO hole SELECT i FROM s");
    tide_job    *job = tide_job_hold(tide_result_job(result));
    tide_result_close(result);
    return job;
}

static int64_t rows_in(const tide_job *job)
{
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    return stats.rows_in;
}

static const char *below(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static bool is_below(const char *path, const char *name)
{
    struct stat found;
    return strncmp(path, below(name), strlen(below(name))) == 0 && strstr(path, "/savepoint-") && stat(path, &found) == 0;
}

START_TEST(a_job_saves_goes_on_and_stops)
{
    tide_job   *job = start();
    tide_error *err = NULL;
    const char *first, *second, *third;
    ck_assert_str_eq(tide_job_state_folder(job), below("state/job-1"));
    ck_assert_msg(tide_job_savepoint(job, below("a/b"), &first, &err) == TIDE_OK, "%s", tide_error_message(err));
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_RUNNING);
    ck_assert_int_eq(tide_job_savepoint(job, below("a/b"), &second, &err), TIDE_OK);
    ck_assert_str_ne(first, second);
    ck_assert_int_eq(tide_job_stop_with_savepoint(job, false, below("c"), &third, &err), TIDE_OK);
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_FINISHED);
    ck_assert(is_below(first, "a/b") && is_below(second, "a/b") && is_below(third, "c"));
    ck_assert_int_eq(tide_job_savepoint(job, below("c"), &second, &err), TIDE_E_VALIDATE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_VALIDATE: the job does not run any more");
    tide_job_release(job);
}
END_TEST

START_TEST(the_setting_says_where)
{
    tide_error *err = NULL;
    const char *path;
    tide_job   *job = start();
    ck_assert_int_eq(tide_job_savepoint(job, NULL, &path, &err), TIDE_E_VALIDATE);
    ck_assert_str_eq(api_take_error(&bed, err),
                     "TIDE_E_VALIDATE: where is the savepoint to go? execution.checkpointing.savepoint-dir is not set");
    tide_job_cancel(job);
    tide_job_wait(job, -1, NULL);
    tide_job_release(job);
    set_path("execution.checkpointing.savepoint-dir", "saved");
    job = start();
    err = NULL;
    ck_assert_msg(tide_job_stop_with_savepoint(job, true, NULL, &path, &err) == TIDE_OK, "%s", tide_error_message(err));
    ck_assert(is_below(path, "saved"));
    tide_job_release(job);
}
END_TEST

START_TEST(another_engine_begins_from_it)
{
    char        text[256];
    tide_error *err = NULL;
    const char *path;
    tide_job   *job = start();
    while (rows_in(job) < 100)
        tide_job_wait(job, 5, NULL);
    ck_assert_int_eq(tide_job_stop_with_savepoint(job, false, below("saved"), &path, &err), TIDE_OK);
    int64_t before = rows_in(job);
    char    id[33];
    snprintf(id, sizeof(id), "%s", tide_job_id(job));
    snprintf(text, sizeof(text), "SET 'execution.state-recovery.path' = '%s'", path);
    tide_job_release(job);
    api_close(&bed);
    open_in("other");
    api_run(&bed, text);
    api_run(&bed, "CREATE TABLE t (i BIGINT) WITH ('connector' = 'push')");
    job = start();
    ck_assert_str_eq(tide_job_id(job), id);
    while (rows_in(job) == 0)
        tide_job_wait(job, 5, NULL);
    ck_assert_int_eq(tide_job_stop_with_savepoint(job, false, below("saved"), &path, &err), TIDE_OK);
    snprintf(text, sizeof(text), "%s/other/job-1", folder);
    tide_result *shown;
    ck_assert_int_eq(tide_checkpoint_show(bed.session, text, 0, &shown, &err), TIDE_OK);
    ck_assert_ptr_nonnull(strstr(api_rows_of(&bed, shown), "TableSource"));
    tide_result_close(shown);
    ck_assert_int_gt(before, 0);
    tide_job_release(job);
}
END_TEST

START_TEST(checkpoints_are_copied)
{
    tide_error  *err = NULL;
    tide_result *copied;
    tide_job    *job = start();
    tide_job_stop(job, false);
    ck_assert_int_eq(tide_job_wait(job, -1, NULL), TIDE_OK);
    tide_job_release(job);
    char state[128];
    snprintf(state, sizeof(state), "%s", below("state"));
    ck_assert_int_eq(tide_checkpoint_export(bed.session, state, 0, below("saved"), &copied, &err), TIDE_OK);
    const char *row = api_rows_of(&bed, copied);
    ck_assert_msg(strncmp(row, "[job-1, 1, ", 11) == 0 && strstr(row, "/saved/savepoint-"), "%s", row);
    tide_result_close(copied);
    ck_assert_int_eq(tide_checkpoint_export(bed.session, state, 9, below("saved"), &copied, &err), TIDE_E_VALIDATE);
    ck_assert_ptr_nonnull(strstr(api_take_error(&bed, err), "there is no checkpoint of epoch 9 in"));
}
END_TEST

Suite *suite_savepoints(void);
Suite *suite_savepoints(void)
{
    Suite *suite = suite_create("savepoints");
    TCase *tcase = tcase_create("savepoints");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_job_saves_goes_on_and_stops);
    tcase_add_test(tcase, the_setting_says_where);
    tcase_add_test(tcase, another_engine_begins_from_it);
    tcase_add_test(tcase, checkpoints_are_copied);
    suite_add_tcase(suite, tcase);
    return suite;
}
