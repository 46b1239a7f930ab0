/* read.c: files of a checkpoint, read and checked.
 *
 *   load manifest:  the file whole, its checksum, then its content (manifest.c)
 *   load parts:     file by file; neighbours in one read of up to RUN_MAX, then the checksum of each
 *
 * A read that fails is tried once more, then the file counts as damaged: what the disk cannot read is lost. A file that cannot be opened
 * does not count as damaged. */
#include "runtime/checkpoint/store.h"

#include "core/env.h"
#include "core/hash.h"

enum { RUN_MAX = 4 * 1024 * 1024 };

/* ---- files ------------------------------------------------------------------------------------------------------------ */

/* Exactly size bytes. */
static Status read_at(int fd, int64_t offset, char *bytes, int64_t size, Error *err)
{
    Error   first = ERROR_NONE;
    Error   second = ERROR_NONE;
    int64_t got;
    if (env_file_read_at(fd, offset, bytes, size, &got, &first) != STATUS_OK &&
        env_file_read_at(fd, offset, bytes, size, &got, &second) != STATUS_OK)
        return error_set(err, STATUS_DATA, SPAN_NONE, "%s", second.message);
    return got == size ? STATUS_OK : error_set(err, STATUS_DATA, SPAN_NONE, "it ends too early");
}

/* Opens a file that should be there, as store->in_fd. */
static Status open_in(CheckpointStore *store, Str path, int64_t *size, Error *err)
{
    EnvStat found;
    store_close_data(store);
    if (!env_file_stat(path, &found))
        return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "there is no \"%.*s\"", STR_FMT(path));
    *size = found.size;
    return env_file_open(path, ENV_READ, &store->in_fd, err);
}

void store_close_data(CheckpointStore *store)
{
    if (store->in_fd >= 0)
        env_file_close(store->in_fd);
    store->in_fd = -1;
}

/* ---- manifests -------------------------------------------------------------------------------------------------------- */

static Status read_manifest(CheckpointStore *store, int64_t size, int64_t epoch, Arena *arena, Manifest *out, Error *err)
{
    if (size > manifest_size_max())
        return error_set(err, STATUS_DATA, SPAN_NONE, "it is larger than any manifest");
    char *bytes = arena_alloc(arena, size);
    TRY(read_at(store->in_fd, 0, bytes, size, err));
    TRY(manifest_decode((Str){ bytes, size }, arena, out, err));
    if (out->head.epoch != epoch)
        return error_set(err, STATUS_DATA, SPAN_NONE, "it is the manifest of epoch %lld", (long long)out->head.epoch);
    return STATUS_OK;
}

Status store_load_manifest(CheckpointStore *store, int64_t epoch, Arena *arena, Manifest *out, Error *err)
{
    Str     path = folder_path(store->directory, epoch, FOLDER_MANIFEST, store->work);
    int64_t size;
    TRY(open_in(store, path, &size, err));
    Status status = read_manifest(store, size, epoch, arena, out, err);
    store_close_data(store);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}

/* ---- parts ------------------------------------------------------------------------------------------------------------ */

static Status check_data(CheckpointStore *store, const ManifestFile *file, int64_t size, Error *err)
{
    char header[DATA_HEADER_SIZE];
    if (size != file->size)
        return error_set(err, STATUS_DATA, SPAN_NONE, "it has %lld bytes, and was written with %lld", (long long)size, (long long)file->size);
    TRY(read_at(store->in_fd, 0, header, DATA_HEADER_SIZE, err));
    return data_header_check((Str){ header, DATA_HEADER_SIZE }, file->epoch, err);
}

/* A data file that is not there is damage: its manifest is. */
Status store_open_data(CheckpointStore *store, const ManifestFile *file, Error *err)
{
    Str     path = folder_path(store->directory, file->epoch, FOLDER_DATA, store->work);
    int64_t size;
    Error   why = ERROR_NONE;
    Status  status = open_in(store, path, &size, &why);
    if (status != STATUS_OK)
        return error_set(err, status == STATUS_NO_OBJECT ? STATUS_DATA : status, SPAN_NONE, "%s", why.message);
    return check_data(store, file, size, err) == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}

static Status check_part(const ManifestPart *part, const char *bytes, Error *err)
{
    if (hash_bytes(bytes, part->size) == part->hash)
        return STATUS_OK;
    return error_set(err, STATUS_DATA, SPAN_NONE, "the checksum of the %lld bytes from %lld on is wrong", (long long)part->size,
                     (long long)part->offset);
}

Status store_read_part(CheckpointStore *store, const ManifestPart *part, char *bytes, Error *err)
{
    TRY(read_at(store->in_fd, part->offset, bytes, part->size, err));
    return check_part(part, bytes, err);
}

/* The parts of each file, in the order of the manifest: first[file], then next[part]; -1 ends. */
typedef struct Chains {
    int64_t *first;
    int64_t *next;
} Chains;

static Chains chain_parts(const Manifest *manifest, Arena *arena)
{
    Chains chains = { arena_new(arena, int64_t, manifest->file_count), arena_new(arena, int64_t, manifest->part_count) };
    for (int32_t i = 0; i < manifest->file_count; i++)
        chains.first[i] = -1;
    for (int64_t i = manifest->part_count - 1; i >= 0; i--) {
        int32_t file = manifest->parts[i].file;
        if (file == MANIFEST_INLINE)
            continue;
        chains.next[i] = chains.first[file];
        chains.first[file] = i;
    }
    return chains;
}

/* Where the run of neighbours that starts at part ends; *size is that of the run. */
static int64_t run_end(const Manifest *manifest, const Chains *chains, int64_t part, int64_t *size)
{
    const ManifestPart *parts = manifest->parts;
    int64_t             start = parts[part].offset;
    *size = parts[part].size;
    for (part = chains->next[part]; part >= 0; part = chains->next[part]) {
        if (parts[part].offset != start + *size || *size + parts[part].size > RUN_MAX)
            break;
        *size += parts[part].size;
    }
    return part;
}

static Status check_run(const Manifest *manifest, const Chains *chains, int64_t part, int64_t end, const char *room, Str *bytes, Error *err)
{
    const ManifestPart *parts = manifest->parts;
    for (int64_t start = parts[part].offset; part != end; part = chains->next[part]) {
        const char *at = room + (parts[part].offset - start);
        TRY(check_part(&parts[part], at, err));
        if (bytes)
            bytes[part] = (Str){ at, parts[part].size };
    }
    return STATUS_OK;
}

static Status load_file(CheckpointStore *store, const Manifest *manifest, const Chains *chains, int32_t file, Arena *arena, Str *bytes,
                        Error *err)
{
    TRY(store_open_data(store, &manifest->files[file], err));
    for (int64_t part = chains->first[file]; part >= 0;) {
        int64_t size;
        int64_t end = run_end(manifest, chains, part, &size);
        text_clear(&store->buffer);
        char   *room = arena ? arena_alloc(arena, size) : text_reserve(&store->buffer, size);
        Status  status = room ? read_at(store->in_fd, manifest->parts[part].offset, room, size, err)
                              : error_set(err, STATUS_LIMIT, SPAN_NONE, "a part is larger than 1 GiB");
        if (status == STATUS_OK)
            status = check_run(manifest, chains, part, end, room, arena ? bytes : NULL, err);
        if (status != STATUS_OK)
            return error_prefix(err, "%.*s", STR_FMT(folder_path(store->directory, manifest->files[file].epoch, FOLDER_DATA, store->work)));
        part = end;
    }
    store_close_data(store);
    return STATUS_OK;
}

Status store_load_parts(CheckpointStore *store, const Manifest *manifest, Arena *arena, Str *bytes, Error *err)
{
    Chains chains = chain_parts(manifest, store->work);
    for (int64_t i = 0; i < manifest->part_count; i++) {
        const ManifestPart *part = &manifest->parts[i];
        if (part->file != MANIFEST_INLINE)
            continue;
        Str stored = str_slice(manifest->inline_bytes, part->offset, part->offset + part->size);
        TRY(check_part(part, stored.ptr, err));
        if (arena)
            bytes[i] = arena_str(arena, stored);
    }
    for (int32_t i = 0; i < manifest->file_count; i++)
        TRY(load_file(store, manifest, &chains, i, arena, bytes, err));
    return STATUS_OK;
}
