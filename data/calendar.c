/* calendar.c: days since 1970-01-01 and the proleptic Gregorian calendar.
 *
 * A year is taken to start in March, so that the leap day is its last day; 400 years are always 146,097 days. */
#include "data/calendar.h"

enum {
    DAYS_OF_400_YEARS = 146097,
    DAYS_OF_100_YEARS = 36524,
    DAYS_OF_4_YEARS = 1461,
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
};

int32_t date_from_civil(int32_t year, int32_t month, int32_t day)
{
    int64_t years = (int64_t)year - (month <= 2); /* that started in March */
    int64_t era = floor_div(years, 400);
    int64_t year_of_era = years - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * DAYS_OF_400_YEARS + day_of_era - DAYS_TO_1970);
}

CivilDate date_to_civil(int32_t days)
{
    int64_t shifted = (int64_t)days + DAYS_TO_1970;
    int64_t era = floor_div(shifted, DAYS_OF_400_YEARS);
    int64_t day_of_era = shifted - era * DAYS_OF_400_YEARS;
    int64_t leap_days = day_of_era / (DAYS_OF_4_YEARS - 1) - day_of_era / DAYS_OF_100_YEARS +
                        day_of_era / (DAYS_OF_400_YEARS - 1);
    int64_t year_of_era = (day_of_era - leap_days) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    CivilDate date;
    date.day = (int32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    date.month = (int32_t)(month_from_march + (month_from_march < 10 ? 3 : -9));
    date.year = (int32_t)(year_of_era + era * 400 + (date.month <= 2));
    return date;
}

static bool is_leap_year(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t date_days_in_month(int32_t year, int32_t month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

bool date_is_valid(int32_t year, int32_t month, int32_t day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= date_days_in_month(year, month);
}

int32_t date_add_months(int32_t days, int32_t months)
{
    CivilDate date = date_to_civil(days);
    int64_t   month = (int64_t)date.year * 12 + date.month - 1 + months;
    int32_t   year = (int32_t)floor_div(month, 12);
    int32_t   month_of_year = (int32_t)floor_mod(month, 12) + 1;
    int32_t   last = date_days_in_month(year, month_of_year);
    return date_from_civil(year, month_of_year, date.day < last ? date.day : last);
}

int32_t date_day_of_week(int32_t days)
{
    return (int32_t)floor_mod((int64_t)days + 3, 7) + 1; /* 1970-01-01 was a Thursday */
}

int32_t date_day_of_year(int32_t days)
{
    return days - date_from_civil(date_to_civil(days).year, 1, 1) + 1;
}

/* The week's Thursday decides which year it belongs to. */
int32_t date_iso_week(int32_t days, int32_t *iso_year)
{
    int32_t thursday = days - date_day_of_week(days) + 4;
    *iso_year = date_to_civil(thursday).year;
    return (date_day_of_year(thursday) - 1) / 7 + 1;
}

static const int32_t unit_ms[] = { 1000, 100, 10, 1 };
static const int32_t unit_ns[] = { 100000, 10000, 1000, 100, 10, 1 };

Timestamp timestamp_truncate(Timestamp value, int32_t precision)
{
    if (precision <= 3)
        return (Timestamp){ value.ms - value.ms % unit_ms[precision], 0, 0 };
    return (Timestamp){ value.ms, value.ns - value.ns % unit_ns[precision - 4], 0 };
}

Timestamp timestamp_floor(Timestamp value, int32_t precision)
{
    if (precision <= 3)
        return (Timestamp){ value.ms - floor_mod(value.ms, unit_ms[precision]), 0, 0 };
    return timestamp_truncate(value, precision);
}
