/* test_file_epochs.c: files exactly once: what a checkpoint holds of them, and what recovery makes of a folder that a dead process left. */
#include "tests/connectors/table.h"

#include "core/env_files.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define ROLLING "format=raw;sink.rolling-policy.file-size=10 b"
#define GROWING "format=raw"

static char directory[64];
static Text output; /* of the last seal */
static Text files;

static void setup(void)
{
    snprintf(directory, sizeof(directory), "%s", temp_directory());
    output = files = TEXT_EMPTY;
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
    text_free(&output);
    text_free(&files);
}

static Table *open_as(const char *options, int32_t instance, int32_t count)
{
    char all[512];
    snprintf(all, sizeof(all), "connector=filesystem;path=%s;%s", directory, options);
    Table *table = table_open("s STRING", "", "", all);
    table->io.has_epochs = true;
    table->io.job_id = STR("0123456789abcdef0123456789abcdef");
    table->io.sink_number = 4;
    table->io.task_index = instance;
    table->io.task_count = count;
    ck_assert_int_eq(table_connector_of(table)->sink->open(&table->io, &table->sink, &table->err), STATUS_OK);
    return table;
}

static Status recover_with(Table *table, SinkRecovery recovery)
{
    bool    done = false;
    int64_t held = -1;
    return table_connector_of(table)->sink->recover(table->sink, &recovery, &done, &held, &table->err);
}

/* As a process does that starts from the last sealed epoch; its instance was `instance`. */
static const char *recover(Table *table, int64_t epoch, int32_t instance)
{
    SinkEpoch    sealed = { .epoch = epoch, .instance = instance, .output = text_str(&output) };
    SinkRecovery recovery = { .restored = epoch, .epochs = &sealed, .count = output.len > 0 };
    recover_with(table, recovery);
    return table->err.message;
}

static Table *first_start(const char *options)
{
    Table *table = open_as(options, 0, 1);
    ck_assert_str_eq(recover(table, 0, 0), "");
    return table;
}

static void write_row(Table *table, const char *text)
{
    char    json[100];
    Codec  *codec;
    int64_t taken;
    snprintf(json, sizeof(json), "{\"s\":\"%s\"}\n", text);
    Batch *batch = table_batch(table, json, &codec);
    ck_assert_int_eq(table_connector_of(table)->sink->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    codec_close(codec);
}

static void seal(Table *table, int64_t epoch)
{
    text_clear(&output);
    ck_assert_int_eq(table_connector_of(table)->sink->seal(table->sink, epoch, &output, &table->err), STATUS_OK);
}

static void commit(Table *table, int64_t epoch)
{
    bool done = false;
    ck_assert_int_eq(table_connector_of(table)->sink->commit(table->sink, epoch, &done, &table->err), STATUS_OK);
    ck_assert(done);
}

/* What kill -9 leaves: what was handed to the system is in the files, the rest is gone. */
static void die(Table *table)
{
    bool done;
    table_connector_of(table)->sink->flush(table->sink, &done, &table->err);
    table_close(table);
}

/* All that a reader sees, file after file. */
static const char *shown(void)
{
    char command[256];
    char line[256];
    text_clear(&files);
    snprintf(command, sizeof(command), "cd %s && cat $(ls | sort) /dev/null | sort", directory);
    FILE *pipe = popen(command, "r");
    while (fgets(line, sizeof(line), pipe))
        text_puts(&files, line);
    pclose(pipe);
    return text_cstr(&files);
}

static int64_t hidden_parts(void)
{
    char command[256];
    int  count = -1;
    snprintf(command, sizeof(command), "ls -A %s | grep -c inprogress", directory);
    FILE *pipe = popen(command, "r");
    ck_assert_int_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

static void shell(const char *format)
{
    char command[512];
    snprintf(command, sizeof(command), format, directory);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(ended_files_show_with_their_epoch)
{
    Table *table = first_start(ROLLING);
    write_row(table, "1-23456789");
    ck_assert_str_eq(shown(), "");
    seal(table, 1);
    write_row(table, "2-23456789");
    ck_assert_str_eq(shown(), "");
    commit(table, 1);
    ck_assert_str_eq(shown(), "1-23456789\n");
    seal(table, 2);
    commit(table, 2);
    ck_assert_str_eq(shown(), "1-23456789\n2-23456789\n");
    ck_assert_int_eq(hidden_parts(), 0);
    table_close(table);
}
END_TEST

START_TEST(what_was_written_behind_the_checkpoint_is_cut_off)
{
    Table *table = first_start(GROWING);
    write_row(table, "a");
    seal(table, 1);
    commit(table, 1);
    write_row(table, "b");
    die(table);
    ck_assert_int_eq(hidden_parts(), 1);
    table = open_as(GROWING, 0, 1);
    ck_assert_str_eq(recover(table, 1, 0), "");
    ck_assert_str_eq(shown(), "a\n");
    write_row(table, "b");
    seal(table, 2);
    commit(table, 2);
    ck_assert_int_eq(table_connector_of(table)->sink->finish(table->sink, &table->err), STATUS_OK);
    ck_assert_str_eq(shown(), "a\nb\n");
    ck_assert_int_eq(hidden_parts(), 0);
    table_close(table);
}
END_TEST

START_TEST(files_that_no_checkpoint_knows_are_removed)
{
    Table *table = first_start(ROLLING);
    write_row(table, "1-23456789");
    die(table);
    ck_assert_int_eq(hidden_parts(), 1);
    table = first_start(ROLLING);
    ck_assert_int_eq(hidden_parts(), 0);
    write_row(table, "1-23456789");
    seal(table, 1);
    write_row(table, "2-23456789");
    write_row(table, "3");
    die(table);
    write_file(directory, ".tidemark-ffffffffffffffffffffffffffffffff-4-0.part-x-0-1.inprogress", "of another job");
    table = open_as(ROLLING, 0, 1);
    ck_assert_str_eq(recover(table, 1, 0), "");
    ck_assert_str_eq(shown(), "1-23456789\n");
    ck_assert_int_eq(hidden_parts(), 1);
    table_close(table);
}
END_TEST

START_TEST(a_commit_that_was_half_done_is_finished_and_may_be_repeated)
{
    Table *table = first_start(ROLLING);
    write_row(table, "1-23456789");
    write_row(table, "2-23456789");
    seal(table, 1);
    die(table);
    shell("cd %s && f=$(ls -A | grep -- '-0.inprogress') && mv $f ${f#*.*.} && mv part-*.inprogress $(ls | sed 's/.inprogress//')");
    ck_assert_int_eq(hidden_parts(), 1);
    for (int32_t i = 0; i < 3; i++) {
        table = open_as(ROLLING, 0, 1);
        ck_assert_str_eq(recover(table, 1, 0), "");
        ck_assert_str_eq(shown(), "1-23456789\n2-23456789\n");
        table_close(table);
    }
}
END_TEST

START_TEST(a_file_that_was_shown_may_be_taken_away)
{
    Table *table = first_start(ROLLING);
    write_row(table, "1-23456789");
    seal(table, 1);
    commit(table, 1);
    table_close(table);
    shell("rm %s/part-*");
    table = open_as(ROLLING, 0, 1);
    ck_assert_str_eq(recover(table, 1, 0), "");
    table_close(table);
}
END_TEST

static void check_lost(const char *harm, const char *message)
{
    char   wanted[200];
    Table *table = first_start(GROWING);
    write_row(table, "abc");
    seal(table, 1);
    table_close(table);
    shell(harm);
    table = open_as(GROWING, 0, 1);
    snprintf(wanted, sizeof(wanted), "table default_catalog.default_database.t: \"%s/", directory);
    ck_assert(str_starts_with(str_from(recover(table, 1, 0)), str_from(wanted)));
    ck_assert_ptr_nonnull(strstr(table->err.message, message));
    table_close(table);
}

START_TEST(lost_bytes_are_an_error)
{
    check_lost("truncate -s 3 %s/.*.inprogress", ".inprogress\" has 3 bytes, but checkpoint 1 says 4: data is lost");
}
END_TEST

START_TEST(a_lost_file_is_an_error)
{
    check_lost("rm %s/.*.inprogress", ".inprogress\" is missing, but checkpoint 1 says that it has 4 bytes: data is lost");
}
END_TEST

START_TEST(a_failed_sync_fails_the_epoch)
{
    Table *table = first_start(GROWING);
    write_row(table, "a");
    env_fail_file_from(1);
    ck_assert_int_eq(table_connector_of(table)->sink->seal(table->sink, 1, &output, &table->err), STATUS_IO);
    env_fail_file_from(0);
    table_close(table);
}
END_TEST

static int syncs, syncs_at_rename;

static Status fail_first_sync(int fd, Error *err)
{
    return syncs++ == 0 ? error_set(err, STATUS_IO, SPAN_NONE, "no sync today") : env_machine_files.sync(fd, err);
}

static Status note_rename(Str from, Str to, Error *err)
{
    if (syncs_at_rename == 0)
        syncs_at_rename = syncs;
    return env_machine_files.rename(from, to, err);
}

/* The length that a file has in memory already, because a recovery before had cut it and could not sync it: on the disk it may be the old one. (Found
 * by the simulation: power loss then showed rows behind the checkpoint.) */
START_TEST(a_cut_is_on_the_disk_before_the_file_shows)
{
    EnvFiles counted = env_machine_files;
    Table   *table = first_start(GROWING);
    write_row(table, "kept");
    seal(table, 1);
    write_row(table, "behind the checkpoint");
    die(table);
    counted.sync = fail_first_sync;
    counted.rename = note_rename;
    env_use_files(&counted);
    table = open_as(GROWING, 0, 1);
    ck_assert_ptr_nonnull(strstr(recover(table, 1, 0), "no sync today"));
    table_close(table);
    ck_assert_int_eq(syncs_at_rename, 0);
    table = open_as(GROWING, 0, 1);
    ck_assert_str_eq(recover(table, 1, 0), "");
    ck_assert_int_eq(syncs_at_rename, 2);
    env_use_files(NULL);
    ck_assert_str_eq(shown(), "kept\n");
    table_close(table);
}
END_TEST

START_TEST(a_state_of_an_earlier_day_is_found_out)
{
    Text   first = TEXT_EMPTY;
    Table *table = first_start(ROLLING);
    write_row(table, "1-23456789");
    seal(table, 1);
    commit(table, 1);
    text_append(&first, text_str(&output));
    write_row(table, "2-23456789");
    seal(table, 2);
    commit(table, 2);
    table_close(table);
    SinkEpoch    epoch = { .epoch = 1, .output = text_str(&first) };
    SinkRecovery recovery = { .restored = 1, .epochs = &epoch, .count = 1 };
    table = open_as(ROLLING, 0, 1);
    ck_assert_int_eq(recover_with(table, recovery), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(table->err.message, "holds epoch 2 of this job, later than checkpoint 1 that it goes on from: rows would be"));
    table_close(table);
    recovery.may_rewind = true;
    table = open_as(ROLLING, 0, 1);
    ck_assert_int_eq(recover_with(table, recovery), STATUS_OK);
    table_close(table);
    text_free(&first);
}
END_TEST

static void remember(void *noticed, Str line)
{
    text_append(noticed, line);
}

/* A job begins from a savepoint with another path: what it wrote is where it was. */
START_TEST(a_chosen_checkpoint_may_go_on_in_another_directory)
{
    Table *table = first_start(GROWING);
    write_row(table, "1");
    seal(table, 1);
    commit(table, 1);
    table_close(table);
    SinkEpoch     epoch = { .epoch = 1, .output = text_str(&output) };
    SinkRecovery  recovery = { .restored = 1, .epochs = &epoch, .count = 1 };
    char          first[sizeof(directory)];
    Text          noticed = TEXT_EMPTY;
    ConnectorHost host = { .notice = remember, .state = &noticed };
    memcpy(first, directory, sizeof(first));
    snprintf(directory, sizeof(directory), "%s", temp_directory());
    table = open_as(GROWING, 0, 1);
    ck_assert_int_eq(recover_with(table, recovery), STATUS_DATA); /* unless it was chosen */
    table_close(table);
    recovery.may_rewind = true;
    table = open_as(GROWING, 0, 1);
    table->io.host = &host;
    ck_assert_int_eq(recover_with(table, recovery), STATUS_OK);
    ck_assert_ptr_nonnull(strstr(text_cstr(&noticed), "holds nothing of this job; what it had written up to checkpoint 1 is in another directory"));
    write_row(table, "2");
    seal(table, 2);
    commit(table, 2);
    table_close(table);
    text_free(&noticed);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", first);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(an_heir_shows_the_files_of_other_instances)
{
    Table *table = open_as(GROWING, 3, 4);
    ck_assert_str_eq(recover(table, 0, 3), "");
    write_row(table, "of 3");
    seal(table, 1);
    write_row(table, "behind");
    die(table);
    Text kept = output;
    output = TEXT_EMPTY;
    table = open_as(GROWING, 0, 2); /* not the heir */
    ck_assert_str_eq(recover(table, 1, 0), "");
    ck_assert_int_eq(hidden_parts(), 1);
    table_close(table);
    output = kept;
    table = open_as(GROWING, 1, 2);
    ck_assert_str_eq(recover(table, 1, 3), "");
    ck_assert_str_eq(shown(), "of 3\n");
    ck_assert_int_eq(hidden_parts(), 0);
    table_close(table);
}
END_TEST

START_TEST(an_output_that_is_damaged_is_refused)
{
    Table *table = first_start(GROWING);
    write_row(table, "a");
    seal(table, 1);
    table_close(table);
    output.len--;
    table = open_as(GROWING, 0, 1);
    ck_assert_str_eq(recover(table, 1, 0),
                     "table default_catalog.default_database.t: what checkpoint 1 says of its files is damaged");
    table_close(table);
}
END_TEST

Suite *suite_file_epochs(void);
Suite *suite_file_epochs(void)
{
    Suite *suite = suite_create("file_epochs");
    TCase *tcase = tcase_create("file_epochs");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, ended_files_show_with_their_epoch);
    tcase_add_test(tcase, what_was_written_behind_the_checkpoint_is_cut_off);
    tcase_add_test(tcase, files_that_no_checkpoint_knows_are_removed);
    tcase_add_test(tcase, a_commit_that_was_half_done_is_finished_and_may_be_repeated);
    tcase_add_test(tcase, a_file_that_was_shown_may_be_taken_away);
    tcase_add_test(tcase, lost_bytes_are_an_error);
    tcase_add_test(tcase, a_lost_file_is_an_error);
    tcase_add_test(tcase, a_failed_sync_fails_the_epoch);
    tcase_add_test(tcase, a_cut_is_on_the_disk_before_the_file_shows);
    tcase_add_test(tcase, a_state_of_an_earlier_day_is_found_out);
    tcase_add_test(tcase, a_chosen_checkpoint_may_go_on_in_another_directory);
    tcase_add_test(tcase, an_heir_shows_the_files_of_other_instances);
    tcase_add_test(tcase, an_output_that_is_damaged_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
