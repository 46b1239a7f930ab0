/* checkpoint_tables.h: questions to folders of checkpoints, for the files that ask them. */
#ifndef ENGINE_CHECKPOINT_TABLES_H
#define ENGINE_CHECKPOINT_TABLES_H

#include "engine/engine.h"
#include "runtime/checkpoint/checkpoint.h"

/* What is asked, and what is answered. */
typedef struct Inspection {
    tide_session *session;
    Arena        *arena;  /* the result's */
    Arena        *work;   /* of the call: stores, and what they hand out */
    int64_t       epoch;  /* 0: as the question says */
    Str           target; /* export: where savepoints are made */
    int32_t       number; /* rows: of the operator */
    int64_t       limit;  /* rows: so many at most */
    TableBuilder  table;
    Batch        *rows;   /* instead of the table: with these fields, in arena. NULL: the table */
    const Field  *fields;
    int32_t       field_count;
    int64_t       found;   /* checkpoints that the answer is about */
    int64_t       damaged; /* ... of which do not verify */
} Inspection;

typedef struct ColumnRow {
    const char *name;
    const Type *type;
} ColumnRow;

/* Asked of each job's folder. */
typedef struct Question {
    const ColumnRow *columns;
    int32_t          column_count;
    Status         (*ask)(Inspection *inspection, Str job, CheckpointStore *store, Error *err);
} Question;
#define QUESTION(columns, ask) { columns, (int32_t)(sizeof(columns) / sizeof(*(columns))), ask }

/* Cells of the table, row by row. */
void inspection_put(Inspection *inspection, Str cell);
void inspection_put_number(Inspection *inspection, int64_t number);
void inspection_put_null(Inspection *inspection, int count);
/* The wanted epoch, or the newest; 0: there is none. A newest one whose manifest is damaged is an error: showing an older one would mislead. */
Status inspection_epoch(const Inspection *inspection, CheckpointStore *store, int64_t *epoch, Error *err);
/* Asks a job's folder, or those in a state directory. inspection: what is asked for besides the folder. */
tide_status inspect(tide_session *session, const Question *question, const char *folder, Inspection inspection, int64_t *damaged,
                    tide_result **out, tide_error **err);

#endif
