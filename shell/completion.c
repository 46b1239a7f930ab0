/* completion.c: the engine says which words fit; here they are matched with what is typed, and laid out. */
#include "completion.h"

#include "display_width.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LISTED_MAX = 120 };

/* The longest end of the text that the word begins with. */
static size_t overlap(const char *word, size_t word_size, const char *text, size_t size)
{
    for (size_t length = word_size < size ? word_size : size; length > 0; length--)
        if (strncasecmp(text + size - length, word, length) == 0)
            return length;
    return 0;
}

static size_t common_start(const char *left, size_t left_size, const char *right, size_t right_size)
{
    size_t size = 0, most = left_size < right_size ? left_size : right_size;
    while (size < most && tolower((unsigned char)left[size]) == tolower((unsigned char)right[size]))
        size++;
    while (size > 0 && size < left_size && ((unsigned char)left[size] & 0xc0) == 0x80)
        size--; /* not inside a character */
    return size;
}

void completion_find(const char *candidates, const char *text, size_t size, Completion *out)
{
    *out = (Completion){ .common = BUFFER_EMPTY };
    for (const char *word = candidates; *word;) {
        size_t length = strcspn(word, "\n");
        if (out->count++ == 0)
            buffer_append(&out->common, word, length);
        else
            buffer_cut(&out->common, common_start(out->common.data, out->common.size, word, length));
        word += length + (word[length] == '\n');
    }
    out->typed = overlap(buffer_text(&out->common), out->common.size, text, size);
}

void completion_free(Completion *completion)
{
    buffer_free(&completion->common);
}

static size_t widest(const char *candidates)
{
    size_t most = 0;
    for (const char *word = candidates; *word;) {
        size_t length = strcspn(word, "\n"), width = display_width(word, length);
        most = width > most ? width : most;
        word += length + (word[length] == '\n');
    }
    return most;
}

void completion_list(const char *candidates, int count, size_t width, Buffer *out)
{
    if (count > LISTED_MAX) {
        buffer_printf(out, "%d candidates; type a little more\n", count);
        return;
    }
    size_t column = widest(candidates) + 2;
    size_t columns = width / column ? width / column : 1, at = 0;
    for (const char *word = candidates; *word;) {
        size_t length = strcspn(word, "\n");
        bool is_last = at + 1 == columns || !word[length] || !word[length + 1];
        buffer_append(out, word, length);
        if (is_last)
            buffer_put(out, '\n');
        else
            buffer_repeat(out, ' ', column - display_width(word, length));
        at = is_last ? 0 : at + 1;
        word += length + (word[length] == '\n');
    }
}
