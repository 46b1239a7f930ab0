/* manifest.c: encoding and decoding of checkpoint files.
 *
 *   manifest:  magic, format, size of the whole file | body | XXH3 of all that precedes it
 *   body:      epoch, kind, time, job, script; operators; data files; parts; inline bytes
 *
 * The envelope (magic, format, size, checksum) is the same in every format, so that a damaged file and a file of a later release can be
 * told apart. Numbers are int64, little-endian; counts are checked against the bytes that are left before anything is allocated. */
#include "runtime/checkpoint/manifest.h"

#include "core/bytes.h"
#include "core/hash.h"

enum {
    ENVELOPE_HEAD = 24,
    ENVELOPE_TAIL = 8,
    /* The least that one of them takes in the file. */
    OP_SIZE_MIN = 24,
    FILE_SIZE = 16,
    PART_SIZE = 56,
};

#define SIZE_MAX_MANIFEST ((int64_t)256 * 1024 * 1024)

#define MANIFEST_MAGIC STR("TIDECKPT")
#define DATA_MAGIC     STR("TIDEDATA")

int64_t manifest_size_max(void)
{
    return SIZE_MAX_MANIFEST;
}

static int order(int64_t left, int64_t right)
{
    return left < right ? -1 : left > right;
}

int manifest_part_order(const ManifestPart *left, const ManifestPart *right)
{
    if (left->op != right->op)
        return order(left->op, right->op);
    if (left->instance != right->instance)
        return order(left->instance, right->instance);
    return order(left->number, right->number);
}

/* ---- encoding --------------------------------------------------------------------------------------------------------- */

static void encode_head(const Checkpoint *head, Text *out)
{
    encode_i64(head->epoch, out);
    encode_i64(head->kind, out);
    encode_i64(head->created_ms, out);
    encode_str(head->job_id, out);
    encode_str(head->job_name, out);
    encode_str(head->script, out);
    encode_i64(head->op_count, out);
    for (int32_t i = 0; i < head->op_count; i++) {
        encode_str(head->ops[i].name, out);
        encode_str(head->ops[i].signature, out);
        encode_i64(head->ops[i].instances, out);
    }
}

static void encode_places(const Manifest *manifest, Text *out)
{
    encode_i64(manifest->file_count, out);
    for (int32_t i = 0; i < manifest->file_count; i++) {
        encode_i64(manifest->files[i].epoch, out);
        encode_i64(manifest->files[i].size, out);
    }
    encode_i64(manifest->part_count, out);
    for (int64_t i = 0; i < manifest->part_count; i++) {
        const ManifestPart *part = &manifest->parts[i];
        encode_i64(part->op, out);
        encode_i64(part->instance, out);
        encode_i64(part->number, out);
        encode_i64(part->file, out);
        encode_i64(part->offset, out);
        encode_i64(part->size, out);
        encode_i64((int64_t)part->hash, out);
    }
    encode_str(manifest->inline_bytes, out);
}

Status manifest_encode(const Manifest *manifest, Text *out, Error *err)
{
    int64_t start = out->len;
    text_append(out, MANIFEST_MAGIC);
    encode_i64(MANIFEST_FORMAT, out);
    int64_t size_at = out->len;
    encode_i64(0, out);
    encode_head(&manifest->head, out);
    encode_places(manifest, out);
    int64_t size = out->len - start + ENVELOPE_TAIL;
    if (out->overflow || size > SIZE_MAX_MANIFEST)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "epoch %lld: its manifest would be larger than %lld bytes",
                         (long long)manifest->head.epoch, (long long)SIZE_MAX_MANIFEST);
    memcpy(out->ptr + size_at, &size, sizeof(size));
    encode_i64((int64_t)hash_bytes(out->ptr + start, out->len - start), out);
    return STATUS_OK;
}

void data_header_encode(int64_t epoch, Text *out)
{
    text_append(out, DATA_MAGIC);
    encode_i64(MANIFEST_FORMAT, out);
    encode_i64(epoch, out);
}

/* ---- decoding --------------------------------------------------------------------------------------------------------- */

typedef struct Reader {
    const char *cursor;
    const char *end;
    Arena      *arena;
} Reader;

static Status damaged(Error *err, const char *what)
{
    return error_set(err, STATUS_DATA, SPAN_NONE, "%s", what);
}

static bool read_i64(Reader *reader, int64_t min, int64_t max, int64_t *value)
{
    return decode_i64(&reader->cursor, reader->end, value) && *value >= min && *value <= max;
}

static bool read_i32(Reader *reader, int32_t min, int32_t max, int32_t *value)
{
    int64_t wide;
    if (!read_i64(reader, min, max, &wide))
        return false;
    *value = (int32_t)wide;
    return true;
}

/* A count of things that take at least `size` bytes each, which must still be there. */
static bool read_count(Reader *reader, int64_t size, int64_t *count)
{
    return read_i64(reader, 0, INT32_MAX, count) && *count <= (reader->end - reader->cursor) / size;
}

static bool read_text(Reader *reader, Str *text)
{
    return decode_str(&reader->cursor, reader->end, text);
}

static bool read_head(Reader *reader, Checkpoint *head)
{
    int64_t kind;
    if (!read_i64(reader, 1, INT64_MAX, &head->epoch) || !read_i64(reader, 0, CHECKPOINT_SAVEPOINT, &kind) ||
        !read_i64(reader, INT64_MIN, INT64_MAX, &head->created_ms))
        return false;
    head->kind = (CheckpointKind)kind;
    return read_text(reader, &head->job_id) && read_text(reader, &head->job_name) && read_text(reader, &head->script);
}

static bool read_ops(Reader *reader, Checkpoint *head)
{
    int64_t count;
    if (!read_count(reader, OP_SIZE_MIN, &count))
        return false;
    CheckpointOp *ops = arena_new(reader->arena, CheckpointOp, count);
    for (int64_t i = 0; i < count; i++)
        if (!read_text(reader, &ops[i].name) || !read_text(reader, &ops[i].signature) ||
            !read_i32(reader, 1, INT32_MAX, &ops[i].instances))
            return false;
    head->ops = ops;
    head->op_count = (int32_t)count;
    return true;
}

static bool read_files(Reader *reader, Manifest *out)
{
    int64_t count;
    if (!read_count(reader, FILE_SIZE, &count))
        return false;
    out->files = arena_new(reader->arena, ManifestFile, count);
    out->file_count = (int32_t)count;
    for (int64_t i = 0; i < count; i++) {
        ManifestFile *file = &out->files[i];
        if (!read_i64(reader, 1, out->head.epoch, &file->epoch) || !read_i64(reader, DATA_HEADER_SIZE, INT64_MAX, &file->size))
            return false;
        if (i > 0 && file->epoch <= file[-1].epoch)
            return false;
    }
    return true;
}

static bool read_parts(Reader *reader, Manifest *out)
{
    int64_t count;
    if (!read_count(reader, PART_SIZE, &count))
        return false;
    out->parts = arena_new(reader->arena, ManifestPart, count);
    out->part_count = count;
    for (int64_t i = 0; i < count; i++) {
        ManifestPart *part = &out->parts[i];
        int64_t       hash;
        if (!read_i32(reader, 0, out->head.op_count - 1, &part->op) ||
            !read_i32(reader, 0, out->head.ops[part->op].instances - 1, &part->instance) ||
            !read_i64(reader, INT64_MIN, INT64_MAX, &part->number) ||
            !read_i32(reader, MANIFEST_INLINE, out->file_count - 1, &part->file) ||
            !read_i64(reader, 0, INT64_MAX, &part->offset) || !read_i64(reader, 0, INT64_MAX, &part->size) ||
            !read_i64(reader, INT64_MIN, INT64_MAX, &hash))
            return false;
        part->hash = (uint64_t)hash;
        if (i > 0 && manifest_part_order(&part[-1], part) >= 0)
            return false;
    }
    return true;
}

/* Parts lie inside their file, and those of one file are together no larger than it: what is read for them is bounded by what is there. */
static bool places_are_sound(const Manifest *manifest, Arena *arena)
{
    int64_t *left = arena_new(arena, int64_t, (int64_t)manifest->file_count + 1); /* the last: inline */
    for (int32_t i = 0; i < manifest->file_count; i++)
        left[i] = manifest->files[i].size - DATA_HEADER_SIZE;
    left[manifest->file_count] = manifest->inline_bytes.len;
    for (int64_t i = 0; i < manifest->part_count; i++) {
        const ManifestPart *part = &manifest->parts[i];
        bool     is_inline = part->file == MANIFEST_INLINE;
        int64_t  end = is_inline ? manifest->inline_bytes.len : manifest->files[part->file].size;
        int64_t *room = &left[is_inline ? manifest->file_count : part->file];
        if (part->offset < (is_inline ? 0 : DATA_HEADER_SIZE) || part->offset > end || part->size > end - part->offset || part->size > *room)
            return false;
        *room -= part->size;
    }
    return true;
}

/* Magic, size and checksum; *format is what the file says. */
static Status open_envelope(Str file, Reader *reader, int64_t *format, Error *err)
{
    int64_t     size, hash;
    const char *head = file.ptr + MANIFEST_MAGIC.len;
    const char *end = file.ptr + file.len;
    if (file.len < ENVELOPE_HEAD + ENVELOPE_TAIL)
        return damaged(err, "it is shorter than any manifest");
    if (!str_starts_with(file, MANIFEST_MAGIC))
        return damaged(err, "it is no manifest of a checkpoint");
    const char *tail = end - ENVELOPE_TAIL;
    if (!decode_i64(&head, end, format) || !decode_i64(&head, end, &size) || size != file.len)
        return damaged(err, "its size is not the one it was written with");
    if (!decode_i64(&tail, end, &hash) || (uint64_t)hash != hash_bytes(file.ptr, file.len - ENVELOPE_TAIL))
        return damaged(err, "its checksum is wrong");
    reader->cursor = head;
    reader->end = end - ENVELOPE_TAIL;
    return STATUS_OK;
}

Status manifest_decode(Str file, Arena *arena, Manifest *out, Error *err)
{
    Reader  reader = { .arena = arena };
    int64_t format;
    *out = (Manifest){ 0 };
    TRY(open_envelope(file, &reader, &format, err));
    if (format != MANIFEST_FORMAT) {
        error_set(err, STATUS_UNSUPPORTED, SPAN_NONE, "it has format %lld; this program reads format %d", (long long)format, MANIFEST_FORMAT);
        return error_hint(err, "use the release that wrote it, or a later one");
    }
    bool is_sound = read_head(&reader, &out->head) && read_ops(&reader, &out->head) && read_files(&reader, out) && read_parts(&reader, out) &&
                    read_text(&reader, &out->inline_bytes) && reader.cursor == reader.end && places_are_sound(out, arena);
    return is_sound ? STATUS_OK : damaged(err, "its checksum is right, but it does not follow the format");
}

Status data_header_check(Str header, int64_t epoch, Error *err)
{
    int64_t     format, found;
    const char *cursor = header.ptr + DATA_MAGIC.len;
    const char *end = header.ptr + header.len;
    if (!str_starts_with(header, DATA_MAGIC) || !decode_i64(&cursor, end, &format) || !decode_i64(&cursor, end, &found))
        return damaged(err, "it is no data file of a checkpoint");
    if (format != MANIFEST_FORMAT || found != epoch)
        return damaged(err, "its head is wrong");
    return STATUS_OK;
}
