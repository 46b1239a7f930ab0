/* checksum.c: one loop per column over a row of hashes, one sum over them. */
#include "connectors/blackhole/checksum.h"

#include "core/env.h"
#include "core/hash.h"
#include "data/key.h"

#define NULL_WORD  0x6e756c6c6e756c6cu
#define MULTIPLIER 0x9e3779b97f4a7c15u

/* Cheap, and a bijection of the hash for each word: the row's last step mixes it well. */
static inline uint64_t take_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * MULTIPLIER;
    return hash ^ hash >> 32;
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

static inline uint64_t word_of(const void *data, int64_t index, int size)
{
    uint64_t word = 0;
    memcpy(&word, (const char *)data + index * size, (size_t)size);
    return word;
}

/* Values of rows: the first of them, and the distance to the next: 0 when one value stands for all rows, and it counts as if it were written
 * out. */
typedef struct Values {
    const char    *data;
    const uint8_t *valid;
    int64_t        step;
} Values;

static inline bool is_there(const Values *values, int64_t row)
{
    return !values->valid || values->valid[row * values->step];
}

/* A NULL counts as one word, whatever lies there. */
static inline void take_words(const Values *values, int64_t rows, int size, uint64_t *hashes)
{
    if (!values->valid && values->step == 1) {
        for (int64_t i = 0; i < rows; i++)
            hashes[i] = take_word(hashes[i], word_of(values->data, i, size));
        return;
    }
    for (int64_t i = 0; i < rows; i++)
        hashes[i] = take_word(hashes[i], is_there(values, i) ? word_of(values->data, i * values->step, size) : NULL_WORD);
}

static void take_pairs(const Values *values, int64_t rows, uint64_t *hashes)
{
    const uint64_t *words = (const uint64_t *)(const void *)values->data;
    for (int64_t i = 0; i < rows; i++) {
        int64_t at = 2 * i * values->step;
        bool    has_value = is_there(values, i);
        hashes[i] = take_word(take_word(hashes[i], has_value ? words[at] : NULL_WORD), has_value ? words[at + 1] : NULL_WORD);
    }
}

static void take_views(const Values *values, int64_t rows, uint64_t *hashes)
{
    const View *views = (const View *)(const void *)values->data;
    for (int64_t i = 0; i < rows; i++) {
        const View *view = &views[i * values->step];
        hashes[i] = take_word(hashes[i], is_there(values, i) ? hash_bytes(view_ptr(view), view->size) : NULL_WORD);
    }
}

static void take_nested(Checksum *checksum, const Column *column, int64_t start, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        text_clear(&checksum->scratch);
        value_encode(column, start + i, &checksum->scratch);
        Str bytes = text_str(&checksum->scratch);
        checksum->hashes[i] = take_word(checksum->hashes[i], hash_bytes(bytes.ptr, bytes.len));
    }
}

static void take_column(Checksum *checksum, const Column *column, int64_t start, int64_t rows)
{
    uint64_t *hashes = checksum->hashes;
    Layout    layout = type_layout(column->type);
    int32_t   size = layout_size(layout);
    int64_t   first = column_index(column, start);
    Values    values = { (const char *)column->data + first * size, column->valid ? column->valid + first : NULL, column->constant ? 0 : 1 };
    if (layout == LAYOUT_VIEW)
        take_views(&values, rows, hashes);
    else if (layout == LAYOUT_LIST || layout == LAYOUT_ROW)
        take_nested(checksum, column, start, rows);
    else if (size == 1)
        take_words(&values, rows, 1, hashes);
    else if (size == 2)
        take_words(&values, rows, 2, hashes);
    else if (size == 4)
        take_words(&values, rows, 4, hashes);
    else if (size == 8)
        take_words(&values, rows, 8, hashes);
    else
        take_pairs(&values, rows, hashes);
}

/* ---- batches ------------------------------------------------------------------------------------------------------ */

static void make_room(Checksum *checksum, int64_t rows)
{
    if (rows <= checksum->room)
        return;
    env_free(checksum->hashes);
    checksum->hashes = env_alloc_raw(rows * (int64_t)sizeof(uint64_t));
    checksum->room = rows;
}

void checksum_add(Checksum *checksum, const Batch *batch, int64_t start)
{
    int64_t  rows = batch->rows - start;
    uint64_t sum = 0;
    make_room(checksum, rows);
    for (int64_t i = 0; i < rows; i++)
        checksum->hashes[i] = MULTIPLIER;
    for (int32_t c = 0; c < batch->column_count; c++)
        take_column(checksum, &batch->columns[c], start, rows);
    for (int64_t i = 0; i < rows; i++) {
        uint64_t hash = hash_u64(checksum->hashes[i]);
        sum += !batch->kinds || row_kind_is_add(batch->kinds[start + i]) ? hash : 0 - hash;
    }
    checksum->sum += sum;
}

void checksum_free(Checksum *checksum)
{
    env_free(checksum->hashes);
    text_free(&checksum->scratch);
}
