/* restore.c: what a checkpoint folder offers: its list, the newest that verifies, one, and whether it verifies.
 *
 * A folder may change under us, when it is looked at beside a running job: a checkpoint that is gone when it is opened is passed over. */
#include "runtime/checkpoint/store.h"

#include "core/env.h"

typedef struct Request {
    int64_t            epoch;
    Arena             *arena; /* the caller's */
    void             (*notice)(void *context, Str line);
    void              *context;
    const Checkpoint **out;
    const CheckpointEntry **entries;
    int64_t           *count;
} Request;

/* ---- lists ------------------------------------------------------------------------------------------------------------ */

static void measure(const Manifest *manifest, int64_t *size, int64_t *new_size)
{
    *size = *new_size = 0;
    for (int64_t i = 0; i < manifest->part_count; i++) {
        const ManifestPart *part = &manifest->parts[i];
        bool is_new = part->file == MANIFEST_INLINE || manifest->files[part->file].epoch == manifest->head.epoch;
        *size += part->size;
        *new_size += is_new ? part->size : 0;
    }
}

/* false: it is gone. */
static bool make_entry(CheckpointStore *store, int64_t epoch, Arena *arena, CheckpointEntry *entry)
{
    Error    why = ERROR_NONE;
    Manifest manifest;
    *entry = (CheckpointEntry){ .epoch = epoch, .problem = STR_EMPTY };
    Status status = store_load_manifest(store, epoch, store->work, &manifest, &why);
    if (status != STATUS_OK) {
        entry->problem = arena_str(arena, str_from(why.message));
        return status != STATUS_NO_OBJECT;
    }
    entry->kind = manifest.head.kind;
    entry->created_ms = manifest.head.created_ms;
    entry->job_id = arena_str(arena, manifest.head.job_id);
    entry->job_name = arena_str(arena, manifest.head.job_name);
    measure(&manifest, &entry->size, &entry->new_size);
    return true;
}

static Status list(CheckpointStore *store, void *arguments, Error *err)
{
    Request *request = arguments;
    Folder   folder;
    TRY(folder_list(store->directory, store->work, &folder, err));
    CheckpointEntry *entries = arena_new(request->arena, CheckpointEntry, folder.count);
    *request->count = 0;
    for (int64_t i = 0; i < folder.count; i++)
        if (folder.files[i].kind == FOLDER_MANIFEST)
            *request->count += make_entry(store, folder.files[i].epoch, request->arena, &entries[*request->count]);
    *request->entries = entries;
    return STATUS_OK;
}

Status checkpoint_store_list(CheckpointStore *store, Arena *arena, const CheckpointEntry **out, int64_t *count, Error *err)
{
    return store_call(store, list, &(Request){ .arena = arena, .entries = out, .count = count }, err);
}

/* ---- whole checkpoints ------------------------------------------------------------------------------------------------ */

/* The manifest's own copy for the caller; parts have bytes[i], or only their size when bytes is NULL. */
static Checkpoint *hand_out(const Manifest *manifest, const Str *bytes, Arena *arena)
{
    Checkpoint     *checkpoint = arena_new(arena, Checkpoint, 1);
    CheckpointOp   *ops = arena_new(arena, CheckpointOp, manifest->head.op_count);
    CheckpointPart *parts = arena_new(arena, CheckpointPart, manifest->part_count);
    *checkpoint = manifest->head;
    checkpoint->job_id = arena_str(arena, manifest->head.job_id);
    checkpoint->job_name = arena_str(arena, manifest->head.job_name);
    checkpoint->script = arena_str(arena, manifest->head.script);
    for (int32_t i = 0; i < manifest->head.op_count; i++) {
        const CheckpointOp *op = &manifest->head.ops[i];
        ops[i] = (CheckpointOp){ arena_str(arena, op->name), arena_str(arena, op->signature), op->instances };
    }
    for (int64_t i = 0; i < manifest->part_count; i++) {
        const ManifestPart *part = &manifest->parts[i];
        bool is_old = part->file != MANIFEST_INLINE && manifest->files[part->file].epoch != manifest->head.epoch;
        parts[i] = (CheckpointPart){ part->op, part->instance, part->number, !bytes && is_old, bytes ? bytes[i] : (Str){ NULL, part->size } };
    }
    checkpoint->ops = ops;
    checkpoint->parts = parts;
    checkpoint->part_count = manifest->part_count;
    return checkpoint;
}

/* Files vanish one after another when a checkpoint is removed, its manifest first: then it is gone, not damaged. */
static Status gone_or_damaged(CheckpointStore *store, int64_t epoch, Status status, Error *err)
{
    Error    ignored = ERROR_NONE;
    Manifest manifest;
    if (status != STATUS_DATA || store_load_manifest(store, epoch, store->work, &manifest, &ignored) != STATUS_NO_OBJECT)
        return status;
    error_clear(err);
    return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "epoch %lld was removed meanwhile", (long long)epoch);
}

bool store_is_broken(const CheckpointStore *store, int64_t epoch)
{
    for (int64_t i = 0; i < store->broken.count; i++)
        if (store->broken.items[i] == epoch)
            return true;
    return false;
}

static void note_broken(CheckpointStore *store, int64_t epoch)
{
    if (!store_is_broken(store, epoch))
        list_push(store->arena, &store->broken, epoch);
}

/* Verified in memory of the caller; its manifest becomes the last. */
static Status read_one(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err)
{
    Manifest manifest;
    TRY(store_load_manifest(store, epoch, store->work, &manifest, err));
    Str *bytes = arena_new(store->work, Str, manifest.part_count);
    TRY(store_load_parts(store, &manifest, arena, bytes, err));
    *out = hand_out(&manifest, bytes, arena);
    store_set_last(store, store->work, &manifest);
    return STATUS_OK;
}

static Status read_checked(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err)
{
    Status status = gone_or_damaged(store, epoch, read_one(store, epoch, arena, out, err), err);
    if (status == STATUS_DATA)
        note_broken(store, epoch);
    return status;
}

/* What a job goes on from must stay, for its sinks commit it: whoever wrote it may have died, or have been told of an error, between the rename
 * and the sync of the folder. */
static Status make_names_durable(const CheckpointStore *store, Error *err)
{
    return store->is_owner ? env_directory_sync(store->directory, err) : STATUS_OK;
}

static Status restore(CheckpointStore *store, void *arguments, Error *err)
{
    Request *request = arguments;
    TRY(make_names_durable(store, err));
    return read_checked(store, request->epoch, request->arena, request->out, err);
}

Status checkpoint_store_read(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err)
{
    return store_call(store, restore, &(Request){ .epoch = epoch, .arena = arena, .out = out }, err);
}

static Status describe(CheckpointStore *store, void *arguments, Error *err)
{
    Request *request = arguments;
    Manifest manifest;
    TRY(store_load_manifest(store, request->epoch, store->work, &manifest, err));
    *request->out = hand_out(&manifest, NULL, request->arena);
    return STATUS_OK;
}

Status checkpoint_store_describe(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err)
{
    return store_call(store, describe, &(Request){ .epoch = epoch, .arena = arena, .out = out }, err);
}

static Status verify(CheckpointStore *store, void *arguments, Error *err)
{
    Request *request = arguments;
    Manifest manifest;
    Status   status = store_load_manifest(store, request->epoch, store->work, &manifest, err);
    if (status == STATUS_OK)
        status = store_load_parts(store, &manifest, NULL, NULL, err);
    return gone_or_damaged(store, request->epoch, status, err);
}

Status checkpoint_store_verify(CheckpointStore *store, int64_t epoch, Error *err)
{
    return store_call(store, verify, &(Request){ .epoch = epoch }, err);
}

/* ---- the newest ------------------------------------------------------------------------------------------------------- */

static void say_passed_over(const Request *request, Arena *arena, int64_t epoch, const Error *why, const FolderFile *next)
{
    if (!request->notice)
        return;
    Str line = arena_format(arena, "epoch %lld does not verify: %s; ", (long long)epoch, why->message);
    line = next ? arena_format(arena, "%.*sgoing back to epoch %lld", STR_FMT(line), (long long)next->epoch)
                : arena_format(arena, "%.*sthere is none before it", STR_FMT(line));
    request->notice(request->context, line);
}

/* The next manifest from `at` on; NULL: no more. */
static const FolderFile *next_manifest(const Folder *folder, int64_t at)
{
    for (; at < folder->count; at++)
        if (folder->files[at].kind == FOLDER_MANIFEST)
            return &folder->files[at];
    return NULL;
}

static Status newest(CheckpointStore *store, void *arguments, Error *err)
{
    Request *request = arguments;
    Folder   folder;
    int64_t  passed_over = 0;
    *request->out = NULL;
    TRY(make_names_durable(store, err));
    TRY(folder_list(store->directory, store->work, &folder, err));
    const FolderFile *file = next_manifest(&folder, 0);
    while (file) {
        Error             why = ERROR_NONE;
        const FolderFile *next = next_manifest(&folder, file - folder.files + 1);
        Status            status = read_checked(store, file->epoch, request->arena, request->out, &why);
        if (status == STATUS_OK)
            return STATUS_OK;
        if (status != STATUS_DATA && status != STATUS_NO_OBJECT) {
            *err = why;
            return status;
        }
        if (status == STATUS_DATA) {
            say_passed_over(request, store->work, file->epoch, &why, next);
            passed_over++;
        }
        file = next;
    }
    if (passed_over == 0)
        return STATUS_OK;
    return error_set(err, STATUS_DATA, SPAN_NONE, "none of the %lld checkpoints in \"%.*s\" verifies", (long long)passed_over,
                     STR_FMT(store->directory));
}

Status checkpoint_store_newest(CheckpointStore *store, Arena *arena, void (*notice)(void *context, Str line), void *context,
                               const Checkpoint **out, Error *err)
{
    return store_call(store, newest, &(Request){ .arena = arena, .notice = notice, .context = context, .out = out }, err);
}
