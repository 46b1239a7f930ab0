/* output_jsonl.c: a line {"columns":[{"name":...,"type":...}]}, then a line {"op":"+I","row":[...]} per change.
 *
 * Numbers are JSON numbers with all their digits (NaN and the infinities are strings), BOOLEAN true and false, NULL null; every other
 * value is a string: what CAST(... AS STRING) gives. */
#include "json_text.h"
#include "output.h"

#include <string.h>

typedef enum JsonKind { JSON_STRING, JSON_NUMBER, JSON_BOOLEAN } JsonKind;

/* By the first word of the type: INT, not INTERVAL. */
static JsonKind kind_of(const char *type)
{
    static const struct {
        const char *word;
        JsonKind    kind;
    } kinds[] = {
        { "BOOLEAN", JSON_BOOLEAN }, { "TINYINT", JSON_NUMBER }, { "SMALLINT", JSON_NUMBER }, { "INT", JSON_NUMBER },
        { "BIGINT", JSON_NUMBER },   { "FLOAT", JSON_NUMBER },   { "DOUBLE", JSON_NUMBER },   { "DECIMAL", JSON_NUMBER },
    };
    size_t size = strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strlen(kinds[i].word) == size && memcmp(kinds[i].word, type, size) == 0)
            return kinds[i].kind;
    return JSON_STRING;
}

static void jsonl_begin(Output *output)
{
    JsonKind *kinds = output->state = memory_new((size_t)output->columns, sizeof(JsonKind));
    buffer_puts(&output->text, "{\"columns\":[");
    for (int32_t c = 0; c < output->columns; c++) {
        const char *name = tide_result_column_name(output->view.result, c), *type = tide_result_column_type(output->view.result, c);
        kinds[c] = kind_of(type);
        buffer_puts(&output->text, c ? ",{\"name\":" : "{\"name\":");
        json_put_string(&output->text, name, strlen(name));
        buffer_puts(&output->text, ",\"type\":");
        json_put_string(&output->text, type, strlen(type));
        buffer_put(&output->text, '}');
    }
    buffer_puts(&output->text, "]}\n");
}

static void put_value(Buffer *out, JsonKind kind, const char *text, size_t size)
{
    if (!text)
        buffer_puts(out, "null");
    else if (kind == JSON_BOOLEAN)
        buffer_puts(out, text[0] == 'T' || text[0] == 't' ? "true" : "false");
    else if (kind == JSON_NUMBER && json_is_number(text, size))
        buffer_append(out, text, size);
    else
        json_put_string(out, text, size);
}

static void jsonl_rows(Output *output, tide_batch *batch)
{
    const JsonKind *kinds = output->state;
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        buffer_printf(&output->text, "{\"op\":\"%s\",\"row\":[", output_op_text(tide_batch_op(batch, row)));
        for (int32_t c = 0; c < output->columns; c++) {
            size_t size = 0;
            const char *text = tide_batch_text(batch, row, c, TIDE_TEXT_CAST, &size);
            if (c > 0)
                buffer_put(&output->text, ',');
            put_value(&output->text, kinds[c], text, size);
        }
        buffer_puts(&output->text, "]}\n");
    }
}

static void jsonl_end(Output *output, OutputEnd how)
{
    (void)output, (void)how;
}

const OutputType output_jsonl = { .name = "jsonl", .begin = jsonl_begin, .rows = jsonl_rows, .end = jsonl_end };
