/* execute_define.c: CREATE, ALTER and DROP: planner/ makes the objects, this puts them into the catalog. */
#include "engine/executors.h"

static Map *options_map(Arena *arena, const OptionList *options)
{
    Map *map = map_create(arena);
    for (int64_t i = 0; i < options->count; i++)
        map_put_str(map, options->items[i].key, options->items[i].value);
    return map;
}

static Catalog *catalog_of(Execution *execution)
{
    return execution->session->catalog;
}

/* A push table that is there from now on, or no more, has rows of its own. */
static void renew_channel(Execution *execution, CatalogPath path)
{
    session_renew_channel(execution->session->memory, catalog_path_text(execution->arena, path));
}

/* ---- tables and views ------------------------------------------------------------------------------------------------- */

/* Is the place free? With IF NOT EXISTS a taken one is fine: *skip. */
static Status check_place(Execution *execution, const Statement *statement, bool *skip, Error *err)
{
    Catalog *catalog = catalog_of(execution);
    CatalogPath path;
    TRY(catalog_path(catalog, statement->name, &path, err));
    if (!catalog_has(catalog, path.catalog))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no catalog `%.*s`", STR_FMT(path.catalog));
    if (!catalog_has_database(catalog, path.catalog, path.database))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no database `%.*s` in catalog `%.*s`", STR_FMT(path.database),
                         STR_FMT(path.catalog));
    CatalogTable *there = catalog_find_table(catalog, path);
    *skip = there && statement->if_not_exists;
    if (!there || *skip || there->is_temporary != statement->is_temporary)
        return STATUS_OK;
    return error_set(err, STATUS_EXISTS, statement->name.span, "table (or view) `%.*s` exists already", STR_FMT(path.name));
}

/* The INSERT that fills a table made by CREATE TABLE AS: its columns are those of the query, wherever they stand in the table. */
static Status insert_of_query(Execution *execution, const Statement *statement, Statement **out, Error *err)
{
    const Field *fields;
    int32_t      field_count;
    Statement   *insert = arena_new(execution->arena, Statement, 1);
    TRY(plan_fields(&execution->plan, statement->table.query, &fields, &field_count, err));
    *insert = (Statement){ .kind = STATEMENT_INSERT, .span = statement->span, .name = statement->name };
    insert->insert.query = statement->table.query;
    for (int32_t i = 0; i < field_count; i++) {
        Name name = { .span = statement->name.span };
        list_push(execution->arena, &name.parts, (Ident){ .text = fields[i].name, .span = name.span });
        list_push(execution->arena, &insert->insert.columns, name);
    }
    *out = insert;
    return STATUS_OK;
}

Status create_table(Execution *execution, const Statement *statement, Statement **insert, Error *err)
{
    *insert = NULL;
    if (statement->table.is_replace && !statement->table.query)
        return error_set(err, STATUS_INVALID, statement->span, "REPLACE TABLE takes AS and a query");
    if (statement->table.is_replace && !execution->plan.language_only)
        return error_set(err, STATUS_UNSUPPORTED, statement->span, "REPLACE TABLE is not executed by this version");
    bool skip = false;
    if (!statement->table.is_replace)
        TRY(check_place(execution, statement, &skip, err));
    if (skip)
        return STATUS_OK;
    CatalogTable *table;
    TRY(define_table(&execution->plan, statement, &table, err));
    if (statement->table.query)
        TRY(insert_of_query(execution, statement, insert, err));
    catalog_put_table(catalog_of(execution), table);
    renew_channel(execution, (CatalogPath){ table->catalog, table->database, table->name });
    return STATUS_OK;
}

void drop_filled_table(Execution *execution, const Statement *insert)
{
    CatalogPath path;
    Error       err = { 0 };
    if (catalog_path(catalog_of(execution), insert->name, &path, &err) == STATUS_OK)
        catalog_remove_table(catalog_of(execution), path, false);
}

Status execute_create_table(Execution *execution, const Statement *statement, Error *err)
{
    Statement *insert;
    TRY(create_table(execution, statement, &insert, err));
    if (!insert)
        return STATUS_OK;
    Status status = execute_insert(execution, insert, err);
    if (status != STATUS_OK)
        drop_filled_table(execution, insert);
    return status;
}

Status execute_create_view(Execution *execution, const Statement *statement, Error *err)
{
    bool skip;
    TRY(check_place(execution, statement, &skip, err));
    if (skip)
        return STATUS_OK;
    CatalogTable *view;
    TRY(define_view(&execution->plan, statement, &view, err));
    catalog_put_table(catalog_of(execution), view);
    return STATUS_OK;
}

Status execute_alter_table(Execution *execution, const Statement *statement, Error *err)
{
    Catalog *catalog = catalog_of(execution);
    CatalogPath path;
    TRY(catalog_path(catalog, statement->name, &path, err));
    if (!catalog_find_table(catalog, path) && statement->if_exists)
        return STATUS_OK;
    CatalogTable *table, *altered;
    bool wants_view = statement->kind == STATEMENT_ALTER_VIEW;
    TRY((wants_view ? catalog_get_view : catalog_get_table)(catalog, statement->name, &table, err));
    TRY(alter_table(&execution->plan, statement, table, &altered, err));
    if (!str_eq(altered->name, table->name)) {
        CatalogPath new_path = { altered->catalog, altered->database, altered->name };
        if (catalog_find_table(catalog, new_path))
            return error_set(err, STATUS_EXISTS, statement->alter.new_name.span, "table (or view) `%.*s` exists already",
                             STR_FMT(altered->name));
        catalog_remove_table(catalog, path, table->is_temporary);
    }
    catalog_put_table(catalog, altered);
    renew_channel(execution, path);
    return STATUS_OK;
}

Status execute_drop_table(Execution *execution, const Statement *statement, Error *err)
{
    Catalog *catalog = catalog_of(execution);
    CatalogPath path;
    TRY(catalog_path(catalog, statement->name, &path, err));
    CatalogTable *table = catalog_find_table(catalog, path);
    bool wants_view = statement->kind == STATEMENT_DROP_VIEW;
    if (!table && statement->if_exists)
        return STATUS_OK;
    if (!table)
        TRY((wants_view ? catalog_get_view : catalog_get_table)(catalog, statement->name, &table, err));
    if (table->is_view != wants_view) {
        error_set(err, STATUS_INVALID, statement->name.span, "`%.*s` is a %s", STR_FMT(path.name), table->is_view ? "view" : "table");
        return error_hint(err, "use DROP %s", table->is_view ? "VIEW" : "TABLE");
    }
    if (table->is_temporary && !statement->is_temporary) {
        error_set(err, STATUS_INVALID, statement->name.span, "`%.*s` is temporary, and hides a permanent one of its name if there is any",
                  STR_FMT(path.name));
        return error_hint(err, "use DROP TEMPORARY %s", wants_view ? "VIEW" : "TABLE");
    }
    if (!table->is_temporary && statement->is_temporary) {
        if (statement->if_exists)
            return STATUS_OK;
        return error_set(err, STATUS_NO_TABLE, statement->name.span, "no temporary %s `%.*s`", wants_view ? "view" : "table",
                         STR_FMT(path.name));
    }
    catalog_remove_table(catalog, path, table->is_temporary);
    renew_channel(execution, path);
    return STATUS_OK;
}

/* ---- catalogs and databases ------------------------------------------------------------------------------------------------ */

Status execute_create_catalog(Execution *execution, const Statement *statement, Error *err)
{
    Str name = statement->name.parts.items[0].text;
    Catalog *catalog = catalog_of(execution);
    if (statement->if_not_exists && catalog_has(catalog, name))
        return STATUS_OK;
    Map *options = options_map(execution->arena, &statement->object.options);
    if (execution->plan.language_only && !str_is(map_get_str(options, STR("type")), "generic_in_memory")) {
        map_put_str(options, STR("type"), STR("generic_in_memory"));
        map_put_str(options, STR(CATALOG_ELSEWHERE), STR("true"));
    }
    return catalog_create_catalog(catalog, name, options, statement->object.comment, statement->name.span, err);
}

static Status reset_options(Map *options, const OptionList *keys, Span span, Error *err)
{
    if (keys->count == 0)
        return error_set(err, STATUS_OPTION, span, "RESET of a catalog wants at least one key");
    for (int64_t i = 0; i < keys->count; i++) {
        if (str_is(keys->items[i].key, "type"))
            return error_set(err, STATUS_OPTION, keys->items[i].key_span, "the type of a catalog stays");
        map_remove(options, keys->items[i].key);
    }
    return STATUS_OK;
}

Status execute_alter_catalog(Execution *execution, const Statement *statement, Error *err)
{
    Str name = statement->name.parts.items[0].text;
    Span span = statement->name.span;
    Catalog *catalog = catalog_of(execution);
    if (statement->alter.action == ALTER_COMMENT)
        return catalog_set_comment(catalog, name, statement->alter.comment, span, err);
    const Map *before = catalog_options(catalog, name);
    Map *options = before ? map_copy_str(execution->arena, before) : map_create(execution->arena);
    const OptionList *given = &statement->alter.options;
    if (statement->alter.action == ALTER_RESET)
        TRY(reset_options(options, given, span, err));
    for (int64_t i = 0; statement->alter.action == ALTER_SET && i < given->count; i++)
        map_put_str(options, given->items[i].key, given->items[i].value);
    return catalog_set_options(catalog, name, options, span, err);
}

Status execute_drop_catalog(Execution *execution, const Statement *statement, Error *err)
{
    Str name = statement->name.parts.items[0].text;
    if (statement->if_exists && !catalog_has(catalog_of(execution), name))
        return STATUS_OK;
    return catalog_drop_catalog(catalog_of(execution), name, statement->name.span, err);
}

/* [catalog.]database */
static Status database_name(Execution *execution, const Statement *statement, Str *in, Str *database, Error *err)
{
    const IdentList *parts = &statement->name.parts;
    if (parts->count > 2)
        return error_set(err, STATUS_INVALID, statement->name.span, "expected [catalog.]database");
    *in = parts->count == 2 ? parts->items[0].text : catalog_current(catalog_of(execution));
    *database = parts->items[parts->count - 1].text;
    return STATUS_OK;
}

Status execute_create_database(Execution *execution, const Statement *statement, Error *err)
{
    Str in, database;
    TRY(database_name(execution, statement, &in, &database, err));
    if (statement->if_not_exists && catalog_has_database(catalog_of(execution), in, database))
        return STATUS_OK;
    return catalog_create_database(catalog_of(execution), in, database, options_map(execution->arena, &statement->object.options),
                                   statement->object.comment, statement->name.span, err);
}

Status execute_alter_database(Execution *execution, const Statement *statement, Error *err)
{
    Str in, database;
    TRY(database_name(execution, statement, &in, &database, err));
    return catalog_set_database_options(catalog_of(execution), in, database,
                                        options_map(execution->arena, &statement->alter.options), statement->name.span, err);
}

Status execute_drop_database(Execution *execution, const Statement *statement, Error *err)
{
    Str in, database;
    TRY(database_name(execution, statement, &in, &database, err));
    if (statement->if_exists && !catalog_has_database(catalog_of(execution), in, database))
        return STATUS_OK;
    return catalog_drop_database(catalog_of(execution), in, database, statement->drop.is_cascade, statement->name.span, err);
}
