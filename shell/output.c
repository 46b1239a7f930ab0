/* output.c: the list of formats, and one write per batch. */
#include "output.h"

#include "stopwatch.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT(name) extern const OutputType output_##name;
#include "outputs.def"
#undef OUTPUT

static const OutputType *const types[] = {
#define OUTPUT(name) &output_##name,
#include "outputs.def"
#undef OUTPUT
};
enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

const OutputType *output_at(int index)
{
    return index < TYPE_COUNT ? types[index] : NULL;
}

const OutputType *output_find(const char *name)
{
    for (int i = 0; i < TYPE_COUNT; i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}

const char *output_op_text(tide_op op)
{
    static const char *const texts[] = { "+I", "-U", "+U", "-D" };
    return texts[op];
}

static bool send(Output *output)
{
    bool is_sent = output->text.size == 0 || console_write(output->console, output->text.data, output->text.size);
    buffer_clear(&output->text);
    return is_sent;
}

void output_end_line(Output *output)
{
    enum { SENT_AT_SIZE = 1 << 20 };
    buffer_put(&output->text, '\n');
    if (output->text.size >= SENT_AT_SIZE)
        send(output);
}

Output *output_open(const OutputType *type, const OutputView *view, Console *console)
{
    Output *output = memory_new(1, sizeof(*output));
    output->type = type;
    output->view = *view;
    output->console = console;
    output->columns = tide_result_column_count(view->result);
    output->started_ms = stopwatch_ms();
    type->begin(output);
    send(output);
    return output;
}

bool output_rows(Output *output, tide_batch *batch)
{
    output->type->rows(output, batch);
    output->rows += tide_batch_rows(batch);
    return send(output) && !output->console->is_broken;
}

bool output_close(Output *output, OutputEnd how)
{
    output->type->end(output, how);
    bool is_sent = send(output);
    buffer_free(&output->text);
    free(output->state);
    free(output);
    return is_sent;
}
