/* regexp.c: REGEXP, REGEXP_REPLACE, REGEXP_EXTRACT, REGEXP_EXTRACT_ALL, REGEXP_COUNT, REGEXP_INSTR, REGEXP_SUBSTR.
 *
 * A pattern that is none gives NULL (REGEXP: FALSE), as in the dialect; one that needs too many steps ends the job. */
#include "functions/args.h"
#include "functions/nested.h"
#include "functions/regex.h"

static Status regexp_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    *state = regex_cache_create(arena);
    return STATUS_OK;
}

static Regex *pattern_at(Call *call, const Column *args, int64_t row)
{
    return regex_cached(call_state(call), arg_str(&args[1], row));
}

static Status too_many_steps(Call *call, Error *err)
{
    return call_fail(call, err, STATUS_LIMIT, "the regular expression needs too many steps on this text");
}

/* Where the search goes on behind a match: an empty one is left by one character. -1 = the text is at its end. */
static int64_t next_start(Str text, const RegexMatch *match)
{
    int64_t start = (int64_t)match->at[0], end = (int64_t)match->at[1];
    if (end > start)
        return end;
    return end < text.len ? end + char_size(text, end) : -1;
}

static Status regexp_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    RegexMatch match;
    EACH_VALUE(i)
    {
        Regex      *regex = pattern_at(call, args, i);
        bool        is_on = regex && arg_str(&args[1], i).len > 0;
        RegexResult found = is_on ? regex_find(regex, arg_str(&args[0], i), 0, &match) : REGEX_NOT_FOUND;
        if (found == REGEX_LIMIT)
            return too_many_steps(call, err);
        COLUMN_DATA(out, uint8_t)[i] = found == REGEX_FOUND;
    }
    return STATUS_OK;
}

/* ---- REGEXP_REPLACE -------------------------------------------------------------------------------------------- */

/* The replacement is taken as it is: $1 means nothing. */
static Status replace_all(Call *call, Regex *regex, Str text, Str with, Text *result, Error *err)
{
    RegexMatch match;
    int64_t    copied = 0;
    for (int64_t start = 0; start >= 0; start = next_start(text, &match)) {
        RegexResult found = regex_find(regex, text, start, &match);
        if (found == REGEX_LIMIT)
            return too_many_steps(call, err);
        if (found != REGEX_FOUND)
            break;
        text_append(result, str_slice(text, copied, (int64_t)match.at[0]));
        text_append(result, with);
        copied = (int64_t)match.at[1];
    }
    text_append(result, str_slice(text, copied, text.len));
    return STATUS_OK;
}

static Status replace_rows(Call *call, const Column *args, int64_t rows, Column *out, Text *result, Error *err)
{
    EACH_VALUE(i)
    {
        Regex *regex = pattern_at(call, args, i);
        if (!regex) {
            out_null(call, out, rows, i);
            continue;
        }
        text_clear(result);
        TRY(replace_all(call, regex, arg_str(&args[0], i), arg_str(&args[2], i), result, err));
        if (result->overflow)
            return call_fail(call, err, STATUS_LIMIT, "the result of REGEXP_REPLACE would be longer than 1 GiB");
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(result));
    }
    return STATUS_OK;
}

static Status regexp_replace_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Text   result = TEXT_EMPTY;
    Status status = replace_rows(call, args, rows, out, &result, err);
    text_free(&result);
    return status;
}

/* ---- REGEXP_EXTRACT, REGEXP_SUBSTR, REGEXP_INSTR, REGEXP_COUNT ------------------------------------------------- */

static Status regexp_extract_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool       has_group = call_expr(call)->arg_count > 2;
    RegexMatch match;
    EACH_VALUE(i)
    {
        Regex  *regex = pattern_at(call, args, i);
        Str     text  = arg_str(&args[0], i), part;
        int64_t group = has_group ? arg_i64(&args[2], i) : 0;
        bool    is_on = regex && group >= 0 && group <= regex_group_count(regex);
        RegexResult found = is_on ? regex_find(regex, text, 0, &match) : REGEX_NOT_FOUND;
        if (found == REGEX_LIMIT)
            return too_many_steps(call, err);
        if (found == REGEX_FOUND && regex_group(text, &match, (int32_t)group, &part))
            out_str(out, i, part);
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

static Status regexp_instr_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    RegexMatch match;
    EACH_VALUE(i)
    {
        Regex *regex = pattern_at(call, args, i);
        Str    text  = arg_str(&args[0], i);
        if (!regex) {
            out_null(call, out, rows, i);
            continue;
        }
        RegexResult found = regex_find(regex, text, 0, &match);
        if (found == REGEX_LIMIT)
            return too_many_steps(call, err);
        int64_t place = found == REGEX_FOUND ? char_count(str_slice(text, 0, (int64_t)match.at[0])) + 1 : 0;
        COLUMN_DATA(out, int32_t)[i] = (int32_t)place;
    }
    return STATUS_OK;
}

static Status regexp_count_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    RegexMatch match;
    EACH_VALUE(i)
    {
        Regex  *regex = pattern_at(call, args, i);
        Str     text  = arg_str(&args[0], i);
        int32_t count = 0;
        if (!regex) {
            out_null(call, out, rows, i);
            continue;
        }
        for (int64_t start = 0; start >= 0; start = next_start(text, &match)) {
            RegexResult found = regex_find(regex, text, start, &match);
            if (found == REGEX_LIMIT)
                return too_many_steps(call, err);
            if (found != REGEX_FOUND)
                break;
            count++;
        }
        COLUMN_DATA(out, int32_t)[i] = count;
    }
    return STATUS_OK;
}

/* ---- REGEXP_EXTRACT_ALL ---------------------------------------------------------------------------------------- */

typedef struct Parts {
    View   *views;
    uint8_t *valid;
    int64_t count;
    int64_t room;
} Parts;

static void parts_add(Buf *buf, Parts *parts, Str text, bool is_there)
{
    if (parts->count == parts->room) {
        int64_t  room  = parts->room ? parts->room * 2 : 256;
        View    *views = buf_new(buf, View, room);
        uint8_t *valid = buf_new(buf, uint8_t, room);
        if (parts->count) {
            memcpy(views, parts->views, (size_t)parts->count * sizeof(View));
            memcpy(valid, parts->valid, (size_t)parts->count);
        }
        *parts = (Parts){ views, valid, parts->count, room };
    }
    parts->valid[parts->count]   = is_there;
    parts->views[parts->count++] = is_there ? view_of(text) : (View){ 0 };
}

static Status extract_all(Call *call, Regex *regex, Str text, int32_t group, Parts *parts, Error *err)
{
    RegexMatch match;
    for (int64_t start = 0; start >= 0; start = next_start(text, &match)) {
        RegexResult found = regex_find(regex, text, start, &match);
        Str         part  = STR_EMPTY;
        if (found == REGEX_LIMIT)
            return too_many_steps(call, err);
        if (found != REGEX_FOUND)
            break;
        bool is_there = regex_group(text, &match, group, &part);
        parts_add(call_buf(call), parts, part, is_there);
    }
    return STATUS_OK;
}

static Status regexp_extract_all_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool  has_group = call_expr(call)->arg_count > 2;
    Parts parts     = { 0 };
    EACH_VALUE(i)
    {
        Regex  *regex = pattern_at(call, args, i);
        int64_t group = has_group ? arg_i64(&args[2], i) : 1, start = parts.count;
        if (!regex || group < 0 || group > regex_group_count(regex)) {
            out_null(call, out, rows, i);
            continue;
        }
        TRY(extract_all(call, regex, arg_str(&args[0], i), (int32_t)group, &parts, err));
        COLUMN_DATA(out, ListView)[i] = (ListView){ (int32_t)start, (int32_t)(parts.count - start) };
    }
    Column *child = &out->children[0];
    column_init(child, call_buf(call), out->type->element, 0);
    if (parts.count) {
        child->data  = parts.views;
        child->valid = parts.valid;
        child->room  = parts.room;
    }
    out->child_rows = parts.count;
    return STATUS_OK;
}

#define REGEXP_ROW(signature, text, evaluate) \
    { .sig = signature, .doc = text, .eval = evaluate, .prepare = regexp_prepare, .flags = FN_CAN_FAIL }

const Function fn_regexp[] = {
    REGEXP_ROW("regexp(string, string) -> boolean",
               "TRUE when the pattern is found in the text. Patterns are those of Java. An empty one is not found.",
                   regexp_eval),
    REGEXP_ROW("regexp_replace(string, string, string) -> string",
               "The text with every match of the pattern replaced by the third argument, which is taken as it is.",
               regexp_replace_eval),
    REGEXP_ROW("regexp_extract(string, string, [bigint]) -> string?",
               "Group n of the first match, or all of it; NULL when nothing matches. Example: REGEXP_EXTRACT('a=1', "
               "'(\\w)=(\\d)', 2) "
               "gives 1.",
               regexp_extract_eval),
    REGEXP_ROW("regexp_extract_all(string, string, [bigint]) -> array<string>?",
               "Group n (1 when left out) of all matches, as an array.", regexp_extract_all_eval),
    REGEXP_ROW("regexp_count(string, string) -> int?", "How often the pattern matches.", regexp_count_eval),
    REGEXP_ROW("regexp_instr(string, string) -> int?", "Where the pattern first matches, from 1; 0 when it does not.",
               regexp_instr_eval),
    REGEXP_ROW("regexp_substr(string, string) -> string?", "The first match of the pattern.", regexp_extract_eval),
    { 0 },
};
