/* catalog.c: the session's catalogs: catalog -> database -> table, three levels of maps, and one map of temporary objects
 * by full path. Paths are joined with a byte that no name can hold, so that quoted names with dots do not collide. */
#include "planner/catalog.h"

#include <stdlib.h>

#define PATH_SEPARATOR "\x1f"

typedef struct Database {
    Map       *tables; /* CatalogTable */
    const Map *options;
    Str        comment;
} Database;

typedef struct CatalogEntry {
    Map       *databases; /* Database */
    const Map *options;
    Str        comment;
} CatalogEntry;

struct Catalog {
    Arena *arena;
    Map   *catalogs;  /* CatalogEntry */
    Map   *temporary; /* joined path -> CatalogTable */
    Map   *functions; /* joined path, or lower-case name for system functions -> CatalogFunction */
    Str    current;
    Str    database;
};

static Database *database_add(Catalog *catalog, CatalogEntry *entry, Str name)
{
    Database *database = arena_new(catalog->arena, Database, 1);
    database->tables = map_create(catalog->arena);
    database->options = map_create(catalog->arena);
    map_put(entry->databases, name, database);
    return database;
}

static CatalogEntry *entry_add(Catalog *catalog, Str name, Str default_database)
{
    CatalogEntry *entry = arena_new(catalog->arena, CatalogEntry, 1);
    entry->databases = map_create(catalog->arena);
    entry->options = map_create(catalog->arena);
    map_put(catalog->catalogs, name, entry);
    database_add(catalog, entry, default_database);
    return entry;
}

Catalog *catalog_create(Arena *arena)
{
    Catalog *catalog = arena_new(arena, Catalog, 1);
    catalog->arena = arena;
    catalog->catalogs = map_create(arena);
    catalog->temporary = map_create(arena);
    catalog->functions = map_create(arena);
    catalog->current = STR("default_catalog");
    catalog->database = STR("default_database");
    entry_add(catalog, catalog->current, catalog->database);
    return catalog;
}

Arena *catalog_arena(Catalog *catalog)
{
    return catalog->arena;
}

Str catalog_current(const Catalog *catalog)
{
    return catalog->current;
}

Str catalog_current_database(const Catalog *catalog)
{
    return catalog->database;
}

static Database *database_find(const Catalog *catalog, Str name, Str database)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    return entry ? map_get(entry->databases, database) : NULL;
}

bool catalog_has(const Catalog *catalog, Str name)
{
    return map_has(catalog->catalogs, name);
}

bool catalog_has_database(const Catalog *catalog, Str name, Str database)
{
    return database_find(catalog, name, database) != NULL;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* Hints at the nearest key of a map. */
static Status not_found(Error *err, Status status, Span span, const char *what, Str name, const Map *candidates)
{
    error_set(err, status, span, "no %s `%.*s`", what, STR_FMT(name));
    Arena *scratch = arena_create();
    Str *names = arena_new(scratch, Str, candidates->count + 1);
    for (int64_t i = 0; i < candidates->count; i++)
        names[i] = candidates->entries[i].key;
    Str nearest = error_nearest(name, names, candidates->count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return status;
}

Status catalog_use(Catalog *catalog, Str name, Span span, Error *err)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    catalog->current = arena_str(catalog->arena, name);
    catalog->database = entry->databases->count > 0 ? entry->databases->entries[0].key : STR_EMPTY;
    return STATUS_OK;
}

Status catalog_use_database(Catalog *catalog, Name name, Error *err)
{
    if (name.parts.count > 2)
        return error_set(err, STATUS_INVALID, name.span, "expected [catalog.]database, found %lld parts",
                         (long long)name.parts.count);
    Str in = name.parts.count == 2 ? name.parts.items[0].text : catalog->current;
    Str database = name.parts.items[name.parts.count - 1].text;
    CatalogEntry *entry = map_get(catalog->catalogs, in);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, name.span, "catalog", in, catalog->catalogs);
    if (!map_has(entry->databases, database))
        return not_found(err, STATUS_NO_OBJECT, name.span, "database", database, entry->databases);
    catalog->current = arena_str(catalog->arena, in);
    catalog->database = arena_str(catalog->arena, database);
    return STATUS_OK;
}

Status catalog_path(const Catalog *catalog, Name name, CatalogPath *out, Error *err)
{
    const Ident *parts = name.parts.items;
    switch (name.parts.count) {
    case 1:
        *out = (CatalogPath){ catalog->current, catalog->database, parts[0].text };
        return STATUS_OK;
    case 2:
        *out = (CatalogPath){ catalog->current, parts[0].text, parts[1].text };
        return STATUS_OK;
    case 3:
        *out = (CatalogPath){ parts[0].text, parts[1].text, parts[2].text };
        return STATUS_OK;
    default:
        return error_set(err, STATUS_INVALID, name.span, "expected [catalog.][database.]name, found %lld parts",
                         (long long)name.parts.count);
    }
}

Str catalog_path_text(Arena *arena, CatalogPath path)
{
    return arena_format(arena, "%.*s.%.*s.%.*s", STR_FMT(path.catalog), STR_FMT(path.database), STR_FMT(path.name));
}

static void path_join(CatalogPath path, Text *out)
{
    text_printf(out, "%.*s" PATH_SEPARATOR "%.*s" PATH_SEPARATOR "%.*s", STR_FMT(path.catalog), STR_FMT(path.database),
                STR_FMT(path.name));
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static CatalogPath table_path(const CatalogTable *table)
{
    return (CatalogPath){ table->catalog, table->database, table->name };
}

static CatalogTable *find_temporary(const Catalog *catalog, CatalogPath path)
{
    Text key = TEXT_EMPTY;
    path_join(path, &key);
    CatalogTable *table = map_get(catalog->temporary, text_str(&key));
    text_free(&key);
    return table;
}

static CatalogTable *find_permanent(const Catalog *catalog, CatalogPath path)
{
    Database *database = database_find(catalog, path.catalog, path.database);
    return database ? map_get(database->tables, path.name) : NULL;
}

CatalogTable *catalog_find_table(const Catalog *catalog, CatalogPath path)
{
    CatalogTable *table = find_temporary(catalog, path);
    return table ? table : find_permanent(catalog, path);
}

static Status no_table(const Catalog *catalog, CatalogPath path, Span span, bool views_only, Error *err)
{
    error_set(err, STATUS_NO_TABLE, span, "no %s `%.*s`", views_only ? "view" : "table", STR_FMT(path.name));
    Arena  *scratch = arena_create();
    StrList names = { 0 };
    catalog_list_tables(catalog, path.catalog, path.database, views_only, scratch, &names);
    Str nearest = error_nearest(path.name, names.items, names.count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return STATUS_NO_TABLE;
}

static Status get_table(const Catalog *catalog, Name name, bool views_only, CatalogTable **out, Error *err)
{
    CatalogPath path;
    TRY(catalog_path(catalog, name, &path, err));
    *out = catalog_find_table(catalog, path);
    if (*out)
        return STATUS_OK;
    CatalogEntry *entry = map_get(catalog->catalogs, path.catalog);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, name.span, "catalog", path.catalog, catalog->catalogs);
    Database *database = map_get(entry->databases, path.database);
    if (!database)
        return not_found(err, STATUS_NO_OBJECT, name.span, "database", path.database, entry->databases);
    return no_table(catalog, path, name.span, views_only, err);
}

Status catalog_get_table(const Catalog *catalog, Name name, CatalogTable **out, Error *err)
{
    return get_table(catalog, name, false, out, err);
}

Status catalog_get_view(const Catalog *catalog, Name name, CatalogTable **out, Error *err)
{
    return get_table(catalog, name, true, out, err);
}

void catalog_put_table(Catalog *catalog, CatalogTable *table)
{
    if (!table->is_temporary) {
        Database *database = database_find(catalog, table->catalog, table->database);
        if (database)
            map_put(database->tables, table->name, table);
        return;
    }
    Text key = TEXT_EMPTY;
    path_join(table_path(table), &key);
    map_put(catalog->temporary, text_str(&key), table);
    text_free(&key);
}

bool catalog_remove_table(Catalog *catalog, CatalogPath path, bool is_temporary)
{
    if (!is_temporary) {
        Database *database = database_find(catalog, path.catalog, path.database);
        return database && map_remove(database->tables, path.name);
    }
    Text key = TEXT_EMPTY;
    path_join(path, &key);
    bool was_there = map_remove(catalog->temporary, text_str(&key));
    text_free(&key);
    return was_there;
}

/* ---- created functions --------------------------------------------------------------------------------------------- */

static void function_key(CatalogPath path, bool is_system, Text *out)
{
    if (!is_system)
        text_printf(out, "%.*s" PATH_SEPARATOR "%.*s" PATH_SEPARATOR, STR_FMT(path.catalog), STR_FMT(path.database));
    for (int64_t i = 0; i < path.name.len; i++) {
        char c = path.name.ptr[i];
        text_put(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
}

static CatalogFunction *find_function(const Catalog *catalog, CatalogPath path, bool is_system)
{
    Text key = TEXT_EMPTY;
    function_key(path, is_system, &key);
    CatalogFunction *function = map_get(catalog->functions, text_str(&key));
    text_free(&key);
    return function;
}

const CatalogFunction *catalog_find_function(const Catalog *catalog, Name name)
{
    CatalogPath path;
    Error ignored = ERROR_NONE;
    if (catalog_path(catalog, name, &path, &ignored) != STATUS_OK)
        return NULL;
    const CatalogFunction *function = name.parts.count == 1 ? find_function(catalog, path, true) : NULL;
    return function ? function : find_function(catalog, path, false);
}

void catalog_put_function(Catalog *catalog, CatalogFunction *function)
{
    Text key = TEXT_EMPTY;
    function_key((CatalogPath){ function->catalog, function->database, function->name }, function->is_system, &key);
    map_put(catalog->functions, text_str(&key), function);
    text_free(&key);
}

bool catalog_remove_function(Catalog *catalog, const CatalogFunction *function)
{
    Text key = TEXT_EMPTY;
    function_key((CatalogPath){ function->catalog, function->database, function->name }, function->is_system, &key);
    bool was_there = map_remove(catalog->functions, text_str(&key));
    text_free(&key);
    return was_there;
}

/* ---- catalogs and databases ---------------------------------------------------------------------------------------- */

static const char *const catalog_keys[] = { "type", "default-database", "property-version", CATALOG_ELSEWHERE };

static bool is_catalog_key(Str key)
{
    for (size_t i = 0; i < sizeof(catalog_keys) / sizeof(*catalog_keys); i++)
        if (str_is(key, catalog_keys[i]))
            return true;
    return false;
}

static Status check_catalog(const Map *options, Span span, Error *err)
{
    Str type = map_get_str(options, STR("type"));
    if (!str_is(type, "generic_in_memory"))
        return error_set(err, type.ptr ? STATUS_UNSUPPORTED : STATUS_OPTION, span,
                         "catalog type '%.*s' is not known here; the one there is: 'type' = 'generic_in_memory'",
                         STR_FMT(type));
    bool is_elsewhere = map_has(options, STR(CATALOG_ELSEWHERE));
    for (int64_t i = 0; i < options->count && !is_elsewhere; i++) {
        if (is_catalog_key(options->entries[i].key))
            continue;
        error_set(err, STATUS_OPTION, span, "unknown option '%.*s' of a catalog in memory", STR_FMT(options->entries[i].key));
        return error_hint(err, "there are default-database, property-version");
    }
    return STATUS_OK;
}

static Str default_database(const Map *options)
{
    Str database = map_get_str(options, STR("default-database"));
    return database.ptr ? database : STR("default");
}

Status catalog_create_catalog(Catalog *catalog, Str name, const Map *options, Str comment, Span span, Error *err)
{
    if (catalog_has(catalog, name))
        return error_set(err, STATUS_EXISTS, span, "catalog `%.*s` exists already", STR_FMT(name));
    TRY(check_catalog(options, span, err));
    CatalogEntry *entry = entry_add(catalog, name, default_database(options));
    entry->options = map_copy_str(catalog->arena, options);
    entry->comment = comment.ptr ? arena_str(catalog->arena, comment) : comment;
    return STATUS_OK;
}

/* What came with CREATE CATALOG can be altered; the catalog that is there from the start did not. */
static Status altered_entry(const Catalog *catalog, Str name, Span span, CatalogEntry **out, Error *err)
{
    *out = map_get(catalog->catalogs, name);
    if (!*out)
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    if ((*out)->options->count == 0)
        return error_set(err, STATUS_INVALID, span, "catalog `%.*s` cannot be altered", STR_FMT(name));
    return STATUS_OK;
}

Status catalog_set_options(Catalog *catalog, Str name, const Map *options, Span span, Error *err)
{
    CatalogEntry *entry;
    TRY(altered_entry(catalog, name, span, &entry, err));
    TRY(check_catalog(options, span, err));
    entry->options = map_copy_str(catalog->arena, options);
    if (!map_has(entry->databases, default_database(options)))
        database_add(catalog, entry, default_database(options));
    return STATUS_OK;
}

Status catalog_set_comment(Catalog *catalog, Str name, Str comment, Span span, Error *err)
{
    CatalogEntry *entry;
    TRY(altered_entry(catalog, name, span, &entry, err));
    entry->comment = arena_str(catalog->arena, comment);
    return STATUS_OK;
}

Status catalog_drop_catalog(Catalog *catalog, Str name, Span span, Error *err)
{
    if (!catalog_has(catalog, name))
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    if (str_eq(name, catalog->current))
        return error_set(err, STATUS_INVALID, span, "cannot drop the current catalog `%.*s`; USE CATALOG another one first",
                         STR_FMT(name));
    map_remove(catalog->catalogs, name);
    return STATUS_OK;
}

Status catalog_create_database(Catalog *catalog, Str name, Str database, const Map *options, Str comment, Span span, Error *err)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    if (map_has(entry->databases, database))
        return error_set(err, STATUS_EXISTS, span, "database `%.*s` exists already in catalog `%.*s`", STR_FMT(database),
                         STR_FMT(name));
    Database *added = database_add(catalog, entry, database);
    added->options = map_copy_str(catalog->arena, options);
    added->comment = comment.ptr ? arena_str(catalog->arena, comment) : comment;
    return STATUS_OK;
}

Status catalog_drop_database(Catalog *catalog, Str name, Str database, bool cascade, Span span, Error *err)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    Database *found = map_get(entry->databases, database);
    if (!found)
        return not_found(err, STATUS_NO_OBJECT, span, "database", database, entry->databases);
    if (str_eq(name, catalog->current) && str_eq(database, catalog->database))
        return error_set(err, STATUS_INVALID, span, "cannot drop the current database `%.*s`; USE another one first",
                         STR_FMT(database));
    if (found->tables->count > 0 && !cascade) {
        error_set(err, STATUS_INVALID, span, "database `%.*s` is not empty: it holds %lld tables or views", STR_FMT(database),
                  (long long)found->tables->count);
        return error_hint(err, "DROP DATABASE ... CASCADE drops them too");
    }
    map_remove(entry->databases, database);
    return STATUS_OK;
}

Status catalog_set_database_options(Catalog *catalog, Str name, Str database, const Map *options, Span span, Error *err)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    if (!entry)
        return not_found(err, STATUS_NO_OBJECT, span, "catalog", name, catalog->catalogs);
    Database *found = map_get(entry->databases, database);
    if (!found)
        return not_found(err, STATUS_NO_OBJECT, span, "database", database, entry->databases);
    Map *merged = map_copy_str(catalog->arena, found->options);
    for (int64_t i = 0; i < options->count; i++)
        map_put_str(merged, options->entries[i].key, map_entry_str(&options->entries[i]));
    found->options = merged;
    return STATUS_OK;
}

const Map *catalog_options(const Catalog *catalog, Str name)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    return entry ? entry->options : NULL;
}

Str catalog_comment(const Catalog *catalog, Str name)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    return entry ? entry->comment : (Str){ 0 };
}

/* ---- lists --------------------------------------------------------------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

/* Sorts, and drops the second of two equal names (a temporary table over a permanent one). */
static void list_finish(StrList *list)
{
    if (list->count == 0)
        return;
    qsort(list->items, (size_t)list->count, sizeof(Str), by_text);
    int64_t kept = 1;
    for (int64_t i = 1; i < list->count; i++)
        if (!str_eq(list->items[i], list->items[kept - 1]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static void list_keys(const Map *map, Arena *arena, StrList *out)
{
    for (int64_t i = 0; i < map->count; i++)
        list_push(arena, out, map->entries[i].key);
}

void catalog_list_catalogs(const Catalog *catalog, Arena *arena, StrList *out)
{
    list_keys(catalog->catalogs, arena, out);
    list_finish(out);
}

void catalog_list_databases(const Catalog *catalog, Str name, Arena *arena, StrList *out)
{
    CatalogEntry *entry = map_get(catalog->catalogs, name);
    if (entry)
        list_keys(entry->databases, arena, out);
    list_finish(out);
}

void catalog_list_tables(const Catalog *catalog, Str name, Str database, bool views_only, Arena *arena, StrList *out)
{
    Database *found = database_find(catalog, name, database);
    for (int64_t i = 0; found && i < found->tables->count; i++) {
        const CatalogTable *table = found->tables->entries[i].value;
        if (table->is_view || !views_only)
            list_push(arena, out, table->name);
    }
    for (int64_t i = 0; i < catalog->temporary->count; i++) {
        const CatalogTable *table = catalog->temporary->entries[i].value;
        if (str_eq(table->catalog, name) && str_eq(table->database, database) && (table->is_view || !views_only))
            list_push(arena, out, table->name);
    }
    list_finish(out);
}

void catalog_list_functions(const Catalog *catalog, Str name, Str database, Arena *arena, StrList *out)
{
    for (int64_t i = 0; i < catalog->functions->count; i++) {
        const CatalogFunction *function = catalog->functions->entries[i].value;
        if (function->is_system || (str_eq(function->catalog, name) && str_eq(function->database, database)))
            list_push(arena, out, function->name);
    }
    list_finish(out);
}
