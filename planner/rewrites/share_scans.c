/* share_scans.c: scans of the same table with the same options become one node that several others read.
 *
 * The planner made them from the same definition, so they are the same but for the place in the SQL. Definitions cannot
 * change within a statement. */
#include "planner/rewrites/rewrite.h"

static bool same_options(const Map *left, const Map *right)
{
    if (left->count != right->count)
        return false;
    for (int64_t i = 0; i < left->count; i++) {
        Str value = map_get_str(right, left->entries[i].key);
        if (!value.ptr || !str_eq(value, map_entry_str(&left->entries[i])))
            return false;
    }
    return true;
}

static bool same_scan(const Plan *left, const Plan *right)
{
    return str_eq(left->scan.table->path, right->scan.table->path) && same_options(left->scan.table->options,
                                                                                   right->scan.table->options);
}

typedef LIST(Plan *) PlanList;

static void share(Binder *binder, Plan *plan, PlanList *scans)
{
    for (int32_t i = 0; i < plan->input_count; i++) {
        Plan *input = plan->inputs[i];
        if (input->kind != PLAN_SCAN) {
            share(binder, input, scans);
            continue;
        }
        int64_t found = 0;
        while (found < scans->count && !same_scan(scans->items[found], input))
            found++;
        if (found == scans->count)
            list_push(binder->arena, scans, input);
        plan->inputs[i] = scans->items[found];
    }
}

Status rewrite_share_scans(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    PlanList scans = { 0 };
    (void)err;
    for (int32_t i = 0; i < sink_count; i++)
        share(binder, sinks[i], &scans);
    return STATUS_OK;
}
