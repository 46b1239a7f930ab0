/* jdbc_source.h: reading tables. */
#ifndef CONNECTORS_JDBC_JDBC_SOURCE_H
#define CONNECTORS_JDBC_JDBC_SOURCE_H

#include "connectors/connector.h"

extern const SourceType jdbc_source;

#endif
