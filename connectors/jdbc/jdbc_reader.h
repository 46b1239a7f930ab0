/* jdbc_reader.h: the source's I/O thread: runs the query of one split after the other and streams their rows as batches. */
#ifndef CONNECTORS_JDBC_JDBC_READER_H
#define CONNECTORS_JDBC_JDBC_READER_H

#include "connectors/jdbc/jdbc_layout.h"

/* A part of the table. */
typedef struct JdbcSplit {
    int64_t lower, upper;
    int64_t rows_read; /* handed out so far; on restoring: to be passed over */
    bool    has_ended;
} JdbcSplit;

typedef LIST(JdbcSplit) JdbcSplits;

/* Rows of one split, or its end, or what went wrong. */
typedef struct JdbcRows {
    int32_t split; /* index into the splits */
    bool    is_end;
    Batch  *batch; /* NULL: no rows */
    Error   error;
} JdbcRows;

typedef struct JdbcReader JdbcReader;

/* The splits that belong to this task, in order: those of [lower, upper] that task_index has, or the one of the whole table. */
void      jdbc_splits_create(const IoSpec *spec, const JdbcOptions *options, JdbcSplits *out);

/* spec and options are kept, splits are copied. The reader passes over rows_read rows of a split and leaves out those that ended. */
Status    jdbc_reader_start(const IoSpec *spec, const JdbcOptions *options, const JdbcSplits *splits, JdbcReader **out, Error *err);
/* The next ones, or NULL; freed with jdbc_rows_free (with the batch that is left in them). spec->wakeup is signalled for each. */
JdbcRows *jdbc_reader_take(JdbcReader *reader);
void      jdbc_rows_free(JdbcRows *rows);
/* Ends the thread, at once. NULL is allowed. */
void      jdbc_reader_stop(JdbcReader *reader);

#endif
