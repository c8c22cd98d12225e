wh_fuzz(fuzz_kmp_frame SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_kmp_frame.c DEPENDS kmp)
wh_fuzz(fuzz_kmp_answer SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_kmp_answer.c DEPENDS kmp)
wh_fuzz(fuzz_kmp_server
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_kmp_server.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/kmp/fake_meter.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/kmp/hex.c
  DEPENDS kmp)
