/* jdbc_cell.h: values as the server's text protocol sends them, into columns. */
#ifndef CONNECTORS_JDBC_JDBC_CELL_H
#define CONNECTORS_JDBC_JDBC_CELL_H

#include "connectors/formats/cell.h"

typedef struct JdbcCells {
    Buf     *buf;
    TextPool pool;
    bool     zero_date_is_null;
} JdbcCells;

/* Stores the text at the row of a column with room; false when it is no value of the column's type. */
typedef bool (*JdbcCell)(JdbcCells *cells, Column *column, int64_t row, Str text);

/* Of a type that jdbc_literal_of knows. */
JdbcCell jdbc_cell_of(const Type *type);

#endif
