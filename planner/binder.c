/* binder.c: what holds for a whole statement while it is bound: places, limits, settings. */
#include "planner/bind.h"

Binder *binder_create(PlanContext *context)
{
    Binder *binder = arena_new(context->arena, Binder, 1);
    binder->context = context;
    binder->arena = context->arena;
    return binder;
}

Span binder_span(const Binder *binder, Span span)
{
    return binder->place.line > 0 ? binder->place : span;
}

Status binder_enter(Binder *binder, int32_t depth, Span span, Error *err)
{
    if (binder->depth + depth > BIND_DEPTH_MAX)
        return error_set(err, STATUS_LIMIT, binder_span(binder, span),
                         "views and queries are nested more than %d levels deep (does a view use itself?)",
                         BIND_DEPTH_MAX);
    binder->depth += depth;
    return STATUS_OK;
}

void binder_leave(Binder *binder, int32_t depth)
{
    binder->depth -= depth;
}

Status binder_unsupported(const Binder *binder, Span span, const char *feature, Error *err)
{
    if (binder->context->language_only)
        return STATUS_OK;
    return error_set(err, STATUS_UNSUPPORTED, binder_span(binder, span), "%s is not supported yet", feature);
}

Status binder_only_batch(const Binder *binder, Span span, const char *feature, Error *err)
{
    if (binder->context->language_only)
        return STATUS_OK;
    error_set(err, STATUS_UNSUPPORTED, binder_span(binder, span), "%s in streaming mode is not supported yet", feature);
    return error_hint(err, "SET 'execution.runtime-mode' = 'batch' runs it on bounded tables");
}

Str setting_str(const PlanContext *context, const char *key, const char *otherwise)
{
    Str value = context->settings ? map_get_str(context->settings, str_from(key)) : (Str){ NULL, 0 };
    return value.ptr || !otherwise ? value : str_from(otherwise);
}

bool setting_bool(const PlanContext *context, const char *key, bool otherwise)
{
    Str value = setting_str(context, key, NULL);
    return value.ptr ? str_is_nocase(value, "true") : otherwise;
}

int64_t setting_duration_ms(const PlanContext *context, const char *key, int64_t otherwise)
{
    int64_t ms;
    Str     value = setting_str(context, key, NULL);
    return value.ptr && duration_parse(value, &ms) ? ms : otherwise;
}
