/* arena.c: bump allocation over a list of blocks.
 *
 *   alloc:   room in the newest block -> take it; else a new block, twice the last size (at most BLOCK_SIZE_MAX)
 *   large:   a request that would waste most of a block gets a block of its own behind the newest one
 *   reset:   run the deferred functions, free all blocks but the first, zero what the first had handed out
 *
 * Blocks come zeroed from env_alloc and are handed out once, so memory is zeroed without a second pass. */
#include "core/arena.h"

#include "core/env.h"

#include <assert.h>
#include <stdio.h>

enum {
    ALIGNMENT = 16,
    BLOCK_SIZE_FIRST = 4 * 1024,
    BLOCK_SIZE_MAX = 1024 * 1024,
    GROW_FIRST = 8,
};

typedef struct Block {
    struct Block *older;
    int64_t       capacity;
    int64_t       used;
    int64_t       padding; /* keeps bytes[] aligned */
    char          bytes[];
} Block;

_Static_assert(sizeof(Block) % ALIGNMENT == 0, "the first byte of a block must be aligned");

typedef struct Deferred {
    struct Deferred *older;
    void (*function)(void *object);
    void *object;
} Deferred;

struct Arena {
    Block    *newest;
    Block    *first;
    Deferred *deferred;
    int64_t   size;
    int64_t   next_block_size;
};

static Block *block_create(int64_t capacity)
{
    Block *block = env_alloc((int64_t)sizeof(Block) + capacity);
    block->capacity = capacity;
    return block;
}

Arena *arena_create(void)
{
    Block *first = block_create(BLOCK_SIZE_FIRST);
    first->used = (int64_t)(sizeof(Arena) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Arena *arena = (Arena *)(void *)first->bytes;
    arena->newest = first;
    arena->first = first;
    arena->next_block_size = (int64_t)BLOCK_SIZE_FIRST * 2;
    return arena;
}

/* A deferred function may defer another one: the list is taken from the front until it is empty. */
static void run_deferred(Arena *arena)
{
    while (arena->deferred) {
        Deferred *deferred = arena->deferred;
        arena->deferred = deferred->older;
        deferred->function(deferred->object);
    }
}

static void free_blocks_but_first(Arena *arena)
{
    for (Block *block = arena->newest; block;) {
        Block *older = block->older;
        if (block != arena->first)
            env_free(block);
        block = older;
    }
}

void arena_destroy(Arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena);
    free_blocks_but_first(arena);
    env_free(arena->first);
}

void arena_reset(Arena *arena)
{
    run_deferred(arena);
    free_blocks_but_first(arena);
    Block  *first = arena->first;
    int64_t start = (int64_t)(sizeof(Arena) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memset(first->bytes + start, 0, (size_t)(first->used - start));
    first->used = start;
    first->older = NULL;
    arena->newest = first;
    arena->size = 0;
    arena->next_block_size = (int64_t)BLOCK_SIZE_FIRST * 2;
}

/* A block with room for size bytes; becomes the newest one unless the request is large. */
static Block *add_block(Arena *arena, int64_t size)
{
    if (size > arena->next_block_size / 4) {
        Block *block = block_create(size);
        block->older = arena->newest->older;
        arena->newest->older = block;
        return block;
    }
    Block *block = block_create(arena->next_block_size);
    block->older = arena->newest;
    arena->newest = block;
    if (arena->next_block_size < BLOCK_SIZE_MAX)
        arena->next_block_size *= 2;
    return block;
}

void *arena_alloc(Arena *arena, int64_t size)
{
    assert(size >= 0);
    int64_t rounded = size > 0 ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    Block  *block = arena->newest;
    if (block->capacity - block->used < rounded)
        block = add_block(arena, rounded);
    void *memory = block->bytes + block->used;
    block->used += rounded;
    arena->size += rounded;
    return memory;
}

void arena_defer(Arena *arena, void (*function)(void *object), void *object)
{
    Deferred *deferred = arena_new(arena, Deferred, 1);
    deferred->older = arena->deferred;
    deferred->function = function;
    deferred->object = object;
    arena->deferred = deferred;
}

int64_t arena_size(const Arena *arena)
{
    return arena->size;
}

char *arena_cstr(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.ptr, (size_t)text.len);
    return copy;
}

Str arena_str(Arena *arena, Str text)
{
    return (Str){ arena_cstr(arena, text), text.len };
}

Str arena_format_args(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(arena, len < 0 ? 1 : (int64_t)len + 1);
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (Str){ text, len < 0 ? 0 : len };
}

Str arena_format(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = arena_format_args(arena, format, args);
    va_end(args);
    return text;
}

void *arena_grow(Arena *arena, const void *items, int64_t *capacity, size_t item_size)
{
    int64_t larger = *capacity ? *capacity * 2 : GROW_FIRST;
    void   *grown = arena_alloc(arena, larger * (int64_t)item_size);
    if (*capacity)
        memcpy(grown, items, (size_t)*capacity * item_size);
    *capacity = larger;
    return grown;
}
