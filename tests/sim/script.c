/* script.c: see script.h. */
#include "tests/sim/script.h"

enum { STEP_MS = 700, JITTER_MS = 1500, LATE_ONE_IN = 12, LATE_MS = 9000 };

Script *script;

static uint64_t throw_for(int32_t partition, int64_t row, uint64_t what)
{
    return hash_combine(hash_combine(script->seed, (uint64_t)partition * 8 + what), (uint64_t)row);
}

int64_t script_value(int32_t partition, int64_t row)
{
    return (int64_t)(throw_for(partition, row, 1) % 100);
}

int64_t script_number(int32_t partition, int64_t row)
{
    return partition * (int64_t)1000000 + row;
}

int64_t script_time(int32_t partition, int64_t row)
{
    uint64_t chance = throw_for(partition, row, 2);
    int64_t  late = chance % LATE_ONE_IN == 0 ? (int64_t)(chance / LATE_ONE_IN % LATE_MS) : 0;
    return script->start_ms + row * STEP_MS + (int64_t)(throw_for(partition, row, 3) % JITTER_MS) - late;
}

void script_key(int32_t partition, int64_t row, Text *out)
{
    uint64_t key = throw_for(partition, row, 4) % (uint64_t)script->keys;
    if (script->keys_are_local)
        text_printf(out, "p%d-", partition);
    text_printf(out, key % 3 == 0 ? "a key that is kept outside %llu" : "k%llu", (unsigned long long)key);
}

void script_pad(int32_t partition, int64_t row, Text *out)
{
    text_repeat(out, (char)('a' + throw_for(partition, row, 5) % 26), script->pad);
}

void script_give(int32_t partition, int64_t row)
{
    if (machine->process == script->reader)
        script->reached[partition] = row + 1;
    if (row < script->given[partition])
        script->read_again++;
    else
        script->given[partition] = row + 1;
}

void script_resume(int32_t partition, int64_t row)
{
    if (script->is_read_once && script->is_at_rest && row != script->reached[partition])
        violate("a stopped job read partition %d to row %lld, and its last checkpoint says %lld", partition, (long long)script->reached[partition],
                (long long)row);
    script->reached[partition] = row;
}

void script_begin(void)
{
    script->reader = machine->process;
    if (!script->is_at_rest)
        memset(script->reached, 0, sizeof(script->reached));
}
