/* print.c: rows as lines on standard output: `+I[ann, 3, 2024-01-01T00:00:10]`, values as Java's toString shows them.
 *
 * In front stand the identifier and, when several tasks print, the number of the task: `name:2> `. One write per batch.
 */
#include "connectors/connector.h"
#include "data/cast.h"

static const Option print_options[] = {
    { "print-identifier", OPTION_STRING, NULL, NULL, "stands in front of every line", 0 },
    { "standard-error", OPTION_BOOL, "false", NULL, "print to standard error", 0 },
    { 0 },
};

typedef struct Print {
    const IoSpec *spec;
    Str           prefix;
    int           fd;
    Text          lines;
} Print;

static Str line_prefix(const IoSpec *spec)
{
    Str identifier = option_str(print_options, spec->table->options, "print-identifier");
    bool is_parallel = spec->task_count > 1;
    if (!identifier.ptr && !is_parallel)
        return STR_EMPTY;
    if (!is_parallel)
        return arena_format(spec->arena, "%.*s> ", STR_FMT(identifier));
    if (!identifier.ptr)
        return arena_format(spec->arena, "%d> ", spec->task_index + 1);
    return arena_format(spec->arena, "%.*s:%d> ", STR_FMT(identifier), spec->task_index + 1);
}

static Status print_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    Print *print = arena_new(spec->arena, Print, 1);
    print->spec = spec;
    print->prefix = line_prefix(spec);
    print->fd = option_bool(print_options, spec->table->options, "standard-error") ? 2 : 1;
    *out = (Sink *)print;
    return STATUS_OK;
}

static void print_row(const Print *print, const Batch *batch, int64_t row, Text *out)
{
    text_append(out, print->prefix);
    text_puts(out, row_kind_text(batch->kinds ? (RowKind)batch->kinds[row] : ROW_INSERT));
    text_put(out, '[');
    for (int32_t c = 0; c < batch->column_count; c++) {
        if (c > 0)
            text_puts(out, ", ");
        value_print(&batch->columns[c], row, STYLE_PRINT, print->spec->zone, out);
    }
    text_puts(out, "]\n");
}

static Status print_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    Print *print = (Print *)sink;
    text_clear(&print->lines);
    for (int64_t row = start; row < batch->rows; row++)
        print_row(print, batch, row, &print->lines);
    *taken = batch->rows - start;
    io_add(&print->spec->counters->rows, *taken);
    io_add(&print->spec->counters->bytes, print->lines.len);
    Status status = env_file_write(print->fd, text_str(&print->lines), err);
    if (status != STATUS_OK)
        status = err->status = STATUS_RUNTIME; /* who read it is gone, and does not come back for another try */
    return status;
}

static Status print_flush(Sink *sink, bool *done, Error *err)
{
    (void)sink, (void)err;
    *done = true;
    return STATUS_OK;
}

static void print_close(Sink *sink)
{
    text_free(&((Print *)sink)->lines);
}

static SinkMode print_mode(const TableSpec *table)
{
    (void)table;
    return SINK_ALL;
}

static const SinkType print_sink = {
    .open = print_open,
    .write = print_write,
    .flush = print_flush,
    .close = print_close,
    .mode = print_mode,
};

const Connector connector_print = {
    .name = "print",
    .doc = "Rows of any kind as lines on standard output or standard error.",
    .options = print_options,
    .sink = &print_sink,
};
