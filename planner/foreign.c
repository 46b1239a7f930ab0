/* foreign.c: what is known of connectors that are not here, for check --language-only: may their tables hold changes,
 * and how are they written? Anything not listed is taken to give inserts and to accept everything. */
#include "planner/sink.h"

typedef struct ForeignConnector {
    const char *name;
    bool        is_changelog; /* as a source */
    SinkMode    mode;         /* as a sink */
    SinkMode    mode_without_key;
} ForeignConnector;

static const ForeignConnector connectors[] = {
    { "upsert-kafka", true, SINK_UPSERT, SINK_UPSERT },
    { "kafka", false, SINK_APPEND, SINK_APPEND },
    { "filesystem", false, SINK_APPEND, SINK_APPEND },
    { "elasticsearch-6", false, SINK_UPSERT, SINK_APPEND },
    { "elasticsearch-7", false, SINK_UPSERT, SINK_APPEND },
    { "mongodb", false, SINK_UPSERT, SINK_APPEND },
    { "mysql-cdc", true, SINK_ALL, SINK_ALL },
    { "postgres-cdc", true, SINK_ALL, SINK_ALL },
    { "oracle-cdc", true, SINK_ALL, SINK_ALL },
    { "sqlserver-cdc", true, SINK_ALL, SINK_ALL },
    { "mongodb-cdc", true, SINK_ALL, SINK_ALL },
};

static const char *const changelog_formats[] = { "debezium-json", "debezium-avro-confluent", "canal-json",
                                                 "maxwell-json",  "ogg-json",                NULL };

static const ForeignConnector *find_connector(const CatalogTable *table)
{
    Str name = map_get_str(table->options, STR("connector"));
    for (size_t i = 0; i < sizeof(connectors) / sizeof(connectors[0]); i++)
        if (str_is(name, connectors[i].name))
            return &connectors[i];
    return NULL;
}

static bool has_changelog_format(const CatalogTable *table)
{
    Str format = map_get_str(table->options, STR("format"));
    if (!format.ptr)
        format = map_get_str(table->options, STR("value.format"));
    for (int i = 0; changelog_formats[i]; i++)
        if (str_is(format, changelog_formats[i]))
            return true;
    return false;
}

SinkMode foreign_sink_mode(const CatalogTable *table)
{
    const ForeignConnector *connector = find_connector(table);
    if (!connector || has_changelog_format(table))
        return SINK_ALL;
    return table->primary_key_count > 0 ? connector->mode : connector->mode_without_key;
}

bool foreign_is_changelog(const CatalogTable *table)
{
    const ForeignConnector *connector = find_connector(table);
    return (connector && connector->is_changelog) || has_changelog_format(table);
}

bool can_be_looked_up(const Plan *scan)
{
    static const char *const never[] = { "kafka", "upsert-kafka", "datagen", "filesystem", "socket", NULL };
    Str name = map_get_str(scan->scan.table->options, STR("connector"));
    for (int i = 0; never[i]; i++)
        if (str_is(name, never[i]))
            return false;
    return true;
}

Status foreign_check(const CatalogTable *table, Span span, Error *err)
{
    if (!str_is(map_get_str(table->options, STR("connector")), "upsert-kafka") || table->primary_key_count > 0)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, span,
                     "'upsert-kafka' tables require to define a PRIMARY KEY constraint: its columns are the message key");
}

/* ---- tables of catalogs that live elsewhere ---------------------------------------------------------------------- */

bool is_elsewhere(const Binder *binder, const Name *name)
{
    CatalogPath path;
    Error       ignored = ERROR_NONE;
    Catalog    *catalog = binder->context->catalog;
    if (!binder->context->language_only || catalog_path(catalog, *name, &path, &ignored) != STATUS_OK)
        return false;
    const Map *options = catalog_options(catalog, path.catalog);
    return options && map_has(options, STR(CATALOG_ELSEWHERE)) && !catalog_find_table(catalog, path);
}

Status build_elsewhere(Binder *binder, Span span, Plan **out, Error *err)
{
    TRY(build_opaque(binder, "a table of another catalog", NULL, 0, NULL, 0, CHANGELOG_INSERT, span, out, err));
    (*out)->opaque.has_unknown_columns = true;
    return STATUS_OK;
}

bool has_unknown_columns(const Plan *plan)
{
    if (plan->kind == PLAN_OPAQUE && plan->opaque.has_unknown_columns)
        return true;
    bool passes = plan->kind == PLAN_FILTER || plan->kind == PLAN_SORT || plan->kind == PLAN_LIMIT ||
                  plan->kind == PLAN_WINDOW || plan->kind == PLAN_UNION;
    for (int32_t i = 0; passes && i < plan->input_count; i++)
        if (has_unknown_columns(plan->inputs[i]))
            return true;
    return false;
}
