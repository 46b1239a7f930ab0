/* simple_date_parse.c: texts by a pattern, as java.text's SimpleDateFormat reads them (lenient).
 *
 * Numbers take all digits they find, and a sign, but where numbers stand directly behind each other each takes as many
 * characters as its letters. Blanks before a number are passed over. What is out of range carries over: month 13 is
 * January of the next year. Text behind the last item is not looked at. */
#include "functions/date_pattern.h"

typedef struct Reader {
    const DatePattern *pattern;
    Str                text;
    int64_t            at;
    int64_t            now_ms;
    int64_t            year, month, day, day_of_year; /* day_of_year 0: not read */
    int64_t            hour, half_day_hour, minute, second, ms; /* half_day_hour -1: not read */
    int32_t            half;
    bool               has_offset;
    int64_t            offset_ms;
} Reader;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_number(const DateItem *item)
{
    return item->kind == ITEM_FIELD && !strchr("GEazZX", item->letter) &&
           !((item->letter == 'M' || item->letter == 'L') && item->width > 2);
}

/* Another number follows directly. */
static bool is_abutting(const DatePattern *pattern, int32_t index)
{
    return index + 1 < pattern->count && is_number(&pattern->items[index]) && is_number(&pattern->items[index + 1]);
}

/* A number of a run that abuts the one before it keeps to its width, too, unless it is the last. */
static bool read_number(Reader *reader, int32_t index, int64_t *out, int64_t *digits)
{
    while (reader->at < reader->text.len && (reader->text.ptr[reader->at] == ' ' ||
                                             reader->text.ptr[reader->at] == '\t'))
        reader->at++;
    int64_t end = reader->text.len;
    if (is_abutting(reader->pattern, index) && reader->at + reader->pattern->items[index].width < end)
        end = reader->at + reader->pattern->items[index].width;
    int64_t at          = reader->at;
    bool    is_negative = at < end && reader->text.ptr[at] == '-';
    at += is_negative;
    int64_t start = at;
    for (*out = 0; at < end && is_digit(reader->text.ptr[at]); at++)
        *out = *out < 100000000000 ? *out * 10 + (reader->text.ptr[at] - '0') : *out;
    *digits = at - start;
    if (at == start)
        return false;
    if (is_negative)
        *out = -*out;
    reader->at = at;
    return true;
}

/* Two digits under at most two letters mean the year within 80 years before and 20 after now. */
static int64_t whole_year(const Reader *reader, int32_t width, int64_t year, int64_t digits)
{
    if (width > 2 || digits != 2 || year < 0)
        return year;
    int64_t first = date_to_civil((int32_t)floor_div(reader->now_ms, DAY_MS)).year - 80;
    int64_t whole = first - floor_mod(first, 100) + year;
    return whole < first ? whole + 100 : whole;
}

static bool set_number(Reader *reader, const DateItem *item, int64_t value, int64_t digits)
{
    switch (item->letter) {
    case 'y':
    case 'Y':
        reader->year = whole_year(reader, item->width, value, digits);
        return true;
    case 'M':
    case 'L':
        reader->month = value;
        return true;
    case 'd':
        reader->day = value;
        return true;
    case 'D':
        reader->day_of_year = value;
        return true;
    case 'H':
        reader->hour = value;
        return true;
    case 'k':
        reader->hour = value == 24 ? 0 : value;
        return true;
    case 'K':
        reader->half_day_hour = value;
        return true;
    case 'h':
        reader->half_day_hour = value == 12 ? 0 : value;
        return true;
    case 'm':
        reader->minute = value;
        return true;
    case 's':
        reader->second = value;
        return true;
    case 'S':
        reader->ms = value;
        return true;
    default:
        return true;
    }
}

/* The longest name, or its first three letters, that is there; letter case does not count. */
static int32_t read_name(Reader *reader, const char *const *names, int32_t count, int64_t short_size)
{
    Str     rest = str_slice(reader->text, reader->at, reader->text.len);
    int32_t best = -1;
    int64_t best_size = 0;
    for (int32_t i = 0; i < count; i++) {
        Str whole = str_from(names[i]);
        for (int is_short = 0; is_short < 2; is_short++) {
            Str name = is_short ? str_slice(whole, 0, short_size) : whole;
            if (name.len <= best_size || name.len > rest.len || !str_eq_nocase(str_slice(rest, 0, name.len), name))
                continue;
            best      = i;
            best_size = name.len;
        }
    }
    reader->at += best_size;
    return best;
}

/* ---- zones ----------------------------------------------------------------------------------------------------- */

typedef struct ZoneName {
    const char *name;
    int32_t     hours;
} ZoneName;

static const ZoneName zone_names[] = {
    { "UTC", 0 },  { "GMT", 0 },  { "UT", 0 },   { "Z", 0 },    { "CET", 1 },  { "CEST", 2 }, { "BST", 1 },
        { "EET", 2 },
    { "EEST", 3 }, { "WET", 0 },  { "WEST", 1 }, { "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
        { "MST", -7 },
    { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 }, { "JST", 9 },  { "MSK", 3 },
};

/* [+-]hh[[:]mm] */
static bool read_offset(Reader *reader)
{
    Str rest = str_slice(reader->text, reader->at, reader->text.len);
    if (rest.len < 3 || (rest.ptr[0] != '+' && rest.ptr[0] != '-') || !is_digit(rest.ptr[1]) || !is_digit(rest.ptr[2]))
        return false;
    int64_t minutes = ((rest.ptr[1] - '0') * 10 + (rest.ptr[2] - '0')) * 60, at = 3;
    if (rest.len > at + 2 && rest.ptr[at] == ':')
        at++;
    if (rest.len >= at + 2 && is_digit(rest.ptr[at]) && is_digit(rest.ptr[at + 1])) {
        minutes += (rest.ptr[at] - '0') * 10 + (rest.ptr[at + 1] - '0');
        at += 2;
    } else {
        at = 3;
    }
    reader->at += at;
    reader->offset_ms  = (rest.ptr[0] == '-' ? -minutes : minutes) * 60000;
    reader->has_offset = true;
    return true;
}

static bool read_zone(Reader *reader)
{
    Str     rest = str_slice(reader->text, reader->at, reader->text.len);
    int64_t size = 0;
    if (read_offset(reader))
        return true;
    while (size < rest.len && (rest.ptr[size] | 32) >= 'a' && (rest.ptr[size] | 32) <= 'z')
        size++;
    for (size_t i = 0; i < sizeof(zone_names) / sizeof(*zone_names); i++) {
        if (!str_is_nocase(str_slice(rest, 0, size), zone_names[i].name))
            continue;
        reader->at += size;
        reader->offset_ms  = zone_names[i].hours * 3600000LL;
        reader->has_offset = true;
        if (zone_names[i].hours == 0)
            read_offset(reader);
        return true;
    }
    return false;
}

/* ---- all together ---------------------------------------------------------------------------------------------- */

static bool read_field(Reader *reader, int32_t index)
{
    static const char *const halves[2] = { "AM", "PM" };
    static const char *const eras[2]   = { "BC", "AD" };
    const DateItem *item = &reader->pattern->items[index];
    int64_t         number, digits;
    if (is_number(item))
        return read_number(reader, index, &number, &digits) && set_number(reader, item, number, digits);
    switch (item->letter) {
    case 'M':
    case 'L':
        reader->month = read_name(reader, month_names, 12, 3) + 1;
        return reader->month > 0;
    case 'E':
        return read_name(reader, weekday_names, 7, 3) >= 0;
    case 'a':
        reader->half = read_name(reader, halves, 2, 2);
        return reader->half >= 0;
    case 'G':
        return read_name(reader, eras, 2, 2) >= 0;
    default:
        return read_zone(reader);
    }
}

static int64_t local_ms(const Reader *reader)
{
    int64_t month = reader->month - 1, hour = reader->hour;
    int64_t year  = reader->year + floor_div(month, 12);
    int64_t days  = date_from_civil((int32_t)year, (int32_t)floor_mod(month, 12) + 1, 1) + reader->day - 1;
    if (reader->day_of_year)
        days = date_from_civil((int32_t)reader->year, 1, 1) + reader->day_of_year - 1;
    if (reader->half_day_hour >= 0)
        hour = reader->half_day_hour + (reader->half > 0 ? 12 : 0);
    return ((days * 24 + hour) * 60 + reader->minute) * 60000 + reader->second * 1000 + reader->ms;
}

/* In a doubled hour the second one, as java.util's calendar has it. */
static int64_t to_utc(const Zone *zone, int64_t local)
{
    int64_t later = zone_to_utc_for_timer(zone, local);
    return zone_to_local(zone, later) == local ? later : zone_to_utc(zone, local);
}

bool simple_date_parse(const DatePattern *pattern, Str text, const Zone *zone, int64_t now_ms, int64_t *out)
{
    Reader reader = { .pattern = pattern, .text = text, .now_ms = now_ms, .year = 1970, .month = 1, .day = 1,
                      .half_day_hour = -1 };
    for (int32_t i = 0; i < pattern->count; i++) {
        const DateItem *item = &pattern->items[i];
        if (item->kind == ITEM_FIELD && !read_field(&reader, i))
            return false;
        if (item->kind != ITEM_LITERAL)
            continue;
        if (!str_starts_with(str_slice(text, reader.at, text.len), item->text))
            return false;
        reader.at += item->text.len;
    }
    if (reader.year < -200000000 || reader.year > 200000000)
        return false;
    int64_t local = local_ms(&reader);
    *out          = reader.has_offset ? local - reader.offset_ms : to_utc(zone, local);
    return true;
}
