/* aggregate_registry.c: finds the aggregate for a call, as registry.c finds functions. */
#include "functions/aggregate.h"
#include "functions/signature.h"

#define AGGREGATES(name) extern const Aggregate agg_##name[];
#include "functions/aggregates.def"
#undef AGGREGATES

static const Aggregate *const lists[] = {
#define AGGREGATES(name) agg_##name,
#include "functions/aggregates.def"
#undef AGGREGATES
};
#define LIST_COUNT ((int64_t)(sizeof(lists) / sizeof(*lists)))

static const Aggregate *row_at(int64_t index, int32_t left_out)
{
    for (int64_t i = 0; i < LIST_COUNT; i++)
        for (const Aggregate *row = lists[i]; row->sig; row++)
            if (!(row->flags & left_out) && index-- == 0)
                return row;
    return NULL;
}

static const Aggregate *any_at(int64_t index)
{
    return row_at(index, 0);
}

const Aggregate *aggregate_at(int64_t index)
{
    return row_at(index, AGG_HIDDEN);
}

int64_t aggregate_count(void)
{
    int64_t count = 0;
    while (aggregate_at(count))
        count++;
    return count;
}

Str aggregate_name(const Aggregate *aggregate)
{
    return signature_name(aggregate->sig);
}

bool aggregate_exists(Str name)
{
    for (int64_t i = 0; any_at(i); i++)
        if (str_eq_nocase(aggregate_name(any_at(i)), name))
            return true;
    return false;
}

typedef struct Choice {
    const Aggregate *row;
    Signature        signature;
    SignatureMatch   match;
} Choice;

static Choice choose(Arena *arena, Str name, const Type *const *types, int32_t count, bool is_star)
{
    Choice           best = { 0 };
    const Aggregate *row;
    for (int64_t i = 0; (row = any_at(i)); i++) {
        if (!str_eq_nocase(aggregate_name(row), name))
            continue;
        Choice choice = { .row = row };
        signature_parse(row->sig, &choice.signature);
        if (choice.signature.is_star != is_star)
            continue;
        choice.match = signature_match(arena, &choice.signature, types, count, false);
        if (choice.match.fits && (!best.row || choice.match.cost < best.match.cost))
            best = choice;
    }
    return best;
}

static Status no_such_aggregate(Arena *arena, Str name, Span span, Error *err)
{
    Str    *names   = arena_new(arena, Str, aggregate_count());
    int64_t count   = 0;
    for (int64_t i = 0; aggregate_at(i); i++)
        names[count++] = aggregate_name(aggregate_at(i));
    Str nearest = error_nearest(name, names, count);
    error_set(err, STATUS_NO_FUNCTION, span, "there is no aggregate function %.*s", STR_FMT(name));
    if (nearest.ptr)
        error_hint(err, "did you mean %.*s?", STR_FMT(nearest));
    return STATUS_NO_FUNCTION;
}

static Status no_such_arguments(Str name, const Type *const *types, int32_t count, Span span, Error *err)
{
    Text text = TEXT_EMPTY;
    for (int32_t i = 0; i < count; i++) {
        text_puts(&text, i ? ", " : "");
        type_print(types[i], false, &text);
    }
    error_set(err, STATUS_TYPE, span, "%.*s does not take (%s)", STR_FMT(name), text_cstr(&text));
    text_clear(&text);
    const Aggregate *row;
    int32_t          listed = 0;
    for (int64_t i = 0; (row = any_at(i)); i++)
        if (str_eq_nocase(aggregate_name(row), name))
            signature_list(&text, listed++, row->sig);
    error_hint(err, "%s", text_cstr(&text));
    text_free(&text);
    return STATUS_TYPE;
}

static const Type *result_type(Arena *arena, const Choice *choice, const Type *const *types, int32_t count)
{
    bool nullable = false;
    for (int32_t i = 0; i < count; i++)
        nullable = nullable || types[i]->nullable;
    nullable = choice->signature.null_mark ? choice->signature.null_mark == '?' : nullable;
    const Type *type = choice->row->infer ? choice->row->infer(arena, types, count)
                                          : signature_result(arena, &choice->signature, &choice->match, types);
    return type_with_null(arena, type_with_time(arena, type, TIME_NONE), nullable);
}

Status aggregate_resolve(Arena *arena, Str name, const Type *const *arg_types, int32_t arg_count, bool is_star,
                         bool needs_retract, Span span, const Aggregate **out, const Type **type, const Type **casts,
                         Error *err)
{
    if (!aggregate_exists(name))
        return no_such_aggregate(arena, name, span, err);
    Choice best = choose(arena, name, arg_types, arg_count, is_star);
    if (!best.row)
        return no_such_arguments(name, arg_types, arg_count, span, err);
    const Type **types = arena_new(arena, const Type *, arg_count + 1);
    for (int32_t i = 0; i < arg_count; i++) {
        casts[i] = best.match.casts[i] ? type_with_null(arena, best.match.casts[i], arg_types[i]->nullable) : NULL;
        types[i] = casts[i] ? casts[i] : arg_types[i];
    }
    *type = result_type(arena, &best, types, arg_count);
    *out  = best.row;
    if (!needs_retract || best.row->retract)
        return STATUS_OK;
    if (!best.row->retracting)
        return error_set(err, STATUS_UNSUPPORTED, span, "%.*s cannot take rows back, and its input changes rows",
                         STR_FMT(name));
    *out = best.row->retracting;
    return STATUS_OK;
}
