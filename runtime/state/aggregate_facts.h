/* aggregate_facts.h: what an operator wants to know of its calls besides the AggregateSet. */
#ifndef RUNTIME_STATE_AGGREGATE_FACTS_H
#define RUNTIME_STATE_AGGREGATE_FACTS_H

#include "functions/aggregate.h"

/* Nothing hangs from any state: dropping one is forgetting it. */
static inline bool aggregates_are_flat(AggregateCall *const *calls, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (calls[i]->is_distinct || calls[i]->aggregate->drop)
            return false;
    return true;
}

#endif
