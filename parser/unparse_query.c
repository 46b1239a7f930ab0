/* unparse_query.c: queries and table references back to text. */
#include "parser/unparse.h"

/* ---- table references ------------------------------------------------------------------------------------------ */

void unparse_hints(const HintList *hints, Text *out)
{
    if (hints->count == 0)
        return;
    text_puts(out, "/*+ ");
    for (int64_t i = 0; i < hints->count; i++) {
        const Hint *hint = &hints->items[i];
        text_puts(out, i ? ", " : "");
        unparse_ident(hint->name, out);
        text_put(out, '(');
        for (int64_t k = 0; k < hint->options.count; k++) {
            const OptionNode *option = &hint->options.items[k];
            text_puts(out, k ? ", " : "");
            if (option->key.ptr) {
                text_put_sql_string(out, option->key);
                text_puts(out, " = ");
            }
            text_put_sql_string(out, option->value);
        }
        text_put(out, ')');
    }
    text_puts(out, " */");
}

static void put_join(const TableRef *table, Text *out)
{
    static const char *const words[] = {
        [AST_JOIN_INNER] = " INNER JOIN ", [AST_JOIN_LEFT] = " LEFT JOIN ",   [AST_JOIN_RIGHT] = " RIGHT JOIN ",
        [AST_JOIN_FULL] = " FULL JOIN ",   [AST_JOIN_CROSS] = " CROSS JOIN ", [AST_JOIN_COMMA] = ", ",
    };
    const TableRef *right = table->join.right;
    const TableRef *left = table->join.left;
    bool is_comma = table->join.kind == AST_JOIN_COMMA;
    bool left_is_weaker = left->kind == TABLE_REF_JOIN && left->join.kind == AST_JOIN_COMMA && !is_comma;
    text_puts(out, left_is_weaker ? "(" : "");
    unparse_table(left, out);
    text_puts(out, left_is_weaker ? ")" : "");
    text_puts(out, table->join.is_natural ? " NATURAL" : "");
    text_puts(out, words[table->join.kind]);
    bool is_nested = right->kind == TABLE_REF_JOIN && (!is_comma || right->join.kind == AST_JOIN_COMMA);
    text_puts(out, is_nested ? "(" : "");
    unparse_table(right, out);
    text_puts(out, is_nested ? ")" : "");
    if (table->join.on) {
        text_puts(out, " ON ");
        unparse_expression(table->join.on, out);
    } else if (table->join.using_columns.count) {
        text_puts(out, " USING (");
        unparse_idents(&table->join.using_columns, out);
        text_put(out, ')');
    }
}

static void put_table_body(const TableRef *table, Text *out)
{
    switch (table->kind) {
    case TABLE_REF_NAME:
        unparse_name(table->name, out);
        break;
    case TABLE_REF_QUERY:
        unparse_subquery(table->query, out);
        break;
    case TABLE_REF_FUNCTION:
        text_puts(out, "TABLE(");
        unparse_expression(table->function.call, out);
        text_put(out, ')');
        break;
    case TABLE_REF_UNNEST:
        text_puts(out, "UNNEST(");
        unparse_expressions(&table->unnest.args, out);
        text_puts(out, table->unnest.with_ordinality ? ") WITH ORDINALITY" : ")");
        break;
    case TABLE_REF_JOIN:
        put_join(table, out);
        break;
    case TABLE_REF_MATCH:
        unparse_match(table, out);
        break;
    }
}

static void put_alias(const TableRef *table, Text *out)
{
    if (!table->alias.text.ptr)
        return;
    text_puts(out, " AS ");
    unparse_ident(table->alias, out);
    if (table->columns.count == 0)
        return;
    text_puts(out, " (");
    unparse_idents(&table->columns, out);
    text_put(out, ')');
}

void unparse_table(const TableRef *table, Text *out)
{
    text_puts(out, table->is_lateral ? "LATERAL " : "");
    put_table_body(table, out);
    if (table->hints.count) {
        text_put(out, ' ');
        unparse_hints(&table->hints, out);
    }
    if (table->system_time) {
        text_puts(out, " FOR SYSTEM_TIME AS OF ");
        unparse_expression(table->system_time, out);
    }
    put_alias(table, out);
    if (table->sample) {
        const NodeList *args = &table->sample->call.args;
        text_puts(out, " TABLESAMPLE ");
        text_append(out, table->sample->call.name.parts.items[0].text);
        text_put(out, '(');
        unparse_expression(args->items[0], out);
        text_put(out, ')');
        if (args->count > 1) {
            text_puts(out, " REPEATABLE(");
            unparse_expression(args->items[1], out);
            text_put(out, ')');
        }
    }
}

/* ---- bodies of queries ----------------------------------------------------------------------------------------- */

static void put_condition(const char *word, const Node *node, Text *out)
{
    if (!node)
        return;
    text_puts(out, word);
    unparse_expression(node, out);
}

static void put_items(const SelectItemList *items, Text *out)
{
    for (int64_t i = 0; i < items->count; i++) {
        text_puts(out, i ? ", " : "");
        unparse_expression(items->items[i].expr, out);
        if (!items->items[i].alias.text.ptr)
            continue;
        text_puts(out, " AS ");
        unparse_ident(items->items[i].alias, out);
    }
}

static void put_windows(const NamedWindowList *windows, Text *out)
{
    for (int64_t i = 0; i < windows->count; i++) {
        text_puts(out, i ? ", " : " WINDOW ");
        unparse_ident(windows->items[i].name, out);
        text_puts(out, " AS ");
        unparse_window(windows->items[i].spec, out);
    }
}

static void put_select(const Query *query, Text *out)
{
    text_puts(out, "SELECT ");
    if (query->select.hints.count) {
        unparse_hints(&query->select.hints, out);
        text_put(out, ' ');
    }
    text_puts(out, query->select.is_distinct ? "DISTINCT " : "");
    put_items(&query->select.items, out);
    if (!query->select.from)
        return;
    text_puts(out, " FROM ");
    unparse_table(query->select.from, out);
    put_condition(" WHERE ", query->select.where, out);
    if (query->has_group_by) {
        text_puts(out, query->select.group_distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
        unparse_expressions(&query->select.group_by, out);
    }
    put_condition(" HAVING ", query->select.having, out);
    put_windows(&query->select.windows, out);
    put_condition(" QUALIFY ", query->select.qualify, out);
}

static bool has_clauses(const Query *query)
{
    return query->with.count || query->order_by.count || query->offset || query->limit;
}

static void put_set(const Query *query, Text *out)
{
    static const char *const words[] = {
        [AST_UNION] = "UNION", [AST_INTERSECT] = "INTERSECT", [AST_EXCEPT] = "EXCEPT"
    };
    bool is_strong = query->set.op == AST_INTERSECT;
    const QueryList *inputs = &query->set.inputs;
    for (int64_t i = 0; i < inputs->count; i++) {
        const Query *input = inputs->items[i];
        if (i)
            text_printf(out, " %s%s ", words[query->set.op], query->set.is_all ? " ALL" : "");
        bool is_weaker = input->kind == QUERY_SET && (i || (is_strong && input->set.op != AST_INTERSECT));
        if (is_weaker || has_clauses(input) || input->kind == QUERY_NESTED)
            unparse_subquery(input, out);
        else
            unparse_query(input, out);
    }
}

static void put_values(const Query *query, Text *out)
{
    text_puts(out, "VALUES ");
    for (int64_t i = 0; i < query->values.rows.count; i++) {
        text_puts(out, i ? ", ROW(" : "ROW(");
        unparse_expressions(&query->values.rows.items[i]->collection.items, out);
        text_put(out, ')');
    }
}

static void put_body(const Query *query, Text *out)
{
    switch (query->kind) {
    case QUERY_SELECT:
        put_select(query, out);
        break;
    case QUERY_VALUES:
        put_values(query, out);
        break;
    case QUERY_SET:
        put_set(query, out);
        break;
    case QUERY_TABLE:
        text_puts(out, "TABLE ");
        unparse_name(query->table, out);
        break;
    case QUERY_NESTED:
        unparse_subquery(query->nested, out);
        break;
    }
}

/* ---- whole queries --------------------------------------------------------------------------------------------- */

static void put_with(const Query *query, Text *out)
{
    for (int64_t i = 0; i < query->with.count; i++) {
        const CommonTable *table = &query->with.items[i];
        text_puts(out, i ? ", " : query->with_recursive ? "WITH RECURSIVE " : "WITH ");
        unparse_ident(table->name, out);
        if (table->columns.count) {
            text_puts(out, " (");
            unparse_idents(&table->columns, out);
            text_put(out, ')');
        }
        text_puts(out, " AS ");
        unparse_subquery(table->query, out);
    }
    text_puts(out, query->with.count ? " " : "");
}

void unparse_query(const Query *query, Text *out)
{
    put_with(query, out);
    put_body(query, out);
    if (query->order_by.count) {
        text_put(out, ' ');
        unparse_order(&query->order_by, out);
    }
    if (query->offset) {
        put_condition(" OFFSET ", query->offset, out);
        text_puts(out, " ROWS");
    }
    if (query->limit) {
        put_condition(" FETCH NEXT ", query->limit, out);
        text_puts(out, " ROWS ONLY");
    }
}

void unparse_subquery(const Query *query, Text *out)
{
    text_put(out, '(');
    unparse_query(query, out);
    text_put(out, ')');
}
