/* test_plans.c: the text of plans, in plans.def; of errors, in plan_errors.def; of result columns, in plan_fields.def.
 *
 * All share the tables of plan_tables.def. */
#include "tests/planner/plan_bed.h"

#include <check.h>

typedef struct Case {
    const char *sql;
    const char *expected;
} Case;

static const char tables[] =
#include "tests/planner/plan_tables.def"
    ;

static const Case plans[] = {
#define CASE(sql, expected) { sql, expected },
#include "tests/planner/plans.def"
#undef CASE
};

static const Case batch_plans[] = {
#define CASE(sql, expected) { sql, expected },
#include "tests/planner/plans_batch.def"
#undef CASE
};

static const Case errors[] = {
#define CASE(sql, expected) { sql, expected },
#include "tests/planner/plan_errors.def"
#undef CASE
};

static const Case fields[] = {
#define CASE(sql, expected) { sql, expected },
#include "tests/planner/plan_fields.def"
#undef CASE
};

static const Case checked[] = {
#define CASE(sql, expected) { sql, expected },
#include "tests/planner/plan_checked.def"
#undef CASE
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static PlanBed *bed_with_tables(void)
{
    PlanBed *bed = plan_bed_create();
    plan_bed_define(bed, tables);
    return bed;
}

START_TEST(plan_is_as_pinned)
{
    PlanBed *bed = bed_with_tables();
    ck_assert_str_eq(plan_bed_explain(bed, plans[_i].sql, true), plans[_i].expected);
    plan_bed_destroy(bed);
}
END_TEST

START_TEST(batch_plan_is_as_pinned)
{
    PlanBed *bed = plan_bed_create();
    plan_bed_set(bed, "execution.runtime-mode", "batch");
    plan_bed_define(bed, tables);
    ck_assert_str_eq(plan_bed_explain(bed, batch_plans[_i].sql, true), batch_plans[_i].expected);
    plan_bed_destroy(bed);
}
END_TEST

START_TEST(error_says_so)
{
    PlanBed *bed = bed_with_tables();
    ck_assert_str_eq(plan_bed_explain(bed, errors[_i].sql, false), errors[_i].expected);
    plan_bed_destroy(bed);
}
END_TEST

START_TEST(columns_are_those_of_the_dialect)
{
    PlanBed *bed = bed_with_tables();
    ck_assert_str_eq(plan_bed_fields(bed, fields[_i].sql), fields[_i].expected);
    plan_bed_destroy(bed);
}
END_TEST

/* What is not executed yet is typed under language_only, and refused by name otherwise. */
START_TEST(language_is_checked)
{
    PlanBed *bed = bed_with_tables();
    bed->context.language_only = true;
    ck_assert_str_eq(plan_bed_fields(bed, checked[_i].sql), checked[_i].expected);
    bed->context.language_only = false;
    ck_assert_ptr_nonnull(strstr(plan_bed_fields(bed, checked[_i].sql), "not supported yet"));
    plan_bed_destroy(bed);
}
END_TEST

/* Settings that plans depend on. */
START_TEST(settings_count)
{
    PlanBed *bed = bed_with_tables();
    plan_bed_set(bed, "table.exec.state.ttl", "90 min");
    plan_bed_set(bed, "table.exec.source.idle-timeout", "5 s");
    const char *text = plan_bed_explain(bed, "SELECT k, COUNT(*) FROM bids GROUP BY k", false);
    ck_assert_ptr_nonnull(strstr(text, "state=[dropped after 90 min without change]"));
    ck_assert_ptr_nonnull(strstr(text, "idleTimeout=[5 s]"));
    text = plan_bed_explain(bed, "SELECT id FROM bids /*+ OPTIONS('scan.watermark.idle-timeout' = '1 min') */", false);
    ck_assert_ptr_nonnull(strstr(text, "idleTimeout=[1 min]"));
    text = plan_bed_explain(bed, "SELECT id FROM bids /*+ OPTIONS('bound' = '1') */", false);
    ck_assert_ptr_nonnull(strstr(text, "has no option 'bound'"));
    plan_bed_set(bed, "table.dynamic-table-options.enabled", "false");
    text = plan_bed_explain(bed, "SELECT id FROM bids /*+ OPTIONS('bounded' = 'true') */", false);
    ck_assert_ptr_nonnull(strstr(text, "OPTIONS hints are switched off"));
    plan_bed_set(bed, "table.exec.sink.require-on-conflict", "false");
    ck_assert_ptr_nonnull(plan_bed_job(bed, "INSERT INTO keyed SELECT MAX(id), k FROM bids GROUP BY k"));
    plan_bed_destroy(bed);
}
END_TEST

/* What the sink is told besides the text of the plan. */
START_TEST(sink_knows_columns_and_nulls)
{
    PlanBed       *bed = bed_with_tables();
    const PlanJob *job = plan_bed_job(bed, "INSERT INTO strict (name, id) SELECT k, id FROM bids");
    const PlanSink *sink = &job->sinks[0]->sink;
    ck_assert_str_eq(arena_cstr(bed->arena, job->name), "insert-into_default_catalog.default_database.strict");
    ck_assert(job->is_bounded);
    ck_assert_int_eq(job->sinks[0]->field_count, 3);
    ck_assert(!sink->not_null[0]);
    ck_assert(!sink->not_null[1]);
    ck_assert(sink->not_null[2]);
    ck_assert_int_eq(sink->columns[2], 2);
    ck_assert_int_eq(sink->rowtime, -1);
    job = plan_bed_job(bed, "INSERT INTO times (b) SELECT ts FROM bids");
    ck_assert_int_eq(job->sinks[0]->sink.rowtime, 1);
    plan_bed_destroy(bed);
}
END_TEST

/* ---- limits ------------------------------------------------------------------------------------------------------- */

START_TEST(long_chains_are_flat)
{
    PlanBed *bed = bed_with_tables();
    Text     sql = TEXT_EMPTY;
    text_puts(&sql, "SELECT id FROM bids WHERE id = 0");
    for (int i = 1; i < 100000; i++)
        text_printf(&sql, " OR id = %d", i);
    const PlanJob *job = plan_bed_job(bed, text_cstr(&sql));
    const Plan    *plan = job->sinks[0];
    while (plan->kind != PLAN_FILTER)
        plan = plan->inputs[0];
    ck_assert_int_eq(plan->filter.predicate->arg_count, 100000);
    text_free(&sql);
    plan_bed_destroy(bed);
}
END_TEST

START_TEST(with_tables_that_double_are_stopped)
{
    PlanBed *bed = bed_with_tables();
    Text     sql = TEXT_EMPTY;
    text_puts(&sql, "WITH a0 AS (SELECT id FROM bids)");
    for (int i = 1; i < 40; i++)
        text_printf(&sql, ", a%d AS (SELECT id FROM a%d UNION ALL SELECT id FROM a%d)", i, i - 1, i - 1);
    text_puts(&sql, " SELECT id FROM a39");
    ck_assert_ptr_nonnull(strstr(plan_bed_explain(bed, text_cstr(&sql), false), "needs more than 20000 operators"));
    text_free(&sql);
    plan_bed_destroy(bed);
}
END_TEST

START_TEST(deep_expressions_are_fine)
{
    PlanBed *bed = bed_with_tables();
    Text     sql = TEXT_EMPTY;
    text_puts(&sql, "SELECT ");
    text_repeat(&sql, '(', 900);
    text_puts(&sql, "id");
    text_repeat(&sql, ')', 900);
    text_puts(&sql, " + id FROM bids");
    ck_assert_ptr_nonnull(plan_bed_job(bed, text_cstr(&sql)));
    text_free(&sql);
    plan_bed_destroy(bed);
}
END_TEST

/* A view can come to use itself by way of one that is replaced. */
START_TEST(a_view_over_itself_ends)
{
    PlanBed *bed = bed_with_tables();
    plan_bed_define(bed, "CREATE VIEW w0 AS SELECT id FROM bids; CREATE VIEW w1 AS SELECT id FROM w0;");
    plan_bed_define(bed, "CREATE VIEW w0 AS SELECT id FROM w1;");
    ck_assert_ptr_nonnull(strstr(plan_bed_fields(bed, "SELECT id FROM w0"), "does a view use itself?"));
    plan_bed_destroy(bed);
}
END_TEST

Suite *suite_plans(void)
{
    Suite *suite = suite_create("plans");
    TCase *texts = tcase_create("texts");
    tcase_add_loop_test(texts, plan_is_as_pinned, 0, COUNT(plans));
    tcase_add_loop_test(texts, batch_plan_is_as_pinned, 0, COUNT(batch_plans));
    tcase_add_loop_test(texts, error_says_so, 0, COUNT(errors));
    tcase_add_loop_test(texts, columns_are_those_of_the_dialect, 0, COUNT(fields));
    tcase_add_loop_test(texts, language_is_checked, 0, COUNT(checked));
    tcase_add_test(texts, settings_count);
    tcase_add_test(texts, sink_knows_columns_and_nulls);
    suite_add_tcase(suite, texts);
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 60);
    tcase_add_test(limits, long_chains_are_flat);
    tcase_add_test(limits, with_tables_that_double_are_stopped);
    tcase_add_test(limits, deep_expressions_are_fine);
    tcase_add_test(limits, a_view_over_itself_ends);
    suite_add_tcase(suite, limits);
    return suite;
}
