/* session.c: sessions and their settings. */
#include "engine/engine.h"

void session_memory_hold(SessionMemory *memory)
{
    atomic_fetch_add(&memory->holders, 1);
}

void session_memory_release(SessionMemory *memory)
{
    if (atomic_fetch_sub(&memory->holders, 1) != 1)
        return;
    session_channels_close(memory);
    arena_destroy(memory->arena); /* memory lies in it */
}

tide_status tide_session_open(tide_engine *engine, tide_session **out, tide_error **err)
{
    (void)err;
    Arena *arena = arena_create();
    tide_session *session = arena_new(arena, tide_session, 1);
    session->engine = engine;
    session->arena = arena;
    session->memory = arena_new(arena, SessionMemory, 1);
    session->memory->arena = arena;
    atomic_init(&session->memory->holders, 1);
    session_channels_open(session->memory, engine);
    session->catalog = catalog_create(arena);
    session->settings = map_create(arena);
    session->variables = map_create(arena);
    *out = session;
    return TIDE_OK;
}

void tide_session_close(tide_session *session)
{
    if (!session)
        return;
    text_free(&session->scratch);
    session_memory_release(session->memory);
}

Settings session_settings(const tide_session *session)
{
    return (Settings){ .session = session->settings, .engine = session->engine->settings };
}

bool session_is_batch(const tide_session *session)
{
    return str_is_nocase(settings_str(session_settings(session), "execution.runtime-mode"), "batch");
}

/* The zone of table.local-time-zone, loaded when the name changes. */
Status session_zone(tide_session *session, const Zone **out, Error *err)
{
    Str name = settings_str(session_settings(session), "table.local-time-zone");
    if (str_is_nocase(name, "default"))
        name = zone_machine_name(session->arena);
    if (!session->zone || !str_eq(name, session->zone_name)) {
        TRY(zone_load(session->arena, name, &session->zone, err));
        session->zone_name = arena_str(session->arena, name);
    }
    *out = session->zone;
    return STATUS_OK;
}

Status session_put_setting(tide_session *session, Str key, Str value, Span key_span, Span value_span, Error *err)
{
    if (key.len == 0)
        return error_set(err, STATUS_OPTION, key_span, "a setting needs a key");
    TRY(setting_check(key, value, value_span, err));
    map_put_str(session->settings, key, value);
    return STATUS_OK;
}

tide_status tide_session_set(tide_session *session, const char *key, const char *value, tide_error **err)
{
    Error error = ERROR_NONE;
    if (session_put_setting(session, str_from(key), str_from(value), SPAN_NONE, SPAN_NONE, &error) != STATUS_OK)
        return error_public(&error, STR_EMPTY, STR_EMPTY, err);
    return TIDE_OK;
}

const char *tide_session_get(tide_session *session, const char *key)
{
    Str value = settings_str(session_settings(session), key);
    if (!value.ptr)
        return NULL;
    text_clear(&session->scratch);
    text_append(&session->scratch, value);
    return text_cstr(&session->scratch);
}

void tide_session_variable(tide_session *session, const char *name, const char *value)
{
    map_put_str(session->variables, str_from(name), str_from(value));
}

bool tide_is_complete(const char *sql, size_t size)
{
    return sql_is_complete(size == TIDE_NUL_TERMINATED ? str_from(sql) : (Str){ sql, (int64_t)size });
}
