wh_fuzz(fuzz_code SOURCES fuzz_code.c DEPENDS wh_catalog)
