/* executors.h: one function per executed statement kind, declared from the list. */
#ifndef ENGINE_EXECUTORS_H
#define ENGINE_EXECUTORS_H

#include "engine/engine.h"

/* Several kinds may share a function: repeated declarations are the same. */
#define EXECUTOR(kind, function) Status function(Execution *execution, const Statement *statement, Error *err);
#include "engine/executors.def"
#undef EXECUTOR

#endif
