/* source_state.c: see source_state.h.
 *
 *   part 0 = [merged watermark] [is idle] [splits] and per split [name] [position] [watermark] [is idle] [has ended] */
#include "runtime/operators/source_state.h"

#include "core/bytes.h"

void source_state_save(Source *source, const SourceType *type, const SourceTime *time, Text *out)
{
    Text    name = TEXT_EMPTY, position = TEXT_EMPTY;
    int32_t count = type->save ? time->split_count : 0;
    encode_i64(time->merged.watermark, out);
    encode_bool(time->merged.is_idle, out);
    encode_i64(count, out);
    for (int32_t i = 0; i < count; i++) {
        text_clear(&name);
        text_clear(&position);
        type->save(source, i, &name, &position);
        encode_str(text_str(&name), out);
        encode_str(text_str(&position), out);
        encode_i64(time->splits[i].watermark, out);
        encode_bool(time->splits[i].is_idle, out);
        encode_bool(time->splits[i].has_ended, out);
    }
    text_free(&name);
    text_free(&position);
}

static bool read_split(const char **cursor, const char *end, SavedSplit *split)
{
    return decode_str(cursor, end, &split->at.split) && split->at.split.len > 0 &&
        decode_str(cursor, end, &split->at.position) && decode_i64(cursor, end, &split->time.watermark) &&
        decode_bool(cursor, end, &split->time.is_idle) && decode_bool(cursor, end, &split->time.has_ended);
}

/* The lowest of what is not idle; when all are idle, the highest. */
static void merge(Merged *all, Merged one, bool is_first)
{
    if (is_first || (all->is_idle && !one.is_idle))
        *all = one;
    else if (all->is_idle == one.is_idle && (one.watermark < all->watermark) != all->is_idle)
        all->watermark = one.watermark;
}

typedef struct Positions {
    LIST(SplitPosition) items;
} Positions;

static bool read_head(const char **cursor, const char *end, Merged *merged, int64_t *count)
{
    return decode_i64(cursor, end, &merged->watermark) && decode_bool(cursor, end, &merged->is_idle) && decode_i64(cursor, end, count) &&
        *count >= 0;
}

Status source_state_visit(Str part, void (*visit)(void *context, const SavedSplit *split), void *context, Error *err)
{
    const char *cursor = part.ptr, *end = cursor + part.len;
    Merged      merged;
    int64_t     count;
    if (!read_head(&cursor, end, &merged, &count))
        return saved_damaged("a source", err);
    for (int64_t i = 0; i < count; i++) {
        SavedSplit split;
        if (!read_split(&cursor, end, &split))
            return saved_damaged("a source", err);
        visit(context, &split);
    }
    return STATUS_OK;
}

static bool read_part(const SavedPart *part, Arena *arena, Positions *positions, RestoredSplits *out, bool is_first)
{
    const char *cursor = part->bytes.ptr, *end = cursor + part->bytes.len;
    Merged      merged;
    int64_t     count;
    if (!read_head(&cursor, end, &merged, &count))
        return false;
    merge(&out->merged, merged, is_first);
    for (int64_t i = 0; i < count; i++) {
        SavedSplit split;
        if (!read_split(&cursor, end, &split))
            return false;
        list_push(arena, &positions->items, split.at);
        MergeInput *time = arena_new(arena, MergeInput, 1);
        *time = split.time;
        map_put(out->times, arena_str(arena, split.at.split), time);
    }
    return cursor == end && positions->items.count <= INT32_MAX;
}

Status source_state_load(Source *source, const SourceType *type, const SavedState *saved, Arena *arena, RestoredSplits *out,
                         Error *err)
{
    Positions positions = { 0 };
    *out = (RestoredSplits){ .times = map_create(arena), .merged = { TIME_MIN, false } };
    for (int64_t i = 0; i < saved->count; i++)
        if (!read_part(&saved->parts[i], arena, &positions, out, i == 0))
            return saved_damaged("a source", err);
    if (!type->load)
        return STATUS_OK;
    return type->load(source, positions.items.items, (int32_t)positions.items.count, err);
}

void source_state_restore(const RestoredSplits *restored, Source *source, const SourceType *type, SourceTime *time, int32_t first)
{
    Text name = TEXT_EMPTY;
    if (!restored->times || !type->save)
        return;
    for (int32_t i = first; i < time->split_count; i++) {
        text_clear(&name);
        type->save(source, i, &name, NULL);
        const MergeInput *was = map_get(restored->times, text_str(&name));
        if (!was)
            continue;
        time->splits[i].watermark = was->watermark;
        time->splits[i].is_idle = was->is_idle;
    }
    text_free(&name);
}
