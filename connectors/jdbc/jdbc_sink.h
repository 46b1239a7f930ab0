/* jdbc_sink.h: writing tables. */
#ifndef CONNECTORS_JDBC_JDBC_SINK_H
#define CONNECTORS_JDBC_JDBC_SINK_H

#include "connectors/connector.h"

extern const SinkType jdbc_sink;

#endif
