/* sessions.c: see sessions.h. The sessions of a key are an array in order of their ends: a row nearly always belongs to
 * the last one; else the place is found by bisection. */
#include "runtime/state/sessions.h"

#include "core/env.h"
#include "runtime/time/window.h"

typedef struct OpenSession {
    Time     end; /* the session's, here so that a search touches one piece of memory */
    Session *session;
} OpenSession;

typedef struct KeySessions {
    OpenSession *items; /* by end */
    int32_t      count, capacity;
} KeySessions;

enum { KEY_SESSIONS_FIRST = 2 };

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

/* ---- the sessions of a key ----------------------------------------------------------------------------------------------- */

/* The first session that ends at or behind the time. */
static int32_t first_at(const KeySessions *key, Time time)
{
    int32_t low = 0;
    int32_t high = key->count;
    if (high == 0 || key->items[high - 1].end < time)
        return high;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (key->items[middle].end < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void need_room(Sessions *sessions, KeySessions *key)
{
    if (key->count < key->capacity)
        return;
    int32_t      capacity = key->capacity ? key->capacity * 2 : KEY_SESSIONS_FIRST;
    OpenSession *items = state_alloc(sessions->memory, capacity * (int64_t)sizeof(OpenSession));
    if (key->count > 0)
        memcpy(items, key->items, (size_t)key->count * sizeof(OpenSession));
    if (key->items)
        state_free(sessions->memory, key->items, key->capacity * (int64_t)sizeof(OpenSession));
    key->items = items;
    key->capacity = capacity;
}

static void insert_session(Sessions *sessions, Session *session)
{
    KeySessions *key = session->key;
    int32_t      at = first_at(key, session->end);
    need_room(sessions, key);
    memmove(&key->items[at + 1], &key->items[at], (size_t)(key->count - at) * sizeof(OpenSession));
    key->items[at] = (OpenSession){ session->end, session };
    key->count++;
}

static void take_out(KeySessions *key, int32_t at)
{
    key->count--;
    memmove(&key->items[at], &key->items[at + 1], (size_t)(key->count - at) * sizeof(OpenSession));
}

/* Ends may be shared: the session itself is what counts. */
static void take_session(const Session *session)
{
    KeySessions *key = session->key;
    int32_t      at = first_at(key, session->end);
    while (key->items[at].session != session)
        at++;
    take_out(key, at);
}

static void remove_key(Sessions *sessions, KeySessions *key)
{
    if (key->items)
        state_free(sessions->memory, key->items, key->capacity * (int64_t)sizeof(OpenSession));
    key_table_remove(sessions->keys, key);
}

static Session *create_session(Sessions *sessions, void *key, Time start, Time end)
{
    Session *session = state_alloc(sessions->memory, session_size(sessions));
    session->start = start;
    session->end = end;
    session->key = key;
    insert_session(sessions, session);
    heap_put(sessions, session);
    sessions->count++;
    return session;
}

static void widen(Sessions *sessions, Session *session, Time start, Time end)
{
    session->start = start < session->start ? start : session->start;
    if (end <= session->end)
        return;
    KeySessions *key = session->key;
    OpenSession *last = &key->items[key->count - 1];
    if (last->session == session) {
        session->end = last->end = end;
        return;
    }
    take_session(session);
    session->end = end;
    insert_session(sessions, session);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

static bool is_open(const Sessions *sessions, Time end, Time watermark)
{
    return window_fire_time(sessions->zone, end) > watermark;
}

/* Those that do not end before the row begins are looked at, from the first on, until an open one begins behind it:
 * open sessions do not overlap. The latest lives on, as in the dialect (LISTAGG shows it); the others, `connected`,
 * leave the key. */
static SessionHit find_touched(Sessions *sessions, KeySessions *key, Time time, Time end, Time watermark)
{
    SessionHit hit = { 0 };
    int32_t    hit_at = 0;
    for (int32_t at = first_at(key, time); at < key->count; at++) {
        Session *session = key->items[at].session;
        if (!is_open(sessions, session->end, watermark))
            continue;
        if (session->start > end)
            break;
        if (hit.session) {
            hit.session->next_connected = hit.connected;
            hit.connected = hit.session;
            take_out(key, hit_at);
            at--;
        }
        hit.session = session;
        hit_at = at;
    }
    return hit;
}

SessionHit sessions_add(Sessions *sessions, void *key, Time time, Time watermark)
{
    Time       end = time + sessions->gap;
    SessionHit hit = find_touched(sessions, key, time, end, watermark);
    if (hit.session) {
        widen(sessions, hit.session, time, end);
        for (const Session *session = hit.connected; session; session = session->next_connected)
            widen(sessions, hit.session, session->start, session->end);
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
    Session *next = session->next_connected;
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
    take_session(session);
    if (key->count == 0)
        remove_key(sessions, key);
    else
        key_table_touch(sessions->keys, key);
    sessions->count--;
    free_session(sessions, session);
}

void sessions_remove_empty(Sessions *sessions, Str key, uint64_t hash)
{
    KeySessions *found = key_table_find(sessions->keys, key, hash);
    if (found && found->count == 0)
        remove_key(sessions, found);
}

/* ---- for snapshots ------------------------------------------------------------------------------------------------------ */

int64_t sessions_of_key(const void *key)
{
    return ((const KeySessions *)key)->count;
}

Session *session_of_key(const void *key, int64_t index)
{
    return ((const KeySessions *)key)->items[index].session;
}

Session *sessions_put(Sessions *sessions, void *key, Time start, Time end)
{
    return create_session(sessions, key, start, end);
}
