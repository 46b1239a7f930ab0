/* type_named.h: a type from its SQL text, for tables of test cases. */
#ifndef TESTS_DATA_TYPE_NAMED_H
#define TESTS_DATA_TYPE_NAMED_H

#include "data/type.h"

/* "DECIMAL(10, 2)", "STRING", "ARRAY<INT>", "MAP<STRING,INT>", "ROW<a INT,b STRING>"; with " NOT NULL" behind. A text
 * that is none fails the test. */
const Type *type_named(Arena *arena, const char *text);

#endif
