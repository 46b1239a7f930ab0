/* registry.c: finds the row for a call and builds the typed call.
 *
 *   rows of the name -> those whose signature fits -> the cheapest (exact first, then fewest and narrowest casts)
 *   -> casts -> coerce -> infer the type and its nullability -> call
 *
 * Rows are constants; nothing is built at start-up and nothing is kept. */
#include "functions/function.h"
#include "functions/signature.h"

#include "functions/aggregate.h"

#include <stdlib.h>

#define FAMILY(text)
#define FUNCTIONS(name) extern const Function fn_##name[];
#include "functions/functions.def"
#undef FUNCTIONS
#undef FAMILY

/* Either the start of a family or the rows of one file. */
typedef struct Group {
    const char     *family;
    const Function *rows;
} Group;

static const Group groups[] = {
#define FAMILY(text)    { text, NULL },
#define FUNCTIONS(name) { NULL, fn_##name },
#include "functions/functions.def"
#undef FUNCTIONS
#undef FAMILY
};
#define GROUP_COUNT ((int64_t)(sizeof(groups) / sizeof(*groups)))

/* ---- walking the rows ------------------------------------------------------------------------------------------ */

typedef struct RowCursor {
    int64_t         group;
    const Function *row;
    const char     *family;
    const Function *own; /* walk these rows, and none of the list's */
} RowCursor;

static const Function *row_next(RowCursor *cursor)
{
    if (cursor->own && !cursor->row)
        return cursor->row = cursor->own;
    if (cursor->row && (++cursor->row)->sig)
        return cursor->row;
    if (cursor->own)
        return NULL;
    for (cursor->row = NULL; cursor->group < GROUP_COUNT; cursor->group++) {
        const Group *group = &groups[cursor->group];
        if (group->family)
            cursor->family = group->family;
        if (group->rows && group->rows->sig) {
            cursor->row = group->rows;
            cursor->group++;
            return cursor->row;
        }
    }
    return NULL;
}

static const Function *row_next_shown(RowCursor *cursor)
{
    const Function *row = row_next(cursor);
    while (row && (row->flags & FN_HIDDEN))
        row = row_next(cursor);
    return row;
}

static const Function *row_next_named(RowCursor *cursor, Str name)
{
    const Function *row = row_next(cursor);
    while (row && !str_eq_nocase(signature_name(row->sig), name))
        row = row_next(cursor);
    return row;
}

bool function_exists(Str name)
{
    return row_next_named(&(RowCursor){ 0 }, name) != NULL;
}

Str function_name(const Function *function)
{
    return signature_name(function->sig);
}

const Function *function_at(int64_t index)
{
    RowCursor       cursor = { 0 };
    const Function *row    = row_next_shown(&cursor);
    while (row && index-- > 0)
        row = row_next_shown(&cursor);
    return row;
}

int64_t function_count(void)
{
    RowCursor cursor = { 0 };
    int64_t   count  = 0;
    while (row_next_shown(&cursor))
        count++;
    return count;
}

const char *function_family(const Function *function)
{
    RowCursor       cursor = { 0 };
    const Function *row    = row_next(&cursor);
    while (row && row != function)
        row = row_next(&cursor);
    return row ? cursor.family : "";
}

static int compare_names(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

int64_t function_names(Arena *arena, Str **names)
{
    Str      *all    = arena_new(arena, Str, function_count() + aggregate_count() + 1);
    int64_t   count  = 0;
    RowCursor cursor = { 0 };
    for (const Function *row = row_next_shown(&cursor); row; row = row_next_shown(&cursor))
        all[count++] = function_name(row);
    for (int64_t i = 0; i < aggregate_count(); i++)
        all[count++] = aggregate_name(aggregate_at(i));
    qsort(all, (size_t)count, sizeof(*all), compare_names);
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++)
        if (i == 0 || !str_eq(all[i], all[kept - 1]))
            all[kept++] = all[i];
    *names = all;
    return kept;
}

/* ---- resolving ------------------------------------------------------------------------------------------------- */

typedef struct Choice {
    const Function *row;
    Signature       signature;
    SignatureMatch  match;
} Choice;

static const Type **types_of(Arena *arena, Expr *const *args, int32_t arg_count)
{
    const Type **types = arena_new(arena, const Type *, arg_count + 1);
    for (int32_t i = 0; i < arg_count; i++)
        types[i] = args[i]->type;
    return types;
}

static Choice choose(Arena *arena, const Function *own, Str name, const Type *const *types, int32_t arg_count)
{
    Choice    best   = { 0 };
    bool      has_untyped_null = false;
    RowCursor cursor = { .own = own };
    for (const Function *row = row_next_named(&cursor, name); row; row = row_next_named(&cursor, name)) {
        Choice choice = { .row = row };
        signature_parse(row->sig, &choice.signature);
        choice.match = signature_match(arena, &choice.signature, types, arg_count, row->flags & FN_TAKES_NULL);
        has_untyped_null |= choice.match.has_untyped_null;
        if (choice.match.fits && (!best.row || choice.match.cost < best.match.cost))
            best = choice;
    }
    best.match.has_untyped_null = has_untyped_null;
    return best;
}

static Status no_such_name(Arena *arena, Str name, Span span, Error *err)
{
    Str    *names;
    int64_t count   = function_names(arena, &names);
    Str     nearest = error_nearest(name, names, count);
    error_set(err, STATUS_NO_FUNCTION, span, "there is no function %.*s", STR_FMT(name));
    if (nearest.ptr)
        error_hint(err, "did you mean %.*s?", STR_FMT(nearest));
    return STATUS_NO_FUNCTION;
}

static Status untyped_null(Expr *const *args, int32_t arg_count, Error *err)
{
    int32_t index = 0;
    while (index + 1 < arg_count && args[index]->type->kind != TYPE_NULL)
        index++;
    error_set(err, STATUS_TYPE, args[index]->span, "NULL has no type here");
    return error_hint(err, "write CAST(NULL AS type)");
}

static Status no_such_signature(const Function *own, Str name, const Type *const *types, int32_t arg_count, Span span, Error *err)
{
    Text text = TEXT_EMPTY;
    for (int32_t i = 0; i < arg_count; i++) {
        text_puts(&text, i ? ", " : "");
        type_print(types[i], false, &text);
    }
    error_set(err, STATUS_TYPE, span, "%.*s does not take (%s)", STR_FMT(name), text_cstr(&text));
    text_clear(&text);
    RowCursor cursor = { .own = own };
    int32_t   listed = 0;
    for (const Function *row = row_next_named(&cursor, name); row; row = row_next_named(&cursor, name))
        signature_list(&text, listed++, row->sig);
    error_hint(err, "%s", text_cstr(&text));
    text_free(&text);
    return STATUS_TYPE;
}

static bool is_any_nullable(Expr *const *args, int32_t arg_count)
{
    for (int32_t i = 0; i < arg_count; i++)
        if (args[i]->type->nullable)
            return true;
    return false;
}

static bool result_is_nullable(const Choice *choice, const Type *type, Expr *const *args, int32_t arg_count)
{
    if (choice->signature.null_mark == '?')
        return true;
    if (choice->signature.null_mark == '!')
        return false;
    if (choice->row->infer)
        return type->nullable;
    return (choice->row->flags & FN_SEES_NULL) || is_any_nullable(args, arg_count);
}

static Status result_type(Arena *arena, const Choice *choice, Expr *const *args, int32_t arg_count, Span span,
                          const Type **out, Error *err)
{
    const Type *type;
    if (choice->row->infer)
        TRY(choice->row->infer(arena, args, arg_count, span, &type, err));
    else
        type = signature_result(arena, &choice->signature, &choice->match, types_of(arena, args, arg_count));
    *out = type_with_null(arena, type_with_time(arena, type, TIME_NONE),
                          result_is_nullable(choice, type, args, arg_count));
    return STATUS_OK;
}

/* "not like" -> "like", "is not json value" -> "is json value"; false when the word is not in it. */
static bool without_not(Arena *arena, Str name, Str *out)
{
    for (int64_t i = 0; i + 4 <= name.len; i++) {
        bool starts_word = i == 0 || name.ptr[i - 1] == ' ';
        if (!starts_word || !str_is_nocase(str_slice(name, i, i + 4), "not "))
            continue;
        *out = arena_format(arena, "%.*s%.*s", (int)i, name.ptr, STR_FMT(str_slice(name, i + 4, name.len)));
        return true;
    }
    return false;
}

static Status resolve_negated(Arena *arena, Str positive, Expr **args, int32_t arg_count, Span span, Expr **out,
                              Error *err)
{
    Expr *inner;
    TRY(function_resolve(arena, positive, args, arg_count, span, &inner, err));
    return function_resolve(arena, STR("not"), &inner, 1, span, out, err);
}

/* The call of the row that was chosen. */
static Status make_call(Arena *arena, const Choice *best, Expr **args, int32_t arg_count, Span span, Expr **out, Error *err)
{
    Expr **cast = arena_new(arena, Expr *, arg_count + 1);
    for (int32_t i = 0; i < arg_count; i++)
        cast[i] = best->match.casts[i] ? expr_cast(arena, args[i], best->match.casts[i], false, args[i]->span) : args[i];
    if (best->row->coerce)
        TRY(best->row->coerce(arena, cast, arg_count, span, err));
    const Type *type;
    TRY(result_type(arena, best, cast, arg_count, span, &type, err));
    *out = expr_call(arena, best->row, type, cast, arg_count, span);
    return STATUS_OK;
}

Status function_resolve(Arena *arena, Str name, Expr **args, int32_t arg_count, Span span, Expr **out, Error *err)
{
    Str positive;
    if (!function_exists(name) && without_not(arena, name, &positive))
        return resolve_negated(arena, positive, args, arg_count, span, out, err);
    if (!function_exists(name))
        return no_such_name(arena, name, span, err);
    return function_resolve_in(arena, NULL, name, args, arg_count, span, out, err);
}

Status function_resolve_in(Arena *arena, const Function *rows, Str name, Expr **args, int32_t arg_count, Span span, Expr **out,
                           Error *err)
{
    const Type **types = types_of(arena, args, arg_count);
    Choice       best  = choose(arena, rows, name, types, arg_count);
    if (!best.row && best.match.has_untyped_null)
        return untyped_null(args, arg_count, err);
    if (!best.row)
        return no_such_signature(rows, name, types, arg_count, span, err);
    return make_call(arena, &best, args, arg_count, span, out, err);
}
