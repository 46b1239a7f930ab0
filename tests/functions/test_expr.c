/* test_expr.c: trees: equality, rewriting, text. */
#include "tests/functions/bed.h"

static Bed bed;

static void open_bed(void)
{
    bed_open(&bed, 1);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static Expr *column(int32_t index)
{
    return expr_column(bed.arena, index, &type_int, SPAN_NONE);
}

static const char *text_of(const Expr *expr)
{
    static const Str names[3] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
    Text text = TEXT_EMPTY;
    expr_print(expr, names, &text);
    const char *result = arena_cstr(bed.arena, text_str(&text));
    text_free(&text);
    return result;
}

START_TEST(equality_looks_at_all_but_places)
{
    Expr *left = bed_call(&bed, "+", column(0), bed_int(&bed, 1), NULL);
    Expr *same = bed_call(&bed, "+", column(0), bed_int(&bed, 1), NULL);
    left->span = (Span){ 1, 2, 3, 4 };
    ck_assert(expr_equals(left, same));
    ck_assert(!expr_equals(left, bed_call(&bed, "+", column(1), bed_int(&bed, 1), NULL)));
    ck_assert(!expr_equals(left, bed_call(&bed, "+", column(0), bed_int(&bed, 2), NULL)));
    ck_assert(!expr_equals(left, bed_call(&bed, "-", column(0), bed_int(&bed, 1), NULL)));
}
END_TEST

START_TEST(columns_are_replaced_and_renumbered)
{
    Expr   *expr = bed_call(&bed, "+", column(0), column(1), NULL);
    int32_t map[2] = { 2, 0 };
    Expr   *by[2]  = { bed_int(&bed, 5), column(2) };
    bool    used[3] = { 0 };
    ck_assert_str_eq(text_of(expr_renumber_columns(bed.arena, expr, map)), "(c + a)");
    ck_assert_str_eq(text_of(expr_replace_columns(bed.arena, expr, by)), "(5 + c)");
    ck_assert_str_eq(text_of(expr), "(a + b)");
    expr_mark_columns(expr, used);
    ck_assert(used[0] && used[1] && !used[2]);
}
END_TEST

START_TEST(texts_read_like_sql)
{
    Expr *a = column(0), *b = column(1), *one = bed_int(&bed, 1);
    Expr *positive = bed_call(&bed, ">", a, bed_int(&bed, 0), NULL);
    ck_assert_str_eq(text_of(bed_call(&bed, "and", positive, bed_call(&bed, "is null", b, NULL), NULL)),
                     "((a > 0) AND b IS NULL)");
    ck_assert_str_eq(text_of(bed_call(&bed, "case", positive, one, b, NULL)), "CASE WHEN (a > 0) THEN 1 ELSE b END");
    ck_assert_str_eq(text_of(expr_cast(bed.arena, a, &type_string, false, SPAN_NONE)), "CAST(a AS STRING)");
    ck_assert_str_eq(text_of(bed_call(&bed, "in", a, one, b, NULL)), "(a IN (1, b))");
    ck_assert_str_eq(text_of(bed_call(&bed, "not between", a, one, b, NULL)), "NOT (a BETWEEN 1 AND b)");
    ck_assert_str_eq(text_of(bed_call(&bed, "concat", bed_string(&bed, "it's"), bed_string(&bed, "b"), NULL)),
                     "CONCAT('it''s', 'b')");
    ck_assert_str_eq(text_of(bed_call(&bed, "-", a, NULL)), "-a");
    ck_assert_str_eq(text_of(bed_call(&bed, "[]", bed_call(&bed, "array", a, b, NULL), one, NULL)),
                     "ARRAY[a, b][CAST(1 AS BIGINT)]");
    ck_assert_str_eq(text_of(expr_field(bed.arena, bed_call(&bed, "row", a, b, NULL), 1, SPAN_NONE)),
                     "ROW(a, b).EXPR$1");
}
END_TEST

START_TEST(a_cast_to_the_same_type_is_no_cast)
{
    Expr *a = column(0);
    ck_assert_ptr_eq(expr_cast(bed.arena, a, &type_int, false, SPAN_NONE), a);
    ck_assert_ptr_eq(expr_cast(bed.arena, a, &type_int_not_null, false, SPAN_NONE), a);
    ck_assert(expr_is_null_literal(expr_cast(bed.arena, expr_null(bed.arena, &type_null, SPAN_NONE), &type_date, false,
                                             SPAN_NONE)));
}
END_TEST

Suite *suite_expr(void)
{
    Suite *suite = suite_create("expr");
    TCase *tests = tcase_create("trees");
    tcase_add_checked_fixture(tests, open_bed, close_bed);
    tcase_add_test(tests, equality_looks_at_all_but_places);
    tcase_add_test(tests, columns_are_replaced_and_renumbered);
    tcase_add_test(tests, texts_read_like_sql);
    tcase_add_test(tests, a_cast_to_the_same_type_is_no_cast);
    suite_add_tcase(suite, tests);
    return suite;
}
