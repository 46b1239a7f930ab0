/* test_parse_limits.c: hostile and huge text: a clear error or a flat tree, never a crash. */
#include "core/env.h"
#include "core/text.h"
#include "parser/parser.h"

#include <check.h>

static Status parse(const Text *sql, Statement **statement, Arena *arena, Error *err)
{
    return parser_next(parser_create(arena, text_str(sql)), arena, statement, err);
}

typedef struct Nest {
    const char *before;
    const char *open;
    const char *middle;
    const char *close;
    const char *after;
} Nest;

static const Nest nests[] = {
    { "SELECT ", "(", "1", ")", "" },
    { "SELECT ", "(1+", "1", ")", "" },
    { "SELECT ", "f(", "1", ")", "" },
    { "SELECT ", "- ", "1", "", "" },
    { "SELECT ", "NOT ", "a", "", " FROM t" },
    { "SELECT ", "CASE WHEN a THEN ", "1", " END", " FROM t" },
    { "SELECT ", "a[", "1", "]", " FROM t" },
    { "SELECT a", "[1]", "", "", " FROM t" },
    { "SELECT f(a)", ".b", "", "", " FROM t" },
    { "SELECT a", " IS NULL", "", "", " FROM t" },
    { "SELECT a", " + 1", "", "", " FROM t" },
    { "SELECT a", " = 1", "", "", " FROM t" },
    { "SELECT ", "(SELECT ", "1", ")", "" },
    { "", "(", "SELECT 1", ")", "" },
    { "SELECT * FROM ", "(SELECT * FROM ", "t", ")", "" },
    { "SELECT * FROM ", "(", "a JOIN b ON TRUE", ")", "" },
    { "SELECT * FROM a", " JOIN b ON TRUE", "", "", "" },
    { "SELECT ", "CAST(", "1", " AS INT)", "" },
    { "SELECT CAST(a AS ", "ARRAY<", "INT", ">", ") FROM t" },
    { "SELECT CAST(a AS INT", " ARRAY", "", "", ") FROM t" },
    { "SELECT CAST(a AS ", "ROW(a ", "INT", ")", ") FROM t" },
    { "SELECT ", "ARRAY[", "1", "]", "" },
    { "SELECT a FROM t WHERE ", "EXISTS (SELECT 1 FROM u WHERE ", "TRUE", ")", "" },
    { "", "WITH a AS (", "SELECT 1", ") SELECT 1", "" },
    { "SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a PATTERN (", "(", "A", ")", ") DEFINE A AS TRUE)" },
    { "CREATE TABLE t (a ", "MAP<INT, ", "INT", ">", ")" },
};

static void write_nest(const Nest *nest, int64_t count, Text *sql)
{
    text_puts(sql, nest->before);
    for (int64_t i = 0; i < count; i++)
        text_puts(sql, nest->open);
    text_puts(sql, nest->middle);
    for (int64_t i = 0; i < count; i++)
        text_puts(sql, nest->close);
    text_puts(sql, nest->after);
}

START_TEST(nesting_has_a_limit)
{
    static const int64_t counts[] = { 300, 100000 };
    for (int i = 0; i < 2; i++) {
        Text       sql = TEXT_EMPTY;
        Arena     *arena = arena_create();
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        write_nest(&nests[_i], counts[i], &sql);
        Status status = parse(&sql, &statement, arena, &err);
        if (i == 0) {
            ck_assert_msg(status == STATUS_OK, "%s%s: %s", nests[_i].before, nests[_i].open, err.message);
        } else {
            ck_assert_msg(status == STATUS_LIMIT, "%s%s: %s", nests[_i].before, nests[_i].open, err.message);
            ck_assert_str_eq(err.message, "nested more than 1000 deep");
        }
        arena_destroy(arena);
        text_free(&sql);
    }
}
END_TEST

static const char *const flat_joints[] = { " OR ", " AND ", " || " };

START_TEST(chain_of_100000_is_flat)
{
    Text sql = TEXT_EMPTY;
    text_puts(&sql, "a0");
    for (int i = 1; i < 100000; i++)
        text_printf(&sql, "%sa%d", flat_joints[_i], i);
    Arena *arena = arena_create();
    Error  err = ERROR_NONE;
    Node  *node = NULL;
    ck_assert_msg(parse_expression(arena, text_str(&sql), &node, &err) == STATUS_OK, "%s", err.message);
    ck_assert_int_eq(node->kind, NODE_OPERATOR);
    ck_assert_int_eq(node->operation.args.count, 100000);
    ck_assert_int_eq(node->depth, 1);
    arena_destroy(arena);
    text_free(&sql);
}
END_TEST

START_TEST(lists_may_be_long)
{
    static const char *const starts[] = {
        "SELECT a FROM t WHERE a IN (0", "VALUES (0", "SELECT f(0", "SELECT ARRAY[0"
    };
    static const char *const ends[] = { ")", ")", ")", "]" };
    for (int k = 0; k < 4; k++) {
        Text sql = TEXT_EMPTY;
        text_puts(&sql, starts[k]);
        for (int i = 1; i < 100000; i++)
            text_printf(&sql, ", %d", i);
        text_puts(&sql, ends[k]);
        Arena     *arena = arena_create();
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        ck_assert_msg(parse(&sql, &statement, arena, &err) == STATUS_OK, "%s: %s", starts[k], err.message);
        arena_destroy(arena);
        text_free(&sql);
    }
}
END_TEST

START_TEST(union_of_20000_is_flat)
{
    Text sql = TEXT_EMPTY;
    text_puts(&sql, "SELECT 1");
    for (int i = 1; i < 20000; i++)
        text_puts(&sql, " UNION ALL SELECT 1");
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    ck_assert_int_eq(parse(&sql, &statement, arena, &err), STATUS_OK);
    ck_assert_int_eq(statement->query->kind, QUERY_SET);
    ck_assert_int_eq(statement->query->set.inputs.count, 20000);
    arena_destroy(arena);
    text_free(&sql);
}
END_TEST

START_TEST(statement_has_a_largest_size)
{
    Text sql = TEXT_EMPTY;
    text_puts(&sql, "SELECT '");
    text_repeat(&sql, 'x', PARSER_STATEMENT_MAX);
    text_puts(&sql, "', 1; SELECT 2");
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Parser    *parser = parser_create(arena, text_str(&sql));
    ck_assert_int_eq(parser_next(parser, arena, &statement, &err), STATUS_LIMIT);
    ck_assert_str_eq(err.message, "the statement is longer than 16 MiB");
    err = ERROR_NONE;
    ck_assert_int_eq(parser_next(parser, arena, &statement, &err), STATUS_OK);
    ck_assert_ptr_nonnull(statement);
    arena_destroy(arena);
    text_free(&sql);
}
END_TEST

START_TEST(comments_may_be_long)
{
    Text sql = TEXT_EMPTY;
    text_puts(&sql, "/* ");
    text_repeat(&sql, '*', PARSER_STATEMENT_MAX + 10);
    text_puts(&sql, " */ SELECT 1");
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    ck_assert_int_eq(parse(&sql, &statement, arena, &err), STATUS_OK);
    arena_destroy(arena);
    text_free(&sql);
}
END_TEST

static void read_all(Arena *arena, Str sql)
{
    Parser *parser = parser_create(arena, sql);
    for (;;) {
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        if (parser_next(parser, arena, &statement, &err) == STATUS_OK && !statement)
            return;
    }
}

START_TEST(every_prefix_fails_cleanly)
{
    static const char sql[] =
        "CREATE TABLE t (a ARRAY<ROW<x INT>>, WATERMARK FOR ts AS ts - INTERVAL '5' SECONDS) WITH ('k' = 'v');"
        "INSERT INTO t /*+ OPTIONS('a'='b') */ SELECT CASE WHEN `a b` IN (1, 2) THEN E'\\n' END, "
        "SUM(x) OVER (ORDER BY y) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY)) "
        "WHERE JSON_VALUE(a, '$.x' NULL ON EMPTY) LIKE 'x'";
    for (int64_t len = 0; len < (int64_t)sizeof(sql); len++) {
        Arena *arena = arena_create();
        read_all(arena, (Str){ sql, len });
        arena_destroy(arena);
    }
}
END_TEST

/* False when memory ran out. */
static bool survives(Arena *arena, int64_t fail_after)
{
    EnvGuard guard;
    env_fail_alloc_after(fail_after);
    if (setjmp(env_guard_enter(&guard)->unwind))
        return false;
    read_all(arena, STR("CREATE TABLE t (a INT) WITH ('k' = 'v'); SELECT * FORM t; SELECT E'a' || b FROM t"));
    env_guard_leave(&guard);
    env_fail_alloc_after(0);
    return true;
}

/* Every allocation fails once; what was begun is gone with its arena (the leak check of the sanitizer build sees). */
START_TEST(memory_may_run_out_anywhere)
{
    int64_t count = 0;
    bool    has_ended = false;
    while (!has_ended) {
        Arena *arena = arena_create();
        has_ended = survives(arena, ++count);
        arena_destroy(arena);
        ck_assert_int_lt(count, 1000);
    }
    ck_assert_int_gt(count, 2);
}
END_TEST

Suite *suite_parse_limits(void)
{
    Suite *suite = suite_create("parse_limits");
    TCase *tcase = tcase_create("parse_limits");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, nesting_has_a_limit, 0, (int)(sizeof(nests) / sizeof(nests[0])));
    tcase_add_loop_test(tcase, chain_of_100000_is_flat, 0, 3);
    tcase_add_test(tcase, lists_may_be_long);
    tcase_add_test(tcase, union_of_20000_is_flat);
    tcase_add_test(tcase, statement_has_a_largest_size);
    tcase_add_test(tcase, comments_may_be_long);
    tcase_add_test(tcase, every_prefix_fails_cleanly);
    tcase_add_test(tcase, memory_may_run_out_anywhere);
    suite_add_tcase(suite, tcase);
    return suite;
}
