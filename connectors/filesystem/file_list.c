/* file_list.c: the walk.
 *
 *   partition levels:   directories named key=value, one level per PARTITIONED BY column; other names are an error,
 *                       since their rows would be left out silently
 *   below, or without:  every directory is entered, every file taken
 *
 * Names that start with '.' or '_' are passed over everywhere. */
#include "connectors/filesystem/file_list.h"

#include "connectors/filesystem/file_path.h"

enum { WALK_DEPTH_MAX = 64 };

typedef LIST(Str) NameList;

typedef struct NameReader {
    Arena   *arena;
    NameList names;
} NameReader;

static void take_name(void *context, Str name)
{
    NameReader *reader = context;
    list_push(reader->arena, &reader->names, arena_str(reader->arena, name));
}

typedef struct Walker {
    const FileWalk *walk;
    FileList       *files;
    Str            *values; /* of the partition directories around */
    int32_t         depth;
} Walker;

static Status walk_directory(Walker *walker, Str path, int32_t level, Error *err);

static void take_file(Walker *walker, Str path, EnvStat stat)
{
    const FileWalk *walk = walker->walk;
    int32_t         keys = walk->table->partition_key_count;
    if (walk->pattern && !pattern_matches(walk->pattern, path))
        return;
    FoundFile file = { .path = path, .stat = stat, .partition_values = arena_new(walk->arena, Str, keys + 1) };
    for (int32_t i = 0; i < keys; i++)
        file.partition_values[i] = walker->values[i];
    list_push(walk->arena, walker->files, file);
}

/* "key=value" of the level's key. */
static Status take_partition(Walker *walker, Str path, int32_t level, Error *err)
{
    const FileWalk  *walk = walker->walk;
    const TableSpec *table = walk->table;
    Str              name = file_path_name(path);
    Str              key = table->columns[table->partition_keys[level]].name;
    int64_t          equals = str_find(name, '=');
    if (equals < 0 || !str_eq(partition_unescape(walk->arena, str_slice(name, 0, equals)), key))
        return error_set(err, STATUS_DATA, table->span, "directory \"%.*s\" is no partition of %.*s: expected %.*s=...",
                         STR_FMT(path), STR_FMT(table->path), STR_FMT(key));
    Str value = partition_unescape(walk->arena, str_slice(name, equals + 1, name.len));
    walker->values[level] = str_eq(value, walk->default_name) ? (Str){ NULL, 0 } : value;
    return walk_directory(walker, path, level + 1, err);
}

static Status take_entry(Walker *walker, Str path, int32_t level, Error *err)
{
    EnvStat stat;
    bool    is_above = level < walker->walk->table->partition_key_count;
    if (!env_file_stat(path, &stat))
        return STATUS_OK;
    if (stat.is_directory)
        return is_above ? take_partition(walker, path, level, err) : walk_directory(walker, path, level, err);
    if (!is_above)
        take_file(walker, path, stat);
    return STATUS_OK;
}

static Status walk_directory(Walker *walker, Str path, int32_t level, Error *err)
{
    NameReader reader = { .arena = walker->walk->arena };
    if (++walker->depth > WALK_DEPTH_MAX)
        return error_set(err, STATUS_LIMIT, walker->walk->table->span, "\"%.*s\": more than %d directories deep",
                         STR_FMT(path),
                         WALK_DEPTH_MAX);
    TRY(env_directory_list(path, take_name, &reader, err));
    for (int64_t i = 0; i < reader.names.count; i++)
        if (!file_name_is_hidden(reader.names.items[i]))
            TRY(take_entry(walker, file_path_join(walker->walk->arena, path, reader.names.items[i]), level, err));
    walker->depth--;
    return STATUS_OK;
}

Status file_walk(const FileWalk *walk, FileList *out, Error *err)
{
    EnvStat stat;
    Walker  walker = { .walk = walk, .files = out };
    walker.values = arena_new(walk->arena, Str, walk->table->partition_key_count + 1);
    if (!env_file_stat(walk->root, &stat))
        return error_set(err, STATUS_IO, walk->table->span, "\"%.*s\" does not exist or cannot be read (table %.*s)",
                         STR_FMT(walk->root), STR_FMT(walk->table->path));
    if (stat.is_directory)
        return walk_directory(&walker, walk->root, 0, err);
    if (walk->table->partition_key_count > 0)
        return error_set(err, STATUS_INVALID, walk->table->span, "\"%.*s\" is a file, but table %.*s is partitioned",
                         STR_FMT(walk->root), STR_FMT(walk->table->path));
    take_file(&walker, walk->root, stat);
    return STATUS_OK;
}
