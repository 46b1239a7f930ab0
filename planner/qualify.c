/* qualify.c: makes every table name of a query a full path, so that a view means the same wherever it is used.
 *
 * Names of WITH tables stay as they are; an inner WITH hides outer ones. Column names are not touched. */
#include "planner/qualify.h"

typedef struct Hidden { /* WITH names in force, innermost first */
    const CommonTableList *tables;
    int64_t                count; /* the first count of them are visible */
    const struct Hidden   *outer;
} Hidden;

typedef struct Qualifier {
    const Catalog *catalog;
    Arena         *arena;
} Qualifier;

static void qualify_query_in(const Qualifier *qualifier, Query *query, const Hidden *hidden);
static void qualify_node(const Qualifier *qualifier, Node *node, const Hidden *hidden);

static bool is_hidden(const Hidden *hidden, const Name *name)
{
    if (name->parts.count != 1)
        return false;
    for (; hidden; hidden = hidden->outer)
        for (int64_t i = 0; i < hidden->count; i++)
            if (str_eq(hidden->tables->items[i].name.text, name->parts.items[0].text))
                return true;
    return false;
}

static void qualify_name(const Qualifier *qualifier, Name *name, const Hidden *hidden)
{
    CatalogPath path;
    Error ignored = ERROR_NONE;
    if (is_hidden(hidden, name) || catalog_path(qualifier->catalog, *name, &path, &ignored) != STATUS_OK)
        return;
    IdentList parts = { 0 };
    Span span = name->span;
    list_push(qualifier->arena, &parts, (Ident){ path.catalog, span, true });
    list_push(qualifier->arena, &parts, (Ident){ path.database, span, true });
    list_push(qualifier->arena, &parts, (Ident){ path.name, span, true });
    name->parts = parts;
}

static void qualify_nodes(const Qualifier *qualifier, const NodeList *nodes, const Hidden *hidden)
{
    for (int64_t i = 0; i < nodes->count; i++)
        qualify_node(qualifier, nodes->items[i], hidden);
}

static void qualify_optional(const Qualifier *qualifier, Node *node, const Hidden *hidden)
{
    if (node)
        qualify_node(qualifier, node, hidden);
}

/* Subqueries may stand anywhere inside an expression. */
static void qualify_node(const Qualifier *qualifier, Node *node, const Hidden *hidden)
{
    switch (node->kind) {
    case NODE_CALL:
        qualify_nodes(qualifier, &node->call.args, hidden);
        qualify_optional(qualifier, node->call.filter, hidden);
        return;
    case NODE_OPERATOR:
        qualify_nodes(qualifier, &node->operation.args, hidden);
        return;
    case NODE_BETWEEN:
        qualify_node(qualifier, node->between.expr, hidden);
        qualify_node(qualifier, node->between.low, hidden);
        qualify_node(qualifier, node->between.high, hidden);
        return;
    case NODE_IN:
        qualify_node(qualifier, node->in.expr, hidden);
        qualify_nodes(qualifier, &node->in.list, hidden);
        if (node->in.query)
            qualify_query_in(qualifier, node->in.query, hidden);
        return;
    case NODE_LIKE:
        qualify_node(qualifier, node->like.expr, hidden);
        qualify_node(qualifier, node->like.pattern, hidden);
        return;
    case NODE_IS:
        qualify_node(qualifier, node->is.expr, hidden);
        return;
    case NODE_CASE:
        qualify_optional(qualifier, node->case_when.operand, hidden);
        for (int64_t i = 0; i < node->case_when.whens.count; i++) {
            qualify_node(qualifier, node->case_when.whens.items[i].when, hidden);
            qualify_node(qualifier, node->case_when.whens.items[i].then, hidden);
        }
        qualify_optional(qualifier, node->case_when.otherwise, hidden);
        return;
    case NODE_CAST:
        qualify_node(qualifier, node->cast.expr, hidden);
        return;
    case NODE_ROW:
    case NODE_ARRAY:
    case NODE_MAP:
    case NODE_MULTISET:
        qualify_nodes(qualifier, &node->collection.items, hidden);
        if (node->collection.query)
            qualify_query_in(qualifier, node->collection.query, hidden);
        return;
    case NODE_ITEM:
        qualify_node(qualifier, node->item.base, hidden);
        qualify_node(qualifier, node->item.index, hidden);
        return;
    case NODE_FIELD:
        qualify_node(qualifier, node->field.base, hidden);
        return;
    case NODE_QUERY:
    case NODE_EXISTS:
        qualify_query_in(qualifier, node->query, hidden);
        return;
    case NODE_QUANTIFIED:
        qualify_node(qualifier, node->quantified.left, hidden);
        if (node->quantified.query)
            qualify_query_in(qualifier, node->quantified.query, hidden);
        return;
    case NODE_NAMED_ARG:
        qualify_node(qualifier, node->named_arg.value, hidden);
        return;
    case NODE_TABLE_ARG:
        if (node->table_arg.query)
            qualify_query_in(qualifier, node->table_arg.query, hidden);
        else
            qualify_name(qualifier, &node->table_arg.name, hidden);
        return;
    default:
        return; /* no table inside */
    }
}

static void qualify_table(const Qualifier *qualifier, TableRef *ref, const Hidden *hidden)
{
    switch (ref->kind) {
    case TABLE_REF_NAME:
        if (!ref->alias.text.ptr && ref->name.parts.count > 0) /* columns may be written table.column */
            ref->alias = ref->name.parts.items[ref->name.parts.count - 1];
        qualify_name(qualifier, &ref->name, hidden);
        return;
    case TABLE_REF_QUERY:
        qualify_query_in(qualifier, ref->query, hidden);
        return;
    case TABLE_REF_FUNCTION:
        qualify_node(qualifier, ref->function.call, hidden);
        return;
    case TABLE_REF_UNNEST:
        qualify_nodes(qualifier, &ref->unnest.args, hidden);
        return;
    case TABLE_REF_JOIN:
        qualify_table(qualifier, ref->join.left, hidden);
        qualify_table(qualifier, ref->join.right, hidden);
        qualify_optional(qualifier, ref->join.on, hidden);
        return;
    case TABLE_REF_MATCH:
        qualify_table(qualifier, ref->match.input, hidden);
        return;
    }
}

static void qualify_select(const Qualifier *qualifier, Query *query, const Hidden *hidden)
{
    if (query->select.from)
        qualify_table(qualifier, query->select.from, hidden);
    for (int64_t i = 0; i < query->select.items.count; i++)
        qualify_node(qualifier, query->select.items.items[i].expr, hidden);
    qualify_optional(qualifier, query->select.where, hidden);
    qualify_optional(qualifier, query->select.having, hidden);
    qualify_optional(qualifier, query->select.qualify, hidden);
}

static void qualify_query_in(const Qualifier *qualifier, Query *query, const Hidden *outer)
{
    Hidden hidden = { .tables = &query->with, .count = 0, .outer = outer };
    for (int64_t i = 0; i < query->with.count; i++) { /* each sees those before it */
        hidden.count = i;
        qualify_query_in(qualifier, query->with.items[i].query, &hidden);
    }
    hidden.count = query->with.count;
    switch (query->kind) {
    case QUERY_SELECT:
        qualify_select(qualifier, query, &hidden);
        return;
    case QUERY_VALUES:
        qualify_nodes(qualifier, &query->values.rows, &hidden);
        return;
    case QUERY_SET:
        for (int64_t i = 0; i < query->set.inputs.count; i++)
            qualify_query_in(qualifier, query->set.inputs.items[i], &hidden);
        return;
    case QUERY_TABLE:
        qualify_name(qualifier, &query->table, &hidden);
        return;
    case QUERY_NESTED:
        qualify_query_in(qualifier, query->nested, &hidden);
        return;
    }
}

void qualify_query(const Catalog *catalog, Arena *arena, Query *query)
{
    Qualifier qualifier = { catalog, arena };
    qualify_query_in(&qualifier, query, NULL);
}
