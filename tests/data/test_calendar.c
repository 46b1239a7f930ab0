/* test_calendar.c: dates by the calendar, and their texts. */
#include "data/calendar.h"

#include <check.h>

START_TEST(known_dates)
{
    static const struct {
        int32_t days, year, month, day, weekday, day_of_year, iso_week, iso_year;
    } cases[] = {
        { 0, 1970, 1, 1, 4, 1, 1, 1970 },         { -1, 1969, 12, 31, 3, 365, 1, 1970 },
        { 19782, 2024, 2, 29, 4, 60, 9, 2024 },   { 19783, 2024, 3, 1, 5, 61, 9, 2024 },
        { 11016, 2000, 2, 29, 2, 60, 9, 2000 },   { -25509, 1900, 2, 28, 3, 59, 9, 1900 },
        { -719528, 0, 1, 1, 6, 1, 52, -1 },       { 2932896, 9999, 12, 31, 5, 365, 52, 9999 },
        { 18627, 2020, 12, 31, 4, 366, 53, 2020 }, { 18628, 2021, 1, 1, 5, 1, 53, 2020 },
        { 20088, 2024, 12, 31, 2, 366, 1, 2025 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t   iso_year;
        CivilDate date = date_to_civil(cases[i].days);
        ck_assert_int_eq(date.year, cases[i].year);
        ck_assert_int_eq(date.month, cases[i].month);
        ck_assert_int_eq(date.day, cases[i].day);
        ck_assert_int_eq(date_from_civil(date.year, date.month, date.day), cases[i].days);
        ck_assert_int_eq(date_day_of_week(cases[i].days), cases[i].weekday);
        ck_assert_int_eq(date_day_of_year(cases[i].days), cases[i].day_of_year);
        ck_assert_int_eq(date_iso_week(cases[i].days, &iso_year), cases[i].iso_week);
        ck_assert_int_eq(iso_year, cases[i].iso_year);
    }
}
END_TEST

START_TEST(every_day_follows_the_one_before)
{
    CivilDate last = date_to_civil(-719529);
    for (int32_t days = -719528; days < 200000; days++) {
        CivilDate date = date_to_civil(days);
        bool      is_first = last.day == date_days_in_month(last.year, last.month);
        if (date.day != (is_first ? 1 : last.day + 1) || date_from_civil(date.year, date.month, date.day) != days)
            ck_abort_msg("day %d", days);
        last = date;
    }
}
END_TEST

START_TEST(months_end_where_they_end)
{
    int32_t january = date_from_civil(2024, 1, 31);
    ck_assert_int_eq(date_add_months(january, 1), date_from_civil(2024, 2, 29));
    ck_assert_int_eq(date_add_months(january, 13), date_from_civil(2025, 2, 28));
    ck_assert_int_eq(date_add_months(january, -2), date_from_civil(2023, 11, 30));
    ck_assert_int_eq(date_add_months(january, -1), date_from_civil(2023, 12, 31));
    ck_assert(date_is_valid(2024, 2, 29) && !date_is_valid(2023, 2, 29) && !date_is_valid(1900, 2, 29) &&
              date_is_valid(2000, 2, 29));
}
END_TEST

static void assert_timestamp(int64_t ms, int32_t ns, int32_t digits, char separator, const char *text)
{
    char found[TIMESTAMP_TEXT_MAX] = { 0 };
    timestamp_print((Timestamp){ ms, ns, 0 }, digits, separator, found);
    ck_assert_str_eq(found, text);
}

START_TEST(texts)
{
    char text[TIMESTAMP_TEXT_MAX] = { 0 };
    assert_timestamp(0, 0, 3, ' ', "1970-01-01 00:00:00.000");
    assert_timestamp(0, 0, -1, 'T', "1970-01-01T00:00:00");
    assert_timestamp(-500, 0, 3, ' ', "1969-12-31 23:59:59.500");
    assert_timestamp(1709202030123, 456789, 9, ' ', "2024-02-29 10:20:30.123456789");
    assert_timestamp(1709202030120, 0, -1, 'T', "2024-02-29T10:20:30.12");
    assert_timestamp(253402300800000, 0, 0, ' ', "+10000-01-01 00:00:00");
    ck_assert_int_eq(time_print(37230050, -1, text), 11);
    ck_assert_int_eq(memcmp(text, "10:20:30.05", 11), 0);
    ck_assert_int_eq(date_print(-719528, text), 10);
    ck_assert_int_eq(memcmp(text, "0000-01-01", 10), 0);
}
END_TEST

START_TEST(fixed_layouts_take_nothing_else)
{
    Timestamp value;
    ck_assert(timestamp_parse_fixed(STR("2024-02-29 10:20:30.123456789"), ' ', false, &value));
    ck_assert_int_eq(value.ms, 1709202030123);
    ck_assert_int_eq(value.ns, 456789);
    ck_assert(timestamp_parse_fixed(STR("2024-02-29T10:20"), 'T', true, &value));
    ck_assert_int_eq(value.ms, 1709202000000);
    ck_assert(!timestamp_parse_fixed(STR("2024-02-29 10:20"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2024-02-29T10:20:30"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2024-2-29 10:20:30"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2023-02-29 10:20:30"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2024-02-29 24:00:00"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2024-02-29 10:20:30Z"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR("2024-02-29 10:20:30.1234567890"), ' ', false, &value));
    ck_assert(!timestamp_parse_fixed(STR(""), ' ', false, &value));
}
END_TEST

START_TEST(precision_is_cut_toward_1970_or_down)
{
    Timestamp before = { -1500, 0, 0 };
    Timestamp fine = { 1, 123456, 0 };
    ck_assert_int_eq(timestamp_truncate(before, 0).ms, -1000);
    ck_assert_int_eq(timestamp_floor(before, 0).ms, -2000);
    ck_assert_int_eq(timestamp_truncate(fine, 6).ns, 123000);
    ck_assert_int_eq(timestamp_truncate(fine, 9).ns, 123456);
    ck_assert_int_eq(timestamp_truncate(fine, 3).ns, 0);
    ck_assert_int_eq(timestamp_floor(fine, 4).ns, 100000);
}
END_TEST

Suite *suite_calendar(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tests = tcase_create("calendar");
    tcase_add_test(tests, known_dates);
    tcase_add_test(tests, every_day_follows_the_one_before);
    tcase_add_test(tests, months_end_where_they_end);
    tcase_add_test(tests, texts);
    tcase_add_test(tests, fixed_layouts_take_nothing_else);
    tcase_add_test(tests, precision_is_cut_toward_1970_or_down);
    suite_add_tcase(suite, tests);
    return suite;
}
