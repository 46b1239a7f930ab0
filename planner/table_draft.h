/* table_draft.h: a table being defined: CREATE TABLE, LIKE, AS and ALTER TABLE all edit a draft and then have it checked.
 *
 * The draft lives in the statement's arena; draft_finish copies the result into the catalog's. */
#ifndef PLANNER_TABLE_DRAFT_H
#define PLANNER_TABLE_DRAFT_H

#include "planner/planner.h"

typedef struct DraftColumn {
    CatalogColumn column;
    const Node   *expr; /* COMPUTED: as written; NULL when only the stored text is there */
    Span          span;
    bool          is_inherited; /* from LIKE: its expression has been checked */
} DraftColumn;

typedef struct TableDraft {
    PlanContext      *context;
    CatalogTable      table;   /* names, options, comment; columns and keys are filled by draft_finish */
    LIST(DraftColumn) columns;
    bool              has_watermark;
    Name              watermark_name; /* one part in text: a nested path is an error */
    Str               watermark_text;
    const Node       *watermark_expr; /* NULL when only the text is there */
    Span              watermark_span;
    LIST(Ident)       primary_key;
    Str               primary_key_name;
    Span              primary_key_span;
    LIST(Ident)       partition_keys;
} TableDraft;

TableDraft *draft_create(PlanContext *context);
/* A copy of a table to be changed. */
TableDraft *draft_of_table(PlanContext *context, const CatalogTable *table);
/* -1 when absent. */
int64_t draft_find(const TableDraft *draft, Str name);
/* Resolves the column's type; where: index to put it at, -1 = the end. Error: the name is taken. */
Status draft_add_column(TableDraft *draft, const ColumnNode *node, int64_t where, Error *err);
Status draft_column_of(TableDraft *draft, const ColumnNode *node, DraftColumn *out, Error *err);
void   draft_insert(TableDraft *draft, DraftColumn column, int64_t where);
void   draft_remove(TableDraft *draft, int64_t index);
Status draft_set_watermark(TableDraft *draft, const WatermarkNode *node, Error *err);
Status draft_set_primary_key(TableDraft *draft, const ConstraintNode *node, Error *err);
/* Later keys win. */
void   draft_put_options(TableDraft *draft, const OptionList *options);
void   draft_set_distribution(TableDraft *draft, const Distribution *distribution);

/* Checks all parts against each other, types computed columns and the watermark, and makes the table. */
Status draft_finish(TableDraft *draft, CatalogTable **out, Error *err);

#endif
