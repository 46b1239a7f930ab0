/* test_filesystem.c: files as tables: walking, splits, positions, partitions, metadata, and the sink's files. */
#include "tests/connectors/table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static char directory[64];

static void setup(void)
{
    snprintf(directory, sizeof(directory), "%s", temp_directory());
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* options behind connector and path. */
static Table *open_table(const char *columns, const char *metadata, const char *partitions, const char *options)
{
    char all[512];
    snprintf(all, sizeof(all), "connector=filesystem;path=file://%s;%s", directory, options);
    return table_open(columns, metadata, partitions, all);
}

static void check_read(Table *table, const char *wanted)
{
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), wanted);
    table_close(table);
}

START_TEST(files_below_a_directory_are_read)
{
    write_file(directory, "a.json", "{\"i\":1}\n\n{\"i\":2}\r\n");
    write_file(directory, "sub/b.json", "{\"i\":3}");
    write_file(directory, "_x.json", "{\"i\":4}\n");
    write_file(directory, ".y.json", "{\"i\":5}\n");
    write_file(directory, "_hidden/z.json", "{\"i\":6}\n");
    write_file(directory, "empty", "");
    check_read(open_table("i INT", "", "", "format=json"), "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
    check_read(open_table("i INT", "", "", "format=json;source.path.regex-pattern=.*/b\\.json"), "{\"i\":3}\n");
    check_read(open_table("i INT", "", "", "format=json;json.no-such-option=1"), "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
}
END_TEST

START_TEST(a_single_file_and_its_metadata)
{
    char wanted[256];
    write_file(directory, "a.csv", "1,x\n2,\"two\nlines\"\n");
    Table *table = open_table("i INT, s STRING, p STRING, n STRING, size INT, t TIMESTAMP_LTZ(3)",
                              "p=file.path,n=file.name,size=file.size,t=file.modification-time", "", "format=csv");
    table->io.column_count = 5; /* without the time */
    snprintf(wanted, sizeof(wanted),
             "{\"i\":1,\"s\":\"x\",\"p\":\"%s/a.csv\",\"n\":\"a.csv\",\"size\":18}\n"
             "{\"i\":2,\"s\":\"two\\nlines\",\"p\":\"%s/a.csv\",\"n\":\"a.csv\",\"size\":18}\n",
             directory, directory);
    check_read(table, wanted);
    table = open_table("i INT, s STRING, t TIMESTAMP_LTZ(3)", "t=file.modification-time", "", "format=csv");
    ck_assert_str_eq(table_check(table, false), "");
    table_read(table);
    ck_assert(strstr(text_cstr(&table->text), "\"t\":\"20") != NULL);
    table_close(table);
}
END_TEST

START_TEST(lines_longer_than_a_block)
{
    Text in = TEXT_EMPTY;
    Text out = TEXT_EMPTY;
    for (int32_t i = 0; i < 40; i++) {
        text_printf(&in, "%d:", i);
        text_repeat(&in, 'x', i * 30011);
        text_put(&in, '\n');
        text_printf(&out, "{\"s\":\"%d:", i);
        text_repeat(&out, 'x', i * 30011);
        text_puts(&out, "\"}\n");
    }
    write_file(directory, "a.txt", text_cstr(&in));
    check_read(open_table("s STRING", "", "", "format=raw"), text_cstr(&out));
    text_clear(&in);
    text_repeat(&in, 'x', 9 << 20);
    write_file(directory, "a.txt", text_cstr(&in));
    Table *table = open_table("s STRING", "", "", "format=raw");
    ck_assert(strstr(table_read(table), "a.txt\": the record at byte 0 is larger than 8 MiB") != NULL);
    table_close(table);
    text_free(&in);
    text_free(&out);
}
END_TEST

START_TEST(blank_lines_of_csv)
{
    write_file(directory, "a.csv", "1,a\n\n2\n3,b,c\n4,d\n");
    check_read(open_table("i INT, s STRING", "", "", "format=csv;csv.ignore-parse-errors=true"),
               "{\"i\":1,\"s\":\"a\"}\n{\"i\":null,\"s\":null}\n{\"i\":2,\"s\":null}\n{\"i\":4,\"s\":\"d\"}\n");
    Table *table = open_table("i INT, s STRING", "", "", "format=csv");
    char   wanted[256];
    snprintf(wanted, sizeof(wanted),
             "\"%s/a.csv\", record at byte 4: Failed to deserialize CSV row: Row length mismatch. 2 fields expected "
             "but was 1.",
             directory);
    ck_assert_str_eq(table_read(table), wanted);
    table_close(table);
}
END_TEST

START_TEST(bad_records_are_counted)
{
    write_file(directory, "a.json", "{\"i\":\"x\"}\nnot json\n{\"i\":1}\n");
    Table *table = open_table("i INT", "", "", "format=json;json.ignore-parse-errors=true");
    ck_assert_str_eq(table_read(table), "{\"i\":null}\n{\"i\":1}\n");
    ck_assert_int_eq(table->counters.rows, 2);
    ck_assert_int_eq(table->counters.bytes, 27);
    ck_assert_int_eq(table->counters.bad[BAD_TYPE], 1);
    ck_assert_int_eq(table->counters.bad[BAD_SYNTAX], 1);
    ck_assert_int_eq(table->counters.done, table->counters.total);
    table_close(table);
}
END_TEST

START_TEST(files_are_dealt_over_tasks)
{
    for (char name[] = "a.json"; name[0] < 'f'; name[0]++)
        write_file(directory, name, "{\"i\":1}\n");
    int64_t rows = 0;
    for (int32_t task = 0; task < 3; task++) {
        Table *table = open_table("i INT", "", "", "format=json");
        table->io.task_index = task;
        table->io.task_count = 3;
        table_read(table);
        ck_assert_int_ge(table->counters.rows, 1);
        rows += table->counters.rows;
        table_close(table);
    }
    ck_assert_int_eq(rows, 5);
    Table *table = open_table("i INT", "", "", "format=json");
    Poll   poll;
    table->io.task_index = 7;
    table->io.task_count = 8;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert(poll.state == POLL_END && poll.has_no_splits && poll.split_count == 0);
    table_close(table);
}
END_TEST

START_TEST(all_files_are_splits_from_the_start_and_take_turns)
{
    write_file(directory, "a.json", "{\"i\":1}\n{\"i\":2}\n");
    write_file(directory, "b.json", "{\"i\":3}\n{\"i\":4}\n");
    Table *table = open_table("i INT", "", "", "format=json");
    Poll   poll;
    int32_t turns[4];
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (int32_t i = 0; i < 4; i++) {
        ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
        ck_assert_int_eq(poll.split_count, 2);
        turns[i] = poll.runs[0].split;
    }
    ck_assert(turns[0] == 0 && turns[1] == 1 && turns[2] == 0 && turns[3] == 1);
    ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
    ck_assert(poll.run_count == 1 && poll.runs[0].is_end && poll.runs[0].rows == 0);
    table_close(table);
}
END_TEST

START_TEST(a_saved_position_goes_on_behind_the_last_row)
{
    write_file(directory, "a.json", "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
    write_file(directory, "b c.json", "{\"i\":4}\n{\"i\":5}\n");
    Text   position = TEXT_EMPTY;
    Poll   poll;
    Table *table = open_table("i INT", "", "", "format=json");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (int32_t i = 0; i < 4; i++)
        ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
    table_save(table, 2, &position);
    ck_assert_str_eq(text_cstr(&table->text), "{\"i\":1}\n{\"i\":4}\n{\"i\":2}\n{\"i\":5}\n");
    table_close(table);
    write_file(directory, "aa.json", "{\"i\":9}\n"); /* came later: not of this scan */
    table = open_table("i INT", "", "", "format=json");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_load(table, text_str(&position)), STATUS_OK);
    ck_assert_str_eq(table_read(table), "{\"i\":3}\n");
    Text done = TEXT_EMPTY;
    table_save(table, 2, &done);
    ck_assert(strstr(text_cstr(&done), "a.json: -1\n"));
    table_close(table);
    table = open_table("i INT", "", "", "format=json");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_load(table, STR("a.json: nonsense\n")), STATUS_DATA);
    table_close(table);
    text_free(&position);
    text_free(&done);
}
END_TEST

START_TEST(a_monitored_directory_gives_new_files)
{
    write_file(directory, "a.json", "{\"i\":1}\n");
    Table *table = open_table("i INT", "", "", "format=json;source.monitor-interval=1 ms");
    Poll   poll = { .state = POLL_ROWS };
    ck_assert(!table_connector_of(table)->source->is_bounded(&table->spec));
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (poll.state != POLL_EMPTY)
        ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.wait_ms, 1);
    write_file(directory, "b.json", "{\"i\":2}\n");
    env_sleep_ms(3);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.split_count, 2);
    ck_assert_str_eq(text_cstr(&table->text), "{\"i\":1}\n{\"i\":2}\n");
    table_close(table);
}
END_TEST

START_TEST(what_is_not_there_is_an_error_with_its_path)
{
    Table *table = table_open("i INT", "", "", "connector=filesystem;path=/no/such/place;format=json");
    ck_assert_str_eq(table_read(table),
                     "\"/no/such/place\" does not exist or cannot be read (table default_catalog.default_database.t)");
    table_close(table);
    write_file(directory, "a.json", "{\"i\":1}\n");
    table = open_table("i INT", "", "", "format=json");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    env_fail_file_after(2);
    ck_assert_str_ne(table_read(table), "");
    env_fail_file_after(0);
    ck_assert(strstr(table->err.message, "a.json") != NULL);
    table_close(table);
}
END_TEST

/* ---- partitions ------------------------------------------------------------------------------------------------ */

START_TEST(partition_values_come_from_the_directories)
{
    write_file(directory, "dt=2024-01-01/h=1/f", "{\"a\":1}\n");
    write_file(directory, "dt=a%2Fb%3Dc %25/h=2/_SUCCESS", "");
    write_file(directory, "dt=a%2Fb%3Dc %25/h=2/f", "{\"a\":2,\"dt\":\"ignored\"}\n");
    write_file(directory, "dt=__DEFAULT_PARTITION__/h=__DEFAULT_PARTITION__/sub/f", "{\"a\":3}\n");
    check_read(open_table("a INT, dt STRING, h INT", "", "dt,h", "format=json"),
               "{\"a\":1,\"dt\":\"2024-01-01\",\"h\":1}\n{\"a\":3,\"dt\":null,\"h\":null}\n{\"a\":2,\"dt\":\"a/b=c "
               "%\",\"h\":2}\n");
    write_file(directory, "dt=x/other/f", "{\"a\":4}\n");
    Table *table = open_table("a INT, dt STRING, h INT", "", "dt,h", "format=json");
    ck_assert(strstr(table_read(table),
                     "dt=x/other\" is no partition of default_catalog.default_database.t: expected h=...") != NULL);
    table_close(table);
}
END_TEST

START_TEST(partitions_of_other_types)
{
    write_file(directory, "d=2024-01-02/t=2024-01-02T03%3A04%3A05.100/b=true/f", "{\"a\":1}\n");
    write_file(directory, "d=2024-01-02/t=2024-01-02T03%3A04/b=false/f", "{\"a\":2}\n");
    check_read(open_table("a INT, d DATE, t TIMESTAMP(3), b BOOLEAN", "", "d,t,b", "format=json"),
               "{\"a\":2,\"d\":\"2024-01-02\",\"t\":\"2024-01-02 03:04:00\",\"b\":false}\n"
               "{\"a\":1,\"d\":\"2024-01-02\",\"t\":\"2024-01-02 03:04:05.1\",\"b\":true}\n");
    write_file(directory, "d=soon/t=x/b=y/f", "{\"a\":1}\n");
    Table *table = open_table("a INT, d DATE, t TIMESTAMP(3), b BOOLEAN", "", "d,t,b", "format=json");
    ck_assert(strstr(table_read(table), "partition d") != NULL);
    table_close(table);
}
END_TEST

/* ---- the sink -------------------------------------------------------------------------------------------------- */

static void check_written(const char *columns, const char *partitions, const char *options, const char *rows,
                          const char *wanted)
{
    Text   files = TEXT_EMPTY;
    Table *table = open_table(columns, "", partitions, options);
    ck_assert_str_eq(table_check(table, true), "");
    ck_assert_str_eq(table_write(table, rows), "");
    table_close(table);
    list_files(directory, &files);
    ck_assert_str_eq(text_cstr(&files), wanted);
    text_free(&files);
}

START_TEST(rows_become_a_file)
{
    check_written("i INT, s STRING", "", "format=csv", "{\"i\":1,\"s\":\"a b\"}\n{\"i\":2}\n",
                  "part:\n1,\"a b\"\n2,\n");
}
END_TEST

START_TEST(partitions_become_directories)
{
    check_written("a INT, dt STRING, h INT", "dt,h", "format=json;sink.partition-commit.policy.kind=success-file",
                  "{\"a\":1,\"dt\":\"x y#{}[]^~\",\"h\":1}\n{\"a\":2,\"dt\":\"x y#{}[]^~\",\"h\":1}\n{\"a\":3}\n"
                  "{\"a\":4,\"dt\":\"\",\"h\":4}\n{\"a\":5,\"dt\":\"\xc3\xa9:*?\\\"<>|\",\"h\":5}\n"
                  "{\"a\":6,\"dt\":\"x y#{}[]^~\",\"h\":1}\n",
                  "dt=__DEFAULT_PARTITION__/\nh=4/\n_SUCCESS:\npart:\n{\"a\":4}\nh=__DEFAULT_PARTITION__/\n"
                  "_SUCCESS:\npart:\n{\"a\":3}\n"
                  "dt=x y%23%7B%7D%5B%5D%5E~/\nh=1/\n_SUCCESS:\npart:\n{\"a\":1}\n{\"a\":2}\n{\"a\":6}\n"
                  "dt=\xc3\xa9%3A%2A%3F%22<>|/\nh=5/\n_SUCCESS:\npart:\n{\"a\":5}\n");
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    const char *rows = "{\"a\":1,\"d\":\"2024-01-02\",\"t\":\"2024-01-02 03:04:05.1\",\"b\":true}\n";
    Table      *table = open_table("a INT, d DATE, t TIMESTAMP(3), b BOOLEAN", "", "d,t,b", "format=json");
    ck_assert_str_eq(table_write(table, rows), "");
    table_close(table);
    check_read(open_table("a INT, d DATE, t TIMESTAMP(3), b BOOLEAN", "", "d,t,b", "format=json"), rows);
}
END_TEST

START_TEST(more_partitions_than_open_files)
{
    Text in = TEXT_EMPTY;
    for (int32_t i = 0; i < 300; i++)
        text_printf(&in, "{\"a\":%d,\"p\":%d}\n", i, i % 100);
    Table *table = open_table("a INT, p INT", "", "p", "format=json");
    ck_assert_str_eq(table_write(table, text_cstr(&in)), "");
    table_close(table);
    table = open_table("a INT, p INT", "", "p", "format=json");
    table_read(table);
    ck_assert_int_eq(table->counters.rows, 300);
    table_close(table);
    text_free(&in);
}
END_TEST

static int64_t count_lines_with(Text *text, const char *word)
{
    int64_t count = 0;
    for (const char *at = text_cstr(text); (at = strstr(at, word)) != NULL; at++)
        count++;
    return count;
}

START_TEST(large_and_old_files_are_rolled)
{
    Text   files = TEXT_EMPTY;
    Codec *codec;
    int64_t taken;
    Table *table = open_table("s STRING", "", "",
                              "format=raw;sink.rolling-policy.file-size=10 b;sink.rolling-policy.rollover-interval=1 s");
    const SinkType *type = table_connector_of(table)->sink;
    Batch *batch = table_batch(table, "{\"s\":\"12345\"}\n", &codec);
    ck_assert_int_eq(type->open(&table->io, &table->sink, &table->err), STATUS_OK);
    for (int32_t i = 0; i < 3; i++)
        ck_assert_int_eq(type->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    list_files(directory, &files);
    ck_assert_int_eq(count_lines_with(&files, "12345"), 2); /* the third is hidden, and not yet written */
    ck_assert_int_eq(count_lines_with(&files, "inprogress"), 1);
    ck_assert_int_eq(type->tick(table->sink, clock_now_ms(&env_clock) + 61000, &table->err), STATUS_OK);
    text_clear(&files);
    list_files(directory, &files);
    ck_assert_int_eq(count_lines_with(&files, "12345"), 3);
    ck_assert_int_eq(count_lines_with(&files, "part:"), 2);
    ck_assert_int_eq(count_lines_with(&files, "inprogress"), 0);
    ck_assert_int_eq(type->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    table_close(table); /* not finished: what was not rolled is gone */
    text_clear(&files);
    list_files(directory, &files);
    ck_assert_int_eq(count_lines_with(&files, "12345"), 3);
    ck_assert_int_eq(count_lines_with(&files, "inprogress"), 0);
    codec_close(codec);
    text_free(&files);
}
END_TEST

START_TEST(a_null_has_no_line)
{
    Table *table = open_table("s STRING", "", "", "format=raw");
    ck_assert_str_eq(table_write(table, "{}\n"),
                     "table default_catalog.default_database.t: a file cannot hold a NULL record");
    table_close(table);
}
END_TEST

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static void check_refused(const char *columns, const char *metadata, const char *partitions, const char *options,
                          bool is_sink,
                          const char *message)
{
    Table *table = table_open(columns, metadata, partitions, options);
    ck_assert_str_eq(table_check(table, is_sink), message);
    table_close(table);
}

START_TEST(bad_tables_are_refused)
{
    check_refused("i INT", "", "", "connector=filesystem;format=json", false,
                  "connector 'filesystem' needs the option 'path': a file or a directory (read with all below it); "
                  "file:// may stand before it");
    check_refused("i INT", "", "", "connector=filesystem;path=hdfs://x/y;format=json", false,
                  "option 'path' = 'hdfs://x/y': only local files (file://) are supported");
    check_refused("i INT", "", "", "connector=filesystem;path=/x;format=parquet", false,
                  "there is no format 'parquet'; there are: csv, json, raw");
    check_refused("i INT", "", "", "connector=filesystem;path=/x;format=json;source.path.regex-pattern=(", false,
                  "'source.path.regex-pattern' = '(' is no regular expression: missing closing parenthesis at character 1");
    check_refused("i INT", "", "", "connector=filesystem;path=/x;format=json;sink.partition-commit.policy.kind=custom",
                  true,
                  "option 'sink.partition-commit.policy.kind' = 'custom': only success-file is supported");
    check_refused("i INT", "", "", "connector=filesystem;path=/x;format=json;auto-compaction=true", true,
                  "option 'auto-compaction' = 'true': compaction is not supported");
    check_refused("i INT, p INT", "", "i,p", "connector=filesystem;path=/x;format=json", false,
                  "at least one column must not be a partition key");
    check_refused("i INT, p STRING", "p=file.name", "", "connector=filesystem;path=/x;format=json", true,
                  "column 'p': connector 'filesystem' has no metadata key 'file.name' for writing; it has: none");
    check_refused("i INT, p STRING", "p=nope", "", "connector=filesystem;path=/x;format=json", false,
                  "column 'p': connector 'filesystem' has no metadata key 'nope' for reading; it has: file.path, "
                  "file.name, file.size, file.modification-time");
}
END_TEST

Suite *suite_filesystem(void);
Suite *suite_filesystem(void)
{
    Suite *suite = suite_create("filesystem");
    TCase *tcase = tcase_create("filesystem");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, files_below_a_directory_are_read);
    tcase_add_test(tcase, a_single_file_and_its_metadata);
    tcase_add_test(tcase, lines_longer_than_a_block);
    tcase_add_test(tcase, blank_lines_of_csv);
    tcase_add_test(tcase, bad_records_are_counted);
    tcase_add_test(tcase, files_are_dealt_over_tasks);
    tcase_add_test(tcase, all_files_are_splits_from_the_start_and_take_turns);
    tcase_add_test(tcase, a_saved_position_goes_on_behind_the_last_row);
    tcase_add_test(tcase, a_monitored_directory_gives_new_files);
    tcase_add_test(tcase, what_is_not_there_is_an_error_with_its_path);
    tcase_add_test(tcase, partition_values_come_from_the_directories);
    tcase_add_test(tcase, partitions_of_other_types);
    tcase_add_test(tcase, rows_become_a_file);
    tcase_add_test(tcase, partitions_become_directories);
    tcase_add_test(tcase, what_is_written_is_read_again);
    tcase_add_test(tcase, more_partitions_than_open_files);
    tcase_add_test(tcase, large_and_old_files_are_rolled);
    tcase_add_test(tcase, a_null_has_no_line);
    tcase_add_test(tcase, bad_tables_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
