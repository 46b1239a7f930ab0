/* test_eval.c: programs: NULL handling, constants, errors, selection, folding. */
#include "tests/functions/bed.h"

#include "data/cast.h"

static Bed bed;

static void open_bed(void)
{
    bed_open(&bed, 4);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static const int32_t numbers[4] = { 1, 2, 3, 4 }, others[4] = { 10, 0, 30, 0 };

START_TEST(a_null_argument_makes_the_row_null)
{
    Expr *a = bed_i32(&bed, numbers, "0100"), *b = bed_i32(&bed, others, "0010");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "+", a, b, NULL)), "11 NULL NULL 4");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "+", a, bed_int(&bed, 5), NULL)), "6 NULL 8 9");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "+", bed_int(&bed, 5), a, NULL)), "6 NULL 8 9");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "=", a, expr_null(bed.arena, &type_int, SPAN_NONE), NULL)),
                     "NULL NULL NULL NULL");
}
END_TEST

START_TEST(a_null_row_cannot_fail)
{
    Expr *a = bed_i32(&bed, numbers, "0101"), *b = bed_i32(&bed, others, NULL);
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "/", a, b, NULL)), "0 NULL 0 NULL");
}
END_TEST

START_TEST(an_error_names_its_place)
{
    Expr    *a = bed_i32(&bed, numbers, NULL), *b = bed_i32(&bed, others, NULL), *args[2] = { a, b }, *quotient;
    Span     span = { .start = 7, .end = 12, .line = 3, .column = 8 };
    Error    err  = ERROR_NONE;
    Program *program;
    Column   out;
    ck_assert_int_eq(function_resolve(bed.arena, STR("/"), args, 2, span, &quotient, &err), STATUS_OK);
    ck_assert_int_eq(program_create(bed.arena, quotient, &bed.context, &program, &err), STATUS_OK);
    ck_assert_int_eq(program_run(program, &bed.batch, bed.buf, &out, &err), STATUS_ARITHMETIC);
    ck_assert_int_eq(err.span.line, 3);
    ck_assert_int_eq(err.span.column, 8);
}
END_TEST

START_TEST(constants_stay_constant)
{
    Program *program;
    Column   out;
    Error    err  = ERROR_NONE;
    Expr    *expr = bed_call(&bed, "upper", bed_string(&bed, "abc"), NULL);
    ck_assert(expr_is_constant(expr));
    ck_assert_int_eq(program_create(bed.arena, expr, &bed.context, &program, &err), STATUS_OK);
    ck_assert_int_eq(program_run(program, &bed.batch, bed.buf, &out, &err), STATUS_OK);
    ck_assert(out.constant);
    ck_assert(!expr_is_constant(bed_call(&bed, "now", NULL)));
    ck_assert(!expr_is_constant(bed_call(&bed, "+", bed_i32(&bed, numbers, NULL), bed_int(&bed, 1), NULL)));
}
END_TEST

START_TEST(an_empty_batch_is_not_evaluated)
{
    bed.batch.rows = 0;
    Expr *b = bed_i32(&bed, others, NULL);
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "/", bed_int(&bed, 1), b, NULL)), "");
}
END_TEST

static const char *selected(const Expr *condition)
{
    static char text[16];
    Program *program;
    Error    err = ERROR_NONE;
    int32_t  rows[4];
    int64_t  count;
    ck_assert_int_eq(program_create(bed.arena, condition, &bed.context, &program, &err), STATUS_OK);
    ck_assert_int_eq(program_select(program, &bed.batch, bed.buf, rows, &count, &err), STATUS_OK);
    for (int64_t i = 0; i < count; i++)
        text[i] = (char)('0' + rows[i]);
    text[count] = 0;
    return text;
}

START_TEST(select_gives_the_true_rows)
{
    Expr *a = bed_i32(&bed, numbers, "0010"), *b = bed_i32(&bed, numbers, NULL);
    ck_assert_str_eq(selected(bed_call(&bed, ">", a, bed_int(&bed, 1), NULL)), "13");
    ck_assert_str_eq(selected(bed_call(&bed, ">", b, bed_int(&bed, 2), NULL)), "23");
    ck_assert_str_eq(selected(expr_literal_bool(bed.arena, true, SPAN_NONE)), "0123");
    ck_assert_str_eq(selected(expr_literal_bool(bed.arena, false, SPAN_NONE)), "");
    ck_assert_str_eq(selected(expr_null(bed.arena, &type_boolean, SPAN_NONE)), "");
}
END_TEST

START_TEST(folding_gives_a_literal_that_outlives_its_input)
{
    Expr *folded;
    Error err  = ERROR_NONE;
    Expr *expr = bed_call(&bed, "concat", bed_string(&bed, "a longer text "), bed_string(&bed, "than fits inline"),
                          NULL);
    ck_assert_int_eq(expr_fold(bed.arena, expr, &bed.context, &folded, &err), STATUS_OK);
    ck_assert(expr_is_literal(folded));
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "char_length", folded, NULL)), "30 30 30 30");
    Expr *array = bed_call(&bed, "array", bed_int(&bed, 7), bed_int(&bed, 8), NULL);
    ck_assert_int_eq(expr_fold(bed.arena, array, &bed.context, &folded, &err), STATUS_OK);
    ck_assert_str_eq(bed_run(&bed, folded), "[7, 8] [7, 8] [7, 8] [7, 8]");
}
END_TEST

START_TEST(a_null_text_has_size_zero)
{
    static const char *const words[4] = { "a long text of a column", "b", "c", "d" };
    Expr    *a = bed_text(&bed, words, "0100"), *joined = bed_call(&bed, "concat", a, a, NULL);
    Program *program;
    Column   out;
    Error    err = ERROR_NONE;
    ck_assert_int_eq(program_create(bed.arena, joined, &bed.context, &program, &err), STATUS_OK);
    ck_assert_int_eq(program_run(program, &bed.batch, bed.buf, &out, &err), STATUS_OK);
    ck_assert_int_eq(COLUMN_DATA(&out, View)[1].size, 0);
    ck_assert_int_eq(COLUMN_DATA(&out, View)[0].size, 46);
}
END_TEST

START_TEST(long_in_lists_use_a_set_with_the_same_answer)
{
    Expr *a = bed_i32(&bed, numbers, "0001"), *args[20], *expr;
    Error err = ERROR_NONE;
    args[0]   = a;
    for (int32_t i = 1; i < 20; i++)
        args[i] = bed_int(&bed, i == 5 ? 2 : 100 + i);
    ck_assert_int_eq(function_resolve(bed.arena, STR("in"), args, 20, SPAN_NONE, &expr, &err), STATUS_OK);
    ck_assert_str_eq(bed_run(&bed, expr), "FALSE TRUE FALSE NULL");
    args[7] = expr_null(bed.arena, &type_int, SPAN_NONE);
    ck_assert_int_eq(function_resolve(bed.arena, STR("not in"), args, 20, SPAN_NONE, &expr, &err), STATUS_OK);
    ck_assert_str_eq(bed_run(&bed, expr), "NULL FALSE NULL NULL");
}
END_TEST

/* ---- equal parts ----------------------------------------------------------------------------------------------------- */

static int64_t rows_seen; /* by tripled() */

static Status tripled_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    rows_seen += rows;
    for (int64_t i = 0; i < rows; i++) {
        int32_t value = COLUMN_DATA(&args[0], int32_t)[column_index(&args[0], i)];
        if (value < 0)
            return call_fail(call, err, STATUS_DATA, "%d is negative", value);
        COLUMN_DATA(out, int32_t)[i] = 3 * value;
    }
    return STATUS_OK;
}

static const Function tripled_rows[] = {
    { .sig = "tripled(int) -> int", .doc = "", .eval = tripled_eval, .flags = FN_CAN_FAIL },
    { 0 },
};
static const Function drawn_rows[] = {
    { .sig = "tripled(int) -> int", .doc = "", .eval = tripled_eval, .flags = FN_NOT_DETERMINISTIC },
    { 0 },
};

static Expr *counted(const Function *rows, Expr *arg)
{
    Expr *out;
    Error err = ERROR_NONE;
    ck_assert_int_eq(function_resolve_in(bed.arena, rows, STR("tripled"), &arg, 1, SPAN_NONE, &out, &err), STATUS_OK);
    return out;
}

static Expr *tripled(Expr *arg)
{
    return counted(tripled_rows, arg);
}

/* Values of all of them, a line each, computed together; rows_seen counts this run only. */
static const char *run_together(Program **programs, int32_t count)
{
    Column  out[4];
    int32_t done;
    Error   err  = ERROR_NONE;
    Text    text = TEXT_EMPTY;
    rows_seen    = 0;
    ck_assert_int_eq(programs_run(programs, count, &bed.batch, bed.buf, out, &done, &err), STATUS_OK);
    ck_assert_int_eq(done, count);
    for (int32_t i = 0; i < count; i++)
        for (int64_t row = 0; row < bed.batch.rows; row++) {
            text_puts(&text, row ? " " : i ? "\n" : "");
            value_print(&out[i], row, STYLE_CAST, zone_utc, &text);
        }
    const char *result = arena_cstr(bed.arena, text_str(&text));
    text_free(&text);
    return result;
}

static void create_together(Expr *const *exprs, int32_t count, Program **programs)
{
    Error err = ERROR_NONE;
    ck_assert_int_eq(programs_create(bed.arena, exprs, count, &bed.context, programs, &err), STATUS_OK);
}

START_TEST(equal_parts_are_computed_once_per_run)
{
    Expr    *a = bed_i32(&bed, numbers, NULL);
    Expr    *exprs[3] = { tripled(a), bed_call(&bed, "+", tripled(a), tripled(a), NULL), tripled(bed_call(&bed, "+", a, bed_int(&bed, 1), NULL)) };
    Program *programs[3];
    create_together(exprs, 3, programs);
    ck_assert_str_eq(run_together(programs, 3), "3 6 9 12\n6 12 18 24\n6 9 12 15");
    ck_assert_int_eq(rows_seen, 8);
    COLUMN_DATA(&bed.batch.columns[0], int32_t)[0] = 5; /* the batch after it */
    ck_assert_str_eq(run_together(programs, 3), "15 6 9 12\n30 12 18 24\n18 9 12 15");
    ck_assert_int_eq(rows_seen, 8);
}
END_TEST

START_TEST(what_is_different_each_time_is_not_shared)
{
    Expr    *a = bed_i32(&bed, numbers, NULL);
    Expr    *sum = bed_call(&bed, "+", counted(drawn_rows, a), counted(drawn_rows, a), NULL);
    Program *program;
    create_together(&sum, 1, &program);
    run_together(&program, 1);
    ck_assert_int_eq(rows_seen, 8);
}
END_TEST

/* CASE WHEN a > above THEN value ELSE 0 END */
static Expr *guarded(Expr *a, int64_t above, Expr *value)
{
    return bed_call(&bed, "case", bed_call(&bed, ">", a, bed_int(&bed, above), NULL), value, bed_int(&bed, 0), NULL);
}

START_TEST(a_branch_takes_what_was_computed_for_all_rows)
{
    Expr    *a = bed_i32(&bed, numbers, NULL);
    Expr    *exprs[2] = { tripled(a), guarded(a, 1, guarded(a, 2, bed_call(&bed, "+", tripled(a), a, NULL))) };
    Program *programs[2];
    create_together(exprs, 2, programs);
    ck_assert_str_eq(run_together(programs, 2), "3 6 9 12\n0 0 12 16");
    ck_assert_int_eq(rows_seen, 4);
}
END_TEST

START_TEST(a_branch_computes_only_its_rows)
{
    static const int32_t signs[4] = { -1, 2, -3, 4 };
    Expr    *a = bed_i32(&bed, signs, NULL), *b = bed_i32(&bed, numbers, NULL);
    Expr    *sum = bed_call(&bed, "+", tripled(a), tripled(a), NULL);
    Expr    *exprs[3] = { guarded(a, 0, sum), guarded(a, 3, sum), guarded(b, 3, tripled(a)) };
    Program *programs[3];
    create_together(exprs, 3, programs);
    ck_assert_str_eq(run_together(programs, 3), "0 12 0 24\n0 0 0 24\n0 0 0 12");
    ck_assert_int_eq(rows_seen, 2 + 1 + 1);
}
END_TEST

START_TEST(after_an_error_the_others_are_computed_anew)
{
    static const int32_t signs[4] = { -1, 2, -3, 4 };
    Expr    *a = bed_i32(&bed, signs, NULL), *b = bed_i32(&bed, numbers, NULL);
    Expr    *exprs[3] = { tripled(b), tripled(a), tripled(b) };
    Program *programs[3];
    Column   out[3];
    int32_t  done;
    Error    err = ERROR_NONE;
    create_together(exprs, 3, programs);
    ck_assert_int_eq(programs_run(programs, 3, &bed.batch, bed.buf, out, &done, &err), STATUS_DATA);
    ck_assert_int_eq(done, 1);
    ck_assert_str_eq(run_together(programs + 2, 1), "3 6 9 12");
    ck_assert_int_eq(rows_seen, 4);
}
END_TEST

Suite *suite_eval(void)
{
    Suite *suite = suite_create("eval");
    TCase *tests = tcase_create("programs");
    tcase_add_checked_fixture(tests, open_bed, close_bed);
    tcase_add_test(tests, a_null_argument_makes_the_row_null);
    tcase_add_test(tests, a_null_row_cannot_fail);
    tcase_add_test(tests, an_error_names_its_place);
    tcase_add_test(tests, constants_stay_constant);
    tcase_add_test(tests, an_empty_batch_is_not_evaluated);
    tcase_add_test(tests, select_gives_the_true_rows);
    tcase_add_test(tests, folding_gives_a_literal_that_outlives_its_input);
    tcase_add_test(tests, a_null_text_has_size_zero);
    tcase_add_test(tests, long_in_lists_use_a_set_with_the_same_answer);
    tcase_add_test(tests, equal_parts_are_computed_once_per_run);
    tcase_add_test(tests, what_is_different_each_time_is_not_shared);
    tcase_add_test(tests, a_branch_takes_what_was_computed_for_all_rows);
    tcase_add_test(tests, a_branch_computes_only_its_rows);
    tcase_add_test(tests, after_an_error_the_others_are_computed_anew);
    suite_add_tcase(suite, tests);
    return suite;
}
