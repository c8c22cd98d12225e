# The three ways a folder adds something to the build. A folder's CMakeLists.txt is then a list of
# names; warnings, standards and sanitizers are decided here, once.

add_library(wh_warnings INTERFACE)
target_compile_options(wh_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Werror)
if(WATTHOUR_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(WATTHOUR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# wh_core_library(name SOURCES … DEPENDS …): portable C11, no heap, no OS, runs on the Cortex-M4 too.
function(wh_core_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE -Wvla -pedantic)
  # On a host meters run by the thousand, and years in seconds; on a microcontroller flash counts.
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "Generic" AND NOT WATTHOUR_SANITIZE)
    target_compile_options(${name} PRIVATE -O3)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE wh_warnings)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()

# wh_host_library(name SOURCES … DEPENDS …): hosted C17, may use the operating system and floats.
function(wh_host_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES C_STANDARD 17 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE wh_warnings)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()

# wh_test(name SOURCES … DEPENDS … [TIMEOUT seconds]): a cmocka program, run by ctest from the source tree. The
# time ends one that hangs; sanitized ones have more of it.
function(wh_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 240)
  endif()
  if(WATTHOUR_SANITIZE)
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES C_STANDARD 17 C_STANDARD_REQUIRED ON)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE WH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} wh_warnings cmocka m)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# wh_golden(test…): marks tests whose results must be the same bits with every compiler; "make test" runs
# them a second time, built by clang. Call it in the folder that made the tests.
add_custom_target(golden)
function(wh_golden)
  set_property(TEST ${ARGN} APPEND PROPERTY LABELS golden)
  add_dependencies(golden ${ARGN})
endfunction()

# wh_bench(name SOURCES … DEPENDS …): a program that "make bench" builds and runs, one at a time. It
# prints ratios measured in one run; it is no test.
add_custom_target(bench)
function(wh_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES C_STANDARD 17 C_STANDARD_REQUIRED ON)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE WH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} wh_warnings m)
  add_custom_target(run_${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} USES_TERMINAL)
  add_dependencies(bench run_${name})
endfunction()

# wh_fuzz(name SOURCES … DEPENDS …): a libFuzzer target over LLVMFuzzerTestOneInput. The kept corpus
# is fuzz/corpus/<name>/. Without the fuzz preset the same file is built with fuzz/replay.c, so that
# every kept input is a regression test in the ordinary test run.
function(wh_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(WATTHOUR_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/fuzz/replay.c)
    add_test(NAME ${name}_corpus COMMAND ${name} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
  endif()
  set_target_properties(${name} PROPERTIES C_STANDARD 17 C_STANDARD_REQUIRED ON)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} wh_warnings m)
endfunction()
