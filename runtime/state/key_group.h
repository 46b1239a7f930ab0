/* key_group.h: the unit in which keyed rows and state are shared out: by key group, so that state can be moved by group. */
#ifndef RUNTIME_STATE_KEY_GROUP_H
#define RUNTIME_STATE_KEY_GROUP_H

#include <stdint.h>

#define KEY_GROUPS 128

/* hash: key_hash of the key's bytes. */
static inline int32_t key_group(uint64_t hash)
{
    return (int32_t)(hash >> 57);
}
static inline int32_t key_group_owner(int32_t group, int32_t consumers)
{
    return (int32_t)((int64_t)group * consumers / KEY_GROUPS);
}

#endif
