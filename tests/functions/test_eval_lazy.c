/* test_eval_lazy.c: which rows see which branch of AND, OR, CASE, IF and COALESCE. */
#include "tests/functions/bed.h"

static Bed bed;

static void open_bed(void)
{
    bed_open(&bed, 6);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static const int32_t     values[6]  = { 6, 0, 3, 0, 2, 1 };
static const char *const words[6]   = { "1", "x", "3", "", "a text that is longer than that", "6" };

/* 12 / a fails where a is 0. */
static Expr *twelfth(Expr *a)
{
    return bed_call(&bed, "/", bed_int(&bed, 12), a, NULL);
}

START_TEST(and_stops_at_false)
{
    Expr *a = bed_i32(&bed, values, "000010"), *zero = bed_int(&bed, 0);
    Expr *condition = bed_call(&bed, "and", bed_call(&bed, "<>", a, zero, NULL),
                               bed_call(&bed, ">", twelfth(a), bed_int(&bed, 2), NULL), NULL);
    ck_assert_str_eq(bed_run(&bed, condition), "FALSE FALSE TRUE FALSE NULL TRUE");
    Expr *wrong_order = bed_call(&bed, "and", bed_call(&bed, ">", twelfth(a), bed_int(&bed, 2), NULL),
                                 bed_call(&bed, "<>", a, zero, NULL), NULL);
    ck_assert_str_eq(bed_run(&bed, wrong_order), "! / by zero");
}
END_TEST

START_TEST(or_stops_at_true)
{
    Expr *a = bed_i32(&bed, values, "000010"), *zero = bed_int(&bed, 0);
    Expr *condition = bed_call(&bed, "or", bed_call(&bed, "=", a, zero, NULL),
                               bed_call(&bed, ">", twelfth(a), bed_int(&bed, 2), NULL), NULL);
    ck_assert_str_eq(bed_run(&bed, condition), "FALSE TRUE TRUE TRUE NULL TRUE");
}
END_TEST

START_TEST(three_values)
{
    Expr *a = bed_i32(&bed, values, "000111"), *is_six = bed_call(&bed, "=", a, bed_int(&bed, 6), NULL);
    Expr *yes = expr_literal_bool(bed.arena, true, SPAN_NONE), *no = expr_literal_bool(bed.arena, false, SPAN_NONE);
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "and", is_six, yes, yes, NULL)), "TRUE FALSE FALSE NULL NULL NULL");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "and", is_six, no, NULL)), "FALSE FALSE FALSE FALSE FALSE FALSE");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "or", no, is_six, no, NULL)), "TRUE FALSE FALSE NULL NULL NULL");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "or", is_six, yes, NULL)), "TRUE TRUE TRUE TRUE TRUE TRUE");
}
END_TEST

START_TEST(case_evaluates_what_is_reached)
{
    Expr *a = bed_i32(&bed, values, "000001");
    Expr *is_zero = bed_call(&bed, "=", a, bed_int(&bed, 0), NULL);
    Expr *choice  = bed_call(&bed, "case", is_zero, bed_int(&bed, -1), twelfth(a), NULL);
    ck_assert_str_eq(bed_run(&bed, choice), "2 -1 4 -1 6 NULL");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "if", is_zero, bed_int(&bed, -1), twelfth(a), NULL)),
                     "2 -1 4 -1 6 NULL");
    Expr *no_else = bed_call(&bed, "case", is_zero, bed_string(&bed, "zero"),
                             expr_null(bed.arena, &type_null, SPAN_NONE), NULL);
    ck_assert_str_eq(bed_run(&bed, no_else), "NULL zero NULL zero NULL NULL");
}
END_TEST

START_TEST(branches_of_several_kinds_come_together)
{
    Expr *a = bed_i32(&bed, values, NULL), *s = bed_text(&bed, words, "000100");
    Expr *small = bed_call(&bed, "<", a, bed_int(&bed, 2), NULL),
        *large = bed_call(&bed, ">", a, bed_int(&bed, 5), NULL);
    Expr *texts = bed_call(&bed, "case", small, s, large, bed_string(&bed, "large"), bed_call(&bed, "upper", s, NULL),
                           NULL);
    ck_assert_str_eq(bed_run(&bed, texts), "large x 3 NULL A TEXT THAT IS LONGER THAN THAT 6");
    Expr *arrays = bed_call(&bed, "case", small, bed_call(&bed, "array", a, a, NULL),
                            bed_call(&bed, "array", twelfth(a), NULL),
                            NULL);
    ck_assert_str_eq(bed_run(&bed, arrays), "[2] [0, 0] [4] [0, 0] [6] [1, 1]");
}
END_TEST

START_TEST(a_condition_without_rows_is_not_run)
{
    Expr *a = bed_i32(&bed, values, NULL), *no = expr_literal_bool(bed.arena, false, SPAN_NONE);
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "case", no, twelfth(a), a, NULL)), "6 0 3 0 2 1");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "and", no, bed_call(&bed, "=", twelfth(a), a, NULL), NULL)),
                     "FALSE FALSE FALSE FALSE FALSE FALSE");
}
END_TEST

START_TEST(coalesce_looks_on_where_it_found_nothing)
{
    Expr *a = bed_i32(&bed, values, "010100"), *b = bed_i32(&bed, values, "000100");
    Expr *found = bed_call(&bed, "coalesce", a, bed_call(&bed, "+", b, bed_int(&bed, 100), NULL), NULL);
    ck_assert_str_eq(bed_run(&bed, found), "6 100 3 NULL 2 1");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "ifnull", a, bed_int(&bed, 9), NULL)), "6 9 3 9 2 1");
    Expr *fails = bed_call(&bed, "coalesce", bed_int(&bed, 1), twelfth(b), NULL);
    ck_assert_str_eq(bed_run(&bed, fails), "1 1 1 1 1 1");
}
END_TEST

START_TEST(nested_branches_keep_to_their_rows)
{
    Expr *a = bed_i32(&bed, values, NULL), *zero = bed_int(&bed, 0);
    Expr *inner = bed_call(&bed, "case", bed_call(&bed, ">", twelfth(a), bed_int(&bed, 3), NULL),
                           bed_string(&bed, "many"),
                           bed_string(&bed, "few"), NULL);
    Expr *outer = bed_call(&bed, "case", bed_call(&bed, "=", a, zero, NULL), bed_string(&bed, "none"), inner, NULL);
    ck_assert_str_eq(bed_run(&bed, outer), "few none many none many many");
}
END_TEST

Suite *suite_eval_lazy(void)
{
    Suite *suite = suite_create("eval_lazy");
    TCase *tests = tcase_create("branches");
    tcase_add_checked_fixture(tests, open_bed, close_bed);
    tcase_add_test(tests, and_stops_at_false);
    tcase_add_test(tests, or_stops_at_true);
    tcase_add_test(tests, three_values);
    tcase_add_test(tests, case_evaluates_what_is_reached);
    tcase_add_test(tests, branches_of_several_kinds_come_together);
    tcase_add_test(tests, a_condition_without_rows_is_not_run);
    tcase_add_test(tests, coalesce_looks_on_where_it_found_nothing);
    tcase_add_test(tests, nested_branches_keep_to_their_rows);
    suite_add_tcase(suite, tests);
    return suite;
}
