# What tools/check_symbols.py proves of the libraries of this build, host or Cortex-M4.
set(core wh_common wh_store wh_log wh_metrology wh_legal wh_catalog wh_app wh_meter dlms wh_cosem
         kmp iec62056_21)
set(legal wh_common wh_store wh_metrology wh_legal)
set(core_archives)
set(legal_archives)
set(user_archives)
foreach(library ${core})
  if(TARGET ${library})
    list(APPEND core_archives $<TARGET_FILE:${library}>)
    if(library IN_LIST legal)
      list(APPEND legal_archives $<TARGET_FILE:${library}>)
    elseif(NOT library STREQUAL wh_meter)
      list(APPEND user_archives $<TARGET_FILE:${library}>)
    endif()
  endif()
endforeach()

function(wh_symbol_test name)
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_symbols.py
           --objdump ${CMAKE_OBJDUMP} ${ARGN})
endfunction()

# The legally relevant software is closed: it calls nothing that it does not contain.
wh_symbol_test(legal_is_closed closed ${legal_archives})
# A meter is a value. (Under the sanitizers every constant has its writable description.)
if(NOT WATTHOUR_SANITIZE)
  wh_symbol_test(core_is_stateless stateless ${core_archives})
endif()
# REG-7 at link level: what stands outside reaches the legal part through its one header; meter/, which
# puts the parts together, through its type as well.
if(TARGET wh_legal AND user_archives)
  wh_symbol_test(legal_is_behind_its_interface behind ${PROJECT_SOURCE_DIR}/legal/interface.h
                 $<TARGET_FILE:wh_legal> ${user_archives})
endif()
if(TARGET wh_legal AND TARGET wh_meter)
  wh_symbol_test(legal_is_behind_its_type
                 behind ${PROJECT_SOURCE_DIR}/legal/interface.h,${PROJECT_SOURCE_DIR}/legal/legal.h
                 $<TARGET_FILE:wh_legal> $<TARGET_FILE:wh_meter>)
endif()
