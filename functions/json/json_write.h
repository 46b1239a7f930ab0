/* json_write.h: SQL values as JSON. */
#ifndef FUNCTIONS_JSON_WRITE_H
#define FUNCTIONS_JSON_WRITE_H

#include "core/error.h"
#include "data/batch.h"
#include "data/calendar.h"

/* Can values of the type be written? DATE, TIME, intervals and maps without text keys cannot. */
Status json_check_type(const Type *type, Span span, Error *err);
/* Appends one value; NULL is null. Keys of objects are sorted. buf for work. */
void json_write(const Column *column, int64_t row, Buf *buf, Text *out);

#endif
