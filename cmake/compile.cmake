# compile.cmake: how our own files are compiled: C17, warnings as errors, hidden symbols, sanitizers.

set(TIDE_SANITIZE "none" CACHE STRING "address (with undefined), thread or none")
set_property(CACHE TIDE_SANITIZE PROPERTY STRINGS none address thread)
option(TIDE_WARNINGS_AS_ERRORS "Warnings in our own files stop the build" ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
# Assertions stay on: they guard our own hand-overs and cost little outside inner loops.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(TIDE_WARNINGS -Wall -Wextra -Wpedantic -Wstrict-prototypes -Wmissing-prototypes)
if(TIDE_WARNINGS_AS_ERRORS)
    list(APPEND TIDE_WARNINGS -Werror)
endif()

if(TIDE_SANITIZE STREQUAL "address")
    set(TIDE_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(TIDE_SANITIZE STREQUAL "thread")
    set(TIDE_SANITIZE_FLAGS -fsanitize=thread -fno-omit-frame-pointer)
elseif(NOT TIDE_SANITIZE STREQUAL "none")
    message(FATAL_ERROR "TIDE_SANITIZE is address, thread or none, not \"${TIDE_SANITIZE}\"")
endif()
add_compile_options(${TIDE_SANITIZE_FLAGS})
add_link_options(${TIDE_SANITIZE_FLAGS})
add_compile_definitions(_GNU_SOURCE)

# Warnings for every source of a target; generated sources (lemon, re2c) go without -Wshadow.
function(tide_warn target)
    target_compile_options(${target} PRIVATE ${TIDE_WARNINGS})
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        get_property(options SOURCE ${source} PROPERTY COMPILE_OPTIONS)
        if(NOT "-Wshadow" IN_LIST options AND NOT source MATCHES "^${CMAKE_BINARY_DIR}/" AND source MATCHES "\\.c$")
            set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -Wshadow)
        endif()
    endforeach()
endfunction()
