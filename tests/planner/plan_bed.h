/* plan_bed.h: a catalog and a planner without an engine: SQL in, the text of the plan or of the error out. */
#ifndef TESTS_PLANNER_PLAN_BED_H
#define TESTS_PLANNER_PLAN_BED_H

#include "planner/planner.h"

typedef struct PlanBed {
    Arena      *arena;
    Arena      *catalog_arena;
    PlanContext context;
} PlanBed;

PlanBed *plan_bed_create(void);
void     plan_bed_destroy(PlanBed *bed);
/* SET 'key' = 'value'; execution.runtime-mode counts. */
void     plan_bed_set(PlanBed *bed, const char *key, const char *value);
/* CREATE statements, each with its ;. Fails the test when one does not work. */
void     plan_bed_define(PlanBed *bed, const char *sql);
/* The plan of one query, INSERT or statement set, with changelogs if wanted, or the error as a person sees it. */
const char *plan_bed_explain(PlanBed *bed, const char *sql, bool with_changelog);
/* The columns of a query: "a INT, b STRING NOT NULL"; or the error's message. */
const char *plan_bed_fields(PlanBed *bed, const char *sql);
/* The planned job itself; fails the test when there is none. */
const PlanJob *plan_bed_job(PlanBed *bed, const char *sql);

#endif
