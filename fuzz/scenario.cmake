wh_fuzz(fuzz_scenario SOURCES fuzz_scenario.c DEPENDS wh_sim)
