/* signature.c: reads "name(type, [type], type...) -> type?" and matches argument types against it.
 *
 * Each argument is matched with the parameter in its place (a repeated group is walked round). The cost of a match
 * ranks overloads:
 *
 *     0  the type itself      1  a family (integer, numeric ...)      2  a variable or any
 *     3  an untyped NULL      10 + n  an implicit cast; wider targets cost more
 *
 * Type variables (T, K, V) take the least restrictive type of all arguments that stand for them; arguments of another
 * type are then cast to it. */
#include "functions/signature.h"

#include <assert.h>
#include <string.h>

/* ---- reading --------------------------------------------------------------------------------------------------- */

Str signature_name(const char *text)
{
    /* "(" itself starts no name; "[]" and "||" hold none. */
    return (Str){ text, (int64_t)strcspn(text, "(") };
}

static const char *skip_blanks(const char *cursor)
{
    while (*cursor == ' ' || *cursor == ',')
        cursor++;
    return cursor;
}

/* A type with everything in its angle brackets and parentheses; stops at , ] ) or the dots of a repetition. */
static const char *read_type(const char *cursor, Str *out)
{
    const char *start = cursor;
    int         depth = 0;
    for (; *cursor; cursor++) {
        if (*cursor == '<' || *cursor == '(')
            depth++;
        else if (depth > 0 && (*cursor == '>' || *cursor == ')'))
            depth--;
        else if (depth == 0 && strchr(",]).?! ", *cursor))
            break;
    }
    *out = (Str){ start, cursor - start };
    return cursor;
}

static const char *read_repeat(const char *cursor, Signature *out, int32_t start, int32_t min)
{
    if (strncmp(cursor, "...", 3) != 0)
        return cursor;
    out->repeat_start = start;
    out->repeat_count = out->param_count - start;
    out->repeat_min   = min;
    return cursor + 3;
}

static const char *read_param(const char *cursor, Signature *out)
{
    assert(out->param_count < SIGNATURE_PARAMS_MAX);
    return read_type(cursor, &out->params[out->param_count++]);
}

static const char *read_group(const char *cursor, Signature *out)
{
    int32_t start = out->param_count;
    while (*cursor != ']')
        cursor = skip_blanks(read_param(skip_blanks(cursor), out));
    return read_repeat(cursor + 1, out, start, 0);
}

void signature_parse(const char *text, Signature *out)
{
    *out      = (Signature){ .name = signature_name(text) };
    out->required = -1;
    const char *cursor = skip_blanks(text + out->name.len + 1);
    while (*cursor != ')') {
        if (*cursor == '[') {
            if (out->required < 0)
                out->required = out->param_count;
            cursor = read_group(cursor + 1, out);
        } else if (*cursor == '*') {
            out->is_star = true;
            cursor++;
        } else {
            cursor = read_param(cursor, out);
            cursor = read_repeat(cursor, out, out->param_count - 1, 1);
        }
        cursor = skip_blanks(cursor);
    }
    if (out->required < 0)
        out->required = out->param_count;
    cursor = strstr(cursor, "-> ");
    assert(cursor);
    cursor         = read_type(cursor + 3, &out->result);
    out->null_mark = *cursor;
}

void signature_list(Text *text, int32_t index, const char *signature)
{
    enum { LISTED = 3 };
    if (index > LISTED)
        return;
    if (index == LISTED) {
        text_puts(text, ", ...");
        return;
    }
    const char *arrow = strstr(signature, " -> ");
    text_puts(text, index > 0 ? ", or " : "it takes ");
    text_append(text, (Str){ signature, arrow ? (int64_t)(arrow - signature) : (int64_t)strlen(signature) });
}

/* ---- plain types by name --------------------------------------------------------------------------------------- */

typedef struct NamedType {
    const char *name;
    const Type *type;
} NamedType;

static const NamedType named_types[] = {
    { "boolean", &type_boolean },
    { "tinyint", &type_tinyint },
    { "smallint", &type_smallint },
    { "int", &type_int },
    { "bigint", &type_bigint },
    { "float", &type_float },
    { "double", &type_double },
    { "string", &type_string },
    { "bytes", &type_bytes },
    { "date", &type_date },
    { "time", &type_time },
    { "timestamp", &type_timestamp3 },
    { "timestamp_ltz", &type_timestamp_ltz3 },
    { "interval_month", &type_interval_month },
    { "interval_time", &type_interval_time },
};

static const Type *type_named(Str name)
{
    for (size_t i = 0; i < sizeof(named_types) / sizeof(*named_types); i++)
        if (str_is(name, named_types[i].name))
            return named_types[i].type;
    return NULL;
}

/* "array<T>" -> "T"; "map<K, V>" -> "K" and "V" */
static bool type_inside(Str text, const char *outer, Str *first, Str *second)
{
    int64_t len = (int64_t)strlen(outer);
    if (!str_starts_with(text, str_from(outer)) || text.len <= len || text.ptr[len] != '<')
        return false;
    Str     inside = str_slice(text, len + 1, text.len - 1);
    int64_t comma  = str_find(inside, ',');
    *first         = comma < 0 ? inside : str_slice(inside, 0, comma);
    *second        = comma < 0 ? STR_EMPTY : str_trim(str_slice(inside, comma + 1, inside.len));
    return true;
}

static int variable_index(Str text)
{
    return text.len == 1 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' ? text.ptr[0] - 'A' : -1;
}

/* ---- matching -------------------------------------------------------------------------------------------------- */

typedef struct Family {
    const char *name;
    bool (*has)(const Type *type);
} Family;

static bool is_array(const Type *type)
{
    return type->kind == TYPE_ARRAY;
}
static bool is_map(const Type *type)
{
    return type->kind == TYPE_MAP;
}
static bool is_row(const Type *type)
{
    return type->kind == TYPE_ROW;
}
static bool is_decimal(const Type *type)
{
    return type->kind == TYPE_DECIMAL;
}
static bool is_integer(const Type *type)
{
    return type_is_integer(type);
}
static bool is_numeric(const Type *type)
{
    return type_is_numeric(type);
}
static bool is_temporal(const Type *type)
{
    return type_is_temporal(type);
}
static bool is_interval(const Type *type)
{
    return type_is_interval(type);
}

static const Family families[] = {
    { "integer", is_integer },   { "numeric", is_numeric }, { "temporal", is_temporal },
    { "interval", is_interval }, { "array", is_array },     { "map", is_map },
    { "row", is_row },           { "decimal", is_decimal },
};

static const Family *family_named(Str name)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        if (str_is(name, families[i].name))
            return &families[i];
    return NULL;
}

/* Length and precision are free: CHAR(3) is a string, TIMESTAMP(9) a timestamp. */
static bool is_same_family(const Type *arg, const Type *param)
{
    if (type_is_string(param))
        return type_is_string(arg);
    if (type_is_bytes(param))
        return type_is_bytes(arg);
    return arg->kind == param->kind;
}

static void bind_variable(Arena *arena, SignatureMatch *match, int variable, const Type *type)
{
    const Type *bound = match->types[variable];
    const Type *both  = bound ? type_common(arena, bound, type) : type;
    if (!both)
        match->fits = false;
    else
        match->types[variable] = both;
}

static void match_named(SignatureMatch *match, int32_t index, const Type *arg, const Type *param)
{
    if (is_same_family(arg, param))
        return;
    if (!type_casts_implicitly(arg, param)) {
        match->fits = false;
        return;
    }
    match->casts[index] = param;
    match->cost += 10 + (type_is_approximate(param) ? 20 : param->kind == TYPE_DECIMAL ? 10 : (int)param->kind);
}

static void match_container(Arena *arena, SignatureMatch *match, const Type *arg, Str first, Str second)
{
    if (second.len) {
        match->fits = match->fits && arg->kind == TYPE_MAP;
        if (match->fits && variable_index(first) >= 0)
            bind_variable(arena, match, variable_index(first), arg->key);
        first = second;
    } else {
        match->fits = match->fits && arg->kind == TYPE_ARRAY;
    }
    if (match->fits && variable_index(first) >= 0)
        bind_variable(arena, match, variable_index(first), arg->element);
    else if (match->fits && !is_same_family(arg->element, type_named(first)))
        match->fits = false;
    match->cost += 2;
}

static void match_null(Arena *arena, SignatureMatch *match, int32_t index, const Type *arg, Str param, bool takes_null)
{
    const Type *named = type_named(param);
    match->cost += 3;
    if (variable_index(param) >= 0)
        bind_variable(arena, match, variable_index(param), arg);
    else if (named && takes_null)
        match->casts[index] = named;
    else if (!str_is(param, "any"))
        match->has_untyped_null = true;
    match->fits = match->fits && !match->has_untyped_null;
}

static void match_arg(Arena *arena, SignatureMatch *match, int32_t index, const Type *arg, Str param, bool takes_null)
{
    Str           first, second;
    const Family *family;
    const Type   *named = type_named(param);
    if (arg->kind == TYPE_NULL) {
        match_null(arena, match, index, arg, param, takes_null);
    } else if (variable_index(param) >= 0) {
        match->cost += 2;
        bind_variable(arena, match, variable_index(param), arg);
    } else if (type_inside(param, "array", &first, &second) || type_inside(param, "map", &first, &second)) {
        match_container(arena, match, arg, first, second);
    } else if (str_is(param, "any")) {
        match->cost += 2;
    } else if ((family = family_named(param))) {
        match->cost += 1;
        match->fits = match->fits && family->has(arg);
    } else {
        assert(named);
        match_named(match, index, arg, named);
    }
}

static bool count_fits(const Signature *signature, int32_t count)
{
    int32_t group = signature->repeat_count;
    if (group == 0)
        return count >= signature->required && count <= signature->param_count;
    int32_t others = signature->param_count - group;
    return count >= others + group * signature->repeat_min && (count - others) % group == 0;
}

/* The parameter of argument `index` of `count`: the repeated group takes all that the parameters behind it leave. */
static Str param_of(const Signature *signature, int32_t index, int32_t count)
{
    int32_t group = signature->repeat_count;
    if (group == 0 || index < signature->repeat_start)
        return signature->params[index];
    int32_t behind = signature->param_count - signature->repeat_start - group;
    if (index >= count - behind)
        return signature->params[signature->param_count - (count - index)];
    return signature->params[signature->repeat_start + (index - signature->repeat_start) % group];
}

/* The type that a parameter stands for once the variables are known; NULL when it takes any. */
static const Type *param_type(Arena *arena, Str param, const SignatureMatch *match, bool nullable)
{
    Str first, second;
    int variable = variable_index(param);
    if (variable >= 0)
        return match->types[variable];
    if (type_inside(param, "array", &first, &second)) {
        const Type *element = param_type(arena, first, match, true);
        return element ? type_array(arena, element, nullable) : NULL;
    }
    if (type_inside(param, "map", &first, &second)) {
        const Type *key   = param_type(arena, first, match, true);
        const Type *value = param_type(arena, second, match, true);
        return key && value ? type_map(arena, key, value, nullable) : NULL;
    }
    return type_named(param);
}

static void cast_to_variables(Arena *arena, const Signature *signature, const Type *const *args, int32_t count,
                              SignatureMatch *match)
{
    for (int32_t i = 0; i < count; i++) {
        Str param = param_of(signature, i, count);
        if (type_named(param))
            continue;
        const Type *type = param_type(arena, param, match, args[i]->nullable);
        if (type && !type_equals(args[i], type, false)) {
            match->casts[i] = type;
            match->cost += args[i]->kind == TYPE_NULL ? 0 : 10;
        }
    }
}

SignatureMatch signature_match(Arena *arena, const Signature *signature, const Type *const *args, int32_t arg_count,
                               bool takes_null)
{
    SignatureMatch match = { .fits = count_fits(signature, arg_count) };
    if (!match.fits)
        return match;
    match.casts = arena_new(arena, const Type *, arg_count + 1);
    for (int32_t i = 0; i < arg_count && match.fits; i++)
        match_arg(arena, &match, i, args[i], param_of(signature, i, arg_count), takes_null);
    if (match.fits)
        cast_to_variables(arena, signature, args, arg_count, &match);
    return match;
}

/* ---- results --------------------------------------------------------------------------------------------------- */

/* The number inside "char(32)". */
static int32_t length_of(Str text)
{
    int64_t open = str_find(text, '('), length = 1;
    if (open >= 0)
        str_to_i64(str_slice(text, open + 1, text.len - 1), &length);
    return (int32_t)length;
}

const Type *signature_result(Arena *arena, const Signature *signature, const SignatureMatch *match,
                             const Type *const *args)
{
    Str     text   = signature->result;
    int64_t dollar = str_find(text, '$');
    if (dollar >= 0) {
        const Type *arg = args[text.ptr[dollar + 1] - '1'];
        if (str_starts_with(text, STR("text")))
            return type_is_string(arg) ? type_text_of(arena, TYPE_VARCHAR, arg->length, true) : &type_string;
        return str_starts_with(text, STR("element")) ? arg->element : arg;
    }
    if (str_starts_with(text, STR("char(")))
        return type_text_of(arena, TYPE_CHAR, length_of(text), true);
    if (str_starts_with(text, STR("varchar(")))
        return type_text_of(arena, TYPE_VARCHAR, length_of(text), true);
    const Type *type = param_type(arena, text, match, true);
    assert(type);
    return type;
}
