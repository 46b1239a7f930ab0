/* option.c: finding the row of a key, checking a value against its row, and reading checked values.
 *
 * A value is read in one place only (value_parse_as), by the checks and by the getters alike: what passed the check
 * cannot fail later. Getters therefore assert. */
#include "core/option.h"

#include "core/text.h"

#include <assert.h>
#include <stdlib.h>

typedef struct Unit {
    const char *names; /* separated by spaces, lower case */
    int64_t     size;  /* in ns for durations, bytes for sizes */
} Unit;

static const Unit duration_units[] = {
    { "d day days", 86400000000000 },
    { "h hour hours", 3600000000000 },
    { "min m minute minutes", 60000000000 },
    { "s sec secs second seconds", 1000000000 },
    { "ms milli millis millisecond milliseconds", 1000000 },
    { "\xC2\xB5s us micro micros microsecond microseconds", 1000 },
    { "ns nano nanos nanosecond nanoseconds", 1 },
    { NULL, 0 },
};

static const Unit size_units[] = {
    { "b bytes", 1 },
    { "k kb kibibytes", (int64_t)1 << 10 },
    { "m mb mebibytes", (int64_t)1 << 20 },
    { "g gb gibibytes", (int64_t)1 << 30 },
    { "t tb tebibytes", (int64_t)1 << 40 },
    { NULL, 0 },
};

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* "fields.#.kind" takes "fields.id.kind": # is any text that is not empty. */
static bool pattern_takes(Str pattern, Str key)
{
    int64_t mark = str_find(pattern, '#');
    if (mark < 0)
        return str_eq(pattern, key);
    Str head = str_slice(pattern, 0, mark);
    Str tail = str_slice(pattern, mark + 1, pattern.len);
    return key.len > head.len + tail.len && str_starts_with(key, head) && str_ends_with(key, tail);
}

static bool row_takes(const Option *row, Str key)
{
    Str name = str_from(row->key);
    if (row->kind == OPTION_PREFIX)
        return key.len > name.len && str_starts_with(key, name);
    return pattern_takes(name, key);
}

const Option *option_find(const Option *rows, Str key)
{
    if (!rows)
        return NULL;
    for (const Option *row = rows; row->key; row++)
        if (row_takes(row, key))
            return row;
    return NULL;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static const Unit *unit_find(const Unit *units, Str name)
{
    for (const Unit *unit = units; unit->names; unit++) {
        Str names = str_from(unit->names);
        Str one;
        while (str_split(&names, ' ', &one))
            if (str_eq_nocase(one, name))
                return unit;
    }
    return NULL;
}

/* "10 s" in the units' common measure; a bare number counts units of `bare` each. No signs, no fractions. */
static bool amount_parse(Str text, const Unit *units, int64_t bare, int64_t divide_by, int64_t *out)
{
    int64_t digits = 0;
    text = str_trim(text);
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    int64_t count;
    if (digits == 0 || !str_to_i64(str_slice(text, 0, digits), &count))
        return false;
    Str         name = str_trim(str_slice(text, digits, text.len));
    const Unit *unit = name.len ? unit_find(units, name) : NULL;
    if (name.len && !unit)
        return false;
    int64_t size = unit ? unit->size : bare;
    if (size >= divide_by)
        return !__builtin_mul_overflow(count, size / divide_by, out);
    *out = count / (divide_by / size);
    return true;
}

bool duration_parse(Str text, int64_t *ms)
{
    return amount_parse(text, duration_units, 1000000, 1000000, ms);
}

bool size_parse(Str text, int64_t *bytes)
{
    return amount_parse(text, size_units, 1, 1, bytes);
}

static bool double_from(Str text, double *out)
{
    char  copy[64];
    char *end;
    text = str_trim(text);
    if (text.len == 0 || text.len >= (int64_t)sizeof(copy))
        return false;
    memcpy(copy, text.ptr, (size_t)text.len);
    copy[text.len] = '\0';
    *out = strtod(copy, &end);
    return end == copy + text.len && *out == *out;
}

static bool bool_from(Str text, bool *out)
{
    *out = str_is_nocase(text, "true");
    return *out || str_is_nocase(text, "false");
}

static bool is_one_of(const char *values, Str text)
{
    Str rest = str_from(values);
    Str one;
    while (str_split(&rest, '|', &one))
        if (str_eq_nocase(one, text))
            return true;
    return false;
}

typedef struct Value {
    int64_t i64;
    double  number;
    bool    is_true;
} Value;

static bool value_parse_as(const Option *row, Str text, Value *out)
{
    switch (row->kind) {
    case OPTION_INT: return str_to_i64(str_trim(text), &out->i64);
    case OPTION_DOUBLE: return double_from(text, &out->number);
    case OPTION_BOOL: return bool_from(str_trim(text), &out->is_true);
    case OPTION_DURATION: return duration_parse(text, &out->i64);
    case OPTION_SIZE: return size_parse(text, &out->i64);
    case OPTION_ENUM: return is_one_of(row->values, text);
    case OPTION_STRING:
    case OPTION_LIST:
    case OPTION_PREFIX: break;
    }
    return true;
}

static const char *kind_expects(OptionKind kind)
{
    switch (kind) {
    case OPTION_INT: return "a whole number";
    case OPTION_DOUBLE: return "a number";
    case OPTION_BOOL: return "true or false";
    case OPTION_DURATION: return "a duration such as '500 ms', '10 s', '5 min', '1 h' or '1 d'";
    case OPTION_SIZE: return "a size such as '64 kb', '128 mb' or '1 gb'";
    default: return "text";
    }
}

static void put_choices(const char *values, Text *out)
{
    Str  rest = str_from(values);
    Str  one;
    bool is_first = true;
    while (str_split(&rest, '|', &one)) {
        text_puts(out, is_first ? "one of " : ", ");
        text_append(out, one);
        is_first = false;
    }
}

static Status value_error(const Option *row, Str key, Str value, Span span, Error *err)
{
    Text expected = TEXT_EMPTY;
    if (row->kind == OPTION_ENUM)
        put_choices(row->values, &expected);
    else
        text_puts(&expected, kind_expects(row->kind));
    if (row->flags & OPTION_SECRET)
        value = STR("******");
    Status status = error_set(err, STATUS_OPTION, span, "option '%.*s' = '%.*s': expected %.*s", STR_FMT(key),
                              STR_FMT(value), STR_FMT(text_str(&expected)));
    text_free(&expected);
    return status;
}

Status option_check(const Option *row, Str key, Str value, Span span, Error *err)
{
    Value ignored;
    return value_parse_as(row, value, &ignored) ? STATUS_OK : value_error(row, key, value, span, err);
}

/* ---- maps ------------------------------------------------------------------------------------------------------ */

static const Option *find_in_lists(const Option *const *lists, int32_t list_count, Str key)
{
    for (int32_t i = 0; i < list_count; i++) {
        const Option *row = option_find(lists[i], key);
        if (row)
            return row;
    }
    return NULL;
}

typedef LIST(Str) KeyList;

static KeyList supported_keys(Arena *arena, const Option *const *lists, int32_t list_count)
{
    KeyList keys = { 0 };
    for (int32_t i = 0; i < list_count; i++)
        for (const Option *row = lists[i]; row && row->key; row++)
            list_push(arena, &keys, row->kind == OPTION_PREFIX ? arena_format(arena, "%s*", row->key)
                      : str_from(row->key));
    return keys;
}

static Status unknown_key(const Option *const *lists, int32_t list_count, Str key, Str who, Span span, Error *err)
{
    Arena  *arena = arena_create();
    KeyList keys = supported_keys(arena, lists, list_count);
    Text    names = TEXT_EMPTY;
    for (int64_t i = 0; i < keys.count; i++)
        text_printf(&names, "%s%.*s", i ? ", " : "", STR_FMT(keys.items[i]));
    Status status = error_set(err, STATUS_OPTION, span, "%.*s has no option '%.*s'; supported are: %.*s", STR_FMT(who),
                              STR_FMT(key), STR_FMT(text_str(&names)));
    Str nearest = error_nearest(key, keys.items, keys.count);
    if (nearest.ptr)
        error_hint(err, "did you mean '%.*s'?", STR_FMT(nearest));
    text_free(&names);
    arena_destroy(arena);
    return status;
}

static Status check_required(const Option *rows, const Map *options, Str who, Span span, Error *err)
{
    for (const Option *row = rows; row && row->key; row++)
        if ((row->flags & OPTION_REQUIRED) && !map_has(options, str_from(row->key)))
            return error_set(err, STATUS_OPTION, span, "%.*s needs the option '%s': %s", STR_FMT(who), row->key,
                             row->doc);
    return STATUS_OK;
}

Status options_check(const Option *const *lists, int32_t list_count, const Map *options, Str who, Span span, Error *err)
{
    for (int64_t i = 0; i < options->count; i++) {
        Str           key = options->entries[i].key;
        const Option *row = find_in_lists(lists, list_count, key);
        if (!row)
            return unknown_key(lists, list_count, key, who, span, err);
        TRY(option_check(row, key, map_entry_str(&options->entries[i]), span, err));
    }
    for (int32_t i = 0; i < list_count; i++)
        TRY(check_required(lists[i], options, who, span, err));
    return STATUS_OK;
}

Str option_str(const Option *rows, const Map *options, const char *key)
{
    Str value = map_get_str(options, str_from(key));
    if (value.ptr)
        return value;
    const Option *row = option_find(rows, str_from(key));
    return row && row->default_value ? str_from(row->default_value) : (Str){ NULL, 0 };
}

/* False when there is neither a value nor a default. */
static bool option_value(const Option *rows, const Map *options, const char *key, Value *out)
{
    Str text = option_str(rows, options, key);
    if (!text.ptr)
        return false;
    const Option *row = option_find(rows, str_from(key));
    bool          is_good = row && value_parse_as(row, text, out);
    assert(is_good);
    return is_good;
}

int64_t option_i64(const Option *rows, const Map *options, const char *key)
{
    Value value = { 0 };
    return option_value(rows, options, key, &value) ? value.i64 : -1;
}

bool option_bool(const Option *rows, const Map *options, const char *key)
{
    Value value = { 0 };
    return option_value(rows, options, key, &value) && value.is_true;
}

double option_double(const Option *rows, const Map *options, const char *key)
{
    Value value = { 0 };
    return option_value(rows, options, key, &value) ? value.number : 0;
}

bool option_is_set(const Map *options, const char *key)
{
    return map_has(options, str_from(key));
}
