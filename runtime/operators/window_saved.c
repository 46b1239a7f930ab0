/* window_saved.c: the states of slices in a checkpoint.
 *
 *   part 0:                  [is it of a local half] [closed] [slices] and per slice [id] [end] [from] [next end]
 *   part id << 28 | piece:   a piece of the slice's table, see table_state.h
 *
 * The row count in front of states is left out unless rows can be taken back: only then do results depend on it, and whether it is there
 * depends on the parallelism.
 *
 * closed: see saved_take_closed. What a local half had not sent yet is taken as if it were sent now. A half follows the splits of its own
 * task, so with aligned barriers too each has its own; what is late beyond that the other half knows. */
#include "runtime/operators/window_state.h"

#include "core/bytes.h"
#include "runtime/state/table_state.h"

enum { PIECE_BITS = 28 };

static Status merge_states(const TableCodec *codec, void *into, void *from, Error *err)
{
    Status status = aggregate_set_merge(codec->set, codec->memory, &into, &from, 1, err);
    aggregate_set_drop(codec->set, codec->memory, from);
    return status;
}

static TableCodec codec_of(const WindowState *state, const Op *op)
{
    TableCodec codec = aggregate_codec(state->set, state->slices.memory, state->saves_count, state->key_types,
                                       op->plan->window_aggregate.key_count, "a window");
    codec.merge = merge_states;
    return codec;
}

/* ---- saving ------------------------------------------------------------------------------------------------------------ */

static void save_slices(const WindowState *state, bool is_local, Text *out)
{
    encode_bool(is_local, out);
    encode_i64(state->input.closed, out);
    encode_i64(state->slices.count, out);
    for (int64_t i = 0; i < state->slices.count; i++) {
        const Slice *slice = &state->slices.items[i];
        encode_i64(slice->id, out);
        encode_i64(slice->end, out);
        encode_i64(slice->from, out);
        encode_i64(slice->next_end, out);
    }
}

Status window_state_save(WindowState *state, const Op *op, bool is_local, Snapshot *out, Error *err)
{
    TableCodec codec = codec_of(state, op);
    save_slices(state, is_local, snapshot_part(out, 0));
    for (int64_t i = 0; i < state->slices.count; i++)
        TRY(table_state_save(state->slices.items[i].table, &codec, state->slices.items[i].id << PIECE_BITS, out, err));
    return STATUS_OK;
}

/* ---- loading ----------------------------------------------------------------------------------------------------------- */

typedef struct SavedSlice {
    int64_t id;
    Time    end, from, next_end;
} SavedSlice;

/* What part 0 of one instance says. */
typedef struct SavedSlices {
    int32_t instance; /* -1 = none yet */
    bool    is_local;
    Time    closed;
    LIST(SavedSlice) items; /* by id */
} SavedSlices;

static bool is_known(Time time)
{
    return time != TIME_MIN && time != TIME_MAX;
}

/* Windows of the plan's own kind: everything else that is done with a slice relies on it. */
static bool is_sound(const WindowInput *input, const SavedSlice *slice)
{
    const WindowGrid *grid = &input->grid;
    if (!is_known(slice->end) || !is_known(slice->from) || !is_known(slice->next_end))
        return false;
    if (input->spec->kind == WINDOW_ATTACHED)
        return slice->next_end == slice->end;
    Time first = window_first_end(grid, slice->end);
    Time last = window_last_end(grid, slice->end);
    return slice_end_of(grid, slice->end - 1) == slice->end && first <= slice->from && slice->from <= slice->next_end &&
        slice->next_end <= last && (slice->from - first) % grid->step == 0 && (slice->next_end - first) % grid->step == 0;
}

static bool read_slices(const WindowInput *input, Arena *arena, const SavedPart *part, SavedSlices *out)
{
    const char *cursor = part->bytes.ptr;
    const char *end = cursor + part->bytes.len;
    int64_t     count;
    *out = (SavedSlices){ .instance = part->instance };
    if (!decode_bool(&cursor, end, &out->is_local) || !decode_time(&cursor, end, &out->closed) || !decode_i64(&cursor, end, &count))
        return false;
    for (int64_t i = 0; i < count; i++) {
        SavedSlice slice;
        if (!decode_i64(&cursor, end, &slice.id) || !decode_time(&cursor, end, &slice.end) ||
            !decode_time(&cursor, end, &slice.from) || !decode_time(&cursor, end, &slice.next_end) || !is_sound(input, &slice))
            return false;
        list_push(arena, &out->items, slice);
    }
    return cursor == end;
}

static const SavedSlice *find_slice(const SavedSlices *slices, const SavedPart *part)
{
    for (int64_t i = 0; slices->instance == part->instance && i < slices->items.count; i++)
        if (slices->items.items[i].id == part->number >> PIECE_BITS)
            return &slices->items.items[i];
    return NULL;
}

static Status load_piece(WindowState *state, const TableCodec *codec, const SavedSlices *slices, const SavedPart *part, int32_t task_index,
                         int32_t task_count, Error *err)
{
    const SavedSlice *found = find_slice(slices, part);
    if (!found)
        return saved_damaged(codec->name, err);
    SavedSlice saved = *found;
    if (slices->is_local && !window_input_place(&state->input, saved.end, &saved.from, &saved.next_end))
        return STATUS_OK;
    const Slice *slice = slices_get(&state->slices, saved.end, saved.from, saved.next_end);
    return table_state_load(slice->table, codec, part->bytes, task_index, task_count, err);
}

Status window_state_load(WindowState *state, const Op *op, const SavedState *saved, Error *err)
{
    TableCodec  codec = codec_of(state, op);
    SavedSlices slices = { .instance = -1 };
    SavedClosed closed = { 0 };
    for (int64_t i = 0; i < saved->count; i++) {
        const SavedPart *part = &saved->parts[i];
        if (part->number != 0) {
            if (slices.is_local || saved_may_own_keys(saved, part, op->task_index, op->task_count))
                TRY(load_piece(state, &codec, &slices, part, op->task_index, op->task_count, err));
            continue;
        }
        if (!read_slices(&state->input, op->arena, part, &slices))
            return saved_damaged(codec.name, err);
        if (slices.is_local) /* of op->type->takes_over: behind all of our own */
            continue;
        saved_take_closed(&closed, saved, part, slices.closed, op->task_index, op->task_count);
        state->input.closed = closed.has_any ? closed.upto : TIME_MIN;
    }
    return STATUS_OK;
}

/* ---- the local half ----------------------------------------------------------------------------------------------------- */

Status window_state_load_local(WindowState *state, const Op *op, const SavedState *saved, Error *err)
{
    TableCodec  codec = codec_of(state, op);
    SavedSlices slices = { .instance = -1 };
    SavedClosed closed = { 0 };
    for (int64_t i = 0; i < saved->count; i++) {
        const SavedPart *part = &saved->parts[i];
        if (part->number == 0) {
            if (!read_slices(&state->input, op->arena, part, &slices))
                return saved_damaged(codec.name, err);
            saved_take_closed(&closed, saved, part, slices.closed, op->task_index, op->task_count);
        } else if (saved_owns_part(part, op->task_index, op->task_count)) {
            TRY(load_piece(state, &codec, &slices, part, 0, 1, err));
        }
    }
    state->input.closed = closed.has_any ? closed.upto : TIME_MIN;
    return STATUS_OK;
}
