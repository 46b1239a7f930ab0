/* world.h: one seed: a job on a machine where everything goes wrong, until it has done its work; and what came of it. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "tests/sim/machine.h"

typedef struct Outcome {
    uint64_t    hash;   /* of the trace */
    int64_t     events; /* in it */
    int64_t     steps;
    int64_t     starts, deaths, power_losses, zombies, restarts; /* restarts: in the process, behind a failure */
    int64_t     checkpoints, file_calls, read_again, simulated_ms;
    const char *shape;
    char        scenario[200];
    char        violation[VIOLATION_SIZE]; /* "" = none */
} Outcome;

void world_run(uint64_t seed, Knob knob, bool is_shown, Outcome *out);

#endif
