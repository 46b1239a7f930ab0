/* bind_table.c: a name in FROM: a WITH table, a view, or a table.
 *
 * A table becomes one PLAN_SCAN that gives all its columns in declared order (rewrites/prune_columns.c takes away what
 * nobody reads): physical and metadata columns come from the connector, computed ones are expressions over these, the
 * watermark is an expression over all of them. Stored texts (computed columns, watermarks, views) are parsed again, and
 * stand at the place of the table's name. */
#include "planner/bind.h"

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static Status parse_stored(Binder *binder, const CatalogTable *table, Str column, Str text, Node **out, Error *err)
{
    Status status = parse_expression(binder->arena, text, out, err);
    if (status != STATUS_OK) {
        err->span = binder->place;
        error_prefix(err, "column `%.*s` of table `%.*s`", STR_FMT(column), STR_FMT(table->name));
    }
    return status;
}

/* An expression of the table's definition over the given columns. */
static Status bind_stored(Binder *binder, const CatalogTable *table, Str column, Str text, const Field *fields,
                          int32_t field_count, Expr **out, Error *err)
{
    Node *node;
    TRY(parse_stored(binder, table, column, text, &node, err));
    TRY(binder_enter(binder, node->depth, binder->place, err));
    Site   site = site_create(binder, scope_of_fields(binder->arena, fields, field_count, (Str){ NULL, 0 }, NULL),
                              "a table's column");
    Status status = bind_expression(&site, node, out, err);
    binder_leave(binder, node->depth);
    if (status != STATUS_OK) {
        err->span = binder->place;
        error_prefix(err, "column `%.*s` of table `%.*s`", STR_FMT(column), STR_FMT(table->name));
    }
    return status;
}

static const Field *source_fields(Arena *arena, const TableSpec *spec)
{
    Field *fields = arena_new(arena, Field, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        fields[i] = (Field){ .name = spec->columns[i].name, .type = spec->columns[i].type };
    return fields;
}

/* The scan's output: the table's columns in order; *exprs stays NULL when they are the source's. */
static Status scan_columns(Binder *binder, const CatalogTable *table, const TableSpec *spec, Field **fields,
                           Expr ***exprs, Error *err)
{
    Arena       *arena = binder->arena;
    const Field *source = source_fields(arena, spec);
    int32_t      next = 0;
    bool         has_computed = false;
    *fields = arena_new(arena, Field, table->column_count + 1);
    *exprs = arena_new(arena, Expr *, table->column_count + 1);
    for (int32_t i = 0; i < table->column_count; i++) {
        const CatalogColumn *column = &table->columns[i];
        Expr                *expr;
        if (column->kind == CATALOG_COMPUTED) {
            has_computed = true;
            TRY(bind_stored(binder, table, column->name, column->expression, source, spec->column_count, &expr, err));
        } else {
            expr = expr_column(arena, next, source[next].type, binder->place);
            next++;
        }
        (*exprs)[i] = expr;
        TimeAttribute time = expr->type->time == TIME_PROCTIME ? TIME_PROCTIME : TIME_NONE;
        (*fields)[i] = (Field){ .name = column->name, .type = type_with_time(arena, expr->type, time) };
    }
    if (!has_computed)
        *exprs = NULL;
    return STATUS_OK;
}

static int64_t option_duration(const TableSpec *spec, const char *key, int64_t otherwise)
{
    int64_t ms;
    Str     value = map_get_str(spec->options, str_from(key));
    return value.ptr && duration_parse(value, &ms) ? ms : otherwise;
}

static int32_t option_parallelism(const TableSpec *spec, const char *key)
{
    int64_t count;
    Str     value = map_get_str(spec->options, str_from(key));
    return value.ptr && str_to_i64(value, &count) && count > 0 && count < 1 << 15 ? (int32_t)count : 0;
}

static void watermark_options(Binder *binder, const TableSpec *spec, PlanScan *scan)
{
    int64_t future = option_duration(spec, "scan.watermark.max-future", DAY_MS);
    Str     group = map_get_str(spec->options, STR("scan.watermark.alignment.group"));
    scan->idle_timeout_ms = option_duration(spec, "scan.watermark.idle-timeout",
                                            setting_duration_ms(binder->context, "table.exec.source.idle-timeout", 0));
    scan->max_future_ms = future > 0 ? future : -1;
    scan->alignment_group = group.ptr ? group : STR_EMPTY;
    scan->alignment_max_drift_ms = option_duration(spec, "scan.watermark.alignment.max-drift", 0);
    scan->alignment_interval_ms = option_duration(spec, "scan.watermark.alignment.update-interval", 1000);
}

/* Event time: the column's mark, and the expression over the scan's output. A bounded run needs neither. */
static Status scan_watermark(Binder *binder, const CatalogTable *table, const TableSpec *spec, Field *fields,
                             PlanScan *scan, Error *err)
{
    scan->rowtime = -1;
    if (!table->watermark_column.ptr || binder->context->is_batch)
        return STATUS_OK;
    for (int32_t i = 0; i < table->column_count; i++)
        if (str_eq(table->columns[i].name, table->watermark_column))
            scan->rowtime = i;
    if (scan->rowtime < 0)
        return error_set(err, STATUS_INTERNAL, spec->span, "the watermark column `%.*s` is gone",
                         STR_FMT(table->watermark_column));
    TRY(bind_stored(binder, table, table->watermark_column, table->watermark_expression, fields, table->column_count,
                    &scan->watermark, err));
    fields[scan->rowtime].type = type_with_time(binder->arena, fields[scan->rowtime].type, TIME_ROWTIME);
    watermark_options(binder, spec, scan);
    return STATUS_OK;
}

static Status scan_node(Binder *binder, const CatalogTable *table, const HintList *hints, Span span, Plan **out,
                        Error *err)
{
    const TableSpec *spec;
    Field           *fields;
    TRY(table_spec(binder->context, table, hints, span, &spec, err));
    PlanScan scan = { .table = spec, .column_count = spec->column_count };
    TRY(table_connector(binder, table, spec, false, &scan.connector, err));
    int32_t *columns = arena_new(binder->arena, int32_t, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        columns[i] = i;
    scan.columns = columns;
    TRY(scan_columns(binder, table, spec, &fields, &scan.exprs, err));
    TRY(scan_watermark(binder, table, spec, fields, &scan, err));
    const SourceType *source = scan.connector ? scan.connector->source : NULL;
    scan.is_bounded = source && source->is_bounded && source->is_bounded(spec);
    scan.parallelism = option_parallelism(spec, "scan.parallelism");
    if (binder->context->is_batch && source && !scan.is_bounded)
        return error_set(err, STATUS_INVALID, span, "table `%.*s` is unbounded: it cannot be read in batch mode",
                         STR_FMT(table->name));
    TRY(build_plan_node(binder, PLAN_SCAN, NULL, span, out, err));
    Plan *plan = *out;
    plan->scan = scan;
    plan->fields = fields;
    plan->field_count = table->column_count;
    bool is_changelog = source ? source->is_changelog && source->is_changelog(spec) : foreign_is_changelog(table);
    plan->changelog = is_changelog ? CHANGELOG_ALL : CHANGELOG_INSERT;
    return STATUS_OK;
}

Status bind_scan(Binder *binder, const CatalogTable *table, const HintList *hints, Span span, Plan **out, Error *err)
{
    Span outer = binder->place;
    Span here = binder_span(binder, span);
    binder->place = here;
    Status status = scan_node(binder, table, hints, here, out, err);
    binder->place = outer;
    return status;
}

/* ---- views ------------------------------------------------------------------------------------------------------- */

static Status view_plan(Binder *binder, const CatalogTable *view, Plan **out, Error *err)
{
    Query *query;
    TRY(parse_query(binder->arena, view->query, &query, err));
    TRY(binder_enter(binder, query->depth + 1, binder->place, err));
    TRY(bind_query(binder, query, NULL, out, err));
    binder_leave(binder, query->depth + 1);
    if ((*out)->field_count != view->column_count)
        return error_set(err, STATUS_INVALID, binder->place, "it gives %d columns now and had %d when it was created",
                         (*out)->field_count, view->column_count);
    Str *names = arena_new(binder->arena, Str, view->column_count + 1);
    for (int32_t i = 0; i < view->column_count; i++)
        names[i] = view->columns[i].name;
    return build_rename(binder, *out, names, binder->place, out, err);
}

static Status bind_view(Binder *binder, const CatalogTable *view, Span span, Plan **out, Error *err)
{
    Binder outer = *binder;
    binder->place = binder_span(binder, span);
    binder->common = NULL;
    binder->level = 0;
    Status status = view_plan(binder, view, out, err);
    if (status != STATUS_OK) {
        err->span = binder->place;
        /* of views over views, the one where it is wrong */
        if (!str_starts_with(str_from(err->message), STR("view `")))
            error_prefix(err, "view `%.*s`", STR_FMT(view->name));
    }
    binder->place = outer.place;
    binder->common = outer.common;
    binder->level = outer.level;
    return status;
}

/* ---- WITH tables ------------------------------------------------------------------------------------------------- */

static const CommonScope *find_common(const Binder *binder, const Name *name)
{
    if (name->parts.count != 1)
        return NULL;
    for (const CommonScope *common = binder->common; common; common = common->outer)
        if (str_eq(common->table->name.text, name->parts.items[0].text))
            return common;
    return NULL;
}

Status rename_columns(Binder *binder, Plan *plan, const IdentList *columns, Span span, Plan **out, Error *err)
{
    *out = plan;
    if (columns->count == 0 || has_unknown_columns(plan))
        return STATUS_OK;
    if (columns->count != plan->field_count)
        return error_set(err, STATUS_INVALID, binder_span(binder, span),
                         "the column list has %lld names, the table %d columns",
                         (long long)columns->count, plan->field_count);
    Str *names = arena_new(binder->arena, Str, columns->count + 1);
    for (int64_t i = 0; i < columns->count; i++) {
        names[i] = columns->items[i].text;
        for (int64_t j = 0; j < i; j++)
            if (str_eq(names[j], names[i]))
                return error_set(err, STATUS_INVALID, binder_span(binder, columns->items[i].span),
                                 "the column list has `%.*s` twice", STR_FMT(names[i]));
    }
    return build_rename(binder, plan, names, span, out, err);
}

static Status bind_common(Binder *binder, const CommonScope *common, Span span, Plan **out, Error *err)
{
    const CommonScope *around = binder->common;
    const CommonTable *table = common->table;
    TRY(binder_enter(binder, table->query->depth, span, err));
    binder->common = common->outer;
    binder->level++;
    Status status = bind_query(binder, table->query, NULL, out, err);
    binder->level--;
    binder->common = around;
    binder_leave(binder, table->query->depth);
    return status == STATUS_OK ? rename_columns(binder, *out, &table->columns, table->name.span, out, err) : status;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

Status bind_named(Binder *binder, const Name *name, const HintList *hints, Plan **out, CatalogPath *path, Error *err)
{
    const CommonScope *common = find_common(binder, name);
    CatalogTable      *table;
    *path = (CatalogPath){ .name = name->parts.items[name->parts.count - 1].text };
    if (common)
        return bind_common(binder, common, name->span, out, err);
    if (is_elsewhere(binder, name))
        return build_elsewhere(binder, name->span, out, err);
    TRY(catalog_get_table(binder->context->catalog, *name, &table, err));
    *path = (CatalogPath){ table->catalog, table->database, table->name };
    return table->is_view ? bind_view(binder, table, name->span, out, err)
                          : bind_scan(binder, table, hints, name->span, out, err);
}
