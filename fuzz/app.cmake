# app/tariff_plan_bytes.c, and the plan that comes of it.
wh_fuzz(fuzz_tariff_plan SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tariff_plan.c DEPENDS wh_app)
