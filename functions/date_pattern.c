/* date_pattern.c: reading patterns, and writing moments by them. */
#include "functions/date_pattern.h"

#include <stdio.h>

const char *const month_names[12] = { "January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December" };

const char *const weekday_names[7] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };

/* ---- reading patterns ------------------------------------------------------------------------------------------ */

#define FORMATTER_LETTERS "GuyYMLQqwWdDEecFahHkKmsSAnNVzOXxZ"
#define SIMPLE_LETTERS    "GyYMLwWDdFEuaHkKhmsSzZX"

/* The most letters in a row that DateTimeFormatter takes; 0 = any number. */
static int32_t width_max(char letter)
{
    if (strchr("dHhkKms", letter))
        return 2;
    if (letter == 'D')
        return 3;
    if (strchr("aFW", letter))
        return 1;
    if (letter == 'w')
        return 2;
    return strchr("GMLQqEecZXx", letter) ? 5 : 0;
}

typedef LIST(DateItem) DateItemList;

typedef struct PatternReader {
    Arena       *arena;
    Str          text;
    int64_t      at;
    DateDialect  dialect;
    DateItemList items;
    Str          problem;
    int32_t      options_open;
} PatternReader;

static bool fail(PatternReader *reader, Str problem)
{
    reader->problem = problem;
    return false;
}

/* 'text', or '' for an apostrophe. */
static bool read_quoted(PatternReader *reader)
{
    char   *copy = arena_alloc(reader->arena, reader->text.len);
    int64_t size = 0;
    for (int64_t at = reader->at + 1; at < reader->text.len; at++) {
        bool is_quote = reader->text.ptr[at] == '\'';
        bool is_pair  = is_quote && at + 1 < reader->text.len && reader->text.ptr[at + 1] == '\'';
        if (is_quote && !is_pair) {
            bool is_apostrophe = at == reader->at + 1;
            reader->at         = at + 1;
            DateItem item      = { .kind = ITEM_LITERAL, .text = is_apostrophe ? STR("'") : (Str){ copy, size } };
            list_push(reader->arena, &reader->items, item);
            return true;
        }
        copy[size++] = reader->text.ptr[at];
        at += is_pair;
    }
    return fail(reader, STR("an apostrophe is not closed"));
}

static bool read_field(PatternReader *reader)
{
    char        letter  = reader->text.ptr[reader->at];
    const char *letters = reader->dialect == DATE_FORMATTER ? FORMATTER_LETTERS : SIMPLE_LETTERS;
    int64_t     start   = reader->at;
    while (reader->at < reader->text.len && reader->text.ptr[reader->at] == letter)
        reader->at++;
    DateItem item = { .kind = ITEM_FIELD, .letter = letter, .width = (int32_t)(reader->at - start) };
    if (!strchr(letters, letter))
        return fail(reader, arena_format(reader->arena, "the letter %c means nothing", letter));
    if (reader->dialect == DATE_FORMATTER && width_max(letter) && item.width > width_max(letter))
        return fail(reader, arena_format(reader->arena, "too many letters %c", letter));
    list_push(reader->arena, &reader->items, item);
    return true;
}

static bool read_option(PatternReader *reader)
{
    bool opens = reader->text.ptr[reader->at++] == '[';
    reader->options_open += opens ? 1 : -1;
    if (reader->options_open < 0)
        return fail(reader, STR("a ] has no ["));
    DateItem item = { .kind = opens ? ITEM_OPTION_START : ITEM_OPTION_END };
    list_push(reader->arena, &reader->items, item);
    return true;
}

static bool read_item(PatternReader *reader)
{
    char byte = reader->text.ptr[reader->at];
    if (byte == '\'')
        return read_quoted(reader);
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
        return read_field(reader);
    if (reader->dialect == DATE_FORMATTER && (byte == '[' || byte == ']'))
        return read_option(reader);
    if (reader->dialect == DATE_FORMATTER && (byte == '{' || byte == '}' || byte == '#'))
        return fail(reader, arena_format(reader->arena, "the character %c is reserved", byte));
    DateItem item = { .kind = ITEM_LITERAL, .text = str_slice(reader->text, reader->at, reader->at + 1) };
    list_push(reader->arena, &reader->items, item);
    reader->at++;
    return true;
}

/* How long a field stays the same, 0 when that is less than a second or a matter of the zone. */
static int64_t field_unit(char letter)
{
    if (strchr("GuyYMLQqwWdDFEec", letter))
        return DAY_MS;
    if (strchr("aHhKk", letter))
        return DAY_MS / 24;
    return letter == 'm' ? 60000 : letter == 's' ? 1000 : 0;
}

static int64_t least_unit(const DateItem *items, int64_t count)
{
    int64_t least = DAY_MS;
    for (int64_t i = 0; i < count; i++) {
        int64_t unit = items[i].kind == ITEM_FIELD ? field_unit(items[i].letter) : DAY_MS;
        least = unit < least ? unit : least;
    }
    return least;
}

const DatePattern *date_pattern_parse(Arena *arena, Str text, DateDialect dialect, Str *problem)
{
    PatternReader reader = { .arena = arena, .text = arena_str(arena, text), .dialect = dialect };
    while (reader.at < text.len)
        if (!read_item(&reader)) {
            *problem = reader.problem;
            return NULL;
        }
    for (; reader.options_open > 0; reader.options_open--) {
        DateItem item = { .kind = ITEM_OPTION_END };
        list_push(arena, &reader.items, item);
    }
    DatePattern *pattern = arena_new(arena, DatePattern, 1);
    *pattern             = (DatePattern){ dialect, reader.items.items, (int32_t)reader.items.count,
                                          least_unit(reader.items.items, reader.items.count) };
    return pattern;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

typedef struct Formatted {
    int32_t   days;
    CivilDate date;
    int64_t   ms_of_day;
    int32_t   weekday; /* Monday 1 */
} Formatted;

/* At least `width` digits. By hand: this is most of what DATE_FORMAT does. */
static void put_number(Text *out, int64_t value, int32_t width)
{
    char     digits[20];
    int32_t  count     = 0;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude);
    if (value < 0)
        text_put(out, '-');
    text_repeat(out, '0', width - count - (value < 0));
    while (count > 0)
        text_put(out, digits[--count]);
}

static void put_name(Text *out, const char *name, int32_t width)
{
    text_append(out, (Str){ name, width == 5 ? 1 : width == 4 ? (int64_t)strlen(name) : 3 });
}

/* Weeks start on Sunday, and the first of January lies in week 1. */
static int32_t week_of(int32_t days, int32_t first_day, int32_t *week_year, int32_t year)
{
    int32_t before = date_day_of_week(first_day) % 7; /* days of that week before it */
    int32_t week   = (days - first_day + before) / 7 + 1;
    if (!week_year)
        return week;
    int32_t next = date_from_civil(year + 1, 1, 1), next_start = next - date_day_of_week(next) % 7;
    *week_year = days >= next_start ? year + 1 : year;
    return days >= next_start ? 1 : week;
}

static void put_year(const DatePattern *pattern, Text *out, char letter, int32_t width, int64_t year)
{
    if (letter != 'u' && letter != 'Y' && year <= 0)
        year = 1 - year;
    if (width == 2)
        put_number(out, floor_mod(year, 100), 2);
    else if (pattern->dialect == DATE_FORMATTER && width >= 4 && year > 9999 && width < 5)
        text_printf(out, "+%lld", (long long)year);
    else
        put_number(out, year, width);
}

static void put_month(const DatePattern *pattern, Text *out, int32_t width, int32_t month)
{
    if (width < 3)
        put_number(out, month, width);
    else
        put_name(out, month_names[month - 1], pattern->dialect == SIMPLE_DATE_FORMAT && width > 4 ? 4 : width);
}

static void put_quarter(Text *out, int32_t width, int32_t quarter)
{
    static const char *const ordinals[] = { "1st", "2nd", "3rd", "4th" };
    if (width < 3)
        put_number(out, quarter, width);
    else if (width == 3)
        text_printf(out, "Q%d", quarter);
    else if (width == 4)
        text_printf(out, "%s quarter", ordinals[quarter - 1]);
    else
        put_number(out, quarter, 1);
}

static void put_weekday(const DatePattern *pattern, Text *out, char letter, int32_t width, int32_t weekday)
{
    bool is_simple = pattern->dialect == SIMPLE_DATE_FORMAT;
    if (letter != 'E' && width < 3)
        put_number(out, weekday % 7 + 1, letter == 'c' ? 1 : width);
    else
        put_name(out, weekday_names[weekday - 1], is_simple ? (width >= 4 ? 4 : 3) : width < 4 ? 3 : width);
}

/* The first digits of the nanoseconds, or in SimpleDateFormat the number of milliseconds. */
static void put_fraction(const DatePattern *pattern, Text *out, int32_t width, int64_t ns)
{
    char digits[16];
    if (pattern->dialect == SIMPLE_DATE_FORMAT) {
        put_number(out, ns / 1000000, width);
        return;
    }
    snprintf(digits, sizeof(digits), "%09lld", (long long)ns);
    text_append(out, (Str){ digits, width < 9 ? width : 9 });
    text_repeat(out, '0', width > 9 ? width - 9 : 0);
}

/* +0200, +02:00, +02, Z: letter and width say which. */
static void put_offset(Text *out, const DateItem *item, DateDialect dialect, int64_t offset_ms)
{
    char    letter = item->letter;
    int32_t width  = item->width;
    int64_t minutes = (offset_ms < 0 ? -offset_ms : offset_ms) / 60000;
    char    sign    = offset_ms < 0 ? '-' : '+';
    bool    is_z    = (letter == 'X' || (letter == 'Z' && width == 5)) && offset_ms == 0;
    bool    has_colon = (letter == 'Z' && width == 5) || (letter != 'Z' && (width == 3 || width == 5));
    if (is_z)
        text_put(out, 'Z');
    else if (letter != 'Z' && width == 1 && (minutes % 60 == 0 || dialect == SIMPLE_DATE_FORMAT))
        text_printf(out, "%c%02d", sign, (int)(minutes / 60));
    else
        text_printf(out, "%c%02d%s%02d", sign, (int)(minutes / 60), has_colon ? ":" : "", (int)(minutes % 60));
}

/* +02:00 */
static const DateItem colon_offset = { .kind = ITEM_FIELD, .letter = 'x', .width = 3 };

/* Zone names are not known here, but for UTC: another zone is named by its offset. */
static void put_zone_name(Text *out, DateMoment moment)
{
    Str name = zone_name(moment.zone);
    if (str_is(name, "UTC") || str_is(name, "GMT")) {
        text_append(out, name);
        return;
    }
    text_puts(out, "GMT");
    put_offset(out, &colon_offset, DATE_FORMATTER, moment.offset_ms);
}

static bool put_zone(const DateItem *item, DateDialect dialect, DateMoment moment, Text *out)
{
    if (!moment.zone)
        return false;
    switch (item->letter) {
    case 'z':
        put_zone_name(out, moment);
        return true;
    case 'V':
        text_append(out, zone_name(moment.zone));
        return true;
    case 'O':
        text_puts(out, "GMT");
        put_offset(out, &colon_offset, DATE_FORMATTER, moment.offset_ms);
        return true;
    default:
        put_offset(out, item, dialect, moment.offset_ms);
        return true;
    }
}

static int32_t date_number(const DatePattern *pattern, const Formatted *at, char letter)
{
    int32_t first_of_month = at->days - at->date.day + 1, first_of_year = date_from_civil(at->date.year, 1, 1),
        week_year;
    switch (letter) {
    case 'd':
        return at->date.day;
    case 'D':
        return at->days - first_of_year + 1;
    case 'F':
        return pattern->dialect == SIMPLE_DATE_FORMAT ? (at->date.day - 1) / 7 + 1 : (at->date.day - 1) % 7 + 1;
    case 'w':
        return week_of(at->days, first_of_year, &week_year, at->date.year);
    default:
        return week_of(at->days, first_of_month, NULL, 0);
    }
}

static int64_t time_number(const Formatted *at, int64_t ns, char letter)
{
    int64_t hour = at->ms_of_day / 3600000;
    switch (letter) {
    case 'H':
        return hour;
    case 'k':
        return hour == 0 ? 24 : hour;
    case 'K':
        return hour % 12;
    case 'h':
        return hour % 12 == 0 ? 12 : hour % 12;
    case 'm':
        return at->ms_of_day / 60000 % 60;
    case 's':
        return at->ms_of_day / 1000 % 60;
    case 'A':
        return at->ms_of_day;
    case 'n':
        return at->ms_of_day % 1000 * 1000000 + ns;
    default:
        return at->ms_of_day * 1000000 + ns;
    }
}

static bool put_field(const DatePattern *pattern, const DateItem *item, DateMoment moment, const Formatted *at,
                      Text *out)
{
    int32_t week_year;
    switch (item->letter) {
    case 'G': {
        bool is_before = at->date.year <= 0, is_long = item->width == 4 && pattern->dialect == DATE_FORMATTER;
        text_puts(out, is_long ? (is_before ? "Before Christ" : "Anno Domini") : (is_before ? "BC" : "AD"));
        return true;
    }
    case 'u':
        if (pattern->dialect == SIMPLE_DATE_FORMAT)
            put_number(out, at->weekday, item->width);
        else
            put_year(pattern, out, 'u', item->width, at->date.year);
        return true;
    case 'y':
        put_year(pattern, out, 'y', item->width, at->date.year);
        return true;
    case 'Y':
        week_of(at->days, date_from_civil(at->date.year, 1, 1), &week_year, at->date.year);
        put_year(pattern, out, 'Y', item->width, week_year);
        return true;
    case 'M':
    case 'L':
        put_month(pattern, out, item->width, at->date.month);
        return true;
    case 'Q':
    case 'q':
        put_quarter(out, item->width, (at->date.month + 2) / 3);
        return true;
    case 'E':
    case 'e':
    case 'c':
        put_weekday(pattern, out, item->letter, item->width, at->weekday);
        return true;
    case 'a':
        text_puts(out, at->ms_of_day >= DAY_MS / 2 ? "PM" : "AM");
        return true;
    case 'S':
        put_fraction(pattern, out, item->width, at->ms_of_day % 1000 * 1000000 + moment.ns);
        return true;
    case 'd':
    case 'D':
    case 'F':
    case 'w':
    case 'W':
        put_number(out, date_number(pattern, at, item->letter), item->width);
        return true;
    case 'z':
    case 'V':
    case 'O':
    case 'X':
    case 'x':
    case 'Z':
        return put_zone(item, pattern->dialect, moment, out);
    default:
        put_number(out, time_number(at, moment.ns, item->letter), item->width);
        return true;
    }
}

bool date_pattern_format(const DatePattern *pattern, DateMoment moment, Text *out)
{
    Formatted at = { .days = (int32_t)floor_div(moment.local_ms, DAY_MS),
                     .ms_of_day = floor_mod(moment.local_ms, DAY_MS) };
    at.date      = date_to_civil(at.days);
    at.weekday   = date_day_of_week(at.days);
    for (int32_t i = 0; i < pattern->count; i++) {
        const DateItem *item = &pattern->items[i];
        if (item->kind == ITEM_LITERAL)
            text_append(out, item->text);
        else if (item->kind == ITEM_FIELD && !put_field(pattern, item, moment, &at, out))
            return false;
    }
    return true;
}
