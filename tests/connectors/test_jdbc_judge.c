/* test_jdbc_judge.c: which rows of a batch are known to be refused by the server, by the columns that its table has. That servers refuse just
 * these is shown by tests/e2e/test_mysql_refused.sh. */
#include "connectors/jdbc/jdbc_judge.h"
#include "tests/connectors/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

/* ---- types ------------------------------------------------------------------------------------------------------- */

START_TEST(types_are_taken_apart)
{
    static const struct {
        const char *type;
        JdbcClass   class_of;
        int64_t     size;
        int32_t     scale;
        bool        is_unsigned;
    } cases[] = {
        { "int", JDBC_INTEGER, 32, 0, false },
        { "int(10) unsigned", JDBC_INTEGER, 32, 0, true },
        { "TINYINT(3) unsigned zerofill", JDBC_INTEGER, 8, 0, true },
        { "decimal(10,2)", JDBC_DECIMAL, 10, 2, false },
        { "decimal(10,0) unsigned", JDBC_DECIMAL, 10, 0, true },
        { "varchar(20)", JDBC_CHARS, 20, 0, false },
        { "varchar(20) /*M!100301 COMPRESSED*/", JDBC_CHARS, 20, 0, false },
        { "tinytext", JDBC_TEXT, 255, 0, false },
        { "varbinary(3)", JDBC_BYTES, 3, 0, false },
        { "bit(3)", JDBC_BIT, 3, 0, false },
        { "enum('a unsigned','b')", JDBC_ENUM, 0, 0, false },
        { "timestamp(3)", JDBC_TIMESTAMP, 3, 0, false },
        { "geometry", JDBC_OTHER, 0, 0, false },
        { "", JDBC_OTHER, 0, 0, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        JdbcColumn column = { 0 };
        jdbc_column_set_type(&column, str_from(cases[i].type));
        ck_assert_int_eq(column.class_of, cases[i].class_of);
        ck_assert_int_eq(column.scale, cases[i].scale);
        ck_assert_int_eq(column.is_unsigned, cases[i].is_unsigned);
        if (cases[i].size > 0)
            ck_assert_int_eq(column.size, cases[i].size);
    }
}
END_TEST

/* ---- rows -------------------------------------------------------------------------------------------------------- */

typedef struct Bed {
    Table      *table;
    JdbcOptions options;
    JdbcLayout  layout;
    JdbcColumns columns;
    JdbcJudge   judge;
    Codec      *codec;
    Batch      *batch;
} Bed;

/* One column v, of these types here and there, with the rows of JSON lines. */
static void open_bed(Bed *bed, const char *declared, JdbcColumn *target, const char *rows)
{
    char columns[64];
    snprintf(columns, sizeof(columns), "v %s", declared);
    *bed = (Bed){ .table = table_open(columns, "", "", "connector=jdbc;url=jdbc:mysql://h/d;table-name=t") };
    bed->columns = (JdbcColumns){ .items = target, .count = 1 };
    ck_assert_int_eq(jdbc_options_read(&bed->table->spec, bed->table->arena, &bed->options, &bed->table->err), STATUS_OK);
    jdbc_layout_create(&bed->table->io, &bed->options, &bed->layout);
    bed->batch = table_batch(bed->table, rows, &bed->codec);
    ck_assert_int_eq(jdbc_judge_create(&bed->layout, &bed->columns, bed->table->arena, &bed->judge, &bed->table->err), STATUS_OK);
}

static void close_bed(Bed *bed)
{
    codec_close(bed->codec);
    table_close(bed->table);
}

/* A letter per row: '-' is refused. */
static const char *verdicts(Bed *bed)
{
    const JdbcCheck *why;
    text_clear(&bed->table->text);
    for (int64_t row = 0; row < bed->batch->rows; row++) {
        int64_t found = jdbc_judge_find(&bed->judge, bed->batch, row, bed->batch->rows, &why);
        text_repeat(&bed->table->text, '+', found - row);
        if (found < bed->batch->rows)
            text_put(&bed->table->text, '-');
        row = found;
    }
    return text_cstr(&bed->table->text);
}

typedef struct Case {
    const char *declared;
    const char *type; /* in the database */
    const char *charset;
    const char *values; /* as JSON, behind each other */
    const char *verdicts;
} Case;

static void check_case(const Case *one)
{
    Bed        bed;
    Text       rows = TEXT_EMPTY;
    Str        rest = str_from(one->values), value;
    JdbcColumn target = { .name = STR("V"), .charset = str_from(one->charset) };
    while (str_split(&rest, '|', &value))
        text_printf(&rows, "{\"v\":%.*s}\n", STR_FMT(value));
    jdbc_column_set_type(&target, str_from(one->type));
    open_bed(&bed, one->declared, &target, text_cstr(&rows));
    ck_assert_msg(str_is(str_from(verdicts(&bed)), one->verdicts), "%s into %s: %s, expected %s", one->declared, one->type,
                  text_cstr(&bed.table->text), one->verdicts);
    close_bed(&bed);
    text_free(&rows);
}

START_TEST(values_are_judged)
{
    static const Case cases[] = {
        { "INT", "tinyint(4)", "", "127|128|-128|-129|null", "+-+-+" },
        { "BIGINT", "bigint(20) unsigned", "", "-1|0|9223372036854775807", "-++" },
        { "BOOLEAN", "bit(1)", "", "true|false", "++" },
        { "SMALLINT", "bit(64)", "", "-1|1", "++" },
        { "DECIMAL(20,4)", "decimal(5,2)", "", "999.9949|999.9950|-999.9949|-999.9950", "+-+-" },
        { "DECIMAL(9,1)", "decimal(5,2)", "", "999.9|1000.0|-1000", "+--" },
        { "DECIMAL(38,37)", "decimal(38,0)", "", "9.9999999999999999999999999999999999999|-1", "++" },
        { "DECIMAL(38,0)", "decimal(60,30)", "", "999999999999999999999999999999|1000000000000000000000000000000", "+-" },
        { "DECIMAL(38,0)", "decimal(38,38)", "", "0|1|-1", "+--" },
        { "DECIMAL(9,3)", "int(11) unsigned", "", "-0.001|0", "-+" },
        { "DOUBLE", "decimal(5,2)", "", "999.994|999.995|-999.995", "+--" },
        { "FLOAT", "decimal(5,2)", "", "999.994|999.995", "+-" },
        { "DOUBLE", "smallint(6)", "", "32767.4|32767.5|-32768.4|-32768.5|1e300", "+-+--" },
        { "DOUBLE", "int(11)", "", "-2147483648.5|-2147483649", "+-" },
        { "DOUBLE", "float", "", "3.4028234e38|3.5e38|-3.5e38", "+--" },
        { "FLOAT", "double unsigned", "", "1|-1", "+-" },
        { "STRING", "varchar(3)", "utf8mb4", "\"abc\"|\"abcd\"|\"abc   \"|\"éé😀\"|\"éé😀é\"|null|\"\"", "+-++-++" },
        { "CHAR(4)", "char(3)", "utf8mb4", "\"abc\"|\"abcd\"", "+-" },
        { "STRING", "varchar(3)", "latin1", "\"é€\"|\"ł\"|\"😀\"", "+--" },
        { "STRING", "varchar(9)", "utf8mb3", "\"ł日\"|\"😀\"", "+-" },
        { "STRING", "varchar(9)", "koi8r", "\"日\"|\"1234567890\"", "+-" },
        { "STRING", "tinytext", "ucs2", "\"ł\"", "+" },
        { "STRING", "varbinary(2)", "", "\"ab\"|\"a  \"|\"é\"", "+-+" },
        { "BYTES", "binary(2)", "", "\"AAA=\"|\"AAAA\"", "+-" },
        { "STRING", "enum('x','it''s','')", "utf8mb4", "\"X \"|\"it's\"|\"\"|\"z\"|\"ẋ\"|\"2\"|\"x\\u0001\"", "+++-+++" },
        { "STRING", "enum('a\\\\b')", "utf8mb4", "\"z\"", "+" },
        { "STRING", "date", "", "\"2024-02-29\"|\"2023-02-29\"|\"2024-00-10\"|\"2024-2-30\"|\"\"|\"x\"", "+-++--" },
        { "DATE", "date", "", "\"2024-02-29\"|\"9999-12-31\"", "++" },
        { "DATE", "timestamp", "", "\"1969-01-01\"|\"1970-01-01\"|\"2106-02-07\"|\"2107-01-01\"", "-++-" },
        { "TIMESTAMP(3)", "timestamp(3)", "", "\"1969-01-01 00:00:00\"|\"2000-01-01 00:00:00\"|\"2107-01-01 00:00:00\"", "-+-" },
        { "TIMESTAMP(6)", "timestamp(6)", "", "\"1969-01-01 00:00:00\"|\"2000-01-01 00:00:00\"|\"2107-01-01 00:00:00\"", "-+-" },
        { "STRING", "int(11)", "", "\" 12 \"|\"1e2\"|\"-.5\"|\"1e\"|\"\"|\"0x1\"|\"3e9\"|\"NaN\"", "+++-----" },
        { "STRING", "int(11) unsigned", "", "\"-0.3\"|\"-1\"", "+-" },
        { "STRING", "geometry", "", "\"what it is\"", "+" },
        { "BIGINT", "varchar(1)", "utf8mb4", "12345", "+" },
        { "TIME", "date", "", "\"10:00:00\"", "+" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_case(&cases[i]);
}
END_TEST

START_TEST(types_that_cannot_fail_are_not_checked)
{
    static const struct {
        const char *declared;
        const char *type;
        int32_t     checks;
    } cases[] = {
        { "INT", "int(11)", 0 },        { "INT", "bigint(20)", 0 },  { "TINYINT", "decimal(5,2)", 0 },
        { "DECIMAL(10,2)", "decimal(10,2)", 0 }, { "DECIMAL(10,4)", "decimal(10,2)", 0 }, { "DECIMAL(10,2)", "decimal(10,4)", 1 },
        { "INT", "int(10) unsigned", 1 }, { "STRING", "varchar(9)", 1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Bed        bed;
        JdbcColumn target = { .name = STR("v"), .charset = STR("utf8mb4") };
        jdbc_column_set_type(&target, str_from(cases[i].type));
        open_bed(&bed, cases[i].declared, &target, "{}\n");
        ck_assert_int_eq(bed.judge.count, cases[i].checks);
        close_bed(&bed);
    }
}
END_TEST

START_TEST(a_number_that_is_none)
{
    Bed        bed;
    JdbcColumn target = { .name = STR("v") };
    jdbc_column_set_type(&target, STR("double"));
    open_bed(&bed, "DOUBLE", &target, "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n");
    COLUMN_DATA(&bed.batch->columns[0], double)[0] = (double)NAN;
    COLUMN_DATA(&bed.batch->columns[0], double)[2] = (double)-INFINITY;
    ck_assert_str_eq(verdicts(&bed), "-+-");
    close_bed(&bed);
}
END_TEST

START_TEST(nulls_and_deletes)
{
    Bed              bed;
    const JdbcCheck *why = NULL;
    JdbcColumn       target = { .name = STR("v"), .refuses_null = true };
    jdbc_column_set_type(&target, STR("tinyint(4)"));
    open_bed(&bed, "INT", &target, "{\"v\":1}\n{\"v\":null}\n{\"v\":1000}\n{\"v\":null}\n");
    ck_assert_str_eq(verdicts(&bed), "+---");
    bed.batch->kinds = buf_zalloc(bed.batch->buf, 4);
    bed.batch->kinds[1] = bed.batch->kinds[2] = ROW_DELETE;
    ck_assert_str_eq(verdicts(&bed), "+++-");
    ck_assert_int_eq(jdbc_judge_find(&bed.judge, bed.batch, 0, 4, &why), 3);
    ck_assert_int_eq(jdbc_judge_refuse(&bed.judge, bed.batch, 3, why, &bed.table->err), STATUS_REFUSED);
    ck_assert_str_eq(bed.table->err.message, "table default_catalog.default_database.t, column 'v': a NULL for tinyint(4) NOT NULL; the row "
                                             "is (NULL)");
    close_bed(&bed);
}
END_TEST

START_TEST(invalid_dates_where_they_are_allowed)
{
    Bed        bed;
    JdbcColumn target = { .name = STR("v") };
    jdbc_column_set_type(&target, STR("datetime"));
    open_bed(&bed, "STRING", &target, "{\"v\":\"2023-02-31 10:00:00\"}\n{\"v\":\"2023-02-32 10:00:00\"}\n");
    ck_assert_str_eq(verdicts(&bed), "--");
    bed.columns.allows_invalid_dates = true;
    ck_assert_int_eq(jdbc_judge_create(&bed.layout, &bed.columns, bed.table->arena, &bed.judge, &bed.table->err), STATUS_OK);
    ck_assert_str_eq(verdicts(&bed), "+-");
    close_bed(&bed);
}
END_TEST

START_TEST(a_table_that_lacks_the_column_or_is_not_known)
{
    Bed        bed;
    JdbcColumn target = { .name = STR("v") };
    jdbc_column_set_type(&target, STR("tinyint(4)"));
    open_bed(&bed, "INT", &target, "{\"v\":1000}\n");
    target.name = STR("w");
    ck_assert_int_eq(jdbc_judge_create(&bed.layout, &bed.columns, bed.table->arena, &bed.judge, &bed.table->err), STATUS_NO_OBJECT);
    ck_assert_str_eq(bed.table->err.message, "table default_catalog.default_database.t: the table in the database has no column 'v'");
    bed.columns.count = 0;
    ck_assert_int_eq(jdbc_judge_create(&bed.layout, &bed.columns, bed.table->arena, &bed.judge, &bed.table->err), STATUS_OK);
    ck_assert_str_eq(verdicts(&bed), "+");
    close_bed(&bed);
}
END_TEST

Suite *suite_jdbc_judge(void)
{
    Suite *suite = suite_create("jdbc_judge");
    TCase *tests = tcase_create("jdbc_judge");
    tcase_add_test(tests, types_are_taken_apart);
    tcase_add_test(tests, values_are_judged);
    tcase_add_test(tests, types_that_cannot_fail_are_not_checked);
    tcase_add_test(tests, a_number_that_is_none);
    tcase_add_test(tests, nulls_and_deletes);
    tcase_add_test(tests, invalid_dates_where_they_are_allowed);
    tcase_add_test(tests, a_table_that_lacks_the_column_or_is_not_known);
    suite_add_tcase(suite, tests);
    return suite;
}
