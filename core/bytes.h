/* bytes.h: numbers and texts as bytes in state and checkpoint files, little-endian (which every machine we build for is), and back.
 * Readers move *cursor and return false, moving nothing further, when the bytes do not suffice. */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include "core/text.h"

void encode_i64(int64_t value, Text *out);
bool decode_i64(const char **cursor, const char *end, int64_t *value);
/* Size (int64) and bytes; decoded, it points into the bytes read. */
void encode_str(Str value, Text *out);
bool decode_str(const char **cursor, const char *end, Str *value);
/* One byte, 0 or 1; any other is refused. */
void encode_bool(bool value, Text *out);
bool decode_bool(const char **cursor, const char *end, bool *value);

#endif
