/* type_named.c: a small recursive reader of type texts. */
#include "tests/data/type_named.h"

#include <check.h>
#include <stdlib.h>

static const char *skip_blanks(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

static bool take(const char **at, const char *word)
{
    const char *start = skip_blanks(*at);
    size_t      size = strlen(word);
    if (strncmp(start, word, size) != 0)
        return false;
    *at = start + size;
    return true;
}

static int32_t number(const char **at, int32_t otherwise, const char *before)
{
    if (!take(at, before))
        return otherwise;
    char *end;
    long  value = strtol(skip_blanks(*at), &end, 10);
    *at = end;
    return (int32_t)value;
}

static const Type *read_type(Arena *arena, const char **at);

static const Type *read_row(Arena *arena, const char **at)
{
    LIST(Field) fields = { 0 };
    do {
        *at = skip_blanks(*at);
        const char *start = *at;
        while (**at != ' ')
            (*at)++;
        Field field = { .name = arena_str(arena, (Str){ start, *at - start }) };
        field.type = read_type(arena, at);
        list_push(arena, &fields, field);
    } while (take(at, ","));
    ck_assert(take(at, ">"));
    return type_row(arena, fields.items, (int32_t)fields.count, true);
}

static const Type *read_nested(Arena *arena, const char **at)
{
    if (take(at, "ARRAY<")) {
        const Type *element = read_type(arena, at);
        ck_assert(take(at, ">"));
        return type_array(arena, element, true);
    }
    if (take(at, "MAP<")) {
        const Type *key = read_type(arena, at);
        ck_assert(take(at, ","));
        const Type *value = read_type(arena, at);
        ck_assert(take(at, ">"));
        return type_map(arena, key, value, true);
    }
    return take(at, "ROW<") ? read_row(arena, at) : NULL;
}

static const Type *read_sized(Arena *arena, const char **at)
{
    static const struct {
        const char *name;
        TypeKind    kind;
    } texts[] = { { "VARCHAR", TYPE_VARCHAR }, { "CHAR", TYPE_CHAR },
                  { "VARBINARY", TYPE_VARBINARY }, { "BINARY", TYPE_BINARY } },
      times[] = { { "TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ }, { "TIMESTAMP", TYPE_TIMESTAMP }, { "TIME", TYPE_TIME } };
    const Type *type = NULL;
    if (take(at, "DECIMAL")) {
        int32_t precision = number(at, 10, "(");
        type = type_decimal(arena, precision, number(at, 0, ","), true);
    }
    for (size_t i = 0; !type && i < sizeof(texts) / sizeof(texts[0]); i++)
        if (take(at, texts[i].name))
            type = type_text_of(arena, texts[i].kind, number(at, 1, "("), true);
    for (size_t i = 0; !type && i < sizeof(times) / sizeof(times[0]); i++)
        if (take(at, times[i].name))
            type = type_temporal(arena, times[i].kind, number(at, times[i].kind == TYPE_TIME ? 0 : 6, "("), true);
    take(at, ")");
    return type;
}

static const Type *read_plain(const char **at)
{
    static const Type *const plain[] = {
        &type_null, &type_boolean, &type_tinyint, &type_smallint, &type_bigint, &type_int, &type_float, &type_double,
        &type_date,
    };
    if (take(at, "STRING"))
        return &type_string;
    if (take(at, "BYTES"))
        return &type_bytes;
    if (take(at, "INTERVAL MONTH"))
        return &type_interval_month;
    if (take(at, "INTERVAL SECOND(3)"))
        return &type_interval_time;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (take(at, type_kind_name(plain[i]->kind)))
            return plain[i];
    return NULL;
}

static const Type *read_type(Arena *arena, const char **at)
{
    const Type *type = read_nested(arena, at);
    if (!type)
        type = read_plain(at);
    if (!type)
        type = read_sized(arena, at);
    ck_assert_msg(type != NULL, "no type: %s", *at);
    return take(at, "NOT NULL") ? type_with_null(arena, type, false) : type;
}

const Type *type_named(Arena *arena, const char *text)
{
    const char *at = text;
    const Type *type = read_type(arena, &at);
    ck_assert_msg(*skip_blanks(at) == 0, "no type: %s", text);
    return type;
}
