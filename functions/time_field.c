/* time_field.c: units of time, and what they do to days. */
#include "functions/time_field.h"

#include "functions/literal.h"

static const char *const field_names[FIELD_COUNT] = {
    "MILLENNIUM", "CENTURY", "DECADE", "YEAR",  "QUARTER", "MONTH",  "WEEK",        "DAY",         "DOW",
        "ISODOW",
    "DOY",        "ISOYEAR", "EPOCH",  "HOUR",  "MINUTE",  "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND",
};

TimeField time_field_from(Str word)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (str_is_nocase(word, field_names[i]))
            return (TimeField)i;
    return FIELD_COUNT;
}

const char *time_field_name(TimeField field)
{
    return field_names[field];
}

Status time_field_arg(const Expr *expr, int32_t index, TimeField *out, Error *err)
{
    Str word = STR_EMPTY;
    literal_str(expr->args[index], &word);
    *out = time_field_from(word);
    if (*out == FIELD_COUNT)
        return error_set(err, STATUS_INVALID, expr->args[index]->span, "'%.*s' is no unit of time", STR_FMT(word));
    return STATUS_OK;
}

int64_t time_field_ms(TimeField field)
{
    switch (field) {
    case FIELD_WEEK:
        return 7 * DAY_MS;
    case FIELD_DAY:
        return DAY_MS;
    case FIELD_HOUR:
        return 3600000;
    case FIELD_MINUTE:
        return 60000;
    case FIELD_SECOND:
        return 1000;
    case FIELD_MILLISECOND:
        return 1;
    default:
        return 0;
    }
}

int32_t time_field_months(TimeField field)
{
    switch (field) {
    case FIELD_MILLENNIUM:
        return 12000;
    case FIELD_CENTURY:
        return 1200;
    case FIELD_DECADE:
        return 120;
    case FIELD_YEAR:
        return 12;
    case FIELD_QUARTER:
        return 3;
    case FIELD_MONTH:
        return 1;
    default:
        return 0;
    }
}

int64_t date_extract(int32_t days, TimeField field)
{
    CivilDate date = date_to_civil(days);
    int32_t   iso_year;
    switch (field) {
    case FIELD_MILLENNIUM:
        return date.year > 0 ? (date.year + 999) / 1000 : (date.year - 999) / 1000;
    case FIELD_CENTURY:
        return date.year > 0 ? (date.year + 99) / 100 : (date.year - 99) / 100;
    case FIELD_DECADE:
        return date.year / 10;
    case FIELD_YEAR:
        return date.year;
    case FIELD_QUARTER:
        return (date.month + 2) / 3;
    case FIELD_MONTH:
        return date.month;
    case FIELD_WEEK:
        return date_iso_week(days, &iso_year);
    case FIELD_DAY:
        return date.day;
    case FIELD_DOW:
        return date_day_of_week(days) % 7 + 1;
    case FIELD_ISODOW:
        return date_day_of_week(days);
    case FIELD_DOY:
        return date_day_of_year(days);
    default:
        date_iso_week(days, &iso_year);
        return iso_year;
    }
}

/* The year that starts a span of years. CEIL is the year behind the span, also on its first day (but for YEAR). */
static int32_t year_floor(CivilDate date, TimeField field, bool is_ceil)
{
    switch (field) {
    case FIELD_MILLENNIUM:
        return 1000 * ((date.year + 999) / 1000) + (is_ceil ? 1 : -999);
    case FIELD_CENTURY:
        return 100 * ((date.year + 99) / 100) + (is_ceil ? 1 : -99);
    case FIELD_DECADE:
        return 10 * (date.year / 10 + is_ceil);
    default:
        return date.year + (is_ceil && (date.month > 1 || date.day > 1));
    }
}

int32_t date_floor(int32_t days, TimeField field, bool is_ceil)
{
    CivilDate date = date_to_civil(days);
    switch (field) {
    case FIELD_QUARTER: {
        int32_t first = (date.month + 2) / 3 * 3 - 2;
        int32_t floor = date_from_civil(date.year, first, 1);
        return is_ceil && (date.month > 1 || date.day > 1) ? date_add_months(floor, 3) : floor;
    }
    case FIELD_MONTH: {
        int32_t floor = date_from_civil(date.year, date.month, 1);
        return is_ceil && date.day > 1 ? date_add_months(floor, 1) : floor;
    }
    case FIELD_WEEK: {
        int32_t from_sunday = date_day_of_week(days) % 7;
        return days - from_sunday + (is_ceil && from_sunday > 0 ? 7 : 0);
    }
    case FIELD_DAY:
        return days + is_ceil;
    default:
        return date_from_civil(year_floor(date, field, is_ceil), 1, 1);
    }
}
