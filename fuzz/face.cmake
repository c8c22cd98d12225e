# face/: all three languages in front of a whole meter.
wh_fuzz(fuzz_face_port SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_face_port.c DEPENDS wh_face wh_board_memory)
