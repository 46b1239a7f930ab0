/* push.h: the channel behind a table WITH ('connector' = 'push'): batches from the program that embeds the engine.
 *
 * One writer side and one reader side, each used by one thread at a time; bounded, so a writer waits when nobody reads. */
#ifndef CONNECTORS_PUSH_PUSH_H
#define CONNECTORS_PUSH_PUSH_H

#include "connectors/connector.h"

PushChannel *push_channel_create(void);
/* Releases what was not read. */
void         push_channel_destroy(PushChannel *channel);

/* Takes the batch (physical columns of the table, in order). STATUS_TIMEOUT when the channel stays full for timeout_ms (-1 = no limit):
 * the batch stays the caller's. STATUS_MISUSE after push_end. */
Status push_send(PushChannel *channel, Batch *batch, int64_t timeout_ms, Error *err);
/* Event time has come to this, behind everything sent so far. */
Status push_watermark(PushChannel *channel, Time watermark, int64_t timeout_ms, Error *err);
/* No more rows. */
void   push_end(PushChannel *channel);

#endif
