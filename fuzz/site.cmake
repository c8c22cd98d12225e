wh_fuzz(fuzz_site SOURCES fuzz_site.c DEPENDS wh_sim)
