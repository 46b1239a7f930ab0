/* socket_reader.c: the thread.
 *
 *   connect:  again and again with growing pauses (0.1 s to 5 s); each failure and each new connection is a notice
 *   read:     into a block; at each read the block goes on up to its last delimiter, the rest begins the next block
 *   end:      without reconnecting, the end of the connection is the end of the input; a line without delimiter before
 *             an end is a line
 *
 * Whatever the thread waits for, it looks at `stopping` every 100 ms. */
#include "connectors/socket/socket_reader.h"

#include "core/queue.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    BLOCK_SIZE = 64 * 1024,
    BLOCKS_MAX = 64,
    WAIT_MS = 100,
    CONNECT_MS = 5000,
    PAUSE_FIRST_MS = 100,
    PAUSE_MAX_MS = 5000,
};

struct SocketReader {
    SocketOptions options;
    EnvThread    *thread;
    Queue        *blocks;
    atomic_bool   stopping;
    atomic_int    state;
    EnvMutex     *mutex; /* guards notice and error */
    Text          notice;
    Error         error;

    /* the thread's own */
    int     fd;
    char   *bytes; /* the block that is being filled */
    int64_t size, capacity;
    int64_t pause_ms;
};

/* ---- what the task sees ---------------------------------------------------------------------------------------- */

SocketBlock *socket_reader_block(SocketReader *reader)
{
    return queue_peek(reader->blocks);
}

static void block_free(SocketBlock *block)
{
    env_free(block->bytes);
    env_free(block);
}

void socket_reader_release(SocketReader *reader)
{
    block_free(queue_pop(reader->blocks));
}

SocketState socket_reader_state(SocketReader *reader)
{
    return (SocketState)atomic_load_explicit(&reader->state, memory_order_acquire);
}

Status socket_reader_error(SocketReader *reader, Error *err)
{
    env_mutex_lock(reader->mutex);
    Status status = error_set(err, reader->error.status, SPAN_NONE, "%s", reader->error.message);
    env_mutex_unlock(reader->mutex);
    return status;
}

bool socket_reader_take_notice(SocketReader *reader, Text *out)
{
    env_mutex_lock(reader->mutex);
    bool is_there = reader->notice.len > 0;
    text_append(out, text_str(&reader->notice));
    text_clear(&reader->notice);
    env_mutex_unlock(reader->mutex);
    return is_there;
}

/* ---- what the thread says -------------------------------------------------------------------------------------- */

static bool is_stopping(const SocketReader *reader)
{
    return atomic_load_explicit(&reader->stopping, memory_order_relaxed);
}

static void set_state(SocketReader *reader, SocketState state)
{
    atomic_store_explicit(&reader->state, state, memory_order_release);
    wakeup_signal(reader->options.wakeup);
}

/* The newest notice is enough. */
static void say(SocketReader *reader, const char *what)
{
    env_mutex_lock(reader->mutex);
    text_clear(&reader->notice);
    text_printf(&reader->notice, "socket %.*s:%d: %s", STR_FMT(reader->options.host), reader->options.port, what);
    env_mutex_unlock(reader->mutex);
    wakeup_signal(reader->options.wakeup);
}

static void fail(SocketReader *reader, const Error *why)
{
    env_mutex_lock(reader->mutex);
    reader->error = *why;
    env_mutex_unlock(reader->mutex);
    set_state(reader, SOCKET_FAILED);
}

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

static void wait_a_little(const SocketReader *reader, int64_t ms)
{
    for (int64_t waited = 0; waited < ms && !is_stopping(reader); waited += WAIT_MS)
        env_sleep_ms(ms - waited < WAIT_MS ? ms - waited : WAIT_MS);
}

/* Hands bytes [0, size) to the task; the rest begins a new block. */
static void push(SocketReader *reader, int64_t size)
{
    int64_t      rest = reader->size - size;
    SocketBlock *block = env_alloc((int64_t)sizeof(SocketBlock));
    block->bytes = reader->bytes;
    block->size = size;
    reader->capacity = rest > BLOCK_SIZE ? rest * 2 : BLOCK_SIZE;
    reader->bytes = env_alloc_raw(reader->capacity);
    memcpy(reader->bytes, block->bytes + size, (size_t)rest);
    reader->size = rest;
    while (!queue_push(reader->blocks, block)) {
        if (is_stopping(reader)) {
            block_free(block);
            return;
        }
        env_sleep_ms(1);
    }
    wakeup_signal(reader->options.wakeup);
}

static void push_whole_lines(SocketReader *reader, int64_t before)
{
    const char *last = memrchr(reader->bytes + before, reader->options.delimiter, (size_t)(reader->size - before));
    if (last)
        push(reader, last - reader->bytes + 1);
}

static Status make_room(SocketReader *reader, Error *err)
{
    if (reader->size < reader->capacity)
        return STATUS_OK;
    if (reader->size > RECORD_SIZE_MAX)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "a line is longer than 8 MiB");
    reader->capacity *= 2;
    reader->bytes = env_realloc(reader->bytes, reader->capacity);
    return STATUS_OK;
}

/* ---- the connection -------------------------------------------------------------------------------------------- */

static bool connect_peer(SocketReader *reader)
{
    Error err = ERROR_NONE;
    char  what[256];
    if (env_tcp_connect(reader->options.host, reader->options.port, CONNECT_MS, &reader->fd, &err) == STATUS_OK) {
        reader->pause_ms = PAUSE_FIRST_MS;
        set_state(reader, SOCKET_CONNECTED);
        return true;
    }
    snprintf(what, sizeof(what), "%.200s; trying again", err.message);
    say(reader, what);
    wait_a_little(reader, reader->pause_ms);
    reader->pause_ms = reader->pause_ms * 2 < PAUSE_MAX_MS ? reader->pause_ms * 2 : PAUSE_MAX_MS;
    return false;
}

/* Until the peer closes (STATUS_OK), the connection breaks (STATUS_IO) or a line is too long (STATUS_LIMIT). */
static Status read_connection(SocketReader *reader, Error *err)
{
    int64_t got = 1;
    while (!is_stopping(reader) && got > 0) {
        TRY(make_room(reader, err));
        Status status = env_tcp_read(reader->fd, reader->bytes + reader->size, reader->capacity - reader->size, WAIT_MS,
                                     &got, err);
        if (status == STATUS_TIMEOUT) {
            got = 1;
            continue;
        }
        TRY(status);
        reader->size += got;
        push_whole_lines(reader, reader->size - got);
    }
    return STATUS_OK;
}

/* A line without delimiter is a line too, but not to be glued to what another connection sends. */
static void end_connection(SocketReader *reader)
{
    env_tcp_close(reader->fd);
    reader->fd = -1;
    if (reader->size > 0)
        push(reader, reader->size);
}

/* False: the input has ended. */
static bool serve_connection(SocketReader *reader)
{
    Error  err = ERROR_NONE;
    Status status = read_connection(reader, &err);
    end_connection(reader);
    if (status == STATUS_LIMIT || (status != STATUS_OK && !reader->options.reconnects)) {
        fail(reader, &err);
        return false;
    }
    if (!reader->options.reconnects) {
        set_state(reader, SOCKET_ENDED);
        return false;
    }
    set_state(reader, SOCKET_CONNECTING);
    if (!is_stopping(reader))
        say(reader, status == STATUS_OK ? "the other side closed the connection; connecting again" : err.message);
    return true;
}

static void run(void *context)
{
    SocketReader *reader = context;
    while (!is_stopping(reader)) {
        if (connect_peer(reader) && !serve_connection(reader))
            return;
    }
}

/* ---- start and stop -------------------------------------------------------------------------------------------- */

static void reader_free(SocketReader *reader)
{
    while (socket_reader_block(reader))
        socket_reader_release(reader);
    queue_destroy(reader->blocks);
    env_mutex_destroy(reader->mutex);
    text_free(&reader->notice);
    env_free(reader->bytes);
    env_free(reader);
}

Status socket_reader_start(const SocketOptions *options, SocketReader **out, Error *err)
{
    SocketReader *reader = env_alloc((int64_t)sizeof(SocketReader));
    reader->options = *options;
    reader->blocks = queue_create(BLOCKS_MAX);
    reader->mutex = env_mutex_create();
    reader->fd = -1;
    reader->capacity = BLOCK_SIZE;
    reader->bytes = env_alloc_raw(BLOCK_SIZE);
    reader->pause_ms = PAUSE_FIRST_MS;
    Status status = env_thread_start(&reader->thread, "socket", run, reader, err);
    if (status != STATUS_OK) {
        reader_free(reader);
        return status;
    }
    *out = reader;
    return STATUS_OK;
}

void socket_reader_stop(SocketReader *reader)
{
    atomic_store_explicit(&reader->stopping, true, memory_order_relaxed);
    env_thread_join(reader->thread);
    if (reader->fd >= 0)
        env_tcp_close(reader->fd);
    reader_free(reader);
}
