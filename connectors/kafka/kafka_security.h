/* kafka_security.h: TLS and SASL as Java clients write them, for a client library that wants PEM files and plain names.
 */
#ifndef CONNECTORS_KAFKA_KAFKA_SECURITY_H
#define CONNECTORS_KAFKA_KAFKA_SECURITY_H

#include "connectors/kafka/kafka_config.h"

/* All properties that belong to security, together. conf NULL: only look. */
Status kafka_security_apply(const TableSpec *table, rd_kafka_conf_t *conf, Error *err);

#endif
