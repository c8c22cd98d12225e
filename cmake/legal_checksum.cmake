# wh_legal_checksum(target): makes "legal_checksum.h" (WH_LEGAL_CHECKSUM_HEX, WH_LEGAL_CHECKSUM_32) for
# the sources of target. It is made again whenever a legally relevant source changes.
function(wh_legal_checksum target)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/common/*.[ch] ${PROJECT_SOURCE_DIR}/legal/*.[ch]
       ${PROJECT_SOURCE_DIR}/metrology/*.[ch] ${PROJECT_SOURCE_DIR}/store/*.[ch])
  set(folder ${PROJECT_BINARY_DIR}/generated/legal)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${folder}/legal_checksum.h
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/legal_checksum.py
            --root ${PROJECT_SOURCE_DIR} --output ${folder}/legal_checksum.h
    DEPENDS ${PROJECT_SOURCE_DIR}/tools/legal_checksum.py ${sources}
    COMMENT "Checksum of the legally relevant software")
  target_sources(${target} PRIVATE ${folder}/legal_checksum.h)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
