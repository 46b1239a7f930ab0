/* execute_show.c: SHOW and DESCRIBE. Column names are those that Flink's clients expect. */
#include "engine/executors.h"

#include "functions/aggregate.h"
#include "functions/function.h"

#include <stdlib.h>

/* ---- [NOT] LIKE 'pattern': % any text, _ one character, backslash takes the next character as it is ----------------------- */

static bool like(Str text, Str pattern, bool ignores_case)
{
    int64_t t = 0, p = 0, star = -1, star_t = 0; /* the last % and where it began to match */
    while (t < text.len) {
        char want = p < pattern.len ? pattern.ptr[p] : 0;
        bool is_escaped = want == '\\' && p + 1 < pattern.len;
        if (!is_escaped && want == '%') {
            star = p++;
            star_t = t;
            continue;
        }
        Str one = { &text.ptr[t], 1 }, wanted = { &pattern.ptr[p + is_escaped], 1 };
        if (p < pattern.len && ((!is_escaped && want == '_') || (ignores_case ? str_eq_nocase(one, wanted) : str_eq(one, wanted)))) {
            t++;
            p += 1 + is_escaped;
        } else if (star >= 0) {
            p = star + 1;
            t = ++star_t;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '%')
        p++;
    return p == pattern.len;
}

static bool is_wanted(const Statement *statement, Str name)
{
    if (!statement->show.pattern.ptr)
        return true;
    return like(name, statement->show.pattern, statement->show.is_ilike) != statement->show.is_negated;
}

static void show_list(Execution *execution, const Statement *statement, const char *column, const StrList *list)
{
    TableBuilder table = table_builder(execution->arena, &column, 1);
    for (int64_t i = 0; i < list->count; i++)
        if (is_wanted(statement, list->items[i]))
            table_builder_add(&table, list->items[i]);
    result_set_table(execution->result, &table);
}

static void show_one(Execution *execution, const char *column, Str text)
{
    TableBuilder table = table_builder(execution->arena, &column, 1);
    table_builder_add(&table, arena_str(execution->arena, text));
    result_set_table(execution->result, &table);
}

/* ---- catalogs, databases, tables ---------------------------------------------------------------------------------------------- */

Status execute_show_catalogs(Execution *execution, const Statement *statement, Error *err)
{
    (void)err;
    StrList list = { 0 };
    catalog_list_catalogs(execution->session->catalog, execution->arena, &list);
    show_list(execution, statement, "catalog name", &list);
    return STATUS_OK;
}

Status execute_show_current_catalog(Execution *execution, const Statement *statement, Error *err)
{
    (void)statement, (void)err;
    show_one(execution, "current catalog name", catalog_current(execution->session->catalog));
    return STATUS_OK;
}

Status execute_show_current_database(Execution *execution, const Statement *statement, Error *err)
{
    (void)statement, (void)err;
    show_one(execution, "current database name", catalog_current_database(execution->session->catalog));
    return STATUS_OK;
}

Status execute_show_databases(Execution *execution, const Statement *statement, Error *err)
{
    const Catalog *catalog = execution->session->catalog;
    Str in = statement->show.has_from ? statement->name.parts.items[0].text : catalog_current(catalog);
    if (!catalog_has(catalog, in))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no catalog `%.*s`", STR_FMT(in));
    StrList list = { 0 };
    catalog_list_databases(catalog, in, execution->arena, &list);
    show_list(execution, statement, "database name", &list);
    return STATUS_OK;
}

/* FROM [catalog.]database, or the current one. */
static Status shown_database(Execution *execution, const Statement *statement, Str *in, Str *database, Error *err)
{
    const Catalog *catalog = execution->session->catalog;
    *in = catalog_current(catalog);
    *database = catalog_current_database(catalog);
    const IdentList *parts = &statement->name.parts;
    if (statement->show.has_from) {
        if (parts->count > 2)
            return error_set(err, STATUS_INVALID, statement->name.span, "expected [catalog.]database");
        if (parts->count == 2)
            *in = parts->items[0].text;
        *database = parts->items[parts->count - 1].text;
    }
    if (!catalog_has_database(catalog, *in, *database))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no database `%.*s` in catalog `%.*s`", STR_FMT(*database), STR_FMT(*in));
    return STATUS_OK;
}

Status execute_show_tables(Execution *execution, const Statement *statement, Error *err)
{
    Str in, database;
    TRY(shown_database(execution, statement, &in, &database, err));
    bool views_only = statement->kind == STATEMENT_SHOW_VIEWS;
    StrList list = { 0 };
    catalog_list_tables(execution->session->catalog, in, database, views_only, execution->arena, &list);
    show_list(execution, statement, views_only ? "view name" : "table name", &list);
    return STATUS_OK;
}

/* ---- columns -------------------------------------------------------------------------------------------------------------------- */

static bool has_comments(const CatalogTable *table)
{
    for (int32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].comment.ptr)
            return true;
    return false;
}

static Str column_type_text(Arena *arena, const CatalogTable *table, int32_t index)
{
    const CatalogColumn *column = &table->columns[index];
    const Type *type = type_with_null(arena, column->type, true); /* NOT NULL has a column of its own */
    if (table->watermark_column.ptr && str_eq(column->name, table->watermark_column))
        type = type_with_time(arena, type, TIME_ROWTIME);
    Text text = TEXT_EMPTY;
    type_print(type, true, &text);
    Str copy = arena_str(arena, text_str(&text));
    text_free(&text);
    return copy;
}

static Str column_key_text(Arena *arena, const CatalogTable *table, int32_t index)
{
    bool is_key = false;
    Text text = TEXT_EMPTY;
    text_puts(&text, "PRI(");
    for (int32_t i = 0; i < table->primary_key_count; i++) {
        is_key = is_key || table->primary_key[i] == index;
        text_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_FMT(table->columns[table->primary_key[i]].name));
    }
    text_put(&text, ')');
    Str copy = is_key ? arena_str(arena, text_str(&text)) : (Str){ 0 };
    text_free(&text);
    return copy;
}

static Str column_extras_text(Arena *arena, const CatalogColumn *column)
{
    if (column->kind == CATALOG_COMPUTED)
        return arena_format(arena, "AS %.*s", STR_FMT(column->expression));
    if (column->kind != CATALOG_METADATA)
        return (Str){ 0 };
    const char *is_virtual = column->is_virtual ? " VIRTUAL" : "";
    if (str_eq(column->metadata_key, column->name))
        return arena_format(arena, "METADATA%s", is_virtual);
    return arena_format(arena, "METADATA FROM '%.*s'%s", STR_FMT(column->metadata_key), is_virtual);
}

static void show_columns(Execution *execution, const Statement *statement, const CatalogTable *table, bool is_filtered)
{
    static const char *const names[] = { "name", "type", "null", "key", "extras", "watermark", "comment" };
    Arena *arena = execution->arena;
    bool with_comment = has_comments(table);
    TableBuilder builder = table_builder(arena, names, with_comment ? 7 : 6);
    table_builder_type(&builder, 2, &type_boolean);
    for (int32_t i = 0; i < table->column_count; i++) {
        const CatalogColumn *column = &table->columns[i];
        if (is_filtered && !is_wanted(statement, column->name))
            continue;
        bool is_rowtime = table->watermark_column.ptr && str_eq(column->name, table->watermark_column);
        table_builder_add(&builder, column->name);
        table_builder_add(&builder, column_type_text(arena, table, i));
        table_builder_add(&builder, column->type->nullable ? STR("TRUE") : STR("FALSE"));
        table_builder_add(&builder, column_key_text(arena, table, i));
        table_builder_add(&builder, column_extras_text(arena, column));
        table_builder_add(&builder, is_rowtime ? table->watermark_expression : (Str){ 0 });
        if (with_comment)
            table_builder_add(&builder, column->comment);
    }
    result_set_table(execution->result, &builder);
}

Status execute_describe_table(Execution *execution, const Statement *statement, Error *err)
{
    CatalogTable *table;
    TRY(catalog_get_table(execution->session->catalog, statement->name, &table, err));
    show_columns(execution, statement, table, false);
    return STATUS_OK;
}

Status execute_show_columns(Execution *execution, const Statement *statement, Error *err)
{
    CatalogTable *table;
    TRY(catalog_get_table(execution->session->catalog, statement->name, &table, err));
    show_columns(execution, statement, table, true);
    return STATUS_OK;
}

Status execute_show_create_table(Execution *execution, const Statement *statement, Error *err)
{
    CatalogTable *table;
    bool wants_view = statement->kind == STATEMENT_SHOW_CREATE_VIEW;
    TRY((wants_view ? catalog_get_view : catalog_get_table)(execution->session->catalog, statement->name, &table, err));
    if (table->is_view != wants_view) {
        error_set(err, STATUS_INVALID, statement->name.span, "`%.*s` is a %s", STR_FMT(table->name), table->is_view ? "view" : "table");
        return error_hint(err, "use SHOW CREATE %s", table->is_view ? "VIEW" : "TABLE");
    }
    Text text = TEXT_EMPTY;
    describe_create(table, &text);
    show_one(execution, "result", text_str(&text));
    text_free(&text);
    return STATUS_OK;
}

/* ---- catalogs and databases in detail ---------------------------------------------------------------------------------------------- */

static void put_info(TableBuilder *table, const char *name, Str value)
{
    table_builder_add(table, str_from(name));
    table_builder_add(table, value);
}

Status execute_describe_catalog(Execution *execution, const Statement *statement, Error *err)
{
    static const char *const names[] = { "info name", "info value" };
    const Catalog *catalog = execution->session->catalog;
    Str name = statement->name.parts.items[0].text;
    if (!catalog_has(catalog, name))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no catalog `%.*s`", STR_FMT(name));
    TableBuilder table = table_builder(execution->arena, names, 2);
    put_info(&table, "name", name);
    put_info(&table, "type", STR("generic_in_memory"));
    put_info(&table, "comment", catalog_comment(catalog, name));
    const Map *options = catalog_options(catalog, name);
    for (int64_t i = 0; statement->is_extended && i < options->count; i++) {
        if (str_is(options->entries[i].key, "type"))
            continue;
        put_info(&table, arena_cstr(execution->arena, arena_format(execution->arena, "option:%.*s", STR_FMT(options->entries[i].key))),
                 map_entry_str(&options->entries[i]));
    }
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_show_create_catalog(Execution *execution, const Statement *statement, Error *err)
{
    const Catalog *catalog = execution->session->catalog;
    Str name = statement->name.parts.items[0].text;
    if (!catalog_has(catalog, name))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no catalog `%.*s`", STR_FMT(name));
    Text text = TEXT_EMPTY;
    describe_catalog(name, catalog_options(catalog, name), catalog_comment(catalog, name), &text);
    show_one(execution, "result", text_str(&text));
    text_free(&text);
    return STATUS_OK;
}

Status execute_describe_database(Execution *execution, const Statement *statement, Error *err)
{
    static const char *const names[] = { "info name", "info value" };
    const IdentList *parts = &statement->name.parts;
    const Catalog *catalog = execution->session->catalog;
    Str in = parts->count == 2 ? parts->items[0].text : catalog_current(catalog);
    Str database = parts->items[parts->count - 1].text;
    if (parts->count > 2 || !catalog_has_database(catalog, in, database))
        return error_set(err, STATUS_NO_OBJECT, statement->name.span, "no database `%.*s` in catalog `%.*s`", STR_FMT(database), STR_FMT(in));
    TableBuilder table = table_builder(execution->arena, names, 2);
    put_info(&table, "name", database);
    put_info(&table, "catalog", in);
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

/* ---- functions ------------------------------------------------------------------------------------------------------------------------ */

/* Capitals, as the dialect lists what is built in. */
static Str capitals(Arena *arena, Str name)
{
    char *text = arena_new(arena, char, name.len);
    for (int64_t i = 0; i < name.len; i++)
        text[i] = (char)(name.ptr[i] >= 'a' && name.ptr[i] <= 'z' ? name.ptr[i] - ('a' - 'A') : name.ptr[i]);
    return (Str){ text, name.len };
}

static void list_builtin(Arena *arena, StrList *list)
{
    for (int64_t i = 0; i < function_count(); i++)
        list_push(arena, list, capitals(arena, function_name(function_at(i))));
    for (int64_t i = 0; i < aggregate_count(); i++)
        list_push(arena, list, capitals(arena, aggregate_name(aggregate_at(i))));
}

static int by_name(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static void sort_unique(StrList *list)
{
    qsort(list->items, (size_t)list->count, sizeof(Str), by_name);
    int64_t kept = 0;
    for (int64_t i = 0; i < list->count; i++)
        if (kept == 0 || !str_eq(list->items[i], list->items[kept - 1]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

Status execute_show_functions(Execution *execution, const Statement *statement, Error *err)
{
    Str in, database;
    TRY(shown_database(execution, statement, &in, &database, err));
    StrList list = { 0 };
    if (!statement->show.is_user)
        list_builtin(execution->arena, &list);
    catalog_list_functions(execution->session->catalog, in, database, execution->arena, &list);
    if (list.count > 0)
        sort_unique(&list);
    show_list(execution, statement, "function name", &list);
    return STATUS_OK;
}

Status execute_describe_function(Execution *execution, const Statement *statement, Error *err)
{
    static const char *const names[] = { "signature", "description" };
    Str name = statement->name.parts.items[statement->name.parts.count - 1].text;
    TableBuilder table = table_builder(execution->arena, names, 2);
    for (int64_t i = 0; i < function_count(); i++)
        if (str_eq_nocase(function_name(function_at(i)), name))
            put_info(&table, function_at(i)->sig, str_from(function_at(i)->doc));
    for (int64_t i = 0; i < aggregate_count(); i++)
        if (str_eq_nocase(aggregate_name(aggregate_at(i)), name))
            put_info(&table, aggregate_at(i)->sig, str_from(aggregate_at(i)->doc));
    const CatalogFunction *created = catalog_find_function(execution->session->catalog, statement->name);
    for (const Function *row = created ? created->rows : NULL; row && row->sig; row++)
        put_info(&table, row->sig, str_from(row->doc));
    if (created)
        put_info(&table, created->rows ? "library" : "class", created->class_name);
    if (table.cells.count == 0)
        return error_set(err, STATUS_NO_FUNCTION, statement->name.span, "no function `%.*s`", STR_FMT(name));
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_show_modules(Execution *execution, const Statement *statement, Error *err)
{
    static const char *const names[] = { "module name", "used" };
    (void)err;
    TableBuilder table = table_builder(execution->arena, names, statement->show.is_full ? 2 : 1);
    table_builder_add(&table, STR("core"));
    if (statement->show.is_full) {
        table_builder_type(&table, 1, &type_boolean);
        table_builder_add(&table, STR("TRUE"));
    }
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_show_jars(Execution *execution, const Statement *statement, Error *err)
{
    static const char *const names[] = { "jars" };
    (void)statement, (void)err;
    TableBuilder table = table_builder(execution->arena, names, 1);
    result_set_table(execution->result, &table);
    return STATUS_OK;
}
