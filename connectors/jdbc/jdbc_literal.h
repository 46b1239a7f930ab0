/* jdbc_literal.h: values as SQL text.
 *
 * A literal means the same whatever the session's sql_mode is. Text goes in single quotes, a quote doubled; text with a backslash,
 * which is an escape or not by NO_BACKSLASH_ESCAPES, goes as hexadecimal digits. Nothing in a value can end its literal. */
#ifndef CONNECTORS_JDBC_JDBC_LITERAL_H
#define CONNECTORS_JDBC_JDBC_LITERAL_H

#include "data/batch.h"

/* Writes the value at the index, which is not NULL; false when there is no literal for it (NaN, infinite). */
typedef bool (*JdbcLiteral)(const Column *column, int64_t index, Text *out);

/* NULL: the dialect's MySQL has no such type. */
JdbcLiteral jdbc_literal_of(const Type *type);
void        jdbc_put_text(Text *out, Str value);

#endif
