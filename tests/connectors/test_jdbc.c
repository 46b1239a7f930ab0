/* test_jdbc.c: what jdbc tables refuse, how a URL is read, and the SQL that rows become: everything that needs no server. */
#include "connectors/jdbc/jdbc_chunk.h"
#include "connectors/jdbc/jdbc_reader.h"
#include "tests/connectors/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

#define URL "url=jdbc:mysql://h/d;table-name=t;"

static Table *jdbc_table(const char *columns, const char *options)
{
    char all[1024];
    snprintf(all, sizeof(all), "connector=jdbc;%s", options);
    return table_open(columns, "", "", all);
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

typedef struct Refusal {
    const char *options;
    const char *message; /* "" = fine */
} Refusal;

static void check_all(const char *columns, const Refusal *cases, size_t count, bool is_sink)
{
    for (size_t i = 0; i < count; i++) {
        Table *table = jdbc_table(columns, cases[i].options);
        ck_assert_str_eq(table_check(table, is_sink), cases[i].message);
        table_close(table);
    }
}
#define CHECK_ALL(columns, cases, is_sink) check_all(columns, cases, sizeof(cases) / sizeof(*(cases)), is_sink)

START_TEST(options_are_checked)
{
    static const Refusal cases[] = {
        { URL, "" },
        { URL "username=ann",
          "Either all or none of the following options should be provided:\nusername\npassword" },
        { URL "username=ann;password=x", "" },
        { URL "scan.partition.column=i",
          "Either all or none of the following options should be provided:\nscan.partition.column\nscan.partition.num\n"
          "scan.partition.lower-bound\nscan.partition.upper-bound" },
        { URL "scan.partition.column=i;scan.partition.num=2;scan.partition.lower-bound=9;scan.partition.upper-bound=2",
          "'scan.partition.lower-bound'='9' must not be larger than 'scan.partition.upper-bound'='2'." },
        { URL "scan.partition.column=i;scan.partition.num=0;scan.partition.lower-bound=1;scan.partition.upper-bound=2",
          "option 'scan.partition.num' = '0': expected 1 to 10000" },
        { URL "scan.partition.column=z;scan.partition.num=1;scan.partition.lower-bound=1;scan.partition.upper-bound=2",
          "option 'scan.partition.column': the table has no column 'z'" },
        { URL "connection.max-retry-timeout=100ms",
          "The value of 'connection.max-retry-timeout' option must be in second granularity and shouldn't be smaller than 1 "
          "second, but is 100ms." },
        { URL "sink.max-retries=-1", "The value of 'sink.max-retries' option shouldn't be negative, but is -1." },
        { URL "lookup.max-retries=-1", "The value of 'lookup.max-retries' option shouldn't be negative, but is -1." },
        { URL "driver=com.mysql.cj.jdbc.Driver;scan.fetch-size=100;lookup.cache=PARTIAL", "" },
    };
    CHECK_ALL("i INT, s STRING", cases, false);
    CHECK_ALL("i INT, s STRING", cases, true);
}
END_TEST

START_TEST(types)
{
    static const struct {
        const char *columns;
        const char *message;
    } cases[] = {
        { "a ARRAY<INT>", "The MySQL dialect doesn't support type: ARRAY<INT>." },
        { "a TIMESTAMP_LTZ(3)", "The MySQL dialect doesn't support type: TIMESTAMP_LTZ(3)." },
        { "a BYTES, b TIMESTAMP(6), c DECIMAL(38,10), d TIME", "" },
        { "a TIMESTAMP(9)",
          "The precision of field 'a' is out of the TIMESTAMP precision range [0, 6] supported by MySQL dialect." },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Table *table = jdbc_table(cases[i].columns, URL);
        ck_assert_str_eq(table_check(table, true), cases[i].message);
        table_close(table);
    }
}
END_TEST

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

/* "host port database user password tls ca", or the error. */
static const char *read_url(const char *url, Text *out)
{
    Arena     *arena = arena_create();
    JdbcServer server;
    Error      err = ERROR_NONE;
    text_clear(out);
    if (jdbc_url_parse(arena, str_from(url), SPAN_NONE, &server, &err) != STATUS_OK)
        text_puts(out, err.message);
    else
        text_printf(out, "%.*s %d %.*s %.*s %.*s %d %.*s", STR_FMT(server.host), server.port, STR_FMT(server.database),
                    STR_FMT(server.user), STR_FMT(server.password), server.tls, STR_FMT(server.ca_file));
    arena_destroy(arena);
    return text_cstr(out);
}

START_TEST(urls)
{
    static const Refusal cases[] = {
        { "jdbc:mysql://db.example:3307/shop", "db.example 3307 shop   1 " },
        { "jdbc:mysql://db/shop", "db 3306 shop   1 " },
        { "jdbc:mysql://db", "db 3306    1 " },
        { "jdbc:mysql:///shop", "localhost 3306 shop   1 " },
        { "jdbc:mysql://[::1]:3307/shop", "::1 3307 shop   1 " },
        { "jdbc:mysql://ann:a%40b:c@db/shop", "db 3306 shop ann a@b:c 1 " },
        { "jdbc:mysql://db/shop?user=ann&password=x%26y", "db 3306 shop ann x&y 1 " },
        { "jdbc:mysql://db/shop?useSSL=false&serverTimezone=UTC&characterEncoding=utf8", "db 3306 shop   0 " },
        { "jdbc:mysql://db/shop?useSSL=true&requireSSL=true", "db 3306 shop   2 " },
        { "jdbc:mysql://db/shop?useSSL=true&requireSSL=true&verifyServerCertificate=true", "db 3306 shop   3 " },
        { "jdbc:mysql://db/shop?sslMode=verify_identity&useSSL=false", "db 3306 shop   4 " },
        { "jdbc:mysql://db/shop?trustCertificateKeyStoreUrl=file:/ca.pem&trustCertificateKeyStoreType=PEM",
          "db 3306 shop   4 /ca.pem" },
        { "jdbc:mysql://db/shop?serverSslCert=/ca.pem&sslMode=VERIFY_CA", "db 3306 shop   3 /ca.pem" },
        { "jdbc:mysql://db/shop?trustCertificateKeyStoreUrl=file:/ca.jks&trustCertificateKeyStoreType=JKS",
          "'trustCertificateKeyStoreType' of 'url': only Java reads its key stores; PEM files are supported" },
        { "jdbc:mysql://db/shop?sslMode=MAYBE", "property 'sslMode' of 'url' has no good value" },
        { "jdbc:mysql://db/shop?allowLoadLocalInfile=true",
          "property 'allowLoadLocalInfile' of 'url' is refused: a server could read files of this machine" },
        { "jdbc:mysql://db:0/shop", "the port in 'url' is no number from 1 to 65535" },
        { "jdbc:mysql://db:secret/shop", "the port in 'url' is no number from 1 to 65535" },
        { "jdbc:mysql://a,b/shop", "'url' names several hosts; one is supported: jdbc:mysql://host:port/database" },
        { "jdbc:postgresql://db/shop",
          "'url' does not start with jdbc:mysql://; other databases are not supported" },
    };
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_str_eq(read_url(cases[i].options, &text), cases[i].message);
    text_free(&text);
}
END_TEST

START_TEST(secrets_of_urls_are_hidden)
{
    static const Refusal cases[] = {
        { "jdbc:mysql://db/shop?useSSL=false", "jdbc:mysql://db/shop?useSSL=false" },
        { "jdbc:mysql://ann:secret@db/shop", "jdbc:mysql://**********@db/shop" },
        { "jdbc:mysql://ann:se/cr@et@db/shop", "jdbc:mysql://************@db/shop" },
        { "jdbc:mysql://db/shop?user=ann&password=secret&useSSL=false",
          "jdbc:mysql://db/shop?user=ann&password=******&useSSL=false" },
        { "'url' = 'jdbc:mysql://a:s''ecret word@db', 'x' = 'http://u@h', 'm' = 'a@b'",
          "'url' = 'jdbc:mysql://***''**********@db', 'x' = 'http://*@h', 'm' = 'a@b'" },
        { "http://host/path", "http://host/path" },
        { "ann@example.org", "ann@example.org" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char value[128];
        snprintf(value, sizeof(value), "%s", cases[i].options);
        urls_hide_secrets(value, (int64_t)strlen(value));
        ck_assert_str_eq(value, cases[i].message);
    }
    ck_assert(option_key_is_secret(STR("jdbc"), STR("password")));
    ck_assert(!option_key_is_secret(STR("jdbc"), STR("url")));
}
END_TEST

/* ---- SQL --------------------------------------------------------------------------------------------------------- */

typedef struct Bed {
    Table      *table;
    JdbcOptions options;
    JdbcLayout  layout;
    JdbcChunk  *chunk;
    Codec      *codec;
} Bed;

static void open_bed(Bed *bed, const char *columns, const int32_t *key, int32_t key_count, const char *options)
{
    *bed = (Bed){ .table = jdbc_table(columns, options), .chunk = jdbc_chunk_create() };
    bed->table->spec.primary_key = key;
    bed->table->spec.primary_key_count = key_count;
    ck_assert_str_eq(table_check(bed->table, true), "");
    ck_assert_int_eq(jdbc_options_read(&bed->table->spec, bed->table->arena, &bed->options, &bed->table->err), STATUS_OK);
    jdbc_layout_create(&bed->table->io, &bed->options, &bed->layout);
}

static void close_bed(Bed *bed)
{
    jdbc_chunk_free(bed->chunk);
    table_close(bed->table);
}

/* Rows of JSON lines, of the kinds "+-" (one per row; NULL: all +I). */
static void add_rows(Bed *bed, const char *rows, const char *kinds)
{
    Codec *codec;
    Batch *batch = table_batch(bed->table, rows, &codec);
    if (kinds)
        batch->kinds = buf_zalloc(batch->buf, batch->rows);
    for (int64_t row = 0; row < batch->rows; row++) {
        if (kinds && kinds[row] == '-')
            batch->kinds[row] = ROW_DELETE;
        ck_assert_msg(jdbc_chunk_add(bed->chunk, &bed->layout, batch, row, &bed->table->err) == STATUS_OK, "%s",
                      bed->table->err.message);
    }
    codec_close(codec);
}

/* What counts in the chunk: "values" or "-key", a line each. */
static const char *chunk_text(Bed *bed)
{
    text_clear(&bed->table->text);
    for (int64_t i = 0; i < bed->chunk->count; i++) {
        const JdbcRow *row = &bed->chunk->rows[i];
        if (row->is_replaced)
            continue;
        if (row->values_size == 0)
            text_put(&bed->table->text, '-');
        text_append(&bed->table->text, row->values_size > 0 ? jdbc_row_values(bed->chunk, row) : jdbc_row_key(bed->chunk, row));
        text_put(&bed->table->text, '\n');
    }
    return text_cstr(&bed->table->text);
}

START_TEST(statements)
{
    static const int32_t key[] = { 0 }, keys[] = { 1, 0 };
    Bed bed;
    open_bed(&bed, "a INT, b STRING", NULL, 0, URL);
    ck_assert_str_eq(bed.layout.insert_head.ptr, "INSERT INTO `t` (`a`, `b`) VALUES ");
    ck_assert_str_eq(bed.layout.insert_tail.ptr, "");
    close_bed(&bed);
    open_bed(&bed, "a INT, b STRING", key, 1, URL);
    ck_assert_str_eq(bed.layout.insert_tail.ptr, " ON DUPLICATE KEY UPDATE `a` = VALUES(`a`), `b` = VALUES(`b`)");
    ck_assert_str_eq(bed.layout.delete_head.ptr, "DELETE FROM `t` WHERE `a` IN (");
    close_bed(&bed);
    open_bed(&bed, "a INT, b STRING", keys, 2, URL);
    ck_assert_str_eq(bed.layout.delete_head.ptr, "DELETE FROM `t` WHERE (`b`, `a`) IN (");
    close_bed(&bed);
}
END_TEST

START_TEST(names_cannot_leave_their_quotes)
{
    static const int32_t key[] = { 0 };
    Bed bed;
    open_bed(&bed, "a INT", key, 1, "url=jdbc:mysql://h/d;table-name=t` (a) VALUES (1) -- ");
    ck_assert_str_eq(bed.layout.insert_head.ptr, "INSERT INTO `t`` (a) VALUES (1) -- ` (`a`) VALUES ");
    close_bed(&bed);
}
END_TEST

START_TEST(literals)
{
    Bed bed;
    open_bed(&bed, "b BOOLEAN, t TINYINT, i BIGINT, f FLOAT, d DOUBLE, n DECIMAL(20,3), s STRING, x BYTES, dt DATE, tm TIME(3), "
                   "ts TIMESTAMP(6)", NULL, 0, URL);
    add_rows(&bed,
             "{\"b\":true,\"t\":-1,\"i\":9223372036854775807,\"f\":1.1,\"d\":1e300,\"n\":-0.5,\"s\":\"it's\",\"x\":\"AP8n\","
             "\"dt\":\"2024-02-29\",\"tm\":\"10:20:30.456\",\"ts\":\"2024-02-29 01:02:03.123456\"}\n"
             "{\"b\":false,\"s\":\"a\\\\'b\",\"x\":\"\",\"ts\":\"1969-12-31 23:59:59.5\"}\n"
             "{\"s\":\"\"}\n", NULL);
    ck_assert_str_eq(chunk_text(&bed),
                     "(1,-1,9223372036854775807,1.1,1.0E300,-0.500,'it''s',X'00ff27','2024-02-29','10:20:30','2024-02-29 "
                     "01:02:03.123456')\n"
                     "(0,NULL,NULL,NULL,NULL,NULL,_utf8mb4 X'615c2762',X'',NULL,NULL,'1969-12-31 23:59:59.5')\n"
                     "(NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL)\n");
    close_bed(&bed);
}
END_TEST

START_TEST(not_a_number)
{
    static const int32_t key[] = { 0 };
    Bed    bed;
    Codec *codec;
    open_bed(&bed, "a INT, d DOUBLE", key, 1, URL);
    Batch *batch = table_batch(bed.table, "{\"a\":7,\"d\":1}\n", &codec);
    COLUMN_DATA(&batch->columns[1], double)[0] = (double)INFINITY;
    ck_assert_int_eq(jdbc_chunk_add(bed.chunk, &bed.layout, batch, 0, &bed.table->err), STATUS_REFUSED);
    ck_assert_int_eq(bed.chunk->text.len, 0);
    ck_assert_str_eq(bed.table->err.message, "table default_catalog.default_database.t, column 'd', key 7: MySQL has neither NaN "
                                             "nor infinite numbers");
    codec_close(codec);
    close_bed(&bed);
}
END_TEST

START_TEST(the_last_row_of_a_key_counts)
{
    static const int32_t keys[] = { 0, 1 };
    Bed bed;
    open_bed(&bed, "a INT, b STRING, n INT", keys, 2, URL);
    add_rows(&bed, "{\"a\":1,\"b\":\"x\",\"n\":1}\n{\"a\":1,\"b\":\"y\",\"n\":2}\n{\"a\":1,\"b\":\"x\",\"n\":3}\n"
                   "{\"a\":1,\"b\":\"y\",\"n\":4}\n{\"a\":2,\"b\":\"z\",\"n\":5}\n{\"a\":2,\"b\":\"z\",\"n\":6}\n", "+++--+");
    ck_assert_str_eq(chunk_text(&bed), "(1,'x',3)\n-(1,'y')\n(2,'z',6)\n");
    jdbc_chunk_clear(bed.chunk);
    Text rows = TEXT_EMPTY;
    for (int i = 0; i < 3000; i++)
        text_printf(&rows, "{\"a\":%d,\"b\":\"\",\"n\":%d}\n", i % 1000, i);
    add_rows(&bed, text_cstr(&rows), NULL);
    text_free(&rows);
    int64_t replaced = 0;
    for (int64_t i = 0; i < bed.chunk->count; i++)
        replaced += bed.chunk->rows[i].is_replaced;
    ck_assert_int_eq(replaced, 2000);
    ck_assert(!bed.chunk->rows[2999].is_replaced && bed.chunk->rows[1999].is_replaced);
    close_bed(&bed);
}
END_TEST

START_TEST(without_a_key_every_row_counts)
{
    Bed bed;
    open_bed(&bed, "a INT", NULL, 0, URL);
    add_rows(&bed, "{\"a\":1}\n{\"a\":1}\n", NULL);
    ck_assert_str_eq(chunk_text(&bed), "(1)\n(1)\n");
    close_bed(&bed);
}
END_TEST

/* ---- epochs ------------------------------------------------------------------------------------------------------ */

START_TEST(an_epoch_goes_through_the_checkpoint)
{
    static const int32_t key[] = { 0 };
    Text output = TEXT_EMPTY;
    Bed  bed, other;
    open_bed(&bed, "a INT, b STRING", key, 1, URL);
    add_rows(&bed, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n{\"a\":1,\"b\":\"z\"}\n{\"a\":3,\"b\":null}\n", "++-+");
    jdbc_chunk_encode(bed.chunk, &bed.layout, &output);
    jdbc_chunk_clear(bed.chunk);
    ck_assert_int_eq(jdbc_chunk_decode(bed.chunk, &bed.layout, text_str(&output), &bed.table->err), STATUS_OK);
    ck_assert_str_eq(chunk_text(&bed), "(2,'y')\n-1\n(3,NULL)\n");
    for (int64_t size = 0; size < output.len; size++) {
        Error err = ERROR_NONE;
        jdbc_chunk_clear(bed.chunk);
        Status status = jdbc_chunk_decode(bed.chunk, &bed.layout, (Str){ output.ptr, size }, &err);
        ck_assert(status == STATUS_DATA || bed.chunk->count < 3);
    }
    open_bed(&other, "a INT, c STRING", key, 1, URL);
    ck_assert_int_eq(jdbc_chunk_decode(other.chunk, &other.layout, text_str(&output), &other.table->err), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(other.table->err.message, "rows that are not committed yet, of other columns"));
    close_bed(&other);
    close_bed(&bed);
    text_free(&output);
}
END_TEST

START_TEST(exactly_once_needs_checkpoints)
{
    Table *table = jdbc_table("a INT", URL "sink.delivery-guarantee=exactly-once");
    ck_assert(table_connector_of(table)->sink->is_exactly_once(&table->spec));
    ck_assert_str_eq(table_write(table, "{\"a\":1}\n"), "table default_catalog.default_database.t: 'exactly-once' needs checkpoints, and "
                                                       "this job takes none");
    table_close(table);
    table = jdbc_table("a INT", URL);
    ck_assert(!table_connector_of(table)->sink->is_exactly_once(&table->spec));
    table_close(table);
}
END_TEST

/* ---- splits ------------------------------------------------------------------------------------------------------ */

static const char *splits_of(const char *bounds, int32_t task, int32_t tasks, Text *out)
{
    char        options[256];
    JdbcOptions read;
    JdbcSplits  splits;
    snprintf(options, sizeof(options), URL "%s", bounds);
    Table *table = jdbc_table("a INT, b INT", options);
    ck_assert_str_eq(table_check(table, false), "");
    table->io.task_index = task;
    table->io.task_count = tasks;
    table->io.column_count = 1;
    ck_assert_int_eq(jdbc_options_read(&table->spec, table->arena, &read, &table->err), STATUS_OK);
    jdbc_splits_create(&table->io, &read, &splits);
    text_clear(out);
    for (int64_t i = 0; i < splits.count; i++) {
        jdbc_put_select(&table->io, &read, read.partition_column.ptr != NULL, splits.items[i].lower, splits.items[i].upper, out);
        text_put(out, '\n');
    }
    table_close(table);
    return text_cstr(out);
}

START_TEST(splits)
{
    Text        text = TEXT_EMPTY;
    const char *ten = "scan.partition.column=b;scan.partition.num=3;scan.partition.lower-bound=1;scan.partition.upper-bound=10";
    ck_assert_str_eq(splits_of("", 0, 2, &text), "SELECT `a` FROM `t`\n");
    ck_assert_str_eq(splits_of("", 1, 2, &text), "");
    ck_assert_str_eq(splits_of(ten, 0, 1, &text), "SELECT `a` FROM `t` WHERE `b` BETWEEN 1 AND 4\n"
                                                  "SELECT `a` FROM `t` WHERE `b` BETWEEN 5 AND 7\n"
                                                  "SELECT `a` FROM `t` WHERE `b` BETWEEN 8 AND 10\n");
    ck_assert_str_eq(splits_of(ten, 1, 2, &text), "SELECT `a` FROM `t` WHERE `b` BETWEEN 5 AND 7\n");
    ck_assert_str_eq(splits_of("scan.partition.column=b;scan.partition.num=5;scan.partition.lower-bound=-1;"
                               "scan.partition.upper-bound=0", 0, 1, &text),
                     "SELECT `a` FROM `t` WHERE `b` BETWEEN -1 AND -1\nSELECT `a` FROM `t` WHERE `b` BETWEEN 0 AND 0\n");
    ck_assert_str_eq(splits_of("scan.partition.column=b;scan.partition.num=2;scan.partition.lower-bound=-9223372036854775808;"
                               "scan.partition.upper-bound=9223372036854775807", 1, 2, &text),
                     "SELECT `a` FROM `t` WHERE `b` BETWEEN 0 AND 9223372036854775807\n");
    text_free(&text);
}
END_TEST

/* ---- without a server --------------------------------------------------------------------------------------------- */

START_TEST(a_server_that_is_away)
{
    Table *table = jdbc_table("a INT", "url=jdbc:mysql://127.0.0.1:1/d;table-name=t;connection.max-retry-timeout=1s;username=ann;"
                                       "password=canary");
    const char *message = table_write(table, "{\"a\":1}\n");
    ck_assert_ptr_nonnull(strstr(message, "table default_catalog.default_database.t, mysql 127.0.0.1:1: Can't connect to server"));
    ck_assert_ptr_nonnull(strstr(message, "; tried for 1 s ('connection.max-retry-timeout')"));
    ck_assert_ptr_nonnull(strstr(text_cstr(&table->notices), ", trying again\n"));
    ck_assert_ptr_null(strstr(message, "canary"));
    ck_assert_int_eq(table->err.status, STATUS_CONNECT);
    table_close(table);
}
END_TEST

START_TEST(closing_does_not_wait)
{
    Table *table = jdbc_table("a INT", "url=jdbc:mysql://127.0.0.1:1/d?nonsense=1;table-name=t");
    Poll   poll;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_EMPTY);
    ck_assert_str_eq(text_cstr(&table->notices), "table default_catalog.default_database.t: property 'nonsense' of 'url' is not "
                                                 "known and does nothing\n");
    int64_t begun_ns = clock_monotonic_ns(&env_clock);
    table_close(table);
    ck_assert_int_lt(clock_monotonic_ns(&env_clock) - begun_ns, 2000000000);
}
END_TEST

START_TEST(positions)
{
    const char *three = URL "scan.partition.column=a;scan.partition.num=3;scan.partition.lower-bound=1;scan.partition.upper-bound=9";
    Table      *table = jdbc_table("a INT", three);
    Poll        poll;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    const SourceType   *type = table_connector_of(table)->source;
    const SplitPosition some[] = { { STR("1..3"), STR("end") }, { STR("7..9"), STR("17") } };
    const SplitPosition rest[] = { { STR("4..6"), STR("end") }, { STR("7..9"), STR("end") }, { STR("1..9"), STR("5") } };
    const SplitPosition bad[] = { { STR("4..6"), STR("x") } };
    ck_assert_int_eq(type->load(table->source, some, 2, &table->err), STATUS_OK);
    for (int32_t i = 0; i < 3; i++) {
        type->save(table->source, i, &table->text, &table->text);
        text_put(&table->text, ' ');
    }
    ck_assert_str_eq(text_cstr(&table->text), "1..3end 4..60 7..917 ");
    ck_assert_int_eq(type->load(table->source, rest, 3, &table->err), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert_int_eq(poll.state, POLL_END);
    ck_assert_int_eq(type->load(table->source, bad, 1, &table->err), STATUS_DATA);
    table_close(table);
}
END_TEST

Suite *suite_jdbc(void)
{
    Suite *suite = suite_create("jdbc");
    TCase *tests = tcase_create("jdbc");
    tcase_add_test(tests, options_are_checked);
    tcase_add_test(tests, types);
    tcase_add_test(tests, urls);
    tcase_add_test(tests, secrets_of_urls_are_hidden);
    tcase_add_test(tests, statements);
    tcase_add_test(tests, names_cannot_leave_their_quotes);
    tcase_add_test(tests, literals);
    tcase_add_test(tests, not_a_number);
    tcase_add_test(tests, the_last_row_of_a_key_counts);
    tcase_add_test(tests, without_a_key_every_row_counts);
    tcase_add_test(tests, an_epoch_goes_through_the_checkpoint);
    tcase_add_test(tests, exactly_once_needs_checkpoints);
    tcase_add_test(tests, splits);
    tcase_add_test(tests, a_server_that_is_away);
    tcase_add_test(tests, closing_does_not_wait);
    tcase_add_test(tests, positions);
    suite_add_tcase(suite, tests);
    return suite;
}
