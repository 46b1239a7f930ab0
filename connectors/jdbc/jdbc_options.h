/* jdbc_options.h: what a table WITH ('connector' = 'jdbc') says, read into one struct. */
#ifndef CONNECTORS_JDBC_JDBC_OPTIONS_H
#define CONNECTORS_JDBC_JDBC_OPTIONS_H

#include "connectors/connector.h"
#include "connectors/jdbc/jdbc_url.h"

extern const Option jdbc_option_rows[];

typedef struct JdbcOptions {
    JdbcServer server;
    Str        label;        /* of the server, for messages */
    Str        table;        /* its name there */
    int64_t    reconnect_ms; /* how long a server that is away is waited for */
    /* reading */
    Str     partition_column; /* {NULL, 0} = the table is one split */
    int64_t partition_count, lower, upper;
    /* writing */
    int64_t flush_rows; /* 0 = not by their number */
    int64_t flush_ms;   /* 0 = not by time */
    int64_t retries;
    bool    is_exactly_once;
    Str     epoch_table, epoch_name;
} JdbcOptions;

/* Texts live in the arena; so do the copies of what the table's options say. Option rows have been checked. */
Status jdbc_options_read(const TableSpec *table, Arena *arena, JdbcOptions *out, Error *err);
bool   jdbc_options_are_exactly_once(const TableSpec *table);

#endif
