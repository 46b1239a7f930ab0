/* jdbc_chunk.h: rows that are sent to the database together, as SQL text. With a key, the last row of each key counts. */
#ifndef CONNECTORS_JDBC_JDBC_CHUNK_H
#define CONNECTORS_JDBC_JDBC_CHUNK_H

#include "connectors/jdbc/jdbc_columns.h"
#include "connectors/jdbc/jdbc_layout.h"

#define JDBC_CHUNK_ROWS_MAX 8192
#define JDBC_CHUNK_SIZE_MAX (4 << 20)

typedef struct JdbcRow {
    int64_t key, key_size;     /* in the chunk's text; size 0: without a key */
    int64_t values, values_size; /* (1, 'a'); size 0: a delete */
    bool    is_replaced;       /* by a later row of the same key */
} JdbcRow;

typedef struct JdbcChunk {
    Text      text;
    JdbcRow  *rows;
    int64_t   count, capacity;
    int32_t  *slots; /* index into rows + 1 by hash of the key; 0 = free */
    int64_t   slot_count;
    int64_t   born_ms; /* when its first row came */
    Error     error;   /* why it could not be written */
    JdbcColumns *columns; /* not NULL: no rows, read the table's columns into it */

    /* exactly-once: what the writer is asked to do besides */
    int64_t             epoch;        /* > 0: its rows are this epoch's; committed with its number */
    int64_t             epoch_before; /* ... which follows this one */
    int32_t             instance;     /* ... of this instance of the sink */
    const SinkRecovery *recovery;     /* not NULL: no rows, recover */
    int64_t             held;         /* recovered: the epoch that the database holds */
} JdbcChunk;

JdbcChunk *jdbc_chunk_create(void);
void       jdbc_chunk_free(JdbcChunk *chunk);
/* Empty again; keeps its memory, unless it is much. */
void       jdbc_chunk_clear(JdbcChunk *chunk);
bool       jdbc_chunk_is_full(const JdbcChunk *chunk);
/* -D deletes by key, all other kinds write. STATUS_REFUSED: the row has no SQL text; the chunk is as before. */
Status     jdbc_chunk_add(JdbcChunk *chunk, const JdbcLayout *layout, const Batch *batch, int64_t row, Error *err);

/* A row that is SQL text already; the keys of a chunk that is filled so must differ. */
void       jdbc_chunk_put(JdbcChunk *chunk, Str key, Str values);

/* The rows of a chunk that count as bytes for the checkpoint, and back. */
void   jdbc_chunk_encode(const JdbcChunk *chunk, const JdbcLayout *layout, Text *out);
Status jdbc_chunk_decode(JdbcChunk *chunk, const JdbcLayout *layout, Str bytes, Error *err);

static inline Str jdbc_row_key(const JdbcChunk *chunk, const JdbcRow *row)
{
    return (Str){ chunk->text.ptr + row->key, row->key_size };
}
static inline Str jdbc_row_values(const JdbcChunk *chunk, const JdbcRow *row)
{
    return (Str){ chunk->text.ptr + row->values, row->values_size };
}

#endif
