/* define_table.c: CREATE TABLE, with LIKE and AS.
 *
 *   columns of LIKE's source (by its options), then the statement's own, then those of the query (typed by the statement or not)
 *   options, watermark, key, partitions: of the source where included, the statement's own on top */
#include "planner/bind.h"
#include "planner/table_draft.h"

/* ---- LIKE ---------------------------------------------------------------------------------------------------------- */

/* What the LIKE options say about each feature; the default is INCLUDING ALL OVERWRITING OPTIONS. */
static void like_merges(const LikeOptionList *options, LikeMerge *merge)
{
    for (int feature = 0; feature <= AST_LIKE_WATERMARKS; feature++)
        merge[feature] = feature == AST_LIKE_OPTIONS ? AST_OVERWRITING : AST_INCLUDING;
    for (int64_t i = 0; i < options->count; i++) {
        if (options->items[i].feature != AST_LIKE_ALL)
            continue;
        for (int feature = 0; feature <= AST_LIKE_WATERMARKS; feature++)
            merge[feature] = options->items[i].merge;
    }
    for (int64_t i = 0; i < options->count; i++)
        if (options->items[i].feature != AST_LIKE_ALL)
            merge[options->items[i].feature] = options->items[i].merge;
}

/* OVERWRITING replaces what the source has; an expression or metadata column may then be declared again. */
static bool statement_has_column(const CreateTable *definition, Str name)
{
    for (int64_t i = 0; i < definition->columns.count; i++)
        if (str_eq(definition->columns.items[i].name.text, name))
            return true;
    return false;
}

static LikeFeature column_feature(CatalogColumnKind kind)
{
    return kind == CATALOG_COMPUTED ? AST_LIKE_GENERATED : AST_LIKE_METADATA;
}

static void like_columns(TableDraft *draft, const TableDraft *source, const CreateTable *definition, const LikeMerge *merge)
{
    for (int64_t i = 0; i < source->columns.count; i++) {
        const DraftColumn *column = &source->columns.items[i];
        if (column->column.kind != CATALOG_PHYSICAL) {
            LikeMerge how = merge[column_feature(column->column.kind)];
            if (how == AST_EXCLUDING
                || (how == AST_OVERWRITING && statement_has_column(definition, column->column.name)))
                continue;
        }
        draft_insert(draft, *column, -1);
    }
}

static Status like_options(TableDraft *draft, const TableDraft *source, const CreateTable *definition, LikeMerge how, Error *err)
{
    if (how == AST_EXCLUDING)
        return STATUS_OK;
    for (int64_t i = 0; how == AST_INCLUDING && i < definition->options.count; i++) {
        const OptionNode *option = &definition->options.items[i];
        if (map_has(source->table.options, option->key))
            return error_set(err, STATUS_EXISTS, option->key_span,
                             "the source table has the option '%.*s' already; OVERWRITING OPTIONS replaces it", STR_FMT(option->key));
    }
    draft->table.options = map_copy_str(draft->context->arena, source->table.options);
    return STATUS_OK;
}

static Status like_conflict(Span span, const char *what, Error *err)
{
    error_set(err, STATUS_EXISTS, span, "the source table has a %s already", what);
    return error_hint(err, "exclude it: LIKE source (EXCLUDING ...)");
}

static Status like_watermark(TableDraft *draft, const TableDraft *source, const CreateTable *definition, LikeMerge how, Error *err)
{
    if (how == AST_EXCLUDING || !source->has_watermark)
        return STATUS_OK;
    if (definition->watermarks.count > 0)
        return how == AST_OVERWRITING ? STATUS_OK : like_conflict(definition->watermarks.items[0].span, "watermark", err);
    draft->has_watermark = true;
    draft->watermark_name = source->watermark_name;
    draft->watermark_text = source->watermark_text;
    draft->watermark_span = definition->like.span;
    return STATUS_OK;
}

static Status like_keys(TableDraft *draft, const TableDraft *source, const CreateTable *definition, const LikeMerge *merge, Error *err)
{
    if (merge[AST_LIKE_CONSTRAINTS] != AST_EXCLUDING && source->primary_key.count > 0) {
        if (definition->constraints.count > 0)
            return like_conflict(definition->constraints.items[0].span, "primary key", err);
        draft->primary_key.items = source->primary_key.items;
        draft->primary_key.count = draft->primary_key.capacity = source->primary_key.count;
        draft->primary_key_name = source->primary_key_name;
    }
    if (merge[AST_LIKE_PARTITIONS] != AST_EXCLUDING && source->partition_keys.count > 0) {
        if (definition->partitioned_by.count > 0)
            return like_conflict(definition->partitioned_by.items[0].span, "partition clause", err);
        draft->partition_keys.items = source->partition_keys.items;
        draft->partition_keys.count = draft->partition_keys.capacity = source->partition_keys.count;
    }
    if (merge[AST_LIKE_DISTRIBUTION] != AST_EXCLUDING)
        draft->table.distribution = source->table.distribution;
    return STATUS_OK;
}

static Status apply_like(TableDraft *draft, const CreateTable *definition, Error *err)
{
    if (definition->like.parts.count == 0)
        return STATUS_OK;
    CatalogTable *table;
    if (catalog_get_table(draft->context->catalog, definition->like, &table, err) != STATUS_OK)
        return error_prefix(err, "the source of LIKE: ");
    const TableDraft *source = draft_of_table(draft->context, table);
    LikeMerge merge[AST_LIKE_WATERMARKS + 1];
    like_merges(&definition->like_options, merge);
    like_columns(draft, source, definition, merge);
    TRY(like_options(draft, source, definition, merge[AST_LIKE_OPTIONS], err));
    TRY(like_watermark(draft, source, definition, merge[AST_LIKE_WATERMARKS], err));
    return like_keys(draft, source, definition, merge, err);
}

/* ---- AS query -------------------------------------------------------------------------------------------------------- */

/* Column names alone choose an order. */
static Status apply_query_names(TableDraft *draft, const CreateTable *definition, const Field *fields, int32_t field_count, Error *err)
{
    if (definition->columns.count != field_count)
        return error_set(err, STATUS_INVALID, definition->query->span,
                         "the column list names %lld columns, the query gives %d", (long long)definition->columns.count, field_count);
    for (int64_t i = 0; i < definition->columns.count; i++) {
        Ident name = definition->columns.items[i].name;
        int32_t found = -1;
        for (int32_t f = 0; f < field_count; f++)
            if (str_eq(fields[f].name, name.text))
                found = f;
        if (found < 0)
            return error_set(err, STATUS_NO_COLUMN, name.span, "column `%.*s` is not a column of the query", STR_FMT(name.text));
        draft_insert(draft, (DraftColumn){ .column = { .name = name.text, .type = fields[found].type } }, -1);
    }
    return STATUS_OK;
}

/* A key makes columns of the statement NOT NULL, but not those of the query. */
static Status check_key_of_query(const TableDraft *draft, Str name, const Type *type, Error *err)
{
    for (int64_t i = 0; i < draft->primary_key.count && type->nullable; i++) {
        if (!str_eq(draft->primary_key.items[i].text, name))
            continue;
        Span span = draft->primary_key.items[i].span;
        error_set(err, STATUS_INVALID, span.line ? span : draft->primary_key_span,
                  "Invalid primary key. Column '%.*s' is nullable.", STR_FMT(name));
        return error_hint(err, "write the column with its type and NOT NULL before AS");
    }
    return STATUS_OK;
}

/* A column of the query to which the statement gives a type: it moves to its place in the query. */
static Status take_typed_column(TableDraft *draft, Str name, DraftColumn *out, Error *err)
{
    int64_t index = draft_find(draft, name);
    *out = draft->columns.items[index];
    if (out->column.kind == CATALOG_COMPUTED || out->column.is_virtual)
        return error_set(err, STATUS_EXISTS, out->span, "the query gives a column `%.*s`: %s column cannot take its place", STR_FMT(name),
                         out->column.kind == CATALOG_COMPUTED ? "a computed" : "a VIRTUAL");
    draft_remove(draft, index);
    return STATUS_OK;
}

static Status apply_query(TableDraft *draft, const CreateTable *definition, Error *err)
{
    if (!definition->query)
        return STATUS_OK;
    const Field *fields;
    int32_t field_count;
    TRY(plan_fields(draft->context, definition->query, &fields, &field_count, err));
    Arena *arena = draft->context->arena;
    if (definition->columns.count > 0 && definition->columns.items[0].kind == COLUMN_NODE_NAME)
        return apply_query_names(draft, definition, fields, field_count, err);
    for (int32_t f = 0; f < field_count; f++) {
        DraftColumn column = { .column = { .name = fields[f].name, .type = type_with_time(arena, fields[f].type, TIME_NONE) } };
        if (draft_find(draft, fields[f].name) < 0)
            TRY(check_key_of_query(draft, fields[f].name, column.column.type, err));
        else
            TRY(take_typed_column(draft, fields[f].name, &column, err));
        draft_insert(draft, column, -1);
    }
    return STATUS_OK;
}

/* ---- the statement ----------------------------------------------------------------------------------------------------- */

static bool has_names_only(const CreateTable *definition)
{
    return definition->query && definition->columns.count > 0 && definition->columns.items[0].kind == COLUMN_NODE_NAME;
}

static Status apply_own(TableDraft *draft, const CreateTable *definition, Error *err)
{
    for (int64_t i = 0; i < definition->columns.count && !has_names_only(definition); i++)
        TRY(draft_add_column(draft, &definition->columns.items[i], -1, err));
    if (definition->watermarks.count > 1)
        return error_set(err, STATUS_INVALID, definition->watermarks.items[1].span, "a table has one WATERMARK at most");
    if (definition->watermarks.count == 1)
        TRY(draft_set_watermark(draft, &definition->watermarks.items[0], err));
    for (int64_t i = 0; i < definition->constraints.count; i++)
        TRY(draft_set_primary_key(draft, &definition->constraints.items[i], err));
    for (int64_t i = 0; i < definition->partitioned_by.count; i++)
        list_push(draft->context->arena, &draft->partition_keys, definition->partitioned_by.items[i]);
    draft_put_options(draft, &definition->options);
    draft_set_distribution(draft, &definition->distribution);
    if (definition->comment.ptr)
        draft->table.comment = definition->comment;
    return STATUS_OK;
}

static Status refuse_ctas_forms(const Statement *statement, Error *err)
{
    const CreateTable *definition = &statement->table;
    if (!definition->query)
        return STATUS_OK;
    if (statement->is_temporary)
        return error_set(err, STATUS_INVALID, statement->span, "CREATE TEMPORARY TABLE ... AS is not part of the dialect");
    if (definition->partitioned_by.count > 0)
        return error_set(err, STATUS_INVALID, definition->partitioned_by.items[0].span,
                         "CREATE TABLE ... PARTITIONED BY ... AS is not part of the dialect");
    return STATUS_OK;
}

Status define_table(PlanContext *context, const Statement *statement, CatalogTable **out, Error *err)
{
    const CreateTable *definition = &statement->table;
    TRY(refuse_ctas_forms(statement, err));
    TableDraft *draft = draft_create(context);
    CatalogPath path;
    TRY(catalog_path(context->catalog, statement->name, &path, err));
    draft->table.catalog = path.catalog;
    draft->table.database = path.database;
    draft->table.name = path.name;
    draft->table.is_temporary = statement->is_temporary;
    TRY(apply_like(draft, definition, err));
    TRY(apply_own(draft, definition, err));
    TRY(apply_query(draft, definition, err));
    return draft_finish(draft, out, err);
}
