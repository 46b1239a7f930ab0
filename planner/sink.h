/* sink.h: what sink.c and sink_changes.c share about one INSERT. */
#ifndef PLANNER_SINK_H
#define PLANNER_SINK_H

#include "planner/bind.h"

typedef struct Target {
    Binder             *binder;
    const CatalogTable *table;
    const TableSpec    *spec;
    const Statement    *statement;
    Span                span;
    int32_t            *source; /* per column of spec: query column; -1 = NULL, -2 = not stored, -3 = in constants */
    Expr              **constants;
    int32_t            *expected; /* columns of spec that the query gives, in order */
    int32_t             expected_count;
} Target;

/* Can the table take the changes of the query? written: the query's columns as they are written. */
Status target_check_changes(const Target *target, const Plan *query, const Plan *written, SinkMode mode,
                            const PlanSink *sink, Error *err);
/* How a table of a connector that is not here would be written (language_only). */
SinkMode foreign_sink_mode(const CatalogTable *table);

#endif
