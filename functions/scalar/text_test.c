/* text_test.c: IS_DIGIT, IS_ALPHA, IS_DECIMAL: what a text consists of. NULL is FALSE. */
#include "functions/args.h"
#include "functions/letter_case.h"
#include "functions/regex.h"

#include "data/number.h"

typedef enum TextTest { TEST_DIGIT, TEST_ALPHA, TEST_DECIMAL } TextTest;

/* For texts with more than ASCII: Unicode's digits and letters. */
static Status test_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)expr;
    (void)err;
    bool is_alpha = call_function(call)->option == TEST_ALPHA;
    *state        = regex_compile(arena, is_alpha ? STR("^\\p{L}+\\z") : STR("^\\p{Nd}+\\z"));
    return STATUS_OK;
}

static bool is_all_ascii(Str text, TextTest test)
{
    for (int64_t i = 0; i < text.len; i++) {
        char byte  = text.ptr[i], lower = (char)(byte | 0x20);
        bool is_in = test == TEST_DIGIT ? byte >= '0' && byte <= '9' : lower >= 'a' && lower <= 'z';
        if (!is_in)
            return false;
    }
    return text.len > 0;
}

static bool passes(Call *call, Str text, TextTest test)
{
    RegexMatch match;
    double     number;
    if (test == TEST_DECIMAL)
        return text.len > 0 && double_parse(text, &number);
    if (text_is_ascii(text))
        return is_all_ascii(text, test);
    return regex_find(call_state(call), text, 0, &match) == REGEX_FOUND;
}

static Status test_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    TextTest test = (TextTest)call_function(call)->option;
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, uint8_t)[i] = !column_is_null(&args[0], i) && passes(call, arg_str(&args[0], i), test);
    return STATUS_OK;
}

/* Numbers are what they are. */
static Status number_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool is_alpha = call_function(call)->option == TEST_ALPHA;
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, uint8_t)[i] = !is_alpha && !column_is_null(&args[0], i);
    return STATUS_OK;
}

#define TEST_ROW(name, numbers, text, test)                                                                            \
    { .sig = name "(string) -> boolean!", .doc = text, .eval = test_eval, .prepare = test_prepare,                     \
      .flags = FN_SEES_NULL, .option = test },                                                                         \
    { .sig = name "(" numbers ") -> boolean!", .doc = text, .eval = number_eval, .flags = FN_SEES_NULL, .option = test }

const Function fn_text_test[] = {
    TEST_ROW("is_digit", "integer", "TRUE when the text consists of digits.", TEST_DIGIT),
    TEST_ROW("is_alpha", "numeric", "TRUE when the text consists of letters.", TEST_ALPHA),
    TEST_ROW("is_decimal", "numeric", "TRUE when the text is a number.", TEST_DECIMAL),
    { 0 },
};
