/* plan_identity.c: what the state of a node means, in words that do not depend on where the node stands in its plan.
 *
 * Columns are followed down to the tables they come from, through projections, filters and views:
 *
 *     SELECT k, SUM(v) FROM (SELECT user AS k, price * 2 AS v FROM t WHERE price > 0) GROUP BY k
 *
 *     = key 1       t.user STRING
 *     = call 1      SUM(v) BIGINT of (t.price * 2) BIGINT
 *     ~ input       t where (t.price > 0)
 *
 * so that a name, an alias, a projection or a branch more changes nothing. What is longer than a screen is given by its hash. */
#include "planner/plan.h"

#include "core/hash.h"

enum { MEANING_MAX = 1000 };

/* Meanings of all columns of a node, made once. */
typedef struct Known {
    const Plan *plan;
    Str        *columns;
    Str         rows;
} Known;

typedef struct Meanings {
    Arena *arena;
    LIST(Known *) known;
} Meanings;

static const Known *meaning_of(Meanings *meanings, const Plan *plan);

/* ---- texts --------------------------------------------------------------------------------------------------------------- */

static Str keep_text(Meanings *meanings, Text *text)
{
    Str kept = text->len <= MEANING_MAX
        ? arena_str(meanings->arena, text_str(text))
        : arena_format(meanings->arena, "#%016llx", (unsigned long long)hash_bytes(text_str(text).ptr, text->len));
    text_free(text);
    return kept;
}

static Str expr_meaning(Meanings *meanings, const Expr *expr, const Known *input)
{
    Text text = TEXT_EMPTY;
    expr_print(expr, input->columns, &text);
    return keep_text(meanings, &text);
}

static void put_type(Meanings *meanings, const Type *type, Text *out)
{
    text_printf(out, " %.*s", STR_FMT(type_text(meanings->arena, type)));
}

static void put_call(Meanings *meanings, const AggregateCall *call, const Known *input, Text *out)
{
    text_append(out, call->text);
    put_type(meanings, call->type, out);
    const char *separator = " of ";
    for (int32_t i = 0; i < call->arg_count; i++) {
        text_puts(out, separator);
        text_append(out, call->args[i] < 0 ? STR("constant") : input->columns[call->args[i]]);
        put_type(meanings, call->arg_types[i], out);
        separator = ", ";
    }
    if (call->filter >= 0)
        text_printf(out, " filter %.*s", STR_FMT(input->columns[call->filter]));
}

static void put_window(const PlanWindowSpec *window, const Known *input, Text *out)
{
    static const char *const names[] = {
        [WINDOW_TUMBLE] = "TUMBLE", [WINDOW_HOP] = "HOP", [WINDOW_CUMULATE] = "CUMULATE", [WINDOW_SESSION] = "SESSION",
        [WINDOW_ATTACHED] = "ATTACHED"
    };
    text_puts(out, names[window->kind]);
    if (window->kind == WINDOW_ATTACHED) {
        text_printf(out, " %.*s to %.*s", STR_FMT(input->columns[window->start_column]), STR_FMT(input->columns[window->end_column]));
        return;
    }
    text_printf(out, " of %lld ms", (long long)window->size);
    if (window->kind == WINDOW_HOP || window->kind == WINDOW_CUMULATE)
        text_printf(out, " by %lld ms", (long long)window->slide);
    if (window->offset != 0)
        text_printf(out, " from %lld ms", (long long)window->offset);
    text_printf(out, " over %.*s", STR_FMT(input->columns[window->time]));
    text_puts(out, window->is_proctime ? ", by the clock" : "");
    text_puts(out, window->is_local ? ", local" : "");
    text_puts(out, window->is_legacy ? ", legacy" : "");
}

/* ---- columns and rows ----------------------------------------------------------------------------------------------------- */

static void name_scan(Meanings *meanings, const Plan *plan, Known *out)
{
    const PlanScan  *scan = &plan->scan;
    const TableSpec *table = scan->table;
    Known            read = { .columns = arena_new(meanings->arena, Str, scan->column_count + 1) };
    for (int32_t i = 0; i < scan->column_count; i++)
        read.columns[i] = arena_format(meanings->arena, "%.*s.%.*s", STR_FMT(table->name), STR_FMT(table->columns[scan->columns[i]].name));
    for (int32_t i = 0; i < plan->field_count; i++)
        out->columns[i] = scan->exprs ? expr_meaning(meanings, scan->exprs[i], &read) : read.columns[i];
    out->rows = table->name;
}

/* Columns of an aggregation: keys, calls, bounds of the window. */
static void name_groups(Meanings *meanings, const Plan *plan, const int32_t *keys, int32_t key_count, AggregateCall *const *calls,
                        int32_t call_count, const Known *input, Known *out)
{
    Text rows = TEXT_EMPTY;
    text_printf(&rows, "groups of (%.*s) by", STR_FMT(input->rows));
    for (int32_t i = 0; i < key_count; i++) {
        out->columns[i] = input->columns[keys[i]];
        text_printf(&rows, " %.*s", STR_FMT(out->columns[i]));
    }
    if (plan->kind == PLAN_WINDOW_AGGREGATE) {
        text_put(&rows, ' ');
        put_window(&plan->window_aggregate.window, input, &rows);
    }
    out->rows = keep_text(meanings, &rows);
    for (int32_t i = 0; i < call_count; i++) {
        Text call = TEXT_EMPTY;
        put_call(meanings, calls[i], input, &call);
        text_printf(&call, " in %.*s", STR_FMT(out->rows));
        out->columns[key_count + i] = keep_text(meanings, &call);
    }
    for (int32_t i = key_count + call_count; i < plan->field_count; i++)
        out->columns[i] = arena_format(meanings->arena, "%.*s of %.*s", STR_FMT(plan->fields[i].name), STR_FMT(out->rows));
}

static void name_branches(Meanings *meanings, const Plan *plan, Known *out)
{
    Text rows = TEXT_EMPTY;
    for (int32_t i = 0; i < plan->input_count; i++)
        text_printf(&rows, "%s%.*s", i ? " and " : "", STR_FMT(meaning_of(meanings, plan->inputs[i])->rows));
    out->rows = keep_text(meanings, &rows);
    for (int32_t c = 0; c < plan->field_count; c++) {
        Text column = TEXT_EMPTY;
        for (int32_t i = 0; i < plan->input_count; i++)
            text_printf(&column, "%s%.*s", i ? " or " : "", STR_FMT(meaning_of(meanings, plan->inputs[i])->columns[c]));
        out->columns[c] = keep_text(meanings, &column);
    }
}

/* The input's columns first, then what the node adds; its rows are the input's, changed in a way that is said. */
static void name_passed(Meanings *meanings, const Plan *plan, const Known *input, const char *how, Str what, Known *out)
{
    int32_t passed = plan->inputs[0]->field_count;
    out->rows = how ? arena_format(meanings->arena, "%.*s %s %.*s", STR_FMT(input->rows), how, STR_FMT(what)) : input->rows;
    for (int32_t i = 0; i < plan->field_count; i++)
        out->columns[i] = i < passed ? input->columns[i]
                                     : arena_format(meanings->arena, "%.*s %.*s", STR_FMT(plan->fields[i].name), STR_FMT(what));
}

static Str window_meaning(Meanings *meanings, const Plan *plan, const Known *input)
{
    Text text = TEXT_EMPTY;
    put_window(&plan->window.window, input, &text);
    for (int32_t i = 0; i < plan->window.key_count; i++)
        text_printf(&text, " per %.*s", STR_FMT(input->columns[plan->window.keys[i]]));
    return keep_text(meanings, &text);
}

static void name_node(Meanings *meanings, const Plan *plan, Known *out)
{
    const Known *input = plan->input_count > 0 ? meaning_of(meanings, plan->inputs[0]) : NULL;
    switch (plan->kind) {
    case PLAN_SCAN:
        name_scan(meanings, plan, out);
        return;
    case PLAN_PROJECT:
        out->rows = input->rows;
        for (int32_t i = 0; i < plan->field_count; i++)
            out->columns[i] = expr_meaning(meanings, plan->project.exprs[i], input);
        return;
    case PLAN_FILTER:
        name_passed(meanings, plan, input, "where", expr_meaning(meanings, plan->filter.predicate, input), out);
        return;
    case PLAN_UNNEST:
        name_passed(meanings, plan, input, "unnested by", expr_meaning(meanings, plan->unnest.collection, input), out);
        return;
    case PLAN_WINDOW:
        name_passed(meanings, plan, input, "in", window_meaning(meanings, plan, input), out);
        return;
    case PLAN_SORT:
        name_passed(meanings, plan, input, plan->sort.limit >= 0 || plan->sort.offset > 0 ? "the first of" : NULL, STR_EMPTY, out);
        return;
    case PLAN_LIMIT:
        name_passed(meanings, plan, input, "the first of", STR_EMPTY, out);
        return;
    case PLAN_WINDOW_AGGREGATE: {
        const PlanWindowAggregate *window = &plan->window_aggregate;
        name_groups(meanings, plan, window->keys, window->key_count, window->calls, window->call_count, input, out);
        return;
    }
    case PLAN_GROUP_AGGREGATE: {
        const PlanGroupAggregate *group = &plan->group_aggregate;
        name_groups(meanings, plan, group->keys, group->key_count, group->calls, group->call_count, input, out);
        return;
    }
    case PLAN_UNION:
        name_branches(meanings, plan, out);
        return;
    default:
        out->rows = str_from(plan_kind_name(plan->kind));
        for (int32_t i = 0; i < plan->field_count; i++)
            out->columns[i] = plan->fields[i].name;
        return;
    }
}

static const Known *meaning_of(Meanings *meanings, const Plan *plan)
{
    for (int64_t i = 0; i < meanings->known.count; i++)
        if (meanings->known.items[i]->plan == plan)
            return meanings->known.items[i];
    Known *known = arena_new(meanings->arena, Known, 1);
    *known = (Known){ .plan = plan, .columns = arena_new(meanings->arena, Str, plan->field_count + 1) };
    name_node(meanings, plan, known);
    list_push(meanings->arena, &meanings->known, known);
    return known;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------- */

/* Whatever a name or a literal holds, a line is a line. */
static void put_value(Str value, Text *out)
{
    for (int64_t i = 0; i < value.len; i++)
        text_put(out, (unsigned char)value.ptr[i] < ' ' ? ' ' : value.ptr[i]);
    text_put(out, '\n');
}

static void put_line(char mark, const char *what, int32_t number, Str value, Text *out)
{
    text_printf(out, "%c %s", mark, what);
    if (number > 0)
        text_printf(out, " %d", number);
    text_put(out, '\t');
    put_value(value, out);
}

static void put_options(const TableSpec *table, Str connector, Text *out)
{
    for (int64_t i = 0; i < table->options->count; i++) {
        const MapEntry *entry = &table->options->entries[i];
        Str             value = map_entry_str(entry);
        if (str_is(entry->key, "connector") || option_key_is_secret(connector, entry->key))
            continue;
        Text shown = TEXT_EMPTY;
        text_append(&shown, value);
        urls_hide_secrets((char *)(uintptr_t)text_str(&shown).ptr, shown.len);
        text_printf(out, "~ '%.*s'\t", STR_FMT(entry->key));
        put_value(text_str(&shown), out);
        text_free(&shown);
    }
}

static void put_scan(Meanings *meanings, const Plan *plan, Text *out)
{
    const PlanScan *scan = &plan->scan;
    put_line('#', "table", 0, scan->table->path, out);
    put_line('=', "connector", 0, str_from(scan->connector->name), out);
    if (scan->watermark)
        put_line('~', "watermark", 0, expr_meaning(meanings, scan->watermark, meaning_of(meanings, plan)), out);
    put_options(scan->table, str_from(scan->connector->name), out);
}

static bool commits(const Plan *plan)
{
    const SinkType *type = plan->sink.table ? plan->sink.connector->sink : NULL;
    return type && type->is_exactly_once && type->is_exactly_once(plan->sink.table);
}

/* One that commits nothing keeps nothing, so that nothing can have changed. */
static void put_sink(Meanings *meanings, const Plan *plan, Text *out)
{
    const PlanSink *sink = &plan->sink;
    put_line('#', "table", 0, sink->table ? sink->table->path : STR("the client"), out);
    if (!commits(plan))
        return;
    put_line('=', "connector", 0, str_from(sink->connector->name), out);
    for (int32_t i = 0; i < plan->inputs[0]->field_count; i++) {
        const TableColumn *column = &sink->table->columns[sink->columns[i]];
        Text               text = TEXT_EMPTY;
        text_append(&text, column->name);
        put_type(meanings, column->type, &text);
        put_line(sink->connector->sink->saves_columns ? '=' : '~', "column", i + 1, text_str(&text), out);
        text_free(&text);
    }
    put_options(sink->table, str_from(sink->connector->name), out);
}

static void put_keys(Meanings *meanings, const Plan *input, const int32_t *keys, int32_t count, Text *out)
{
    for (int32_t i = 0; i < count; i++) {
        Text text = TEXT_EMPTY;
        text_append(&text, meaning_of(meanings, input)->columns[keys[i]]);
        put_type(meanings, input->fields[keys[i]].type, &text);
        put_line('=', "key", i + 1, text_str(&text), out);
        text_free(&text);
    }
}

static void put_calls(Meanings *meanings, const Plan *input, AggregateCall *const *calls, int32_t count, Text *out)
{
    for (int32_t i = 0; i < count; i++) {
        Text text = TEXT_EMPTY;
        put_call(meanings, calls[i], meaning_of(meanings, input), &text);
        put_line('=', "call", i + 1, text_str(&text), out);
        text_free(&text);
    }
}

static void put_window_line(Meanings *meanings, const Plan *input, const PlanWindowSpec *window, Text *out)
{
    Text text = TEXT_EMPTY;
    put_window(window, meaning_of(meanings, input), &text);
    put_line('=', "window", 0, text_str(&text), out);
    text_free(&text);
}

/* Of an operator that keeps rows. */
static void put_fields(Meanings *meanings, const Plan *input, Text *out)
{
    for (int32_t i = 0; i < input->field_count; i++) {
        Text text = TEXT_EMPTY;
        text_append(&text, meaning_of(meanings, input)->columns[i]);
        put_type(meanings, input->fields[i].type, &text);
        put_line('=', "column", i + 1, text_str(&text), out);
        text_free(&text);
    }
}

static void put_group(Meanings *meanings, const Plan *plan, Text *out)
{
    const PlanGroupAggregate *group = &plan->group_aggregate;
    put_keys(meanings, plan->inputs[0], group->keys, group->key_count, out);
    put_calls(meanings, plan->inputs[0], group->calls, group->call_count, out);
    put_line('=', "mode", 0, group->is_batch ? STR("batch") : group->input_retracts ? STR("rows come and go") : STR("rows only come"), out);
    if (group->state_ttl_ms > 0)
        text_printf(out, "~ table.exec.state.ttl\t%lld ms\n", (long long)group->state_ttl_ms);
}

static void put_sort(Meanings *meanings, const Plan *plan, Text *out)
{
    put_fields(meanings, plan->inputs[0], out);
    put_line('=', "mode", 0, plan->sort.by_rowtime ? STR("by time") : STR("at the end"), out);
    text_printf(out, "~ limit\t%lld\n~ offset\t%lld\n", (long long)plan->sort.limit, (long long)plan->sort.offset);
    for (int32_t i = 0; i < plan->sort.key_count; i++) {
        const SortKey *key = &plan->sort.keys[i];
        Str            text = arena_format(meanings->arena, "%.*s%s%s", STR_FMT(meaning_of(meanings, plan->inputs[0])->columns[key->column]),
                                           key->is_descending ? " DESC" : " ASC", key->nulls_last ? " NULLS LAST" : " NULLS FIRST");
        put_line('~', "order", i + 1, text, out);
    }
}

/* false: the node keeps nothing. */
static bool put_node(Meanings *meanings, const Plan *plan, Text *out)
{
    const Plan *input = plan->input_count > 0 ? plan->inputs[0] : NULL;
    switch (plan->kind) {
    case PLAN_SCAN:
        put_scan(meanings, plan, out);
        return false;
    case PLAN_SINK:
        put_sink(meanings, plan, out);
        return false;
    case PLAN_WINDOW:
        put_window_line(meanings, input, &plan->window.window, out);
        put_keys(meanings, input, plan->window.keys, plan->window.key_count, out);
        put_fields(meanings, input, out);
        return plan->window.window.kind == WINDOW_SESSION;
    case PLAN_WINDOW_AGGREGATE:
        put_window_line(meanings, input, &plan->window_aggregate.window, out);
        put_keys(meanings, input, plan->window_aggregate.keys, plan->window_aggregate.key_count, out);
        put_calls(meanings, input, plan->window_aggregate.calls, plan->window_aggregate.call_count, out);
        return true;
    case PLAN_GROUP_AGGREGATE:
        put_group(meanings, plan, out);
        return true;
    case PLAN_SORT:
        put_sort(meanings, plan, out);
        return true;
    case PLAN_LIMIT:
        text_printf(out, "~ limit\t%lld\n~ offset\t%lld\n", (long long)plan->limit.limit, (long long)plan->limit.offset);
        return true;
    default:
        return false;
    }
}

void plan_identity(const Plan *plan, Text *out)
{
    Meanings meanings = { .arena = arena_create() };
    if (put_node(&meanings, plan, out))
        put_line('~', "input", 0, meaning_of(&meanings, plan->inputs[0])->rows, out);
    arena_destroy(meanings.arena);
}
