/* signature.h: the signature text of a function or aggregate row, and how arguments match it.
 *
 * Texts are read anew at each look-up: they are short, and so there is no table to build or to keep. */
#ifndef FUNCTIONS_SIGNATURE_H
#define FUNCTIONS_SIGNATURE_H

#include "core/text.h"
#include "data/type.h"

#define SIGNATURE_PARAMS_MAX 12

typedef struct Signature {
    Str     name;
    Str     params[SIGNATURE_PARAMS_MAX]; /* text of the type */
    int32_t param_count;
    int32_t required;     /* parameters before the first optional one */
    int32_t repeat_count; /* how many parameters at repeat_start form the repeated group; 0 = none */
    int32_t repeat_start;
    int32_t repeat_min;   /* 0 or 1 */
    bool    is_star;      /* count(*) */
    Str     result;
    char    null_mark;    /* '?', '!' or 0 */
} Signature;

/* The part of the text before "(". */
Str  signature_name(const char *text);
/* The text is our own: it is good. */
void signature_parse(const char *text, Signature *out);

/* One more of "it takes f(int), or f(text)": its parameters, of the first few signatures. index counts them from 0. */
void signature_list(Text *text, int32_t index, const char *signature);

typedef struct SignatureMatch {
    bool         fits;
    bool         has_untyped_null; /* it does not fit because of a NULL without type */
    int32_t      cost;  /* 0: every argument has the very type */
    const Type **casts; /* per argument: what it must be cast to, or NULL */
    const Type  *types[26]; /* bound type variables, by letter */
} SignatureMatch;

/* Do the argument types fit, and how? arena takes casts and types. takes_null: a NULL without type may stand for a
 * typed parameter. */
SignatureMatch signature_match(Arena *arena, const Signature *signature, const Type *const *args, int32_t arg_count,
                               bool takes_null);
/* The result type without its nullability, after matching; args are the types after the casts. */
const Type *signature_result(Arena *arena, const Signature *signature, const SignatureMatch *match,
                             const Type *const *args);

#endif
