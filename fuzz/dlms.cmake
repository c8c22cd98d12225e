wh_fuzz(fuzz_dlms_axdr SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_axdr.c DEPENDS dlms)
wh_fuzz(fuzz_dlms_server
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_server.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/dlms/device.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_secure_server
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_secure_server.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/dlms/device.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/dlms/keys.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_general_block
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_general_block.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/dlms/device.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_rows SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_rows.c DEPENDS dlms)
