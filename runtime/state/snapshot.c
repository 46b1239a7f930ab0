/* snapshot.c: see snapshot.h. */
#include "runtime/state/snapshot.h"

#include "core/env.h"
#include "runtime/state/key_group.h"

enum { PARTS_FIRST = 16, SPARE_MAX = 128 << 20 };

Snapshot *snapshot_create(int64_t epoch)
{
    Snapshot *snapshot = env_alloc((int64_t)sizeof(Snapshot));
    snapshot->epoch = epoch;
    return snapshot;
}

void snapshot_free(Snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (int64_t i = 0; i < snapshot->used; i++)
        text_free(&snapshot->parts[i].bytes);
    env_free(snapshot->parts);
    env_free(snapshot);
}

void snapshot_reset(Snapshot *snapshot, int64_t epoch)
{
    int64_t spare = 0;
    for (int64_t i = 0; i < snapshot->used; i++) {
        Text *bytes = &snapshot->parts[i].bytes;
        spare += bytes->capacity;
        if (spare > SPARE_MAX)
            text_free(bytes);
        text_clear(bytes);
    }
    snapshot->epoch = epoch;
    snapshot->count = 0;
    snapshot->pause_ns = 0;
}

int64_t snapshot_size(const Snapshot *snapshot)
{
    int64_t size = 0;
    for (int64_t i = 0; i < snapshot->count; i++)
        size += snapshot->parts[i].bytes.len;
    return size;
}

static SnapshotPart *add_part(Snapshot *snapshot, int64_t number)
{
    if (snapshot->count == snapshot->capacity) {
        snapshot->capacity = snapshot->capacity ? snapshot->capacity * 2 : PARTS_FIRST;
        snapshot->parts = env_realloc(snapshot->parts, snapshot->capacity * (int64_t)sizeof(SnapshotPart));
    }
    SnapshotPart *part = &snapshot->parts[snapshot->count++];
    Text          bytes = snapshot->count <= snapshot->used ? part->bytes : TEXT_EMPTY;
    *part = (SnapshotPart){ .op = snapshot->op, .number = number, .bytes = bytes };
    if (snapshot->used < snapshot->count)
        snapshot->used = snapshot->count;
    return part;
}

Text *snapshot_part(Snapshot *snapshot, int64_t number)
{
    return &add_part(snapshot, number)->bytes;
}

void snapshot_keep(Snapshot *snapshot, int64_t number)
{
    add_part(snapshot, number)->is_unchanged = true;
}

bool saved_owns_key(uint64_t hash, int32_t task_index, int32_t task_count)
{
    return key_group_owner(key_group(hash), task_count) == task_index;
}

void saved_take_closed(SavedClosed *closed, const SavedState *saved, const SavedPart *part, int64_t of_part, int32_t task_index, int32_t task_count)
{
    bool is_same = saved->instances == task_count;
    if (is_same ? part->instance != task_index : closed->has_any && closed->upto <= of_part)
        return;
    *closed = (SavedClosed){ true, of_part };
}

Status saved_damaged(const char *what, Error *err)
{
    return error_set(err, STATUS_DATA, SPAN_NONE, "the saved state of %s is damaged", what);
}
