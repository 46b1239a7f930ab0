/* kafka_source.h: reading topics. */
#ifndef CONNECTORS_KAFKA_KAFKA_SOURCE_H
#define CONNECTORS_KAFKA_KAFKA_SOURCE_H

#include "connectors/connector.h"

extern const SourceType kafka_source;

#endif
