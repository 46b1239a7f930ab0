/* regex_translate.c: a Java pattern in PCRE2's language. Most of it is the same; what differs:
 *
 *     \uXXXX             \x{XXXX}
 *     \0nn               \o{nn}
 *     \p{Alpha} ...      [[:alpha:]] (ASCII); \p{IsGreek} is \p{Greek}, \p{javaLowerCase} and the like their Unicode
 *     property
 *     (?u) (?d)          nothing: that is how texts are read anyway; (?U) asks for Unicode classes
 *     [a[bc]]            [abc]; an intersection (&&) or a negated class inside another cannot be said */
#include "functions/regex.h"

typedef struct Translator {
    Str   in;
    int64_t at;
    Text *out;
    int   class_depth; /* brackets open */
} Translator;

typedef struct PropertyName {
    const char *java;
    const char *posix; /* inside [: :] */
    const char *unicode;
} PropertyName;

static const PropertyName property_names[] = {
    { "Lower", "lower", NULL },
    { "Upper", "upper", NULL },
    { "ASCII", "ascii", NULL },
    { "Alpha", "alpha", NULL },
    { "Digit", "digit", NULL },
    { "Alnum", "alnum", NULL },
    { "Punct", "punct", NULL },
    { "Graph", "graph", NULL },
    { "Print", "print", NULL },
    { "Blank", "blank", NULL },
    { "Cntrl", "cntrl", NULL },
    { "XDigit", "xdigit", NULL },
    { "Space", "space", NULL },
    { "IsAlphabetic", NULL, "L" },
    { "IsLetter", NULL, "L" },
    { "IsDigit", NULL, "Nd" },
    { "IsUppercase", NULL, "Lu" },
    { "IsLowercase", NULL, "Ll" },
    { "IsPunctuation", NULL, "P" },
    { "IsWhite_Space", NULL, "Xps" },
    { "javaLowerCase", NULL, "Ll" },
    { "javaUpperCase", NULL, "Lu" },
    { "javaWhitespace", NULL, "Xps" },
};

static char peek(const Translator *translator, int64_t ahead)
{
    int64_t at = translator->at + ahead;
    return at < translator->in.len ? translator->in.ptr[at] : 0;
}

static void copy(Translator *translator, int64_t size)
{
    int64_t left = translator->in.len - translator->at;
    size         = size < left ? size : left;
    text_append(translator->out, (Str){ translator->in.ptr + translator->at, size });
    translator->at += size;
}

static void put_posix(Translator *translator, const char *name, bool is_negated)
{
    if (translator->class_depth)
        text_printf(translator->out, "[:%s%s:]", is_negated ? "^" : "", name);
    else
        text_printf(translator->out, "[%s[:%s:]]", is_negated ? "^" : "", name);
}

/* At \p{Name} or \P{Name}. */
static void property(Translator *translator)
{
    bool is_negated = peek(translator, 1) == 'P';
    Str  rest       = str_slice(translator->in, translator->at + 2, translator->in.len);
    int64_t close   = str_find(rest, '}');
    if (peek(translator, 2) != '{' || close < 0) {
        copy(translator, 2);
        return;
    }
    Str name = str_slice(rest, 1, close);
    translator->at += 2 + close + 1;
    for (size_t i = 0; i < sizeof(property_names) / sizeof(*property_names); i++) {
        const PropertyName *property_name = &property_names[i];
        if (!str_is(name, property_name->java))
            continue;
        if (property_name->posix)
            put_posix(translator, property_name->posix, is_negated);
        else
            text_printf(translator->out, "\\%c{%s}", is_negated ? 'P' : 'p', property_name->unicode);
        return;
    }
    if (str_starts_with(name, STR("Is")) || str_starts_with(name, STR("In")))
        name = str_slice(name, 2, name.len);
    text_printf(translator->out, "\\%c{%.*s}", is_negated ? 'P' : 'p', STR_FMT(name));
}

static void quoted(Translator *translator)
{
    Str     rest = str_slice(translator->in, translator->at, translator->in.len);
    int64_t end  = rest.len;
    for (int64_t i = 0; i + 1 < rest.len; i++) {
        if (rest.ptr[i] == '\\' && rest.ptr[i + 1] == 'E') {
            end = i + 2;
            break;
        }
    }
    copy(translator, end);
}

static void escape(Translator *translator)
{
    switch (peek(translator, 1)) {
    case 'u':
        text_printf(translator->out, "\\x{%.*s}", 4, translator->in.len - translator->at >= 6
                                                         ? translator->in.ptr + translator->at + 2 : "0000");
        translator->at += translator->in.len - translator->at >= 6 ? 6 : 2;
        break;
    case '0':
        text_puts(translator->out, "\\o{");
        translator->at += 2;
        while (peek(translator, 0) >= '0' && peek(translator, 0) <= '7')
            copy(translator, 1);
        text_put(translator->out, '}');
        break;
    case 'p':
    case 'P':
        property(translator);
        break;
    case 'Q':
        quoted(translator);
        break;
    default:
        copy(translator, 2);
        break;
    }
}

/* Flags of "(?idmsux-...": u and d say nothing here, U is (*UCP) of the whole pattern. */
static void group(Translator *translator)
{
    copy(translator, 1);
    if (peek(translator, 0) != '?')
        return;
    int64_t ahead = 1;
    while (peek(translator, ahead) && strchr("idmsuxU-", peek(translator, ahead)))
        ahead++;
    char closing = peek(translator, ahead);
    if (ahead == 1 || (closing != ')' && closing != ':'))
        return;
    text_put(translator->out, '?');
    translator->at++;
    for (int64_t i = 1; i < ahead; i++) {
        char flag = peek(translator, 0);
        if (!strchr("udU", flag))
            text_put(translator->out, flag);
        translator->at++;
    }
}

static bool in_class(Translator *translator)
{
    char byte = peek(translator, 0);
    if (byte == '[') {
        if (peek(translator, 1) == '^')
            return false;
        translator->class_depth++;
        translator->at++;
    } else if (byte == ']') {
        if (--translator->class_depth == 0)
            text_put(translator->out, ']');
        translator->at++;
    } else if (byte == '&' && peek(translator, 1) == '&') {
        return false;
    } else {
        copy(translator, 1);
    }
    return true;
}

static bool asks_for_unicode_classes(Str pattern)
{
    for (int64_t i = 0; i + 3 < pattern.len; i++)
        if (memcmp(pattern.ptr + i, "(?U", 3) == 0)
            return true;
    return false;
}

bool regex_translate(Str pattern, Text *out)
{
    Translator translator = { .in = pattern, .out = out };
    if (asks_for_unicode_classes(pattern))
        text_puts(out, "(*UCP)");
    while (translator.at < pattern.len) {
        char byte = peek(&translator, 0);
        if (byte == '\\') {
            if (translator.at + 1 >= pattern.len)
                return false;
            escape(&translator);
        } else if (translator.class_depth) {
            if (!in_class(&translator))
                return false;
        } else if (byte == '[') {
            translator.class_depth = 1;
            copy(&translator, peek(&translator, 1) == '^' ? 2 : 1);
            /* "[:" would start a POSIX name. */
            if (peek(&translator, 0) && strchr(":.=", peek(&translator, 0)))
                text_put(out, '\\');
        } else if (byte == '(') {
            group(&translator);
        } else {
            copy(&translator, 1);
        }
    }
    return translator.class_depth == 0;
}
