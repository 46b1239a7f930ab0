/* kafka_sink.h: writing topics. By the table's 'sink.delivery-guarantee' one of two: records sent as they come, or epochs. */
#ifndef CONNECTORS_KAFKA_KAFKA_SINK_H
#define CONNECTORS_KAFKA_KAFKA_SINK_H

#include "connectors/connector.h"

extern const SinkType kafka_sink; /* hands on to one of these */
extern const SinkType kafka_direct_sink; /* none, at-least-once */
extern const SinkType kafka_epoch_sink;  /* exactly-once */

#endif
