/* ledger.h: a sink in memory that fences and commits epochs as the real ones do: what jobs with checkpoints are judged by. */
#ifndef TESTS_RUNTIME_LEDGER_H
#define TESTS_RUNTIME_LEDGER_H

#include "connectors/connector.h"

/* The other side: outlives the jobs that write to it. */
typedef struct Ledger {
    EnvMutex *mutex;
    Text      lines;     /* what was committed, a line per row: its first two columns */
    int64_t   markers[64]; /* epoch that each instance holds */
    int64_t   owners[64];  /* who recovered last: anybody else is shut out */
    int64_t   opened;
    int32_t   slowness;  /* polls until a commit is done */
    int64_t   commits, rewrites; /* of epochs; in recover */
} Ledger;

void ledger_open(Ledger *ledger);
void ledger_close(Ledger *ledger);
/* The connector whose sinks write to ledger_current. */
extern const Connector ledger_connector;
extern Ledger         *ledger_current;

#endif
