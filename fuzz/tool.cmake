# What the tool makes of answers, and of what is typed.
wh_fuzz(fuzz_tool SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tool.c DEPENDS wh_tool)
