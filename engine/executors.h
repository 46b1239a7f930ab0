/* executors.h: one function per executed statement kind, declared from the list. */
#ifndef ENGINE_EXECUTORS_H
#define ENGINE_EXECUTORS_H

#include "engine/engine.h"

/* Several kinds may share a function: repeated declarations are the same. */
#define EXECUTOR(kind, function) Status function(Execution *execution, const Statement *statement, Error *err);
#include "engine/executors.def"
#undef EXECUTOR

/* CREATE TABLE: the table is in the catalog. *insert fills it when there is AS and a query; NULL: nothing to fill. */
Status create_table(Execution *execution, const Statement *statement, Statement **insert, Error *err);
/* Such a table exists only together with its job. */
void   drop_filled_table(Execution *execution, const Statement *insert);

#endif
