/* sink_epochs.h: the part of a sink in checkpoints: recover at the start, seal at a barrier, commit when the checkpoint is durable.
 *
 * A sink that is not exactly-once, and the result of a query, have only their end to be remembered: a checkpoint that says that it has
 * come must be on disk before the job may be over. */
#ifndef RUNTIME_OPERATORS_SINK_EPOCHS_H
#define RUNTIME_OPERATORS_SINK_EPOCHS_H

#include "runtime/op.h"

typedef struct SinkEpochs {
    Epochs         *epochs;       /* NULL: the job takes no checkpoints */
    const SinkType *type;
    Sink           *sink;
    bool            commits;      /* exactly-once */
    bool            is_recovered;
    SinkRecovery    recovery;
    int64_t         sealed;       /* epoch that is to be committed when it is durable; 0 = none */
    int64_t         confirmed;    /* the last epoch with output that was committed */
    int64_t         ended_at;     /* the first epoch that holds the sink's end; 0 = none yet */
    int64_t         saved_epoch;  /* the newest that was saved, */
    int64_t         saved_rows;   /* and how many rows there were by then */
    bool            has_output; /* rows came since the start */
} SinkEpochs;

/* Does the sink of this node take part? Asked while the job is built. */
bool   sink_commits(const Plan *plan);
void   sink_epochs_open(SinkEpochs *state, Op *op, const SinkType *type, Sink *sink);
/* true when rows may be written. Ask again later while it is false. */
Status sink_epochs_recover(SinkEpochs *state, bool *is_done, Error *err);
/* A step of the commit that is due, if there is one. */
Status sink_epochs_commit(SinkEpochs *state, Error *err);
/* It has been given rows. */
void   sink_epochs_note_rows(SinkEpochs *state);
bool   sink_epochs_is_committing(const SinkEpochs *state);
/* Counts as final what is: a checkpoint that holds it is durable, and committed. */
void   sink_epochs_count_final(const SinkEpochs *state, Op *op);
/* The end is on disk and all is committed. */
bool   sink_epochs_may_end(const SinkEpochs *state);
Status sink_epochs_save(SinkEpochs *state, const Op *op, Snapshot *out, Error *err);
Status sink_epochs_load(SinkEpochs *state, const Op *op, const SavedState *saved, Error *err);

#endif
