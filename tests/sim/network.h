/* network.h: calls to the other sides, which may be lost on the way there or back, or be late.
 *
 * A call lives as long as the network. Whoever sent it looks at is_answered; a process that dies leaves its calls on their way, and they may
 * still arrive. */
#ifndef TESTS_SIM_NETWORK_H
#define TESTS_SIM_NETWORK_H

#include "core/arena.h"
#include "tests/sim/machine.h"

typedef enum Answer {
    ANSWER_OK,
    ANSWER_UNCLEAR, /* a time-out: it may have happened, may happen later, or never */
    ANSWER_REFUSED  /* somebody else has taken over */
} Answer;

typedef struct Call {
    Answer (*serve)(struct Call *call); /* what the other side does */
    const char *what;
    int32_t     process;
    int64_t     number; /* in the order in which calls were sent */
    bool        is_answered;
    Answer      answer;
} Call;

typedef struct Network {
    Arena *arena;
    LIST(Call *) pending;
    int64_t sent;
    int64_t trouble_one_in; /* of the calls; 0 = none */
} Network;

extern Network *network;

/* Who has claimed something at another side. */
typedef struct Owner {
    int32_t process;
    int64_t number; /* of the claiming call */
} Owner;
/* A call claims it. One that is late, or of a process that others take for dead, takes it from somebody who may stop then. */
void owner_claim(Owner *owner, const Call *call);

void network_start(Network *network);
void network_end(Network *network);
/* A process that is dead sends nothing. */
void network_send(Call *call);
/* One of the calls on their way arrives, or does not. */
void network_step(void);
bool network_is_quiet(void);

#endif
