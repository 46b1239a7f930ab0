/* describe.c: SHOW CREATE TABLE and SHOW CREATE VIEW: the text that makes the object again, secrets apart. */
#include "planner/planner.h"

static void put_column(const CatalogColumn *column, Text *out)
{
    text_puts(out, "  ");
    text_put_sql_name(out, column->name);
    text_put(out, ' ');
    if (column->kind == CATALOG_COMPUTED) {
        text_printf(out, "AS %.*s", STR_FMT(column->expression));
    } else {
        type_print_spelled_out(column->type, out);
        if (column->kind == CATALOG_METADATA) {
            text_puts(out, " METADATA");
            if (!str_eq(column->metadata_key, column->name)) {
                text_puts(out, " FROM ");
                text_put_sql_string(out, column->metadata_key);
            }
            text_puts(out, column->is_virtual ? " VIRTUAL" : "");
        }
    }
    if (column->comment.ptr) {
        text_puts(out, " COMMENT ");
        text_put_sql_string(out, column->comment);
    }
}

static void put_column_names(const CatalogTable *table, const int32_t *indexes, int32_t count, Text *out)
{
    text_put(out, '(');
    for (int32_t i = 0; i < count; i++) {
        text_puts(out, i > 0 ? ", " : "");
        text_put_sql_name(out, table->columns[indexes[i]].name);
    }
    text_put(out, ')');
}

static void put_schema(const CatalogTable *table, Text *out)
{
    text_puts(out, " (\n");
    for (int32_t i = 0; i < table->column_count; i++) {
        text_puts(out, i > 0 ? ",\n" : "");
        put_column(&table->columns[i], out);
    }
    if (table->watermark_column.ptr) {
        text_puts(out, ",\n  WATERMARK FOR ");
        text_put_sql_name(out, table->watermark_column);
        text_printf(out, " AS %.*s", STR_FMT(table->watermark_expression));
    }
    if (table->primary_key_count > 0) {
        text_puts(out, ",\n  CONSTRAINT ");
        text_put_sql_name(out, table->primary_key_name);
        text_puts(out, " PRIMARY KEY ");
        put_column_names(table, table->primary_key, table->primary_key_count, out);
        text_puts(out, " NOT ENFORCED");
    }
    text_puts(out, "\n)\n");
}

static int64_t next_option(const Map *options, int64_t last)
{
    int64_t best = -1;
    for (int64_t i = 0; i < options->count; i++) {
        bool is_behind = last < 0 || str_compare(options->entries[i].key, options->entries[last].key) > 0;
        if (is_behind && (best < 0 || str_compare(options->entries[i].key, options->entries[best].key) < 0))
            best = i;
    }
    return best;
}

static void put_value(Str connector, const MapEntry *option, Text *out)
{
    int64_t start = out->len;
    bool    is_secret = option_key_is_secret(connector, option->key);
    text_put_sql_string(out, is_secret ? STR("******") : map_entry_str(option));
    urls_hide_secrets(out->ptr + start, out->len - start);
}

/* Sorted by key, as in the dialect. */
static void put_options(const Map *options, Text *out)
{
    if (options->count == 0)
        return;
    Str connector = map_get_str(options, STR("connector"));
    text_puts(out, "WITH (\n");
    int64_t last = -1;
    for (int64_t i = 0; i < options->count; i++) {
        last = next_option(options, last);
        Str key = options->entries[last].key;
        text_puts(out, i > 0 ? ",\n  " : "  ");
        text_put_sql_string(out, key);
        text_puts(out, " = ");
        put_value(connector, &options->entries[last], out);
    }
    text_puts(out, "\n)\n");
}

static void put_path(const CatalogTable *table, Text *out)
{
    text_put_sql_name(out, table->catalog);
    text_put(out, '.');
    text_put_sql_name(out, table->database);
    text_put(out, '.');
    text_put_sql_name(out, table->name);
}

static void put_comment(Str comment, Text *out)
{
    if (!comment.ptr)
        return;
    text_puts(out, "COMMENT ");
    text_put_sql_string(out, comment);
    text_put(out, '\n');
}

static void describe_view(const CatalogTable *view, Text *out)
{
    text_puts(out, " (\n");
    for (int32_t i = 0; i < view->column_count; i++) {
        text_puts(out, i > 0 ? ",\n  " : "  ");
        text_put_sql_name(out, view->columns[i].name);
    }
    text_puts(out, "\n)\n");
    put_comment(view->comment, out);
    text_printf(out, "AS %.*s\n", STR_FMT(view->query));
}

void describe_create(const CatalogTable *table, Text *out)
{
    text_printf(out, "CREATE %s%s ", table->is_temporary ? "TEMPORARY " : "", table->is_view ? "VIEW" : "TABLE");
    put_path(table, out);
    if (table->is_view) {
        describe_view(table, out);
        return;
    }
    put_schema(table, out);
    put_comment(table->comment, out);
    if (table->distribution.ptr)
        text_printf(out, "%.*s\n", STR_FMT(table->distribution));
    if (table->partition_key_count > 0) {
        text_puts(out, "PARTITIONED BY ");
        put_column_names(table, table->partition_keys, table->partition_key_count, out);
        text_put(out, '\n');
    }
    put_options(table->options, out);
}

void describe_catalog(Str name, const Map *options, Str comment, Text *out)
{
    text_puts(out, "CREATE CATALOG ");
    text_put_sql_name(out, name);
    text_put(out, '\n');
    put_comment(comment, out);
    put_options(options, out);
}
