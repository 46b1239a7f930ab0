/* table.h: a table in a test: columns written as SQL, its connector's source and sink run by hand. */
#ifndef TESTS_CONNECTORS_TABLE_H
#define TESTS_CONNECTORS_TABLE_H

#include "tests/connectors/codec.h"

typedef struct Table {
    Arena      *arena;
    TableSpec   spec;
    IoSpec      io;
    IoCounters  counters;
    Wakeup     *wakeup;
    ConnectorHost host;
    Text        notices; /* of the host, a line each */
    Error       err;
    Source     *source;
    Sink       *sink;
    Batch      *batch;
    Text        text;
} Table;

/* columns: "i INT, path STRING"; metadata: "path=file.path"; partitions: "dt,h"; options:
 * "connector=filesystem;format=json". */
Table *table_open(const char *columns, const char *metadata, const char *partitions, const char *options);
void   table_close(Table *table);
/* connector_check's message, "" when it is satisfied. */
const char *table_check(Table *table, bool is_sink);

const Connector *table_connector_of(const Table *table);
Status table_start_source(Table *table);
/* One poll; the rows as JSON lines are appended to table->text. */
Status table_poll(Table *table, int64_t rows_max, Poll *poll);
/* All of a bounded source, as JSON lines; or the error's message. */
const char *table_read(Table *table);
/* The positions of splits 0 .. split_count-1, a line "split: position" each, into *out; and back. */
void table_save(Table *table, int32_t split_count, Text *out);
Status table_load(Table *table, Str lines);
/* The rows of JSON lines through the sink, finished and closed; the error's message or "". */
const char *table_write(Table *table, const char *json_lines);
/* Rows of JSON lines as a batch with the table's columns. */
Batch *table_batch(Table *table, const char *json_lines, Codec **codec);

/* A new empty directory, removed with all in it at the end of the test program. */
const char *temp_directory(void);
void write_file(const char *directory, const char *name, const char *bytes);
/* Names and contents of all files below, in name order: "a/b:\ncontents". */
void list_files(const char *directory, Text *out);

#endif
