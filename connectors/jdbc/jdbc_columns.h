/* jdbc_columns.h: the columns that a table has in the database, as information_schema.COLUMNS shows them. */
#ifndef CONNECTORS_JDBC_JDBC_COLUMNS_H
#define CONNECTORS_JDBC_JDBC_COLUMNS_H

#include "connectors/jdbc/jdbc_connection.h"

typedef enum JdbcClass {
    JDBC_OTHER, /* not in jdbc_types.def */
    JDBC_INTEGER,
    JDBC_BIT,
    JDBC_DECIMAL,
    JDBC_FLOAT,
    JDBC_DOUBLE,
    JDBC_CHARS, /* so many characters */
    JDBC_TEXT,  /* so many bytes in the column's character set */
    JDBC_BYTES,
    JDBC_ENUM,
    JDBC_DATE,
    JDBC_TIMESTAMP
} JdbcClass;

typedef struct JdbcColumn {
    Str       name;
    Str       type;    /* as the server writes it: decimal(10,2) unsigned */
    Str       charset; /* of text; "" */
    bool      refuses_null; /* NOT NULL, and nothing fills it */
    JdbcClass class_of;
    int64_t   size;  /* bits, digits, characters or bytes */
    int32_t   scale; /* of DECIMAL */
    bool      is_unsigned;
} JdbcColumn;

typedef struct JdbcColumns {
    Arena      *arena;
    JdbcColumn *items;
    int32_t     count; /* 0 = there is no such table, or it may not be seen: nothing is known */
    bool        allows_invalid_dates; /* the session's sql_mode has ALLOW_INVALID_DATES */
} JdbcColumns;

/* Of the table of the options, into the arena that `out` has. May be done again. */
Status jdbc_columns_read(JdbcConnection *connection, JdbcColumns *out, Error *err);
/* What the server's text of a type says: class_of, size, scale, is_unsigned. */
void   jdbc_column_set_type(JdbcColumn *column, Str type);

#endif
