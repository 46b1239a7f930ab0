/* test_grammar.c: what the trees look like: the contract with the planner. */
#include "core/text.h"
#include "parser/parser.h"

#include <check.h>

static Statement *statement_of(Arena *arena, const char *sql)
{
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Status     status = parser_next(parser_create(arena, str_from(sql)), arena, &statement, &err);
    ck_assert_msg(status == STATUS_OK, "%s: %s", sql, err.message);
    return statement;
}

static Node *expression_of(Arena *arena, const char *sql)
{
    Error  err = ERROR_NONE;
    Node  *node = NULL;
    Status status = parse_expression(arena, str_from(sql), &node, &err);
    ck_assert_msg(status == STATUS_OK, "%s: %s", sql, err.message);
    return node;
}

static TypeNode *type_of(Arena *arena, const char *sql)
{
    Error     err = ERROR_NONE;
    TypeNode *type = NULL;
    Status    status = parse_type(arena, str_from(sql), &type, &err);
    ck_assert_msg(status == STATUS_OK, "%s: %s", sql, err.message);
    return type;
}

/* With all parentheses, so that the shape shows: a + b * c is (a + (b * c)). */
static void put_shape(const Node *node, Text *out)
{
    if (node->kind != NODE_OPERATOR) {
        unparse_expression(node, out);
        return;
    }
    const NodeList *args = &node->operation.args;
    text_put(out, '(');
    if (args->count == 1)
        text_printf(out, "%s ", operator_text(node->operation.op));
    for (int64_t i = 0; i < args->count; i++) {
        if (i)
            text_printf(out, " %s ", operator_text(node->operation.op));
        put_shape(args->items[i], out);
    }
    text_put(out, ')');
}

typedef struct ShapeRow {
    const char *sql;
    const char *shape;
} ShapeRow;

static const ShapeRow shape_rows[] = {
    { "1 + 2 * 3", "(1 + (2 * 3))" },
    { "(1 + 2) * 3", "((1 + 2) * 3)" },
    { "1 - 2 - 3", "((1 - 2) - 3)" },
    { "1 + 2 || 'x'", "(1 + (2 || 'x'))" },
    { "- 1 + 2", "((- 1) + 2)" },
    { "1 * - 2 % 3", "((1 * (- 2)) % 3)" },
    { "NOT 1 = 2 AND 3", "((NOT (1 = 2)) AND 3)" },
    { "1 OR 2 AND 3 OR 4", "(1 OR (2 AND 3) OR 4)" },
    { "(1 OR 2) OR 3", "(1 OR 2 OR 3)" },
    { "1 OR (2 OR 3)", "(1 OR (2 OR 3))" },
    { "1 = 2 = 3", "((1 = 2) = 3)" },
    { "1 + 2 < 3 * 4", "((1 + 2) < (3 * 4))" },
    { "1 || 2 || 3 || 4", "(1 || 2 || 3 || 4)" },
    { "1 IS DISTINCT FROM 2 + 3", "(1 IS DISTINCT FROM (2 + 3))" },
};

START_TEST(operators_bind_as_in_the_dialect)
{
    Arena *arena = arena_create();
    Text   text = TEXT_EMPTY;
    put_shape(expression_of(arena, shape_rows[_i].sql), &text);
    ck_assert_str_eq(text_cstr(&text), shape_rows[_i].shape);
    text_free(&text);
    arena_destroy(arena);
}
END_TEST

START_TEST(literals_are_decoded)
{
    Arena *arena = arena_create();
    ck_assert(str_is(expression_of(arena, "'it''s'")->literal.text, "it's"));
    ck_assert(str_is(expression_of(arena, "E'a\\tb\\x41\\101\\u00e4\\''")->literal.text, "a\tbAA\xc3\xa4'"));
    ck_assert(str_is(expression_of(arena, "U&'\\D83D\\DE00\\\\'")->literal.text, "\xf0\x9f\x98\x80\\"));
    ck_assert(str_is(expression_of(arena, "U&'!00e4' UESCAPE '!'")->literal.text, "\xc3\xa4"));
    ck_assert(str_is(expression_of(arena, "U&'\\+01F600'")->literal.text, "\x1f" "600"));
    ck_assert(str_is(expression_of(arena, "'a'\n'b'")->literal.text, "ab"));
    ck_assert(str_eq(expression_of(arena, "x'00fF'")->literal.text, (Str){ "\0\xff", 2 }));
    ck_assert_int_eq(expression_of(arena, "TIMESTAMP WITH LOCAL TIME ZONE 'x'")->literal.kind, LITERAL_TIMESTAMP_LTZ);
    ck_assert(expression_of(arena, "UNKNOWN")->literal.is_unknown);
    const Node *interval = expression_of(arena, "INTERVAL -'1 10' DAY(3) TO HOUR");
    ck_assert_int_eq(interval->kind, NODE_INTERVAL);
    ck_assert(interval->interval.is_negative);
    ck_assert_int_eq(interval->interval.qualifier.from, UNIT_DAY);
    ck_assert_int_eq(interval->interval.qualifier.to, UNIT_HOUR);
    ck_assert_int_eq(interval->interval.qualifier.precision, 3);
    ck_assert_int_eq(expression_of(arena, "INTERVAL '5' SECONDS")->interval.qualifier.from, UNIT_SECOND);
    arena_destroy(arena);
}
END_TEST

START_TEST(names_and_access)
{
    Arena *arena = arena_create();
    const Node *path = expression_of(arena, "t.`a b`.c");
    ck_assert_int_eq(path->kind, NODE_COLUMN);
    ck_assert_int_eq(path->column.parts.count, 3);
    ck_assert(path->column.parts.items[1].is_quoted);
    ck_assert(str_is(path->column.parts.items[1].text, "a b"));
    ck_assert_int_eq(path->span.end, 9);
    const Node *field = expression_of(arena, "a[1].b");
    ck_assert_int_eq(field->kind, NODE_FIELD);
    ck_assert_int_eq(field->field.base->kind, NODE_ITEM);
    ck_assert_int_eq(expression_of(arena, "(a).b")->kind, NODE_FIELD);
    ck_assert_int_eq(expression_of(arena, "(1, 2)")->kind, NODE_ROW);
    ck_assert_int_eq(expression_of(arena, "(SELECT 1)")->kind, NODE_QUERY);
    ck_assert_int_eq(expression_of(arena, "((SELECT 1))")->kind, NODE_QUERY);
    arena_destroy(arena);
}
END_TEST

START_TEST(calls_have_plain_arguments)
{
    Arena *arena = arena_create();
    const Node *count = expression_of(arena, "count(*) FILTER (WHERE a) OVER w");
    ck_assert(count->call.is_star);
    ck_assert_ptr_nonnull(count->call.filter);
    ck_assert(str_is(count->call.over->base.text, "w"));
    ck_assert(expression_of(arena, "SUM(DISTINCT a)")->call.is_distinct);
    const Node *extract = expression_of(arena, "EXTRACT(year FROM x)");
    ck_assert(extract->call.is_special);
    ck_assert_int_eq(extract->call.args.items[0]->symbol.unit, UNIT_YEAR);
    const Node *trim = expression_of(arena, "TRIM(LEADING FROM x)");
    ck_assert(str_is(trim->call.args.items[0]->symbol.text, "LEADING"));
    ck_assert(str_is(trim->call.args.items[1]->literal.text, " "));
    ck_assert_int_eq(expression_of(arena, "TRIM(x)")->call.args.count, 1);
    const Node *substring = expression_of(arena, "SUBSTRING(x FROM 1 FOR 2)");
    ck_assert_int_eq(substring->call.args.count, 3);
    ck_assert(!substring->call.is_special);
    ck_assert_int_eq(expression_of(arena, "TIMESTAMPADD(DAY, 1, x)")->call.args.items[0]->kind, NODE_SYMBOL);
    ck_assert(!expression_of(arena, "CURRENT_DATE")->call.has_parentheses);
    const Node *json = expression_of(arena, "JSON_VALUE(a, '$' RETURNING INT DEFAULT 1 ON EMPTY ERROR ON ERROR)");
    ck_assert_int_eq(json->call.json->returning->kind, TYPE_NODE_INT);
    ck_assert_int_eq(json->call.json->on_empty, JSON_DEFAULT);
    ck_assert_ptr_nonnull(json->call.json->default_on_empty);
    ck_assert_int_eq(json->call.json->on_error, JSON_ERROR);
    const Node *object = expression_of(arena, "JSON_OBJECT('a' : 1, KEY 'b' VALUE x FORMAT JSON ABSENT ON NULL)");
    ck_assert_int_eq(object->call.args.count, 4);
    ck_assert(object->call.args.items[3]->is_format_json);
    ck_assert_int_eq(object->call.json->nulls, JSON_ABSENT_ON_NULL);
    const Node *session = expression_of(arena, "SESSION(TABLE t PARTITION BY a, b, DESCRIPTOR(ts), SIZE => 1)");
    ck_assert_int_eq(session->call.args.count, 3);
    ck_assert_int_eq(session->call.args.items[0]->table_arg.partition_by.count, 2);
    ck_assert_int_eq(session->call.args.items[1]->descriptor.count, 1);
    ck_assert_int_eq(session->call.args.items[2]->kind, NODE_NAMED_ARG);
    const Node *window = expression_of(arena, "SUM(a) OVER (PARTITION BY b, c ORDER BY d DESC NULLS LAST "
                                              "RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)");
    const WindowSpec *spec = window->call.over;
    ck_assert_int_eq(spec->partition_by.count, 2);
    ck_assert(spec->order_by.items[0].is_descending);
    ck_assert_int_eq(spec->order_by.items[0].nulls, AST_NULLS_LAST);
    ck_assert_int_eq(spec->frame, AST_FRAME_RANGE);
    ck_assert_int_eq(spec->start.kind, AST_BOUND_PRECEDING);
    ck_assert_int_eq(spec->end.kind, AST_BOUND_CURRENT_ROW);
    arena_destroy(arena);
}
END_TEST

START_TEST(predicates_and_cases)
{
    Arena *arena = arena_create();
    const Node *between = expression_of(arena, "a NOT BETWEEN SYMMETRIC 1 AND 2 AND b");
    ck_assert_int_eq(between->operation.op, OPERATOR_AND);
    ck_assert(between->operation.args.items[0]->between.is_symmetric);
    ck_assert(between->operation.args.items[0]->between.is_negated);
    const Node *in = expression_of(arena, "a IN ((SELECT 1))");
    ck_assert_ptr_nonnull(in->in.query);
    ck_assert_int_eq(expression_of(arena, "a NOT IN (1, 2)")->in.list.count, 2);
    const Node *like = expression_of(arena, "a NOT SIMILAR TO b ESCAPE 'x'");
    ck_assert(like->like.is_similar && like->like.is_negated);
    ck_assert_ptr_nonnull(like->like.escape);
    ck_assert_int_eq(expression_of(arena, "a IS NOT JSON ARRAY")->is.test, IS_JSON_ARRAY);
    const Node *simple = expression_of(arena, "CASE a WHEN 1, 2 THEN 'x' ELSE 'y' END");
    ck_assert_ptr_nonnull(simple->case_when.operand);
    ck_assert_int_eq(simple->case_when.whens.count, 2);
    ck_assert_ptr_eq(simple->case_when.whens.items[0].then, simple->case_when.whens.items[1].then);
    ck_assert_int_eq(expression_of(arena, "a > ALL (SELECT 1)")->quantified.op, OPERATOR_GREATER);
    ck_assert(expression_of(arena, "TRY_CAST(a AS INT)")->cast.is_try);
    arena_destroy(arena);
}
END_TEST

START_TEST(types_keep_what_was_written)
{
    Arena *arena = arena_create();
    ck_assert_int_eq(type_of(arena, "VARCHAR")->precision, -1);
    ck_assert_int_eq(type_of(arena, "DEC(10, 2) NOT NULL")->scale, 2);
    ck_assert_int_eq(type_of(arena, "DEC(10, 2) NOT NULL")->nullability, AST_NOT_NULL);
    ck_assert_int_eq(type_of(arena, "TIMESTAMP(3) WITH LOCAL TIME ZONE")->kind, TYPE_NODE_TIMESTAMP_LTZ);
    ck_assert_int_eq(type_of(arena, "TIMESTAMP WITHOUT TIME ZONE")->kind, TYPE_NODE_TIMESTAMP);
    ck_assert_int_eq(type_of(arena, "CHARACTER VARYING(5)")->kind, TYPE_NODE_VARCHAR);
    ck_assert_int_eq(type_of(arena, "INT ARRAY")->element->kind, TYPE_NODE_INT);
    const TypeNode *map = type_of(arena, "MAP<STRING, ARRAY<ROW<a INT NOT NULL 'x', `b c` DOUBLE PRECISION>>>");
    ck_assert_int_eq(map->key->kind, TYPE_NODE_STRING);
    ck_assert_int_eq(map->depth, 3);
    const TypeNode *row = map->element->element;
    ck_assert_int_eq(row->fields.count, 2);
    ck_assert(str_is(row->fields.items[0].comment, "x"));
    ck_assert(str_is(row->fields.items[1].name.text, "b c"));
    ck_assert_int_eq(type_of(arena, "ROW<>")->fields.count, 0);
    ck_assert_int_eq(type_of(arena, "INTERVAL DAY TO SECOND(3)")->interval.fraction, 3);
    ck_assert(str_is(type_of(arena, "RAW('c', 's')")->snapshot, "s"));
    ck_assert_int_eq(type_of(arena, "my.type")->kind, TYPE_NODE_NAMED);
    arena_destroy(arena);
}
END_TEST

START_TEST(queries_have_their_clauses)
{
    Arena *arena = arena_create();
    const Query *query = statement_of(arena, "WITH x (a) AS (SELECT 1), y AS (SELECT 2) "
                                             "SELECT /*+ STATE_TTL('x' = '1d') */ DISTINCT a AS b, t.*, c d "
                                             "FROM x t, y WHERE a GROUP BY a, () HAVING b WINDOW w AS (ORDER BY a) QUALIFY c "
                                             "ORDER BY 1 LIMIT 2 OFFSET 3")->query;
    ck_assert_int_eq(query->with.count, 2);
    ck_assert(query->select.is_distinct);
    ck_assert(str_is(query->select.hints.items[0].options.items[0].value, "1d"));
    ck_assert_int_eq(query->select.items.count, 3);
    ck_assert(str_is(query->select.items.items[2].alias.text, "d"));
    ck_assert_int_eq(query->select.from->kind, TABLE_REF_JOIN);
    ck_assert_int_eq(query->select.from->join.kind, AST_JOIN_COMMA);
    ck_assert_int_eq(query->select.group_by.count, 2);
    ck_assert_int_eq(query->select.windows.count, 1);
    ck_assert_ptr_nonnull(query->select.qualify);
    ck_assert(str_is(query->limit->literal.text, "2"));
    ck_assert(str_is(query->offset->literal.text, "3"));
    const Query *set = statement_of(arena, "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 "
                                           "UNION SELECT 4 INTERSECT SELECT 5")->query;
    ck_assert_int_eq(set->set.inputs.count, 2);
    ck_assert_int_eq(set->set.inputs.items[0]->set.inputs.count, 3);
    ck_assert_int_eq(set->set.inputs.items[1]->set.op, AST_INTERSECT);
    const Query *nested = statement_of(arena, "(SELECT 1 LIMIT 2) LIMIT 1")->query;
    ck_assert_int_eq(nested->kind, QUERY_NESTED);
    const Query *values = statement_of(arena, "VALUES (1, 2), 3, ((4, 5)), ROW(6)")->query;
    ck_assert_int_eq(values->values.rows.items[0]->collection.items.count, 2);
    ck_assert_int_eq(values->values.rows.items[1]->collection.items.count, 1);
    ck_assert_int_eq(values->values.rows.items[2]->collection.items.count, 1);
    ck_assert_int_eq(values->values.rows.items[3]->collection.items.count, 1);
    arena_destroy(arena);
}
END_TEST

static const TableRef *from_of(Arena *arena, const char *sql)
{
    return statement_of(arena, sql)->query->select.from;
}

START_TEST(tables_of_all_kinds)
{
    Arena *arena = arena_create();
    const TableRef *join = from_of(arena, "SELECT * FROM a JOIN b ON a.x = b.x "
                                          "LEFT OUTER JOIN LATERAL TABLE(f(x)) AS t (c) ON TRUE");
    ck_assert_int_eq(join->join.kind, AST_JOIN_LEFT);
    ck_assert_int_eq(join->join.left->join.kind, AST_JOIN_INNER);
    ck_assert_int_eq(join->join.right->kind, TABLE_REF_FUNCTION);
    ck_assert(join->join.right->is_lateral && join->join.right->function.is_wrapped);
    ck_assert_int_eq(join->join.right->columns.count, 1);
    const TableRef *temporal = from_of(arena, "SELECT * FROM a JOIN b /*+ OPTIONS('k'='v') */ "
                                              "FOR SYSTEM_TIME AS OF a.p AS c USING (x)")->join.right;
    ck_assert_ptr_nonnull(temporal->system_time);
    ck_assert_int_eq(temporal->hints.count, 1);
    ck_assert(str_is(temporal->alias.text, "c"));
    const TableRef *window = from_of(arena, "SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY) w");
    ck_assert_int_eq(window->kind, TABLE_REF_FUNCTION);
    ck_assert(!window->function.is_wrapped);
    const TableRef *unnest = from_of(arena, "SELECT * FROM UNNEST(a) WITH ORDINALITY AS t (x, i)");
    ck_assert(unnest->unnest.with_ordinality);
    const TableRef *match = from_of(arena, "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts "
                                           "MEASURES A.x AS y ONE ROW PER MATCH AFTER MATCH SKIP TO LAST B "
                                           "PATTERN (A B{2,}? (C | D)*) WITHIN INTERVAL '1' HOUR "
                                           "DEFINE A AS x > 1) AS m");
    ck_assert_int_eq(match->kind, TABLE_REF_MATCH);
    ck_assert(str_is(match->alias.text, "m"));
    const MatchRecognize *clauses = match->match.match;
    ck_assert_int_eq(clauses->skip, AST_SKIP_LAST);
    ck_assert(str_is(clauses->skip_to.text, "B"));
    ck_assert_int_eq(clauses->pattern->parts.count, 3);
    ck_assert_int_eq(clauses->pattern->parts.items[1]->min, 2);
    ck_assert_int_eq(clauses->pattern->parts.items[1]->max, -1);
    ck_assert(clauses->pattern->parts.items[1]->is_reluctant);
    ck_assert_int_eq(clauses->pattern->parts.items[2]->kind, AST_PATTERN_CHOICE);
    arena_destroy(arena);
}
END_TEST

START_TEST(statements_carry_their_parts)
{
    Arena *arena = arena_create();
    const Statement *table = statement_of(arena, "CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t "
                                                 "(a INT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'x') COMMENT 'y' "
                                                 "DISTRIBUTED BY HASH(a) INTO 4 BUCKETS PARTITIONED BY (a) "
                                                 "WITH ('k' = 'v')");
    ck_assert(table->is_temporary && table->if_not_exists);
    ck_assert_int_eq(table->name.parts.count, 3);
    ck_assert_int_eq(table->table.constraints.count, 1);
    ck_assert(str_is(table->table.constraints.items[0].columns.items[0].text, "a"));
    ck_assert_int_eq(table->table.distribution.buckets, 4);
    ck_assert_int_eq(table->table.partitioned_by.count, 1);
    ck_assert_int_eq(table->table.options.items[0].value_span.column, 179);
    const Statement *alter = statement_of(arena, "ALTER TABLE IF EXISTS t ADD (a.b INT FIRST, c AS d AFTER e)");
    ck_assert_int_eq(alter->alter.action, ALTER_ADD);
    ck_assert(alter->if_exists);
    ck_assert_int_eq(alter->alter.parts.columns.items[0].path.parts.count, 2);
    ck_assert_int_eq(alter->alter.parts.columns.items[0].position, AST_FIRST);
    ck_assert_int_eq(alter->alter.parts.columns.items[1].after.parts.count, 1);
    const Statement *insert = statement_of(arena, "INSERT OVERWRITE t PARTITION (k = 1) (a, b.c) SELECT 1, 2 "
                                                  "ON CONFLICT DO NOTHING");
    ck_assert(insert->insert.is_overwrite);
    ck_assert_int_eq(insert->insert.columns.count, 2);
    ck_assert_int_eq(insert->insert.conflict, AST_CONFLICT_NOTHING);
    ck_assert(str_is(insert->insert.partition.items[0].value, "1"));
    const Statement *explain = statement_of(arena, "EXPLAIN CHANGELOG_MODE, ESTIMATED_COST INSERT INTO t SELECT 1");
    ck_assert_int_eq(explain->plan.details, EXPLAIN_CHANGELOG_MODE | EXPLAIN_ESTIMATED_COST);
    ck_assert_int_eq(explain->plan.target->kind, STATEMENT_INSERT);
    const Statement *show = statement_of(arena, "SHOW TABLES FROM c.d NOT LIKE 'a%'");
    ck_assert(show->show.has_from && show->show.is_negated && !show->show.is_ilike);
    ck_assert(str_is(show->show.pattern, "a%"));
    ck_assert_int_eq(show->name.parts.count, 2);
    const Statement *drop = statement_of(arena, "DROP DATABASE IF EXISTS d CASCADE");
    ck_assert(drop->if_exists && drop->drop.is_cascade);
    const Statement *stop = statement_of(arena, "STOP JOB 'x' WITH SAVEPOINT WITH DRAIN");
    ck_assert(stop->job.with_savepoint && stop->job.with_drain);
    arena_destroy(arena);
}
END_TEST

Suite *suite_grammar(void)
{
    Suite *suite = suite_create("grammar");
    TCase *tcase = tcase_create("grammar");
    tcase_add_loop_test(tcase, operators_bind_as_in_the_dialect, 0, (int)(sizeof(shape_rows) / sizeof(shape_rows[0])));
    tcase_add_test(tcase, literals_are_decoded);
    tcase_add_test(tcase, names_and_access);
    tcase_add_test(tcase, calls_have_plain_arguments);
    tcase_add_test(tcase, predicates_and_cases);
    tcase_add_test(tcase, types_keep_what_was_written);
    tcase_add_test(tcase, queries_have_their_clauses);
    tcase_add_test(tcase, tables_of_all_kinds);
    tcase_add_test(tcase, statements_carry_their_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}
