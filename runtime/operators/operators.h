/* operators.h: the operators by name; each lives in its own file and says there what it does. */
#ifndef RUNTIME_OPERATORS_OPERATORS_H
#define RUNTIME_OPERATORS_OPERATORS_H

#include "runtime/op.h"

#define OPERATOR(name, doc) extern const OpType op_##name;
#include "runtime/operators/operators.def"
#undef OPERATOR

#endif
