/* resolve_type.c: a type as written to a Type, with the dialect's defaults.
 *
 *   CHAR, BINARY = 1      VARCHAR, VARBINARY = unbounded   DECIMAL = (10, 0)   TIME = (0)   TIMESTAMP,
     TIMESTAMP_LTZ = (6)
 *
 * More digits than a type has are as many as it has: DECIMAL(60, 2) is DECIMAL(38, 2), TIME(9) is TIME(3), TIMESTAMP(12)
 * is TIMESTAMP(9). A type that says nothing about NULL is nullable, at every level. */
#include "planner/bind.h"

typedef struct LengthRule {
    TypeKind kind;
    int32_t  default_length;
} LengthRule;

static Status resolve_text(Arena *arena, const TypeNode *node, LengthRule rule, bool nullable, const Type **out)
{
    int32_t length = node->precision < 0 ? rule.default_length : node->precision;
    *out = type_text_of(arena, rule.kind, length, nullable);
    return STATUS_OK;
}

static Status resolve_decimal(Arena *arena, const TypeNode *node, bool nullable, const Type **out, Error *err)
{
    int32_t precision = node->precision < 0 ? 10 : node->precision;
    int32_t scale = node->scale < 0 ? 0 : node->scale;
    if (precision < 1)
        return error_set(err, STATUS_TYPE, node->span, "DECIMAL precision must be between 1 and %d, not %d",
                         PRECISION_MAX, precision);
    if (precision > PRECISION_MAX)
        precision = PRECISION_MAX;
    if (scale > precision)
        return error_set(err, STATUS_TYPE, node->span, "DECIMAL scale must be between 0 and the precision %d, not %d",
                         precision,
                         scale);
    *out = type_decimal(arena, precision, scale, nullable);
    return STATUS_OK;
}

typedef struct PrecisionRule {
    TypeKind kind;
    int32_t  default_precision, most;
} PrecisionRule;

static const PrecisionRule rule_time      = { TYPE_TIME, 0, 3 };
static const PrecisionRule rule_timestamp = { TYPE_TIMESTAMP, 6, 9 };
static const PrecisionRule rule_instant   = { TYPE_TIMESTAMP_LTZ, 6, 9 };

static Status resolve_temporal(Arena *arena, const TypeNode *node, PrecisionRule rule, bool nullable, const Type **out)
{
    int32_t precision = node->precision < 0 ? rule.default_precision : node->precision;
    *out = type_temporal(arena, rule.kind, precision < rule.most ? precision : rule.most, nullable);
    return STATUS_OK;
}

bool interval_unit_from(TimeUnit unit, IntervalUnit *out)
{
    switch (unit) {
    case UNIT_YEAR: *out = INTERVAL_YEAR; return true;
    case UNIT_QUARTER: *out = INTERVAL_QUARTER; return true;
    case UNIT_MONTH: *out = INTERVAL_MONTH; return true;
    case UNIT_WEEK: *out = INTERVAL_WEEK; return true;
    case UNIT_DAY: *out = INTERVAL_DAY; return true;
    case UNIT_HOUR: *out = INTERVAL_HOUR; return true;
    case UNIT_MINUTE: *out = INTERVAL_MINUTE; return true;
    case UNIT_SECOND: *out = INTERVAL_SECOND; return true;
    default: return false;
    }
}

Status interval_type_from(Arena *arena, const IntervalQualifier *qualifier, bool nullable, const Type **out, Error *err)
{
    IntervalUnit first, last;
    if (!interval_unit_from(qualifier->from, &first))
        return error_set(err, STATUS_TYPE, qualifier->span, "%s is no unit of an interval", unit_text(qualifier->from));
    if (qualifier->to == UNIT_NONE)
        last = first;
    else if (!interval_unit_from(qualifier->to, &last))
        return error_set(err, STATUS_TYPE, qualifier->span, "%s is no unit of an interval", unit_text(qualifier->to));
    if (last < first || (first <= INTERVAL_MONTH) != (last <= INTERVAL_MONTH))
        return error_set(err, STATUS_TYPE, qualifier->span, "an interval cannot go from %s to %s",
                         unit_text(qualifier->from),
                         unit_text(qualifier->to));
    *out = type_interval(arena, first, last, qualifier->fraction < 0 ? 3 : qualifier->fraction, nullable);
    return STATUS_OK;
}

static Status resolve_row(Arena *arena, const TypeNode *node, bool nullable, const Type **out, Error *err)
{
    Field *fields = arena_new(arena, Field, node->fields.count);
    for (int64_t i = 0; i < node->fields.count; i++) {
        const TypeField *field = &node->fields.items[i];
        for (int64_t j = 0; j < i; j++)
            if (str_eq(fields[j].name, field->name.text))
                return error_set(err, STATUS_TYPE, field->name.span, "the row type has two fields \"%.*s\"",
                                 STR_FMT(field->name.text));
        fields[i].name = arena_str(arena, field->name.text);
        fields[i].comment = field->comment;
        TRY(resolve_type(arena, field->type, &fields[i].type, err));
    }
    *out = type_row(arena, fields, (int32_t)node->fields.count, nullable);
    return STATUS_OK;
}

static Status resolve_map(Arena *arena, const TypeNode *node, bool nullable, const Type **out, Error *err)
{
    const Type *key;
    const Type *value;
    TRY(resolve_type(arena, node->key, &key, err));
    TRY(resolve_type(arena, node->element, &value, err));
    *out = type_map(arena, key, value, nullable);
    return STATUS_OK;
}

static Status resolve_array(Arena *arena, const TypeNode *node, bool nullable, const Type **out, Error *err)
{
    const Type *element;
    TRY(resolve_type(arena, node->element, &element, err));
    *out = type_array(arena, element, nullable);
    return STATUS_OK;
}

static Status take(Arena *arena, const Type *type, bool nullable, const Type **out)
{
    *out = type_with_null(arena, type, nullable);
    return STATUS_OK;
}

/* Names of types in other dialects, and what they are here. */
static const struct {
    const char *name, *here;
} foreign_types[] = {
    { "TEXT", "STRING" },    { "VARCHAR2", "VARCHAR" }, { "NVARCHAR", "VARCHAR" },
    { "CLOB", "STRING" },    { "LONG", "BIGINT" },      { "INT4", "INT" },
    { "INT8", "BIGINT" },    { "INT64", "BIGINT" },     { "NUMBER", "DECIMAL" },
    { "BOOL", "BOOLEAN" },   { "BLOB", "BYTES" },       { "FLOAT8", "DOUBLE" },
    { "FLOAT64", "DOUBLE" }, { "JSON", "STRING" },      { "JSONB", "STRING" },
    { "UUID", "STRING" },    { "SERIAL", "BIGINT" },    { "TIMESTAMPTZ", "TIMESTAMP_LTZ" },
};

static const char *const type_names[] = {
    "ARRAY",  "BIGINT", "BINARY", "BOOLEAN", "BYTES",    "CHAR", "DATE",   "DECIMAL", "DOUBLE",    "FLOAT",         "INT",       "INTEGER",
    "MAP",    "NUMERIC", "REAL",  "ROW",     "SMALLINT", "STRING", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "TINYINT", "VARBINARY", "VARCHAR",
};
enum { TYPE_NAME_COUNT = sizeof(type_names) / sizeof(type_names[0]) };

static Status no_type(const TypeNode *node, Error *err)
{
    Str name = node->name.parts.items[node->name.parts.count - 1].text;
    error_set(err, STATUS_TYPE, node->span, "no type \"%.*s\"", STR_FMT(name));
    for (size_t i = 0; i < sizeof(foreign_types) / sizeof(foreign_types[0]); i++)
        if (str_is_nocase(name, foreign_types[i].name))
            return error_hint(err, "write %s", foreign_types[i].here);
    Str candidates[TYPE_NAME_COUNT];
    for (int i = 0; i < TYPE_NAME_COUNT; i++)
        candidates[i] = str_from(type_names[i]);
    Str nearest = error_nearest(name, candidates, TYPE_NAME_COUNT);
    if (nearest.ptr)
        error_hint(err, "did you mean %.*s?", STR_FMT(nearest));
    return STATUS_TYPE;
}

Status resolve_type(Arena *arena, const TypeNode *node, const Type **out, Error *err)
{
    bool nullable = node->nullability != AST_NOT_NULL;
    switch (node->kind) {
    case TYPE_NODE_CHAR: return resolve_text(arena, node, (LengthRule){ TYPE_CHAR, 1 }, nullable, out);
    case TYPE_NODE_VARCHAR: return resolve_text(arena, node, (LengthRule){ TYPE_VARCHAR, LENGTH_MAX }, nullable, out);
    case TYPE_NODE_BINARY: return resolve_text(arena, node, (LengthRule){ TYPE_BINARY, 1 }, nullable, out);
    case TYPE_NODE_VARBINARY: return resolve_text(arena, node, (LengthRule){ TYPE_VARBINARY, LENGTH_MAX }, nullable, out);
    case TYPE_NODE_STRING: return take(arena, &type_string, nullable, out);
    case TYPE_NODE_BYTES: return take(arena, &type_bytes, nullable, out);
    case TYPE_NODE_BOOLEAN: return take(arena, &type_boolean, nullable, out);
    case TYPE_NODE_TINYINT: return take(arena, &type_tinyint, nullable, out);
    case TYPE_NODE_SMALLINT: return take(arena, &type_smallint, nullable, out);
    case TYPE_NODE_INT: return take(arena, &type_int, nullable, out);
    case TYPE_NODE_BIGINT: return take(arena, &type_bigint, nullable, out);
    case TYPE_NODE_FLOAT: return take(arena, &type_float, nullable, out);
    case TYPE_NODE_DOUBLE: return take(arena, &type_double, nullable, out);
    case TYPE_NODE_DATE: return take(arena, &type_date, nullable, out);
    case TYPE_NODE_NULL: return take(arena, &type_null, true, out);
    case TYPE_NODE_DECIMAL: return resolve_decimal(arena, node, nullable, out, err);
    case TYPE_NODE_TIME: return resolve_temporal(arena, node, rule_time, nullable, out);
    case TYPE_NODE_TIMESTAMP: return resolve_temporal(arena, node, rule_timestamp, nullable, out);
    case TYPE_NODE_TIMESTAMP_LTZ: return resolve_temporal(arena, node, rule_instant, nullable, out);
    case TYPE_NODE_INTERVAL: return interval_type_from(arena, &node->interval, nullable, out, err);
    case TYPE_NODE_ARRAY: return resolve_array(arena, node, nullable, out, err);
    case TYPE_NODE_MAP: return resolve_map(arena, node, nullable, out, err);
    case TYPE_NODE_ROW: return resolve_row(arena, node, nullable, out, err);
    case TYPE_NODE_NAMED: return no_type(node, err);
    case TYPE_NODE_REAL:
        error_set(err, STATUS_TYPE, node->span, "the type REAL is not supported");
        return error_hint(err, "write FLOAT");
    default: break;
    }
    return error_set(err, STATUS_UNSUPPORTED, node->span, "the type %s is not supported yet",
                     type_node_text(node->kind));
}
