/* output_csv.c: RFC 4180 with "\n". A header line (op and the column names), then a line per change. A cell is what
 * CAST(... AS STRING) gives; NULL is empty and unquoted, the empty string "". */
#include "output.h"

#include <string.h>

static bool needs_quotes(const char *text, size_t size)
{
    if (size == 0)
        return true;
    for (size_t i = 0; i < size; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

static void put_cell(Buffer *out, const char *text, size_t size)
{
    if (!needs_quotes(text, size)) {
        buffer_append(out, text, size);
        return;
    }
    buffer_put(out, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            buffer_put(out, '"');
        buffer_put(out, text[i]);
    }
    buffer_put(out, '"');
}

static void csv_begin(Output *output)
{
    buffer_puts(&output->text, "op");
    for (int32_t c = 0; c < output->columns; c++) {
        const char *name = tide_result_column_name(output->view.result, c);
        buffer_put(&output->text, ',');
        put_cell(&output->text, name, strlen(name));
    }
    buffer_put(&output->text, '\n');
}

static void csv_rows(Output *output, tide_batch *batch)
{
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        buffer_puts(&output->text, output_op_text(tide_batch_op(batch, row)));
        for (int32_t c = 0; c < output->columns; c++) {
            size_t size;
            const char *text = tide_batch_text(batch, row, c, TIDE_TEXT_CAST, &size);
            buffer_put(&output->text, ',');
            if (text)
                put_cell(&output->text, text, size);
        }
        output_end_line(output);
    }
}

static void csv_end(Output *output, OutputEnd how)
{
    (void)output, (void)how;
}

const OutputType output_csv = { .name = "csv", .begin = csv_begin, .rows = csv_rows, .end = csv_end };
