/* jdbc_layout.c: builds the constant parts of statements once, rows each time. A name becomes SQL by text_put_sql_name only. */
#include "connectors/jdbc/jdbc_layout.h"

enum { TIMESTAMP_DIGITS_MAX = 6, ERROR_KEY_SIZE_MAX = 200 };

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static Status check_column(const TableSpec *table, const TableColumn *column, Error *err)
{
    const Type *type = column->type;
    Text        text = TEXT_EMPTY;
    bool        is_short_bytes = type->kind == TYPE_VARBINARY && type->length != LENGTH_MAX;
    if (!jdbc_literal_of(type) || is_short_bytes) {
        type_print(type_with_null(table->options->arena, type, true), false, &text);
        error_set(err, STATUS_TYPE, table->span, "The MySQL dialect doesn't support type: %s.", text_cstr(&text));
        text_free(&text);
        if (type->kind == TYPE_TIMESTAMP_LTZ)
            error_hint(err, "declare '%.*s' as TIMESTAMP", STR_FMT(column->name));
        if (type_is_bytes(type))
            error_hint(err, "declare '%.*s' as BYTES", STR_FMT(column->name));
        return err->status;
    }
    if (type->kind == TYPE_TIMESTAMP && type->precision > TIMESTAMP_DIGITS_MAX)
        return error_set(err, STATUS_TYPE, table->span,
                         "The precision of field '%.*s' is out of the TIMESTAMP precision range [0, 6] supported by MySQL "
                         "dialect.", STR_FMT(column->name));
    return STATUS_OK;
}

Status jdbc_check_columns(const TableSpec *table, Error *err)
{
    for (int32_t i = 0; i < table->column_count; i++)
        TRY(check_column(table, &table->columns[i], err));
    return STATUS_OK;
}

static int32_t batch_column(const IoSpec *spec, int32_t table_column)
{
    for (int32_t i = 0; i < spec->column_count; i++)
        if (spec->columns[i] == table_column)
            return i;
    return -1;
}

/* ---- constant parts ---------------------------------------------------------------------------------------------- */

static Str column_name(const IoSpec *spec, int32_t batch_index)
{
    return spec->table->columns[spec->columns[batch_index]].name;
}

static void put_names(const IoSpec *spec, const int32_t *indexes, int32_t count, Text *out)
{
    for (int32_t i = 0; i < count; i++) {
        text_puts(out, i > 0 ? ", " : "");
        text_put_sql_name(out, column_name(spec, indexes ? indexes[i] : i));
    }
}

static Str keep(Arena *arena, Text *text)
{
    Str kept = arena_str(arena, text_str(text));
    text_clear(text);
    return kept;
}

static void build_statements(JdbcLayout *layout, const JdbcOptions *options)
{
    const IoSpec *spec = layout->spec;
    Text          text = TEXT_EMPTY;
    text_puts(&text, "INSERT INTO ");
    text_put_sql_name(&text, options->table);
    text_puts(&text, " (");
    put_names(spec, NULL, spec->column_count, &text);
    text_puts(&text, ") VALUES ");
    layout->insert_head = keep(spec->arena, &text);
    layout->insert_tail = layout->delete_head = STR_EMPTY;
    if (layout->key_count == 0) {
        text_free(&text);
        return;
    }
    text_puts(&text, " ON DUPLICATE KEY UPDATE ");
    for (int32_t i = 0; i < spec->column_count; i++) {
        text_puts(&text, i > 0 ? ", " : "");
        text_put_sql_name(&text, column_name(spec, i));
        text_puts(&text, " = VALUES(");
        text_put_sql_name(&text, column_name(spec, i));
        text_put(&text, ')');
    }
    layout->insert_tail = keep(spec->arena, &text);
    text_puts(&text, "DELETE FROM ");
    text_put_sql_name(&text, options->table);
    text_puts(&text, layout->key_count > 1 ? " WHERE (" : " WHERE ");
    put_names(spec, layout->key, layout->key_count, &text);
    text_puts(&text, layout->key_count > 1 ? ") IN (" : " IN (");
    layout->delete_head = keep(spec->arena, &text);
    text_free(&text);
}

void jdbc_layout_create(const IoSpec *spec, const JdbcOptions *options, JdbcLayout *out)
{
    const TableSpec *table = spec->table;
    *out = (JdbcLayout){ .spec = spec };
    out->literals = arena_new(spec->arena, JdbcLiteral, spec->column_count + 1);
    out->key = arena_new(spec->arena, int32_t, table->primary_key_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++)
        out->literals[i] = jdbc_literal_of(table->columns[spec->columns[i]].type);
    for (int32_t i = 0; i < table->primary_key_count; i++)
        out->key[out->key_count++] = batch_column(spec, table->primary_key[i]);
    build_statements(out, options);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static bool is_key(const JdbcLayout *layout, int32_t column)
{
    for (int32_t i = 0; i < layout->key_count; i++)
        if (layout->key[i] == column)
            return true;
    return false;
}

static Status no_literal(const JdbcLayout *layout, const Batch *batch, int32_t column, int64_t row, Error *err)
{
    Text  key = TEXT_EMPTY;
    Error ignored = ERROR_NONE;
    if (layout->key_count > 0 && !is_key(layout, column))
        jdbc_put_key(layout, batch, row, &key, &ignored);
    if (key.len > ERROR_KEY_SIZE_MAX)
        key.len = ERROR_KEY_SIZE_MAX;
    error_set(err, STATUS_REFUSED, layout->spec->table->span,
              "table %.*s, column '%.*s'%s%s: MySQL has neither NaN nor infinite numbers",
              STR_FMT(layout->spec->table->path), STR_FMT(column_name(layout->spec, column)), key.len > 0 ? ", key " : "",
              text_cstr(&key));
    text_free(&key);
    return err->status;
}

static Status put_value(const JdbcLayout *layout, const Batch *batch, int32_t column, int64_t row, Text *out, Error *err)
{
    const Column *values = &batch->columns[column];
    if (column_is_null(values, row)) {
        text_append(out, STR("NULL"));
        return STATUS_OK;
    }
    if (layout->literals[column](values, column_index(values, row), out))
        return STATUS_OK;
    return no_literal(layout, batch, column, row, err);
}

static Status put_values(const JdbcLayout *layout, const Batch *batch, const int32_t *columns, int32_t count, int64_t row,
                         Text *out, Error *err)
{
    for (int32_t i = 0; i < count; i++) {
        text_put(out, i > 0 ? ',' : '(');
        TRY(put_value(layout, batch, columns ? columns[i] : i, row, out, err));
    }
    text_put(out, ')');
    return STATUS_OK;
}

Status jdbc_put_row(const JdbcLayout *layout, const Batch *batch, int64_t row, Text *out, Error *err)
{
    return put_values(layout, batch, NULL, layout->spec->column_count, row, out, err);
}

Status jdbc_put_key(const JdbcLayout *layout, const Batch *batch, int64_t row, Text *out, Error *err)
{
    if (layout->key_count == 1)
        return put_value(layout, batch, layout->key[0], row, out, err);
    return put_values(layout, batch, layout->key, layout->key_count, row, out, err);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

void jdbc_put_select(const IoSpec *spec, const JdbcOptions *options, bool has_range, int64_t lower, int64_t upper, Text *out)
{
    text_puts(out, "SELECT ");
    put_names(spec, NULL, spec->column_count, out);
    if (spec->column_count == 0)
        text_put(out, '1'); /* COUNT(*) needs only that the row is there */
    text_puts(out, " FROM ");
    text_put_sql_name(out, options->table);
    if (!has_range)
        return;
    text_puts(out, " WHERE ");
    text_put_sql_name(out, options->partition_column);
    text_printf(out, " BETWEEN %lld AND %lld", (long long)lower, (long long)upper);
}
