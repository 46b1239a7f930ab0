# tests.cmake: the unit test programs. unit_<folder> has the tests of one folder and needs only that folder and what is
# below it; the target unit_tests builds all of them. Run one with names of suites to run only these.
# A file tests/<folder>/test_<thing>.c is a suite: it exports Suite *suite_<thing>(void).

pkg_check_modules(CHECK IMPORTED_TARGET check)
if(NOT CHECK_FOUND)
    message(STATUS "Check is not installed: no unit tests in this build")
    return()
endif()

# A suite is declared by the .def list that names it, not by a header.
function(tide_unit_program target suites)
    add_executable(${target} EXCLUDE_FROM_ALL tests/unit_main.c ${ARGN})
    target_compile_definitions(${target} PRIVATE UNIT_SUITES="${suites}")
    target_link_libraries(${target} PRIVATE PkgConfig::CHECK)
    tide_warn(${target})
    target_compile_options(${target} PRIVATE -Wno-missing-prototypes)
endfunction()

add_custom_target(unit_tests)
foreach(folder IN LISTS TIDE_FOLDERS)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} tests/${folder}/*.c)
    if(NOT sources)
        continue()
    endif()

    set(suites "")
    foreach(source IN LISTS sources)
        if(source MATCHES "/test_([^/]*)\\.c$")
            string(APPEND suites "SUITE(${CMAKE_MATCH_1})\n")
        endif()
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/tests/${folder}_suites.def CONTENT "${suites}" @ONLY)

    tide_unit_program(unit_${folder} tests/${folder}_suites.def ${sources})
    target_link_libraries(unit_${folder} PRIVATE tide_${folder})
    add_dependencies(unit_tests unit_${folder})
endforeach()
