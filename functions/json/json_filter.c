/* json_filter.c: filters of JSON paths: [?(@.price < 10 && @.kind == 'book')].
 *
 *   or:    and || and ...      and: not && not ...      not: [!] test
 *   test:  ( or ) | operand [== != < <= > >= operand]      operand: @path | $path | number | 'text' | true | false |
 *   null
 *
 * An operand that is a path and stands alone asks whether it is there. */
#include "functions/json/json_path_step.h"

#include "data/number.h"

enum { FILTER_DEPTH_MAX = 64 };

typedef enum FilterKind { FILTER_OR, FILTER_AND, FILTER_NOT, FILTER_EXISTS, FILTER_COMPARE } FilterKind;

typedef enum FilterOp { FILTER_EQUAL, FILTER_NOT_EQUAL, FILTER_LESS_EQUAL, FILTER_GREATER_EQUAL, FILTER_LESS,
                        FILTER_GREATER } FilterOp;

typedef struct Operand {
    bool      is_path;
    bool      is_root; /* $ */
    JsonPath  path;
    JsonValue value;
} Operand;

struct JsonFilter {
    FilterKind         kind;
    FilterOp           op;
    const JsonFilter  *left, *right;
    Operand            operands[2];
};

/* ---- reading --------------------------------------------------------------------------------------------------- */

static const JsonFilter *read_or(PathReader *reader, int depth);

static JsonFilter *filter_new(PathReader *reader, FilterKind kind, const JsonFilter *left, const JsonFilter *right)
{
    JsonFilter *filter = arena_new(reader->arena, JsonFilter, 1);
    filter->kind       = kind;
    filter->left       = left;
    filter->right      = right;
    return filter;
}

static bool read_literal(PathReader *reader, JsonValue *out)
{
    int64_t start = reader->at;
    if (path_peek(reader, 0) == '\'' || path_peek(reader, 0) == '"') {
        out->kind = JSON_IS_STRING;
        return path_read_quoted(reader, &out->text);
    }
    while (path_peek(reader, 0) && !strchr(" )=!<>&|", path_peek(reader, 0)))
        reader->at++;
    Str    word = str_slice(reader->text, start, reader->at);
    double number;
    if (str_is(word, "true") || str_is(word, "false"))
        *out = (JsonValue){ .kind = JSON_IS_BOOLEAN, .boolean = str_is(word, "true") };
    else if (str_is(word, "null"))
        out->kind = JSON_IS_NULL;
    else if (double_parse(word, &number))
        *out = (JsonValue){ .kind = JSON_IS_NUMBER, .text = word };
    else
        return false;
    return true;
}

static bool read_operand(PathReader *reader, Operand *out)
{
    path_skip_blanks(reader);
    char byte = path_peek(reader, 0);
    if (byte != '@' && byte != '$')
        return read_literal(reader, &out->value);
    reader->at++;
    out->is_path     = true;
    out->is_root     = byte == '$';
    out->path.is_lax = true;
    return path_read_steps(reader, true, &out->path);
}

static bool read_op(PathReader *reader, FilterOp *out)
{
    static const char *const ops[] = { "==", "!=", "<=", ">=", "<", ">" };
    path_skip_blanks(reader);
    for (int i = 0; i < 6; i++) {
        if (!str_starts_with(str_slice(reader->text, reader->at, reader->text.len), str_from(ops[i])))
            continue;
        reader->at += (int64_t)strlen(ops[i]);
        *out = (FilterOp)i;
        return true;
    }
    return false;
}

static const JsonFilter *read_test(PathReader *reader, int depth)
{
    path_skip_blanks(reader);
    if (path_take(reader, '(')) {
        const JsonFilter *inner = read_or(reader, depth + 1);
        path_skip_blanks(reader);
        return inner && path_take(reader, ')') ? inner : NULL;
    }
    JsonFilter *filter = filter_new(reader, FILTER_EXISTS, NULL, NULL);
    if (!read_operand(reader, &filter->operands[0]))
        return NULL;
    if (!read_op(reader, &filter->op))
        return filter->operands[0].is_path ? filter : NULL;
    filter->kind = FILTER_COMPARE;
    return read_operand(reader, &filter->operands[1]) ? filter : NULL;
}

static const JsonFilter *read_not(PathReader *reader, int depth)
{
    path_skip_blanks(reader);
    if (path_peek(reader, 0) != '!' || path_peek(reader, 1) == '=')
        return read_test(reader, depth);
    reader->at++;
    const JsonFilter *inner = read_test(reader, depth);
    return inner ? filter_new(reader, FILTER_NOT, inner, NULL) : NULL;
}

static const JsonFilter *read_and(PathReader *reader, int depth)
{
    const JsonFilter *left = read_not(reader, depth);
    for (path_skip_blanks(reader); left && path_peek(reader, 0) == '&' && path_peek(reader, 1) == '&';
         path_skip_blanks(reader)) {
        reader->at += 2;
        const JsonFilter *right = read_not(reader, depth);
        left                    = right ? filter_new(reader, FILTER_AND, left, right) : NULL;
    }
    return left;
}

static const JsonFilter *read_or(PathReader *reader, int depth)
{
    if (depth > FILTER_DEPTH_MAX)
        return NULL;
    const JsonFilter *left = read_and(reader, depth);
    for (path_skip_blanks(reader); left && path_peek(reader, 0) == '|' && path_peek(reader, 1) == '|';
         path_skip_blanks(reader)) {
        reader->at += 2;
        const JsonFilter *right = read_and(reader, depth);
        left                    = right ? filter_new(reader, FILTER_OR, left, right) : NULL;
    }
    return left;
}

const JsonFilter *json_filter_parse(PathReader *reader)
{
    const JsonFilter *filter = read_or(reader, 0);
    path_skip_blanks(reader);
    return filter && path_take(reader, ')') ? filter : NULL;
}

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

static bool value_of(const Operand *operand, Buf *buf, const JsonValue *root, const JsonValue *item, JsonValue *out)
{
    if (!operand->is_path) {
        *out = operand->value;
        return true;
    }
    JsonFind found = path_find(&operand->path, buf, operand->is_root ? root : item, out);
    return found == JSON_FOUND || (found == JSON_MISSING && operand->path.count == 0);
}

static bool same(const JsonValue *left, const JsonValue *right)
{
    double a, b;
    if (left->kind != right->kind)
        return false;
    switch (left->kind) {
    case JSON_IS_NULL:
        return true;
    case JSON_IS_BOOLEAN:
        return left->boolean == right->boolean;
    case JSON_IS_NUMBER:
        return double_parse(left->text, &a) && double_parse(right->text, &b) && a == b;
    case JSON_IS_STRING:
        return str_eq(left->text, right->text);
    default:
        return false;
    }
}

static bool compare(FilterOp op, const JsonValue *left, const JsonValue *right)
{
    if (op == FILTER_EQUAL || op == FILTER_NOT_EQUAL)
        return same(left, right) == (op == FILTER_EQUAL);
    double a, b;
    int    order;
    if (left->kind == JSON_IS_STRING && right->kind == JSON_IS_STRING) {
        order = str_compare(left->text, right->text);
    } else if (left->kind == JSON_IS_NUMBER && right->kind == JSON_IS_NUMBER && double_parse(left->text, &a) &&
               double_parse(right->text, &b)) {
        order = (a > b) - (a < b);
    } else {
        return false;
    }
    return op == FILTER_LESS ? order < 0 : op == FILTER_LESS_EQUAL ? order <= 0 : op == FILTER_GREATER
        ? order > 0 : order >= 0;
}

bool json_filter_holds(const JsonFilter *filter, Buf *buf, const JsonValue *root, const JsonValue *item)
{
    JsonValue left, right;
    switch (filter->kind) {
    case FILTER_OR:
        return json_filter_holds(filter->left, buf, root, item) || json_filter_holds(filter->right, buf, root, item);
    case FILTER_AND:
        return json_filter_holds(filter->left, buf, root, item) && json_filter_holds(filter->right, buf, root, item);
    case FILTER_NOT:
        return !json_filter_holds(filter->left, buf, root, item);
    case FILTER_EXISTS:
        return value_of(&filter->operands[0], buf, root, item, &left);
    default:
        return value_of(&filter->operands[0], buf, root, item, &left) &&
               value_of(&filter->operands[1], buf, root, item, &right) && compare(filter->op, &left, &right);
    }
}
