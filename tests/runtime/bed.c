/* bed.c: see bed.h. */
#include "tests/runtime/bed.h"

#include "functions/function.h"

#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- source
 * -------------------------------------------------------------------------------------------------------------- */

typedef struct Source {
    const IoSpec *spec;
    Bed          *bed;
    int64_t      *next;  /* per split of the table: the next row to look at */
    int32_t       split; /* whose turn it is */
    int64_t       polls;
} BedSource;

static Status source_open(const IoSpec *spec, Source **out, Error *err)
{
    (void)err;
    BedSource *source = arena_new(spec->arena, BedSource, 1);
    source->spec = spec;
    source->bed = spec->host->state;
    source->next = arena_new(spec->arena, int64_t, source->bed->table.split_count);
    atomic_fetch_add(&source->bed->opened, 1);
    *out = source;
    return STATUS_OK;
}

/* Splits are shared out in turn; an instance numbers its own densely. */
static bool is_mine(const BedSource *source, int32_t split)
{
    return split % source->spec->task_count == source->spec->task_index;
}

static bool next_row(BedSource *source, int32_t split, int64_t *row)
{
    const BedTable *table = &source->bed->table;
    int64_t         end = table->row_count - atomic_load(&source->bed->table.hidden);
    for (; source->next[split] < end; source->next[split]++) {
        if (table->rows[source->next[split]].split != split)
            continue;
        *row = source->next[split];
        return true;
    }
    return false;
}

static void fill_cell(const Column *column, int64_t at, int32_t table_column, const BedRow *row)
{
    switch (table_column) {
    case BED_KEY:
        column->valid[at] = row->key != NULL;
        COLUMN_DATA(column, View)[at] = row->key ? view_of(str_from(row->key)) : (View){ 0 };
        break;
    case BED_VALUE:
        COLUMN_DATA(column, int64_t)[at] = row->value;
        break;
    case BED_TIME:
        column->valid[at] = row->time != BED_NULL;
        COLUMN_DATA(column, int64_t)[at] = row->time;
        break;
    default:
        column->valid[at] = row->watermark != BED_NULL;
        COLUMN_DATA(column, int64_t)[at] = row->watermark;
        break;
    }
}

static void fill(BedSource *source, Batch *batch, int32_t split, int64_t rows_max, const int64_t *rows)
{
    const IoSpec *spec = source->spec;
    (void)split;
    batch->rows = rows_max;
    for (int32_t c = 0; c < spec->column_count; c++) {
        column_init(&batch->columns[c], batch->buf, spec->table->columns[spec->columns[c]].type, rows_max);
        column_need_valid(&batch->columns[c], batch->buf, rows_max);
        for (int64_t i = 0; i < rows_max; i++)
            fill_cell(&batch->columns[c], i, spec->columns[c], &source->bed->table.rows[rows[i]]);
    }
    batch->kinds = buf_new(batch->buf, uint8_t, rows_max);
    bool has_kinds = false;
    for (int64_t i = 0; i < rows_max; i++) {
        batch->kinds[i] = source->bed->table.rows[rows[i]].kind;
        has_kinds |= batch->kinds[i] != ROW_INSERT;
    }
    if (!has_kinds)
        batch->kinds = NULL;
}

static int64_t take_rows(BedSource *source, int32_t split, int64_t rows_max, int64_t *rows)
{
    int64_t count = 0;
    while (count < rows_max && next_row(source, split, &rows[count])) {
        count++;
        source->next[split]++;
    }
    return count;
}

/* One split per poll; split 0 first for `lag` polls. */
static Status source_poll(Source *handle, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    BedSource      *source = handle;
    const BedTable *table = &source->bed->table;
    int32_t         mine = 0;
    int32_t         number = 0;
    int64_t        *rows = buf_new(batch->buf, int64_t, rows_max);
    source->polls++;
    if (table->fail_after > 0 && source->polls > table->fail_after)
        return error_set(err, STATUS_DATA, SPAN_NONE, "the script says fail");
    if (source->polls <= table->unknown_for) {
        poll->split_count = 0;
        poll->has_no_splits = false;
        poll->wait_ms = 1;
        return STATUS_OK;
    }
    for (int32_t s = 0; s < table->split_count; s++)
        mine += is_mine(source, s);
    poll->split_count = mine;
    poll->has_no_splits = mine == 0;
    for (int32_t tried = 0; tried < table->split_count; tried++) {
        int32_t split = source->polls <= table->lag ? tried : (source->split + tried) % table->split_count;
        if (!is_mine(source, split))
            continue;
        number = split / source->spec->task_count;
        int64_t count = take_rows(source, split, rows_max, rows);
        if (count == 0)
            continue;
        source->split = split + 1;
        fill(source, batch, split, count, rows);
        int64_t unused;
        poll->state = POLL_ROWS;
        poll->run_count = 1;
        poll->runs[0] = (SplitRun){ number, (int32_t)count, !table->is_unbounded && !next_row(source, split, &unused) };
        atomic_fetch_add(&source->spec->counters->rows, count);
        return STATUS_OK;
    }
    poll->state = table->is_unbounded ? POLL_EMPTY : POLL_END;
    return STATUS_OK;
}

/* The split's number in the table; a position is the row to look at next. */
static void source_save(Source *handle, int32_t split, Text *name, Text *position)
{
    const BedSource *source = handle;
    int32_t          number = split * source->spec->task_count + source->spec->task_index;
    text_put_i64(name, number);
    if (position)
        text_put_i64(position, source->next[number]);
}

static Status source_load(Source *handle, const SplitPosition *positions, int32_t count, Error *err)
{
    BedSource *source = handle;
    (void)err;
    for (int32_t i = 0; i < count; i++) {
        int64_t number;
        ck_assert(str_to_i64(positions[i].split, &number));
        ck_assert(str_to_i64(positions[i].position, &source->next[number]));
    }
    return STATUS_OK;
}

static void source_close(Source *handle)
{
    BedSource *source = handle;
    atomic_fetch_add(&source->bed->closed, 1);
}

static const SourceType per_split = { .open = source_open, .poll = source_poll, .save = source_save,
                                      .load = source_load,
                                      .close = source_close, .pushes_watermark = true };
static const SourceType per_task = { .open = source_open, .poll = source_poll, .save = source_save, .load = source_load,
                                     .close = source_close, .pushes_watermark = false };

/* ---- sink
 * ---------------------------------------------------------------------------------------------------------------- */

typedef struct Sink {
    Bed    *bed;
    int64_t writes;
    int64_t flushes;
} BedSink;

static Status sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    BedSink *sink = arena_new(spec->arena, BedSink, 1);
    sink->bed = spec->host->state;
    atomic_fetch_add(&sink->bed->opened, 1);
    *out = sink;
    return STATUS_OK;
}

/* Every other write finds it busy, when it takes pieces. */
static Status sink_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    int64_t limit = sink->bed->sink_takes;
    sink->writes++;
    if (sink->bed->sink_fail_after > 0 && sink->writes > sink->bed->sink_fail_after)
        return error_set(err, STATUS_IO, SPAN_NONE, "the sink says fail");
    *taken = batch->rows - start;
    if (limit > 0)
        *taken = sink->writes % 2 ? 0 : *taken < limit ? *taken : limit;
    atomic_fetch_add(&sink->bed->sink_rows, *taken);
    return STATUS_OK;
}

static Status sink_flush(Sink *sink, bool *done, Error *err)
{
    (void)err;
    atomic_fetch_add(&sink->bed->sink_flushes, 1);
    *done = ++sink->flushes >= 3;
    return STATUS_OK;
}

static Status sink_finish(Sink *sink, Error *err)
{
    (void)err;
    atomic_fetch_add(&sink->bed->sink_finishes, 1);
    return STATUS_OK;
}

static void sink_close(Sink *sink)
{
    atomic_fetch_add(&sink->bed->closed, 1);
}

static const SinkType sink_type = { .open = sink_open, .write = sink_write, .flush = sink_flush, .finish = sink_finish,
                                    .close = sink_close };
static const Connector connector_per_split = { .name = "bed", .source = &per_split, .sink = &sink_type };
static const Connector connector_per_task = { .name = "bed", .source = &per_task, .sink = &sink_type };

/* ---- the bed
 * --------------------------------------------------------------------------------------------------------------- */

static int64_t bed_now_ms(const Clock *clock)
{
    return atomic_load(&((BedClock *)(uintptr_t)clock)->now_ms);
}

static int64_t bed_monotonic_ns(const Clock *clock)
{
    return bed_now_ms(clock) * 1000000;
}

static ConnectorHost *bed_host(Bed *bed)
{
    ConnectorHost *host = arena_new(bed->arena, ConnectorHost, 1);
    host->state = bed;
    return host;
}

void bed_open(Bed *bed)
{
    memset(bed, 0, sizeof(*bed));
    bed->arena = arena_create();
    bed->table.split_count = 1;
    bed->table.pushes_watermark = true;
    bed->clock.clock = (Clock){ bed_now_ms, bed_monotonic_ns };
    atomic_store(&bed->clock.now_ms, 1000000);
    bed->options = (JobOptions){ .parallelism = 1, .clock = &bed->clock.clock, .host = bed_host(bed) };
}

void bed_close(Bed *bed)
{
    ck_assert_int_eq(atomic_load(&bed->opened), atomic_load(&bed->closed));
    arena_destroy(bed->arena);
}

/* ---- plans
 * ------------------------------------------------------------------------------------------------------------------ */

static Plan *node(Bed *bed, PlanKind kind, Plan *input)
{
    Plan *plan = plan_new(bed->arena, kind, SPAN_NONE, input);
    plan->id = ++bed->next_id;
    plan->changelog = input ? input->changelog : CHANGELOG_INSERT;
    if (input) {
        plan->fields = input->fields;
        plan->field_count = input->field_count;
    }
    return plan;
}

static Field *new_fields(Bed *bed, Plan *plan, int32_t count)
{
    Field *fields = arena_new(bed->arena, Field, count);
    plan->fields = fields;
    plan->field_count = count;
    return fields;
}

static const Type *rowtime_type(Bed *bed)
{
    return type_with_time(bed->arena, &type_timestamp3, TIME_ROWTIME);
}

static TableSpec *bed_spec(Bed *bed)
{
    TableColumn *columns = arena_new(bed->arena, TableColumn, BED_COLUMNS);
    columns[BED_KEY] = (TableColumn){ .name = STR("k"), .type = &type_string };
    columns[BED_VALUE] = (TableColumn){ .name = STR("v"), .type = &type_bigint };
    columns[BED_TIME] = (TableColumn){ .name = STR("ts"), .type = &type_timestamp3 };
    columns[BED_WATERMARK] = (TableColumn){ .name = STR("wm"), .type = &type_timestamp3 };
    TableSpec *spec = arena_new(bed->arena, TableSpec, 1);
    *spec = (TableSpec){ .path = STR("default_catalog.default_database.t"), .name = STR("t"), .columns = columns,
                         .column_count = BED_COLUMNS, .options = map_create(bed->arena) };
    return spec;
}

static int32_t *iota(Bed *bed, int32_t count)
{
    int32_t *numbers = arena_new(bed->arena, int32_t, count);
    for (int32_t i = 0; i < count; i++)
        numbers[i] = i;
    return numbers;
}

Plan *bed_scan(Bed *bed, bool has_watermark)
{
    Plan  *plan = node(bed, PLAN_SCAN, NULL);
    Field *fields = new_fields(bed, plan, BED_COLUMNS);
    TableSpec *spec = bed_spec(bed);
    for (int32_t i = 0; i < BED_COLUMNS; i++)
        fields[i] = (Field){ .name = spec->columns[i].name,
                             .type = i == BED_TIME ? rowtime_type(bed) : spec->columns[i].type };
    plan->scan = (PlanScan){ .table = spec,
                             .connector = bed->table.pushes_watermark ? &connector_per_split : &connector_per_task,
                             .columns = iota(bed,
                                             BED_COLUMNS), .column_count = BED_COLUMNS, .rowtime = has_watermark ? BED_TIME : -1,
                             .max_future_ms = -1, .is_bounded = true };
    if (has_watermark)
        plan->scan.watermark = expr_column(bed->arena, BED_WATERMARK, &type_timestamp3, SPAN_NONE);
    return plan;
}

static Expr *value_below(Bed *bed, int64_t limit)
{
    Error  err = ERROR_NONE;
    Expr **args = arena_new(bed->arena, Expr *, 2);
    Expr  *test;
    args[0] = expr_column(bed->arena, BED_VALUE, &type_bigint, SPAN_NONE);
    args[1] = expr_literal_i64(bed->arena, limit, &type_bigint, SPAN_NONE);
    ck_assert_int_eq(function_resolve(bed->arena, STR("<"), args, 2, SPAN_NONE, &test, &err), STATUS_OK);
    return test;
}

Plan *bed_filter_value_below(Bed *bed, Plan *input, int64_t limit)
{
    Plan *plan = node(bed, PLAN_FILTER, input);
    plan->filter.predicate = value_below(bed, limit);
    return plan;
}

Plan *bed_with_test(Bed *bed, Plan *input, int64_t limit)
{
    Plan   *plan = node(bed, PLAN_PROJECT, input);
    int32_t count = input->field_count;
    Field  *fields = new_fields(bed, plan, count + 1);
    plan->project.exprs = arena_new(bed->arena, Expr *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        fields[i] = input->fields[i];
        plan->project.exprs[i] = expr_column(bed->arena, i, fields[i].type, SPAN_NONE);
    }
    plan->project.exprs[count] = value_below(bed, limit);
    fields[count].type = plan->project.exprs[count]->type;
    return plan;
}

Plan *bed_project(Bed *bed, Plan *input, const int32_t *columns, int32_t count)
{
    Plan  *plan = node(bed, PLAN_PROJECT, input);
    Field *fields = new_fields(bed, plan, count);
    plan->project.exprs = arena_new(bed->arena, Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        fields[i] = input->fields[columns[i]];
        plan->project.exprs[i] = expr_column(bed->arena, columns[i], fields[i].type, SPAN_NONE);
    }
    return plan;
}

Plan *bed_union(Bed *bed, Plan *left, Plan *right)
{
    Plan *plan = node(bed, PLAN_UNION, left);
    plan->inputs = arena_new(bed->arena, Plan *, 2);
    plan->inputs[0] = left;
    plan->inputs[1] = right;
    plan->input_count = 2;
    return plan;
}

AggregateCall *bed_call(Bed *bed, const Plan *input, const char *name, int32_t column)
{
    AggregateCall *call = arena_new(bed->arena, AggregateCall, 1);
    const Type   **types = arena_new(bed->arena, const Type *, 1);
    const Type   **casts = arena_new(bed->arena, const Type *, 1);
    int32_t       *args = arena_new(bed->arena, int32_t, 1);
    Error          err = ERROR_NONE;
    bool           is_star = column < 0;
    if (!is_star)
        types[0] = input->fields[column].type;
    args[0] = column;
    *call = (AggregateCall){ .args = args, .arg_types = types, .arg_count = is_star ? 0 : 1, .filter = -1, .text = str_from(name) };
    ck_assert_int_eq(aggregate_resolve(bed->arena, str_from(name), types, is_star ? 0 : 1, is_star,
                                       input->changelog != CHANGELOG_INSERT, SPAN_NONE, &call->aggregate, &call->type, casts, &err),
                     STATUS_OK);
    return call;
}

PlanWindowSpec bed_window(WindowKind kind, int64_t size, int64_t slide)
{
    return (PlanWindowSpec){ .kind = kind, .time = BED_TIME, .size = size, .slide = slide };
}

Plan *bed_window_aggregate(Bed *bed, Plan *input, PlanWindowSpec window, const int32_t *keys, int32_t key_count,
                           AggregateCall **calls,
                           int32_t call_count)
{
    static const WindowProperty properties[] = { WINDOW_START, WINDOW_END };
    Plan  *plan = node(bed, PLAN_WINDOW_AGGREGATE, input);
    Field *fields = new_fields(bed, plan, key_count + call_count + 2);
    for (int32_t i = 0; i < key_count; i++)
        fields[i] = input->fields[keys[i]];
    for (int32_t i = 0; i < call_count; i++)
        fields[key_count + i].type = calls[i]->type;
    fields[key_count + call_count].type = &type_timestamp3_not_null;
    fields[key_count + call_count + 1].type = &type_timestamp3_not_null;
    plan->changelog = CHANGELOG_INSERT;
    plan->window_aggregate = (PlanWindowAggregate){ window, keys, key_count, calls, call_count, properties, 2 };
    return plan;
}

Plan *bed_window_table(Bed *bed, Plan *input, PlanWindowSpec window, const int32_t *keys, int32_t key_count)
{
    Plan  *plan = node(bed, PLAN_WINDOW, input);
    int32_t count = input->field_count;
    Field *fields = new_fields(bed, plan, count + 3);
    memcpy(fields, input->fields, (size_t)count * sizeof(Field));
    for (int32_t i = 0; i < 3; i++)
        fields[count + i].type = &type_timestamp3_not_null;
    plan->window = (PlanWindow){ window, keys, key_count };
    return plan;
}

Plan *bed_group(Bed *bed, Plan *input, const int32_t *keys, int32_t key_count, AggregateCall **calls,
                int32_t call_count)
{
    Plan  *plan = node(bed, PLAN_GROUP_AGGREGATE, input);
    Field *fields = new_fields(bed, plan, key_count + call_count);
    for (int32_t i = 0; i < key_count; i++)
        fields[i] = input->fields[keys[i]];
    for (int32_t i = 0; i < call_count; i++)
        fields[key_count + i].type = calls[i]->type;
    plan->changelog = bed->is_batch ? CHANGELOG_INSERT : CHANGELOG_ALL;
    plan->group_aggregate = (PlanGroupAggregate){ .keys = keys, .key_count = key_count, .calls = calls,
                                                  .call_count = call_count,
                                                  .input_retracts = input->changelog != CHANGELOG_INSERT,
                                                  .emits_update_before = true, .is_batch = bed->is_batch };
    return plan;
}

Plan *bed_sort(Bed *bed, Plan *input, int32_t column, bool is_descending, int64_t limit, int64_t offset)
{
    Plan    *plan = node(bed, PLAN_SORT, input);
    SortKey *key = arena_new(bed->arena, SortKey, 1);
    *key = (SortKey){ column, is_descending, is_descending };
    plan->sort = (PlanSort){ .keys = key, .key_count = 1, .limit = limit, .offset = offset };
    plan->changelog = CHANGELOG_INSERT;
    return plan;
}

Plan *bed_limit(Bed *bed, Plan *input, int64_t limit, int64_t offset)
{
    Plan *plan = node(bed, PLAN_LIMIT, input);
    plan->limit = (PlanLimit){ limit, offset };
    return plan;
}

Plan *bed_result(Bed *bed, Plan *input)
{
    Plan *plan = node(bed, PLAN_SINK, input);
    plan->sink = (PlanSink){ .accepts = CHANGELOG_ALL, .rowtime = -1 };
    return plan;
}

Plan *bed_sink(Bed *bed, Plan *input)
{
    Plan *plan = bed_result(bed, input);
    plan->sink.table = bed_spec(bed);
    plan->sink.connector = &connector_per_split;
    plan->sink.columns = iota(bed, input->field_count);
    return plan;
}

/* ---- running
 * --------------------------------------------------------------------------------------------------------------- */

static void print_cell(const Column *column, int64_t row, Text *out)
{
    int64_t index = column_index(column, row);
    if (column_is_null(column, row)) {
        text_puts(out, " -");
        return;
    }
    switch (type_layout(column->type)) {
    case LAYOUT_VIEW:
        text_put(out, ' ');
        text_append(out, view_str(&COLUMN_DATA(column, View)[index]));
        break;
    case LAYOUT_I32:
        text_printf(out, " %d", COLUMN_DATA(column, int32_t)[index]);
        break;
    case LAYOUT_F64:
        text_printf(out, " %.17g", COLUMN_DATA(column, double)[index]);
        break;
    default:
        text_printf(out, " %lld", (long long)COLUMN_DATA(column, int64_t)[index]);
        break;
    }
}

void bed_print(const Batch *batch, Text *out)
{
    for (int64_t i = 0; i < batch->rows; i++) {
        text_puts(out, row_kind_text(batch->kinds ? (RowKind)batch->kinds[i] : ROW_INSERT));
        for (int32_t c = 0; c < batch->column_count; c++)
            print_cell(&batch->columns[c], i, out);
        text_put(out, '\n');
    }
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

char *bed_sorted(Text *text)
{
    static char *lines[1 << 16];
    int64_t      count = 0;
    Text         out = TEXT_EMPTY;
    for (char *line = strtok((char *)(uintptr_t)text_cstr(text), "\n"); line; line = strtok(NULL, "\n"))
        lines[count++] = line;
    qsort(lines, (size_t)count, sizeof(lines[0]), compare_lines);
    for (int64_t i = 0; i < count; i++)
        text_printf(&out, "%s\n", lines[i]);
    char *sorted = strdup(text_cstr(&out));
    text_free(&out);
    return sorted;
}

Status bed_create(Bed *bed, Plan *const *sinks, int32_t sink_count, Job **out, Error *err)
{
    PlanJob *plan = arena_new(bed->arena, PlanJob, 1);
    Plan   **copy = arena_new(bed->arena, Plan *, sink_count);
    memcpy(copy, sinks, (size_t)sink_count * sizeof(Plan *));
    *plan = (PlanJob){ .sinks = copy, .sink_count = sink_count, .name = STR("test"), .is_batch = bed->is_batch, .is_bounded = true };
    bed->options.eval.zone = NULL;
    if (bed->zone)
        ck_assert_int_eq(zone_load(bed->arena, str_from(bed->zone), &bed->options.eval.zone, err), STATUS_OK);
    return job_create(plan, &bed->options, out, err);
}

char *bed_run(Bed *bed, Plan *root)
{
    Plan  *result = bed_result(bed, root);
    Text   text = TEXT_EMPTY;
    Job   *job;
    Batch *batch;
    bed->error = ERROR_NONE;
    Status status = bed_create(bed, &result, 1, &job, &bed->error);
    if (status == STATUS_OK) {
        ck_assert_int_eq(job_start(job, &bed->error), STATUS_OK);
        while ((status = job_next(job, 20000, &batch, &bed->error)) == STATUS_OK && batch) {
            bed_print(batch, &text);
            batch_release(batch);
        }
        ck_assert_msg(status != STATUS_TIMEOUT, "the job does not end");
        job_wait(job, -1);
        job_stats(job, bed->arena, &bed->stats);
        job_destroy(job);
    }
    if (status != STATUS_OK) {
        text_clear(&text);
        text_printf(&text, "error: %s\n", bed->error.message);
    }
    char *lines = bed->keeps_order ? strdup(text_cstr(&text)) : bed_sorted(&text);
    text_free(&text);
    return lines;
}

void bed_await_rows(Bed *bed, const Job *job, int64_t rows)
{
    JobStats stats;
    do {
        env_sleep_ms(1);
        job_stats(job, bed->arena, &stats);
    } while (stats.rows_in < rows && !job_state_is_final(job_state(job)));
}

char *bed_next(Job *job)
{
    Text   text = TEXT_EMPTY;
    Error  err = ERROR_NONE;
    Batch *batch;
    while (job_next(job, 50, &batch, &err) == STATUS_OK && batch) {
        bed_print(batch, &text);
        batch_release(batch);
    }
    char *lines = strdup(text_cstr(&text));
    text_free(&text);
    return lines;
}

void bed_expect(Bed *bed, Plan *root, const char *expected)
{
    static const int64_t batches[] = { 1, 7, BATCH_ROWS };
    static const int32_t parallelisms[] = { 1, 2, 4 };
    static const int64_t rings[] = { 1, 16 };
    for (int b = 0; b < 3; b++) {
        for (int p = 0; p < 3; p++) {
            for (int r = 0; r < (p == 0 ? 1 : 2); r++) {
                bed->options.batch_rows = batches[b];
                bed->options.parallelism = parallelisms[p];
                bed->options.worker_count = p == 2 ? 3 : 0;
                bed->options.ring_events = rings[r];
                char *lines = bed_run(bed, root);
                ck_assert_msg(strcmp(lines, expected) == 0,
                              "batches of %d, parallelism %d, rings of %d:\n%s--- expected\n%s",
                              (int)batches[b], (int)parallelisms[p], (int)rings[r], lines, expected);
                free(lines);
            }
        }
    }
}
