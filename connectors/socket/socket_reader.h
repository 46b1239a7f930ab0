/* socket_reader.h: the thread that keeps a connection and cuts what it sends into blocks of whole lines.
 *
 * The thread pushes blocks into a ring and signals the task; the task pops them and gives them back. When the ring is
 * full the thread stops reading, and so does the peer: that is the back-pressure. */
#ifndef CONNECTORS_SOCKET_SOCKET_READER_H
#define CONNECTORS_SOCKET_SOCKET_READER_H

#include "connectors/formats/format.h"

typedef struct SocketReader SocketReader;

typedef struct SocketOptions {
    Str     host; /* lives as long as the reader */
    int32_t port;
    char    delimiter;
    bool    reconnects;
    Wakeup *wakeup;
} SocketOptions;

/* Whole lines, each with its delimiter but for the last one before a connection's end. */
typedef struct SocketBlock {
    char   *bytes;
    int64_t size;
    int64_t taken; /* the task's */
} SocketBlock;

typedef enum SocketState { SOCKET_CONNECTING, SOCKET_CONNECTED, SOCKET_ENDED, SOCKET_FAILED } SocketState;

Status socket_reader_start(const SocketOptions *options, SocketReader **out, Error *err);
/* Stops the thread and frees everything. */
void   socket_reader_stop(SocketReader *reader);

/* The oldest block, NULL = none at hand. It stays the reader's until it is released; then the next one comes. */
SocketBlock *socket_reader_block(SocketReader *reader);
void         socket_reader_release(SocketReader *reader);

/* SOCKET_ENDED and SOCKET_FAILED: the thread is done; look for a last block first. */
SocketState socket_reader_state(SocketReader *reader);
/* SOCKET_FAILED: why. */
Status      socket_reader_error(SocketReader *reader, Error *err);
/* A line for the person since the last call, into *out; false when there is none. */
bool        socket_reader_take_notice(SocketReader *reader, Text *out);

#endif
