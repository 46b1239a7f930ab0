# parser.cmake: parser/grammar/*.y -> grammar.c, grammar.h (lemon); parser/lexer.re -> lexer.c (re2c). Generated files live
# in the build folder, under parser/, so that "parser/grammar.h" is included like any other header. The parts of the
# grammar are joined in order of their names, head.y (directives, precedence) first.

set(TIDE_PARSER_GENERATED "")
set(generated_folder ${CMAKE_BINARY_DIR}/generated/parser)
file(MAKE_DIRECTORY ${generated_folder})

file(GLOB grammar_parts CONFIGURE_DEPENDS parser/grammar/*.y)
file(GLOB lexer CONFIGURE_DEPENDS parser/lexer.re)

if(grammar_parts)
    find_program(LEMON lemon REQUIRED)
    list(REMOVE_ITEM grammar_parts ${CMAKE_SOURCE_DIR}/parser/grammar/head.y)
    list(PREPEND grammar_parts ${CMAKE_SOURCE_DIR}/parser/grammar/head.y)
    set(grammar ${generated_folder}/grammar.y)
    add_custom_command(
        OUTPUT ${generated_folder}/grammar.c ${generated_folder}/grammar.h
        COMMAND ${CMAKE_COMMAND} -E cat ${grammar_parts} > ${grammar}
        COMMAND ${LEMON} -q -l -d${generated_folder} ${grammar}
        DEPENDS ${grammar_parts}
        COMMENT "lemon parser/grammar/*.y")
    list(APPEND TIDE_PARSER_GENERATED ${generated_folder}/grammar.c ${generated_folder}/grammar.h)
endif()

if(lexer)
    find_program(RE2C re2c REQUIRED)
    add_custom_command(
        OUTPUT ${generated_folder}/lexer.c
        COMMAND ${RE2C} -W -Werror -i --no-generation-date --no-version -8
                -o ${generated_folder}/lexer.c ${CMAKE_SOURCE_DIR}/parser/lexer.re
        DEPENDS ${CMAKE_SOURCE_DIR}/parser/lexer.re
        COMMENT "re2c parser/lexer.re"
        VERBATIM)
    list(APPEND TIDE_PARSER_GENERATED ${generated_folder}/lexer.c)
endif()
