/* unparse_call.c: function calls back to text; special syntaxes get their keywords back (parser/ast.h, CallNode). */
#include "parser/unparse.h"

/* What stands before each argument of a special call. */
typedef struct SpecialForm {
    const char *name;
    const char *words[4];
} SpecialForm;

static const SpecialForm forms[] = {
    { "EXTRACT", { "", " FROM " } },
    { "FLOOR", { "", " TO " } },
    { "CEIL", { "", " TO " } },
    { "CEILING", { "", " TO " } },
    { "TRIM", { "", " ", " FROM " } },
    { "POSITION", { "", " IN ", " FROM " } },
    { "OVERLAY", { "", " PLACING ", " FROM ", " FOR " } },
};

static const SpecialForm *form_of(const CallNode *call)
{
    Str name = call->name.parts.items[0].text;
    for (size_t i = 0; call->is_special && i < sizeof(forms) / sizeof(forms[0]); i++)
        if (str_is_nocase(name, forms[i].name))
            return &forms[i];
    return NULL;
}

/* A plain name of a function is a word; a path or a quoted name keeps its backticks. */
static void put_name(const CallNode *call, Text *out)
{
    const Ident *ident = &call->name.parts.items[0];
    if (call->name.parts.count > 1 || ident->is_quoted) {
        unparse_name(call->name, out);
        return;
    }
    for (int64_t i = 0; i < ident->text.len; i++) {
        char byte = ident->text.ptr[i];
        text_put(out, (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte));
    }
}

static void put_json_value(const Node *value, Text *out)
{
    unparse_expression(value, out);
    text_puts(out, value->is_format_json ? " FORMAT JSON" : "");
}

/* KEY k VALUE v, .. */
static void put_pairs(const NodeList *args, Text *out)
{
    for (int64_t i = 0; i + 1 < args->count; i += 2) {
        text_puts(out, i ? ", KEY " : "KEY ");
        unparse_expression(args->items[i], out);
        text_puts(out, " VALUE ");
        put_json_value(args->items[i + 1], out);
    }
}

static void put_args(const CallNode *call, Text *out)
{
    const SpecialForm *form = form_of(call);
    text_puts(out, call->is_star ? "*" : call->is_distinct ? "DISTINCT " : "");
    if (form) {
        for (int64_t i = 0; i < call->args.count; i++) {
            text_puts(out, form->words[i]);
            unparse_expression(call->args.items[i], out);
        }
    } else if (call->is_special) {
        put_pairs(&call->args, out);
    } else {
        for (int64_t i = 0; i < call->args.count; i++) {
            text_puts(out, i ? ", " : "");
            put_json_value(call->args.items[i], out);
        }
    }
}

static void put_behavior(JsonBehavior behavior, const Node *value, const char *when, Text *out)
{
    static const char *const words[] = {
        [JSON_UNSAID] = "",           [JSON_NULL] = "NULL",
        [JSON_ERROR] = "ERROR",       [JSON_DEFAULT] = "DEFAULT ",
        [JSON_TRUE] = "TRUE",         [JSON_FALSE] = "FALSE",
        [JSON_UNKNOWN] = "UNKNOWN",   [JSON_EMPTY_ARRAY] = "EMPTY ARRAY",
        [JSON_EMPTY_OBJECT] = "EMPTY OBJECT",
    };
    if (behavior == JSON_UNSAID)
        return;
    text_printf(out, " %s", words[behavior]);
    if (value)
        unparse_expression(value, out);
    text_puts(out, when);
}

static void put_json(const JsonClauses *json, Text *out)
{
    static const char *const wrappers[] = {
        [JSON_WRAPPER_UNSAID] = "",
        [JSON_WRAPPER_WITHOUT] = " WITHOUT ARRAY WRAPPER",
        [JSON_WRAPPER_CONDITIONAL] = " WITH CONDITIONAL ARRAY WRAPPER",
        [JSON_WRAPPER_UNCONDITIONAL] = " WITH UNCONDITIONAL ARRAY WRAPPER",
    };
    if (json->returning) {
        text_puts(out, " RETURNING ");
        unparse_type(json->returning, out);
    }
    text_puts(out, wrappers[json->wrapper]);
    put_behavior(json->on_empty, json->default_on_empty, " ON EMPTY", out);
    put_behavior(json->on_error, json->default_on_error, " ON ERROR", out);
    if (json->nulls != JSON_NULLS_UNSAID)
        text_puts(out, json->nulls == JSON_NULL_ON_NULL ? " NULL ON NULL" : " ABSENT ON NULL");
}

void unparse_call(const Node *node, Text *out)
{
    const CallNode *call = &node->call;
    put_name(call, out);
    if (call->has_parentheses) {
        text_put(out, '(');
        put_args(call, out);
        if (call->json)
            put_json(call->json, out);
        text_put(out, ')');
    }
    if (call->nulls != AST_TREAT_NULLS_UNSAID)
        text_puts(out, call->nulls == AST_IGNORE_NULLS ? " IGNORE NULLS" : " RESPECT NULLS");
    if (call->within_group.count) {
        text_puts(out, " WITHIN GROUP (");
        unparse_order(&call->within_group, out);
        text_put(out, ')');
    }
    if (call->filter) {
        text_puts(out, " FILTER (WHERE ");
        unparse_expression(call->filter, out);
        text_put(out, ')');
    }
    if (call->over) {
        text_puts(out, " OVER ");
        unparse_window(call->over, out);
    }
}
