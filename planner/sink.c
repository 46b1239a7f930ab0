/* sink.c: INSERT INTO a table: which column goes where, what is cast, and whether the table can take the changes.
 *
 * The query's columns belong to the written columns by position: those of INSERT INTO t (a, b), else all that the table
 * stores (physical and metadata columns that are not VIRTUAL; computed ones are not stored). PARTITION (k = 'v') gives
 * constants. Columns left out become NULL. Only implicit casts are made. */
#include "planner/sink.h"

enum { SOURCE_NULL = -1, SOURCE_NONE = -2, SOURCE_CONSTANT = -3 };

static int32_t find_column(const TableSpec *spec, Str name)
{
    for (int32_t i = 0; i < spec->column_count; i++)
        if (str_eq(spec->columns[i].name, name))
            return i;
    return -1;
}

/* ---- which columns ----------------------------------------------------------------------------------------------- */

static Status unknown_target(const Target *target, Str name, Span span, Error *err)
{
    for (int32_t i = 0; i < target->table->column_count; i++)
        if (str_eq(target->table->columns[i].name, name))
            return error_set(err, STATUS_INVALID, span, "column `%.*s` is computed: it cannot be written",
                             STR_FMT(name));
    error_set(err, STATUS_NO_COLUMN, span, "Unknown target column '%.*s'", STR_FMT(name));
    Arena *scratch = arena_create();
    Str   *names = arena_new(scratch, Str, target->spec->column_count + 1);
    for (int32_t i = 0; i < target->spec->column_count; i++)
        names[i] = target->spec->columns[i].name;
    Str nearest = error_nearest(name, names, target->spec->column_count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return err->status;
}

static bool is_partition_key(const TableSpec *spec, int32_t column)
{
    for (int32_t i = 0; i < spec->partition_key_count; i++)
        if (spec->partition_keys[i] == column)
            return true;
    return false;
}

static Status target_partitions(Target *target, Error *err)
{
    const OptionList *partition = &target->statement->insert.partition;
    Scope             scope = { 0 };
    Site              site = site_create(target->binder, &scope, "PARTITION");
    for (int64_t i = 0; i < partition->count; i++) {
        const OptionNode *item = &partition->items[i];
        int32_t           column = find_column(target->spec, item->key);
        if (column < 0)
            return unknown_target(target, item->key, item->key_span, err);
        if (!is_partition_key(target->spec, column))
            return error_set(err, STATUS_INVALID, item->key_span,
                             "Static partition column '%.*s' should be in the partition keys of table '%.*s'",
                             STR_FMT(item->key),
                             STR_FMT(target->spec->path));
        Expr *value;
        if (!item->literal)
            continue;
        TRY(bind_expression(&site, item->literal, &value, err));
        const Type *type = target->spec->columns[column].type;
        if (!type_casts_explicitly(value->type, type))
            return error_set(err, STATUS_TYPE, item->value_span, "the value of partition '%.*s' does not fit its type",
                             STR_FMT(item->key));
        type = type_with_null(target->binder->arena, type, value->type->nullable);
        target->constants[column] = expr_cast(target->binder->arena, value, type, false, value->span);
        target->source[column] = SOURCE_CONSTANT;
    }
    return STATUS_OK;
}

static void expect(Target *target, int32_t column)
{
    target->source[column] = target->expected_count;
    target->expected[target->expected_count++] = column;
}

static Status target_columns(Target *target, Error *err)
{
    const NameList *names = &target->statement->insert.columns;
    for (int32_t i = 0; i < target->spec->column_count; i++)
        target->source[i] = target->spec->columns[i].is_virtual ? SOURCE_NONE : SOURCE_NULL;
    TRY(target_partitions(target, err));
    for (int32_t i = 0; names->count == 0 && i < target->spec->column_count; i++)
        if (target->source[i] == SOURCE_NULL)
            expect(target, i);
    for (int64_t i = 0; i < names->count; i++) {
        const Name *name = &names->items[i];
        int32_t     column = name->parts.count == 1 ? find_column(target->spec, name->parts.items[0].text) : -1;
        Str         last = name->parts.items[name->parts.count - 1].text;
        if (column < 0 || target->source[column] == SOURCE_NONE)
            return column < 0 ? unknown_target(target, last, name->span, err)
                              : error_set(err, STATUS_INVALID, name->span,
                                          "column `%.*s` is VIRTUAL: it cannot be written", STR_FMT(last));
        if (target->source[column] != SOURCE_NULL)
            return error_set(err, STATUS_INVALID, name->span, "Target column '%.*s' is assigned more than once",
                             STR_FMT(last));
        expect(target, column);
    }
    return STATUS_OK;
}

/* ---- types ------------------------------------------------------------------------------------------------------- */

static Status mismatch(const Target *target, const Plan *query, Error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static Status mismatch(const Target *target, const Plan *query, Error *err, const char *format, ...)
{
    Text    text = TEXT_EMPTY;
    va_list args;
    text_printf(&text, "Column types of query result and sink for '%.*s' do not match.\nCause: ",
                STR_FMT(target->spec->path));
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    text_puts(&text, "\n\nQuery schema: [");
    for (int32_t i = 0; i < query->field_count; i++) {
        text_printf(&text, "%s%.*s: ", i ? ", " : "", STR_FMT(query->fields[i].name));
        type_print(query->fields[i].type, true, &text);
    }
    text_puts(&text, "]\nSink schema:  [");
    for (int32_t i = 0; i < target->expected_count; i++) {
        const TableColumn *column = &target->spec->columns[target->expected[i]];
        text_printf(&text, "%s%.*s: ", i ? ", " : "", STR_FMT(column->name));
        type_print(column->type, false, &text);
    }
    text_put(&text, ']');
    error_set(err, STATUS_TYPE, target->span, "%s", text_cstr(&text));
    text_free(&text);
    return err->status;
}

static Status check_count(const Target *target, const Plan *query, Error *err)
{
    if (query->field_count == target->expected_count)
        return STATUS_OK;
    if (target->statement->insert.columns.count > 0)
        return error_set(err, STATUS_INVALID, target->span,
                         "Number of columns must match number of query columns: %d are written, %d given",
                         target->expected_count, query->field_count);
    return mismatch(target, query, err, "Different number of columns.");
}

static Status written_value(Target *target, const Plan *query, int32_t column, Expr **out, Error *err)
{
    Arena             *arena = target->binder->arena;
    const TableColumn *to = &target->spec->columns[column];
    int32_t            source = target->source[column];
    if (source == SOURCE_CONSTANT) {
        *out = target->constants[column];
        return STATUS_OK;
    }
    if (source == SOURCE_NULL) {
        if (!to->type->nullable)
            return error_set(err, STATUS_INVALID, target->span,
                             "Column '%.*s' has no default value and does not allow NULLs",
                             STR_FMT(to->name));
        *out = expr_null(arena, to->type, target->span);
        return STATUS_OK;
    }
    Expr *value = build_column_expr(arena, query, source, target->span);
    *out = value;
    if (value->type->kind == TYPE_NULL || to->type->kind == TYPE_NULL || type_equals(value->type, to->type, false))
        return STATUS_OK;
    if (!type_casts_implicitly(value->type, to->type))
        return mismatch(target, query, err, "Incompatible types for sink column '%.*s' at position %d.",
                        STR_FMT(to->name), source + 1);
    *out = expr_cast(arena, expr_without_time(arena, value), type_with_null(arena, to->type, value->type->nullable),
                     false, value->span);
    return STATUS_OK;
}

static Status build_written(Target *target, Plan *query, Plan **out, PlanSink *sink, Error *err)
{
    Arena   *arena = target->binder->arena;
    int32_t  width = target->spec->column_count;
    int32_t *columns = arena_new(arena, int32_t, width + 1);
    Expr   **exprs = arena_new(arena, Expr *, width + 1);
    Str     *names = arena_new(arena, Str, width + 1);
    bool    *not_null = arena_new(arena, bool, width + 1);
    int32_t  count = 0;
    for (int32_t i = 0; i < width; i++) {
        if (target->source[i] == SOURCE_NONE)
            continue;
        TRY(written_value(target, query, i, &exprs[count], err));
        names[count] = target->spec->columns[i].name;
        not_null[count] = !target->spec->columns[i].type->nullable && exprs[count]->type->nullable;
        columns[count++] = i;
    }
    sink->columns = columns;
    sink->not_null = not_null;
    return build_project(target->binder, query, exprs, names, count, target->span, out, err);
}

/* The one column of event time; more than one is an error. */
static Status find_rowtime(const Target *target, const Plan *query, const Plan *written, int32_t *out, Error *err)
{
    int32_t count = 0;
    Text    names = TEXT_EMPTY;
    Str     inserter = setting_str(target->binder->context, "table.exec.sink.rowtime-inserter", "ENABLED");
    *out = -1;
    for (int32_t i = 0; i < query->field_count; i++) {
        if (query->fields[i].type->time != TIME_ROWTIME)
            continue;
        text_printf(&names, "%s%.*s", count++ ? ", " : "", STR_FMT(query->fields[i].name));
    }
    for (int32_t i = 0; i < written->field_count; i++)
        if (written->fields[i].type->time == TIME_ROWTIME)
            *out = i;
    if (count > 1 && str_is_nocase(inserter, "ENABLED") && !target->binder->context->language_only) {
        error_set(err, STATUS_INVALID, target->span,
                  "The query contains more than one rowtime attribute column [%s] for writing into table '%.*s'.",
                  text_cstr(&names),
                  STR_FMT(target->spec->path));
        error_hint(err, "CAST all but one of them to TIMESTAMP(3)");
    }
    text_free(&names);
    return err->status;
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

static int32_t sink_parallelism(const TableSpec *spec)
{
    int64_t count;
    Str     value = map_get_str(spec->options, STR("sink.parallelism"));
    return value.ptr && str_to_i64(value, &count) && count > 0 && count < 1 << 15 ? (int32_t)count : 0;
}

static Changelog accepted(SinkMode mode)
{
    return mode == SINK_APPEND ? CHANGELOG_INSERT : mode == SINK_UPSERT ? CHANGELOG_UPSERT : CHANGELOG_ALL;
}

/* Connectors that are known to add only. */
static bool can_be_overwritten(const TableSpec *spec, bool is_batch)
{
    static const char *const adding[] = { "print", "blackhole", "kafka", "upsert-kafka", "jdbc", NULL };
    Str name = map_get_str(spec->options, STR("connector"));
    for (int i = 0; adding[i]; i++)
        if (str_is(name, adding[i]))
            return false;
    return is_batch || !str_is(name, "filesystem");
}

static Status target_create(Binder *binder, const Statement *statement, Target *out, Error *err)
{
    CatalogTable *table;
    const Name   *name = &statement->name;
    if (statement->insert.is_overwrite)
        TRY(binder_unsupported(binder, statement->span, "INSERT OVERWRITE", err));
    TRY(catalog_get_table(binder->context->catalog, *name, &table, err));
    if (table->is_view)
        return error_set(err, STATUS_INVALID, name->span, "`%.*s` is a view: it cannot be written",
                         STR_FMT(table->name));
    *out = (Target){ .binder = binder, .table = table, .statement = statement, .span = name->span };
    TRY(table_spec(binder->context, table, &statement->insert.hints, name->span, &out->spec, err));
    if (statement->insert.is_overwrite && !can_be_overwritten(out->spec, binder->context->is_batch))
        return error_set(err, STATUS_INVALID, name->span,
                         "INSERT OVERWRITE requires a table that can be overwritten; in this mode '%.*s' cannot",
                         STR_FMT(out->spec->path));
    int32_t width = out->spec->column_count;
    out->source = arena_new(binder->arena, int32_t, width + 1);
    out->expected = arena_new(binder->arena, int32_t, width + 1);
    out->constants = arena_new(binder->arena, Expr *, width + 1);
    return target_columns(out, err);
}

/* Into a table that lives elsewhere: only the query is checked. */
static Status bind_elsewhere(Binder *binder, const Statement *statement, Plan **out, Error *err)
{
    Plan *query;
    TRY(bind_query(binder, statement->insert.query, NULL, &query, err));
    return build_opaque(binder, "INSERT", &query, 1, query->fields, query->field_count, query->changelog, statement->span,
                        out, err);
}

static Status write_query(Target *target, const Statement *statement, Plan *query, Plan **out, Error *err)
{
    Binder *binder = target->binder;
    Plan   *written;
    TRY(check_count(target, query, err));
    PlanSink sink = { .table = target->spec, .parallelism = sink_parallelism(target->spec) };
    TRY(build_written(target, query, &written, &sink, err));
    TRY(find_rowtime(target, query, written, &sink.rowtime, err));
    TRY(table_connector(binder, target->table, target->spec, true, &sink.connector, err));
    SinkMode mode = sink.connector ? sink.connector->sink->mode(target->spec) : foreign_sink_mode(target->table);
    TRY(target_check_changes(target, query, written, mode, &sink, err));
    sink.accepts = accepted(mode);
    sink.drops_null_rows = str_is_nocase(setting_str(binder->context, "table.exec.sink.not-null-enforcer", "ERROR"),
                                         "DROP");
    TRY(build_plan_node(binder, PLAN_SINK, written, statement->span, out, err));
    (*out)->sink = sink;
    return STATUS_OK;
}

Status bind_insert_plan(Binder *binder, const Statement *statement, Plan *query, Plan **out, Error *err)
{
    Target target;
    TRY(target_create(binder, statement, &target, err));
    return write_query(&target, statement, query, out, err);
}

Status bind_insert(Binder *binder, const Statement *statement, Plan **out, Error *err)
{
    if (is_elsewhere(binder, &statement->name))
        return bind_elsewhere(binder, statement, out, err);
    Target target;
    Plan  *query;
    TRY(target_create(binder, statement, &target, err));
    TRY(bind_query(binder, statement->insert.query, NULL, &query, err));
    if (has_unknown_columns(query)) {
        *out = query;
        return STATUS_OK;
    }
    return write_query(&target, statement, query, out, err);
}
