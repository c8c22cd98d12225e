# The golden replay on the emulated Cortex-M4.
set(here ${CMAKE_CURRENT_LIST_DIR})
wh_qemu_test(golden_replay SOURCES ${here}/golden.c ${here}/golden_expected.c ${here}/golden_main.c
             DEPENDS wh_meter TIMEOUT 300)
