# parser.cmake: grammar.y -> grammar.c, grammar.h (lemon); lexer.re -> lexer.c (re2c). Generated files live in the
# build folder, under parser/, so that "parser/grammar.h" is included like any other header.

set(TIDE_PARSER_GENERATED "")
set(generated_folder ${CMAKE_BINARY_DIR}/generated/parser)
file(MAKE_DIRECTORY ${generated_folder})

file(GLOB grammar CONFIGURE_DEPENDS parser/grammar.y)
file(GLOB lexer CONFIGURE_DEPENDS parser/lexer.re)

if(grammar)
    find_program(LEMON lemon REQUIRED)
    add_custom_command(
        OUTPUT ${generated_folder}/grammar.c ${generated_folder}/grammar.h
        COMMAND ${LEMON} -q -l -d${generated_folder} ${CMAKE_SOURCE_DIR}/parser/grammar.y
        DEPENDS ${CMAKE_SOURCE_DIR}/parser/grammar.y
        COMMENT "lemon parser/grammar.y"
        VERBATIM)
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
