/* join_key.c: which columns identify a row of a join.
 *
 *   both sides                 a key of the left and a key of the right together
 *   the left                   its key, where ON compares a key of the right whole, and the join keeps no more of the right
 *   the right                  likewise
 * For a changelog only keys count that hold all columns of their side that ON compares: the rows of another key may
 * come to another task, and so in another order. */
#include "planner/bind.h"

static bool is_equal(const Expr *expr)
{
    return expr->kind == EXPR_CALL && !expr_is_opaque(expr) && str_is(function_name(expr->function), "=");
}

/* Does the expression read columns of the left (1), the right (2), both (3), none (0)? */
static int sides_of(Arena *arena, const Expr *expr, int32_t split, int32_t count)
{
    bool *used = arena_new(arena, bool, count + 1);
    int   sides = 0;
    expr_mark_columns(expr, used);
    for (int32_t i = 0; i < count; i++)
        sides |= used[i] ? (i < split ? 1 : 2) : 0;
    return sides;
}

static int32_t column_of(const Expr *expr, int32_t first)
{
    return expr->kind == EXPR_COLUMN ? expr->column - first : -1;
}

static void add_pair(Arena *arena, Plan *plan, const Expr *left, const Expr *right)
{
    PlanJoinKeys *keys = plan->opaque.join;
    int32_t      *grown = arena_new(arena, int32_t, 2 * (keys->pair_count + 1));
    if (keys->pair_count > 0)
        memcpy(grown, keys->pairs, sizeof(*grown) * (size_t)(2 * keys->pair_count));
    grown[2 * keys->pair_count] = column_of(left, 0);
    grown[2 * keys->pair_count + 1] = column_of(right, plan->inputs[0]->field_count);
    keys->pairs = grown;
    keys->pair_count++;
}

void join_keys_add(Arena *arena, Plan *plan, const Expr *condition)
{
    if (plan->kind != PLAN_OPAQUE || !plan->opaque.join || !condition || condition->kind != EXPR_CALL)
        return;
    if (expr_is_opaque(condition)) {
        plan->opaque.join = NULL;
        return;
    }
    if (str_is_nocase(function_name(condition->function), "and")) {
        for (int32_t i = 0; i < condition->arg_count; i++)
            join_keys_add(arena, plan, condition->args[i]);
        return;
    }
    if (!is_equal(condition))
        return;
    int32_t split = plan->inputs[0]->field_count;
    int     first = sides_of(arena, condition->args[0], split, plan->field_count);
    int     second = sides_of(arena, condition->args[1], split, plan->field_count);
    if (first == 1 && second == 2)
        add_pair(arena, plan, condition->args[0], condition->args[1]);
    else if (first == 2 && second == 1)
        add_pair(arena, plan, condition->args[1], condition->args[0]);
    else if (first == 1 && second == 1 && plan->opaque.is_inner_join)
        join_keys_add(arena, plan->inputs[0], condition); /* FROM a, b, c WHERE a.x = b.x */
}

static bool key_has(const PlanKey *key, int32_t column)
{
    for (int32_t i = 0; i < key->count; i++)
        if (key->columns[i] == column)
            return true;
    return false;
}

static bool is_compared(const PlanJoinKeys *join, int side, int32_t column)
{
    for (int32_t i = 0; i < join->pair_count; i++)
        if (join->pairs[2 * i + side] == column)
            return true;
    return false;
}

/* All columns that ON compares lie in the key. */
static bool holds_compared(const PlanJoinKeys *join, int side, const PlanKey *key)
{
    for (int32_t i = 0; i < join->pair_count; i++)
        if (!key_has(key, join->pairs[2 * i + side]))
            return false;
    return true;
}

/* Some key lies in the columns that ON compares. */
static bool is_unique(const PlanJoinKeys *join, int side, const PlanKeyList *keys)
{
    for (int64_t k = 0; k < keys->count; k++) {
        int32_t i = 0;
        while (i < keys->items[k].count && is_compared(join, side, keys->items[k].columns[i]))
            i++;
        if (i == keys->items[k].count)
            return true;
    }
    return false;
}

static void add_joined(Arena *arena, const PlanKey *left, const PlanKey *right, int32_t split, PlanKeyList *out)
{
    int32_t left_count = left ? left->count : 0, right_count = right ? right->count : 0;
    PlanKey key = { .columns = arena_new(arena, int32_t, left_count + right_count + 1), .count = left_count + right_count };
    for (int32_t i = 0; i < left_count; i++)
        key.columns[i] = left->columns[i];
    for (int32_t i = 0; i < right_count; i++)
        key.columns[left_count + i] = split + right->columns[i];
    list_push(arena, out, key);
}

static void usable_keys(Arena *arena, const Plan *plan, int side, PlanKeyList *all, PlanKeyList *usable)
{
    upsert_keys(arena, plan->inputs[side], all);
    for (int64_t i = 0; i < all->count; i++)
        if (holds_compared(plan->opaque.join, side, &all->items[i]))
            list_push(arena, usable, all->items[i]);
}

void join_keys(Arena *arena, const Plan *plan, PlanKeyList *out)
{
    const PlanJoinKeys *join = plan->opaque.join;
    PlanKeyList         all[2] = { 0 }, usable[2] = { 0 };
    if (!join)
        return;
    for (int side = 0; side < 2; side++)
        usable_keys(arena, plan, side, &all[side], &usable[side]);
    int32_t split = plan->inputs[0]->field_count;
    for (int64_t i = 0; !join->pads_left && is_unique(join, 1, &all[1]) && i < usable[0].count; i++)
        add_joined(arena, &usable[0].items[i], NULL, split, out);
    for (int64_t i = 0; !join->pads_right && is_unique(join, 0, &all[0]) && i < usable[1].count; i++)
        add_joined(arena, NULL, &usable[1].items[i], split, out);
    for (int64_t l = 0; l < usable[0].count; l++)
        for (int64_t r = 0; r < usable[1].count; r++)
            add_joined(arena, &usable[0].items[l], &usable[1].items[r], split, out);
}
