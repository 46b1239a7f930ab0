/* time_field.h: the units of EXTRACT, FLOOR .. TO, TIMESTAMPADD and TIMESTAMPDIFF, and what they do to days and
 * milliseconds. */
#ifndef FUNCTIONS_TIME_FIELD_H
#define FUNCTIONS_TIME_FIELD_H

#include "functions/function.h"

#include "data/calendar.h"

typedef enum TimeField {
    FIELD_MILLENNIUM,
    FIELD_CENTURY,
    FIELD_DECADE,
    FIELD_YEAR,
    FIELD_QUARTER,
    FIELD_MONTH,
    FIELD_WEEK,
    FIELD_DAY,
    FIELD_DOW,
    FIELD_ISODOW,
    FIELD_DOY,
    FIELD_ISOYEAR,
    FIELD_EPOCH,
    FIELD_HOUR,
    FIELD_MINUTE,
    FIELD_SECOND,
    FIELD_MILLISECOND,
    FIELD_MICROSECOND,
    FIELD_NANOSECOND,
    FIELD_COUNT
} TimeField;

/* The word of a unit, in any case; FIELD_COUNT when it is none. */
TimeField time_field_from(Str word);
const char *time_field_name(TimeField field);

/* Of a date: MILLENNIUM to ISOYEAR. Sunday is day 1 of DOW. */
int64_t date_extract(int32_t days, TimeField field);
/* The first day of the unit that the date lies in, or (is_ceil) the first day of the next unit as the dialect has
 * it. */
int32_t date_floor(int32_t days, TimeField field, bool is_ceil);
/* Milliseconds of DAY, HOUR, MINUTE, SECOND, MILLISECOND, WEEK; 0 for other units. */
int64_t time_field_ms(TimeField field);
/* Months of YEAR, QUARTER, MONTH (and the longer ones); 0 for other units. */
int32_t time_field_months(TimeField field);

/* The unit that is the literal argument `index` of the call. Error when it is no unit. */
Status time_field_arg(const Expr *expr, int32_t index, TimeField *out, Error *err);

/* Timestamps of either layout. */
static inline Timestamp timestamp_at(const Column *column, int64_t row)
{
    int64_t index = column_index(column, row);
    if (type_layout(column->type) == LAYOUT_TIMESTAMP)
        return COLUMN_DATA(column, Timestamp)[index];
    return (Timestamp){ .ms = COLUMN_DATA(column, int64_t)[index] };
}

static inline void timestamp_put(Column *column, int64_t row, Timestamp value)
{
    if (type_layout(column->type) == LAYOUT_TIMESTAMP)
        COLUMN_DATA(column, Timestamp)[row] = value;
    else
        COLUMN_DATA(column, int64_t)[row] = value.ms;
}

#endif
