/* map.c: entries in an array, in order of insertion; beside it a table of slots, open addressing with linear probing.
 *
 *   get:     hash -> slot -> entry; step to the next slot until the key or a free slot is met
 *   put:     append the entry, take the first free slot; slots double when they are half full
 *   remove:  close the gap in the entries and build the slots anew: removal is rare, order is not
 */
#include "core/map.h"

#include "core/hash.h"

#include <assert.h>

enum { MAP_SLOTS_FIRST = 16 };

Map *map_create(Arena *arena)
{
    Map *map = arena_new(arena, Map, 1);
    map->arena = arena;
    return map;
}

/* The slot that holds the key, or the free slot where it belongs. */
static int64_t find_slot(const Map *map, Str key, uint64_t hash)
{
    int64_t mask = map->slot_count - 1;
    int64_t slot = (int64_t)(hash & (uint64_t)mask);
    for (; map->slots[slot]; slot = (slot + 1) & mask) {
        const MapEntry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && str_eq(entry->key, key))
            break;
    }
    return slot;
}

static MapEntry *find_entry(const Map *map, Str key)
{
    if (map->count == 0)
        return NULL;
    int32_t index = map->slots[find_slot(map, key, hash_bytes(key.ptr, key.len))];
    return index ? &map->entries[index - 1] : NULL;
}

static void fill_slots(Map *map)
{
    memset(map->slots, 0, (size_t)map->slot_count * sizeof(*map->slots));
    for (int64_t i = 0; i < map->count; i++)
        map->slots[find_slot(map, map->entries[i].key, map->entries[i].hash)] = (int32_t)(i + 1);
}

static void grow_slots(Map *map)
{
    map->slot_count = map->slot_count ? map->slot_count * 2 : MAP_SLOTS_FIRST;
    map->slots = arena_new(map->arena, int32_t, map->slot_count);
    fill_slots(map);
}

void *map_get(const Map *map, Str key)
{
    const MapEntry *entry = find_entry(map, key);
    return entry ? entry->value : NULL;
}

bool map_has(const Map *map, Str key)
{
    return find_entry(map, key) != NULL;
}

void map_put(Map *map, Str key, void *value)
{
    MapEntry *entry = find_entry(map, key);
    if (entry) {
        entry->value = value;
        return;
    }
    assert(map->count < INT32_MAX);
    if ((map->count + 1) * 2 > map->slot_count)
        grow_slots(map);
    if (map->count == map->capacity)
        map->entries = arena_grow(map->arena, map->entries, &map->capacity, sizeof(*map->entries));
    uint64_t hash = hash_bytes(key.ptr, key.len);
    map->slots[find_slot(map, key, hash)] = (int32_t)(map->count + 1);
    map->entries[map->count++] = (MapEntry){ arena_str(map->arena, key), value, hash };
}

bool map_remove(Map *map, Str key)
{
    MapEntry *entry = find_entry(map, key);
    if (!entry)
        return false;
    int64_t after = map->count - (entry - map->entries) - 1;
    memmove(entry, entry + 1, (size_t)after * sizeof(*entry));
    map->count--;
    fill_slots(map);
    return true;
}

void map_put_str(Map *map, Str key, Str value)
{
    Str *copy = arena_new(map->arena, Str, 1);
    *copy = arena_str(map->arena, value);
    map_put(map, key, copy);
}

Str map_get_str(const Map *map, Str key)
{
    const MapEntry *entry = find_entry(map, key);
    return entry ? map_entry_str(entry) : (Str){ NULL, 0 };
}

Str map_entry_str(const MapEntry *entry)
{
    const Str *value = entry->value;
    return value ? *value : (Str){ NULL, 0 };
}

Map *map_copy_str(Arena *arena, const Map *map)
{
    Map *copy = map_create(arena);
    for (int64_t i = 0; i < map->count; i++)
        map_put_str(copy, map->entries[i].key, map_entry_str(&map->entries[i]));
    return copy;
}
