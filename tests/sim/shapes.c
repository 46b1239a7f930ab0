/* shapes.c: see shapes.h. */
#include "tests/sim/shapes.h"

#include "planner/planner.h"

#include <stdio.h>
#include <stdlib.h>

static const char tables[] =
    "CREATE TABLE src (k STRING, v BIGINT, n BIGINT, ts TIMESTAMP(3), pad STRING, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)"
    " WITH ('connector' = 'sim_source');"
    "CREATE TABLE dirty WITH ('scan.error-policy' = 'dead-letter', 'scan.dead-letter.table' = 'letters') LIKE src;"
    "CREATE TABLE letters (`partition` INT, `offset` BIGINT, stage STRING, reason STRING, column_name STRING) WITH ('connector' = 'sim_log');"
    "CREATE VIEW both_halves AS SELECT k, v, ts FROM src WHERE v < 40 UNION ALL SELECT k, v, ts FROM src WHERE v > 60;"
    "CREATE TABLE rows_log (k STRING, n BIGINT, v BIGINT, pad STRING) WITH ('connector' = 'sim_log');"
    "CREATE TABLE rows_base (k STRING, n BIGINT, v BIGINT, pad STRING) WITH ('connector' = 'sim_database');"
    "CREATE TABLE rows_sent (k STRING, n BIGINT, v BIGINT) WITH ('connector' = 'sim_send');"
    "CREATE TABLE rows_files (k STRING, n BIGINT, v BIGINT, pad STRING) WITH ('connector' = 'filesystem', 'path' = '/out', 'format' = 'csv',"
    " 'sink.rolling-policy.file-size' = '700 b', 'sink.rolling-policy.check-interval' = '40 ms',"
    " 'sink.rolling-policy.rollover-interval' = '200 ms');"
    "CREATE TABLE days_files (k STRING, n BIGINT, v BIGINT) PARTITIONED BY (k) WITH ('connector' = 'filesystem', 'path' = '/out',"
    " 'format' = 'json', 'sink.partition-commit.policy.kind' = 'success-file', 'sink.rolling-policy.file-size' = '200 b');"
    "CREATE TABLE windows_log (k STRING, t TIMESTAMP(3), c BIGINT, s BIGINT) WITH ('connector' = 'sim_log');"
    "CREATE TABLE windows_base (k STRING, t TIMESTAMP(3), c BIGINT, s BIGINT) WITH ('connector' = 'sim_database');"
    "CREATE TABLE counts_log (k STRING, t TIMESTAMP(3), c BIGINT) WITH ('connector' = 'sim_log');"
    "CREATE TABLE latest (k STRING, c BIGINT, s BIGINT, m BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sim_database');"
    "CREATE TABLE latest_log (k STRING, c BIGINT, s BIGINT, m BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sim_log');";

#define TUMBLE_ROWS "SELECT k, window_end, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '4' SECOND)) " \
                    "GROUP BY k, window_start, window_end"
#define HOP_ROWS "SELECT k, window_end, COUNT(*), SUM(v) FROM TABLE(HOP(TABLE src, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '8' SECOND)) " \
                 "GROUP BY k, window_start, window_end"
#define SESSION_ROWS "SELECT k, window_end, COUNT(*), SUM(v) FROM TABLE(SESSION(TABLE src PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND)) " \
                     "GROUP BY k, window_start, window_end"
#define CUMULATE_ROWS "SELECT k, window_end, COUNT(DISTINCT v), MAX(n) FROM TABLE(CUMULATE(TABLE src, DESCRIPTOR(ts), INTERVAL '2' SECOND, " \
                      "INTERVAL '6' SECOND)) GROUP BY k, window_start, window_end"
#define UNION_ROWS "SELECT k, window_end, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE both_halves, DESCRIPTOR(ts), INTERVAL '5' SECOND)) " \
                   "GROUP BY k, window_start, window_end"
#define DIRTY_ROWS "SELECT k, window_end, COUNT(*), SUM(100 / (v - 7)) FROM TABLE(TUMBLE(TABLE dirty, DESCRIPTOR(ts), INTERVAL '3' SECOND)) " \
                   "GROUP BY k, window_start, window_end"
#define GROUP_ROWS "SELECT k, COUNT(*), SUM(v), MAX(n) FROM src GROUP BY k"

const Shape shapes[] = {
    { .name = "rows to a log", .sql = "INSERT INTO rows_log SELECT k, n, v, pad FROM src", .local_keys = true },
    { .name = "rows to a store", .sql = "INSERT INTO rows_base SELECT k, n, v, pad FROM src WHERE v > 20", .local_keys = true },
    { .name = "rows to files", .sql = "INSERT INTO rows_files SELECT k, n, v, pad FROM src" },
    { .name = "rows to partitioned files", .sql = "INSERT INTO days_files SELECT k, n, v FROM src" },
    { .name = "TUMBLE to a log", .sql = "INSERT INTO windows_log " TUMBLE_ROWS },
    { .name = "HOP to a store", .sql = "INSERT INTO windows_base " HOP_ROWS },
    { .name = "SESSION to a log", .sql = "INSERT INTO windows_log " SESSION_ROWS, .one_partition = true },
    { .name = "CUMULATE to a store", .sql = "INSERT INTO windows_base " CUMULATE_ROWS },
    { .name = "UNION ALL to a log", .sql = "INSERT INTO windows_log " UNION_ROWS, .reads_twice = true },
    { .name = "dead letters", .sql = "INSERT INTO windows_base " DIRTY_ROWS },
    { .name = "rows in order of time", .sql = "INSERT INTO rows_log SELECT k, n, v, pad FROM src ORDER BY ts", .one_partition = true },
    { .name = "GROUP BY to a store", .sql = "INSERT INTO latest " GROUP_ROWS, .local_keys = true },
    { .name = "GROUP BY to a log", .sql = "INSERT INTO latest_log " GROUP_ROWS, .local_keys = true },
    { .name = "two sinks",
      .sql = "EXECUTE STATEMENT SET BEGIN INSERT INTO windows_log " TUMBLE_ROWS "; INSERT INTO rows_base SELECT k, n, v, pad FROM src; END",
      .local_keys = true },
    { .name = "three sinks",
      .sql = "EXECUTE STATEMENT SET BEGIN INSERT INTO latest " GROUP_ROWS "; INSERT INTO rows_files SELECT k, n, v, pad FROM src; "
             "INSERT INTO rows_log SELECT k, n, v, pad FROM src WHERE v < 50; END",
      .local_keys = true },
    { .name = "at least once", .sql = "INSERT INTO rows_sent SELECT k, n, v FROM src", .at_least_once = true },
    { .name = "TUMBLE at least once",
      .sql = "INSERT INTO counts_log SELECT k, t, c FROM (" TUMBLE_ROWS ") AS w (k, t, c, s)",
      .at_least_once = true },
    { .name = "at least once beside exactly once",
      .sql = "EXECUTE STATEMENT SET BEGIN INSERT INTO rows_sent SELECT k, n, v FROM src; INSERT INTO windows_base " TUMBLE_ROWS "; END" },
};

/* Of files and of refused rows there are several writers. Barriers that are not aligned let a count have too much, never too little. */
Guarantee shape_guarantee(Str table)
{
    if (str_is(table, "files") || str_is(table, "letters"))
        return EACH_ONCE;
    if (str_is(table, "rows_sent"))
        return AT_LEAST_ONCE;
    return str_is(table, "counts_log") ? NOT_LESS : EXACTLY_ONCE;
}

const int32_t shape_count = (int32_t)(sizeof(shapes) / sizeof(shapes[0]));

static _Noreturn void give_up(const Error *err, Str source)
{
    Text text = TEXT_EMPTY;
    error_render(err, STR("shapes.c"), source, &text);
    fprintf(stderr, "%s\n", text_cstr(&text));
    exit(2);
}

static void define_tables(PlanContext *context)
{
    Error      err = ERROR_NONE;
    Parser    *parser = parser_create(context->arena, str_from(tables));
    Statement *statement;
    context->source = parser_source(parser);
    for (;;) {
        CatalogTable *table;
        if (parser_next(parser, context->arena, &statement, &err) != STATUS_OK)
            give_up(&err, context->source);
        if (!statement)
            return;
        bool   is_view = statement->kind == STATEMENT_CREATE_VIEW;
        Status status = is_view ? define_view(context, statement, &table, &err) : define_table(context, statement, &table, &err);
        if (status != STATUS_OK)
            give_up(&err, context->source);
        catalog_put_table(context->catalog, table);
    }
}

const PlanJob *shape_plan(const Shape *shape, Arena *arena)
{
    Error       err = ERROR_NONE;
    PlanJob    *job;
    Statement  *statement;
    PlanContext context = { .arena = arena, .catalog = catalog_create(arena), .settings = map_create(arena) };
    context.eval = (EvalContext){ .zone = zone_utc, .clock = &env_clock, .database = STR("default_database"), .watermark = TIME_MIN };
    define_tables(&context);
    Parser *parser = parser_create(arena, str_from(shape->sql));
    context.source = parser_source(parser);
    if (parser_next(parser, arena, &statement, &err) != STATUS_OK)
        give_up(&err, context.source);
    bool   is_set = statement->kind == STATEMENT_STATEMENT_SET;
    Status status = is_set ? plan_inserts(&context, statement->set.items.items, statement->set.items.count, &job, &err)
                           : plan_inserts(&context, &statement, 1, &job, &err);
    if (status != STATUS_OK)
        give_up(&err, context.source);
    return job;
}
