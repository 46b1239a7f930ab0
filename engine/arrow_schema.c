/* arrow_schema.c: types as ArrowSchema. One arena holds a whole schema; it goes when the last of its nodes is released, because the
 * interface allows children to be moved out and to outlive their parent. */
#include "engine/arrow.h"

#include "core/env.h"

#include <stdatomic.h>
#include <stdio.h>

typedef struct SchemaHolder {
    Arena     *arena;
    atomic_int nodes;
} SchemaHolder;

static const char *const fixed_formats[TYPE_KIND_COUNT] = {
    [TYPE_NULL] = "n",           [TYPE_BOOLEAN] = "b", [TYPE_TINYINT] = "c", [TYPE_SMALLINT] = "s",        [TYPE_INT] = "i",
    [TYPE_BIGINT] = "l",         [TYPE_FLOAT] = "f",   [TYPE_DOUBLE] = "g",  [TYPE_CHAR] = "u",            [TYPE_VARCHAR] = "u",
    [TYPE_BINARY] = "z",         [TYPE_VARBINARY] = "z", [TYPE_DATE] = "tdD", [TYPE_TIME] = "ttm",
    [TYPE_INTERVAL_MONTH] = "tiM", [TYPE_INTERVAL_TIME] = "tDm", [TYPE_ARRAY] = "+l", [TYPE_MAP] = "+m",   [TYPE_ROW] = "+s",
};

void arrow_format(const Type *type, char out[ARROW_FORMAT_MAX])
{
    if (type->kind == TYPE_DECIMAL) {
        snprintf(out, ARROW_FORMAT_MAX, "d:%d,%d", type->precision, type->scale);
    } else if (type_is_timestamp(type)) {
        char unit = type->precision <= 3 ? 'm' : type->precision <= 6 ? 'u' : 'n';
        snprintf(out, ARROW_FORMAT_MAX, "ts%c:%s", unit, type->kind == TYPE_TIMESTAMP_LTZ ? "UTC" : "");
    } else {
        snprintf(out, ARROW_FORMAT_MAX, "%s", fixed_formats[type->kind]);
    }
}

static void schema_release(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release)
            schema->children[i]->release(schema->children[i]);
    SchemaHolder *holder = schema->private_data;
    schema->release = NULL;
    if (atomic_fetch_sub(&holder->nodes, 1) == 1)
        arena_destroy(holder->arena);
}

static void fill(SchemaHolder *holder, struct ArrowSchema *out, Str name, const char *format, bool nullable, int64_t child_count)
{
    atomic_fetch_add(&holder->nodes, 1);
    *out = (struct ArrowSchema){ .format = arena_cstr(holder->arena, str_from(format)), .name = arena_cstr(holder->arena, name),
                                 .flags = nullable ? ARROW_FLAG_NULLABLE : 0, .n_children = child_count,
                                 .release = schema_release, .private_data = holder };
    if (child_count == 0)
        return;
    out->children = arena_new(holder->arena, struct ArrowSchema *, child_count);
    for (int64_t i = 0; i < child_count; i++)
        out->children[i] = arena_new(holder->arena, struct ArrowSchema, 1);
}

static void fill_type(SchemaHolder *holder, struct ArrowSchema *out, Str name, const Type *type)
{
    char format[ARROW_FORMAT_MAX];
    arrow_format(type, format);
    switch (type->kind) {
    case TYPE_ARRAY:
        fill(holder, out, name, format, type->nullable, 1);
        fill_type(holder, out->children[0], STR("item"), type->element);
        return;
    case TYPE_MAP: {
        fill(holder, out, name, format, type->nullable, 1);
        struct ArrowSchema *entries = out->children[0];
        fill(holder, entries, STR("entries"), "+s", false, 2);
        fill_type(holder, entries->children[0], STR("key"), type->key);
        fill_type(holder, entries->children[1], STR("value"), type->element);
        return;
    }
    case TYPE_ROW:
        fill(holder, out, name, format, type->nullable, type->field_count);
        for (int32_t i = 0; i < type->field_count; i++)
            fill_type(holder, out->children[i], type->fields[i].name, type->fields[i].type);
        return;
    default:
        fill(holder, out, name, format, type->nullable, 0);
    }
}

void arrow_export_schema(const Field *fields, int32_t field_count, bool has_op, struct ArrowSchema *out)
{
    Arena *arena = arena_create();
    SchemaHolder *holder = arena_new(arena, SchemaHolder, 1);
    holder->arena = arena;
    atomic_init(&holder->nodes, 0);
    fill(holder, out, STR_EMPTY, "+s", false, field_count + has_op);
    if (has_op)
        fill(holder, out->children[0], STR("$op"), "c", false, 0);
    for (int32_t i = 0; i < field_count; i++)
        fill_type(holder, out->children[i + has_op], fields[i].name, fields[i].type);
}
