/* test_registry.c: finding the row for a call: names, overloads, casts, errors; and that the tables themselves are
 * sound. */
#include "functions/aggregate.h"
#include "functions/document.h"
#include "functions/signature.h"
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

static Expr *typed_null(const Type *type)
{
    return expr_column(bed.arena, 0, type, SPAN_NONE);
}

static const char *result_text(const Expr *expr)
{
    return type_text(bed.arena, expr->type).ptr;
}

START_TEST(names_are_compared_without_case)
{
    ck_assert(function_exists(STR("Upper")));
    ck_assert(function_exists(STR("IS NOT NULL")));
    ck_assert(!function_exists(STR("uper")));
    ck_assert(aggregate_exists(STR("Count")));
    ck_assert(!aggregate_exists(STR("upper")));
}
END_TEST

START_TEST(the_exact_overload_wins)
{
    ck_assert_str_eq(result_text(bed_call(&bed, "hex", typed_null(&type_int), NULL)), "STRING");
    ck_assert_int_eq(bed_call(&bed, "hex", typed_null(&type_int), NULL)->function->option, 4);
    ck_assert_int_eq(bed_call(&bed, "hex", typed_null(&type_string), NULL)->function->option, 0);
    ck_assert_str_eq(result_text(bed_call(&bed, "+", typed_null(&type_date), typed_null(&type_interval_month), NULL)),
                     "DATE");
}
END_TEST

START_TEST(arguments_are_cast_where_they_must_be)
{
    Expr *root = bed_call(&bed, "sqrt", typed_null(&type_int), NULL);
    ck_assert(type_equals(root->args[0]->type, &type_double, false));
    Expr *sum = bed_call(&bed, "+", typed_null(&type_tinyint), typed_null(&type_bigint), NULL);
    ck_assert_str_eq(result_text(sum), "BIGINT");
    Expr *same = bed_call(&bed, "=", typed_null(&type_date), bed_string(&bed, "2024-01-01"), NULL);
    ck_assert(same->args[1]->type->kind == TYPE_DATE);
}
END_TEST

START_TEST(nullability_follows_the_arguments)
{
    ck_assert(!bed_call(&bed, "upper", bed_string(&bed, "a"), NULL)->type->nullable);
    ck_assert(bed_call(&bed, "upper", typed_null(&type_string), NULL)->type->nullable);
    ck_assert(bed_call(&bed, "nullif", bed_int(&bed, 1), bed_int(&bed, 2), NULL)->type->nullable);
    ck_assert(!bed_call(&bed, "coalesce", typed_null(&type_int), bed_int(&bed, 2), NULL)->type->nullable);
}
END_TEST

static const char *problem(const char *name, Expr *first, Expr *second)
{
    Expr *args[2] = { first, second }, *out;
    Error err     = ERROR_NONE;
    ck_assert_int_ne(function_resolve(bed.arena, str_from(name), args, second ? 2 : 1, SPAN_NONE, &out, &err),
                     STATUS_OK);
    return arena_format(bed.arena, "%s | %s", err.message, err.hint).ptr;
}

START_TEST(errors_help)
{
    ck_assert_str_eq(problem("uper", bed_string(&bed, "a"), NULL), "there is no function uper | did you mean upper?");
    ck_assert_str_eq(problem("upper", bed_int(&bed, 1), NULL),
                     "upper does not take (INT NOT NULL) | it takes upper(string)");
    ck_assert_str_eq(problem("=", bed_int(&bed, 1), bed_string(&bed, "a")),
                     "cannot compare INT NOT NULL with STRING NOT NULL | CAST one of them to the type of the other");
    ck_assert_str_eq(problem("/", bed_int(&bed, 1), bed_int(&bed, 0)), "Division by zero | ");
}
END_TEST

START_TEST(every_row_is_sound)
{
    const Function *row;
    for (int64_t i = 0; (row = function_at(i)); i++) {
        Signature signature;
        signature_parse(row->sig, &signature);
        ck_assert_msg(signature.name.len > 0 && signature.result.len > 0, "%s", row->sig);
        ck_assert_msg(row->doc && row->doc[0], "%s has no doc", row->sig);
        ck_assert_msg(row->eval || (row->flags & FN_LAZY), "%s has no eval", row->sig);
        ck_assert_msg(function_family(row)[0], "%s is in no family", row->sig);
    }
    ck_assert_int_gt(function_count(), 200);
    ck_assert_ptr_null(function_at(function_count()));
}
END_TEST

START_TEST(every_aggregate_is_sound)
{
    const Aggregate *row;
    for (int64_t i = 0; (row = aggregate_at(i)); i++) {
        ck_assert_msg(row->doc[0] && row->add && row->merge && row->result, "%s", row->sig);
        ck_assert_msg((row->flags & AGG_FLAT) || (row->encode && row->decode && row->drop), "%s", row->sig);
        ck_assert_msg(row->retract || row->retracting, "%s cannot take rows back", row->sig);
        if (row->retracting)
            ck_assert_str_ne(row->sig, row->retracting->sig);
    }
}
END_TEST

START_TEST(names_are_sorted_and_each_comes_once)
{
    Str    *names;
    int64_t count = function_names(bed.arena, &names);
    for (int64_t i = 1; i < count; i++)
        ck_assert_int_lt(str_compare(names[i - 1], names[i]), 0);
}
END_TEST

START_TEST(the_document_has_every_family)
{
    Text text = TEXT_EMPTY;
    functions_document(&text);
    ck_assert_ptr_nonnull(strstr(text_cstr(&text), "\n## String\n"));
    ck_assert_ptr_nonnull(strstr(text_cstr(&text), "\n## Aggregate\n"));
    ck_assert_ptr_nonnull(strstr(text_cstr(&text), "`UPPER(string) -> $1`"));
    text_free(&text);
}
END_TEST

START_TEST(not_in_a_name_negates)
{
    Expr *in = bed_call(&bed, "not like", bed_string(&bed, "abc"), bed_string(&bed, "b%"), NULL);
    ck_assert_str_eq(bed_run(&bed, in), "TRUE");
    ck_assert_str_eq(bed_run(&bed, bed_call(&bed, "is not json object", bed_string(&bed, "{}"), NULL)), "FALSE");
}
END_TEST

Suite *suite_registry(void)
{
    Suite *suite = suite_create("registry");
    TCase *tests = tcase_create("look-up");
    tcase_add_checked_fixture(tests, open_bed, close_bed);
    tcase_add_test(tests, names_are_compared_without_case);
    tcase_add_test(tests, the_exact_overload_wins);
    tcase_add_test(tests, arguments_are_cast_where_they_must_be);
    tcase_add_test(tests, nullability_follows_the_arguments);
    tcase_add_test(tests, errors_help);
    tcase_add_test(tests, every_row_is_sound);
    tcase_add_test(tests, every_aggregate_is_sound);
    tcase_add_test(tests, names_are_sorted_and_each_comes_once);
    tcase_add_test(tests, the_document_has_every_family);
    tcase_add_test(tests, not_in_a_name_negates);
    suite_add_tcase(suite, tests);
    return suite;
}
