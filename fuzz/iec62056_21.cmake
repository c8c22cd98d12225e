set(iec21_device ${CMAKE_CURRENT_LIST_DIR}/../tests/iec62056_21/device.c)
foreach(name message server reader detect telegram)
  wh_fuzz(fuzz_iec21_${name}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_iec21_${name}.c ${iec21_device}
    DEPENDS iec62056_21 kmp)
endforeach()
