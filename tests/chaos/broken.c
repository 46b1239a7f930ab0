/* broken.c: linked into a program of its own, tidemark_broken, it breaks what exactly-once rests on, for tests of those who watch over it. The
 * linker puts these functions in the place of the real ones (--wrap); the program that is shipped has nothing of it. TIDE_BREAK says how:
 *
 *   commit-order             sinks are told to commit before the checkpoint is written, which then takes a while
 *   commit-order-unchecked   the same, and at a restart sinks do not mind that they hold a later epoch than the checkpoint
 *   forgotten-output         what sinks sealed is not in the checkpoint */
#include "core/env.h"
#include "runtime/checkpoint/checkpoint.h"
#include "runtime/operators/sink_epochs.h"

#include <stdlib.h>
#include <string.h>

enum { WRITE_DELAY_MS = 1000, OUTPUT_OFFSET = 16 /* behind epoch and last committed epoch of a sink's part */ };

void   __real_sink_epochs_open(SinkEpochs *state, Op *op, const SinkType *type, Sink *sink);
void   __wrap_sink_epochs_open(SinkEpochs *state, Op *op, const SinkType *type, Sink *sink);
Status __real_checkpoint_store_write(CheckpointStore *store, const Checkpoint *checkpoint, Error *err);
Status __wrap_checkpoint_store_write(CheckpointStore *store, const Checkpoint *checkpoint, Error *err);

static Epochs *epochs; /* of the job: a program that is to be broken runs one */

static bool breaks(const char *what)
{
    const char *wish = getenv("TIDE_BREAK");
    return wish && strcmp(wish, what) == 0;
}

void __wrap_sink_epochs_open(SinkEpochs *state, Op *op, const SinkType *type, Sink *sink)
{
    epochs = op->shared->epochs;
    if (epochs && breaks("commit-order-unchecked"))
        epochs->may_rewind = true;
    __real_sink_epochs_open(state, op, type, sink);
}

/* Tasks look at `durable` in every step, and they step as long as rows come. */
static void commit_too_early(int64_t epoch)
{
    atomic_store(&epochs->durable, epoch);
    env_sleep_ms(WRITE_DELAY_MS);
}

static Status write_without_output(CheckpointStore *store, const Checkpoint *checkpoint, Error *err)
{
    Checkpoint      less = *checkpoint;
    CheckpointPart *parts = calloc((size_t)checkpoint->part_count, sizeof(*parts));
    for (int64_t i = 0; i < checkpoint->part_count; i++) {
        parts[i] = checkpoint->parts[i];
        Str name = checkpoint->ops[parts[i].op].name;
        if (str_ends_with(name, STR("sink")) && parts[i].number == 0 && parts[i].bytes.len > OUTPUT_OFFSET)
            parts[i].bytes.len = OUTPUT_OFFSET;
    }
    less.parts = parts;
    Status status = __real_checkpoint_store_write(store, &less, err);
    free(parts);
    return status;
}

Status __wrap_checkpoint_store_write(CheckpointStore *store, const Checkpoint *checkpoint, Error *err)
{
    if (breaks("forgotten-output"))
        return write_without_output(store, checkpoint, err);
    if (breaks("commit-order") || breaks("commit-order-unchecked"))
        commit_too_early(checkpoint->epoch);
    return __real_checkpoint_store_write(store, checkpoint, err);
}
