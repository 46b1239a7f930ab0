/* push.c: a table that the embedding program fills, and the channel between the two.
 *
 *   writer   push_send -> ring of items -> signals the reader's worker
 *   reader   poll -> takes an item, hands out rows_max rows of its batch at a time -> signals the writer
 *
 * One mutex, held for a few instructions per batch. One slot of the ring is kept for END, so that closing never waits.
 * Only task 0 reads; the table has one split. */
#include "connectors/push/push.h"

enum { ITEMS_MAX = 64 };

typedef enum ItemKind { ITEM_BATCH, ITEM_WATERMARK, ITEM_END } ItemKind;

typedef struct Item {
    ItemKind kind;
    Batch   *batch;
    Time     watermark;
} Item;

struct PushChannel {
    EnvMutex *mutex;
    Wakeup   *room;   /* signalled when an item was taken */
    Wakeup   *reader; /* of the worker that reads; NULL = nobody does */
    Item      items[ITEMS_MAX];
    int32_t   first, count;
};

/* ---- the channel ------------------------------------------------------------------------------------------------- */

PushChannel *push_channel_create(void)
{
    PushChannel *channel = env_alloc((int64_t)sizeof(PushChannel));
    channel->mutex = env_mutex_create();
    channel->room = wakeup_create();
    return channel;
}

void push_channel_destroy(PushChannel *channel)
{
    if (!channel)
        return;
    for (int32_t i = 0; i < channel->count; i++)
        batch_release(channel->items[(channel->first + i) % ITEMS_MAX].batch);
    wakeup_destroy(channel->room);
    env_mutex_destroy(channel->mutex);
    env_free(channel);
}

static bool try_put(PushChannel *channel, const Item *item)
{
    env_mutex_lock(channel->mutex);
    int32_t room = ITEMS_MAX - channel->count - (item->kind != ITEM_END);
    bool    has_room = room > 0;
    if (has_room) {
        channel->items[(channel->first + channel->count) % ITEMS_MAX] = *item;
        channel->count++;
        if (channel->reader)
            wakeup_signal(channel->reader);
    }
    env_mutex_unlock(channel->mutex);
    return has_room;
}

static bool try_take(PushChannel *channel, Item *item)
{
    env_mutex_lock(channel->mutex);
    bool has_item = channel->count > 0;
    if (has_item) {
        *item = channel->items[channel->first];
        channel->first = (channel->first + 1) % ITEMS_MAX;
        channel->count--;
    }
    env_mutex_unlock(channel->mutex);
    if (has_item)
        wakeup_signal(channel->room);
    return has_item;
}

static Status put(PushChannel *channel, const Item *item, int64_t timeout_ms, Error *err)
{
    int64_t deadline_ns = clock_monotonic_ns(&env_clock) + timeout_ms * 1000000;
    while (!try_put(channel, item)) {
        int64_t left_ms = (deadline_ns - clock_monotonic_ns(&env_clock) + 999999) / 1000000;
        if (timeout_ms >= 0 && left_ms <= 0)
            return error_set(err, STATUS_TIMEOUT, SPAN_NONE, "the table's queue of %d batches stayed full for %lld ms",
                             ITEMS_MAX - 1, (long long)timeout_ms);
        wakeup_wait(channel->room, timeout_ms < 0 ? -1 : left_ms);
    }
    return STATUS_OK;
}

Status push_send(PushChannel *channel, Batch *batch, int64_t timeout_ms, Error *err)
{
    return put(channel, &(Item){ .kind = ITEM_BATCH, .batch = batch }, timeout_ms, err);
}

Status push_watermark(PushChannel *channel, Time watermark, int64_t timeout_ms, Error *err)
{
    return put(channel, &(Item){ .kind = ITEM_WATERMARK, .watermark = watermark }, timeout_ms, err);
}

bool push_has_reader(PushChannel *channel)
{
    env_mutex_lock(channel->mutex);
    bool has_reader = channel->reader != NULL;
    env_mutex_unlock(channel->mutex);
    return has_reader;
}

void push_end(PushChannel *channel)
{
    /* The slot that rows leave free may hold the END of an input that nobody has read; one END more adds nothing then.
     */
    try_put(channel, &(Item){ .kind = ITEM_END });
}

static Status attach(PushChannel *channel, const IoSpec *spec, Error *err)
{
    env_mutex_lock(channel->mutex);
    bool is_taken = channel->reader != NULL;
    if (!is_taken)
        channel->reader = spec->wakeup;
    env_mutex_unlock(channel->mutex);
    if (is_taken)
        return error_set(err, STATUS_UNSUPPORTED, spec->table->span,
                         "table %.*s is being read already: a push table has one reader", STR_FMT(spec->table->path));
    return STATUS_OK;
}

static void detach(PushChannel *channel)
{
    env_mutex_lock(channel->mutex);
    channel->reader = NULL;
    env_mutex_unlock(channel->mutex);
}

/* ---- the source -------------------------------------------------------------------------------------------------- */

typedef struct PushSource {
    const IoSpec *spec;
    PushChannel  *channel; /* NULL: another task reads */
    int32_t      *physical; /* index in the pushed batch of each wanted column */
    Batch        *batch;   /* being handed out */
    int64_t       row;
    bool          has_ended;
} PushSource;

/* 'changelog-mode' says which kinds the program will send. */
static const Option push_options[] = {
    { "changelog-mode", OPTION_ENUM, "I", "I|all", "all: the program sends -U, +U and -D rows too", 0 },
    { 0 },
};

static bool push_is_changelog(const TableSpec *table)
{
    return str_is_nocase(option_str(push_options, table->options, "changelog-mode"), "all");
}

static int32_t physical_index(const TableSpec *table, int32_t column)
{
    int32_t index = 0;
    for (int32_t i = 0; i < column; i++)
        index += table->columns[i].metadata_key.ptr == NULL;
    return index;
}

static Status push_open(const IoSpec *spec, Source **out, Error *err)
{
    PushSource *source = arena_new(spec->arena, PushSource, 1);
    source->spec = spec;
    source->has_ended = spec->task_index != 0;
    source->physical = arena_new(spec->arena, int32_t, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        source->physical[i] = physical_index(spec->table, spec->columns[i]);
    if (!source->has_ended) {
        PushChannel *channel = spec->host->push_channel(spec->host->state, spec->table->path);
        TRY(attach(channel, spec, err));
        source->channel = channel;
    }
    *out = (Source *)source;
    return STATUS_OK;
}

static void push_close(Source *opened)
{
    PushSource *source = (PushSource *)opened;
    if (source->channel)
        detach(source->channel);
    if (source->batch)
        batch_release(source->batch);
}

/* Rows from `start` on, typed as the table says: the sender's types may be gone by now. */
static void slice_column(const Column *in, const Type *type, int64_t start, Buf *buf, Column *out)
{
    *out = *in;
    out->type = type;
    out->room = 0;
    int64_t first = in->constant ? 0 : start;
    if (in->data)
        out->data = (char *)in->data + first * layout_size(type_layout(type));
    if (in->valid)
        out->valid = in->valid + first;
    if (type->kind == TYPE_ROW) {
        out->children = buf_new(buf, Column, type->field_count + 1);
        for (int32_t i = 0; i < type->field_count; i++)
            slice_column(&in->children[i], type->fields[i].type, first, buf, &out->children[i]);
    } else if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        int32_t count = type->kind == TYPE_MAP ? 2 : 1;
        out->children = buf_new(buf, Column, count);
        for (int32_t i = 0; i < count; i++)
            slice_column(&in->children[i], type->kind == TYPE_MAP && i == 0 ? type->key : type->element, 0, buf,
                         &out->children[i]);
    }
}

/* Kinds of the rows at hand; none when all are inserts, so that they cost nothing downstream. */
static Status hand_out_kinds(const PushSource *source, int64_t rows, Batch *batch, Error *err)
{
    const uint8_t *kinds = source->batch->kinds ? source->batch->kinds + source->row : NULL;
    uint8_t        worst = ROW_INSERT;
    for (int64_t i = 0; kinds && i < rows; i++)
        worst = kinds[i] > worst ? kinds[i] : worst;
    if (worst == ROW_INSERT)
        return STATUS_OK;
    if (!push_is_changelog(source->spec->table))
        return error_set(err, STATUS_DATA, source->spec->table->span,
                         "table %.*s was sent a %s row, but takes inserts only", STR_FMT(source->spec->table->path),
                         row_kind_text((RowKind)worst));
    batch->kinds = buf_alloc(batch->buf, rows);
    memcpy(batch->kinds, kinds, (size_t)rows);
    return STATUS_OK;
}

static Status hand_out(PushSource *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    const IoSpec *spec = source->spec;
    Batch        *from = source->batch;
    int64_t       rows = from->rows - source->row < rows_max ? from->rows - source->row : rows_max;
    TRY(hand_out_kinds(source, rows, batch, err));
    for (int32_t i = 0; i < spec->column_count; i++)
        slice_column(&from->columns[source->physical[i]], spec->table->columns[spec->columns[i]].type, source->row,
                     batch->buf, &batch->columns[i]);
    batch->rows = rows;
    batch_hold_all(batch, from);
    batch_hold(batch, from->buf);
    poll->state = POLL_ROWS;
    poll->runs[poll->run_count++] = (SplitRun){ .rows = (int32_t)rows };
    io_add(&spec->counters->rows, rows);
    source->row += rows;
    if (source->row == from->rows) {
        batch_release(from);
        source->batch = NULL;
    }
    return STATUS_OK;
}

static void take_item(PushSource *source, const Item *item, Poll *poll)
{
    switch (item->kind) {
    case ITEM_BATCH:
        source->batch = item->batch;
        source->row = 0;
        break;
    case ITEM_WATERMARK:
        poll->state = POLL_ROWS;
        poll->run_watermark[poll->run_count] = item->watermark;
        poll->runs[poll->run_count++] = (SplitRun){ .rows = 0 };
        break;
    case ITEM_END:
        source->has_ended = true;
        break;
    }
}

static Status push_poll(Source *opened, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    PushSource *source = (PushSource *)opened;
    Item        item;
    poll->run_count = 0;
    poll->split_count = source->channel ? 1 : 0;
    poll->has_no_splits = !source->channel;
    poll->state = source->has_ended ? POLL_END : POLL_EMPTY;
    poll->wait_ms = -1;
    if (source->has_ended)
        return STATUS_OK;
    if (!source->batch && try_take(source->channel, &item))
        take_item(source, &item, poll);
    if (source->batch)
        return hand_out(source, rows_max, batch, poll, err);
    if (source->has_ended)
        poll->state = POLL_END;
    return STATUS_OK;
}

/* What the program has sent cannot be asked for again: there is no position. */
static bool push_is_bounded(const TableSpec *table)
{
    (void)table;
    return false;
}

static const SourceType push_source = {
    .open = push_open,
    .poll = push_poll,
    .close = push_close,
    .is_bounded = push_is_bounded,
    .is_changelog = push_is_changelog,
};

const Connector connector_push = {
    .name = "push",
    .doc = "Rows that the program which embeds the engine hands in.",
    .options = push_options,
    .source = &push_source,
};
