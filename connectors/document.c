/* document.c: docs/options.md, the half that connectors and formats know, as Markdown from their own tables. */
#include "connectors/formats/format.h"
#include "connectors/table_options.h"

static const char *kind_name(OptionKind kind)
{
    switch (kind) {
    case OPTION_INT: return "integer";
    case OPTION_DOUBLE: return "number";
    case OPTION_BOOL: return "boolean";
    case OPTION_DURATION: return "duration";
    case OPTION_SIZE: return "size";
    case OPTION_ENUM: return "choice";
    case OPTION_LIST: return "list";
    case OPTION_STRING:
    case OPTION_PREFIX: break;
    }
    return "text";
}

/* A cell of a Markdown table: `|` would end it. */
static void put_cell(const char *text, Text *out)
{
    for (; *text; text++) {
        if (*text == '|')
            text_put(out, '\\');
        text_put(out, *text);
    }
}

static void put_values(const Option *row, Text *out)
{
    Str  rest = str_from(row->values ? row->values : "");
    Str  one;
    bool is_first = true;
    while (str_split(&rest, '|', &one)) {
        text_printf(out, "%s`%.*s`", is_first ? "" : ", ", STR_FMT(one));
        is_first = false;
    }
}

static void put_option(const char *prefix, const Option *row, Text *out)
{
    text_printf(out, "| `%s%s%s` | ", prefix, row->key, row->kind == OPTION_PREFIX ? "*" : "");
    if (row->kind == OPTION_ENUM)
        put_values(row, out);
    else
        text_puts(out, kind_name(row->kind));
    text_puts(out, " | ");
    if (row->flags & OPTION_REQUIRED) {
        text_puts(out, "required");
    } else if (row->default_value) {
        text_put(out, '`');
        put_cell(row->default_value, out);
        text_put(out, '`');
    }
    text_puts(out, " | ");
    put_cell(row->doc, out);
    if (row->flags & OPTION_SECRET)
        text_puts(out, " (never shown)");
    if (row->flags & OPTION_IGNORED)
        text_puts(out, " (taken, without effect)");
    text_puts(out, " |\n");
}

static void put_options(const char *prefix, const Option *rows, Text *out)
{
    if (!rows || !rows->key)
        return;
    text_puts(out, "| option | value | default | meaning |\n|---|---|---|---|\n");
    for (const Option *row = rows; row->key; row++)
        put_option(prefix, row, out);
    text_put(out, '\n');
}

static void put_metadata(const MetadataColumn *rows, Text *out)
{
    if (!rows || !rows->key)
        return;
    text_puts(out, "| metadata key | type | use | meaning |\n|---|---|---|---|\n");
    for (const MetadataColumn *row = rows; row->key; row++) {
        text_printf(out, "| `%s` | ", row->key);
        type_print(row->type, false, out);
        text_printf(out, " | %s | ", row->is_writable ? "read, write" : "read");
        put_cell(row->doc, out);
        text_puts(out, " |\n");
    }
    text_put(out, '\n');
}

static void put_connector(const Connector *connector, Text *out)
{
    const char *use = connector->source && connector->sink ? "Source and sink" : connector->source ? "Source" : "Sink";
    text_printf(out, "### %s\n\n%s. %s\n\n", connector->name, use, connector->doc);
    put_options("", connector->options, out);
    put_metadata(connector->metadata, out);
}

static void put_format(const Format *format, Arena *arena, Text *out)
{
    text_printf(out, "### %s\n\n%s\n\n", format->name, format->doc);
    put_options(arena_format(arena, "%s.", format->name).ptr, format->options, out);
}

void connectors_document(Text *out)
{
    Arena *arena = arena_create();
    text_puts(out, "## Options of every table\n\nFor tables of every connector:\n\n");
    put_options("", table_options, out);
    text_puts(out, "When the table is read:\n\n");
    put_options("", source_options, out);
    text_puts(out, "When it is written:\n\n");
    put_options("", sink_options, out);
    text_puts(out, "## Connectors\n\n");
    for (int64_t i = 0; i < connector_count(); i++)
        put_connector(connector_at(i), out);
    text_puts(out, "## Formats\n\nWith `value.format` or `key.format` the keys start with `value.` or `key.` "
                   "(`value.json.ignore-parse-errors`).\n\n");
    for (int64_t i = 0; i < format_count(); i++)
        put_format(format_at(i), arena, out);
    arena_destroy(arena);
}
