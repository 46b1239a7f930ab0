/* run.h: one run of a case in a fresh engine. */
#ifndef TESTS_SQL_RUN_H
#define TESTS_SQL_RUN_H

#include "tests/sql/runner/case.h"

typedef struct Setup {
    const char *batch_rows;
    const char *parallelism;
} Setup;

/* false: reason says which statement gave what instead. */
bool case_run(const Case *at, const Setup *setup, Buffer *reason);

#endif
