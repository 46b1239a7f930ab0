/* file_reader.c: read a block, cut records until the buffer holds no whole one, read the next block behind the rest.
 *
 * The buffer starts at one block and doubles for records that are longer, up to the size of the largest record. */
#include "connectors/filesystem/file_reader.h"

enum {
    BLOCK_SIZE = 256 * 1024,
    BUFFER_MAX = RECORD_SIZE_MAX + 2 * BLOCK_SIZE,
};

Status file_reader_open(FileReader *reader, Str path, int64_t offset, Error *err)
{
    *reader = FILE_READER_CLOSED;
    TRY(env_file_open(path, ENV_READ, &reader->fd, err));
    reader->offset = offset;
    if (offset > 0)
        TRY(env_file_seek(reader->fd, offset, err));
    return STATUS_OK;
}

void file_reader_close(FileReader *reader)
{
    if (reader->fd >= 0)
        env_file_close(reader->fd);
    env_free(reader->bytes);
    *reader = FILE_READER_CLOSED;
}

static void make_room(FileReader *reader)
{
    if (reader->start > 0) {
        memmove(reader->bytes, reader->bytes + reader->start, (size_t)(reader->end - reader->start));
        reader->end -= reader->start;
        reader->start = 0;
    }
    if (reader->capacity - reader->end < BLOCK_SIZE) {
        reader->capacity = reader->capacity ? reader->capacity * 2 : 2 * BLOCK_SIZE;
        reader->bytes = env_realloc(reader->bytes, reader->capacity);
    }
}

static Status read_block(FileReader *reader, Error *err)
{
    int64_t got;
    if (reader->end - reader->start > RECORD_SIZE_MAX + BLOCK_SIZE)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "the record at byte %lld is larger than 8 MiB",
                         (long long)reader->offset);
    make_room(reader);
    TRY(env_file_read(reader->fd, reader->bytes + reader->end, BLOCK_SIZE, &got, err));
    reader->end += got;
    reader->is_at_end = got == 0;
    return STATUS_OK;
}

/* Size of the first line with its end, -1 when it has none yet. */
static int64_t line_size(Str bytes, bool is_last)
{
    const char *found = memchr(bytes.ptr, '\n', (size_t)bytes.len);
    if (!found)
        return is_last ? bytes.len : -1;
    return found - bytes.ptr + 1;
}

static Str without_line_end(Str line)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\n') {
        line.len--;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
    }
    return line;
}

/* Cuts one record off; false when the buffer holds no whole one. */
static bool cut(FileReader *reader, const Format *format, const Decoder *decoder, Str *record, int64_t *offset)
{
    if (reader->start == reader->end)
        return false;
    Str bytes = { reader->bytes + reader->start, reader->end - reader->start };
    int64_t size = format->record_size ? format->record_size(decoder, bytes, reader->is_at_end)
                                       : line_size(bytes, reader->is_at_end);
    if (size < 0)
        return false;
    *record = str_slice(bytes, 0, size);
    if (!format->record_size)
        *record = without_line_end(*record);
    *offset = reader->offset;
    reader->start += size;
    reader->offset += size;
    return true;
}

Status file_reader_next(FileReader *reader, const Format *format, const Decoder *decoder, int64_t records_max,
                        int64_t bytes_max,
                        Str *records, int64_t *offsets, int64_t *count, Error *err)
{
    int64_t first = reader->offset;
    *count = 0;
    while (*count < records_max && reader->offset - first < bytes_max) {
        if (cut(reader, format, decoder, &records[*count], &offsets[*count])) {
            (*count)++;
            continue;
        }
        if (reader->is_at_end || *count > 0) /* a new block would move the records that are cut */
            break;
        TRY(read_block(reader, err));
        first = reader->offset;
    }
    return STATUS_OK;
}
