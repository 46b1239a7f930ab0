/* merge.c: see merge.h. An input that has ended is left out: what it had is there, and what it has not cannot be late.
 * When all have ended the merged value stays; END itself closes everything. */
#include "runtime/time/merge.h"

static Time later(Time left, Time right)
{
    return left > right ? left : right;
}

Merged watermark_merge(const MergeInput *inputs, int32_t count, Merged before, bool jumps_when_idle)
{
    Time    lowest = TIME_MAX;
    Time    highest = TIME_MIN;
    int32_t active = 0;
    int32_t idle = 0;
    for (int32_t i = 0; i < count; i++) {
        if (inputs[i].has_ended)
            continue;
        if (inputs[i].is_idle) {
            idle++;
            highest = later(highest, inputs[i].watermark);
            continue;
        }
        active++;
        if (inputs[i].watermark < lowest)
            lowest = inputs[i].watermark;
    }
    Merged merged = { before.watermark, active == 0 && idle > 0 };
    if (active > 0)
        merged.watermark = later(before.watermark, lowest);
    else if (merged.is_idle && jumps_when_idle)
        merged.watermark = later(before.watermark, highest);
    return merged;
}
