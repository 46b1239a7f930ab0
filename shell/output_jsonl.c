/* output_jsonl.c: a line {"columns":[{"name":...,"type":...}]}, then a line {"op":"+I","row":[...]} per change.
 * A value is what TIDE_TEXT_JSON says. */
#include "json_text.h"
#include "output.h"

#include <string.h>

static void jsonl_begin(Output *output)
{
    buffer_puts(&output->text, "{\"columns\":[");
    for (int32_t c = 0; c < output->columns; c++) {
        const char *name = tide_result_column_name(output->view.result, c);
        const char *type = tide_result_column_type(output->view.result, c);
        buffer_puts(&output->text, c ? ",{\"name\":" : "{\"name\":");
        json_text_put(&output->text, name, strlen(name));
        buffer_puts(&output->text, ",\"type\":");
        json_text_put(&output->text, type, strlen(type));
        buffer_put(&output->text, '}');
    }
    buffer_puts(&output->text, "]}\n");
}

static void jsonl_rows(Output *output, tide_batch *batch)
{
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        buffer_puts(&output->text, "{\"op\":\"");
        buffer_puts(&output->text, output_op_text(tide_batch_op(batch, row)));
        buffer_puts(&output->text, "\",\"row\":[");
        for (int32_t c = 0; c < output->columns; c++) {
            size_t size = strlen("null");
            const char *text = tide_batch_text(batch, row, c, TIDE_TEXT_JSON, &size);
            if (c > 0)
                buffer_put(&output->text, ',');
            buffer_append(&output->text, text ? text : "null", size);
        }
        buffer_puts(&output->text, "]}");
        output_end_line(output);
    }
}

static void jsonl_end(Output *output, OutputEnd how)
{
    (void)output, (void)how;
}

const OutputType output_jsonl = { .name = "jsonl", .begin = jsonl_begin, .rows = jsonl_rows, .end = jsonl_end };
