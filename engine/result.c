/* result.c: what a statement gives back: rows that are there already, or rows of a running job. */
#include "engine/engine.h"
#include "engine/runner.h"

#include "data/cast.h"
#include "engine/arrow.h"
#include "engine/json_value.h"

/* ---- results of SHOW, DESCRIBE and friends ---------------------------------------------------------------------------- */

TableBuilder table_builder(Arena *arena, const char *const *names, int32_t count)
{
    Field *fields = arena_new(arena, Field, count);
    for (int32_t i = 0; i < count; i++)
        fields[i] = (Field){ .name = str_from(names[i]), .type = &type_string };
    return (TableBuilder){ .arena = arena, .fields = fields, .field_count = count };
}

void table_builder_type(TableBuilder *builder, int32_t column, const Type *type)
{
    builder->fields[column].type = type;
}

void table_builder_add(TableBuilder *builder, Str cell)
{
    list_push(builder->arena, &builder->cells, cell);
}

void result_set_fields(tide_result *result, const Field *fields, int32_t field_count)
{
    Field *kept = arena_new(result->arena, Field, field_count + 1); /* names are handed out: NUL-terminated */
    for (int32_t i = 0; i < field_count; i++) {
        kept[i] = fields[i];
        kept[i].name = arena_str(result->arena, fields[i].name);
    }
    result->fields = kept;
    result->field_count = field_count;
    result->field_types = arena_new(result->arena, const char *, field_count + 1);
    for (int32_t i = 0; i < field_count; i++)
        result->field_types[i] = arena_cstr(result->arena, type_text(result->arena, fields[i].type));
}

static void set_cell(Column *column, Buf *buf, int64_t row, Str cell)
{
    column->valid[row] = cell.ptr != NULL;
    switch (column->type->kind) {
    case TYPE_BOOLEAN: COLUMN_DATA(column, uint8_t)[row] = str_is(cell, "TRUE"); break;
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP_LTZ:
        COLUMN_DATA(column, int64_t)[row] = 0;
        str_to_i64(cell.ptr ? cell : STR_EMPTY, &COLUMN_DATA(column, int64_t)[row]);
        break;
    default: COLUMN_DATA(column, View)[row] = view_copy(buf, cell.ptr ? cell : STR_EMPTY);
    }
}

void result_set_rows(tide_result *result, const Field *fields, int32_t field_count, Batch *rows)
{
    result->kind = TIDE_RESULT_TABLE;
    result_set_fields(result, fields, field_count);
    result->rows = rows;
}

void result_set_table(tide_result *result, const TableBuilder *builder)
{
    result->kind = TIDE_RESULT_TABLE;
    result_set_fields(result, builder->fields, builder->field_count);
    int64_t rows = builder->cells.count / builder->field_count;
    Batch *batch = batch_create(builder->field_count);
    batch->rows = rows;
    for (int32_t c = 0; c < builder->field_count; c++) {
        Column *column = &batch->columns[c];
        column_init(column, batch->buf, builder->fields[c].type, rows);
        column_need_valid(column, batch->buf, rows);
        for (int64_t row = 0; row < rows; row++)
            set_cell(column, batch->buf, row, builder->cells.items[row * builder->field_count + c]);
    }
    result->rows = batch;
}

/* ---- batches ------------------------------------------------------------------------------------------------------------- */

static tide_batch *batch_public(const tide_result *result, Batch *batch)
{
    tide_batch *out = env_alloc(sizeof(*out));
    out->batch = batch;
    out->zone = result->zone;
    out->is_changelog = result->is_changelog;
    out->memory = result->memory;
    session_memory_hold(out->memory);
    return out;
}

int64_t tide_batch_rows(const tide_batch *batch)
{
    return batch->batch->rows;
}

tide_op tide_batch_op(const tide_batch *batch, int64_t row)
{
    return batch->batch->kinds ? (tide_op)batch->batch->kinds[row] : TIDE_INSERT;
}

bool tide_batch_is_null(const tide_batch *batch, int64_t row, int32_t column)
{
    return column_is_null(&batch->batch->columns[column], row);
}

const char *tide_batch_text(tide_batch *batch, int64_t row, int32_t column, tide_text_style style, size_t *size)
{
    const Column *values = &batch->batch->columns[column];
    if (column_is_null(values, row))
        return NULL;
    text_clear(&batch->text);
    if (style == TIDE_TEXT_JSON)
        json_value_print(values, row, batch->zone, &batch->text);
    else
        value_print(values, row, style == TIDE_TEXT_CELL ? STYLE_CELL : STYLE_CAST, batch->zone, &batch->text);
    if (size)
        *size = (size_t)batch->text.len;
    return text_cstr(&batch->text);
}

void tide_batch_release(tide_batch *batch)
{
    if (!batch)
        return;
    batch_release(batch->batch);
    session_memory_release(batch->memory);
    text_free(&batch->text);
    env_free(batch);
}

/* ---- results --------------------------------------------------------------------------------------------------------------- */

tide_result_kind tide_result_kind_of(const tide_result *result)
{
    return result->kind;
}

bool tide_result_is_changelog(const tide_result *result)
{
    return result->is_changelog;
}

bool tide_result_is_batch(const tide_result *result)
{
    return result->is_batch;
}

const char *tide_result_text(const tide_result *result)
{
    return result->text.ptr ? result->text.ptr : "";
}

int32_t tide_result_column_count(const tide_result *result)
{
    return result->field_count;
}

const char *tide_result_column_name(const tide_result *result, int32_t column)
{
    return result->fields[column].name.ptr;
}

const char *tide_result_column_type(const tide_result *result, int32_t column)
{
    return result->field_types[column];
}

/* The widest text of a type; 0 = no bound but width_max (reference 5.14). */
static int32_t type_width(const Type *type)
{
    switch (type->kind) {
    case TYPE_TINYINT: return 4;
    case TYPE_SMALLINT: return 6;
    case TYPE_INT: return 11;
    case TYPE_BIGINT: return 20;
    case TYPE_BOOLEAN: return 5;
    case TYPE_DATE: return 10;
    case TYPE_DECIMAL: return type->precision + 2;
    case TYPE_TIME: return type->precision == 0 ? 8 : type->precision + 9;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return type->precision == 0 ? 19 : type->precision <= 3 ? 23 : type->precision <= 6 ? 26 : 29;
    default: return 0;
    }
}

static int32_t text_columns(Str text)
{
    int32_t width = 0;
    for (int64_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return width;
}

int32_t tide_result_column_width(const tide_result *result, int32_t column, int32_t width_max)
{
    enum { NULL_WIDTH = 6 }; /* <NULL> */
    const Field *field = &result->fields[column];
    int32_t width = type_width(field->type);
    int32_t name = text_columns(field->name);
    if (width == 0)
        width = width_max;
    if (width < name)
        width = name;
    return width < NULL_WIDTH ? NULL_WIDTH : width;
}

tide_job *tide_result_job(const tide_result *result)
{
    return result->job;
}

static tide_status next_of_table(tide_result *result, tide_batch **out)
{
    if (!result->rows)
        return TIDE_DONE;
    *out = batch_public(result, result->rows);
    result->rows = NULL;
    return TIDE_ROWS;
}

static tide_status next_of_query(tide_result *result, int64_t timeout_ms, tide_batch **out, tide_error **err)
{
    Error error = ERROR_NONE;
    Batch *batch = NULL;
    Status status = runner_next(result->job->runner, timeout_ms, &batch, &error);
    if (status == STATUS_OK && batch) {
        *out = batch_public(result, batch);
        return TIDE_ROWS;
    }
    if (status == STATUS_TIMEOUT)
        return TIDE_TIMEOUT;
    result->is_ended = true;
    if (status != STATUS_OK)
        return error_public(&error, result->job->file, result->job->source, err);
    runner_wait(result->job->runner, -1);
    tide_status ended = job_status_public(result->job, err);
    return ended == TIDE_OK ? TIDE_DONE : ended;
}

tide_status tide_result_next(tide_result *result, int64_t timeout_ms, tide_batch **out, tide_error **err)
{
    *out = NULL;
    if (result->kind == TIDE_RESULT_TABLE)
        return next_of_table(result, out);
    if (result->kind != TIDE_RESULT_QUERY || result->is_ended)
        return TIDE_DONE;
    return next_of_query(result, timeout_ms, out, err);
}

void tide_result_close(tide_result *result)
{
    if (!result)
        return;
    SessionMemory *memory = result->memory;
    tide_job *job = result->job;
    if (result->rows)
        batch_release(result->rows);
    if (job && result->kind == TIDE_RESULT_QUERY) {
        tide_job_cancel(job);
        engine_forget_job(job);
    }
    if (job)
        tide_job_release(job); /* the arena is the job's */
    else
        arena_destroy(result->arena);
    session_memory_release(memory);
}

/* ---- Arrow --------------------------------------------------------------------------------------------------------------- */

tide_status tide_result_schema(const tide_result *result, struct ArrowSchema *out, tide_error **err)
{
    (void)err;
    arrow_export_schema(result->fields, result->field_count, result->is_changelog, out);
    return TIDE_OK;
}

tide_status tide_batch_export(tide_batch *batch, struct ArrowArray *out, tide_error **err)
{
    Error error = ERROR_NONE;
    Batch *shared = batch_share(batch->batch);
    if (arrow_export_batch(shared, batch->is_changelog, out, &error) == STATUS_OK)
        return TIDE_OK;
    batch_release(shared);
    return error_public(&error, STR_EMPTY, STR_EMPTY, err);
}
