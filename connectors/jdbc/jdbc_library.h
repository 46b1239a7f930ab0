/* jdbc_library.h: the header of the client library (libmysqlclient, which is MariaDB Connector/C here). Some of its names are ours,
 * too: it is included by jdbc_connection.c alone, and last. */
#ifndef CONNECTORS_JDBC_JDBC_LIBRARY_H
#define CONNECTORS_JDBC_JDBC_LIBRARY_H

#include "core/arena.h"
#include "core/error.h"

#pragma push_macro("list_push")
#undef list_push
#define STATUS_TYPE MYSQL_STATUS_TYPE
#include <mysql.h>
#undef STATUS_TYPE
#undef list_push
#pragma pop_macro("list_push")

#endif
