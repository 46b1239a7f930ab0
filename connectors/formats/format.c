/* format.c: the list of formats, and the part of a table's options that is a format's. */
#include "connectors/formats/format.h"

#define FORMAT(name) extern const Format format_##name;
#include "connectors/formats/formats.def"
#undef FORMAT

static const Format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "connectors/formats/formats.def"
#undef FORMAT
};

int64_t format_count(void)
{
    return (int64_t)(sizeof(formats) / sizeof(*formats));
}

const Format *format_at(int64_t index)
{
    return formats[index];
}

const Format *format_find(Str name)
{
    for (int64_t i = 0; i < format_count(); i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}

Map *format_options(Arena *arena, const Map *options, Str prefix)
{
    Map *own = map_create(arena);
    for (int64_t i = 0; i < options->count; i++) {
        Str key = options->entries[i].key;
        if (str_starts_with(key, prefix))
            map_put_str(own, str_slice(key, prefix.len, key.len), map_entry_str(&options->entries[i]));
    }
    return own;
}
