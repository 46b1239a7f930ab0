/* table_spec.c: a catalog table as its connector sees it. */
#include "planner/bind.h"

/* Index of catalog column `column` among the physical and metadata columns. */
static int32_t spec_column(const CatalogTable *table, int32_t column)
{
    int32_t index = 0;
    for (int32_t i = 0; i < column; i++)
        index += table->columns[i].kind != CATALOG_COMPUTED;
    return index;
}

static const int32_t *spec_columns(Arena *arena, const CatalogTable *table, const int32_t *columns, int32_t count)
{
    int32_t *out = arena_new(arena, int32_t, count + 1);
    for (int32_t i = 0; i < count; i++)
        out[i] = spec_column(table, columns[i]);
    return out;
}

static Status merge_hints(PlanContext *context, Map *options, const HintList *hints, Error *err)
{
    for (int64_t h = 0; hints && h < hints->count; h++) {
        const Hint *hint = &hints->items[h];
        if (!str_is_nocase(hint->name.text, "OPTIONS"))
            continue;
        if (!setting_bool(context, "table.dynamic-table-options.enabled", true)) {
            error_set(err, STATUS_INVALID, hint->span, "OPTIONS hints are switched off");
            return error_hint(err, "SET 'table.dynamic-table-options.enabled' = 'true'");
        }
        for (int64_t i = 0; i < hint->options.count; i++)
            map_put_str(options, hint->options.items[i].key, hint->options.items[i].value);
    }
    return STATUS_OK;
}

Status table_spec(PlanContext *context, const CatalogTable *table, const HintList *hints, Span span,
                  const TableSpec **out, Error *err)
{
    Arena       *arena = context->arena;
    TableSpec   *spec = arena_new(arena, TableSpec, 1);
    TableColumn *columns = arena_new(arena, TableColumn, table->column_count + 1);
    int32_t      count = 0;
    for (int32_t i = 0; i < table->column_count; i++) {
        const CatalogColumn *column = &table->columns[i];
        if (column->kind == CATALOG_COMPUTED)
            continue;
        columns[count++] = (TableColumn){
            .name = column->name, .type = type_with_time(arena, column->type, TIME_NONE),
            .metadata_key = column->kind == CATALOG_METADATA ? column->metadata_key : (Str){ NULL, 0 },
            .is_virtual = column->is_virtual,
        };
    }
    Map *options = map_copy_str(arena, table->options);
    TRY(merge_hints(context, options, hints, err));
    *spec = (TableSpec){
        .path = catalog_path_text(arena, (CatalogPath){ table->catalog, table->database, table->name }),
        .name = table->name, .columns = columns, .column_count = count,
        .primary_key = spec_columns(arena, table, table->primary_key, table->primary_key_count),
        .primary_key_count = table->primary_key_count,
        .partition_keys = spec_columns(arena, table, table->partition_keys, table->partition_key_count),
        .partition_key_count = table->partition_key_count,
        .options = options, .span = span,
    };
    *out = spec;
    return STATUS_OK;
}

/* Is some format of the table unknown here? */
static bool has_foreign_format(const TableSpec *table)
{
    static const char *const keys[] = { "format", "key.format", "value.format", NULL };
    for (int i = 0; keys[i]; i++) {
        Str format = map_get_str(table->options, str_from(keys[i]));
        if (format.ptr && !format_find(format))
            return true;
    }
    return false;
}

/* Its catalog says what it is, or the keys of an older dialect do. */
static bool has_other_kind(const Binder *binder, const CatalogTable *table)
{
    const Map *catalog = catalog_options(binder->context->catalog, table->catalog);
    return map_has(table->options, STR("connector.type")) || (catalog && map_has(catalog, STR(CATALOG_ELSEWHERE)));
}

static Status no_connector(const CatalogTable *table, Str name, Span span, Error *err)
{
    if (!name.ptr) {
        error_set(err, STATUS_OPTION, span, "table `%.*s` has no 'connector' option", STR_FMT(table->name));
        return map_has(table->options, STR("connector.type"))
                   ? error_hint(err, "'connector.type' is an older dialect: 'connector' = '...'")
                   : error_hint(err, "CREATE TABLE ... WITH ('connector' = '...')");
    }
    Arena *scratch = arena_create();
    Str   *names = arena_new(scratch, Str, connector_count() + 1);
    Text   list = TEXT_EMPTY;
    for (int64_t i = 0; i < connector_count(); i++) {
        names[i] = str_from(connector_at(i)->name);
        text_printf(&list, "%s%s", i ? ", " : "", connector_at(i)->name);
    }
    error_set(err, STATUS_UNSUPPORTED, span, "no connector '%.*s' here; there are: %s", STR_FMT(name),
              text_cstr(&list));
    Str nearest = error_nearest(name, names, connector_count());
    if (nearest.ptr)
        error_hint(err, "did you mean '%.*s'?", STR_FMT(nearest));
    text_free(&list);
    arena_destroy(scratch);
    return err->status;
}

Status table_connector(Binder *binder, const CatalogTable *table, const TableSpec *spec, bool is_sink,
                       const Connector **out, Error *err)
{
    Str              name = map_get_str(table->options, STR("connector"));
    const Connector *connector = name.ptr ? connector_find(name) : NULL;
    *out = NULL;
    if (!connector && binder->context->language_only && (name.ptr || has_other_kind(binder, table)))
        return foreign_check(table, spec->span, err);
    if (!connector)
        return no_connector(table, name, spec->span, err);
    if (binder->context->language_only && has_foreign_format(spec))
        return STATUS_OK;
    if (is_sink ? !connector->sink : !connector->source)
        return error_set(err, STATUS_INVALID, spec->span,
                         "Connector '%s' can only be used as a %s. It cannot be used as a %s.",
                         connector->name, is_sink ? "source" : "sink", is_sink ? "sink" : "source");
    *out = connector;
    Status status = connector_check(spec, is_sink, err);
    if (status != STATUS_UNSUPPORTED || !binder->context->language_only)
        return status;
    error_clear(err); /* what this connector lacks, the dialect has */
    return STATUS_OK;
}
