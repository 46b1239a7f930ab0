/* push.h: the channel behind a table WITH ('connector' = 'push'): batches from the program that embeds the engine.
 *
 * One writer side and one reader side, each used by one thread at a time; bounded, so a writer waits when nobody reads.
 * What is sent up to push_end is one input: it ends one reader; what is sent afterwards is for the next. */
#ifndef CONNECTORS_PUSH_PUSH_H
#define CONNECTORS_PUSH_PUSH_H

#include "connectors/connector.h"

PushChannel *push_channel_create(void);
/* Releases what was not read. */
void         push_channel_destroy(PushChannel *channel);

/* Takes the batch (physical columns of the table, in order). STATUS_TIMEOUT when the channel stays full for timeout_ms
 * (-1 = no limit): the batch stays the caller's. The types of its columns need not outlive the call. */
Status push_send(PushChannel *channel, Batch *batch, int64_t timeout_ms, Error *err);
/* Event time has come to this, behind everything sent so far. */
Status push_watermark(PushChannel *channel, Time watermark, int64_t timeout_ms, Error *err);
/* Does a job read the table now? */
bool   push_has_reader(PushChannel *channel);
/* No more rows. Never waits: there is always room for it. */
void   push_end(PushChannel *channel);

#endif
