/* run.h: one run of a case in a fresh engine. */
#ifndef TESTS_SQL_RUN_H
#define TESTS_SQL_RUN_H

#include "tests/sql/runner/case.h"

typedef struct Setup {
    const char *batch_rows;
    const char *parallelism;
    /* Not NULL: the case is run in two halves. The first has the rows of every table up to a part of its lines (cut_at of 4), is stopped by a
     * checkpoint, and its process is gone; the second goes on at this parallelism with all rows. Together they give the answer. */
    const char *parallelism_later;
    int         cut_at;
    bool        is_general; /* without the faster ways for usual cases */
} Setup;

/* false: reason says which statement gave what instead. */
bool case_run(const Case *at, const Setup *setup, Buffer *reason);

#endif
