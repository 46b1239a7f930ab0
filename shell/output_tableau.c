/* output_tableau.c: the dialect's table layout.
 *
 *     +----+-------------+----------------------+        an unbounded result: a column "op", widths by type,
 *     | op |          id |                  cnt |        rows as they come; the head with the first of them, so that
 *     +----+-------------+----------------------+        an error that comes instead stands alone; the closing border
 *     | +I |           1 |                    1 |        only if there were rows
 *     +----+-------------+----------------------+
 *     Received a total of 1 row (0.02 seconds)
 *
 * A batch result and a listing (SHOW) have no "op", widths by content, and a footer "1 row in set". Their rows are
 * held until the end to know the widths, but at most HELD_SIZE_MAX bytes of them: then the widths so far are kept and
 * wider cells are cut.
 *
 * `changelog` is the same layout with "op" whatever the mode. */
#include "output.h"

#include "display_width.h"
#include "stopwatch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HELD_SIZE_MAX ((size_t)256 << 20)

typedef struct Tableau {
    bool    has_op;
    bool    is_holding;  /* rows are kept until the widths are known */
    bool    has_header;
    Buffer  held;        /* cells: a size_t, then the text */
    size_t *widths;
} Tableau;

static const char cut_mark[] = "...";

/* ---- lines ------------------------------------------------------------------------------------------------------ */

static void put_border(const Output *output, Buffer *out)
{
    const Tableau *tableau = output->state;
    if (tableau->has_op)
        buffer_puts(out, "+----");
    for (int32_t c = 0; c < output->columns; c++) {
        buffer_put(out, '+');
        buffer_repeat(out, '-', tableau->widths[c] + 2);
    }
    buffer_puts(out, "+\n");
}

/* On a terminal, control characters of data must not act. */
static void put_text(const Output *output, Buffer *out, const char *text, size_t size)
{
    size_t start = out->size;
    buffer_append(out, text, size);
    if (!output->console->out_is_terminal)
        return;
    for (size_t i = start; i < out->size; i++) {
        unsigned char c = (unsigned char)out->data[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            out->data[i] = '?';
    }
}

static void put_cell(const Output *output, Buffer *out, int32_t column, const char *text, size_t size)
{
    const Tableau *tableau = output->state;
    size_t width = tableau->widths[column], taken = display_width(text, size);
    const char *mark = "";
    if (taken > width) {
        mark = width > strlen(cut_mark) ? cut_mark : "";
        size = display_fit(text, size, width - strlen(mark), &taken);
        taken += strlen(mark);
    }
    buffer_puts(out, "| ");
    buffer_repeat(out, ' ', width - taken);
    put_text(output, out, text, size);
    buffer_puts(out, mark);
    buffer_put(out, ' ');
}

static void put_header(Output *output)
{
    Tableau *tableau = output->state;
    put_border(output, &output->text);
    if (tableau->has_op)
        buffer_puts(&output->text, "| op ");
    for (int32_t c = 0; c < output->columns; c++) {
        const char *name = tide_result_column_name(output->view.result, c);
        put_cell(output, &output->text, c, name, strlen(name));
    }
    buffer_puts(&output->text, "|\n");
    put_border(output, &output->text);
    tableau->has_header = true;
}

/* ---- widths ----------------------------------------------------------------------------------------------------- */

static size_t width_limit(const Output *output)
{
    return output->view.is_listing ? SIZE_MAX : (size_t)output->view.width_max;
}

static void take_widths_of_types(Output *output)
{
    Tableau *tableau = output->state;
    for (int32_t c = 0; c < output->columns; c++)
        tableau->widths[c] = (size_t)tide_result_column_width(output->view.result, c, output->view.width_max);
}

static void widen(const Output *output, int32_t column, const char *text, size_t size)
{
    size_t *width = &((Tableau *)output->state)->widths[column];
    size_t wanted = display_width(text, size);
    if (wanted > width_limit(output))
        wanted = width_limit(output);
    if (wanted > *width)
        *width = wanted;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static const char *cell_text(const Output *output, tide_batch *batch, int64_t row, int32_t column, size_t *size)
{
    const char *text = tide_batch_text(batch, row, column, TIDE_TEXT_CELL, size);
    if (text)
        return text;
    text = output->view.is_listing ? "" : "<NULL>";
    *size = strlen(text);
    return text;
}

static void put_rows(Output *output, tide_batch *batch)
{
    const Tableau *tableau = output->state;
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        if (tableau->has_op) {
            buffer_puts(&output->text, "| ");
            buffer_puts(&output->text, output_op_text(tide_batch_op(batch, row)));
            buffer_put(&output->text, ' ');
        }
        for (int32_t c = 0; c < output->columns; c++) {
            size_t size;
            const char *text = cell_text(output, batch, row, c, &size);
            put_cell(output, &output->text, c, text, size);
        }
        buffer_put(&output->text, '|');
        output_end_line(output);
    }
}

static void hold_rows(Output *output, tide_batch *batch)
{
    Tableau *tableau = output->state;
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        for (int32_t c = 0; c < output->columns; c++) {
            size_t size;
            const char *text = cell_text(output, batch, row, c, &size);
            widen(output, c, text, size);
            buffer_append(&tableau->held, (const char *)&size, sizeof(size));
            buffer_append(&tableau->held, text, size);
        }
    }
}

static void put_held(Output *output)
{
    Tableau *tableau = output->state;
    put_header(output);
    const char *at = tableau->held.data, *end = at + tableau->held.size;
    for (int32_t c = 0; at < end; c = (c + 1) % output->columns) {
        size_t size;
        memcpy(&size, at, sizeof(size));
        put_cell(output, &output->text, c, at + sizeof(size), size);
        at += sizeof(size) + size;
        if (c == output->columns - 1) {
            buffer_put(&output->text, '|');
            output_end_line(output);
        }
    }
    buffer_free(&tableau->held);
    tableau->is_holding = false;
}

/* ---- the format ------------------------------------------------------------------------------------------------- */

static void begin(Output *output, bool is_changelog)
{
    Tableau *tableau = output->state = memory_new(1, sizeof(*tableau));
    tableau->widths = memory_new((size_t)output->columns, sizeof(size_t));
    bool is_final = output->view.is_listing || (!is_changelog && tide_result_is_batch(output->view.result));
    tableau->has_op = !is_final;
    tableau->is_holding = is_final;
    if (is_final) {
        for (int32_t c = 0; c < output->columns; c++) {
            const char *name = tide_result_column_name(output->view.result, c);
            widen(output, c, name, strlen(name));
        }
    } else {
        take_widths_of_types(output);
    }
}

static void tableau_begin(Output *output)
{
    begin(output, false);
}

static void changelog_begin(Output *output)
{
    begin(output, true);
}

static void tableau_rows(Output *output, tide_batch *batch)
{
    Tableau *tableau = output->state;
    if (!tableau->is_holding) {
        if (!tableau->has_header)
            put_header(output);
        put_rows(output, batch);
        return;
    }
    hold_rows(output, batch);
    if (tableau->held.size > HELD_SIZE_MAX)
        put_held(output);
}

static void put_footer(Output *output, OutputEnd how)
{
    const Tableau *tableau = output->state;
    const char *rows = output->rows > 1 ? "rows" : "row";
    long long count = (long long)output->rows;
    if (how == OUTPUT_TERMINATED) {
        buffer_printf(&output->text, "Query terminated, received a total of %lld %s\n", count, rows);
        return;
    }
    if (tableau->has_op)
        buffer_printf(&output->text, "Received a total of %lld %s", count, rows);
    else if (count > 0)
        buffer_printf(&output->text, "%lld %s in set", count, rows);
    else
        buffer_puts(&output->text, "Empty set");
    if (output->view.shows_time && !output->view.is_listing)
        buffer_printf(&output->text, " (%.2f seconds)", (double)(stopwatch_ms() - output->started_ms) / 1000.0);
    buffer_put(&output->text, '\n');
}

static void tableau_end(Output *output, OutputEnd how)
{
    Tableau *tableau = output->state;
    if (how == OUTPUT_COMPLETE && tableau->is_holding && output->rows > 0)
        put_held(output);
    if (how != OUTPUT_FAILED && tableau->has_op && !tableau->has_header)
        put_header(output);
    if (how == OUTPUT_COMPLETE && tableau->has_header && output->rows > 0)
        put_border(output, &output->text);
    if (how != OUTPUT_FAILED)
        put_footer(output, how);
    buffer_free(&tableau->held);
    free(tableau->widths);
}

const OutputType output_tableau = {
    .name = "tableau", .begin = tableau_begin, .rows = tableau_rows, .end = tableau_end
};
const OutputType output_changelog = {
    .name = "changelog", .begin = changelog_begin, .rows = tableau_rows, .end = tableau_end
};
