/* checkpoint_bed.h: checkpoints for tests: their content is a function of a profile and the epoch, so that whatever is restored can be judged
 * by its number alone. Part i of epoch e has the bytes of the last epoch up to e in which it changed. */
#ifndef TESTS_RUNTIME_CHECKPOINT_BED_H
#define TESTS_RUNTIME_CHECKPOINT_BED_H

#include "core/env.h"
#include "core/text.h"
#include "runtime/checkpoint/checkpoint.h"

typedef struct CheckpointProfile {
    int32_t parts;    /* of each of 2 operators with 2 instances */
    int64_t size;     /* of the largest part */
    int64_t rare;     /* parts of the second operator change every so many epochs; 0: never */
} CheckpointProfile;

extern const CheckpointProfile profile_small;  /* stands in manifests */
extern const CheckpointProfile profile_large;  /* data files */

/* A folder of the test's own, empty. */
extern char checkpoint_folder[64];
void checkpoint_folder_make(void);
void checkpoint_folder_make_in_memory(void); /* where a sync costs nothing, if there is such a place */
void checkpoint_folder_remove(void);
Str  checkpoint_path(const char *name); /* good until the fourth call from here */
void checkpoint_empty(void);            /* removes all files in the folder */
/* Names in the folder but lock, each followed by a blank. */
const char *checkpoint_names(void);

/* Whole file; and back, as it is. */
Text checkpoint_load(const char *name);
void checkpoint_save(const char *name, Str bytes);

/* For a store whose last is `last`; 0: all parts are given. */
Checkpoint checkpoint_make(const CheckpointProfile *profile, int64_t epoch, int64_t last, Arena *arena);
CheckpointStore *checkpoint_open(CheckpointAccess access);
/* Parts that are as in checkpoint_store_last are given as unchanged, unless is_full. */
Status checkpoint_write(CheckpointStore *store, const CheckpointProfile *profile, int64_t epoch, CheckpointKind kind, bool is_full, Error *err);
void   checkpoint_must_write(CheckpointStore *store, const CheckpointProfile *profile, int64_t epoch);
/* Every byte. */
void   checkpoint_expect(const Checkpoint *checkpoint, const CheckpointProfile *profile, int64_t epoch);
/* Opens the folder anew and expects that epoch as the newest, 0: none at all; returns what was noticed, until the next call. */
const char *checkpoint_expect_newest(const CheckpointProfile *profile, int64_t epoch);

#endif
