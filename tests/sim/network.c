/* network.c: see network.h. */
#include "tests/sim/network.h"

Network *network;

void network_start(Network *self)
{
    *self = (Network){ .arena = arena_create() };
    network = self;
}

void network_end(Network *self)
{
    arena_destroy(self->arena);
    network = NULL;
}

void network_send(Call *call)
{
    call->process = machine->process;
    call->is_answered = false;
    call->number = ++network->sent;
    if (!process_is_dead())
        list_push(network->arena, &network->pending, call);
}

void owner_claim(Owner *owner, const Call *call)
{
    if (owner->number > call->number || owner->process > call->process)
        machine->is_displaced[owner->process] = true;
    *owner = (Owner){ call->process, call->number };
}

bool network_is_quiet(void)
{
    return network->pending.count == 0;
}

static void give_answer(Call *call, Answer answer)
{
    static const char *const texts[] = { "ok", "unclear", "refused" };
    trace("process %d is told of %s: %s", call->process, call->what, texts[answer]);
    call->answer = answer;
    call->is_answered = true;
}

static Answer serve(Call *call)
{
    Answer answer = call->serve(call);
    trace("%s of process %d arrives", call->what, call->process);
    return answer;
}

/* One that is late was given up by its sender already. */
static void serve_or_lose(Call *call, int64_t index)
{
    bool is_late = call->is_answered;
    if (!is_late && fault(network->trouble_one_in)) {
        int64_t kind = dice_below(&machine->dice, 3);
        give_answer(call, ANSWER_UNCLEAR);
        if (kind == 0) /* it is on its way still */
            return;
        if (kind == 1)
            serve(call);
    } else {
        Answer answer = serve(call);
        if (!is_late)
            give_answer(call, answer);
    }
    network->pending.items[index] = network->pending.items[--network->pending.count];
}

void network_step(void)
{
    int64_t index = dice_below(&machine->dice, network->pending.count);
    if (network->pending.count > 0)
        serve_or_lose(network->pending.items[index], index);
}
