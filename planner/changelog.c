/* changelog.c: which kinds of rows each node gives.
 *
 *   bottom up:  a changelog begins at a source that has one or at an aggregation without window,
     and is passed on by everything else
 *   top down:   -U is asked for by whoever cannot do without; an aggregation that nobody asks does not make it
 *
 * Needed by: a consumer that keeps no key (print, the client), an aggregation, a filter (a row may fall out of its
 * predicate: its old version must be taken back). Not needed by an upsert sink whose primary key the rows still have.
 */
#include "planner/bind.h"

static Changelog group_aggregate_gives(const Plan *plan)
{
    const PlanGroupAggregate *group = &plan->group_aggregate;
    if (group->is_batch)
        return CHANGELOG_INSERT;
    Changelog gives = CHANGELOG_INSERT | 1 << ROW_UPDATE_AFTER;
    if (group->emits_update_before)
        gives |= 1 << ROW_UPDATE_BEFORE;
    if (plan->inputs[0]->changelog != CHANGELOG_INSERT)
        gives |= 1 << ROW_DELETE;
    return gives;
}

void changelog_derive(Plan *plan)
{
    switch (plan->kind) {
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_OPAQUE: return;
    case PLAN_WINDOW_AGGREGATE: plan->changelog = CHANGELOG_INSERT; return;
    case PLAN_GROUP_AGGREGATE:
        plan->group_aggregate.input_retracts = plan->inputs[0]->changelog != CHANGELOG_INSERT;
        plan->changelog = group_aggregate_gives(plan);
        return;
    default: break;
    }
    plan->changelog = 0;
    for (int32_t i = 0; i < plan->input_count; i++)
        plan->changelog |= plan->inputs[i]->changelog;
}

void changelog_decide(Plan *plan, bool needs_update_before)
{
    bool below = needs_update_before;
    if (plan->kind == PLAN_GROUP_AGGREGATE) {
        plan->group_aggregate.emits_update_before = needs_update_before;
        below = true;
    } else if (plan->kind == PLAN_SINK) {
        below = plan->sink.accepts & 1 << ROW_UPDATE_BEFORE;
    } else if (plan->kind == PLAN_FILTER || plan->kind == PLAN_SORT || plan->kind == PLAN_LIMIT ||
               plan->kind == PLAN_UNNEST || plan->kind == PLAN_WINDOW_AGGREGATE || plan->kind == PLAN_OPAQUE) {
        below = true;
    }
    for (int32_t i = 0; i < plan->input_count; i++)
        changelog_decide(plan->inputs[i], below);
    changelog_derive(plan);
}

void changelog_print(Changelog changelog, Text *out)
{
    static const char *const names[] = {
        [ROW_INSERT] = "I", [ROW_UPDATE_BEFORE] = "UB", [ROW_UPDATE_AFTER] = "UA", [ROW_DELETE] = "D"
    };
    const char *separator = "";
    text_put(out, '[');
    for (int kind = ROW_INSERT; kind <= ROW_DELETE; kind++) {
        if (!(changelog & 1 << kind))
            continue;
        text_puts(out, separator);
        text_puts(out, names[kind]);
        separator = ",";
    }
    text_puts(out, changelog ? "]" : "NONE]");
}
