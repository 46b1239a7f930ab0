/* disk_parts.h: what a disk is made of; for disk.c, disk_calls.c and disk_power.c only. */
#ifndef TESTS_SIM_DISK_PARTS_H
#define TESTS_SIM_DISK_PARTS_H

#include "core/arena.h"
#include "core/text.h"
#include "tests/sim/disk.h"

enum { SECTOR_SIZE = 64, OPEN_MAX = 256, FIRST_FD = 1000, FULL_CALLS_MAX = 12 };

typedef struct Node Node;

typedef struct Name {
    Str   name;
    Node *node;
} Name;

typedef LIST(Name) NameList;

/* One thing that was done to the names of a directory. */
typedef struct Change {
    Str   name;
    Node *node; /* what the name is from then on; NULL: nothing */
    Str   from; /* a rename: this name is gone in the same moment; {NULL, 0} else */
} Change;

struct Node {
    bool     is_directory;
    /* a file */
    Text     seen, kept;  /* by processes; on the disk */
    int64_t  lost_from;   /* a sync failed: bytes from here on never get to the disk; -1 = none */
    int32_t  locked_by;   /* process; 0 = nobody */
    /* a directory */
    NameList names, kept_names;
    LIST(Change) changes; /* between the two */
};

typedef struct OpenFile {
    Node   *node; /* NULL: closed */
    int32_t process;
    int64_t offset;
    bool    is_append, has_lock;
    Str     path; /* for the trace */
} OpenFile;

struct Disk {
    Arena   *arena;
    Node    *root;
    LIST(Node *) nodes;
    OpenFile open[OPEN_MAX];
    int64_t  calls, death_countdown, trouble_one_in, failed_syncs;
    bool     has_failed_read; /* the last call was a read that failed: the next one does not, for what fails twice counts as damaged */
    int64_t  full_for; /* so many calls that need room fail */
};

extern Disk *mounted; /* whose files env.h has */
extern const EnvFiles disk_files;

Node *node_create(Disk *disk, bool is_directory);
Node *names_find(const NameList *names, Str name);
void  names_apply(Disk *disk, NameList *names, const Change *change);
/* To what processes see, to be kept at the next sync of the directory. */
void  directory_change(Disk *disk, Node *directory, Change change);
/* NULL: there is none. */
Node *disk_find(const Disk *disk, Str path);
/* The directory that the last name of the path is in, and that name; NULL: there is none. */
Node *disk_find_parent(const Disk *disk, Str path, Str *name);

#endif
