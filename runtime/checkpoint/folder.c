/* folder.c: the names of files in a checkpoint folder, and the folder itself. */
#include "runtime/checkpoint/store.h"

#include "core/env.h"

#include <stdlib.h>

#define PREFIX "epoch-"

static const char *const suffixes[FOLDER_KIND_COUNT] = {
    [FOLDER_MANIFEST] = ".manifest",
    [FOLDER_DATA] = ".data",
    [FOLDER_UNFINISHED] = ".manifest.new",
};

Str folder_path(Str directory, int64_t epoch, FolderKind kind, Arena *arena)
{
    return arena_format(arena, "%.*s/" PREFIX "%06lld%s", STR_FMT(directory), (long long)epoch, suffixes[kind]);
}

typedef struct Listing {
    Arena *arena;
    LIST(FolderFile) files;
} Listing;

/* Digits as folder_path writes them: at least six, no more zeros than needed. */
static bool read_epoch(Str digits, int64_t *epoch)
{
    if (digits.len < 6 || digits.ptr[0] < '0' || digits.ptr[0] > '9' || (digits.len > 6 && digits.ptr[0] == '0'))
        return false;
    return str_to_i64(digits, epoch) && *epoch > 0;
}

static void note(void *context, Str name)
{
    Listing *listing = context;
    Str      prefix = STR(PREFIX);
    if (!str_starts_with(name, prefix))
        return;
    for (int kind = 0; kind < FOLDER_KIND_COUNT; kind++) {
        Str        suffix = str_from(suffixes[kind]);
        FolderFile file = { .kind = (FolderKind)kind };
        if (str_ends_with(name, suffix) && name.len >= prefix.len + suffix.len &&
            read_epoch(str_slice(name, prefix.len, name.len - suffix.len), &file.epoch))
            list_push(listing->arena, &listing->files, file);
    }
}

static int newest_first(const void *left_item, const void *right_item)
{
    const FolderFile *left = left_item;
    const FolderFile *right = right_item;
    if (left->epoch != right->epoch)
        return left->epoch > right->epoch ? -1 : 1;
    return (int)left->kind - (int)right->kind;
}

Status folder_list(Str directory, Arena *arena, Folder *out, Error *err)
{
    Listing listing = { .arena = arena };
    TRY(env_directory_list(directory, note, &listing, err));
    if (listing.files.count > 0)
        qsort(listing.files.items, (size_t)listing.files.count, sizeof(FolderFile), newest_first);
    *out = (Folder){ listing.files.items, listing.files.count };
    return STATUS_OK;
}

static Str parent_of(Str path)
{
    int64_t end = path.len;
    while (end > 1 && path.ptr[end - 1] == '/')
        end--;
    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    while (end > 1 && path.ptr[end - 1] == '/')
        end--;
    return end > 0 ? str_slice(path, 0, end) : STR(".");
}

Status folder_create(Str directory, Error *err)
{
    EnvStat found;
    Str     parent = parent_of(directory);
    if (env_file_stat(directory, &found) && found.is_directory) /* perhaps since just now, by a process that died then */
        return env_directory_sync(parent, err);
    if (parent.len < directory.len)
        TRY(folder_create(parent, err));
    TRY(env_directory_create(directory, err));
    return env_directory_sync(parent, err);
}
