/* ast.h: syntax as written: statements, queries, table references, expressions, types.
 *
 * The parser only builds these; what a name or a call means is found later. Every structure carries its Span.
 * Text is unquoted and unescaped: Ident.text has no backticks, a string literal's text no apostrophes.
 * A Str that may be missing is {NULL, 0}; an optional pointer is NULL; an optional Name or Ident has count 0 or
 * text.ptr NULL; an empty list means that the clause is not there.
 * Everything lives in the arena given to the parser (text may point into the parser's copy of the source).
 * `depth` is the height of the tree below a node; it never exceeds AST_DEPTH_MAX, so recursion over a tree is safe. */
#ifndef PARSER_AST_H
#define PARSER_AST_H

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

/* JSON_VALUE .. {NULL | ERROR | DEFAULT x} ON {EMPTY | ERROR}; JSON_EXISTS .. {TRUE | FALSE | UNKNOWN | ERROR} ON ERROR;
 * JSON_QUERY .. {NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT} ON {EMPTY | ERROR}. */
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
        struct { /* only in GROUP BY; the items of a set are expressions, NODE_ROW for (a, b), or nested NODE_GROUPING */
            enum { AST_GROUPING_SETS, AST_ROLLUP, AST_CUBE, AST_GROUPING_EMPTY } kind; /* EMPTY is () */
            NodeList items;
        } grouping;
    };
};

/* ---- table references ------------------------------------------------------------------------------------------ */

typedef enum TableRefKind {
    TABLE_REF_NAME,
    TABLE_REF_QUERY,
    TABLE_REF_FUNCTION,
    TABLE_REF_UNNEST,
    TABLE_REF_JOIN,
    TABLE_REF_MATCH
} TableRefKind;

typedef enum AstJoin {
    AST_JOIN_INNER,
    AST_JOIN_LEFT,
    AST_JOIN_RIGHT,
    AST_JOIN_FULL,
    AST_JOIN_CROSS,
    AST_JOIN_COMMA
} AstJoin;

typedef enum MatchPatternKind {
    AST_PATTERN_NAME,
    AST_PATTERN_SEQUENCE, /* parts: A B */
    AST_PATTERN_CHOICE,   /* parts: A | B */
    AST_PATTERN_PERMUTE,  /* parts: PERMUTE(A, B) */
    AST_PATTERN_EXCLUDE,  /* parts[0]: {- A -} */
    AST_PATTERN_START,    /* ^ */
    AST_PATTERN_END       /* $ */
} MatchPatternKind;

typedef struct MatchPattern {
    MatchPatternKind kind;
    Span             span;
    int32_t          depth;
    Ident            name;
    LIST(struct MatchPattern *) parts;
    int32_t min; /* 1 without a quantifier */
    int32_t max; /* 1 without a quantifier; -1 = no limit */
    bool    has_quantifier;
    bool    is_reluctant;
    bool    is_group; /* was in parentheses */
} MatchPattern;

typedef struct MatchItem { /* MEASURES expr AS name, DEFINE name AS expr */
    Node *expr;
    Ident name;
    enum { AST_MEASURE_UNSAID, AST_MEASURE_FINAL, AST_MEASURE_RUNNING } semantics;
} MatchItem;

typedef LIST(MatchItem) MatchItemList;

typedef struct MatchSubset {
    Ident     name;
    IdentList items;
} MatchSubset;

typedef LIST(MatchSubset) MatchSubsetList;

typedef enum MatchSkipKind {
    AST_SKIP_UNSAID,
    AST_SKIP_NEXT_ROW,
    AST_SKIP_PAST_LAST,
    AST_SKIP_FIRST, /* TO FIRST skip_to */
    AST_SKIP_LAST,
    AST_SKIP_TO
} MatchSkipKind;

typedef struct MatchRecognize {
    NodeList        partition_by;
    OrderList       order_by;
    MatchItemList   measures;
    enum { AST_ROWS_UNSAID, AST_ONE_ROW, AST_ALL_ROWS } rows;
    MatchSkipKind   skip;
    Ident           skip_to;
    MatchPattern   *pattern;
    Node           *within;
    MatchSubsetList subsets;
    MatchItemList   defines;
} MatchRecognize;

struct TableRef {
    TableRefKind kind;
    Span         span;
    int32_t      depth;
    Ident        alias;
    IdentList    columns; /* AS t(a, b) */
    HintList     hints;
    Node        *system_time; /* FOR SYSTEM_TIME AS OF */
    bool         is_lateral;
    Node        *sample; /* TABLESAMPLE METHOD(args) as a NODE_CALL */
    union {
        Name   name;
        Query *query; /* also VALUES */
        struct {      /* TABLE(f(..)), LATERAL TABLE(f(..)), f(..) */
            Node *call;
            bool  is_wrapped; /* in TABLE( ) */
        } function;
        struct {
            NodeList args;
            bool     with_ordinality;
        } unnest;
        struct {
            AstJoin   kind;
            bool      is_natural;
            TableRef *left;
            TableRef *right;
            Node     *on;
            IdentList using_columns;
            Span      keyword; /* JOIN */
        } join;
        struct {
            TableRef       *input;
            MatchRecognize *match;
        } match;
    };
};

typedef LIST(TableRef *) TableRefList;

/* ---- queries --------------------------------------------------------------------------------------------------- */

typedef struct SelectItem {
    Node *expr; /* may be NODE_STAR */
    Ident alias;
} SelectItem;

typedef LIST(SelectItem) SelectItemList;

typedef struct NamedWindow {
    Ident       name;
    WindowSpec *spec;
} NamedWindow;

typedef LIST(NamedWindow) NamedWindowList;

typedef struct CommonTable {
    Ident     name;
    IdentList columns;
    Query    *query;
} CommonTable;

typedef LIST(CommonTable) CommonTableList;

typedef enum QueryKind { QUERY_SELECT, QUERY_VALUES, QUERY_SET, QUERY_TABLE, QUERY_NESTED } QueryKind;

typedef enum AstSetOperation { AST_UNION, AST_INTERSECT, AST_EXCEPT } AstSetOperation;

/* WITH, the body, and ORDER BY, LIMIT, OFFSET. FETCH FIRST n ROWS is a limit. */
struct Query {
    QueryKind       kind;
    Span            span; /* parentheses around it included */
    int32_t         depth;
    bool            is_parenthesized;
    bool            has_group_by; /* SELECT: GROUP BY is there */
    CommonTableList with;
    bool            with_recursive;
    union {
        struct {
            HintList        hints;
            bool            is_distinct;
            SelectItemList  items;
            TableRef       *from; /* NULL: SELECT 1 */
            Node           *where;
            NodeList        group_by;
            bool            group_distinct;
            Node           *having;
            NamedWindowList windows;
            Node           *qualify;
        } select;
        struct {
            NodeList rows; /* each a NODE_ROW, also for VALUES 1, 2 */
        } values;
        struct { /* flat: a UNION ALL b UNION ALL c is one node */
            AstSetOperation op;
            bool            is_all;
            QueryList       inputs;
        } set;
        Name   table; /* TABLE t */
        Query *nested; /* (query with ORDER BY or LIMIT) ORDER BY .. */
    };
    OrderList order_by;
    Node     *offset;
    Node     *limit;
};

/* ---- parts of statements --------------------------------------------------------------------------------------- */

typedef enum ColumnNodeKind {
    COLUMN_NODE_PHYSICAL, /* c TYPE */
    COLUMN_NODE_METADATA, /* c TYPE METADATA [FROM 'key'] [VIRTUAL] */
    COLUMN_NODE_COMPUTED, /* c AS expr */
    COLUMN_NODE_NAME      /* c: only in CREATE TABLE t (c, ..) AS query */
} ColumnNodeKind;

typedef struct ConstraintNode {
    enum { AST_PRIMARY_KEY, AST_UNIQUE } kind;
    Ident     name;
    IdentList columns;
    enum { AST_ENFORCED_UNSAID, AST_ENFORCED, AST_NOT_ENFORCED } enforced;
    Span      span;
} ConstraintNode;

typedef LIST(ConstraintNode) ConstraintList;

/* NOT NULL is type->nullability. A constraint on one column is in the table's constraint list. */
typedef struct ColumnNode {
    ColumnNodeKind kind;
    Span           span;
    Ident          name;
    Name           path; /* ALTER TABLE .. ADD a.b: all parts; name is the last */
    TypeNode      *type;
    Str            metadata_key;
    bool           is_virtual;
    Node          *expr;
    Str            comment;
    enum { AST_POSITION_UNSAID, AST_FIRST, AST_AFTER } position; /* ALTER TABLE */
    Name           after;
} ColumnNode;

typedef LIST(ColumnNode) ColumnNodeList;

typedef struct WatermarkNode {
    Name  column;
    Node *expr;
    Span  span;
} WatermarkNode;

typedef LIST(WatermarkNode) WatermarkList;

/* DISTRIBUTED BY [HASH|RANGE] (columns) [INTO n BUCKETS] */
typedef struct Distribution {
    bool      is_given;
    Str       algorithm; /* HASH, RANGE or {NULL, 0} */
    IdentList columns;
    int64_t   buckets; /* -1: not written */
    Span      span;
} Distribution;

typedef enum LikeFeature {
    AST_LIKE_ALL,
    AST_LIKE_CONSTRAINTS,
    AST_LIKE_DISTRIBUTION,
    AST_LIKE_GENERATED,
    AST_LIKE_METADATA,
    AST_LIKE_OPTIONS,
    AST_LIKE_PARTITIONS,
    AST_LIKE_WATERMARKS
} LikeFeature;

typedef enum LikeMerge { AST_INCLUDING, AST_EXCLUDING, AST_OVERWRITING } LikeMerge;

typedef struct LikeOption {
    LikeMerge   merge;
    LikeFeature feature;
    Span        span;
} LikeOption;

typedef LIST(LikeOption) LikeOptionList;

/* CREATE TABLE and CREATE MATERIALIZED TABLE. */
typedef struct CreateTable {
    ColumnNodeList columns;
    WatermarkList  watermarks;
    ConstraintList constraints;
    Str            comment;
    Distribution   distribution;
    IdentList      partitioned_by;
    OptionList     options;
    Span           options_span; /* of WITH (...); line 0 without it */
    Name           like;         /* LIKE source */
    LikeOptionList like_options;
    Query         *query;      /* AS query */
    bool           is_replace; /* REPLACE TABLE .. AS; the dialect takes OR REPLACE elsewhere too and ignores it */
    bool           or_alter;   /* CREATE OR ALTER MATERIALIZED TABLE */
    Node          *freshness;  /* an interval */
    Str            refresh_mode;
    Str            start_mode;
} CreateTable;

typedef enum AlterAction {
    ALTER_RENAME,        /* RENAME TO: new_name */
    ALTER_RENAME_COLUMN, /* RENAME a TO b: column, new_name */
    ALTER_SET,           /* options */
    ALTER_RESET,         /* options without values */
    ALTER_ADD,           /* columns, watermarks, constraints, distribution */
    ALTER_MODIFY,        /* the same */
    ALTER_DROP_COLUMNS,  /* names */
    ALTER_DROP_PRIMARY_KEY,
    ALTER_DROP_CONSTRAINT, /* column.parts[0] */
    ALTER_DROP_WATERMARK,
    ALTER_DROP_DISTRIBUTION,
    ALTER_ADD_PARTITIONS, /* partitions */
    ALTER_DROP_PARTITIONS,
    ALTER_RENAME_PARTITION, /* partitions[0] to partitions[1] */
    ALTER_COMMENT,          /* comment */
    ALTER_QUERY,            /* AS query */
    ALTER_FUNCTION_CLASS,   /* function */
    ALTER_SUSPEND,
    ALTER_RESUME,    /* options */
    ALTER_REFRESH,   /* partitions */
    ALTER_FRESHNESS, /* table.freshness */
    ALTER_REFRESH_MODE
} AlterAction;

typedef struct PartitionSpec {
    OptionList values;  /* k = v, or k alone */
    OptionList options; /* WITH (...) */
    Span       span;
} PartitionSpec;

typedef LIST(PartitionSpec) PartitionList;

typedef struct FunctionResource {
    Str kind; /* JAR, ARTIFACT */
    Str path;
} FunctionResource;

typedef LIST(FunctionResource) FunctionResourceList;

typedef struct FunctionNode {
    Str                  class_name;
    Str                  language; /* upper case, or {NULL, 0} */
    FunctionResourceList resources;
    OptionList           options;
} FunctionNode;

typedef enum AstConflict { AST_CONFLICT_UNSAID, AST_CONFLICT_ERROR, AST_CONFLICT_NOTHING, AST_CONFLICT_DEDUPLICATE }
    AstConflict;

typedef struct Assignment {
    Name  column;
    Node *value;
} Assignment;

typedef LIST(Assignment) AssignmentList;

enum {
    EXPLAIN_ESTIMATED_COST      = 1,
    EXPLAIN_CHANGELOG_MODE      = 2,
    EXPLAIN_PLAN_ADVICE         = 4,
    EXPLAIN_JSON_EXECUTION_PLAN = 8
};

/* ---- statements ------------------------------------------------------------------------------------------------ */

typedef enum StatementKind {
#define STATEMENT(name, text) STATEMENT_##name,
#include "parser/statements.def"
#undef STATEMENT
    STATEMENT_KIND_COUNT
} StatementKind;

/* "CREATE TABLE" */
const char *statement_kind_text(StatementKind kind);

/* What most statements have stands first; the union holds the rest. Statements not named below use only the first part. */
struct Statement {
    StatementKind kind;
    Span          span; /* without the ; */
    Name          name; /* the object it is about: table, view, catalog, function, job id, .. */
    bool          is_temporary;
    bool          is_system; /* TEMPORARY SYSTEM */
    bool          if_exists;
    bool          if_not_exists;
    bool          is_extended; /* DESCRIBE .. EXTENDED */
    union {
        CreateTable table; /* CREATE_TABLE, CREATE_MATERIALIZED_TABLE */
        struct {           /* CREATE_VIEW */
            IdentList columns;
            Str       comment;
            Query    *query;
        } view;
        struct { /* CREATE_CATALOG, CREATE_DATABASE, CREATE_CONNECTION, LOAD_MODULE */
            Str        comment;
            OptionList options;
        } object;
        FunctionNode function; /* CREATE_FUNCTION */
        struct {               /* CREATE_MODEL */
            ColumnNodeList inputs;
            ColumnNodeList outputs;
            Str            comment;
            OptionList     options;
            Query         *query;
        } model;
        struct { /* all ALTER_* */
            AlterAction    action;
            CreateTable    parts; /* columns, watermarks, constraints, distribution, freshness, refresh_mode */
            Name           column;
            NameList       names;
            Name           new_name;
            OptionList     options;
            PartitionList  partitions;
            Str            comment;
            Query         *query;
            FunctionNode   function;
            bool           if_action_exists; /* DROP IF EXISTS PARTITION; ADD IF NOT EXISTS PARTITION */
        } alter;
        struct { /* DROP_* */
            bool is_cascade;
            bool is_restrict;
        } drop;
        struct { /* INSERT */
            HintList    hints;
            OptionList  partition;
            NameList    columns;
            Query      *query;
            bool        is_overwrite;
            AstConflict conflict;
        } insert;
        struct { /* STATEMENT_SET */
            StatementList items; /* INSERT, and CREATE_TABLE .. AS */
        } set;
        struct { /* UPDATE, DELETE */
            AssignmentList assignments;
            Ident          alias;
            Node          *where;
        } change;
        Query *query; /* SELECT: also VALUES and WITH */
        struct {      /* EXPLAIN, COMPILE_PLAN, COMPILE_AND_EXECUTE_PLAN, EXECUTE_PLAN */
            uint32_t   details; /* EXPLAIN_* */
            Str        path;
            Statement *target;
        } plan;
        struct { /* ANALYZE_TABLE */
            OptionList partition;
            bool       has_partition;
            IdentList  columns;
            bool       all_columns;
        } analyze;
        Node *call; /* CALL: a NODE_CALL */
        struct {    /* SHOW_*: [FROM|IN name] [[NOT] LIKE|ILIKE 'pattern'] */
            bool       has_from; /* name was given with FROM or IN */
            Str        pattern;  /* {NULL, 0} without */
            bool       is_negated;
            bool       is_ilike;
            bool       is_user;     /* SHOW USER FUNCTIONS */
            bool       is_full;     /* SHOW FULL MODULES */
            bool       or_alter;    /* SHOW CREATE OR ALTER MATERIALIZED TABLE */
            OptionList partition;   /* SHOW PARTITIONS t PARTITION (..) */
        } show;
        NameList modules; /* USE_MODULES */
        struct {          /* SET, RESET; key {NULL, 0}: all */
            Str  key;
            Str  value;
            Span key_span;
            Span value_span;
        } setting;
        Str jar; /* ADD_JAR, REMOVE_JAR */
        struct { /* STOP_JOB, DESCRIBE_JOB */
            Str  id;
            bool with_savepoint;
            bool with_drain;
        } job;
    };
};

/* ---- tables of names ------------------------------------------------------------------------------------------- */

const char *operator_text(Operator op);
/* Higher binds tighter. */
int32_t     operator_precedence(Operator op);
const char *unit_text(TimeUnit unit);
/* "DAY" and "days" alike; UNIT_NONE when it is none. */
TimeUnit    unit_from(Str word);
const char *type_node_text(TypeNodeKind kind);

#endif
