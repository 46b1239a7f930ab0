/* unparse_match.c: MATCH_RECOGNIZE back to text. */
#include "parser/unparse.h"

static void put_quantifier(const MatchPattern *pattern, Text *out)
{
    if (!pattern->has_quantifier)
        return;
    if (pattern->max < 0 && pattern->min < 2)
        text_puts(out, pattern->min ? " +" : " *");
    else if (pattern->min == 0 && pattern->max == 1)
        text_puts(out, " ?");
    else if (pattern->max < 0)
        text_printf(out, " {%d,}", pattern->min);
    else if (pattern->min == pattern->max)
        text_printf(out, " {%d}", pattern->min);
    else
        text_printf(out, " {%d,%d}", pattern->min, pattern->max);
    text_puts(out, pattern->is_reluctant ? "?" : "");
}

static void put_pattern(const MatchPattern *pattern, Text *out);

static void put_parts(const MatchPattern *pattern, const char *gap, Text *out)
{
    for (int64_t i = 0; i < pattern->parts.count; i++) {
        text_puts(out, i ? gap : "");
        put_pattern(pattern->parts.items[i], out);
    }
}

static void put_pattern(const MatchPattern *pattern, Text *out)
{
    text_puts(out, pattern->is_group ? "(" : "");
    switch (pattern->kind) {
    case AST_PATTERN_NAME:
        unparse_ident(pattern->name, out);
        break;
    case AST_PATTERN_SEQUENCE:
        put_parts(pattern, " ", out);
        break;
    case AST_PATTERN_CHOICE:
        put_parts(pattern, " | ", out);
        break;
    case AST_PATTERN_PERMUTE:
        text_puts(out, "PERMUTE(");
        put_parts(pattern, ", ", out);
        text_put(out, ')');
        break;
    case AST_PATTERN_EXCLUDE:
        text_puts(out, "{- ");
        put_parts(pattern, " ", out);
        text_puts(out, " -}");
        break;
    case AST_PATTERN_START:
        text_put(out, '^');
        break;
    case AST_PATTERN_END:
        text_put(out, '$');
        break;
    }
    text_puts(out, pattern->is_group ? ")" : "");
    put_quantifier(pattern, out);
}

static void put_measures(const MatchItemList *measures, Text *out)
{
    for (int64_t i = 0; i < measures->count; i++) {
        const MatchItem *item = &measures->items[i];
        text_puts(out, i ? ", " : " MEASURES ");
        if (item->semantics != AST_MEASURE_UNSAID)
            text_puts(out, item->semantics == AST_MEASURE_FINAL ? "FINAL " : "RUNNING ");
        unparse_expression(item->expr, out);
        text_puts(out, " AS ");
        unparse_ident(item->name, out);
    }
}

static void put_skip(const MatchRecognize *match, Text *out)
{
    static const char *const words[] = {
        [AST_SKIP_UNSAID] = "",
        [AST_SKIP_NEXT_ROW] = " AFTER MATCH SKIP TO NEXT ROW",
        [AST_SKIP_PAST_LAST] = " AFTER MATCH SKIP PAST LAST ROW",
        [AST_SKIP_FIRST] = " AFTER MATCH SKIP TO FIRST ",
        [AST_SKIP_LAST] = " AFTER MATCH SKIP TO LAST ",
        [AST_SKIP_TO] = " AFTER MATCH SKIP TO ",
    };
    text_puts(out, words[match->skip]);
    if (match->skip_to.text.ptr)
        unparse_ident(match->skip_to, out);
}

static void put_subsets(const MatchSubsetList *subsets, Text *out)
{
    for (int64_t i = 0; i < subsets->count; i++) {
        text_puts(out, i ? ", " : " SUBSET ");
        unparse_ident(subsets->items[i].name, out);
        text_puts(out, " = (");
        unparse_idents(&subsets->items[i].items, out);
        text_put(out, ')');
    }
}

static void put_defines(const MatchItemList *defines, Text *out)
{
    for (int64_t i = 0; i < defines->count; i++) {
        text_puts(out, i ? ", " : " DEFINE ");
        unparse_ident(defines->items[i].name, out);
        text_puts(out, " AS ");
        unparse_expression(defines->items[i].expr, out);
    }
}

void unparse_match(const TableRef *table, Text *out)
{
    const MatchRecognize *match = table->match.match;
    unparse_table(table->match.input, out);
    text_puts(out, " MATCH_RECOGNIZE(");
    if (match->partition_by.count) {
        text_puts(out, " PARTITION BY ");
        unparse_expressions(&match->partition_by, out);
    }
    if (match->order_by.count) {
        text_put(out, ' ');
        unparse_order(&match->order_by, out);
    }
    put_measures(&match->measures, out);
    if (match->rows != AST_ROWS_UNSAID)
        text_puts(out, match->rows == AST_ONE_ROW ? " ONE ROW PER MATCH" : " ALL ROWS PER MATCH");
    put_skip(match, out);
    text_puts(out, " PATTERN (");
    put_pattern(match->pattern, out);
    text_put(out, ')');
    if (match->within) {
        text_puts(out, " WITHIN ");
        unparse_expression(match->within, out);
    }
    put_subsets(&match->subsets, out);
    put_defines(&match->defines, out);
    text_put(out, ')');
}
