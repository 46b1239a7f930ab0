/* json_value.h: one value of a result as JSON, for programs that read lines. */
#ifndef ENGINE_JSON_VALUE_H
#define ENGINE_JSON_VALUE_H

#include "data/batch.h"
#include "data/calendar.h"

/* Numbers with all their digits (NaN and the infinities as strings), BOOLEAN as true and false, NULL as null, ARRAY as array, MAP and ROW
 * as objects; every other value as a string: what CAST(... AS STRING) gives. */
void json_value_print(const Column *column, int64_t row, const Zone *zone, Text *out);

#endif
