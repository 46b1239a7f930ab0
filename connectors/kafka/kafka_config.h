/* kafka_config.h: the client library's configuration of a table. */
#ifndef CONNECTORS_KAFKA_KAFKA_CONFIG_H
#define CONNECTORS_KAFKA_KAFKA_CONFIG_H

#include "connectors/kafka/kafka_options.h"

#include <librdkafka/rdkafka.h>

/* Are the table's 'properties.*' fit for this use? Needs no broker. */
Status kafka_config_check(const TableSpec *table, bool is_sink, Error *err);
/* A new configuration: our defaults, then the table's properties. The caller hands it to rd_kafka_new or destroys it.
 */
Status kafka_config_create(const IoSpec *spec, const KafkaOptions *options, bool is_sink, rd_kafka_conf_t **out,
                           Error *err);
/* The brokers that the table will talk to. */
Str    kafka_config_servers(const IoSpec *spec);
/* A number that the configuration holds by now, 0 when it is none. */
int64_t kafka_config_number(const rd_kafka_conf_t *conf, const char *name);
/* Sets one property; never shows the value. */
Status kafka_config_set(rd_kafka_conf_t *conf, const TableSpec *table, Str property, const char *name, Str value,
                        Error *err);

#endif
