/* arrow_import.c: rows of the caller's ArrowArray as columns. Everything is copied: the array is released at once. */
#include "engine/arrow.h"

#include "data/decimal.h"

typedef struct ImportContext {
    Buf *buf;
    Str  column; /* for messages */
} ImportContext;

static int64_t children_of(const Type *type)
{
    return type->kind == TYPE_ROW ? type->field_count : type->kind == TYPE_ARRAY || type->kind == TYPE_MAP;
}

/* Each buffer that the type has must be there to be read: validity, offsets or values, bytes. */
static int64_t buffers_of(const Type *type)
{
    return type_layout(type) == LAYOUT_VIEW ? 3 : type->kind == TYPE_ROW ? 1 : 2;
}

static Status check_node(const ImportContext *context, const struct ArrowArray *array, const struct ArrowSchema *schema, const Type *type,
                         Error *err)
{
    char format[ARROW_FORMAT_MAX];
    arrow_format(type, format);
    if (strcmp(format, schema->format) != 0)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s`: expected Arrow format \"%s\", found \"%s\"", STR_FMT(context->column),
                         format, schema->format);
    if (array->n_children != schema->n_children)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s`: the array has %lld children, its schema %lld",
                         STR_FMT(context->column), (long long)array->n_children, (long long)schema->n_children);
    if (schema->n_children != children_of(type))
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s`: expected %lld children, found %lld",
                         STR_FMT(context->column), (long long)children_of(type), (long long)schema->n_children);
    if (array->n_buffers != buffers_of(type))
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s`: expected %lld buffers, found %lld",
                         STR_FMT(context->column), (long long)buffers_of(type), (long long)array->n_buffers);
    if (array->dictionary)
        return error_set(err, STATUS_UNSUPPORTED, SPAN_NONE, "column `%.*s`: dictionary-encoded arrays are not taken", STR_FMT(context->column));
    return STATUS_OK;
}

static bool bit_at(const uint8_t *bits, int64_t index)
{
    return (bits[index >> 3] >> (index & 7)) & 1;
}

static void import_validity(const ImportContext *context, const struct ArrowArray *array, int64_t start, int64_t rows, Column *out)
{
    const uint8_t *bits = array->n_buffers > 0 ? array->buffers[0] : NULL;
    if (!bits || array->null_count == 0)
        return;
    column_need_valid(out, context->buf, rows);
    for (int64_t i = 0; i < rows; i++)
        out->valid[i] = bit_at(bits, start + i);
}

static void import_texts(const ImportContext *context, const struct ArrowArray *array, int64_t start, int64_t rows, Column *out)
{
    const int32_t *offsets = (const int32_t *)array->buffers[1] + start;
    const char *bytes = array->buffers[2];
    View *views = out->data;
    for (int64_t i = 0; i < rows; i++) {
        bool is_null = out->valid && !out->valid[i]; /* a NULL view is empty, whatever lies under it */
        Str  text = { bytes ? bytes + offsets[i] : "", offsets[i + 1] - offsets[i] };
        views[i] = view_copy(context->buf, is_null ? STR_EMPTY : text);
    }
}

static void import_timestamps(const struct ArrowArray *array, int64_t start, int64_t rows, Column *out)
{
    const int64_t *from = (const int64_t *)array->buffers[1] + start;
    int64_t per_ms = out->type->precision <= 6 ? 1000 : 1000000;
    Timestamp *to = out->data;
    for (int64_t i = 0; i < rows; i++) {
        int64_t rest = from[i] % per_ms;
        int64_t ms = from[i] / per_ms - (rest < 0);
        to[i] = (Timestamp){ .ms = ms, .ns = (int32_t)((rest < 0 ? rest + per_ms : rest) * (1000000 / per_ms)) };
    }
}

/* Arrow does not promise that values keep to the precision; everything behind this does. */
static Status import_decimals(const ImportContext *context, const struct ArrowArray *array, int64_t start, int64_t rows,
                              Column *out, Error *err)
{
    const int128_t *from = (const int128_t *)array->buffers[1] + start;
    bool is_wide = type_layout(out->type) == LAYOUT_I128;
    for (int64_t i = 0; i < rows; i++) {
        bool is_null = out->valid && !out->valid[i];
        int128_t value = is_null ? 0 : from[i];
        if (!decimal_fits(value, out->type->precision))
            return error_set(err, STATUS_DATA, SPAN_NONE, "column `%.*s`: a value has more than %d digits",
                             STR_FMT(context->column), out->type->precision);
        if (is_wide)
            COLUMN_DATA(out, int128_t)[i] = value;
        else
            COLUMN_DATA(out, int64_t)[i] = (int64_t)value;
    }
    return STATUS_OK;
}

static void import_fixed(const struct ArrowArray *array, int64_t start, int64_t rows, Column *out)
{
    Layout layout = type_layout(out->type);
    if (out->type->kind == TYPE_BOOLEAN) {
        for (int64_t i = 0; i < rows; i++)
            COLUMN_DATA(out, uint8_t)[i] = bit_at(array->buffers[1], start + i);
    } else if (layout == LAYOUT_TIMESTAMP) {
        import_timestamps(array, start, rows, out);
    } else if (rows > 0) {
        int32_t size = layout_size(layout);
        memcpy(out->data, (const char *)array->buffers[1] + start * size, (size_t)(rows * size));
    }
}

static Status import_column(const ImportContext *context, const struct ArrowArray *array, const struct ArrowSchema *schema, const Type *type,
                            int64_t start, int64_t rows, Column *out, Error *err);

static Status import_lists(const ImportContext *context, const struct ArrowArray *array, const struct ArrowSchema *schema, int64_t start,
                           int64_t rows, Column *out, Error *err)
{
    const int32_t *offsets = (const int32_t *)array->buffers[1] + start;
    ListView *lists = out->data;
    for (int64_t i = 0; i < rows; i++)
        lists[i] = (ListView){ .start = offsets[i] - offsets[0], .count = offsets[i + 1] - offsets[i] };
    out->child_rows = rows > 0 ? offsets[rows] - offsets[0] : 0;
    int64_t from = rows > 0 ? offsets[0] : 0;
    const Type *type = out->type;
    if (type->kind == TYPE_ARRAY)
        return import_column(context, array->children[0], schema->children[0], type->element, from, out->child_rows, &out->children[0], err);
    const struct ArrowArray *entries = array->children[0];
    const struct ArrowSchema *entry_schema = schema->children[0];
    if (entries->n_children != 2 || entry_schema->n_children != 2)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s`: a map needs entries of key and value", STR_FMT(context->column));
    from += entries->offset;
    TRY(import_column(context, entries->children[0], entry_schema->children[0], type->key, from, out->child_rows, &out->children[0], err));
    return import_column(context, entries->children[1], entry_schema->children[1], type->element, from, out->child_rows, &out->children[1], err);
}

static Status import_column(const ImportContext *context, const struct ArrowArray *array, const struct ArrowSchema *schema, const Type *type,
                            int64_t start, int64_t rows, Column *out, Error *err)
{
    TRY(check_node(context, array, schema, type, err));
    start += array->offset;
    if (start + rows > array->offset + array->length)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "column `%.*s` has fewer rows than the batch", STR_FMT(context->column));
    column_init(out, context->buf, type, rows);
    import_validity(context, array, start, rows, out);
    switch (type->kind) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        import_texts(context, array, start, rows, out);
        return STATUS_OK;
    case TYPE_DECIMAL:
        return import_decimals(context, array, start, rows, out, err);
    case TYPE_ARRAY:
    case TYPE_MAP:
        return import_lists(context, array, schema, start, rows, out, err);
    case TYPE_ROW:
        for (int32_t i = 0; i < type->field_count; i++)
            TRY(import_column(context, array->children[i], schema->children[i], type->fields[i].type, start, rows, &out->children[i], err));
        return STATUS_OK;
    default:
        import_fixed(array, start, rows, out);
        return STATUS_OK;
    }
}

Status arrow_import_batch(const struct ArrowArray *array, const struct ArrowSchema *schema, const Field *fields, int32_t field_count,
                          Batch *batch, Error *err)
{
    if (strcmp(schema->format, "+s") != 0 || schema->n_children != field_count || array->n_children != field_count)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "expected an Arrow struct array with the table's %d columns", field_count);
    for (int32_t i = 0; i < field_count; i++) {
        ImportContext context = { .buf = batch->buf, .column = fields[i].name };
        TRY(import_column(&context, array->children[i], schema->children[i], fields[i].type, array->offset, array->length,
                          &batch->columns[i], err));
    }
    batch->rows = array->length;
    return STATUS_OK;
}
