/* rewrite.h: passes over a finished plan that keep its answer and make it cheaper.
 *
 * A rewrite is a leaf file that exports rewrite_<name>, named in rewrites.def in the order they run: REWRITE(name,
 * "what it does"). The nodes have been made for this statement alone and are changed in place; a node that several
 * others read (a shared scan) is changed once. */
#ifndef PLANNER_REWRITES_REWRITE_H
#define PLANNER_REWRITES_REWRITE_H

#include "planner/bind.h"

#define REWRITE(name, doc) Status rewrite_##name(Binder *binder, Plan **sinks, int32_t sink_count, Error *err);
#include "planner/rewrites/rewrites.def"
#undef REWRITE

/* Runs all of them. */
Status rewrite_all(Binder *binder, Plan **sinks, int32_t sink_count, Error *err);

/* One step at a node whose inputs have been rewritten; *out is the node itself or what takes its place. */
typedef Status (*RewriteStep)(Binder *binder, Plan *plan, Plan **out, Error *err);
/* Applies the step to every node, inputs first. */
Status rewrite_bottom_up(Binder *binder, Plan *plan, RewriteStep step, Plan **out, Error *err);

#endif
