/* alignment.h: sources of one group do not run ahead of each other (scan.watermark.alignment.*).
 *
 * Every source task of the group publishes its watermark; one that is more than the drift ahead of the lowest is not
 * read until the others have caught up. Tasks run on several threads: the published values are the only thing they
 * share. */
#ifndef RUNTIME_TIME_ALIGNMENT_H
#define RUNTIME_TIME_ALIGNMENT_H

#include "core/arena.h"
#include "data/batch.h"

typedef struct AlignmentGroup AlignmentGroup;

AlignmentGroup *alignment_create(Arena *arena, Str name, int32_t member_max);
Str     alignment_name(const AlignmentGroup *group);
/* A member's number. Before the job starts. */
int32_t alignment_join(AlignmentGroup *group);
/* TIME_MAX: idle or ended, does not count. */
void    alignment_publish(AlignmentGroup *group, int32_t member, Time watermark);
/* Is a source at `watermark` allowed to go on? Not when it is more than max_drift_ms ahead of the lowest that counts.
 * */
bool    alignment_allows(const AlignmentGroup *group, Time watermark, int64_t max_drift_ms);

#endif
