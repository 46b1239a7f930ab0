/* datagen_fill.c: columns of generated values.
 *
 * Every value starts its own little random sequence from the field's seed and its number (SplitMix64), so nothing is
 * carried from row to row. Whether a value is NULL is drawn first, then the value. */
#include "connectors/datagen/datagen_field.h"

#include "core/hash.h"
#include "data/decimal.h"
#include "data/number.h"

/* ---- random numbers ---------------------------------------------------------------------------------------------- */

typedef struct Random {
    uint64_t state;
} Random;

static inline Random random_at(const DatagenField *field, uint64_t number)
{
    return (Random){ field->seed + number * 0xd1342543de82ef95u };
}

static inline uint64_t random_next(Random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    return hash_u64(random->state);
}

/* In [min, max]. */
static inline int64_t random_between(Random *random, int64_t min, int64_t max)
{
    uint64_t span = (uint64_t)max - (uint64_t)min + 1;
    uint64_t bits = random_next(random);
    if (span == 0)
        return (int64_t)bits;
    return (int64_t)((uint64_t)min + (uint64_t)(((uint128_t)bits * span) >> 64));
}

/* In [0, 1). */
static inline double random_unit(Random *random)
{
    return (double)(random_next(random) >> 11) * 0x1.0p-53;
}

static inline double random_double(Random *random, double min, double max)
{
    double unit = random_unit(random);
    return min * (1 - unit) + max * unit; /* max - min may be more than a double holds */
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Writes an integer as the column's layout has it. */
static inline void store_integer(Column *out, int64_t row, int64_t value)
{
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        COLUMN_DATA(out, int8_t)[row] = (int8_t)value;
        break;
    case LAYOUT_I16:
        COLUMN_DATA(out, int16_t)[row] = (int16_t)value;
        break;
    case LAYOUT_I32:
        COLUMN_DATA(out, int32_t)[row] = (int32_t)value;
        break;
    default:
        COLUMN_DATA(out, int64_t)[row] = value;
        break;
    }
}

typedef struct Fill {
    const DatagenField *field;
    const uint64_t     *numbers;
    int64_t             rows;
    const DatagenNow   *now;
    Buf                *buf;
    Column             *out;
} Fill;

static void fill_integers(const Fill *fill)
{
    const DatagenField *field = fill->field;
    for (int64_t i = 0; i < fill->rows; i++) {
        Random random = random_at(field, fill->numbers[i]);
        store_integer(fill->out, i, random_between(&random, field->min, field->max));
    }
}

static void fill_booleans(const Fill *fill)
{
    for (int64_t i = 0; i < fill->rows; i++) {
        Random random = random_at(fill->field, fill->numbers[i]);
        COLUMN_DATA(fill->out, uint8_t)[i] = (uint8_t)(random_next(&random) >> 63);
    }
}

static void fill_doubles(const Fill *fill)
{
    const DatagenField *field = fill->field;
    bool                is_float = field->type->kind == TYPE_FLOAT;
    for (int64_t i = 0; i < fill->rows; i++) {
        Random random = random_at(field, fill->numbers[i]);
        double value = random_double(&random, field->min_double, field->max_double);
        if (is_float)
            COLUMN_DATA(fill->out, float)[i] = (float)value;
        else
            COLUMN_DATA(fill->out, double)[i] = value;
    }
}

/* The double's digits at the type's scale, cut off and never more than fit. */
static int128_t to_unscaled(double value, const Type *type)
{
    int128_t largest = decimal_power10(type->precision) - 1;
    double   scaled = value;
    for (int32_t i = 0; i < type->scale; i++)
        scaled *= 10;
    if (scaled >= (double)largest)
        return largest;
    return scaled <= -(double)largest ? -largest : (int128_t)scaled;
}

static void fill_decimals(const Fill *fill)
{
    const DatagenField *field = fill->field;
    bool                is_wide = decimal_is_wide(field->type);
    for (int64_t i = 0; i < fill->rows; i++) {
        Random random = random_at(field, fill->numbers[i]);
        double value = random_double(&random, field->min_double, field->max_double);
        decimal_store(fill->out->data, is_wide, i, to_unscaled(value, field->type));
    }
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

/* Without a zone: the clock of UTC, as the dialect does. */
static void fill_timestamps(const Fill *fill)
{
    const DatagenField *field = fill->field;
    bool                is_long = type_layout(field->type) == LAYOUT_TIMESTAMP;
    for (int64_t i = 0; i < fill->rows; i++) {
        Random    random = random_at(field, fill->numbers[i]);
        int64_t   past_ms = field->max_past_ms > 0 ? random_between(&random, 0, field->max_past_ms - 1) : 0;
        Timestamp value = timestamp_truncate((Timestamp){ .ms = fill->now->utc_ms - past_ms }, field->type->precision);
        if (is_long)
            COLUMN_DATA(fill->out, Timestamp)[i] = value;
        else
            COLUMN_DATA(fill->out, int64_t)[i] = value.ms;
    }
}

static void fill_dates(const Fill *fill)
{
    int64_t local_ms = zone_to_local(fill->now->zone, fill->now->utc_ms);
    int64_t value = fill->field->type->kind == TYPE_DATE ? floor_div(local_ms, DAY_MS) : floor_mod(local_ms, DAY_MS);
    for (int64_t i = 0; i < fill->rows; i++)
        COLUMN_DATA(fill->out, int32_t)[i] = (int32_t)value;
}

/* ---- text and bytes ---------------------------------------------------------------------------------------------- */

static void random_hex(Random *random, char *out, int64_t length)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = 0;
    for (int64_t i = 0; i < length; i++) {
        bits = i % 16 == 0 ? random_next(random) : bits >> 4;
        out[i] = digits[bits & 15];
    }
}

static void random_bytes(Random *random, char *out, int64_t length)
{
    uint64_t bits = 0;
    for (int64_t i = 0; i < length; i++) {
        bits = i % 8 == 0 ? random_next(random) : bits >> 8;
        out[i] = (char)(bits & 255);
    }
}

static void fill_texts(const Fill *fill)
{
    const DatagenField *field = fill->field;
    bool                is_text = type_is_string(field->type);
    for (int64_t i = 0; i < fill->rows; i++) {
        Random  random = random_at(field, fill->numbers[i]);
        int64_t length = field->length;
        if (field->is_var_len && length > 1)
            length = random_between(&random, 1, length - 1);
        char *text = buf_alloc(fill->buf, length);
        if (is_text)
            random_hex(&random, text, length);
        else
            random_bytes(&random, text, length);
        COLUMN_DATA(fill->out, View)[i] = view_of((Str){ text, length });
    }
}

/* ---- sequences --------------------------------------------------------------------------------------------------- */

static View sequence_view(const Fill *fill, int64_t value)
{
    char    text[24];
    int64_t length = 8;
    if (type_is_string(fill->field->type))
        length = i64_print(value, text);
    else
        for (int b = 0; b < 8; b++)
            text[b] = (char)((uint64_t)value >> (56 - 8 * b));
    return view_copy(fill->buf, (Str){ text, length });
}

static void store_sequence(const Fill *fill, int64_t row, int64_t value)
{
    const Type *type = fill->field->type;
    int128_t    unscaled;
    if (type_is_string(type) || type_is_bytes(type))
        COLUMN_DATA(fill->out, View)[row] = sequence_view(fill, value);
    else if (type->kind == TYPE_FLOAT)
        COLUMN_DATA(fill->out, float)[row] = (float)value;
    else if (type->kind == TYPE_DOUBLE)
        COLUMN_DATA(fill->out, double)[row] = (double)value;
    else if (type->kind != TYPE_DECIMAL)
        store_integer(fill->out, row, value);
    else if (decimal_rescale(value, 0, type->scale, &unscaled) && decimal_fits(unscaled, type->precision))
        decimal_store(fill->out->data, decimal_is_wide(type), row, unscaled);
    else
        column_set_null(fill->out, fill->buf, row);
}

static void fill_sequence(const Fill *fill)
{
    if (fill->field->type->kind == TYPE_DECIMAL)
        column_need_valid(fill->out, fill->buf, fill->rows);
    for (int64_t i = 0; i < fill->rows; i++)
        store_sequence(fill, i, (int64_t)((uint64_t)fill->field->min + fill->numbers[i]));
}

/* ---- nested ------------------------------------------------------------------------------------------------------ */

/* Keys of a map that came up before in it are left out. */
static void drop_equal_keys(const Fill *fill)
{
    Column  *map = fill->out;
    int32_t *kept = buf_new(fill->buf, int32_t, map->child_rows + 1);
    int64_t  count = 0;
    Column   keys = map->children[0], values = map->children[1];
    for (int64_t i = 0; i < fill->rows; i++) {
        ListView *list = &COLUMN_DATA(map, ListView)[i];
        int64_t   first = count;
        for (int32_t e = list->start; e < list->start + list->count; e++) {
            bool is_new = true;
            for (int64_t k = first; k < count && is_new; k++)
                is_new = !column_value_equals(&keys, e, &keys, kept[k]);
            if (is_new)
                kept[count++] = e;
        }
        *list = (ListView){ .start = (int32_t)first, .count = (int32_t)(count - first) };
    }
    if (count == map->child_rows)
        return;
    column_gather(&keys, kept, count, fill->buf, &map->children[0]);
    column_gather(&values, kept, count, fill->buf, &map->children[1]);
    map->child_rows = count;
}

static void fill_collections(const Fill *fill)
{
    const DatagenField *field = fill->field;
    Column             *out = fill->out;
    int64_t             entries = fill->rows * field->length;
    uint64_t           *numbers = buf_new(fill->buf, uint64_t, entries + 1);
    for (int64_t i = 0; i < fill->rows; i++) {
        for (int64_t e = 0; e < field->length; e++)
            numbers[i * field->length + e] = fill->numbers[i] * (uint64_t)field->length + (uint64_t)e;
        COLUMN_DATA(out, ListView)
        [i] = (ListView){ .start = (int32_t)(i * field->length), .count = (int32_t)field->length };
    }
    out->child_rows = entries;
    for (int32_t c = 0; c < (field->type->kind == TYPE_MAP ? 2 : 1); c++)
        datagen_field_fill(&field->children[c], numbers, entries, fill->now, fill->buf, &out->children[c]);
    if (field->type->kind == TYPE_MAP)
        drop_equal_keys(fill);
}

static void fill_rows(const Fill *fill)
{
    for (int32_t i = 0; i < fill->field->type->field_count; i++)
        datagen_field_fill(&fill->field->children[i], fill->numbers, fill->rows, fill->now, fill->buf,
                           &fill->out->children[i]);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void fill_random(const Fill *fill)
{
    switch (fill->field->type->kind) {
    case TYPE_BOOLEAN:
        fill_booleans(fill);
        break;
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        fill_doubles(fill);
        break;
    case TYPE_DECIMAL:
        fill_decimals(fill);
        break;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        fill_texts(fill);
        break;
    case TYPE_DATE:
    case TYPE_TIME:
        fill_dates(fill);
        break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        fill_timestamps(fill);
        break;
    case TYPE_ARRAY:
    case TYPE_MAP:
        fill_collections(fill);
        break;
    case TYPE_ROW:
        fill_rows(fill);
        break;
    default:
        fill_integers(fill);
        break;
    }
}

static void make_nulls(const Fill *fill)
{
    const DatagenField *field = fill->field;
    for (int64_t i = 0; i < fill->rows; i++) {
        Random random = { hash_u64(field->seed) + fill->numbers[i] * 0xd1342543de82ef95u };
        if (random_unit(&random) < field->null_rate)
            column_set_null(fill->out, fill->buf, i);
    }
}

void datagen_field_fill(const DatagenField *field, const uint64_t *numbers, int64_t rows, const DatagenNow *now,
                        Buf *buf, Column *out)
{
    Fill fill = { .field = field, .numbers = numbers, .rows = rows, .now = now, .buf = buf, .out = out };
    column_init(out, buf, field->type, rows);
    if (field->is_sequence)
        fill_sequence(&fill);
    else
        fill_random(&fill);
    if (field->null_rate > 0) {
        column_need_valid(out, buf, rows);
        make_nulls(&fill);
    }
}
