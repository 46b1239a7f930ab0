/* session_state.c: see session_state.h. */
#include "runtime/state/session_state.h"

#include "core/bytes.h"

enum { FIRST_PIECE = 1 };

typedef struct Owner {
    Sessions           *sessions;
    const SessionCodec *codec;
} Owner;

/* ---- one key --------------------------------------------------------------------------------------------------------- */

static void encode_key(const TableCodec *codec, const void *key, Text *out)
{
    const Owner *owner = codec->owner;
    int64_t      count = sessions_of_key(key);
    encode_i64(count, out);
    for (int64_t i = 0; i < count; i++) {
        Session *session = session_of_key(key, i);
        encode_i64(session->start, out);
        encode_i64(session->end, out);
        owner->codec->encode(owner->codec->owner, session_block(session), out);
    }
}

static bool is_known(Time time)
{
    return time != TIME_MIN && time != TIME_MAX;
}

/* Open sessions of a key do not overlap, but closed ones that wait to be fired may: only order is asked for. */
static bool decode_key(const TableCodec *codec, const char **cursor, const char *end, void *key)
{
    const Owner *owner = codec->owner;
    int64_t      count;
    Time         last = TIME_MIN;
    if (!decode_i64(cursor, end, &count) || count < 1)
        return false;
    for (int64_t i = 0; i < count; i++) {
        Time from, to;
        if (!decode_time(cursor, end, &from) || !decode_time(cursor, end, &to) || !is_known(from) || !is_known(to) || from > to || to < last)
            return false;
        Session *session = sessions_put(owner->sessions, key, from, to);
        if (!owner->codec->decode(owner->codec->owner, cursor, end, session_block(session)))
            return false;
        last = to;
    }
    return true;
}

static TableCodec table_codec(Owner *owner)
{
    return (TableCodec){ .key_types = owner->codec->key_types, .key_count = owner->codec->key_count, .encode = encode_key, .decode = decode_key,
                         .owner = owner, .name = "a session window" };
}

/* ---- all --------------------------------------------------------------------------------------------------------------- */

Status sessions_save(Sessions *sessions, const SessionCodec *codec, Time closed, Snapshot *out, Error *err)
{
    Owner      owner = { sessions, codec };
    TableCodec table = table_codec(&owner);
    encode_i64(closed, snapshot_part(out, 0));
    return table_state_save(sessions->keys, &table, FIRST_PIECE, out, err);
}

Status sessions_load(Sessions *sessions, const SessionCodec *codec, const SavedState *saved, int32_t task_index, int32_t task_count,
                     Time *closed, Error *err)
{
    Owner       owner = { sessions, codec };
    TableCodec  table = table_codec(&owner);
    SavedClosed upto = { 0 };
    for (int64_t i = 0; i < saved->count; i++) {
        const SavedPart *part = &saved->parts[i];
        const char      *cursor = part->bytes.ptr;
        const char      *end = cursor + part->bytes.len;
        Time             of_part;
        if (part->number != 0) {
            TRY(table_state_load(sessions->keys, &table, part->bytes, task_index, task_count, err));
            continue;
        }
        if (!decode_time(&cursor, end, &of_part) || cursor != end)
            return saved_damaged(table.name, err);
        saved_take_closed(&upto, saved, part, of_part, task_index, task_count);
    }
    *closed = upto.has_any ? upto.upto : *closed;
    return STATUS_OK;
}
