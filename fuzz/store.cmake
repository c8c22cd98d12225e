# store/mount.c, store/superblock.c and store/slot.c: a whole memory image.
wh_fuzz(fuzz_store_mount
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_store_mount.c
  DEPENDS wh_store wh_store_forge wh_eeprom_sim)
