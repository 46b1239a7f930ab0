/* script.h: what the simulated source holds: partitions of rows that follow from a number, so that nothing needs to be kept. */
#ifndef TESTS_SIM_SCRIPT_H
#define TESTS_SIM_SCRIPT_H

#include "core/text.h"
#include "tests/sim/machine.h"

enum { PARTITIONS_MAX = 8 };

typedef struct Script {
    uint64_t seed;
    int32_t  partitions;
    int64_t  rows;           /* of each partition */
    int32_t  keys;
    bool     keys_are_local; /* a key is of one partition only */
    int64_t  pad;            /* bytes that a row is longer than it need be */
    int64_t  start_ms;       /* event time of the first rows */
    /* what was read */
    int64_t  given[PARTITIONS_MAX]; /* rows that were given at least once */
    bool     is_read_once; /* by one source of the job: then these say something: */
    int32_t  reader;       /* the process that was started last */
    int64_t  reached[PARTITIONS_MAX]; /* where it is */
    bool     is_at_rest;   /* it has stopped well */
    int64_t  read_again;            /* rows that were given once more */
} Script;
extern Script *script;

enum { SCRIPT_KEY, SCRIPT_VALUE, SCRIPT_NUMBER, SCRIPT_TIME, SCRIPT_PAD, SCRIPT_COLUMNS };

int64_t script_value(int32_t partition, int64_t row);
int64_t script_number(int32_t partition, int64_t row);
int64_t script_time(int32_t partition, int64_t row);
void    script_key(int32_t partition, int64_t row, Text *out);
void    script_pad(int32_t partition, int64_t row, Text *out);
/* A process has been given the row. */
void    script_give(int32_t partition, int64_t row);
/* A process has been started that knows nothing yet. */
void    script_begin(void);
/* It goes on there: where the last one was, if that stopped well. */
void    script_resume(int32_t partition, int64_t row);

#endif
