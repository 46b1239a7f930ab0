/* disk.h: a disk in memory that keeps for certain only what was synced.
 *
 *   a file:      bytes as processes see them, and bytes that are on the disk; a sync makes the second the first
 *   a directory: names as processes see them, names on the disk, and what was done to them since, in order; a sync of the directory makes them
 *                one. The sync of a file does not keep its name
 *   power loss:  of bytes not synced, none, all, or any sectors remain; of names not synced, the first few changes or any of them (a rename
 *                is one change)
 *   a failed sync: the bytes are not on the disk, and no later sync of the file will put them there, whatever it answers, until they are cut off
 *
 * A process that dies loses its open files and locks, no more. Calls of a dead process, and of one that is cut off, fail without effect. */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include "tests/sim/machine.h"

typedef struct Disk Disk;

/* Its files are those of env.h until it is destroyed. */
Disk *disk_create(void);
void  disk_destroy(Disk *disk);

/* The process that makes the call which is so many away dies in it: before, behind, or half-way through. 0 = off. */
void disk_plan_death(Disk *disk, int64_t calls);
/* Once in so many calls one fails, as long as the machine has faults left; 0 = never. */
void disk_set_trouble(Disk *disk, int64_t one_in);
/* Closes what the process has open and lets go of its locks. */
void disk_forget_process(Disk *disk, int32_t process);
void disk_lose_power(Disk *disk);

/* Syncs that were made to fail, so far. */
int64_t disk_failed_syncs(const Disk *disk);
int64_t disk_calls(const Disk *disk);
/* Visible bytes of a file, for readers outside; {NULL, 0}: there is none. */
Str     disk_bytes(const Disk *disk, Str path);
/* Every file below a directory. */
void    disk_visit(const Disk *disk, Str directory, void (*visit)(void *context, Str path, Str bytes), void *context);

#endif
