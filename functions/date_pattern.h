/* date_pattern.h: patterns of dates and times ("yyyy-MM-dd HH:mm:ss"), read and written as Java does it, in English.
 *
 * Two dialects: java.time's DateTimeFormatter (strict about widths) and java.text's SimpleDateFormat (lenient:
 * 2024-02-30 is a first of March, text behind the date is ignored). Which function uses which is Flink's choice. */
#ifndef FUNCTIONS_DATE_PATTERN_H
#define FUNCTIONS_DATE_PATTERN_H

#include "data/calendar.h"

typedef enum DateDialect { DATE_FORMATTER, SIMPLE_DATE_FORMAT } DateDialect;

typedef enum DateItemKind { ITEM_LITERAL, ITEM_FIELD, ITEM_OPTION_START, ITEM_OPTION_END } DateItemKind;

typedef struct DateItem {
    DateItemKind kind;
    char         letter;
    int32_t      width; /* letters in a row */
    Str          text;  /* of a literal */
} DateItem;

typedef struct DatePattern {
    DateDialect dialect;
    DateItem   *items;
    int32_t     count;
    int64_t     unit_ms; /* moments of the same day, hour, minute or second of their clock give the same text; 0 = of none of these */
} DatePattern;

/* NULL when the text is no pattern; *problem then says why. */
const DatePattern *date_pattern_parse(Arena *arena, Str text, DateDialect dialect, Str *problem);

/* A moment on some clock, and what the clock's zone was. */
typedef struct DateMoment {
    int64_t     local_ms;
    int32_t     ns;   /* of the millisecond */
    const Zone *zone; /* NULL: the clock has none */
    int64_t     offset_ms;
} DateMoment;

/* false when a letter needs a zone and there is none. */
bool date_pattern_format(const DatePattern *pattern, DateMoment moment, Text *out);

/* DateTimeFormatter: the clock time as Flink completes it (year 1970, month 1 ... where left out); false when the text
 * does not fit. */
bool date_formatter_parse(const DatePattern *pattern, Str text, Timestamp *out);

/* SimpleDateFormat: ms since 1970 in the zone, or in the one that the text names. now_ms places two-digit years. */
bool simple_date_parse(const DatePattern *pattern, Str text, const Zone *zone, int64_t now_ms, int64_t *out);

/* Names, from 0: months, weekdays (Monday first). */
extern const char *const month_names[12];
extern const char *const weekday_names[7];

#endif
