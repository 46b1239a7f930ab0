# tests.cmake: the unit test programs. unit_<folder> has the tests of one folder and needs only that folder and what is
# below it; unit_tests has all suites of tests/unit_suites.def. Run one with names of suites to run only these.

pkg_check_modules(CHECK IMPORTED_TARGET check)
if(NOT CHECK_FOUND)
    message(STATUS "Check is not installed: no unit tests in this build")
    return()
endif()

set(all_test_sources "")
foreach(folder IN LISTS TIDE_FOLDERS)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} tests/${folder}/*.c)
    if(NOT sources)
        continue()
    endif()
    list(APPEND all_test_sources ${sources})

    set(suites "")
    foreach(source IN LISTS sources)
        if(source MATCHES "/test_([^/]*)\\.c$")
            string(APPEND suites "SUITE(${CMAKE_MATCH_1})\n")
        endif()
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/tests/${folder}_suites.def CONTENT "${suites}" @ONLY)

    add_executable(unit_${folder} EXCLUDE_FROM_ALL tests/unit_main.c ${sources})
    target_compile_definitions(unit_${folder} PRIVATE UNIT_SUITES="tests/${folder}_suites.def")
    target_link_libraries(unit_${folder} PRIVATE tide_${folder} PkgConfig::CHECK)
    tide_warn(unit_${folder})
endforeach()

add_executable(unit_tests EXCLUDE_FROM_ALL tests/unit_main.c ${all_test_sources})
target_compile_definitions(unit_tests PRIVATE UNIT_SUITES="tests/unit_suites.def")
target_link_libraries(unit_tests PRIVATE ${TIDE_TOP_TARGETS} PkgConfig::CHECK)
tide_warn(unit_tests)
