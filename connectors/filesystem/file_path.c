/* file_path.c: see file_path.h. The escaped characters are those of Hive, which the dialect keeps. */
#include "connectors/filesystem/file_path.h"

Status file_path_local(Arena *arena, Str option, Span span, Str *out, Error *err)
{
    Str path = option;
    if (str_starts_with(path, STR("file:"))) {
        path = str_slice(path, 5, path.len);
        if (str_starts_with(path, STR("//")))
            path = str_slice(path, 2, path.len);
    }
    int64_t colon = str_find(path, ':');
    if (colon > 0 && str_starts_with(str_slice(path, colon, path.len), STR("://")))
        return error_set(err, STATUS_UNSUPPORTED, span,
                         "option 'path' = '%.*s': only local files (file://) are supported",
                         STR_FMT(option));
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (path.len == 0)
        return error_set(err, STATUS_OPTION, span, "option 'path' is empty");
    *out = arena_str(arena, path);
    return STATUS_OK;
}

Str file_path_name(Str path)
{
    int64_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '/')
        start--;
    return str_slice(path, start, path.len);
}

Str file_path_join(Arena *arena, Str directory, Str name)
{
    const char *between = directory.len > 0 && directory.ptr[directory.len - 1] == '/' ? "" : "/";
    return arena_format(arena, "%.*s%s%.*s", STR_FMT(directory), between, STR_FMT(name));
}

bool file_name_is_hidden(Str name)
{
    return name.len > 0 && (name.ptr[0] == '.' || name.ptr[0] == '_');
}

static bool is_escaped(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7F || strchr("\"#%'*/:=?\\{}[]^", byte) != NULL;
}

void partition_escape(Str value, Text *out)
{
    for (int64_t i = 0; i < value.len; i++) {
        if (is_escaped(value.ptr[i]))
            text_printf(out, "%%%02X", (unsigned)(unsigned char)value.ptr[i]);
        else
            text_put(out, value.ptr[i]);
    }
}

static int32_t hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Str partition_unescape(Arena *arena, Str text)
{
    char   *out = arena_alloc(arena, text.len + 1);
    int64_t len = 0;
    for (int64_t i = 0; i < text.len; i++) {
        bool is_code = text.ptr[i] == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
                       hex_digit(text.ptr[i + 2]) >= 0;
        out[len++] = is_code ? (char)(hex_digit(text.ptr[i + 1]) << 4 | hex_digit(text.ptr[i + 2])) : text.ptr[i];
        i += is_code ? 2 : 0;
    }
    return (Str){ out, len };
}
