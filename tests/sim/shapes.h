/* shapes.h: the jobs that are simulated. */
#ifndef TESTS_SIM_SHAPES_H
#define TESTS_SIM_SHAPES_H

#include "planner/plan.h"
#include "tests/sim/check.h"

typedef struct Shape {
    const char *name;
    const char *sql;
    bool        one_partition; /* its answer depends on how partitions advance together */
    bool        local_keys;    /* ... and the order of a key's rows on which partitions it is in */
    bool        reads_twice;   /* by two sources */
    bool        at_least_once; /* barriers are not aligned */
} Shape;

extern const Shape   shapes[];
extern const int32_t shape_count;
Guarantee shape_guarantee(Str table);
/* Where tables of files have theirs. */
#define SHAPE_FILES "/out"

/* What the shape's statement does, on the tables of shapes.c. Everything lies in arena. */
const PlanJob *shape_plan(const Shape *shape, Arena *arena);

#endif
