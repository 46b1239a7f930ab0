/* fuzz_checkpoint.c: any bytes as a manifest of a checkpoint, as they are and once more in an envelope with the right size and checksum, so
 * that the body is reached. Decoding must end, take no more memory than the bytes justify, and what it takes must encode to the same
 * bytes. */
#include "core/hash.h"
#include "runtime/checkpoint/manifest.h"

#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 64 * 1024 };

static void fail_unless(bool is_true)
{
    if (!is_true)
        abort();
}

static void decode(Str file)
{
    Arena   *arena = arena_create();
    Text     again = TEXT_EMPTY;
    Error    err = ERROR_NONE;
    Manifest manifest;
    Status   status = manifest_decode(file, arena, &manifest, &err);
    fail_unless(arena_size(arena) <= 8 * file.len + 4096);
    if (status == STATUS_OK) {
        fail_unless(manifest_encode(&manifest, &again, &err) == STATUS_OK);
        fail_unless(str_eq(text_str(&again), file));
    } else {
        fail_unless(status == STATUS_DATA || status == STATUS_UNSUPPORTED);
        fail_unless(err.message[0] != '\0');
    }
    text_free(&again);
    arena_destroy(arena);
}

static void decode_body(const uint8_t *data, size_t size)
{
    static char file[BODY_MAX + 32];
    int64_t     format = MANIFEST_FORMAT;
    int64_t     whole = (int64_t)size + 32;
    memcpy(file, "TIDECKPT", 8);
    memcpy(file + 8, &format, 8);
    memcpy(file + 16, &whole, 8);
    memcpy(file + 24, data, size);
    uint64_t hash = hash_bytes(file, whole - 8);
    memcpy(file + whole - 8, &hash, 8);
    decode((Str){ file, whole });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = ERROR_NONE;
    decode((Str){ (const char *)data, (int64_t)size });
    data_header_check((Str){ (const char *)data, (int64_t)size }, 1, &err);
    if (size <= BODY_MAX)
        decode_body(data, size);
    return 0;
}
