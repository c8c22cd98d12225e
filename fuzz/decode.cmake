wh_fuzz(fuzz_decode SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_decode.c DEPENDS wh_decode wh_crypto_openssl)
