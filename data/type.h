/* type.h: SQL types, and how their values lie in memory.
 *
 * A Type is immutable and lives in an arena (or is one of the static ones). Compare with type_equals, not by address. */
#ifndef DATA_TYPE_H
#define DATA_TYPE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/text.h"

__extension__ typedef __int128 int128_t;
__extension__ typedef unsigned __int128 uint128_t;

/* How one value of a column lies in memory. */
typedef enum Layout {
    LAYOUT_BOOL,  /* uint8_t, 0 or 1 */
    LAYOUT_I8,
    LAYOUT_I16,
    LAYOUT_I32,   /* INT; DATE: days since 1970-01-01; TIME: ms of the day; INTERVAL_MONTH: months */
    LAYOUT_I64,   /* BIGINT; DECIMAL(p <= 18): unscaled; TIMESTAMP(p <= 3): ms since 1970; INTERVAL_TIME: ms */
    LAYOUT_F32,
    LAYOUT_F64,
    LAYOUT_I128,  /* DECIMAL(p > 18): unscaled int128_t */
    LAYOUT_TIMESTAMP, /* Timestamp: TIMESTAMP and TIMESTAMP_LTZ with p > 3 */
    LAYOUT_VIEW,  /* View: text and bytes */
    LAYOUT_LIST,  /* ListView: ARRAY and MAP */
    LAYOUT_ROW,   /* no values of its own, only children and validity */
    LAYOUT_COUNT
} Layout;

/* A point in time with nanoseconds: ms since 1970 (of UTC, or of the zone-less clock) and 0..999,999 ns of that ms. */
typedef struct Timestamp {
    int64_t ms;
    int32_t ns;
    int32_t unused; /* always 0: values are compared and hashed as bytes */
} Timestamp;

/* Text or bytes of up to 2^31-1 bytes. Up to 12 bytes lie inside; longer ones keep the first 4 beside a pointer.
 * Unused inline bytes are 0, so that equal short texts are equal as 16 bytes. */
typedef struct View {
    uint32_t size;
    char     prefix[4];
    union {
        char        rest[8]; /* size <= 12 */
        const char *ptr;     /* size > 12: all bytes, prefix included */
    };
} View;
#define VIEW_INLINE 12
_Static_assert(sizeof(View) == 16, "a View is 16 bytes");

/* Entries [start, start + count) of the child columns. */
typedef struct ListView {
    int32_t start;
    int32_t count;
} ListView;

typedef enum TypeKind {
#define TYPE(kind, name, layout) TYPE_##kind,
#include "data/type.def"
#undef TYPE
    TYPE_KIND_COUNT
} TypeKind;

/* Time attributes: a column that carries event time or stands for processing time. */
typedef enum TimeAttribute { TIME_NONE, TIME_ROWTIME, TIME_PROCTIME } TimeAttribute;

#define LENGTH_MAX 2147483647
#define PRECISION_MAX 38

/* Interval fields as declared, for printing: INTERVAL DAY(2) TO SECOND(3). */
typedef enum IntervalUnit {
    INTERVAL_YEAR, INTERVAL_QUARTER, INTERVAL_MONTH, INTERVAL_WEEK, INTERVAL_DAY, INTERVAL_HOUR, INTERVAL_MINUTE, INTERVAL_SECOND
} IntervalUnit;

typedef struct Field {
    Str                name;
    const struct Type *type;
    Str                comment; /* {NULL, 0} = none */
} Field;

typedef struct Type {
    TypeKind      kind;
    bool          nullable;
    TimeAttribute time;      /* TIMESTAMP and TIMESTAMP_LTZ */
    int32_t       length;    /* CHAR, VARCHAR, BINARY, VARBINARY: code points or bytes */
    int32_t       precision; /* DECIMAL, TIME, TIMESTAMP, TIMESTAMP_LTZ; INTERVAL_TIME: of the fraction */
    int32_t       scale;     /* DECIMAL */
    IntervalUnit  unit_first, unit_last; /* intervals */
    const struct Type *element; /* ARRAY: element; MAP: value */
    const struct Type *key;     /* MAP */
    const Field       *fields;  /* ROW */
    int32_t            field_count;
} Type;

/* Which fields of a ROW are wanted: bit i = field i. Fields behind the 64th cannot be told apart: they are wanted with all the others. */
typedef uint64_t FieldSet;
#define FIELDS_NONE ((FieldSet)0)
#define FIELDS_ALL  UINT64_MAX
static inline bool field_is_wanted(FieldSet fields, int32_t index)
{
    return index < 64 ? fields >> index & 1 : fields == FIELDS_ALL;
}

/* The plain nullable types without parameters, plus STRING = VARCHAR(max), BYTES, TIMESTAMP(3), TIMESTAMP_LTZ(3), TIME(0). */
extern const Type type_null, type_boolean, type_tinyint, type_smallint, type_int, type_bigint, type_float, type_double,
    type_string, type_bytes, type_date, type_time, type_timestamp3, type_timestamp_ltz3, type_timestamp6,
    type_interval_month, type_interval_time;
/* The same, NOT NULL. */
extern const Type type_boolean_not_null, type_int_not_null, type_bigint_not_null, type_double_not_null, type_string_not_null,
    type_timestamp3_not_null, type_timestamp_ltz3_not_null;

const Type *type_decimal(Arena *arena, int32_t precision, int32_t scale, bool nullable);
/* TYPE_CHAR, VARCHAR, BINARY or VARBINARY. */
const Type *type_text_of(Arena *arena, TypeKind kind, int32_t length, bool nullable);
/* TYPE_TIME, TIMESTAMP or TIMESTAMP_LTZ. */
const Type *type_temporal(Arena *arena, TypeKind kind, int32_t precision, bool nullable);
const Type *type_interval(Arena *arena, IntervalUnit first, IntervalUnit last, int32_t fraction, bool nullable);
const Type *type_array(Arena *arena, const Type *element, bool nullable);
const Type *type_map(Arena *arena, const Type *key, const Type *value, bool nullable);
/* Keeps the fields array. */
const Type *type_row(Arena *arena, const Field *fields, int32_t field_count, bool nullable);
/* The same type with another nullability or time attribute; the input itself when nothing changes. */
const Type *type_with_null(Arena *arena, const Type *type, bool nullable);
const Type *type_with_time(Arena *arena, const Type *type, TimeAttribute time);
/* Deep copy into another arena. */
const Type *type_copy(Arena *arena, const Type *type);

/* Of the short forms; see type.def. */
extern const Layout  layout_of_kind[];
extern const int32_t layout_sizes[];

static inline Layout type_layout(const Type *type)
{
    bool is_long_decimal = type->kind == TYPE_DECIMAL && type->precision > 18;
    bool is_long_time = (type->kind == TYPE_TIMESTAMP || type->kind == TYPE_TIMESTAMP_LTZ) && type->precision > 3;
    return is_long_decimal ? LAYOUT_I128 : is_long_time ? LAYOUT_TIMESTAMP : layout_of_kind[type->kind];
}

/* Bytes per value; 0 for LAYOUT_ROW. */
static inline int32_t layout_size(Layout layout)
{
    return layout_sizes[layout];
}

const char *type_kind_name(TypeKind kind);

/* Same kind, parameters and (if with_null) nullability at every level; time attributes and comments do not count. */
bool type_equals(const Type *left, const Type *right, bool with_null);
static inline bool type_is_integer(const Type *type)
{
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
}
static inline bool type_is_approximate(const Type *type)
{
    return type->kind == TYPE_FLOAT || type->kind == TYPE_DOUBLE;
}
static inline bool type_is_numeric(const Type *type)
{
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_DECIMAL;
}
static inline bool type_is_string(const Type *type) /* characters */
{
    return type->kind == TYPE_CHAR || type->kind == TYPE_VARCHAR;
}
static inline bool type_is_bytes(const Type *type)
{
    return type->kind == TYPE_BINARY || type->kind == TYPE_VARBINARY;
}
static inline bool type_is_timestamp(const Type *type) /* with or without local zone */
{
    return type->kind == TYPE_TIMESTAMP || type->kind == TYPE_TIMESTAMP_LTZ;
}
static inline bool type_is_temporal(const Type *type)
{
    return type->kind >= TYPE_DATE && type->kind <= TYPE_TIMESTAMP_LTZ;
}
static inline bool type_is_interval(const Type *type)
{
    return type->kind == TYPE_INTERVAL_MONTH || type->kind == TYPE_INTERVAL_TIME;
}

/* SQL text as the dialect prints it: "DECIMAL(10, 2) NOT NULL", "STRING", "ROW<`a` INT, `b` STRING>",
 * "TIMESTAMP(3) *ROWTIME*" (DESCRIBE and EXPLAIN want the mark; with_time says so). */
void type_print(const Type *type, bool with_time, Text *out);
/* As SHOW CREATE TABLE has it: VARCHAR(2147483647) for STRING, VARBINARY(2147483647) for BYTES. */
void type_print_spelled_out(const Type *type, Text *out);
Str  type_text(Arena *arena, const Type *type);

/* ---- type rules of the dialect (reference 3d, 5.11) ------------------------------------------------------------ */

/* May a value of `from` be used where `to` is wanted, without CAST (assignment and arguments)? Nullability apart. */
bool type_casts_implicitly(const Type *from, const Type *to);
/* Is CAST(from AS to) allowed at all? */
bool type_casts_explicitly(const Type *from, const Type *to);
/* The least restrictive type for set operations, CASE, COALESCE, VALUES: NULL when there is none. */
const Type *type_common(Arena *arena, const Type *left, const Type *right);
/* Result types of + - * / % on exact numbers, at least one DECIMAL (integers count as DECIMAL(3|5|10|19, 0)). */
typedef enum DecimalOp { DECIMAL_ADD, DECIMAL_MULTIPLY, DECIMAL_DIVIDE, DECIMAL_MOD } DecimalOp;
const Type *type_decimal_result(Arena *arena, DecimalOp op, const Type *left, const Type *right);
/* An integer type as DECIMAL; DECIMAL itself unchanged. */
const Type *type_as_decimal(Arena *arena, const Type *type);

#endif
