/* substring.c: parts of a text: SUBSTRING, SUBSTR, LEFT, RIGHT, OVERLAY, SPLIT_INDEX, SPLIT, ELT. Places count code
 * points from 1. */
#include "functions/args.h"
#include "functions/nested.h"

/* [start, start + length) of the text, start from 0, cut at the end. */
static Str part(Str text, int64_t start, int64_t length)
{
    int64_t from = char_offset(text, 0, start);
    return str_slice(text, from, char_offset(text, from, length));
}

/* start < 0 counts from the end, 0 is 1. */
static Str substring(Str text, int64_t start, int64_t length)
{
    if (start > 0)
        return part(text, start - 1, length);
    if (start == 0)
        return part(text, 0, length);
    int64_t count = char_count(text);
    return count + start < 0 ? STR_EMPTY : part(text, count + start, length);
}

static Status substring_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_length = call_expr(call)->arg_count == 3;
    EACH_VALUE(i)
    {
        int64_t length = has_length ? arg_i32(&args[2], i) : LENGTH_MAX;
        if (length < 0)
            out_null(call, out, rows, i);
        else
            out_str(out, i, substring(arg_str(&args[0], i), arg_i32(&args[1], i), length));
    }
    return STATUS_OK;
}

static Status left_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
        out_str(out, i, part(arg_str(&args[0], i), 0, arg_i32(&args[1], i)));
    return STATUS_OK;
}

static Status right_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
    {
        Str     text   = arg_str(&args[0], i);
        int64_t length = arg_i32(&args[1], i), count = char_count(text);
        if (length <= 0)
            out_str(out, i, STR_EMPTY);
        else
            out_str(out, i, part(text, count > length ? count - length : 0, length));
    }
    return STATUS_OK;
}

/* ---- OVERLAY --------------------------------------------------------------------------------------------------- */

static Str overlay(Buf *buf, Str text, Str with, int64_t start, int64_t length)
{
    int64_t count = char_count(text);
    if (start <= 0 || start > count)
        return text;
    int64_t head = char_offset(text, 0, start - 1), tail = text.len;
    if (start + length <= count && length > 0)
        tail = char_offset(text, head, length);
    char *to = buf_alloc(buf, head + with.len + (text.len - tail) + 1);
    memcpy(to, text.ptr, (size_t)head);
    memcpy(to + head, with.ptr, (size_t)with.len);
    memcpy(to + head + with.len, text.ptr + tail, (size_t)(text.len - tail));
    return (Str){ to, head + with.len + text.len - tail };
}

static Status overlay_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_length = call_expr(call)->arg_count == 4;
    EACH_VALUE(i)
    {
        Str     with   = arg_str(&args[1], i);
        int64_t length = has_length ? arg_i32(&args[3], i) : char_count(with);
        out_str(out, i, overlay(call_buf(call), arg_str(&args[0], i), with, arg_i32(&args[2], i), length));
    }
    return STATUS_OK;
}

static Status overlay_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    bool    nullable = false;
    int64_t length   = (int64_t)args[0]->type->length + args[1]->type->length;
    for (int32_t i = 0; i < arg_count; i++)
        nullable = nullable || args[i]->type->nullable;
    *out = type_text_of(arena, TYPE_VARCHAR, (int32_t)(length < LENGTH_MAX ? length : LENGTH_MAX), nullable);
    return STATUS_OK;
}

/* ---- SPLIT_INDEX, SPLIT ---------------------------------------------------------------------------------------- */

/* Walks the parts between separators; an empty separator stands for white space. */
typedef struct Splitter {
    Str     text;
    Str     separator;
    int64_t at;
    bool    is_done;
} Splitter;

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r') || (byte >= 0x1C && byte <= 0x1F);
}

static int64_t find_space(Str text, int64_t from)
{
    while (from < text.len && !is_space(text.ptr[from]))
        from++;
    return from < text.len ? from : -1;
}

static bool next_part(Splitter *splitter, Str *out)
{
    if (splitter->is_done)
        return false;
    bool    by_space = splitter->separator.len == 0;
    int64_t found    = by_space ? find_space(splitter->text, splitter->at)
                                : find_text(splitter->text, splitter->separator, splitter->at);
    splitter->is_done = found < 0;
    *out              = str_slice(splitter->text, splitter->at, found < 0 ? splitter->text.len : found);
    splitter->at      = found + (by_space ? 1 : splitter->separator.len);
    return true;
}

/* The same for one byte, which needs no walk: false when there are not so many parts. */
static bool part_between_bytes(Str text, unsigned char separator, int64_t index, Str *out)
{
    int64_t before = index > 0 ? find_byte(text, separator, 0, index - 1) : -1;
    if (text.len == 0 || (index > 0 && before < 0))
        return false;
    int64_t end = find_byte(text, separator, before + 1, 0);
    *out        = str_slice(text, before + 1, end < 0 ? text.len : end);
    return true;
}

static bool part_between(Str text, Str separator, int64_t index, Str *out)
{
    Splitter splitter = { .text = text, .separator = separator, .is_done = text.len == 0 };
    bool     has      = next_part(&splitter, out);
    for (; has && index > 0; index--)
        has = next_part(&splitter, out);
    return has;
}

static void split_index(Call *call, Str text, Str separator, int64_t index, int64_t rows, int64_t row, Column *out)
{
    Str  found = STR_EMPTY;
    bool has   = index >= 0 && (separator.len == 1 ? part_between_bytes(text, (unsigned char)separator.ptr[0], index, &found)
                                                   : part_between(text, separator, index, &found));
    if (has)
        out_str(out, row, found);
    else
        out_null(call, out, rows, row);
}

static Status split_index_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
        split_index(call, arg_str(&args[0], i), arg_str(&args[1], i), arg_i32(&args[2], i), rows, i, out);
    return STATUS_OK;
}

/* The separator as the number of a character. */
static Status split_index_char_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        int32_t code         = arg_i32(&args[1], i);
        char    separator[2] = { (char)code, 0 };
        int64_t size         = 1;
        if (code > 255 || code < 1) {
            out_null(call, out, rows, i);
            continue;
        }
        if (code >= 0x80) {
            separator[0] = (char)(0xC0 | (code >> 6));
            separator[1] = (char)(0x80 | (code & 0x3F));
            size         = 2;
        }
        split_index(call, arg_str(&args[0], i), (Str){ separator, size }, arg_i32(&args[2], i), rows, i, out);
    }
    return STATUS_OK;
}

/* Growing list of texts: the elements of the result arrays. */
typedef struct TextList {
    View   *views;
    int64_t count;
    int64_t room;
} TextList;

static void list_add(Buf *buf, TextList *list, Str text)
{
    if (list->count == list->room) {
        int64_t room  = list->room ? list->room * 2 : 256;
        View   *views = buf_new(buf, View, room);
        if (list->count)
            memcpy(views, list->views, (size_t)list->count * sizeof(View));
        list->views = views;
        list->room  = room;
    }
    list->views[list->count++] = view_of(text);
}

/* An empty separator parts every character. */
static void split_into(Buf *buf, Str text, Str separator, TextList *list)
{
    if (separator.len == 0) {
        for (int64_t at = 0; at < text.len; at += char_size(text, at))
            list_add(buf, list, str_slice(text, at, at + char_size(text, at)));
        return;
    }
    Splitter splitter = { .text = text, .separator = separator, .is_done = text.len == 0 };
    Str      found;
    while (next_part(&splitter, &found))
        list_add(buf, list, found);
}

static Status split_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    TextList list = { 0 };
    EACH_VALUE(i)
    {
        int64_t start = list.count;
        split_into(call_buf(call), arg_str(&args[0], i), arg_str(&args[1], i), &list);
        COLUMN_DATA(out, ListView)[i] = (ListView){ (int32_t)start, (int32_t)(list.count - start) };
    }
    column_init(&out->children[0], call_buf(call), out->type->element, 0);
    if (list.count)
        out->children[0].data = list.views;
    out->children[0].room = 0;
    out->child_rows       = list.count;
    return STATUS_OK;
}

/* ---- ELT ------------------------------------------------------------------------------------------------------- */

static Status elt_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t count = call_expr(call)->arg_count;
    column_need_valid(out, call_buf(call), rows);
    for (int64_t i = 0; i < rows; i++) {
        int64_t index = column_is_null(&args[0], i) ? 0 : arg_i64(&args[0], i);
        out->valid[i] = index >= 1 && index < count && !column_is_null(&args[index], i);
        if (out->valid[i])
            out_str(out, i, arg_str(&args[index], i));
    }
    return STATUS_OK;
}

static Status elt_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    if (!type_is_string(args[1]->type) && !type_is_bytes(args[1]->type))
        return error_set(err, STATUS_TYPE, span, "ELT takes texts or byte strings, not %s",
                         type_kind_name(args[1]->type->kind));
    return STATUS_OK;
}

const Function fn_substring[] = {
    { .sig = "substring(string, int, [int]) -> text$1?",
      .doc = "The part from a place on (1 is the first character, a negative one counts from the end), of the length "
             "given or "
             "to the end. A negative length gives NULL. Example: SUBSTRING('hello' FROM 2 FOR 3) gives ell.",
      .eval = substring_eval },
    { .sig = "substr(string, int, [int]) -> text$1?", .doc = "The same as SUBSTRING.", .eval = substring_eval },
    { .sig = "left(string, int) -> text$1?", .doc = "The first n characters.", .eval = left_eval },
    { .sig = "right(string, int) -> text$1?", .doc = "The last n characters.", .eval = right_eval },
    { .sig = "overlay(string, string, int, [int]) -> string",
      .doc = "The first text with a part replaced by the second. Example: OVERLAY('abcdef' PLACING 'XX' FROM 2 FOR 3) "
             "gives aXXef.",
      .eval = overlay_eval, .infer = overlay_infer },
    { .sig = "split_index(string, string, int) -> string?",
      .doc = "The part between separators with an index from 0; NULL when there is none. Example: SPLIT_INDEX('a,b', "
             "',', 1) "
             "gives b.",
      .eval = split_index_eval },
    { .sig = "split_index(string, int, int) -> string?",
      .doc = "As above, with the separator as the number of a character.",
      .eval = split_index_char_eval },
    { .sig = "split(string, string) -> array<string>",
      .doc = "The parts between separators as an array; an empty separator parts every character.", .eval = split_eval,
      .flags = FN_TAKES_NULL },
    { .sig = "elt(bigint, T...) -> T?",
      .doc = "The text (or byte string) with an index from 1 among the arguments. Example: ELT(2, 'a', 'b') gives b.",
      .eval = elt_eval, .coerce = elt_coerce, .flags = FN_SEES_NULL },
    { 0 },
};
