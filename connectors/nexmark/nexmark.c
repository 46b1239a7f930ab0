/* nexmark.c: the event generator of the Nexmark suite as a table: people, auctions and bids, each in a ROW column of its own.
 *
 * Event n is the same whoever makes it: task t of T makes blocks t, t + T, t + 2T, ... of BLOCK_EVENTS events each, so neither parallelism nor
 * the size of batches changes what the table holds. (The official generator gives every parallel instance a time line of its own.) Only
 * columns and fields that are read are made. */
#include "connectors/connector.h"
#include "connectors/nexmark/nexmark_field.h"
#include "core/text.h"

enum { BLOCK_EVENTS = 8192, WAIT_MS = 10 };

static const Option nexmark_options[] = {
    { "first-event.rate", OPTION_INT, "10000", NULL, "events per second of event time", 0 },
    { "next-event.rate", OPTION_INT, "10000", NULL, "means nothing in the suite's own generator either", OPTION_IGNORED },
    { "rate.shape", OPTION_ENUM, "SQUARE", "SQUARE|SINE", "means nothing in the suite's own generator either", OPTION_IGNORED },
    { "rate.period", OPTION_DURATION, "600 s", NULL, "means nothing in the suite's own generator either", OPTION_IGNORED },
    { "rate.limited", OPTION_BOOL, "false", NULL, "means nothing in the suite's own generator either", OPTION_IGNORED },
    { "events.num", OPTION_INT, "0", NULL, "ends the table after so many events; 0: it has no end", 0 },
    { "stop-at", OPTION_INT, "-1", NULL, "no more events after so many of events.num; negative: all of them", 0 },
    { "keep-alive", OPTION_BOOL, "false", NULL, "the table has no end: after the last event it is silent", 0 },
    { "max-emit-speed", OPTION_BOOL, "true", NULL, "as fast as can be; false: every event when its time has come, counted from the start", 0 },
    { "person.proportion", OPTION_INT, "1", NULL, "so many people in a period of person + auction + bid events", 0 },
    { "auction.proportion", OPTION_INT, "3", NULL, "... auctions", 0 },
    { "bid.proportion", OPTION_INT, "46", NULL, "... bids", 0 },
    { "person.avg-size", OPTION_SIZE, "200b", NULL, "idealised bytes of a person: sizes the column extra", 0 },
    { "auction.avg-size", OPTION_SIZE, "500b", NULL, "... of an auction", 0 },
    { "bid.avg-size", OPTION_SIZE, "100b", NULL, "... of a bid: four numbers and extra, channel and url come on top", 0 },
    { "bid.hot-ratio.auctions", OPTION_INT, "2", NULL, "all but one of so many bids are on the hot auction", 0 },
    { "bid.hot-ratio.bidders", OPTION_INT, "4", NULL, "... by the hot bidder", 0 },
    { "auction.hot-ratio.sellers", OPTION_INT, "4", NULL, "all but one of so many auctions are by the hot seller", 0 },
    { "base-time", OPTION_STRING, "2015-07-15 00:00:00", NULL, "time before the first event (not in the suite, where it is now)", 0 },
    { "seed", OPTION_INT, "0", NULL, "another seed gives other events (not in the suite, where each run has others)", 0 },
    { 0 },
};

typedef struct Nexmark {
    const IoSpec *spec;
    NexmarkRules  rules;
    NexmarkTexts  texts;
    int64_t       events;   /* of the table; INT64_MAX = no end */
    bool          is_kept_alive, is_paced;
    int64_t       next;     /* number (from 0) of this task's next event */
    int64_t       start_ns; /* of the pace; -1 = not yet */
    int64_t       start;    /* `next` then */
    NexmarkSpan  *spans;
    int64_t       span_room; /* in events */
} Nexmark;

/* ---- options ------------------------------------------------------------------------------------------------------ */

static int64_t option_of(const TableSpec *table, const char *key)
{
    return option_i64(nexmark_options, table->options, key);
}

static Status check_least(const TableSpec *table, const char *key, int64_t least, int64_t most, Error *err)
{
    int64_t value = option_of(table, key);
    if (value >= least && value <= most)
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span, "'%s' must be between %lld and %lld, not %lld", key, (long long)least,
                     (long long)most, (long long)value);
}

static Status read_base_time(const TableSpec *table, int64_t *out, Error *err)
{
    Str       text = option_str(nexmark_options, table->options, "base-time");
    Timestamp time;
    if (!timestamp_parse(text, &time))
        return error_set(err, STATUS_OPTION, table->span, "'base-time' must be a timestamp such as '2015-07-15 00:00:00', not '%.*s'",
                         STR_FMT(text));
    *out = time.ms;
    return STATUS_OK;
}

static const struct {
    const char *key;
    int64_t     least, most;
} bounds[] = {
    { "first-event.rate", 1, INT32_MAX },      { "person.proportion", 1, 1000000 },   { "auction.proportion", 1, 1000000 },
    { "bid.proportion", 0, 1000000 },          { "bid.hot-ratio.auctions", 1, INT32_MAX }, { "bid.hot-ratio.bidders", 1, INT32_MAX },
    { "auction.hot-ratio.sellers", 1, INT32_MAX }, { "events.num", 0, INT64_MAX / 2 },    { "person.avg-size", 0, NEXMARK_AVG_SIZE_MAX },
    { "auction.avg-size", 0, NEXMARK_AVG_SIZE_MAX }, { "bid.avg-size", 0, NEXMARK_AVG_SIZE_MAX },
};

static Status read_rules(const TableSpec *table, NexmarkRules *rules, Error *err)
{
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        TRY(check_least(table, bounds[i].key, bounds[i].least, bounds[i].most, err));
    *rules = (NexmarkRules){
        .seed = hash_u64((uint64_t)option_of(table, "seed") + 1),
        .people = option_of(table, "person.proportion"),
        .auctions = option_of(table, "auction.proportion"),
        .bids = option_of(table, "bid.proportion"),
        .hot_auctions = option_of(table, "bid.hot-ratio.auctions"),
        .hot_bidders = option_of(table, "bid.hot-ratio.bidders"),
        .hot_sellers = option_of(table, "auction.hot-ratio.sellers"),
        .size = { option_of(table, "person.avg-size"), option_of(table, "auction.avg-size"), option_of(table, "bid.avg-size") },
        .delay_us = 1000000.0 / (double)option_of(table, "first-event.rate"),
    };
    rules->period = rules->people + rules->auctions + rules->bids;
    return read_base_time(table, &rules->base_ms, err);
}

static int64_t event_count(const TableSpec *table)
{
    int64_t events = option_of(table, "events.num"), stop_at = option_of(table, "stop-at");
    events = events > 0 ? events : INT64_MAX;
    return stop_at >= 0 && stop_at < events ? stop_at : events;
}

static bool nexmark_is_bounded(const TableSpec *table)
{
    return event_count(table) != INT64_MAX && !option_bool(nexmark_options, table->options, "keep-alive");
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

static NexmarkKind kind_of(Str column)
{
    NexmarkKind kind = NEXMARK_PERSON;
    while (kind < NEXMARK_KINDS && !str_eq(column, str_from(nexmark_columns[kind])))
        kind++;
    return kind;
}

static Status check_field(const TableSpec *table, NexmarkKind kind, const Field *field, Error *err)
{
    const NexmarkField *known = nexmark_field(kind, field->name);
    if (!known) {
        error_set(err, STATUS_NO_COLUMN, table->span, "a nexmark table has no field '%s.%.*s'", nexmark_columns[kind], STR_FMT(field->name));
        Text hint = TEXT_EMPTY;
        for (const NexmarkField *f = nexmark_fields[kind]; f->name; f++)
            text_printf(&hint, "%s%s", f == nexmark_fields[kind] ? "its fields are " : ", ", f->name);
        error_hint(err, "%s", text_cstr(&hint));
        text_free(&hint);
        return STATUS_NO_COLUMN;
    }
    if (type_equals(field->type, known->type, false))
        return STATUS_OK;
    return error_set(err, STATUS_TYPE, table->span, "field '%s.%s' of a nexmark table is a %s", nexmark_columns[kind], known->name,
                     known->type == &type_bigint ? "BIGINT" : known->type == &type_string ? "STRING" : "TIMESTAMP(3)");
}

static Status check_column(const TableSpec *table, const TableColumn *column, Error *err)
{
    if (str_is(column->name, "event_type")) {
        if (type_equals(column->type, &type_int, false))
            return STATUS_OK;
        return error_set(err, STATUS_TYPE, table->span, "column 'event_type' of a nexmark table is an INT");
    }
    NexmarkKind kind = kind_of(column->name);
    if (kind == NEXMARK_KINDS) {
        error_set(err, STATUS_NO_COLUMN, table->span, "a nexmark table has no column '%.*s'", STR_FMT(column->name));
        return error_hint(err, "its columns are event_type, person, auction and bid");
    }
    if (column->type->kind != TYPE_ROW)
        return error_set(err, STATUS_TYPE, table->span, "column '%s' of a nexmark table is a ROW", nexmark_columns[kind]);
    for (int32_t i = 0; i < column->type->field_count; i++)
        TRY(check_field(table, kind, &column->type->fields[i], err));
    return STATUS_OK;
}

static Status nexmark_check(const TableSpec *table, bool is_sink, Error *err)
{
    NexmarkRules rules;
    (void)is_sink;
    TRY(read_rules(table, &rules, err));
    for (int32_t i = 0; i < table->column_count; i++)
        TRY(check_column(table, &table->columns[i], err));
    return STATUS_OK;
}

/* ---- open and close ------------------------------------------------------------------------------------------------- */

static FieldSet fields_wanted(const IoSpec *spec, int32_t column)
{
    return spec->fields ? spec->fields[column] : FIELDS_ALL;
}

static bool wants_channels(const IoSpec *spec)
{
    for (int32_t i = 0; i < spec->column_count; i++) {
        const TableColumn *column = &spec->table->columns[spec->columns[i]];
        for (int32_t f = 0; kind_of(column->name) == NEXMARK_BID && f < column->type->field_count; f++) {
            Str name = column->type->fields[f].name;
            if (field_is_wanted(fields_wanted(spec, i), f) && (str_is(name, "channel") || str_is(name, "url")))
                return true;
        }
    }
    return false;
}

static Status nexmark_open(const IoSpec *spec, Source **out, Error *err)
{
    Nexmark *nexmark = arena_new(spec->arena, Nexmark, 1);
    nexmark->spec = spec;
    TRY(read_rules(spec->table, &nexmark->rules, err));
    nexmark->events = event_count(spec->table);
    nexmark->is_kept_alive = option_bool(nexmark_options, spec->table->options, "keep-alive");
    nexmark->is_paced = !option_bool(nexmark_options, spec->table->options, "max-emit-speed");
    nexmark->next = (int64_t)spec->task_index * BLOCK_EVENTS;
    nexmark->start_ns = -1;
    nexmark_texts_init(&nexmark->texts, nexmark->rules.seed, wants_channels(spec));
    *out = (Source *)nexmark;
    return STATUS_OK;
}

static void nexmark_close(Source *source)
{
    buf_release(((Nexmark *)source)->texts.buf);
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */

static void fill_event_types(const NexmarkEvents *events, Column *out)
{
    for (int32_t i = 0; i < events->span_count; i++)
        for (int32_t row = events->spans[i].row; row < events->spans[i].row_end; row++)
            COLUMN_DATA(out, int32_t)[row] = (int32_t)events->spans[i].kind;
}

static uint8_t *rows_of_kind(const NexmarkEvents *events, NexmarkKind kind, int64_t rows)
{
    uint8_t *valid = buf_zalloc(events->buf, rows);
    for (int32_t i = 0; i < events->span_count; i++) {
        const NexmarkSpan *span = &events->spans[i];
        if (span->kind == kind)
            memset(valid + span->row, 1, (size_t)(span->row_end - span->row));
    }
    return valid;
}

/* Fields that nobody reads are one NULL. */
static void fill_row(const NexmarkEvents *events, NexmarkKind kind, FieldSet wanted, int64_t rows, const Type *type, Column *out)
{
    *out = (Column){ .type = type, .room = rows, .valid = rows_of_kind(events, kind, rows) };
    out->children = buf_zalloc(events->buf, type->field_count * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < type->field_count; i++) {
        const Field *field = &type->fields[i];
        Column      *child = &out->children[i];
        if (!field_is_wanted(wanted, i)) {
            column_init_null(child, events->buf, field->type);
            continue;
        }
        *child = (Column){ .type = field->type, .room = rows };
        child->data = buf_zalloc(events->buf, rows * layout_size(type_layout(field->type)));
        nexmark_field(kind, field->name)->fill(events, child->data);
    }
}

static void fill_columns(const Nexmark *nexmark, const NexmarkEvents *events, int64_t rows, Batch *batch)
{
    const IoSpec *spec = nexmark->spec;
    for (int32_t i = 0; i < spec->column_count; i++) {
        const TableColumn *column = &spec->table->columns[spec->columns[i]];
        NexmarkKind        kind = kind_of(column->name);
        if (kind == NEXMARK_KINDS) {
            column_init(&batch->columns[i], batch->buf, column->type, rows);
            fill_event_types(events, &batch->columns[i]);
        } else {
            fill_row(events, kind, fields_wanted(spec, i), rows, column->type, &batch->columns[i]);
        }
    }
    batch->rows = rows;
    batch_hold(batch, nexmark->texts.buf);
}

static void make_room(Nexmark *nexmark, int64_t rows)
{
    if (rows <= nexmark->span_room)
        return;
    nexmark->spans = arena_new(nexmark->spec->arena, NexmarkSpan, 3 * (rows / nexmark->rules.period + 2));
    nexmark->span_room = rows;
}

static void make_rows(Nexmark *nexmark, int64_t rows, Batch *batch)
{
    make_room(nexmark, rows);
    NexmarkEvents events = { .rules = &nexmark->rules, .texts = &nexmark->texts, .spans = nexmark->spans, .buf = batch->buf };
    events.span_count = nexmark_spans(&nexmark->rules, nexmark->next + NEXMARK_FIRST_ID, rows, nexmark->spans);
    fill_columns(nexmark, &events, rows, batch);
    nexmark->next += rows;
    if (nexmark->next % BLOCK_EVENTS == 0)
        nexmark->next += (int64_t)(nexmark->spec->task_count - 1) * BLOCK_EVENTS;
}

/* ---- poll ----------------------------------------------------------------------------------------------------------- */

/* Number behind the last event whose time has come. */
static int64_t due_end(Nexmark *nexmark)
{
    int64_t now_ns = clock_monotonic_ns(nexmark->spec->clock);
    if (!nexmark->is_paced)
        return nexmark->events;
    if (nexmark->start_ns < 0) {
        nexmark->start_ns = now_ns;
        nexmark->start = nexmark->next;
    }
    double due = (double)(now_ns - nexmark->start_ns) / (1000.0 * nexmark->rules.delay_us) + 1;
    return due < (double)(nexmark->events - nexmark->start) ? nexmark->start + (int64_t)due : nexmark->events;
}

/* Events of the table that are this task's, of the first `events`. */
static int64_t share_of(const Nexmark *nexmark, int64_t events)
{
    int64_t round = (int64_t)nexmark->spec->task_count * BLOCK_EVENTS, before = (int64_t)nexmark->spec->task_index * BLOCK_EVENTS;
    int64_t rest = events % round - before;
    return events / round * BLOCK_EVENTS + (rest < 0 ? 0 : rest < BLOCK_EVENTS ? rest : BLOCK_EVENTS);
}

static void count_rows(const Nexmark *nexmark, int64_t rows)
{
    IoCounters *counters = nexmark->spec->counters;
    io_add(&counters->rows, rows);
    io_set(&counters->pending, 0);
    if (nexmark->events != INT64_MAX) {
        io_set(&counters->total, share_of(nexmark, nexmark->events));
        io_set(&counters->done, share_of(nexmark, nexmark->next < nexmark->events ? nexmark->next : nexmark->events));
    }
}

static Status nexmark_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    (void)err;
    Nexmark *nexmark = (Nexmark *)source;
    int64_t  block_end = (nexmark->next / BLOCK_EVENTS + 1) * BLOCK_EVENTS, end = due_end(nexmark);
    if (end > block_end)
        end = block_end;
    int64_t rows = end - nexmark->next < rows_max ? end - nexmark->next : rows_max;
    poll->split_count = 1;
    poll->run_count = 0;
    if (rows > 0) {
        make_rows(nexmark, rows, batch);
        poll->runs[poll->run_count++] = (SplitRun){ .rows = (int32_t)rows };
        poll->state = POLL_ROWS;
    } else if (nexmark->next >= nexmark->events && !nexmark->is_kept_alive) {
        poll->state = POLL_END;
    } else {
        poll->state = POLL_EMPTY;
        poll->wait_ms = nexmark->next < nexmark->events ? WAIT_MS : -1;
    }
    count_rows(nexmark, rows > 0 ? rows : 0);
    return STATUS_OK;
}

/* ---- position ------------------------------------------------------------------------------------------------------- */

/* "index/tasks", and the next event: the rest is in the options. */
static void nexmark_save(Source *source, int32_t split, Text *name, Text *position)
{
    const Nexmark *nexmark = (const Nexmark *)source;
    (void)split;
    text_printf(name, "%d/%d", nexmark->spec->task_index, nexmark->spec->task_count);
    if (position)
        text_put_i64(position, nexmark->next);
}

static Status load_split(Nexmark *nexmark, const SplitPosition *saved, Error *err)
{
    Str     name = saved->split, index;
    int64_t number, task_count, task_index;
    if (!str_split(&name, '/', &index) || !str_to_i64(index, &task_index) || !str_to_i64(name, &task_count) ||
        !str_to_i64(saved->position, &number) || number < 0)
        return error_set(err, STATUS_DATA, SPAN_NONE, "the saved position of a nexmark table is damaged");
    if (task_count != nexmark->spec->task_count)
        return error_set(err, STATUS_UNSUPPORTED, nexmark->spec->table->span,
                         "table %.*s: a nexmark table saved at parallelism %lld cannot go on at parallelism %d",
                         STR_FMT(nexmark->spec->table->path), (long long)task_count, nexmark->spec->task_count);
    if (number / BLOCK_EVENTS % task_count != task_index)
        return error_set(err, STATUS_DATA, SPAN_NONE, "the saved position of a nexmark table is another task's");
    if (task_index == nexmark->spec->task_index)
        nexmark->next = number;
    return STATUS_OK;
}

static Status nexmark_load(Source *source, const SplitPosition *positions, int32_t count, Error *err)
{
    for (int32_t i = 0; i < count; i++)
        TRY(load_split((Nexmark *)source, &positions[i], err));
    return STATUS_OK;
}

static const SourceType nexmark_source = {
    .open = nexmark_open,
    .poll = nexmark_poll,
    .save = nexmark_save,
    .load = nexmark_load,
    .close = nexmark_close,
    .is_bounded = nexmark_is_bounded,
};

const Connector connector_nexmark = {
    .name = "nexmark",
    .doc = "The event generator of the Nexmark benchmark suite: people, auctions, bids.",
    .options = nexmark_options,
    .check = nexmark_check,
    .source = &nexmark_source,
};
