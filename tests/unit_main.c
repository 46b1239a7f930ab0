/* unit_main.c: runs the suites of one folder, a list that CMake makes, and prints one closing line "N passed, N failed".
 *
 * unit_core            all suites
 * unit_core arena map  these suites
 * CK_FORK=no keeps a test in this process, for a debugger. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *suite_##name(void);
#include UNIT_SUITES
#undef SUITE

typedef struct SuiteRow {
    const char *name;
    Suite *(*create)(void);
} SuiteRow;

static const SuiteRow suites[] = {
#define SUITE(name) { #name, suite_##name },
#include UNIT_SUITES
#undef SUITE
    { NULL, NULL },
};

static bool is_wanted(const char *name, int count, char **wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(wanted[i], name) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    SRunner *runner = srunner_create(NULL);
    int      added = 0;
    for (const SuiteRow *row = suites; row->name; row++) {
        if (is_wanted(row->name, argc - 1, argv + 1)) {
            srunner_add_suite(runner, row->create());
            added++;
        }
    }
    if (added == 0) {
        fprintf(stderr, "no such suite\n");
        return 2;
    }
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
