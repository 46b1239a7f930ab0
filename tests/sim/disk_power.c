/* disk_power.c: what is there when the power is back. */
#include "tests/sim/disk_parts.h"

typedef enum Fate { FATE_NONE, FATE_ALL, FATE_SOME } Fate;

/* Sectors one by one from what processes saw and what is on the disk; where neither has bytes, zeroes. */
static void tear(Text *torn, Str seen, Str kept, int64_t size)
{
    bool takes_seen = false;
    for (int64_t i = 0; i < size; i++) {
        if (i % SECTOR_SIZE == 0)
            takes_seen = dice_one_in(&machine->dice, 2);
        text_put(torn, takes_seen && i < seen.len ? seen.ptr[i] : i < kept.len ? kept.ptr[i] : '\0');
    }
}

/* A size that lies between the two, often one of them. */
static int64_t size_between(int64_t left, int64_t right)
{
    int64_t low = left < right ? left : right, high = left < right ? right : left;
    switch (dice_below(&machine->dice, 3)) {
    case 0: return left;
    case 1: return right;
    default: return dice_between(&machine->dice, low, high);
    }
}

static void settle_bytes(Node *file)
{
    Text torn = TEXT_EMPTY;
    Str  seen = text_str(&file->seen), kept = text_str(&file->kept);
    if (str_eq(seen, kept))
        return;
    if (file->lost_from >= 0 && file->lost_from < seen.len)
        seen.len = file->lost_from;
    switch ((Fate)dice_below(&machine->dice, 3)) {
    case FATE_NONE:
        text_append(&torn, kept);
        break;
    case FATE_ALL:
        text_append(&torn, seen);
        break;
    case FATE_SOME:
        tear(&torn, seen, kept, size_between(seen.len, kept.len));
        break;
    }
    text_free(&file->seen);
    text_clear(&file->kept);
    text_append(&file->kept, text_str(&torn));
    file->seen = torn;
    file->lost_from = -1;
    trace_number((int64_t)hash_bytes(torn.ptr, torn.len));
}

static void settle_names(Disk *disk, Node *directory)
{
    int64_t first = dice_between(&machine->dice, 0, directory->changes.count);
    Fate    fate = (Fate)dice_below(&machine->dice, 3);
    for (int64_t i = 0; i < directory->changes.count; i++) {
        bool is_kept = fate == FATE_ALL || (fate == FATE_SOME ? dice_one_in(&machine->dice, 2) : i < first);
        trace_number(is_kept);
        if (is_kept)
            names_apply(disk, &directory->kept_names, &directory->changes.items[i]);
    }
    directory->changes.count = 0;
    directory->names.count = 0;
    for (int64_t i = 0; i < directory->kept_names.count; i++)
        list_push(disk->arena, &directory->names, directory->kept_names.items[i]);
}

/* All nodes, also those without a name any more: in the order in which they were made. */
void disk_lose_power(Disk *disk)
{
    trace("the power goes off");
    for (int64_t i = 0; i < disk->nodes.count; i++) {
        Node *node = disk->nodes.items[i];
        if (node->is_directory)
            settle_names(disk, node);
        else
            settle_bytes(node);
    }
}
