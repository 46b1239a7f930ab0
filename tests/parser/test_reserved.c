/* test_reserved.c: which words are names. The list of reserved words is the dialect's; what matters is that a script
 * that runs there parses here, and that the user of a reserved word is told about backticks. */
#include "parser/parser.h"
#include "parser/token.h"

#include <check.h>
#include <stdio.h>

static Status parse(const char *sql, Error *err)
{
    Arena     *arena = arena_create();
    Statement *statement = NULL;
    Status     status = parser_next(parser_create(arena, str_from(sql)), arena, &statement, err);
    arena_destroy(arena);
    return status;
}

/* A keyword that is not reserved is an alias, a column, a table, a field. */
static void check_keyword(const Keyword *keyword)
{
    char  sql[512];
    Error err = ERROR_NONE;
    snprintf(sql, sizeof(sql), "SELECT 1 AS %s", keyword->text);
    Status expected = keyword->is_reserved ? STATUS_SYNTAX : STATUS_OK;
    ck_assert_msg(parse(sql, &err) == expected, "%s: %s", sql, err.message);
    err = ERROR_NONE;
    snprintf(sql, sizeof(sql), "CREATE TABLE t (%s INT, b INT)", keyword->text);
    if (strcmp(keyword->text, "WATERMARK") != 0)
        ck_assert_msg(parse(sql, &err) == expected, "%s: %s", sql, err.message);
    err = ERROR_NONE;
    snprintf(sql, sizeof(sql), "SELECT `%s`, t.`%s` FROM `%s` AS `%s`", keyword->text, keyword->text, keyword->text,
             keyword->text);
    ck_assert_msg(parse(sql, &err) == STATUS_OK, "%s: %s", sql, err.message);
    if (keyword->is_reserved)
        return;
    err = ERROR_NONE;
    snprintf(sql, sizeof(sql), "SELECT %s, t.%s, %s + 1 FROM %s WHERE %s = 1 GROUP BY %s", keyword->text, keyword->text,
             keyword->text, keyword->text, keyword->text, keyword->text);
    ck_assert_msg(parse(sql, &err) == STATUS_OK, "%s: %s", sql, err.message);
}

START_TEST(every_keyword_behaves_as_listed)
{
    for (int32_t i = 0; i < keyword_count(); i++)
        check_keyword(keyword_at(i));
}
END_TEST

static const char *const hit_by_users[] = {
    "user",   "value", "timestamp", "date",  "time",    "order", "count", "result", "start",
    "end",    "method", "language", "position", "offset", "day", "hour",  "minute", "month",
    "year",   "second", "comment",  "hash",  "row",     "rows",  "current", "rank", "percent",
};

START_TEST(reserved_word_gets_a_hint)
{
    char sql[128];
    char expected[256];
    snprintf(sql, sizeof(sql), "CREATE TABLE t (a INT, %s STRING)", hit_by_users[_i]);
    Error err = ERROR_NONE;
    ck_assert_int_eq(parse(sql, &err), STATUS_SYNTAX);
    snprintf(expected, sizeof(expected), "write it in backticks: `%s`", hit_by_users[_i]);
    ck_assert_msg(strstr(err.hint, expected) != NULL, "%s: %s | %s", sql, err.message, err.hint);
    ck_assert_int_eq(err.span.column, 24);
}
END_TEST

static const char *const free_words[] = { "name",  "type",   "key",   "data", "source", "state", "version", "level",
                                          "status", "label", "plan",  "path", "model",  "if",    "do",      "zone" };

START_TEST(free_word_is_a_column)
{
    char sql[256];
    snprintf(sql, sizeof(sql), "CREATE TABLE t (%s STRING, WATERMARK FOR %s AS %s)", free_words[_i], free_words[_i],
             free_words[_i]);
    Error err = ERROR_NONE;
    ck_assert_msg(parse(sql, &err) == STATUS_OK, "%s: %s", sql, err.message);
}
END_TEST

Suite *suite_reserved(void)
{
    Suite *suite = suite_create("reserved");
    TCase *tcase = tcase_create("reserved");
    tcase_add_test(tcase, every_keyword_behaves_as_listed);
    tcase_add_loop_test(tcase, reserved_word_gets_a_hint, 0, (int)(sizeof(hit_by_users) / sizeof(hit_by_users[0])));
    tcase_add_loop_test(tcase, free_word_is_a_column, 0, (int)(sizeof(free_words) / sizeof(free_words[0])));
    suite_add_tcase(suite, tcase);
    return suite;
}
