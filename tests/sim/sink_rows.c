/* sink_rows.c: see sink_rows.h. */
#include "tests/sim/sink_rows.h"

#include "core/text.h"
#include "data/cast.h"
#include "tests/sim/broker.h"

const Option sim_sink_options[] = {
    { "guarantee", OPTION_ENUM, "exactly-once", "exactly-once|at-least-once", "how often a row may come", 0 },
    { 0 },
};

static void print_row(const IoSpec *spec, const Batch *batch, int64_t row, Text *key, Text *value)
{
    text_clear(key);
    text_clear(value);
    text_puts(value, row_kind_text(batch->kinds ? (RowKind)batch->kinds[row] : ROW_INSERT));
    for (int32_t c = 0; c < batch->column_count; c++) {
        text_put(value, '|');
        int64_t before = value->len;
        if (column_is_null(&batch->columns[c], row))
            text_puts(value, "NULL");
        else
            value_print(&batch->columns[c], row, STYLE_PRINT, spec->zone, value);
        if (c == 0)
            text_append(key, str_slice(text_str(value), before, value->len));
    }
}

void sink_rows_put(const IoSpec *spec, const Batch *batch, int64_t start, int64_t count, Text *out)
{
    Text key = TEXT_EMPTY, value = TEXT_EMPTY;
    for (int64_t row = start; row < start + count; row++) {
        print_row(spec, batch, row, &key, &value);
        log_put_record(out, text_str(&key), text_str(&value));
        trace("%.*s %d takes %.*s", STR_FMT(spec->table->name), spec->task_index, STR_FMT(shortened(text_str(&value))));
    }
    text_free(&key);
    text_free(&value);
}

SinkMode sink_rows_mode(const TableSpec *table)
{
    return table->primary_key_count > 0 ? SINK_UPSERT : SINK_APPEND;
}

bool sink_rows_is_exactly_once(const TableSpec *table)
{
    return str_is(option_str(sim_sink_options, table->options, "guarantee"), "exactly-once");
}
