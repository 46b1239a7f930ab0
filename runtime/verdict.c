/* verdict.c: see verdict.h.
 *
 *   collect   nodes of the checkpoint, by the number in their operators' names; nodes of the job
 *   match     from what is the same in everything to what has only the table or the kind in common; each node once
 *   judge     lines of the identities that differ: '=' refuses, '~' migrates
 *   number    matched nodes have the old number, others one that was not there */
#include "runtime/verdict.h"

#include "runtime/signature.h"

enum { REASONS_MAX = 3, VALUE_SHOWN_MAX = 160 };

typedef enum VerdictKind { VERDICT_KEEP, VERDICT_MIGRATE, VERDICT_NEW, VERDICT_DROP, VERDICT_REFUSE } VerdictKind;

typedef struct Node {
    const Plan *plan;     /* of the job; NULL: of the checkpoint */
    int32_t     number;
    Str         label;    /* "WindowAggregate(...)" */
    Str         identity; /* empty: keeps nothing, or was saved by a version that did not say */
    bool        has_state;
    struct Node *partner;
    VerdictKind kind;
    Text        reason;
} Node;

typedef LIST(Node *) NodeList;

typedef struct Verdict {
    Arena              *arena;
    const Checkpoint   *checkpoint;
    Task *const        *tasks;
    int32_t             task_count;
    const VerdictRules *rules;
    NodeList            was, is;
} Verdict;

/* ---- collect -------------------------------------------------------------------------------------------------------------- */

static void set_signature(Node *node, Str signature)
{
    int64_t end = str_find(signature, '\n');
    node->label = end < 0 ? signature : str_slice(signature, 0, end);
    node->identity = end < 0 ? STR_EMPTY : str_slice(signature, end + 1, signature.len);
}

static Node *add_node(Verdict *verdict, NodeList *list, const Plan *plan, int32_t number, Str signature)
{
    Node *node = arena_new(verdict->arena, Node, 1);
    *node = (Node){ .plan = plan, .number = number };
    set_signature(node, signature);
    list_push(verdict->arena, list, node);
    return node;
}

/* "4 window aggregate" -> 4; 0: none of ours */
static int32_t number_of(Str name)
{
    int64_t number, end = str_find(name, ' ');
    bool    is_number = end > 0 && str_to_i64(str_slice(name, 0, end), &number) && number > 0 && number < INT32_MAX / 2;
    return is_number ? (int32_t)number : 0;
}

static bool has_parts(const Checkpoint *checkpoint, int32_t op)
{
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        if (checkpoint->parts[i].op == op && checkpoint->parts[i].number != SNAPSHOT_PART_HEADER)
            return true;
    return false;
}

static Node *find_number(const NodeList *list, int32_t number)
{
    for (int64_t i = 0; i < list->count; i++)
        if (list->items[i]->number == number)
            return list->items[i];
    return NULL;
}

static void collect_was(Verdict *verdict)
{
    for (int32_t i = 0; i < verdict->checkpoint->op_count; i++) {
        const CheckpointOp *op = &verdict->checkpoint->ops[i];
        int32_t             number = number_of(op->name);
        Node               *node = find_number(&verdict->was, number);
        if (!node)
            node = add_node(verdict, &verdict->was, NULL, number, op->signature);
        node->has_state |= has_parts(verdict->checkpoint, i);
    }
}

static bool has_plan(const NodeList *list, const Plan *plan)
{
    for (int64_t i = 0; i < list->count; i++)
        if (list->items[i]->plan == plan)
            return true;
    return false;
}

static void collect_is(Verdict *verdict)
{
    for (int32_t t = 0; t < verdict->task_count; t++) {
        for (int32_t i = 0; i < task_op_count(verdict->tasks[t]); i++) {
            const Op *op = task_op(verdict->tasks[t], i);
            Text      signature = TEXT_EMPTY;
            if (!op->plan || has_plan(&verdict->is, op->plan))
                continue;
            node_signature(op->plan, &signature);
            add_node(verdict, &verdict->is, op->plan, op->plan->id, arena_str(verdict->arena, text_str(&signature)));
            text_free(&signature);
        }
    }
}

/* ---- lines of an identity ---------------------------------------------------------------------------------------------- */

typedef struct Line {
    char mark;
    Str  what, value;
} Line;

static bool next_line(Str *rest, Line *line)
{
    Str text;
    if (rest->len == 0 || !str_split(rest, '\n', &text) || text.len < 2)
        return false;
    int64_t tab = str_find(text, '\t');
    line->mark = text.ptr[0];
    line->what = str_slice(text, 2, tab < 0 ? text.len : tab);
    line->value = tab < 0 ? STR_EMPTY : str_slice(text, tab + 1, text.len);
    return true;
}

static bool find_line(Str identity, Str what, Line *out)
{
    while (next_line(&identity, out))
        if (str_eq(out->what, what))
            return true;
    return false;
}

static void put_shown(Str value, Text *out)
{
    text_append(out, value.len > VALUE_SHOWN_MAX ? str_slice(value, 0, VALUE_SHOWN_MAX) : value);
    text_puts(out, value.len > VALUE_SHOWN_MAX ? "..." : "");
}

typedef struct Difference {
    char mark; /* the gravest of all: '#', '=', '~'; ' ': none */
    Text text; /* of the first few */
    int  count;
} Difference;

static char graver(char left, char right)
{
    static const char order[] = " ~=#";
    return strchr(order, left) > strchr(order, right) ? left : right;
}

/* was, is: {NULL, 0} when the line is not there. */
static void add_difference(Difference *difference, const Line *line, Str was, Str is)
{
    Text *out = &difference->text;
    difference->mark = graver(difference->mark, line->mark);
    if (++difference->count > REASONS_MAX)
        return;
    text_printf(out, "%s%.*s ", difference->count > 1 ? "; " : "", STR_FMT(line->what));
    if (!is.ptr) {
        text_puts(out, "is not there any more, and was ");
        put_shown(was, out);
        return;
    }
    text_puts(out, "is ");
    put_shown(is, out);
    text_puts(out, was.ptr ? " now and was " : " now and was not there");
    if (was.ptr)
        put_shown(was, out);
}

static Difference compare(Str was, Str is)
{
    Difference difference = { .mark = ' ' };
    Line       line, other;
    for (Str rest = is; next_line(&rest, &line);) {
        bool is_known = find_line(was, line.what, &other);
        if (!is_known || !str_eq(other.value, line.value))
            add_difference(&difference, &line, is_known ? other.value : (Str){ NULL, 0 }, line.value);
    }
    for (Str rest = was; next_line(&rest, &line);)
        if (!find_line(is, line.what, &other))
            add_difference(&difference, &line, line.value, (Str){ NULL, 0 });
    if (difference.count > REASONS_MAX)
        text_printf(&difference.text, "; and %d more", difference.count - REASONS_MAX);
    return difference;
}

static char difference_of(const Node *was, const Node *is)
{
    Difference difference = compare(was->identity, is->identity);
    text_free(&difference.text);
    return difference.mark;
}

/* ---- match -------------------------------------------------------------------------------------------------------------- */

/* "WindowAggregate" of "WindowAggregate(...)" */
static Str kind_of(const Node *node)
{
    int64_t end = str_find(node->label, '(');
    return end < 0 ? node->label : str_slice(node->label, 0, end);
}

static bool has_table(const Node *node)
{
    return node->identity.len > 0 && node->identity.ptr[0] == '#';
}

static int64_t unmatched(const NodeList *list, Str kind)
{
    int64_t count = 0;
    for (int64_t i = 0; i < list->count; i++)
        count += !list->items[i]->partner && list->items[i]->identity.len > 0 && str_eq(kind_of(list->items[i]), kind);
    return count;
}

typedef bool (*Match)(const Verdict *verdict, const Node *was, const Node *is);

static bool is_same_here(const Verdict *verdict, const Node *was, const Node *is)
{
    (void)verdict;
    return was->number == is->number && str_eq(was->label, is->label) && (was->identity.len == 0 || str_eq(was->identity, is->identity));
}

static bool is_same(const Verdict *verdict, const Node *was, const Node *is)
{
    (void)verdict;
    return str_eq(was->label, is->label) && str_eq(was->identity, is->identity);
}

static bool means_the_same(const Verdict *verdict, const Node *was, const Node *is)
{
    (void)verdict;
    return was->identity.len > 0 && str_eq(was->identity, is->identity);
}

static bool can_be_read(const Verdict *verdict, const Node *was, const Node *is)
{
    (void)verdict;
    return was->identity.len > 0 && is->identity.len > 0 && difference_of(was, is) == '~';
}

static bool is_of_the_table(const Verdict *verdict, const Node *was, const Node *is)
{
    (void)verdict;
    return has_table(was) && has_table(is) && difference_of(was, is) != '#';
}

/* What it was cannot be told for sure: the node in its place, or the only one of its kind. */
static bool stands_for_it(const Verdict *verdict, const Node *was, const Node *is)
{
    if (has_table(was) || has_table(is) || is->identity.len == 0)
        return false;
    return was->number == is->number || (unmatched(&verdict->was, kind_of(was)) == 1 && unmatched(&verdict->is, kind_of(is)) == 1);
}

static void match_by(Verdict *verdict, Match match)
{
    for (int64_t i = 0; i < verdict->is.count; i++) {
        Node *is = verdict->is.items[i];
        for (int64_t j = 0; j < verdict->was.count && !is->partner; j++) {
            Node *was = verdict->was.items[j];
            if (was->partner || !str_eq(kind_of(was), kind_of(is)) || !match(verdict, was, is))
                continue;
            is->partner = was;
            was->partner = is;
        }
    }
}

/* ---- judge -------------------------------------------------------------------------------------------------------------- */

static void judge_pair(Node *is)
{
    const Node *was = is->partner;
    if (was->identity.len == 0 && str_eq(was->label, is->label))
        return;
    Difference difference = compare(was->identity, is->identity);
    is->kind = difference.mark == ' ' ? VERDICT_KEEP : difference.mark == '~' ? VERDICT_MIGRATE : VERDICT_REFUSE;
    is->reason = difference.text;
}

static void judge(Verdict *verdict)
{
    for (int64_t i = 0; i < verdict->is.count; i++) {
        Node *is = verdict->is.items[i];
        is->kind = VERDICT_NEW;
        if (!is->partner)
            continue;
        is->kind = VERDICT_KEEP;
        judge_pair(is);
    }
    for (int64_t i = 0; i < verdict->was.count; i++) {
        Node *was = verdict->was.items[i];
        if (was->partner)
            continue;
        was->kind = VERDICT_DROP;
        text_puts(&was->reason, "the job does not have it any more");
    }
}

static bool forces(const Verdict *verdict)
{
    return verdict->rules->edits == RESTORE_FORCE;
}

static bool may_go(const Verdict *verdict, const Node *node)
{
    switch (node->kind) {
    case VERDICT_MIGRATE: return verdict->rules->edits != RESTORE_KEEP;
    case VERDICT_DROP: return !node->has_state || verdict->rules->ignores_unclaimed || forces(verdict);
    case VERDICT_REFUSE: return forces(verdict);
    default: return true;
    }
}

/* ---- tell --------------------------------------------------------------------------------------------------------------- */

static bool is_told(const Node *node)
{
    return node->identity.len > 0 || node->kind == VERDICT_REFUSE || node->has_state;
}

static void tell(const Verdict *verdict, Str line)
{
    const ConnectorHost *host = verdict->rules->host;
    if (host && host->notice)
        host->notice(host->state, line);
}

static void tell_node(const Verdict *verdict, const Node *node)
{
    static const char *const words[] = { "keep", "migrate", "new", "drop", "refuse" };
    Text line = TEXT_EMPTY;
    VerdictKind kind = node->kind == VERDICT_DROP && !may_go(verdict, node) ? VERDICT_REFUSE : node->kind;
    text_printf(&line, "  %-8s ", words[kind]);
    text_append(&line, node->label);
    if (node->reason.len > 0) {
        text_puts(&line, ": ");
        text_append(&line, text_str(&node->reason));
    }
    if (node->kind == VERDICT_REFUSE && forces(verdict))
        text_puts(&line, "; forced: its state is left behind");
    tell(verdict, text_str(&line));
    text_free(&line);
}

static void tell_list(const Verdict *verdict, const NodeList *list)
{
    for (int64_t i = 0; i < list->count; i++)
        if (is_told(list->items[i]) && (list->items[i]->plan || !list->items[i]->partner))
            tell_node(verdict, list->items[i]);
}

static bool is_all_kept(const Verdict *verdict)
{
    for (int64_t i = 0; i < verdict->is.count; i++)
        if (is_told(verdict->is.items[i]) && verdict->is.items[i]->kind != VERDICT_KEEP)
            return false;
    for (int64_t i = 0; i < verdict->was.count; i++)
        if (is_told(verdict->was.items[i]) && !verdict->was.items[i]->partner)
            return false;
    return true;
}

static void tell_all(const Verdict *verdict)
{
    Text line = TEXT_EMPTY;
    if (!verdict->rules->tells && is_all_kept(verdict))
        return;
    text_printf(&line, "what becomes of the state in epoch %lld of job \"%.*s\":", (long long)verdict->checkpoint->epoch,
                STR_FMT(verdict->checkpoint->job_name));
    tell(verdict, text_str(&line));
    text_free(&line);
    tell_list(verdict, &verdict->is);
    tell_list(verdict, &verdict->was);
}

/* ---- refuse ------------------------------------------------------------------------------------------------------------- */

static const char *way_out(const Node *node)
{
    switch (node->kind) {
    case VERDICT_MIGRATE:
        return "SET 'execution.state-recovery.edited-script' = 'MIGRATE' goes on with it";
    case VERDICT_DROP:
        return "SET 'execution.state-recovery.ignore-unclaimed-state' = 'true' leaves its state behind";
    default:
        return "SET 'execution.state-recovery.edited-script' = 'FORCE' leaves its state behind";
    }
}

static Status refuse(const Verdict *verdict, const Node *node, Error *err)
{
    error_set(err, STATUS_INVALID, SPAN_NONE, "epoch %lld cannot be restored: %.*s: %.*s", (long long)verdict->checkpoint->epoch,
              STR_FMT(node->label), STR_FMT(text_str(&node->reason)));
    return error_hint(err, "%s; or use another state directory, or the script as it was", way_out(node));
}

static Status check_list(const Verdict *verdict, const NodeList *list, Error *err)
{
    static const VerdictKind gravest_first[] = { VERDICT_REFUSE, VERDICT_DROP, VERDICT_MIGRATE };
    for (int k = 0; k < 3; k++)
        for (int64_t i = 0; i < list->count; i++)
            if (list->items[i]->kind == gravest_first[k] && (list->items[i]->plan || !list->items[i]->partner) &&
                !may_go(verdict, list->items[i]))
                return refuse(verdict, list->items[i], err);
    return STATUS_OK;
}

/* ---- number ------------------------------------------------------------------------------------------------------------- */

static int32_t highest_number(const Verdict *verdict)
{
    int32_t highest = 0;
    for (int64_t i = 0; i < verdict->was.count; i++)
        highest = verdict->was.items[i]->number > highest ? verdict->was.items[i]->number : highest;
    for (int64_t i = 0; i < verdict->is.count; i++)
        highest = verdict->is.items[i]->number > highest ? verdict->is.items[i]->number : highest;
    return highest;
}

static void choose_numbers(Verdict *verdict, bool *has_migrated)
{
    int32_t next = highest_number(verdict) + 1;
    for (int64_t i = 0; i < verdict->is.count; i++) {
        Node *is = verdict->is.items[i];
        bool  goes_on = is->partner && is->kind != VERDICT_REFUSE;
        *has_migrated |= is->kind == VERDICT_MIGRATE || is->kind == VERDICT_REFUSE;
        if (goes_on)
            is->number = is->partner->number;
        else if (find_number(&verdict->was, is->number))
            is->number = next++;
    }
}

static void give_numbers(const Verdict *verdict)
{
    for (int32_t t = 0; t < verdict->task_count; t++) {
        for (int32_t i = 0; i < task_op_count(verdict->tasks[t]); i++) {
            const Plan *plan = task_op(verdict->tasks[t], i)->plan;
            for (int64_t n = 0; plan && n < verdict->is.count; n++)
                if (verdict->is.items[n]->plan == plan)
                    task_set_number(verdict->tasks[t], i, verdict->is.items[n]->number);
        }
    }
}

static void free_reasons(const NodeList *list)
{
    for (int64_t i = 0; i < list->count; i++)
        text_free(&list->items[i]->reason);
}

static Status settle(Verdict *verdict, bool *has_migrated, Error *err)
{
    static const Match matches[] = { is_same_here, is_same, means_the_same, can_be_read, is_of_the_table, stands_for_it };
    collect_was(verdict);
    collect_is(verdict);
    for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
        match_by(verdict, matches[i]);
    judge(verdict);
    tell_all(verdict);
    TRY(check_list(verdict, &verdict->is, err));
    TRY(check_list(verdict, &verdict->was, err));
    choose_numbers(verdict, has_migrated);
    give_numbers(verdict);
    return STATUS_OK;
}

Status verdict_settle(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, const VerdictRules *rules, bool *has_migrated,
                      Error *err)
{
    Verdict verdict = { .arena = arena_create(), .checkpoint = checkpoint, .tasks = tasks, .task_count = task_count, .rules = rules };
    *has_migrated = false;
    Status status = settle(&verdict, has_migrated, err);
    free_reasons(&verdict.was);
    free_reasons(&verdict.is);
    arena_destroy(verdict.arena);
    return status;
}
