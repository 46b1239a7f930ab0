/* execute_function.c: CREATE and DROP FUNCTION.
 *
 * LANGUAGE C loads a shared object of the engine's function directory; it stays loaded as long as the session's memory, so
 * that running jobs may call it after a DROP. Functions of other languages are known by name, and fail when called. */
#include "engine/executors.h"

#include "functions/library.h"

#define LIBRARY_SUFFIX ".so"
#define LIBRARY_SYMBOL "tide_function_library"

static Status function_of(Execution *execution, const Statement *statement, CatalogFunction *out, Error *err)
{
    CatalogPath path;
    TRY(catalog_path(execution->session->catalog, statement->name, &path, err));
    *out = (CatalogFunction){ .catalog = path.catalog, .database = path.database, .name = path.name,
                              .is_temporary = statement->is_temporary, .is_system = statement->is_system };
    return STATUS_OK;
}

/* ---- LANGUAGE C ------------------------------------------------------------------------------------------------------ */

static void close_library(void *library)
{
    env_library_close(library);
}

/* "work", "work.so", "work.so:spend" */
static void split_identifier(Arena *arena, Str identifier, Str *file, Str *function)
{
    int64_t colon = str_find(identifier, ':');
    *file = colon < 0 ? identifier : str_slice(identifier, 0, colon);
    *function = colon < 0 ? (Str){ 0 } : str_slice(identifier, colon + 1, identifier.len);
    if (!str_ends_with(*file, STR(LIBRARY_SUFFIX)))
        *file = arena_format(arena, "%.*s" LIBRARY_SUFFIX, STR_FMT(*file));
}

/* The library and its functions live in arena. */
static Status load_functions(Arena *arena, Str folder, const FunctionNode *node, Str name, const Function **out, Error *err)
{
    Str         file, wanted;
    EnvLibrary *library;
    split_identifier(arena, node->class_name, &file, &wanted);
    TRY(env_library_open(folder, file, &library, err));
    arena_defer(arena, close_library, library);
    const void *description = env_library_symbol(library, LIBRARY_SYMBOL);
    if (!description)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "%.*s is no library of functions: it has no " LIBRARY_SYMBOL, STR_FMT(file));
    return library_functions(arena, description, file, wanted, name, out, err);
}

static Status load_c(Execution *execution, const Statement *statement, CatalogFunction *made, Error *err)
{
    const FunctionNode *node = &statement->function;
    Str                 folder = execution->session->engine->function_dir;
    if (node->resources.count > 0 || node->options.count > 0)
        return error_set(err, STATUS_INVALID, statement->span, "LANGUAGE C takes neither USING nor WITH");
    if (!folder.ptr) {
        error_set(err, STATUS_INVALID, node->class_span, "functions in C are off: no function directory was given");
        return error_hint(err, "start with --function-dir DIR (tidemark.function-dir in C)");
    }
    if (load_functions(catalog_arena(execution->session->catalog), folder, node, made->name, &made->rows, err) != STATUS_OK)
        return error_at(err, node->class_span);
    return STATUS_OK;
}

/* ---- statements ------------------------------------------------------------------------------------------------------ */

static void keep(Catalog *catalog, const CatalogFunction *made, Str class_name)
{
    Arena           *arena = catalog_arena(catalog);
    CatalogFunction *kept = arena_new(arena, CatalogFunction, 1);
    *kept = *made;
    kept->catalog = arena_str(arena, made->catalog);
    kept->database = arena_str(arena, made->database);
    kept->name = arena_str(arena, made->name);
    kept->language = arena_str(arena, made->language);
    kept->class_name = arena_str(arena, class_name);
    catalog_put_function(catalog, kept);
}

Status execute_create_function(Execution *execution, const Statement *statement, Error *err)
{
    CatalogFunction made;
    Catalog        *catalog = execution->session->catalog;
    TRY(function_of(execution, statement, &made, err));
    if (catalog_find_function(catalog, statement->name)) {
        if (statement->if_not_exists)
            return STATUS_OK;
        return error_set(err, STATUS_EXISTS, statement->name.span, "function `%.*s` exists already", STR_FMT(made.name));
    }
    made.language = statement->function.language.ptr ? statement->function.language : STR("JAVA");
    bool is_c = str_is_nocase(made.language, "C");
    if (is_c && !execution->plan.language_only)
        TRY(load_c(execution, statement, &made, err));
    keep(catalog, &made, statement->function.class_name);
    if (!is_c)
        execution->result->text = arena_format(execution->arena,
                                               "function %.*s lives in a %.*s class: it is known by name and fails when it is called",
                                               STR_FMT(made.name), STR_FMT(made.language));
    return STATUS_OK;
}

Status execute_drop_function(Execution *execution, const Statement *statement, Error *err)
{
    CatalogFunction named;
    TRY(function_of(execution, statement, &named, err));
    if (!catalog_remove_function(execution->session->catalog, &named) && !statement->if_exists)
        return error_set(err, STATUS_NO_FUNCTION, statement->name.span, "no function `%.*s`", STR_FMT(named.name));
    return STATUS_OK;
}
