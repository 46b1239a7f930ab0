/* map.h: Str -> pointer, in order of insertion. For names (catalog, options, scopes), not for data.
 *
 * Lives in an arena; keys are copied. Iterate: for (int64_t i = 0; i < map->count; i++) map->entries[i]. */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include "core/arena.h"

typedef struct MapEntry {
    Str      key;
    void    *value;
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena    *arena;
    MapEntry *entries;
    int64_t   count;
    int64_t   capacity;
    int32_t  *slots; /* index into entries + 1; 0 = free */
    int64_t   slot_count;
} Map;

Map  *map_create(Arena *arena);
/* NULL when absent (and when the value is NULL). */
void *map_get(const Map *map, Str key);
bool  map_has(const Map *map, Str key);
/* Replaces the value of a key that is there. */
void  map_put(Map *map, Str key, void *value);
/* Keeps the order of the others; false when absent. */
bool  map_remove(Map *map, Str key);

/* Maps whose values are text (options, settings): value is a Str in the arena. */
void map_put_str(Map *map, Str key, Str value);
/* {NULL, 0} when absent. */
Str  map_get_str(const Map *map, Str key);
Str  map_entry_str(const MapEntry *entry);
Map *map_copy_str(Arena *arena, const Map *map);

#endif
