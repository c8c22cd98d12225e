# app/tariff_plan_bytes.c, and the plan that comes of it.
wh_fuzz(fuzz_tariff_plan SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tariff_plan.c DEPENDS wh_app)
# app/config.c: a stored configuration.
wh_fuzz(fuzz_config SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_config.c DEPENDS wh_app)
# app/application_start.c and the decoders of all records: a meter started from what lies on its flash.
wh_fuzz(fuzz_application_start
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_application_start.c
  DEPENDS wh_meter wh_board_memory wh_port_linux)
# app/breaker_record.c: breaker and prepayment as stored.
wh_fuzz(fuzz_breaker_record SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_breaker_record.c DEPENDS wh_app)
# app/image_header.c and app/image_record.c: heads of software images, and what is stored of their transfer.
wh_fuzz(fuzz_image_header SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_image_header.c DEPENDS wh_app)
wh_fuzz(fuzz_image_record SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_image_record.c DEPENDS wh_app)
# app/push_record.c: settings of alarms and pushes as stored.
wh_fuzz(fuzz_push_record SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_push_record.c DEPENDS wh_app)
