/* table_state.c: see table_state.h. Loading goes in runs: keys are looked up together, then the states are read into their places. */
#include "runtime/state/table_state.h"

#include "core/bytes.h"
#include "core/env.h"
#include "data/key.h"

enum { LOAD_RUN = 256, TIME_BITS = 53 };

/* ---- aggregate states ------------------------------------------------------------------------------------------------ */

static void encode_states(const TableCodec *codec, const void *block, Text *out)
{
    const char *bytes = block;
    if (codec->leaves_count) {
        aggregate_set_encode_states(codec->set, block, out);
        return;
    }
    text_append(out, (Str){ bytes + codec->saved_from, codec->states_from - codec->saved_from });
    aggregate_set_encode(codec->set, bytes + codec->states_from, out);
}

static bool decode_states(const TableCodec *codec, const char **cursor, const char *end, void *block)
{
    char   *bytes = block;
    int32_t fixed = codec->states_from - codec->saved_from;
    if (codec->leaves_count)
        return aggregate_set_decode_states(codec->set, codec->memory, cursor, end, block);
    if (end - *cursor < fixed)
        return false;
    if (fixed > 0)
        memcpy(bytes + codec->saved_from, *cursor, (size_t)fixed);
    *cursor += fixed;
    return aggregate_set_decode(codec->set, codec->memory, cursor, end, bytes + codec->states_from);
}

TableCodec aggregate_codec_behind(AggregateSet *set, StateMemory *memory, int32_t saved_from, int32_t states_from,
                                  const Type *const *key_types, int32_t key_count, const char *name)
{
    return (TableCodec){
        .key_types = key_types, .key_count = key_count, .block_size = states_from + aggregate_set_size(set), .saved_from = saved_from,
        .is_flat = aggregate_set_is_flat(set), .encode = encode_states, .decode = decode_states, .name = name, .set = set,
        .memory = memory, .states_from = states_from,
    };
}

TableCodec aggregate_codec(AggregateSet *set, StateMemory *memory, bool saves_count, const Type *const *key_types, int32_t key_count,
                           const char *name)
{
    TableCodec codec = aggregate_codec_behind(set, memory, 0, 0, key_types, key_count, name);
    codec.leaves_count = !saves_count && aggregate_set_count_size(set) > 0;
    codec.saved_from = codec.leaves_count ? aggregate_set_count_size(set) : 0;
    return codec;
}

/* ---- saving ------------------------------------------------------------------------------------------------------------ */

static int64_t saved_size(const TableCodec *codec)
{
    return codec->block_size - codec->saved_from;
}

static void save_flat(const KeyTable *table, const TableCodec *codec, int64_t piece, Text *out)
{
    int64_t room = key_table_write_room(table, piece, codec->saved_from), count;
    char   *start = text_reserve(out, (int64_t)sizeof(count) + room);
    if (!start)
        return;
    char *end = key_table_write(table, piece, codec->saved_from, start + sizeof(count), &count);
    memcpy(start, &count, sizeof(count));
    out->len += end - start;
}

static void save_encoded(const KeyTable *table, const TableCodec *codec, int64_t piece, Text *out)
{
    int64_t position = 0, count = 0, count_at = out->len;
    Text    state = TEXT_EMPTY;
    encode_i64(count, out);
    for (const void *block; (block = key_table_next_in(table, piece, &position)) != NULL; count++) {
        Str      key = key_of_block(block);
        uint32_t key_size = (uint32_t)key.len;
        text_append(out, (Str){ (const char *)&key_size, (int64_t)sizeof(key_size) });
        text_append(out, key);
        text_clear(&state);
        codec->encode(codec, block, &state);
        encode_str(text_str(&state), out);
        out->overflow |= state.overflow;
    }
    if (!out->overflow)
        memcpy(out->ptr + count_at, &count, sizeof(count));
    text_free(&state);
}

static Status save_piece(KeyTable *table, const TableCodec *codec, int64_t piece, Text *out, Error *err)
{
    if (codec->is_flat)
        save_flat(table, codec, piece, out);
    else
        save_encoded(table, codec, piece, out);
    if (out->overflow)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "neighbouring states of %s take more than 1 GiB of a checkpoint", codec->name);
    key_table_saved(table, piece);
    return STATUS_OK;
}

Status table_state_save(KeyTable *table, const TableCodec *codec, int64_t first, Snapshot *out, Error *err)
{
    int64_t pieces = key_table_pieces(table);
    for (int64_t piece = 0; piece < pieces; piece++) {
        if (!key_table_has_changed(table, piece)) {
            snapshot_keep(out, first + piece);
            continue;
        }
        TRY(save_piece(table, codec, piece, snapshot_part(out, first + piece), err));
    }
    return STATUS_OK;
}

/* ---- loading ----------------------------------------------------------------------------------------------------------- */

/* Entries that are read but not yet in the table. */
typedef struct Run {
    Str      keys[LOAD_RUN];
    uint64_t hashes[LOAD_RUN];
    Str      states[LOAD_RUN];
    void    *blocks[LOAD_RUN];
    int32_t  new_rows[LOAD_RUN];
    int64_t  count;
} Run;

static bool decode_entry(const TableCodec *codec, const char **cursor, const char *end, Str *key, Str *state)
{
    uint32_t key_size;
    if (end - *cursor < (int64_t)sizeof(key_size))
        return false;
    memcpy(&key_size, *cursor, sizeof(key_size));
    *cursor += sizeof(key_size);
    if (end - *cursor < (int64_t)key_size)
        return false;
    *key = (Str){ *cursor, key_size };
    *cursor += key_size;
    if (!key_is_sound(*key, codec->key_types, codec->key_count))
        return false;
    if (!codec->is_flat)
        return decode_str(cursor, end, state);
    if (end - *cursor < saved_size(codec))
        return false;
    *state = (Str){ *cursor, saved_size(codec) };
    *cursor += saved_size(codec);
    return true;
}

static bool read_state(const TableCodec *codec, Str state, void *block)
{
    const char *cursor = state.ptr;
    if (!codec->is_flat)
        return codec->decode(codec, &cursor, state.ptr + state.len, block) && cursor == state.ptr + state.len;
    if (state.len > 0)
        memcpy((char *)block + codec->saved_from, state.ptr, (size_t)state.len);
    return true;
}

static Status merge_state(const TableCodec *codec, Str state, void *into, Error *err)
{
    if (!codec->merge)
        return saved_damaged(codec->name, err);
    void  *block = env_alloc(codec->block_size);
    Status status = read_state(codec, state, block) ? codec->merge(codec, into, block, err) : saved_damaged(codec->name, err);
    env_free(block);
    return status;
}

static Status add_run(KeyTable *table, const TableCodec *codec, Run *run, Error *err)
{
    int64_t added = key_table_add(table, run->keys, run->hashes, run->count, run->blocks, run->new_rows);
    for (int64_t i = 0, next = 0; i < run->count; i++) {
        bool is_new = next < added && run->new_rows[next] == i;
        next += is_new;
        if (!is_new)
            TRY(merge_state(codec, run->states[i], run->blocks[i], err));
        else if (!read_state(codec, run->states[i], run->blocks[i]))
            return saved_damaged(codec->name, err);
    }
    run->count = 0;
    return STATUS_OK;
}

Status table_state_load(KeyTable *table, const TableCodec *codec, Str part, int32_t task_index, int32_t task_count, Error *err)
{
    const char *cursor = part.ptr;
    const char *end = part.ptr + part.len;
    int64_t     count;
    Run         run;
    run.count = 0;
    if (!decode_i64(&cursor, end, &count) || count < 0)
        return saved_damaged(codec->name, err);
    for (int64_t i = 0; i < count; i++) {
        Str *key = &run.keys[run.count];
        if (!decode_entry(codec, &cursor, end, key, &run.states[run.count]))
            return saved_damaged(codec->name, err);
        run.hashes[run.count] = key_hash(*key);
        run.count += saved_owns_key(run.hashes[run.count], task_index, task_count);
        if (run.count == LOAD_RUN)
            TRY(add_run(table, codec, &run, err));
    }
    TRY(add_run(table, codec, &run, err));
    return cursor == end ? STATUS_OK : saved_damaged(codec->name, err);
}

bool decode_time(const char **cursor, const char *end, Time *time)
{
    if (!decode_i64(cursor, end, time))
        return false;
    return *time == TIME_MIN || *time == TIME_MAX || (*time > -(1LL << TIME_BITS) && *time < 1LL << TIME_BITS);
}
