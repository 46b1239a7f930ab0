/* datagen_field.c: options of a field, by its type.
 *
 *   random     integers in [min, max], numbers in [min, max), hex text of `length` characters, now or a moment ago, ...
 *   sequence   start, start + 1, ... end, as a number or its text
 *
 * An option that means nothing for the type is left unused, and the caller then refuses it by name, as the dialect
 * does. */
#include "connectors/datagen/datagen_field.h"

#include "core/hash.h"
#include "data/number.h"

#include <float.h>

enum { TEXT_LENGTH = 100, COLLECTION_LENGTH = 3, LENGTH_LIMIT = 1 << 20 };

/* ---- one option -------------------------------------------------------------------------------------------------- */

/* A field whose options are being read. */
typedef struct FieldReader {
    const TableSpec *table;
    Str              name;
    Arena           *arena;
    Map             *used;
} FieldReader;

/* The text of fields.<name>.<what>, or {NULL, 0}. Remembers that the key means something here. */
static Str take(const FieldReader *reader, const char *what)
{
    Str key = arena_format(reader->arena, "fields.%.*s.%s", STR_FMT(reader->name), what);
    map_put_str(reader->used, key, STR_EMPTY);
    return map_get_str(reader->table->options, key);
}

static Status bad_value(const FieldReader *reader, const char *what, Str text, const char *expected, Error *err)
{
    return error_set(err, STATUS_OPTION, reader->table->span, "'fields.%.*s.%s' = '%.*s': expected %s",
                     STR_FMT(reader->name), what, STR_FMT(text), expected);
}

static Status take_integer(const FieldReader *reader, const char *what, int64_t low, int64_t high, int64_t otherwise,
                           int64_t *out, Error *err)
{
    Str text = take(reader, what);
    *out = otherwise;
    if (!text.ptr)
        return STATUS_OK;
    if (!str_to_i64(str_trim(text), out))
        return bad_value(reader, what, text, "an integer", err);
    if (*out < low || *out > high)
        return error_set(err, STATUS_OPTION, reader->table->span,
                         "'fields.%.*s.%s' = '%.*s': expected a number from %lld to %lld", STR_FMT(reader->name), what,
                         STR_FMT(text), (long long)low, (long long)high);
    return STATUS_OK;
}

static Status take_double(const FieldReader *reader, const char *what, double otherwise, double *out, Error *err)
{
    Str text = take(reader, what);
    *out = otherwise;
    return !text.ptr || double_parse(text, out) ? STATUS_OK : bad_value(reader, what, text, "a number", err);
}

static Status take_null_rate(const FieldReader *reader, DatagenField *field, Error *err)
{
    Str text = take(reader, "null-rate");
    if (!text.ptr)
        return STATUS_OK;
    if (!double_parse(text, &field->null_rate) || !(field->null_rate >= 0 && field->null_rate <= 1))
        return bad_value(reader, "null-rate", text, "a number from 0 to 1", err);
    if (field->null_rate > 0 && !field->type->nullable)
        return error_set(err, STATUS_OPTION, reader->table->span, "'fields.%.*s.null-rate': the column is NOT NULL",
                         STR_FMT(reader->name));
    return STATUS_OK;
}

static Status take_max_past(const FieldReader *reader, DatagenField *field, Error *err)
{
    Str text = take(reader, "max-past");
    if (!text.ptr || duration_parse(text, &field->max_past_ms))
        return STATUS_OK;
    return bad_value(reader, "max-past", text, "a duration such as '10 s'", err);
}

/* ---- random fields ----------------------------------------------------------------------------------------------- */

static Status wrong_order(const FieldReader *reader, const char *low, const char *high, Error *err)
{
    return error_set(err, STATUS_OPTION, reader->table->span, "'fields.%.*s.%s' is greater than 'fields.%.*s.%s'",
                     STR_FMT(reader->name), low, STR_FMT(reader->name), high);
}

static Status init_integer(const FieldReader *reader, DatagenField *field, int64_t low, int64_t high, Error *err)
{
    TRY(take_integer(reader, "min", low, high, low, &field->min, err));
    TRY(take_integer(reader, "max", low, high, high, &field->max, err));
    return field->min <= field->max ? STATUS_OK : wrong_order(reader, "min", "max", err);
}

static Status init_number(const FieldReader *reader, DatagenField *field, double high, Error *err)
{
    TRY(take_double(reader, "min", 0, &field->min_double, err));
    TRY(take_double(reader, "max", high, &field->max_double, err));
    return field->min_double <= field->max_double ? STATUS_OK : wrong_order(reader, "min", "max", err);
}

static Status init_decimal(const FieldReader *reader, DatagenField *field, Error *err)
{
    double largest = 1;
    for (int32_t i = field->type->scale; i < field->type->precision; i++)
        largest *= 10;
    TRY(init_number(reader, field, largest, err));
    if (field->min_double < -largest)
        field->min_double = -largest;
    if (field->max_double > largest)
        field->max_double = largest;
    return STATUS_OK;
}

/* CHAR and BINARY have the length of their type. */
static Status init_text(const FieldReader *reader, DatagenField *field, Error *err)
{
    const Type *type = field->type;
    bool        is_fixed = type->kind == TYPE_CHAR || type->kind == TYPE_BINARY;
    int64_t     otherwise = type->length == LENGTH_MAX ? TEXT_LENGTH : type->length;
    Str         var_len = take(reader, "var-len");
    if (is_fixed && take(reader, "length").ptr)
        return error_set(err, STATUS_OPTION, reader->table->span,
                         "Custom length for fixed-length type (CHAR/BINARY) field '%.*s' is not supported.",
                         STR_FMT(reader->name));
    TRY(take_integer(reader, "length", 1, LENGTH_LIMIT, otherwise, &field->length, err));
    if (field->length > type->length)
        return error_set(
            err, STATUS_OPTION, reader->table->span,
            "Custom length '%lld' for variable-length type (VARCHAR/STRING/VARBINARY/BYTES) field '%.*s' should be "
            "shorter than '%d' defined in the schema.",
            (long long)field->length, STR_FMT(reader->name), type->length);
    if (field->length > LENGTH_LIMIT)
        field->length = LENGTH_LIMIT;
    field->is_var_len = str_is_nocase(var_len, "true");
    if (field->is_var_len && is_fixed)
        return error_set(err, STATUS_OPTION, reader->table->span,
                         "Only supports specifying 'fields.#.var-len' option for variable-length types "
                         "(VARCHAR/STRING/VARBINARY/BYTES). The type of field '%.*s' is not within this range.",
                         STR_FMT(reader->name));
    return STATUS_OK;
}

static Status init_child(const FieldReader *reader, const char *name, const Type *type, DatagenField *out, Error *err)
{
    Str path = arena_format(reader->arena, "%.*s.%s", STR_FMT(reader->name), name);
    return datagen_field_init(out, reader->table, path, type, reader->arena, reader->used, err);
}

static Status init_collection(const FieldReader *reader, DatagenField *field, Error *err)
{
    bool is_map = field->type->kind == TYPE_MAP;
    TRY(take_integer(reader, "length", 0, LENGTH_LIMIT, COLLECTION_LENGTH, &field->length, err));
    field->children = arena_new(reader->arena, DatagenField, 2);
    if (!is_map)
        return init_child(reader, "element", field->type->element, &field->children[0], err);
    TRY(init_child(reader, "key", field->type->key, &field->children[0], err));
    return init_child(reader, "value", field->type->element, &field->children[1], err);
}

static Status init_row(const FieldReader *reader, DatagenField *field, Error *err)
{
    field->children = arena_new(reader->arena, DatagenField, field->type->field_count + 1);
    for (int32_t i = 0; i < field->type->field_count; i++) {
        const Field *child = &field->type->fields[i];
        Str          path = arena_format(reader->arena, "%.*s.%.*s", STR_FMT(reader->name), STR_FMT(child->name));
        TRY(datagen_field_init(&field->children[i], reader->table, path, child->type, reader->arena, reader->used,
                               err));
    }
    return STATUS_OK;
}

static Status init_random(const FieldReader *reader, DatagenField *field, Error *err)
{
    TRY(take_null_rate(reader, field, err));
    switch (field->type->kind) {
    case TYPE_TINYINT:
        return init_integer(reader, field, INT8_MIN, INT8_MAX, err);
    case TYPE_SMALLINT:
        return init_integer(reader, field, INT16_MIN, INT16_MAX, err);
    case TYPE_INT:
        return init_integer(reader, field, INT32_MIN, INT32_MAX, err);
    case TYPE_BIGINT:
    case TYPE_INTERVAL_TIME:
        return init_integer(reader, field, INT64_MIN, INT64_MAX, err);
    case TYPE_INTERVAL_MONTH:
        return init_integer(reader, field, 0, 120000, err);
    case TYPE_FLOAT:
        return init_number(reader, field, FLT_MAX, err);
    case TYPE_DOUBLE:
        return init_number(reader, field, DBL_MAX, err);
    case TYPE_DECIMAL:
        return init_decimal(reader, field, err);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        return init_text(reader, field, err);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return take_max_past(reader, field, err);
    case TYPE_ARRAY:
    case TYPE_MAP:
        return init_collection(reader, field, err);
    case TYPE_ROW:
        return init_row(reader, field, err);
    default:
        return STATUS_OK;
    }
}

/* ---- sequences --------------------------------------------------------------------------------------------------- */

static Status take_bound(const FieldReader *reader, const char *what, int64_t *out, Error *err)
{
    if (!take(reader, what).ptr)
        return error_set(err, STATUS_OPTION, reader->table->span,
                         "Could not find required property 'fields.%.*s.%s' for sequence generator.",
                         STR_FMT(reader->name), what);
    return take_integer(reader, what, INT64_MIN + 1, INT64_MAX - 1, 0, out, err);
}

static bool can_be_sequence(const Type *type)
{
    return type_is_string(type) || type_is_bytes(type) || type_is_numeric(type);
}

static Status init_sequence(const FieldReader *reader, DatagenField *field, Error *err)
{
    field->is_sequence = true;
    if (!can_be_sequence(field->type))
        return error_set(err, STATUS_OPTION, reader->table->span,
                         "'fields.%.*s.kind' = 'sequence': a column of type %.*s cannot be one", STR_FMT(reader->name),
                         STR_FMT(type_text(reader->arena, field->type)));
    TRY(take_bound(reader, "start", &field->min, err));
    TRY(take_bound(reader, "end", &field->max, err));
    return field->min <= field->max ? STATUS_OK : wrong_order(reader, "start", "end", err);
}

Status datagen_field_init(DatagenField *field, const TableSpec *table, Str name, const Type *type, Arena *arena,
                          Map *used, Error *err)
{
    FieldReader reader = { .table = table, .name = name, .arena = arena, .used = used };
    Str         kind = take(&reader, "kind");
    *field = (DatagenField){ .type = type };
    if (!kind.ptr || str_is_nocase(kind, "random"))
        return init_random(&reader, field, err);
    if (str_is_nocase(kind, "sequence"))
        return init_sequence(&reader, field, err);
    return error_set(err, STATUS_OPTION, table->span,
                     "Unsupported generator kind: %.*s ('fields.%.*s.kind'; there are: random, sequence)",
                     STR_FMT(kind), STR_FMT(name));
}

int64_t datagen_field_count(const DatagenField *field)
{
    if (!field->is_sequence)
        return INT64_MAX;
    uint64_t count = (uint64_t)field->max - (uint64_t)field->min + 1;
    return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

/* ---- seeds ------------------------------------------------------------------------------------------------------- */

static int32_t child_count(const Type *type)
{
    return type->kind == TYPE_ROW ? type->field_count : type->kind == TYPE_MAP ? 2 : type->kind == TYPE_ARRAY ? 1 : 0;
}

void datagen_field_seed(DatagenField *field, uint64_t seed)
{
    field->seed = hash_u64(seed);
    for (int32_t i = 0; field->children && i < child_count(field->type); i++)
        datagen_field_seed(&field->children[i], hash_combine(field->seed, (uint64_t)i + 1));
}

/* ---- size -------------------------------------------------------------------------------------------------------- */

/* Lengths are at most LENGTH_LIMIT and what is nested has been declared level by level: saturate instead of
 * overflowing. */
int64_t datagen_field_size(const DatagenField *field)
{
    const int64_t most = (int64_t)1 << 40;
    int64_t       size = 16;
    if (type_is_string(field->type) || type_is_bytes(field->type))
        return size + field->length;
    for (int32_t i = 0; field->children && i < child_count(field->type); i++)
        size += datagen_field_size(&field->children[i]);
    if (field->type->kind == TYPE_ARRAY || field->type->kind == TYPE_MAP)
        size = 16 + size * field->length;
    return size < most ? size : most;
}
