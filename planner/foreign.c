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
    { "jdbc", false, SINK_UPSERT, SINK_APPEND },
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
