/* kafka_abort.h: ends what a dead job of exactly-once sinks left open on a cluster. */
#ifndef CONNECTORS_KAFKA_KAFKA_ABORT_H
#define CONNECTORS_KAFKA_KAFKA_ABORT_H

#include "connectors/connector.h"

/* Shuts out whoever writes as PREFIX-0 .. PREFIX-(count-1): an open transaction of theirs is aborted, and a job that is
 * alive stops at its next epoch. Ids that nobody has used are no error. Blocks. properties: "properties.<name>" -> text, as
 * in a table, with the servers among them. host: for notices. */
Status kafka_abort_transactions(Str prefix, int32_t count, const Map *properties, const ConnectorHost *host, Error *err);

#endif
