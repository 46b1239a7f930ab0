/* file_reader.h: one file, read in blocks and cut into records.
 *
 * Records stay valid until the next call. Only one buffer is kept: the part of a record at its end moves to the
 * front. */
#ifndef CONNECTORS_FILESYSTEM_FILE_READER_H
#define CONNECTORS_FILESYSTEM_FILE_READER_H

#include "connectors/formats/format.h"

typedef struct FileReader {
    int      fd; /* -1 = not open */
    char    *bytes;
    int64_t  capacity;
    int64_t  start, end;  /* what is read and not yet cut */
    int64_t  offset;      /* of bytes[start] in the file */
    bool     is_at_end;   /* the file has no more bytes than those in the buffer */
} FileReader;

#define FILE_READER_CLOSED ((FileReader){ .fd = -1 })

Status file_reader_open(FileReader *reader, Str path, int64_t offset, Error *err);
void   file_reader_close(FileReader *reader);
/* Up to records_max whole records (the last one of a file needs no line end) of at most about bytes_max bytes. None
 * left: *count = 0. offsets[i]: where record i starts. */
Status file_reader_next(FileReader *reader, const Format *format, const Decoder *decoder, int64_t records_max,
                        int64_t bytes_max,
                        Str *records, int64_t *offsets, int64_t *count, Error *err);
static inline bool file_reader_is_done(const FileReader *reader)
{
    return reader->is_at_end && reader->start == reader->end;
}

#endif
