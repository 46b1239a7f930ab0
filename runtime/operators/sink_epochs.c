/* sink_epochs.c: see sink_epochs.h.
 *
 *   part 0 of an exactly-once sink = [epoch] [last epoch committed before it] [what seal wrote]
 *
 * An epoch without output has nothing to commit: the other side never hears of it. */
#include "runtime/operators/sink_epochs.h"

#include "core/bytes.h"

bool sink_commits(const Plan *plan)
{
    const SinkType *type = plan->sink.table ? plan->sink.connector->sink : NULL;
    return type && type->is_exactly_once && type->is_exactly_once(plan->sink.table);
}

void sink_epochs_open(SinkEpochs *state, Op *op, const SinkType *type, Sink *sink)
{
    state->epochs = op->shared->epochs;
    state->type = type;
    state->sink = sink;
    state->commits = state->epochs && sink_commits(op->plan);
    state->is_recovered = !state->commits;
    if (!state->epochs)
        return;
    state->recovery.restored = state->epochs->restored;
    state->recovery.may_rewind = state->epochs->may_rewind;
}

Status sink_epochs_recover(SinkEpochs *state, bool *is_done, Error *err)
{
    int64_t held = 0;
    *is_done = state->is_recovered;
    if (state->is_recovered)
        return STATUS_OK;
    TRY(state->type->recover(state->sink, &state->recovery, is_done, &held, err));
    if (!*is_done)
        return STATUS_OK;
    state->is_recovered = true;
    state->confirmed = held > state->recovery.confirmed ? held : state->recovery.confirmed;
    epochs_sink_recovered(state->epochs, held);
    return STATUS_OK;
}

void sink_epochs_note_rows(SinkEpochs *state)
{
    if (state->has_output || !state->commits)
        return;
    state->has_output = true;
    epochs_has_output(state->epochs);
}

bool sink_epochs_is_committing(const SinkEpochs *state)
{
    return state->sealed > 0 && epoch_load(&state->epochs->durable) >= state->sealed;
}

Status sink_epochs_commit(SinkEpochs *state, Error *err)
{
    bool is_done = false;
    if (!sink_epochs_is_committing(state))
        return STATUS_OK;
    TRY(state->type->commit(state->sink, state->sealed, &is_done, err));
    if (!is_done)
        return STATUS_OK;
    state->confirmed = state->sealed;
    state->sealed = 0;
    epochs_sink_committed(state->epochs);
    return STATUS_OK;
}

void sink_epochs_count_final(const SinkEpochs *state, Op *op)
{
    if (state->epochs && state->sealed == 0 && epoch_load(&state->epochs->durable) >= state->saved_epoch)
        counter_set(&op->counters->final_rows, state->saved_rows);
}

bool sink_epochs_may_end(const SinkEpochs *state)
{
    return state->ended_at > 0 && state->sealed == 0 && epoch_load(&state->epochs->durable) >= state->ended_at;
}

Status sink_epochs_save(SinkEpochs *state, const Op *op, Snapshot *out, Error *err)
{
    if (op->has_ended && state->ended_at == 0)
        state->ended_at = out->epoch;
    state->saved_epoch = out->epoch;
    state->saved_rows = counter_get(&op->io->rows);
    if (!state->commits)
        return STATUS_OK;
    Text *part = snapshot_part(out, 0);
    encode_i64(out->epoch, part);
    encode_i64(state->confirmed, part);
    int64_t before = part->len;
    TRY(state->type->seal(state->sink, out->epoch, part, err));
    if (part->overflow)
        return error_set(err, STATUS_LIMIT, op->plan->span, "the output of one epoch of table %.*s is larger than 1 GiB",
                         STR_FMT(op->plan->sink.table->path));
    state->sealed = part->len > before ? out->epoch : 0;
    if (state->sealed == 0)
        epochs_sink_committed(state->epochs);
    return STATUS_OK;
}

static bool read_part(SinkEpochs *state, const SavedPart *part, Arena *arena, SinkEpoch *epoch)
{
    const char *cursor = part->bytes.ptr, *end = cursor + part->bytes.len;
    int64_t     confirmed;
    if (!decode_i64(&cursor, end, &epoch->epoch) || !decode_i64(&cursor, end, &confirmed))
        return false;
    epoch->instance = part->instance;
    epoch->output = arena_str(arena, (Str){ cursor, end - cursor });
    if (confirmed > state->recovery.confirmed)
        state->recovery.confirmed = confirmed;
    return true;
}

Status sink_epochs_load(SinkEpochs *state, const Op *op, const SavedState *saved, Error *err)
{
    if (!state->commits)
        return STATUS_OK;
    SinkEpoch *epochs = arena_new(op->arena, SinkEpoch, saved->count);
    for (int64_t i = 0; i < saved->count; i++) {
        SinkEpoch *epoch = &epochs[state->recovery.count];
        if (!saved_owns_part(&saved->parts[i], op->task_index, op->task_count))
            continue;
        if (!read_part(state, &saved->parts[i], op->arena, epoch))
            return saved_damaged("a sink", err);
        state->recovery.count += epoch->output.len > 0;
    }
    state->recovery.epochs = epochs;
    return STATUS_OK;
}
