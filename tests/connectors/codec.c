/* codec.c: one format at work on rows written as text, for the tests of formats. */
#include "tests/connectors/codec.h"

#include <check.h>
#include <ctype.h>
#include <stdlib.h>

/* ---- types ----------------------------------------------------------------------------------------------------- */

typedef struct Parser {
    Arena      *arena;
    const char *at;
} Parser;

static void skip_space(Parser *parser)
{
    while (*parser->at == ' ')
        parser->at++;
}

static bool take(Parser *parser, const char *word)
{
    size_t size = strlen(word);
    skip_space(parser);
    if (strncmp(parser->at, word, size) != 0)
        return false;
    parser->at += size;
    return true;
}

static Str take_name(Parser *parser)
{
    skip_space(parser);
    const char *start = parser->at;
    while (isalnum((unsigned char)*parser->at) || *parser->at == '_')
        parser->at++;
    return arena_str(parser->arena, (Str){ start, parser->at - start });
}

/* "(10" or ",2": the number, or the one for none. */
static int32_t take_number(Parser *parser, const char *before, int32_t none)
{
    if (!take(parser, before))
        return none;
    char *end;
    long  value = strtol(parser->at, &end, 10);
    parser->at = end;
    return (int32_t)value;
}

static const Type *take_type(Parser *parser);

static int32_t take_fields(Parser *parser, Field **out)
{
    LIST(Field) fields = { 0 };
    do {
        Field field = { .name = take_name(parser) };
        field.type = take_type(parser);
        list_push(parser->arena, &fields, field);
    } while (take(parser, ","));
    *out = fields.items;
    return (int32_t)fields.count;
}

static const Type *take_nested(Parser *parser, Str name)
{
    const Type *type;
    ck_assert(take(parser, "<"));
    if (str_is(name, "ARRAY")) {
        type = type_array(parser->arena, take_type(parser), true);
    } else if (str_is(name, "MAP")) {
        const Type *key = take_type(parser);
        ck_assert(take(parser, ","));
        type = type_map(parser->arena, key, take_type(parser), true);
    } else {
        Field  *fields;
        int32_t count = take_fields(parser, &fields);
        type = type_row(parser->arena, fields, count, true);
    }
    ck_assert(take(parser, ">"));
    return type;
}

static const Type *simple_type(Str name)
{
    static const struct {
        const char *name;
        const Type *type;
    } rows[] = {
        { "BOOLEAN", &type_boolean }, { "TINYINT", &type_tinyint }, { "SMALLINT", &type_smallint },
        { "INT", &type_int },
        { "BIGINT", &type_bigint },   { "FLOAT", &type_float },     { "DOUBLE", &type_double },
        { "STRING", &type_string },
        { "BYTES", &type_bytes },     { "DATE", &type_date },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (str_is(name, rows[i].name))
            return rows[i].type;
    return NULL;
}

static const Type *take_type(Parser *parser)
{
    Arena      *arena = parser->arena;
    Str         name = take_name(parser);
    const Type *type = simple_type(name);
    if (type)
        return type;
    if (str_is(name, "ARRAY") || str_is(name, "MAP") || str_is(name, "ROW"))
        return take_nested(parser, name);
    int32_t first = take_number(parser, "(", -1);
    int32_t second = take_number(parser, ",", 0);
    take(parser, ")");
    if (str_is(name, "DECIMAL"))
        return type_decimal(arena, first < 0 ? 10 : first, second, true);
    if (str_is(name, "CHAR"))
        return type_text_of(arena, TYPE_CHAR, first < 0 ? 1 : first, true);
    if (str_is(name, "VARCHAR"))
        return type_text_of(arena, TYPE_VARCHAR, first < 0 ? 1 : first, true);
    if (str_is(name, "TIME"))
        return type_temporal(arena, TYPE_TIME, first < 0 ? 0 : first, true);
    if (str_is(name, "TIMESTAMP"))
        return type_temporal(arena, TYPE_TIMESTAMP, first < 0 ? 6 : first, true);
    ck_assert_msg(str_is(name, "TIMESTAMP_LTZ"), "no type: %.*s", STR_FMT(name));
    return type_temporal(arena, TYPE_TIMESTAMP_LTZ, first < 0 ? 6 : first, true);
}

const Type *type_of(Arena *arena, const char *sql)
{
    Parser parser = { arena, sql };
    return take_type(&parser);
}

int32_t fields_of(Arena *arena, const char *sql, Field **fields)
{
    Parser parser = { arena, sql };
    return take_fields(&parser, fields);
}

Map *options_of(Arena *arena, const char *text)
{
    Map *map = map_create(arena);
    Str  rest = str_from(text);
    Str  pair;
    while (str_split(&rest, ';', &pair)) {
        int64_t equals = str_find(pair, '=');
        map_put_str(map, str_slice(pair, 0, equals), str_slice(pair, equals + 1, pair.len));
    }
    return map;
}

/* ---- formats --------------------------------------------------------------------------------------------------- */

/* "-" before unwanted names is taken out first, so that names are names. fields: per column, what is read of it. */
static void take_marks(Arena *arena, const char *columns, char **plain, FieldSet *fields)
{
    int32_t index = 0;
    int32_t field = 0;
    int32_t depth = 0;
    char   *to = *plain = arena_alloc(arena, (int64_t)strlen(columns) + 1);
    fields[0] = FIELDS_ALL;
    for (const char *at = columns; *at; at++) {
        depth += (*at == '<' || *at == '(') - (*at == '>' || *at == ')');
        field = depth == 0 ? 0 : field + (*at == ',' && depth == 1);
        if (*at == ',' && depth == 0)
            fields[++index] = FIELDS_ALL;
        if (*at == '-')
            fields[index] &= depth == 0 ? FIELDS_NONE : ~((FieldSet)1 << field);
        else
            *to++ = *at;
    }
}

Codec *codec_open(const char *format, const char *columns, const char *options)
{
    enum { COLUMNS_MAX = 128 };
    FieldSet read[COLUMNS_MAX];
    char    *plain;
    Field   *fields;
    Arena   *arena = arena_create();
    Codec   *codec = arena_new(arena, Codec, 1);
    take_marks(arena, columns, &plain, read);
    int32_t       count = fields_of(arena, plain, &fields);
    FormatColumn *all = arena_new(arena, FormatColumn, count);
    FormatColumn *wanted = arena_new(arena, FormatColumn, count);
    int32_t       outs = 0;
    for (int32_t i = 0; i < count; i++) {
        all[i] = (FormatColumn){ fields[i].name, fields[i].type, read[i] ? outs : -1, read[i] };
        if (read[i])
            wanted[outs++] = all[i];
    }
    codec->arena = arena;
    codec->format = format_find(str_from(format));
    codec->spec = (FormatSpec){ .columns = all, .column_count = count, .options = options_of(arena, options), .arena = arena,
                                .zone = zone_utc };
    codec->wanted = (FormatSpec){ .columns = wanted, .column_count = outs, .options = map_create(arena), .arena = arena,
                                  .zone = zone_utc };
    if (codec->format->check && codec->format->check(&codec->spec, &codec->err) != STATUS_OK)
        return codec;
    ck_assert_int_eq(codec->format->decoder_create(&codec->spec, &codec->decoder, &codec->err), STATUS_OK);
    return codec;
}

void codec_close(Codec *codec)
{
    Arena *arena = codec->arena;
    batch_release(codec->batch);
    text_free(&codec->text);
    arena_destroy(arena);
}

Status codec_decode(Codec *codec, const Str *messages, int64_t count)
{
    batch_release(codec->batch);
    codec->batch = batch_create(codec->wanted.column_count);
    error_clear(&codec->err);
    Status status = codec->format->decode(codec->decoder, messages, count, codec->batch, &codec->decoded, &codec->err);
    codec->batch->rows = status == STATUS_OK ? codec->decoded.rows : 0;
    return status;
}

const char *codec_write(Codec *codec, const char *format, const char *options)
{
    Encoder      *encoder;
    const Format *writer = format_find(str_from(format));
    FormatSpec    spec = codec->wanted;
    Text          bytes = TEXT_EMPTY;
    Record       *records = arena_new(codec->arena, Record, codec->batch->rows + 1);
    spec.options = options_of(codec->arena, options);
    text_clear(&codec->text);
    if (writer->encoder_create(&spec, &encoder, &codec->err) != STATUS_OK ||
        writer->encode(encoder, codec->batch, 0, codec->batch->rows, &bytes, records, &codec->err) != STATUS_OK)
        text_puts(&codec->text, codec->err.message);
    for (int64_t i = 0; !codec->err.status && i < codec->batch->rows; i++) {
        text_append(&codec->text, str_slice(text_str(&bytes), records[i].start, records[i].end));
        text_puts(&codec->text, records[i].is_null ? "(null)\n" : "\n");
    }
    text_free(&bytes);
    return text_cstr(&codec->text);
}

const char *codec_json(Codec *codec)
{
    return codec_write(codec, "json", "");
}

const char *codec_lines(Codec *codec, const char *text)
{
    LIST(Str) lines = { 0 };
    Str rest = str_from(text);
    while (rest.len > 0) {
        int64_t size = str_find(rest, '\n');
        if (codec->format->record_size) {
            size = codec->format->record_size(codec->decoder, rest, true);
            list_push(codec->arena, &lines, str_slice(rest, 0, size));
        } else {
            size = size < 0 ? rest.len : size + 1;
            list_push(codec->arena, &lines, str_slice(rest, 0, rest.ptr[size - 1] == '\n' ? size - 1 : size));
        }
        rest = str_slice(rest, size, rest.len);
    }
    if (codec_decode(codec, lines.items, lines.count) != STATUS_OK)
        return codec->err.message;
    return codec_json(codec);
}
