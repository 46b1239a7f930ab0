/* channels.c: what a session offers to connectors: the channels behind its push tables, and the way of notices.
 *
 * A channel belongs to one table of one session: tables of the same name in two sessions have nothing in common, and a table that
 * is defined anew starts with an empty channel, since what was sent to the old one has the old columns. Old channels stay until
 * the last job of the session is gone, for a job may still read one. */
#include "engine/engine.h"

#include "connectors/push/push.h"

static PushEntry *find_entry(SessionMemory *memory, Str path)
{
    for (int64_t i = 0; i < memory->channels.count; i++)
        if (str_eq(memory->channels.items[i]->path, path))
            return memory->channels.items[i];
    return NULL;
}

PushEntry *session_channel(SessionMemory *memory, Str path)
{
    env_mutex_lock(memory->mutex);
    PushEntry *entry = find_entry(memory, path);
    if (!entry) {
        entry = arena_new(memory->channel_arena, PushEntry, 1);
        entry->path = arena_str(memory->channel_arena, path);
        entry->channel = push_channel_create();
        list_push(memory->channel_arena, &memory->channels, entry);
    }
    env_mutex_unlock(memory->mutex);
    return entry;
}

void session_renew_channel(SessionMemory *memory, Str path)
{
    env_mutex_lock(memory->mutex);
    PushEntry *entry = find_entry(memory, path);
    if (entry)
        entry->path = STR_EMPTY; /* no table has this name */
    env_mutex_unlock(memory->mutex);
}

static PushChannel *host_push_channel(void *state, Str table_path)
{
    return session_channel(state, table_path)->channel;
}

static void host_notice(void *state, Str line)
{
    const tide_engine *engine = ((SessionMemory *)state)->engine;
    if (!engine->notice)
        return;
    Text text = TEXT_EMPTY;
    text_append(&text, line);
    engine->notice(engine->notice_context, text_cstr(&text));
    text_free(&text);
}

void session_channels_open(SessionMemory *memory, tide_engine *engine)
{
    memory->engine = engine;
    memory->mutex = env_mutex_create();
    memory->channel_arena = arena_create();
    memory->host = engine->host;
    memory->host.state = memory;
    memory->host.push_channel = host_push_channel;
    memory->host.notice = host_notice;
}

void session_channels_close(SessionMemory *memory)
{
    for (int64_t i = 0; i < memory->channels.count; i++)
        push_channel_destroy(memory->channels.items[i]->channel);
    env_mutex_destroy(memory->mutex);
    arena_destroy(memory->channel_arena);
}
