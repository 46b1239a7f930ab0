/* date_formatter_parse.c: texts by a pattern, as java.time's DateTimeFormatter reads them (ResolverStyle SMART),
 * completed as Flink does.
 *
 * Widths are strict: "MM" is two digits, "M" one or more. A number of free width that stands directly before numbers
 * of fixed width leaves them their digits ("yyyyMMdd"). A day up to 31 that the month does not have becomes the
 * month's last. */
#include "functions/date_pattern.h"

enum { DIGITS_MAX = 18 };

/* What has been read; -1 = nothing. */
typedef struct Fields {
    int64_t year, month, day, day_of_year;
    int64_t hour, half_day_hour, half, minute, second, ns, ns_of_day;
    int32_t weekday;
} Fields;

typedef struct Reader {
    const DatePattern *pattern;
    Str                text;
    int64_t            at;
    Fields             fields;
} Reader;

/* How a number item may look. */
typedef struct Width {
    int32_t min, max; /* 0, 0: no number */
    bool    is_fixed;
} Width;

static Width number_width(const DateItem *item)
{
    int32_t width = item->width;
    if (item->kind != ITEM_FIELD)
        return (Width){ 0, 0, false };
    switch (item->letter) {
    case 'y':
    case 'u':
        return width == 2 ? (Width){ 2, 2, true } : (Width){ width, DIGITS_MAX, false };
    case 'M':
    case 'L':
        return width > 2 ? (Width){ 0, 0, false } : width == 2
            ? (Width){ 2, 2, true } : (Width){ 1, DIGITS_MAX, false };
    case 'D':
        return width == 1 ? (Width){ 1, DIGITS_MAX, false } : (Width){ width, 3, width == 3 };
    case 'd':
    case 'H':
    case 'h':
    case 'k':
    case 'K':
    case 'm':
    case 's':
    case 'w':
    case 'W':
        return width == 2 ? (Width){ 2, 2, true } : (Width){ 1, DIGITS_MAX, false };
    case 'S':
        return (Width){ width, width, true };
    case 'n':
    case 'N':
    case 'A':
        return (Width){ width, DIGITS_MAX, false };
    default:
        return (Width){ 0, 0, false };
    }
}

/* Digits that the fixed numbers directly behind the item need. */
static int32_t digits_behind(const DatePattern *pattern, int32_t index)
{
    int32_t digits = 0;
    for (int32_t i = index + 1; i < pattern->count; i++) {
        Width width = number_width(&pattern->items[i]);
        if (!width.is_fixed)
            break;
        digits += width.max;
    }
    return digits;
}

static int64_t digits_ahead(const Reader *reader)
{
    int64_t at = reader->at;
    while (at < reader->text.len && reader->text.ptr[at] >= '0' && reader->text.ptr[at] <= '9')
        at++;
    return at - reader->at;
}

static bool read_number(Reader *reader, int32_t index, int64_t *out)
{
    const DateItem *item    = &reader->pattern->items[index];
    Width           width   = number_width(item);
    bool            is_year = item->letter == 'y' || item->letter == 'u';
    char            sign    = reader->at < reader->text.len ? reader->text.ptr[reader->at] : 0;
    bool            has_sign = is_year && !width.is_fixed && (sign == '-' || sign == '+');
    reader->at += has_sign;
    int64_t size = digits_ahead(reader), reserved = width.is_fixed ? 0 : digits_behind(reader->pattern, index);
    if (size - reserved >= width.min)
        size -= reserved;
    size = size < width.max ? size : width.max;
    if (size < width.min || (sign == '+' && has_sign && size <= item->width))
        return false;
    if (item->width == 4 && is_year && !has_sign && size > 4)
        return false;
    *out = 0;
    for (int64_t i = 0; i < size; i++)
        *out = *out * 10 + (reader->text.ptr[reader->at++] - '0');
    if (has_sign && sign == '-')
        *out = -*out;
    return true;
}

/* The longest of the names that is there; its index, or -1. Letter case counts. */
static int32_t read_name(Reader *reader, const char *const *names, int32_t count, int32_t width)
{
    Str rest = str_slice(reader->text, reader->at, reader->text.len);
    for (int32_t i = 0; i < count; i++) {
        Str name = str_from(names[i]);
        if (width == 3)
            name.len = 3;
        if (str_starts_with(rest, name)) {
            reader->at += name.len;
            return i;
        }
    }
    return -1;
}

/* Z, +02, +0200, +02:00: read, and left aside. */
static bool read_offset(Reader *reader, const DateItem *item)
{
    Str  rest      = str_slice(reader->text, reader->at, reader->text.len);
    bool has_colon = (item->letter == 'Z' && item->width == 5) ||
        (item->letter != 'Z' && (item->width == 3 || item->width == 5));
    bool z_allowed = item->letter == 'X' || (item->letter == 'Z' && item->width == 5);
    if (z_allowed && rest.len && rest.ptr[0] == 'Z') {
        reader->at++;
        return true;
    }
    int64_t need = item->letter != 'Z' && item->width == 1 ? 3 : has_colon ? 6 : 5;
    if (rest.len < need || (rest.ptr[0] != '+' && rest.ptr[0] != '-'))
        return false;
    for (int64_t i = 1; i < need; i++) {
        bool is_colon = has_colon && i == 3;
        if (is_colon ? rest.ptr[i] != ':' : rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
    }
    reader->at += need;
    return true;
}

static bool read_zone_name(Reader *reader)
{
    int64_t start = reader->at;
    while (reader->at < reader->text.len &&
           ((reader->text.ptr[reader->at] | 32) >= 'a' || strchr("/_+-:0123456789", reader->text.ptr[reader->at])) &&
           reader->text.ptr[reader->at] != ' ')
        reader->at++;
    return reader->at > start;
}

/* ---- fields ---------------------------------------------------------------------------------------------------- */

static bool set_field(int64_t *field, int64_t value, int64_t min, int64_t max)
{
    if (value < min || value > max || (*field >= 0 && *field != value))
        return false;
    *field = value;
    return true;
}

static int64_t fraction_ns(int64_t value, int32_t width)
{
    for (; width < 9; width++)
        value *= 10;
    for (; width > 9; width--)
        value /= 10;
    return value;
}

static bool set_number(Fields *fields, const DateItem *item, int64_t value)
{
    switch (item->letter) {
    case 'y':
    case 'u':
        fields->year = item->width == 2 ? 2000 + value : value;
        return value >= (item->letter == 'y') && value <= 999999999;
    case 'M':
    case 'L':
        return set_field(&fields->month, value, 1, 12);
    case 'd':
        return set_field(&fields->day, value, 1, 31);
    case 'D':
        return set_field(&fields->day_of_year, value, 1, 366);
    case 'H':
        return set_field(&fields->hour, value, 0, 24);
    case 'k':
        return value >= 1 && set_field(&fields->hour, value % 24, 0, 24);
    case 'K':
        return set_field(&fields->half_day_hour, value, 0, 11);
    case 'h':
        return value >= 1 && value <= 12 && set_field(&fields->half_day_hour, value % 12, 0, 11);
    case 'm':
        return set_field(&fields->minute, value, 0, 59);
    case 's':
        return set_field(&fields->second, value, 0, 59);
    case 'S':
        return set_field(&fields->ns, fraction_ns(value, item->width), 0, 999999999);
    case 'n':
        return set_field(&fields->ns, value, 0, 999999999);
    case 'w':
    case 'W':
        return value <= 54; /* weeks are read and left aside, as Flink does */
    case 'A':
        return set_field(&fields->ns_of_day, value * 1000000, 0, DAY_MS * 1000000 - 1);
    default:
        return set_field(&fields->ns_of_day, value, 0, DAY_MS * 1000000 - 1);
    }
}

static bool read_field(Reader *reader, int32_t index)
{
    static const char *const halves[2] = { "AM", "PM" };
    static const char *const eras[2]   = { "AD", "BC" };
    const DateItem *item = &reader->pattern->items[index];
    int64_t         number;
    if (number_width(item).max)
        return read_number(reader, index, &number) && set_number(&reader->fields, item, number);
    switch (item->letter) {
    case 'M':
    case 'L':
        number = read_name(reader, month_names, 12, item->width);
        return number >= 0 && set_field(&reader->fields.month, number + 1, 1, 12);
    case 'E':
        reader->fields.weekday = read_name(reader, weekday_names, 7, item->width < 4 ? 3 : item->width) + 1;
        return reader->fields.weekday > 0;
    case 'a':
        number = read_name(reader, halves, 2, 2);
        return number >= 0 && set_field(&reader->fields.half, number, 0, 1);
    case 'G':
        return read_name(reader, eras, 2, 2) >= 0;
    case 'X':
    case 'x':
    case 'Z':
        return read_offset(reader, item);
    case 'z':
    case 'V':
    case 'O':
        return read_zone_name(reader);
    default:
        return false;
    }
}

/* The item behind the end of the option that starts at index. */
static int32_t option_end(const DatePattern *pattern, int32_t index)
{
    int32_t depth = 0;
    for (; index < pattern->count; index++) {
        depth += pattern->items[index].kind == ITEM_OPTION_START;
        depth -= pattern->items[index].kind == ITEM_OPTION_END;
        if (depth == 0)
            return index;
    }
    return index;
}

/* Items [from, to). An optional part that does not fit is passed over. */
static bool read_items(Reader *reader, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++) {
        const DateItem *item = &reader->pattern->items[i];
        if (item->kind == ITEM_OPTION_START) {
            Reader  before = *reader;
            int32_t end    = option_end(reader->pattern, i);
            if (!read_items(reader, i + 1, end))
                *reader = before;
            i = end;
        } else if (item->kind == ITEM_LITERAL) {
            if (!str_starts_with(str_slice(reader->text, reader->at, reader->text.len), item->text))
                return false;
            reader->at += item->text.len;
        } else if (item->kind == ITEM_FIELD && !read_field(reader, i)) {
            return false;
        }
    }
    return true;
}

/* ---- putting together ------------------------------------------------------------------------------------------ */

static bool resolve_hour(Fields *fields)
{
    if (fields->ns_of_day >= 0) {
        fields->hour   = fields->ns_of_day / 3600000000000;
        fields->minute = fields->ns_of_day / 60000000000 % 60;
        fields->second = fields->ns_of_day / 1000000000 % 60;
        fields->ns     = fields->ns_of_day % 1000000000;
    }
    if (fields->hour >= 0 && fields->half >= 0)
        return fields->hour / 12 == fields->half;
    if (fields->half_day_hour >= 0 && fields->half >= 0)
        return set_field(&fields->hour, fields->half_day_hour + 12 * fields->half, 0, 23);
    return true;
}

static bool resolve_date(const Fields *fields, int32_t *days)
{
    int32_t year = (int32_t)(fields->year >= 0 ? fields->year : 1970);
    if (fields->year >= 0 && fields->day_of_year >= 0 && fields->month < 0) {
        *days = date_from_civil(year, 1, 1) + (int32_t)fields->day_of_year - 1;
        return date_to_civil(*days).year == year;
    }
    int32_t month = (int32_t)(fields->month >= 0 ? fields->month : 1),
        day = (int32_t)(fields->day >= 0 ? fields->day : 1);
    int32_t last  = date_days_in_month(year, month);
    bool    is_whole = fields->year >= 0 && fields->month >= 0;
    if (day > last && !is_whole)
        return false;
    *days = date_from_civil(year, month, day < last ? day : last);
    return fields->weekday <= 0 || !is_whole || fields->day < 0 || date_day_of_week(*days) == fields->weekday;
}

static int64_t or_zero(int64_t value)
{
    return value >= 0 ? value : 0;
}

static bool resolve(Fields *fields, Timestamp *out)
{
    int32_t days;
    if (!resolve_hour(fields) || !resolve_date(fields, &days))
        return false;
    int64_t second = or_zero(fields->hour) * 3600 + or_zero(fields->minute) * 60 + or_zero(fields->second);
    if (fields->hour == 24 && (second != 86400 || or_zero(fields->ns)))
        return false;
    *out = (Timestamp){ .ms = days * DAY_MS + second * 1000 + or_zero(fields->ns) / 1000000,
                        .ns = (int32_t)(or_zero(fields->ns) % 1000000) };
    return true;
}

bool date_formatter_parse(const DatePattern *pattern, Str text, Timestamp *out)
{
    Fields none   = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0 };
    Reader reader = { .pattern = pattern, .text = text, .fields = none };
    return read_items(&reader, 0, pattern->count) && reader.at == text.len && resolve(&reader.fields, out);
}
