/* test_nexmark.c: the suite's generator: which events come, what they speak of, and that they are the same whoever makes them. */
#include "connectors/nexmark/nexmark_field.h"
#include "tests/connectors/table.h"

#include <check.h>

#define ROWS                                                                                                                \
    "event_type INT, person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, " \
    "dateTime TIMESTAMP(3), extra STRING>, auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, "  \
    "reserve BIGINT, dateTime TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>, bid "       \
    "ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP(3), extra STRING>"

static Table *nexmark_table(const char *columns, const char *options)
{
    Text all = TEXT_EMPTY;
    text_printf(&all, "connector=nexmark;%s", options);
    Table *table = table_open(columns, "", "", text_cstr(&all));
    text_free(&all);
    return table;
}

/* The first event has the id 2: with one person and three auctions in fifty, the third event of a period. */
START_TEST(kinds_and_ids_follow_the_official_order)
{
    Table *table = nexmark_table("event_type INT, person ROW<id BIGINT>, auction ROW<id BIGINT>",
                                 "events.num=55;person.proportion=1;auction.proportion=3;bid.proportion=46");
    Text expected = TEXT_EMPTY;
    for (int id = 2, person = 1001, auction = 1001; id < 57; id++) {
        if (id % 50 == 0)
            text_printf(&expected, "{\"event_type\":0,\"person\":{\"id\":%d},\"auction\":null}\n", person++);
        else if (id % 50 <= 3)
            text_printf(&expected, "{\"event_type\":1,\"person\":null,\"auction\":{\"id\":%d}}\n", auction++);
        else
            text_puts(&expected, "{\"event_type\":2,\"person\":null,\"auction\":null}\n");
    }
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), text_cstr(&expected));
    text_free(&expected);
    table_close(table);
}
END_TEST

/* Event n (from 1) is n / rate seconds behind the base time, in whole milliseconds. */
START_TEST(time_follows_the_rate)
{
    Table *table = nexmark_table("bid ROW<dateTime TIMESTAMP(3)>", "events.num=5;first-event.rate=400;person.proportion=1;auction."
                                 "proportion=1;bid.proportion=100;base-time=2024-02-29 23:59:59.990");
    ck_assert_str_eq(table_read(table), "{\"bid\":{\"dateTime\":\"2024-02-29 23:59:59.992\"}}\n"
                                        "{\"bid\":{\"dateTime\":\"2024-02-29 23:59:59.995\"}}\n"
                                        "{\"bid\":{\"dateTime\":\"2024-02-29 23:59:59.997\"}}\n"
                                        "{\"bid\":{\"dateTime\":\"2024-03-01 00:00:00\"}}\n"
                                        "{\"bid\":{\"dateTime\":\"2024-03-01 00:00:00.002\"}}\n");
    table_close(table);
}
END_TEST

/* ---- chance ------------------------------------------------------------------------------------------------------ */

/* All rows of a bounded table as one batch. */
static Batch *read_all(Table *table)
{
    Batch  *rows = batch_create(table->io.column_count);
    int64_t total = 0;
    ck_assert_int_eq(table_connector_of(table)->source->open(&table->io, &table->source, &table->err), STATUS_OK);
    for (Poll poll = { .state = POLL_ROWS }; poll.state != POLL_END; batch_release(table->batch), table->batch = NULL) {
        table->batch = batch_create(table->io.column_count);
        ck_assert_int_eq(table_connector_of(table)->source->poll(table->source, 2048, table->batch, &poll, &table->err), STATUS_OK);
        for (int32_t c = 0; c < table->io.column_count && table->batch->rows > 0; c++) {
            if (total == 0)
                column_init(&rows->columns[c], rows->buf, table->batch->columns[c].type, 0);
            column_append(&rows->columns[c], total, &table->batch->columns[c], 0, table->batch->rows, rows->buf, true);
        }
        total += table->batch->rows;
    }
    rows->rows = total;
    return rows;
}

static double share(int64_t part, int64_t all)
{
    return (double)part / (double)all;
}

#define I64(column, field, row) (COLUMN_DATA(&(column)->children[field], int64_t)[row])
#define TEXT_AT(column, field, row) view_str(&COLUMN_DATA(&(column)->children[field], View)[row])

START_TEST(bids_keep_the_official_shares)
{
    Table        *table = nexmark_table(ROWS, "events.num=100000");
    Batch        *rows = read_all(table);
    const Column *bid = &rows->columns[3];
    int64_t       bids = 0, hot_auctions = 0, hot_bidders = 0, hot_channels = 0, cheap = 0, extra = 0, with_id = 0;
    for (int64_t i = 0; i < rows->rows; i++) {
        if (column_is_null(bid, i))
            continue;
        int64_t last_auction = (i + 2) / 50 * 3 + 2, last_person = (i + 2) / 50, auction = I64(bid, 0, i) - 1000, bidder = I64(bid, 1, i) - 2000;
        Str     channel = TEXT_AT(bid, 3, i), url = TEXT_AT(bid, 4, i);
        bool    is_hot = !str_starts_with(channel, STR("channel-"));
        bids++;
        hot_auctions += auction == last_auction / 100 * 100;
        hot_bidders += bidder == last_person / 100 * 100 + 1;
        hot_channels += is_hot;
        cheap += I64(bid, 2, i) < 10000;
        with_id += str_find(url, '&') >= 0;
        extra += TEXT_AT(bid, 6, i).len;
        ck_assert(auction >= last_auction - 100 - 100 && auction <= last_auction + 10);
        ck_assert(bidder >= last_person - 1000 - 100 && bidder <= last_person + 10);
        ck_assert(I64(bid, 2, i) >= 100 && I64(bid, 2, i) <= 100000000);
        ck_assert(str_starts_with(url, STR("https://www.nexmark.com/")));
        ck_assert(TEXT_AT(bid, 6, i).len >= 54 && TEXT_AT(bid, 6, i).len <= 81);
    }
    ck_assert_int_eq(bids, 92000);
    ck_assert_double_eq_tol(share(hot_auctions, bids), 0.5, 0.02);
    ck_assert_double_eq_tol(share(hot_bidders, bids), 0.75, 0.02);
    ck_assert_double_eq_tol(share(hot_channels, bids), 0.5, 0.02);
    ck_assert_double_eq_tol(share(with_id, bids - hot_channels), 0.9, 0.02);
    ck_assert_double_eq_tol(share(cheap, bids), 2.0 / 6, 0.02); /* 10,000 = 100 * 10^2 of 10^0 .. 10^6 */
    ck_assert_double_eq_tol(share(extra, bids), 67.5, 0.5);
    batch_release(rows);
    table_close(table);
}
END_TEST

START_TEST(people_and_auctions_keep_the_official_shares)
{
    Table        *table = nexmark_table(ROWS, "events.num=200000;first-event.rate=1000");
    Batch        *rows = read_all(table);
    const Column *person = &rows->columns[1], *auction = &rows->columns[2];
    int64_t       people = 0, auctions = 0, wanted_states = 0, person_bytes = 0, auction_bytes = 0, hot_sellers = 0, category10 = 0, length = 0;
    for (int64_t i = 0; i < rows->rows; i++) {
        if (!column_is_null(person, i)) {
            Str state = TEXT_AT(person, 5, i);
            people++;
            wanted_states += str_is(state, "OR") || str_is(state, "ID") || str_is(state, "CA");
            person_bytes += 8 + TEXT_AT(person, 7, i).len;
            for (int field = 1; field <= 5; field++)
                person_bytes += TEXT_AT(person, field, i).len;
        }
        if (!column_is_null(auction, i)) {
            auctions++;
            ck_assert_int_gt(I64(auction, 4, i), I64(auction, 3, i));
            ck_assert_int_gt(I64(auction, 6, i), I64(auction, 5, i));
            length += I64(auction, 6, i) - I64(auction, 5, i);
            hot_sellers += I64(auction, 7, i) == 1000 + (i + 2) / 50 / 100 * 100;
            category10 += I64(auction, 8, i) == 10;
            auction_bytes += 48 + TEXT_AT(auction, 1, i).len + TEXT_AT(auction, 2, i).len + TEXT_AT(auction, 9, i).len;
        }
    }
    ck_assert_int_eq(people, 4000);
    ck_assert_int_eq(auctions, 12000);
    ck_assert_double_eq_tol(share(wanted_states, people), 0.5, 0.05);
    ck_assert_double_eq_tol(share(hot_sellers, auctions), 0.75, 0.02);
    ck_assert_double_eq_tol(share(category10, auctions), 0.2, 0.02);
    ck_assert_double_eq_tol(share(person_bytes, people), 200, 3);
    ck_assert_double_eq_tol(share(auction_bytes, auctions), 500, 5);
    ck_assert_double_eq_tol(share(length, auctions), 1666, 50); /* ms: 100 auctions take 1,666 events */
    batch_release(rows);
    table_close(table);
}
END_TEST

/* ---- whoever makes them -------------------------------------------------------------------------------------------- */

START_TEST(tasks_share_the_events)
{
    Table *whole = nexmark_table(ROWS, "events.num=20000;seed=7");
    Text   parts = TEXT_EMPTY;
    Table *tasks[3];
    table_read(whole);
    for (int32_t task = 0; task < 3; task++) {
        tasks[task] = nexmark_table(ROWS, "events.num=20000;seed=7");
        tasks[task]->io.task_index = task;
        tasks[task]->io.task_count = 3;
        text_puts(&parts, table_read(tasks[task])); /* blocks of 8,192: the first three are all */
    }
    ck_assert_str_eq(text_cstr(&parts), text_cstr(&whole->text));
    for (int32_t task = 0; task < 3; task++)
        table_close(tasks[task]);
    table_close(whole);
    text_free(&parts);
}
END_TEST

START_TEST(another_seed_gives_other_events)
{
    Table *first = nexmark_table(ROWS, "events.num=100;seed=7"), *second = nexmark_table(ROWS, "events.num=100;seed=8");
    ck_assert_str_ne(table_read(first), table_read(second));
    table_close(first);
    table_close(second);
}
END_TEST

/* What nobody reads is one NULL. */
START_TEST(only_wanted_fields_are_made)
{
    Table   *table = nexmark_table("bid ROW<auction BIGINT, price BIGINT, extra STRING>", "events.num=10");
    FieldSet wanted[1] = { (FieldSet)1 << 1 };
    Poll     poll = { .state = POLL_EMPTY };
    table->io.fields = wanted;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    const Column *bid = &table->batch->columns[0];
    ck_assert(bid->children[0].constant && column_is_null(&bid->children[0], 0));
    ck_assert(!bid->children[1].constant && I64(bid, 1, 9) >= 100);
    ck_assert(bid->children[2].constant && column_is_null(&bid->children[2], 0));
    table_close(table);
}
END_TEST

START_TEST(positions)
{
    const char *options = "events.num=40000;seed=3";
    Table      *whole = nexmark_table(ROWS, options), *first = nexmark_table(ROWS, options), *second = nexmark_table(ROWS, options);
    Poll        poll = { .state = POLL_EMPTY };
    Text        position = TEXT_EMPTY;
    whole->io.task_index = first->io.task_index = second->io.task_index = 1;
    whole->io.task_count = first->io.task_count = second->io.task_count = 2;
    table_read(whole);
    ck_assert_int_eq(table_start_source(first), STATUS_OK);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(table_poll(first, 1999, &poll), STATUS_OK);
    table_save(first, 1, &position);
    ck_assert_int_eq(table_start_source(second), STATUS_OK);
    ck_assert_int_eq(table_load(second, text_str(&position)), STATUS_OK);
    text_puts(&first->text, table_read(second));
    ck_assert_str_eq(text_cstr(&first->text), text_cstr(&whole->text));
    ck_assert_int_ne(table_load(second, STR("1/3: 8192")), STATUS_OK);
    ck_assert_str_eq(second->err.message, "table default_catalog.default_database.t: a nexmark table saved at parallelism 3 cannot go on "
                                          "at parallelism 2");
    error_clear(&second->err);
    ck_assert_int_ne(table_load(second, STR("1/2: 0")), STATUS_OK);
    ck_assert_str_eq(second->err.message, "the saved position of a nexmark table is another task's");
    error_clear(&second->err);
    ck_assert_int_ne(table_load(second, STR("x: x")), STATUS_OK);
    ck_assert_str_eq(second->err.message, "the saved position of a nexmark table is damaged");
    text_free(&position);
    table_close(whole);
    table_close(first);
    table_close(second);
}
END_TEST

/* ---- ends and pace ------------------------------------------------------------------------------------------------- */

static bool is_bounded(const char *options)
{
    Table *table = nexmark_table(ROWS, options);
    bool   out = table_connector_of(table)->source->is_bounded(&table->spec);
    table_close(table);
    return out;
}

START_TEST(ends)
{
    ck_assert(is_bounded("events.num=10"));
    ck_assert(!is_bounded("events.num=0"));
    ck_assert(is_bounded("stop-at=5"));
    ck_assert(!is_bounded("events.num=10;keep-alive=true"));
    Table *table = nexmark_table("event_type INT", "events.num=10;stop-at=2");
    ck_assert_str_eq(table_read(table), "{\"event_type\":1}\n{\"event_type\":1}\n");
    table_close(table);
    Poll poll = { .state = POLL_EMPTY };
    table = nexmark_table("event_type INT", "events.num=1;keep-alive=true");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_ROWS);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_EMPTY);
    ck_assert_int_eq(poll.wait_ms, -1);
    table_close(table);
}
END_TEST

typedef struct TestClock {
    Clock   clock;
    int64_t ns;
} TestClock;

static int64_t test_now_ms(const Clock *clock)
{
    return ((const TestClock *)clock)->ns / 1000000;
}

static int64_t test_monotonic_ns(const Clock *clock)
{
    return ((const TestClock *)clock)->ns;
}

START_TEST(pace)
{
    TestClock clock = { { test_now_ms, test_monotonic_ns }, 77 };
    Table    *table = nexmark_table("event_type INT", "first-event.rate=1000;max-emit-speed=false;events.num=100");
    Poll      poll = { .state = POLL_EMPTY };
    table->io.clock = &clock.clock;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 1);
    ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_EMPTY);
    ck_assert_int_eq(poll.wait_ms, 10);
    clock.ns += 20 * 1000000 + 10;
    ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 20);
    clock.ns += 1000 * (int64_t)1000000;
    ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
    ck_assert_int_eq(table->batch->rows, 79);
    ck_assert_int_eq(table_poll(table, 1000, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_END);
    table_close(table);
}
END_TEST

START_TEST(mistakes)
{
    static const char *const cases[][3] = {
        { "ts TIMESTAMP(3)", "", "a nexmark table has no column 'ts'" },
        { "event_type BIGINT", "", "column 'event_type' of a nexmark table is an INT" },
        { "bid BIGINT", "", "column 'bid' of a nexmark table is a ROW" },
        { "bid ROW<bidder BIGINT, seller BIGINT>", "", "a nexmark table has no field 'bid.seller'" },
        { "bid ROW<price INT>", "", "field 'bid.price' of a nexmark table is a BIGINT" },
        { "event_type INT", "first-event.rate=0", "'first-event.rate' must be between 1 and 2147483647, not 0" },
        { "event_type INT", "person.proportion=0", "'person.proportion' must be between 1 and 1000000, not 0" },
        { "event_type INT", "bid.avg-size=1mb", "'bid.avg-size' must be between 0 and 65536, not 1048576" },
        { "event_type INT", "base-time=now", "'base-time' must be a timestamp such as '2015-07-15 00:00:00', not 'now'" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Table *table = nexmark_table(cases[i][0], cases[i][1]);
        ck_assert_str_eq(table_check(table, false), cases[i][2]);
        table_close(table);
    }
}
END_TEST

Suite *suite_nexmark(void);
Suite *suite_nexmark(void)
{
    Suite *suite = suite_create("nexmark");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, kinds_and_ids_follow_the_official_order);
    tcase_add_test(tests, time_follows_the_rate);
    tcase_add_test(tests, bids_keep_the_official_shares);
    tcase_add_test(tests, people_and_auctions_keep_the_official_shares);
    tcase_add_test(tests, tasks_share_the_events);
    tcase_add_test(tests, another_seed_gives_other_events);
    tcase_add_test(tests, only_wanted_fields_are_made);
    tcase_add_test(tests, positions);
    tcase_add_test(tests, ends);
    tcase_add_test(tests, pace);
    tcase_add_test(tests, mistakes);
    suite_add_tcase(suite, tests);
    return suite;
}
