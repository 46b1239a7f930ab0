/* problem.c: error texts for text that is no token (TokenProblem). */
#include "parser/run.h"

/* Typed by an input method or pasted from a page, and easily overlooked. */
typedef struct LookAlike {
    const char *text;
    const char *instead;
} LookAlike;

static const LookAlike look_alikes[] = {
    { "\uff0c", "," },  { "\uff1b", ";" },  { "\uff08", "(" },  { "\uff09", ")" },     { "\uff1d", "=" },
    { "\u2018", "'" },  { "\u2019", "'" },  { "\u201c", "'" },  { "\u201d", "'" },     { "\uff0e", "." },
    { "\u00a0", " " },  { "\u3000", " " },  { "\u2013", "-" },  { "\u2014", "-" },     { "\u200b", "" },
};

static void hint_character(Str character, Error *err)
{
    for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++) {
        if (!str_is(character, look_alikes[i].text))
            continue;
        if (look_alikes[i].instead[0] > ' ')
            error_hint(err, "it only looks like %s", look_alikes[i].instead);
        else
            error_hint(err, "it looks like a plain space or like nothing; delete it");
    }
}

Status expect_problem(Token token, Error *err)
{
    Span span = token.span;
    switch (token.kind) {
    case TOKEN_UNCLOSED_STRING:
        span.end = span.start + 1;
        error_set(err, STATUS_SYNTAX, span, "the string that starts here is not closed");
        return error_hint(err, "an apostrophe inside a string is written twice: ''");
    case TOKEN_UNCLOSED_NAME:
        return error_set(err, STATUS_SYNTAX, span, "the name that starts here has no closing backtick on its line");
    case TOKEN_UNCLOSED_COMMENT:
        span.end = span.start + 2;
        return error_set(err, STATUS_SYNTAX, span, "the comment that starts here is not closed by */");
    case TOKEN_EMPTY_NAME:
        return error_set(err, STATUS_SYNTAX, span, "a name cannot be empty");
    case TOKEN_DOUBLE_QUOTED:
        error_set(err, STATUS_SYNTAX, span, "double quotes have no meaning here");
        return error_hint(err, "names are quoted with backticks (`name`), strings with apostrophes ('text')");
    case TOKEN_BANG_EQUAL:
        error_set(err, STATUS_SYNTAX, span, "!= is not allowed");
        return error_hint(err, "write <>");
    case TOKEN_BAD_UTF8:
        return error_set(err, STATUS_SYNTAX, span, "this byte is not valid UTF-8");
    default:
        error_set(err, STATUS_SYNTAX, span, "the character %.*s has no meaning here", STR_FMT(token.text));
        hint_character(token.text, err);
        return err->status;
    }
}
