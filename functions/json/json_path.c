/* json_path.c: reading JSON paths. */
#include "functions/json/json_path_step.h"

typedef LIST(JsonStep) StepList;
typedef LIST(Str) NameList;
typedef LIST(int64_t) IndexList;

bool path_read_quoted(PathReader *reader, Str *out)
{
    char  quote = path_peek(reader, 0);
    char *to    = arena_alloc(reader->arena, reader->text.len - reader->at + 1), *end = to;
    for (reader->at++; reader->at < reader->text.len; reader->at++) {
        char byte = path_peek(reader, 0);
        if (byte == quote) {
            reader->at++;
            *out = (Str){ to, end - to };
            return true;
        }
        if (byte == '\\' && reader->at + 1 < reader->text.len)
            byte = reader->text.ptr[++reader->at];
        *end++ = byte;
    }
    return false;
}

static bool read_integer(PathReader *reader, int64_t *out)
{
    bool    is_negative = path_take(reader, '-');
    int64_t start       = reader->at;
    for (*out = 0; path_peek(reader, 0) >= '0' && path_peek(reader, 0) <= '9' && *out < INT32_MAX; reader->at++)
        *out = *out * 10 + (path_peek(reader, 0) - '0');
    if (is_negative)
        *out = -*out;
    return reader->at > start;
}

/* ---- in brackets ----------------------------------------------------------------------------------------------- */

static bool read_names(PathReader *reader, JsonStep *step)
{
    NameList names = { 0 };
    do {
        Str name;
        path_skip_blanks(reader);
        if ((path_peek(reader, 0) != '\'' && path_peek(reader, 0) != '"') || !path_read_quoted(reader, &name))
            return false;
        list_push(reader->arena, &names, name);
        path_skip_blanks(reader);
    } while (path_take(reader, ','));
    step->kind  = STEP_MEMBERS;
    step->names = names.items;
    step->count = (int32_t)names.count;
    return true;
}

/* n, n,m or from:to */
static bool read_indexes(PathReader *reader, JsonStep *step)
{
    IndexList indexes = { 0 };
    int64_t   index   = 0;
    step->has_from    = read_integer(reader, &index);
    list_push(reader->arena, &indexes, index);
    path_skip_blanks(reader);
    if (path_take(reader, ':')) {
        step->has_to = read_integer(reader, &index);
        list_push(reader->arena, &indexes, index);
        step->kind    = STEP_SLICE;
        step->indexes = indexes.items;
        return true;
    }
    if (!step->has_from)
        return false;
    while (path_take(reader, ',')) {
        path_skip_blanks(reader);
        if (!read_integer(reader, &index))
            return false;
        list_push(reader->arena, &indexes, index);
        path_skip_blanks(reader);
    }
    step->kind    = STEP_INDEXES;
    step->indexes = indexes.items;
    step->count   = (int32_t)indexes.count;
    return true;
}

static bool read_bracket(PathReader *reader, JsonStep *step)
{
    bool is_good;
    reader->at++;
    path_skip_blanks(reader);
    char byte = path_peek(reader, 0);
    if (byte == '*') {
        step->kind = STEP_WILDCARD;
        is_good    = path_take(reader, '*');
    } else if (byte == '\'' || byte == '"') {
        is_good = read_names(reader, step);
    } else if (byte == '?' && path_peek(reader, 1) == '(') {
        reader->at += 2;
        step->kind   = STEP_FILTER;
        step->filter = json_filter_parse(reader);
        is_good      = step->filter != NULL;
    } else {
        is_good = read_indexes(reader, step);
    }
    path_skip_blanks(reader);
    return is_good && path_take(reader, ']');
}

/* ---- behind a dot ---------------------------------------------------------------------------------------------- */

static PathFunction function_named(Str name)
{
    static const char *const names[PATH_FUNCTION_COUNT] = { "length", "min", "max", "sum", "avg" };
    for (int i = 0; i < PATH_FUNCTION_COUNT; i++)
        if (str_is(name, names[i]))
            return (PathFunction)i;
    return str_is(name, "size") ? PATH_LENGTH : PATH_FUNCTION_COUNT;
}

static bool ends_name(char byte, bool in_filter)
{
    return byte == 0 || byte == '.' || byte == '[' || byte == '(' || byte == ' ' ||
        (in_filter && strchr(")=!<>&|,~", byte));
}

static bool read_name(PathReader *reader, bool in_filter, JsonStep *step)
{
    int64_t start = reader->at;
    while (!ends_name(path_peek(reader, 0), in_filter))
        reader->at++;
    Str name = str_slice(reader->text, start, reader->at);
    if (name.len == 0)
        return false;
    if (path_take(reader, '(')) {
        step->kind     = STEP_FUNCTION;
        step->function = function_named(name);
        return step->function != PATH_FUNCTION_COUNT && path_take(reader, ')');
    }
    if (str_is(name, "*")) {
        step->kind = STEP_WILDCARD;
        return true;
    }
    Str *names  = arena_new(reader->arena, Str, 1);
    *names      = name;
    step->kind  = STEP_MEMBERS;
    step->names = names;
    step->count = 1;
    return true;
}

/* .name, ..name, .*, [..], .[..] */
static bool read_step(PathReader *reader, bool in_filter, JsonStep *step)
{
    bool has_dot  = path_take(reader, '.');
    step->is_deep = has_dot && path_take(reader, '.');
    if (path_peek(reader, 0) == '[')
        return read_bracket(reader, step);
    return has_dot && read_name(reader, in_filter, step);
}

static bool is_single(const JsonStep *step)
{
    bool is_list = step->kind == STEP_INDEXES && step->count > 1;
    return !step->is_deep && !is_list && (step->kind == STEP_MEMBERS || step->kind == STEP_INDEXES ||
                                          step->kind == STEP_FUNCTION);
}

bool path_read_steps(PathReader *reader, bool in_filter, JsonPath *out)
{
    StepList steps = { 0 };
    out->is_single = true;
    while (path_peek(reader, 0) == '.' || path_peek(reader, 0) == '[') {
        JsonStep step = { 0 };
        if (!read_step(reader, in_filter, &step))
            return false;
        out->is_single = step.kind == STEP_FUNCTION || (out->is_single && is_single(&step));
        list_push(reader->arena, &steps, step);
    }
    out->steps = steps.items;
    out->count = (int32_t)steps.count;
    return true;
}

/* "lax" or "strict" in front. */
static Str take_mode(Str text, bool *is_lax)
{
    Str rest = str_trim(text);
    *is_lax  = rest.len > 4 && str_is_nocase(str_slice(rest, 0, 4), "lax ");
    if (*is_lax)
        return str_trim(str_slice(rest, 4, rest.len));
    if (rest.len > 7 && str_is_nocase(str_slice(rest, 0, 7), "strict "))
        return str_trim(str_slice(rest, 7, rest.len));
    return text;
}

const JsonPath *json_path_parse(Arena *arena, Str text)
{
    JsonPath  *path   = arena_new(arena, JsonPath, 1);
    PathReader reader = { .arena = arena, .text = take_mode(arena_str(arena, text), &path->is_lax) };
    if (reader.text.len == 0)
        return NULL;
    if (reader.text.ptr[0] == '$')
        reader.at = 1;
    else
        reader.text = arena_format(arena, ".%.*s", STR_FMT(reader.text));
    bool is_good = path_read_steps(&reader, false, path) && reader.at == reader.text.len;
    return is_good ? path : NULL;
}

bool json_path_is_lax(const JsonPath *path)
{
    return path->is_lax;
}
