# What the tool makes of answers, and of what is typed.
wh_fuzz(fuzz_tool SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tool.c DEPENDS wh_tool)
# cli/tool_push.c: what is pushed to watthour listen.
wh_fuzz(fuzz_tool_push SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tool_push.c DEPENDS wh_tool)
