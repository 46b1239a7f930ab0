/* sessions.c: see sessions.h. The sessions of a key are a list, latest end first: a row nearly always touches the first one, and the
 * search ends at a session that ended before the row's time. */
#include "runtime/state/sessions.h"

#include "core/env.h"
#include "runtime/time/window.h"

typedef struct KeySessions {
    Session *newest;
    int64_t  padding;
} KeySessions;

_Static_assert(sizeof(KeySessions) % 16 == 0, "a block of a KeyTable");

void sessions_init(Sessions *sessions, int32_t block_size, int64_t gap, const Zone *zone)
{
    *sessions = (Sessions){ .block_size = block_size, .gap = gap, .zone = zone };
    sessions->keys = key_table_create((int32_t)sizeof(KeySessions));
    sessions->memory = state_memory_create();
}

void sessions_free(Sessions *sessions)
{
    key_table_destroy(sessions->keys);
    if (sessions->memory)
        state_memory_destroy(sessions->memory);
    env_free(sessions->heap);
    *sessions = (Sessions){ 0 };
}

int64_t sessions_size(const Sessions *sessions)
{
    return key_table_size(sessions->keys) + state_memory_size(sessions->memory) +
           sessions->heap_capacity * (int64_t)sizeof(Session *);
}

static int64_t session_size(const Sessions *sessions)
{
    return (int64_t)(sizeof(Session) + 15) / 16 * 16 + sessions->block_size;
}

/* ---- the heap: lowest queued_end on top ----------------------------------------------------------------------------- */

static void heap_put(Sessions *sessions, Session *session)
{
    if (sessions->heap_count == sessions->heap_capacity) {
        sessions->heap_capacity = sessions->heap_capacity ? sessions->heap_capacity * 2 : 64;
        sessions->heap = env_realloc(sessions->heap, sessions->heap_capacity * (int64_t)sizeof(Session *));
    }
    Session **heap = sessions->heap;
    int64_t   at = sessions->heap_count++;
    session->queued_end = session->end;
    for (int64_t parent; at > 0 && heap[parent = (at - 1) / 2]->queued_end > session->queued_end; at = parent)
        heap[at] = heap[parent];
    heap[at] = session;
}

static Session *heap_take(Sessions *sessions)
{
    Session **heap = sessions->heap;
    Session  *top = heap[0];
    Session  *last = heap[--sessions->heap_count];
    int64_t   at = 0;
    for (int64_t child; (child = at * 2 + 1) < sessions->heap_count; at = child) {
        if (child + 1 < sessions->heap_count && heap[child + 1]->queued_end < heap[child]->queued_end)
            child++;
        if (heap[child]->queued_end >= last->queued_end)
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

/* ---- the list of a key ------------------------------------------------------------------------------------------------ */

static void unlink_session(Session *session)
{
    KeySessions *key = session->key;
    if (session->newer)
        session->newer->older = session->older;
    else
        key->newest = session->older;
    if (session->older)
        session->older->newer = session->newer;
    session->newer = session->older = NULL;
}

static void link_session(Session *session)
{
    KeySessions *key = session->key;
    Session     *newer = NULL;
    Session     *older = key->newest;
    for (; older && older->end > session->end; older = older->older)
        newer = older;
    session->newer = newer;
    session->older = older;
    if (newer)
        newer->older = session;
    else
        key->newest = session;
    if (older)
        older->newer = session;
}

static Session *create_session(Sessions *sessions, void *key, Time start, Time end)
{
    Session *session = state_alloc(sessions->memory, session_size(sessions));
    session->start = start;
    session->end = end;
    session->key = key;
    link_session(session);
    heap_put(sessions, session);
    sessions->count++;
    return session;
}

static void widen(Session *session, Time start, Time end)
{
    session->start = start < session->start ? start : session->start;
    if (end <= session->end)
        return;
    session->end = end;
    if (session->newer && session->newer->end < end) {
        unlink_session(session);
        link_session(session);
    }
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

static bool is_open(const Sessions *sessions, Time end, Time watermark)
{
    return window_fire_time(sessions->zone, end) > watermark;
}

SessionHit sessions_add(Sessions *sessions, void *key, Time time, Time watermark)
{
    Time       end = time + sessions->gap;
    SessionHit hit = { 0 };
    Session   *older;
    for (Session *session = ((KeySessions *)key)->newest; session && session->end >= time; session = older) {
        older = session->older;
        if (session->start > end || !is_open(sessions, session->end, watermark))
            continue;
        if (!hit.session) {
            hit.session = session;
            continue;
        }
        unlink_session(session);
        session->older = hit.connected;
        hit.connected = session;
    }
    if (hit.session) {
        widen(hit.session, time, end);
        for (const Session *session = hit.connected; session; session = session->older)
            widen(hit.session, session->start, session->end);
        return hit;
    }
    if (!is_open(sessions, end, watermark))
        return hit;
    hit.session = create_session(sessions, key, time, end);
    hit.is_new = true;
    return hit;
}

Session *sessions_forget(Sessions *sessions, Session *session)
{
    Session *next = session->older;
    session->is_merged = true;
    sessions->count--;
    return next;
}

/* ---- closing ---------------------------------------------------------------------------------------------------------- */

static void free_session(Sessions *sessions, Session *session)
{
    state_free(sessions->memory, session, session_size(sessions));
}

/* Puts right what has grown or gone since it was queued, until the top is true. */
static void settle_top(Sessions *sessions)
{
    while (sessions->heap_count > 0) {
        Session *top = sessions->heap[0];
        if (!top->is_merged && top->queued_end == top->end)
            return;
        heap_take(sessions);
        if (top->is_merged)
            free_session(sessions, top);
        else
            heap_put(sessions, top);
    }
}

Session *sessions_next_due(Sessions *sessions, Time upto)
{
    settle_top(sessions);
    if (sessions->heap_count == 0 || is_open(sessions, sessions->heap[0]->end, upto))
        return NULL;
    return heap_take(sessions);
}

Time sessions_next_time(Sessions *sessions)
{
    settle_top(sessions);
    return sessions->heap_count == 0 ? TIME_MAX : window_fire_time(sessions->zone, sessions->heap[0]->end);
}

void sessions_remove(Sessions *sessions, Session *session)
{
    KeySessions *key = session->key;
    unlink_session(session);
    if (!key->newest)
        key_table_remove(sessions->keys, key);
    sessions->count--;
    free_session(sessions, session);
}

void sessions_remove_empty(Sessions *sessions, Str key, uint64_t hash)
{
    KeySessions *found = key_table_find(sessions->keys, key, hash);
    if (found && !found->newest)
        key_table_remove(sessions->keys, found);
}
