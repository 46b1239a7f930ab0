/* main.c: runs the cases of .test files through the public interface, nine times each. Prints a line per case and closes with
 * "N passed, N failed". */
#include "tests/sql/runner/case.h"
#include "tests/sql/runner/run.h"

#include <stdio.h>
#include <string.h>

static const Setup setups[] = {
    { "2048", "1" }, { "1", "1" }, { "7", "1" }, { "2048", "2" }, { "1", "2" }, { "7", "2" }, { "2048", "4" }, { "1", "4" }, { "7", "4" },
};

/* The first setup that fails ends the case. */
static bool run_case(const char *path, const Case *at)
{
    size_t count = at->is_single ? 1 : sizeof(setups) / sizeof(setups[0]);
    for (size_t i = 0; i < count; i++) {
        Buffer reason = { 0 };
        if (!case_run(at, &setups[i], &reason)) {
            printf("FAIL %s: %s: %s:%d (batch %s, parallelism %s): %s\n", path, at->title, path, at->line, setups[i].batch_rows,
                   setups[i].parallelism, reason.text);
            buffer_free(&reason);
            return false;
        }
        buffer_free(&reason);
    }
    return true;
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0;
    bool is_verbose = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            is_verbose = true;
            continue;
        }
        File file;
        if (!file_read(argv[i], &file)) {
            printf("FAIL %s: cannot be read\n", argv[i]);
            failed++;
            continue;
        }
        for (size_t c = 1; c < file.count; c++) {
            bool is_good = run_case(argv[i], &file.cases[c]);
            passed += is_good;
            failed += !is_good;
            if (is_good && is_verbose)
                printf("ok %s: %s\n", argv[i], file.cases[c].title);
            fflush(stdout);
        }
        file_free(&file);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}
