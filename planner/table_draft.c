/* table_draft.c: the parts of a table definition, and the rules that hold between them.
 *
 * Computed columns see physical and metadata columns only, not each other; the watermark sees all. A primary key stands on physical
 * columns and makes them NOT NULL. */
#include "planner/table_draft.h"

#include "planner/bind.h"

TableDraft *draft_create(PlanContext *context)
{
    TableDraft *draft = arena_new(context->arena, TableDraft, 1);
    draft->context = context;
    draft->table.options = map_create(context->arena);
    return draft;
}

static Ident ident_of(Str text)
{
    return (Ident){ .text = text };
}

TableDraft *draft_of_table(PlanContext *context, const CatalogTable *table)
{
    Arena *arena = context->arena;
    TableDraft *draft = draft_create(context);
    draft->table = *table;
    draft->table.options = map_copy_str(arena, table->options);
    for (int32_t i = 0; i < table->column_count; i++)
        list_push(arena, &draft->columns, (DraftColumn){ .column = table->columns[i], .is_inherited = true });
    if (table->watermark_column.ptr) {
        draft->has_watermark = true;
        list_push(arena, &draft->watermark_name.parts, ident_of(table->watermark_column));
        draft->watermark_text = table->watermark_expression;
    }
    for (int32_t i = 0; i < table->primary_key_count; i++)
        list_push(arena, &draft->primary_key, ident_of(table->columns[table->primary_key[i]].name));
    draft->primary_key_name = table->primary_key_name;
    for (int32_t i = 0; i < table->partition_key_count; i++)
        list_push(arena, &draft->partition_keys, ident_of(table->columns[table->partition_keys[i]].name));
    return draft;
}

int64_t draft_find(const TableDraft *draft, Str name)
{
    for (int64_t i = 0; i < draft->columns.count; i++)
        if (str_eq(draft->columns.items[i].column.name, name))
            return i;
    return -1;
}

/* ---- editing ------------------------------------------------------------------------------------------------------- */

static Str expression_text(Arena *arena, const Node *node)
{
    Text text = TEXT_EMPTY;
    unparse_expression(node, &text);
    Str copy = arena_str(arena, text_str(&text));
    text_free(&text);
    return copy;
}

/* A type of the dialect that is not here is an unknown one while only the language is checked. */
static Status column_type(const PlanContext *context, const TypeNode *node, const Type **out, Error *err)
{
    Status status = resolve_type(context->arena, node, out, err);
    if (status != STATUS_UNSUPPORTED || !context->language_only)
        return status;
    error_clear(err);
    *out = &type_null;
    return STATUS_OK;
}

Status draft_column_of(TableDraft *draft, const ColumnNode *node, DraftColumn *out, Error *err)
{
    Arena *arena = draft->context->arena;
    *out = (DraftColumn){ .column = { .name = node->name.text, .comment = node->comment }, .span = node->span };
    CatalogColumn *column = &out->column;
    switch (node->kind) {
    case COLUMN_NODE_COMPUTED:
        column->kind = CATALOG_COMPUTED;
        column->expression = expression_text(arena, node->expr);
        out->expr = node->expr;
        return STATUS_OK;
    case COLUMN_NODE_METADATA:
        column->kind = CATALOG_METADATA;
        column->metadata_key = node->metadata_key.ptr ? node->metadata_key : node->name.text;
        column->is_virtual = node->is_virtual;
        return column_type(draft->context, node->type, &column->type, err);
    case COLUMN_NODE_PHYSICAL:
        column->kind = CATALOG_PHYSICAL;
        return column_type(draft->context, node->type, &column->type, err);
    case COLUMN_NODE_NAME:
        break;
    }
    return error_set(err, STATUS_INVALID, node->span, "column `%.*s` has no type", STR_FMT(node->name.text));
}

void draft_insert(TableDraft *draft, DraftColumn column, int64_t where)
{
    list_push(draft->context->arena, &draft->columns, column);
    int64_t last = draft->columns.count - 1;
    if (where < 0 || where >= last)
        return;
    memmove(&draft->columns.items[where + 1], &draft->columns.items[where], (size_t)(last - where) * sizeof(DraftColumn));
    draft->columns.items[where] = column;
}

void draft_remove(TableDraft *draft, int64_t index)
{
    int64_t behind = draft->columns.count - index - 1;
    memmove(&draft->columns.items[index], &draft->columns.items[index + 1], (size_t)behind * sizeof(DraftColumn));
    draft->columns.count--;
}

Status draft_add_column(TableDraft *draft, const ColumnNode *node, int64_t where, Error *err)
{
    if (draft_find(draft, node->name.text) >= 0)
        return error_set(err, STATUS_EXISTS, node->name.span, "a column named `%.*s` exists already in the table",
                         STR_FMT(node->name.text));
    DraftColumn column;
    TRY(draft_column_of(draft, node, &column, err));
    draft_insert(draft, column, where);
    return STATUS_OK;
}

Status draft_set_watermark(TableDraft *draft, const WatermarkNode *node, Error *err)
{
    if (node->column.parts.count != 1)
        return error_set(err, STATUS_INVALID, node->column.span, "event time must be a column of the table, not a field inside one");
    draft->has_watermark = true;
    draft->watermark_name = node->column;
    draft->watermark_expr = node->expr;
    draft->watermark_text = expression_text(draft->context->arena, node->expr);
    draft->watermark_span = node->span;
    return STATUS_OK;
}

Status draft_set_primary_key(TableDraft *draft, const ConstraintNode *node, Error *err)
{
    if (node->kind == AST_UNIQUE)
        return error_set(err, STATUS_INVALID, node->span, "UNIQUE constraints are not part of the dialect; PRIMARY KEY is");
    if (node->enforced != AST_NOT_ENFORCED) {
        error_set(err, STATUS_INVALID, node->span, "a PRIMARY KEY must be NOT ENFORCED: the data belongs to other systems");
        return error_hint(err, "write PRIMARY KEY (...) NOT ENFORCED");
    }
    if (draft->primary_key.count > 0)
        return error_set(err, STATUS_EXISTS, node->span, "the table has a primary key already");
    for (int64_t i = 0; i < node->columns.count; i++)
        list_push(draft->context->arena, &draft->primary_key, node->columns.items[i]);
    draft->primary_key_name = node->name.text;
    draft->primary_key_span = node->span;
    return STATUS_OK;
}

void draft_put_options(TableDraft *draft, const OptionList *options)
{
    Map *merged = map_copy_str(draft->context->arena, draft->table.options);
    for (int64_t i = 0; i < options->count; i++)
        map_put_str(merged, options->items[i].key, options->items[i].value);
    draft->table.options = merged;
}

void draft_set_distribution(TableDraft *draft, const Distribution *distribution)
{
    if (!distribution->is_given)
        return;
    Text text = TEXT_EMPTY;
    text_puts(&text, "DISTRIBUTED");
    if (distribution->columns.count > 0) {
        text_printf(&text, " BY %.*s(", STR_FMT(distribution->algorithm));
        for (int64_t i = 0; i < distribution->columns.count; i++) {
            text_puts(&text, i > 0 ? ", " : "");
            text_put_sql_name(&text, distribution->columns.items[i].text);
        }
        text_put(&text, ')');
    }
    if (distribution->buckets >= 0)
        text_printf(&text, " INTO %lld BUCKETS", (long long)distribution->buckets);
    draft->table.distribution = arena_str(draft->context->arena, text_str(&text));
    text_free(&text);
}

/* ---- checking ------------------------------------------------------------------------------------------------------ */

/* Types of the columns that expressions may read. */
static int32_t visible_fields(const TableDraft *draft, bool with_computed, Field *out)
{
    int32_t count = 0;
    for (int64_t i = 0; i < draft->columns.count; i++) {
        const CatalogColumn *column = &draft->columns.items[i].column;
        if (column->kind != CATALOG_COMPUTED || with_computed)
            out[count++] = (Field){ .name = column->name, .type = column->type };
    }
    return count;
}

static Status type_computed(TableDraft *draft, Error *err)
{
    PlanContext *context = draft->context;
    Field *fields = arena_new(context->arena, Field, draft->columns.count);
    int32_t count = visible_fields(draft, false, fields);
    for (int64_t i = 0; i < draft->columns.count; i++) {
        DraftColumn *draft_column = &draft->columns.items[i];
        if (draft_column->column.kind != CATALOG_COMPUTED)
            continue;
        const Node *node = draft_column->expr;
        if (!node) {
            Node *parsed;
            TRY(parse_expression(context->arena, draft_column->column.expression, &parsed, err));
            node = parsed;
        }
        Expr *expr;
        TRY(bind_over_fields(context, fields, count, node, "a computed column", &expr, err));
        draft_column->column.type = expr->type;
    }
    return STATUS_OK;
}

static bool is_time_type(const Type *type)
{
    return type_is_timestamp(type) && type->precision <= 3;
}

static Status time_type_error(Span span, const char *what, const Type *type, Error *err)
{
    Text text = TEXT_EMPTY;
    type_print(type, false, &text);
    error_set(err, STATUS_TYPE, span, "%s must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3, found %.*s", what,
              STR_FMT(text_str(&text)));
    text_free(&text);
    return error_hint(err, "declare it as TIMESTAMP(3), or compute one: ts AS CAST(x AS TIMESTAMP(3)), ts AS TO_TIMESTAMP_LTZ(ms, 3)");
}

static bool is_source_watermark(const Node *node)
{
    return node->kind == NODE_CALL && node->call.name.parts.count == 1
           && str_is_nocase(node->call.name.parts.items[0].text, "SOURCE_WATERMARK");
}

static Status type_watermark(TableDraft *draft, CatalogTable *table, Error *err)
{
    if (!draft->has_watermark)
        return STATUS_OK;
    PlanContext *context = draft->context;
    Ident name = draft->watermark_name.parts.items[0];
    int64_t index = draft_find(draft, name.text);
    if (index < 0)
        return error_set(err, STATUS_NO_COLUMN, name.span.line ? name.span : draft->watermark_span,
                         "the event time column `%.*s` is not a column of the table", STR_FMT(name.text));
    const Type *time = draft->columns.items[index].column.type;
    if (!is_time_type(time) && !(context->language_only && time->kind == TYPE_NULL))
        return time_type_error(draft->watermark_span, "the event time column of WATERMARK FOR", time, err);

    const Node *node = draft->watermark_expr;
    if (!node) {
        Node *parsed;
        TRY(parse_expression(context->arena, draft->watermark_text, &parsed, err));
        node = parsed;
    }
    table->watermark_column = draft->columns.items[index].column.name;
    table->watermark_expression = draft->watermark_text;
    table->watermark_type = time;
    if (is_source_watermark(node))
        return STATUS_OK;
    Field *fields = arena_new(context->arena, Field, draft->columns.count);
    int32_t count = visible_fields(draft, true, fields);
    Expr *expr;
    TRY(bind_over_fields(context, fields, count, node, "WATERMARK", &expr, err));
    if (!is_time_type(expr->type) && !(context->language_only && expr->type->kind == TYPE_NULL))
        return time_type_error(draft->watermark_span, "the watermark expression", expr->type, err);
    if (expr->type->kind != time->kind)
        return error_set(err, STATUS_TYPE, draft->watermark_span,
                         "the watermark expression gives %s, the event time column is %s: they must agree",
                         type_kind_name(expr->type->kind), type_kind_name(time->kind));
    return STATUS_OK;
}

static Status check_primary_key(TableDraft *draft, CatalogTable *table, Error *err)
{
    int32_t count = (int32_t)draft->primary_key.count;
    if (count == 0)
        return STATUS_OK;
    Arena *arena = draft->context->arena;
    int32_t *key = arena_new(arena, int32_t, count);
    Text name = TEXT_EMPTY;
    text_puts(&name, "PK");
    for (int32_t i = 0; i < count; i++) {
        Ident column = draft->primary_key.items[i];
        Span span = column.span.line ? column.span : draft->primary_key_span;
        int64_t index = draft_find(draft, column.text);
        if (index < 0) {
            text_free(&name);
            return error_set(err, STATUS_NO_COLUMN, span, "the primary key column `%.*s` is not a column of the table",
                             STR_FMT(column.text));
        }
        CatalogColumn *found = &draft->columns.items[index].column;
        if (found->kind != CATALOG_PHYSICAL) {
            text_free(&name);
            return error_set(err, STATUS_INVALID, span, "a primary key stands on physical columns; `%.*s` is a %s column",
                             STR_FMT(column.text), found->kind == CATALOG_COMPUTED ? "computed" : "metadata");
        }
        found->type = type_with_null(arena, found->type, false);
        key[i] = (int32_t)index;
        text_printf(&name, "_%.*s", STR_FMT(column.text));
    }
    table->primary_key = key;
    table->primary_key_count = count;
    table->primary_key_name = draft->primary_key_name.ptr ? draft->primary_key_name : arena_str(arena, text_str(&name));
    text_free(&name);
    return STATUS_OK;
}

static Str metadata_key(const CatalogColumn *column)
{
    return column->metadata_key.ptr ? column->metadata_key : column->name;
}

static Status check_metadata_keys(const TableDraft *draft, Error *err)
{
    for (int64_t i = 0; i < draft->columns.count; i++) {
        const CatalogColumn *column = &draft->columns.items[i].column;
        for (int64_t j = 0; j < i && column->kind == CATALOG_METADATA; j++) {
            const CatalogColumn *other = &draft->columns.items[j].column;
            if (other->kind != CATALOG_METADATA || !str_eq(metadata_key(other), metadata_key(column)))
                continue;
            error_set(err, STATUS_INVALID, draft->columns.items[i].span,
                      "the columns `%.*s` and `%.*s` are both from the metadata key '%.*s'", STR_FMT(other->name),
                      STR_FMT(column->name), STR_FMT(metadata_key(column)));
            return error_hint(err, "compute the second one: `%.*s` AS `%.*s`", STR_FMT(column->name), STR_FMT(other->name));
        }
    }
    return STATUS_OK;
}

static Status check_partition_keys(TableDraft *draft, CatalogTable *table, Error *err)
{
    int32_t count = (int32_t)draft->partition_keys.count;
    int32_t *keys = arena_new(draft->context->arena, int32_t, count + 1);
    for (int32_t i = 0; i < count; i++) {
        Ident column = draft->partition_keys.items[i];
        int64_t index = draft_find(draft, column.text);
        if (index < 0)
            return error_set(err, STATUS_NO_COLUMN, column.span, "the partition column `%.*s` is not a column of the table",
                             STR_FMT(column.text));
        keys[i] = (int32_t)index;
    }
    table->partition_keys = keys;
    table->partition_key_count = count;
    return STATUS_OK;
}

/* ---- the finished table ---------------------------------------------------------------------------------------------- */

static Str keep(Arena *arena, Str text)
{
    return text.ptr ? arena_str(arena, text) : text;
}

static const int32_t *keep_indexes(Arena *arena, const int32_t *indexes, int32_t count)
{
    int32_t *copy = arena_new(arena, int32_t, count + 1);
    if (count > 0)
        memcpy(copy, indexes, (size_t)count * sizeof(int32_t));
    return copy;
}

/* A deep copy into the catalog's arena. */
static CatalogTable *keep_table(Arena *arena, const CatalogTable *table)
{
    CatalogTable *copy = arena_new(arena, CatalogTable, 1);
    *copy = *table;
    copy->catalog = keep(arena, table->catalog);
    copy->database = keep(arena, table->database);
    copy->name = keep(arena, table->name);
    copy->columns = arena_new(arena, CatalogColumn, table->column_count + 1);
    for (int32_t i = 0; i < table->column_count; i++) {
        const CatalogColumn *from = &table->columns[i];
        copy->columns[i] = (CatalogColumn){ .name = keep(arena, from->name), .kind = from->kind, .type = type_copy(arena, from->type),
                                            .metadata_key = keep(arena, from->metadata_key), .is_virtual = from->is_virtual,
                                            .expression = keep(arena, from->expression), .comment = keep(arena, from->comment) };
    }
    copy->watermark_column = keep(arena, table->watermark_column);
    copy->watermark_expression = keep(arena, table->watermark_expression);
    if (table->watermark_type)
        copy->watermark_type = type_copy(arena, table->watermark_type);
    copy->primary_key_name = keep(arena, table->primary_key_name);
    copy->primary_key = keep_indexes(arena, table->primary_key, table->primary_key_count);
    copy->partition_keys = keep_indexes(arena, table->partition_keys, table->partition_key_count);
    copy->distribution = keep(arena, table->distribution);
    copy->options = map_copy_str(arena, table->options);
    copy->comment = keep(arena, table->comment);
    return copy;
}

Status draft_finish(TableDraft *draft, CatalogTable **out, Error *err)
{
    CatalogTable table = draft->table;
    table.primary_key = NULL;
    table.primary_key_count = 0;
    table.primary_key_name = table.watermark_column = table.watermark_expression = (Str){ 0 };
    table.watermark_type = NULL;
    TRY(check_primary_key(draft, &table, err)); /* first: it decides nullability that the others see */
    TRY(check_metadata_keys(draft, err));
    TRY(type_computed(draft, err));
    TRY(check_partition_keys(draft, &table, err));
    TRY(type_watermark(draft, &table, err));
    table.column_count = (int32_t)draft->columns.count;
    table.columns = arena_new(draft->context->arena, CatalogColumn, table.column_count + 1);
    for (int32_t i = 0; i < table.column_count; i++)
        table.columns[i] = draft->columns.items[i].column;
    *out = keep_table(catalog_arena(draft->context->catalog), &table);
    return STATUS_OK;
}
