/* test_zone.c: offsets, skipped and doubled hours, timers, rules behind the list's end, hostile files. */
#include "data/calendar.h"
#include "data/zone.h"

#include "core/env.h"

#include <check.h>

enum { HOUR_MS = 3600000, MINUTE_MS = 60000 };

static Arena *arena;

static void open_arena(void)
{
    arena = arena_create();
}

static void close_arena(void)
{
    arena_destroy(arena);
}

static const Zone *zone_named(const char *name)
{
    const Zone *zone = NULL;
    Error       err = ERROR_NONE;
    ck_assert_msg(zone_load(arena, str_from(name), &zone, &err) == STATUS_OK, "%s", err.message);
    return zone;
}

static int64_t at(const char *text)
{
    Timestamp value;
    ck_assert(timestamp_parse(str_from(text), &value));
    return value.ms;
}

START_TEST(fixed_offsets)
{
    static const struct {
        const char *name;
        int64_t     offset_ms;
    } cases[] = {
        { "UTC", 0 },
        { "Z", 0 },
        { "GMT", 0 },
        { "UTC+8", 8 * HOUR_MS },
        { "GMT+08:00", 8 * HOUR_MS },
        { "+05:30", 330 * MINUTE_MS },
        { "-03", -3 * HOUR_MS },
        { "GMT-2", -2 * HOUR_MS },
        { "+0545", 345 * MINUTE_MS },
        { "-18:00", -18 * HOUR_MS },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_int_eq(zone_offset_at(zone_named(cases[i].name), 1709202030000), cases[i].offset_ms);
        ck_assert(str_is(zone_name(zone_named(cases[i].name)), cases[i].name));
    }
    ck_assert_int_eq(zone_to_utc(zone_utc, 5), 5);
}
END_TEST

START_TEST(unknown_zones_are_refused)
{
    static const char *const names[] = { "", "Nowhere/Town", "../../etc/passwd", "/etc/passwd", "Europe",
                                         "Europe//Berlin",
                                         "+19:00", "GMT+", "+5:3", "zone.tab", "+08:60" };
    const Zone *zone;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        Error err = ERROR_NONE;
        ck_assert_msg(zone_load(arena, str_from(names[i]), &zone, &err) == STATUS_INVALID, "%s", names[i]);
    }
    Error err = ERROR_NONE;
    zone_load(arena, STR("Nowhere/Town"), &zone, &err);
    ck_assert_str_eq(err.message, "unknown time zone \"Nowhere/Town\"");
}
END_TEST

START_TEST(berlin_through_the_year)
{
    const Zone *zone = zone_named("Europe/Berlin");
    ck_assert_int_eq(zone_offset_at(zone, at("2024-01-01 00:00:00")), HOUR_MS);
    ck_assert_int_eq(zone_offset_at(zone, at("2024-07-01 00:00:00")), 2 * HOUR_MS);
    ck_assert_int_eq(zone_offset_at(zone, at("2024-03-31 00:59:59")), HOUR_MS);
    ck_assert_int_eq(zone_offset_at(zone, at("2024-03-31 01:00:00")), 2 * HOUR_MS);
    ck_assert_int_eq(zone_offset_at(zone, at("1850-01-01 00:00:00")), (53 * 60 + 28) * 1000);
    ck_assert_int_eq(zone_to_local(zone, at("2024-07-01 12:00:00")), at("2024-07-01 14:00:00"));
    ck_assert_int_eq(zone_to_utc(zone, at("2024-07-01 14:00:00")), at("2024-07-01 12:00:00"));
}
END_TEST

START_TEST(a_skipped_hour_moves_forward_and_fires_at_the_jump)
{
    const Zone *zone = zone_named("Europe/Berlin");
    ck_assert_int_eq(zone_to_utc(zone, at("2024-03-31 02:30:00")), at("2024-03-31 01:30:00")); /* 03:30 summer time */
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-03-31 02:00:00")), at("2024-03-31 01:00:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-03-31 02:59:59")), at("2024-03-31 01:00:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-03-31 03:00:00")), at("2024-03-31 01:00:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-03-31 01:59:59")), at("2024-03-31 00:59:59"));
}
END_TEST

START_TEST(a_doubled_hour_is_the_first_and_fires_after_the_second)
{
    const Zone *zone = zone_named("Europe/Berlin");
    ck_assert_int_eq(zone_to_utc(zone, at("2024-10-27 02:30:00")), at("2024-10-27 00:30:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-10-27 02:30:00")), at("2024-10-27 01:30:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-10-27 02:00:00")), at("2024-10-27 01:00:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-10-27 03:00:00")), at("2024-10-27 02:00:00"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, at("2024-10-27 01:59:59")), at("2024-10-26 23:59:59"));
    ck_assert_int_eq(zone_to_utc_for_timer(zone, INT64_MAX), INT64_MAX);
}
END_TEST

START_TEST(the_rule_goes_on_for_ever)
{
    const Zone *berlin = zone_named("Europe/Berlin");
    ck_assert_int_eq(zone_offset_at(berlin, at("2090-07-01 00:00:00")), 2 * HOUR_MS);
    ck_assert_int_eq(zone_offset_at(berlin, at("2500-07-01 00:00:00")), 2 * HOUR_MS);
    ck_assert_int_eq(zone_offset_at(berlin, at("2500-01-01 00:00:00")), HOUR_MS);
    ck_assert_int_eq(zone_to_utc(berlin, at("2500-07-01 02:00:00")), at("2500-07-01 00:00:00"));
    ck_assert_int_eq(zone_to_utc(berlin, at("2500-01-01 01:00:00")), at("2500-01-01 00:00:00"));
    const Zone *sydney = zone_named("Australia/Sydney"); /* summer over the turn of the year */
    ck_assert_int_eq(zone_offset_at(sydney, at("2500-01-01 00:00:00")), 11 * HOUR_MS);
    ck_assert_int_eq(zone_offset_at(sydney, at("2500-07-01 00:00:00")), 10 * HOUR_MS);
    ck_assert_int_eq(zone_to_local(berlin, INT64_MAX), INT64_MAX);
    ck_assert_int_eq(zone_to_utc(berlin, INT64_MIN), INT64_MIN);
}
END_TEST

/* There and back again is the same, but for the one hour that came twice. */
START_TEST(local_time_goes_back)
{
    static const char *const names[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                                         "America/St_Johns" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const Zone *zone = zone_named(names[i]);
        for (int64_t ms = at("1950-01-01 00:00:00"); ms < at("2150-01-01 00:00:00"); ms += 29 * MINUTE_MS * 61) {
            int64_t local = zone_to_local(zone, ms);
            int64_t back = zone_to_utc(zone, local);
            ck_assert(back == ms || (back < ms && ms - back <= 2 * HOUR_MS));
            ck_assert(zone_to_utc_for_timer(zone, local) >= ms);
        }
    }
}
END_TEST

START_TEST(the_machine_has_a_zone)
{
    const Zone *zone;
    Error       err = ERROR_NONE;
    ck_assert_int_eq(zone_load(arena, zone_machine_name(arena), &zone, &err), STATUS_OK);
}
END_TEST

START_TEST(rules_are_read_whole_or_not_at_all)
{
    ZoneRule rule;
    ck_assert(zone_rule_parse(STR("CET-1CEST,M3.5.0,M10.5.0/3"), &rule));
    ck_assert(rule.has_summer && rule.standard_ms == HOUR_MS && rule.summer_ms == 2 * HOUR_MS);
    ck_assert_int_eq(zone_rule_year(&rule, 2024).change_ms[0], at("2024-03-31 01:00:00"));
    ck_assert_int_eq(zone_rule_year(&rule, 2024).change_ms[1], at("2024-10-27 01:00:00"));
    ck_assert(zone_rule_parse(STR("<+0330>-3:30"), &rule));
    ck_assert(!rule.has_summer && rule.standard_ms == 210 * MINUTE_MS);
    ck_assert(zone_rule_parse(STR("IST-1GMT0,M10.5.0,M3.5.0/1"), &rule));
    ck_assert(zone_rule_parse(STR("EST5EDT,J60/0,300/-1:30"), &rule));
    ck_assert_int_eq(zone_rule_year(&rule, 2024).change_ms[0], at("2024-03-01 05:00:00"));
    static const char *const bad[] = {
        "", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1x1,M3",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1", "CET-999",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(!zone_rule_parse(str_from(bad[i]), &rule) || !rule.has_summer, "%s", bad[i]);
}
END_TEST

START_TEST(damaged_files_are_refused)
{
    Text  bytes = TEXT_EMPTY;
    Error err = ERROR_NONE;
    Zone *zone;
    ck_assert_int_eq(env_file_read_all(STR("/usr/share/zoneinfo/Europe/Berlin"), 1 << 20, &bytes, &err), STATUS_OK);
    for (int64_t size = 0; size < bytes.len; size += 7) {
        Text part = TEXT_EMPTY; /* memory of its own, so that a read beyond its end is seen */
        err = ERROR_NONE;
        text_append(&part, (Str){ bytes.ptr, size });
        ck_assert_int_eq(zone_file_parse(arena, STR("x"), text_str(&part), &zone, &err), STATUS_IO);
        text_free(&part);
    }
    for (int64_t i = 0; i < bytes.len; i += 3) { /* whatever comes out: no crash */
        bytes.ptr[i] ^= 0x55;
        err = ERROR_NONE;
        (void)zone_file_parse(arena, STR("x"), text_str(&bytes), &zone, &err);
        bytes.ptr[i] ^= 0x55;
    }
    text_free(&bytes);
}
END_TEST

Suite *suite_zone(void)
{
    Suite *suite = suite_create("zone");
    TCase *tests = tcase_create("zone");
    tcase_add_checked_fixture(tests, open_arena, close_arena);
    tcase_add_test(tests, fixed_offsets);
    tcase_add_test(tests, unknown_zones_are_refused);
    tcase_add_test(tests, berlin_through_the_year);
    tcase_add_test(tests, a_skipped_hour_moves_forward_and_fires_at_the_jump);
    tcase_add_test(tests, a_doubled_hour_is_the_first_and_fires_after_the_second);
    tcase_add_test(tests, the_rule_goes_on_for_ever);
    tcase_add_test(tests, local_time_goes_back);
    tcase_add_test(tests, the_machine_has_a_zone);
    tcase_add_test(tests, rules_are_read_whole_or_not_at_all);
    tcase_add_test(tests, damaged_files_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
