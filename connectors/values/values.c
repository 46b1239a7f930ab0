/* values.c: a table whose rows stand in its definition, for tests.
 *
 *     'rows' = 'ann, 1, 2024-01-01 00:00:10      cells as CSV; NULL; "a, b"
 *               -U bob, 2, NULL                  a kind before the cells
 *               watermark 2024-01-01 00:01:00    event time has come to this, in the split at hand
 *               split 2'                         the rows below belong to another split
 *
 * Cells are read as CAST(text AS type); those of ARRAY, MAP and ROW columns as JSON: [1, 2] in quotes when it has a
 * comma. Everything is parsed and cast when the table is opened: a batch is a copy of rows. */
#include "connectors/formats/format.h"
#include "data/cast.h"

#define SPLITS_MAX 64

static const Option values_options[] = {
    { "rows", OPTION_STRING, "", NULL, "the rows, one per line", 0 },
    { "changelog-mode", OPTION_ENUM, "I", "I|insert|all", "all: rows may have the kinds -U, +U and -D", 0 },
    { "bounded", OPTION_BOOL, "true", NULL, "false: the table does not end behind its last row", 0 },
    { "pause-at-line", OPTION_INT, NULL, NULL, "lines from this one on are not there yet: the table waits in front of it", 0 },
    { 0 },
};

typedef struct Mark { /* a run of rows, or a watermark behind them */
    int32_t split;
    int64_t start, count;
    Time    watermark; /* TIME_MIN = none */
} Mark;

typedef struct Values {
    const IoSpec *spec;
    Batch        *rows;  /* all of them, wanted columns only */
    LIST(Mark)    marks; /* of this task's splits */
    int32_t       split_ids[SPLITS_MAX]; /* script's number of each of this task's splits */
    int32_t       split_count;
    bool          is_bounded;
    bool          is_paused; /* there are rows that are not there yet */
    int64_t       mark;  /* next to hand out */
    int64_t       row;   /* of the mark */
    int64_t       skipped[SPLITS_MAX]; /* per split: what a position left out */
} Values;

/* ---- reading the text -------------------------------------------------------------------------------------------- */

typedef struct RowText {
    Str     text;
    uint8_t kind;
    int64_t line;
} RowText;

typedef struct RowReader {
    Values      *values;
    LIST(RowText) rows;
    int32_t      split;     /* index into split_ids; -1: another task's */
    int64_t      line;
} RowReader;

static int32_t split_index(Values *values, int64_t number)
{
    if (number % values->spec->task_count != values->spec->task_index)
        return -1;
    for (int32_t i = 0; i < values->split_count; i++)
        if (values->split_ids[i] == number)
            return i;
    if (values->split_count == SPLITS_MAX)
        return -1;
    values->split_ids[values->split_count] = (int32_t)number;
    return values->split_count++;
}

static Status bad_line(const RowReader *reader, const char *what, Str text, Error *err)
{
    return error_set(err, STATUS_OPTION, reader->values->spec->table->span, "line %lld of 'rows': %s, found \"%.*s\"",
                     (long long)reader->line, what, STR_FMT(text));
}

static Status read_watermark(RowReader *reader, Str text, Error *err)
{
    Timestamp at;
    int64_t ms;
    if (str_to_i64(text, &ms))
        at = (Timestamp){ .ms = ms };
    else if (!timestamp_parse(text, &at))
        return bad_line(reader, "expected a timestamp behind watermark", text, err);
    if (reader->split >= 0)
        list_push(reader->values->spec->arena, &reader->values->marks,
                  (Mark){ .split = reader->split, .start = reader->rows.count, .watermark = at.ms });
    return STATUS_OK;
}

static Status read_split(RowReader *reader, Str text, Error *err)
{
    int64_t number;
    if (!str_to_i64(text, &number) || number < 0 || number >= SPLITS_MAX)
        return bad_line(reader, "expected a number from 0 to 63 behind split", text, err);
    reader->split = split_index(reader->values, number);
    return STATUS_OK;
}

static void add_row(RowReader *reader, Str text, uint8_t kind)
{
    Values *values = reader->values;
    if (reader->split < 0)
        return;
    Mark *last = values->marks.count > 0 ? &values->marks.items[values->marks.count - 1] : NULL;
    if (!last || last->split != reader->split || last->watermark != TIME_MIN)
        list_push(values->spec->arena, &values->marks,
                  (Mark){ .split = reader->split, .start = reader->rows.count, .watermark = TIME_MIN });
    values->marks.items[values->marks.count - 1].count++;
    list_push(values->spec->arena, &reader->rows, (RowText){ text, kind, reader->line });
}

/* "-U rest": the kind, and the text behind it. */
static uint8_t take_kind(Str *text)
{
    for (int kind = ROW_INSERT; kind <= ROW_DELETE; kind++) {
        Str mark = str_from(row_kind_text((RowKind)kind));
        if (str_starts_with(*text, mark) && (text->len == mark.len || text->ptr[mark.len] == ' ')) {
            *text = str_trim(str_slice(*text, mark.len, text->len));
            return (uint8_t)kind;
        }
    }
    return ROW_INSERT;
}

static Status read_line(RowReader *reader, Str line, Error *err)
{
    Str text = str_trim(line);
    if (text.len == 0)
        return STATUS_OK;
    if (str_starts_with(text, STR("watermark ")))
        return read_watermark(reader, str_trim(str_slice(text, 10, text.len)), err);
    if (str_starts_with(text, STR("split ")))
        return read_split(reader, str_trim(str_slice(text, 6, text.len)), err);
    uint8_t kind = take_kind(&text);
    add_row(reader, text, kind);
    return STATUS_OK;
}

/* Cuts one cell off. quoted: it stood in double quotes, so NULL is a text. */
static Str take_cell(Str *rest, Arena *arena, bool *is_quoted)
{
    *rest = str_trim(*rest);
    *is_quoted = rest->len > 0 && rest->ptr[0] == '"';
    if (!*is_quoted) {
        int64_t comma = str_find(*rest, ',');
        Str cell = str_trim(str_slice(*rest, 0, comma < 0 ? rest->len : comma));
        *rest = comma < 0 ? STR_EMPTY : str_slice(*rest, comma + 1, rest->len);
        return cell;
    }
    char *bytes = arena_alloc(arena, rest->len);
    int64_t length = 0, at = 1;
    for (; at < rest->len; at++) {
        if (rest->ptr[at] == '"' && (at + 1 >= rest->len || rest->ptr[at + 1] != '"'))
            break;
        if (rest->ptr[at] == '"')
            at++;
        bytes[length++] = rest->ptr[at];
    }
    int64_t behind = at + 1 < rest->len ? at + 1 : rest->len;
    *rest = str_trim(str_slice(*rest, behind, rest->len));
    if (rest->len > 0 && rest->ptr[0] == ',')
        *rest = str_slice(*rest, 1, rest->len);
    return (Str){ bytes, length };
}

/* ---- casting ----------------------------------------------------------------------------------------------------- */

/* Texts of all physical cells: one STRING column per table column. */
static Status split_cells(RowReader *reader, Column *texts, Buf *buf, Error *err)
{
    const TableSpec *table = reader->values->spec->table;
    for (int64_t row = 0; row < reader->rows.count; row++) {
        Str rest = reader->rows.items[row].text;
        reader->line = reader->rows.items[row].line;
        for (int32_t c = 0; c < table->column_count; c++) {
            if (rest.len == 0 && c > 0)
                return bad_line(reader, "too few cells", reader->rows.items[row].text, err);
            bool is_quoted;
            Str cell = take_cell(&rest, reader->values->spec->arena, &is_quoted);
            texts[c].valid[row] = is_quoted || !str_is(cell, "NULL");
            COLUMN_DATA(&texts[c], View)[row] = texts[c].valid[row] ? view_copy(buf, cell) : view_of(STR_EMPTY);
        }
        if (rest.len > 0)
            return bad_line(reader, "too many cells", reader->rows.items[row].text, err);
    }
    return STATUS_OK;
}

static bool is_nested(const Type *type)
{
    return type->kind == TYPE_ARRAY || type->kind == TYPE_MAP || type->kind == TYPE_ROW;
}

/* Cells as JSON: one message {"v": cell} each. */
static Status read_json(const Values *values, const Column *texts, const Type *type, int32_t out, Error *err)
{
    Arena        *arena = values->spec->arena;
    const Format *format = format_find(STR("json"));
    FormatColumn  column = { .name = STR("v"), .type = type, .out = out };
    FormatSpec    spec = { .columns = &column,
                           .column_count = 1,
                           .options = map_create(arena),
                           .arena = arena,
                           .zone = values->spec->zone,
                           .span = values->spec->table->span };
    int64_t       rows = values->rows->rows;
    Str          *messages = arena_new(arena, Str, rows + 1);
    Decoder      *decoder;
    Decoded       decoded = { 0 };
    for (int64_t row = 0; row < rows; row++) {
        Str cell = column_is_null(texts, row) ? STR("null") : view_str(&COLUMN_DATA(texts, View)[row]);
        messages[row] = arena_format(arena, "{\"v\":%.*s}", STR_FMT(cell));
    }
    TRY(format->decoder_create(&spec, &decoder, err));
    return format->decode(decoder, messages, rows, values->rows, &decoded, err);
}

static Status read_column(const Values *values, const Column *texts, int32_t out, Error *err)
{
    const TableColumn *column = &values->spec->table->columns[values->spec->columns[out]];
    CastContext        cast = { .buf = values->rows->buf, .zone = values->spec->zone };
    int64_t            rows = values->rows->rows;
    Status             status;
    if (is_nested(column->type))
        status = read_json(values, texts, column->type, out, err);
    else
        status = column_cast(&cast, texts, rows, column->type, &values->rows->columns[out], err);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "column `%.*s` of 'rows'", STR_FMT(column->name));
}

static Status cast_rows(RowReader *reader, Error *err)
{
    Values *values = reader->values;
    const IoSpec *spec = values->spec;
    Batch *rows = batch_create(spec->column_count);
    values->rows = rows;
    rows->rows = reader->rows.count;
    Column *texts = buf_zalloc(rows->buf, (spec->table->column_count + 1) * (int64_t)sizeof(Column));
    for (int32_t c = 0; c < spec->table->column_count; c++) {
        column_init(&texts[c], rows->buf, &type_string, rows->rows);
        column_need_valid(&texts[c], rows->buf, rows->rows);
    }
    TRY(split_cells(reader, texts, rows->buf, err));
    for (int32_t i = 0; i < spec->column_count; i++)
        TRY(read_column(values, &texts[spec->columns[i]], i, err));
    rows->kinds = buf_alloc(rows->buf, rows->rows + 1);
    bool has_kinds = false;
    for (int64_t row = 0; row < rows->rows; row++) {
        rows->kinds[row] = reader->rows.items[row].kind;
        has_kinds = has_kinds || rows->kinds[row] != ROW_INSERT;
    }
    if (!has_kinds)
        rows->kinds = NULL;
    return STATUS_OK;
}

/* ---- the source -------------------------------------------------------------------------------------------------- */

static void values_close(Source *source)
{
    Values *values = (Values *)source;
    if (values->rows)
        batch_release(values->rows);
}

static Status values_open(const IoSpec *spec, Source **out, Error *err)
{
    Values *values = arena_new(spec->arena, Values, 1);
    values->spec = spec;
    values->is_bounded = option_bool(values_options, spec->table->options, "bounded");
    RowReader reader = { .values = values };
    reader.split = split_index(values, 0);
    Str rest = option_str(values_options, spec->table->options, "rows"), line;
    int64_t pause_line = option_is_set(spec->table->options, "pause-at-line")
                             ? option_i64(values_options, spec->table->options, "pause-at-line") : 0;
    Status status = STATUS_OK;
    while (status == STATUS_OK && str_split(&rest, '\n', &line)) {
        reader.line++;
        values->is_paused = pause_line > 0 && reader.line >= pause_line;
        if (!values->is_paused || str_starts_with(str_trim(line), STR("split "))) /* its splits are known from the start */
            status = read_line(&reader, line, err);
    }
    if (status == STATUS_OK)
        status = cast_rows(&reader, err);
    if (status != STATUS_OK)
        values_close((Source *)values);
    else
        *out = (Source *)values;
    return status;
}

/* Rows [start, start + count) behind those that batch has. */
static void copy_rows(const Values *values, int64_t start, int64_t count, Batch *batch)
{
    int32_t *rows = buf_new(batch->buf, int32_t, count);
    for (int64_t i = 0; i < count; i++)
        rows[i] = (int32_t)(start + i);
    for (int32_t c = 0; c < batch->column_count; c++)
        column_gather(&values->rows->columns[c], rows, count, batch->buf, &batch->columns[c]);
    if (values->rows->kinds) {
        batch->kinds = buf_alloc(batch->buf, count);
        memcpy(batch->kinds, values->rows->kinds + start, (size_t)count);
    }
    batch_hold(batch, values->rows->buf);
    batch->rows = count;
}

/* One poll gives rows that stand together in the text: up to rows_max, of one mark. */
static Status values_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    (void)err;
    Values *values = (Values *)source;
    poll->split_count = values->split_count;
    poll->has_no_splits = values->split_count == 0;
    if (values->mark >= values->marks.count) {
        poll->state = values->is_bounded && !values->is_paused ? POLL_END : POLL_EMPTY;
        poll->wait_ms = -1;
        return STATUS_OK;
    }
    const Mark *mark = &values->marks.items[values->mark];
    int64_t count = mark->count - values->row < rows_max ? mark->count - values->row : rows_max;
    poll->state = POLL_ROWS;
    poll->run_count = 1;
    poll->runs[0] = (SplitRun){ .split = mark->split, .rows = (int32_t)count };
    poll->run_watermark[0] = mark->watermark;
    if (count > 0)
        copy_rows(values, mark->start + values->row, count, batch);
    io_add(&values->spec->counters->rows, count);
    values->row += count;
    if (values->row >= mark->count) {
        values->mark++;
        values->row = 0;
    }
    return STATUS_OK;
}

/* Rows and watermarks of a mark. */
static int64_t mark_items(const Mark *mark)
{
    return mark->count + (mark->watermark != TIME_MIN);
}

/* A position is the number of rows and watermarks of the split that were given: so it holds however splits are shared out. */
static void values_save(Source *source, int32_t split, Text *name, Text *position)
{
    const Values *values = (const Values *)source;
    text_put_i64(name, values->split_ids[split]);
    if (!position)
        return;
    int64_t given = values->skipped[split];
    for (int64_t i = 0; i < values->mark; i++)
        if (values->marks.items[i].split == split)
            given += mark_items(&values->marks.items[i]);
    if (values->mark < values->marks.count && values->marks.items[values->mark].split == split)
        given += values->row;
    text_put_i64(position, given);
}

static void skip_items(Values *values, int32_t split, int64_t count)
{
    values->skipped[split] = count;
    for (int64_t i = 0; i < values->marks.count && count > 0; i++) {
        Mark *mark = &values->marks.items[i];
        if (mark->split != split)
            continue;
        int64_t rows = count < mark->count ? count : mark->count;
        count -= rows;
        mark->start += rows;
        mark->count -= rows;
        if (count > 0 && mark->watermark != TIME_MIN) {
            mark->watermark = TIME_MIN;
            count--;
        }
    }
}

static Status values_load(Source *source, const SplitPosition *positions, int32_t count, Error *err)
{
    Values *values = (Values *)source;
    for (int32_t i = 0; i < count; i++) {
        int64_t number, given;
        if (!str_to_i64(positions[i].split, &number) || !str_to_i64(positions[i].position, &given))
            return error_set(err, STATUS_DATA, SPAN_NONE, "the saved position of a values table is damaged");
        for (int32_t k = 0; k < values->split_count; k++)
            if (values->split_ids[k] == number)
                skip_items(values, k, given);
    }
    return STATUS_OK;
}

static bool values_is_bounded(const TableSpec *table)
{
    return option_bool(values_options, table->options, "bounded");
}

static bool values_is_changelog(const TableSpec *table)
{
    return str_is_nocase(option_str(values_options, table->options, "changelog-mode"), "all");
}

static const SourceType values_source = {
    .open = values_open,
    .poll = values_poll,
    .save = values_save,
    .load = values_load,
    .close = values_close,
    .is_bounded = values_is_bounded,
    .is_changelog = values_is_changelog,
};

const Connector connector_values = {
    .name = "values",
    .doc = "Rows written in the table's definition, with kinds, watermarks and splits: for tests.",
    .options = values_options,
    .source = &values_source,
};
