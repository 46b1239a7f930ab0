/* signature.h: what a checkpoint knows the operators of a node by. */
#ifndef RUNTIME_SIGNATURE_H
#define RUNTIME_SIGNATURE_H

#include "planner/plan.h"

/* What the state of a node's operators means: a line for people, as EXPLAIN has it, then what plan_identity says. */
void   node_signature(const Plan *plan, Text *out);

#endif
