/* ast_statement.h: statements and their parts; parser/ast.h says what holds for all of them. */
#ifndef PARSER_AST_STATEMENT_H
#define PARSER_AST_STATEMENT_H

#include "parser/ast_query.h"

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
    Span                 class_span;
    Str                  language; /* as written, or {NULL, 0} */
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

/* What most statements have stands first; the union holds the rest. Statements not named below use only the first
 * part. */
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

#endif
