# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The few functions that the compiler's CMake files are written with. Sources are globbed: adding an
# op or a pass adds files, not CMake lines.

# A header compiled once and reused by every library of the compiler.
function(weft_add_precompiled_header name header)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.cpp "")
  add_library(${name} STATIC ${PROJECT_BINARY_DIR}/${name}.cpp)
  # In angle brackets the path stays relative, so that caches of compilations can be shared between checkouts.
  target_precompile_headers(${name} PRIVATE <${header}>)
  target_compile_options(${name} PRIVATE ${WEFT_COMPILE_OPTIONS})
endfunction()

set(WEFT_COMPILE_OPTIONS -Wall -Wextra -Wno-unused-parameter -Wno-comment -Werror=return-type
    "SHELL:-Xclang -fno-pch-timestamp")

# NDEBUG decides the layout of types in LLVM's headers (mlir::Pass::Statistic is one), so it is what it was for the LLVM
# that is linked, whatever the build type; the compiler's own assertions (dialects/Assert.h) have a switch of their own.
option(WEFT_ASSERTIONS "Check the compiler's own assertions" OFF)
list(APPEND WEFT_COMPILE_OPTIONS $<IF:$<BOOL:${LLVM_ENABLE_ASSERTIONS}>,-UNDEBUG,-DNDEBUG>
     $<$<BOOL:${WEFT_ASSERTIONS}>:-DWEFT_ENABLE_ASSERTIONS>)

# Apart from the runtime's headers, with which it shares the name weft/.
set(WEFT_COMPILER_INCLUDE_DIR include/weft-compiler)

# weft_add_library(Name [LINK libs...] [DEPENDS targets...]): all .cpp files of the current folder.
function(weft_add_library name)
  cmake_parse_arguments(arg "" "" "LINK;DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_compile_options(${name} PRIVATE ${WEFT_COMPILE_OPTIONS})
  target_link_libraries(${name} PUBLIC ${arg_LINK} MLIR LLVM)
  target_precompile_headers(${name} REUSE_FROM WeftPch)
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  target_include_directories(${name} INTERFACE $<INSTALL_INTERFACE:${WEFT_COMPILER_INCLUDE_DIR}>)
  target_compile_features(${name} INTERFACE cxx_std_20)
  install(TARGETS ${name} EXPORT WeftTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT WeftCompiler)
  set_property(GLOBAL APPEND PROPERTY WEFT_LIBRARIES ${name})
endfunction()

# weft_add_tool(name [LINK libs...]): tools/<name>.cpp, or the .cpp files of tools/<name>/.
function(weft_add_tool name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${name})
    file(GLOB sources CONFIGURE_DEPENDS ${name}/*.cpp)
  else()
    set(sources ${name}.cpp)
  endif()
  add_executable(${name} ${sources})
  target_compile_options(${name} PRIVATE ${WEFT_COMPILE_OPTIONS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} MLIR LLVM)
  target_link_options(${name} PRIVATE -fuse-ld=lld)
  set_target_properties(${name} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ${name} RUNTIME COMPONENT WeftCompiler)
endfunction()

# weft_tablegen_ops(<Family>Ops): declarations and definitions of one file of ops.
macro(weft_tablegen_ops file)
  set(LLVM_TARGET_DEFINITIONS ${file}.td)
  mlir_tablegen(${file}.h.inc -gen-op-decls)
  mlir_tablegen(${file}.cpp.inc -gen-op-defs)
endmacro()

# The installed compiler: headers, generated ones and .td files in a folder of their own, and a CMake package with which
# projects outside use dialects, passes and weft-opt: find_package(Weft).
function(weft_install_package)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/dialects ${PROJECT_BINARY_DIR}/dialects
          DESTINATION ${WEFT_COMPILER_INCLUDE_DIR} COMPONENT WeftCompiler
          FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.h.inc" PATTERN CMakeFiles EXCLUDE)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/weft ${PROJECT_BINARY_DIR}/include/weft
          DESTINATION ${WEFT_COMPILER_INCLUDE_DIR} COMPONENT WeftCompiler
          FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.h.inc" PATTERN CMakeFiles EXCLUDE)
  set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Weft)
  install(EXPORT WeftTargets NAMESPACE Weft:: DESTINATION ${package_folder} COMPONENT WeftCompiler)
  include(CMakePackageConfigHelpers)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/tools/cmake/WeftConfig.cmake.in ${PROJECT_BINARY_DIR}/WeftConfig.cmake
    INSTALL_DESTINATION ${package_folder} PATH_VARS CMAKE_INSTALL_BINDIR WEFT_COMPILER_INCLUDE_DIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/WeftConfigVersion.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/WeftConfig.cmake ${PROJECT_BINARY_DIR}/WeftConfigVersion.cmake
          DESTINATION ${package_folder} COMPONENT WeftCompiler)
endfunction()
