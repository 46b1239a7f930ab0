/* test_env_step.c: the process dies at a named point when the environment says so, and only then. */
#include "core/env.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Passes points a, b, a, b, ... in a process of its own: how many until it died, 10 = all. */
static int passed_until_death(const char *wish)
{
    int   counts[2];
    int   passed = 0, status;
    char  mark;
    ck_assert_int_eq(pipe(counts), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (wish)
            setenv("TIDE_KILL_AT", wish, 1);
        else
            unsetenv("TIDE_KILL_AT");
        for (int i = 0; i < 10; i++) {
            env_step(i % 2 == 0 ? "sink.a" : "sink.ab");
            if (write(counts[1], "x", 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    close(counts[1]);
    while (read(counts[0], &mark, 1) == 1)
        passed++;
    close(counts[0]);
    waitpid(child, &status, 0);
    if (passed == 10)
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    else
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return passed;
}

START_TEST(dies_at_the_nth_passing_of_the_named_point)
{
    ck_assert_int_eq(passed_until_death("sink.a"), 0);
    ck_assert_int_eq(passed_until_death("sink.ab"), 1);
    ck_assert_int_eq(passed_until_death("sink.a:3"), 4);
    ck_assert_int_eq(passed_until_death("sink.ab:5"), 9);
}
END_TEST

START_TEST(passes_when_nothing_or_something_else_is_named)
{
    ck_assert_int_eq(passed_until_death(NULL), 10);
    ck_assert_int_eq(passed_until_death(""), 10);
    ck_assert_int_eq(passed_until_death("sink"), 10);
    ck_assert_int_eq(passed_until_death("sink.a:6"), 10);
    ck_assert_int_eq(passed_until_death("sink.a:0"), 10);
    ck_assert_int_eq(passed_until_death("sink.a:x"), 10);
}
END_TEST

Suite *suite_env_step(void)
{
    Suite *suite = suite_create("env_step");
    TCase *tests = tcase_create("env_step");
    tcase_add_test(tests, dies_at_the_nth_passing_of_the_named_point);
    tcase_add_test(tests, passes_when_nothing_or_something_else_is_named);
    suite_add_tcase(suite, tests);
    return suite;
}
