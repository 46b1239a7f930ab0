# library.cmake: libtidemark.a, libtidemark.so, the program, and what is installed.
#
# Both libraries show only tide_*: the shared one by a version script, the static one because all objects are joined
# into one whose hidden symbols are then made local. So our short internal names cannot meet those of a program.

if(NOT TARGET tide_engine OR NOT "engine" IN_LIST TIDE_FOLDERS)
    return()
endif()

find_program(OBJCOPY NAMES objcopy llvm-objcopy REQUIRED)
set(joined ${CMAKE_BINARY_DIR}/tidemark_joined.o)
add_custom_command(
    OUTPUT ${joined}
    COMMAND ${CMAKE_LINKER} -r -o ${joined} ${TIDE_OBJECTS}
    COMMAND ${OBJCOPY} --localize-hidden ${joined}
    DEPENDS ${TIDE_OBJECTS}
    COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Joining the objects of libtidemark.a")
set_source_files_properties(${joined} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)

function(tide_library target kind)
    add_library(${target} ${kind} ${ARGN})
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME tidemark EXPORT_NAME ${target} LINKER_LANGUAGE C
        ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

tide_library(tidemark_static STATIC ${joined})
target_link_libraries(tidemark_static INTERFACE $<BUILD_INTERFACE:PkgConfig::TIDE_DEPENDENCIES> Threads::Threads m)

tide_library(tidemark_shared SHARED ${TIDE_OBJECTS})
target_link_libraries(tidemark_shared PRIVATE PkgConfig::TIDE_DEPENDENCIES Threads::Threads m)
target_link_options(tidemark_shared PRIVATE
    -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/tidemark.map -Wl,--as-needed)
set_target_properties(tidemark_shared PROPERTIES LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/tidemark.map)

file(GLOB_RECURSE shell_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} shell/*.c)
if(shell_sources)
    # A library of its own, so that tests and tidy can look at the objects. It sees include/ and itself, nothing else.
    add_library(tide_shell OBJECT ${shell_sources})
    target_include_directories(tide_shell PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include)
    target_link_libraries(tide_shell PRIVATE PkgConfig::EDIT)
    tide_warn(tide_shell)

    add_executable(tidemark $<TARGET_OBJECTS:tide_shell>)
    set_target_properties(tidemark PROPERTIES LINKER_LANGUAGE C RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
    target_link_libraries(tidemark PRIVATE tidemark_static PkgConfig::EDIT)
    target_link_options(tidemark PRIVATE -Wl,--as-needed)
    install(TARGETS tidemark RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Tidemark)
list(JOIN TIDE_PACKAGES " " TIDE_PACKAGES_SPACED)
# Relative, so that the installed tree can be put anywhere (cmake --install --prefix, DESTDIR).
file(RELATIVE_PATH TIDE_PREFIX_FROM_PKGCONFIG /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
# Not Requires.private: that would ask for the development files of everything that librdkafka is made of.
list(JOIN TIDE_DEPENDENCIES_LDFLAGS " " TIDE_PRIVATE_LIBRARIES)
configure_file(cmake/tidemark.pc.in tidemark.pc @ONLY)
configure_package_config_file(cmake/TidemarkConfig.cmake.in TidemarkConfig.cmake
    INSTALL_DESTINATION ${package_folder} PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(TidemarkConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS tidemark_static tidemark_shared
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES include/tidemark.h include/tidemark_function.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_BINARY_DIR}/tidemark.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/TidemarkConfig.cmake ${CMAKE_BINARY_DIR}/TidemarkConfigVersion.cmake
    DESTINATION ${package_folder})
