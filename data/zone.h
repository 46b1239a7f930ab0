/* zone.h: the inside of a zone: its list of offsets, and the yearly rule behind the list's end. For zone*.c and their
 * tests. */
#ifndef DATA_ZONE_H
#define DATA_ZONE_H

#include "data/calendar.h"

/* One change of clocks of every year. */
typedef struct ZoneChange {
    enum { CHANGE_DAY_OF_YEAR, CHANGE_DAY_NO_LEAP, CHANGE_WEEKDAY } kind;
    int32_t month;   /* WEEKDAY: 1..12 */
    int32_t week;    /* WEEKDAY: 1..5, 5 = the last */
    int32_t day;     /* WEEKDAY: 0 = Sunday; else the day of the year, from 0, or from 1 with 29 February not counted */
    int64_t time_ms; /* by the local clock before the change; may be negative or beyond a day */
} ZoneChange;

/* The rule behind a list's end, "CET-1CEST,M3.5.0,M10.5.0/3". */
typedef struct ZoneRule {
    int64_t    standard_ms; /* offset from UTC */
    int64_t    summer_ms;
    bool       has_summer;
    ZoneChange to_summer;
    ZoneChange to_standard;
} ZoneRule;

struct Zone {
    Str      name;
    int64_t  first_ms;   /* offset before the first change */
    int64_t *change_ms;  /* instants, ascending */
    int64_t *offset_ms;  /* from change_ms[i] on */
    int64_t  change_count;
    ZoneRule rule;       /* from the last change on */
};

/* false when the text is no rule. */
bool zone_rule_parse(Str text, ZoneRule *out);
/* The instants of a year's two changes and the offsets behind each, in order of time. rule->has_summer. */
typedef struct ZoneYear {
    int64_t change_ms[2];
    int64_t offset_ms[2];
} ZoneYear;
ZoneYear zone_rule_year(const ZoneRule *rule, int32_t year);

/* The bytes of a TZif file (RFC 8536, version 2 or later) to a zone in the arena. */
Status zone_file_parse(Arena *arena, Str name, Str bytes, Zone **out, Error *err);

#endif
