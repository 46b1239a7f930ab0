/* test_restart.c: restart strategies: when a failed job starts again. */
#include "engine/restart.h"

#include <check.h>

static const Map *nothing(Arena *arena)
{
    return map_create(arena);
}

static RestartStrategy strategy(const char *const *pairs, bool has_checkpoints)
{
    Arena          *arena = arena_create();
    Map            *session = map_create(arena);
    RestartStrategy out;
    Error           err = ERROR_NONE;
    for (; *pairs; pairs += 2)
        map_put_str(session, str_from(pairs[0]), str_from(pairs[1]));
    Settings settings = { .engine = nothing(arena), .session = session };
    ck_assert_msg(restart_strategy(settings, has_checkpoints, &out, &err) == STATUS_OK, "%s", err.message);
    arena_destroy(arena);
    return out;
}

START_TEST(nothing_set)
{
    static const char *const none[] = { NULL };
    ck_assert_int_eq(strategy(none, false).kind, RESTART_NONE);
    ck_assert_int_eq(strategy(none, true).kind, RESTART_EXPONENTIAL_DELAY);
}
END_TEST

START_TEST(an_unknown_type_is_refused)
{
    Arena          *arena = arena_create();
    Map            *session = map_create(arena);
    Error           err = ERROR_NONE;
    RestartStrategy out;
    map_put_str(session, STR("restart-strategy.type"), STR("often"));
    ck_assert_int_eq(restart_strategy((Settings){ .engine = nothing(arena), .session = session }, true, &out, &err), STATUS_OPTION);
    ck_assert_str_eq(err.message, "restart-strategy.type is 'often'");
    ck_assert_str_eq(err.hint, "none, fixed-delay, failure-rate or exponential-delay");
    arena_destroy(arena);
}
END_TEST

START_TEST(fixed_delay_has_so_many_attempts)
{
    static const char *const pairs[] = { "restart-strategy.type", "fixed-delay", "restart-strategy.fixed-delay.attempts", "2",
                                         "restart-strategy.fixed-delay.delay", "3 s", NULL };
    RestartStrategy fixed = strategy(pairs, false);
    RestartHistory  history = { 0 };
    ck_assert_int_eq(restart_delay(&fixed, &history, 1000, 0.5), 3000);
    ck_assert_int_eq(restart_delay(&fixed, &history, 2000, 0.5), 3000);
    ck_assert_int_eq(restart_delay(&fixed, &history, 3000, 0.5), -1);
}
END_TEST

START_TEST(failure_rate_counts_in_its_interval)
{
    static const char *const pairs[] = { "restart-strategy.type", "failure-rate",
                                         "restart-strategy.failure-rate.max-failures-per-interval", "2",
                                         "restart-strategy.failure-rate.failure-rate-interval", "10 s",
                                         "restart-strategy.failure-rate.delay", "1 s", NULL };
    RestartStrategy rate = strategy(pairs, true);
    RestartHistory  history = { 0 };
    ck_assert_int_eq(restart_delay(&rate, &history, 1000, 0.5), 1000);
    ck_assert_int_eq(restart_delay(&rate, &history, 5000, 0.5), 1000);
    ck_assert_int_eq(restart_delay(&rate, &history, 11500, 0.5), 1000); /* the first is out of the interval */
    ck_assert_int_eq(restart_delay(&rate, &history, 12000, 0.5), -1);
}
END_TEST

START_TEST(exponential_delay_grows_and_calms_down)
{
    static const char *const none[] = { NULL };
    RestartStrategy grows = strategy(none, true);
    RestartHistory  history = { 0 };
    int64_t         now_ms = 1000;
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms, 0.5), 1000);
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms += 2000, 0.5), 1500);
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms += 2000, 0.5), 2250);
    for (int i = 0; i < 20; i++)
        restart_delay(&grows, &history, now_ms += 2000, 0.5);
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms += 2000, 0.5), 60000);
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms += 2000, 0.0), 54000); /* jitter */
    ck_assert_int_eq(restart_delay(&grows, &history, now_ms + 3700000, 0.5), 1000);
}
END_TEST

Suite *suite_restart(void);
Suite *suite_restart(void)
{
    Suite *suite = suite_create("restart");
    TCase *tcase = tcase_create("restart");
    tcase_add_test(tcase, nothing_set);
    tcase_add_test(tcase, an_unknown_type_is_refused);
    tcase_add_test(tcase, fixed_delay_has_so_many_attempts);
    tcase_add_test(tcase, failure_rate_counts_in_its_interval);
    tcase_add_test(tcase, exponential_delay_grows_and_calms_down);
    suite_add_tcase(suite, tcase);
    return suite;
}
