/* alter_table.c: ALTER TABLE and ALTER VIEW: edit a draft of the object and check it again. */
#include "planner/bind.h"
#include "planner/table_draft.h"

static Status no_column(Span span, Str name, const TableDraft *draft, Error *err)
{
    error_set(err, STATUS_NO_COLUMN, span, "the column `%.*s` does not exist in the table", STR_FMT(name));
    Str *names = arena_new(draft->context->arena, Str, draft->columns.count + 1);
    for (int64_t i = 0; i < draft->columns.count; i++)
        names[i] = draft->columns.items[i].column.name;
    Str nearest = error_nearest(name, names, draft->columns.count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    return err->status;
}

static Status simple_name(const Name *name, Ident *out, Error *err)
{
    if (name->parts.count != 1)
        return error_set(err, STATUS_UNSUPPORTED, name->span, "fields inside a column cannot be altered; columns can");
    *out = name->parts.items[0];
    return STATUS_OK;
}

/* Where FIRST or AFTER puts a column; otherwise is the place without either. */
static Status position_of(const TableDraft *draft, const ColumnNode *node, int64_t otherwise, int64_t *out, Error *err)
{
    *out = otherwise;
    if (node->position == AST_FIRST)
        *out = 0;
    if (node->position != AST_AFTER)
        return STATUS_OK;
    Ident after;
    TRY(simple_name(&node->after, &after, err));
    int64_t index = draft_find(draft, after.text);
    if (index < 0)
        return no_column(after.span, after.text, draft, err);
    *out = index + 1;
    return STATUS_OK;
}

/* ---- ADD and MODIFY --------------------------------------------------------------------------------------------------- */

static Status add_parts(TableDraft *draft, const CreateTable *parts, Error *err)
{
    for (int64_t i = 0; i < parts->columns.count; i++) {
        int64_t where;
        TRY(position_of(draft, &parts->columns.items[i], -1, &where, err));
        TRY(draft_add_column(draft, &parts->columns.items[i], where, err));
    }
    if (parts->watermarks.count > 0 && draft->has_watermark) {
        error_set(err, STATUS_EXISTS, parts->watermarks.items[0].span, "the table has a watermark already");
        return error_hint(err, "ALTER TABLE ... MODIFY WATERMARK FOR ... replaces it");
    }
    for (int64_t i = 0; i < parts->watermarks.count; i++)
        TRY(draft_set_watermark(draft, &parts->watermarks.items[i], err));
    for (int64_t i = 0; i < parts->constraints.count; i++)
        TRY(draft_set_primary_key(draft, &parts->constraints.items[i], err));
    draft_set_distribution(draft, &parts->distribution);
    return STATUS_OK;
}

static Status modify_column(TableDraft *draft, const ColumnNode *node, Error *err)
{
    int64_t index = draft_find(draft, node->name.text);
    if (index < 0)
        return no_column(node->name.span, node->name.text, draft, err);
    DraftColumn changed;
    TRY(draft_column_of(draft, node, &changed, err));
    if (!changed.column.comment.ptr)
        changed.column.comment = draft->columns.items[index].column.comment;
    draft_remove(draft, index);
    int64_t where;
    TRY(position_of(draft, node, index, &where, err));
    draft_insert(draft, changed, where);
    return STATUS_OK;
}

static Status modify_parts(TableDraft *draft, const CreateTable *parts, Error *err)
{
    for (int64_t i = 0; i < parts->columns.count; i++)
        TRY(modify_column(draft, &parts->columns.items[i], err));
    if (parts->watermarks.count > 0 && !draft->has_watermark)
        return error_set(err, STATUS_NO_OBJECT, parts->watermarks.items[0].span,
                         "the table has no watermark to modify; ADD WATERMARK FOR ... gives it one");
    for (int64_t i = 0; i < parts->watermarks.count; i++)
        TRY(draft_set_watermark(draft, &parts->watermarks.items[i], err));
    if (parts->constraints.count > 0 && draft->primary_key.count == 0)
        return error_set(err, STATUS_NO_OBJECT, parts->constraints.items[0].span,
                         "the table has no primary key to modify; ADD PRIMARY KEY ... gives it one");
    draft->primary_key.count = parts->constraints.count > 0 ? 0 : draft->primary_key.count;
    for (int64_t i = 0; i < parts->constraints.count; i++)
        TRY(draft_set_primary_key(draft, &parts->constraints.items[i], err));
    draft_set_distribution(draft, &parts->distribution);
    return STATUS_OK;
}

/* ---- DROP and RENAME ---------------------------------------------------------------------------------------------------- */

static bool list_has(const Ident *items, int64_t count, Str name)
{
    for (int64_t i = 0; i < count; i++)
        if (str_eq(items[i].text, name))
            return true;
    return false;
}

/* Keys and watermark hold on to their columns; expressions are checked again by draft_finish. */
static Status check_unused(const TableDraft *draft, Ident name, const char *action, Error *err)
{
    if (list_has(draft->primary_key.items, draft->primary_key.count, name.text))
        return error_set(err, STATUS_INVALID, name.span, "cannot %s `%.*s`: the primary key uses it", action, STR_FMT(name.text));
    if (list_has(draft->partition_keys.items, draft->partition_keys.count, name.text))
        return error_set(err, STATUS_INVALID, name.span, "cannot %s `%.*s`: PARTITIONED BY uses it", action, STR_FMT(name.text));
    if (draft->has_watermark && str_eq(draft->watermark_name.parts.items[0].text, name.text))
        return error_set(err, STATUS_INVALID, name.span, "cannot %s `%.*s`: the watermark uses it", action, STR_FMT(name.text));
    return STATUS_OK;
}

static Status drop_columns(TableDraft *draft, const NameList *names, Error *err)
{
    for (int64_t i = 0; i < names->count; i++) {
        Ident name;
        TRY(simple_name(&names->items[i], &name, err));
        int64_t index = draft_find(draft, name.text);
        if (index < 0)
            return no_column(name.span, name.text, draft, err);
        TRY(check_unused(draft, name, "drop", err));
        draft_remove(draft, index);
    }
    return STATUS_OK;
}

static void rename_in(Ident *items, int64_t count, Str from, Str to)
{
    for (int64_t i = 0; i < count; i++)
        if (str_eq(items[i].text, from))
            items[i].text = to;
}

static Status rename_column(TableDraft *draft, const Name *from, const Name *to, Error *err)
{
    Ident name, new_name;
    TRY(simple_name(from, &name, err));
    TRY(simple_name(to, &new_name, err));
    int64_t index = draft_find(draft, name.text);
    if (index < 0)
        return no_column(name.span, name.text, draft, err);
    if (draft_find(draft, new_name.text) >= 0)
        return error_set(err, STATUS_EXISTS, new_name.span, "a column named `%.*s` exists already in the table",
                         STR_FMT(new_name.text));
    if (draft->has_watermark && str_eq(draft->watermark_name.parts.items[0].text, name.text))
        return check_unused(draft, name, "rename", err);
    draft->columns.items[index].column.name = new_name.text;
    rename_in(draft->primary_key.items, draft->primary_key.count, name.text, new_name.text);
    rename_in(draft->partition_keys.items, draft->partition_keys.count, name.text, new_name.text);
    return STATUS_OK;
}

static Status rename_table(TableDraft *draft, const Name *new_name, Error *err)
{
    if (new_name->parts.count != 1)
        return error_set(err, STATUS_INVALID, new_name->span, "RENAME TO takes a plain name: the table stays in its database");
    draft->table.name = new_name->parts.items[0].text;
    return STATUS_OK;
}

static Status drop_watermark(TableDraft *draft, Span span, Error *err)
{
    if (!draft->has_watermark)
        return error_set(err, STATUS_NO_OBJECT, span, "the table has no watermark");
    draft->has_watermark = false;
    return STATUS_OK;
}

static Status drop_primary_key(TableDraft *draft, const Statement *statement, Error *err)
{
    if (draft->primary_key.count == 0)
        return error_set(err, STATUS_NO_OBJECT, statement->span, "the table has no primary key");
    if (statement->alter.action == ALTER_DROP_CONSTRAINT) {
        Ident name = statement->alter.column.parts.items[0];
        if (!str_eq(name.text, draft->primary_key_name))
            return error_set(err, STATUS_NO_OBJECT, name.span, "the table's constraint is `%.*s`", STR_FMT(draft->primary_key_name));
    }
    draft->primary_key.count = 0;
    return STATUS_OK;
}

/* ---- options -------------------------------------------------------------------------------------------------------------- */

static Status reset_options(TableDraft *draft, const Statement *statement, Error *err)
{
    const OptionList *options = &statement->alter.options;
    if (options->count == 0)
        return error_set(err, STATUS_INVALID, statement->span, "ALTER TABLE RESET needs at least one key");
    Map *left = map_copy_str(draft->context->arena, draft->table.options);
    for (int64_t i = 0; i < options->count; i++) {
        if (str_is(options->items[i].key, "connector"))
            return error_set(err, STATUS_INVALID, options->items[i].key_span, "ALTER TABLE RESET does not support changing 'connector'");
        map_remove(left, options->items[i].key);
    }
    draft->table.options = left;
    return STATUS_OK;
}

/* ---- the statement -------------------------------------------------------------------------------------------------------- */

static Status not_executed(const Statement *statement, const char *action, Error *err)
{
    return error_set(err, STATUS_UNSUPPORTED, statement->span, "ALTER TABLE ... %s is not executed by this version", action);
}

static Status alter_draft(TableDraft *draft, const Statement *statement, Error *err)
{
    switch (statement->alter.action) {
    case ALTER_RENAME:
        return rename_table(draft, &statement->alter.new_name, err);
    case ALTER_RENAME_COLUMN:
        return rename_column(draft, &statement->alter.column, &statement->alter.new_name, err);
    case ALTER_SET:
        draft_put_options(draft, &statement->alter.options);
        return STATUS_OK;
    case ALTER_RESET:
        return reset_options(draft, statement, err);
    case ALTER_ADD:
        return add_parts(draft, &statement->alter.parts, err);
    case ALTER_MODIFY:
        return modify_parts(draft, &statement->alter.parts, err);
    case ALTER_DROP_COLUMNS:
        return drop_columns(draft, &statement->alter.names, err);
    case ALTER_DROP_PRIMARY_KEY:
    case ALTER_DROP_CONSTRAINT:
        return drop_primary_key(draft, statement, err);
    case ALTER_DROP_WATERMARK:
        return drop_watermark(draft, statement->span, err);
    case ALTER_DROP_DISTRIBUTION:
        draft->table.distribution = (Str){ 0 };
        return STATUS_OK;
    case ALTER_COMMENT:
        draft->table.comment = statement->alter.comment;
        return STATUS_OK;
    case ALTER_ADD_PARTITIONS:
        return not_executed(statement, "ADD PARTITION", err);
    case ALTER_DROP_PARTITIONS:
        return not_executed(statement, "DROP PARTITION", err);
    case ALTER_RENAME_PARTITION:
        return not_executed(statement, "PARTITION ... RENAME TO", err);
    default: /* actions of other objects */
        return not_executed(statement, "in this form", err);
    }
}

static Status alter_view(PlanContext *context, const Statement *statement, const CatalogTable *view, CatalogTable **out, Error *err)
{
    if (statement->alter.action == ALTER_RENAME) {
        if (statement->alter.new_name.parts.count != 1)
            return error_set(err, STATUS_INVALID, statement->alter.new_name.span, "RENAME TO takes a plain name");
        CatalogTable *renamed = arena_new(catalog_arena(context->catalog), CatalogTable, 1);
        *renamed = *view;
        renamed->name = arena_str(catalog_arena(context->catalog), statement->alter.new_name.parts.items[0].text);
        *out = renamed;
        return STATUS_OK;
    }
    if (statement->alter.action != ALTER_QUERY)
        return error_set(err, STATUS_INVALID, statement->span, "`%.*s` is a view: RENAME TO and AS query can change it",
                         STR_FMT(view->name));
    Statement definition = { .kind = STATEMENT_CREATE_VIEW, .span = statement->span, .name = statement->name,
                             .is_temporary = view->is_temporary };
    definition.view.query = statement->alter.query;
    definition.view.comment = view->comment;
    return define_view(context, &definition, out, err);
}

Status alter_table(PlanContext *context, const Statement *statement, const CatalogTable *table, CatalogTable **out, Error *err)
{
    if (table->is_view != (statement->kind == STATEMENT_ALTER_VIEW)) {
        error_set(err, STATUS_INVALID, statement->name.span, "`%.*s` is a %s", STR_FMT(table->name),
                  table->is_view ? "view" : "table");
        return error_hint(err, "use ALTER %s", table->is_view ? "VIEW" : "TABLE");
    }
    if (table->is_view)
        return alter_view(context, statement, table, out, err);
    TableDraft *draft = draft_of_table(context, table);
    TRY(alter_draft(draft, statement, err));
    return draft_finish(draft, out, err);
}
