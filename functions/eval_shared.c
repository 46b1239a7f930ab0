/* eval_shared.c: equal calls of programs that are run over the same batches are run once.
 *
 *   create   calls of deterministic functions that are equal, arguments and types included, get one Memo
 *   run      the first of them leaves its values in the memo, with the scope (batch or part of it) they are for; the others find them there,
 *            also for some of these rows only: then they are gathered
 *
 * Nothing is run that would not have been run without this, and nothing earlier: a branch of CASE that no row reaches leaves no values, and
 * what it left for its rows is no answer for others. So an error comes where it came, and each call fails at its own place in the SQL. */
#include "functions/call.h"

#include "core/hash.h"
#include "core/map.h"

/* One is enough: what is found for a larger scope is not replaced by that of a smaller one. */
struct Memo {
    int64_t scope; /* 0: none yet */
    Column  value;
};

struct Sharing {
    Arena  *arena;
    bool    is_on;
    Map    *calls; /* by hash: the first of its equals */
    int64_t last_scope;
};

Sharing *sharing_create(Arena *arena, bool is_on)
{
    Sharing *sharing = arena_new(arena, Sharing, 1);
    *sharing = (Sharing){ .arena = arena, .is_on = is_on, .calls = map_create(arena) };
    return sharing;
}

int64_t sharing_next_scope(Sharing *sharing)
{
    return ++sharing->last_scope;
}

/* ---- which calls are equal ------------------------------------------------------------------------------------------- */

static uint64_t hash_literal(const Column *value)
{
    Layout layout = type_layout(value->type);
    if (column_is_null(value, 0) || layout == LAYOUT_LIST || layout == LAYOUT_ROW)
        return 0;
    Str bytes = layout == LAYOUT_VIEW ? view_str(value->data) : (Str){ value->data, layout_size(layout) };
    return hash_bytes(bytes.ptr, bytes.len);
}

static uint64_t hash_call(const Call *call)
{
    const Expr *expr = call->expr;
    if (expr->kind == EXPR_COLUMN)
        return hash_u64((uint64_t)expr->column);
    if (expr->kind == EXPR_LITERAL)
        return hash_literal(&expr->value);
    uint64_t hash = hash_combine((uint64_t)(uintptr_t)expr->function, (uint64_t)expr->option);
    for (int32_t i = 0; i < expr->arg_count; i++)
        hash = hash_combine(hash, call->args[i]->hash);
    return hash;
}

static bool can_share(const Call *call)
{
    const Expr *expr = call->expr;
    if (expr->kind == EXPR_CALL && expr->function->flags & FN_NOT_DETERMINISTIC)
        return false;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (!call->args[i]->can_share)
            return false;
    return true;
}

void sharing_add(Sharing *sharing, Call *call)
{
    call->sharing = sharing;
    call->hash = hash_call(call);
    call->can_share = can_share(call);
    if (call->expr->kind != EXPR_CALL || !call->can_share || !sharing->is_on)
        return;
    Str   key = { (const char *)&call->hash, sizeof(call->hash) };
    Call *first = map_get(sharing->calls, key);
    if (!first) {
        map_put(sharing->calls, key, call);
        return;
    }
    if (!expr_equals(first->expr, call->expr)) /* only their hashes are the same */
        return;
    if (!first->memo)
        first->memo = arena_new(sharing->arena, Memo, 1);
    call->memo = first->memo;
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

bool call_recall(const Call *call, const Scope *scope, Column *out)
{
    if (!call->memo || !scope)
        return false;
    if (call->memo->scope == scope->id) {
        *out = call->memo->value;
        return true;
    }
    Column more;
    if (!call_recall(call, scope->outer, &more))
        return false;
    *out = more;
    if (!more.constant)
        column_gather(&more, scope->rows, scope->batch->rows, call->buf, out);
    return true;
}

void call_remember(const Call *call, const Scope *scope, const Column *value)
{
    if (call->memo)
        *call->memo = (Memo){ scope->id, *value };
}
