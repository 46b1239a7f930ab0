/* disk_calls.c: the file calls of env.h on the disk: each may fail, and the process may die in it. */
#include "tests/sim/disk_parts.h"

#include <stdlib.h>

/* ---- before a call -------------------------------------------------------------------------------------------------------- */

typedef enum CallKind { CALL_READS, CALL_NEEDS_ROOM, CALL_SYNCS, CALL_OTHER } CallKind;

typedef enum Turn {
    TURN_DONE,  /* the call does what it says */
    TURN_FAILS, /* nothing happens */
    TURN_HALF,  /* of a write, a part happens; then it fails */
    TURN_FULL   /* no room; of a write a part happens */
} Turn;

static Status say_failure(Error *err, const char *what, Str path, const char *why)
{
    trace("cannot %s %.*s: %s", what, STR_FMT(path), why);
    return error_set(err, STATUS_IO, SPAN_NONE, "cannot %s \"%.*s\": %s", what, STR_FMT(path), why);
}

static Status fails(Error *err, const char *what, Str path, Turn turn)
{
    bool is_away = process_is_dead() || machine->is_cut_off[machine->process];
    return say_failure(err, what, path, is_away ? "the disk is away" : turn == TURN_FULL ? "No space left on device" : "Input/output error");
}

/* The process dies in this call: what of it happens? */
static Turn die(const char *what, Str path)
{
    trace("death in %s %.*s", what, STR_FMT(path));
    process_dies("in a file call");
    switch (dice_below(&machine->dice, 3)) {
    case 0: return TURN_DONE;
    case 1: return TURN_HALF;
    default: return TURN_FAILS;
    }
}

static Turn take_turn(CallKind kind, const char *what, Str path)
{
    if (process_is_dead() || machine->is_cut_off[machine->process])
        return TURN_FAILS;
    mounted->calls++;
    if (mounted->death_countdown > 0 && --mounted->death_countdown == 0)
        return die(what, path);
    if (kind == CALL_NEEDS_ROOM && mounted->full_for > 0) {
        mounted->full_for--;
        return TURN_FULL;
    }
    bool had_failed_read = mounted->has_failed_read;
    mounted->has_failed_read = false;
    if ((kind == CALL_READS && had_failed_read) || !fault(mounted->trouble_one_in))
        return TURN_DONE;
    mounted->has_failed_read = kind == CALL_READS;
    if (kind == CALL_NEEDS_ROOM && dice_one_in(&machine->dice, 2)) {
        mounted->full_for = dice_between(&machine->dice, 0, FULL_CALLS_MAX);
        return TURN_FULL;
    }
    return dice_one_in(&machine->dice, 2) ? TURN_HALF : TURN_FAILS;
}

/* Whose answer reaches nobody. */
static Status answer(Error *err, const char *what, Str path)
{
    return process_is_dead() ? fails(err, what, path, TURN_FAILS) : STATUS_OK;
}

static OpenFile *file_of(int fd)
{
    return &mounted->open[fd - FIRST_FD];
}

/* ---- open and close -------------------------------------------------------------------------------------------------------- */

static void cut(Node *node, int64_t size)
{
    while (node->seen.len < size)
        text_put(&node->seen, '\0');
    node->seen.len = size;
    if (node->lost_from >= size)
        node->lost_from = -1;
}

static int open_node(Node *node, Str path, bool is_append)
{
    for (int32_t i = 0; i < OPEN_MAX; i++) {
        if (mounted->open[i].node)
            continue;
        mounted->open[i] = (OpenFile){ .node = node, .process = machine->process, .is_append = is_append,
                                       .path = arena_str(mounted->arena, path) };
        return FIRST_FD + i;
    }
    violate("more than %d files are open", OPEN_MAX);
    abort();
}

static Status open_file(Str path, EnvOpen mode, int *fd, Error *err)
{
    Str   name;
    Turn  turn = take_turn(mode == ENV_READ ? CALL_READS : CALL_NEEDS_ROOM, "open", path);
    Node *parent = disk_find_parent(mounted, path, &name), *node = disk_find(mounted, path);
    if (turn != TURN_DONE)
        return fails(err, "open", path, turn);
    if (!node && (mode == ENV_READ || !parent))
        return say_failure(err, "open", path, "No such file or directory");
    if (node && mode == ENV_CREATE_NEW)
        return say_failure(err, "create", path, "File exists");
    if (node && node->is_directory && mode != ENV_READ)
        return say_failure(err, "open", path, "Is a directory");
    if (!node) {
        node = node_create(mounted, false);
        directory_change(mounted, parent, (Change){ .name = name, .node = node });
        trace("creates %.*s", STR_FMT(path));
    }
    if (mode == ENV_CREATE)
        cut(node, 0);
    TRY(answer(err, "open", path));
    *fd = open_node(node, path, mode == ENV_APPEND);
    return STATUS_OK;
}

static void close_file(int fd)
{
    OpenFile *file = file_of(fd);
    if (!file->node || file->process != machine->process) /* forgotten with a process that died */
        return;
    if (file->has_lock)
        file->node->locked_by = 0;
    file->node = NULL;
}

static Status lock(Str path, int *fd, Error *err)
{
    TRY(open_file(path, ENV_APPEND, fd, err));
    OpenFile *file = file_of(*fd);
    if (file->node->locked_by) {
        close_file(*fd);
        return error_set(err, STATUS_INVALID, SPAN_NONE, "\"%.*s\" is locked by another process", STR_FMT(path));
    }
    file->node->locked_by = machine->process;
    file->has_lock = true;
    return STATUS_OK;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------------------ */

static int64_t copy_out(const Node *node, int64_t offset, void *bytes, int64_t size)
{
    int64_t left = node->seen.len > offset ? node->seen.len - offset : 0;
    int64_t got = left < size ? left : size;
    if (got > 0)
        memcpy(bytes, node->seen.ptr + offset, (size_t)got);
    return got;
}

static Status read_at(int fd, int64_t offset, void *bytes, int64_t size, int64_t *got, Error *err)
{
    const OpenFile *file = file_of(fd);
    *got = 0;
    if (take_turn(CALL_READS, "read", file->path) != TURN_DONE)
        return fails(err, "read", file->path, TURN_FAILS);
    *got = copy_out(file->node, offset, bytes, size);
    return answer(err, "read", file->path);
}

static Status read_on(int fd, void *bytes, int64_t size, int64_t *got, Error *err)
{
    TRY(read_at(fd, file_of(fd)->offset, bytes, size, got, err));
    file_of(fd)->offset += *got;
    return STATUS_OK;
}

static void put_bytes(OpenFile *file, Str bytes)
{
    Text *seen = &file->node->seen;
    if (file->is_append)
        file->offset = seen->len;
    if (seen->len < file->offset + bytes.len)
        cut(file->node, file->offset + bytes.len);
    if (bytes.len > 0)
        memcpy(seen->ptr + file->offset, bytes.ptr, (size_t)bytes.len);
    file->offset += bytes.len;
    trace("writes %lld bytes (%016llx) to %.*s", (long long)bytes.len, (unsigned long long)hash_bytes(bytes.ptr, bytes.len), STR_FMT(file->path));
}

static Status write_file(int fd, Str bytes, Error *err)
{
    OpenFile *file = file_of(fd);
    Turn      turn = take_turn(CALL_NEEDS_ROOM, "write", file->path);
    if (turn == TURN_HALF || turn == TURN_FULL)
        put_bytes(file, str_slice(bytes, 0, dice_between(&machine->dice, 0, bytes.len)));
    if (turn != TURN_DONE)
        return fails(err, "write", file->path, turn);
    put_bytes(file, bytes);
    return answer(err, "write", file->path);
}

static Status reserve(int fd, int64_t size, Error *err)
{
    const OpenFile *file = file_of(fd);
    Turn            turn = take_turn(CALL_NEEDS_ROOM, "make room for", file->path);
    (void)size;
    return turn == TURN_DONE ? answer(err, "make room for", file->path) : fails(err, "make room for", file->path, turn);
}

static Status seek(int fd, int64_t offset, Error *err)
{
    OpenFile *file = file_of(fd);
    if (take_turn(CALL_OTHER, "seek in", file->path) != TURN_DONE)
        return fails(err, "seek in", file->path, TURN_FAILS);
    file->offset = offset;
    return answer(err, "seek in", file->path);
}

static Status truncate_file(int fd, int64_t size, Error *err)
{
    const OpenFile *file = file_of(fd);
    if (take_turn(CALL_OTHER, "truncate", file->path) != TURN_DONE)
        return fails(err, "truncate", file->path, TURN_FAILS);
    trace("cuts %.*s to %lld bytes", STR_FMT(file->path), (long long)size);
    cut(file->node, size);
    return answer(err, "truncate", file->path);
}

/* ---- syncing ----------------------------------------------------------------------------------------------------------------- */

static void keep_bytes(Node *file)
{
    int64_t size = file->lost_from >= 0 && file->lost_from < file->seen.len ? file->lost_from : file->seen.len;
    if (size < file->seen.len) { /* the rest stays what it was */
        while (file->kept.len < size)
            text_put(&file->kept, '\0');
        if (size > 0)
            memcpy(file->kept.ptr, file->seen.ptr, (size_t)size);
        return;
    }
    text_clear(&file->kept);
    text_append(&file->kept, text_str(&file->seen));
}

/* From the first byte on that differs. */
static void lose_bytes(Node *file)
{
    int64_t same = 0;
    while (same < file->seen.len && same < file->kept.len && file->seen.ptr[same] == file->kept.ptr[same])
        same++;
    if (same < file->seen.len && (file->lost_from < 0 || same < file->lost_from))
        file->lost_from = same;
}

static Status sync_file(int fd, Error *err)
{
    OpenFile *file = file_of(fd);
    Turn      turn = take_turn(CALL_SYNCS, "sync", file->path);
    if (turn != TURN_DONE) {
        if (!process_is_dead() && !machine->is_cut_off[machine->process]) {
            mounted->failed_syncs++;
            lose_bytes(file->node);
        }
        return fails(err, "sync", file->path, turn);
    }
    if (file->node->lost_from >= 0)
        violate("%.*s is synced again behind a sync that failed", STR_FMT(file->path));
    trace("syncs %.*s, %lld bytes", STR_FMT(file->path), (long long)file->node->seen.len);
    if (machine->knob != KNOB_DISK_LIES)
        keep_bytes(file->node);
    return answer(err, "sync", file->path);
}

static Status sync_directory(Str path, Error *err)
{
    Node *directory = disk_find(mounted, path);
    Turn  turn = take_turn(CALL_SYNCS, "sync", path);
    if (!directory || !directory->is_directory)
        return say_failure(err, "sync", path, "No such file or directory");
    if (turn != TURN_DONE) {
        mounted->failed_syncs += !process_is_dead() && !machine->is_cut_off[machine->process];
        return fails(err, "sync", path, turn);
    }
    trace("syncs directory %.*s, %lld changes", STR_FMT(path), (long long)directory->changes.count);
    if (machine->knob == KNOB_NAMES_LIE)
        return answer(err, "sync", path);
    directory->changes.count = 0;
    directory->kept_names.count = 0;
    for (int64_t i = 0; i < directory->names.count; i++)
        list_push(mounted->arena, &directory->kept_names, directory->names.items[i]);
    return answer(err, "sync", path);
}

/* ---- names -------------------------------------------------------------------------------------------------------------------- */

static bool stat_file(Str path, EnvStat *stat)
{
    const Node *node = disk_find(mounted, path);
    if (!node || process_is_dead() || machine->is_cut_off[machine->process])
        return false;
    *stat = (EnvStat){ .size = node->seen.len, .modified_ms = machine->now_ms, .is_directory = node->is_directory };
    return true;
}

static bool link_target(Str path, Text *target)
{
    (void)path, (void)target;
    return false;
}

static Status rename_file(Str from, Str to, Error *err)
{
    Str   old_name, new_name;
    Turn  turn = take_turn(CALL_OTHER, "rename", from);
    Node *parent = disk_find_parent(mounted, from, &old_name), *node = disk_find(mounted, from);
    if (turn != TURN_DONE)
        return fails(err, "rename", from, turn);
    if (!node)
        return say_failure(err, "rename", from, "No such file or directory");
    if (disk_find_parent(mounted, to, &new_name) != parent) {
        violate("%.*s is renamed into another directory: %.*s", STR_FMT(from), STR_FMT(to));
        return say_failure(err, "rename", from, "into another directory");
    }
    trace("renames %.*s to %.*s", STR_FMT(from), STR_FMT(new_name));
    directory_change(mounted, parent, (Change){ .name = new_name, .node = node, .from = old_name });
    return answer(err, "rename", from);
}

static Status remove_file(Str path, Error *err)
{
    Str   name;
    Turn  turn = take_turn(CALL_OTHER, "remove", path);
    Node *parent = disk_find_parent(mounted, path, &name);
    if (turn != TURN_DONE)
        return fails(err, "remove", path, turn);
    if (!parent || !names_find(&parent->names, name))
        return say_failure(err, "remove", path, "No such file or directory");
    trace("removes %.*s", STR_FMT(path));
    directory_change(mounted, parent, (Change){ .name = name });
    return answer(err, "remove", path);
}

static bool create_one(Str path)
{
    Str   name;
    Node *parent = disk_find_parent(mounted, path, &name), *node = disk_find(mounted, path);
    if (node || !parent)
        return node && node->is_directory;
    trace("creates directory %.*s", STR_FMT(path));
    directory_change(mounted, parent, (Change){ .name = name, .node = node_create(mounted, true) });
    return true;
}

static Status create_directory(Str path, Error *err)
{
    Turn turn = take_turn(CALL_NEEDS_ROOM, "create directory", path);
    if (turn != TURN_DONE)
        return fails(err, "create directory", path, turn);
    for (int64_t i = 1; i <= path.len; i++)
        if ((i == path.len || path.ptr[i] == '/') && !create_one(str_slice(path, 0, i)))
            return say_failure(err, "create directory", path, "Not a directory");
    return answer(err, "create directory", path);
}

static int by_name(const void *left, const void *right)
{
    return str_compare(((const Name *)left)->name, ((const Name *)right)->name);
}

static Status list(Str path, void (*visit)(void *context, Str name), void *context, Error *err)
{
    Node *directory = disk_find(mounted, path);
    if (take_turn(CALL_READS, "list", path) != TURN_DONE)
        return fails(err, "list", path, TURN_FAILS);
    if (!directory || !directory->is_directory)
        return say_failure(err, "list", path, "No such file or directory");
    if (directory->names.count > 0)
        qsort(directory->names.items, (size_t)directory->names.count, sizeof(Name), by_name);
    for (int64_t i = 0; i < directory->names.count; i++)
        visit(context, directory->names.items[i].name);
    return answer(err, "list", path);
}

const EnvFiles disk_files = {
    .open = open_file,
    .read = read_on,
    .read_at = read_at,
    .write = write_file,
    .reserve = reserve,
    .seek = seek,
    .truncate = truncate_file,
    .sync = sync_file,
    .close = close_file,
    .lock = lock,
    .stat = stat_file,
    .link = link_target,
    .rename = rename_file,
    .remove = remove_file,
    .create_directory = create_directory,
    .sync_directory = sync_directory,
    .list = list,
};
