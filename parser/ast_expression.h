/* ast_expression.h: names, types and expressions as written; parser/ast.h says what holds for all of them. */
#ifndef PARSER_AST_EXPRESSION_H
#define PARSER_AST_EXPRESSION_H

#include "core/arena.h"
#include "core/error.h"

#define AST_DEPTH_MAX 1000

typedef struct Node      Node;
typedef struct Query     Query;
typedef struct TableRef  TableRef;
typedef struct TypeNode  TypeNode;
typedef struct Statement Statement;

/* ---- names and small parts ------------------------------------------------------------------------------------- */

typedef struct Ident {
    Str  text;
    Span span;
    bool is_quoted; /* was in backticks */
} Ident;

typedef LIST(Ident) IdentList;

/* One to three parts: [catalog.][database.]name, or a column path a.b.c. parts.count 0 = no name. */
typedef struct Name {
    IdentList parts;
    Span      span;
} Name;

typedef LIST(Name) NameList;
typedef LIST(Node *) NodeList;
typedef LIST(TypeNode *) TypeNodeList;
typedef LIST(Query *) QueryList;
typedef LIST(Statement *) StatementList;

/* 'key' = 'value' of WITH, SET (...), OPTIONS(...), PARTITION (k = v). RESET keys have value {NULL, 0}. */
typedef struct OptionNode {
    Str   key;
    Str   value;
    Span  key_span;
    Span  value_span;
    Node *literal; /* PARTITION (k = 5): the value as written; else NULL */
} OptionNode;

typedef LIST(OptionNode) OptionList;

/* One hint of a comment with a plus: OPTIONS('k'='v'), LOOKUP('table'='d'), BROADCAST(t1, t2), STATE_TTL('t'='1d').
 * A plain argument has key {NULL, 0}. */
typedef struct Hint {
    Ident      name;
    OptionList options;
    Span       span;
} Hint;

typedef LIST(Hint) HintList;

typedef enum TimeUnit {
    UNIT_NONE,
#define UNIT(name) UNIT_##name,
#include "parser/units.def"
#undef UNIT
    UNIT_COUNT
} TimeUnit;

/* DAY, DAY(3), DAY TO SECOND(3). to = UNIT_NONE without a range; a precision not written is -1. */
typedef struct IntervalQualifier {
    TimeUnit from;
    TimeUnit to;
    int32_t  precision;
    int32_t  fraction;
    Span     span;
} IntervalQualifier;

/* ---- types ----------------------------------------------------------------------------------------------------- */

typedef enum TypeNodeKind {
#define TYPE_NODE(name, text) TYPE_NODE_##name,
#include "parser/types.def"
#undef TYPE_NODE
    TYPE_NODE_COUNT
} TypeNodeKind;

typedef enum AstNullability { AST_NULL_UNSAID, AST_NOT_NULL, AST_NULL } AstNullability;

typedef struct TypeField {
    Ident     name;
    TypeNode *type;
    Str       comment;
} TypeField;

typedef LIST(TypeField) TypeFieldList;

/* A precision or scale that was not written is -1 (the planner knows the defaults). INT ARRAY is ARRAY<INT>. */
struct TypeNode {
    TypeNodeKind      kind;
    Span              span;
    int32_t           depth;
    AstNullability    nullability;
    int32_t           precision; /* also the length of CHAR, VARCHAR, BINARY, VARBINARY */
    int32_t           scale;
    TypeNode         *element;  /* ARRAY, MULTISET, value of MAP */
    TypeNode         *key;      /* MAP */
    TypeFieldList     fields;   /* ROW, STRUCTURED */
    IntervalQualifier interval; /* INTERVAL */
    Str               class_name; /* RAW, STRUCTURED */
    Str               snapshot;   /* RAW */
    Name              name;       /* NAMED: a type by name */
};

/* ---- expressions ----------------------------------------------------------------------------------------------- */

typedef enum NodeKind {
    NODE_LITERAL,
    NODE_INTERVAL,
    NODE_COLUMN,
    NODE_STAR,
    NODE_CALL,
    NODE_OPERATOR,
    NODE_BETWEEN,
    NODE_IN,
    NODE_LIKE,
    NODE_IS,
    NODE_CASE,
    NODE_CAST,
    NODE_ROW,
    NODE_ARRAY,
    NODE_MAP,
    NODE_MULTISET,
    NODE_ITEM,
    NODE_FIELD,
    NODE_QUERY,
    NODE_EXISTS,
    NODE_QUANTIFIED,
    NODE_NAMED_ARG,
    NODE_TABLE_ARG,
    NODE_DESCRIPTOR,
    NODE_SYMBOL,
    NODE_DEFAULT,
    NODE_GROUPING,
    NODE_KIND_COUNT
} NodeKind;

typedef enum LiteralKind {
    LITERAL_NULL,
    LITERAL_BOOLEAN,     /* boolean; UNKNOWN is LITERAL_NULL with is_unknown */
    LITERAL_INTEGER,     /* text: digits */
    LITERAL_DECIMAL,     /* text: 1.5, .5, 1. */
    LITERAL_APPROXIMATE, /* text: 1e3 */
    LITERAL_STRING,
    LITERAL_BINARY,      /* text: the bytes */
    LITERAL_DATE,        /* text: between the apostrophes, not checked */
    LITERAL_TIME,
    LITERAL_TIMESTAMP,
    LITERAL_TIMESTAMP_LTZ
} LiteralKind;

typedef enum Operator {
#define OPERATOR(name, text, precedence, arity) OPERATOR_##name,
#include "parser/operators.def"
#undef OPERATOR
    OPERATOR_COUNT
} Operator;

typedef enum IsTest {
    IS_NULL,
    IS_TRUE,
    IS_FALSE,
    IS_UNKNOWN,
    IS_JSON_VALUE, /* IS JSON and IS JSON VALUE */
    IS_JSON_OBJECT,
    IS_JSON_ARRAY,
    IS_JSON_SCALAR
} IsTest;

typedef struct OrderItem {
    Node *expr;
    bool  is_descending;
    enum { AST_NULLS_UNSAID, AST_NULLS_FIRST, AST_NULLS_LAST } nulls;
    Span  span;
} OrderItem;

typedef LIST(OrderItem) OrderList;

typedef struct FrameBound {
    enum {
        AST_BOUND_NONE,
        AST_BOUND_UNBOUNDED_PRECEDING,
        AST_BOUND_PRECEDING,
        AST_BOUND_CURRENT_ROW,
        AST_BOUND_FOLLOWING,
        AST_BOUND_UNBOUNDED_FOLLOWING
    } kind;
    Node *offset; /* PRECEDING and FOLLOWING */
    Span  span;
} FrameBound;

/* ( [base] [PARTITION BY ..] [ORDER BY ..] [ROWS|RANGE start [AND end]] ); OVER w has only base. */
typedef struct WindowSpec {
    Ident      base;
    NodeList   partition_by;
    OrderList  order_by;
    enum { AST_FRAME_NONE, AST_FRAME_ROWS, AST_FRAME_RANGE } frame;
    FrameBound start;
    FrameBound end; /* kind NONE when only the start is given */
    bool       has_parentheses; /* false: OVER w */
    Span       span;
} WindowSpec;

/* JSON_VALUE .. {NULL | ERROR | DEFAULT x} ON {EMPTY | ERROR}
 * JSON_EXISTS .. {TRUE | FALSE | UNKNOWN | ERROR} ON ERROR
 * JSON_QUERY .. {NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT} ON {EMPTY | ERROR} */
typedef enum JsonBehavior {
    JSON_UNSAID,
    JSON_NULL,
    JSON_ERROR,
    JSON_DEFAULT,
    JSON_TRUE,
    JSON_FALSE,
    JSON_UNKNOWN,
    JSON_EMPTY_ARRAY,
    JSON_EMPTY_OBJECT
} JsonBehavior;

typedef enum JsonWrapper {
    JSON_WRAPPER_UNSAID,
    JSON_WRAPPER_WITHOUT,
    JSON_WRAPPER_CONDITIONAL,
    JSON_WRAPPER_UNCONDITIONAL /* also WITH WRAPPER */
} JsonWrapper;

typedef struct JsonClauses {
    TypeNode    *returning;
    JsonBehavior on_empty;
    JsonBehavior on_error;
    Node        *default_on_empty;
    Node        *default_on_error;
    JsonWrapper  wrapper;
    enum { JSON_NULLS_UNSAID, JSON_NULL_ON_NULL, JSON_ABSENT_ON_NULL } nulls; /* JSON_OBJECT, JSON_ARRAY, .._AGG */
} JsonClauses;

/* A function call. The special forms are turned into plain arguments (is_special tells that keywords were used):
 *     EXTRACT(u FROM x) = (u, x)               FLOOR(x TO u) = (x, u), CEIL the same
 *     TRIM(BOTH c FROM x) = (BOTH, c, x)       without c: (BOTH, ' ', x)
 *     SUBSTRING(x FROM a FOR b) = (x, a, b), not special   POSITION(x IN y [FROM n]) = (x, y[, n])
 *     OVERLAY(x PLACING y FROM a FOR b) = (x, y, a, b)
 *     JSON_OBJECT(KEY k VALUE v, k : v) = (k, v, k, v)      JSON_OBJECTAGG(k VALUE v) = (k, v)
 *     CURRENT_DATE = () with has_parentheses false
 * Units (u) and BOTH, LEADING, TRAILING are NODE_SYMBOL; so is the first argument of TIMESTAMPADD and TIMESTAMPDIFF. */
typedef struct CallNode {
    Name         name; /* as written; function names are compared without case */
    NodeList     args;
    bool         is_special;
    bool         has_parentheses;
    bool         is_star;     /* COUNT(*) */
    bool         is_distinct; /* also false for ALL */
    enum { AST_TREAT_NULLS_UNSAID, AST_IGNORE_NULLS, AST_RESPECT_NULLS } nulls;
    OrderList    within_group; /* WITHIN GROUP (ORDER BY ..), or ORDER BY among the arguments */
    Node        *filter;
    WindowSpec  *over;
    JsonClauses *json;
} CallNode;

typedef struct CaseWhen {
    Node *when;
    Node *then;
} CaseWhen;

typedef LIST(CaseWhen) CaseWhenList;

struct Node {
    NodeKind kind;
    Span     span; /* parentheses around it included */
    int32_t  depth;
    bool     is_parenthesized;
    bool     is_format_json; /* an argument of a JSON function with FORMAT JSON behind it */
    union {
        struct {
            LiteralKind kind;
            bool        boolean;
            bool        is_unknown;
            Str         text;
        } literal;
        struct { /* INTERVAL [-]'1 10' DAY TO HOUR */
            Node             *value; /* a string literal, or an expression */
            bool              is_negative;
            IntervalQualifier qualifier;
        } interval;
        Name     column; /* a, t.a, a.b.c: which part is table, column or field is found later */
        Name     star;   /* qualifier of t.*, empty for * */
        CallNode call;
        struct {
            Operator op;
            NodeList args;
        } operation;
        struct {
            Node *expr;
            Node *low;
            Node *high;
            bool  is_negated;
            bool  is_symmetric;
        } between;
        struct { /* list or query; (a, b) IN ((1, 2)) has NODE_ROW operands */
            Node    *expr;
            NodeList list;
            Query   *query;
            bool     is_negated;
        } in;
        struct {
            Node *expr;
            Node *pattern;
            Node *escape;
            bool  is_negated;
            bool  is_similar; /* SIMILAR TO */
        } like;
        struct {
            Node  *expr;
            IsTest test;
            bool   is_negated;
        } is;
        struct { /* WHEN 1, 2 THEN x is two entries that share x */
            Node        *operand; /* NULL: CASE WHEN condition .. */
            CaseWhenList whens;
            Node        *otherwise;
        } case_when;
        struct {
            Node     *expr;
            TypeNode *type;
            bool      is_try;
        } cast;
        struct { /* ROW, ARRAY, MAP, MULTISET: items, or ARRAY(query); a row without the word ROW is (a, b) */
            NodeList items;
            Query   *query;
            bool     has_keyword;
        } collection;
        struct { /* base[index] */
            Node *base;
            Node *index;
        } item;
        struct { /* (base).name; base is never a NODE_COLUMN without parentheses */
            Node *base;
            Ident name;
        } field;
        Query *query; /* NODE_QUERY: scalar subquery; NODE_EXISTS */
        struct {      /* left op SOME (query), left op ALL (list); ANY is SOME */
            Operator op;
            bool     is_all;
            Node    *left;
            NodeList list;
            Query   *query;
        } quantified;
        struct { /* name => value */
            Ident name;
            Node *value;
        } named_arg;
        struct { /* TABLE t [PARTITION BY ..] [ORDER BY ..], (query) PARTITION BY .., or MODEL m */
            Name      name;
            Query    *query;
            NodeList  partition_by;
            OrderList order_by;
            bool      is_model;
        } table_arg;
        NameList descriptor; /* DESCRIPTOR(a, b) */
        struct { /* a word that is no name: a time unit, BOTH, LEADING, TRAILING */
            Str      text; /* upper case */
            TimeUnit unit; /* UNIT_NONE when it is no unit */
        } symbol;
        struct { /* only in GROUP BY; items are expressions, NODE_ROW for (a, b), or nested NODE_GROUPING */
            enum { AST_GROUPING_SETS, AST_ROLLUP, AST_CUBE, AST_GROUPING_EMPTY } kind; /* EMPTY is () */
            NodeList items;
        } grouping;
    };
};

#endif
