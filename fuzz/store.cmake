# store/mount.c, store/superblock.c and store/slot.c: a whole memory image.
wh_fuzz(fuzz_store_mount
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_store_mount.c
  DEPENDS wh_store wh_store_forge wh_eeprom_sim)
# store/log_slot.c, store/log_mount.c and store/log_range.c: a whole flash image.
wh_fuzz(fuzz_store_log
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_store_log.c
  DEPENDS wh_log wh_flash_sim)
