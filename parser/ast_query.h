/* ast_query.h: queries and what stands in their FROM; parser/ast.h says what holds for all of them. */
#ifndef PARSER_AST_QUERY_H
#define PARSER_AST_QUERY_H

#include "parser/ast_expression.h"

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
            Span            word; /* the operator, the first of them */
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

#endif
