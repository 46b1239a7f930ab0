/* main.c: runs the cases of .test files through the public interface, nine times each, twice with every faster way turned off, and five times with a
 * stop in the middle.
 * Prints a line per case and closes with "N passed, N failed". */
#include "tests/sql/runner/case.h"
#include "tests/sql/runner/run.h"

#include <stdio.h>
#include <string.h>

static const Setup setups[] = {
    { "2048", "1", NULL, 0, false }, { "1", "1", NULL, 0, false },    { "7", "1", NULL, 0, false },
    { "2048", "2", NULL, 0, false }, { "1", "2", NULL, 0, false },    { "7", "2", NULL, 0, false },
    { "2048", "4", NULL, 0, false }, { "1", "4", NULL, 0, false },    { "7", "4", NULL, 0, false },
    /* the general way everywhere */
    { "2048", "1", NULL, 0, true },  { "7", "2", NULL, 0, true },
    /* stopped by a checkpoint, gone on with: at the same parallelism, at a higher, at a lower one */
    { "7", "1", "1", 1, false },     { "1", "2", "1", 2, false },     { "2048", "1", "4", 3, false },
    { "2048", "4", "2", 2, false },  { "1", "1", "2", 3, false },
};

/* The first setup that fails ends the case. */
static bool run_case(const char *path, const Case *at)
{
    size_t count = at->is_single ? 1 : sizeof(setups) / sizeof(setups[0]);
    for (size_t i = 0; i < count; i++) {
        Buffer reason = { 0 };
        if (!case_run(at, &setups[i], &reason)) {
            const Setup *setup = &setups[i];
            printf("FAIL %s: %s: %s:%d (batch %s, parallelism %s", path, at->title, path, at->line, setup->batch_rows, setup->parallelism);
            if (setup->is_general)
                printf(", general paths");
            if (setup->parallelism_later)
                printf(", cut at %d/4, then parallelism %s", setup->cut_at, setup->parallelism_later);
            printf("): %s\n", reason.text);
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
    if (argc < 2) {
        fprintf(stderr, "usage: %s [-v] FILE.test...\n", argv[0]);
        return 2;
    }
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
