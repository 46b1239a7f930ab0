/* alignment.c: see alignment.h. A member without a watermark yet counts as the lowest: those that have one wait for it.
 * */
#include "runtime/time/alignment.h"

#include <assert.h>
#include <stdatomic.h>

struct AlignmentGroup {
    Str              name;
    _Atomic int64_t *watermarks;
    int32_t          member_count, member_max;
};

AlignmentGroup *alignment_create(Arena *arena, Str name, int32_t member_max)
{
    AlignmentGroup *group = arena_new(arena, AlignmentGroup, 1);
    group->name = name;
    group->watermarks = arena_new(arena, _Atomic int64_t, member_max);
    group->member_max = member_max;
    return group;
}

Str alignment_name(const AlignmentGroup *group)
{
    return group->name;
}

int32_t alignment_join(AlignmentGroup *group)
{
    assert(group->member_count < group->member_max);
    atomic_store_explicit(&group->watermarks[group->member_count], TIME_MIN, memory_order_relaxed);
    return group->member_count++;
}

void alignment_publish(AlignmentGroup *group, int32_t member, Time watermark)
{
    atomic_store_explicit(&group->watermarks[member], watermark, memory_order_relaxed);
}

bool alignment_allows(const AlignmentGroup *group, Time watermark, int64_t max_drift_ms)
{
    Time lowest = TIME_MAX;
    for (int32_t i = 0; i < group->member_count; i++) {
        Time other = atomic_load_explicit(&group->watermarks[i], memory_order_relaxed);
        lowest = other < lowest ? other : lowest;
    }
    if (watermark == TIME_MIN || lowest == TIME_MAX)
        return true;
    return lowest != TIME_MIN && watermark - max_drift_ms <= lowest;
}
