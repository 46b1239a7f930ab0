/* build.h: what the grammar's actions call: nodes out of tokens and smaller nodes.
 *
 * The first mistake that the grammar cannot see (a bad escape, a depth past the limit) is set with build_error; the
 * parser stops at it. Lists given to a function belong to the node afterwards. */
#ifndef PARSER_BUILD_H
#define PARSER_BUILD_H

#include "parser/ast.h"
#include "parser/token.h"

typedef struct Builder {
    Arena     *arena;   /* of the nodes */
    Arena     *scratch; /* of the run; may be the same */
    Error     *err;
    Statement *statement; /* the result, by what the parse began with */
    Node      *expression;
    Query     *query;
    TypeNode  *type;
    bool       found_error;    /* the grammar refused the token */
} Builder;

Status build_error(Builder *builder, Status status, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* *depth becomes at least child + 1; past AST_DEPTH_MAX it is an error. */
void build_depth(Builder *builder, int32_t *depth, int32_t child, Span span);

/* ---- values that travel through the grammar's stack ------------------------------------------------------------ */

typedef struct IsWord {
    IsTest test;
    Span   span;
} IsWord;

typedef struct InOperand {
    NodeList list;
    Query   *query;
    Span     span; /* its last token */
} InOperand;

typedef struct Arguments {
    NodeList  items;
    OrderList order_by;
    int32_t   nulls;
    bool      is_star;
    bool      is_distinct;
} Arguments;

typedef struct Frame {
    int32_t    unit;
    FrameBound start;
    FrameBound end;
} Frame;

typedef struct JsonAction {
    JsonBehavior behavior;
    Node        *value;
} JsonAction;

typedef struct WithClause {
    CommonTableList tables;
    bool            is_recursive;
    Span            span;
} WithClause;

typedef struct GroupClause {
    NodeList items;
    bool     is_given;
    bool     is_distinct;
} GroupClause;

typedef struct SelectBody {
    TableRef       *from;
    Node           *where;
    GroupClause     group;
    Node           *having;
    NamedWindowList windows;
    Node           *qualify;
} SelectBody;

typedef struct QueryTail {
    OrderList order_by;
    Node     *offset;
    Node     *limit;
} QueryTail;

typedef struct JoinWord {
    AstJoin kind;
    bool    is_natural;
    Span    span;
} JoinWord;

typedef struct JoinOn {
    Node     *on;
    IdentList columns;
} JoinOn;

typedef struct MatchSkip {
    MatchSkipKind kind;
    Ident         to;
} MatchSkip;

typedef struct Options {
    OptionList list;
    Span       span;
} Options;

typedef struct Enforced {
    int32_t said;
    Span    span;
} Enforced;

/* One of the three; a column may bring its constraint. */
typedef struct TableElement {
    ColumnNode     *column;
    WatermarkNode  *watermark;
    ConstraintNode *constraint;
} TableElement;

typedef struct Creation {
    Span span;
    bool is_replace;
    bool is_bare; /* REPLACE without CREATE OR */
    bool or_alter;
} Creation;

typedef struct Temporary {
    bool is_temporary;
    bool is_system;
} Temporary;

typedef struct AnalyzeColumns {
    IdentList columns;
    bool      all;
} AnalyzeColumns;

typedef struct ShowFrom {
    Name name;
    bool is_given;
} ShowFrom;

typedef struct ShowLike {
    Str  pattern;
    bool is_negated;
    bool is_ilike;
} ShowLike;

/* ---- names and literals: build_name.c -------------------------------------------------------------------------- */

Ident build_ident(Builder *builder, Token token);
Name  build_name(Builder *builder, Ident first);
Name  build_name_more(Builder *builder, Name name, Ident next);
Token build_name_token(Builder *builder, Name name);
/* Decoded: the token's text is the value. */
Token   build_string(Builder *builder, Token token);
Token   build_unicode_string(Builder *builder, Token token, const Token *escape);
Token   build_string_join(Builder *builder, Token left, Token right);
int32_t build_int(Builder *builder, Token token);
Node   *build_literal(Builder *builder, LiteralKind kind, Token token);
Node   *build_typed_literal(Builder *builder, LiteralKind kind, Token keyword, Token text);
Node   *build_binary(Builder *builder, Token token);
Node   *build_boolean(Builder *builder, bool value, Token token);
Node   *build_null(Builder *builder, bool is_unknown, Token token);
IntervalQualifier build_qualifier(Builder *builder, Token from, int32_t precision, const Token *to, int32_t fraction);
Node *build_interval(Builder *builder, Token keyword, bool is_negative, Node *value, IntervalQualifier qualifier);

/* ---- expressions: build_expression.c --------------------------------------------------------------------------- */

Node    *build_node(Builder *builder, NodeKind kind, Span span);
void     build_child(Builder *builder, Node *node, const Node *child);
void     build_children(Builder *builder, Node *node, const NodeList *children);
NodeList build_list(Builder *builder, Node *first);
NodeList build_list_join(Builder *builder, NodeList left, NodeList right);
Node *build_column(Builder *builder, Name name);
Node *build_star(Builder *builder, const Name *qualifier, Token star);
Node *build_parentheses(Node *node, Token left, Token right);
Node *build_row(Builder *builder, Token left, NodeList items, Token right);
Node *build_scalar_query(Builder *builder, Query *query);
Node *build_default(Builder *builder, Token token);
Node *build_chain(Builder *builder, Operator op, Node *left, Node *right);
Node *build_prefix(Builder *builder, Operator op, Token token, Node *operand);
Node *build_operator(Builder *builder, Operator op, Node *left, Node *right);
Node *build_binary_operator(Builder *builder, Token token, Node *left, Node *right);
Node *build_quantified(Builder *builder, Token op, Token quantifier, Node *left, InOperand right);
Node *build_is(Builder *builder, Node *expr, IsWord test, bool is_negated);
Node *build_between(Builder *builder, Node *expr, Node *low, Node *high, bool is_negated, bool is_symmetric);
Node *build_in(Builder *builder, Node *expr, InOperand operand, bool is_negated);
Node *build_like(Builder *builder, Token word, Node *expr, Node *pattern, Node *escape, bool is_negated);
Node *build_exists(Builder *builder, Token keyword, Query *query, Token right);
Node *build_item(Builder *builder, Node *base, Node *index, Token right);
Node *build_field(Builder *builder, Node *base, Ident name);
Node *build_case(Builder *builder, Token keyword, Node *operand, CaseWhenList whens, Node *otherwise, Token end);
CaseWhenList build_case_when(Builder *builder, CaseWhenList list, NodeList when, Node *then);
Node *build_cast(Builder *builder, Token keyword, Node *expr, TypeNode *type, Token right);
Node *build_collection(Builder *builder, NodeKind kind, Token keyword, NodeList items, Token right);
Node *build_collection_query(Builder *builder, NodeKind kind, Token keyword, Query *query);
Node *build_grouping(Builder *builder, int32_t kind, Token keyword, NodeList items, Token right);

/* ---- calls: build_call.c --------------------------------------------------------------------------------------- */

Node *build_call(Builder *builder, Name name, Arguments args, Token right);
Node *build_word_call(Builder *builder, Token word, Arguments args, Token right);
Node *build_niladic(Builder *builder, Token word);
Node *build_unit(Builder *builder, Token unit);
/* Calls with two to four arguments (NULL: not there), written with keywords or with commas. */
Node *build_special(Builder *builder, Token word, Token right, Node *a, Node *b, Node *c, Node *d);
Node *build_plain(Builder *builder, Token word, Token right, Node *a, Node *b, Node *c);
Node *build_position(Builder *builder, Token word, Token right, Node *what, Node *where, Node *start);
Node *build_trim(Builder *builder, Token word, const Token *side, Node *characters, Node *text, Token right);
Node *build_named_arg(Builder *builder, Ident name, Node *value);
Node *build_table_arg(Builder *builder, Token keyword, Name name, NodeList partition_by, OrderList order_by);
Node *build_query_arg(Builder *builder, Query *query, NodeList partition_by, OrderList order_by);
Node *build_model_arg(Builder *builder, Token keyword, Name name);
NodeList build_partition_keys(Builder *builder, Node *expr);
Node *build_call_nulls(Node *call, int32_t nulls, Token last);
Node *build_call_within(Builder *builder, Node *call, OrderList order_by, Token right);
Node *build_call_filter(Builder *builder, Node *call, Node *filter, Token right);
Node *build_call_over(Builder *builder, Node *call, WindowSpec *window);
WindowSpec *build_window_name(Builder *builder, Ident name);
WindowSpec *build_window(Builder *builder, Token left, Ident base, NodeList partition_by, OrderList order_by,
                         Frame frame, Token right);
FrameBound build_bound(int32_t kind, Node *offset, Token first, Token last);
Node *build_json_path(Builder *builder, Token word, Node *input, Node *path, JsonClauses *json, Token right);
JsonClauses *build_json(Builder *builder, JsonClauses *json);
JsonClauses *build_json_empty(Builder *builder, JsonClauses *json, JsonAction action);
JsonClauses *build_json_error(Builder *builder, JsonClauses *json, JsonAction action);
Node *build_json_call(Builder *builder, Token word, NodeList args, int32_t nulls, Token right);
Node *build_json_array_agg(Builder *builder, Token word, Node *arg, OrderList order_by, int32_t nulls, Token right);

/* ---- types: build_type.c --------------------------------------------------------------------------------------- */

TypeNode *build_type(Builder *builder, Token word, int32_t precision, int32_t scale);
TypeNode *build_type_to(TypeNode *type, Token last);
TypeNode *build_nullability(TypeNode *type, AstNullability nullability, Token last);
TypeNode *build_varying(Builder *builder, Token word, int32_t precision);
TypeNode *build_timestamp(Builder *builder, Token word, int32_t precision, TypeNodeKind kind, Token last);
TypeNode *build_interval_type(Builder *builder, Token word, IntervalQualifier qualifier);
TypeNode *build_nested_type(Builder *builder, TypeNodeKind kind, Token word, TypeNode *key, TypeNode *element,
                            Token right);
TypeNode *build_postfix_type(Builder *builder, TypeNodeKind kind, TypeNode *element, Token word);
TypeNode *build_row_type(Builder *builder, Token word, TypeFieldList fields, Token right);
TypeNode *build_raw_type(Builder *builder, Token word, Token class_name, Token snapshot, Token right);
TypeNode *build_structured_type(Builder *builder, Token word, Token class_name, TypeFieldList fields, Token right);
TypeNode *build_named_type(Builder *builder, Name name);

/* ---- queries: build_query.c, build_from.c ---------------------------------------------------------------------- */

Query *build_query(Builder *builder, const WithClause *with, Query *body, QueryTail tail);
Query *build_values(Builder *builder, Token keyword, NodeList rows);
Query *build_table_query(Builder *builder, Token keyword, Name name);
Query *build_set_query(Builder *builder, Query *left, Token word, bool is_all, Query *right);
Query *build_query_parentheses(Query *query, Token left, Token right);
Query *build_select(Builder *builder, Token keyword, HintList hints, bool is_distinct, SelectItemList items,
                    SelectBody body);
OrderList build_order_list(Builder *builder, OrderItem first);
OrderList build_order_keys(Builder *builder, OrderItem item);
OrderItem build_order_item(Node *expr, bool is_descending, int32_t nulls);

TableRef *build_table_name(Builder *builder, Name name, HintList hints, Node *system_time);
TableRef *build_table_subquery(Builder *builder, Query *query, const Token *lateral);
TableRef *build_table_function(Builder *builder, const Token *keyword, Node *call, const Token *right);
TableRef *build_unnest(Builder *builder, Token keyword, NodeList args, bool with_ordinality, Token right);
TableRef *build_join(Builder *builder, TableRef *left, JoinWord word, TableRef *right, JoinOn on);
TableRef *build_alias(Builder *builder, TableRef *table, Ident alias, IdentList columns);
Node     *build_sample(Builder *builder, Name method, Node *amount, Node *seed, Token right);
TableRef *build_match(Builder *builder, TableRef *input, MatchRecognize *match, Token right);
MatchRecognize *build_match_clauses(Builder *builder, NodeList partition_by, OrderList order_by, MatchItemList measures,
                                    int32_t rows, MatchSkip skip, MatchPattern *pattern, Node *within,
                                    MatchSubsetList subsets, MatchItemList defines);
MatchPattern *build_pattern_name(Builder *builder, Ident name);
MatchPattern *build_pattern_anchor(Builder *builder, MatchPatternKind kind, Token token);
MatchPattern *build_pattern_group(Builder *builder, MatchPattern *pattern, Token left, Token right);
MatchPattern *build_pattern_wrap(Builder *builder, MatchPatternKind kind, MatchPattern *pattern, Span span);
MatchPattern *build_pattern_more(Builder *builder, MatchPatternKind kind, MatchPattern *left, MatchPattern *right);
MatchPattern *build_pattern_times(MatchPattern *pattern, int32_t min, int32_t max, bool is_reluctant);

/* ---- options and tables: build_table.c ------------------------------------------------------------------------- */

OptionNode build_option(const Token *key, Token value);
OptionNode build_key(Token key);
OptionNode build_partition_value(Builder *builder, Ident key, Node *value);
OptionList build_options(Builder *builder, OptionList list, OptionNode option);
/* Every column must have a type or an expression. */
void build_check_types(Builder *builder, const ColumnNodeList *columns);
CreateTable *build_create_table(Builder *builder);
CreateTable *build_element(Builder *builder, CreateTable *table, TableElement element);
TableElement build_name_column(Builder *builder, Name name);
TableElement build_physical(Builder *builder, Name name, TypeNode *type, ConstraintNode key, Str comment);
TableElement build_metadata(Builder *builder, Name name, TypeNode *type, Token word, Token key, Token is_virtual,
                            Str comment);
TableElement build_computed(Builder *builder, Name name, Node *expr, Str comment);
TableElement build_position_of(TableElement element, int32_t position, const Name *after);
TableElement build_watermark(Builder *builder, Token keyword, Name column, Node *expr);
TableElement build_constraint(Builder *builder, int32_t kind, Ident name, Token keyword, IdentList columns, Token right,
                              Enforced enforced);
ConstraintNode build_column_key(int32_t kind, Ident name, Token keyword, Token last, Enforced enforced);
Distribution build_distribution(Token keyword, Token algorithm, IdentList columns, int32_t buckets);
CreateTable *build_table_body(CreateTable *table, Str comment, Distribution distribution, IdentList partitioned_by,
                              Options options);
LikeOption build_like_option(Token merge, LikeOption feature);

/* ---- statements: build_statement.c, build_alter.c -------------------------------------------------------------- */

Statement *build_statement(Builder *builder, StatementKind kind, Token keyword);
Statement *build_named(Builder *builder, StatementKind kind, Token keyword, Name name);
Statement *build_create(Builder *builder, StatementKind kind, Creation create, Temporary temporary, bool if_not_exists,
                        Name name);
void build_table(Builder *builder, Statement *statement, Creation create, CreateTable *table, Query *query);
void build_table_like(Builder *builder, Statement *statement, Creation create, CreateTable *table, Name source,
                      LikeOptionList options);
/* NULL argument: written without parentheses. */
Str  build_start_mode(Builder *builder, Ident mode, const Node *argument);
void build_materialized(Builder *builder, Statement *statement, Creation create, CreateTable *table, Node *freshness,
                        Str refresh_mode, Str start_mode, Query *query);
void build_view(Statement *statement, IdentList columns, Str comment, Query *query);
void build_object(Statement *statement, Str comment, Options options);
void build_model(Builder *builder, Statement *statement, CreateTable *inputs, CreateTable *outputs, Str comment,
                 Options options, Query *query);
Statement *build_drop(Builder *builder, StatementKind kind, Token keyword, Temporary temporary, bool if_exists,
                      Name name);
Statement *build_query_statement(Builder *builder, Query *query);
Statement *build_insert_target(Builder *builder, Token keyword, Name name, HintList hints, OptionList partition,
                               bool is_overwrite);
Statement *build_insert(Statement *statement, NameList columns, Query *query, AstConflict conflict);
Statement *build_change(Builder *builder, StatementKind kind, Token keyword, Name name, Ident alias,
                        AssignmentList assignments, Node *where);
Statement *build_statement_set(Builder *builder, Token keyword, StatementList items);
Statement *build_plan(Builder *builder, StatementKind kind, Token keyword, Statement *target);
Statement *build_analyze(Builder *builder, Token keyword, Name name, bool has_partition, OptionList partition,
                         AnalyzeColumns columns);
Statement *build_describe(Builder *builder, StatementKind kind, Token keyword, bool is_extended, Name name);
Statement *build_show(Builder *builder, StatementKind kind, Token keyword, ShowFrom from, ShowLike like);
Statement *build_setting(Builder *builder, StatementKind kind, Token keyword, const Token *key, const Token *value);
Statement *build_stop(Builder *builder, Token keyword, Token id, bool with_savepoint, bool with_drain);

Statement *build_alter(Builder *builder, StatementKind kind, Token keyword, bool if_exists, Name name);
/* An error unless the statement is of this kind: some actions exist only for tables or materialized tables. */
Statement *build_alter_for(Builder *builder, Statement *statement, StatementKind kind);
Statement *build_alter_action(Statement *statement, AlterAction action);
Statement *build_alter_rename(Statement *statement, Name name);
Statement *build_alter_rename_column(Statement *statement, Name column, Name name);
Statement *build_alter_options(Statement *statement, AlterAction action, OptionList options);
Statement *build_alter_parts(Builder *builder, Statement *statement, AlterAction action, CreateTable *parts);
Statement *build_alter_partitions(Statement *statement, AlterAction action, bool if_action_exists, PartitionList list);
Statement *build_alter_drop(Builder *builder, Statement *statement, AlterAction action, Name name);
Statement *build_alter_drop_list(Statement *statement, NameList names);
Statement *build_alter_refresh(Builder *builder, Statement *statement, OptionList partition);
Statement *build_alter_freshness(Statement *statement, Node *interval);
Statement *build_alter_refresh_mode(Statement *statement, Token mode);
Statement *build_alter_comment(Statement *statement, Token comment);
Statement *build_alter_query(Statement *statement, Query *query);
Statement *build_alter_function(Statement *statement, Temporary temporary, Token class_name, Str language);

#endif
