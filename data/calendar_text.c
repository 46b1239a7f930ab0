/* calendar_text.c: dates and times as text, and from the text that CAST takes.
 *
 * The three parsers are as lenient, and as strict, as the dialect's:
 *   DATE       what stands before the first space: year, year-month or year-month-day, blanks around each allowed
 *   TIME       h, h:m, h:m:s or h:m:s.f, and an offset behind
 *   TIMESTAMP  yyyy-[M]M-[d]d or that and " [H]H:[m]m:[s]s[.f]", nothing around it; 24:00:00 is the next day, a day
 *              beyond the month's end is its last one, and a part without digits counts as missing */
#include "data/calendar.h"
#include "data/number.h"

enum { HOUR_MS = 3600000, MINUTE_MS = 60000, SECOND_MS = 1000, YEAR_DIGITS_MAX = 7, YEAR_MAX = 5000000 };

/* ---- printing -------------------------------------------------------------------------------------------------- */

static char *put_2(char *out, int32_t value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

static char *put_padded(char *out, int32_t value, int32_t width)
{
    for (int32_t i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static char *put_year(char *out, int32_t year)
{
    if (year < 0)
        *out++ = '-';
    else if (year > 9999)
        *out++ = '+';
    int32_t magnitude = year < 0 ? -year : year;
    if (magnitude > 9999)
        return out + i64_print(magnitude, out);
    return put_padded(out, magnitude, 4);
}

static char *put_date(char *out, int32_t days)
{
    CivilDate date = date_to_civil(days);
    out = put_year(out, date.year);
    *out++ = '-';
    out = put_2(out, date.month);
    *out++ = '-';
    return put_2(out, date.day);
}

/* digits of nanoseconds; < 0: without trailing zeros, and without the point when nothing is left. */
static char *put_fraction(char *out, int32_t nanoseconds, int32_t digits)
{
    char text[9];
    put_padded(text, nanoseconds, 9);
    if (digits < 0)
        for (digits = 9; digits > 0 && text[digits - 1] == '0';)
            digits--;
    if (digits == 0)
        return out;
    *out++ = '.';
    memcpy(out, text, (size_t)digits);
    return out + digits;
}

static char *put_time(char *out, int32_t ms_of_day, int32_t nanoseconds, int32_t digits)
{
    out = put_2(out, ms_of_day / HOUR_MS);
    *out++ = ':';
    out = put_2(out, ms_of_day / MINUTE_MS % 60);
    *out++ = ':';
    out = put_2(out, ms_of_day / SECOND_MS % 60);
    return put_fraction(out, ms_of_day % SECOND_MS * 1000000 + nanoseconds, digits);
}

int32_t date_print(int32_t days, char *out)
{
    return (int32_t)(put_date(out, days) - out);
}

int32_t time_print(int32_t ms_of_day, int32_t digits, char *out)
{
    return (int32_t)(put_time(out, ms_of_day, 0, digits) - out);
}

int32_t timestamp_print(Timestamp value, int32_t digits, char separator, char *out)
{
    int64_t days = floor_div(value.ms, DAY_MS);
    char   *at = put_date(out, (int32_t)days);
    *at++ = separator;
    at = put_time(at, (int32_t)(value.ms - days * DAY_MS), value.ns, digits);
    return (int32_t)(at - out);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct Reader {
    const char *at;
    const char *end;
} Reader;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool read_char(Reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool read_fixed(Reader *reader, int32_t width, int32_t *out)
{
    if (reader->end - reader->at < width)
        return false;
    int32_t value = 0;
    for (int32_t i = 0; i < width; i++) {
        if (!is_digit(reader->at[i]))
            return false;
        value = value * 10 + (reader->at[i] - '0');
    }
    reader->at += width;
    *out = value;
    return true;
}

/* One or two digits; leaves *out when there are none. The dialect tries "two digits, then any number of digits", each
 * if it can, so the same value may stand twice: 0:00:00 and 00:000:00 are midnight. */
static void read_short(Reader *reader, int32_t *out)
{
    if (!read_fixed(reader, 2, out)) {
        read_fixed(reader, 1, out);
        return;
    }
    const char *at = reader->at;
    int32_t     again = 0;
    while (at < reader->end && is_digit(*at) && again <= *out)
        again = again * 10 + (*at++ - '0');
    if (at > reader->at && again == *out && (at == reader->end || !is_digit(*at)))
        reader->at = at;
}

/* Four digits, or more behind a '+'. */
static bool read_year(Reader *reader, int32_t *out)
{
    if (!read_char(reader, '+'))
        return read_fixed(reader, 4, out) && (reader->at == reader->end || !is_digit(*reader->at));
    const char *start = reader->at;
    int32_t     value = 0;
    while (reader->at < reader->end && is_digit(*reader->at) && reader->at - start < YEAR_DIGITS_MAX)
        value = value * 10 + (*reader->at++ - '0');
    *out = value;
    return reader->at - start > 4 && value <= YEAR_MAX;
}

/* Up to nine digits behind a point that has been read. */
static int32_t read_nanoseconds(Reader *reader)
{
    int32_t value = 0;
    int32_t count = 0;
    for (; count < 9 && reader->at < reader->end && is_digit(*reader->at); count++)
        value = value * 10 + (*reader->at++ - '0');
    for (; count < 9; count++)
        value *= 10;
    return value;
}

/* What a timestamp's text says, not yet checked. */
typedef struct Fields {
    int32_t year, month, day;
    int32_t hour, minute, second, nanoseconds;
} Fields;

static bool time_is_valid(const Fields *fields)
{
    return fields->hour <= 23 && fields->minute <= 59 && fields->second <= 59;
}

static void to_timestamp(const Fields *fields, Timestamp *out)
{
    int64_t days = date_from_civil(fields->year, fields->month, fields->day);
    int64_t ms_of_day = (int64_t)fields->hour * HOUR_MS + fields->minute * MINUTE_MS + fields->second * SECOND_MS;
    out->ms = days * DAY_MS + ms_of_day + fields->nanoseconds / 1000000;
    out->ns = fields->nanoseconds % 1000000;
    out->unused = 0;
}

static bool read_clock(Reader *reader, Fields *fields)
{
    if (!read_char(reader, ' '))
        return false;
    read_short(reader, &fields->hour);
    if (!read_char(reader, ':'))
        return false;
    read_short(reader, &fields->minute);
    if (!read_char(reader, ':'))
        return false;
    read_short(reader, &fields->second);
    if (read_char(reader, '.'))
        fields->nanoseconds = read_nanoseconds(reader);
    return true;
}

bool timestamp_parse(Str text, Timestamp *out)
{
    Reader reader = { text.ptr, text.ptr + text.len };
    Fields fields = { .month = 1, .day = 1 };
    if (!read_year(&reader, &fields.year) || !read_char(&reader, '-'))
        return false;
    const char *month = reader.at;
    read_short(&reader, &fields.month);
    if (reader.at == month || !read_char(&reader, '-'))
        return false;
    read_short(&reader, &fields.day);
    if (reader.at < reader.end && !read_clock(&reader, &fields))
        return false;
    if (reader.at != reader.end || fields.year < 1 || fields.month < 1 || fields.month > 12 || fields.day < 1 ||
        fields.day > 31)
        return false;
    bool is_end_of_day = fields.hour == 24 && fields.minute == 0 && fields.second == 0 && fields.nanoseconds == 0;
    if (!is_end_of_day && !time_is_valid(&fields))
        return false;
    int32_t last = date_days_in_month(fields.year, fields.month);
    fields.day = fields.day < last ? fields.day : last;
    to_timestamp(&fields, out);
    return true;
}

bool timestamp_parse_fixed(Str text, char separator, bool seconds_optional, Timestamp *out)
{
    Reader reader = { text.ptr, text.ptr + text.len };
    Fields fields = { 0 };
    if (!read_fixed(&reader, 4, &fields.year) || !read_char(&reader, '-') || !read_fixed(&reader, 2, &fields.month) ||
        !read_char(&reader, '-') || !read_fixed(&reader, 2, &fields.day) || !read_char(&reader, separator) ||
        !read_fixed(&reader, 2, &fields.hour) || !read_char(&reader, ':') || !read_fixed(&reader, 2, &fields.minute))
        return false;
    if (reader.at < reader.end || !seconds_optional) {
        if (!read_char(&reader, ':') || !read_fixed(&reader, 2, &fields.second))
            return false;
        if (read_char(&reader, '.'))
            fields.nanoseconds = read_nanoseconds(&reader);
    }
    if (reader.at != reader.end || !date_is_valid(fields.year, fields.month, fields.day) || !time_is_valid(&fields))
        return false;
    to_timestamp(&fields, out);
    return true;
}

/* ---- DATE and TIME: parts between separators ------------------------------------------------------------------- */

/* Digits only, blanks around them; false when there are none or too many. */
static bool part_parse(Str text, int32_t *out)
{
    while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    int64_t value;
    if (text.len == 0 || !is_digit(text.ptr[0]) || !i64_parse(text, &value) || value > INT32_MAX)
        return false;
    *out = (int32_t)value;
    return true;
}

bool date_parse(Str text, int32_t *out)
{
    int64_t space = str_find(text, ' ');
    Str     rest = space > 0 ? str_slice(text, 0, space) : text;
    int32_t parts[3] = { 0, 1, 1 }; /* year, month, day */
    for (int i = 0; i < 3; i++) {
        int64_t hyphen = i < 2 ? str_find(rest, '-') : -1;
        if (!part_parse(hyphen < 0 ? rest : str_slice(rest, 0, hyphen), &parts[i]))
            return false;
        if (hyphen < 0)
            break;
        rest = str_slice(rest, hyphen + 1, rest.len);
    }
    if (parts[0] > 9999 || !date_is_valid(parts[0], parts[1], parts[2]))
        return false;
    *out = date_from_civil(parts[0], parts[1], parts[2]);
    return true;
}

/* Three digits, the fourth rounds; what is no digit counts as 0. */
static int32_t milliseconds_of(Str text)
{
    text = str_trim(text);
    int32_t value = 0;
    int32_t unit = 100;
    for (int64_t i = 0; i < text.len && i < 3; i++, unit /= 10)
        value += unit * (is_digit(text.ptr[i]) ? text.ptr[i] - '0' : 0);
    return value + (text.len > 3 && text.ptr[3] >= '5');
}

/* "+hh[:mm]" behind the sign. */
static bool zone_parse(Str text, int32_t *hours, int32_t *minutes)
{
    int64_t colon = str_find(text, ':');
    *minutes = 0;
    if (colon < 0)
        return part_parse(text, hours);
    return part_parse(str_slice(text, 0, colon), hours) && part_parse(str_slice(text, colon + 1, text.len), minutes);
}

/* h[:m[:s[.f]]]; *colons: how many there were. */
static bool clock_parse(Str text, int32_t *parts, int *colons)
{
    for (int i = 0; i < 3; i++) {
        *colons = i;
        int64_t colon = i < 2 ? str_find(text, ':') : -1;
        int64_t point = i == 2 ? str_find(text, '.') : -1;
        int64_t end = colon >= 0 ? colon : point >= 0 ? point : text.len;
        if (!part_parse(str_slice(text, 0, end), &parts[i]))
            return false;
        if (point >= 0)
            parts[3] = milliseconds_of(str_slice(text, point + 1, text.len));
        if (colon < 0)
            return true;
        text = str_slice(text, colon + 1, text.len);
    }
    return true;
}

/* The first two colons of the whole text separate hour, minute and second, so an offset with a colon needs both of them
 * before it. A time that the offset takes below midnight is of the day before. */
bool time_parse(Str text, int32_t *out)
{
    int32_t parts[4] = { 0 }; /* hour, minute, second, ms */
    int32_t zone_hours = 0, zone_minutes = 0;
    int     colons = 0;
    int64_t sign = str_find(text, '-');
    int32_t direction = sign >= 0 ? -1 : 1;
    if (sign < 0)
        sign = str_find(text, '+');
    Str zone = sign >= 0 ? str_slice(text, sign + 1, text.len) : STR_EMPTY;
    if (sign >= 0 && !zone_parse(zone, &zone_hours, &zone_minutes))
        return false;
    if (!clock_parse(sign >= 0 ? str_slice(text, 0, sign) : text, parts, &colons))
        return false;
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59 || (colons < 2 && str_find(zone, ':') >= 0))
        return false;
    int64_t minutes = (int64_t)direction * (zone_hours * 60LL + zone_minutes);
    int64_t clock_ms = parts[0] * (int64_t)HOUR_MS + parts[1] * MINUTE_MS + parts[2] * SECOND_MS + parts[3];
    int64_t ms = clock_ms + minutes * MINUTE_MS;
    *out = (int32_t)floor_mod(ms, DAY_MS);
    return ms < DAY_MS;
}
