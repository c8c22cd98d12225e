# Benchmarks on the emulated Cortex-M4: exact instruction counts, with budgets.
wh_qemu_bench(bench_kernel SOURCES ${CMAKE_CURRENT_LIST_DIR}/kernel.c DEPENDS wh_metrology)

# The DLMS server, built for size as in a meter.
get_target_property(dlms_sources dlms SOURCES)
list(TRANSFORM dlms_sources PREPEND ${PROJECT_SOURCE_DIR}/dlms/)
wh_core_library(dlms_small SOURCES ${dlms_sources})
target_compile_options(dlms_small PRIVATE -Os)
wh_qemu_bench(bench_dlms_m4
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/dlms_m4.c ${CMAKE_CURRENT_LIST_DIR}/dlms_meter.c
  DEPENDS dlms_small)
if(TARGET wh_crypto_mbedtls)
  wh_qemu_bench(bench_dlms_m4_secure
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/dlms_m4_secure.c ${CMAKE_CURRENT_LIST_DIR}/dlms_meter.c
            ${CMAKE_CURRENT_LIST_DIR}/dlms_reader.c
    DEPENDS dlms_small wh_crypto_mbedtls)

  # Two images that are weighed, not run.
  foreach(name dlms_footprint dlms_footprint_none)
    add_executable(${name} ${CMAKE_CURRENT_LIST_DIR}/footprint.c)
    set_target_properties(${name} PROPERTIES SUFFIX .elf C_STANDARD 17 C_STANDARD_REQUIRED ON)
    target_link_libraries(${name} PRIVATE wh_warnings wh_mps2)
  endforeach()
  target_compile_definitions(dlms_footprint PRIVATE DLMS_FOOTPRINT)
  target_link_libraries(dlms_footprint PRIVATE dlms_small wh_crypto_mbedtls)
  add_test(NAME bench_dlms_footprint
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/footprint.py arm-none-eabi-size
            arm-none-eabi-nm $<TARGET_FILE:dlms_footprint> $<TARGET_FILE:dlms_footprint_none>)
  set_tests_properties(bench_dlms_footprint PROPERTIES LABELS bench)
endif()
