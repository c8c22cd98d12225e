# Benchmarks on the emulated Cortex-M4: exact instruction counts, with budgets.
wh_qemu_bench(bench_kernel SOURCES ${CMAKE_CURRENT_LIST_DIR}/kernel.c DEPENDS wh_metrology)
