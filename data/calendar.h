/* calendar.h: dates, times and zones: proleptic Gregorian, as java.time. Days since 1970-01-01, ms of the day, ms since 1970. */
#ifndef DATA_CALENDAR_H
#define DATA_CALENDAR_H

#include "data/type.h"

#define DAY_MS 86400000LL

typedef struct CivilDate {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} CivilDate;

int32_t   date_from_civil(int32_t year, int32_t month, int32_t day);
CivilDate date_to_civil(int32_t days);
int32_t   date_days_in_month(int32_t year, int32_t month);
bool      date_is_valid(int32_t year, int32_t month, int32_t day);
/* The same day of the month `months` later, or the month's last day. */
int32_t   date_add_months(int32_t days, int32_t months);
int32_t   date_day_of_week(int32_t days); /* Monday 1 .. Sunday 7 */
int32_t   date_day_of_year(int32_t days);
int32_t   date_iso_week(int32_t days, int32_t *iso_year);

static inline int64_t floor_div(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return quotient - ((value % by != 0) && ((value < 0) != (by < 0)));
}
static inline int64_t floor_mod(int64_t value, int64_t by)
{
    int64_t rest = value % by;
    return rest != 0 && ((rest < 0) != (by < 0)) ? rest + by : rest;
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

#define TIMESTAMP_TEXT_MAX 48
/* "2024-02-29"; returns the length. Years beyond 9999 get a sign as in java.time. */
int32_t date_print(int32_t days, char *out);
/* "10:20:30" and `digits` (0..9) of the fraction; digits < 0: as many as needed, none when 0. */
int32_t time_print(int32_t ms_of_day, int32_t digits, char *out);
/* "2024-02-29 10:20:30.123": fraction as time_print; separator ' ' or 'T'. */
int32_t timestamp_print(Timestamp value, int32_t digits, char separator, char *out);

/* Casts from text (reference 3d): lenient as the dialect's CAST. false when the text is none. */
bool date_parse(Str text, int32_t *out);
bool time_parse(Str text, int32_t *out);
bool timestamp_parse(Str text, Timestamp *out);
/* The fixed layouts of formats: yyyy-MM-dd<separator>HH:mm:ss[.f{0,9}]; seconds optional only when said. */
bool timestamp_parse_fixed(Str text, char separator, bool seconds_optional, Timestamp *out);
/* To precision p (0..9), as CAST between timestamps does: toward 1970, so that 1969-12-31 23:59:59.5 becomes 1970. */
Timestamp timestamp_truncate(Timestamp value, int32_t precision);
/* The same toward the past, as when text is read. */
Timestamp timestamp_floor(Timestamp value, int32_t precision);

/* ---- zones ----------------------------------------------------------------------------------------------------- */

/* A named zone ("Europe/Berlin"), "UTC", "Z" or an offset ("GMT+08:00", "+08:00", "UTC+8"), from the machine's
 * tzdata, never through libc's process-wide zone. Immutable; zones live as long as the arena. */
typedef struct Zone Zone;
extern const Zone *const zone_utc;
Status zone_load(Arena *arena, Str name, const Zone **out, Error *err);
/* The machine's own zone name (TZ, /etc/localtime, /etc/timezone), "UTC" when none of them names one. */
Str    zone_machine_name(Arena *arena);
Str    zone_name(const Zone *zone);
/* Offset from UTC in ms at an instant. */
int64_t zone_offset_at(const Zone *zone, int64_t utc_ms);
/* Instant to local clock and back. A local time in a gap moves forward by the gap; a doubled one takes the earlier offset (as java.time). */
int64_t zone_to_local(const Zone *zone, int64_t utc_ms);
int64_t zone_to_utc(const Zone *zone, int64_t local_ms);
/* For window timers over local time (reference 5.12, Flink's TimeWindowUtil.toEpochMillsForTimer): the instant at which a
 * local-clock time is surely over: in a gap the jump itself, in a doubled hour the second one. */
int64_t zone_to_utc_for_timer(const Zone *zone, int64_t local_ms);

#endif
