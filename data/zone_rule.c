/* zone_rule.c: the yearly rule of a zone in the form of POSIX TZ: "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 *   name offset [name [offset] [,change[/time],change[/time]]]
 *
 * Offsets count westward, as POSIX has it. A change is Mm.w.d (weekday d of week w of month m, 5 = last), Jn (day
 * 1..365, 29 February not counted) or n (day 0..365); its time is 02:00 unless said, by the clock being left. */
#include "data/zone.h"

enum { HOUR_MS = 3600000, DEFAULT_TIME_MS = 2 * HOUR_MS };

typedef struct Reader {
    const char *at;
    const char *end;
} Reader;

static bool peek(const Reader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

static bool read_char(Reader *reader, char byte)
{
    if (!peek(reader, byte))
        return false;
    reader->at++;
    return true;
}

static bool read_number(Reader *reader, int32_t max, int32_t *out)
{
    const char *start = reader->at;
    int32_t     value = 0;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9' && value <= max)
        value = value * 10 + (*reader->at++ - '0');
    *out = value;
    return reader->at > start && value <= max;
}

/* Letters, or anything between < and >. */
static bool read_name(Reader *reader)
{
    const char *start = reader->at;
    if (read_char(reader, '<')) {
        while (reader->at < reader->end && *reader->at != '>')
            reader->at++;
        return read_char(reader, '>');
    }
    while (reader->at < reader->end && ((*reader->at | 32) >= 'a' && (*reader->at | 32) <= 'z'))
        reader->at++;
    return reader->at > start;
}

/* [+-]h[h][:mm[:ss]], hours up to 167. */
static bool read_time(Reader *reader, int64_t *out_ms)
{
    bool    is_negative = read_char(reader, '-');
    int32_t hours, minutes = 0, seconds = 0;
    if (!is_negative)
        read_char(reader, '+');
    if (!read_number(reader, 167, &hours))
        return false;
    if (read_char(reader, ':') && !read_number(reader, 59, &minutes))
        return false;
    if (read_char(reader, ':') && !read_number(reader, 59, &seconds))
        return false;
    int64_t ms = ((int64_t)hours * 3600 + minutes * 60 + seconds) * 1000;
    *out_ms = is_negative ? -ms : ms;
    return true;
}

static bool read_day(Reader *reader, ZoneChange *out)
{
    if (read_char(reader, 'M')) {
        out->kind = CHANGE_WEEKDAY;
        return read_number(reader, 12, &out->month) && out->month >= 1 && read_char(reader, '.') &&
               read_number(reader, 5, &out->week) && out->week >= 1 && read_char(reader, '.') &&
               read_number(reader, 6, &out->day);
    }
    out->kind = read_char(reader, 'J') ? CHANGE_DAY_NO_LEAP : CHANGE_DAY_OF_YEAR;
    return read_number(reader, 365, &out->day) && (out->kind == CHANGE_DAY_OF_YEAR || out->day >= 1);
}

static bool read_change(Reader *reader, ZoneChange *out)
{
    out->time_ms = DEFAULT_TIME_MS;
    if (!read_char(reader, ',') || !read_day(reader, out))
        return false;
    return !read_char(reader, '/') || read_time(reader, &out->time_ms);
}

bool zone_rule_parse(Str text, ZoneRule *out)
{
    Reader  reader = { text.ptr, text.ptr + text.len };
    int64_t west_ms;
    *out = (ZoneRule){ 0 };
    if (!read_name(&reader) || !read_time(&reader, &west_ms))
        return false;
    out->standard_ms = -west_ms;
    out->summer_ms = -west_ms + HOUR_MS;
    if (reader.at == reader.end)
        return true;
    if (!read_name(&reader))
        return false;
    if (!peek(&reader, ',')) {
        if (!read_time(&reader, &west_ms))
            return false;
        out->summer_ms = -west_ms;
    }
    out->has_summer = true;
    return read_change(&reader, &out->to_summer) && read_change(&reader, &out->to_standard) && reader.at == reader.end;
}

/* ---- the changes of one year ----------------------------------------------------------------------------------- */

/* Weekday d of week w: from the first such day of the month in steps of seven, back again when beyond its end. */
static int32_t weekday_of_month(const ZoneChange *change, int32_t year)
{
    int32_t first = date_from_civil(year, change->month, 1);
    int32_t first_weekday = date_day_of_week(first) % 7; /* Sunday 0 */
    int32_t day = (change->day - first_weekday + 7) % 7 + (change->week - 1) * 7;
    while (day >= date_days_in_month(year, change->month))
        day -= 7;
    return first + day;
}

static int32_t change_day(const ZoneChange *change, int32_t year)
{
    int32_t january = date_from_civil(year, 1, 1);
    switch (change->kind) {
    case CHANGE_WEEKDAY:
        return weekday_of_month(change, year);
    case CHANGE_DAY_NO_LEAP:
        return january + change->day - 1 + (change->day >= 60 && date_days_in_month(year, 2) == 29);
    case CHANGE_DAY_OF_YEAR:
    default:
        return january + change->day;
    }
}

ZoneYear zone_rule_year(const ZoneRule *rule, int32_t year)
{
    int64_t to_summer = change_day(&rule->to_summer, year) * DAY_MS + rule->to_summer.time_ms - rule->standard_ms;
    int64_t to_standard = change_day(&rule->to_standard, year) * DAY_MS + rule->to_standard.time_ms - rule->summer_ms;
    if (to_summer < to_standard)
        return (ZoneYear){ { to_summer, to_standard }, { rule->summer_ms, rule->standard_ms } };
    return (ZoneYear){ { to_standard, to_summer }, { rule->standard_ms, rule->summer_ms } };
}
