/* document.c: docs/functions.md from the rows: one table per family, in the order of functions.def. */
#include "functions/document.h"

#include "functions/aggregate.h"
#include "functions/function.h"

#include <ctype.h>

/* Names in capitals, as users write them; a | would end the cell. */
static void put_signature(Text *out, const char *sig, Str name)
{
    text_put(out, '`');
    for (const char *at = sig; *at; at++) {
        if (*at == '|')
            text_put(out, '\\');
        text_put(out, at - sig < name.len ? (char)toupper((unsigned char)*at) : *at);
    }
    text_put(out, '`');
}

static void put_doc(Text *out, const char *doc)
{
    for (; *doc; doc++) {
        if (*doc == '|')
            text_put(out, '\\');
        text_put(out, *doc);
    }
}

static void put_row(Text *out, const char *sig, Str name, const char *doc)
{
    text_puts(out, "| ");
    put_signature(out, sig, name);
    text_puts(out, " | ");
    put_doc(out, doc);
    text_puts(out, " |\n");
}

static void put_heading(Text *out, const char *family)
{
    text_printf(out, "\n## %s\n\n| Function | |\n|---|---|\n", family);
}

void functions_document(Text *out)
{
    text_puts(out, "# Functions\n\n"
                   "Generated from the function tables; do not edit.\n\n"
                   "Names are compared without case. `[x]` may be left out, `x...` may be repeated, `any` takes any "
                   "type, `T` the least "
                   "restrictive type of all arguments so marked, `$1` is the type of the first argument. A result is "
                   "NULL when an argument is "
                   "NULL, unless `?` (it may be NULL anyway) or `!` (it never is) follows it. Operators, CASE, CAST "
                   "and the like are described in "
                   "the SQL reference.\n");
    const char     *family = NULL;
    const Function *row;
    for (int64_t i = 0; (row = function_at(i)); i++) {
        const char *own = function_family(row);
        if (!family || strcmp(own, family) != 0)
            put_heading(out, own);
        family = own;
        put_row(out, row->sig, function_name(row), row->doc);
    }
    put_heading(out, "Aggregate");
    const Aggregate *aggregate;
    for (int64_t i = 0; (aggregate = aggregate_at(i)); i++)
        put_row(out, aggregate->sig, aggregate_name(aggregate), aggregate->doc);
}
