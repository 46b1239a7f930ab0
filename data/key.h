/* key.h: the values of key columns as one byte string per row, for hash tables, exchange and state.
 *
 * Two rows have the same bytes exactly when all their key values are the same (NULL is a value of its own). The encoding
 * is part of the checkpoint format: per column one byte (0 NULL, 1 value), then the value little-endian (fixed layouts), or its size
 * as uint32 and the bytes (views), or count and entries (nested). */
#ifndef DATA_KEY_H
#define DATA_KEY_H

#include "data/batch.h"

/* The hash of a key's bytes, as keys_encode gives it: stable, so that state can be distributed again after a restore. */
uint64_t key_hash(Str key);

/* keys[i] and hashes[i] for each row; memory from buf. Any of columns may be constant. Zero columns give empty keys. */
void keys_encode(const Column *const *columns, int32_t column_count, int64_t rows, Buf *buf, Str *keys, uint64_t *hashes);
/* The inverse: count keys back to columns of the given types (text copied into buf). */
void keys_decode(const Str *keys, int64_t count, const Type *const *types, int32_t column_count, Buf *buf, Column *out);

/* Is it such a key? Bytes from a file are asked this before anything else is done with them. */
bool key_is_sound(Str key, const Type *const *types, int32_t column_count);

/* One value at a time, for state files and variable-size rows. */
void value_encode(const Column *column, int64_t row, Text *out);
/* The same in two steps, for a writer with memory of its own: how many bytes, and the writing of them; returns their end. */
int64_t value_encoded_size(const Column *column, int64_t row);
char   *value_write(const Column *column, int64_t row, char *out);
/* Reads one value at *cursor into row of out (flat, with room) and moves the cursor. false when the bytes are bad. */
bool value_decode(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf);

#endif
