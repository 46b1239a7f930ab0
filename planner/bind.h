/* bind.h: syntax to typed expressions and plans. Private to planner/.
 *
 * A Binder lives for one statement. A Scope says which names may be used at one place of a query and which column of
 * the input each one is. A query is bound bottom up: FROM gives a Relation (a plan and the names of its columns), every
 * clause puts a node on top. Nothing is rewritten here: rewrites/ runs over the finished plan. */
#ifndef PLANNER_BIND_H
#define PLANNER_BIND_H

#include "connectors/formats/format.h"
#include "functions/function.h"
#include "planner/planner.h"

/* ---- for definitions: an expression over known columns ----------------------------------------------------------- */

/* Types an expression whose names are the given columns (computed columns, watermarks). clause: "a computed column",
 * for messages. PROCTIME() gives a type with TIME_PROCTIME. The expression reads column i for fields[i]. */
Status bind_over_fields(PlanContext *context, const Field *fields, int32_t field_count, const Node *node,
                        const char *clause, Expr **out, Error *err);
/* YEAR .. SECOND; false for other units. */
bool   interval_unit_from(TimeUnit unit, IntervalUnit *out);
Status interval_type_from(Arena *arena, const IntervalQualifier *qualifier, bool nullable, const Type **out,
                          Error *err);

/* ---- the statement ----------------------------------------------------------------------------------------------- */

/* plan nodes of one statement: views and WITH tables multiply when they are expanded */
#define BIND_NODES_MAX 20000
#define BIND_DEPTH_MAX (2 * AST_DEPTH_MAX) /* height of all texts that are expanded into each other */

/* A WITH table that is visible; the innermost first. */
typedef struct CommonScope {
    const CommonTable        *table;
    const struct CommonScope *outer; /* the tables that its query may use follow here */
} CommonScope;

typedef struct RankUse RankUse; /* rank.c */

typedef struct Binder {
    PlanContext       *context;
    Arena             *arena;
    LIST(RankUse)      ranks; /* the statement's ROW_NUMBER() OVER and the like */
    const CommonScope *common;
    /* line > 0: the text being bound is stored (a view, a computed column); everything in it is at this place */
    Span               place;
    int32_t            depth; /* height of the expanded texts around */
    int32_t            level; /* queries around; only the outermost keeps an ORDER BY without LIMIT */
    int64_t            node_count;
} Binder;

Binder *binder_create(PlanContext *context);
/* The place of a node in the script. */
Span    binder_span(const Binder *binder, Span span);
/* More height below; STATUS_LIMIT past BIND_DEPTH_MAX. Undo with binder_leave. */
Status  binder_enter(Binder *binder, int32_t depth, Span span, Error *err);
void    binder_leave(Binder *binder, int32_t depth);
/* STATUS_UNSUPPORTED naming the feature; STATUS_OK when only the language is checked. */
Status  binder_unsupported(const Binder *binder, Span span, const char *feature, Error *err);
/* The same for what only streaming mode cannot do yet; the hint says so. */
Status  binder_only_batch(const Binder *binder, Span span, const char *feature, Error *err);
/* Setting of the session, else the given default. */
Str     setting_str(const PlanContext *context, const char *key, const char *otherwise);
bool    setting_bool(const PlanContext *context, const char *key, bool otherwise);
int64_t setting_duration_ms(const PlanContext *context, const char *key, int64_t otherwise);

/* ---- names: scope.c ---------------------------------------------------------------------------------------------- */

typedef struct ScopeTable {
    Str         name; /* alias, or the table's last name; {NULL, 0} = none */
    CatalogPath path; /* of a table without alias, so that db.t.c is found; name.ptr NULL otherwise */
    int32_t     first, count; /* its columns */
    bool        is_unknown;   /* lives elsewhere: it has whatever column is asked for */
} ScopeTable;

typedef struct Scope {
    const Field        *fields;
    int32_t             field_count;
    const ScopeTable   *tables;
    int32_t             table_count;
    /* per field: the right side's twin of a USING column: not in *, not found without table; NULL = none */
    const bool         *is_merged;
    const bool         *is_shared; /* per field: the left side's, which stands first in *; NULL = none */
    const struct Scope *outer;     /* of the query around a subquery; NULL = none */
} Scope;

typedef struct ScopeMatch {
    const Scope *scope;  /* where it was found: the given one or one around it */
    int32_t      column; /* -1: of a table whose columns are not known */
    int32_t      parts;  /* of the name: table and column (without the column: a field stands for itself); then fields */
} ScopeMatch;

Scope *scope_of_fields(Arena *arena, const Field *fields, int32_t field_count, Str name, const Scope *outer);
/* Columns of left, then of right. fields: of the joined plan. */
Scope *scope_join(Arena *arena, const Scope *left, const Scope *right, const Field *fields);
/* Names of tables in FROM differ. */
Status scope_check_join(const Scope *left, const Scope *right, Span span, Error *err);
/* Error STATUS_NO_COLUMN with the nearest name. */
Status scope_find(const Scope *scope, const Name *name, ScopeMatch *out, Error *err);
/* The table of t.*; NULL when there is none. */
const ScopeTable *scope_find_table(const Scope *scope, const Ident *parts, int64_t count);

/* ---- expressions: bind_expression.c and, by kind of node, bind_literal.c .. bind_over.c -------------------------- */

typedef struct Grouping Grouping;

/* A column of the SELECT list. */
typedef struct Output {
    Expr *expr;
    Str   name;
} Output;

typedef LIST(Output) OutputList;

/* Where an expression stands. */
typedef struct Site {
    Binder      *binder;
    const Scope *scope;
    Grouping    *grouping;  /* collects aggregate calls; NULL: they are not allowed here */
    bool         in_aggregate; /* inside the arguments of one */
    bool         allows_over;
    bool         has_over;  /* set when an OVER call was bound */
    bool         over_changes; /* ... whose results are corrected later */
    bool         over_sums_by_time; /* ... that aggregates rows in the order of time: they must be final */
    const struct OverWindow *over; /* the window of the first one; all of a SELECT must have the same */
    bool         in_match;  /* MEASURES and DEFINE of MATCH_RECOGNIZE */
    const char  *clause;    /* "WHERE", for messages */
    const NamedWindowList *windows; /* WINDOW w AS (..) */
    const OutputList *aliases; /* ORDER BY: names of the SELECT list come first; NULL = none */
} Site;

Site   site_create(Binder *binder, const Scope *scope, const char *clause);
Status bind_expression(Site *site, const Node *node, Expr **out, Error *err);
Status bind_list(Site *site, const NodeList *nodes, Expr ***out, Error *err);
/* Must be BOOLEAN (WHERE, HAVING, ON, FILTER). */
Status bind_condition(Site *site, const Node *node, Expr **out, Error *err);

Status bind_literal(Site *site, const Node *node, Expr **out, Error *err);
/* -literal: the minus belongs to the number. */
Status bind_negative_literal(Site *site, const Node *node, Expr **out, Error *err);
Status bind_interval(Site *site, const Node *node, Expr **out, Error *err);
Status bind_operator(Site *site, const Node *node, Expr **out, Error *err);
Status bind_between(Site *site, const Node *node, Expr **out, Error *err);
Status bind_in(Site *site, const Node *node, Expr **out, Error *err);
Status bind_like(Site *site, const Node *node, Expr **out, Error *err);
Status bind_is(Site *site, const Node *node, Expr **out, Error *err);
Status bind_case(Site *site, const Node *node, Expr **out, Error *err);
Status bind_call(Site *site, const Node *node, Expr **out, Error *err);
Status bind_aggregate(Site *site, const Node *node, Expr **out, Error *err);
Status bind_over(Site *site, const Node *node, Expr **out, Error *err);
/* An OVER call that numbers rows is noted; what bounds it is said by a filter over `input`; then all are judged. rank.c */
Expr  *rank_number(Binder *binder, Str function, const char *problem, Expr *number);
void   rank_bounds(Binder *binder, const Plan *input, const Expr *predicate);
Status rank_check(const Binder *binder, Error *err);
Status bind_subquery(Site *site, const Node *node, Expr **out, Error *err);
/* A call by name with bound arguments: function_resolve, then time attributes are taken off the result. */
Status bind_function(Site *site, const char *name, Expr **args, int64_t arg_count, Span span, Expr **out, Error *err);
bool        is_aggregate_name(Str name);
/* A function known by name only: of the dialect but not here, or created with a class of another language. */
bool        function_is_foreign(const Binder *binder, const Name *name);
Status      foreign_refused(const Binder *binder, const Name *name, Error *err);
const Type *foreign_result_type(Str name); /* type_null when it is not known */
/* A value that only the type is known of: subqueries, OVER, functions from elsewhere, under language_only. */
Expr  *expr_opaque(Arena *arena, const Type *type, Expr **args, int32_t arg_count, Span span);
bool   expr_is_opaque(const Expr *expr);
/* The expression with a type without time attribute. */
Expr  *expr_without_time(Arena *arena, Expr *expr);
/* Implicit cast: STATUS_TYPE when there is none. what: "WHERE". */
Status expr_coerce(Binder *binder, Expr *expr, const Type *to, const char *what, Expr **out, Error *err);
/* Every constant part of the tree becomes a literal. Division by zero is an error; what fails otherwise is left to fail
 * when it runs. */
Status fold(Binder *binder, Expr *expr, Expr **out, Error *err);
/* A literal after folding; STATUS_INVALID "what must be a constant". */
Status bind_constant(Site *site, const Node *node, const char *what, Expr **out, Error *err);

/* ---- relations: bind_query.c, bind_select.c, bind_from.c, bind_table.c, bind_values.c, bind_join.c, bind_match.c - */

typedef struct Relation {
    Plan  *plan;
    Scope *scope;
} Relation;

/* The query's output columns, named as the user sees them. */
Status bind_query(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err);
Status bind_select(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err);
Status bind_values(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err);
Status bind_from(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err);
Status bind_join(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err);
Status bind_match(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err);
Status bind_table_function(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err);
/* t CROSS JOIN UNNEST(..), t LEFT JOIN UNNEST(..) ON TRUE */
Status bind_unnest_join(Binder *binder, const TableRef *join, const Relation *left, const Scope *outer, Relation *out,
                        Error *err);
Status bind_unnest(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err);
/* A table, view or WITH table by name. */
Status bind_named(Binder *binder, const Name *name, const HintList *hints, Plan **out, CatalogPath *path, Error *err);
/* AS t(a, b): other names for the columns; an empty list changes nothing. */
Status rename_columns(Binder *binder, Plan *plan, const IdentList *columns, Span span, Plan **out, Error *err);
/* The connector of a table, its options checked; NULL for one that is not here, under language_only. */
Status table_connector(Binder *binder, const CatalogTable *table, const TableSpec *spec, bool is_sink,
                       const Connector **out, Error *err);
/* A table in a catalog that lives elsewhere (language_only): nothing is known of its columns. foreign.c */
bool   is_elsewhere(const Binder *binder, const Name *name);
Status build_elsewhere(Binder *binder, Span span, Plan **out, Error *err);
/* Does the plan give columns that are not known? */
bool   has_unknown_columns(const Plan *plan);
/* Does a table of a connector that is not here hold changes? foreign.c */
bool   foreign_is_changelog(const CatalogTable *table);
/* Could its connector look rows up by key? Not those that are known not to. */
bool   can_be_looked_up(const Plan *scan);
/* What the dialect asks of a table of a connector that is not here. */
Status foreign_check(const CatalogTable *table, Span span, Error *err);
/* A plan under the reference's alias and column list. */
Status relation_of_plan(Binder *binder, const TableRef *ref, Plan *plan, const Scope *outer, Relation *out, Error *err);
Status bind_scan(Binder *binder, const CatalogTable *table, const HintList *hints, Span span, Plan **out, Error *err);
/* Puts an OVER step below the SELECT list. */
Status bind_over_input(const Site *site, const Query *query, Plan **plan, Error *err);
/* ORDER BY 2: the column; -1 when the node is no number. */
Status  order_by_ordinal(const Binder *binder, const Node *node, int32_t count, int32_t *out, Error *err);
SortKey sort_key(const OrderItem *item, int32_t column);
/* ORDER BY, OFFSET, LIMIT over a plan. */
Status bind_limit(Binder *binder, const Query *query, const SortKey *keys, int32_t key_count, Plan **plan, Error *err);

/* An inner join whose condition stands in WHERE. bind_join.c */
void   join_refine(Binder *binder, Plan *plan, const Expr *predicate);

/* ---- groups: bind_aggregate.c, bind_group.c, group_build.c, group_window.c --------------------------------------- */

/* An aggregate call met while the SELECT list is bound. aggregate NULL: only its type is known (language_only). */
typedef struct PendingCall {
    const Aggregate *aggregate;
    const Type      *type;
    Expr           **args; /* over the input of the GROUP BY */
    int32_t          arg_count;
    bool             is_distinct;
    Expr            *filter; /* NULL = none */
    Str              text;
    Span             span;
} PendingCall;

/* GROUP BY TUMBLE(ts, ..) and its like. */
typedef struct GroupWindow {
    PlanWindowSpec spec;
    const char    *function; /* "TUMBLE"; NULL = no such window */
    Expr          *time;
    const Type    *time_type;
    Span           span;
} GroupWindow;

/* What GROUP BY, SELECT, HAVING and ORDER BY of one query put together. While they are bound, an expression may read
 *     columns 0 .. base - 1              of the input
 *     column base + i                    the i-th aggregate call
 *     column base + GROUP_PROPERTIES + i the i-th window property
 * and group_output() then turns it into one over the columns of the aggregation. */
#define GROUP_PROPERTIES 1000000
struct Grouping {
    Plan        *input;
    int32_t      base;
    bool         is_required; /* GROUP BY or HAVING is there */
    bool         has_keys;    /* no group is empty */
    bool         has_sets; /* GROUPING SETS, ROLLUP, CUBE */
    Expr       **keys; /* over the input */
    int32_t      key_count;
    int32_t      plain_key_count; /* the first of them stand outside of GROUPING SETS */
    GroupWindow  window;
    LIST(PendingCall) calls;
    LIST(WindowProperty) properties;
    Plan        *output;     /* set by group_build, as what follows: where the parts stand among its columns */
    int32_t     *key_columns;
    int32_t      first_call;
    int32_t      first_property;
};

/* The GROUP BY clause. */
Status group_create(Binder *binder, const Query *query, Plan *input, const Scope *scope, Grouping **out, Error *err);
/* SELECT DISTINCT: GROUP BY all columns. */
Status group_distinct(Binder *binder, Plan *input, Span span, Plan **out, Error *err);
/* Is there anything to aggregate? */
bool   group_is_needed(const Grouping *grouping);
/* The aggregation node over grouping->input. group_build.c */
Status group_build(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err);
/* STATUS_INVALID for a column that is neither grouped nor aggregated. */
Status group_output(Binder *binder, const Grouping *grouping, Expr *expr, Expr **out, Error *err);

bool   is_group_window(const Node *call);
Status group_window_create(Site *site, const Node *call, GroupWindow *out, Error *err);
/* TUMBLE_START(..) and its like; *out NULL when the call is none. */
Status bind_group_auxiliary(Site *site, const Node *call, Expr **out, Error *err);

/* ---- window functions in FROM: bind_window.c, window_property.c -------------------------------------------------- */

/* TUMBLE, HOP, CUMULATE, SESSION? */
bool   is_window_function(const Node *call);
Status bind_window(Binder *binder, const TableRef *ref, const Scope *outer, Plan **out, Error *err);
/* A constant day-time interval in ms. */
Status window_interval(Site *site, const Node *node, const char *what, int64_t *ms, Error *err);
/* Sizes are positive and fit each other. */
Status window_check(const PlanWindowSpec *spec, const char *name, Span span, Error *err);

/* The columns of a plan that are bounds of one and the same window. */
typedef struct WindowColumns {
    Plan   *source; /* the PLAN_WINDOW or PLAN_WINDOW_AGGREGATE that made them; NULL = there are none */
    int32_t start, end, time; /* -1 = not among the columns */
} WindowColumns;
WindowColumns window_columns(Plan *plan);
/* Is the column a bound of the window that source made? There may be several of the same. */
bool           window_is_bound(const Plan *plan, const Plan *source, int32_t column, WindowProperty *out);
PlanWindowSpec window_spec_of(const Plan *source);
/* Type of the source's window_time. */
const Type    *window_time_type(const Plan *source);
Str            window_property_name(WindowProperty property);
const Type    *window_property_type(Arena *arena, WindowProperty property, const Type *time_type);
/* What an aggregation over a window function demands of it (HOP: size is a multiple of slide). */
Status         window_check_aggregate(const Binder *binder, const PlanWindowSpec *spec, Span span, Error *err);

/* A plan with its window function taken out, when only projections and filters that do not look at the window stand
 * above it. */
typedef struct WindowPull {
    Plan    *plan;    /* NULL: it cannot be taken out */
    int32_t *columns; /* old column -> column of plan; -1 = a bound of the window */
    int32_t  time;    /* column of plan with the time attribute */
    const Plan *window;
} WindowPull;
Status window_pull(Binder *binder, Plan *plan, Plan *window, WindowPull *out, Error *err);
/* Does the expression read a column that columns[] has as -1? */
bool   window_is_read(Arena *arena, const Expr *expr, const int32_t *columns, int32_t count);
/* SESSION: are the keys PARTITION BY's? */
bool   window_keys_agree(const WindowPull *pull, const Grouping *grouping, const int32_t *keys, int32_t key_count);

/* INSERT INTO: the sink over its query. sink.c */
Status bind_insert(Binder *binder, const Statement *statement, Plan **out, Error *err);
/* The same with the bound query. */
Status bind_insert_plan(Binder *binder, const Statement *statement, Plan *query, Plan **out, Error *err);
/* Policies of the scans go to the nodes above them; sinks of dead-letter tables are added behind the sinks (dead_letter.c). */
Status dead_letters_add(Binder *binder, Plan ***sinks, int32_t *sink_count, Error *err);

/* Asserts what must hold of a finished plan. plan_check.c */
void   plan_check(const Plan *plan);

/* ---- nodes: build.c ---------------------------------------------------------------------------------------------- */

/* Counts the node against BIND_NODES_MAX. Fields are the input's until they are set. */
Status build_plan_node(Binder *binder, PlanKind kind, Plan *input, Span span, Plan **out, Error *err);
/* TRUE drops the filter. */
Status build_filter(Binder *binder, Plan *input, Expr *predicate, Span span, Plan **out, Error *err);
/* Time attributes of plain columns go on. */
Status build_project(Binder *binder, Plan *input, Expr *const *exprs, const Str *names, int32_t count, Span span,
                     Plan **out, Error *err);
/* Keeps the first `count` columns. */
Status build_trimmed(Binder *binder, Plan *input, int32_t count, Span span, Plan **out, Error *err);
/* The inputs' columns have the same types but for nullability. */
Status build_union(Binder *binder, Plan *const *inputs, int32_t input_count, const Field *fields, Span span, Plan **out,
                   Error *err);
/* A step that is only checked: STATUS_UNSUPPORTED unless language_only. */
Status build_opaque(Binder *binder, const char *feature, Plan *const *inputs, int32_t input_count, const Field *fields,
                    int32_t field_count, Changelog changelog, Span span, Plan **out, Error *err);
/* Another name for the columns; the plan itself when they have these names. */
Status build_rename(Binder *binder, Plan *input, const Str *names, Span span, Plan **out, Error *err);
Expr  *build_column_expr(Arena *arena, const Plan *plan, int32_t column, Span span);

/* ---- changelog.c, upsert_key.c ----------------------------------------------------------------------------------- */

/* What the node gives when every producer gives all it could. */
void changelog_derive(Plan *plan);
/* Tells every aggregation below whether someone needs -U, and works out all changelogs again. */
void changelog_decide(Plan *plan, bool needs_update_before);
/* "[I,UB,UA,D]" */
void changelog_print(Changelog changelog, Text *out);

/* Sets of columns that each identify a row. */
typedef struct PlanKey {
    int32_t *columns; /* ascending */
    int32_t  count;
} PlanKey;
typedef LIST(PlanKey) PlanKeyList;
void upsert_keys(Arena *arena, const Plan *plan, PlanKeyList *out);
/* join_key.c: the same for a join that is only checked; and what ON or a WHERE right above it compares. */
void join_keys(Arena *arena, const Plan *plan, PlanKeyList *out);
void join_keys_add(Arena *arena, Plan *plan, const Expr *condition);
/* Fills upsert_key of the node. */
void upsert_keys_note(Arena *arena, Plan *plan);

#endif
