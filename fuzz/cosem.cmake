# cosem/: selective access, written values, and the rows of every log, behind a whole meter.
wh_fuzz(fuzz_cosem_face SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_cosem_face.c
        DEPENDS wh_cosem wh_meter wh_board_memory)
wh_fuzz(fuzz_cosem_modern_kept SOURCES fuzz_cosem_modern_kept.c DEPENDS wh_cosem)
wh_fuzz(fuzz_cosem_modern_tables SOURCES fuzz_cosem_modern_tables.c DEPENDS wh_cosem)
wh_fuzz(fuzz_cosem_push SOURCES fuzz_cosem_push.c DEPENDS wh_cosem wh_meter wh_board_memory)
wh_fuzz(fuzz_cosem_modern_writes SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_cosem_modern_writes.c
        DEPENDS wh_cosem wh_meter wh_board_memory)
# cosem/modern_image.c, and the image transfer behind it.
wh_fuzz(fuzz_cosem_modern_image SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_cosem_modern_image.c
        DEPENDS wh_cosem wh_port_linux)
