/* test_parse_script.c: whole scripts as people write them: comments and strings full of separators, settings without
 * quotes, both forms of a statement set, missing last semicolons; and when a shell should read on. */
#include "parser/parser.h"

#include <check.h>

enum { STATEMENTS_MAX = 32 };

typedef struct Script {
    Arena     *arena;
    Str        source;
    Statement *statements[STATEMENTS_MAX];
    int        count;
} Script;

static Script read_script(const char *sql)
{
    Script  script = { .arena = arena_create() };
    Parser *parser = parser_create(script.arena, str_from(sql));
    script.source = parser_source(parser);
    for (;;) {
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        ck_assert_msg(parser_next(parser, script.arena, &statement, &err) == STATUS_OK, "%d:%d: %s", err.span.line,
                      err.span.column, err.message);
        if (!statement)
            return script;
        script.statements[script.count++] = statement;
    }
}

static void check_kinds(const Script *script, const StatementKind *kinds, int count)
{
    ck_assert_int_eq(script->count, count);
    for (int i = 0; i < count; i++)
        ck_assert_str_eq(statement_kind_text(script->statements[i]->kind), statement_kind_text(kinds[i]));
}

START_TEST(separators_in_text_separate_nothing)
{
    Script script = read_script("-- don't split here; please\n"
                                "--- nor here;\n"
                                "/* it's; \n two lines */\n"
                                "SET 'a;b' = 'c;d';\n"
                                "create table t (  -- \xe4\xb8\xad\xe6\x96\x87; \xe6\xb3\xa8\n"
                                "   id int\n"
                                "  ,name string--it's\n"
                                ") with (\n"
                                "   'properties.sasl.jaas.config' = 'x required username=\"a\" password=\"b\";'\n"
                                "  ,'key.fields' = 'a;b', 'text' = 'two\n"
                                "lines; and ''quotes'''\n"
                                ");\n"
                                "insert into t select `a;b`, 'it''s; -- x' from s -- no semicolon at the end");
    static const StatementKind kinds[] = { STATEMENT_SET, STATEMENT_CREATE_TABLE, STATEMENT_INSERT };
    check_kinds(&script, kinds, 3);
    ck_assert(str_is(script.statements[0]->setting.key, "a;b"));
    const Statement *table = script.statements[1];
    ck_assert_int_eq(table->span.line, 6);
    ck_assert_int_eq(table->table.columns.count, 2);
    ck_assert(str_is(table->table.options.items[2].value, "two\nlines; and 'quotes'"));
    Str text = node_source(script.source, script.statements[2]->span);
    ck_assert(str_is(text, "insert into t select `a;b`, 'it''s; -- x' from s"));
    arena_destroy(script.arena);
}
END_TEST

typedef struct SettingRow {
    const char *sql;
    const char *key; /* NULL: an error; "": all settings */
    const char *value;
} SettingRow;

static const SettingRow settings[] = {
    { "SET 'a.b' = 'c d'", "a.b", "c d" },
    { "SET a.b = c", "a.b", "c" },
    { "SET a.b=c;", "a.b", "c" },
    { "set a.b= 'c; d'", "a.b", "c; d" },
    { "SET key=a.b.c-d:8081", "key", "a.b.c-d:8081" },
    { "SET a = http://x/y?z=1#2", "a", "http://x/y?z=1#2" },
    { "SET a=b=c", "a=b", "c" },
    { "SET a = b=c", "a", "b=c" },
    { "SET a =''", "a", "" },
    { "SET a = -- no comment\n", NULL, NULL },
    { "SET a = 10 s", NULL, NULL },
    { "SET a = b -- comment ; '", "a", "b" },
    { "SET a = b /* comment ; ' */ ;", "a", "b" },
    { "SET\n  a\n = \n b", "a", "b" },
    { "SET a = it's", "a", "it's" },
    { "SET", "", NULL },
    { "SET -- all of them", "", NULL },
    { "SET 'a' = 8", NULL, NULL },
    { "SET 'a' = b", NULL, NULL },
    { "SET a", NULL, NULL },
    { "SET a =", NULL, NULL },
    { "SET 'a'", NULL, NULL },
    { "RESET 'a.b'", "a.b", NULL },
    { "RESET a.b;", "a.b", NULL },
    { "RESET", "", NULL },
    { "RESET a b", NULL, NULL },
};

START_TEST(setting_has_two_forms)
{
    const SettingRow *row = &settings[_i];
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Parser    *parser = parser_create(arena, str_from(row->sql));
    Status     status = parser_next(parser, arena, &statement, &err);
    ck_assert_msg((status == STATUS_OK) == (row->key != NULL), "%s: %s", row->sql, err.message);
    if (statement) {
        ck_assert_msg(statement->setting.key.ptr ? str_is(statement->setting.key, row->key) : !row->key[0], "%s: %.*s",
                      row->sql, STR_FMT(statement->setting.key));
        if (row->value)
            ck_assert_msg(str_is(statement->setting.value, row->value), "%s: %.*s", row->sql,
                          STR_FMT(statement->setting.value));
        statement = NULL;
        ck_assert_int_eq(parser_next(parser, arena, &statement, &err), STATUS_OK);
        ck_assert_ptr_null(statement);
    }
    arena_destroy(arena);
}
END_TEST

START_TEST(settings_stand_among_statements)
{
    Script script = read_script("SET sql-client.execution.result-mode = tableau;\n"
                                "SET parallelism.default=1;SELECT 1;RESET x;\n"
                                "SET 'pipeline.name' = 'my job';\n"
                                "UPDATE t SET a = 1;");
    static const StatementKind kinds[] = { STATEMENT_SET,   STATEMENT_SET, STATEMENT_SELECT,
                                           STATEMENT_RESET, STATEMENT_SET, STATEMENT_UPDATE };
    check_kinds(&script, kinds, 6);
    ck_assert(str_is(script.statements[0]->setting.value, "tableau"));
    ck_assert(str_is(script.statements[1]->setting.value, "1"));
    ck_assert_int_eq(script.statements[2]->span.line, 2);
    ck_assert_int_eq(script.statements[2]->span.column, 27);
    arena_destroy(script.arena);
}
END_TEST

START_TEST(statement_set_is_one_statement)
{
    Script script = read_script("EXECUTE STATEMENT SET\nBEGIN\n"
                                "INSERT INTO a SELECT CASE WHEN x = 1 THEN 'y;' ELSE 'z' END FROM t;\n"
                                "INSERT INTO b VALUES (1);\n"
                                "END;\n"
                                "BEGIN STATEMENT SET;\n"
                                "INSERT INTO a SELECT 1;\n"
                                "INSERT INTO b SELECT CASE WHEN TRUE THEN 1 END;\n"
                                "END;\n"
                                "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;\n"
                                "QUIT;");
    static const StatementKind kinds[] = { STATEMENT_STATEMENT_SET, STATEMENT_STATEMENT_SET, STATEMENT_EXPLAIN,
                                           STATEMENT_QUIT };
    check_kinds(&script, kinds, 4);
    ck_assert_int_eq(script.statements[0]->set.items.count, 2);
    ck_assert_int_eq(script.statements[0]->span.line, 1);
    ck_assert_int_eq(script.statements[0]->set.items.items[1]->span.line, 4);
    ck_assert_int_eq(script.statements[1]->set.items.count, 2);
    ck_assert(str_is(node_source(script.source, script.statements[2]->span),
                     "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END"));
    arena_destroy(script.arena);
}
END_TEST

START_TEST(a_real_script_parses)
{
    Script script = read_script(
        "CREATE TEMPORARY SYSTEM FUNCTION f AS 'com.example.F' LANGUAGE JAVA;\n"
        "create table if not exists trips (\n"
        "    `trip_id`   VARCHAR\n"
        "   ,ts          BIGINT\n"
        "   ,`user`      ROW<id INT, `name` STRING>\n"
        "   ,tags        ROW(a INT, b STRING)\n"
        "   ,row_time    AS CASE WHEN `user`.id > 0 THEN TO_TIMESTAMP(FROM_UNIXTIME(ts / 1000)) END\n"
        "   ,ltz         AS TO_TIMESTAMP_LTZ(ts, 3) COMMENT 'Zeit'\n"
        "   ,proctime    AS PROCTIME()\n"
        "   ,`offset`    BIGINT METADATA VIRTUAL\n"
        "   ,event_time  TIMESTAMP(3) METADATA FROM 'timestamp'\n"
        "   ,d           DECIMAL\n"
        "   ,PRIMARY KEY (trip_id, ts) NOT ENFORCED\n"
        "   ,WATERMARK FOR row_time AS row_time - INTERVAL '5' SECONDS\n"
        ") WITH ('connector' = 'kafka', 'format' = 'json');\n"
        "CREATE TABLE copy (WATERMARK FOR ts AS ts - INTERVAL '0.001' SECOND) WITH ('k' = 'v')\n"
        "LIKE `my-catalog`.db.`trips` (EXCLUDING OPTIONS INCLUDING GENERATED);\n"
        "INSERT INTO c.d.sink (a, b)\n"
        "SELECT TUMBLE_START(row_time, INTERVAL '5' MINUTES), `user`.`name`\n"
        "FROM trips /*+ OPTIONS('scan.startup.mode'='earliest-offset') */ AS o\n"
        "LEFT JOIN users FOR SYSTEM_TIME AS OF o.proctime AS u ON o.`user`.id = u.id\n"
        "GROUP BY TUMBLE(row_time, INTERVAL '5' MINUTES), `user`.`name`\n");
    static const StatementKind kinds[] = { STATEMENT_CREATE_FUNCTION, STATEMENT_CREATE_TABLE, STATEMENT_CREATE_TABLE,
                                           STATEMENT_INSERT };
    check_kinds(&script, kinds, 4);
    const CreateTable *table = &script.statements[1]->table;
    ck_assert_int_eq(table->columns.count, 10);
    ck_assert_int_eq(table->columns.items[4].kind, COLUMN_NODE_COMPUTED);
    ck_assert(str_is(table->columns.items[5].comment, "Zeit"));
    ck_assert(table->columns.items[7].is_virtual);
    ck_assert(str_is(table->columns.items[8].metadata_key, "timestamp"));
    ck_assert_int_eq(table->columns.items[9].type->precision, -1);
    ck_assert_int_eq(table->constraints.items[0].enforced, AST_NOT_ENFORCED);
    ck_assert_int_eq(table->watermarks.items[0].expr->operation.op, OPERATOR_SUBTRACT);
    const CreateTable *copy = &script.statements[2]->table;
    ck_assert_int_eq(copy->like.parts.count, 3);
    ck_assert(str_is(copy->like.parts.items[0].text, "my-catalog"));
    ck_assert_int_eq(copy->like_options.items[0].merge, AST_EXCLUDING);
    arena_destroy(script.arena);
}
END_TEST

typedef struct CompleteRow {
    const char *sql;
    bool        is_complete;
    bool        is_incomplete; /* as the parser says when it fails */
} CompleteRow;

static const CompleteRow completes[] = {
    { "", true, false },
    { "-- only a comment", true, false },
    { ";;", true, false },
    { "SELECT 1;", true, false },
    { "SELECT 1; -- done", true, false },
    { "SELECT 1", false, false },
    { "SELECT 1; SELECT", false, false },
    { "SELECT", false, true },
    { "SELECT 'a;", false, true },
    { "SELECT 1; /* ;", false, false },
    { "SELECT `a;", false, false },
    { "SELECT FROM;", true, false },
    { "CREATE TABLE t (a INT,", false, true },
    { "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;", false, true },
    { "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END;", false, true },
    { "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;", true, false },
    { "BEGIN STATEMENT SET;", false, true },
    { "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;", true, false },
    { "SET a = it's;", true, false },
    { "SET 'a' = 'b", false, true },
};

START_TEST(shell_knows_when_to_read_on)
{
    const CompleteRow *row = &completes[_i];
    ck_assert_msg(sql_is_complete(str_from(row->sql)) == row->is_complete, "%s", row->sql);
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Parser    *parser = parser_create(arena, str_from(row->sql));
    parser_next(parser, arena, &statement, &err);
    ck_assert_msg(parser_statement(parser).is_incomplete == row->is_incomplete, "%s: %s", row->sql, err.message);
    arena_destroy(arena);
}
END_TEST

START_TEST(broken_utf8_is_replaced)
{
    Script script = read_script("-- \xb9\xfe GBK\nSELECT 'a\xff" "b';");
    const Node *node = script.statements[0]->query->select.items.items[0].expr;
    ck_assert(str_is(node->literal.text, "a\xef\xbf\xbd" "b"));
    ck_assert_int_eq(node->span.line, 2);
    ck_assert_int_eq(node->span.column, 8);
    arena_destroy(script.arena);
}
END_TEST

Suite *suite_parse_script(void)
{
    Suite *suite = suite_create("parse_script");
    TCase *tcase = tcase_create("parse_script");
    tcase_add_test(tcase, separators_in_text_separate_nothing);
    tcase_add_loop_test(tcase, setting_has_two_forms, 0, (int)(sizeof(settings) / sizeof(settings[0])));
    tcase_add_test(tcase, settings_stand_among_statements);
    tcase_add_test(tcase, statement_set_is_one_statement);
    tcase_add_test(tcase, a_real_script_parses);
    tcase_add_loop_test(tcase, shell_knows_when_to_read_on, 0, (int)(sizeof(completes) / sizeof(completes[0])));
    tcase_add_test(tcase, broken_utf8_is_replaced);
    suite_add_tcase(suite, tcase);
    return suite;
}
