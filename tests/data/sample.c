/* sample.c: xorshift and recursion. Values come from small sets as often as from wide ones, so that some are equal. */
#include "tests/data/sample.h"

uint64_t sample_next(Sample *sample)
{
    sample->state ^= sample->state << 13;
    sample->state ^= sample->state >> 7;
    sample->state ^= sample->state << 17;
    return sample->state;
}

int64_t sample_below(Sample *sample, int64_t limit)
{
    return (int64_t)(sample_next(sample) % (uint64_t)limit);
}

static const Type *sample_row_type(Sample *sample, Arena *arena, int depth)
{
    static const char *const names[] = { "a", "b", "c" };
    int32_t                  count = (int32_t)sample_below(sample, 3) + 1;
    Field                   *fields = arena_new(arena, Field, count);
    for (int32_t i = 0; i < count; i++)
        fields[i] = (Field){ .name = str_from(names[i]), .type = sample_type(sample, arena, depth - 1) };
    return type_row(arena, fields, count, true);
}

const Type *sample_type(Sample *sample, Arena *arena, int depth)
{
    static const Type *const plain[] = {
        &type_boolean, &type_tinyint, &type_smallint, &type_int, &type_bigint, &type_float, &type_double, &type_string,
        &type_bytes, &type_date, &type_time, &type_timestamp3, &type_timestamp6, &type_timestamp_ltz3,
        &type_interval_month, &type_interval_time,
    };
    int64_t plain_count = (int64_t)(sizeof(plain) / sizeof(plain[0]));
    int64_t choice = sample_below(sample, plain_count + 2 + (depth > 0 ? 6 : 0));
    if (choice < plain_count)
        return plain[choice];
    switch (choice - plain_count) {
    case 0:
        return type_decimal(arena, 10, 2, true);
    case 1:
        return type_decimal(arena, 38, 10, true);
    case 2:
    case 3:
        return type_array(arena, sample_type(sample, arena, depth - 1), true);
    case 4: {
        const Type *key = sample_type(sample, arena, 0);
        return type_map(arena, key, sample_type(sample, arena, depth - 1), true);
    }
    default:
        return sample_row_type(sample, arena, depth);
    }
}

static void sample_views(Sample *sample, Buf *buf, View *out, int64_t rows)
{
    char text[40];
    for (int64_t i = 0; i < rows; i++) {
        int64_t size = sample_below(sample, 4) == 0 ? sample_below(sample, 40) : sample_below(sample, 3);
        for (int64_t at = 0; at < size; at++)
            text[at] = (char)('a' + sample_below(sample, size < 3 ? 2 : 26));
        out[i] = view_copy(buf, (Str){ text, size });
    }
}

static void sample_lists(Sample *sample, Buf *buf, Column *column, int64_t rows, int null_every)
{
    ListView *lists = column->data;
    int32_t   total = 0;
    for (int64_t i = 0; i < rows; i++) {
        lists[i] = (ListView){ total, (int32_t)sample_below(sample, 4) };
        total += lists[i].count;
    }
    column->child_rows = total;
    if (column->type->kind == TYPE_MAP)
        sample_column(sample, buf, column->type->key, total, 0, &column->children[0]);
    sample_column(sample, buf, column->type->element, total, null_every,
                  &column->children[column->type->kind == TYPE_MAP]);
}

#define SAMPLE(CType, value)                            \
    for (int64_t i = 0; i < rows; i++)                  \
        COLUMN_DATA(out, CType)[i] = (CType)(value);    \
    break

void sample_column(Sample *sample, Buf *buf, const Type *type, int64_t rows, int null_every, Column *out)
{
    column_init(out, buf, type, rows);
    bool is_small = sample_below(sample, 2) == 0;
    switch (type_layout(type)) {
    case LAYOUT_BOOL:
        SAMPLE(uint8_t, sample_below(sample, 2));
    case LAYOUT_I8:
        SAMPLE(int8_t, sample_below(sample, 256) - 128);
    case LAYOUT_I16:
        SAMPLE(int16_t, sample_below(sample, 60000) - 30000);
    case LAYOUT_I32:
        SAMPLE(int32_t, is_small ? sample_below(sample, 5) : sample_below(sample, 80000000));
    case LAYOUT_I64:
        SAMPLE(int64_t, is_small ? sample_below(sample, 5) : sample_below(sample, INT64_MAX));
    case LAYOUT_F32:
        SAMPLE(float, is_small ? sample_below(sample, 3) - 1 : (double)sample_below(sample, 1000000) / 7);
    case LAYOUT_F64:
        SAMPLE(double, is_small ? (double)sample_below(sample, 2) * -0.0 : (double)sample_below(sample, 1000000) / 7);
    case LAYOUT_I128:
        SAMPLE(int128_t, is_small ? sample_below(sample, 5) : (int128_t)sample_below(sample, INT64_MAX) * -1000003);
    case LAYOUT_TIMESTAMP:
        for (int64_t i = 0; i < rows; i++)
            COLUMN_DATA(out, Timestamp)[i] = (Timestamp){ sample_below(sample, 5), (int32_t)(i % 3) * 1000, 0 };
        break;
    case LAYOUT_VIEW:
        sample_views(sample, buf, out->data, rows);
        break;
    case LAYOUT_LIST:
        sample_lists(sample, buf, out, rows, null_every);
        break;
    case LAYOUT_ROW:
    default:
        for (int32_t i = 0; i < type->field_count; i++)
            sample_column(sample, buf, type->fields[i].type, rows, null_every, &out->children[i]);
    }
    for (int64_t i = 0; null_every > 0 && i < rows; i++)
        if (sample_below(sample, null_every) == 0)
            column_set_null(out, buf, i);
}
