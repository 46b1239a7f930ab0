/* jdbc_writer.h: the sink's I/O thread: writes chunks, one transaction each, in the order in which they were pushed. */
#ifndef CONNECTORS_JDBC_JDBC_WRITER_H
#define CONNECTORS_JDBC_JDBC_WRITER_H

#include "connectors/jdbc/jdbc_chunk.h"

typedef struct JdbcWriter JdbcWriter;

/* spec, options and layout are kept. Returns at once: the thread connects. */
Status     jdbc_writer_start(const IoSpec *spec, const JdbcOptions *options, const JdbcLayout *layout, JdbcWriter **out,
                             Error *err);
/* Hands the chunk over; false: enough are waiting, it stays the caller's. */
bool       jdbc_writer_push(JdbcWriter *writer, JdbcChunk *chunk);
/* A chunk that has been written (or has an error: then the ones behind it were not), or NULL. spec->wakeup is signalled for each. */
JdbcChunk *jdbc_writer_take(JdbcWriter *writer);
/* Ends the thread, at once; frees what was not taken. */
void       jdbc_writer_stop(JdbcWriter *writer);

#endif
