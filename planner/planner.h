/* planner.h: statements to plans: names, types, time, windows, changelogs; DDL to catalog objects.
 *
 * All of a statement's trees live in PlanContext.arena. */
#ifndef PLANNER_PLANNER_H
#define PLANNER_PLANNER_H

#include "planner/catalog.h"
#include "planner/plan.h"

/* What planning may depend on besides the SQL. */
typedef struct PlanContext {
    Arena        *arena;
    Catalog      *catalog;
    const Map    *settings;      /* SET keys, checked (engine/settings.h) */
    EvalContext   eval;          /* for folding */
    bool          is_batch;
    bool          language_only; /* check --language-only: unknown connectors, formats and functions are planned as if they were here */
    Str           source;        /* script text: spans count in it */
} PlanContext;

/* ---- queries and inserts: plan_query.c, plan_insert.c ------------------------------------------------------------ */

/* A query for the client: one PLAN_SINK without table. */
Status plan_query(PlanContext *context, const Query *query, PlanJob **out, Error *err);
/* One or more INSERT statements as one job; scans of the same table are shared. */
Status plan_inserts(PlanContext *context, Statement *const *inserts, int64_t insert_count, PlanJob **out, Error *err);
/* The columns a query gives, without building a job (views, CREATE TABLE AS). Two may have the same name: whoever keeps them must refuse that. */
Status plan_fields(PlanContext *context, const Query *query, const Field **fields, int32_t *field_count, Error *err);

/* ---- definitions: define_table.c, define_view.c, alter_table.c ---------------------------------------------------- */

/* CREATE TABLE (also LIKE; for AS query the columns come from the query and the caller runs the insert). */
Status define_table(PlanContext *context, const Statement *statement, CatalogTable **out, Error *err);
Status define_view(PlanContext *context, const Statement *statement, CatalogTable **out, Error *err);
/* ALTER TABLE and ALTER VIEW: a changed copy of the table, renamed or not; the caller puts it in place. */
Status alter_table(PlanContext *context, const Statement *statement, const CatalogTable *table, CatalogTable **out, Error *err);
/* A type as written, with the dialect's defaults. */
Status resolve_type(Arena *arena, const TypeNode *node, const Type **out, Error *err);

/* A table as its connector sees it: physical and metadata columns only; options with hints merged in. */
Status table_spec(PlanContext *context, const CatalogTable *table, const HintList *hints, Span span, const TableSpec **out, Error *err);

/* ---- text ------------------------------------------------------------------------------------------------------- */

/* SHOW CREATE TABLE / VIEW; values of secret options are shown as '******'. */
void describe_create(const CatalogTable *table, Text *out);
/* SHOW CREATE CATALOG */
void describe_catalog(Str name, const Map *options, Str comment, Text *out);

#endif
