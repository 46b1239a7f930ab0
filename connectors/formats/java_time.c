/* java_time.c: one cursor over the text; each part takes its digits and says whether they were there. */
#include "connectors/formats/java_time.h"

enum { YEAR_DIGITS_MAX = 6 }; /* the dialect's years have four; more can be written with a sign */

const TimeLayout time_layout_sql = { .separator = ' ' };
const TimeLayout time_layout_sql_zoned = { .separator = ' ', .suffix = 'Z' };
const TimeLayout time_layout_iso = {
    .separator = 'T',
    .seconds_optional = true,
    .is_strict = true,
    .takes_lower_case = true,
};
const TimeLayout time_layout_iso_zoned = { .separator = 'T', .suffix = 'Z', .seconds_optional = true };

typedef struct Cursor {
    const char *at;
    const char *end;
} Cursor;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(Cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

/* As many digits as stand there, `most` at most; returns how many. */
static int32_t take_digits(Cursor *cursor, int32_t most, int32_t *value)
{
    int32_t count = 0;
    *value = 0;
    while (count < most && cursor->at < cursor->end && is_digit(*cursor->at)) {
        *value = *value * 10 + (*cursor->at++ - '0');
        count++;
    }
    return count;
}

static bool take_two(Cursor *cursor, int32_t *value)
{
    return take_digits(cursor, 2, value) == 2;
}

/* Four digits; more only with '+'; a '-' before four or more. */
static bool take_year(Cursor *cursor, int32_t *year)
{
    bool    is_negative = take(cursor, '-');
    bool    has_plus = !is_negative && take(cursor, '+');
    int32_t digits = take_digits(cursor, YEAR_DIGITS_MAX, year);
    if (is_negative)
        *year = -*year;
    if (has_plus)
        return digits > 4;
    return is_negative ? digits >= 4 : digits == 4;
}

static bool take_date(Cursor *cursor, bool is_strict, int32_t *days)
{
    int32_t year;
    int32_t month;
    int32_t day;
    if (!take_year(cursor, &year) || !take(cursor, '-') || !take_two(cursor, &month) || !take(cursor, '-') ||
        !take_two(cursor, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    int32_t last = date_days_in_month(year, month);
    if (day > last && is_strict)
        return false;
    *days = date_from_civil(year, month, day < last ? day : last);
    return true;
}

typedef struct ClockTime {
    int32_t hour;
    int32_t minute;
    int32_t second;
    int32_t nano;
} ClockTime;

static bool take_fraction(Cursor *cursor, int32_t *nano)
{
    int32_t digits = take_digits(cursor, 9, nano);
    for (int32_t i = digits; i < 9; i++)
        *nano *= 10;
    return digits > 0;
}

static bool take_time(Cursor *cursor, bool seconds_optional, ClockTime *time)
{
    *time = (ClockTime){ 0 };
    if (!take_two(cursor, &time->hour) || !take(cursor, ':') || !take_two(cursor, &time->minute))
        return false;
    if (!take(cursor, ':'))
        return seconds_optional;
    if (!take_two(cursor, &time->second))
        return false;
    if (take(cursor, '.'))
        take_fraction(cursor, &time->nano); /* a point with no digits behind it will do */
    return true;
}

static bool is_midnight_24(const ClockTime *time)
{
    return time->hour == 24 && time->minute == 0 && time->second == 0 && time->nano == 0;
}

static bool is_clock_time(const ClockTime *time, bool is_strict)
{
    if (is_midnight_24(time))
        return !is_strict;
    return time->hour <= 23 && time->minute <= 59 && time->second <= 59;
}

static int64_t clock_ms(const ClockTime *time)
{
    return ((time->hour * 60LL + time->minute) * 60 + time->second) * 1000 + time->nano / 1000000;
}

static bool take_separator(Cursor *cursor, const TimeLayout *layout)
{
    return take(cursor, layout->separator) ||
           (layout->takes_lower_case && take(cursor, (char)(layout->separator | 0x20)));
}

bool time_layout_parse(const TimeLayout *layout, Str text, Timestamp *out)
{
    Cursor    cursor = { text.ptr, text.ptr + text.len };
    ClockTime time;
    int32_t   days;
    if (!take_date(&cursor, layout->is_strict, &days) || !take_separator(&cursor, layout) ||
        !take_time(&cursor, layout->seconds_optional, &time) || !is_clock_time(&time, layout->is_strict))
        return false;
    if (layout->suffix && !take(&cursor, layout->suffix))
        return false;
    *out = (Timestamp){ .ms = days * DAY_MS + clock_ms(&time), .ns = time.nano % 1000000 };
    return cursor.at == cursor.end;
}

bool iso_date_parse(Str text, int32_t *days)
{
    Cursor cursor = { text.ptr, text.ptr + text.len };
    return take_date(&cursor, true, days) && cursor.at == cursor.end;
}

bool sql_time_parse(Str text, int32_t *ms_of_day)
{
    Cursor    cursor = { text.ptr, text.ptr + text.len };
    ClockTime time;
    if (!take_time(&cursor, false, &time) || !is_clock_time(&time, false) || cursor.at != cursor.end)
        return false;
    *ms_of_day = is_midnight_24(&time) ? 0 : (int32_t)clock_ms(&time);
    return true;
}

bool iso_time_parse(Str text, int32_t *ms_of_day)
{
    Cursor    cursor = { text.ptr, text.ptr + text.len };
    ClockTime time;
    if (!take_time(&cursor, true, &time) || !is_clock_time(&time, true) || cursor.at != cursor.end)
        return false;
    *ms_of_day = (int32_t)clock_ms(&time);
    return true;
}

bool java_sql_date_parse(Str text, int32_t *days)
{
    Cursor  cursor = { text.ptr, text.ptr + text.len };
    int32_t year;
    int32_t month;
    int32_t day;
    if (take_digits(&cursor, 4, &year) != 4 || !take(&cursor, '-') || take_digits(&cursor, 2, &month) == 0 ||
        !take(&cursor, '-') || take_digits(&cursor, 2, &day) == 0 || cursor.at != cursor.end)
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *days = date_from_civil(year, month, 1) + day - 1;
    return true;
}
