/* disk.c: see disk.h: names and nodes, and what others ask of the disk. */
#include "tests/sim/disk_parts.h"

Disk *mounted;

/* ---- names ------------------------------------------------------------------------------------------------------------- */

Node *node_create(Disk *disk, bool is_directory)
{
    Node *node = arena_new(disk->arena, Node, 1);
    node->is_directory = is_directory;
    node->lost_from = -1;
    list_push(disk->arena, &disk->nodes, node);
    return node;
}

static int64_t names_index(const NameList *names, Str name)
{
    for (int64_t i = 0; i < names->count; i++)
        if (str_eq(names->items[i].name, name))
            return i;
    return -1;
}

Node *names_find(const NameList *names, Str name)
{
    int64_t index = names_index(names, name);
    return index < 0 ? NULL : names->items[index].node;
}

static void names_set(Disk *disk, NameList *names, Str name, Node *node)
{
    int64_t index = names_index(names, name);
    if (index >= 0 && node)
        names->items[index].node = node;
    else if (index >= 0)
        names->items[index] = names->items[--names->count];
    else if (node)
        list_push(disk->arena, names, (Name){ arena_str(disk->arena, name), node });
}

void names_apply(Disk *disk, NameList *names, const Change *change)
{
    if (change->from.ptr)
        names_set(disk, names, change->from, NULL);
    names_set(disk, names, change->name, change->node);
}

void directory_change(Disk *disk, Node *directory, Change change)
{
    change.name = arena_str(disk->arena, change.name);
    if (change.from.ptr)
        change.from = arena_str(disk->arena, change.from);
    names_apply(disk, &directory->names, &change);
    list_push(disk->arena, &directory->changes, change);
}

Node *disk_find(const Disk *disk, Str path)
{
    Node *node = disk->root;
    Str   part;
    while (node && str_split(&path, '/', &part)) {
        if (part.len == 0)
            continue;
        node = node->is_directory ? names_find(&node->names, part) : NULL;
    }
    return node;
}

Node *disk_find_parent(const Disk *disk, Str path, Str *name)
{
    int64_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    *name = str_slice(path, slash, path.len);
    Node *parent = disk_find(disk, str_slice(path, 0, slash));
    return parent && parent->is_directory && name->len > 0 ? parent : NULL;
}

/* ---- the disk ------------------------------------------------------------------------------------------------------------ */

static void disk_free(void *object)
{
    Disk *disk = object;
    for (int64_t i = 0; i < disk->nodes.count; i++) {
        text_free(&disk->nodes.items[i]->seen);
        text_free(&disk->nodes.items[i]->kept);
    }
}

Disk *disk_create(void)
{
    Arena *arena = arena_create();
    Disk  *disk = arena_new(arena, Disk, 1);
    disk->arena = arena;
    disk->root = node_create(disk, true);
    arena_defer(arena, disk_free, disk);
    mounted = disk;
    env_use_files(&disk_files);
    return disk;
}

void disk_destroy(Disk *disk)
{
    env_use_files(NULL);
    mounted = NULL;
    arena_destroy(disk->arena);
}

void disk_plan_death(Disk *disk, int64_t calls)
{
    disk->death_countdown = calls;
}

void disk_set_trouble(Disk *disk, int64_t one_in)
{
    disk->trouble_one_in = one_in;
    if (one_in == 0)
        disk->full_for = 0;
}

void disk_forget_process(Disk *disk, int32_t process)
{
    for (int32_t i = 0; i < OPEN_MAX; i++) {
        OpenFile *file = &disk->open[i];
        if (!file->node || file->process != process)
            continue;
        if (file->has_lock)
            file->node->locked_by = 0;
        file->node = NULL;
    }
}

int64_t disk_failed_syncs(const Disk *disk)
{
    return disk->failed_syncs;
}

int64_t disk_calls(const Disk *disk)
{
    return disk->calls;
}

Str disk_bytes(const Disk *disk, Str path)
{
    const Node *node = disk_find(disk, path);
    return node && !node->is_directory ? text_str(&node->seen) : (Str){ NULL, 0 };
}

static void visit_below(const Node *directory, Str path, void (*visit)(void *context, Str path, Str bytes), void *context)
{
    for (int64_t i = 0; i < directory->names.count; i++) {
        const Name *name = &directory->names.items[i];
        Text        below = TEXT_EMPTY;
        text_printf(&below, "%.*s/%.*s", STR_FMT(path), STR_FMT(name->name));
        if (name->node->is_directory)
            visit_below(name->node, text_str(&below), visit, context);
        else
            visit(context, text_str(&below), text_str(&name->node->seen));
        text_free(&below);
    }
}

void disk_visit(const Disk *disk, Str directory, void (*visit)(void *context, Str path, Str bytes), void *context)
{
    const Node *node = disk_find(disk, directory);
    if (node && node->is_directory)
        visit_below(node, directory, visit, context);
}
