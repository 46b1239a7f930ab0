/* jdbc_epochs.h: exactly once: the row that says which epoch of a sink the database holds.
 *
 * One row per instance of a sink in a table of ours (tidemark_epochs): (job, sink, instance) -> (epoch, owner). It is compared and set in
 * the transaction that writes the epoch's rows, so the two agree at every moment. The owner is a number that a sink draws when it
 * recovers: an older process finds that it is no longer its own, and stops. Used by the writer's thread. */
#ifndef CONNECTORS_JDBC_JDBC_EPOCHS_H
#define CONNECTORS_JDBC_JDBC_EPOCHS_H

#include "connectors/jdbc/jdbc_chunk.h"
#include "connectors/jdbc/jdbc_connection.h"

#define JDBC_OWNER_SIZE 32

typedef struct JdbcEpochs {
    JdbcConnection    *connection;
    const IoSpec      *spec;
    const JdbcOptions *options;
    char               owner[JDBC_OWNER_SIZE]; /* hexadecimal digits */
    Text               sql;
} JdbcEpochs;

void   jdbc_epochs_init(JdbcEpochs *epochs, JdbcConnection *connection, const IoSpec *spec, const JdbcOptions *options);
void   jdbc_epochs_free(JdbcEpochs *epochs);
/* Both tables have transactions; the one for epochs is there, if need be created. */
Status jdbc_epochs_prepare(JdbcEpochs *epochs, Error *err);
/* The highest epoch of any instance; 0 = none. */
Status jdbc_epochs_newest(JdbcEpochs *epochs, int64_t *newest, Error *err);
/* Makes the instance's row ours, and shuts out who had it. *held: its epoch; 0 = it held none. */
Status jdbc_epochs_claim(JdbcEpochs *epochs, int32_t instance, int64_t *held, Error *err);
/* No instance holds a later epoch than this. */
Status jdbc_epochs_rewind(JdbcEpochs *epochs, int64_t epoch, Error *err);
/* In a transaction that the caller commits: from one epoch to the next. *is_there: that was done before (a COMMIT whose answer was lost).
 * Fails when the row is not ours any more. */
Status jdbc_epochs_advance(JdbcEpochs *epochs, int32_t instance, int64_t from, int64_t to, bool *is_there, Error *err);

#endif
