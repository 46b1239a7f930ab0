/* jdbc_columns.c: one query, and the text of a type taken apart.
 *
 * A NULL for a NOT NULL column is fine where the server fills it: AUTO_INCREMENT; TIMESTAMP, on many servers; and any column when the table
 * has a BEFORE trigger that this user may see, because it runs before the server looks. */
#include "connectors/jdbc/jdbc_columns.h"

#include "connectors/jdbc/jdbc_literal.h"

enum { AT_NAME, AT_TYPE, AT_NULLABLE, AT_EXTRA, AT_CHARSET, AT_MODE, AT_TRIGGERS, VALUE_COUNT };

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef struct ServerType {
    const char *name;
    JdbcClass   class_of;
    int64_t     size;
} ServerType;

static const ServerType server_types[] = {
#define SERVER_TYPE(name, class_of, size) { #name, JDBC_##class_of, size },
#include "connectors/jdbc/jdbc_types.def"
#undef SERVER_TYPE
};

static bool contains(Str text, Str part)
{
    for (int64_t at = 0; at + part.len <= text.len; at++)
        if (str_eq(str_slice(text, at, at + part.len), part))
            return true;
    return false;
}

/* "10,2" of "decimal(10,2) unsigned". */
static Str parentheses_of(Str type)
{
    int64_t open = str_find(type, '('), close = str_find(type, ')');
    return open >= 0 && close > open ? str_slice(type, open + 1, close) : STR_EMPTY;
}

static Str name_of(Str type)
{
    int64_t end = 0;
    while (end < type.len && type.ptr[end] != '(' && type.ptr[end] != ' ')
        end++;
    return str_slice(type, 0, end);
}

static const ServerType *find_type(Str name)
{
    for (size_t i = 0; i < sizeof(server_types) / sizeof(*server_types); i++)
        if (str_is_nocase(name, server_types[i].name))
            return &server_types[i];
    return NULL;
}

static int64_t next_number(Str *list)
{
    Str     text;
    int64_t number = 0;
    return str_split(list, ',', &text) && str_to_i64(text, &number) ? number : 0;
}

void jdbc_column_set_type(JdbcColumn *column, Str type)
{
    const ServerType *found = find_type(name_of(type));
    Str               numbers = parentheses_of(type);
    column->type = type;
    column->class_of = found ? found->class_of : JDBC_OTHER;
    if (!found || found->class_of == JDBC_ENUM)
        return;
    int64_t first = next_number(&numbers);
    column->size = found->size > 0 ? found->size : first;
    column->scale = (int32_t)next_number(&numbers);
    column->is_unsigned = contains(type, STR(" unsigned"));
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void put_query(const JdbcConnection *connection, Text *sql)
{
    Str table = connection->options->table;
    text_puts(sql, "SELECT column_name, column_type, is_nullable, extra, character_set_name, @@SESSION.sql_mode, EXISTS (SELECT 1 FROM "
                   "information_schema.triggers WHERE event_object_schema = DATABASE() AND event_object_table = ");
    jdbc_put_text(sql, table);
    text_puts(sql, " AND action_timing = 'BEFORE') FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ");
    jdbc_put_text(sql, table);
}

static JdbcColumn column_of(Arena *arena, const Str values[VALUE_COUNT])
{
    JdbcColumn column = { .name = arena_str(arena, values[AT_NAME]), .charset = arena_str(arena, values[AT_CHARSET]) };
    jdbc_column_set_type(&column, arena_str(arena, values[AT_TYPE]));
    bool is_filled = contains(values[AT_EXTRA], STR("auto_increment")) || column.class_of == JDBC_TIMESTAMP ||
                     str_eq(values[AT_TRIGGERS], STR("1"));
    column.refuses_null = str_is_nocase(values[AT_NULLABLE], "NO") && !is_filled;
    return column;
}

static Status read_rows(JdbcConnection *connection, JdbcColumns *out, Error *err)
{
    char *const         *row;
    const unsigned long *sizes;
    int64_t              capacity = 0;
    for (;;) {
        Str values[VALUE_COUNT];
        TRY(jdbc_connection_fetch(connection, &row, &sizes, err));
        if (!row)
            return STATUS_OK;
        for (int i = 0; i < VALUE_COUNT; i++)
            values[i] = row[i] ? (Str){ row[i], (int64_t)sizes[i] } : STR_EMPTY;
        if (out->count == capacity)
            out->items = arena_grow(out->arena, out->items, &capacity, sizeof(*out->items));
        out->items[out->count++] = column_of(out->arena, values);
        out->allows_invalid_dates = contains(values[AT_MODE], STR("ALLOW_INVALID_DATES"));
    }
}

static Status query(JdbcConnection *connection, JdbcColumns *out, Error *err)
{
    Text sql = TEXT_EMPTY;
    put_query(connection, &sql);
    Status status = jdbc_connection_query(connection, text_str(&sql), err);
    text_free(&sql);
    TRY(status);
    TRY(read_rows(connection, out, err));
    jdbc_connection_end_query(connection);
    return STATUS_OK;
}

Status jdbc_columns_read(JdbcConnection *connection, JdbcColumns *out, Error *err)
{
    arena_reset(out->arena);
    *out = (JdbcColumns){ .arena = out->arena };
    TRY(query(connection, out, err));
    return jdbc_connection_run(connection, STR("COMMIT"), NULL, err);
}
