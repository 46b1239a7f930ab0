/* value_tree.h: values with how often each is there, in order: MIN and MAX over rows that can be taken back. */
#ifndef FUNCTIONS_VALUE_TREE_H
#define FUNCTIONS_VALUE_TREE_H

#include "functions/cell.h"

/* A treap in StateMemory: search tree by value, heap by a priority that is a hash of the node's serial number, so its
 * depth is about 2 log2 n whatever the order of arrival. */
typedef struct ValueNode {
    Cell              value;
    int64_t           count; /* may be negative while a retraction has overtaken its row */
    uint64_t          priority;
    struct ValueNode *left, *right;
} ValueNode;

typedef struct ValueTree {
    ValueNode *root;
    int64_t    serial;
    int64_t    nodes;
} ValueTree;

/* Adds `by` (1 or -1) to the count of the value; a count of 0 removes it. */
void value_tree_add(ValueTree *tree, StateMemory *memory, Layout layout, const Cell *value, int64_t by);
/* The least (or greatest) value with a positive count; NULL when there is none. */
const Cell *value_tree_extreme(const ValueTree *tree, bool is_greatest);
/* Calls visit for all nodes in order of value. */
void value_tree_visit(const ValueTree *tree, void (*visit)(void *context, const ValueNode *node), void *context);
void value_tree_drop(ValueTree *tree, StateMemory *memory, Layout layout);

#endif
