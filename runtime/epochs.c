/* epochs.c: see epochs.h. */
#include "runtime/epochs.h"

Epochs *epochs_create(Arena *arena, Wakeup *wakeup)
{
    Epochs *epochs = arena_new(arena, Epochs, 1);
    epochs->arena = arena;
    epochs->wakeup = wakeup;
    epochs->mutex = env_mutex_create();
    return epochs;
}

void epochs_set_tasks(Epochs *epochs, int32_t task_count)
{
    epochs->task_count = task_count;
    epochs->snapshots = arena_new(epochs->arena, Snapshot *, task_count);
    epochs->spares = arena_new(epochs->arena, Snapshot *, task_count);
    atomic_store(&epochs->recovering, epochs->sink_count);
}

void epochs_free(Epochs *epochs)
{
    if (!epochs)
        return;
    for (int32_t i = 0; epochs->snapshots && i < epochs->task_count; i++) {
        snapshot_free(epochs->snapshots[i]);
        snapshot_free(epochs->spares[i]);
    }
    env_mutex_destroy(epochs->mutex);
}

void epochs_forget_snapshots(Epochs *epochs)
{
    env_mutex_lock(epochs->mutex);
    for (int32_t t = 0; t < epochs->task_count; t++) {
        snapshot_free(epochs->spares[t]);
        epochs->spares[t] = epochs->snapshots[t];
        epochs->snapshots[t] = NULL;
    }
    epochs->delivered = 0;
    env_mutex_unlock(epochs->mutex);
}

Snapshot *epochs_new_snapshot(Epochs *epochs, int32_t task_number, int64_t epoch)
{
    env_mutex_lock(epochs->mutex);
    Snapshot *spare = epochs->spares[task_number];
    epochs->spares[task_number] = NULL;
    env_mutex_unlock(epochs->mutex);
    if (!spare)
        return snapshot_create(epoch);
    snapshot_reset(spare, epoch);
    return spare;
}

void epochs_deliver(Epochs *epochs, int32_t task_number, Snapshot *snapshot)
{
    env_mutex_lock(epochs->mutex);
    snapshot_free(epochs->snapshots[task_number]);
    epochs->snapshots[task_number] = snapshot;
    epochs->delivered++;
    bool is_last = epochs->delivered == epochs->task_count;
    env_mutex_unlock(epochs->mutex);
    if (is_last)
        wakeup_signal(epochs->wakeup);
}

void epochs_sink_recovered(Epochs *epochs, int64_t held)
{
    int64_t before = atomic_load(&epochs->held);
    while (before < held && !atomic_compare_exchange_weak(&epochs->held, &before, held))
        ;
    if (atomic_fetch_sub(&epochs->recovering, 1) == 1)
        wakeup_signal(epochs->wakeup);
}

void epochs_sink_committed(Epochs *epochs)
{
    if (atomic_fetch_sub(&epochs->uncommitted, 1) == 1)
        wakeup_signal(epochs->wakeup);
}

void epochs_hurry(void *context)
{
    Epochs *epochs = context;
    if (!atomic_exchange(&epochs->is_hurried, true))
        wakeup_signal(epochs->wakeup);
}

void epochs_has_output(Epochs *epochs)
{
    if (!atomic_exchange(&epochs->has_output, true))
        wakeup_signal(epochs->wakeup);
}

void epochs_ending(Epochs *epochs)
{
    atomic_store(&epochs->has_ending, true);
    wakeup_signal(epochs->wakeup);
}
