/* key_table.h: key bytes -> a block of fixed size, for the state of keyed operators.
 *
 * Blocks do not move while their key is there. Not ordered; entries are walked by position. One thread at a time. */
#ifndef RUNTIME_STATE_KEY_TABLE_H
#define RUNTIME_STATE_KEY_TABLE_H

#include "core/str.h"

typedef struct KeyTable KeyTable;

KeyTable *key_table_create(int32_t block_size); /* a multiple of 16 */
void      key_table_destroy(KeyTable *table);
/* Forgets all entries, keeps the memory. */
void      key_table_clear(KeyTable *table);
int64_t   key_table_count(const KeyTable *table);
int64_t   key_table_size(const KeyTable *table); /* bytes */

/* blocks[i] becomes the block of keys[i]; keys that are not there are added with a zeroed block. The index i of each
 * row that added one is written to new_rows (room for count); returns how many. */
int64_t key_table_add(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t count, void **blocks,
                      int32_t *new_rows);
/* NULL when it is not there. Who changes the block says so with key_table_touch. */
void   *key_table_find(KeyTable *table, Str key, uint64_t hash);
void    key_table_remove(KeyTable *table, void *block);
/* Of a block. */
Str      key_of_block(const void *block);
uint64_t hash_of_block(const void *block);

/* Walks entries: *position starts at 0; NULL at the end. Removing the entry just given is allowed. */
void   *key_table_next(const KeyTable *table, int64_t *position);

/* ---- for snapshots: entries in pieces of some 64 KiB, which are saved one by one -------------------------------------- */

/* Piece number p has the same entries as long as they live. */
int64_t key_table_pieces(const KeyTable *table);
/* Since key_table_saved: was an entry added, removed, touched, or given out by key_table_add? */
bool    key_table_has_changed(const KeyTable *table, int64_t piece);
void    key_table_saved(KeyTable *table, int64_t piece);
void    key_table_touch(KeyTable *table, const void *block);
/* As key_table_next, within a piece. */
void   *key_table_next_in(const KeyTable *table, int64_t piece, int64_t *position);
/* Entries of a piece side by side: [size of key: uint32] [key] [block, from byte `from` on: a multiple of 8]. Returns where they end in out, which
 * has room for key_table_write_room bytes; *count: how many. */
char   *key_table_write(const KeyTable *table, int64_t piece, int32_t from, char *out, int64_t *count);
int64_t key_table_write_room(const KeyTable *table, int64_t piece, int32_t from);

#endif
