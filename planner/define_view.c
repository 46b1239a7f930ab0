/* define_view.c: CREATE VIEW: the query is checked now and stored as text with full table names; every use binds it again. */
#include "planner/bind.h"
#include "planner/qualify.h"

static Str query_text(PlanContext *context, Query *query)
{
    Arena *arena = catalog_arena(context->catalog);
    qualify_query(context->catalog, context->arena, query);
    Text text = TEXT_EMPTY;
    unparse_query(query, &text);
    Str copy = arena_str(arena, text_str(&text));
    text_free(&text);
    return copy;
}

static Status check_names(const CatalogTable *view, Span span, Error *err)
{
    for (int32_t i = 0; i < view->column_count; i++)
        for (int32_t j = 0; j < i; j++)
            if (str_eq(view->columns[i].name, view->columns[j].name)) {
                error_set(err, STATUS_INVALID, span, "A column with the same name `%.*s` has been defined", STR_FMT(view->columns[i].name));
                return error_hint(err, "name the columns apart: SELECT ... AS ..., or CREATE VIEW v (a, b) AS ...");
            }
    return STATUS_OK;
}

static Status view_columns(PlanContext *context, const Statement *statement, CatalogTable *view, Error *err)
{
    const IdentList *names = &statement->view.columns;
    const Field *fields;
    int32_t count;
    TRY(plan_fields(context, statement->view.query, &fields, &count, err));
    if (names->count > 0 && names->count != count)
        return error_set(err, STATUS_INVALID, span_join(names->items[0].span, names->items[names->count - 1].span),
                         "the view names %lld columns, its query gives %d", (long long)names->count, count);
    Arena *arena = catalog_arena(context->catalog);
    view->columns = arena_new(arena, CatalogColumn, count);
    view->column_count = count;
    for (int32_t i = 0; i < count; i++) {
        Str name = names->count > 0 ? names->items[i].text : fields[i].name;
        view->columns[i] = (CatalogColumn){ .name = arena_str(arena, name), .type = type_copy(arena, fields[i].type) };
    }
    return check_names(view, statement->view.query->span, err);
}

Status define_view(PlanContext *context, const Statement *statement, CatalogTable **out, Error *err)
{
    Arena *arena = catalog_arena(context->catalog);
    CatalogPath path;
    TRY(catalog_path(context->catalog, statement->name, &path, err));
    CatalogTable *view = arena_new(arena, CatalogTable, 1);
    view->catalog = arena_str(arena, path.catalog);
    view->database = arena_str(arena, path.database);
    view->name = arena_str(arena, path.name);
    view->is_temporary = statement->is_temporary;
    view->is_view = true;
    view->options = map_create(arena);
    if (statement->view.comment.ptr)
        view->comment = arena_str(arena, statement->view.comment);
    TRY(view_columns(context, statement, view, err));
    view->original_query = arena_str(arena, node_source(context->source, statement->view.query->span));
    view->query = query_text(context, statement->view.query);
    *out = view;
    return STATUS_OK;
}
