/* test_datagen.c: made-up rows: their values, their number, their pace. */
#include "tests/connectors/table.h"

#include <check.h>

/* A clock that stands still until it is moved. */
typedef struct TestClock {
    Clock   clock;
    int64_t ns;
} TestClock;

static int64_t test_now_ms(const Clock *clock)
{
    return 1700000000000 + ((const TestClock *)clock)->ns / 1000000;
}

static int64_t test_monotonic_ns(const Clock *clock)
{
    return ((const TestClock *)clock)->ns;
}

static TestClock test_clock = { { test_now_ms, test_monotonic_ns }, 0 };

static Table *datagen_table(const char *columns, const char *options)
{
    Text   all = TEXT_EMPTY;
    text_printf(&all, "connector=datagen;%s", options);
    Table *table = table_open(columns, "", "", text_cstr(&all));
    text_free(&all);
    return table;
}

static void check_read(const char *columns, const char *options, const char *expected)
{
    Table *table = datagen_table(columns, options);
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), expected);
    table_close(table);
}

START_TEST(sequences)
{
    check_read("i INT, d DOUBLE, s STRING, c DECIMAL(5,2)",
               "rows-per-second=100000;fields.i.kind=sequence;fields.i.start=1;fields.i.end=3;fields.d.kind=sequence;"
               "fields.d.start=5;fields.d.end=9;fields.s.kind=sequence;fields.s.start=100;fields.s.end=200;fields.c."
               "kind=sequence;"
               "fields.c.start=7;fields.c.end=9",
               "{\"i\":1,\"d\":5.0,\"s\":\"100\",\"c\":7}\n{\"i\":2,\"d\":6.0,\"s\":\"101\",\"c\":8}\n"
               "{\"i\":3,\"d\":7.0,\"s\":\"102\",\"c\":9}\n");
    check_read("i INT",
               "rows-per-second=100000;number-of-rows=2;fields.i.kind=sequence;fields.i.start=5;fields.i.end=9",
               "{\"i\":5}\n{\"i\":6}\n");
}
END_TEST

static int64_t read_rows(Table *table, Batch **rows)
{
    int64_t total = 0;
    *rows = batch_create(table->io.column_count);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (Poll poll = { .state = POLL_ROWS }; poll.state != POLL_END;) {
        ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
        for (int32_t c = 0; c < table->io.column_count && table->batch->rows > 0; c++) {
            if (total == 0)
                column_init(&(*rows)->columns[c], (*rows)->buf, table->batch->columns[c].type, 0);
            column_append(&(*rows)->columns[c], total, &table->batch->columns[c], 0, table->batch->rows, (*rows)->buf,
                          true);
        }
        total += table->batch->rows;
    }
    return total;
}

START_TEST(random_values_keep_their_bounds)
{
    Batch *rows;
    bool   seen[3] = { false };
    Table *table =
        datagen_table("i INT, s STRING, v VARCHAR(7), vl STRING, c CHAR(5), d DOUBLE, t TINYINT, b BYTES",
                      "rows-per-second=10000000;number-of-rows=3000;fields.i.min=1;fields.i.max=3;fields.vl.length=4;"
                      "fields.vl.var-len=true;fields.b.length=6;fields.d.min=-1;fields.d.max=1");
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_int_eq(read_rows(table, &rows), 3000);
    for (int64_t i = 0; i < 3000; i++) {
        int32_t number = COLUMN_DATA(&rows->columns[0], int32_t)[i];
        ck_assert(number >= 1 && number <= 3);
        seen[number - 1] = true;
        ck_assert_int_eq(COLUMN_DATA(&rows->columns[1], View)[i].size, 100);
        ck_assert_int_eq(COLUMN_DATA(&rows->columns[2], View)[i].size, 7);
        uint32_t size = COLUMN_DATA(&rows->columns[3], View)[i].size;
        ck_assert(size >= 1 && size <= 3);
        ck_assert_int_eq(COLUMN_DATA(&rows->columns[4], View)[i].size, 5);
        ck_assert(COLUMN_DATA(&rows->columns[5], double)[i] >= -1 && COLUMN_DATA(&rows->columns[5], double)[i] < 1);
        ck_assert_int_eq(COLUMN_DATA(&rows->columns[7], View)[i].size, 6);
    }
    ck_assert(seen[0] && seen[1] && seen[2]);
    batch_release(rows);
    table_close(table);
}
END_TEST

START_TEST(nulls_by_rate)
{
    Batch  *rows;
    int64_t nulls = 0;
    Table  *table = datagen_table("i INT", "rows-per-second=10000000;number-of-rows=4000;fields.i.null-rate=0.25");
    ck_assert_int_eq(read_rows(table, &rows), 4000);
    for (int64_t i = 0; i < 4000; i++)
        nulls += column_is_null(&rows->columns[0], i);
    ck_assert(nulls > 800 && nulls < 1200);
    batch_release(rows);
    table_close(table);
}
END_TEST

/* The same rows whatever the number of tasks and the size of batches. */
START_TEST(a_seed_gives_the_same_rows)
{
    const char *columns = "i INT, s STRING, a ARRAY<INT>, m MAP<STRING,INT>, r ROW<x INT>, t DECIMAL(30,4)";
    const char *options =
        "seed=42;rows-per-second=10000000;number-of-rows=5;fields.s.length=4;fields.a.length=2;fields.m.key.length=1;"
        "fields.m.length=9;fields.m.value.max=5";
    Table *first = datagen_table(columns, options);
    table_read(first);
    Text second = TEXT_EMPTY;
    Table *tasks[2];
    for (int32_t task = 0; task < 2; task++) {
        tasks[task] = datagen_table(columns, options);
        tasks[task]->io.task_index = task;
        tasks[task]->io.task_count = 2;
        ck_assert_int_eq(table_start_source(tasks[task]), STATUS_OK);
    }
    for (int i = 0; i < 5; i++) {
        Poll poll = { .state = POLL_EMPTY };
        while (poll.state == POLL_EMPTY)
            ck_assert_int_eq(table_poll(tasks[i % 2], 1, &poll), STATUS_OK);
        text_append(&second, text_str(&tasks[i % 2]->text));
        text_clear(&tasks[i % 2]->text);
    }
    ck_assert_str_eq(text_cstr(&first->text), text_cstr(&second));
    text_free(&second);
    table_close(first);
    table_close(tasks[0]);
    table_close(tasks[1]);
}
END_TEST

START_TEST(time_is_the_clocks)
{
    Table *table = datagen_table("ts TIMESTAMP(3), l TIMESTAMP_LTZ(6), d DATE, t TIME(3)", "number-of-rows=1");
    table->io.clock = &test_clock.clock;
    ck_assert_str_eq(
        table_read(table),
        "{\"ts\":\"2023-11-14 22:13:20\",\"l\":\"2023-11-14 22:13:20Z\",\"d\":\"2023-11-14\",\"t\":\"22:13:20\"}\n");
    table_close(table);
}
END_TEST

START_TEST(pace)
{
    Poll   poll;
    Table *table = datagen_table("i INT", "rows-per-second=1000");
    table->io.clock = &test_clock.clock;
    test_clock.ns = 5000000000;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 1);
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_EMPTY);
    ck_assert_int_eq(poll.wait_ms, 10); /* not 1: rows come in batches */
    test_clock.ns += 10000000;
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 10);
    test_clock.ns += 3000000000;
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 2048);
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 952);
    table_close(table);
    table = datagen_table("i INT", "rows-per-second=2");
    table->io.clock = &test_clock.clock;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 2048, &poll), STATUS_OK);
    ck_assert_int_eq(poll.wait_ms, 500);
    table_close(table);
}
END_TEST

START_TEST(positions)
{
    Text   position = TEXT_EMPTY;
    Poll   poll;
    const char *options = "rows-per-second=10000000;number-of-rows=6";
    Table *whole = datagen_table("i INT", "seed=7;rows-per-second=10000000;number-of-rows=6");
    table_read(whole);
    Table *table = datagen_table("i INT", "seed=7;rows-per-second=10000000;number-of-rows=6");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (table->counters.rows < 4)
        ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
    table_save(table, 1, &position);
    Table *later = datagen_table("i INT", options);
    ck_assert_int_eq(table_start_source(later), STATUS_OK);
    ck_assert_int_eq(table_load(later, text_str(&position)), STATUS_OK);
    text_append(&table->text, str_from(table_read(later)));
    ck_assert_str_eq(text_cstr(&table->text), text_cstr(&whole->text));
    table_close(whole);
    table_close(table);
    table_close(later);
    text_free(&position);
}
END_TEST

/* Rows of a table of two tasks that is gone on with by one: none is lost, none comes twice. */
START_TEST(positions_at_another_parallelism)
{
    Text        saved = TEXT_EMPTY, one = TEXT_EMPTY;
    Poll        poll;
    const char *options = "fields.i.kind=sequence;fields.i.start=0;fields.i.end=9;rows-per-second=10000000";
    for (int32_t task = 0; task < 2; task++) {
        Table *table = datagen_table("i INT", options);
        table->io.task_index = task;
        table->io.task_count = 2;
        ck_assert_int_eq(table_start_source(table), STATUS_OK);
        while (table->counters.rows < 2 + task)
            ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
        table_save(table, 1, &one);
        text_append(&saved, text_str(&one));
        table_close(table);
    }
    Table *later = datagen_table("i INT", options);
    ck_assert_int_eq(table_start_source(later), STATUS_OK);
    ck_assert_int_eq(table_load(later, text_str(&saved)), STATUS_OK);
    while (poll.state != POLL_END)
        ck_assert_int_eq(table_poll(later, 1, &poll), STATUS_OK);
    ck_assert_str_eq(text_cstr(&later->text), "{\"i\":4}\n{\"i\":7}\n{\"i\":6}\n{\"i\":9}\n{\"i\":8}\n");
    table_close(later);
    text_free(&saved);
    text_free(&one);
}
END_TEST

START_TEST(mistakes)
{
    static const char *const cases[][3] = {
        { "c CHAR(5)", "fields.c.length=3",
          "Custom length for fixed-length type (CHAR/BINARY) field 'c' is not supported." },
        { "c VARCHAR(5)", "fields.c.length=9",
          "Custom length '9' for variable-length type (VARCHAR/STRING/VARBINARY/BYTES) field 'c' should be shorter "
          "than '5' defined in the "
          "schema." },
        { "c CHAR(5)", "fields.c.var-len=true",
          "Only supports specifying 'fields.#.var-len' option for variable-length types "
          "(VARCHAR/STRING/VARBINARY/BYTES). The type of field "
          "'c' is not within this range." },
        { "c INT", "fields.d.min=5", "Unsupported options found for 'datagen': 'fields.d.min'" },
        { "c INT", "fields.c.length=5", "Unsupported options found for 'datagen': 'fields.c.length'" },
        { "c INT", "fields.c.kind=foo",
          "Unsupported generator kind: foo ('fields.c.kind'; there are: random, sequence)" },
        { "c INT", "fields.c.kind=sequence",
          "Could not find required property 'fields.c.start' for sequence generator." },
        { "c INT", "fields.c.kind=sequence;fields.c.start=3;fields.c.end=1",
          "'fields.c.start' is greater than 'fields.c.end'" },
        { "c DATE", "fields.c.kind=sequence;fields.c.start=1;fields.c.end=3",
          "'fields.c.kind' = 'sequence': a column of type DATE cannot be one" },
        { "c TINYINT", "fields.c.min=1000", "'fields.c.min' = '1000': expected a number from -128 to 127" },
        { "c INT", "fields.c.min=5;fields.c.max=1", "'fields.c.min' is greater than 'fields.c.max'" },
        { "c INT", "fields.c.null-rate=2", "'fields.c.null-rate' = '2': expected a number from 0 to 1" },
        { "c INT", "rows-per-second=0", "'rows-per-second' must be greater than 0" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Table *table = datagen_table(cases[i][0], cases[i][1]);
        ck_assert_str_eq(table_check(table, false), cases[i][2]);
        table_close(table);
    }
}
END_TEST

Suite *suite_datagen(void)
{
    Suite *suite = suite_create("datagen");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, sequences);
    tcase_add_test(tests, random_values_keep_their_bounds);
    tcase_add_test(tests, nulls_by_rate);
    tcase_add_test(tests, a_seed_gives_the_same_rows);
    tcase_add_test(tests, time_is_the_clocks);
    tcase_add_test(tests, pace);
    tcase_add_test(tests, positions);
    tcase_add_test(tests, positions_at_another_parallelism);
    tcase_add_test(tests, mistakes);
    suite_add_tcase(suite, tests);
    return suite;
}
