/* cast.c: CAST and TRY_CAST of a column: picks the rule of two types, prepares the result, reports what cannot be cast.
 *
 * A cast that changes nothing in memory only changes the type. A constant stays one: its single row is cast. */
#include "data/cast.h"

#include "data/cast_rule.h"

#include <assert.h>

enum { SHOWN_VALUE_MAX = 100 };

/* ---- failures -------------------------------------------------------------------------------------------------- */

void cast_to_null(CastRun *run, int64_t row)
{
    column_set_null(run->out, run->context->buf, row);
}

static Status report(CastRun *run, int64_t row, const char *why)
{
    Text value = TEXT_EMPTY, from = TEXT_EMPTY, to = TEXT_EMPTY;
    value_print(run->in, row, STYLE_CAST, run->context->zone, &value);
    type_print(run->in->type, false, &from);
    type_print(run->out->type, false, &to);
    int64_t     shown = value.len < SHOWN_VALUE_MAX ? value.len : SHOWN_VALUE_MAX;
    const char *quote = type_is_string(run->in->type) ? "'" : "";
    const char *dots = shown < value.len ? "..." : "";
    Status status = error_set(run->err, STATUS_DATA, SPAN_NONE, "cannot cast %s%.*s%s%s from %s to %s: %s", quote,
                              (int)shown, text_str(&value).ptr, dots, quote, text_cstr(&from), text_cstr(&to), why);
    text_free(&value);
    text_free(&from);
    text_free(&to);
    if (type_is_string(run->in->type))
        error_hint(run->err, "TRY_CAST gives NULL for values that cannot be cast");
    return status;
}

Status cast_fail(CastRun *run, int64_t row, const char *why)
{
    if (!run->context->is_try)
        return report(run, row, why);
    if (run->failed)
        run->failed[row] = 1;
    cast_to_null(run, row);
    return STATUS_OK;
}

/* ---- choice ---------------------------------------------------------------------------------------------------- */

/* Text that only loses a limit, and the same type but for names and nullability. */
static bool is_same_in_memory(const Type *from, const Type *to)
{
    if (type_is_string(from) && to->kind == TYPE_VARCHAR)
        return to->length >= from->length;
    if (type_is_bytes(from) && to->kind == TYPE_VARBINARY)
        return to->length >= from->length;
    return type_equals(from, to, false);
}

static CastRule choose(const Type *from, const Type *to)
{
    if (type_is_string(to) || type_is_bytes(to))
        return cast_rule_to_text(from, to);
    if (type_is_string(from))
        return cast_rule_from_text(from, to);
    if (from->kind >= TYPE_ARRAY)
        return cast_rule_nested(from, to);
    if (from->kind == TYPE_DECIMAL || to->kind == TYPE_DECIMAL)
        return cast_rule_decimal(from, to);
    CastRule rule = cast_rule_number(from, to);
    return rule ? rule : cast_rule_temporal(from, to);
}

static const Type *as_nullable(const Type *type, Buf *buf)
{
    if (type->nullable)
        return type;
    Type *copy = buf_new(buf, Type, 1);
    *copy = *type;
    copy->nullable = true;
    return copy;
}

static bool has_null(const uint8_t *valid, int64_t rows)
{
    return valid && rows > 0 && memchr(valid, 0, (size_t)rows) != NULL;
}

static Status run_rule(CastRule rule, const CastContext *context, const Column *in, int64_t rows, const Type *to,
                       Column *out, uint8_t *failed, Error *err)
{
    Column flat = *in;
    Column result;
    flat.constant = false;
    column_init(&result, context->buf, to, rows);
    if (in->valid && rows > 0) {
        column_need_valid(&result, context->buf, rows);
        memcpy(result.valid, in->valid, (size_t)rows);
    }
    CastRun run = { context, &flat, rows, &result, failed, err };
    TRY(rule(&run));
    if (!has_null(result.valid, rows))
        result.valid = NULL;
    else
        result.type = as_nullable(to, context->buf);
    *out = result;
    return STATUS_OK;
}

Status cast_inner(const CastContext *context, const Column *in, int64_t rows, const Type *to, Column *out,
                  uint8_t *failed, Error *err)
{
    if (in->type->kind == TYPE_NULL) {
        column_init_null(out, context->buf, as_nullable(to, context->buf));
        return STATUS_OK;
    }
    if (is_same_in_memory(in->type, to)) {
        Column same = *in;
        same.type = in->valid ? as_nullable(to, context->buf) : to;
        *out = same;
        return STATUS_OK;
    }
    CastRule rule = choose(in->type, to);
    if (!rule || !type_casts_explicitly(in->type, to)) {
        Text text = TEXT_EMPTY;
        type_print(in->type, false, &text);
        text_puts(&text, " to ");
        type_print(to, false, &text);
        Status status = error_set(err, STATUS_TYPE, SPAN_NONE, "there is no cast from %s", text_cstr(&text));
        text_free(&text);
        return status;
    }
    bool constant = in->constant;
    TRY(run_rule(rule, context, in, constant ? 1 : rows, to, out, failed, err));
    out->constant = constant;
    if (constant && failed && rows > 0)
        memset(failed, failed[0], (size_t)rows);
    return STATUS_OK;
}

Status column_cast(const CastContext *context, const Column *in, int64_t rows, const Type *to, Column *out, Error *err)
{
    return cast_inner(context, in, rows, to, out, NULL, err);
}

Status value_parse(const CastContext *context, Str text, const Type *to, Column *out, Error *err)
{
    Column column;
    column_init(&column, context->buf, &type_string_not_null, 1);
    COLUMN_DATA(&column, View)[0] = view_copy(context->buf, text);
    column.constant = true;
    return column_cast(context, &column, 1, to, out, err);
}
