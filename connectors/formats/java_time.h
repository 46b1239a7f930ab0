/* java_time.h: dates and times in the fixed layouts of formats, as the dialect's java.time and java.sql parsers take
 * them.
 *
 * Three habits meet here: a STRICT parser refuses February 30th and 24:00:00; a SMART one takes the last day of the
 * month and midnight of the next day; java.sql's lets days run over into the next month. */
#ifndef CONNECTORS_FORMATS_JAVA_TIME_H
#define CONNECTORS_FORMATS_JAVA_TIME_H

#include "data/calendar.h"

typedef struct TimeLayout {
    char separator;        /* between date and time */
    char suffix;           /* 'Z', or 0 for none */
    bool seconds_optional; /* HH:mm alone will do */
    bool is_strict;
    bool takes_lower_case; /* 't' for 'T' */
} TimeLayout;

extern const TimeLayout time_layout_sql, time_layout_sql_zoned, time_layout_iso, time_layout_iso_zoned;

/* yyyy-MM-dd<separator>HH:mm[:ss[.f{0,9}]][suffix] */
bool time_layout_parse(const TimeLayout *layout, Str text, Timestamp *out);
/* ISO_LOCAL_DATE, strict. */
bool iso_date_parse(Str text, int32_t *days);
/* HH:mm:ss[.f{0,9}]; "24:00:00" is midnight. */
bool sql_time_parse(Str text, int32_t *ms_of_day);
/* LocalTime.parse: HH:mm[:ss[.f{1,9}]], strict. */
bool iso_time_parse(Str text, int32_t *ms_of_day);
/* java.sql.Date.valueOf: yyyy-[m]m-[d]d, 2024-02-30 is March 1st. */
bool java_sql_date_parse(Str text, int32_t *days);

#endif
