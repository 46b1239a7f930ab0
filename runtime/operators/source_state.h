/* source_state.h: what a source keeps in a checkpoint: the position and the watermark of every split, by the split's name. */
#ifndef RUNTIME_OPERATORS_SOURCE_STATE_H
#define RUNTIME_OPERATORS_SOURCE_STATE_H

#include "connectors/connector.h"
#include "runtime/state/snapshot.h"
#include "runtime/time/watermark.h"

/* Of a checkpoint, for the instance that goes on from it. */
typedef struct RestoredSplits {
    Map    *times;  /* name -> MergeInput; NULL = there is nothing to restore */
    Merged  merged; /* what all instances together had sent */
} RestoredSplits;

void   source_state_save(Source *source, const SourceType *type, const SourceTime *time, Text *out);
/* Hands the positions to the source; what it keeps lies in arena. */
Status source_state_load(Source *source, const SourceType *type, const SavedState *saved, Arena *arena, RestoredSplits *out,
                         Error *err);
/* What one saved part says of its splits, for people. */
typedef struct SavedSplit {
    SplitPosition at;
    MergeInput    time;
} SavedSplit;
Status source_state_visit(Str part, void (*visit)(void *context, const SavedSplit *split), void *context, Error *err);
/* Splits first .. split_count-1 of the source have been seen for the first time: they have the watermarks they had. */
void   source_state_restore(const RestoredSplits *restored, Source *source, const SourceType *type, SourceTime *time, int32_t first);

#endif
