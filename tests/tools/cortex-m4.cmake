# The emulated board itself: startup, exit code, faults, counter.
include(${CMAKE_CURRENT_LIST_DIR}/symbols.cmake)
set(here ${CMAKE_CURRENT_LIST_DIR})
wh_qemu_test(mps2_smoke SOURCES ${here}/mps2_smoke.c DEPENDS wh_common)
wh_qemu_bench(mps2_instructions SOURCES ${here}/mps2_instructions.c)
foreach(fault 1 2 3)
  wh_qemu_test(mps2_fault_${fault} SOURCES ${here}/mps2_faults.c DEFINITIONS FAULT=${fault})
  set_tests_properties(mps2_fault_${fault} PROPERTIES PASS_REGULAR_EXPRESSION
                       "fault at pc [0-9a-f]+, called from [0-9a-f]+")
endforeach()
