wh_fuzz(fuzz_dlms_hdlc_receiver SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_hdlc_receiver.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_hdlc_parameters SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_hdlc_parameters.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_hdlc_server
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_hdlc_server.c
          ${CMAKE_CURRENT_LIST_DIR}/../tests/dlms/device.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_hdlc_client SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_hdlc_client.c
  DEPENDS dlms)
wh_fuzz(fuzz_dlms_client SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_dlms_client.c DEPENDS dlms)
