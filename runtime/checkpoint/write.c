/* write.c: one checkpoint onto the disk.
 *
 *   settle:    for each part: given, kept where it is, or copied. Copied are parts that stand in the last manifest itself, all of a data file of
 *              which less than a third is still referred to, and in a savepoint everything: its two files are enough to restore it
 *   export:    the same into another folder: everything is copied from the files of the first
 *   store:     given and copied parts, together up to INLINE_MAX: into the manifest; else into a data file, synced
 *   commit:    manifest written beside, synced, renamed, folder synced: one sync and one rename when there is no data file
 *
 * Everything that needs memory is done before the rename. Files are created new and never written twice: after an error they are removed,
 * whatever the state of their unsynced pages. */
#include "runtime/checkpoint/store.h"

#include "core/env.h"
#include "core/hash.h"

#include <assert.h>

enum {
    INLINE_MAX = 64 * 1024,
    BUFFER_MAX = 256 * 1024, /* parts gathered for one write */
};

typedef struct Writer {
    CheckpointStore      *store;
    CheckpointStore      *from;      /* whose files the unchanged parts are in: the same one, or the one that is exported */
    const Manifest       *last;      /* of `from`: the checkpoint that unchanged parts are of */
    const Checkpoint     *checkpoint;
    Manifest              next;
    const ManifestPart  **old;       /* per part: where the last checkpoint has it; NULL: its bytes are given */
    int32_t              *file_map;  /* file of the last checkpoint -> file of the next; -1: its parts are copied */
    bool                  is_inline; /* new bytes stand in the manifest */
    int64_t               offset;    /* where the next new part goes */
    int64_t               open_epoch; /* of the data file that is open for copying; 0: none */
    Text                 *gathered;  /* inline bytes, or those not yet written to the data file */
} Writer;

/* ---- settle ----------------------------------------------------------------------------------------------------------- */

static Status misused(const Checkpoint *checkpoint, const char *what, Error *err)
{
    return error_set(err, STATUS_MISUSE, SPAN_NONE, "epoch %lld: %s", (long long)checkpoint->epoch, what);
}

/* Index of the same operator in the last checkpoint; -1: it is not there, or its state means something else. */
static int32_t find_op(const Manifest *last, const CheckpointOp *op)
{
    for (int32_t i = 0; i < last->head.op_count; i++)
        if (str_eq(last->head.ops[i].name, op->name) && str_eq(last->head.ops[i].signature, op->signature))
            return i;
    return -1;
}

static const ManifestPart *find_part(const Manifest *last, const ManifestPart *wanted)
{
    int64_t low = 0;
    int64_t high = last->part_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int     order = manifest_part_order(&last->parts[middle], wanted);
        if (order == 0)
            return &last->parts[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static Status settle_part(Writer *writer, int64_t index, const int32_t *op_map, Error *err)
{
    const Checkpoint     *checkpoint = writer->checkpoint;
    const CheckpointPart *given = &checkpoint->parts[index];
    ManifestPart         *part = &writer->next.parts[index];
    if (given->op < 0 || given->op >= checkpoint->op_count || given->instance < 0 || given->instance >= checkpoint->ops[given->op].instances)
        return misused(checkpoint, "a part is of no operator", err);
    *part = (ManifestPart){ .op = given->op, .instance = given->instance, .number = given->number, .size = given->bytes.len };
    if (index > 0 && manifest_part_order(&part[-1], part) >= 0)
        return misused(checkpoint, "parts are not in order", err);
    if (!given->is_unchanged)
        return STATUS_OK;
    ManifestPart wanted = { .op = op_map[given->op], .instance = given->instance, .number = given->number };
    const ManifestPart *old = find_part(writer->last, &wanted);
    if (!old)
        return misused(checkpoint, "an unchanged part is not in the last checkpoint", err);
    writer->old[index] = old;
    part->size = old->size;
    part->hash = old->hash;
    return STATUS_OK;
}

static Status settle_parts(Writer *writer, Error *err)
{
    const Checkpoint *checkpoint = writer->checkpoint;
    Arena            *arena = writer->store->work;
    int32_t          *op_map = arena_new(arena, int32_t, checkpoint->op_count);
    writer->old = arena_new(arena, const ManifestPart *, checkpoint->part_count);
    writer->next.parts = arena_new(arena, ManifestPart, checkpoint->part_count);
    writer->next.part_count = checkpoint->part_count;
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        op_map[i] = find_op(writer->last, &checkpoint->ops[i]);
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        TRY(settle_part(writer, i, op_map, err));
    return STATUS_OK;
}

/* Data files of the last checkpoint that go on being referred to come first among those of the next: they are older than its own. */
static void settle_files(Writer *writer)
{
    const Manifest *last = writer->last;
    Arena          *arena = writer->store->work;
    int64_t        *live = arena_new(arena, int64_t, last->file_count);
    writer->file_map = arena_new(arena, int32_t, last->file_count);
    writer->next.files = arena_new(arena, ManifestFile, (int64_t)last->file_count + 1);
    for (int64_t i = 0; i < writer->next.part_count; i++)
        if (writer->old[i] && writer->old[i]->file != MANIFEST_INLINE)
            live[writer->old[i]->file] += writer->old[i]->size;
    for (int32_t i = 0; i < last->file_count; i++) {
        bool is_kept = live[i] >= last->files[i].size / 3 && live[i] > 0 && writer->checkpoint->kind != CHECKPOINT_SAVEPOINT;
        writer->file_map[i] = is_kept ? writer->next.file_count : -1;
        if (is_kept)
            writer->next.files[writer->next.file_count++] = last->files[i];
    }
}

/* Kept parts get their place; the others are counted. */
static int64_t settle_places(Writer *writer)
{
    int64_t new_size = 0;
    for (int64_t i = 0; i < writer->next.part_count; i++) {
        ManifestPart       *part = &writer->next.parts[i];
        const ManifestPart *old = writer->old[i];
        part->file = old && old->file != MANIFEST_INLINE ? writer->file_map[old->file] : -1;
        if (part->file >= 0)
            part->offset = old->offset;
        else
            new_size += part->size;
    }
    return new_size;
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

void store_remove_unfinished(CheckpointStore *store)
{
    for (int32_t i = store->unfinished_count - 1; i >= 0; i--) { /* the manifest before what it refers to */
        Error ignored = ERROR_NONE; /* one that was not created yet cannot be removed */
        env_file_remove(store->unfinished[i], &ignored);
    }
    store->unfinished_count = 0;
}

static Status create_out(CheckpointStore *store, Str path, Error *err)
{
    EnvStat found;
    if (env_file_stat(path, &found)) /* left by an earlier attempt */
        TRY(env_file_remove(path, err));
    store->unfinished[store->unfinished_count++] = path;
    return env_file_open(path, ENV_CREATE_NEW, &store->out_fd, err);
}

static Status finish_out(CheckpointStore *store, Error *err)
{
    Status status = env_file_sync(store->out_fd, err);
    env_file_close(store->out_fd);
    store->out_fd = -1;
    return status;
}

/* ---- store ------------------------------------------------------------------------------------------------------------ */

static Status write_out(Writer *writer, Error *err)
{
    Status status = env_file_write(writer->store->out_fd, text_str(writer->gathered), err);
    text_clear(writer->gathered);
    return status;
}

/* Bytes of a part that moves from a data file of the last checkpoint, read behind what is gathered. */
static Status copy_part(Writer *writer, const ManifestPart *old, Error *err)
{
    const ManifestFile *file = &writer->last->files[old->file];
    if (writer->open_epoch != file->epoch)
        TRY(store_open_data(writer->from, file, err));
    writer->open_epoch = file->epoch;
    char *room = text_reserve(writer->gathered, old->size);
    if (!room)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "a part is larger than 1 GiB");
    TRY(store_read_part(writer->from, old, room, err));
    writer->gathered->len += old->size;
    return STATUS_OK;
}

static Status put_bytes(Writer *writer, Str bytes, Error *err)
{
    if (writer->is_inline || bytes.len < BUFFER_MAX) {
        text_append(writer->gathered, bytes);
        return STATUS_OK;
    }
    TRY(write_out(writer, err));
    return env_file_write(writer->store->out_fd, bytes, err);
}

static Status put_part(Writer *writer, int64_t index, Error *err)
{
    ManifestPart       *part = &writer->next.parts[index];
    const ManifestPart *old = writer->old[index];
    part->file = writer->is_inline ? MANIFEST_INLINE : writer->next.file_count;
    part->offset = writer->offset;
    writer->offset += part->size;
    if (!old) {
        Str bytes = writer->checkpoint->parts[index].bytes;
        part->hash = hash_bytes(bytes.ptr, bytes.len);
        TRY(put_bytes(writer, bytes, err));
    } else if (old->file == MANIFEST_INLINE) {
        TRY(put_bytes(writer, str_slice(writer->last->inline_bytes, old->offset, old->offset + old->size), err));
    } else {
        Status status = copy_part(writer, old, err);
        if (status == STATUS_DATA && writer->last == &writer->from->last)
            store_forget_last(writer->from); /* nothing more can be built on it */
        TRY(status);
    }
    return !writer->is_inline && writer->gathered->len >= BUFFER_MAX ? write_out(writer, err) : STATUS_OK;
}

static Status put_parts(Writer *writer, Error *err)
{
    for (int64_t i = 0; i < writer->next.part_count; i++)
        if (writer->next.parts[i].file < 0)
            TRY(put_part(writer, i, err));
    store_close_data(writer->from);
    return STATUS_OK;
}

static Status write_data(Writer *writer, int64_t new_size, Error *err)
{
    CheckpointStore *store = writer->store;
    int64_t          epoch = writer->checkpoint->epoch;
    Str              path = folder_path(store->directory, epoch, FOLDER_DATA, store->work);
    TRY(create_out(store, path, err));
    writer->offset = DATA_HEADER_SIZE;
    data_header_encode(epoch, writer->gathered);
    Status status = env_file_reserve(store->out_fd, DATA_HEADER_SIZE + new_size, err);
    if (status == STATUS_OK)
        status = put_parts(writer, err);
    if (status == STATUS_OK)
        status = write_out(writer, err);
    if (status == STATUS_OK)
        status = finish_out(store, err);
    writer->next.files[writer->next.file_count++] = (ManifestFile){ epoch, DATA_HEADER_SIZE + new_size };
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}

static Status write_inline(Writer *writer, Error *err)
{
    writer->is_inline = true;
    TRY(put_parts(writer, err));
    writer->next.inline_bytes = arena_str(writer->store->work, text_str(writer->gathered));
    text_clear(writer->gathered);
    return STATUS_OK;
}

/* ---- commit ----------------------------------------------------------------------------------------------------------- */

/* The store's own copies, for the writes that follow. */
static void keep_head(Writer *writer)
{
    const Checkpoint *checkpoint = writer->checkpoint;
    Arena            *arena = writer->store->work;
    CheckpointOp     *ops = arena_new(arena, CheckpointOp, checkpoint->op_count);
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        ops[i] = (CheckpointOp){ arena_str(arena, checkpoint->ops[i].name), arena_str(arena, checkpoint->ops[i].signature),
                                 checkpoint->ops[i].instances };
    writer->next.head = (Checkpoint){ .epoch = checkpoint->epoch, .ops = ops, .op_count = checkpoint->op_count };
}

static Status write_manifest(Writer *writer, Str path, Error *err)
{
    CheckpointStore *store = writer->store;
    writer->next.head = *writer->checkpoint;
    TRY(manifest_encode(&writer->next, writer->gathered, err));
    TRY(create_out(store, path, err));
    Status status = write_out(writer, err);
    if (status == STATUS_OK)
        status = finish_out(store, err);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}

static Status commit(Writer *writer, Error *err)
{
    CheckpointStore *store = writer->store;
    int64_t          epoch = writer->checkpoint->epoch;
    Str              beside = folder_path(store->directory, epoch, FOLDER_UNFINISHED, store->work);
    Str              path = folder_path(store->directory, epoch, FOLDER_MANIFEST, store->work);
    TRY(write_manifest(writer, beside, err));
    env_step("checkpoint.manifest_synced");
    keep_head(writer);
    store->unfinished[store->unfinished_count++] = path;
    TRY(env_file_rename(beside, path, err));
    env_step("checkpoint.renamed");
    return env_directory_sync(store->directory, err);
}

static Status write_checkpoint(Writer *writer, Error *err)
{
    TRY(settle_parts(writer, err));
    settle_files(writer);
    int64_t new_size = settle_places(writer);
    if (new_size <= INLINE_MAX) {
        TRY(write_inline(writer, err));
    } else {
        TRY(write_data(writer, new_size, err));
        env_step("checkpoint.data_synced");
    }
    return commit(writer, err);
}

static Status start(CheckpointStore *store, void *arguments, Error *err)
{
    const Checkpoint *checkpoint = arguments;
    Writer            writer = { .store = store, .from = store, .last = &store->last, .checkpoint = checkpoint, .gathered = &store->buffer };
    TRY(write_checkpoint(&writer, err));
    env_step("checkpoint.durable");
    store->unfinished_count = 0;
    store_set_last(store, store->work, &writer.next);
    return STATUS_OK;
}

Status checkpoint_store_write(CheckpointStore *store, const Checkpoint *checkpoint, Error *err)
{
    assert(store->is_owner);
    if (checkpoint->epoch <= store->highest && checkpoint->epoch != store->failed)
        return misused(checkpoint, "there was a later epoch already", err);
    store->highest = checkpoint->epoch;
    Status status = store_call(store, start, (void *)checkpoint, err);
    store->failed = status == STATUS_OK ? 0 : checkpoint->epoch;
    return status;
}

/* ---- export ------------------------------------------------------------------------------------------------------------ */

typedef struct Export {
    int64_t          epoch;
    Str              directory;
    CheckpointStore *to;
    Manifest         manifest;   /* of the epoch, in the exported store */
    Checkpoint       checkpoint; /* as it is to be: a savepoint, all parts to be copied */
    CheckpointStore *from;
} Export;

static Status write_export(CheckpointStore *to, void *arguments, Error *err)
{
    Export *export = arguments;
    Writer  writer = { .store = to, .from = export->from, .last = &export->manifest, .checkpoint = &export->checkpoint,
                       .gathered = &to->buffer };
    TRY(write_checkpoint(&writer, err));
    to->unfinished_count = 0;
    return STATUS_OK;
}

static void describe_export(Export *export, Arena *arena)
{
    const Manifest *manifest = &export->manifest;
    CheckpointPart *parts = arena_new(arena, CheckpointPart, manifest->part_count);
    for (int64_t i = 0; i < manifest->part_count; i++)
        parts[i] = (CheckpointPart){ .op = manifest->parts[i].op, .instance = manifest->parts[i].instance,
                                     .number = manifest->parts[i].number, .is_unchanged = true };
    export->checkpoint = manifest->head;
    export->checkpoint.kind = CHECKPOINT_SAVEPOINT;
    export->checkpoint.parts = parts;
    export->checkpoint.part_count = manifest->part_count;
}

/* Nobody runs from it, so that its lock means nothing. */
static void remove_lock(const CheckpointStore *store, Str directory)
{
    Error ignored = ERROR_NONE;
    env_file_remove(arena_format(store->work, "%.*s/lock", STR_FMT(directory)), &ignored);
}

static Status write_into(CheckpointStore *from, Export *export, Error *err)
{
    if (checkpoint_store_highest(export->to) > 0)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "there are checkpoints in \"%.*s\" already", STR_FMT(export->directory));
    TRY(store_load_manifest(from, export->epoch, from->work, &export->manifest, err));
    describe_export(export, from->work);
    return store_call(export->to, write_export, export, err);
}

static Status export_to(CheckpointStore *from, void *arguments, Error *err)
{
    Export *export = arguments;
    export->from = from;
    TRY(checkpoint_store_open(export->directory, CHECKPOINT_OWN, &export->to, err));
    Status status = write_into(from, export, err);
    checkpoint_store_close(export->to);
    remove_lock(from, export->directory);
    if (status != STATUS_OK) {
        Error ignored = ERROR_NONE; /* one that is not empty stays */
        env_file_remove(export->directory, &ignored);
    }
    return status;
}

Status checkpoint_store_export(CheckpointStore *store, int64_t epoch, Str directory, Error *err)
{
    Export export = { .epoch = epoch, .directory = directory };
    return store_call(store, export_to, &export, err);
}
