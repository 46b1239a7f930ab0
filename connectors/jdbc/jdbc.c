/* jdbc.c: the descriptor of the jdbc connector, and the check of a table before it is opened. */
#include "connectors/jdbc/jdbc_layout.h"
#include "connectors/jdbc/jdbc_sink.h"
#include "connectors/jdbc/jdbc_source.h"

static Status check_partitioned(const TableSpec *table, Error *err)
{
    if (table->partition_key_count == 0)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, table->span,
                     "Table '%.*s' is a partitioned table, but the underlying DynamicTableSink doesn't implement the "
                     "SupportsPartitioning interface.", STR_FMT(table->path));
}

static Status jdbc_check(const TableSpec *table, bool is_sink, Error *err)
{
    JdbcOptions options;
    Arena      *arena = arena_create();
    Status      status = jdbc_options_read(table, arena, &options, err);
    if (status == STATUS_OK && is_sink)
        status = check_partitioned(table, err);
    if (status == STATUS_OK)
        status = jdbc_check_columns(table, err);
    arena_destroy(arena);
    return status;
}

const Connector connector_jdbc = {
    .name = "jdbc",
    .doc = "Tables of a MySQL or MariaDB database.",
    .options = jdbc_option_rows,
    .check = jdbc_check,
    .source = &jdbc_source,
    .sink = &jdbc_sink,
};
