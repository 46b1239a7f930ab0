/* datagen.c: rows made up: random values and sequences at a given rate.
 *
 * Row n of the table is the same whoever makes it: split t of T is rows t, t + T, t + 2T, ... and a table begins with a split per task.
 * The rate is the table's: row n is due n / rate after the start. A poll gives all rows of a split that are due (at most rows_max) and
 * asks to be called again when the next batch is, not for every row. A task that goes on from a checkpoint of more tasks has several
 * splits, in turn; of fewer, some have none. */
#include "connectors/datagen/datagen_field.h"
#include "core/hash.h"
#include "core/text.h"

enum { BATCH_MS = 10, ROW_SIZE_MAX = 64 << 20, BATCH_SIZE_MAX = 16 << 20 };

const Option datagen_options[] = {
    { "rows-per-second", OPTION_INT, "10000", NULL, "rate of the whole table", 0 },
    { "number-of-rows", OPTION_INT, NULL, NULL,
      "ends the table after so many rows; without it, and without sequences, it has no end", 0 },
    { "fields.#.kind", OPTION_STRING, "random", NULL, "random or sequence", 0 },
    { "fields.#.min", OPTION_STRING, NULL, NULL,
      "smallest random number; default: the type's, 0 for FLOAT, DOUBLE and DECIMAL", 0 },
    { "fields.#.max", OPTION_STRING, NULL, NULL, "largest random number; default: the type's", 0 },
    { "fields.#.max-past", OPTION_DURATION, "0", NULL, "timestamps are now, or up to so long ago", 0 },
    { "fields.#.length", OPTION_INT, NULL, NULL, "of texts and bytes (100, or the type's), of collections (3)", 0 },
    { "fields.#.var-len", OPTION_BOOL, "false", NULL, "texts and bytes of any length below fields.#.length", 0 },
    { "fields.#.start", OPTION_INT, NULL, NULL, "first number of a sequence", 0 },
    { "fields.#.end", OPTION_INT, NULL, NULL, "last number of a sequence; the table ends with its shortest sequence",
      0 },
    { "fields.#.null-rate", OPTION_DOUBLE, "0", NULL, "share of NULLs, 0 to 1", 0 },
    { "seed", OPTION_INT, NULL, NULL,
      "the same seed gives the same values (not in the dialect); default: another one each time", 0 },
    { 0 },
};

typedef struct DatagenSplit {
    int64_t  index, step; /* rows index, index + step, ... */
    int64_t  next;        /* number of the next row */
    int64_t  first;       /* ... when the clock was started */
    uint64_t seed;
} DatagenSplit;

typedef struct Datagen {
    const IoSpec *spec;
    DatagenField *fields; /* of the wanted columns */
    DatagenSplit *splits;
    int32_t       split_count;
    int32_t       turn;     /* the split that is asked first */
    int64_t       rate;
    int64_t       end;      /* number behind the table's last row; INT64_MAX = none */
    int64_t       start_ns; /* -1 = not yet */
    int64_t       rows_max; /* of a batch, by size */
    uint64_t     *numbers;
    int64_t       capacity;
} Datagen;

/* ---- options ----------------------------------------------------------------------------------------------------- */

/* Fields of all physical columns, how many rows there are, and how large one is. */
static Status read_fields(const TableSpec *table, Arena *arena, DatagenField *fields, int64_t *end, int64_t *row_size,
                          Error *err)
{
    Map *used = map_create(arena);
    *end = INT64_MAX;
    *row_size = 0;
    for (int32_t i = 0; i < table->column_count; i++) {
        const TableColumn *column = &table->columns[i];
        TRY(datagen_field_init(&fields[i], table, column->name, column->type, arena, used, err));
        int64_t count = datagen_field_count(&fields[i]);
        *end = count < *end ? count : *end;
        *row_size += datagen_field_size(&fields[i]);
    }
    if (*row_size > ROW_SIZE_MAX)
        return error_set(err, STATUS_LIMIT, table->span, "a row of table %.*s would be larger than %d MiB",
                         STR_FMT(table->path), ROW_SIZE_MAX >> 20);
    for (int64_t i = 0; i < table->options->count; i++) {
        Str key = table->options->entries[i].key;
        if (!str_starts_with(key, STR("fields.")) || map_has(used, key))
            continue;
        error_set(err, STATUS_OPTION, table->span, "Unsupported options found for 'datagen': '%.*s'", STR_FMT(key));
        return error_hint(err, "no such column, or the option means nothing for its type");
    }
    int64_t rows = option_i64(datagen_options, table->options, "number-of-rows");
    if (option_is_set(table->options, "number-of-rows") && rows < *end)
        *end = rows;
    return STATUS_OK;
}

static Status check_in(const TableSpec *table, Arena *arena, Error *err)
{
    int64_t end, row_size;
    if (option_i64(datagen_options, table->options, "rows-per-second") <= 0)
        return error_set(err, STATUS_OPTION, table->span, "'rows-per-second' must be greater than 0");
    if (option_is_set(table->options, "number-of-rows") &&
        option_i64(datagen_options, table->options, "number-of-rows") < 0)
        return error_set(err, STATUS_OPTION, table->span, "'number-of-rows' must not be negative");
    return read_fields(table, arena, arena_new(arena, DatagenField, table->column_count + 1), &end, &row_size, err);
}

static Status datagen_check(const TableSpec *table, bool is_sink, Error *err)
{
    (void)is_sink;
    Arena *arena = arena_create();
    Status status = check_in(table, arena, err);
    arena_destroy(arena);
    return status;
}

static bool datagen_is_bounded(const TableSpec *table)
{
    if (option_is_set(table->options, "number-of-rows"))
        return true;
    for (int64_t i = 0; i < table->options->count; i++) {
        const MapEntry *entry = &table->options->entries[i];
        if (str_starts_with(entry->key, STR("fields.")) && str_ends_with(entry->key, STR(".kind")) &&
            str_is_nocase(map_entry_str(entry), "sequence"))
            return true;
    }
    return false;
}

/* ---- open -------------------------------------------------------------------------------------------------------- */

static void use_seed(Datagen *datagen, uint64_t seed)
{
    const IoSpec *spec = datagen->spec;
    for (int32_t i = 0; i < spec->column_count; i++)
        datagen_field_seed(&datagen->fields[i], hash_combine(seed, (uint64_t)spec->columns[i] + 1));
}

static Status datagen_open(const IoSpec *spec, Source **out, Error *err)
{
    const TableSpec *table = spec->table;
    Datagen         *datagen = arena_new(spec->arena, Datagen, 1);
    DatagenField    *all = arena_new(spec->arena, DatagenField, table->column_count + 1);
    uint64_t         seed;
    int64_t          row_size;
    TRY(read_fields(table, spec->arena, all, &datagen->end, &row_size, err));
    datagen->rows_max = 1 + BATCH_SIZE_MAX / (row_size + 1);
    datagen->spec = spec;
    datagen->fields = arena_new(spec->arena, DatagenField, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        datagen->fields[i] = all[spec->columns[i]];
    env_random(&seed, (int64_t)sizeof(seed));
    if (option_is_set(table->options, "seed"))
        seed = (uint64_t)option_i64(datagen_options, table->options, "seed");
    datagen->splits = arena_new(spec->arena, DatagenSplit, 1);
    datagen->splits[datagen->split_count++] = (DatagenSplit){ .index = spec->task_index, .step = spec->task_count,
                                                              .next = spec->task_index, .seed = seed };
    datagen->rate = option_i64(datagen_options, table->options, "rows-per-second");
    datagen->start_ns = -1;
    *out = (Source *)datagen;
    return STATUS_OK;
}

static void datagen_close(Source *source)
{
    (void)source;
}

/* ---- pace -------------------------------------------------------------------------------------------------------- */

static void start_clock(Datagen *datagen, int64_t now_ns)
{
    if (datagen->start_ns >= 0)
        return;
    datagen->start_ns = now_ns;
    for (int32_t i = 0; i < datagen->split_count; i++)
        datagen->splits[i].first = datagen->splits[i].next;
}

/* How many rows of the split are due; 128 bits, because rate * time may be more than 64 hold. */
static int64_t rows_due(const Datagen *datagen, const DatagenSplit *split, int64_t now_ns)
{
    int128_t due = (int128_t)(now_ns - datagen->start_ns) * datagen->rate / 1000000000 + split->first + 1;
    int64_t  end = due < datagen->end ? (int64_t)due : datagen->end;
    return end > split->next ? (end - split->next + split->step - 1) / split->step : 0;
}

/* Until the next row of any split is due, but not less than a batch's time. */
static int64_t wait_ms(const Datagen *datagen, int64_t now_ns)
{
    int64_t next_ms = INT64_MAX;
    for (int32_t i = 0; i < datagen->split_count; i++) {
        const DatagenSplit *split = &datagen->splits[i];
        if (split->next >= datagen->end)
            continue;
        int128_t due_ns = (int128_t)(split->next - split->first) * 1000000000 / datagen->rate;
        int64_t  left_ms = (int64_t)((due_ns - (now_ns - datagen->start_ns) + 999999) / 1000000);
        next_ms = left_ms < next_ms ? left_ms : next_ms;
    }
    return next_ms > BATCH_MS ? next_ms : BATCH_MS;
}

static void make_room(Datagen *datagen, int64_t rows)
{
    if (rows <= datagen->capacity)
        return;
    datagen->numbers = arena_new(datagen->spec->arena, uint64_t, rows);
    datagen->capacity = rows;
}

static void make_rows(Datagen *datagen, DatagenSplit *split, int64_t rows, Batch *batch)
{
    const IoSpec *spec = datagen->spec;
    DatagenNow    now = { .utc_ms = clock_now_ms(spec->clock), .zone = spec->zone };
    make_room(datagen, rows);
    use_seed(datagen, split->seed);
    for (int64_t i = 0; i < rows; i++, split->next += split->step)
        datagen->numbers[i] = (uint64_t)split->next;
    for (int32_t i = 0; i < spec->column_count; i++)
        datagen_field_fill(&datagen->fields[i], datagen->numbers, rows, &now, batch->buf, &batch->columns[i]);
    batch->rows = rows;
}

static void count_rows(const Datagen *datagen, int64_t rows)
{
    IoCounters *counters = datagen->spec->counters;
    int64_t     total = 0, done = 0;
    for (int32_t i = 0; i < datagen->split_count; i++) {
        const DatagenSplit *split = &datagen->splits[i];
        total += datagen->end > split->index ? (datagen->end - split->index - 1) / split->step + 1 : 0;
        done += (split->next - split->index) / split->step;
    }
    io_add(&counters->rows, rows);
    io_set(&counters->pending, 0);
    io_set(&counters->total, datagen->end == INT64_MAX ? -1 : total);
    io_set(&counters->done, done);
}

static bool has_ended(const Datagen *datagen)
{
    for (int32_t i = 0; i < datagen->split_count; i++)
        if (datagen->splits[i].next < datagen->end)
            return false;
    return true;
}

/* The split whose turn it is and that has rows due; -1 = none. */
static int32_t next_split(Datagen *datagen, int64_t now_ns, int64_t *rows)
{
    for (int32_t i = 0; i < datagen->split_count; i++) {
        int32_t split = (datagen->turn + i) % datagen->split_count;
        *rows = rows_due(datagen, &datagen->splits[split], now_ns);
        if (*rows > 0) {
            datagen->turn = split + 1;
            return split;
        }
    }
    return -1;
}

static Status datagen_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    (void)err;
    Datagen *datagen = (Datagen *)source;
    int64_t  now_ns = clock_monotonic_ns(datagen->spec->clock);
    int64_t  rows = 0;
    start_clock(datagen, now_ns);
    int32_t split = next_split(datagen, now_ns, &rows);
    poll->run_count = 0;
    poll->split_count = datagen->split_count;
    poll->has_no_splits = datagen->split_count == 0;
    if (rows_max > datagen->rows_max)
        rows_max = datagen->rows_max;
    if (rows > rows_max)
        rows = rows_max;
    if (split >= 0) {
        make_rows(datagen, &datagen->splits[split], rows, batch);
        poll->runs[poll->run_count++] = (SplitRun){ .split = split, .rows = (int32_t)rows };
        poll->state = POLL_ROWS;
    } else if (has_ended(datagen)) {
        poll->state = POLL_END;
    } else {
        poll->state = POLL_EMPTY;
        poll->wait_ms = wait_ms(datagen, now_ns);
    }
    count_rows(datagen, rows);
    return STATUS_OK;
}

/* ---- position: "index/step", and "next seed" ------------------------------------------------------------------------ */

static void datagen_save(Source *source, int32_t index, Text *name, Text *position)
{
    const DatagenSplit *split = &((const Datagen *)source)->splits[index];
    text_printf(name, "%lld/%lld", (long long)split->index, (long long)split->step);
    if (position)
        text_printf(position, "%lld %lld", (long long)split->next, (long long)split->seed);
}

static bool read_split(const SplitPosition *saved, DatagenSplit *split)
{
    Str     name = saved->split, position = saved->position, index, next;
    int64_t seed;
    if (!str_split(&name, '/', &index) || !str_to_i64(index, &split->index) || !str_to_i64(name, &split->step) ||
        !str_split(&position, ' ', &next) || !str_to_i64(next, &split->next) || !str_to_i64(position, &seed))
        return false;
    split->seed = (uint64_t)seed;
    return split->step > 0 && split->index >= 0 && split->index < split->step && split->next >= split->index;
}

static Status datagen_load(Source *source, const SplitPosition *positions, int32_t count, Error *err)
{
    Datagen      *datagen = (Datagen *)source;
    const IoSpec *spec = datagen->spec;
    datagen->splits = arena_new(spec->arena, DatagenSplit, count);
    datagen->split_count = 0;
    for (int32_t i = 0; i < count; i++) {
        DatagenSplit split = { 0 };
        if (!read_split(&positions[i], &split))
            return error_set(err, STATUS_DATA, SPAN_NONE, "the saved position of a datagen table is damaged");
        if (split.index % spec->task_count == spec->task_index)
            datagen->splits[datagen->split_count++] = split;
    }
    return STATUS_OK;
}

static const SourceType datagen_source = {
    .open = datagen_open,
    .poll = datagen_poll,
    .save = datagen_save,
    .load = datagen_load,
    .close = datagen_close,
    .is_bounded = datagen_is_bounded,
};

const Connector connector_datagen = {
    .name = "datagen",
    .doc = "Random rows and sequences, at a rate.",
    .options = datagen_options,
    .check = datagen_check,
    .source = &datagen_source,
};
