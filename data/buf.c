/* buf.c: a counted region of memory.
 *
 *   alloc:   room in the newest chunk -> take it; else a spare chunk that is large enough; else a new chunk, twice the
 *            last size (at most CHUNK_SIZE_MAX), or as large as the request
 *   reset:   all chunks become spare
 *   release: with the last owner, all chunks are freed
 *
 * The Buf itself lies in its first chunk. Only the counter is atomic: whoever shares a Buf only reads its bytes. */
#include "data/batch.h"

#include "core/env.h"

#include <assert.h>
#include <stdatomic.h>

enum {
    ALIGNMENT = 16,
    CHUNK_SIZE_FIRST = 8 * 1024,
    CHUNK_SIZE_MAX = 1024 * 1024,
};

typedef struct Chunk {
    struct Chunk *next;
    int64_t       capacity;
    int64_t       used;
    int64_t       padding; /* keeps bytes[] aligned */
    char          bytes[];
} Chunk;

_Static_assert(sizeof(Chunk) % ALIGNMENT == 0, "the first byte of a chunk must be aligned");

struct Buf {
    atomic_int owners;
    Chunk     *newest; /* ends with first */
    Chunk     *first;
    Chunk     *spare;
    int64_t    size; /* capacity of all chunks */
    int64_t    next_chunk_size;
};

enum { BUF_SIZE = (int)(sizeof(Buf) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

static Chunk *chunk_create(int64_t capacity)
{
    Chunk *chunk = env_alloc_raw((int64_t)sizeof(Chunk) + capacity);
    chunk->next = NULL;
    chunk->capacity = capacity;
    chunk->used = 0;
    return chunk;
}

Buf *buf_create(void)
{
    Chunk *first = chunk_create(CHUNK_SIZE_FIRST);
    first->used = BUF_SIZE;
    Buf *buf = (Buf *)(void *)first->bytes;
    atomic_init(&buf->owners, 1);
    buf->newest = first;
    buf->first = first;
    buf->spare = NULL;
    buf->size = CHUNK_SIZE_FIRST;
    buf->next_chunk_size = (int64_t)CHUNK_SIZE_FIRST * 2;
    return buf;
}

Buf *buf_hold(Buf *buf)
{
    atomic_fetch_add_explicit(&buf->owners, 1, memory_order_relaxed);
    return buf;
}

static void free_chunks(Chunk *chunk, const Chunk *but)
{
    while (chunk) {
        Chunk *next = chunk->next;
        if (chunk != but)
            env_free(chunk);
        chunk = next;
    }
}

void buf_release(Buf *buf)
{
    if (!buf)
        return;
    int owners = atomic_fetch_sub_explicit(&buf->owners, 1, memory_order_acq_rel);
    assert(owners >= 1);
    if (owners > 1)
        return;
    Chunk *first = buf->first;
    free_chunks(buf->spare, first);
    free_chunks(buf->newest, first);
    env_free(first);
}

/* Takes the first spare chunk that is large enough out of the list. */
static Chunk *take_spare(Buf *buf, int64_t size)
{
    for (Chunk **link = &buf->spare; *link; link = &(*link)->next) {
        Chunk *chunk = *link;
        if (chunk->capacity < size)
            continue;
        *link = chunk->next;
        return chunk;
    }
    return NULL;
}

static Chunk *add_chunk(Buf *buf, int64_t size)
{
    Chunk *chunk = take_spare(buf, size);
    if (!chunk) {
        chunk = chunk_create(size > buf->next_chunk_size ? size : buf->next_chunk_size);
        buf->size += chunk->capacity;
        if (buf->next_chunk_size < CHUNK_SIZE_MAX)
            buf->next_chunk_size *= 2;
    }
    chunk->next = buf->newest;
    buf->newest = chunk;
    return chunk;
}

void *buf_alloc(Buf *buf, int64_t size)
{
    assert(size >= 0);
    int64_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Chunk  *chunk = buf->newest;
    if (chunk->capacity - chunk->used < rounded)
        chunk = add_chunk(buf, rounded);
    void *memory = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return memory;
}

void *buf_zalloc(Buf *buf, int64_t size)
{
    void *memory = buf_alloc(buf, size);
    if (size > 0)
        memset(memory, 0, (size_t)size);
    return memory;
}

void buf_reset(Buf *buf)
{
    assert(!buf_is_shared(buf));
    while (buf->newest != buf->first) {
        Chunk *chunk = buf->newest;
        buf->newest = chunk->next;
        chunk->used = 0;
        chunk->next = buf->spare;
        buf->spare = chunk;
    }
    buf->first->used = BUF_SIZE;
}

bool buf_is_shared(const Buf *buf)
{
    return atomic_load_explicit(&buf->owners, memory_order_acquire) > 1;
}

int64_t buf_size(const Buf *buf)
{
    return buf->size;
}
