/* ast.c: the names of statements, operators, units and types, from the .def lists. */
#include "parser/ast.h"

const char *statement_kind_text(StatementKind kind)
{
    static const char *const texts[] = {
#define STATEMENT(name, text) text,
#include "parser/statements.def"
#undef STATEMENT
    };
    _Static_assert(sizeof(texts) / sizeof(texts[0]) == STATEMENT_KIND_COUNT, "one text per statement");
    return kind < STATEMENT_KIND_COUNT ? texts[kind] : "";
}

typedef struct OperatorRow {
    const char *text;
    int32_t     precedence;
} OperatorRow;

static const OperatorRow operators[] = {
#define OPERATOR(name, text, precedence, arity) { text, precedence },
#include "parser/operators.def"
#undef OPERATOR
};
_Static_assert(sizeof(operators) / sizeof(operators[0]) == OPERATOR_COUNT, "one row per operator");

const char *operator_text(Operator op)
{
    return operators[op].text;
}

int32_t operator_precedence(Operator op)
{
    return operators[op].precedence;
}

static const char *const units[] = {
    "",
#define UNIT(name) #name,
#include "parser/units.def"
#undef UNIT
};
_Static_assert(sizeof(units) / sizeof(units[0]) == UNIT_COUNT, "one text per unit");

const char *unit_text(TimeUnit unit)
{
    return units[unit];
}

TimeUnit unit_from(Str word)
{
    Str singular = word;
    if (word.len > 1 && (word.ptr[word.len - 1] == 'S' || word.ptr[word.len - 1] == 's'))
        singular.len--;
    for (int32_t unit = UNIT_NONE + 1; unit < UNIT_COUNT; unit++)
        if (str_is_nocase(word, units[unit]) || str_is_nocase(singular, units[unit]))
            return unit;
    return UNIT_NONE;
}

const char *type_node_text(TypeNodeKind kind)
{
    static const char *const texts[] = {
#define TYPE_NODE(name, text) text,
#include "parser/types.def"
#undef TYPE_NODE
    };
    _Static_assert(sizeof(texts) / sizeof(texts[0]) == TYPE_NODE_COUNT, "one text per type");
    return texts[kind];
}
