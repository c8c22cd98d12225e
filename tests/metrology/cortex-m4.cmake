# The golden half cycles on the emulated Cortex-M4.
wh_qemu_test(golden_half_cycle SOURCES ${CMAKE_CURRENT_LIST_DIR}/golden_half_cycle.c
             DEPENDS wh_metrology)
