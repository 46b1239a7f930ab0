/* store.c: opening and closing a checkpoint folder, what stands in it, and what is removed from it.
 *
 * Every call runs under a guard with an arena of its own (store_call); whatever a call leaves half done is known from the store: open
 * files are closed, unfinished files removed.
 *
 * Removing: manifests first, then the data files that no manifest refers to. A manifest that cannot be read may refer to any data file of
 * its epoch or earlier, so these stay until it is gone. */
#include "runtime/checkpoint/store.h"

#include "core/env.h"

#include <assert.h>

/* ---- calls ------------------------------------------------------------------------------------------------------------ */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        env_file_close(*fd);
    *fd = -1;
}

static void end_call(CheckpointStore *store)
{
    close_fd(&store->out_fd);
    close_fd(&store->in_fd);
    store_remove_unfinished(store);
    text_free(&store->buffer);
    arena_destroy(store->work);
    store->work = NULL;
}

Status store_call(CheckpointStore *store, StoreCall call, void *arguments, Error *err)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        end_call(store);
        return error_set(err, STATUS_NO_MEMORY, SPAN_NONE, "memory ran out while the checkpoints in \"%.*s\" were worked on",
                         STR_FMT(store->directory));
    }
    store->work = arena_create();
    Status status = call(store, arguments, err);
    env_guard_leave(&guard);
    end_call(store);
    return status;
}

void store_forget_last(CheckpointStore *store)
{
    arena_destroy(store->last_arena);
    store->last_arena = NULL;
    store->last = (Manifest){ 0 };
}

void store_set_last(CheckpointStore *store, Arena *arena, const Manifest *manifest)
{
    store_forget_last(store);
    store->last_arena = arena;
    store->last = *manifest;
    if (arena == store->work)
        store->work = NULL;
}

/* ---- removing --------------------------------------------------------------------------------------------------------- */

typedef struct Pruning {
    int64_t keep;
    int64_t kept;    /* checkpoints that count */
    int64_t unknown; /* highest epoch of a manifest that stays and cannot be read */
} Pruning;

static void keep_file(Folder *folder, int64_t epoch, FolderKind kind)
{
    for (int64_t i = 0; i < folder->count; i++)
        if (folder->files[i].epoch == epoch && folder->files[i].kind == kind)
            folder->files[i].is_kept = true;
}

static void keep_manifest(Folder *folder, const Manifest *manifest)
{
    keep_file(folder, manifest->head.epoch, FOLDER_MANIFEST);
    for (int32_t i = 0; i < manifest->file_count; i++)
        keep_file(folder, manifest->files[i].epoch, FOLDER_DATA);
}

/* Manifests come newest first. */
static void judge_manifest(CheckpointStore *store, Folder *folder, FolderFile *file, Pruning *pruning)
{
    Error    why = ERROR_NONE;
    Manifest manifest;
    Status   status = store_load_manifest(store, file->epoch, store->work, &manifest, &why);
    bool     is_wanted = pruning->kept < pruning->keep;
    if (status != STATUS_OK) {
        file->is_kept = status != STATUS_DATA || is_wanted;
        if (file->is_kept && file->epoch > pruning->unknown)
            pruning->unknown = file->epoch;
        return;
    }
    bool is_savepoint = manifest.head.kind == CHECKPOINT_SAVEPOINT;
    if (is_savepoint || is_wanted || file->epoch == store->last.head.epoch)
        keep_manifest(folder, &manifest);
    if (!is_savepoint && !store_is_broken(store, file->epoch))
        pruning->kept++;
}

static Status remove_kind(CheckpointStore *store, const Folder *folder, FolderKind kind, Error *err)
{
    for (int64_t i = 0; i < folder->count; i++)
        if (folder->files[i].kind == kind && !folder->files[i].is_kept)
            TRY(env_file_remove(folder_path(store->directory, folder->files[i].epoch, kind, store->work), err));
    return STATUS_OK;
}

static Status prune(CheckpointStore *store, void *arguments, Error *err)
{
    Pruning pruning = { .keep = *(int64_t *)arguments };
    Folder  folder;
    TRY(folder_list(store->directory, store->work, &folder, err));
    for (int64_t i = 0; i < folder.count; i++)
        if (folder.files[i].kind == FOLDER_MANIFEST)
            judge_manifest(store, &folder, &folder.files[i], &pruning);
    for (int64_t i = 0; i < folder.count; i++)
        if (folder.files[i].kind == FOLDER_DATA && folder.files[i].epoch <= pruning.unknown)
            folder.files[i].is_kept = true;
    TRY(remove_kind(store, &folder, FOLDER_MANIFEST, err));
    TRY(remove_kind(store, &folder, FOLDER_DATA, err));
    return remove_kind(store, &folder, FOLDER_UNFINISHED, err);
}

Status checkpoint_store_prune(CheckpointStore *store, int64_t keep, Error *err)
{
    assert(store->is_owner && keep >= 2);
    return store_call(store, prune, &keep, err);
}

/* A folder that holds anything but its lock stays. */
static Status remove_empty(CheckpointStore *store, Error *err)
{
    Folder folder;
    TRY(folder_list(store->directory, store->work, &folder, err));
    if (folder.count > 0)
        return STATUS_OK;
    TRY(env_file_remove(arena_format(store->work, "%.*s/lock", STR_FMT(store->directory)), err));
    Error ignored = ERROR_NONE;
    env_file_remove(store->directory, &ignored);
    return STATUS_OK;
}

static Status discard(CheckpointStore *store, void *arguments, Error *err)
{
    int64_t keep_all = INT64_MAX;
    Str     path = folder_path(store->directory, *(int64_t *)arguments, FOLDER_MANIFEST, store->work);
    EnvStat found;
    if (env_file_stat(path, &found))
        TRY(env_file_remove(path, err));
    TRY(prune(store, &keep_all, err));
    return remove_empty(store, err);
}

Status checkpoint_discard(Str directory, int64_t epoch, Error *err)
{
    CheckpointStore *store;
    EnvStat          found;
    if (!env_file_stat(directory, &found))
        return STATUS_OK;
    TRY(checkpoint_store_open(directory, CHECKPOINT_OWN, &store, err));
    Status status = store_call(store, discard, &epoch, err);
    checkpoint_store_close(store);
    return status;
}

/* ---- opening ---------------------------------------------------------------------------------------------------------- */

static Status look_around(CheckpointStore *store, void *arguments, Error *err)
{
    Folder folder;
    (void)arguments;
    TRY(folder_list(store->directory, store->work, &folder, err));
    if (folder.count > 0)
        store->highest = folder.files[0].epoch;
    return STATUS_OK;
}

static Status own(CheckpointStore *store, void *arguments, Error *err)
{
    (void)arguments;
    TRY(folder_create(store->directory, err));
    return env_file_lock(arena_format(store->work, "%.*s/lock", STR_FMT(store->directory)), &store->lock_fd, err);
}

/* What an unfinished checkpoint left goes; when it cannot, the next pruning says so. */
static void tidy_up(CheckpointStore *store)
{
    Error   ignored = ERROR_NONE;
    int64_t keep = INT64_MAX;
    store_call(store, prune, &keep, &ignored);
}

static Status open_folder(CheckpointStore *store, Error *err)
{
    EnvStat found;
    if (store->is_owner)
        TRY(store_call(store, own, NULL, err));
    else if (!env_file_stat(store->directory, &found) || !found.is_directory)
        return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "there is no folder \"%.*s\"", STR_FMT(store->directory));
    TRY(store_call(store, look_around, NULL, err));
    if (store->is_owner)
        tidy_up(store);
    return STATUS_OK;
}

static CheckpointStore *store_create(Str directory)
{
    EnvGuard        guard;
    Arena *volatile created = NULL;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        arena_destroy(created);
        return NULL;
    }
    Arena *arena = created = arena_create();
    CheckpointStore *store = arena_new(arena, CheckpointStore, 1);
    store->arena = arena;
    store->directory = arena_str(arena, directory);
    store->lock_fd = store->out_fd = store->in_fd = -1;
    env_guard_leave(&guard);
    return store;
}

Status checkpoint_store_open(Str directory, CheckpointAccess access, CheckpointStore **out, Error *err)
{
    CheckpointStore *store = store_create(directory);
    if (!store)
        return error_set(err, STATUS_NO_MEMORY, SPAN_NONE, "memory ran out while \"%.*s\" was opened", STR_FMT(directory));
    store->is_owner = access == CHECKPOINT_OWN;
    Status status = open_folder(store, err);
    if (status == STATUS_OK)
        *out = store;
    else
        checkpoint_store_close(store);
    return status;
}

void checkpoint_store_close(CheckpointStore *store)
{
    if (!store)
        return;
    close_fd(&store->lock_fd);
    arena_destroy(store->last_arena);
    arena_destroy(store->arena);
}

int64_t checkpoint_store_last(const CheckpointStore *store)
{
    return store->last.head.epoch;
}

int64_t checkpoint_store_highest(const CheckpointStore *store)
{
    return store->highest;
}
