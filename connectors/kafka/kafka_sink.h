/* kafka_sink.h: writing topics. */
#ifndef CONNECTORS_KAFKA_KAFKA_SINK_H
#define CONNECTORS_KAFKA_KAFKA_SINK_H

#include "connectors/connector.h"

extern const SinkType kafka_sink;

#endif
