/* build_call.c: function calls, with the special syntaxes turned into plain arguments (parser/ast.h, CallNode). */
#include "parser/build.h"

#include "parser/grammar.h"

static Node *call_new(Builder *builder, Name name, Span end)
{
    Node *node = build_node(builder, NODE_CALL, span_join(name.span, end));
    node->call.name = name;
    node->call.has_parentheses = true;
    return node;
}

static Name word_name(Builder *builder, Token word)
{
    return build_name(builder, (Ident){ .text = word.text, .span = word.span });
}

static void add_order(Builder *builder, Node *node, const OrderList *order_by)
{
    for (int64_t i = 0; i < order_by->count; i++)
        build_child(builder, node, order_by->items[i].expr);
}

/* A table argument whose key list has no parentheses and may go on behind the comma. */
static bool has_open_keys(const Node *value)
{
    if (value->kind != NODE_TABLE_ARG || value->table_arg.partition_by.count != 1 || value->table_arg.order_by.count)
        return false;
    return !value->table_arg.partition_by.items[0]->is_parenthesized;
}

/* TABLE t PARTITION BY a, b, x: the plain columns that follow the first key belong to the keys. */
static NodeList gather_partition_keys(Builder *builder, NodeList args)
{
    NodeList out = { 0 };
    Node *table = NULL;
    for (int64_t i = 0; i < args.count; i++) {
        Node *arg = args.items[i];
        Node *value = arg->kind == NODE_NAMED_ARG ? arg->named_arg.value : arg;
        if (table && arg->kind == NODE_COLUMN) {
            list_push(builder->arena, &table->table_arg.partition_by, arg);
            table->span = span_join(table->span, arg->span);
            continue;
        }
        list_push(builder->arena, &out, arg);
        table = has_open_keys(value) ? value : NULL;
    }
    return out;
}

static bool has_table_arg(const NodeList *args)
{
    for (int64_t i = 0; i < args->count; i++) {
        const Node *arg = args->items[i];
        const Node *value = arg->kind == NODE_NAMED_ARG ? arg->named_arg.value : arg;
        if (value->kind == NODE_TABLE_ARG)
            return true;
    }
    return false;
}

/* DESCRIPTOR(a, b) names columns; anything else among its arguments is a mistake. */
static Node *descriptor_of(Builder *builder, Name name, const Arguments *args, Token right)
{
    Node *node = build_node(builder, NODE_DESCRIPTOR, span_join(name.span, right.span));
    for (int64_t i = 0; i < args->items.count; i++) {
        const Node *arg = args->items.items[i];
        if (arg->kind != NODE_COLUMN)
            build_error(builder, STATUS_SYNTAX, arg->span, "DESCRIPTOR takes names of columns");
        else
            list_push(builder->arena, &node->descriptor, arg->column);
    }
    return node;
}

Node *build_call(Builder *builder, Name name, Arguments args, Token right)
{
    const Ident *word = &name.parts.items[0];
    if (name.parts.count == 1 && !word->is_quoted && str_is_nocase(word->text, "DESCRIPTOR"))
        return descriptor_of(builder, name, &args, right);
    Node *node = call_new(builder, name, right.span);
    node->call.args = has_table_arg(&args.items) ? gather_partition_keys(builder, args.items) : args.items;
    node->call.is_star = args.is_star;
    node->call.is_distinct = args.is_distinct;
    node->call.nulls = args.nulls;
    node->call.within_group = args.order_by;
    build_children(builder, node, &args.items);
    add_order(builder, node, &args.order_by);
    return node;
}

Node *build_word_call(Builder *builder, Token word, Arguments args, Token right)
{
    return build_call(builder, word_name(builder, word), args, right);
}

Node *build_niladic(Builder *builder, Token word)
{
    Node *node = call_new(builder, word_name(builder, word), word.span);
    node->call.has_parentheses = false;
    return node;
}

/* ---- special syntaxes ------------------------------------------------------------------------------------------ */

static Node *symbol_new(Builder *builder, Str text, Span span)
{
    Node *node = build_node(builder, NODE_SYMBOL, span);
    char *upper = arena_new(builder->arena, char, text.len);
    for (int64_t i = 0; i < text.len; i++)
        upper[i] = (char)(text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? text.ptr[i] - 'a' + 'A' : text.ptr[i]);
    node->symbol.text = (Str){ upper, text.len };
    node->symbol.unit = unit_from(text);
    return node;
}

Node *build_unit(Builder *builder, Token unit)
{
    const char *singular = unit_text(unit_from(unit.text));
    if (!str_is_nocase(unit.text, singular))
        build_error(builder, STATUS_SYNTAX, unit.span, "write %s here", singular);
    return symbol_new(builder, unit.text, unit.span);
}

Node *build_special(Builder *builder, Token word, Token right, Node *a, Node *b, Node *c, Node *d)
{
    Node *node = call_new(builder, word_name(builder, word), right.span);
    node->call.is_special = true;
    Node *args[] = { a, b, c, d };
    for (int i = 0; i < 4 && args[i]; i++)
        list_push(builder->arena, &node->call.args, args[i]);
    build_children(builder, node, &node->call.args);
    return node;
}

Node *build_plain(Builder *builder, Token word, Token right, Node *a, Node *b, Node *c)
{
    Node *node = build_special(builder, word, right, a, b, c, NULL);
    node->call.is_special = false;
    return node;
}

Node *build_position(Builder *builder, Token word, Token right, Node *what, Node *where, Node *start)
{
    return build_special(builder, word, right, what, where, start, NULL);
}

Node *build_trim(Builder *builder, Token word, const Token *side, Node *characters, Node *text, Token right)
{
    Node *symbol = side ? symbol_new(builder, side->text, side->span) : symbol_new(builder, STR("BOTH"), word.span);
    if (!characters)
        characters = build_literal(builder, LITERAL_STRING, (Token){ .span = symbol->span, .text = STR(" ") });
    return build_special(builder, word, right, symbol, characters, text, NULL);
}

/* ---- arguments ------------------------------------------------------------------------------------------------- */

Node *build_named_arg(Builder *builder, Ident name, Node *value)
{
    Node *node = build_node(builder, NODE_NAMED_ARG, span_join(name.span, value->span));
    node->named_arg.name = name;
    node->named_arg.value = value;
    build_child(builder, node, value);
    return node;
}

NodeList build_partition_keys(Builder *builder, Node *expr)
{
    if (expr->kind != NODE_ROW || expr->collection.has_keyword)
        return build_list(builder, expr);
    for (int64_t i = 0; i < expr->collection.items.count; i++)
        expr->collection.items.items[i]->is_parenthesized = true;
    return expr->collection.items;
}

static Node *table_arg_new(Builder *builder, Span span, NodeList partition_by, OrderList order_by)
{
    Node *node = build_node(builder, NODE_TABLE_ARG, span);
    node->table_arg.partition_by = partition_by;
    node->table_arg.order_by = order_by;
    for (int64_t i = 0; i < partition_by.count; i++)
        node->span = span_join(node->span, partition_by.items[i]->span);
    for (int64_t i = 0; i < order_by.count; i++)
        node->span = span_join(node->span, order_by.items[i].span);
    build_children(builder, node, &partition_by);
    add_order(builder, node, &order_by);
    return node;
}

Node *build_table_arg(Builder *builder, Token keyword, Name name, NodeList partition_by, OrderList order_by)
{
    Node *node = table_arg_new(builder, span_join(keyword.span, name.span), partition_by, order_by);
    node->table_arg.name = name;
    return node;
}

Node *build_query_arg(Builder *builder, Query *query, NodeList partition_by, OrderList order_by)
{
    Node *node = table_arg_new(builder, query->span, partition_by, order_by);
    node->table_arg.query = query;
    build_depth(builder, &node->depth, query->depth, node->span);
    return node;
}

Node *build_model_arg(Builder *builder, Token keyword, Name name)
{
    Node *node = build_table_arg(builder, keyword, name, (NodeList){ 0 }, (OrderList){ 0 });
    node->table_arg.is_model = true;
    return node;
}

/* ---- what follows a call --------------------------------------------------------------------------------------- */

Node *build_call_nulls(Node *call, int32_t nulls, Token last)
{
    call->call.nulls = nulls;
    call->span = span_join(call->span, last.span);
    return call;
}

Node *build_call_within(Builder *builder, Node *call, OrderList order_by, Token right)
{
    call->call.within_group = order_by;
    call->span = span_join(call->span, right.span);
    add_order(builder, call, &order_by);
    return call;
}

Node *build_call_filter(Builder *builder, Node *call, Node *filter, Token right)
{
    call->call.filter = filter;
    call->span = span_join(call->span, right.span);
    build_child(builder, call, filter);
    return call;
}

Node *build_call_over(Builder *builder, Node *call, WindowSpec *window)
{
    if (call->call.over)
        build_error(builder, STATUS_SYNTAX, window->span, "a call has one OVER");
    call->call.over = window;
    call->span = span_join(call->span, window->span);
    build_children(builder, call, &window->partition_by);
    add_order(builder, call, &window->order_by);
    build_child(builder, call, window->start.offset);
    build_child(builder, call, window->end.offset);
    return call;
}

WindowSpec *build_window_name(Builder *builder, Ident name)
{
    WindowSpec *window = arena_new(builder->arena, WindowSpec, 1);
    window->base = name;
    window->span = name.span;
    return window;
}

WindowSpec *build_window(Builder *builder, Token left, Ident base, NodeList partition_by, OrderList order_by,
                         Frame frame, Token right)
{
    WindowSpec *window = arena_new(builder->arena, WindowSpec, 1);
    window->base = base;
    window->partition_by = partition_by;
    window->order_by = order_by;
    window->frame = frame.unit;
    window->start = frame.start;
    window->end = frame.end;
    window->has_parentheses = true;
    window->span = span_join(left.span, right.span);
    return window;
}

FrameBound build_bound(int32_t kind, Node *offset, Token first, Token last)
{
    Span start = offset ? offset->span : first.span;
    return (FrameBound){ .kind = kind, .offset = offset, .span = span_join(start, last.span) };
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

JsonClauses *build_json(Builder *builder, JsonClauses *json)
{
    return json ? json : arena_new(builder->arena, JsonClauses, 1);
}

JsonClauses *build_json_empty(Builder *builder, JsonClauses *json, JsonAction action)
{
    json = build_json(builder, json);
    json->on_empty = action.behavior;
    json->default_on_empty = action.value;
    return json;
}

JsonClauses *build_json_error(Builder *builder, JsonClauses *json, JsonAction action)
{
    json = build_json(builder, json);
    json->on_error = action.behavior;
    json->default_on_error = action.value;
    return json;
}

static void finish_json(Builder *builder, Node *node, JsonClauses *json)
{
    node->call.json = json;
    if (!json)
        return;
    build_child(builder, node, json->default_on_empty);
    build_child(builder, node, json->default_on_error);
    if (json->returning)
        build_depth(builder, &node->depth, json->returning->depth, node->span);
}

/* Which behaviours each function knows, as bits by JsonBehavior. */
enum {
    VALUE_BEHAVIORS  = 1 << JSON_NULL | 1 << JSON_ERROR | 1 << JSON_DEFAULT,
    EXISTS_BEHAVIORS = 1 << JSON_TRUE | 1 << JSON_FALSE | 1 << JSON_UNKNOWN | 1 << JSON_ERROR,
    QUERY_BEHAVIORS  = 1 << JSON_NULL | 1 << JSON_ERROR | 1 << JSON_EMPTY_ARRAY | 1 << JSON_EMPTY_OBJECT,
};

static void check_json(Builder *builder, Token word, const JsonClauses *json)
{
    bool is_value = word.kind == TK_JSON_VALUE;
    bool is_exists = word.kind == TK_JSON_EXISTS;
    int32_t allowed = 1 << JSON_UNSAID | (is_value ? VALUE_BEHAVIORS : is_exists ? EXISTS_BEHAVIORS : QUERY_BEHAVIORS);
    const char *clause = NULL;
    if (!(allowed & 1 << json->on_empty) || (is_exists && json->on_empty != JSON_UNSAID))
        clause = "ON EMPTY";
    else if (!(allowed & 1 << json->on_error))
        clause = "ON ERROR";
    else if (json->wrapper != JSON_WRAPPER_UNSAID && (is_value || is_exists))
        clause = "WRAPPER";
    else if (json->returning && is_exists)
        clause = "RETURNING";
    if (clause)
        build_error(builder, STATUS_SYNTAX, word.span, "%.*s has no such %s clause", STR_FMT(word.text), clause);
}

Node *build_json_path(Builder *builder, Token word, Node *input, Node *path, JsonClauses *json, Token right)
{
    if (json)
        check_json(builder, word, json);
    Node *node = build_plain(builder, word, right, input, path, NULL);
    finish_json(builder, node, json);
    return node;
}

Node *build_json_call(Builder *builder, Token word, NodeList args, int32_t nulls, Token right)
{
    Node *node = call_new(builder, word_name(builder, word), right.span);
    node->call.args = args;
    node->call.is_special = word.kind != TK_JSON_ARRAY;
    build_children(builder, node, &args);
    JsonClauses *json = NULL;
    if (nulls != JSON_NULLS_UNSAID) {
        json = build_json(builder, NULL);
        json->nulls = nulls;
    }
    finish_json(builder, node, json);
    return node;
}

Node *build_json_array_agg(Builder *builder, Token word, Node *arg, OrderList order_by, int32_t nulls, Token right)
{
    Node *node = build_json_call(builder, word, build_list(builder, arg), nulls, right);
    node->call.is_special = false;
    node->call.within_group = order_by;
    add_order(builder, node, &order_by);
    return node;
}
