/* jdbc_chunk.c: rows are appended; a row of a key that is there already marks the older one as replaced. Keys are compared as the
 * SQL text that they are sent as. */
#include "connectors/jdbc/jdbc_chunk.h"

#include "core/hash.h"

enum { ROWS_FIRST = 128, SLOTS_FIRST = 256 };

JdbcChunk *jdbc_chunk_create(void)
{
    JdbcChunk *chunk = env_alloc((int64_t)sizeof(JdbcChunk));
    return chunk;
}

void jdbc_chunk_free(JdbcChunk *chunk)
{
    if (!chunk)
        return;
    text_free(&chunk->text);
    env_free(chunk->rows);
    env_free(chunk->slots);
    env_free(chunk);
}

void jdbc_chunk_clear(JdbcChunk *chunk)
{
    text_clear(&chunk->text);
    chunk->count = 0;
    if (chunk->slots)
        memset(chunk->slots, 0, (size_t)chunk->slot_count * sizeof(*chunk->slots));
    error_clear(&chunk->error);
}

bool jdbc_chunk_is_full(const JdbcChunk *chunk)
{
    return chunk->count >= JDBC_CHUNK_ROWS_MAX || chunk->text.len >= JDBC_CHUNK_SIZE_MAX;
}

/* The slot with the key, or the free one where it belongs. */
static int32_t *find_slot(const JdbcChunk *chunk, Str key)
{
    int64_t mask = chunk->slot_count - 1;
    int64_t at = (int64_t)(hash_bytes(key.ptr, key.len) & (uint64_t)mask);
    while (chunk->slots[at] != 0 && !str_eq(key, jdbc_row_key(chunk, &chunk->rows[chunk->slots[at] - 1])))
        at = (at + 1) & mask;
    return &chunk->slots[at];
}

static void grow_slots(JdbcChunk *chunk)
{
    env_free(chunk->slots);
    chunk->slot_count = chunk->slot_count > 0 ? chunk->slot_count * 2 : SLOTS_FIRST;
    chunk->slots = env_alloc(chunk->slot_count * (int64_t)sizeof(*chunk->slots));
    for (int64_t i = 0; i < chunk->count; i++)
        *find_slot(chunk, jdbc_row_key(chunk, &chunk->rows[i])) = (int32_t)i + 1;
}

static void replace_older(JdbcChunk *chunk, int64_t index)
{
    if ((chunk->count + 1) * 2 > chunk->slot_count)
        grow_slots(chunk);
    int32_t *slot = find_slot(chunk, jdbc_row_key(chunk, &chunk->rows[index]));
    if (*slot != 0)
        chunk->rows[*slot - 1].is_replaced = true;
    *slot = (int32_t)index + 1;
}

Status jdbc_chunk_add(JdbcChunk *chunk, const JdbcLayout *layout, const Batch *batch, int64_t row, Error *err)
{
    bool is_delete = batch->kinds && batch->kinds[row] == ROW_DELETE;
    if (chunk->count == chunk->capacity) {
        chunk->capacity = chunk->capacity > 0 ? chunk->capacity * 2 : ROWS_FIRST;
        chunk->rows = env_realloc(chunk->rows, chunk->capacity * (int64_t)sizeof(*chunk->rows));
    }
    JdbcRow *added = &chunk->rows[chunk->count];
    *added = (JdbcRow){ .key = chunk->text.len };
    if (layout->key_count > 0)
        TRY(jdbc_put_key(layout, batch, row, &chunk->text, err));
    added->key_size = chunk->text.len - added->key;
    added->values = chunk->text.len;
    if (!is_delete)
        TRY(jdbc_put_row(layout, batch, row, &chunk->text, err));
    added->values_size = chunk->text.len - added->values;
    if (chunk->text.overflow)
        return error_set(err, STATUS_LIMIT, layout->spec->table->span, "table %.*s: rows of more than 1 GiB",
                         STR_FMT(layout->spec->table->path));
    if (layout->key_count > 0)
        replace_older(chunk, chunk->count);
    chunk->count++;
    return STATUS_OK;
}
