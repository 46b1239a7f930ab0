/* value_tree.c: an ordered multiset as a treap. Recursion is as deep as the tree: some dozens. */
#include "functions/value_tree.h"

#include "core/hash.h"

static ValueNode *rotate_right(ValueNode *node)
{
    ValueNode *top = node->left;
    node->left     = top->right;
    top->right     = node;
    return top;
}

static ValueNode *rotate_left(ValueNode *node)
{
    ValueNode *top = node->right;
    node->right    = top->left;
    top->left      = node;
    return top;
}

static ValueNode *node_new(ValueTree *tree, StateMemory *memory, Layout layout, const Cell *value, int64_t count)
{
    ValueNode *node = state_alloc(memory, sizeof(ValueNode));
    node->value     = *value;
    node->count     = count;
    node->priority  = hash_u64((uint64_t)++tree->serial);
    cell_own(memory, layout, &node->value);
    tree->nodes++;
    return node;
}

/* Lets the node sink until it has no child, and frees it. */
static ValueNode *node_remove(ValueTree *tree, StateMemory *memory, Layout layout, ValueNode *node)
{
    if (!node->left && !node->right) {
        cell_drop(memory, layout, &node->value);
        state_free(memory, node, sizeof(ValueNode));
        tree->nodes--;
        return NULL;
    }
    bool       left_up = node->left && (!node->right || node->left->priority > node->right->priority);
    ValueNode *top     = left_up ? rotate_right(node) : rotate_left(node);
    if (left_up)
        top->right = node_remove(tree, memory, layout, node);
    else
        top->left = node_remove(tree, memory, layout, node);
    return top;
}

static ValueNode *add(ValueTree *tree, StateMemory *memory, Layout layout, ValueNode *node, const Cell *value,
                      int64_t by)
{
    if (!node)
        return node_new(tree, memory, layout, value, by);
    int order = cell_compare(layout, value, &node->value);
    if (order == 0) {
        node->count += by;
        return node->count ? node : node_remove(tree, memory, layout, node);
    }
    if (order < 0) {
        node->left = add(tree, memory, layout, node->left, value, by);
        return node->left && node->left->priority > node->priority ? rotate_right(node) : node;
    }
    node->right = add(tree, memory, layout, node->right, value, by);
    return node->right && node->right->priority > node->priority ? rotate_left(node) : node;
}

void value_tree_add(ValueTree *tree, StateMemory *memory, Layout layout, const Cell *value, int64_t by)
{
    tree->root = add(tree, memory, layout, tree->root, value, by);
}

static const Cell *extreme(const ValueNode *node, bool is_greatest)
{
    if (!node)
        return NULL;
    const Cell *outer = extreme(is_greatest ? node->right : node->left, is_greatest);
    if (outer)
        return outer;
    return node->count > 0 ? &node->value : extreme(is_greatest ? node->left : node->right, is_greatest);
}

const Cell *value_tree_extreme(const ValueTree *tree, bool is_greatest)
{
    return extreme(tree->root, is_greatest);
}

static void visit_node(const ValueNode *node, void (*visit)(void *context, const ValueNode *node), void *context)
{
    if (!node)
        return;
    visit_node(node->left, visit, context);
    visit(context, node);
    visit_node(node->right, visit, context);
}

void value_tree_visit(const ValueTree *tree, void (*visit)(void *context, const ValueNode *node), void *context)
{
    visit_node(tree->root, visit, context);
}

static void drop_node(StateMemory *memory, Layout layout, ValueNode *node)
{
    if (!node)
        return;
    drop_node(memory, layout, node->left);
    drop_node(memory, layout, node->right);
    cell_drop(memory, layout, &node->value);
    state_free(memory, node, sizeof(ValueNode));
}

void value_tree_drop(ValueTree *tree, StateMemory *memory, Layout layout)
{
    drop_node(memory, layout, tree->root);
    *tree = (ValueTree){ 0 };
}
