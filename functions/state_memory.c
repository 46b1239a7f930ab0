/* state_memory.c: memory of variable-size states.
 *
 * Blocks come in powers of two from 16 bytes; a freed block goes to the list of its size and is handed out again.
 * Small ones are cut from chunks of 64 KiB; large ones come one by one and stay until the owner is freed, for use
 * again. */
#include "functions/aggregate.h"

#include <assert.h>

enum { CHUNK_SIZE = 64 * 1024, CLASS_MIN = 4, CLASS_COUNT = 44 };

typedef struct FreeBlock {
    struct FreeBlock *next;
} FreeBlock;

/* In front of every chunk and large block. */
typedef struct Chunk {
    struct Chunk *next;
    int64_t       size; /* keeps what follows aligned to 16 */
} Chunk;

struct StateMemory {
    FreeBlock *free[CLASS_COUNT];
    Chunk     *chunks;
    char      *cursor; /* the rest of the newest small chunk */
    int64_t    left;
    int64_t    used;
};

static int size_class(int64_t size)
{
    assert(size >= 0);
    if (size <= 16)
        return CLASS_MIN;
    return 64 - __builtin_clzll((unsigned long long)(size - 1));
}

StateMemory *state_memory_create(void)
{
    return env_alloc(sizeof(StateMemory));
}

void state_memory_destroy(StateMemory *memory)
{
    if (!memory)
        return;
    while (memory->chunks) {
        Chunk *chunk   = memory->chunks;
        memory->chunks = chunk->next;
        env_free(chunk);
    }
    env_free(memory);
}

static char *chunk_new(StateMemory *memory, int64_t size)
{
    Chunk *chunk   = env_alloc_raw((int64_t)sizeof(Chunk) + size);
    chunk->next    = memory->chunks;
    chunk->size    = size;
    memory->chunks = chunk;
    return (char *)(chunk + 1);
}

static void *cut(StateMemory *memory, int64_t size)
{
    if (size > CHUNK_SIZE / 4)
        return chunk_new(memory, size);
    if (memory->left < size) {
        memory->cursor = chunk_new(memory, CHUNK_SIZE);
        memory->left   = CHUNK_SIZE;
    }
    void *block = memory->cursor;
    memory->cursor += size;
    memory->left -= size;
    return block;
}

void *state_alloc(StateMemory *memory, int64_t size)
{
    int        class = size_class(size);
    FreeBlock *block = memory->free[class];
    if (block)
        memory->free[class] = block->next;
    else
        block = cut(memory, (int64_t)1 << class);
    memory->used += (int64_t)1 << class;
    return memset(block, 0, (size_t)size);
}

void state_free(StateMemory *memory, void *block, int64_t size)
{
    if (!block)
        return;
    int        class    = size_class(size);
    FreeBlock *freed    = block;
    freed->next         = memory->free[class];
    memory->free[class] = freed;
    memory->used -= (int64_t)1 << class;
}

int64_t state_memory_size(const StateMemory *memory)
{
    return memory->used;
}
