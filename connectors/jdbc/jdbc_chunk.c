/* jdbc_chunk.c: rows are appended; a row of a key that is there already marks the older one as replaced. Keys are compared as the
 * SQL text that they are sent as.
 *
 * output of an epoch = [form] [INSERT INTO `t` (`a`, `b`) VALUES] then per row [key] [values], as they stand in the chunk */
#include "connectors/jdbc/jdbc_chunk.h"

#include "core/bytes.h"
#include "core/hash.h"

enum { ROWS_FIRST = 128, SLOTS_FIRST = 256, KEPT_SIZE_MAX = 16 << 20, OUTPUT_FORM = 1 };

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
    chunk->epoch = 0;
    chunk->recovery = NULL;
    chunk->columns = NULL;
    if (chunk->text.capacity > KEPT_SIZE_MAX) {
        text_free(&chunk->text);
        env_free(chunk->rows);
        env_free(chunk->slots);
        *chunk = (JdbcChunk){ 0 };
    }
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

static void need_row(JdbcChunk *chunk)
{
    if (chunk->count < chunk->capacity)
        return;
    chunk->capacity = chunk->capacity > 0 ? chunk->capacity * 2 : ROWS_FIRST;
    chunk->rows = env_realloc(chunk->rows, chunk->capacity * (int64_t)sizeof(*chunk->rows));
}

void jdbc_chunk_put(JdbcChunk *chunk, Str key, Str values)
{
    need_row(chunk);
    chunk->rows[chunk->count++] = (JdbcRow){ .key = chunk->text.len, .key_size = key.len, .values = chunk->text.len + key.len,
                                             .values_size = values.len };
    text_append(&chunk->text, key);
    text_append(&chunk->text, values);
}

static Status put_row(JdbcChunk *chunk, const JdbcLayout *layout, const Batch *batch, int64_t row, Error *err)
{
    bool     is_delete = batch->kinds && batch->kinds[row] == ROW_DELETE;
    JdbcRow *added = &chunk->rows[chunk->count];
    *added = (JdbcRow){ .key = chunk->text.len };
    if (layout->key_count > 0)
        TRY(jdbc_put_key(layout, batch, row, &chunk->text, err));
    added->key_size = chunk->text.len - added->key;
    added->values = chunk->text.len;
    if (!is_delete)
        TRY(jdbc_put_row(layout, batch, row, &chunk->text, err));
    added->values_size = chunk->text.len - added->values;
    return STATUS_OK;
}

Status jdbc_chunk_add(JdbcChunk *chunk, const JdbcLayout *layout, const Batch *batch, int64_t row, Error *err)
{
    int64_t size = chunk->text.len;
    need_row(chunk);
    Status status = put_row(chunk, layout, batch, row, err);
    if (status != STATUS_OK) {
        chunk->text.len = size; /* the next row stands there */
        return status;
    }
    if (chunk->text.overflow)
        return error_set(err, STATUS_LIMIT, layout->spec->table->span, "table %.*s: rows of more than 1 GiB",
                         STR_FMT(layout->spec->table->path));
    if (layout->key_count > 0)
        replace_older(chunk, chunk->count);
    chunk->count++;
    return STATUS_OK;
}

/* ---- output of an epoch ------------------------------------------------------------------------------------------ */

void jdbc_chunk_encode(const JdbcChunk *chunk, const JdbcLayout *layout, Text *out)
{
    encode_i64(OUTPUT_FORM, out);
    encode_str(layout->insert_head, out);
    for (int64_t i = 0; i < chunk->count; i++) {
        const JdbcRow *row = &chunk->rows[i];
        if (row->is_replaced)
            continue;
        encode_str(jdbc_row_key(chunk, row), out);
        encode_str(jdbc_row_values(chunk, row), out);
    }
}

Status jdbc_chunk_decode(JdbcChunk *chunk, const JdbcLayout *layout, Str bytes, Error *err)
{
    const TableSpec *table = layout->spec->table;
    const char      *cursor = bytes.ptr, *end = bytes.ptr + bytes.len;
    int64_t          form;
    Str              head, key, values;
    if (!decode_i64(&cursor, end, &form) || form != OUTPUT_FORM || !decode_str(&cursor, end, &head))
        return error_set(err, STATUS_DATA, table->span, "table %.*s: the output in the checkpoint is damaged",
                         STR_FMT(table->path));
    if (!str_eq(head, layout->insert_head))
        return error_set(err, STATUS_INVALID, table->span,
                         "table %.*s: the checkpoint holds rows that are not committed yet, of other columns or for another table; "
                         "go on once with the script that wrote them", STR_FMT(table->path));
    while (cursor < end) {
        if (!decode_str(&cursor, end, &key) || !decode_str(&cursor, end, &values))
            return error_set(err, STATUS_DATA, table->span, "table %.*s: the output in the checkpoint is damaged",
                             STR_FMT(table->path));
        jdbc_chunk_put(chunk, key, values);
    }
    return STATUS_OK;
}
