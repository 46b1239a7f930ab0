/* jdbc_chunk.h: rows that are sent to the database together, as SQL text. With a key, the last row of each key counts. */
#ifndef CONNECTORS_JDBC_JDBC_CHUNK_H
#define CONNECTORS_JDBC_JDBC_CHUNK_H

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
} JdbcChunk;

JdbcChunk *jdbc_chunk_create(void);
void       jdbc_chunk_free(JdbcChunk *chunk);
/* Empty again; keeps its memory. */
void       jdbc_chunk_clear(JdbcChunk *chunk);
bool       jdbc_chunk_is_full(const JdbcChunk *chunk);
/* -D deletes by key, all other kinds write. */
Status     jdbc_chunk_add(JdbcChunk *chunk, const JdbcLayout *layout, const Batch *batch, int64_t row, Error *err);

static inline Str jdbc_row_key(const JdbcChunk *chunk, const JdbcRow *row)
{
    return (Str){ chunk->text.ptr + row->key, row->key_size };
}
static inline Str jdbc_row_values(const JdbcChunk *chunk, const JdbcRow *row)
{
    return (Str){ chunk->text.ptr + row->values, row->values_size };
}

#endif
