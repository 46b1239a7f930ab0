/* plan_bed.c: see plan_bed.h. */
#include "tests/planner/plan_bed.h"

#include <check.h>

PlanBed *plan_bed_create(void)
{
    Arena   *arena = arena_create();
    PlanBed *bed = arena_new(arena, PlanBed, 1);
    bed->arena = arena;
    bed->catalog_arena = arena_create();
    bed->context = (PlanContext){ .arena = arena, .catalog = catalog_create(bed->catalog_arena),
                                  .settings = map_create(arena) };
    bed->context.eval = (EvalContext){ .zone = zone_utc, .clock = &env_clock, .database = STR("default_database"),
                                       .watermark = TIME_MIN };
    return bed;
}

void plan_bed_destroy(PlanBed *bed)
{
    Arena *catalog_arena = bed->catalog_arena;
    arena_destroy(bed->arena);
    arena_destroy(catalog_arena);
}

void plan_bed_set(PlanBed *bed, const char *key, const char *value)
{
    map_put_str((Map *)bed->context.settings, str_from(key), str_from(value));
    if (strcmp(key, "execution.runtime-mode") == 0)
        bed->context.is_batch = strcmp(value, "batch") == 0;
}

static Status define(PlanBed *bed, const Statement *statement, Error *err)
{
    CatalogTable *table;
    if (statement->kind == STATEMENT_CREATE_VIEW)
        TRY(define_view(&bed->context, statement, &table, err));
    else
        TRY(define_table(&bed->context, statement, &table, err));
    catalog_put_table(bed->context.catalog, table);
    return STATUS_OK;
}

void plan_bed_define(PlanBed *bed, const char *sql)
{
    Error      err = ERROR_NONE;
    Parser    *parser = parser_create(bed->arena, str_from(sql));
    Statement *statement;
    bed->context.source = parser_source(parser);
    for (;;) {
        ck_assert_msg(parser_next(parser, bed->arena, &statement, &err) == STATUS_OK, "%s", err.message);
        if (!statement)
            return;
        ck_assert_msg(define(bed, statement, &err) == STATUS_OK, "%s", err.message);
    }
}

static Status plan(PlanBed *bed, const char *sql, PlanJob **job, Error *err)
{
    Parser    *parser = parser_create(bed->arena, str_from(sql));
    Statement *statement;
    bed->context.source = parser_source(parser);
    TRY(parser_next(parser, bed->arena, &statement, err));
    if (statement->kind == STATEMENT_STATEMENT_SET)
        return plan_inserts(&bed->context, statement->set.items.items, statement->set.items.count, job, err);
    if (statement->kind == STATEMENT_INSERT)
        return plan_inserts(&bed->context, &statement, 1, job, err);
    return plan_query(&bed->context, statement->query, job, err);
}

static const char *keep(PlanBed *bed, Text *text)
{
    const char *kept = arena_cstr(bed->arena, text_str(text));
    text_free(text);
    return kept;
}

const char *plan_bed_explain(PlanBed *bed, const char *sql, bool with_changelog)
{
    Error    err = ERROR_NONE;
    Text     text = TEXT_EMPTY;
    PlanJob *job;
    if (plan(bed, sql, &job, &err) == STATUS_OK)
        plan_print(job, with_changelog, &text);
    else
        error_render(&err, STR_EMPTY, bed->context.source, &text);
    return keep(bed, &text);
}

const PlanJob *plan_bed_job(PlanBed *bed, const char *sql)
{
    Error    err = ERROR_NONE;
    PlanJob *job = NULL;
    ck_assert_msg(plan(bed, sql, &job, &err) == STATUS_OK, "%s", err.message);
    return job;
}

const char *plan_bed_fields(PlanBed *bed, const char *sql)
{
    Error        err = ERROR_NONE;
    Text         text = TEXT_EMPTY;
    Query       *query;
    const Field *fields;
    int32_t      count;
    bed->context.source = str_from(sql);
    if (parse_query(bed->arena, str_from(sql), &query, &err) != STATUS_OK ||
        plan_fields(&bed->context, query, &fields, &count, &err) != STATUS_OK)
        return arena_cstr(bed->arena, str_from(err.message));
    for (int32_t i = 0; i < count; i++) {
        text_printf(&text, "%s%.*s ", i ? ", " : "", STR_FMT(fields[i].name));
        type_print(fields[i].type, true, &text);
    }
    return keep(bed, &text);
}
