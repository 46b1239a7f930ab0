/* test_push.c: the channel between the embedding program and a push table. */
#include "connectors/push/push.h"
#include "tests/connectors/table.h"

#include <check.h>
#include <stdio.h>

static PushChannel *channel;

static PushChannel *get_channel(void *state, Str path)
{
    (void)state;
    (void)path;
    return channel;
}

static void setup(void)
{
    channel = push_channel_create();
}

static void teardown(void)
{
    push_channel_destroy(channel);
}

static Table *push_table(const char *options)
{
    Table *table = table_open("i INT, s STRING", "", "", options);
    table->host.push_channel = get_channel;
    ck_assert_str_eq(table_check(table, false), "");
    return table;
}

/* Rows first .. first + count - 1; its types are gone at once. */
static Batch *make_batch(int32_t first, int32_t count)
{
    Arena *arena = arena_create();
    Batch *batch = batch_create(2);
    column_init(&batch->columns[0], batch->buf, type_copy(arena, &type_int), count);
    column_init(&batch->columns[1], batch->buf, type_copy(arena, &type_string), count);
    for (int32_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof(text), "a rather long text, number %d", first + i);
        COLUMN_DATA(&batch->columns[0], int32_t)[i] = first + i;
        COLUMN_DATA(&batch->columns[1], View)[i] = view_copy(batch->buf, str_from(text));
    }
    batch->rows = count;
    arena_destroy(arena);
    return batch;
}

static void send(int32_t first, int32_t count)
{
    Error err = ERROR_NONE;
    ck_assert_int_eq(push_send(channel, make_batch(first, count), -1, &err), STATUS_OK);
}

START_TEST(rows_in_pieces)
{
    Table *table = push_table("connector=push");
    Poll   poll;
    send(1, 3);
    send(4, 1);
    push_end(channel);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 2, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 2);
    ck_assert_str_eq(
        table_read(table),
        "{\"i\":1,\"s\":\"a rather long text, number 1\"}\n{\"i\":2,\"s\":\"a rather long text, number 2\"}\n"
        "{\"i\":3,\"s\":\"a rather long text, number 3\"}\n{\"i\":4,\"s\":\"a rather long text, number 4\"}\n");
    table_close(table);
}
END_TEST

START_TEST(wanted_columns_only)
{
    static const int32_t wanted[] = { 1 };
    Table *table = push_table("connector=push");
    table->io.columns = wanted;
    table->io.column_count = 1;
    send(1, 1);
    push_end(channel);
    ck_assert_str_eq(table_read(table), "{\"s\":\"a rather long text, number 1\"}\n");
    table_close(table);
}
END_TEST

START_TEST(watermarks_keep_their_place)
{
    Error  err = ERROR_NONE;
    Table *table = push_table("connector=push");
    Poll   poll;
    send(1, 1);
    ck_assert_int_eq(push_watermark(channel, 5000, -1, &err), STATUS_OK);
    send(2, 1);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 1);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 0);
    ck_assert_int_eq(poll.run_count, 1);
    ck_assert_int_eq(poll.run_watermark[0], 5000);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 1);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_EMPTY);
    table_close(table);
}
END_TEST

START_TEST(kinds_need_a_changelog)
{
    Poll   poll;
    Error  err = ERROR_NONE;
    Batch *batch = make_batch(1, 2);
    batch->kinds = buf_zalloc(batch->buf, 2);
    batch->kinds[1] = ROW_DELETE;
    ck_assert_int_eq(push_send(channel, batch_share(batch), -1, &err), STATUS_OK);
    ck_assert_int_eq(push_send(channel, batch, -1, &err), STATUS_OK);
    Table *table = push_table("connector=push");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_DATA);
    ck_assert_str_eq(table->err.message,
                     "table default_catalog.default_database.t was sent a -D row, but takes inserts only");
    table_close(table);
    table = push_table("connector=push;changelog-mode=all");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->kinds[1], ROW_DELETE);
    table_close(table);
}
END_TEST

START_TEST(a_full_channel_times_out)
{
    Error  err = ERROR_NONE;
    int    sent = 0;
    Batch *batch = make_batch(1, 1);
    while (push_send(channel, batch, 10, &err) == STATUS_OK) {
        batch = make_batch(1, 1);
        sent++;
    }
    ck_assert_int_eq(err.status, STATUS_TIMEOUT);
    ck_assert_int_eq(sent, 63);
    batch_release(batch);
    push_end(channel); /* has room all the same */
    Table *table = push_table("connector=push");
    table_read(table);
    ck_assert_int_eq(table->counters.rows, 63);
    table_close(table);
}
END_TEST

START_TEST(one_reader_at_a_time)
{
    Table *table = push_table("connector=push"), *second = push_table("connector=push");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_start_source(second), STATUS_UNSUPPORTED);
    ck_assert_str_eq(second->err.message,
                     "table default_catalog.default_database.t is being read already: a push table has one reader");
    table_close(second);
    table_close(table);
    second = push_table("connector=push");
    ck_assert_int_eq(table_start_source(second), STATUS_OK);
    table_close(second);
}
END_TEST

START_TEST(only_the_first_task_reads)
{
    Table *table = push_table("connector=push");
    Poll   poll;
    table->io.task_index = 1;
    table->io.task_count = 2;
    send(1, 1);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_END);
    ck_assert(poll.has_no_splits);
    table_close(table);
}
END_TEST

static void send_many(void *context)
{
    (void)context;
    for (int32_t i = 0; i < 500; i++)
        send(i * 10, 10);
    push_end(channel);
}

START_TEST(writer_and_reader_wait_for_each_other)
{
    EnvThread *writer;
    Error      err = ERROR_NONE;
    Table     *table = push_table("connector=push");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(env_thread_start(&writer, "writer", send_many, NULL, &err), STATUS_OK);
    for (Poll poll = { .state = POLL_ROWS }; poll.state != POLL_END;) {
        ck_assert_int_eq(table_poll(table, 7, &poll), STATUS_OK);
        text_clear(&table->text);
        if (poll.state == POLL_EMPTY)
            ck_assert(wakeup_wait(table->wakeup, 5000));
    }
    env_thread_join(writer);
    ck_assert_int_eq(table->counters.rows, 5000);
    table_close(table);
}
END_TEST

Suite *suite_push(void)
{
    Suite *suite = suite_create("push");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, rows_in_pieces);
    tcase_add_test(tests, wanted_columns_only);
    tcase_add_test(tests, watermarks_keep_their_place);
    tcase_add_test(tests, kinds_need_a_changelog);
    tcase_add_test(tests, a_full_channel_times_out);
    tcase_add_test(tests, one_reader_at_a_time);
    tcase_add_test(tests, only_the_first_task_reads);
    tcase_add_test(tests, writer_and_reader_wait_for_each_other);
    suite_add_tcase(suite, tests);
    return suite;
}
