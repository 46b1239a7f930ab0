/* source.c: reads to the end, up to a maximum. */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool read_all(FILE *file, Buffer *out, const char **why)
{
    char block[65536];
    size_t size;
    while ((size = fread(block, 1, sizeof(block), file)) > 0) {
        if (out->size + size > SOURCE_SIZE_MAX)
            return *why = "it has more than 256 MiB", false;
        buffer_append(out, block, size);
    }
    if (ferror(file))
        return *why = strerror(errno), false;
    return true;
}

static void drop_mark(Buffer *out)
{
    if (out->size < 3 || memcmp(out->data, "\xef\xbb\xbf", 3) != 0)
        return;
    memmove(out->data, out->data + 3, out->size - 3);
    buffer_cut(out, out->size - 3);
}

bool source_read(const char *path, Buffer *out, const char **why)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "r");
    if (!file)
        return *why = strerror(errno), false;
    bool is_read = read_all(file, out, why);
    if (!is_stdin)
        fclose(file);
    if (is_read)
        drop_mark(out);
    return is_read;
}
