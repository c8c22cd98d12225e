# Images for the emulated Cortex-M4 (QEMU's mps2-an386), run by ctest in the cortex-m4 preset. The
# exit code of main is the result; stdio and files go through semihosting to the host, with the source
# tree as the current folder (WH_SOURCE_DIR is defined as in wh_test). A folder's images are named in
# its own cortex-m4.cmake; see the top CMakeLists.txt.

function(wh_qemu_image name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;DEFINITIONS;QEMU_OPTIONS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES SUFFIX .elf C_STANDARD 17 C_STANDARD_REQUIRED ON)
  target_compile_definitions(${name} PRIVATE WH_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             ${ARG_DEFINITIONS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} wh_warnings wh_mps2)
  add_test(NAME ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
           COMMAND qemu-system-arm -M mps2-an386 -display none -monitor none -serial none
                   -semihosting-config enable=on,target=native ${ARG_QEMU_OPTIONS}
                   -kernel $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS qemu)
endfunction()

# wh_qemu_test(name SOURCES … DEPENDS … [DEFINITIONS …] [TIMEOUT seconds]): an image that is a test.
function(wh_qemu_test name)
  wh_qemu_image(${name} ${ARGN})
endfunction()

# wh_qemu_bench(name …): the same, with exact counting of instructions (ports/mps2/instructions.h). An
# image that counts more than its budget returns non-zero, so a bench is a test as well.
function(wh_qemu_bench name)
  wh_qemu_image(${name} ${ARGN} QEMU_OPTIONS -icount shift=8)
  set_tests_properties(${name} PROPERTIES LABELS "qemu;bench")
endfunction()
